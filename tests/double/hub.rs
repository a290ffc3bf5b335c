//! The state of a double between the test and the server: one lock, and a bell for changes.

use crate::double::state::State;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// For how long a test waits for what must come. A bound for a broken bot, not a measure of a good
/// one.
const WAIT: Duration = Duration::from_secs(40);

/// What the test and the server share.
#[derive(Debug)]
pub(crate) struct Hub {
    state: Mutex<State>,
    changed: Condvar,
}

impl Hub {
    pub(crate) fn new(state: State) -> Self {
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// The state, also after a test has panicked with it in hand: others still have to end.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Changes the state, and wakes up who waits for that.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state());
        self.changed.notify_all();
        result
    }

    /// Waits until the state shows something, and gives that.
    ///
    /// # Panics
    /// If it does not in forty seconds.
    #[track_caller]
    pub(crate) fn wait_for<T>(&self, what: &str, look: impl FnMut(&mut State) -> Option<T>) -> T {
        let found = self.wait_within(WAIT, look);
        found.unwrap_or_else(|| panic!("in vain: {what}"))
    }

    /// The same for at most so long.
    pub(crate) fn wait_within<T>(
        &self,
        most: Duration,
        mut look: impl FnMut(&mut State) -> Option<T>,
    ) -> Option<T> {
        let mut found = None;
        let is_missing = |state: &mut State| {
            found = look(state);
            found.is_none()
        };
        drop(
            self.changed
                .wait_timeout_while(self.state(), most, is_missing),
        );
        found
    }
}
