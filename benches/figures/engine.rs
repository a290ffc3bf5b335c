//! What the engine costs: a storm of posts, a start, a million posts, and doing nothing.

use super::{folder, median, megabytes, memory_of, parse, print, record};
use docket::console::Console;
use docket::domain::{Notice, Plan, Seen, Timestamp, Zone};
use docket::engine::{Engine, Found, Limits, Planner, digest};
use docket::ports::{
    Advance, Claim, Clock, Failure, History, Lease, Ledger, LedgerError, Life, Outcome, Outgoing,
    Planned, Progress, Receipt, Record, Sink, Turn, Turned,
};
use docket::store::{Location, Sqlite, Store};
use rusqlite::Connection;
use std::collections::{HashSet, VecDeque};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// When everything falls due.
const DUE: &str = "2027-03-05T12:00:00Z";
/// How often a storm is repeated.
const STORMS: usize = 3;
/// So many posts are made to see what stays of them in memory.
const POSTS: usize = 1_000_000;

fn due() -> Timestamp {
    DUE.parse().expect("an instant")
}

/// A record of so many deadlines, all due at one instant, and so many channels.
fn at_once(deadlines: usize, channels: usize) -> String {
    let mut text = "zone = \"UTC\"\nremind = []\n".to_owned();
    for number in 0..deadlines {
        let _ = write!(
            text,
            "[[deadline]]\nid = \"deadline-{number}\"\ntitle = \"Deadline number {number}\"\n\
             due = 2027-03-05T12:00\n"
        );
    }
    for number in 0..channels {
        let id = 100_000_000_000_000_000 + number;
        let _ = write!(text, "[[channel]]\nid = \"{id}\"\n");
    }
    text
}

/// All that a record makes due at the instant.
fn notices(text: &str) -> Vec<Notice> {
    let docket = Arc::new(parse(text, due()));
    let plan = Plan::new(&docket, docket.audience().into(), &Seen::default());
    let span = plan.span(due(), due() + chrono::TimeDelta::seconds(1));
    let notices = span.iter().map(|it| plan.notice(it, due()));
    notices.collect()
}

pub(super) fn runtime(is_paused: bool) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(is_paused)
        .build()
        .expect("a runtime")
}

/// A wall clock that began at `start`, and follows tokio's.
#[derive(Clone, Copy)]
struct Since {
    start: Timestamp,
    began: Instant,
}

impl Clock for Since {
    fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.began.elapsed().as_millis()).expect("a short run");
        self.start + chrono::TimeDelta::milliseconds(elapsed)
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// What has been posted.
#[derive(Default)]
struct Tally {
    posts: AtomicUsize,
    goal: usize,
    first: OnceLock<Instant>,
    last: OnceLock<Instant>,
    /// The memory after each quarter of the goal.
    memory: Mutex<Vec<usize>>,
    reached: Notify,
}

impl Tally {
    fn up_to(goal: usize) -> Arc<Self> {
        let tally = Self {
            goal,
            ..Self::default()
        };
        Arc::new(tally)
    }

    fn posted(&self) {
        let posts = self.posts.fetch_add(1, Ordering::Relaxed) + 1;
        if posts == 1 {
            self.first.get_or_init(Instant::now);
        }
        if posts == self.goal {
            self.last.get_or_init(Instant::now);
            self.reached.notify_one();
        }
        if self.goal >= 4 && posts.is_multiple_of(self.goal / 4) {
            self.memory
                .lock()
                .expect("no panic")
                .push(memory_of(std::process::id()));
        }
    }

    async fn reached(self: Arc<Self>) {
        self.reached.notified().await;
    }
}

/// A sink that counts, and posts to another one if there is one.
struct Counting<S> {
    tally: Arc<Tally>,
    sink: Option<S>,
}

impl<S: Sink> Sink for Counting<S> {
    type Permit = Option<S::Permit>;

    async fn ready(&self, subscription: &str) -> Self::Permit {
        match &self.sink {
            Some(sink) => Some(sink.ready(subscription).await),
            None => None,
        }
    }

