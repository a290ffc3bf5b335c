//! The headings on the page of a deadline or of talks.

use crate::domain::words;

/// Who can move it.
pub(crate) const DECIDED_BY: &str = "Decided by";
/// How official it is.
pub(crate) const STANDING: &str = "Standing";
/// How often it was extended.
pub(crate) const EXTENDED: &str = "Extended";
/// What its record says about another extension.
pub(crate) const BASE_RATE: &str = "Base rate";
/// The talks about it.
pub(crate) const TALKS: &str = "Talks";
/// Its dues one after the other.
pub(crate) const CHAIN: &str = "How the date came about";
/// Its date has passed.
pub(crate) const AWAITING: &str =
    "The date has passed, which is no outcome: none is confirmed yet.";
/// Where the rest of the talks is.
pub(crate) const SEE_TALKS: &str = "`/talks` tells";
/// Where the rest of the chain is.
pub(crate) const SEE_HISTORY: &str = "History shows all";

/// How often it was extended.
pub(crate) fn extended(extensions: usize) -> String {
    match extensions {
        0 => "never".to_owned(),
        count => words::times(count),
    }
}

/// Steps that are left out before those that are shown.
pub(crate) fn earlier_steps(count: usize) -> String {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    format!(
        "… {} before: History shows all",
        words::count_of(count, "step")
    )
}

/// What a page of the past is of.
pub(crate) fn as_of(then: &str) -> String {
    format!("as known at {then}")
}

/// Of a step that nobody had to announce.
pub(crate) const ALWAYS_KNOWN: &str = "always known";
/// What stands below a chain.
pub(crate) const CHAIN_FOOTER: &str =
    "Oldest first: the date, days moved, what the step did; then when it was announced and by what";

/// Steps that did not fit.
pub(crate) fn left_out(count: usize) -> String {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    format!("… {} before", words::count_of(count, "line"))
}

/// The heading of all negotiations.
pub(crate) const NEGOTIATIONS: &str = "Talks";
/// There are none.
pub(crate) const NO_TALKS: &str = "The record has no negotiations.";
/// A negotiation without rounds.
pub(crate) const NO_ROUNDS: &str = "No rounds yet.";
/// Before the round that was the last.
pub(crate) const LAST: &str = "✅ last:";
/// Before the round that is going on.
pub(crate) const UNDER_WAY: &str = "🟠 under way:";
/// Before the round that comes next.
pub(crate) const NEXT: &str = "🔵 next:";

/// What a negotiation is about.
pub(crate) fn about(titles: &[String]) -> String {
    format!("About {}.", words::list(titles))
}

/// `4 rounds`.
pub(crate) fn rounds(count: usize) -> String {
    words::count_of(i64::try_from(count).unwrap_or(i64::MAX), "round")
}

/// `2 negotiations`.
pub(crate) fn negotiations(count: usize) -> String {
    words::count_of(i64::try_from(count).unwrap_or(i64::MAX), "negotiation")
}
