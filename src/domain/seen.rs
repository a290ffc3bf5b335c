//! When the running bot first saw a due: reminders that a late edit would have missed are not
//! made up for. An engine that only goes forward from the moment of the edit never looks back at
//! them; one that plans from a ledger does.

use super::chain::Window;
use super::deadline::Deadline;
use super::docket::Docket;
use super::id::Id;
use super::zone::Timestamp;
use std::collections::HashMap;

/// When the running bot first saw each due, by item and canonical form, for those that it saw
/// later than they were announced.
#[derive(Clone, Debug, Default)]
pub struct Seen(HashMap<(Id, String), Timestamp>);

impl Seen {
    /// Notes every due of `new` that `old` did not have as first seen at `now`.
    pub fn note_edit(&mut self, old: &Docket, new: &Docket, now: Timestamp) {
        for deadline in new.deadlines() {
            let before = old.deadline(&deadline.id);
            for step in &deadline.steps {
                let had = |old: &Deadline| old.steps.iter().any(|old| old.due.is_same(&step.due));
                if !before.is_some_and(had) {
                    self.0
                        .insert((deadline.id.clone(), step.due.canonical()), now);
                }
            }
        }
    }

    /// When the due of a window was first seen, if that was later than its announcement.
    pub(super) fn first(&self, item: &Id, window: &Window) -> Option<Timestamp> {
        // Most dockets were never edited while the bot ran: spare them the canonical form.
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&(item.clone(), window.due.canonical())).copied()
    }
}
