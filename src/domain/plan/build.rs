//! Makes the index of a plan: every instant at which something may be due, for whomever.

use super::{Armed, Entry, Plan, Trigger, place};
use crate::domain::chain::Window;
use crate::domain::change;
use crate::domain::deadline::Outcome;
use crate::domain::docket::{Docket, Item};
use crate::domain::due::Precision;
use crate::domain::duration::Duration;
use crate::domain::negotiation::{Round, RoundOutcome, Schedule};
use crate::domain::occurrence::Reason;
use crate::domain::seen::Seen;
use crate::domain::subscription::{Quiet, Subscription};
use crate::domain::when::When;
use crate::domain::zone::Timestamp;
use chrono::TimeDelta;
use std::collections::HashMap;
use std::sync::Arc;

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
            since: audience.iter().map(|it| seen.since(it)).collect(),
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
        for (subscription, to) in self.audience.iter().enumerate() {
            for at in to
                .snoozed
                .iter()
                .filter(|at| window.holds(**at) && **at < due_at)
            {
                let (at, subscription) = (*at, place(subscription));
                add(
                    at,
                    Trigger::Snoozed {
                        window: index,
                        subscription,
                    },
                );
            }
        }
        self.windows.push(armed);
    }

    /// When a round begins and ends, as announced by then, unless it is called off by then. A
    /// schedule that changes only one of the two leaves the other armed.
    fn add_round(&mut self, item: usize, index: usize, round: &Round, known: Timestamp) {
        let (item, index) = (place(item), place(index));
        let cancelled = round.cancelled.as_ref().map(When::start);
        let read_out = round.outcome.as_ref().map(RoundOutcome::known);
        let mut add = |at: Timestamp, number: usize, same: &dyn Fn(&Schedule) -> bool, reason| {
            let before = round.schedule[..number]
                .iter()
                .rev()
                .take_while(|it| same(it))
                .last();
            let announced = before.unwrap_or(&round.schedule[number]).announced.start();
            let after = round.schedule[number + 1..].first();
            // A later schedule of the same time takes over, and looks back as far as this.
            let replaced = after.map(|next| {
                if same(next) {
                    announced
                } else {
                    next.announced.start()
                }
            });
            let until = replaced.into_iter().chain(cancelled).min();
            if announced.max(known) < at && until.is_none_or(|until| at < until) {
                self.entries.push(Entry {
                    at,
                    trigger: Trigger::For(reason),
                });
            }
        };
        for (number, schedule) in round.schedule.iter().enumerate() {
            let (starts, ends) = schedule.times();
            let nth = place(number);
            let reason = Reason::RoundStarts {
                item,
                round: index,
                schedule: nth,
            };
            add(starts, number, &|it| it.starts.start() == starts, reason);
            // Nobody said when a call at an hour is to end.
            let is_open = schedule.ends.is_none() && !schedule.starts.is_day();
            if !is_open && read_out.is_none_or(|known| known > ends) {
                let reason = Reason::RoundEnds {
                    item,
                    round: index,
                    schedule: nth,
                };
                add(ends, number, &|it| it.end() == ends, reason);
            }
        }
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
