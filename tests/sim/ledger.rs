//! A real ledger of SQLite under a connection that fails: before a call, after it, or by losing
//! what was committed last.

use crate::common::InPlace;
use crate::defects::{self, Defect};
use crate::options::Options;
use crate::world::Shared;
use docket::config;
use docket::domain::{Follow, Plan, Review, SkipReason, Timestamp};
use docket::ports::{Advance, Ledger, LedgerError, Life, Progress, Turn, Turned};
use rusqlite::{Connection, OptionalExtension as _};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A record that came in force, and how far it was planned by.
#[derive(Clone)]
pub(crate) struct Era {
    pub(crate) plan: Arc<Plan>,
    pub(crate) text: String,
    /// What people follow meanwhile.
    pub(crate) follows: Arc<[Follow]>,
    /// Who began to follow with it, and when.
    pub(crate) newcomer: Option<(String, Timestamp)>,
    pub(crate) from: Timestamp,
    /// The latest cursor while it was in force.
    pub(crate) to: Timestamp,
}

/// What all processes share.
#[derive(Clone)]
pub(crate) struct Disk {
    pub(crate) store: InPlace,
    shared: Arc<Mutex<Books>>,
}

#[derive(Default)]
struct Books {
    /// Goes up when the server loses what it knew last.
    generation: u64,
    eras: Vec<Era>,
    kept_eras: Vec<Era>,
    /// Who followed since when, before there was a record.
    early: BTreeMap<String, Timestamp>,
    /// How much had ever been changed when the copy was made.
    kept_changes: Option<u64>,
    /// The subscriptions for which a post is under way that was tried before.
    retried: BTreeSet<String>,
    /// Reminders that the record did not call for when they were claimed last, with the process that
    /// did, and how many records there had been.
    void: BTreeMap<String, (usize, usize)>,
}

/// Every table that a server can lose what it committed last of.
const TABLES: [&str; 5] = [
    "planning",
    "superseded",
    "seen_dues",
    "subscriptions",
    "deliveries",
];

thread_local! {
    /// The ledger of the last seed, and its tables: to make one anew takes longer than to empty it.
    static LAST: RefCell<Option<(InPlace, Vec<String>)>> = const { RefCell::new(None) };
}

impl Disk {
    /// An empty ledger.
    pub(crate) fn new(options: &Options) -> Self {
        let (store, tables) = LAST.take().unwrap_or_else(|| made(options.start));
        let mut sqlite = store.sqlite();
        sqlite.set_shared(options.is_shared);
        let connection = sqlite.connection();
        assert!(connection.is_autocommit(), "a seed left something open");
        for table in &tables {
            replace(connection, "main", "fresh", table);
        }
        connection
            .execute_batch("DELETE FROM illegal")
            .expect("the guard has its table");
        drop(sqlite);
        LAST.set(Some((store.clone(), tables)));
        let disk = Self {
            store,
            shared: Arc::default(),
        };
        disk.keep();
        disk
    }

    /// Keeps a copy of all that is committed.
    pub(crate) fn keep(&self) {
        let mut sqlite = self.store.sqlite();
        let connection = sqlite.connection();
        let mut books = self.books();
        if books.kept_changes == Some(connection.total_changes()) {
            return;
        }
        for table in TABLES {
            replace(connection, "kept", "main", table);
        }
        books.kept_changes = Some(connection.total_changes());
        let books = &mut *books;
        books.kept_eras.clone_from(&books.eras);
    }

    /// Loses all that was committed since the copy. Everybody notices by a broken connection.
    pub(crate) fn roll_back(&self) {
        let mut sqlite = self.store.sqlite();
        for table in TABLES {
            replace(sqlite.connection(), "main", "kept", table);
        }
        drop(sqlite);
        let mut books = self.books();
        let books = &mut *books;
        books.generation += 1;
        books.eras.clone_from(&books.kept_eras);
    }

