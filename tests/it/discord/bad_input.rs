//! Whatever is wrong gets a sentence that says what to do.

use super::scene::{CHANNEL, MANAGE_SERVER, SERVER, Stage, channel, written};
use super::{shown, taken};
use crate::double::interaction::Asked;
use docket::discord::answer::{Answer, answer};
use docket::discord::permission::{ChannelKind, Permissions};
use docket::discord::request::{Ask, Filled, Options};

const NOW: &str = "2026-11-22T12:00:00Z";

/// The answers to lines, each below its line.
fn answers(stage: &Stage, lines: &[&str]) -> String {
    let answers = lines.iter().map(|line| {
        let answer = stage.command(line);
        assert_eq!(
            taken::answer(&answer, Asked::Command),
            Vec::<String>::new(),
            "{line}"
        );
        format!("> /{line}\n{}", shown::answer(&answer))
    });
    answers.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_names_nothing_gets_the_nearest_matches() {
    let stage = Stage::at(NOW);
    insta::assert_snapshot!(answers(
        &stage,
        &[
            "deadline name=tarif truse",
            "deadline name=@everyone",
            "deadline name=us-china-trade",
            "talks name=chna",
            "deadlines topic=tarifs",
            "deadlines topic=a`@everyone <@&1> [x](https://evil.example)",
            "deadlines party=uk",
            "deadlines within=soon",
            "timeline topic=nothing",
        ]
    ));
}

#[test]
fn dates_that_cannot_be_read_get_the_accepted_forms() {
    let stage = Stage::at(NOW);
    insta::assert_snapshot!(answers(
        &stage,
        &[
            "deadline name=tariff-truce as_of=yesterday",
            "deadline name=tariff-truce as_of=2020-01-01",
            "remind name=tariff-truce before=a while",
            "remind name=tariff-truce before=",
            "remind name=tariff-truce before=99d",
            "remind name=tariff-truce before=1m",
            "remind name=tiktok-divestiture before=1d",
            "remind name=ai-dialogue before=1h",
        ]
    ));
}

#[test]
fn what_a_manager_gets_wrong_is_said() {
    let stage = Stage {
        rights: MANAGE_SERVER,
        ..Stage::at(NOW)
    };
    let line = |rest: &str| format!("follow channel={CHANNEL} {rest}");
    let lines = [
        line("topics=tarifs"),
        line("parties=us, uk"),
        line("leads=1 fortnight"),
        line("ping_from=never"),
        line("zone=EST"),
        line("zone=Nowhere/At_All"),
        line("digest=sometimes"),
        line("quiet=22:00-22:00"),
        line("language=Spanish!"),
        line("importance=huge"),
        format!("unfollow channel={CHANNEL}"),
        "docket resend".to_owned(),
        "docket explode".to_owned(),
        "deadline".to_owned(),
    ];
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    insta::assert_snapshot!(answers(&stage, &lines));
}

#[test]
fn who_may_not_manage_is_told_so() {
    let stage = Stage::at(NOW);
    for line in ["following", "docket check", "docket log"] {
        let text = shown::answer(&stage.command(line));
        assert!(text.contains("Manage Server"), "{text}");
    }
    let text = shown::answer(&stage.command(&format!("follow channel={CHANNEL}")));
    assert!(text.contains("Manage Server"), "{text}");
    // In a direct message there is no server to manage.
    let (path, options) = written("following");
    let mut request = stage.request(Ask::Command { path, options });
    request.server = None;
    let text = shown::answer(&answer(&request, &stage.scene()));
    assert!(text.contains("in a server only"), "{text}");
}

#[test]
fn without_a_record_it_says_why_and_who_can_help() {
    let stage = Stage::at(NOW);
    let mut scene = stage.scene();
    scene.docket = None;
    scene.refused = Some("the file has 2 errors, the first in line 3: `due` is missing");
    let (path, options) = written("deadlines");
    let request = stage.request(Ask::Command { path, options });
    insta::assert_snapshot!(shown::answer(&answer(&request, &scene)));
}

#[test]
fn a_channel_that_cannot_be_posted_to_is_refused_with_what_is_missing() {
    let stage = Stage {
        rights: MANAGE_SERVER,
        ..Stage::at(NOW)
    };
    let ask = |channel: Filled, mention: Option<Filled>| {
        let mention = mention.map(|it| ("mention".to_owned(), it));
        let options = Options::new([("channel".to_owned(), channel)].into_iter().chain(mention));
        let path = vec!["follow".to_owned()];
        stage.ask(Ask::Command { path, options })
    };
    let with = |own_rights: u64| Filled::Channel {
        id: CHANNEL.to_owned(),
        kind: ChannelKind::Text,
        own_rights: Some(Permissions(own_rights)),
    };
    let all = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 16;
    let role = |id: &str, is_mentionable| Filled::Role {
        id: id.to_owned(),
        is_mentionable,
    };
    let is_done = |answer: &Answer| matches!(answer, Answer::Do(..));
    assert!(is_done(&ask(with(all), None)));
    assert!(is_done(&ask(with(all), Some(role("5", true)))));
    assert!(
        is_done(&ask(with(1 << 3), Some(role("5", false)))),
        "an administrator may"
    );
    assert!(is_done(&ask(channel(CHANNEL), None)), "somebody else looks");
    let refused = [
        ask(with(1 << 10), None),
        ask(with(all), Some(role("5", false))),
        ask(with(all), Some(role(SERVER, true))),
    ];
    let refused: Vec<_> = refused.iter().map(shown::answer).collect();
    insta::assert_snapshot!(refused.join("\n"));
}

#[test]
fn a_channel_of_the_file_is_not_changed_by_a_command() {
    let text = format!(
        "[[event]]\nid = \"e\"\ntitle = \"E\"\ndate = 2026-01-01\n[[channel]]\nid = \"{CHANNEL}\"\n"
    );
    let stage = Stage {
        rights: MANAGE_SERVER,
        ..Stage::of(crate::support::parse(&text), NOW)
    };
    for line in ["follow", "unfollow"] {
        let text = shown::answer(&stage.command(&format!("{line} channel={CHANNEL}")));
        assert!(text.contains("kept in `deadlines.toml`"), "{text}");
    }
}
