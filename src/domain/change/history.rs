//! The changes that one docket tells in the course of time.

use super::{Change, What, Wrong};
use crate::domain::chain::{Chain, Effect};
use crate::domain::deadline::{Deadline, Origin};
use crate::domain::docket::{Docket, Item};
use crate::domain::negotiation::{Negotiation, Round};
use crate::domain::occurrence::RoundStep;
use crate::domain::zone::Timestamp;
use std::collections::HashMap;

/// Every change that a docket tells in the course of time, in order.
pub fn history(docket: &Docket) -> Vec<Change> {
    let mut changes = Vec::new();
    for (index, item) in docket.items().iter().enumerate() {
        match item {
            Item::Deadline(deadline) => deadline_history(index, deadline, &mut changes),
            Item::Negotiation(negotiation) => {
                negotiation_history(index, negotiation, &mut changes);
            }
            Item::Event(event) => changes.push(Change {
                at: event.known(),
                item: index,
                what: What::Event,
                thread: event.instrument.clone(),
                is_written: true,
            }),
        }
    }
    // Stable: at one instant the order of the file stays.
    changes.sort_by_key(|change| change.at);
    changes
}

fn deadline_history(item: usize, deadline: &Deadline, changes: &mut Vec<Change>) {
    changes.extend(steps(item, deadline, 0));
    changes.extend(deadline.outcome.as_ref().map(|outcome| Change {
        at: outcome.known(),
        item,
        what: What::Outcome,
        thread: None,
        is_written: true,
    }));
}

/// The changes that the steps of a deadline make, from the step numbered `from` on.
pub(super) fn steps(item: usize, deadline: &Deadline, from: usize) -> Vec<Change> {
    let mut chain = Chain::default();
    let mut corrected = HashMap::new();
    let mut changes = Vec::new();
    for (index, step) in deadline.steps.iter().enumerate() {
        let before = (index > 0).then(|| (*chain.current().due, chain.current().standing));
        let effect = chain.push(step);
        let Some(at) = step.known().filter(|_| index >= from) else {
            continue;
        };
        let what = match (effect, before) {
            (Effect::First, _) => What::Added,
            (Effect::Moved(how), Some((from, _))) => {
                let ordinal = chain.current().ordinal;
                What::Moved {
                    from,
                    to: step.due,
                    how,
                    step: index,
                    ordinal,
                }
            }
            (Effect::Confirmed { was }, _) => {
                let ordinal = chain.current().ordinal;
                What::Confirmed {
                    due: step.due,
                    was,
                    step: index,
                    ordinal,
                }
            }
            (Effect::Corrected, Some((from, was))) => {
                let ordinal = corrected
                    .entry((from.canonical(), step.due.canonical()))
                    .or_insert(0_usize);
                *ordinal += 1;
                let (to, ordinal) = (step.due, *ordinal);
                What::Corrected {
                    from,
                    to,
                    was,
                    wrong: Wrong::Due,
                    ordinal,
                }
            }
            (Effect::Repeated | Effect::Moved(_) | Effect::Corrected, _) => continue,
        };
        changes.push(Change {
            at,
            item,
            what,
            thread: Some(thread(deadline, index)),
            is_written: step.origin == Origin::Written,
        });
    }
    changes
}

/// What ties steps of several deadlines together: the instrument or, without one, the very step
/// that they are or that their base took.
pub(super) fn thread(deadline: &Deadline, step: usize) -> String {
    let place = step;
    let step = &deadline.steps[place];
    match (&step.instrument, &step.origin) {
        (Some(instrument), _) => instrument.clone(),
        (None, Origin::Base { root, step }) => format!("step {step} of {root}"),
        (None, _) => format!("step {place} of {}", deadline.id),
    }
}

fn negotiation_history(item: usize, negotiation: &Negotiation, changes: &mut Vec<Change>) {
    for (index, round) in negotiation.rounds.iter().enumerate() {
        let first = round_known(negotiation, round);
        let mut tell = |at: Timestamp, step, schedule| {
            let known = usize::saturating_sub(schedule, 1);
            changes.push(round_change(
                item,
                index,
                step,
                (known, schedule),
                at.max(first),
            ));
        };
        tell(first, RoundStep::Announced, 0);
        for (place, pair) in round.schedule.windows(2).enumerate() {
            // A schedule that says the same again is no news.
            if let [before, after] = pair
                && before.times() != after.times()
            {
                tell(after.announced.start(), RoundStep::Moved, place + 1);
            }
        }
        if let Some(cancelled) = &round.cancelled {
            tell(
                cancelled.start(),
                RoundStep::Cancelled,
                round.schedule.len() - 1,
            );
        }
        if let Some(outcome) = &round.outcome {
            tell(
                outcome.known(),
                RoundStep::Outcome,
                round.schedule.len() - 1,
            );
        }
    }
}

/// When a round became known: not before the talks that it belongs to.
pub(in crate::domain) fn round_known(negotiation: &Negotiation, round: &Round) -> Timestamp {
    negotiation
        .known()
        .map_or(round.known(), |known| known.max(round.known()))
}

pub(super) fn round_change(
    item: usize,
    round: usize,
    step: RoundStep,
    (known, schedule): (usize, usize),
    at: Timestamp,
) -> Change {
    let what = What::Round {
        round,
        step,
        schedule,
        known,
    };
    Change {
        at,
        item,
        what,
        thread: None,
        is_written: true,
    }
}
