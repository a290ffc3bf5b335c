//! What is proposed while somebody types.

use super::scene::{Stage, written};
use super::taken;
use crate::double::interaction::Asked;
use docket::discord::answer::{Answer, Proposal};
use docket::discord::request::Ask;

fn typed(stage: &Stage, line: &str) -> Vec<Proposal> {
    let (path, options) = written(line);
    let focused = line
        .split(' ')
        .rfind(|it| it.contains('='))
        .expect("an option");
    let focused = focused.split('=').next().expect("a name").to_owned();
    let answer = stage.ask(Ask::Complete {
        path,
        options,
        focused,
    });
    assert_eq!(
        taken::answer(&answer, Asked::Autocomplete),
        Vec::<String>::new(),
        "{line}"
    );
    match answer {
        Answer::Propose(proposals) => proposals,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_best_match_comes_first() {
    let stage = Stage::at("2026-11-22T12:00:00Z");
    let mut text = String::new();
    for line in [
        "deadline name=",
        "deadline name=tik",
        "deadline name=titkok",
        "deadline name=TARIFF TRUCE",
        "deadline name=truse",
        "deadline name=bytedance divest",
        "deadline name=qqqq",
        "remind name=tariff-truce before=7d, ",
        "remind name=tariff-truce before=3",
        "talks name=chin",
        "deadlines topic=tar",
        "deadlines party=united",
        "deadlines within=",
        "follow topics=tariffs, tr",
        "follow zone=EST",
        "follow zone=madrid",
        "follow zone=new york",
        "follow digest=fri",
        "follow quiet=",
        "follow language=",
        "follow importance=x",
    ] {
        text.push_str(&format!("> /{line}\n"));
        for it in typed(&stage, line).iter().take(6) {
            text.push_str(&format!("  {} = {}\n", it.label, it.value));
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn at_most_twenty_five_are_proposed() {
    let many: String = (0..300)
        .map(|it| {
            format!("[[deadline]]\nid = \"d{it}\"\ntitle = \"Title {it}\"\ndue = 2027-01-01\n")
        })
        .collect();
    let stage = Stage::of(crate::support::parse(&many), "2026-11-22T12:00:00Z");
    assert_eq!(typed(&stage, "deadline name=").len(), 25);
    assert_eq!(typed(&stage, "deadline name=title 299")[0].value, "d299");
}

#[test]
fn open_ones_come_before_ended_ones() {
    let stage = Stage::at("2026-11-22T12:00:00Z");
    let all = typed(&stage, "deadline name=");
    let ended: Vec<_> = all
        .iter()
        .map(|it| {
            let id = super::scene::id(&it.value);
            stage
                .docket
                .deadline(&id)
                .expect("a deadline")
                .outcome
                .is_some()
        })
        .collect();
    assert!(ended.is_sorted(), "{all:#?}");
}
