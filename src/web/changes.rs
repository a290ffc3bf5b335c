//! What changed when: the latest changes in words, and the moments one can travel to.

use super::view::View;
use crate::domain::change::{Group, group, history};
use crate::domain::{Docket, Id, Kind, Notice, Subscription, Timestamp, announce};
use chrono::NaiveDate;

/// Of so many changes the latest are put into words: those of one instrument are one.
const LOOKED_AT: usize = 60;

/// The latest changes of a docket that holds only what is known, newest first, at most so many.
pub(super) fn latest(docket: &Docket, count: usize, now: Timestamp) -> Vec<Notice> {
    let mut changes = history(docket);
    let first = changes.len().saturating_sub(LOOKED_AT);
    let groups = group(changes.split_off(first));
    let first = groups.len().saturating_sub(count);
    let latest: &[Group] = &groups[first..];
    let mut notices = announce(docket, &[Subscription::terminal(docket)], latest, now);
    notices.reverse();
    notices
}

/// The word for what a change is.
pub(super) fn word(notice: &Notice) -> String {
    match notice.kind {
        Kind::Added => "new".to_owned(),
        _ => notice.what(),
    }
}

/// The days before and after the moment of a view on which something became known, of an item
/// alone if there is one, none of them after today.
pub(super) fn neighbours(view: &View, item: Option<&Id>) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let place = item.and_then(|id| view.whole().position(id));
    let zone = view.docket.zone();
    let day = zone.date(view.now);
    let mut before = None;
    let mut after = None;
    let all = history(view.whole());
    for change in all
        .iter()
        .filter(|it| place.is_none_or(|place| it.item == place))
    {
        let on = zone.date(change.at);
        if on < day {
            before = before.max(Some(on));
        } else if on > day && change.at <= view.today && after.is_none_or(|after| on < after) {
            after = Some(on);
        }
    }
    (before, after)
}
