//! Where a deadline stands: figures, law, base rates, as of any moment.

use crate::support::{at, parse};
use docket::domain::{Deadline, Due, State};

fn deadline(lines: &str) -> Deadline {
    let text =
        format!("[[deadline]]\nid = \"a\"\ntitle = \"A\"\nzone = \"America/New_York\"\n{lines}");
    parse(&text).deadlines().next().expect("one").clone()
}

fn revision(lines: &str) -> String {
    format!("[[deadline.revision]]\n{lines}\nsources = [{{ title = \"S\" }}]\n")
}

/// Extensions, slipped days, the due and the law, of a chain as of its end.
fn figures(lines: &str) -> (usize, Option<i64>, String, Option<String>) {
    let deadline = deadline(lines);
    let status = deadline.status(at("2026-06-01T00:00:00Z"));
    (
        status.extensions,
        status.slipped_days,
        status.due.text(),
        status.law_due.map(Due::text),
    )
}

const FIRST: &str = "due = \"2026-10\"\nannounced = 2026-01-01\nstanding = \"signed\"\n";

#[test]
fn a_refinement_is_no_extension_and_refines_the_first_due() {
    let refined = FIRST.to_owned()
        + &revision("due = 2026-10-09\nannounced = 2026-02-01\nstanding = \"signed\"");
    assert_eq!(
        figures(&refined),
        (0, Some(0), "9 October 2026 (New York)".into(), None)
    );
    let minute = refined.clone()
        + &revision("due = 2026-10-09T00:01\nannounced = 2026-02-02\nstanding = \"signed\"");
    assert_eq!(figures(&minute).0, 0);
    let extended =
        refined + &revision("due = 2026-10-19\nannounced = 2026-03-01\nstanding = \"signed\"");
    assert_eq!(
        figures(&extended),
        (1, Some(10), "19 October 2026 (New York)".into(), None)
    );
}

#[test]
fn the_reverse_of_a_refinement_and_another_precision_of_one_instant_are_no_extension() {
    let coarser = "due = 2026-10-09\nannounced = 2026-01-01\nstanding = \"signed\"\n".to_owned()
        + &revision("due = \"2026-10\"\nannounced = 2026-02-01\nstanding = \"signed\"");
    assert_eq!(figures(&coarser).0, 0);
    let same_instant = "due = 2026-10-09\nannounced = 2026-01-01\nstanding = \"signed\"\n"
        .to_owned()
        + &revision("due = 2026-10-10T00:00\nannounced = 2026-02-01\nstanding = \"signed\"");
    assert_eq!(figures(&same_instant).0, 0);
}

#[test]
fn a_correction_takes_the_place_of_what_it_corrects() {
    let text = "due = 2026-03-10\nannounced = 2026-01-01\nstanding = \"signed\"\n".to_owned()
        + &revision(
            "due = 2026-05-10\nannounced = 2026-02-01\nstanding = \"signed\"\ninstrument = \"EO\"",
        )
        + &revision("due = 2026-05-20\nannounced = 2026-02-02\nkind = \"correction\"");
    let deadline = deadline(&text);
    let status = deadline.status(at("2026-03-01T00:00:00Z"));
    assert_eq!(
        (status.extensions, status.slipped_days, status.law_due),
        (1, Some(71), None)
    );
    assert_eq!(
        (status.standing.to_string().as_str(), status.instrument),
        ("signed", Some("EO"))
    );
    // A wrong first due: what counted as an extension was none.
    let first = "due = 2026-03-10\nannounced = 2026-01-01\n".to_owned()
        + &revision("due = 2026-04-10\nannounced = 2026-02-02\nkind = \"correction\"");
    assert_eq!(
        figures(&first),
        (0, Some(0), "10 April 2026 (New York)".into(), None)
    );
}

#[test]
fn no_slip_is_counted_from_or_to_a_date_that_is_not_set() {
    let text = "due = \"TBD\"\nannounced = 2026-01-01\n".to_owned()
        + &revision("due = 2026-10-09\nannounced = 2026-02-01");
    assert_eq!(
        figures(&text),
        (0, None, "9 October 2026 (New York)".into(), None)
    );
    let back = text + &revision("due = \"tbd\"\nannounced = 2026-03-01");
    assert_eq!(figures(&back), (0, None, "date not set".into(), None));
}

#[test]
fn the_law_is_the_latest_signed_due_below_what_is_talked_about() {
    let chain = |standings: [&str; 3]| {
        let [first, second, third] = standings;
        let text = format!("due = 2026-07-01\nannounced = 2026-01-01\nstanding = \"{first}\"\n")
            + &revision(&format!(
                "due = 2026-08-01\nannounced = 2026-02-01\nstanding = \"{second}\""
            ))
            + &revision(&format!(
                "due = 2026-09-01\nannounced = 2026-03-01\nstanding = \"{third}\""
            ));
        figures(&text).3
    };
    assert_eq!(
        chain(["signed", "signed", "reported"]).as_deref(),
        Some("1 August 2026 (New York)")
    );
    assert_eq!(
        chain(["published", "announced", "reported"]).as_deref(),
        Some("1 July 2026 (New York)")
    );
    assert_eq!(chain(["reported", "announced", "reported"]), None);
    assert_eq!(chain(["signed", "announced", "published"]), None);
}

