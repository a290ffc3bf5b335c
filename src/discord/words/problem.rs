//! What is wrong with what was asked for, and what to do. Nothing is answered by silence, and
//! nothing by "something went wrong".

use super::button;
use crate::discord::message::{Choice, Message};
use crate::discord::text::{cut, plain};
use crate::query::{Wrong, sentence};

/// Why there is no answer, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    what: String,
    help: String,
    nearest: Vec<Choice>,
}

/// What is quoted from people is cut to this.
const QUOTED_MAX: usize = 80;

impl Problem {
    /// A problem and what to do about it, in markdown.
    pub(crate) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            help: help.into(),
            nearest: Vec::new(),
        }
    }

    /// With the items that were perhaps meant, to open one.
    pub(crate) fn nearest(self, nearest: Vec<Choice>) -> Self {
        Self { nearest, ..self }
    }

    /// As a message.
    pub(crate) fn message(self) -> Message {
        let text = Message::text(format!("⚠️ **{}**\n{}", self.what, self.help));
        text.row(button::open(self.nearest))
    }
}

impl From<Wrong> for Problem {
    fn from(wrong: Wrong) -> Self {
        // Both quote what was written, and may be as long as that.
        let shown = |text: &str| sentence(&cut(&harmless(text), 600));
        Self::new(shown(&wrong.message), shown(&wrong.help))
    }
}

/// Text that quotes in backticks: those work, and nothing else does.
fn harmless(text: &str) -> String {
    text.split('`')
        .enumerate()
        .map(|(place, part)| match place % 2 {
            1 if part.is_empty() => String::new(),
            1 => quoted(part),
            // What was quoted may have had a backtick itself.
            _ => defused(part).replace('[', "("),
        })
        .collect()
}

/// What somebody wrote, in a box of code: nothing in it works.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", defused(&plain(text, QUOTED_MAX).replace('`', "'")))
}

/// Without anything that names somebody. A backslash would be seen in a box of code.
fn defused(text: &str) -> String {
    text.replace('@', "@\u{200b}").replace('<', "‹")
}

/// There is no record in force.
pub(crate) fn no_record(refused: Option<&str>) -> Problem {
    let help = "Whoever runs this bot sees the lines at fault with `/docket check`. Once the file is right, answers come at once.";
    let why = refused.map(|why| format!("{}\n", cut(&sentence(&harmless(why)), 600)));
    Problem::new(
        "The record cannot be read yet.",
        format!("{}{help}", why.unwrap_or_default()),
    )
}

/// The ledger cannot be read or written.
pub(crate) fn no_ledger() -> Problem {
    Problem::new(
        "I cannot reach my ledger at the moment, so nothing was changed.",
        "Try again in a minute; `/docket check` says how I am.",
    )
}

/// Discord did not do what was needed.
pub(crate) fn discord(why: &str) -> Problem {
    Problem::new(
        format!(
            "Discord did not let me do that, so nothing was changed: {}",
            crate::discord::text::safe(why, 300)
        ),
        "Try again in a minute.",
    )
}

/// There is no such thing.
pub(crate) fn no_such(noun: &str, written: &str, way: &str) -> Problem {
    Problem::new(format!("There is no {noun} {}.", quoted(written)), way)
}

/// The item was not known then.
pub(crate) fn not_known_then(title: &str, then: &str) -> Problem {
    Problem::new(
        format!("{title} was not known at {then}."),
        "Leave `as_of` out, or take a later date.",
    )
}

/// A button from another version.
pub(crate) fn other_version() -> Problem {
    Problem::new(
        "This button was made by another version of the bot.",
        "`/deadlines` and `/deadline` show the same, as it is now.",
    )
}

/// A button that nobody knows.
pub(crate) fn unknown_button() -> Problem {
    Problem::new(
        "This button is not known here.",
        "`/deadlines` and `/deadline` show what there is.",
    )
}

/// A command that nobody knows.
pub(crate) fn unknown_command(path: &str) -> Problem {
    Problem::new(
        format!("The command {} is not known here.", quoted(path)),
        "The bot's commands have changed. Reload Discord (Ctrl+R) and pick one from the list that `/` opens.",
    )
}

/// An option without which there is no answer was left out.
pub(crate) fn missing_option(name: &str) -> Problem {
    Problem::new(
        format!("The option `{name}` is missing."),
        "Fill it in: proposals come up as you type.",
    )
}

/// Who asks may not.
pub(crate) fn not_allowed() -> Problem {
    Problem::new(
        "This needs the permission Manage Server.",
        "Ask somebody who has it. Your own reminders need no permission: `/remind`.",
    )
}

/// It is about a server, and was asked elsewhere.
pub(crate) fn only_in_server() -> Problem {
    Problem::new(
        "This works in a server only.",
        "Use it in the server whose channel it is about. In direct messages there is `/remind`.",
    )
}

/// What was chosen from has changed since.
pub(crate) fn gone(noun: &str) -> Problem {
    Problem::new(
        format!("The record has this {noun} no more."),
        "`/deadlines` shows what it has.",
    )
}
