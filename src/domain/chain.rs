//! The steps of a deadline in the light of each other: what moved, what was confirmed or
//! corrected, and which due is the law while a later one is only talked about.

use super::deadline::{Standing, Step};
use super::due::{Due, Precision};
use super::zone::Timestamp;
use std::collections::HashMap;

/// How a due differs from the one it replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// It is reached later.
    Extension,
    /// It is reached earlier.
    Shortening,
    /// It lies within the period of the old one.
    Refinement,
    /// The old one lies within its period.
    Coarsening,
    /// It is reached at the same instant but known to another precision.
    Restatement,
    /// The old one was not set.
    Dated,
    /// It is not set any more.
    Undated,
}

impl Move {
    /// How `new` differs from `old`; none if they are the same due.
    pub fn between(old: &Due, new: &Due) -> Option<Self> {
        if old.is_same(new) {
            return None;
        }
        Some(match (old.at(), new.at()) {
            (None, _) => Self::Dated,
            (_, None) => Self::Undated,
            _ if old.contains(new) => Self::Refinement,
            _ if new.contains(old) => Self::Coarsening,
            (Some(old_at), Some(new_at)) if new_at > old_at => Self::Extension,
            (Some(old_at), Some(new_at)) if new_at < old_at => Self::Shortening,
            _ => Self::Restatement,
        })
    }
}

/// What a step did to the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It began it.
    First,
    /// It set another due.
    Moved(Move),
    /// It made the same due more official than it was.
    Confirmed {
        /// How official it was.
        was: Standing,
    },
    /// It put a wrong due right.
    Corrected,
    /// It said the same again.
    Repeated,
}

/// A due that counted for a while.
#[derive(Clone, Debug)]
pub struct Position<'a> {
    /// The due, corrected if it was.
    pub due: &'a Due,
    /// How it differs from the position before; none for the first.
    pub moved: Option<Move>,
    /// How official it came to be.
    pub standing: Standing,
    /// The instrument that set or last confirmed it.
    pub instrument: Option<&'a str>,
    /// The step that first set it.
    pub set_by: &'a Step,
    /// Which of the equal dues of the chain it is, from 1.
    pub ordinal: usize,
}

/// The dues that counted one after the other. Empty until the first step is pushed.
#[derive(Clone, Debug, Default)]
pub struct Chain<'a> {
    positions: Vec<Position<'a>>,
    /// The positions that were law, by index, oldest first.
    law: Vec<usize>,
    /// How often each due occurs. Counted as they come, so that a chain of any length is cheap.
    seen: HashMap<(Precision, Option<Timestamp>), usize>,
}

impl<'a> Chain<'a> {
    /// Adds the next step and says what it did.
    pub fn push(&mut self, step: &'a Step) -> Effect {
        let Some(current) = self.positions.last_mut() else {
            self.add(step, None);
            return Effect::First;
        };
        if step.is_correction {
            current.due = &step.due;
            current.standing = step.standing;
            current.instrument = step.instrument.as_deref().or(current.instrument);
            if let [.., before, corrected] = self.positions.as_mut_slice() {
                corrected.moved = Move::between(before.due, corrected.due);
            }
            self.note_law();
            return Effect::Corrected;
        }
        if let Some(moved) = Move::between(current.due, &step.due) {
            self.add(step, Some(moved));
            return Effect::Moved(moved);
        }
        if step.standing <= current.standing {
            return Effect::Repeated;
        }
        let was = current.standing;
        current.standing = step.standing;
        current.instrument = step.instrument.as_deref().or(current.instrument);
        self.note_law();
        Effect::Confirmed { was }
    }

    fn add(&mut self, step: &'a Step, moved: Option<Move>) {
        let ordinal = self.count(&step.due);
        self.positions.push(Position {
            due: &step.due,
            moved,
            standing: step.standing,
            instrument: step.instrument.as_deref(),
            set_by: step,
            ordinal,
        });
        self.note_law();
    }

