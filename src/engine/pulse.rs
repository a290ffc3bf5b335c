//! How the engine is, for those who show it: the docket in force, an edit that was refused, what
//! is wrong with ledger or clock. And the other way round: asking it to look at its ledger now.

use super::log;
use super::planner::{Edit, InForce};
use crate::domain::Timestamp;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch::{self, Receiver};
use tokio::sync::{Notify, futures::Notified};
use tokio::time::Instant;

/// How an engine is.
#[derive(Clone, Default)]
pub struct State {
    /// The docket in force, once there is one.
    pub in_force: Option<InForce>,
    /// Why the file as it is now is not in force, if it is not.
    pub refused: Option<Refused>,
    /// Why the ledger cannot be written, if so: nothing is posted then.
    pub ledger: Option<String>,
    /// Why the clock cannot be right, if so: nothing is posted then.
    pub clock: Option<String>,
    /// When the engine last went round.
    pub round: Option<Timestamp>,
}

/// An edit that is not in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// When it was found.
    pub at: Timestamp,
    /// Why, in a line.
    pub why: String,
    /// All problems of the file, each with its line, if that is why.
    pub report: Option<String>,
}

impl Refused {
    /// Why an edit is not in force; none if it is.
    pub(super) fn of(edit: &Edit, at: Timestamp) -> Option<Self> {
        let (why, report) = log::refusal(edit)?;
        Some(Self { at, why, report })
    }
}

/// What an engine and those who show its state share.
pub struct Pulse {
    state: watch::Sender<State>,
    beat: Mutex<Instant>,
    nudge: Notify,
    /// Why nobody who asks something is heard.
    deaf: Mutex<Option<String>>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            state: watch::Sender::default(),
            beat: Mutex::new(Instant::now()),
            nudge: Notify::default(),
            deaf: Mutex::default(),
        }
    }
}

impl Pulse {
    /// How the engine is now.
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// How long ago the engine last went round, or began, by a clock that nobody sets.
    pub fn since_round(&self) -> Duration {
        let beat = self.beat.lock().unwrap_or_else(PoisonError::into_inner);
        beat.elapsed()
    }

    /// To wait for changes of the state.
    pub fn subscribe(&self) -> Receiver<State> {
        self.state.subscribe()
    }

    /// Asks the engine to look at its ledger now: somebody has changed what it holds.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// Why nobody who asks something is heard, if that is so.
    pub fn deaf(&self) -> Option<String> {
        let deaf = self.deaf.lock().unwrap_or_else(PoisonError::into_inner);
        deaf.clone()
    }

    /// Shows whether those who ask something are heard. Posts go out in any case.
    pub fn hears(&self, deaf: Option<String>) {
        *self.deaf.lock().unwrap_or_else(PoisonError::into_inner) = deaf;
    }

    pub(super) fn nudged(&self) -> Notified<'_> {
        self.nudge.notified()
    }

    /// Shows how the engine is from now on. The engine does; tests do in its stead.
    pub fn publish(&self, state: State) {
        *self.beat.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.state.send_replace(state);
    }
}