    async fn post(&self, permit: Self::Permit, post: Outgoing<'_>) -> Result<Receipt, Failure> {
        let receipt = match (&self.sink, permit) {
            (Some(sink), Some(permit)) => sink.post(permit, post).await?,
            _ => Receipt::default(),
        };
        self.tally.posted();
        Ok(receipt)
    }

    async fn history(&self, _: &str, _: Timestamp) -> Result<History, Failure> {
        Ok(History::Posts(Vec::new()))
    }

    async fn time(&self) -> Result<Option<Timestamp>, Failure> {
        Ok(None)
    }
}

/// The real ledger, and how many turns had something to write.
struct Counted {
    store: Store,
    turns: Arc<AtomicUsize>,
}

impl Ledger for Counted {
    async fn join(&self) -> Result<Life, LedgerError> {
        self.store.join().await
    }

    async fn progress(&self, revision: Option<i64>) -> Result<Progress, LedgerError> {
        self.store.progress(revision).await
    }

    async fn known(&self, keys: &[String]) -> Result<HashSet<String>, LedgerError> {
        self.store.known(keys).await
    }

    async fn advance(&self, step: &Advance) -> Result<bool, LedgerError> {
        self.store.advance(step).await
    }

    async fn turn(&self, turn: &Turn) -> Result<Turned, LedgerError> {
        let turned = self.store.turn(turn).await?;
        if !turn.settled.is_empty() || !turned.claims.is_empty() {
            self.turns.fetch_add(1, Ordering::Relaxed);
        }
        Ok(turned)
    }
}

pub(super) fn open(path: &Path, now: Timestamp) -> Store {
    let location = Location::File(path.to_owned());
    let opened = runtime(false).block_on(Store::open(&location, now));
    opened.expect("a ledger").store
}

/// Runs the engine on a record from now on until the tally is reached.
async fn run<S: Sink>(text: &str, start: Since, ledger: impl Ledger, sink: Counting<S>) {
    let tally = Arc::clone(&sink.tally);
    let engine = Engine {
        clock: start,
        ledger,
        sink,
        planner: Planner::new("record".to_owned(), |docket, _| docket.audience(), false),
        limits: Limits::default(),
        pulse: Arc::default(),
    };
    let (tell, edits) = tokio::sync::mpsc::channel(1);
    let found = Found::Bytes(text.as_bytes().to_vec());
    tell.send(found).await.expect("there is room");
    let ran = engine.run(edits, tally.reached()).await;
    ran.expect("nothing fails");
}

/// How long commits of one row take, each on the disk when it returns.
fn commits(folder: &Path, number: usize) -> Duration {
    let connection = Connection::open(folder.join("bare.db")).expect("a database");
    let begin = "PRAGMA journal_mode = wal; PRAGMA synchronous = full;
                 CREATE TABLE IF NOT EXISTS it (number INTEGER); INSERT INTO it VALUES (0);";
    connection.execute_batch(begin).expect("a table");
    let mut update = connection
        .prepare("UPDATE it SET number = number + 1")
        .expect("SQL");
    let start = Instant::now();
    for _ in 0..number {
        update.execute([]).expect("a commit");
    }
    start.elapsed()
}

/// How long it takes to print notices, and nothing else.
fn printing(folder: &Path, notices: &[Notice]) -> Duration {
    let file = File::create(folder.join("plain.txt")).expect("a file");
    let console = Console::new(file, Zone::UTC, 100, None);
    let runtime = runtime(false);
    let start = Instant::now();
    for notice in notices {
        let reference = &notice.key;
        let posted = runtime.block_on(console.post((), Outgoing { notice, reference }));
        posted.expect("it can be printed");
    }
    start.elapsed()
}

