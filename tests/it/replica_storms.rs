//! Three replicas on one PostgreSQL: killed, stopped for longer than their leases, and their server
//! crashed under them. Each post is printed once.
//!
//! They print into one file, opened for appending, so that each can look up what another one began.
//! A short storm by default; with `DOCKET_TEST_STORM=full` the long one, which waits for leases.

use crate::bot::{BEGUN, Bot, TRANSCRIPT, bot, faults, is_open, printed, wait_until};
use crate::postgres::{Cluster, Database, Disk, skip};
use crate::storms::{Story, is_full, posted};
use crate::support::Folder;
use docket::domain::{Delivery, Stage};
use docket::store::{LogFilter, Store};
use std::time::Duration;
use tokio::runtime::Runtime;

const REPLICAS: usize = 3;
/// The longest that nothing happens.
const PAUSE_MAX: Duration = Duration::from_millis(900);
/// Longer than a lease, in so many parts.
const STOPPED: Duration = Duration::from_secs(65);
const PARTS: u32 = 16;

/// How much is done to them.
struct Size {
    kills: usize,
    /// Replicas that are stopped past their leases, two at a time.
    stops: usize,
    crashes: usize,
}

#[derive(Debug, Default)]
struct Hits {
    kills: usize,
    stops: usize,
    crashes: usize,
    /// All were dead at once, and something was on its way then.
    sending: usize,
}

/// What a storm is about.
struct Replicas {
    bots: [Option<Bot>; REPLICAS],
    folder: Folder,
    runtime: Runtime,
    // Dropped in this order: a database while its server runs.
    database: Database,
    cluster: Cluster,
    story: Story,
    hits: Hits,
}

impl Replicas {
    fn begin(seed: u64) -> Result<Self, String> {
        let cluster = Cluster::begin(Disk::Durable)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let database = runtime.block_on(Database::on(&cluster.url()));
        let mut replicas = Self {
            folder: Folder::new(),
            runtime,
            database,
            cluster,
            bots: Default::default(),
            story: Story::new(seed),
            hits: Hits::default(),
        };
        replicas.story.save(&replicas.folder);
        replicas.start(0);
        replicas.folder.until_logged(BEGUN, 1);
        Ok(replicas)
    }

    fn start(&mut self, which: usize) {
        let mut command = bot(&self.folder);
        command.env("DOCKET_DATABASE", self.database.url());
        self.bots[which] = Some(Bot::start_as(&self.folder, &mut command));
    }

    /// Starts those that were killed, or did not find their server.
    fn start_all(&mut self) {
        for which in 0..REPLICAS {
            let is_alive = self.bots[which].as_mut().is_some_and(Bot::is_alive);
            if !is_alive {
                self.start(which);
            }
        }
    }

    fn kill(&mut self, which: usize) {
        if let Some(bot) = self.bots[which].take() {
            bot.kill();
            self.hits.kills += 1;
        }
    }

    /// All of them die. Only then may the test end their leases before their time: nobody is left
    /// who relies on one.
    fn kill_all(&mut self) {
        for which in 0..REPLICAS {
            self.kill(which);
        }
        let ledger = self.ledger();
        let is_sending = ledger.iter().any(|it| it.stage == Stage::Sending);
        self.hits.sending += usize::from(is_sending);
        self.sql("UPDATE subscriptions SET leased_until_ms = 0");
    }

    fn sql(&self, sql: &str) {
        self.runtime.block_on(async {
            let client = self.database.client().await;
            client.batch_execute(sql).await.expect("SQL");
        });
    }

    fn ledger(&self) -> Vec<Delivery> {
        let location = self.database.location();
        let log = Store::log(&location, LogFilter::default());
        self.runtime.block_on(log).expect("a ledger")
    }

    /// Another edit, if what was told by the last ones leaves room for one.
    fn edit(&mut self) {
        let sql = "SELECT record FROM planning";
        let row = self.runtime.block_on(async {
            let client = self.database.client().await;
            client.query_one(sql, &[]).await.expect("SQL")
        });
        if row.get::<_, String>(0) == self.story.text() {
            self.story.unseen = 0;
        }
        self.story.go_on();
        self.story.save(&self.folder);
    }

    /// All but one sleep for longer than their leases last; that one goes on, and is killed twice.
    fn stop(&mut self) {
        let awake = self.any();
        let asleep = (0..REPLICAS).filter(|it| *it != awake);
        let signal = |bots: &[Option<Bot>], which: usize, name| {
            bots[which].as_ref().expect("it was started").signal(name);
        };
        for which in asleep.clone() {
            signal(&self.bots, which, "-STOP");
        }
        for part in 0..PARTS {
            self.edit();
            if part % (PARTS / 2) == 1 {
                self.story.dice.pause(PAUSE_MAX);
                self.kill(awake);
                self.start(awake);
            }
            std::thread::sleep(STOPPED / PARTS);
        }
        for which in asleep {
            signal(&self.bots, which, "-CONT");
            self.hits.stops += 1;
        }
    }

