//! The changes between two dockets: what an edit makes known.

use super::history::{round_change, steps, thread};
use super::{Change, What, Wrong};
use crate::domain::chain::Chain;
use crate::domain::deadline::{Deadline, Origin, Step};
use crate::domain::docket::{Docket, Item};
use crate::domain::due::Due;
use crate::domain::negotiation::{Negotiation, Round, RoundState};
use crate::domain::occurrence::RoundStep;
use crate::domain::zone::Timestamp;

/// What people must hear of when `new` takes the place of `old` at `now`, in the order of the
/// file. Looks only at what is known at `now`: the rest becomes known in its time.
///
/// Removed items void their reminders and are no news; nor are titles, topics and sources.
pub fn between(old: &Docket, new: &Docket, now: Timestamp) -> Vec<Change> {
    let mut changes = Vec::new();
    for (index, item) in new.items().iter().enumerate() {
        let Some(item) = item.as_of(now) else {
            continue;
        };
        let before = old.item(item.id()).and_then(|before| before.as_of(now));
        match (before, item) {
            (Some(Item::Deadline(before)), Item::Deadline(after)) => {
                deadline_changes(index, &before, &after, now, &mut changes);
            }
            (_, Item::Deadline(after)) => {
                let added = Change {
                    at: now,
                    item: index,
                    what: What::Added,
                    thread: Some(thread(&after, &after.steps[0])),
                    is_written: true,
                };
                // The one post stands for all steps so far; the end is news of its own.
                changes.push(added.clone());
                changes.extend(after.outcome.is_some().then_some(Change {
                    what: What::Outcome,
                    thread: None,
                    ..added
                }));
            }
            (Some(Item::Negotiation(before)), Item::Negotiation(after)) => {
                negotiation_changes(index, Some(&before), &after, now, &mut changes);
            }
            (_, Item::Negotiation(after)) => {
                negotiation_changes(index, None, &after, now, &mut changes);
            }
            (Some(Item::Event(_)), Item::Event(_)) => {}
            (_, Item::Event(event)) => changes.push(Change {
                at: now,
                item: index,
                what: What::Event,
                thread: event.instrument,
                is_written: true,
            }),
        }
    }
    changes
}

fn deadline_changes(
    item: usize,
    before: &Deadline,
    after: &Deadline,
    now: Timestamp,
    changes: &mut Vec<Change>,
) {
    let (edited, appended) = compare(&before.steps, &after.steps);
    let correction = |to: Due, wrong| Change {
        at: now,
        item,
        what: What::Corrected {
            from: *before.chain().current().due,
            to,
            wrong,
        },
        thread: None,
        is_written: after
            .steps
            .iter()
            .all(|step| step.origin == Origin::Written),
    };
    if edited {
        let mut chain = Chain::default();
        for step in &after.steps[..appended] {
            chain.push(step);
        }
        changes.push(correction(*chain.current().due, Wrong::Due));
    }
    let steps = steps(item, after, appended);
    changes.extend(steps.into_iter().map(|step| Change { at: now, ..step }));
    match (&before.outcome, &after.outcome) {
        (None, Some(_)) => changes.push(Change {
            at: now,
            item,
            what: What::Outcome,
            thread: None,
            is_written: true,
        }),
        (Some(_), None) => changes.push(correction(*after.chain().current().due, Wrong::Outcome)),
        (Some(old), Some(new)) if (old.result, &old.on) != (new.result, &new.on) => {
            changes.push(correction(*after.chain().current().due, Wrong::Outcome));
        }
        _ => {}
    }
}

/// Whether steps that were there before were edited, removed or put between, and from which
/// place on the steps of `after` were appended.
fn compare(before: &[Step], after: &[Step]) -> (bool, usize) {
    let same = |(old, new): &(&Step, &Step)| {
        old.due.is_same(&new.due)
            && old.standing == new.standing
            && old.is_correction == new.is_correction
    };
    let prefix = before.iter().zip(after).take_while(same).count();
    if prefix == before.len() {
        return (false, prefix);
    }
    let (before_rest, after_rest) = (&before[prefix..], &after[prefix..]);
    let suffix = before_rest
        .iter()
        .rev()
        .zip(after_rest.iter().rev())
        .take_while(same)
        .count();
    if suffix > 0 {
        // The step that counts is an old one: the change lies before it.
        return (true, after.len());
    }
    // A first step always stays, since `after` has one.
    (true, before.len().min(after.len()))
}

fn negotiation_changes(
    item: usize,
    before: Option<&Negotiation>,
    after: &Negotiation,
    now: Timestamp,
    changes: &mut Vec<Change>,
) {
    for (index, round) in after.rounds.iter().enumerate() {
        let old = before.and_then(|before| before.rounds.iter().find(|old| old.name == round.name));
        let mut tell = |step| changes.push(round_change(item, index, step, now));
        let Some(old) = old else {
            // What is over is told by its end.
            let is_over = matches!(
                round.state(now),
                RoundState::Concluded | RoundState::Cancelled
            );
            let has_end = round.outcome.is_some() || round.cancelled.is_some();
            if !(is_over && has_end) {
                tell(RoundStep::Announced);
            }
            if round.cancelled.is_some() {
                tell(RoundStep::Cancelled);
            }
            if round.outcome.is_some() {
                tell(RoundStep::Outcome);
            }
            continue;
        };
        let times = |round: &Round| {
            let schedule = round.current();
            (schedule.starts.start(), schedule.end())
        };
        if times(old) != times(round) {
            tell(RoundStep::Moved);
        }
        if old.cancelled.is_none() && round.cancelled.is_some() {
            tell(RoundStep::Cancelled);
        }
        if old.outcome.is_none() && round.outcome.is_some() {
            tell(RoundStep::Outcome);
        }
        let revived = old.cancelled.is_some() && round.cancelled.is_none();
        let ended = |round: &Round| {
            round
                .outcome
                .as_ref()
                .map(|outcome| (outcome.on.clone(), outcome.text.clone()))
        };
        let reworded = old.outcome.is_some() && ended(old) != ended(round);
        if revived || reworded {
            changes.push(Change {
                at: now,
                item,
                what: What::RoundCorrected { round: index },
                thread: None,
                is_written: true,
            });
        }
    }
}
