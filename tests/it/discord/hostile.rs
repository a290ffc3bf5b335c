//! Records that want to do harm: whatever stands in them, Discord takes every payload, and nothing
//! that a text says pings anybody.

use super::scene::{CHANNEL, MANAGE_SERVER, Stage};
use super::taken;
use crate::double::interaction::Asked;
use crate::every_text::quoted;
use crate::support::{at, parse};
use docket::discord::answer::{Action, Answer};
use docket::discord::board::board;
use docket::discord::commands::{follow, remind, timeline};
use docket::discord::message::Message;
use docket::discord::post::Post;
use docket::domain::{Docket, Plan, Seen, Subscription, reference};
use docket::feed::Links;
use proptest::prelude::{
    ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use std::sync::Arc;

/// A text as an enemy writes it; some very long.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z ]{1,20}",
        "[关税休战谈判美国延长的期限]{1,40}",
        "[\u{5d0}-\u{5ea}\u{627}-\u{64a}]{1,20}",
        proptest::sample::select(vec![
            "@everyone",
            "@here",
            "<@&400000000000000001>",
            "<@1>",
            "<#1>",
            "<t:1:R>",
            "```",
            "**",
            "__",
            "||",
            "\\",
            "`",
            "[x](https://evil.example)",
            "https://evil.example",
            "# ",
            "> ",
            "- ",
            "-# ",
            "1. ",
            "\u{202e}",
            "\u{2066}",
            "\u{200b}",
            "\u{3164}",
            "👩\u{200d}🚀",
            "🏳\u{fe0f}\u{200d}🌈",
            "e\u{301}\u{301}\u{301}",
            "{",
            "}",
            "%",
            "discord.gg/x",
        ])
        .prop_map(str::to_owned),
    ];
    let pieces = proptest::collection::vec(piece, 1..8);
    (pieces, prop_oneof![8 => 1_usize..3, 1 => 300_usize..400]).prop_map(|(pieces, times)| {
        let text: String = pieces.concat().repeat(times).chars().take(10_000).collect();
        // The file itself wants some text.
        if text.trim().is_empty() {
            "x".to_owned()
        } else {
            text
        }
    })
}

/// A record whose every text is one of these.
fn record(texts: &[String], revisions: usize) -> Docket {
    let mut texts = texts.iter().cycle();
    let mut next = || quoted(texts.next().expect("a cycle"));
    let mut record = format!(
        "[[party]]\nid = \"p\"\nname = {}\nemoji = {}\n",
        next(),
        next()
    );
    for item in 0..3 {
        record.push_str(&format!(
            "[[deadline]]\nid = \"d{item}\"\ntitle = {}\nsummary = {}\ntopics = [{}]\nparties = [\"p\"]\n\
             due = 2026-0{}-10\nannounced = 2026-01-01\ninstrument = {}\nstanding = \"published\"\n\
             if_lapses = {}\ndecided_by = {}\n\
             sources = [{{ title = {}, url = \"https://a.example/(x)\" }}, {{ title = {} }}]\n",
            next(), next(), next(), item + 3, next(), next(), next(), next(), next()
        ));
        for step in 0..revisions {
            record.push_str(&format!(
                "[[deadline.revision]]\ndue = 2026-{:02}-{:02}\nannounced = 2026-02-{:02}\ninstrument = {}\n\
                 note = {}\nsources = [{{ title = {} }}]\n",
                4 + step / 25, 1 + step % 25, 1 + step.min(26), next(), next(), next()
            ));
        }
        if item == 2 {
            record.push_str(&format!(
                "[deadline.outcome]\nresult = \"met\"\non = 2026-08-01\nnote = {}\n",
                next()
            ));
        }
    }
    record.push_str(&format!(
        "[[negotiation]]\nid = \"n\"\ntitle = {}\nsummary = {}\nserves = [\"d0\", \"d1\"]\n\
         [[negotiation.round]]\nname = {}\ncity = {}\ncountry = {}\nstarts = 2026-03-01\nannounced = 2026-02-01\n\
         delegates = [{{ party = \"p\", names = [{}] }}]\nagenda = [{}]\n\
         [negotiation.round.outcome]\non = 2026-03-02\ntext = {}\n\
         [[event]]\nid = \"e\"\ndate = 2026-03-03\ntitle = {}\nsummary = {}\ninstrument = {}\n",
        next(), next(), next(), next(), next(), next(), next(), next(), next(), next(), next()
    ));
    parse(&record)
}

fn channel(docket: &Docket) -> Subscription {
    Subscription {
        id: CHANNEL.to_owned(),
        mention: vec!["role:400000000000000009".to_owned(), "everyone".to_owned()],
        ..Subscription::terminal(docket)
    }
}

