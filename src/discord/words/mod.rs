//! The words on buttons, above lists and in short, in one place. English for now: what other
//! languages say will stand beside it. What commands are called is in `commands::definitions`.

use crate::domain::{Item, words};
use crate::feed::Links;
use chrono::NaiveDate;

pub(super) mod button;
pub(super) mod calendar;
pub(super) mod channel;
pub(super) mod docket;
pub(super) mod follow;
pub(super) mod listing;
pub(super) mod page;
pub(super) mod picture;
pub(super) mod problem;
pub(super) mod proposal;
pub(super) mod reminder;

/// Before a line that comes late.
pub(super) const LATE: &str = "Late: ";
/// The heading of what happens if nothing happens.
pub(super) const IF_LAPSES: &str = "If it lapses";
/// How a notice begins the sentence that says the same.
pub(super) const IF_LAPSES_LEAD: &str = "If it lapses: ";
/// What a post about talks is about.
pub(super) const TALKS: &str = "talks";
/// What a post about an event is about.
pub(super) const EVENT: &str = "event";
/// The heading of sources.
pub(super) const SOURCES: &str = "Sources";
/// Where the rest of a list is.
pub(super) const SEE_DEADLINES: &str = "`/deadlines` shows them";
/// Where the rest of the sources is.
pub(super) const SEE_SOURCES: &str = "the record has them";

/// `… and 3 more: `/deadlines` shows them`.
pub(super) fn and_more(count: usize, way: &str) -> String {
    format!("… and {count} more: {way}")
}

/// `extended 3 times`.
pub(super) fn extended(extensions: usize) -> String {
    format!("extended {}", words::times(extensions))
}

/// `checked 9 October 2026`.
pub(super) fn checked(day: NaiveDate) -> String {
    format!("checked {}", words::date(day))
}

/// What a board is called.
pub(super) const BOARD: &str = "Deadlines";
/// What stands below a board.
pub(super) const BOARD_FOOTER: &str = "This message keeps itself up to date. /deadline tells more.";
/// A board without entries.
pub(super) const NOTHING_OPEN: &str = "Nothing is open.";

/// The address of an item's page, where the pages are public and it has one.
pub(super) fn page(links: Option<&Links>, item: &Item) -> Option<String> {
    match item {
        Item::Event(_) => None,
        item => links.map(|links| links.page(item)),
    }
}
