//! The definitions of zones in the calendar.

use super::{calendar, gist, unfolded};
use crate::support::{noon, parse};
use chrono::{Datelike as _, Timelike as _};
use docket::domain::{Timestamp, Zone};
use ical::recur::IcalRecurDateTime;
use ical::tree::cst::IcalCst;
use ical::tz::IcalTz;
use insta::assert_snapshot;
use proptest::prelude::{ProptestConfig, Strategy, prop, prop_assert, prop_assert_eq, proptest};

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
