//! Dates and times as people type them.

use super::Wrong;
use crate::config::YEARS;
use crate::domain::{Timestamp, Zone};
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime};

/// How a date or time is written.
pub const FORMS: &str = "write a date (`2025-09-14`), a time in the docket's zone \
     (`2025-09-14T12:00`), or one with its offset (`2025-09-14T12:00-04:00`, `2025-09-14T16:00Z`)";

/// The last instant of a date in the docket's zone, or a date-time itself.
///
/// ```
/// use docket::domain::Zone;
/// use docket::query::{first, last};
/// let (first, last) = (first("2025-09-14", Zone::UTC), last("2025-09-14", Zone::UTC));
/// assert_eq!(first.unwrap().to_rfc3339(), "2025-09-14T00:00:00+00:00");
/// assert_eq!(last.unwrap().to_rfc3339(), "2025-09-14T23:59:59.999+00:00");
/// ```
pub fn last(text: &str, zone: Zone) -> Result<Timestamp, Wrong> {
    match text.parse::<NaiveDate>() {
        Ok(date) => Ok(zone.last_of(in_range(date, text)?)),
        Err(_) => date_time(text, zone),
    }
}

/// The first instant of a date in the docket's zone, or a date-time itself.
pub fn first(text: &str, zone: Zone) -> Result<Timestamp, Wrong> {
    match text.parse::<NaiveDate>() {
        Ok(date) => Ok(zone.start_of(in_range(date, text)?)),
        Err(_) => date_time(text, zone),
    }
}

fn date_time(text: &str, zone: Zone) -> Result<Timestamp, Wrong> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        in_range(at.date_naive(), text)?;
        return Ok(at.to_utc());
    }
    let forms = [
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
    ];
    for form in forms {
        if let Ok(local) = NaiveDateTime::parse_from_str(text, form) {
            in_range(local.date(), text)?;
            return Ok(zone.resolve_leniently(local));
        }
    }
    // RFC 3339 wants seconds; people leave them out.
    for form in ["%Y-%m-%dT%H:%M%#z", "%Y-%m-%d %H:%M%#z"] {
        let offset = text.replace('Z', "+00:00");
        if let Ok(at) = DateTime::parse_from_str(&offset, form) {
            in_range(at.date_naive(), text)?;
            return Ok(at.to_utc());
        }
    }
    Err(wrong(text))
}

fn in_range(date: NaiveDate, text: &str) -> Result<NaiveDate, Wrong> {
    if YEARS.contains(&date.year()) {
        return Ok(date);
    }
    let (first, last) = (YEARS.start(), YEARS.end());
    Err(Wrong::new(
        format!("`{text}` is too far from today"),
        format!("years go from {first} to {last}"),
    ))
}

fn wrong(text: &str) -> Wrong {
    Wrong::new(format!("`{text}` is not a date or time"), FORMS)
}
