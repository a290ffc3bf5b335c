//! What people write into options that have a form: leads, overviews, quiet hours, languages.

use crate::discord::words::problem::{Problem, quoted};
use crate::domain::{Digest, Duration, Quiet, Zone};
use chrono::{NaiveTime, Weekday};

/// The most leads of one subscription.
const LEADS_MAX: usize = 12;

/// One length of time: `1d`.
pub(super) fn lead(text: &str) -> Result<Duration, Problem> {
    text.parse()
        .or_else(|_| spelled(text).parse())
        .map_err(|_| wrong_lead(text))
}

/// `1 week` as `1w`.
fn spelled(text: &str) -> String {
    let text: String = text.to_lowercase().split_whitespace().collect();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at(digits);
    let unit = match unit.trim_end_matches('s') {
        "year" => "y",
        "month" => "mo",
        "week" => "w",
        "day" => "d",
        "hour" => "h",
        "minute" => "m",
        _ => unit,
    };
    format!("{count}{unit}")
}

/// Several, with commas or blanks between, each once: `7d, 1d`.
pub(super) fn leads(text: &str) -> Result<Vec<Duration>, Problem> {
    let mut leads: Vec<Duration> = Vec::new();
    for part in names(text) {
        // `7d 1d` are two, `1 week` is one.
        let parts = part.split_whitespace().map(|it| it.parse().ok());
        let found = match parts.collect::<Option<Vec<_>>>() {
            Some(all) => all,
            None => vec![lead(&part)?],
        };
        for lead in found {
            if !leads.contains(&lead) {
                leads.push(lead);
            }
        }
    }
    if leads.is_empty() {
        return Err(wrong_lead(text));
    }
    if leads.len() > LEADS_MAX {
        return Err(Problem::new(
            format!("{} leads are too many.", leads.len()),
            format!("Name at most {LEADS_MAX}: `30d, 7d, 1d, 1h` suits most."),
        ));
    }
    // The longest first, as they will come.
    leads.sort_by_key(|lead| std::cmp::Reverse(lead.length()));
    Ok(leads)
}

fn wrong_lead(text: &str) -> Problem {
    Problem::new(
        format!("{} is not a length of time.", quoted(text)),
        "Write `1d`, `3h` or `2w`; several with commas between: `7d, 1d, 1h`.",
    )
}

/// The names between commas.
pub(super) fn names(text: &str) -> Vec<String> {
    let names = text.split([',', ';', '，', '、']).map(str::trim);
    names
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

/// When an overview comes: `monday 09:00`, `daily 09:00`; none for `off`.
pub(super) fn digest(text: &str) -> Result<Option<Digest>, Problem> {
    let lower = text.to_lowercase();
    if is_off(&lower) {
        return Ok(None);
    }
    let words: Vec<_> = lower
        .split_whitespace()
        .filter(|word| *word != "every")
        .collect();
    let read = || {
        let (day, at) = match words.as_slice() {
            [day] => (*day, NaiveTime::from_hms_opt(9, 0, 0)?),
            [day, at] => (*day, time(at)?),
            _ => return None,
        };
        let every = match day {
            "daily" | "day" => None,
            // `mondays`
            _ => Some(
                day.trim_end_matches('s')
                    .parse::<Weekday>()
                    .or_else(|_| day.parse())
                    .ok()?,
            ),
        };
        Some(Digest { every, at })
    };
    read().map(Some).ok_or_else(|| {
        Problem::new(
            format!("{} does not say when the overview comes.", quoted(text)),
            "Write `monday 09:00`, `daily 09:00` or `off`. The hour is that of the channel's zone.",
        )
    })
}

/// When nothing is posted that can wait: `22:00-07:00`; none for `off`.
pub(super) fn quiet(text: &str) -> Result<Option<Quiet>, Problem> {
    if is_off(&text.to_lowercase()) {
        return Ok(None);
    }
    let read = || {
        let (from, to) = text.split_once(['-', '–'])?;
        let (from, to) = (time(from.trim())?, time(to.trim())?);
        (from != to).then_some(Quiet { from, to })
    };
    read().map(Some).ok_or_else(|| {
        Problem::new(
            format!("{} are no quiet hours.", quoted(text)),
            "Write them as `22:00-07:00`, or `off`. The hours are those of the channel's zone.",
        )
    })
}

/// A zone, or which one was probably meant.
pub(super) fn zone(text: &str) -> Result<Zone, Problem> {
    Zone::parse(text).map_err(|error| {
        let help = match error.meant {
            Some(name) => format!("Did you mean `{name}`?"),
            None => "Write Area/City, such as `Europe/Madrid`: proposals come up as you type."
                .to_owned(),
        };
        Problem::new(format!("{} is not a zone.", quoted(text)), help)
    })
}

/// A tag of BCP 47.
pub(super) fn language(text: &str) -> Result<String, Problem> {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let is_tag = (2..=3).contains(&first.len())
        && first.bytes().all(|it| it.is_ascii_alphabetic())
        && parts.all(|it| {
            (2..=8).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_alphanumeric())
        });
    if is_tag {
        Ok(text.to_owned())
    } else {
        Err(Problem::new(
            format!("{} is not a language tag.", quoted(text)),
            "Write a tag such as `en`, `es` or `zh-CN`.",
        ))
    }
}

fn is_off(text: &str) -> bool {
    matches!(text.trim(), "off" | "none" | "no" | "never")
}

fn time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}
