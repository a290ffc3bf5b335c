//! The calendar and the feed, read by parsers that had no part in writing them: `icalendar` and
//! `calcard`, and `feed-rs`.

use crate::every_text::{quoted, record_of};
use crate::support::{Folder, at, docket, lines, noon, parse, posts, shipped};
use calcard::icalendar::{ICalendar, ICalendarComponentType, ICalendarProperty, ICalendarValue};
use chrono::{Datelike as _, Timelike as _};
use docket::domain::{Asked, Docket, Kind, Selection, States, Timestamp, Zone};
use docket::feed::{self, ENTRIES_MAX, Site};
use ical::recur::IcalRecurDateTime;
use ical::tree::cst::IcalCst;
use ical::tz::IcalTz;
use icalendar::{Component as _, EventLike};
use insta::assert_snapshot;
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use std::collections::HashSet;

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

#[test]
fn the_shipped_record_is_a_calendar() {
    let ran = docket("export ics --topic tiktok --as-of 2025-09-17");
    assert_eq!(ran.stderr, "");
    unfolded(&ran.stdout);
    assert_snapshot!(ran.stdout.replace("\r\n", "\n"));
}

#[test]
fn two_other_parsers_read_the_shipped_record_alike() {
    let docket = shipped();
    let site = Site::new("https://docket.example");
    let known = docket.as_of(noon());
    let text = feed::calendar(&known, &Selection::all(), Some(&site), noon());
    unfolded(&text);
    let events = by_icalendar(&text);
    assert_eq!(events, by_calcard(&text));
    let dated = known.deadlines().filter(|it| {
        it.chain()
            .positions()
            .iter()
            .any(|at| at.due.at().is_some())
    });
    let rounds: usize = known.negotiations().map(|talks| talks.rounds.len()).sum();
    let of_law = events
        .iter()
        .filter(|event| event.uid.contains(".law@"))
        .count();
    assert!(events.len() > 30);
    assert_eq!(events.len(), dated.count() + rounds + of_law);
    let uids: HashSet<_> = events.iter().map(|event| &event.uid).collect();
    assert_eq!(uids.len(), events.len(), "an identity is one event's");
    // What iCalendar asks for: properties, their number, their types and parameters.
    let tree = IcalCst::parse(&text).expect("a calendar");
    let document = tree.decode();
    if let Err(errors) = document.validate() {
        panic!("{errors:?}");
    }
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

/// A line for each day on which the event of an identity is looked at.
fn story(uid: &str, days: &[&str]) -> String {
    let docket = parse(STORY);
    let told = days.iter().map(|day| {
        let text = calendar(&docket, at(&format!("{day}T12:00:00Z")));
        assert_eq!(by_icalendar(&text), by_calcard(&text));
        format!("{day} {}\n", gist(&text, uid))
    });
    told.collect()
}

#[test]
fn one_event_is_moved_withdrawn_and_met_under_one_identity() {
    let days = [
        "2025-06-01",
        "2025-09-01",
        "2025-11-01",
        "2025-11-05",
        "2026-03-02",
        "2026-04-02",
        "2026-06-03",
    ];
    assert_snapshot!(story("truce@docket", &days), @r"
    2025-06-01 SEQUENCE:0 DTSTART;VALUE=DATE:20251231 SUMMARY:The truce ends: Q4 2025 (New York) STATUS:CONFIRMED
    2025-09-01 SEQUENCE:1 DTSTART;TZID=America/New_York:20251110T000100 SUMMARY:The truce ends STATUS:CONFIRMED
    2025-11-01 SEQUENCE:2 DTSTART;VALUE=DATE:20261110 SUMMARY:The truce ends STATUS:TENTATIVE
    2025-11-05 SEQUENCE:3 DTSTART;VALUE=DATE:20261110 SUMMARY:The truce ends STATUS:CONFIRMED
    2026-03-02 SEQUENCE:4 DTSTART;VALUE=DATE:20261110 SUMMARY:No date any more: The truce ends STATUS:CANCELLED
    2026-04-02 SEQUENCE:5 DTSTART;VALUE=DATE:20261201 SUMMARY:The truce ends STATUS:CONFIRMED
    2026-06-03 SEQUENCE:6 DTSTART;VALUE=DATE:20261201 SUMMARY:Met: The truce ends STATUS:CONFIRMED
    ");
}

#[test]
fn a_round_is_moved_and_called_off_under_one_identity() {
    let text = calendar(&parse(STORY), noon());
    let events = by_icalendar(&text);
    let round = events
        .iter()
        .find(|event| event.uid.starts_with("talks."))
        .expect("a round");
    let days = ["2025-09-02", "2025-09-06", "2025-09-13"];
    assert_snapshot!(story(&round.uid, &days), @r"
    2025-09-02 SEQUENCE:0 DTSTART;VALUE=DATE:20250914 SUMMARY:Madrid (round 1): Talks STATUS:CONFIRMED
    2025-09-06 SEQUENCE:1 DTSTART;TZID=Europe/Madrid:20250915T100000 SUMMARY:Madrid (round 1): Talks STATUS:CONFIRMED
    2025-09-13 SEQUENCE:2 DTSTART;TZID=Europe/Madrid:20250915T100000 SUMMARY:Cancelled: Madrid: Talks STATUS:CANCELLED
    ");
}

#[test]
fn the_law_keeps_an_event_of_its_own_while_another_date_is_only_reported() {
    let docket = parse(STORY);
    let text = calendar(&docket, at("2025-11-01T12:00:00Z"));
    assert_snapshot!(event(&text, "truce.law@docket"), @r"
    UID:truce.law@docket
    DTSTAMP:20251030T040000Z
    CREATED:20250512T040000Z
    LAST-MODIFIED:20251030T040000Z
    SEQUENCE:2
    DTSTART;TZID=America/New_York:20251110T000100
    SUMMARY:By law: The truce ends
    DESCRIPTION:Due 10 November 2026 (New York).\nStanding: reported.\nBy law the date is 12:01 a.m. EST on 10 November 2025 (New York): no signed move is on record.\nExtended once\; it was first due 12:01 a.m. EST on 10 November 2025 (New York).
    STATUS:CONFIRMED
    TRANSP:TRANSPARENT
    PRIORITY:5
    BEGIN:VALARM
    ACTION:DISPLAY
    DESCRIPTION:1d left: By law: The truce ends
    TRIGGER:-PT24H
    END:VALARM
    BEGIN:VALARM
    ACTION:DISPLAY
    DESCRIPTION:1h left: By law: The truce ends
    TRIGGER:-PT1H
    END:VALARM
    ");
    let reported = by_icalendar(&text)
        .into_iter()
        .find(|event| event.uid == "truce@docket");
    let reported = reported.expect("the reported date");
    assert_eq!(reported.status, "TENTATIVE");
    assert!(
        reported
            .description
            .contains("By law the date is 12:01 a.m. EST on 10 November 2025")
    );
    let signed = calendar(&docket, at("2025-11-05T12:00:00Z"));
    assert!(!signed.contains("truce.law@docket"));
}

#[test]
fn a_deadline_without_a_date_is_no_event_but_by_law() {
    let docket = parse(
        "zone = \"Asia/Tokyo\"\n\
         [[deadline]]\nid = \"never\"\ntitle = \"Never\"\ndue = \"tbd\"\n\
         [[deadline]]\nid = \"law\"\ntitle = \"Law\"\ndue = 2027-01-01\nstanding = \"signed\"\n\
         [[deadline.revision]]\ndue = \"tbd\"\nannounced = 2026-01-01\nstanding = \"reported\"\n",
    );
    let text = calendar(&docket, noon());
    let uids: Vec<_> = by_icalendar(&text)
        .into_iter()
        .map(|event| event.uid)
        .collect();
    assert_eq!(uids, ["law@docket"]);
    assert_snapshot!(gist(&text, "law@docket"), @"SEQUENCE:1 DTSTART;VALUE=DATE:20270101 SUMMARY:By law: Law STATUS:CONFIRMED");
}

#[test]
fn how_a_deadline_ended_says_whether_its_date_still_means_something() {
    let of = |result| {
        let docket = parse(&format!(
            "[[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = 2026-01-01\n\
             [deadline.outcome]\nresult = \"{result}\"\non = 2025-12-01\n"
        ));
        let text = calendar(&docket, noon());
        assert!(!text.contains("VALARM"), "what is over rings no bell");
        gist(&text, "a@docket")
    };
    let gists = ["met", "lapsed", "superseded", "moot", "withdrawn"]
        .map(of)
        .join("\n");
    assert_snapshot!(gists, @r"
    SEQUENCE:1 DTSTART;VALUE=DATE:20260101 SUMMARY:Met: A STATUS:CONFIRMED
    SEQUENCE:1 DTSTART;VALUE=DATE:20260101 SUMMARY:Lapsed: A STATUS:CONFIRMED
    SEQUENCE:1 DTSTART;VALUE=DATE:20260101 SUMMARY:Superseded: A STATUS:CANCELLED
    SEQUENCE:1 DTSTART;VALUE=DATE:20260101 SUMMARY:Moot: A STATUS:CANCELLED
    SEQUENCE:1 DTSTART;VALUE=DATE:20260101 SUMMARY:Withdrawn: A STATUS:CANCELLED
    ");
}

#[test]
fn the_text_changes_with_the_record_alone() {
    let docket = parse(STORY);
    // Before and after a due is reached, with nothing said in between.
    let (before, after) = (at("2025-11-09T00:00:00Z"), at("2025-12-24T00:00:00Z"));
    assert_eq!(calendar(&docket, before), calendar(&docket, after));
    assert_eq!(atom(&docket, before), atom(&docket, after));
    assert_ne!(calendar(&docket, before), calendar(&docket, noon()));
    assert_ne!(atom(&docket, before), atom(&docket, noon()));
}

/// The instants of the alarms of a minute's event, by its start and their triggers.
fn alarms(text: &str, start: Timestamp) -> Vec<Timestamp> {
    let calendar = ICalendar::parse(text).expect("calcard reads it");
    let triggers = calendar
        .components
        .iter()
        .filter_map(|part| part.property(&ICalendarProperty::Trigger));
    let mut instants: Vec<_> = triggers
        .map(|trigger| match &trigger.values[0] {
            ICalendarValue::Duration(before) => {
                start + before.to_time_delta().expect("a length of time")
            }
            other => panic!("{other:?}"),
        })
        .collect();
    instants.sort_unstable();
    instants
}

#[test]
fn alarms_sound_when_the_docket_posts_its_leads() {
    // Over the change to winter time, and with leads that fall before the announcement.
    let docket = parse(
        "zone = \"America/New_York\"\nremind = [\"30d\", \"8d\", \"1w\", \"1d12h\", \"90m\"]\n\
         [[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = 2025-11-05T00:01\nannounced = 2025-10-20\n",
    );
    let text = calendar(&docket, noon());
    let leads: Vec<_> = posts(docket, "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z")
        .into_iter()
        .filter(|post| post.kind == Kind::Lead)
        .collect();
    assert_eq!(lines(&leads).len(), 4);
    let leads: Vec<_> = leads.into_iter().map(|post| post.at).collect();
    assert_eq!(alarms(&text, at("2025-11-05T05:01:00Z")), leads);
    assert!(
        text.contains("TRIGGER:-PT193H\r\n"),
        "8 days and the hour of the clocks"
    );
}

#[test]
fn alarms_of_a_day_sound_at_the_time_of_day_of_leads() {
    let docket = parse(
        "remind_at = 09:00:00\nremind = [\"7d\", \"1w\", \"1d\", \"1h\"]\n\
         [[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = 2027-03-01\n\
         [[deadline]]\nid = \"b\"\ntitle = \"B\"\ndue = \"2027-03\"\n",
    );
    let text = calendar(&docket, noon());
    let of = |uid| {
        let event = event(&text, uid);
        let kept = event
            .lines()
            .filter(|line| line.contains("TRIGGER") || line.contains("left:"));
        kept.collect::<Vec<_>>().join("\n")
    };
    // A lead of days says nothing about a month: see `docs/configuration.md`.
    assert_eq!(of("b@docket"), "");
    assert_snapshot!(of("a@docket"), @r"
    DESCRIPTION:7d left: A
    TRIGGER:-P6DT15H
    DESCRIPTION:1d left: A
    TRIGGER:-PT15H
    ");
}

#[test]
fn of_two_instants_of_one_local_time_the_second_is_told_in_utc() {
    let of = |due: &str| {
        let docket = parse(&format!(
            "zone = \"America/New_York\"\n[[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = {due}\n"
        ));
        gist(&calendar(&docket, noon()), "a@docket")
    };
    let first = of("2026-11-01T01:30-04:00");
    assert!(
        first.contains("DTSTART;TZID=America/New_York:20261101T013000"),
        "{first}"
    );
    let second = of("2026-11-01T01:30-05:00");
    assert!(second.contains("DTSTART:20261101T063000Z"), "{second}");
}

/// The instant that a program finds for a local time by the definition in the calendar.
fn by_definition(text: &str, zone: Zone, at: Timestamp) -> Timestamp {
    let tree = IcalCst::parse(text).expect("a calendar");
    let document = tree.decode();
    let definition = IcalTz::of_calendar(&document, zone.name()).expect("its definition");
    let local = zone.local(at);
    let small = |number: u32| u8::try_from(number).expect("a part of a date or time");
    let local = IcalRecurDateTime {
        year: local.year(),
        month: small(local.month()),
        day: small(local.day()),
        hour: small(local.hour()),
        minute: small(local.minute()),
        second: small(local.second()),
    };
    let found = definition.resolve(local).literal_instant(local);
    Timestamp::from_timestamp(found, 0).expect("an instant")
}

#[test]
fn a_definition_of_a_zone_is_as_short_as_people_write_it() {
    let docket = parse(
        "[[deadline]]\nid = \"a\"\ntitle = \"A\"\nzone = \"America/New_York\"\n\
         due = 2025-11-10T00:01\n\
         [[deadline]]\nid = \"b\"\ntitle = \"B\"\nzone = \"America/New_York\"\n\
         due = 2027-01-01T00:01\n\
         [[deadline]]\nid = \"c\"\ntitle = \"C\"\nzone = \"Asia/Shanghai\"\n\
         due = 2025-11-10T00:01\n\
         [[deadline]]\nid = \"d\"\ntitle = \"D\"\nzone = \"Europe/Madrid\"\n\
         due = 2025-11-10T00:01\n",
    );
    let text = unfolded(&calendar(&docket, noon())).join("\n");
    let end = text.find("BEGIN:VEVENT").expect("an event");
    let begin = text.find("BEGIN:VTIMEZONE").expect("a zone");
    assert_snapshot!(text[begin..end].trim_end(), @r"
    BEGIN:VTIMEZONE
    TZID:America/New_York
    BEGIN:DAYLIGHT
    DTSTART:20240310T020000
    TZOFFSETFROM:-0500
    TZOFFSETTO:-0400
    TZNAME:EDT
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
    END:DAYLIGHT
    BEGIN:STANDARD
    DTSTART:20241103T020000
    TZOFFSETFROM:-0400
    TZOFFSETTO:-0500
    TZNAME:EST
    RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
    END:STANDARD
    END:VTIMEZONE
    BEGIN:VTIMEZONE
    TZID:Asia/Shanghai
    BEGIN:STANDARD
    DTSTART:20240101T000000
    TZOFFSETFROM:+0800
    TZOFFSETTO:+0800
    TZNAME:UTC+08:00
    END:STANDARD
    END:VTIMEZONE
    BEGIN:VTIMEZONE
    TZID:Europe/Madrid
    BEGIN:DAYLIGHT
    DTSTART:20240331T020000
    TZOFFSETFROM:+0100
    TZOFFSETTO:+0200
    TZNAME:CEST
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
    END:DAYLIGHT
    BEGIN:STANDARD
    DTSTART:20241027T030000
    TZOFFSETFROM:+0200
    TZOFFSETTO:+0100
    TZNAME:CET
    RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
    END:STANDARD
    END:VTIMEZONE
    ");
}

fn zones() -> impl Strategy<Value = Zone> {
    let names: Vec<_> = Zone::names().filter(|name| *name != "UTC").collect();
    prop::sample::select(names).prop_map(|name| Zone::parse(name).expect("a zone"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a zone did to its clocks, the definition leads back to the due. Of an hour that
    /// comes twice the second reading needs none.
    #[test]
    fn a_definition_leads_from_each_local_time_to_its_due(
        zone in zones(),
        minutes in prop::collection::vec(-1_500_000_i64..45_000_000, 1..5),
    ) {
        let dues: Vec<_> = minutes.iter().map(|minutes| {
            Timestamp::from_timestamp(1_599_999_960 + minutes * 60, 0).expect("an instant")
        }).collect();
        let record: String = dues.iter().enumerate().map(|(place, due)| format!(
            "[[deadline]]\nid = \"d{place}\"\ntitle = \"D\"\nzone = \"{}\"\ndue = {}\n",
            zone.name(), due.format("%Y-%m-%dT%H:%MZ"),
        )).collect();
        let text = calendar(&parse(&record), noon());
        for (place, due) in dues.iter().enumerate() {
            let gist = gist(&text, &format!("d{place}@docket"));
            if gist.contains("TZID=") {
                prop_assert_eq!(by_definition(&text, zone, *due), *due, "{}", gist);
            } else {
                let utc = due.format("DTSTART:%Y%m%dT%H%M%SZ").to_string();
                prop_assert!(gist.contains(&utc), "{}", gist);
            }
        }
    }
}

/// Texts that somebody may write into a record to break what reads it.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("\u{202e}\u{2066}RTL\u{200f}".to_owned()),
        Just("<script>alert(1)</script><!--]]>&amp;&#0;".to_owned()),
        Just("\\n\\N\\;\\,\\\\ END:VEVENT BEGIN:VALARM".to_owned()),
        Just("a;b:c,d\"e'f=g^h|".to_owned()),
        Just("👩‍👩‍👧‍👦🇺🇸é中文".to_owned()),
        Just("\u{2028}\u{2029}\u{feff}\u{a0}".to_owned()),
        Just("x".repeat(10_000)),
        Just("   ".to_owned()),
        Just("\u{fffe}\u{ffff}".to_owned()),
        any::<String>(),
    ];
    let text = prop::collection::vec(pieces, 1..4).prop_map(|pieces| pieces.concat());
    // A record has no control characters, and no empty text.
    text.prop_map(|text| text.chars().filter(|letter| !letter.is_control()).collect())
        .prop_filter("empty", |text: &String| !text.trim().is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_text_stays_whole_and_inert_in_the_calendar(text in hostile()) {
        let docket = parse(&record_of(|| quoted(&text)));
        let written = calendar(&docket, noon());
        let lines = unfolded(&written);
        prop_assert_eq!(lines.iter().filter(|line| *line == "BEGIN:VEVENT").count(), 3);
        let events = by_icalendar(&written);
        prop_assert_eq!(&events, &by_calcard(&written));
        let [deadline, ended, round] = events.as_slice() else { panic!("three events") };
        prop_assert_eq!(&deadline.summary, &text);
        let calendar: icalendar::Calendar = written.parse().expect("icalendar reads it");
        let topics = calendar.events().next().and_then(EventLike::get_categories);
        prop_assert_eq!(topics, Some(vec![text.clone()]));
        let said: Vec<_> = deadline.description.split('\n').collect();
        for line in [
            format!("By {text} (announced)."),
            text.clone(),
            format!("If it lapses: {text}"),
            format!("Decided by: {text}"),
            format!("Source: {text} <https://a.example/?a=1&b=<>"),
        ] {
            prop_assert!(said.contains(&line.as_str()), "{:?} lacks {:?}", said, line);
        }
        prop_assert_eq!(&ended.summary, &format!("Met: {text}"));
        prop_assert_eq!(&round.location, &format!("{text}, {text}"));
        prop_assert_eq!(&round.summary, &format!("{text} (round 1): {text}"));
        let agenda = format!("On the table: {text}.");
        prop_assert!(round.description.contains(&agenda));
    }

    #[test]
    fn hostile_text_stays_whole_and_inert_in_the_feed(text in hostile()) {
        let docket = parse(&record_of(|| quoted(&text)));
        let written = atom(&docket, noon());
        let read = feed_rs::parser::parse(written.as_bytes()).expect("feed-rs reads it");
        // XML has no place for these two.
        let text = text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
        prop_assert_eq!(read.entries.len(), 9);
        let added = read.entries.last().expect("the first change");
        let title = added.title.as_ref().expect("a title");
        // feed-rs takes the white space from the ends of a title.
        let told = format!("New deadline: {text}");
        prop_assert_eq!(&title.content, told.trim());
        let body = added.content.as_ref().and_then(|it| it.body.as_ref()).expect("a body");
        let said: Vec<_> = body.split("</p>").map(|line| {
            let line = line.trim_start_matches("<p>");
            quick_xml::escape::unescape(line).expect("well-formed").into_owned()
        }).collect();
        let line = format!("If it lapses: {text}");
        prop_assert!(said.contains(&line), "{:?} lacks {:?}", said, line);
        let is_markup = |tag: &str| tag.starts_with("p>") || tag.starts_with("/p>")
            || tag.starts_with("a href=\"https://a.example/?a=1&amp;b=&lt;\">") || tag.starts_with("/a>");
        prop_assert!(body.split('<').skip(1).all(is_markup), "{}", body);
    }
}

#[test]
fn the_shipped_record_is_a_feed() {
    let docket = shipped();
    let now = at("2025-09-17T12:00:00Z");
    let known = docket.as_of(now);
    let asked = Asked {
        topics: vec!["tiktok".to_owned()],
        ..Asked::default()
    };
    let selection = Selection::of(&known, asked, States::All).expect("a topic");
    let site = Site::new("https://docket.example/");
    let text = feed::atom(&known, &selection, Some(&site), now);
    let end = text
        .match_indices("</entry>")
        .nth(1)
        .expect("two entries")
        .0;
    assert_snapshot!(&text[..end]);
}

#[test]
fn another_parser_reads_the_feed_of_the_shipped_record() {
    let docket = shipped();
    let read = feed_rs::parser::parse(atom(&docket, noon()).as_bytes()).expect("feed-rs reads it");
    assert!(read.entries.len() > 80);
    let ids: HashSet<_> = read.entries.iter().map(|entry| &entry.id).collect();
    assert_eq!(ids.len(), read.entries.len(), "an identity is one entry's");
    let times: Vec<_> = read.entries.iter().map(|entry| entry.updated).collect();
    assert!(
        times.windows(2).all(|pair| pair[0] >= pair[1]),
        "newest first"
    );
    assert_eq!(read.updated, times[0]);
    assert!(times[0].is_some_and(|at| at <= noon()));
}

/// Each entry of a feed without its place: identity, time, title and text.
fn entries(text: &str) -> Vec<String> {
    let entries = text.split("<entry>").skip(1);
    entries
        .map(|entry| {
            entry
                .split("</entry>")
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

#[test]
fn an_entry_stays_what_it_was() {
    let docket = parse(STORY);
    let then = entries(&atom(&docket, at("2025-11-05T12:00:00Z")));
    let now = entries(&atom(&docket, noon()));
    assert_eq!(then.len(), 7);
    assert_eq!(now.len(), 10);
    assert_eq!(now[3..], then[..]);
}

#[test]
fn identities_do_not_depend_on_the_host_nor_on_what_is_asked_for() {
    let docket = parse(STORY);
    let ids = |text: &str| {
        let read = feed_rs::parser::parse(text.as_bytes()).expect("a feed");
        read.entries
            .into_iter()
            .map(|entry| entry.id)
            .collect::<Vec<_>>()
    };
    let uids = |text: &str| -> Vec<_> {
        by_icalendar(text)
            .into_iter()
            .map(|event| event.uid)
            .collect()
    };
    let site = Site::new("https://docket.example");
    let open = Asked {
        state: Some("met".to_owned()),
        ..Asked::default()
    };
    let open = Selection::of(&docket, open, States::All).expect("a state");
    let all = Selection::all();
    let atom = |selection, site| ids(&feed::atom(&docket, selection, site, noon()));
    assert_eq!(atom(&all, None), atom(&all, Some(&site)));
    assert!(
        atom(&open, None)
            .iter()
            .all(|id| atom(&all, None).contains(id))
    );
    assert_eq!(atom(&open, None).len(), 7);
    let calendar = |site| uids(&feed::calendar(&docket, &all, site, noon()));
    assert_eq!(calendar(None), calendar(Some(&site)));
    assert_snapshot!(atom(&all, None).last().expect("an entry"), @"urn:uuid:e1d9130e-db23-8674-874a-bf31025c6229");
}

#[test]
fn a_feed_has_the_latest_changes_and_no_more() {
    let event = |nth: usize| {
        let (month, day) = (nth / 28 + 1, nth % 28 + 1);
        format!("[[event]]\nid = \"e{nth}\"\ntitle = \"E{nth}\"\ndate = 2025-{month:02}-{day:02}\n")
    };
    let record: String = (0..=ENTRIES_MAX).map(event).collect();
    let read = feed_rs::parser::parse(atom(&parse(&record), noon()).as_bytes()).expect("a feed");
    assert_eq!(read.entries.len(), ENTRIES_MAX);
    let title = |entry: &feed_rs::model::Entry| entry.title.as_ref().map(|it| it.content.clone());
    assert_eq!(
        read.entries.first().and_then(title).as_deref(),
        Some("E100")
    );
    assert_eq!(read.entries.last().and_then(title).as_deref(), Some("E1"));
}

#[test]
fn a_feed_without_entries_is_one() {
    let docket = parse("[[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = 2027-01-01\n");
    let read = feed_rs::parser::parse(atom(&docket, noon()).as_bytes()).expect("a feed");
    assert!(read.entries.is_empty());
    assert_eq!(read.updated, Some(Timestamp::UNIX_EPOCH));
}

#[test]
fn the_filters_of_the_list_choose_what_is_in_the_calendar() {
    let docket = parse(
        "[[party]]\nid = \"us\"\nname = \"US\"\n\
         [[deadline]]\nid = \"near\"\ntitle = \"N\"\ndue = 2026-12-01\ntopics = [\"a b\"]\n\
         [[deadline]]\nid = \"far\"\ntitle = \"F\"\ndue = 2027-12-01\nparties = [\"us\"]\n\
         [[deadline]]\nid = \"passed\"\ntitle = \"P\"\ndue = 2026-11-01\n\
         [[deadline]]\nid = \"met\"\ntitle = \"M\"\ndue = 2026-12-01\n\
         outcome = { result = \"met\", on = 2026-11-01 }\n\
         [[negotiation]]\nid = \"talks\"\ntitle = \"T\"\nparties = [\"us\"]\n\
         [[negotiation.round]]\nname = \"Soon\"\nstarts = 2026-11-30\nannounced = 2026-11-01\n\
         [[negotiation.round]]\nname = \"Later\"\nstarts = 2027-11-30\nannounced = 2026-11-01\n",
    );
    let of = |query: &str| {
        let mut asked = Asked::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').expect("a pair");
            let value = value.to_owned();
            match key {
                "topic" => asked.topics.push(value),
                "party" => asked.parties.push(value),
                "state" => asked.state = Some(value),
                _ => asked.within = Some(value),
            }
        }
        let selection = Selection::of(&docket, asked, States::All).expect("it makes sense");
        let text = feed::calendar(&docket, &selection, None, noon());
        let uids = by_icalendar(&text).into_iter().map(|event| {
            let name = event.uid.split(['.', '@']).next();
            name.unwrap_or_default().to_owned()
        });
        uids.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of(""), "near far passed met talks talks");
    assert_eq!(of("topic=a b"), "near");
    assert_eq!(of("party=us"), "far talks talks");
    assert_eq!(of("state=all"), "near far passed met talks talks");
    assert_eq!(of("state=met"), "met");
    assert_eq!(of("within=30d"), "near passed talks");
    assert_eq!(of("within=0d"), "passed");
    assert_eq!(of("within=30d&party=us"), "talks");
}

#[test]
fn addresses_carry_what_is_asked_for() {
    let asked = Asked {
        topics: vec!["a b&c".to_owned(), "é".to_owned()],
        parties: vec!["us".to_owned()],
        state: Some("all".to_owned()),
        within: Some("30d".to_owned()),
    };
    let site = Site::new("https://docket.example/sub/");
    assert_snapshot!(site.webcal(&format!("/calendar.ics{}", asked.query())), @"webcal://docket.example/sub/calendar.ics?topic=a%20b%26c&topic=%C3%A9&party=us&state=all&within=30d");
    assert_snapshot!(site.feed(&Asked::default()), @"https://docket.example/sub/feed.atom");
    let docket = parse(STORY);
    let text = feed::calendar(&docket, &Selection::all(), Some(&site), noon());
    let urls: HashSet<_> = by_icalendar(&text)
        .into_iter()
        .map(|event| event.url)
        .collect();
    let expected = ["deadlines/truce", "talks/talks"];
    assert_eq!(
        urls,
        expected
            .map(|page| format!("https://docket.example/sub/{page}"))
            .into()
    );
}

#[test]
fn an_exported_calendar_links_to_the_page_where_there_is_one() {
    let folder = Folder::new();
    folder.write("deadlines.toml", STORY);
    let urls = |flags: &str| -> HashSet<_> {
        let ran = folder.docket(&format!("export ics {flags}"));
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
        let events = by_icalendar(&ran.stdout).into_iter();
        events.map(|event| event.url).collect()
    };
    let linked = ["deadlines/truce", "talks/talks"];
    let linked = linked.map(|page| format!("https://example.org/docket/{page}"));
    assert_eq!(
        urls("--public-url https://example.org/docket"),
        linked.into()
    );
    // Without one there is nothing to link to: the sources stand in the text.
    assert_eq!(urls(""), [String::new()].into());
    assert_eq!(urls("--public-url="), [String::new()].into());
}

#[test]
fn an_address_that_nobody_can_go_to_is_refused_with_what_one_looks_like() {
    for wrong in [
        "docket.example",
        "ftp://docket.example",
        "https://",
        "https:///docket",
        "https://:8080",
        "https://docket.example/?a=b",
        "https://docket.example/#top",
        "https://user@docket.example",
        "https://docket.example//docket",
        "https://docket.example/a\"b",
    ] {
        let mut command = crate::support::command();
        let ran = command.arg("list").env("DOCKET_PUBLIC_URL", wrong).output();
        let ran = ran.expect("it runs");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{wrong}: {said}");
        assert!(said.contains("--public-url"), "{said}");
        assert!(said.contains("`https://example.org/docket`"), "{said}");
    }
    for right in [
        "https://docket.example",
        "http://127.0.0.1:8080/",
        "http://[::1]:8080/docket/",
        "https://example.org/a/b%20c",
    ] {
        assert!(Site::parse(right).is_ok(), "{right}");
    }
}

#[test]
fn the_command_writes_a_file_and_refuses_what_is_not_there() {
    let folder = Folder::new();
    folder.write("deadlines.toml", STORY);
    let ran = folder.docket("export ics -o docket.ics");
    assert_eq!(ran.whole(), "status 0\n");
    let text = std::fs::read_to_string(folder.path("docket.ics")).expect("the file");
    assert_eq!(by_icalendar(&text).len(), 2);
    let ran = folder.docket("export ics --topic tariffs");
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("no item has the topic `tariffs`"));
    let ran = folder.docket("export ics --rows 3");
    assert!(ran.stderr.contains("`--rows` is for svg and png only"));
}
