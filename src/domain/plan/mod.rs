//! The plan: what is to be posted in a span of time, for whom, and when to look again.
//!
//! A plan is an index of all instants at which something may be due, in order of time, so that a
//! look at two days costs what those days hold, however much lies beyond. It is made anew from
//! each docket and holds no progress: what was posted is for others to remember.

mod build;
mod voided;

use crate::domain::chain::Window;
use crate::domain::change::{self, Group};
use crate::domain::docket::Docket;
use crate::domain::duration::Duration;
use crate::domain::occurrence::{Occurrence, Reason};
use crate::domain::subscription::Subscription;
use crate::domain::zone::Timestamp;
use chrono::TimeDelta;
use std::sync::Arc;

/// The reminders of one due of one deadline.
#[derive(Clone, Debug)]
pub struct Armed {
    /// The deadline, by its place in the docket.
    pub item: usize,
    /// The due and how long it is armed.
    pub window: Window,
}

/// What may be posted at an instant, before it is known for whom.
#[derive(Clone, Copy, Debug)]
enum Trigger {
    For(Reason),
    /// A lead of a window, by the place of its subscriptions.
    Lead {
        window: u32,
        cadence: u32,
    },
    /// A window of which one subscription is to be reminded again.
    Snoozed {
        window: u32,
        subscription: u32,
    },
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    at: Timestamp,
    trigger: Trigger,
}

/// Everything that a docket makes due for an audience, in order of time.
pub struct Plan {
    docket: Arc<Docket>,
    audience: Arc<[Subscription]>,
    windows: Vec<Armed>,
    groups: Vec<Group>,
    /// Each lead that anybody has, with the places of those who have it.
    cadences: Vec<(Duration, Vec<u32>)>,
    everybody: Vec<u32>,
    /// When each subscription began, if that is known: it hears nothing older.
    since: Vec<Option<Timestamp>>,
    entries: Vec<Entry>,
    /// How long before a span something may have been due that quiet hours moved into it.
    held_max: TimeDelta,
}

/// When an occurrence of an entry is planned.
fn planned_at(entry: &Entry, occurrence: &Occurrence) -> Timestamp {
    match occurrence.reason {
        Reason::Changes { .. } => entry.at,
        _ => occurrence.at,
    }
}

/// A place in a list as the small number that occurrences carry.
fn place(index: usize) -> u32 {
    u32::try_from(index).expect("a file of 16 MiB has no four billion entries")
}

impl Plan {
    /// The docket that the plan is of.
    pub fn docket(&self) -> &Docket {
        &self.docket
    }

    /// Who hears its posts.
    pub fn audience(&self) -> &[Subscription] {
        &self.audience
    }

    /// The window that a reason speaks of.
    pub fn window(&self, window: u32) -> &Armed {
        &self.windows[window as usize]
    }

    /// The group of changes that a reason speaks of.
    pub fn group(&self, group: u32) -> &Group {
        &self.groups[group as usize]
    }

    /// The item that an occurrence is about; of changes the first, of a digest none.
    pub fn item_of(&self, reason: &Reason) -> Option<usize> {
        match *reason {
            Reason::Due { window }
            | Reason::Opens { window }
            | Reason::Lead { window, .. }
            | Reason::Snoozed { window } => Some(self.window(window).item),
            Reason::Changes { group } => Some(self.group(group).changes[0].item),
            Reason::RoundStarts { item, .. } | Reason::RoundEnds { item, .. } => {
                Some(item as usize)
            }
            Reason::Digest => None,
        }
    }

    /// All that is to be posted at or after `from` and before `to`, in order: by time, then as
    /// things happen at one instant, then as the file has it.
    ///
    /// Spans that meet neither lose nor double anything.
    pub fn span(&self, from: Timestamp, to: Timestamp) -> Vec<Occurrence> {
        self.between(from, to, |_, occurrence| occurrence.at)
    }

    /// All that is to be planned at or after `from` and before `to`, in the same order. What quiet
    /// hours put off is planned when it is to be posted, but for news: that is planned when it
    /// becomes known, so that it waits, whatever becomes of the quiet hours.
    pub fn falling_due(&self, from: Timestamp, to: Timestamp) -> Vec<Occurrence> {
        self.between(from, to, planned_at)
    }

    /// All whose instant, which `instant` tells, is at or after `from` and before `to`, in order.
    fn between(
        &self,
        from: Timestamp,
        to: Timestamp,
        instant: impl Fn(&Entry, &Occurrence) -> Timestamp,
    ) -> Vec<Occurrence> {
        let mut found = Vec::new();
        let first = self
            .entries
            .partition_point(|entry| entry.at < from - self.held_max);
        for entry in self.entries[first..]
            .iter()
            .take_while(|entry| entry.at < to)
        {
            self.occurrences(entry, |occurrence| {
                let at = instant(entry, &occurrence);
                if from <= at && at < to {
                    found.push(occurrence);
                }
            });
        }
        for (index, subscription) in self.audience.iter().enumerate() {
            let Some(digest) = subscription.digest else {
                continue;
            };
            let mut at = from - self.held_max - TimeDelta::milliseconds(1);
            loop {
                at = digest.next_after(at, subscription.zone);
                if at >= to {
                    break;
                }
                let posted = subscription.post_at(at, None);
                if from <= posted && posted < to {
                    let subscription = place(index);
                    found.push(Occurrence {
                        at: posted,
                        subscription,
                        reason: Reason::Digest,
                    });
                }
            }
        }
        self.put_in_order(&mut found);
        found
    }

