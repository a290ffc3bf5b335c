//! Phrases that posts, the calendar and the feed share, each worded once.
//!
//! Numbers and dates are worded in `words`; what a post as a whole says is `notice`'s.

use super::deadline::{Source, Standing};
use super::docket::Docket;
use super::due::Due;
use super::negotiation::{Level, Round};
use super::when::When;
use super::words;
use super::zone::{Timestamp, Zone};
use chrono::{Datelike as _, NaiveDate};

/// `By Executive Order 14166 (published).`: what set a due, and how official it is.
pub fn set_by(instrument: Option<&str>, standing: Standing) -> String {
    match instrument {
        Some(instrument) => format!("By {instrument} ({standing})."),
        None => format!("Standing: {standing}."),
    }
}

/// `by law still 10 November 2026 (New York)`: the due that is the law, on a line with one that is
/// only talked about.
pub fn by_law(law: &Due, now: Timestamp) -> String {
    let has_passed = law.at().is_some_and(|at| at <= now);
    let lead = if has_passed {
        "by law it fell due"
    } else {
        "by law still"
    };
    format!("{lead} {}", law.text())
}

/// `A move to 10 January 2027 (New York) is announced, not signed.`: of the due that is only talked
/// about, below the one that is the law.
pub fn unsigned_move(to: &Due, standing: Standing) -> String {
    match to.at() {
        Some(_) => format!("A move to {} is {standing}, not signed.", to.text()),
        None => format!("That the date is withdrawn is {standing}, not signed."),
    }
}

/// `17 September 2025`, or the instant where an hour is written.
pub fn when(when: &When, zone: Zone) -> String {
    if when.is_day() {
        words::date(when.date())
    } else {
        words::instant(when.start(), zone)
    }
}

/// `on 17 September 2025`, or the instant where an hour is written.
pub fn on(date: &When, zone: Zone) -> String {
    if date.is_day() {
        format!("on {}", words::date(date.date()))
    } else {
        when(date, zone)
    }
}

/// The text with its first letter as a capital.
pub fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// `Source: 90 FR 8611 <https://…>`: where a fact can be checked, in a line.
pub fn cite(source: &Source) -> String {
    match &source.url {
        Some(url) => format!("Source: {} <{url}>", source.title),
        None => format!("Source: {}", source.title),
    }
}

/// `Madrid (round 4)`, `Busan summit`: what a round is called.
pub fn round(round: &Round, number: Option<usize>) -> String {
    match (round.level, number) {
        (Level::Talks, Some(number)) => format!("{} (round {number})", round.name),
        (Level::Talks, None) => round.name.clone(),
        (Level::Summit, _) => format!("{} summit", round.name),
        (Level::Call, _) => format!("{} call", round.name),
    }
}

/// `Madrid, Spain`: where a round is held, as far as that is known.
pub fn place(round: &Round) -> Option<String> {
    let place: Vec<_> = [&round.city, &round.country]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    (!place.is_empty()).then(|| place.join(", "))
}

/// Who comes to a round for whom, and what is on the table: a line each, where it is known.
pub fn table(docket: &Docket, round: &Round) -> Vec<String> {
    let who = round.delegates.iter().map(|delegation| {
        let party = docket.party(&delegation.party);
        let name = party.map_or(delegation.party.as_str(), |party| party.name.as_str());
        format!("{name}: {}", words::list(&delegation.names))
    });
    let who: Vec<_> = who.collect();
    let who = (!who.is_empty()).then(|| format!("{}.", who.join("; ")));
    let agenda = words::list(&round.agenda);
    let agenda = (!agenda.is_empty()).then(|| format!("On the table: {agenda}."));
    who.into_iter().chain(agenda).collect()
}

/// `14 to 17 September 2025`, as short as it can be said.
pub fn days(starts: &When, ends: Option<&When>, zone: Zone) -> String {
    let first = when(starts, zone);
    let Some(ends) = ends.filter(|ends| ends.date() != starts.date()) else {
        return first;
    };
    let last = when(ends, zone);
    let month = |date: NaiveDate| (date.year(), date.month());
    if month(starts.date()) == month(ends.date()) && starts.is_day() && ends.is_day() {
        return format!("{} to {last}", starts.date().day());
    }
    format!("{first} to {last}")
}

/// `76 days later than first set`: how far a deadline has slipped, if it has.
pub fn slip(slipped_days: Option<i64>) -> Option<String> {
    let days = slipped_days.filter(|days| *days != 0)?;
    let way = if days > 0 { "later" } else { "earlier" };
    Some(format!("{} {way} than first set", words::days(days.abs())))
}
