//! What is in the calendar, and what becomes of an event when its date does.

use super::{STORY, atom, by_calcard, by_icalendar, calendar, event, gist, unfolded};
use crate::support::{at, docket, lines, noon, parse, posts, shipped};
use calcard::icalendar::{ICalendar, ICalendarProperty, ICalendarValue};
use docket::domain::{Kind, Selection, Timestamp};
use docket::feed::{self, Links};
use ical::tree::cst::IcalCst;
use insta::assert_snapshot;
use std::collections::HashSet;

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
    let links = Links::new("https://docket.example");
    let known = docket.as_of(noon());
    let text = feed::calendar(&known, &Selection::all(), Some(&links), noon());
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
    DESCRIPTION:By law the date is 12:01 a.m. EST on 10 November 2025 (New York): no signed move is on record.\nBy Order 1 (published).\nA move to 10 November 2026 (New York) is reported\, not signed.\nExtended once\; it was first due 12:01 a.m. EST on 10 November 2025 (New York).
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
    let event = event(&text, "law@docket");
    let below = event.lines().find(|line| line.starts_with("DESCRIPTION:"));
    assert_snapshot!(below.expect("a text"), @r"DESCRIPTION:By law the date is 1 January 2027 (Tokyo): no signed move is on record.\nStanding: signed.\nThat the date is withdrawn is reported\, not signed.");
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