    /// The next instant after `after` at which something is to be posted.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        self.first_after(after, |_, occurrence| occurrence.at)
    }

    /// The next instant after `after` at which something is to be planned: see
    /// [`Self::falling_due`].
    pub fn next_due_after(&self, after: Timestamp) -> Option<Timestamp> {
        self.first_after(after, planned_at)
    }

    fn first_after(
        &self,
        after: Timestamp,
        instant: impl Fn(&Entry, &Occurrence) -> Timestamp,
    ) -> Option<Timestamp> {
        let digests = self.audience.iter().filter_map(|subscription| {
            let mut at = after - self.held_max;
            loop {
                at = subscription.digest?.next_after(at, subscription.zone);
                let posted = subscription.post_at(at, None);
                if posted > after {
                    return Some(posted);
                }
            }
        });
        let mut next = digests.min();
        let first = self
            .entries
            .partition_point(|entry| entry.at <= after - self.held_max);
        for entry in &self.entries[first..] {
            if next.is_some_and(|next| next <= entry.at) {
                break;
            }
            self.occurrences(entry, |occurrence| {
                let at = instant(entry, &occurrence);
                if at > after && next.is_none_or(|next| at < next) {
                    next = Some(at);
                }
            });
        }
        next
    }

    /// What an entry makes due, for each subscription that follows its item.
    fn occurrences(&self, entry: &Entry, mut each: impl FnMut(Occurrence)) {
        let only;
        let (subscriptions, reason) = match entry.trigger {
            Trigger::For(reason) => (&self.everybody[..], reason),
            Trigger::Lead { window, cadence } => {
                let (lead, subscriptions) = &self.cadences[cadence as usize];
                let lead = *lead;
                (&subscriptions[..], Reason::Lead { window, lead })
            }
            Trigger::Snoozed {
                window,
                subscription,
            } => {
                only = [subscription];
                (&only[..], Reason::Snoozed { window })
            }
        };
        let items = self.items_of(&reason);
        let facets: Vec<_> = items
            .iter()
            .map(|item| self.docket.facets(&self.docket.items()[*item]))
            .collect();
        let due = self.due_of(&reason);
        for index in subscriptions {
            let subscription = &self.audience[*index as usize];
            if self.since[*index as usize].is_some_and(|since| entry.at < since) {
                continue;
            }
            if !facets
                .iter()
                .any(|facets| subscription.filter.passes(facets))
            {
                continue;
            }
            let at = subscription.post_at(entry.at, due);
            if at == entry.at || self.is_still_armed(&reason, at) {
                each(Occurrence {
                    at,
                    subscription: *index,
                    reason,
                });
            }
        }
    }

    /// The items that a reason is about, each once, in the order of the file.
    fn items_of(&self, reason: &Reason) -> Vec<usize> {
        match *reason {
            Reason::Changes { group } => {
                let mut items: Vec<_> = self
                    .group(group)
                    .changes
                    .iter()
                    .map(|change| change.item)
                    .collect();
                items.dedup();
                items
            }
            _ => self.item_of(reason).into_iter().collect(),
        }
    }

    /// The due that a post should not come after, if it is about one that lies ahead.
    fn due_of(&self, reason: &Reason) -> Option<Timestamp> {
        match *reason {
            Reason::Due { window }
            | Reason::Opens { window }
            | Reason::Lead { window, .. }
            | Reason::Snoozed { window } => self.window(window).window.due.at(),
            Reason::Changes { group } => self
                .group(group)
                .changes
                .iter()
                .filter_map(change::Change::due_ahead)
                .min(),
            _ => None,
        }
    }

    /// Whether a reminder that quiet hours put off to `at` still says something true then.
    fn is_still_armed(&self, reason: &Reason, at: Timestamp) -> bool {
        match *reason {
            Reason::Opens { window } | Reason::Lead { window, .. } | Reason::Snoozed { window } => {
                self.window(window).window.holds(at)
            }
            _ => true,
        }
    }

    /// Sorts, and keeps of the leads of one due that fall on one instant the shortest, of equal
    /// ones the one that the subscription names last.
    fn put_in_order(&self, found: &mut Vec<Occurrence>) {
        let named = |occurrence: &Occurrence, lead: Duration| {
            let leads = &self.audience[occurrence.subscription as usize].leads;
            leads.iter().rposition(|named| *named == lead)
        };
        found.sort_by(|a, b| {
            let order = |it: &Occurrence| {
                (
                    it.at,
                    it.reason.rank(),
                    self.item_of(&it.reason),
                    it.subscription,
                )
            };
            order(a)
                .cmp(&order(b))
                .then_with(|| match (a.reason, b.reason) {
                    (
                        Reason::Lead {
                            window: of_a,
                            lead: lead_a,
                        },
                        Reason::Lead {
                            window: of_b,
                            lead: lead_b,
                        },
                    ) => of_a
                        .cmp(&of_b)
                        .then(lead_a.length().cmp(&lead_b.length()))
                        .then_with(|| named(b, lead_b).cmp(&named(a, lead_a))),
                    (of_a, of_b) => of_a.cmp(&of_b),
                })
        });
        found.dedup_by(|later, kept| match (later.reason, kept.reason) {
            (
                Reason::Lead {
                    window: of_later, ..
                },
                Reason::Lead {
                    window: of_kept, ..
                },
            ) => {
                of_later == of_kept
                    && later.at == kept.at
                    && later.subscription == kept.subscription
            }
            _ => false,
        });
    }
}
