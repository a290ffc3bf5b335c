//! What an edit takes back: the reminders of items that it removes, and of dues that it moves.
//!
//! Nothing is decided by it. It is noted, so that whoever waits for a reminder finds out why there
//! is none.

use super::Plan;
use crate::domain::chain::Window;
use crate::domain::deadline::Outcome;
use crate::domain::docket::{Docket, Item};
use crate::domain::lateness::SkipReason;
use crate::domain::occurrence::{Occurrence, Reason};
use crate::domain::zone::Timestamp;
use std::collections::BTreeMap;

/// What became of an item whose reminders may be void.
enum Fate {
    Removed,
    /// Its dues are armed otherwise.
    Armed(Vec<Window>),
}

impl Plan {
    /// The reminders at or after `from` that `docket`, taking the place of this plan's, does not
    /// call for any more: of each item the next one for each subscription, in order of the file.
    pub fn voided(&self, docket: &Docket, from: Timestamp) -> Vec<(Occurrence, SkipReason)> {
        let items = self.docket.items().iter();
        let fates: Vec<_> = items.map(|item| fate(item, docket)).collect();
        let mut next: BTreeMap<(usize, u32), (Occurrence, SkipReason)> = BTreeMap::new();
        let first = from - self.held_max;
        let first = self.entries.partition_point(|entry| entry.at < first);
        for entry in &self.entries[first..] {
            self.occurrences(entry, |occurrence| {
                let item = self.item_of(&occurrence.reason).unwrap_or(fates.len());
                let fate = fates.get(item).and_then(Option::as_ref);
                let why = fate.and_then(|fate| self.void(fate, &occurrence));
                let key = (item, occurrence.subscription);
                let is_next = next.get(&key).is_none_or(|it| occurrence.at < it.0.at);
                if let Some(why) = why.filter(|_| from <= occurrence.at && is_next) {
                    next.insert(key, (occurrence, why));
                }
            });
        }
        next.into_values().collect()
    }

    /// Why a reminder is void, if it is one and is.
    fn void(&self, fate: &Fate, occurrence: &Occurrence) -> Option<SkipReason> {
        let (window, is_due) = match occurrence.reason {
            Reason::Due { window } => (window, true),
            Reason::Opens { window } | Reason::Lead { window, .. } | Reason::Snoozed { window } => {
                (window, false)
            }
            Reason::RoundStarts { .. } | Reason::RoundEnds { .. } => {
                return matches!(fate, Fate::Removed).then_some(SkipReason::Removed);
            }
            Reason::Changes { .. } | Reason::Digest => return None,
        };
        let Fate::Armed(windows) = fate else {
            return Some(SkipReason::Removed);
        };
        let (window, at) = (&self.window(window).window, occurrence.at);
        let holds = |it: &Window| {
            if is_due {
                it.holds_due(at)
            } else {
                it.holds(at)
            }
        };
        let is_same = |it: &&Window| it.due.is_same(&window.due) && it.ordinal == window.ordinal;
        let is_armed = windows.iter().filter(is_same).any(holds);
        (!is_armed).then_some(SkipReason::Void)
    }
}

/// What becomes of an item in another docket; none if its reminders stay as they are.
fn fate(item: &Item, docket: &Docket) -> Option<Fate> {
    match (item, docket.item(item.id())) {
        (_, None) => Some(Fate::Removed),
        (Item::Deadline(before), Some(Item::Deadline(after))) => {
            let is_same = before.steps == after.steps && before.outcome == after.outcome;
            let ended = after.outcome.as_deref().map(Outcome::known);
            (!is_same).then(|| Fate::Armed(Window::of(&after.steps, ended)))
        }
        _ => None,
    }
}
