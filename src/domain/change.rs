//! Changes that people must hear of: those that one docket tells in the course of time, and
//! those between two dockets.

use super::chain::{Chain, Effect, Move};
use super::deadline::{Deadline, Origin, Standing, Step};
use super::docket::{Docket, Item};
use super::due::Due;
use super::negotiation::{Negotiation, Round, RoundState};
use super::occurrence::{Kind, RoundStep};
use super::zone::Timestamp;
use std::collections::HashMap;

/// Something that became known about an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When it became known.
    pub at: Timestamp,
    /// The item, by its place in the docket.
    pub item: usize,
    /// What.
    pub what: What,
    /// Changes of the same kind and thread that become known at once are one post.
    pub thread: Option<String>,
    /// Whether it is written on the item, and not only computed from another one.
    pub is_written: bool,
}

/// What became known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The deadline itself.
    Added,
    /// The event itself.
    Event,
    /// A step to another due.
    Moved {
        /// The due before.
        from: Due,
        /// The due since.
        to: Due,
        /// How they differ.
        how: Move,
        /// The step, by its place in the chain.
        step: usize,
        /// Which of the equal dues of the chain `to` is, from 1.
        ordinal: usize,
    },
    /// A step that made the due more official.
    Confirmed {
        /// The due.
        due: Due,
        /// How official it was.
        was: Standing,
        /// The step, by its place in the chain.
        step: usize,
    },
    /// The record was wrong about a due, or about how a deadline ended.
    Corrected {
        /// The due as people know it.
        from: Due,
        /// The due as it should have been.
        to: Due,
        /// What was wrong.
        wrong: Wrong,
    },
    /// How the deadline ended.
    Outcome,
    /// Something about a round.
    Round {
        /// The round, by its place in the negotiation.
        round: usize,
        /// What about it.
        step: RoundStep,
    },
    /// The record was wrong about a round.
    RoundCorrected {
        /// The round, by its place in the negotiation.
        round: usize,
    },
}

/// What was wrong in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A due, its standing, or a step of the chain.
    Due,
    /// The outcome.
    Outcome,
}

impl Change {
    /// The kind of post that tells it.
    pub fn kind(&self) -> Kind {
        match self.what {
            What::Added => Kind::Added,
            What::Event => Kind::Event,
            What::Moved { .. } => Kind::Moved,
            What::Confirmed { .. } => Kind::Confirmed,
            What::Corrected { .. } | What::RoundCorrected { .. } => Kind::Correction,
            What::Outcome => Kind::Outcome,
            What::Round { .. } => Kind::Round,
        }
    }

    /// The due that a post about it should not come after.
    pub fn due_ahead(&self) -> Option<Timestamp> {
        match self.what {
            What::Moved { to, .. } | What::Corrected { to, .. } => to.at(),
            What::Confirmed { due, .. } => due.at(),
            _ => None,
        }
        .filter(|due| *due >= self.at)
    }
}

/// Changes that are one post.
#[derive(Clone, Debug)]
pub struct Group {
    /// When they became known.
    pub at: Timestamp,
    /// The kind of post.
    pub kind: Kind,
    /// The changes, in the order of the file. Never empty.
    pub changes: Vec<Change>,
}

/// An edit that changes more items than this is told in one summary.
pub const SUMMARY_ABOVE: usize = 20;

/// Puts together what becomes known at once, is of one kind and hangs together. The changes come
/// in the order of time.
pub fn group(changes: Vec<Change>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut of_thread: HashMap<(Kind, String), usize> = HashMap::new();
    for change in changes {
        let (at, kind) = (change.at, change.kind());
        if groups.last().is_some_and(|group| group.at != at) {
            of_thread.clear();
        }
        let next = groups.len();
        let place = match &change.thread {
            Some(thread) => *of_thread.entry((kind, thread.clone())).or_insert(next),
            None => next,
        };
        match groups.get_mut(place) {
            Some(group) => group.changes.push(change),
            None => groups.push(Group {
                at,
                kind,
                changes: vec![change],
            }),
        }
    }
    groups
}

/// The same for the changes of one edit: many of them become a summary, except outcomes.
pub fn group_edit(changes: Vec<Change>) -> Vec<Group> {
    let mut items: Vec<_> = changes
        .iter()
        .filter(|change| change.is_written)
        .map(|change| change.item)
        .collect();
    items.dedup();
    if items.len() <= SUMMARY_ABOVE {
        return group(changes);
    }
    let (outcomes, folded): (Vec<_>, Vec<_>) = changes
        .into_iter()
        .partition(|change| change.kind() == Kind::Outcome);
    let summary = folded.first().map(|first| first.at);
    let summary = summary.map(|at| Group {
        at,
        kind: Kind::Summary,
        changes: folded,
    });
    summary.into_iter().chain(group(outcomes)).collect()
}

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
fn steps(item: usize, deadline: &Deadline, from: usize) -> Vec<Change> {
    let mut chain = Chain::default();
    let mut changes = Vec::new();
    for (index, step) in deadline.steps.iter().enumerate() {
        let before = (index > 0).then(|| *chain.current().due);
        let effect = chain.push(step);
        let Some(at) = step.known().filter(|_| index >= from) else {
            continue;
        };
        let what = match (effect, before) {
            (Effect::First, _) => What::Added,
            (Effect::Moved(how), Some(from)) => {
                let ordinal = chain.current().ordinal;
                What::Moved {
                    from,
                    to: step.due,
                    how,
                    step: index,
                    ordinal,
                }
            }
            (Effect::Confirmed { was }, _) => What::Confirmed {
                due: step.due,
                was,
                step: index,
            },
            (Effect::Corrected, Some(from)) => What::Corrected {
                from,
                to: step.due,
                wrong: Wrong::Due,
            },
            (Effect::Repeated | Effect::Moved(_) | Effect::Corrected, _) => continue,
        };
        changes.push(Change {
            at,
            item,
            what,
            thread: Some(thread(deadline, step)),
            is_written: step.origin == Origin::Written,
        });
    }
    changes
}

/// What ties steps of several deadlines together: the instrument or, without one, the deadline
/// whose step it is.
fn thread(deadline: &Deadline, step: &Step) -> String {
    match (&step.instrument, &step.origin) {
        (Some(instrument), _) => instrument.clone(),
        (None, Origin::Base(base)) => format!("step of {base}"),
        (None, _) => format!("step of {}", deadline.id),
    }
}

fn negotiation_history(item: usize, negotiation: &Negotiation, changes: &mut Vec<Change>) {
    for (index, round) in negotiation.rounds.iter().enumerate() {
        let first = round_known(negotiation, round);
        let mut tell = |at: Timestamp, step| {
            changes.push(round_change(item, index, step, at.max(first)));
        };
        tell(first, RoundStep::Announced);
        for schedule in &round.schedule[1..] {
            tell(schedule.announced.start(), RoundStep::Moved);
        }
        if let Some(cancelled) = &round.cancelled {
            tell(cancelled.start(), RoundStep::Cancelled);
        }
        if let Some(outcome) = &round.outcome {
            tell(outcome.known(), RoundStep::Outcome);
        }
    }
}

/// When a round became known: not before the talks that it belongs to.
pub(crate) fn round_known(negotiation: &Negotiation, round: &Round) -> Timestamp {
    negotiation
        .known()
        .map_or(round.known(), |known| known.max(round.known()))
}

fn round_change(item: usize, round: usize, step: RoundStep, at: Timestamp) -> Change {
    Change {
        at,
        item,
        what: What::Round { round, step },
        thread: None,
        is_written: true,
    }
}

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