    fn crash(&mut self) {
        self.cluster.crash().expect("a crash");
        self.story.dice.pause(PAUSE_MAX);
        self.cluster.start().expect("a server");
        self.hits.crashes += 1;
    }

    fn any(&mut self) -> usize {
        usize::try_from(self.story.dice.below(REPLICAS as u64)).expect("small")
    }

    fn storm(&mut self, size: &Size) {
        let mut round = 0;
        while self.hits.kills < size.kills || self.hits.stops < size.stops {
            round += 1;
            self.edit();
            self.start_all();
            self.story.dice.pause(PAUSE_MAX);
            // Evenly over the kills.
            let is_due = |done: usize, all: usize, kills: usize| {
                done < all && done * size.kills <= kills * all
            };
            if is_due(self.hits.crashes, size.crashes, self.hits.kills) {
                self.crash();
            }
            if is_due(self.hits.stops, size.stops, self.hits.kills) {
                self.start_all();
                self.stop();
            }
            if round % 3 == 0 {
                self.kill_all();
            } else {
                let which = self.any();
                self.kill(which);
            }
        }
    }

    /// Lets them finish.
    fn calm(&mut self) -> Vec<Delivery> {
        self.kill_all();
        self.start_all();
        self.ends()
    }

    /// Stops them when all is posted.
    fn ends(&mut self) -> Vec<Delivery> {
        self.until_posted();
        for bot in &mut self.bots {
            assert_eq!(bot.take().expect("it was started").end(), Some(0));
        }
        self.ledger()
    }

    /// Waits until all that was to be posted is.
    fn until_posted(&self) {
        wait_until("everything comes to an end", || {
            let posts = posted(self.ledger());
            posts.len() >= self.story.posts.len() && !posts.iter().any(is_open)
        });
    }

    /// Holds the ledger and what was printed against what was to be told.
    fn check(&self, ledger: Vec<Delivery>) {
        let text = self.folder.text(TRANSCRIPT);
        let faults = faults(&text, &ledger);
        assert!(faults.is_empty(), "{faults:#?}");
        let ledger = posted(ledger);
        let unsent: Vec<_> = ledger.iter().filter(|it| it.stage != Stage::Sent).collect();
        assert!(unsent.is_empty(), "not sent: {unsent:#?}");
        let mut told: Vec<_> = ledger
            .iter()
            .map(|it| {
                let item = it.notice.item.as_ref().expect("an item");
                (it.notice.kind.word(), item.to_string())
            })
            .collect();
        told.sort_unstable();
        let mut expected = self.story.posts.clone();
        expected.sort_unstable();
        assert_eq!(told, expected);
    }
}

#[test]
fn three_replicas_print_each_post_once_whatever_is_done_to_them() {
    let seed = 2026;
    let size = if is_full() {
        Size {
            kills: 100,
            stops: 20,
            crashes: 5,
        }
    } else {
        Size {
            kills: 15,
            stops: 0,
            crashes: 1,
        }
    };
    let mut replicas = match Replicas::begin(seed) {
        Ok(replicas) => replicas,
        Err(why) => return skip(&why),
    };
    replicas.storm(&size);
    let ledger = replicas.calm();
    let (hits, posts) = (&replicas.hits, ledger.len());
    let text = replicas.folder.text(TRANSCRIPT);
    println!(
        "seed {seed}: {posts} posts, {} printed, {hits:?}",
        printed(&text).len()
    );
    assert!(hits.kills >= size.kills, "seed {seed}");
    assert_eq!((hits.stops, hits.crashes), (size.stops, size.crashes));
    replicas.check(ledger);
}

/// What they print into remembers what their server forgot.
#[test]
fn what_a_server_forgot_that_it_had_committed_is_not_printed_again() {
    let mut replicas = match Replicas::begin(7) {
        Ok(replicas) => replicas,
        Err(why) => return skip(&why),
    };
    replicas.start_all();
    replicas.edit();
    replicas.until_posted();
    replicas.cluster.keep().expect("a copy");
    let kept = replicas.ledger().len();
    replicas.edit();
    replicas.until_posted();
    assert!(replicas.ledger().len() > kept);
    replicas.cluster.roll_back().expect("an older server");
    replicas.until_posted();
    replicas.edit();
    let ledger = replicas.ends();
    replicas.check(ledger);
}
