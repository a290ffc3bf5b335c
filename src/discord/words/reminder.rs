//! What is said about personal reminders.

use super::problem::Problem;
use crate::discord::text::lines;
use crate::discord::time;
use crate::domain::words::{count_of, days_left, instant};
use crate::domain::{Due, Duration, Outcome, Precision, Timestamp, Zone, phrases};

/// Above the leads to choose from.
pub(crate) const CHOOSE: &str = "How long before? Several can be chosen";
/// The first direct message.
pub(crate) const GREETING: &str = "🔔 You asked me to remind you here.";
/// The answer after it.
pub(crate) const KEPT: &str =
    "🔔 Done. I have written to you, so that you know where the reminders arrive.";
/// What else is written.
pub(crate) const ALSO: &str = "-# You also hear when it is due, when it moves, and how it ends. `/reminders` lists and cancels.";

/// What is asked above the list of leads.
pub(crate) fn offer(title: &str) -> String {
    format!("🔔 When shall I remind you of {title}? I will write to you directly.")
}

/// `7 days before`.
pub(crate) fn before(lead: Duration) -> String {
    format!("{lead} before")
}

/// When that is, where the deadline has its law.
pub(crate) fn on(at: Timestamp, zone: Zone) -> String {
    format!("{} ({})", instant(at, zone), zone.city())
}

/// `due 17 September 2025 (New York)`.
pub(crate) fn due(due: &Due) -> String {
    match time::due(due) {
        Some(live) => format!("due {} · {live}", due.text()),
        None => "no date set yet".to_owned(),
    }
}

/// Leads that count back to before now, or that the due is too coarse for.
pub(crate) fn dropped(leads: &[String]) -> String {
    format!(
        "-# No reminder {} before: that lies behind, or the date has no hour to count from. It will count if the date moves.",
        leads.join(", ")
    )
}

/// All leads lie behind.
pub(crate) fn nothing_ahead(title: &str, left: i64, due: &Due) -> Problem {
    let help = match (due.precision(), left) {
        (Precision::Minute, _) => "Choose a shorter time, such as `1h`.".to_owned(),
        (_, ..=1) => "The date has no hour, so the shortest time before it is `1d`. `/calendar` puts it into your calendar.".to_owned(),
        (_, left) => format!("The date has no hour: choose between `1d` and `{}d`.", left - 1),
    };
    let what = format!(
        "No such reminder can come before {title}: {}.",
        days_left(left)
    );
    Problem::new(what, help)
}

/// There is nothing to be reminded of.
pub(crate) fn ended(title: &str, outcome: &Outcome, zone: Zone) -> Problem {
    let on = phrases::on(&outcome.on, zone);
    Problem::new(
        format!("{title} has ended: {} {on}.", outcome.result.word()),
        "There is nothing left to be reminded of. `/deadlines` shows what is open.",
    )
}

/// The one who pressed has no reminder of it.
pub(crate) fn not_kept(title: &str) -> Problem {
    Problem::new(
        format!("You have no reminder of {title} any more."),
        "`/remind` sets one, `/reminders` lists those you have.",
    )
}

/// None of those chosen is there any more.
pub(crate) fn none_chosen() -> Problem {
    Problem::new(
        "You have these reminders no more.",
        "`/reminders` lists those you have.",
    )
}

/// It is due before the reminder would come.
pub(crate) fn due_first(title: &str, at: Timestamp, now: Timestamp) -> Problem {
    let when = if at <= now {
        "has been reached"
    } else {
        "is due before that"
    };
    Problem::new(
        format!("{title} {when}: {}.", time::relative(at)),
        "You hear at that moment in any case.",
    )
}

/// Direct messages are closed.
pub(crate) fn closed() -> Problem {
    Problem::new(
        "I cannot write to you: Discord did not let my direct message through.",
        "Allow direct messages from this server (its name → Privacy Settings → Direct Messages), see that you have not blocked me, then do the same again. No reminder was kept. `/calendar` works without.",
    )
}

/// Put off.
pub(crate) fn snoozed(at: &str, relative: &str) -> String {
    format!("💤 I will remind you again {relative}, {at}.")
}

/// Cancelled.
pub(crate) fn cancelled(titles: &[String]) -> String {
    let titles: Vec<_> = titles.iter().map(|title| format!("• {title}")).collect();
    let list = lines(&titles, 1_500, |count| format!("… and {count} more"));
    format!("🔕 No more reminders of\n{list}\n-# `/remind` sets new ones.")
}

/// Of how many deadlines one is reminded: `3 deadlines`.
pub(crate) fn count(count: usize) -> String {
    count_of(i64::try_from(count).unwrap_or(i64::MAX), "deadline")
}

/// Nobody asked for any.
pub(crate) const NONE: &str =
    "🔔 You have no reminders. `/remind` sets one, and so does the button Remind me below a post.";
/// Above the list of reminders.
pub(crate) const YOURS: &str = "Your reminders";
/// Above the list to cancel from.
pub(crate) const CANCEL: &str = "Cancel…";
