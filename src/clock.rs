//! The one place where the clock is read.

use crate::domain::Timestamp;
use crate::ports::Clock;
use std::future::Future;
use std::time::Duration;

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
