//! The loop that keeps the bot running, by a clock that runs as fast as the loop does.

use crate::common::InPlace;
use crate::support::at;
use docket::console::Console;
use docket::domain::{Docket, Follow, Stage, Subscription, Timestamp, Zone};
use docket::engine::{DRAIN_MAX, Ended, Engine, Found, Limits, Planner};
use docket::ports::{Clock, Failure, History, Outgoing, Receipt, Sink};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::channel;
use tokio::time::Instant;

/// A wall clock that follows tokio's paused one.
#[derive(Clone, Copy)]
pub(crate) struct Virtual {
    start: Timestamp,
    began: Instant,
}

impl Virtual {
    /// A clock that says `start` now.
    pub(crate) fn at(start: Timestamp) -> Self {
        Self {
            start,
            began: Instant::now(),
        }
    }
}

impl Clock for Virtual {
    fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.began.elapsed().as_millis()).expect("a short test");
        self.start + chrono::TimeDelta::milliseconds(elapsed)
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

pub(crate) fn audience(docket: &Docket, _: &[Follow]) -> Vec<Subscription> {
    vec![Subscription::terminal(docket)]
}

/// Runs something to its end by a clock that goes on when there is nothing else to do.
pub(crate) fn in_virtual_time<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(future)
}

/// What is printed in some hours from `start` on, if the file has these texts in turn, for an hour
/// each.
fn printed(ledger: &InPlace, start: &str, hours: u64, texts: &[&str]) -> String {
    let mut out = Vec::new();
    in_virtual_time(async {
        let engine = Engine {
            clock: Virtual::at(at(start)),
            ledger: ledger.clone(),
            sink: Console::new(&mut out, Zone::UTC, 100, None),
            planner: Planner::new("f".to_owned(), audience, false),
            limits: Limits::default(),
            pulse: Arc::default(),
        };
        let (tell, edits) = channel(1);
        let stop = tokio::time::sleep(Duration::from_hours(hours));
        let edit = async {
            for text in texts {
                let found = Found::Bytes(text.as_bytes().to_vec());
                tell.send(found).await.expect("it listens");
                tokio::time::sleep(Duration::from_hours(1)).await;
            }
        };
        let (ran, ()) = tokio::join!(engine.run(edits, stop), edit);
        ran.expect("nothing fails");
    });
    String::from_utf8(out).expect("UTF-8")
}

/// What is printed in three hours by a ledger of its own.
fn three_hours(start: &str, text: &str, edited: &str) -> String {
    printed(&InPlace::new(at(start)), start, 3, &[text, edited])
}

pub(crate) const RECORD: &str = "remind = [\"2h\", \"1h\"]\n[[deadline]]\nid = \"a\"\ntitle = \"The truce\"\n\
                      due = 2026-03-10T12:00\n";

#[test]
fn each_post_is_printed_when_it_falls_due() {
    let printed = three_hours("2026-03-10T09:30:00Z", RECORD, RECORD);
    insta::assert_snapshot!("posts_as_they_fall_due", printed);
}

#[test]
fn an_edit_takes_effect_while_it_runs() {
    let edited = format!(
        "{RECORD}[[deadline.revision]]\ndue = 2026-03-10T13:00\nannounced = 2026-03-10T10:00\n\
         standing = \"signed\"\n"
    );
    let printed = three_hours("2026-03-10T09:30:00Z", RECORD, &edited);
    insta::assert_snapshot!("an_edit_while_it_runs", printed);
}

/// Nobody ran when the due was reached, and when it was put off before that.
#[test]
fn what_an_edit_took_back_before_the_start_is_not_posted_after_it() {
    let ledger = InPlace::new(at("2026-03-10T09:30:00Z"));
    let before = printed(&ledger, "2026-03-10T09:30:00Z", 1, &[RECORD]);
    assert!(before.contains("2 hours"), "{before}");
    let edited = format!(
        "{RECORD}[[deadline.revision]]\ndue = 2026-03-10T18:00\nannounced = 2026-03-10T11:00\n\
         standing = \"signed\"\n"
    );
    let after = printed(&ledger, "2026-03-10T12:30:00Z", 1, &[&edited]);
    assert!(after.contains("Extended to"), "{after}");
    assert!(!after.contains("Due reached"), "{after}");
}

/// The other side lets nobody post.
struct Closed;

impl Sink for Closed {
    type Permit = ();

    async fn ready(&self, _: &str) {
        std::future::pending::<()>().await;
    }

    async fn post(&self, (): (), _: Outgoing<'_>) -> Result<Receipt, Failure> {
        unreachable!("nobody is let in")
    }

    async fn history(&self, _: &str, _: Timestamp) -> Result<History, Failure> {
        Ok(History::Posts(Vec::new()))
    }

    async fn time(&self) -> Result<Option<Timestamp>, Failure> {
        Ok(None)
    }
}

/// Whatever it waits for.
#[test]
fn a_stop_ends_after_20_seconds_and_says_what_it_cut() {
    let begin = "2026-03-10T09:59:50Z";
    let ledger = InPlace::new(at(begin));
    in_virtual_time(async {
        let engine = Engine {
            clock: Virtual::at(at(begin)),
            ledger: ledger.clone(),
            sink: Closed,
            planner: Planner::new("f".to_owned(), audience, false),
            limits: Limits::default(),
            pulse: Arc::default(),
        };
        let (tell, edits) = channel(1);
        let found = Found::Bytes(RECORD.as_bytes().to_vec());
        tell.send(found).await.expect("it listens");
        let asked = Instant::now() + Duration::from_secs(15);
        let ended = engine.run(edits, tokio::time::sleep_until(asked)).await;
        assert!(matches!(ended, Err(Ended::Cut(1))), "{ended:?}");
        assert_eq!(Instant::now() - asked, DRAIN_MAX);
    });
    let stages = ledger.sqlite().stages().expect("a ledger");
    assert_eq!(stages.get(&Stage::Sending), Some(&1), "{stages:?}");
}
