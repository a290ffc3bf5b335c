//! Dates and times on the command line.

use super::Failure;
use super::context::Context;
use crate::domain::{Id, Timestamp, Zone, words};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use clap::Args;

/// The flag of the commands that can look back.
#[derive(Args, Debug)]
pub(super) struct AsOf {
    /// Show what was known at that date or time; a date means its last instant
    #[arg(long = "as-of", value_name = "T")]
    as_of: Option<String>,
}

impl AsOf {
    /// The moment asked for in a docket's zone, or now.
    pub(super) fn moment(&self, context: &Context, zone: Zone) -> Result<Timestamp, Failure> {
        self.as_of
            .as_deref()
            .map_or(Ok(context.now), |text| last(text, zone))
    }

    /// Why there is no answer about an item that was not known at `now`.
    pub(super) fn not_known(&self, id: &Id, now: Timestamp, zone: Zone) -> Failure {
        let then = words::instant(now, zone);
        let help = if self.as_of.is_some() {
            "leave `--as-of` out, or take a later moment"
        } else {
            "it becomes known later: `--as-of` shows what will be known then"
        };
        Failure::problem(format!("`{id}` was not known at {then}")).help(help)
    }
}

/// The last instant of a date in the docket's zone, or a date-time itself.
pub(super) fn last(text: &str, zone: Zone) -> Result<Timestamp, Failure> {
    match text.parse::<NaiveDate>() {
        Ok(date) => Ok(zone.last_of(in_range(date, text)?)),
        Err(_) => date_time(text, zone),
    }
}

/// The first instant of a date in the docket's zone, or a date-time itself.
pub(super) fn first(text: &str, zone: Zone) -> Result<Timestamp, Failure> {
    match text.parse::<NaiveDate>() {
        Ok(date) => Ok(zone.start_of(in_range(date, text)?)),
        Err(_) => date_time(text, zone),
    }
}

fn date_time(text: &str, zone: Zone) -> Result<Timestamp, Failure> {
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

fn in_range(date: NaiveDate, text: &str) -> Result<NaiveDate, Failure> {
    use chrono::Datelike as _;
    if (1700..=2999).contains(&date.year()) {
        Ok(date)
    } else {
        Err(wrong(text))
    }
}

fn wrong(text: &str) -> Failure {
    Failure::usage(format!("`{text}` is not a date or time")).help(
        "write a date (`2025-09-14`), a time in the docket's zone (`2025-09-14T12:00`), or one \
         with its offset (`2025-09-14T12:00-04:00`, `2025-09-14T16:00Z`)",
    )
}
