//! When the running bot first saw a due or a subscription that the record does not date itself:
//! reminders that a late edit would have missed are not made up for, and nobody hears what is
//! older than their subscription.

use super::chain::Window;
use super::deadline::Deadline;
use super::docket::Docket;
use super::id::Id;
use super::subscription::Subscription;
use super::zone::Timestamp;
use std::collections::HashMap;

/// When the running bot first saw each due, by item and canonical form, for those that it saw
/// later than they were announced; and each subscription, by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    dues: HashMap<(Id, String), Timestamp>,
    subscriptions: HashMap<String, Timestamp>,
}

/// A due that was first seen later than announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenDue {
    /// The deadline.
    pub item: Id,
    /// The due in canonical form.
    pub due: String,
    /// When it was first seen.
    pub at: Timestamp,
}

impl Seen {
    /// Notes that a due was seen.
    pub fn note_due(&mut self, seen: SeenDue) {
        self.dues.insert((seen.item, seen.due), seen.at);
    }

    /// Notes that a subscription was seen. The first time counts.
    pub fn note_subscription(&mut self, id: String, at: Timestamp) {
        self.subscriptions.entry(id).or_insert(at);
    }

    /// Every due of `new` that `old` did not have, as first seen at `now`.
    pub fn of_edit(old: &Docket, new: &Docket, now: Timestamp) -> Vec<SeenDue> {
        let mut found = Vec::new();
        for deadline in new.deadlines() {
            let before = old.deadline(&deadline.id);
            for step in &deadline.steps {
                let had = |old: &Deadline| old.steps.iter().any(|old| old.due.is_same(&step.due));
                if !before.is_some_and(had) {
                    found.push(SeenDue {
                        item: deadline.id.clone(),
                        due: step.due.canonical(),
                        at: now,
                    });
                }
            }
        }
        found
    }

    /// Those of an audience that were not seen before.
    pub fn newcomers<'a>(
        &self,
        audience: &'a [Subscription],
    ) -> impl Iterator<Item = &'a Subscription> {
        audience
            .iter()
            .filter(|subscription| !self.subscriptions.contains_key(&subscription.id))
    }

    /// When the due of a window was first seen, if that was later than its announcement.
    pub(super) fn first(&self, item: &Id, window: &Window) -> Option<Timestamp> {
        // Most dockets were never edited while the bot ran: spare them the canonical form.
        if self.dues.is_empty() {
            return None;
        }
        self.dues
            .get(&(item.clone(), window.due.canonical()))
            .copied()
    }

    /// When a subscription was first seen, if it was seen at all.
    pub(super) fn since(&self, subscription: &Subscription) -> Option<Timestamp> {
        self.subscriptions.get(&subscription.id).copied()
    }
}