/// From the instant at which all is due to the first post and to the last one, with so many turns
/// of the ledger.
fn storm_once(folder: &Path, text: &str, posts: usize) -> (Duration, Duration, usize) {
    // Time to put the record in force.
    let ahead = Duration::from_secs(2);
    let start = due() - ahead;
    let path = folder.join("ledger.db");
    let ledger = Counted {
        store: open(&path, start),
        turns: Arc::default(),
    };
    let turns = Arc::clone(&ledger.turns);
    let file = File::create(folder.join("posts.txt")).expect("a file");
    let sink = Counting {
        tally: Tally::up_to(posts),
        sink: Some(Console::new(file, Zone::UTC, 100, None)),
    };
    let tally = Arc::clone(&sink.tally);
    let due = runtime(false).block_on(async {
        let began = Instant::now();
        Box::pin(run(text, Since { start, began }, ledger, sink)).await;
        began + ahead
    });
    for ending in ["", "-wal", "-shm"] {
        // What it was closed well enough to remove is not there.
        drop(fs::remove_file(folder.join(format!("ledger.db{ending}"))));
    }
    let since_due = |at: &OnceLock<Instant>| *at.get().expect("it was posted") - due;
    let turns = turns.load(Ordering::Relaxed);
    (since_due(&tally.first), since_due(&tally.last), turns)
}

pub(super) fn middle<T: Ord + Copy>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}

pub(super) fn storm() {
    const POSTS: usize = 1_000;
    let folder = folder();
    let folder = folder.path();
    println!("1,000 posts due at one instant, printed to a file, with the ledger on the disk");
    let one = median(5, || commits(folder, 100)) / 100;
    println!("  one bare commit on this disk: {one:.1?}");
    for (what, text) in [
        ("in one channel", at_once(POSTS, 0)),
        ("in 1,000 channels", at_once(1, POSTS)),
    ] {
        let notices = notices(&text);
        let plain = middle((0..5).map(|_| printing(folder, &notices)).collect());
        let (mut bare, mut first, mut last, mut turns) = (vec![], vec![], vec![], vec![]);
        // In turns, so that a slow minute slows both.
        for _ in 0..STORMS {
            bare.push(commits(folder, POSTS));
            let storm = storm_once(folder, &text, notices.len());
            first.push(storm.0);
            last.push(storm.1);
            turns.push(storm.2);
        }
        let (first, last, turns) = (middle(first), middle(last), middle(turns));
        let posts = notices.len();
        let each = last / u32::try_from(posts).expect("a thousand");
        println!("  {posts} {what}: first after {first:.1?}, {each:.1?} each, {turns} turns");
        print("    to the last", last, "printing them alone", plain);
        print("    to the last", last, "1,000 bare commits", middle(bare));
    }
}

/// A ledger in which a record is in force, and some of what it makes due is planned.
fn prepare(path: &Path, text: &str, posts: &[Notice]) {
    let before = due() - chrono::TimeDelta::hours(1);
    let mut ledger = Sqlite::open(path, before).expect("a ledger");
    let subscriptions = parse(text, before).audience();
    let begin = Advance {
        version: 0,
        cursor: before,
        rewind: None,
        record: Some(Record {
            text: text.to_owned(),
            digest: digest(text),
        }),
        dues: Vec::new(),
        subscriptions: subscriptions
            .into_iter()
            .map(|subscription| (subscription.id, before))
            .collect(),
        posts: Vec::new(),
    };
    let planned = posts.iter().map(|notice| Planned {
        notice: notice.clone(),
        skipped: None,
    });
    let step = Advance {
        version: 1,
        cursor: due() + chrono::TimeDelta::milliseconds(1),
        record: None,
        subscriptions: Vec::new(),
        posts: planned.collect(),
        ..begin.clone()
    };
    for step in [begin, step] {
        assert!(ledger.advance(&step).expect("it can be written"));
    }
}

/// How long opening takes, and how long it is to the first post.
fn start_once(folder: &Path, ledger: &str, text: &str) -> (Duration, Duration) {
    let path = folder.join("started.db");
    fs::copy(folder.join(ledger), &path).expect("a copy");
    let start = due() + chrono::TimeDelta::seconds(1);
    let sink = Counting {
        tally: Tally::up_to(1),
        sink: None::<Console<File>>,
    };
    let tally = Arc::clone(&sink.tally);
    let began = Instant::now();
    let store = open(&path, start);
    let opened = began.elapsed();
    runtime(false).block_on(run(text, Since { start, began }, store, sink));
    (opened, *tally.first.get().expect("it was posted") - began)
}

