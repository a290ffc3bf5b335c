//! The loop with a ledger or another side that fails at the one moment at which it hurts.

use crate::app::{RECORD, Virtual, audience, in_virtual_time};
use crate::common::InPlace;
use crate::support::at;
use docket::domain::{Delivery, Follow, Stage, Timestamp};
use docket::engine::{Engine, Found, HOLD, Limits, Planner};
use docket::ports::{
    Advance, Failure, History, Ledger, LedgerError, Life, Outgoing, Progress, Receipt, Sink, Turn,
    Turned,
};
use docket::store::LogFilter;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::{Sender, channel};

/// A ledger that is busy when it is told to be.
#[derive(Clone)]
struct Moody {
    ledger: InPlace,
    /// The next step is not taken.
    refuses_step: Arc<AtomicBool>,
    /// Before the next turn that claims something somebody else follows, and the ledger is busy
    /// when it is asked for that.
    is_followed: Arc<AtomicBool>,
    refuses_progress: Arc<AtomicBool>,
}

impl Moody {
    fn new(ledger: &InPlace) -> Self {
        Self {
            ledger: ledger.clone(),
            refuses_step: Arc::default(),
            is_followed: Arc::default(),
            refuses_progress: Arc::default(),
        }
    }
}

fn busy<T>() -> Result<T, LedgerError> {
    Err(LedgerError::Busy("the disk is full".to_owned()))
}

impl Ledger for Moody {
    async fn join(&self) -> Result<Life, LedgerError> {
        self.ledger.join().await
    }

    async fn progress(&self, revision: Option<i64>) -> Result<Progress, LedgerError> {
        if self.refuses_progress.swap(false, Ordering::Relaxed) {
            return busy();
        }
        self.ledger.progress(revision).await
    }

    async fn known(&self, keys: &[String]) -> Result<HashSet<String>, LedgerError> {
        self.ledger.known(keys).await
    }

    async fn advance(&self, step: &Advance) -> Result<bool, LedgerError> {
        if self.refuses_step.swap(false, Ordering::Relaxed) {
            return busy();
        }
        self.ledger.advance(step).await
    }

    async fn turn(&self, turn: &Turn) -> Result<Turned, LedgerError> {
        let stages = self.ledger.sqlite().stages().expect("a ledger");
        let waits = stages.contains_key(&Stage::Planned);
        if waits && self.is_followed.swap(false, Ordering::Relaxed) {
            let channel = "100000000000000001".to_owned();
            let follow = Follow::of_channel(channel, "1".to_owned(), "2".to_owned());
            self.ledger.sqlite().follow(&follow, turn.now)?;
            self.refuses_progress.store(true, Ordering::Relaxed);
        }
        self.ledger.turn(turn).await
    }
}

/// Another side that remembers what it was told, unless its history cannot be read.
#[derive(Clone, Default)]
struct Side {
    posts: Arc<Mutex<Vec<String>>>,
    is_unreadable: bool,
    /// Its first answer is to come again in five minutes, though the post of somebody else, who
    /// was forgotten, arrives meanwhile.
    limits_first: Arc<AtomicBool>,
    /// It does not say what time it is.
    is_mute: bool,
    asked: Arc<AtomicUsize>,
}

impl Sink for Side {
    type Permit = ();

    async fn ready(&self, _: &str) {}

    async fn post(&self, (): (), post: Outgoing<'_>) -> Result<Receipt, Failure> {
        self.posts
            .lock()
            .expect("no panic")
            .push(post.reference.to_owned());
        if self.limits_first.swap(false, Ordering::Relaxed) {
            return Err(Failure::Retry {
                after: Some(Duration::from_mins(5)),
                why: "too many requests".to_owned(),
            });
        }
        Ok(Receipt::default())
    }

    async fn history(&self, _: &str, _: Timestamp) -> Result<History, Failure> {
        if self.is_unreadable {
            return Ok(History::Unreadable("a pipe".to_owned()));
        }
        let posts = self.posts.lock().expect("no panic");
        let posts = posts.iter().cloned().map(|it| (it, Receipt::default()));
        Ok(History::Posts(posts.collect()))
    }

    async fn time(&self) -> Result<Option<Timestamp>, Failure> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.is_mute {
            let why = "no network".to_owned();
            return Err(Failure::Unknown { why });
        }
        Ok(None)
    }
}

