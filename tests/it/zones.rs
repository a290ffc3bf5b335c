//! Every zone of the tz database over its transitions of 2024 to 2037.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta};
use docket::domain::{Local, Timestamp, Zone};

fn zones() -> impl Iterator<Item = Zone> {
    Zone::names().map(|name| Zone::parse(name).expect("a name of a zone is one"))
}

/// The instants at which the offset of a zone changes, to the minute.
fn transitions(zone: Zone) -> Vec<Timestamp> {
    let start: Timestamp = "2024-01-01T00:00:00Z".parse().expect("an instant");
    let days = 365 * 14 + 4;
    let mut found = Vec::new();
    for day in 0..days {
        let (mut before, mut after) = (
            start + TimeDelta::days(day),
            start + TimeDelta::days(day + 1),
        );
        if zone.offset(before) == zone.offset(after) {
            continue;
        }
        let old = zone.offset(before);
        while after - before > TimeDelta::minutes(1) {
            let middle = before + (after - before) / 2;
            let middle = middle - TimeDelta::seconds(middle.timestamp() % 60);
            if zone.offset(middle) == old {
                before = middle;
            } else {
                after = middle;
            }
        }
        found.push(after);
    }
    found
}

#[test]
fn around_each_transition_a_local_time_gives_one_instant_or_a_named_error() {
    let mut seen = 0;
    for zone in zones() {
        for transition in transitions(zone) {
            seen += 1;
            for minutes in (-150..=150).step_by(10) {
                let local = zone.local(transition) + TimeDelta::minutes(minutes);
                check(zone, local);
            }
        }
    }
    // Two a year in each zone with summer time: if none were found, nothing was tested.
    assert!(seen > 2_000, "only {seen} transitions");
}

/// Counts the instants that bear a local time the slow way, and compares.
fn check(zone: Zone, local: NaiveDateTime) {
    let bearers: Vec<Timestamp> = (-16 * 60..=16 * 60)
        .step_by(15)
        .map(|offset| local.and_utc() - TimeDelta::minutes(offset))
        .filter(|at| zone.local(*at) == local)
        .collect();
    match zone.resolve(local) {
        Local::One(at) => assert_eq!(bearers, [at], "{zone:?} {local}"),
        Local::Gap(jump) => {
            assert!(bearers.is_empty(), "{zone:?} {local}");
            assert!(jump.after.local_minus_utc() > jump.before.local_minus_utc());
            assert_eq!(
                zone.local(jump.read_before),
                local + (jump.read_before - jump.read_after)
            );
        }
        Local::Overlap(jump) => {
            assert_eq!(bearers.len(), 2, "{zone:?} {local}");
            assert!(bearers.contains(&jump.read_before) && bearers.contains(&jump.read_after));
            assert!(jump.read_before < jump.read_after);
        }
    }
}

#[test]
fn each_date_begins_and_ends_where_the_instants_that_bear_it_do() {
    for zone in zones() {
        for transition in transitions(zone) {
            let day = zone.date(transition);
            for date in [day - Days::new(1), day, day + Days::new(1)] {
                let (start, end) = (zone.start_of(date), zone.end_of(date));
                assert!(zone.bears(date), "{zone:?} {date}");
                assert_eq!(
                    zone.date(start),
                    date,
                    "{zone:?}: the first instant of {date}"
                );
                assert_ne!(
                    zone.date(start - TimeDelta::seconds(1)),
                    date,
                    "{zone:?} {date}"
                );
                assert_eq!(
                    zone.date(end - TimeDelta::seconds(1)),
                    date,
                    "{zone:?} {date}"
                );
                let mut after = end;
                while after < end + TimeDelta::hours(4) {
                    assert_ne!(
                        zone.date(after),
                        date,
                        "{zone:?}: {date} is borne after its end"
                    );
                    after += TimeDelta::minutes(15);
                }
            }
        }
    }
}

#[test]
fn a_date_that_a_zone_skipped_is_not_borne() {
    let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
    let apia = Zone::parse("Pacific/Apia").expect("a zone");
    assert!(apia.bears(date("2011-12-29")) && !apia.bears(date("2011-12-30")));
    // The day before the gap ends where the day after it begins.
    assert_eq!(
        apia.end_of(date("2011-12-29")),
        apia.start_of(date("2011-12-31"))
    );
    assert_eq!(
        apia.start_of(date("2011-12-31")).to_rfc3339(),
        "2011-12-30T10:00:00+00:00"
    );
}

#[test]
fn a_date_that_is_borne_twice_ends_with_its_second_time() {
    // At 00:01 on 7 November 2010 the clocks of St John's went back to 23:01 on the 6th.
    let zone = Zone::parse("America/St_Johns").expect("a zone");
    let date: NaiveDate = "2010-11-06".parse().expect("a date");
    assert_eq!(zone.end_of(date).to_rfc3339(), "2010-11-07T03:30:00+00:00");
    assert_eq!(
        zone.start_of(date + Days::new(1)).to_rfc3339(),
        "2010-11-07T02:30:00+00:00"
    );
}

#[test]
fn names_that_people_write_instead_get_the_right_one() {
    let meant = |name: &str| Zone::parse(name).expect_err("no zone").meant;
    assert_eq!(meant("EST"), Some("America/New_York"));
    assert_eq!(meant("Etc/UTC"), Some("UTC"));
    assert_eq!(meant("europe/madrid"), Some("Europe/Madrid"));
    assert_eq!(meant("America/New York"), Some("America/New_York"));
    assert_eq!(meant("Singapore"), Some("Asia/Singapore"));
    assert_eq!(meant("Madrid"), Some("Europe/Madrid"));
    assert_eq!(meant("utc"), Some("UTC"));
    for nothing in [
        "Mars/Olympus_Mons",
        "UTC+8",
        "Etc/GMT+5",
        "Washington",
        "",
        "/",
    ] {
        assert_eq!(meant(nothing), None, "{nothing}");
    }
    for name in Zone::names() {
        assert!(name == "UTC" || name.contains('/'), "{name}");
    }
}

#[test]
fn transitions_were_looked_for_in_the_right_years() {
    let madrid = Zone::parse("Europe/Madrid").expect("a zone");
    let years: Vec<_> = transitions(madrid).iter().map(Datelike::year).collect();
    assert_eq!((years.len(), years[0], years[27]), (28, 2024, 2037));
}
