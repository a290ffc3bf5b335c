//! Ids as Discord makes them: an instant and a counter in one number, a string in JSON.

use crate::double::clock::Millis;
use serde::{Serialize, Serializer};
use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

/// The first millisecond of 2015, from which ids count.
const EPOCH: Millis = 1_420_070_400_000;
/// Bits below the instant.
const COUNTER_BITS: u32 = 22;

/// An id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Snowflake(pub(crate) u64);

impl Snowflake {
    /// The smallest id of an instant.
    pub(crate) fn at(instant: Millis) -> Self {
        let since = u64::try_from(instant - EPOCH).expect("the double lives after 2015");
        Self(since << COUNTER_BITS)
    }

    /// When it was made.
    pub(crate) fn instant(self) -> Millis {
        Millis::try_from(self.0 >> COUNTER_BITS).expect("42 bits") + EPOCH
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Snowflake {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for Snowflake {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Makes ids that only grow, also while the clock stands still or goes back.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    last: u64,
}

impl Ids {
    /// The next id.
    pub(crate) fn next(&mut self, now: Millis) -> Snowflake {
        self.last = Snowflake::at(now).0.max(self.last + 1);
        Snowflake(self.last)
    }
}
