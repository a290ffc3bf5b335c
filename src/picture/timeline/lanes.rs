//! Which deadlines a timeline shows, in which order, and each one's story in a line.

use crate::domain::{
    Chain, Deadline, Docket, Due, Filter, Importance, Item, Move, OutcomeResult, State, Status,
    Timestamp, words,
};
use crate::picture::axis;
use std::cmp::Reverse;

/// One deadline of the picture.
#[derive(Debug)]
pub(super) struct Lane<'a> {
    pub(super) deadline: &'a Deadline,
    pub(super) status: Status<'a>,
    chain: Chain<'a>,
}

/// The lanes from the past to the future, and what was left out.
#[derive(Debug)]
pub(super) struct Lanes<'a> {
    pub(super) shown: Vec<Lane<'a>>,
    pub(super) left_out: usize,
    /// All that pass the filter, shown or not, by group.
    pub(super) counts: [usize; GROUPS.len()],
    /// How many of all have been extended.
    pub(super) extended: usize,
}

/// The groups in the order of time, so that the picture runs from the past at its top left to the
/// future at its bottom right.
pub(super) const GROUPS: [&str; 4] = [
    "Ended",
    "Past due, no outcome known",
    "Ahead",
    "Without a date",
];

/// The group of a state.
pub(super) fn group(state: State) -> usize {
    match state {
        State::Ended(_) => 0,
        State::Awaiting => 1,
        State::Scheduled => 2,
        State::Tbd => 3,
    }
}

/// The lanes of a docket.
pub(super) fn lanes<'a>(
    docket: &'a Docket,
    filter: &'a Filter,
    rows: usize,
    now: Timestamp,
) -> Lanes<'a> {
    let deadlines = docket.passing(filter).filter_map(|item| match item {
        Item::Deadline(deadline) => Some(deadline),
        _ => None,
    });
    let mut shown: Vec<_> = deadlines
        .map(|deadline| Lane {
            status: deadline.status(now),
            chain: deadline.chain(),
            deadline,
        })
        .collect();
    let mut counts = [0; GROUPS.len()];
    for lane in &shown {
        counts[group(lane.status.state)] += 1;
    }
    let extended = shown.iter().filter(|lane| lane.status.extensions > 0);
    let extended = extended.count();
    // What matters stays: what is open before what has ended unless that made headlines, then the
    // important, then the near.
    shown.sort_by_cached_key(|lane| {
        let has_ended = matches!(lane.status.state, State::Ended(_));
        let is_minor = has_ended && lane.deadline.importance < Importance::Critical;
        let far = lane
            .end()
            .map_or(i64::MAX, |at| (at - now).num_minutes().abs());
        (is_minor, Reverse(lane.deadline.importance), far)
    });
    let left_out = shown.len().saturating_sub(rows);
    shown.truncate(rows);
    shown.sort_by_cached_key(|lane| {
        let place = docket.position(&lane.deadline.id);
        (group(lane.status.state), lane.end(), place)
    });
    Lanes {
        shown,
        left_out,
        counts,
        extended,
    }
}

/// A date that a deadline had, as a lane shows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop<'a> {
    pub(super) due: &'a Due,
    /// How it came from the one before; none for the first.
    pub(super) moved: Option<Move>,
    /// Whether it is, or came to be, the law.
    pub(super) is_law: bool,
}

impl Lane<'_> {
    /// The dates that it had, oldest first. One that was only told more or less exactly later is
    /// one date still.
    pub(super) fn stops(&self) -> Vec<Stop<'_>> {
        let mut stops: Vec<Stop<'_>> = Vec::new();
        for step in self.chain.positions() {
            let is_law = step.standing.is_law();
            let is_same = matches!(
                step.moved,
                Some(Move::Refinement | Move::Coarsening | Move::Restatement)
            );
            match stops.last_mut().filter(|_| is_same) {
                Some(last) => {
                    last.due = step.due;
                    last.is_law |= is_law;
                }
                None => stops.push(Stop {
                    due: step.due,
                    moved: step.moved,
                    is_law,
                }),
            }
        }
        stops
    }

    /// When it ended or is due.
    fn end(&self) -> Option<Timestamp> {
        match &self.deadline.outcome {
            Some(outcome) => Some(outcome.on.start()),
            None => self.status.due.at(),
        }
    }

    /// Its date in few words: of the outcome, if it has one.
    pub(super) fn date(&self) -> String {
        match &self.deadline.outcome {
            Some(outcome) => {
                let word = outcome.result.word();
                format!("{word} {}", axis::short(outcome.on.date()))
            }
            None => axis::short_due(self.status.due),
        }
    }

    /// What happened to it, in a line.
    pub(super) fn story(&self) -> String {
        let status = &self.status;
        let moved = (status.extensions > 0).then(|| {
            let times = words::times(status.extensions);
            match status.slipped_days {
                Some(days) if days > 0 => {
                    format!("extended {times} (+{})", words::days(days))
                }
                _ => format!("extended {times}"),
            }
        });
        let now = match (status.state, status.days_left) {
            (State::Tbd, _) => "not set yet".to_owned(),
            (State::Awaiting, Some(days)) => words::days_past(-days),
            (State::Scheduled, Some(days)) => words::days_left(days),
            (State::Ended(result), _) => return ended(result, moved),
            (State::Awaiting | State::Scheduled, None) => String::new(),
        };
        let law = status.law_due.map(|law| {
            let date = axis::short_due(law);
            format!("law: {date}")
        });
        let parts: Vec<_> = [Some(now), moved, law].into_iter().flatten().collect();
        parts.join(" · ")
    }
}

fn ended(result: OutcomeResult, moved: Option<String>) -> String {
    match moved {
        Some(moved) => format!("{moved}, then {}", result.word()),
        None => "never extended".to_owned(),
    }
}
