//! Time on paper: which day lies where, and which days are named.

use crate::domain::{Due, Moment, Timestamp, When, Zone};
use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, Timelike as _};

/// A day with its fraction, counted from the beginning of the calendar.
pub(super) type Day = f64;

/// The day of a local time.
fn day_of(local: NaiveDateTime) -> Day {
    f64::from(local.date().num_days_from_ce())
        + f64::from(local.time().num_seconds_from_midnight()) / 86_400.0
}

/// The middle of a date.
pub(super) fn of_date(date: NaiveDate) -> Day {
    f64::from(date.num_days_from_ce()) + 0.5
}

/// The day of an instant where people go by this zone.
pub(super) fn of_instant(at: Timestamp, zone: Zone) -> Day {
    day_of(zone.local(at))
}

/// The day of something announced, begun or ended.
pub(super) fn of_when(when: &When) -> Day {
    of_date(when.date())
}

/// The day of a due in its zone of law: of a period the last one.
pub(super) fn of_due(due: &Due) -> Option<Day> {
    match due.moment() {
        Moment::Minute(at) => Some(of_instant(at, due.zone())),
        _ => due.date().map(of_date),
    }
}

/// A span of days along a line on the paper.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) first: Day,
    pub(super) last: Day,
    /// Where the first day lies.
    pub(super) from: f64,
    /// Where the last day lies.
    pub(super) to: f64,
}

impl Scale {
    /// Where a day lies; one out of the span at its end.
    pub(super) fn at(&self, day: Day) -> f64 {
        let share = (day - self.first) / (self.last - self.first);
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }

    /// Whether a day lies in the span.
    pub(super) fn holds(&self, day: Day) -> bool {
        (self.first..=self.last).contains(&day)
    }

    /// The days that are named, at least so far apart on the paper.
    pub(super) fn ticks(&self, apart: f64) -> Vec<Tick> {
        let day_length = (self.to - self.from).abs() / (self.last - self.first);
        let fits = |days: f64| days * day_length >= apart;
        let mut days = [1, 2, 7, 14].into_iter();
        if let Some(days) = days.find(|days| fits(f64::from(*days))) {
            return self.days(days);
        }
        let mut months = MONTHS.into_iter();
        let months = months.find(|months| fits(28.0 * f64::from(*months)));
        self.months(months.unwrap_or(12_000))
    }

    fn days(&self, step: u32) -> Vec<Tick> {
        let start = date_of(self.first);
        let days = (0u64..).step_by(step as usize);
        let dates = days.map_while(|days| start?.checked_add_days(Days::new(days)));
        dates
            .skip_while(|date| of_date(*date) - 0.5 < self.first)
            .take_while(|date| of_date(*date) - 0.5 <= self.last)
            .map(|date| Tick {
                day: of_date(date) - 0.5,
                label: date.format("%-d %b").to_string(),
                is_year: false,
            })
            .collect()
    }

    fn months(&self, step: i32) -> Vec<Tick> {
        let Some((first, last)) = date_of(self.first).zip(date_of(self.last)) else {
            return Vec::new();
        };
        let index = |date: NaiveDate| date.year() * 12 + date.month0().cast_signed();
        let start = index(first).div_euclid(step) * step;
        let dates = (start..=index(last))
            .step_by(step.unsigned_abs() as usize)
            .filter_map(|index| {
                let month = index.rem_euclid(12).unsigned_abs() + 1;
                NaiveDate::from_ymd_opt(index.div_euclid(12), month, 1)
            });
        let dates = dates.filter(|date| self.holds(of_date(*date) - 0.5));
        let dates: Vec<_> = dates.collect();
        // Some tick says the year.
        let has_year = dates.iter().any(|date| date.month() == 1);
        let form = |place: usize, date: NaiveDate| match date.month() {
            1 => "%Y",
            _ if place == 0 && !has_year => "%b %Y",
            _ => "%b",
        };
        let ticks = dates.iter().enumerate().map(|(place, date)| Tick {
            day: of_date(*date) - 0.5,
            label: date.format(form(place, *date)).to_string(),
            is_year: date.month() == 1,
        });
        ticks.collect()
    }
}

/// After how many months a date is named.
const MONTHS: [i32; 9] = [1, 3, 6, 12, 24, 60, 120, 600, 1_200];

/// A day that is named.
#[derive(Clone, Debug)]
pub(super) struct Tick {
    pub(super) day: Day,
    pub(super) label: String,
    pub(super) is_year: bool,
}

/// The date that a day lies in.
fn date_of(day: Day) -> Option<NaiveDate> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the days of a docket are far from the bounds"
    )]
    let number = day.floor() as i32;
    NaiveDate::from_num_days_from_ce_opt(number)
}

/// A date in few words: `19 Jan 2025`.
pub(super) fn short(date: NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}

/// A due in few words, without its place: `19 Jan 2025`, `Nov 2026`, `Q4 2026`.
pub(super) fn short_due(due: &Due) -> String {
    match (due.moment(), due.date()) {
        (Moment::Month(first), _) => first.format("%b %Y").to_string(),
        (Moment::Quarter(first), _) => format!("Q{} {}", first.month0() / 3 + 1, first.year()),
        (Moment::Year(first), _) => first.year().to_string(),
        (_, Some(date)) => short(date),
        (_, None) => "no date".to_owned(),
    }
}
