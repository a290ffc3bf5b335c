//! Buttons and selects, also years later.

use super::scene::{Stage, USER, id};
use super::{shown, taken};
use crate::double::interaction::Asked;
use crate::support::at;
use docket::discord::answer::{Action, Answer, Place};
use docket::discord::custom_id::{Codes, Press, Put};
use docket::discord::request::Ask;
use docket::domain::{self, Duration, Follow};

const NOW: &str = "2026-11-22T12:00:00Z";

fn words() -> domain::Asked {
    domain::Asked {
        topics: vec!["a topic of many words, 很长的题目".repeat(9)],
        parties: vec!["p".repeat(64)],
        state: Some("superseded".to_owned()),
        within: Some("199y10mo30d23h59m".to_owned()),
    }
}

#[test]
fn every_press_fits_and_is_read_back() {
    let longest = || id(&"x".repeat(64));
    let codes = Codes::of(&words());
    for press in [
        Press::Page {
            page: 99_999,
            codes,
        },
        Press::Page {
            page: 0,
            codes: Codes::default(),
        },
        Press::Open,
        Press::History(longest()),
        Press::Remind(longest()),
        Press::Leads(longest()),
        Press::Calendar(longest()),
        Press::Snooze(longest(), Put::Hour),
        Press::Snooze(longest(), Put::Day),
        Press::Stop(longest()),
        Press::Cancel,
        Press::Rounds(longest(), 99_999),
        Press::Unfollow,
    ] {
        let custom_id = press.to_string();
        assert!(custom_id.chars().count() <= 100, "{custom_id}");
        assert_eq!(Press::parse(&custom_id), Ok(press));
    }
}

/// What was posted once: these lines are never edited, only added to.
#[test]
fn what_was_posted_once_still_works() {
    for custom_id in [
        "v1:page:1::::",
        "v1:page:1:::all:30d",
        "v1:open",
        "v1:history:tariff-truce",
        "v1:remind:tariff-truce",
        "v1:leads:tariff-truce",
        "v1:calendar:tariff-truce",
        "v1:snooze:1h:tariff-truce",
        "v1:snooze:1d:tariff-truce",
        "v1:stop:tariff-truce",
        "v1:cancel",
        "v1:rounds:1:us-china-trade",
        "v1:unfollow",
    ] {
        assert!(Press::parse(custom_id).is_ok(), "{custom_id}");
    }
}

#[test]
fn what_cannot_be_read_gets_a_way_out() {
    let stage = Stage::at(NOW);
    let mut text = String::new();
    for (custom_id, values) in [
        ("v2:remind:tariff-truce", vec![]),
        ("v1:dance", vec![]),
        ("", vec![]),
        ("v1:page:x::::", vec![]),
        ("v1:page:0:aaaaaaaaaaaaaaaa:::", vec![]),
        ("v1:history:long-gone", vec![]),
        ("v1:remind:long-gone", vec![]),
        ("v1:remind:tiktok-divestiture", vec![]),
        ("v1:open", vec!["long-gone"]),
        ("v1:open", vec![]),
        ("v1:leads:tariff-truce", vec![]),
        ("v1:snooze:1d:tariff-truce", vec![]),
        ("v1:stop:tariff-truce", vec![]),
        ("v1:cancel", vec!["tariff-truce"]),
        ("v1:unfollow", vec!["1"]),
    ] {
        let answer = stage.press(custom_id, &values);
        assert_eq!(
            taken::answer(&answer, Asked::Component),
            Vec::<String>::new(),
            "{custom_id}"
        );
        text.push_str(&format!(
            "> {custom_id} {values:?}\n{}\n",
            shown::answer(&answer)
        ));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn pages_turn_in_place_and_leave_alone_what_others_see() {
    let stage = Stage::at(NOW);
    let place = |is_private| {
        let custom_id = "v1:page:0:::all:".to_owned();
        let values = Vec::new();
        match stage.ask(Ask::Press {
            custom_id,
            values,
            is_private,
        }) {
            Answer::Reply(reply) => reply.place,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        (place(true), place(false)),
        (Place::InPlace, Place::Private)
    );
}

#[test]
fn all_pages_hold_all_deadlines_once() {
    let stage = Stage::at(NOW);
    let mut seen = Vec::new();
    for page in 0..9 {
        let Answer::Reply(reply) = stage.press(&format!("v1:page:{page}:::all:"), &[]) else {
            panic!("no page");
        };
        let json = reply.message.json();
        let options = &json["components"][0]["components"][0]["options"];
        let ids = options
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| it["value"].to_string());
        let ids: Vec<_> = ids.collect();
        // Beyond the last page stands the last page.
        if seen.ends_with(&ids) {
            break;
        }
        seen.extend(ids);
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(
        (seen.len(), count),
        (count, stage.docket.deadlines().count())
    );
}

#[test]
fn buttons_of_a_post() {
    let mut stage = Stage::at(NOW);
    let history = stage.press("v1:history:tiktok-divestiture", &[]);
    insta::assert_snapshot!("button_history", shown::answer(&history));
    let offer = stage.press("v1:remind:tariff-truce", &[]);
    insta::assert_snapshot!("button_remind", shown::answer(&offer));
    let chosen = stage.press("v1:leads:tariff-truce", &["7d", "1d"]);
    let Answer::Do(Action::Remind(follow), Place::InPlace) = chosen else {
        panic!("{chosen:?}");
    };
    assert_eq!(
        follow.leads,
        Some(vec![Duration::days(7), Duration::days(1)])
    );
    stage.follows = vec![*follow];
    let again = shown::answer(&stage.press("v1:remind:tariff-truce", &[]));
    assert!(
        again.contains("= 7d ✓") && again.contains("= 30d\n"),
        "{again}"
    );
}

#[test]
fn a_reminder_is_put_off_unless_the_due_comes_first() {
    let mut stage = Stage::at("2027-01-09T20:00:00Z");
    stage.follows = vec![Follow::of_person(
        USER.to_owned(),
        id("tariff-truce"),
        vec![Duration::days(1)],
    )];
    let hour = stage.press("v1:snooze:1h:tariff-truce", &[]);
    let Answer::Do(
        Action::Snooze {
            subscription,
            until,
        },
        Place::Private,
    ) = hour
    else {
        panic!("{hour:?}");
    };
    assert_eq!(subscription, format!("dm:{USER}:tariff-truce"));
    assert_eq!(until, at("2027-01-09T21:00:00Z"));
    stage.now = at("2027-01-11T04:30:00Z");
    let late = shown::answer(&stage.press("v1:snooze:1h:tariff-truce", &[]));
    assert!(late.contains("is due before that"), "{late}");
    let stop = stage.press("v1:stop:tariff-truce", &[]);
    assert!(
        matches!(stop, Answer::Do(Action::Cancel { .. }, Place::Private)),
        "{stop:?}"
    );
}
