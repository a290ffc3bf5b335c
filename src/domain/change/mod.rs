//! Changes that people must hear of: those that one docket tells in the course of time, and
//! those between two dockets.

mod between;
mod history;

use super::chain::Move;
use super::deadline::Standing;
use super::due::Due;
use super::occurrence::{Kind, RoundStep};
use super::zone::Timestamp;
pub use between::between;
pub use history::history;
pub(super) use history::round_known;
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
        /// Which of the equal dues of the chain it is, from 1.
        ordinal: usize,
    },
    /// The record was wrong about a due, or about how a deadline ended.
    Corrected {
        /// The due as people know it.
        from: Due,
        /// The due as it should have been.
        to: Due,
        /// How official the due was said to be.
        was: Standing,
        /// What was wrong.
        wrong: Wrong,
        /// Which of the equal corrections of the chain it is, from 1.
        ordinal: usize,
    },
    /// How the deadline ended.
    Outcome,
    /// Something about a round.
    Round {
        /// The round, by its place in the negotiation.
        round: usize,
        /// What about it.
        step: RoundStep,
        /// The schedule in force, by its place in the round.
        schedule: usize,
        /// The schedule that people knew before, likewise.
        known: usize,
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
