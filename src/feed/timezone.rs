//! Definitions of zones for the calendar, from the tz database that all else is reckoned with.
//!
//! A definition is exact for the years that a document needs, and no longer.

use super::property::{Component, component, property, text};
use crate::domain::{Timestamp, Zone};
use chrono::{Datelike as _, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use ical::component::IcalComponentKind;
use ical::prop::IcalPropKind;
use ical::value::IcalValue;
use ical::value::datetime::{IcalDateTime, IcalDateTimeList};
use ical::value::recur::IcalRecur;
use ical::value::utc_offset::IcalUtcOffset;
use std::borrow::Cow;

/// What happens to the clocks, and when in a year.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Rule {
    from: FixedOffset,
    to: FixedOffset,
    month: u32,
    weekday: Weekday,
    /// Which such weekday of the month; -1 is the last.
    nth: i64,
    time: NaiveTime,
}

/// A change of the clocks that comes once, or each year for a while.
struct Observance {
    rule: Rule,
    /// Each time that it comes, by the clock that was in force before. Never empty.
    onsets: Vec<NaiveDateTime>,
    /// The instant at which it comes first.
    first: Timestamp,
}

/// The definition of a zone for all instants between two.
pub(super) fn definition(zone: Zone, first: Timestamp, last: Timestamp) -> Component {
    let start_of = |year: i32| {
        let date = NaiveDate::from_ymd_opt(year, 1, 1).expect("a year of a docket has a first day");
        zone.start_of(date)
    };
    // From a year before, so that the change in force at the first instant is among them.
    let begins = start_of(zone.date(first).year() - 1);
    let year_max = zone.date(last).year() + 1;
    let observances = observances(zone, begins, start_of(year_max + 1));
    let mut parts = Vec::new();
    if observances.iter().all(|it| it.first > first) {
        parts.push(standing(zone, begins));
    }
    parts.extend(observances.iter().map(|it| it.component(zone, year_max)));
    let name = vec![text(IcalPropKind::TzId, zone.name())];
    component(IcalComponentKind::VTimezone, name, parts)
}

/// The changes of the clocks, those that follow one rule from year to year as one.
fn observances(zone: Zone, begins: Timestamp, ends: Timestamp) -> Vec<Observance> {
    let mut found: Vec<Observance> = Vec::new();
    let mut after = begins;
    while let Some(at) = zone.next_change(after, ends) {
        let from = zone.offset(at - TimeDelta::seconds(1));
        let local = at.naive_utc() + from;
        let rule = Rule::of(local, from, zone.offset(at));
        let before = found
            .iter_mut()
            .rfind(|it| it.rule == rule && it.last_year() == local.year() - 1);
        match before {
            Some(observance) => observance.onsets.push(local),
            None => found.push(Observance {
                rule,
                onsets: vec![local],
                first: at,
            }),
        }
        after = at;
    }
    found
}

impl Rule {
    fn of(local: NaiveDateTime, from: FixedOffset, to: FixedOffset) -> Self {
        let day = i64::from(local.day());
        let is_last = (local.date() + TimeDelta::days(7)).month() != local.month();
        Self {
            from,
            to,
            month: local.month(),
            weekday: local.weekday(),
            nth: if is_last { -1 } else { (day - 1) / 7 + 1 },
            time: local.time(),
        }
    }
}

impl Observance {
    fn last_year(&self) -> i32 {
        let last = self
            .onsets
            .last()
            .expect("an observance has its first onset");
        last.year()
    }

    fn component(&self, zone: Zone, year_max: i32) -> Component {
        let rule = &self.rule;
        let mut part = part(zone, self.first, rule.from);
        let again = &self.onsets[1..];
        // A rule that still holds where the definition ends is said as one: so its text stays the
        // same when a later date comes. One that has ended is told by its dates: the end of a rule
        // would have to be said in UTC, which programs compare with local times.
        if !again.is_empty() && self.last_year() == year_max {
            let weekday = rule.weekday.to_string().to_uppercase();
            let (month, nth, weekday) = (rule.month, rule.nth, &weekday[..2]);
            let recur = format!("FREQ=YEARLY;BYMONTH={month};BYDAY={nth}{weekday}");
            let recur = IcalValue::Recur(IcalRecur(recur.into()));
            part.props
                .push(property(IcalPropKind::RRule, Vec::new(), recur));
        } else if !again.is_empty() {
            let dates = again.iter().map(|onset| Cow::Owned(local(*onset)));
            let dates = IcalValue::DateTimeList(IcalDateTimeList(dates.collect()));
            part.props
                .push(property(IcalPropKind::RDate, Vec::new(), dates));
        }
        part
    }
}

/// The offset that is in force from an instant on which nothing changes.
fn standing(zone: Zone, at: Timestamp) -> Component {
    part(zone, at, zone.offset(at))
}

/// What is in force from an instant on, after the offset `from`, by whose clock it is dated.
fn part(zone: Zone, at: Timestamp, from: FixedOffset) -> Component {
    let kind = if zone.is_summer_time(at) {
        IcalComponentKind::Daylight
    } else {
        IcalComponentKind::Standard
    };
    let start = IcalDateTime(local(at.naive_utc() + from).into());
    let offset = |kind, offset: FixedOffset| {
        let value = IcalUtcOffset(written(offset).into());
        property(kind, Vec::new(), IcalValue::UtcOffset(value))
    };
    let properties = vec![
        property(
            IcalPropKind::DtStart,
            Vec::new(),
            IcalValue::DateTime(start),
        ),
        offset(IcalPropKind::TzOffsetFrom, from),
        offset(IcalPropKind::TzOffsetTo, zone.offset(at)),
        text(IcalPropKind::TzName, zone.time_name(at)),
    ];
    component(kind, properties, Vec::new())
}

/// `20241103T020000`.
fn local(time: NaiveDateTime) -> String {
    time.format("%Y%m%dT%H%M%S").to_string()
}

/// `-0500`; with seconds where a zone had its local mean time.
fn written(offset: FixedOffset) -> String {
    let seconds = offset.local_minus_utc();
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.abs();
    let whole = format!("{sign}{:02}{:02}", seconds / 3600, seconds / 60 % 60);
    match seconds % 60 {
        0 => whole,
        rest => format!("{whole}{rest:02}"),
    }
}