pub(super) fn starts() {
    let folder = folder();
    let folder = folder.path();
    let text = at_once(100, 100);
    let notices = notices(&text);
    println!(
        "from start to the first post, 100 deadlines, 100 channels, so many posts waiting in the \
         ledger"
    );
    prepare(&folder.join("many.db"), &text, &notices);
    prepare(&folder.join("one.db"), &text, &notices[..1]);
    let (mut many, mut one) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        many.push(start_once(folder, "many.db", &text));
        one.push(start_once(folder, "one.db", &text));
    }
    let opens = |runs: &[(Duration, _)]| middle(runs.iter().map(|run| run.0).collect());
    let posts = |runs: &[(_, Duration)]| middle(runs.iter().map(|run| run.1).collect());
    let what = format!("  {} posts, open and check", notices.len());
    print(&what, opens(&many), "that with one", opens(&one));
    let what = format!("  {} posts, to the first post", notices.len());
    print(&what, posts(&many), "that with one", posts(&one));
}

/// A ledger in memory that forgets what is posted, so that it does not grow by itself.
#[derive(Default)]
struct Forgetful(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    progress: Progress,
    waiting: VecDeque<Notice>,
    epoch: i64,
}

impl Ledger for Forgetful {
    async fn join(&self) -> Result<Life, LedgerError> {
        Ok(Life(1))
    }

    async fn progress(&self, _: Option<i64>) -> Result<Progress, LedgerError> {
        Ok(self.0.lock().expect("no panic").progress.clone())
    }

    async fn known(&self, _: &[String]) -> Result<HashSet<String>, LedgerError> {
        Ok(HashSet::new())
    }

    async fn advance(&self, step: &Advance) -> Result<bool, LedgerError> {
        let mut kept = self.0.lock().expect("no panic");
        kept.progress.version += 1;
        kept.progress.cursor = Some(step.cursor);
        if let Some(record) = &step.record {
            kept.progress.revision += 1;
            kept.progress.record = Some(record.clone());
        }
        for (id, since) in &step.subscriptions {
            kept.progress.seen.note_subscription(id.clone(), *since);
        }
        let posts = step.posts.iter().filter(|post| post.skipped.is_none());
        kept.waiting.extend(posts.map(|post| post.notice.clone()));
        Ok(true)
    }

    async fn turn(&self, turn: &Turn) -> Result<Turned, LedgerError> {
        let mut kept = self.0.lock().expect("no panic");
        for settled in &turn.settled {
            let is_sent = matches!(settled.outcome, Outcome::Sent { .. });
            assert!(is_sent, "nothing fails: {:?}", settled.outcome);
        }
        let mut busy: HashSet<String> = turn
            .holding
            .iter()
            .map(|lease| lease.subscription.clone())
            .collect();
        let mut turned = Turned {
            version: kept.progress.version,
            ..Turned::default()
        };
        while turned.claims.len() < turn.claims_max {
            // No subscription has two posts at one instant here: none need be passed over.
            let front = kept.waiting.front();
            if !front.is_some_and(|notice| busy.insert(notice.subscription.clone())) {
                break;
            }
            let notice = kept.waiting.pop_front().expect("there was one");
            kept.epoch += 1;
            turned.claims.push(Claim {
                lease: Lease {
                    subscription: notice.subscription.clone(),
                    epoch: kept.epoch,
                },
                notice,
                copy: 1,
                attempts: 1,
                revision: kept.progress.revision,
            });
        }
        Ok(turned)
    }
}