    /// Which of the equal dues this one is. The first due of all is counted only when a second
    /// one comes: most deadlines never move.
    fn count(&mut self, due: &Due) -> usize {
        let key = |due: &Due| (due.precision(), due.at());
        if let [first] = self.positions.as_slice() {
            self.seen.insert(key(first.due), 1);
        }
        if self.positions.is_empty() {
            return 1;
        }
        let count = self.seen.entry(key(due)).or_default();
        *count += 1;
        *count
    }

    /// Brings the list of law up to date with the current position.
    fn note_law(&mut self) {
        let current = self.positions.len() - 1;
        if self.law.last() == Some(&current) {
            self.law.pop();
        }
        if self.positions[current].standing.is_law() {
            self.law.push(current);
        }
    }

    /// The dues that counted, oldest first.
    pub fn positions(&self) -> &[Position<'a>] {
        &self.positions
    }

    /// The one that counts.
    ///
    /// # Panics
    /// If no step was pushed.
    pub fn current(&self) -> &Position<'a> {
        self.positions
            .last()
            .expect("a deadline has at least its first step")
    }

    /// The latest due that is law, while a later one is not and differs from it.
    pub fn law(&self) -> Option<&Position<'a>> {
        let law = &self.positions[*self.law.last()?];
        let differs = law.due.at().is_some() && !law.due.is_same(self.current().due);
        differs.then_some(law)
    }

    /// The due it began with, as far as that was refined.
    pub fn first_due(&self) -> &'a Due {
        let refined = self.positions[1..]
            .iter()
            .take_while(|next| next.moved == Some(Move::Refinement));
        self.positions[refined.count()].due
    }

    /// How often the due was extended.
    pub fn extensions(&self) -> usize {
        self.positions
            .iter()
            .filter(|next| next.moved == Some(Move::Extension))
            .count()
    }
}

/// A span of time in which the reminders of one due are armed.
#[derive(Clone, Debug)]
pub struct Window {
    /// The due.
    pub due: Due,
    /// Which of the equal dues of the chain it is, from 1.
    pub ordinal: usize,
    /// From when on, exclusive: nothing is armed at its own announcement. None: always.
    pub from: Option<Timestamp>,
    /// Until when: a due reached at that instant still counts, a lead does not. None: for good.
    pub until: Option<Timestamp>,
}

impl Window {
    /// The windows of a deadline's steps, cut off when its outcome became known.
    pub fn of(steps: &[Step], outcome_known: Option<Timestamp>) -> Vec<Self> {
        let mut chain = Chain::default();
        let mut closed = Vec::new();
        let mut open: Vec<Self> = Vec::new();
        for step in steps {
            let known = step.known();
            chain.push(step);
            let armed = [Some(chain.current()), chain.law()].into_iter().flatten();
            let armed: Vec<_> = armed
                .filter(|position| position.due.at().is_some())
                .map(|position| (*position.due, position.ordinal))
                .collect();
            let stays = |window: &Self| {
                armed
                    .iter()
                    .any(|(due, nth)| window.due.is_same(due) && window.ordinal == *nth)
            };
            let ended = open.extract_if(.., |window| !stays(window));
            closed.extend(ended.map(|window| Self {
                until: known,
                ..window
            }));
            for (due, ordinal) in armed {
                if !open
                    .iter()
                    .any(|window| window.due.is_same(&due) && window.ordinal == ordinal)
                {
                    open.push(Self {
                        due,
                        ordinal,
                        from: known,
                        until: None,
                    });
                }
            }
        }
        closed.extend(open);
        for window in &mut closed {
            window.until = window.until.into_iter().chain(outcome_known).min();
        }
        closed
    }

    /// Whether a due reached at `at` is posted.
    pub fn holds_due(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from < at) && self.until.is_none_or(|until| at <= until)
    }

    /// Whether another reminder at `at` is posted.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from < at) && self.until.is_none_or(|until| at < until)
    }
}
