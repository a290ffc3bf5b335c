//! Lengths of time as people and laws count them: `90d`, `1y`, `1d12h`, `P7D`.
//!
//! Years to days are calendar units in the zone of law; hours and minutes are exact. That is the
//! order of RFC 5545, 3.3.6: first the calendar part, then the exact one.

use super::due::Precision;
use super::zone::{Timestamp, Zone};
use chrono::{Days, Months, NaiveDate, NaiveDateTime, TimeDelta};
use std::fmt;

/// A length of time, in the three kinds of unit that do not convert into each other.
///
/// ```
/// use docket::domain::Duration;
/// let week: Duration = "P7D".parse().unwrap();
/// assert_eq!(week, "1w".parse().unwrap());
/// assert_eq!(week.to_string(), "7d");
/// assert_ne!("24h".parse::<Duration>(), "1d".parse::<Duration>());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Duration {
    months: u32,
    days: u32,
    minutes: u32,
}

/// Why a text is not a duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Nothing was written, or only the `P` of ISO 8601.
    #[error("a duration cannot be empty")]
    Empty,
    /// A number without a unit, or a unit without a number.
    #[error("`{0}` is not a duration")]
    Malformed(String),
    /// A unit that does not exist.
    #[error("`{0}` is not a unit of time")]
    Unit(String),
    /// A unit written twice, or a large one after a small one.
    #[error("the units of `{0}` are not in order, largest first, each once")]
    Order(String),
    /// All of it is zero.
    #[error("a duration of zero is none")]
    Zero,
    /// Longer than [`Duration::YEARS_MAX`].
    #[error("`{0}` is longer than {max} years", max = Duration::YEARS_MAX)]
    TooLong(String),
}

/// The units in order of size, as written here and in ISO 8601 before and after the `T`.
const UNITS: [(&str, &str); 6] = [
    ("y", "Y"),
    ("mo", "M"),
    ("w", "W"),
    ("d", "D"),
    ("h", "TH"),
    ("m", "TM"),
];

const MINUTES_A_DAY: u64 = 24 * 60;
/// A mean month of the Gregorian calendar: 365.25 days / 12.
const MINUTES_A_MONTH: u64 = 43_830;

impl Duration {
    /// The longest duration, in years.
    pub const YEARS_MAX: u64 = 200;

    /// A duration of whole days.
    pub const fn days(days: u32) -> Self {
        Self {
            months: 0,
            days,
            minutes: 0,
        }
    }

    /// A duration of exact minutes.
    pub const fn minutes(minutes: u32) -> Self {
        Self {
            months: 0,
            days: 0,
            minutes,
        }
    }

    /// Its usual length in minutes, to compare durations by: a month counts 30.4375 days.
    pub fn length(self) -> u64 {
        u64::from(self.months) * MINUTES_A_MONTH
            + u64::from(self.days) * MINUTES_A_DAY
            + u64::from(self.minutes)
    }

    /// The coarsest precision of a moment that this can still be counted from.
    pub fn finest_unit(self) -> Precision {
        if self.minutes > 0 {
            Precision::Minute
        } else if self.days > 0 {
            Precision::Day
        } else if !self.months.is_multiple_of(12) {
            Precision::Month
        } else {
            Precision::Year
        }
    }

    /// The date this long before `date`, by calendar units alone.
    pub fn date_before(self, date: NaiveDate) -> NaiveDate {
        date.checked_sub_months(Months::new(self.months))
            .and_then(|date| date.checked_sub_days(Days::new(self.days.into())))
            .expect("200 years from any date of a docket is a date")
    }

    /// The date this long after `date`, by calendar units alone.
    pub fn date_after(self, date: NaiveDate) -> NaiveDate {
        date.checked_add_months(Months::new(self.months))
            .and_then(|date| date.checked_add_days(Days::new(self.days.into())))
            .expect("200 years from any date of a docket is a date")
    }

    /// The instant this long before a local time in `zone`.
    pub fn before(self, local: NaiveDateTime, zone: Zone) -> Timestamp {
        let calendar = self.date_before(local.date()).and_time(local.time());
        zone.resolve_leniently(calendar) - TimeDelta::minutes(self.minutes.into())
    }

    /// The instant this long after a local time in `zone`.
    pub fn after(self, local: NaiveDateTime, zone: Zone) -> Timestamp {
        let calendar = self.date_after(local.date()).and_time(local.time());
        zone.resolve_leniently(calendar) + TimeDelta::minutes(self.minutes.into())
    }
}

impl std::str::FromStr for Duration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let malformed = || DurationError::Malformed(text.to_owned());
        let (iso, mut rest) = match text.strip_prefix('P') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if rest.is_empty() {
            return Err(DurationError::Empty);
        }
        let mut amounts = [0_u64; UNITS.len()];
        let mut next = 0;
        let mut time = "";
        while !rest.is_empty() {
            if iso && time.is_empty() && rest.starts_with('T') {
                (time, rest) = ("T", &rest[1..]);
            }
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let letters = rest[digits..]
                .bytes()
                .take_while(u8::is_ascii_alphabetic)
                .count();
            // ISO 8601 units are one letter; ours end where the next number begins.
            let letters = if iso { letters.min(1) } else { letters };
            if digits == 0 || letters == 0 {
                return Err(malformed());
            }
            let written = &rest[digits..digits + letters];
            let named = if iso {
                format!("{time}{written}")
            } else {
                written.to_owned()
            };
            let unit = UNITS
                .iter()
                .position(|(ours, isos)| named == if iso { *isos } else { *ours })
                .ok_or_else(|| DurationError::Unit(written.to_owned()))?;
            if unit < next {
                return Err(DurationError::Order(text.to_owned()));
            }
            next = unit + 1;
            amounts[unit] = rest[..digits]
                .parse()
                .ok()
                .filter(|amount| *amount <= 1_000_000_000)
                .ok_or_else(|| DurationError::TooLong(text.to_owned()))?;
            rest = &rest[digits + letters..];
        }
        Self::from_amounts(amounts, text)
    }
}

impl Duration {
    fn from_amounts(amounts: [u64; UNITS.len()], text: &str) -> Result<Self, DurationError> {
        let [years, months, weeks, days, hours, minutes] = amounts;
        let months = years * 12 + months;
        let days = weeks * 7 + days;
        let minutes = hours * 60 + minutes;
        let length = months * MINUTES_A_MONTH + days * MINUTES_A_DAY + minutes;
        if length == 0 {
            return Err(DurationError::Zero);
        }
        if length > Self::YEARS_MAX * 12 * MINUTES_A_MONTH {
            return Err(DurationError::TooLong(text.to_owned()));
        }
        let fits = |part: u64| u32::try_from(part).expect("a part of 200 years in minutes fits");
        Ok(Self {
            months: fits(months),
            days: fits(days),
            minutes: fits(minutes),
        })
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amounts = [
            (self.months / 12, "y"),
            (self.months % 12, "mo"),
            (self.days, "d"),
            (self.minutes / 60, "h"),
            (self.minutes % 60, "m"),
        ];
        for (amount, unit) in amounts.into_iter().filter(|(amount, _)| *amount > 0) {
            write!(f, "{amount}{unit}")?;
        }
        Ok(())
    }
}

impl serde::Serialize for Duration {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Duration {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
