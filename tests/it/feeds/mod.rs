//! The calendar and the feed, read by parsers that had no part in writing them: `icalendar` and
//! `calcard`, and `feed-rs`.

mod atom;
mod calendar;
mod export;
mod hostile;
mod zones;

use calcard::icalendar::{ICalendar, ICalendarComponentType, ICalendarProperty};
use docket::domain::{Docket, Selection, Timestamp};
use docket::feed::{self};
use icalendar::{Component as _, EventLike as _};

/// An event as both parsers of calendars read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Event {
    uid: String,
    sequence: i64,
    status: String,
    summary: String,
    description: String,
    location: String,
    categories: Vec<String>,
    url: String,
}

/// Topics without white space: `calcard` takes it from the ends of list entries and from folds.
fn spaceless(topics: &[String]) -> Vec<String> {
    let spaceless = |topic: &String| topic.split_whitespace().collect();
    topics.iter().map(spaceless).collect()
}

/// The events as `icalendar` reads them.
#[track_caller]
fn by_icalendar(text: &str) -> Vec<Event> {
    let calendar: icalendar::Calendar = text.parse().expect("icalendar reads it");
    let events = calendar.events().map(|event| {
        let value = |key| event.property_value(key).unwrap_or_default().to_owned();
        Event {
            uid: value("UID"),
            sequence: value("SEQUENCE").parse().expect("a number"),
            status: value("STATUS"),
            summary: event.get_summary().unwrap_or_default().to_owned(),
            description: event.get_description().unwrap_or_default().to_owned(),
            location: event.get_location().unwrap_or_default().to_owned(),
            categories: spaceless(&event.get_categories().unwrap_or_default()),
            url: event.get_url().unwrap_or_default().to_owned(),
        }
    });
    events.collect()
}

/// The events as `calcard` reads them.
#[track_caller]
fn by_calcard(text: &str) -> Vec<Event> {
    let calendar = ICalendar::parse(text).expect("calcard reads it");
    let is_event = |kind: &ICalendarComponentType| *kind == ICalendarComponentType::VEvent;
    let components = calendar.components.iter();
    let events = components.filter(|it| is_event(&it.component_type));
    let events = events.map(|event| {
        let texts = |property| -> Vec<String> {
            let values = event
                .property(&property)
                .into_iter()
                .flat_map(|it| &it.values);
            values
                .filter_map(|value| value.as_text())
                .map(str::to_owned)
                .collect()
        };
        let text = |property| texts(property).concat();
        let sequence = event
            .property(&ICalendarProperty::Sequence)
            .expect("a sequence");
        Event {
            uid: text(ICalendarProperty::Uid),
            sequence: sequence.values[0].as_integer().expect("a number"),
            status: text(ICalendarProperty::Status),
            summary: text(ICalendarProperty::Summary),
            description: text(ICalendarProperty::Description),
            location: text(ICalendarProperty::Location),
            categories: spaceless(&texts(ICalendarProperty::Categories)),
            url: text(ICalendarProperty::Url),
        }
    });
    events.collect()
}

/// The calendar of all that a docket knows at a moment.
fn calendar(docket: &Docket, now: Timestamp) -> String {
    feed::calendar(&docket.as_of(now), &Selection::all(), None, now)
}

/// The feed of all that a docket knows at a moment.
fn atom(docket: &Docket, now: Timestamp) -> String {
    feed::atom(&docket.as_of(now), &Selection::all(), None, now)
}

/// The logical lines of a calendar, after a look at how they are laid out.
#[track_caller]
fn unfolded(text: &str) -> Vec<String> {
    assert!(text.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(
        text.matches('\n').count(),
        text.matches("\r\n").count(),
        "each line ends in CRLF"
    );
    let long = text.split("\r\n").find(|line| line.len() > 75);
    assert_eq!(long, None, "a line is at most 75 octets");
    let whole = text.replace("\r\n ", "");
    whole.lines().map(str::to_owned).collect()
}

/// The lines of the event of that identity.
#[track_caller]
fn event(text: &str, uid: &str) -> String {
    let lines = unfolded(text).join("\n");
    let events = lines.split("BEGIN:VEVENT\n").skip(1);
    let mut found = events.filter(|event| event.starts_with(&format!("UID:{uid}\n")));
    let event = found
        .next()
        .unwrap_or_else(|| panic!("no {uid} in\n{lines}"));
    assert!(found.next().is_none(), "{uid} is there twice");
    event
        .split("END:VEVENT")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// `SEQUENCE`, `STATUS`, when it starts, and the title: what a program makes of an update.
#[track_caller]
fn gist(text: &str, uid: &str) -> String {
    let event = event(text, uid);
    let kept = event.lines().filter(|line| {
        ["SEQUENCE", "DTSTART", "STATUS", "SUMMARY"]
            .iter()
            .any(|name| line.starts_with(name))
    });
    kept.collect::<Vec<_>>().join(" ")
}

/// A deadline and a round to which everything happens.
const STORY: &str = r#"
zone = "America/New_York"
remind = ["1d", "1h"]

[[deadline]]
id = "truce"
title = "The truce ends"
due = "2025-Q4"
announced = 2025-05-12
standing = "published"

[[deadline.revision]]
due = 2025-11-10T00:01
announced = 2025-08-11
instrument = "Order 1"
standing = "published"

[[deadline.revision]]
due = 2026-11-10
announced = 2025-10-30
standing = "reported"

[[deadline.revision]]
due = 2026-11-10
announced = 2025-11-04
instrument = "Order 2"
standing = "signed"

[[deadline.revision]]
due = "tbd"
announced = 2026-03-01
standing = "signed"

[[deadline.revision]]
due = 2026-12-01
announced = 2026-04-01
standing = "signed"

[deadline.outcome]
result = "met"
on = 2026-06-01
note = "A treaty."

[[negotiation]]
id = "talks"
title = "Talks"

[[negotiation.round]]
name = "Madrid"
city = "Madrid"
country = "Spain"
zone = "Europe/Madrid"
starts = 2025-09-14
ends = 2025-09-17
announced = 2025-09-01
cancelled = 2025-09-12

[[negotiation.round.revision]]
starts = 2025-09-15T10:00
announced = 2025-09-05
"#;