#[test]
fn a_passed_date_is_awaiting_and_never_an_outcome() {
    let deadline =
        deadline("due = 2026-03-10\n[deadline.outcome]\nresult = \"met\"\non = 2026-03-12\n");
    let state = |when: &str| {
        let now = at(when);
        let seen = deadline.as_of(now).expect("always known");
        (seen.state(now), seen.status(now).days_left)
    };
    assert_eq!(state("2026-03-10T12:00:00Z"), (State::Scheduled, Some(0)));
    assert_eq!(state("2026-03-11T03:59:59Z"), (State::Scheduled, Some(0)));
    assert_eq!(state("2026-03-11T04:00:00Z"), (State::Awaiting, Some(-1)));
    assert_eq!(state("2026-03-13T03:59:59Z").0, State::Awaiting);
    assert_eq!(state("2026-03-13T04:00:00Z").0.word(), "met");
    assert_eq!(state("2026-03-13T04:00:00Z").1, None);
}

#[test]
fn base_rates_need_three_dues_and_are_medians() {
    let rate = |deadline: &Deadline, when: &str| {
        let now = at(when);
        deadline.as_of(now).expect("known").base_rate(now)
    };
    let tiktok = deadline(
        &("due = 2025-01-19\nannounced = 2024-04-24\n".to_owned()
            + &revision("due = 2025-04-05\nannounced = 2025-01-20")
            + &revision("due = 2025-06-19\nannounced = 2025-04-04")
            + &revision("due = 2025-09-17\nannounced = 2025-06-19")
            + &revision("due = 2025-12-16\nannounced = 2025-09-16")
            + "[deadline.outcome]\nresult = \"met\"\non = 2025-12-10\n"),
    );
    let early = rate(&tiktok, "2025-05-01T00:00:00Z");
    assert_eq!((early.n, early.record), (2, None));
    let seed = rate(&tiktok, "2025-09-15T03:59:59Z");
    let record = seed.record.expect("three dues");
    assert_eq!((seed.n, record.extended), (3, 3));
    assert_eq!(
        (record.median_lead_days, record.median_days),
        (Some(0.0), Some(76.0))
    );
    // Four leads (-1, 1, 0, 1) and four lengths (76, 75, 90, 90): means of the middle two.
    let later = rate(&tiktok, "2025-10-01T00:00:00Z")
        .record
        .expect("four dues");
    assert_eq!(
        (later.median_lead_days, later.median_days),
        (Some(0.5), Some(83.0))
    );
    // The last due was ended early by the outcome, so it does not count.
    assert_eq!(rate(&tiktok, "2026-01-01T00:00:00Z").n, 4);
}

#[test]
fn a_move_that_a_correction_undid_is_no_due_of_its_own() {
    let text = "due = 2026-03-09\nannounced = 2026-01-01\n".to_owned()
        + &revision("due = 2026-04-10\nannounced = 2026-02-01")
        + &revision("due = 2026-03-09\nannounced = 2026-02-02\nkind = \"correction\"");
    let deadline = deadline(&text);
    assert_eq!(deadline.base_rate(at("2026-03-01T00:00:00Z")).n, 0);
    assert_eq!(deadline.base_rate(at("2026-04-01T00:00:00Z")).n, 1);
}

#[test]
fn a_due_whose_outcome_came_on_its_very_day_was_reached() {
    let with_outcome = |on: &str| {
        let text = format!("due = 2026-03-10\n[deadline.outcome]\nresult = \"met\"\non = {on}\n");
        deadline(&text).base_rate(at("2026-04-01T00:00:00Z")).n
    };
    assert_eq!(
        (with_outcome("2026-03-09"), with_outcome("2026-03-10")),
        (0, 1)
    );
}

#[test]
fn a_base_rate_is_told_in_a_sentence() {
    let rate = |announced: [&str; 3]| {
        let [first, second, third] = announced;
        let text = "due = 2026-01-10\nannounced = 2026-01-01\n".to_owned()
            + &revision(&format!("due = 2026-02-10\nannounced = {first}"))
            + &revision(&format!("due = 2026-03-10\nannounced = {second}"))
            + &revision(&format!("due = 2026-04-10\nannounced = {third}"));
        deadline(&text)
            .base_rate(at("2026-03-20T00:00:00Z"))
            .to_string()
    };
    let days = |when: &str| {
        format!("3 of 3 dues so far were extended, announced {when} and by 31 days (medians)")
    };
    assert_eq!(
        rate(["2026-01-09", "2026-02-09", "2026-03-09"]),
        days("1 day before")
    );
    assert_eq!(
        rate(["2026-01-11", "2026-02-11", "2026-03-11"]),
        days("1 day late")
    );
    assert_eq!(
        rate(["2026-01-08", "2026-02-07", "2026-03-09"]),
        days("2 days before")
    );
    assert_eq!(
        rate(["2026-01-15", "2026-02-15", "2026-03-15"]),
        days("5 days late")
    );
    let one = deadline("due = 2026-01-10").base_rate(at("2026-03-20T00:00:00Z"));
    assert_eq!(one.to_string(), "1 due so far: too few for a base rate");
}

#[test]
fn a_date_that_is_not_set_is_no_law() {
    let text = "due = \"tbd\"\nannounced = 2026-01-01\nstanding = \"signed\"\n".to_owned()
        + &revision("due = 2026-10-09\nannounced = 2026-02-01");
    assert_eq!(figures(&text).3, None);
}