    fn books(&self) -> std::sync::MutexGuard<'_, Books> {
        self.shared.lock().expect("no panic")
    }

    pub(crate) fn eras(&self) -> Vec<Era> {
        self.books().eras.clone()
    }

    pub(crate) fn early(&self) -> BTreeMap<String, Timestamp> {
        self.books().early.clone()
    }

    /// The stage of a delivery as committed.
    pub(crate) fn stage(&self, key: &str) -> Option<String> {
        let mut sqlite = self.store.sqlite();
        let connection = sqlite.connection();
        connection
            .prepare_cached("SELECT stage FROM deliveries WHERE key = ?1")
            .and_then(|mut it| it.query_row([key], |row| row.get(0)).optional())
            .expect("the ledger can be read")
    }

    /// Whether a post is under way for a subscription that was tried before.
    pub(crate) fn is_retried(&self, subscription: &str) -> bool {
        self.books().retried.contains(subscription)
    }

    /// Somebody follows a channel, or follows it in another way.
    pub(crate) fn follow(&self, follow: &Follow, now: Timestamp) {
        let id = follow.id();
        if self.books().eras.is_empty() {
            self.books().early.entry(id.clone()).or_insert(now);
        }
        let is_followed = |era: &Era| era.follows.iter().any(|it| it.id() == id);
        let is_new = !self.books().eras.last().is_some_and(is_followed);
        let done = self.store.sqlite().follow(follow, now);
        done.expect("it can be followed");
        self.begins_era(is_new.then_some((id, now)));
    }

    /// Somebody leaves it.
    pub(crate) fn unfollow(&self, subscription: &str) {
        let done = self.store.sqlite().unfollow(subscription);
        if done.expect("it can be left") {
            self.begins_era(None);
        }
    }

    /// The record goes on with other follows, from where planning has come.
    fn begins_era(&self, newcomer: Option<(String, Timestamp)>) {
        let progress = self.store.sqlite().progress(None);
        let progress = progress.expect("the ledger can be read");
        let mut books = self.books();
        let Some((text, cursor)) = books
            .eras
            .last()
            .map(|era| era.text.clone())
            .zip(progress.cursor)
        else {
            return;
        };
        books.eras.push(Era {
            plan: plan(&text, &progress, cursor),
            text,
            follows: progress.follows,
            newcomer,
            from: cursor,
            to: cursor,
        });
    }

    /// Whether the record in force does not call for a reminder, and did not when a process claimed
    /// it. Another one may have claimed it before, from a ledger that has forgotten that.
    pub(crate) fn is_void(&self, key: &str, process: usize) -> bool {
        let books = self.books();
        books.void.get(key) == Some(&(process, books.eras.len()))
    }

    /// What the guard has seen.
    pub(crate) fn illegal(&self) -> Vec<String> {
        let mut sqlite = self.store.sqlite();
        let connection = sqlite.connection();
        let mut statement = connection.prepare("SELECT what FROM illegal").expect("SQL");
        let rows = statement.query_map([], |row| row.get(0)).expect("rows");
        rows.collect::<Result<_, _>>().expect("text")
    }
}

/// A ledger, with a copy of it as it is when empty and room for another copy.
fn made(start: Timestamp) -> (InPlace, Vec<String>) {
    let store = InPlace::new(start);
    let mut sqlite = store.sqlite();
    let connection = sqlite.connection();
    connection
        .execute_batch("ATTACH ':memory:' AS fresh; ATTACH ':memory:' AS kept;")
        .and_then(|()| connection.execute_batch(GUARD))
        .expect("the guard is sound");
    let tables = tables(connection);
    for table in &tables {
        for copy in ["fresh", "kept"] {
            connection
                .execute_batch(&format!(
                    "CREATE TABLE {copy}.{table} AS SELECT * FROM main.{table}"
                ))
                .expect("a copy");
        }
    }
    drop(sqlite);
    (store, tables)
}

