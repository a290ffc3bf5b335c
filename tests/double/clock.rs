//! The double's own time: that of the machine, shifted, or stopped and moved by the test.

use docket::clock::System;
use docket::domain::Timestamp;
use docket::ports::Clock as _;
use std::time::Duration;

/// Instants are milliseconds since 1970.
pub(crate) type Millis = i64;

/// What `Date`, ids, limits, the window of nonces and the patience of interactions go by.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    shift: Millis,
    stopped: Option<Millis>,
}

impl Clock {
    /// The double's now.
    pub(crate) fn now(&self) -> Millis {
        let unshifted = self.stopped.unwrap_or_else(machine);
        unshifted + self.shift
    }

    /// Stops it at an instant: from here on only `shift` moves it.
    pub(crate) fn stop(&mut self, at: Timestamp) {
        self.stopped = Some(at.timestamp_millis());
        self.shift = 0;
    }

    /// Moves it, back too.
    pub(crate) fn shift(&mut self, by: Millis) {
        self.shift += by;
    }
}

fn machine() -> Millis {
    System.now().timestamp_millis()
}

/// A duration in the double's unit.
pub(crate) fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).expect("less than the age of the universe")
}

/// An instant as the `Date` header has it.
pub(crate) fn http_date(at: Millis) -> String {
    instant(at).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// An instant as Discord's JSON has it.
pub(crate) fn iso_date(at: Millis) -> String {
    instant(at)
        .format("%Y-%m-%dT%H:%M:%S%.6f+00:00")
        .to_string()
}

fn instant(at: Millis) -> Timestamp {
    Timestamp::from_timestamp_millis(at).expect("an instant within reach of a calendar")
}