/// What a million posts leave behind in the engine. To be run in a process of its own: memory that
/// was used and given back before would hide it.
pub(super) fn growth() {
    const CHANNELS: usize = 100;
    let start: Timestamp = "2027-01-01T00:00:00Z".parse().expect("an instant");
    let mut text = at_once(0, CHANNELS);
    let deadlines = POSTS / CHANNELS;
    for number in 1..=deadlines {
        let due = start + chrono::TimeDelta::minutes(5) * i32::try_from(number).expect("few");
        let due = due.format("%Y-%m-%dT%H:%M");
        let _ = write!(
            text,
            "[[deadline]]\nid = \"deadline-{number}\"\ntitle = \"Deadline number {number}\"\n\
             due = {due}\n"
        );
    }
    println!(
        "{POSTS} posts of one process, simulated: a ledger that forgets, a sink that only counts"
    );
    let tally = Tally::up_to(POSTS);
    let took = median(1, || {
        let sink = Counting {
            tally: Arc::clone(&tally),
            sink: None::<Console<File>>,
        };
        runtime(true).block_on(async {
            let began = Instant::now();
            run(&text, Since { start, began }, Forgetful::default(), sink).await;
        });
    });
    let memory = tally.memory.lock().expect("no panic").clone();
    for (quarter, bytes) in (1..).zip(&memory) {
        let posts = POSTS / 4 * quarter;
        println!("  memory after {posts}: {:.2} MB", megabytes(*bytes));
    }
    let (first, last) = (megabytes(memory[0]), megabytes(memory[3]));
    // Megabytes by millions.
    let each = (last - first) / megabytes(POSTS / 4 * 3);
    let per_post = took / u32::try_from(POSTS).expect("a million");
    println!(
        "  {each:.2} bytes for each post, {:.2} of the memory after the first quarter",
        last / first
    );
    println!("  {took:.1?} in all, {per_post:.1?} for each post");
}

/// What the threads of a process have used of the processor, and how often they went to sleep.
fn used(process: u32) -> Option<(Duration, u64)> {
    let (mut time, mut sleeps) = (Duration::ZERO, 0);
    for thread in fs::read_dir(format!("/proc/{process}/task")).ok()? {
        let thread = thread.ok()?.path();
        // To the nanosecond, where `stat` counts hundredths of a second.
        let times = fs::read_to_string(thread.join("schedstat")).ok()?;
        time += Duration::from_nanos(times.split_whitespace().next()?.parse().ok()?);
        let status = fs::read_to_string(thread.join("status")).ok()?;
        let mut lines = status.lines();
        let voluntary = lines.find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        sleeps += voluntary.trim().parse::<u64>().ok()?;
    }
    Some((time, sleeps))
}

pub(super) fn idling() {
    println!("`docket run` with nothing to do, 300 deadlines, over 10 seconds");
    let folder = folder();
    let path = folder.path().join("deadlines.toml");
    let text = record(300, 0).replace("due = 2027-", "due = 2099-");
    fs::write(&path, text).expect("a record");
    let ledger = folder.path().join("ledger.db");
    let mut bot = Command::new(env!("CARGO_BIN_EXE_docket"))
        .current_dir(folder.path())
        .arg("run")
        .arg("--database")
        .arg(format!("sqlite://{}", ledger.display()))
        .env_remove("RUST_LOG")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    std::thread::sleep(Duration::from_secs(3));
    let before = used(bot.id());
    std::thread::sleep(Duration::from_secs(10));
    let after = used(bot.id());
    bot.kill().and_then(|()| bot.wait()).expect("it ran");
    let (Some(before), Some(after)) = (before, after) else {
        println!("  (no /proc here that tells)");
        return;
    };
    // It looks at its file every 900 ms, and that is the least that it can do.
    let looks = 10.0 / docket::watch::LOOK_EVERY.as_secs_f64();
    let read = median(101, || fs::read(&path).expect("it is there"));
    print(
        "  processor time a minute",
        after.0.saturating_sub(before.0) * 6,
        "merely reading the file as often",
        read.mul_f64(looks * 6.0),
    );
    let sleeps = u32::try_from(after.1 - before.1).expect("few");
    let sleeps = f64::from(sleeps);
    println!(
        "  {:.1} wake-ups a second, {:.2} for each look at the file",
        sleeps / 10.0,
        sleeps / looks
    );
}
