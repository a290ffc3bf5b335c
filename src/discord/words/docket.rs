//! What is said about the bot itself.

use super::problem::{Problem, quoted};

/// All is well.
pub(crate) const FINE: &str = "✅ All is well";
/// Something is not.
pub(crate) const NOT_FINE: &str = "⚠️ Something needs attention";
/// There is no record at all.
pub(crate) const NO_RECORD: &str =
    "❌ There is no record yet: `deadlines.toml` was not found or is still being read.";
/// The record is in force.
pub(crate) const RECORD_FINE: &str = "✅ The record is in force, as `deadlines.toml` has it.";
/// The ledger is fine.
pub(crate) const LEDGER_FINE: &str = "✅ The ledger can be written.";
/// The gateway is not up.
pub(crate) const GATEWAY_DOWN: &str = "⚠️ The gateway is being connected: commands may stay without an answer until it is. Posts go out all the same.";
/// The engine has not gone round.
pub(crate) const NO_ROUND: &str = "⏳ The engine is starting.";
/// The heading of the log.
pub(crate) const LOG: &str = "Posts lately";
/// The heading of what failed.
pub(crate) const LOG_FAILED: &str = "What was not posted";
/// Nothing was posted.
pub(crate) const NOTHING_POSTED: &str = "Nothing was posted yet.";
/// Nothing failed.
pub(crate) const NOTHING_FAILED: &str = "✅ Nothing failed and nothing was skipped.";
/// Below the log.
pub(crate) const LOG_FOOTER: &str = "/docket resend posts one again, by its reference";
/// Where a personal reminder went.
pub(crate) const DIRECT: &str = "a direct message";
/// How it is called.
pub(crate) const NAME: &str = "Docket";
/// What it is.
pub(crate) const ABOUT: &str = "Tracks policy deadlines and the talks about them, and posts countdowns and changes. A passed date is not an outcome, and an announced extension is not a signed one.\n\n`/deadlines` what falls due · `/deadline` one of them · `/talks` · `/timeline` · `/remind` · `/calendar` · `/follow` for channels";
/// Which version.
pub(crate) const VERSION: &str = "Version";
/// How many are open.
pub(crate) const OPEN: &str = "Open deadlines";
/// How many there are.
pub(crate) const ALL: &str = "All deadlines";
/// How many negotiations.
pub(crate) const NEGOTIATIONS: &str = "Negotiations";
/// The docket's zone.
pub(crate) const ZONE: &str = "Zone";

/// The file as it is now is not in force.
pub(crate) fn refused(when: &str, why: &str) -> String {
    format!(
        "❌ The file was edited {when} and is **not** in force: {why}\nThe record before it stays in force until the file is right."
    )
}

/// The ledger cannot be written.
pub(crate) fn ledger_wrong(why: &str) -> String {
    format!(
        "❌ The ledger cannot be written, so nothing is posted: {why}\nSee that the disk or the database has room and can be reached."
    )
}

/// The clock may be wrong.
pub(crate) fn clock_wrong(why: &str) -> String {
    format!(
        "❌ The clock may be wrong, so nothing is posted: {why}\nIf that stays, set the machine's clock."
    )
}

/// The gateway is up.
pub(crate) fn gateway_up(since: &str) -> String {
    format!("✅ The gateway was connected {since}: commands are heard.")
}

/// When the engine last looked.
pub(crate) fn round(when: &str) -> String {
    format!("✅ The engine last looked for posts {when}.")
}

/// What waits, and what failed.
pub(crate) fn posts(waiting: usize, failed: usize) -> String {
    let waiting = match waiting {
        0 => "No post waits for its turn".to_owned(),
        1 => "1 post waits for its turn".to_owned(),
        _ => format!("{waiting} posts wait for their turn"),
    };
    match failed {
        0 => format!("✅ {waiting}, none failed in the last week."),
        _ => format!(
            "⚠️ {waiting}, {failed} failed in the last week: `/docket log failed:True` says why."
        ),
    }
}

/// When something was to be posted that was not.
pub(crate) fn meant_for(when: &str) -> String {
    format!("for {when}")
}

/// It goes out again.
pub(crate) fn resent(title: &str) -> String {
    format!("📨 Posted again within half a minute: {title}")
}

/// The ledger has no such post.
pub(crate) fn no_post(key: &str) -> Problem {
    Problem::new(
        format!("No post of this server has the reference {}.", quoted(key)),
        "It is the sixteen letters at the end of a post, after `ref`. `/docket log` lists the latest.",
    )
}

/// Why something is still to be posted that was not tried yet.
pub(crate) const NOT_YET: &str = "its time has not come";
/// Why something is still to be posted that was posted before.
pub(crate) const ASKED_ALREADY: &str = "it has been asked for already";

/// It is still to be posted.
pub(crate) fn waiting(why: &str) -> Problem {
    Problem::new(
        "That is still to be posted.",
        format!("It waits: {why}. `/docket log` shows when it is done."),
    )
}
