//! The changes between two dockets: what an edit makes known.

use super::history::{round_change, steps, thread};
use super::{Change, What, Wrong};
use crate::domain::chain::Chain;
use crate::domain::deadline::{Deadline, Origin, Step};
use crate::domain::docket::{Docket, Item};
use crate::domain::due::Due;
use crate::domain::negotiation::{Negotiation, Round, RoundState, Schedule};
use crate::domain::occurrence::RoundStep;
use crate::domain::zone::Timestamp;
use std::collections::HashMap;

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
                    thread: Some(thread(&after, 0)),
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
    tie_to_bases(new, &mut changes);
    changes
}

fn deadline_changes(
    item: usize,
    before: &Deadline,
    after: &Deadline,
    now: Timestamp,
    changes: &mut Vec<Change>,
) {
    let Compared {
        edited,
        mut appended,
    } = compare(&before.steps, &after.steps);
    let known = before.chain();
    if edited.is_some() && known.current().due.is_same(after.chain().current().due) {
        // However the record got there, people know this due: its steps are no news.
        appended = after.steps.len();
    }
    let correction = |to: Due, wrong, thread| Change {
        at: now,
        item,
        what: What::Corrected {
            from: *known.current().due,
            to,
            was: known.current().standing,
            wrong,
            ordinal: 1,
        },
        thread,
        is_written: wrong == Wrong::Outcome || written(before) != written(after),
    };
    if let Some(edited) = edited {
        let mut chain = Chain::default();
        for step in &after.steps[..appended] {
            chain.push(step);
        }
        let instrument = after.steps[edited].instrument.clone();
        let thread = instrument.unwrap_or_else(|| format!("edit of {}", after.id));
        changes.push(correction(*chain.current().due, Wrong::Due, Some(thread)));
    }
    let steps = steps(item, after, appended);
    changes.extend(steps.into_iter().map(|step| Change { at: now, ..step }));
    let due = *after.chain().current().due;
    match (&before.outcome, &after.outcome) {
        (None, Some(_)) => changes.push(Change {
            at: now,
            item,
            what: What::Outcome,
            thread: None,
            is_written: true,
        }),
        (Some(_), None) => changes.push(correction(due, Wrong::Outcome, None)),
        (Some(old), Some(new))
            if (old.result, &old.on, &old.announced) != (new.result, &new.on, &new.announced) =>
        {
            changes.push(correction(due, Wrong::Outcome, None));
        }
        _ => {}
    }
}

/// What is written on a deadline about its dues, without what is computed from elsewhere.
fn written(deadline: &Deadline) -> Vec<impl PartialEq> {
    let steps = deadline
        .steps
        .iter()
        .filter(|step| step.origin == Origin::Written);
    steps
        .map(|step| {
            let basis = step
                .basis
                .as_ref()
                .map(|basis| (basis.after.clone(), basis.plus));
            let due = basis.is_none().then(|| step.due.canonical());
            let official = (step.standing, step.is_correction, step.instrument.clone());
            (basis, due, official, step.announced.clone())
        })
        .collect()
}

/// How two chains differ.
struct Compared {
    /// The first place at which steps that were there before were edited, removed or put between.
    edited: Option<usize>,
    /// From which place on the steps were appended.
    appended: usize,
}

fn compare(before: &[Step], after: &[Step]) -> Compared {
    let same = |(old, new): &(&Step, &Step)| {
        old.due.is_same(&new.due)
            && old.standing == new.standing
            && old.is_correction == new.is_correction
            && old.instrument == new.instrument
            && old.announced == new.announced
    };
    let prefix = before.iter().zip(after).take_while(same).count();
    if prefix == before.len() {
        return Compared {
            edited: None,
            appended: prefix,
        };
    }
    // A first step always stays, since `after` has one.
    let edited = Some(prefix.min(after.len() - 1));
    let rest = before[prefix..]
        .iter()
        .rev()
        .zip(after[prefix..].iter().rev());
    let appended = match rest.take_while(same).count() {
        0 => before.len().min(after.len()),
        // The step that counts is an old one: the change lies before it.
        _ => after.len(),
    };
    Compared { edited, appended }
}

/// Ties corrections that only follow from that of a base to it: they are one post.
fn tie_to_bases(docket: &Docket, changes: &mut [Change]) {
    /// Bases of bases are followed this far.
    const HOPS_MAX: usize = 100;
    let corrects_due = |change: &Change| {
        matches!(
            change.what,
            What::Corrected {
                wrong: Wrong::Due,
                ..
            }
        )
    };
    let threads: HashMap<usize, String> = changes
        .iter()
        .filter(|change| change.is_written && corrects_due(change))
        .filter_map(|change| Some((change.item, change.thread.clone()?)))
        .collect();
    let base_of = |item: usize| match &docket.items()[item] {
        Item::Deadline(deadline) => {
            let basis = deadline
                .steps
                .iter()
                .rev()
                .find_map(|step| step.basis.as_ref())?;
            docket.position(&basis.after)
        }
        _ => None,
    };
    for change in changes
        .iter_mut()
        .filter(|change| !change.is_written && corrects_due(change))
    {
        let bases = std::iter::successors(base_of(change.item), |base| base_of(*base));
        let thread = bases.take(HOPS_MAX).find_map(|base| threads.get(&base));
        if let Some(thread) = thread {
            change.thread = Some(thread.clone());
        }
    }
}

fn negotiation_changes(
    item: usize,
    before: Option<&Negotiation>,
    after: &Negotiation,
    now: Timestamp,
    changes: &mut Vec<Change>,
) {
    for (index, round) in after.rounds.iter().enumerate() {
        let schedule = round.schedule.len() - 1;
        let old = before.and_then(|before| before.rounds.iter().find(|old| old.name == round.name));
        let known = old.map_or(0, |old| (old.schedule.len() - 1).min(schedule));
        let mut tell = |step| changes.push(round_change(item, index, step, (known, schedule), now));
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
            round
                .schedule
                .iter()
                .map(Schedule::times)
                .collect::<Vec<_>>()
        };
        let (old_times, new_times) = (times(old), times(round));
        let is_kept = new_times.starts_with(&old_times);
        if is_kept && old_times.last() != new_times.last() {
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
        if !is_kept || revived || reworded {
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
