//! What is chosen, what it links to, and the command that writes it.

use super::{STORY, by_icalendar};
use crate::support::{Folder, noon, parse};
use docket::domain::{Asked, Selection, States};
use docket::feed::{self, Links};
use insta::assert_snapshot;
use std::collections::HashSet;

#[test]
fn the_filters_of_the_list_choose_what_is_in_the_calendar() {
    let docket = parse(
        "[[party]]\nid = \"us\"\nname = \"US\"\n\
         [[deadline]]\nid = \"near\"\ntitle = \"N\"\ndue = 2026-12-01\ntopics = [\"a b\"]\n\
         [[deadline]]\nid = \"far\"\ntitle = \"F\"\ndue = 2027-12-01\nparties = [\"us\"]\n\
         [[deadline]]\nid = \"passed\"\ntitle = \"P\"\ndue = 2026-11-01\n\
         [[deadline]]\nid = \"met\"\ntitle = \"M\"\ndue = 2026-12-01\n\
         outcome = { result = \"met\", on = 2026-11-01 }\n\
         [[negotiation]]\nid = \"talks\"\ntitle = \"T\"\nparties = [\"us\"]\n\
         [[negotiation.round]]\nname = \"Soon\"\nstarts = 2026-11-30\nannounced = 2026-11-01\n\
         [[negotiation.round]]\nname = \"Later\"\nstarts = 2027-11-30\nannounced = 2026-11-01\n",
    );
    let of = |query: &str| {
        let mut asked = Asked::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').expect("a pair");
            let value = value.to_owned();
            match key {
                "topic" => asked.topics.push(value),
                "party" => asked.parties.push(value),
                "state" => asked.state = Some(value),
                _ => asked.within = Some(value),
            }
        }
        let selection = Selection::of(&docket, asked, States::All).expect("it makes sense");
        let text = feed::calendar(&docket, &selection, None, noon());
        let uids = by_icalendar(&text).into_iter().map(|event| {
            let name = event.uid.split(['.', '@']).next();
            name.unwrap_or_default().to_owned()
        });
        uids.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of(""), "near far passed met talks talks");
    assert_eq!(of("topic=a b"), "near");
    assert_eq!(of("party=us"), "far talks talks");
    assert_eq!(of("state=all"), "near far passed met talks talks");
    assert_eq!(of("state=met"), "met");
    assert_eq!(of("within=30d"), "near passed talks");
    assert_eq!(of("within=0d"), "passed");
    assert_eq!(of("within=30d&party=us"), "talks");
}

#[test]
fn addresses_carry_what_is_asked_for() {
    let asked = Asked {
        topics: vec!["a b&c".to_owned(), "é".to_owned()],
        parties: vec!["us".to_owned()],
        state: Some("all".to_owned()),
        within: Some("30d".to_owned()),
    };
    let links = Links::new("https://docket.example/sub/");
    assert_snapshot!(links.webcal(&format!("/calendar.ics{}", asked.query())), @"webcal://docket.example/sub/calendar.ics?topic=a%20b%26c&topic=%C3%A9&party=us&state=all&within=30d");
    assert_snapshot!(links.feed(&Asked::default()), @"https://docket.example/sub/feed.atom");
    let docket = parse(STORY);
    let text = feed::calendar(&docket, &Selection::all(), Some(&links), noon());
    let urls: HashSet<_> = by_icalendar(&text)
        .into_iter()
        .map(|event| event.url)
        .collect();
    let expected = ["deadlines/truce", "talks/talks"];
    assert_eq!(
        urls,
        expected
            .map(|page| format!("https://docket.example/sub/{page}"))
            .into()
    );
}

#[test]
fn an_exported_calendar_links_to_the_page_where_there_is_one() {
    let folder = Folder::new();
    folder.write("deadlines.toml", STORY);
    let urls = |flags: &str| -> HashSet<_> {
        let ran = folder.docket(&format!("export ics {flags}"));
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
        let events = by_icalendar(&ran.stdout).into_iter();
        events.map(|event| event.url).collect()
    };
    let linked = ["deadlines/truce", "talks/talks"];
    let linked = linked.map(|page| format!("https://example.org/docket/{page}"));
    assert_eq!(
        urls("--public-url https://example.org/docket"),
        linked.into()
    );
    // Without one there is nothing to link to: the sources stand in the text.
    assert_eq!(urls(""), [String::new()].into());
    assert_eq!(urls("--public-url="), [String::new()].into());
}

#[test]
fn an_address_that_nobody_can_go_to_is_refused_with_what_one_looks_like() {
    for wrong in [
        "docket.example",
        "ftp://docket.example",
        "https://",
        "https:///docket",
        "https://:8080",
        "https://docket.example/?a=b",
        "https://docket.example/#top",
        "https://user@docket.example",
        "https://docket.example//docket",
        "https://docket.example/a\"b",
    ] {
        let mut command = crate::support::command();
        let ran = command.arg("list").env("DOCKET_PUBLIC_URL", wrong).output();
        let ran = ran.expect("it runs");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{wrong}: {said}");
        assert!(said.contains("--public-url"), "{said}");
        assert!(said.contains("`https://example.org/docket`"), "{said}");
    }
    for right in [
        "https://docket.example",
        "http://127.0.0.1:8080/",
        "http://[::1]:8080/docket/",
        "https://example.org/a/b%20c",
    ] {
        assert!(Links::parse(right).is_ok(), "{right}");
    }
}

#[test]
fn the_command_writes_a_file_and_refuses_what_is_not_there() {
    let folder = Folder::new();
    folder.write("deadlines.toml", STORY);
    let ran = folder.docket("export ics -o docket.ics");
    assert_eq!(ran.whole(), "status 0\n");
    let text = std::fs::read_to_string(folder.path("docket.ics")).expect("the file");
    assert_eq!(by_icalendar(&text).len(), 2);
    let ran = folder.docket("export ics --topic tariffs");
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("no item has the topic `tariffs`"));
    let ran = folder.docket("export ics --rows 3");
    assert!(ran.stderr.contains("`--rows` is for svg and png only"));
}
