//! The regular overview.

use super::Said;
use crate::domain::deadline::{Deadline, State};
use crate::domain::docket::{Docket, Item};
use crate::domain::phrases::by_law;
use crate::domain::subscription::Subscription;
use crate::domain::words;
use crate::domain::zone::Timestamp;

/// The deadlines that a subscription follows and that have not ended, as the board has them.
pub(in crate::domain::notice) fn open_deadlines(
    docket: &Docket,
    to: &Subscription,
    now: Timestamp,
) -> Vec<Deadline> {
    let followed = docket.passing(&to.filter);
    let mut open: Vec<_> = followed
        .filter_map(|item| match item.as_of(now)? {
            Item::Deadline(deadline) if deadline.outcome.is_none() => Some(deadline),
            _ => None,
        })
        .collect();
    open.sort_by_key(|deadline| deadline.board_order(now));
    open
}

/// The overview.
pub(in crate::domain::notice) fn digest(
    open: &[Deadline],
    to: &Subscription,
    now: Timestamp,
) -> Said {
    let count = i64::try_from(open.len()).unwrap_or(i64::MAX);
    let lines = open.iter().map(|deadline| {
        let status = deadline.status(now);
        let left = match status.days_left {
            _ if status.state == State::Awaiting => "outcome awaited".to_owned(),
            Some(days) => words::days_left(days),
            None => "no date".to_owned(),
        };
        let law = status.law_due.map(|law| format!("; {}", by_law(law, now)));
        format!(
            "• {left}: {} (due {}{})",
            deadline.title,
            status.due.text(),
            law.unwrap_or_default()
        )
    });
    Said {
        title: format!(
            "Overview of {}: {}",
            words::date(to.zone.date(now)),
            words::count_of(count, "open deadline")
        ),
        lines: lines.collect(),
        sources: Vec::new(),
    }
}
