//! Dues: moments with their precision and their zone of law.

use super::duration::Duration;
use super::words;
use super::zone::{Timestamp, Zone};
use chrono::{Datelike as _, Days, Months, NaiveDate, SecondsFormat};
use std::fmt;

/// How exactly a due is known, from the finest to not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// A minute of a day.
    Minute,
    /// A day.
    Day,
    /// A month.
    Month,
    /// A quarter of a year.
    Quarter,
    /// A year.
    Year,
    /// To be determined.
    Tbd,
}

/// What a due names, before its zone says when that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// An instant, to the minute.
    Minute(Timestamp),
    /// A whole day.
    Day(NaiveDate),
    /// The month that begins on this date.
    Month(NaiveDate),
    /// The quarter that begins on this date.
    Quarter(NaiveDate),
    /// The year that begins on this date.
    Year(NaiveDate),
    /// Not set yet.
    Tbd,
}

/// A moment at which something falls due, in its zone of law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    moment: Moment,
    zone: Zone,
    at: Option<Timestamp>,
}

impl Due {
    /// A due in a zone of law.
    pub fn new(moment: Moment, zone: Zone) -> Self {
        let at = match moment {
            Moment::Minute(at) => Some(at),
            Moment::Tbd => None,
            _ => last_date(moment, zone).map(|date| zone.end_of(date)),
        };
        Self { moment, zone, at }
    }

    /// What it names.
    pub fn moment(&self) -> Moment {
        self.moment
    }

    /// Its zone of law.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// How exactly it is known.
    pub fn precision(&self) -> Precision {
        match self.moment {
            Moment::Minute(_) => Precision::Minute,
            Moment::Day(_) => Precision::Day,
            Moment::Month(_) => Precision::Month,
            Moment::Quarter(_) => Precision::Quarter,
            Moment::Year(_) => Precision::Year,
            Moment::Tbd => Precision::Tbd,
        }
    }

    /// The instant at which it is reached: its own for a minute, else the first one after its
    /// last date in the zone of law; none while it is not set.
    pub fn at(&self) -> Option<Timestamp> {
        self.at
    }

    /// Its last date in the zone of law.
    pub fn date(&self) -> Option<NaiveDate> {
        last_date(self.moment, self.zone)
    }

    /// The first instant of its period; for a minute the instant itself.
    pub fn begins(&self) -> Option<Timestamp> {
        match self.moment {
            Moment::Minute(at) => Some(at),
            Moment::Day(date)
            | Moment::Month(date)
            | Moment::Quarter(date)
            | Moment::Year(date) => Some(self.zone.start_of(date)),
            Moment::Tbd => None,
        }
    }

    /// Whether both are the same due: equal in precision and instant.
    pub fn is_same(&self, other: &Self) -> bool {
        self.precision() == other.precision() && self.at == other.at
    }

    /// Whether `other` is finer and lies within the period of this due.
    pub fn contains(&self, other: &Self) -> bool {
        let (Some(begins), Some(ends)) = (self.begins(), self.at) else {
            return false;
        };
        let within = match (other.begins(), other.at) {
            (Some(at), Some(_)) if other.precision() == Precision::Minute => {
                begins <= at && at < ends
            }
            (Some(other_begins), Some(other_ends)) => begins <= other_begins && other_ends <= ends,
            _ => false,
        };
        within && other.precision() < self.precision()
    }

    /// This due and `length` more, in the same zone and precision. The caller has made sure that
    /// no unit of `length` is finer than the precision.
    #[must_use]
    pub fn plus(&self, length: Duration) -> Self {
        let moment = match self.moment {
            Moment::Minute(at) => Moment::Minute(length.after(self.zone.local(at), self.zone)),
            Moment::Day(date) => Moment::Day(length.date_after(date)),
            Moment::Month(date) => Moment::Month(length.date_after(date)),
            Moment::Quarter(date) => Moment::Quarter(length.date_after(date)),
            Moment::Year(date) => Moment::Year(length.date_after(date)),
            Moment::Tbd => Moment::Tbd,
        };
        Self::new(moment, self.zone)
    }

    /// The instant a lead before this due is posted at, or none if the lead has a unit finer
    /// than the due. Before a due coarser than a minute that is `remind_at` on the day.
    pub fn lead_at(&self, lead: Duration, remind_at: chrono::NaiveTime) -> Option<Timestamp> {
        if let Moment::Minute(at) = self.moment {
            return Some(lead.before(self.zone.local(at), self.zone));
        }
        let date = self.date()?;
        (lead.finest_unit() >= self.precision()).then(|| {
            self.zone
                .resolve_leniently(lead.date_before(date).and_time(remind_at))
        })
    }

    /// The due in words: the date of law first, then its place.
    pub fn text(&self) -> String {
        words::due(self)
    }

    /// The form that keys are built from; equal for the same due only.
    pub fn canonical(&self) -> String {
        let precision = self.precision();
        match self.at {
            Some(at) => format!("{precision}:{}", words::instant_to_the_minute(at)),
            None => precision.to_string(),
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Minute => "minute",
            Self::Day => "day",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::Tbd => "tbd",
        })
    }
}

/// The last date of a moment in a zone.
fn last_date(moment: Moment, zone: Zone) -> Option<NaiveDate> {
    let last_of = |first: NaiveDate, months| {
        first
            .checked_add_months(Months::new(months))
            .and_then(|next| next.checked_sub_days(Days::new(1)))
            .expect("a docket's dates end long before chrono's")
    };
    match moment {
        Moment::Minute(at) => Some(zone.date(at)),
        Moment::Day(date) => Some(date),
        Moment::Month(first) => Some(last_of(first, 1)),
        Moment::Quarter(first) => Some(last_of(first, 3)),
        Moment::Year(first) => Some(last_of(first, 12)),
        Moment::Tbd => None,
    }
}

/// The quarter (1 to 4) that a date lies in.
pub(crate) fn quarter(date: NaiveDate) -> u32 {
    date.month0() / 3 + 1
}

/// RFC 3339 in UTC to the second, as all JSON has it.
pub fn rfc3339(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