/// All posts of the record's year.
fn posts(docket: &Docket) -> Vec<(bool, Message)> {
    let to = channel(docket);
    let plan = Plan::new(
        &Arc::new(docket.clone()),
        Arc::new([to.clone()]),
        &Seen::default(),
    );
    let span = plan.span(at("2026-01-15T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    let notices = span.iter().map(|it| plan.notice(it, it.at));
    notices
        .map(|notice| {
            let reference = reference(&notice.key, 1);
            let post = Post {
                notice: &notice,
                docket,
                to: &to,
                reference: &reference,
                links: Some(&Links::new("https://docket.example")),
                now: notice.at,
            };
            (notice.pings, post.message())
        })
        .collect()
}

/// The content without what the channel wants pinged, and what may be pinged.
fn named(message: &Message, pings: bool) -> String {
    let own = if pings {
        "<@&400000000000000009> @everyone "
    } else {
        ""
    };
    let content = message
        .content
        .strip_prefix(own)
        .expect("its own mentions come first");
    content.to_owned()
}

/// Whether Discord would find somebody named in a text.
fn names_anybody(text: &str) -> bool {
    let mut before = None;
    let chars: Vec<_> = text.chars().collect();
    for (place, character) in chars.iter().enumerate() {
        let is_escaped = before == Some('\\');
        let next = chars.get(place + 1);
        if *character == '@' && next.is_some_and(|it| *it != '\u{200b}') {
            return true;
        }
        if *character == '<' && !is_escaped && matches!(next, Some('@' | '#')) {
            return true;
        }
        before = if is_escaped { None } else { Some(*character) };
    }
    false
}

const COMMANDS: [&str; 12] = [
    "deadlines",
    "deadlines state=all share",
    "deadline name=d0",
    "deadline name=d2",
    "talks",
    "talks name=n",
    "timeline",
    "remind name=d0 before=1d",
    "reminders",
    "calendar",
    "docket about",
    "deadline name=nothing",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_record_makes_a_payload_that_is_refused_or_pings(
        texts in proptest::collection::vec(text(), 4..12),
        revisions in 0_usize..30,
        is_ended in any::<bool>(),
    ) {
        let docket = record(&texts, revisions);
        for (pings, message) in posts(&docket) {
            prop_assert_eq!(taken::post(&message), Vec::<String>::new());
            let rest = named(&message, pings);
            prop_assert!(!names_anybody(&rest), "{rest}");
            prop_assert!(message.content.chars().count() <= 2_000);
        }
        let now = if is_ended { "2026-09-01T00:00:00Z" } else { "2026-03-02T00:00:00Z" };
        let mut stage = Stage::of(docket, now);
        stage.rights = MANAGE_SERVER;
        let board = board(&stage.docket, &channel(&stage.docket), None, stage.now);
        prop_assert_eq!(taken::post(&board), Vec::<String>::new());
        for line in COMMANDS {
            let answer = stage.command(line);
            prop_assert_eq!(taken::answer(&answer, Asked::Command), Vec::<String>::new(), "{}", line);
            let message = outcome(&answer, &stage);
            prop_assert_eq!(taken::edit(&message), Vec::<String>::new(), "{}", line);
            prop_assert!(!names_anybody(&message.content), "{}", message.content);
        }
        for line in ["deadline", "history", "remind", "rounds:0", "calendar"] {
            let id = if line.starts_with("rounds") { "n" } else { "d0" };
            let answer = stage.press(&format!("v1:{line}:{id}"), &[]);
            prop_assert_eq!(taken::answer(&answer, Asked::Component), Vec::<String>::new(), "{}", line);
        }
    }

    #[test]
    fn whatever_people_type_is_answered(written in text(), option in 0_usize..6) {
        let mut stage = Stage::at("2026-11-22T12:00:00Z");
        stage.rights = MANAGE_SERVER;
        let name = ["name", "as_of", "topic", "leads", "zone", "digest"][option];
        for command in ["deadline", "deadlines", "talks", "remind"] {
            let answer = ask(&stage, command, name, &written);
            prop_assert_eq!(taken::answer(&answer, Asked::Command), Vec::<String>::new());
            prop_assert!(!matches!(&answer, Answer::Reply(it) if names_anybody(&it.message.content)));
        }
        let answer = stage.press(&written, &[&written]);
        prop_assert_eq!(taken::answer(&answer, Asked::Component), Vec::<String>::new());
    }
}

fn ask(stage: &Stage, command: &str, name: &str, written: &str) -> Answer {
    use docket::discord::request::{Ask, Filled, Options};
    let path = vec![command.to_owned()];
    let text = Filled::Text(written.to_owned());
    let options = Options::new([(name.to_owned(), text)]);
    stage.ask(Ask::Command { path, options })
}

/// What is said once the action of an answer is done.
fn outcome(answer: &Answer, stage: &Stage) -> Message {
    match answer {
        Answer::Reply(reply) => reply.message.clone(),
        Answer::Do(Action::Draw(drawing), _) => {
            let picture = drawing.picture(&stage.docket).expect("a picture");
            timeline::drawn(drawing, Some((&picture, vec![0])))
        }
        Answer::Do(Action::Remind(follow), _) => remind::done(follow, &stage.docket, stage.now),
        Answer::Do(Action::Follow(action), _) => follow::done(action, &stage.docket, stage.now),
        _ => Message::text("x"),
    }
}
