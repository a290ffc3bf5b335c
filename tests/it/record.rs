//! The shipped record: what it says today, on the day of the report it began from, and what it
//! posts.

use crate::support::{docket, noon, shipped_text, shown};
use docket::config::{self, Severity};

#[test]
fn it_has_no_errors_and_only_true_warnings() {
    let text = shipped_text();
    let parsed = config::parse(&text, noon());
    assert!(
        parsed
            .problems
            .iter()
            .all(|it| it.code.severity() == Severity::Warning)
    );
    insta::assert_snapshot!("record_warnings", shown(&text, &parsed.problems));
}

#[test]
fn the_board_of_the_seed_report() {
    insta::assert_snapshot!("seed_list", docket("list --as-of 2025-09-14").whole());
    insta::assert_snapshot!("seed_talks", docket("talks --as-of 2025-09-14").whole());
    insta::assert_snapshot!(
        "seed_events",
        docket("list --events --as-of 2025-09-14").whole()
    );
    insta::assert_snapshot!(
        "seed_tiktok",
        docket("show tiktok-divestiture --as-of 2025-09-14").whole()
    );
}

#[test]
fn the_figures_of_the_seed_report() {
    let list = docket("list --as-of 2025-09-14 --json").json();
    let of = |id: &str| {
        let mut all = list.as_array().expect("an array").iter();
        all.find(|it| it["id"] == id).expect("on the board").clone()
    };
    let tiktok = of("tiktok-divestiture");
    assert_eq!(tiktok["due"]["date"], "2025-09-17");
    assert_eq!(
        (&tiktok["days_left"], &tiktok["extensions"]),
        (&3.into(), &3.into())
    );
    let truce = of("tariff-truce");
    assert_eq!(truce["due"]["at"], "2025-11-10T05:01:00Z");
    assert_eq!(
        truce["due"]["text"],
        "12:01 a.m. EST on 10 November 2025 (New York)"
    );
    assert_eq!(truce["days_left"], 57);
    let talks = docket("talks us-china-trade --as-of 2025-09-14 --json").json();
    let rounds: Vec<_> = talks
        .as_array()
        .expect("an array")
        .iter()
        .map(|round| {
            let text = |key: &str| round[key].as_str().expect("text").to_owned();
            format!("{} {} {}", round["number"], text("name"), text("state"))
        })
        .collect();
    assert_eq!(
        rounds,
        [
            "1 Geneva concluded",
            "2 London concluded",
            "3 Stockholm concluded",
            "4 Madrid under-way"
        ]
    );
}

#[test]
fn nothing_that_came_later_is_visible_on_that_day() {
    let export = docket("export json --as-of 2025-09-14").stdout;
    for later in [
        "14350",
        "14352",
        "joint venture",
        "Kuala Lumpur",
        "Busan",
        "2026-01-23",
        "IEEPA",
        "Learning Resources",
    ] {
        assert!(!export.contains(later), "{later}");
    }
}

#[test]
fn a_year_of_posts_reads_like_a_calendar() {
    insta::assert_snapshot!(
        "plan_of_a_year",
        docket("plan --from 2026-11-22 --days 365").stdout
    );
}

#[test]
fn the_whole_story_so_far_reads_like_a_calendar() {
    insta::assert_snapshot!(
        "replay_of_all",
        docket("replay --from 2024-04-01 --to 2026-11-22").stdout
    );
}

#[test]
fn the_week_of_the_seed_report_in_full() {
    insta::assert_snapshot!(
        "replay_of_the_week",
        docket("replay --from 2025-09-12 --to 2025-09-19 --full").stdout
    );
}

#[test]
fn today_s_board() {
    insta::assert_snapshot!(
        "today_list",
        docket("list --as-of 2026-11-22T12:00Z").whole()
    );
    insta::assert_snapshot!(
        "today_truce",
        docket("show tariff-truce --as-of 2026-11-22T12:00Z").whole()
    );
}

#[test]
fn it_teaches_the_format_by_using_it() {
    let text = shipped_text();
    for key in [
        "revision",
        "outcome",
        "negotiation",
        "round",
        "event",
        "channel",
        "after =",
        "\"tbd\"",
        "law",
        "kind = \"correction\"",
    ] {
        assert!(text.contains(key), "{key}");
    }
}
