//! How dates, times and counts are put into words, in one place.
//!
//! Text names the date of law first, with the place whose law it is. English for now: the texts
//! of other languages will stand beside these.

use super::chain::{Effect, Move};
use super::due::{Due, Moment, Precision, quarter};
use super::zone::{Timestamp, Zone};
use chrono::{Datelike as _, NaiveDate, NaiveTime, Timelike as _};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `September`.
fn month(date: NaiveDate) -> &'static str {
    MONTHS[date.month0() as usize]
}

/// `17 September 2025`.
pub fn date(date: NaiveDate) -> String {
    format!("{} {} {}", date.day(), month(date), date.year())
}

/// `17 Sep 2025`.
pub fn date_short(date: NaiveDate) -> String {
    format!("{} {} {}", date.day(), &month(date)[..3], date.year())
}

/// `12:01 a.m.`, and `12 noon`, which nobody can confuse with midnight.
pub fn clock_time(time: NaiveTime) -> String {
    match (time.hour12(), time.minute()) {
        ((false, 12), 0) => "midnight at the start of the day".to_owned(),
        ((true, 12), 0) => "12 noon".to_owned(),
        ((pm, hour), minute) => {
            format!("{hour}:{minute:02} {}", if pm { "p.m." } else { "a.m." })
        }
    }
}

/// `12:01 a.m. EST on 10 November 2025`: an instant as its zone calls it. Of midnight it is said
/// which of the two ends of the day is meant.
pub fn instant(at: Timestamp, zone: Zone) -> String {
    let local = zone.local(at);
    let (name, date) = (zone.time_name(at), date(local.date()));
    if local.time() == NaiveTime::MIN {
        return format!("midnight {name} at the start of {date}");
    }
    format!("{} {name} on {date}", clock_time(local.time()))
}

/// `2025-11-10T05:01Z`.
pub fn instant_to_the_minute(at: Timestamp) -> String {
    at.format("%Y-%m-%dT%H:%MZ").to_string()
}

/// A due in words, with the place whose law it is: `17 September 2025 (New York)`.
pub fn due(due: &Due) -> String {
    let zone = due.zone();
    let words = match due.moment() {
        Moment::Minute(at) => instant(at, zone),
        Moment::Day(day) => date(day),
        Moment::Month(first) => format!("{} {}", month(first), first.year()),
        Moment::Quarter(first) => format!("Q{} {}", quarter(first), first.year()),
        Moment::Year(first) => first.year().to_string(),
        Moment::Tbd => return "date not set".to_owned(),
    };
    // `12:01 a.m. UTC` needs no place.
    if zone == Zone::UTC && due.precision() == Precision::Minute {
        return words;
    }
    format!("{words} ({})", zone.city())
}

/// A due in few words, for tables: `10 Nov 2025 00:01 EST`.
pub fn due_short(due: &Due) -> String {
    let zone = due.zone();
    match due.moment() {
        Moment::Minute(at) => {
            let local = zone.local(at);
            format!(
                "{} {} {}",
                date_short(local.date()),
                local.format("%H:%M"),
                zone.time_name(at)
            )
        }
        Moment::Day(day) => format!("{} ({})", date_short(day), zone.city()),
        Moment::Month(first) => format!("{} ({})", first.format("%b %Y"), zone.city()),
        Moment::Quarter(first) => {
            format!("Q{} {} ({})", quarter(first), first.year(), zone.city())
        }
        Moment::Year(first) => format!("{} ({})", first.year(), zone.city()),
        Moment::Tbd => "not set".to_owned(),
    }
}

/// When a due is reached for a reader elsewhere, if that reads differently there: `6:01 a.m.
/// CET on 10 November 2025 in Madrid`.
pub fn due_for_reader(due: &Due, reader: Zone) -> Option<String> {
    let at = due.at()?;
    if reader.local(at) == due.zone().local(at) {
        return None;
    }
    let mut words = instant(at, reader);
    if reader != Zone::UTC {
        words = format!("{words} in {}", reader.city());
    }
    Some(match due.precision() {
        Precision::Minute => words,
        _ => format!("over at {words}"),
    })
}

/// `once`, `twice`, `3 times`.
pub fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}

/// `1 day`, `3 days`.
pub fn days(count: i64) -> String {
    count_of(count, "day")
}

/// A count with its noun: `1 time`, `3 times`.
pub fn count_of(count: i64, noun: &str) -> String {
    format!("{count} {noun}{}", if count.abs() == 1 { "" } else { "s" })
}

/// How long until a date so many days away: `3 days left`, `due today`, `2 days past`.
pub fn days_left(days_left: i64) -> String {
    match days_left {
        0 => "due today".to_owned(),
        ahead if ahead > 0 => format!("{} left", days(ahead)),
        past => format!("{} past", days(-past)),
    }
}

/// How long since a date so many days ago: `passed today`, `2 days past`.
pub fn days_past(days: i64) -> String {
    if days == 0 {
        "passed today".to_owned()
    } else {
        format!("{} past", self::days(days))
    }
}

/// How long until an instant, in the two largest units that matter: `22 hours 5 minutes`.
pub fn span(from: Timestamp, to: Timestamp) -> String {
    // A post goes out some moments after its time: rounded, an hour is still an hour.
    let minutes = ((to - from).num_seconds().abs() + 30) / 60;
    let (days_whole, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let parts = [(days_whole, "day"), (hours, "hour"), (minutes, "minute")];
    let said: Vec<_> = parts
        .into_iter()
        .skip_while(|(count, _)| *count == 0)
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| count_of(count, noun))
        .collect();
    if said.is_empty() {
        "less than a minute".to_owned()
    } else {
        said.join(" ")
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list<T: AsRef<str>>(words: &[T]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [init @ .., last] => {
            let init: Vec<_> = init.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", init.join(", "), last.as_ref())
        }
    }
}

/// What a step did to a chain: `extension`.
pub fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::First => "first due",
        Effect::Moved(Move::Extension) => "extension",
        Effect::Moved(Move::Shortening) => "shortening",
        Effect::Moved(Move::Refinement) => "refinement",
        Effect::Moved(Move::Coarsening) => "less exact",
        Effect::Moved(Move::Restatement) => "restated",
        Effect::Moved(Move::Dated) => "date set",
        Effect::Moved(Move::Undated) => "date withdrawn",
        Effect::Confirmed { .. } => "confirmation",
        Effect::Corrected => "correction",
        Effect::Repeated => "repetition",
    }
}