/// Runs the loop for a while from an instant on. `edits` has the file at hand.
async fn run(
    ledger: &Moody,
    side: &Side,
    start: &str,
    length: Duration,
    edits: impl AsyncFnOnce(&Sender<Found>),
) {
    let engine = Engine {
        clock: Virtual::at(at(start)),
        ledger: ledger.clone(),
        sink: side.clone(),
        planner: Planner::new("f".to_owned(), audience, false),
        limits: Limits::default(),
        pulse: Arc::default(),
    };
    let (tell, told) = channel(1);
    let stop = tokio::time::sleep(length);
    let edit = async {
        edits(&tell).await;
        // Nothing ends because nobody edits any more.
        tokio::time::sleep(length).await;
    };
    let (ran, ()) = tokio::join!(Box::pin(engine.run(told, stop)), edit);
    ran.expect("it ends well");
}

async fn save(tell: &Sender<Found>, text: &str) {
    let found = Found::Bytes(text.as_bytes().to_vec());
    tell.send(found).await.expect("it listens");
}

fn log(ledger: &InPlace) -> Vec<Delivery> {
    let log = ledger.sqlite().log(LogFilter::default());
    log.expect("a ledger")
}

#[test]
fn a_held_edit_is_not_forgotten_because_the_ledger_is_busy_when_its_time_has_come() {
    let deadline = |id| format!("[[deadline]]\nid = \"{id}\"\ntitle = \"T\"\ndue = 2026-06-10\n");
    let (all, one): (String, _) = (["a", "b", "c"].map(deadline).concat(), deadline("a"));
    let start = "2026-03-10T09:00:00Z";
    let ledger = InPlace::new(at(start));
    let moody = Moody::new(&ledger);
    let length = Duration::from_mins(20);
    in_virtual_time(run(&moody, &Side::default(), start, length, async |tell| {
        save(tell, &all).await;
        tokio::time::sleep(Duration::from_mins(1)).await;
        save(tell, &one).await;
        let hold = HOLD.to_std().expect("a length");
        tokio::time::sleep(hold.saturating_sub(Duration::from_secs(1))).await;
        moody.refuses_step.store(true, Ordering::Relaxed);
    }));
    assert!(!moody.refuses_step.load(Ordering::Relaxed), "it was busy");
    let progress = ledger.sqlite().progress(None).expect("a ledger");
    assert_eq!(progress.record.expect("a record").text, one);
}

/// Nobody tried it, so that nobody can read whether it is there does not matter.
#[test]
fn what_was_claimed_and_not_begun_was_not_tried() {
    let start = "2026-03-10T09:59:00Z";
    let ledger = InPlace::new(at(start));
    let moody = Moody::new(&ledger);
    moody.is_followed.store(true, Ordering::Relaxed);
    let side = Side {
        is_unreadable: true,
        ..Side::default()
    };
    let length = Duration::from_mins(5);
    in_virtual_time(run(&moody, &side, start, length, async |tell| {
        save(tell, RECORD).await;
    }));
    assert!(!moody.is_followed.load(Ordering::Relaxed), "it was claimed");
    let stages: Vec<_> = log(&ledger).iter().map(|it| it.stage).collect();
    assert_eq!(stages, [Stage::Sent], "{:?}", log(&ledger));
    assert_eq!(side.posts.lock().expect("no panic").len(), 1);
}

/// A request that the ledger forgot may arrive after the history was read.
#[test]
fn what_was_put_off_is_looked_for_again_before_it_is_posted() {
    let start = "2026-03-10T09:59:00Z";
    let ledger = InPlace::new(at(start));
    let side = Side {
        limits_first: Arc::new(AtomicBool::new(true)),
        ..Side::default()
    };
    let length = Duration::from_mins(10);
    in_virtual_time(run(
        &Moody::new(&ledger),
        &side,
        start,
        length,
        async |tell| {
            save(tell, RECORD).await;
        },
    ));
    assert_eq!(side.posts.lock().expect("no panic").len(), 1);
    let stages: Vec<_> = log(&ledger).iter().map(|it| it.stage).collect();
    assert_eq!(stages, [Stage::Sent]);
}

#[test]
fn a_clock_that_cannot_be_believed_is_asked_for_every_two_seconds_whatever_is_due() {
    let start = "2026-03-10T09:59:00Z";
    let ledger = InPlace::new(at(start));
    in_virtual_time(run(
        &Moody::new(&ledger),
        &Side::default(),
        start,
        Duration::from_secs(10),
        async |tell| save(tell, RECORD).await,
    ));
    let side = Side {
        is_mute: true,
        ..Side::default()
    };
    let length = Duration::from_mins(10);
    in_virtual_time(run(
        &Moody::new(&ledger),
        &side,
        "2026-03-10T10:30:00Z",
        length,
        async |tell| save(tell, RECORD).await,
    ));
    assert!(log(&ledger).is_empty());
    let asked = side.asked.load(Ordering::Relaxed);
    assert!((250..=310).contains(&asked), "{asked} times in {length:?}");
}
