//! Every kind of post, as it is sent.

use super::scene::CHANNEL;
use super::shown;
use crate::support::{at, parse, shipped};
use chrono::NaiveTime;
use docket::discord::board::board;
use docket::discord::message::Message;
use docket::discord::post::Post;
use docket::domain::{
    Digest, Docket, Duration, Follow, Notice, Plan, Seen, Subscription, Target, reference,
};
use docket::feed::Links;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A channel that pings a role from a day before on.
fn channel(docket: &Docket) -> Subscription {
    Subscription {
        id: CHANNEL.to_owned(),
        mention: vec!["role:400000000000000001".to_owned()],
        ping_from: Some(Duration::days(1)),
        ..Subscription::terminal(docket)
    }
}

/// What a subscription gets in a span.
fn notices(docket: &Docket, to: &Subscription, from: &str, until: &str) -> Vec<Notice> {
    let audience = Arc::new([to.clone()]);
    let plan = Plan::new(&Arc::new(docket.clone()), audience, &Seen::default());
    let span = plan.span(at(from), at(until));
    span.iter().map(|it| plan.notice(it, it.at)).collect()
}

fn message(notice: &Notice, docket: &Docket, to: &Subscription) -> Message {
    let reference = reference(&notice.key, 1);
    let post = Post {
        notice,
        docket,
        to,
        reference: &reference,
        links: Some(&Links::new("https://docket.example")),
        now: notice.at,
    };
    post.message()
}

