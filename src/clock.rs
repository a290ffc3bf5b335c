//! The one place where the clock is read.

use crate::domain::Timestamp;
use std::future::Future;
use std::time::Duration;

/// What time it is, and waiting for a while. The simulated one of the tests is the other.
pub trait Clock: Send + Sync {
    /// The wall clock, to the millisecond.
    fn now(&self) -> Timestamp;
    /// Waits by a clock that no one sets.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Clock for System {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    fn now(&self) -> Timestamp {
        let now = chrono::Utc::now();
        let milliseconds = now.timestamp_millis();
        Timestamp::from_timestamp_millis(milliseconds).unwrap_or(now)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}
