//! A zone of law: where a date begins and ends, and which instant a local time names.
//!
//! Works on the tz database that is compiled in; reads no clock and knows no zone of the machine.

use chrono::{
    DateTime, Days, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset as _,
    TimeDelta, TimeZone as _, Utc,
};
use chrono_tz::{GapInfo, OffsetComponents as _, OffsetName as _, Tz};
use std::fmt;
use std::str::FromStr as _;

/// An instant, in UTC.
pub type Timestamp = DateTime<Utc>;

/// `UTC`, or an Area/City name of the tz database.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

/// What a local time names in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Local {
    /// Just one instant.
    One(Timestamp),
    /// None: the clocks were put forward over it.
    Gap(Jump),
    /// Two: the clocks were put back over it.
    Overlap(Jump),
}

/// A change of the clocks around a local time, with the two offsets that one can read it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    /// The offset in force before the change.
    pub before: FixedOffset,
    /// The offset in force after the change.
    pub after: FixedOffset,
    /// The local time read with the offset before the change.
    pub read_before: Timestamp,
    /// The local time read with the offset after the change.
    pub read_after: Timestamp,
}

/// Why a name is not a zone of law.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a zone of law")]
pub struct ZoneError {
    /// The name as given.
    pub name: String,
    /// A name that is probably meant.
    pub meant: Option<&'static str>,
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// The zone that `name` names.
    ///
    /// Abbreviations (`EST`), names without a slash (`Singapore`) and `Etc/…` are refused, as
    /// they are ambiguous, hide a change of offset, or (`Etc/GMT+5`) mean the opposite of what
    /// they seem to.
    ///
    /// ```
    /// use docket::domain::Zone;
    /// assert!(Zone::parse("America/New_York").is_ok());
    /// assert_eq!(Zone::parse("EST").unwrap_err().meant, Some("America/New_York"));
    /// ```
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        match Tz::from_str(name) {
            Ok(tz) if is_lawful(name) => Ok(Self(tz)),
            _ => Err(ZoneError {
                name: name.to_owned(),
                meant: meant(name),
            }),
        }
    }

    /// Every name that [`Zone::parse`] takes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS
            .iter()
            .map(|tz| tz.name())
            .filter(|name| is_lawful(name))
    }

    /// The names that people write instead, for which [`Zone::parse`] knows the right one.
    pub fn misnomers() -> impl Iterator<Item = &'static str> {
        MEANT.iter().map(|(wrong, _)| *wrong)
    }

    /// The name in the tz database.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The city of the name: `New York`.
    pub fn city(self) -> String {
        let name = self.name();
        name.rsplit_once('/')
            .map_or(name, |(_, city)| city)
            .replace('_', " ")
    }

    /// The local time at an instant.
    pub fn local(self, at: Timestamp) -> NaiveDateTime {
        at.with_timezone(&self.0).naive_local()
    }

    /// The local date at an instant.
    pub fn date(self, at: Timestamp) -> NaiveDate {
        self.local(at).date()
    }

    /// The offset from UTC at an instant.
    pub fn offset(self, at: Timestamp) -> FixedOffset {
        self.0.offset_from_utc_datetime(&at.naive_utc()).fix()
    }

    /// How people there call the time at an instant (`EST`), or its offset where the tz database
    /// has no name, or one that elsewhere means another zone (`CST` in Shanghai).
    pub fn time_name(self, at: Timestamp) -> String {
        let offset = self.0.offset_from_utc_datetime(&at.naive_utc());
        let area = self.name().split('/').next().unwrap_or_default();
        match offset.abbreviation() {
            Some(name)
                if matches!(area, "America" | "Europe" | "UTC" | "US")
                    && name.bytes().all(|byte| byte.is_ascii_alphabetic()) =>
            {
                name.to_owned()
            }
            _ => format!("UTC{}", offset.fix()),
        }
    }

    /// Whether summer time is in force at an instant.
    pub fn is_summer_time(self, at: Timestamp) -> bool {
        let offset = self.0.offset_from_utc_datetime(&at.naive_utc());
        offset.dst_offset() > TimeDelta::zero()
    }

    /// The first instant in `(from, to]` at which the clocks change.
    pub fn next_change(self, from: Timestamp, to: Timestamp) -> Option<Timestamp> {
        // No zone has changed its clocks and changed them back within a week.
        let step = TimeDelta::days(7);
        let mut before = from;
        while before < to {
            let mut after = (before + step).min(to);
            if self.offset(before) == self.offset(after) {
                before = after;
                continue;
            }
            while after - before >= TimeDelta::seconds(2) {
                let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
                if self.offset(middle) == self.offset(before) {
                    before = middle;
                } else {
                    after = middle;
                }
            }
            return Some(after);
        }
        None
    }

    /// The instant or instants that a local time names.
    pub fn resolve(self, local: NaiveDateTime) -> Local {
        match self.0.from_local_datetime(&local) {
            MappedLocalTime::Single(at) => Local::One(at.to_utc()),
            MappedLocalTime::Ambiguous(first, second) => Local::Overlap(Jump {
                before: first.offset().fix(),
                after: second.offset().fix(),
                read_before: first.to_utc(),
                read_after: second.to_utc(),
            }),
            MappedLocalTime::None => {
                let gap = GapInfo::new(&local, &self.0);
                let (before, after) = gap
                    .and_then(|gap| Some((gap.begin?.1.fix(), gap.end?.offset().fix())))
                    .expect("a local time that names no instant lies between two offsets");
                let read = |offset: FixedOffset| (local - offset).and_utc();
                Local::Gap(Jump {
                    before,
                    after,
                    read_before: read(before),
                    read_after: read(after),
                })
            }
        }
    }

    /// The instant of a local time that nobody wrote down: in a gap read with the offset before
    /// it, in an overlap the first of the two (RFC 5545, 3.3.5).
    pub fn resolve_leniently(self, local: NaiveDateTime) -> Timestamp {
        match self.resolve(local) {
            Local::One(at) => at,
            Local::Gap(jump) | Local::Overlap(jump) => jump.read_before,
        }
    }

    /// The first instant at or after a local time: in a gap the moment the clocks change, in an
    /// overlap the first of the two.
    pub fn first_from(self, local: NaiveDateTime) -> Timestamp {
        match self.resolve(local) {
            Local::One(at) => at,
            Local::Overlap(jump) => jump.read_before,
            Local::Gap(_) => self.gap_end(local),
        }
    }

    /// The first instant that bears a date, or the end of the gap that swallowed it.
    pub fn start_of(self, date: NaiveDate) -> Timestamp {
        self.first_from(date.and_time(NaiveTime::MIN))
    }

    /// The first instant after the last one that bears a date.
    pub fn end_of(self, date: NaiveDate) -> Timestamp {
        let next = date
            .checked_add_days(Days::new(1))
            .expect("dates end long before chrono's");
        let midnight = next.and_time(NaiveTime::MIN);
        match self.resolve(midnight) {
            Local::One(at) => at,
            Local::Gap(_) => self.gap_end(midnight),
            // The clocks are put back to midnight, or over it: then the date is borne again.
            Local::Overlap(jump) => {
                let before_second = jump.read_after - TimeDelta::seconds(1);
                if self.date(before_second) == date {
                    jump.read_after
                } else {
                    jump.read_before
                }
            }
        }
    }

    /// The last instant that bears a date, to the millisecond: what is known then is known on
    /// that day.
    pub fn last_of(self, date: NaiveDate) -> Timestamp {
        self.end_of(date) - TimeDelta::milliseconds(1)
    }

    /// Whether any instant bears the date: zones have skipped some.
    pub fn bears(self, date: NaiveDate) -> bool {
        self.date(self.start_of(date)) == date
    }

    fn gap_end(self, local: NaiveDateTime) -> Timestamp {
        GapInfo::new(&local, &self.0)
            .and_then(|gap| gap.end)
            .expect("a gap ends with the offset that follows it")
            .to_utc()
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a name of the tz database is one of a place, or `UTC`.
fn is_lawful(name: &str) -> bool {
    name == "UTC" || (name.contains('/') && !name.starts_with("Etc/"))
}

/// Names that people write instead of the right ones. What an abbreviation means depends on who
/// writes it; these are the readings that occur in trade news.
const MEANT: &[(&str, &str)] = &[
    ("EST", "America/New_York"),
    ("EDT", "America/New_York"),
    ("ET", "America/New_York"),
    ("EST5EDT", "America/New_York"),
    ("CT", "America/Chicago"),
    ("CDT", "America/Chicago"),
    ("CST6CDT", "America/Chicago"),
    ("MT", "America/Denver"),
    ("MST", "America/Denver"),
    ("MDT", "America/Denver"),
    ("MST7MDT", "America/Denver"),
    ("PT", "America/Los_Angeles"),
    ("PST", "America/Los_Angeles"),
    ("PDT", "America/Los_Angeles"),
    ("PST8PDT", "America/Los_Angeles"),
    ("HST", "Pacific/Honolulu"),
    ("CST", "Asia/Shanghai"),
    ("PRC", "Asia/Shanghai"),
    ("Beijing", "Asia/Shanghai"),
    ("Asia/Beijing", "Asia/Shanghai"),
    ("China", "Asia/Shanghai"),
    ("ROC", "Asia/Taipei"),
    ("ROK", "Asia/Seoul"),
    ("KST", "Asia/Seoul"),
    ("JST", "Asia/Tokyo"),
    ("Japan", "Asia/Tokyo"),
    ("IST", "Asia/Kolkata"),
    ("HKT", "Asia/Hong_Kong"),
    ("Hongkong", "Asia/Hong_Kong"),
    ("SGT", "Asia/Singapore"),
    ("Singapore", "Asia/Singapore"),
    ("AEST", "Australia/Sydney"),
    ("AEDT", "Australia/Sydney"),
    ("CET", "Europe/Brussels"),
    ("CEST", "Europe/Brussels"),
    ("MET", "Europe/Brussels"),
    ("EET", "Europe/Athens"),
    ("EEST", "Europe/Athens"),
    ("WET", "Europe/Lisbon"),
    ("WEST", "Europe/Lisbon"),
    ("BST", "Europe/London"),
    ("GB", "Europe/London"),
    ("MSK", "Europe/Moscow"),
    ("W-SU", "Europe/Moscow"),
    ("Turkey", "Europe/Istanbul"),
    ("Israel", "Asia/Jerusalem"),
    ("Iran", "Asia/Tehran"),
    ("Egypt", "Africa/Cairo"),
    ("GMT", "UTC"),
    ("Z", "UTC"),
    ("Zulu", "UTC"),
    ("UCT", "UTC"),
    ("Universal", "UTC"),
    ("Greenwich", "UTC"),
    ("Etc/UTC", "UTC"),
    ("Etc/GMT", "UTC"),
    ("Etc/UCT", "UTC"),
    ("Etc/Zulu", "UTC"),
    ("Etc/Universal", "UTC"),
    ("Etc/Greenwich", "UTC"),
    ("NZ", "Pacific/Auckland"),
    ("NZST", "Pacific/Auckland"),
    ("Cuba", "America/Havana"),
    ("Jamaica", "America/Jamaica"),
    ("Eire", "Europe/Dublin"),
    ("Iceland", "Atlantic/Reykjavik"),
    ("Libya", "Africa/Tripoli"),
    ("Navajo", "America/Denver"),
    ("Poland", "Europe/Warsaw"),
    ("Portugal", "Europe/Lisbon"),
];

/// The right name for a name that people write instead.
fn meant(name: &str) -> Option<&'static str> {
    let known = MEANT
        .iter()
        .find(|(wrong, _)| wrong.eq_ignore_ascii_case(name));
    known.map(|(_, right)| *right).or_else(|| {
        let spaced = name.replace(' ', "_");
        let by_case = Zone::names().find(|right| right.eq_ignore_ascii_case(&spaced));
        let of_city = |right: &&str| {
            right
                .rsplit_once('/')
                .is_some_and(|(_, city)| city.eq_ignore_ascii_case(&spaced))
        };
        by_case.or_else(|| Zone::names().find(of_city))
    })
}

impl serde::Serialize for Zone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for Zone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::parse(&name).map_err(serde::de::Error::custom)
    }
}
