//! Subscriptions that people make themselves, and reminders that they put off.

use crate::support::{at, lines, parse};
use docket::domain::{Follow, Id, Notice, Plan, Seen, Subscription};
use std::sync::Arc;

const RECORD: &str = "zone = \"UTC\"\nremind = [\"7d\"]\n\
     [[deadline]]\nid = \"truce\"\ntitle = \"The truce ends\"\ndue = 2026-03-10T12:00\n\
     [[deadline]]\nid = \"tiktok\"\ntitle = \"TikTok\"\ndue = 2026-03-11T12:00\n\
     [[channel]]\nid = \"100000000000000001\"\nremind = [\"1h\"]\n";

fn person() -> Follow {
    let item = Id::parse("truce").expect("an id");
    let leads = vec!["1d".parse().expect("a duration")];
    Follow::of_person("200000000000000001".to_owned(), item, leads)
}

fn posted(audience: Vec<Subscription>) -> Vec<Notice> {
    let docket = Arc::new(parse(RECORD));
    let plan = Plan::new(&docket, audience.into(), &Seen::default());
    let (from, to) = (at("2026-03-01T00:00:00Z"), at("2026-03-20T00:00:00Z"));
    let due = plan.span(from, to);
    due.iter().map(|it| plan.notice(it, it.at)).collect()
}

#[test]
fn a_person_hears_of_one_deadline_only() {
    let posts = posted(vec![person().subscription(&parse(RECORD))]);
    assert_eq!(
        lines(&posts),
        [
            "2026-03-09T12:00 lead 1d truce",
            "2026-03-10T12:00 due truce"
        ]
    );
}

#[test]
fn a_reminder_that_is_put_off_comes_again_unless_the_due_comes_first() {
    let snoozed = Follow {
        snoozed: vec![at("2026-03-09T15:30:00Z"), at("2026-03-10T12:00:00Z")],
        ..person()
    };
    let posts = posted(vec![snoozed.subscription(&parse(RECORD))]);
    assert_eq!(
        lines(&posts),
        [
            "2026-03-09T12:00 lead 1d truce",
            "2026-03-09T15:30 lead truce",
            "2026-03-10T12:00 due truce"
        ]
    );
    assert_eq!(
        posts[1].key,
        "dm:200000000000000001:truce/lead/truce/minute:2026-03-10T12:00Z/at/2026-03-09T15:30Z"
    );
    assert!(posts[1].pings);
}

#[test]
fn a_channel_that_is_in_the_file_hears_what_the_file_says() {
    let channel = |id: &str| {
        Follow::of_channel(
            id.to_owned(),
            "2".to_owned(),
            "300000000000000001".to_owned(),
        )
    };
    let follows = [
        channel("100000000000000001"),
        channel("100000000000000002"),
        person(),
    ];
    let audience = parse(RECORD).audience_with(&follows);
    let heard: Vec<_> = audience
        .iter()
        .map(|it| (it.id.as_str(), it.leads[0].to_string()))
        .collect();
    assert_eq!(
        heard,
        [
            ("100000000000000001", "1h".to_owned()),
            ("100000000000000002", "7d".to_owned()),
            ("dm:200000000000000001:truce", "1d".to_owned())
        ]
    );
}

#[test]
fn a_follow_is_read_back_as_it_was_written() {
    let follow = Follow {
        snoozed: vec![at("2026-03-09T15:30:00Z")],
        zone: Some(docket::domain::Zone::parse("Asia/Shanghai").expect("a zone")),
        digest: Some(docket::domain::Digest {
            every: Some(chrono::Weekday::Mon),
            at: chrono::NaiveTime::MIN,
        }),
        board: true,
        ..person()
    };
    let written = serde_json::to_string(&follow).expect("JSON");
    assert_eq!(serde_json::from_str::<Follow>(&written).ok(), Some(follow));
}
