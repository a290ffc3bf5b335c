//! Puts the parts together and keeps them running: the clock, the file, the engine, the console.

use crate::clock::Clock;
use crate::config::{Report, Style};
use crate::console::Console;
use crate::domain::{Notice, Timestamp, rfc3339};
use crate::engine::{Edit, Engine, Found};
use crate::watch::{LOOK_EVERY, Watch};
use std::future::Future;
use std::io::{self, Write};
use std::time::Duration;

/// However far away the next post is, the wall clock is looked at this often: it may be set, and
/// the machine may sleep.
const SLEEP_MAX: Duration = Duration::from_secs(30);

/// Runs until `stop` is done. Nothing in here can fail but the output.
///
/// One loop: post what is due, wait for the next post, an edit or the end. A late start, a long
/// sleep and an edit are then the same case: the loop goes round once more.
pub async fn run<W: Write + Send>(
    mut engine: Engine,
    mut watch: Watch,
    clock: impl Clock,
    mut console: Console<W>,
    file: &str,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    tokio::pin!(stop);
    loop {
        let now = clock.now();
        post_due(&mut engine, &mut console, now)?;
        if let Some(posts) = engine.release(now) {
            tracing::info!(file, posts = posts.len(), "the held edit is in force now");
            post_all(&mut console, &posts)?;
        }
        let pause = engine.next().map_or(SLEEP_MAX, |next| {
            // Waking a moment late is right, waking early would mean waiting again.
            (next - now).to_std().unwrap_or_default() + Duration::from_millis(1)
        });
        tokio::select! {
            () = &mut stop => {
                tracing::info!("stopped");
                return Ok(());
            }
            () = clock.sleep(pause.min(SLEEP_MAX)) => {}
            found = edited(&clock, &mut watch) => {
                let now = clock.now();
                // What was due before the edit is told as the record had it.
                post_due(&mut engine, &mut console, now)?;
                let edit = engine.edit(found, now);
                take(edit, &mut console, file)?;
            }
        }
    }
}

fn post_due<W: Write>(
    engine: &mut Engine,
    console: &mut Console<W>,
    now: Timestamp,
) -> io::Result<()> {
    let (posts, skipped) = engine.tick(now);
    for skip in skipped {
        let reason = skip.reason.to_string();
        tracing::warn!(
            key = skip.notice.key,
            reason,
            "missed, and not posted any more"
        );
    }
    post_all(console, &posts)
}

fn post_all<W: Write>(console: &mut Console<W>, posts: &[Notice]) -> io::Result<()> {
    posts.iter().try_for_each(|notice| console.post(notice))
}

/// Waits for an edit of the file. May be dropped at any point: the watch remembers what it saw.
async fn edited(clock: &impl Clock, watch: &mut Watch) -> Found {
    loop {
        clock.sleep(LOOK_EVERY).await;
        if let Some(found) = watch.look() {
            return found;
        }
    }
}

/// Says what an edit came to, once.
fn take<W: Write>(edit: Edit, console: &mut Console<W>, file: &str) -> io::Result<()> {
    match edit {
        Edit::InForce(posts) => {
            tracing::info!(file, posts = posts.len(), "the edit is in force");
            post_all(console, &posts)?;
        }
        Edit::Held { dropped, until } => {
            let until = rfc3339(until);
            tracing::warn!(
                file,
                dropped,
                until,
                "the edit drops more than half of the items: held for 10 minutes, undo it or wait"
            );
        }
        Edit::Broken { text, problems } => {
            let report = Report {
                file,
                text: &text,
                problems: &problems,
            };
            let shown = report.human(Style::Plain);
            let count = problems.len();
            tracing::error!(
                file,
                problems = count,
                "the edit has errors, the last good record stays in force\n\n{shown}"
            );
        }
        Edit::Unreadable(reason) => {
            tracing::error!(
                file,
                reason,
                "the file cannot be read, the last good record stays in force"
            );
        }
    }
    Ok(())
}