fn tables(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'")
        .expect("SQL");
    let names = statement.query_map([], |row| row.get(0)).expect("rows");
    names.collect::<Result<_, _>>().expect("names")
}

/// Makes a table what it is in the other database.
fn replace(connection: &Connection, to: &str, from: &str, table: &str) {
    for sql in [
        format!("DELETE FROM {to}.{table}"),
        format!("INSERT INTO {to}.{table} SELECT * FROM {from}.{table}"),
    ] {
        let done = connection
            .prepare_cached(&sql)
            .and_then(|mut it| it.execute([]));
        done.expect("a copy");
    }
}

/// What a record makes due, worked out from scratch.
fn plan(text: &str, progress: &Progress, now: Timestamp) -> Arc<Plan> {
    let docket = config::parse(text, now).docket;
    let docket = docket.expect("only good records come in force");
    let audience = docket.audience_with(&progress.follows).into();
    Arc::new(Plan::new(&Arc::new(docket), audience, &progress.seen))
}

/// Notes every step that is not in the drawing of the stages (I9).
const GUARD: &str = "
    CREATE TEMP TABLE illegal (what TEXT);
    CREATE TEMP TRIGGER guard AFTER UPDATE ON main.deliveries WHEN NOT (
        old.stage = new.stage
        OR (old.stage = 'planned' AND new.stage = 'sending')
        OR (old.stage = 'planned' AND new.stage = 'skipped'
            AND new.reason = 'the subscription is gone')
        OR (old.stage = 'sending' AND new.stage IN ('planned', 'sent', 'skipped', 'failed'))
        OR (old.stage = 'skipped' AND new.stage = 'planned')
    ) OR new.epoch < old.epoch BEGIN
        INSERT INTO illegal VALUES
            ('I9: ' || new.key || ' went from ' || old.stage || ' to ' || new.stage);
    END;";

/// The connection of one life.
pub(crate) struct SimLedger {
    world: Shared,
    disk: Disk,
    process: usize,
    generation: Mutex<Option<u64>>,
}

impl SimLedger {
    pub(crate) fn new(world: Shared, disk: Disk, process: usize) -> Self {
        Self {
            world,
            disk,
            process,
            generation: Mutex::new(None),
        }
    }

    async fn call<T>(
        &self,
        name: &str,
        act: impl FnOnce(&InPlace) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let (before, after, fails, kind) = {
            let mut world = self.world.lock();
            let slow = world.is_faulty && world.rng.u8(0..40) == 0;
            let longest = if slow { 12_000 } else { 8 };
            let fails = world.happens(|options| options.ledger_fails);
            let (before, after) = (world.rng.u64(0..longest), world.rng.u64(0..longest));
            (before, after, fails, world.rng.u8(0..3))
        };
        tokio::time::sleep(Duration::from_millis(before)).await;
        let generation = self.disk.books().generation;
        let is_known = self.generation.lock().expect("no panic").as_ref() == Some(&generation);
        if name != "join" && !is_known {
            return Err(LedgerError::Lost("the server was replaced".to_owned()));
        }
        if fails && kind == 0 {
            return Err(LedgerError::Busy("the disk is full".to_owned()));
        }
        if fails && kind == 1 {
            *self.generation.lock().expect("no panic") = None;
            return Err(LedgerError::Lost("connection reset".to_owned()));
        }
        let result = act(&self.disk.store);
        tokio::time::sleep(Duration::from_millis(after)).await;
        if fails {
            *self.generation.lock().expect("no panic") = None;
            self.world.lock().log(format_args!("{name}: answer lost"));
            return Err(LedgerError::Lost("connection reset".to_owned()));
        }
        if name == "join" {
            *self.generation.lock().expect("no panic") = Some(generation);
        }
        result
    }

