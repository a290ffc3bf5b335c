//! The plan: what is to be posted in a span of time, for whom, and when to look again.
//!
//! A plan is an index of all instants at which something may be due, in order of time, so that a
//! look at two days costs what those days hold, however much lies beyond. It is made anew from
//! each docket and holds no progress: what was posted is for others to remember.

use super::chain::Window;
use super::change::{self, Group};
use super::deadline::Outcome;
use super::docket::{Docket, Item};
use super::due::Precision;
use super::duration::Duration;
use super::negotiation::{Round, RoundOutcome};
use super::occurrence::{Occurrence, Reason};
use super::seen::Seen;
use super::subscription::{Quiet, Subscription};
use super::when::When;
use super::zone::Timestamp;
use chrono::TimeDelta;
use std::collections::HashMap;
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
    entries: Vec<Entry>,
    /// How long before a span something may have been due that quiet hours moved into it.
    held_max: TimeDelta,
}

/// A place in a list as the small number that occurrences carry.
fn place(index: usize) -> u32 {
    u32::try_from(index).expect("a file of 16 MiB has no four billion entries")
}

impl Plan {
    /// The plan of a docket for an audience.
    pub fn new(docket: &Arc<Docket>, audience: Arc<[Subscription]>, seen: &Seen) -> Self {
        let has_quiet = audience
            .iter()
            .any(|subscription| subscription.quiet.is_some());
        let held_max = TimeDelta::hours(if has_quiet { Quiet::HOURS_MAX } else { 0 });
        let mut plan = Self {
            windows: Vec::new(),
            groups: change::group(change::history(docket)),
            cadences: cadences(&audience),
            everybody: (0..audience.len()).map(place).collect(),
            docket: Arc::clone(docket),
            audience,
            entries: Vec::new(),
            held_max,
        };
        for (index, group) in plan.groups.iter().enumerate() {
            let reason = Reason::Changes {
                group: place(index),
            };
            plan.entries.push(Entry {
                at: group.at,
                trigger: Trigger::For(reason),
            });
        }
        for (index, item) in docket.items().iter().enumerate() {
            match item {
                Item::Deadline(deadline) => {
                    let ended = deadline.outcome.as_deref().map(Outcome::known);
                    for mut window in Window::of(&deadline.steps, ended) {
                        let seen = seen.first(&deadline.id, &window);
                        window.from = window.from.max(seen);
                        plan.add_window(Armed {
                            item: index,
                            window,
                        });
                    }
                }
                Item::Negotiation(negotiation) => {
                    for (round_index, round) in negotiation.rounds.iter().enumerate() {
                        let known = change::round_known(negotiation, round);
                        plan.add_round(index, round_index, round, known);
                    }
                }
                Item::Event(_) => {}
            }
        }
        // Stable: at one instant the order of the file stays.
        plan.entries.sort_by_key(|entry| entry.at);
        plan
    }

    fn add_window(&mut self, armed: Armed) {
        let due = armed.window.due;
        let Some(due_at) = due.at() else { return };
        let index = place(self.windows.len());
        let window = &armed.window;
        let mut add = |at: Timestamp, trigger| self.entries.push(Entry { at, trigger });
        if window.holds_due(due_at) {
            add(due_at, Trigger::For(Reason::Due { window: index }));
        }
        let begins = due.begins().filter(|_| due.precision() > Precision::Day);
        if let Some(begins) = begins.filter(|at| window.holds(*at)) {
            add(begins, Trigger::For(Reason::Opens { window: index }));
        }
        for (cadence, (lead, _)) in self.cadences.iter().enumerate() {
            let at = due.lead_at(*lead, self.docket.remind_at());
            // The clocks may put a short lead at or after its due.
            if let Some(at) = at.filter(|at| window.holds(*at) && *at < due_at) {
                add(
                    at,
                    Trigger::Lead {
                        window: index,
                        cadence: place(cadence),
                    },
                );
            }
        }
        self.windows.push(armed);
    }

    /// When a round begins and ends, as announced by then, unless it is called off by then.
    fn add_round(&mut self, item: usize, index: usize, round: &Round, known: Timestamp) {
        let (item, place_of_round) = (place(item), place(index));
        for (number, schedule) in round.schedule.iter().enumerate() {
            let from = schedule.announced.start().max(known);
            let replaced = round
                .schedule
                .get(number + 1)
                .map(|next| next.announced.start());
            let cancelled = round.cancelled.as_ref().map(When::start);
            let until = replaced.into_iter().chain(cancelled).min();
            let holds = |at: Timestamp| from < at && until.is_none_or(|until| at < until);
            let read_out = round.outcome.as_ref().map(RoundOutcome::known);
            let (starts, ends) = (schedule.starts.start(), schedule.end());
            if holds(starts) {
                let reason = Reason::RoundStarts {
                    item,
                    round: place_of_round,
                };
                self.entries.push(Entry {
                    at: starts,
                    trigger: Trigger::For(reason),
                });
            }
            if holds(ends) && read_out.is_none_or(|known| known > ends) {
                let reason = Reason::RoundEnds {
                    item,
                    round: place_of_round,
                };
                self.entries.push(Entry {
                    at: ends,
                    trigger: Trigger::For(reason),
                });
            }
        }
    }

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
            Reason::Due { window } | Reason::Opens { window } | Reason::Lead { window, .. } => {
                Some(self.window(window).item)
            }
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
        let mut found = Vec::new();
        let first = self
            .entries
            .partition_point(|entry| entry.at < from - self.held_max);
        for entry in self.entries[first..]
            .iter()
            .take_while(|entry| entry.at < to)
        {
            self.occurrences(entry, |occurrence| {
                if from <= occurrence.at && occurrence.at < to {
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
                if occurrence.at > after && next.is_none_or(|next| occurrence.at < next) {
                    next = Some(occurrence.at);
                }
            });
        }
        next
    }

    /// What an entry makes due, for each subscription that follows its item.
    fn occurrences(&self, entry: &Entry, mut each: impl FnMut(Occurrence)) {
        let (subscriptions, reason) = match entry.trigger {
            Trigger::For(reason) => (&self.everybody, reason),
            Trigger::Lead { window, cadence } => {
                let (lead, subscriptions) = &self.cadences[cadence as usize];
                (
                    subscriptions,
                    Reason::Lead {
                        window,
                        lead: *lead,
                    },
                )
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
    pub fn items_of(&self, reason: &Reason) -> Vec<usize> {
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
            Reason::Due { window } | Reason::Opens { window } | Reason::Lead { window, .. } => {
                self.window(window).window.due.at()
            }
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
            Reason::Opens { window } | Reason::Lead { window, .. } => {
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

fn cadences(audience: &[Subscription]) -> Vec<(Duration, Vec<u32>)> {
    let mut cadences: Vec<(Duration, Vec<u32>)> = Vec::new();
    let mut places: HashMap<Duration, usize> = HashMap::new();
    for (index, subscription) in audience.iter().enumerate() {
        for lead in &subscription.leads {
            let place_of_lead = *places.entry(*lead).or_insert(cadences.len());
            if place_of_lead == cadences.len() {
                cadences.push((*lead, Vec::new()));
            }
            let subscriptions = &mut cadences[place_of_lead].1;
            if subscriptions.last() != Some(&place(index)) {
                subscriptions.push(place(index));
            }
        }
    }
    cadences
}
