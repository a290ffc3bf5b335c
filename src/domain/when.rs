//! A date or time at which something was announced, began or ended: a day in its zone of law,
//! unless an hour is written.

use super::zone::{Timestamp, Zone};
use chrono::NaiveDate;
use std::fmt;

/// A date that stands for its whole day, or an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    date: NaiveDate,
    start: Timestamp,
    end: Timestamp,
    /// How it was written, where that is more than the date.
    written: Option<Box<str>>,
}

impl When {
    /// A whole day in `zone`.
    pub fn day(date: NaiveDate, zone: Zone) -> Self {
        Self {
            date,
            start: zone.start_of(date),
            end: zone.end_of(date),
            written: None,
        }
    }

    /// An instant, with the text that it was written as.
    pub fn instant(at: Timestamp, zone: Zone, written: &str) -> Self {
        Self {
            date: zone.date(at),
            start: at,
            end: at,
            written: Some(written.into()),
        }
    }

    /// Its date in the zone of law.
    pub fn date(&self) -> NaiveDate {
        self.date
    }

    /// Its first instant.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// The first instant after it; for an instant itself.
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// Whether it is a whole day.
    pub fn is_day(&self) -> bool {
        self.written.is_none()
    }
}

/// As written in the file.
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.written {
            Some(written) => f.write_str(written),
            None => write!(f, "{}", self.date),
        }
    }
}

impl serde::Serialize for When {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