    async fn step(&self, step: &Advance) -> Result<bool, LedgerError> {
        self.call("advance", |store| {
            let step = defects::advance(&self.world, store, step);
            let taken = store.sqlite().advance(&step)?;
            let version = step.version;
            let (posts, cursor) = (step.posts.len(), step.cursor);
            let is_edit = step.record.is_some();
            self.world.lock().log(format_args!(
                "advance {version} to {cursor}: {posts} posts, edit {is_edit}, taken {taken}"
            ));
            if taken {
                let progress = store.sqlite().progress(None)?;
                let mut books = self.disk.books();
                if let Some(era) = books.eras.last_mut() {
                    era.to = era.to.max(step.cursor);
                    if step.rewind.is_some() {
                        era.plan = plan(&era.text, &progress, step.cursor);
                    }
                }
                if let Some(record) = &step.record {
                    books.eras.push(Era {
                        plan: plan(&record.text, &progress, step.cursor),
                        text: record.text.clone(),
                        follows: progress.follows,
                        newcomer: None,
                        from: step.cursor,
                        to: step.cursor,
                    });
                }
            }
            Ok(taken)
        })
        .await
    }

    fn store_ms(&self) -> i64 {
        let world = self.world.lock();
        let now = world.now().timestamp_millis();
        // Leases that nobody heeds: they run a hundred thousand times as fast.
        if world.has(Defect::NoLeases) {
            (now - world.options.start.timestamp_millis()) * 100_000
        } else {
            now
        }
    }
}

impl Ledger for SimLedger {
    async fn join(&self) -> Result<Life, LedgerError> {
        self.call("join", |store| store.sqlite().join()).await
    }

    async fn progress(&self, revision: Option<i64>) -> Result<Progress, LedgerError> {
        self.call("progress", |store| store.sqlite().progress(revision))
            .await
    }

    async fn known(&self, keys: &[String]) -> Result<HashSet<String>, LedgerError> {
        self.call("known", |store| store.sqlite().known(keys)).await
    }

    async fn advance(&self, step: &Advance) -> Result<bool, LedgerError> {
        match defects::parts(&self.world, step) {
            None => self.step(step).await,
            Some((edit, posts)) => Ok(self.step(&edit).await? && self.step(&posts).await?),
        }
    }

    async fn turn(&self, turn: &Turn) -> Result<Turned, LedgerError> {
        self.call("turn", |store| {
            let told = defects::turn(&self.world, store, turn);
            let turned = store.sqlite().turn(&told, self.store_ms())?;
            for settled in &turn.settled {
                self.disk
                    .books()
                    .retried
                    .remove(&settled.lease.subscription);
                let (key, outcome) = (&settled.key, &settled.outcome);
                let mut world = self.world.lock();
                if world.is_traced() {
                    let mut what = format!("{outcome:?}");
                    what.truncate(what.char_indices().nth(150).map_or(what.len(), |it| it.0));
                    world.log(format_args!("settled  {key} {what}"));
                }
            }
            for claim in &turned.claims {
                let key = &claim.notice.key;
                let (epoch, attempts) = (claim.lease.epoch, claim.attempts);
                let mut world = self.world.lock();
                world.log(format_args!(
                    "claimed  {key} by {:?}, epoch {epoch}, attempt {attempts}",
                    turn.life
                ));
                drop(world);
                let mut books = self.disk.books();
                let subscription = claim.lease.subscription.clone();
                if attempts > 1 {
                    books.retried.insert(subscription);
                } else {
                    books.retried.remove(&subscription);
                }
                let number = books.eras.len();
                let review = books
                    .eras
                    .last()
                    .map(|it| it.plan.review(&claim.notice, turn.now));
                let is_void = matches!(
                    review,
                    Some(Review::Skip(SkipReason::Void | SkipReason::NotFollowed))
                );
                if is_void {
                    books.void.insert(key.clone(), (self.process, number));
                } else {
                    books.void.remove(key);
                }
            }
            Ok(defects::turned(&self.world, store, turn, turned))
        })
        .await
    }
}