/// The first post of each kind, lead and step that the shipped record ever made.
#[test]
fn posts_of_every_kind() {
    let docket = shipped();
    let to = channel(&docket);
    let mut seen = BTreeSet::new();
    let mut text = String::new();
    for notice in notices(&docket, &to, "2025-01-01T00:00:00Z", "2027-06-01T00:00:00Z") {
        if seen.insert(notice.what()) {
            let shown = shown::message(&message(&notice, &docket, &to));
            text.push_str(&format!("=== {} {}\n{shown}\n", notice.at, notice.what()));
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_post_as_json() {
    let docket = shipped();
    let to = channel(&docket);
    let notices = notices(&docket, &to, "2025-09-16T00:00:00Z", "2025-09-16T14:00:00Z");
    let json = message(&notices[0], &docket, &to).json();
    insta::assert_snapshot!(serde_json::to_string_pretty(&json).expect("JSON"));
}

const SMALL: &str = "zone = \"America/New_York\"\n\
     [[deadline]]\nid = \"a\"\ntitle = \"First\"\ndue = 2026-03-10T12:00\nannounced = 2026-01-01\n\
     if_lapses = \"Duties return.\"\n\
     [[deadline]]\nid = \"b\"\ntitle = \"Second\"\ndue = 2026-03-11\nannounced = 2026-01-01\n";

#[test]
fn what_a_reminder_says_on_a_lock_screen_is_short_and_has_the_date() {
    let docket = shipped();
    let to = channel(&docket);
    for notice in notices(&docket, &to, "2025-01-01T00:00:00Z", "2027-06-01T00:00:00Z") {
        let message = message(&notice, &docket, &to);
        let line = message.content.replace("<@&400000000000000001> ", "");
        assert!(line.chars().count() <= 150, "{line}");
        assert!(!line.contains('\n'), "{line}");
        let word = notice.kind.word();
        assert!(word != "lead" || line.contains("· due "), "{line}");
    }
}

#[test]
fn only_what_pings_names_anybody() {
    let docket = parse(SMALL);
    let to = channel(&docket);
    let all = notices(&docket, &to, "2026-02-20T00:00:00Z", "2026-03-20T00:00:00Z");
    let lines: Vec<_> = all
        .iter()
        .map(|notice| {
            let json = message(notice, &docket, &to).json();
            let names = json["content"]
                .as_str()
                .is_some_and(|it| it.contains("<@&"));
            format!(
                "{} names {names} {} {}",
                notice.what(),
                json["allowed_mentions"],
                json["flags"]
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_direct_message_can_be_put_off_and_stopped() {
    let docket = parse(SMALL);
    let leads = vec![Duration::days(1)];
    let follow = Follow::of_person(
        "200000000000000001".to_owned(),
        super::scene::id("a"),
        leads,
    );
    let to = follow.subscription(&docket);
    assert!(matches!(Target::parse(&to.id), Some(Target::Person { .. })));
    let all = notices(&docket, &to, "2026-03-01T00:00:00Z", "2026-03-20T00:00:00Z");
    insta::assert_snapshot!(shown::message(&message(&all[0], &docket, &to)));
}

#[test]
fn a_late_post_says_so() {
    let docket = parse(SMALL);
    let to = channel(&docket);
    let mut notice =
        notices(&docket, &to, "2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z").remove(0);
    notice.late = true;
    let message = message(&notice, &docket, &to);
    assert!(
        message.content.contains("Late: 1 day left: First"),
        "{}",
        message.content
    );
}

#[test]
fn the_reference_is_the_last_word_of_the_footer() {
    let docket = shipped();
    let to = channel(&docket);
    for notice in notices(&docket, &to, "2025-01-01T00:00:00Z", "2027-06-01T00:00:00Z") {
        let json = message(&notice, &docket, &to).json();
        let footer = json["embeds"][0]["footer"]["text"]
            .as_str()
            .expect("a footer");
        let expected = format!("ref {}", reference(&notice.key, 1));
        assert!(footer.ends_with(&expected), "{footer}");
    }
}

#[test]
fn the_board() {
    let docket = shipped();
    let board = board(
        &docket,
        &channel(&docket),
        Some(&Links::new("https://docket.example")),
        at("2026-11-22T12:00:00Z"),
    );
    insta::assert_snapshot!(shown::message(&board));
}

#[test]
fn the_board_does_not_change_with_the_clock_alone() {
    let docket = shipped();
    let to = channel(&docket);
    let shown = |now: &str| board(&docket, &to, None, at(now));
    // Nothing becomes known and nothing falls due in these weeks of the record.
    assert_eq!(shown("2026-10-10T00:00:00Z"), shown("2026-11-09T12:00:00Z"));
    // The date that is the law is reached.
    assert_ne!(shown("2026-11-09T12:00:00Z"), shown("2026-11-10T12:00:00Z"));
}

#[test]
fn what_moved_together_is_one_post_with_a_list_to_open_one() {
    let item = |id: &str| {
        format!(
            "[[deadline]]\nid = \"{id}\"\ntitle = \"Title {id}\"\ndue = 2026-03-10\nannounced = 2026-01-01\n\
             [[deadline.revision]]\ndue = 2026-06-10\nannounced = 2026-02-01\ninstrument = \"EO 1\"\n\
             sources = [{{ title = \"EO 1\", url = \"https://a.example/1\" }}]\n"
        )
    };
    let docket = parse(&format!("zone = \"UTC\"\n{}{}", item("a"), item("b")));
    let to = Subscription {
        digest: Some(Digest {
            every: None,
            at: NaiveTime::MIN,
        }),
        ..channel(&docket)
    };
    let all = notices(&docket, &to, "2026-01-31T12:00:00Z", "2026-02-02T00:00:00Z");
    let shown: Vec<_> = all
        .iter()
        .map(|it| shown::message(&message(it, &docket, &to)))
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

const REPORTED: &str = "zone = \"UTC\"\n\
     [[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = 2026-03-10\nannounced = 2026-01-01\nstanding = \"signed\"\n\
     [[deadline.revision]]\ndue = 2026-06-10\nannounced = 2026-02-01\nstanding = \"reported\"\n";

#[test]
fn while_a_move_is_only_reported_the_law_is_reminded_of_as_such() {
    let docket = parse(REPORTED);
    let to = channel(&docket);
    let all = notices(&docket, &to, "2026-03-09T00:00:00Z", "2026-03-12T00:00:00Z");
    let shown: Vec<_> = all
        .iter()
        .map(|it| shown::message(&message(it, &docket, &to)))
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn an_overview_has_the_law_beside_a_date_that_is_only_reported() {
    let docket = parse(REPORTED);
    let to = Subscription {
        digest: Some(Digest {
            every: None,
            at: NaiveTime::MIN,
        }),
        ..channel(&docket)
    };
    let all = notices(&docket, &to, "2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z");
    let json = message(&all[0], &docket, &to).json();
    assert_eq!(
        json["embeds"][0]["description"],
        "• 100 days left: A (due 10 June 2026 (UTC); by law still 10 March 2026 (UTC))"
    );
}
