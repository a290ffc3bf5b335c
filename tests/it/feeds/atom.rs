//! What is in the feed.

use super::{STORY, atom, by_icalendar};
use crate::support::{at, noon, parse, shipped};
use docket::domain::{Asked, Selection, States, Timestamp};
use docket::feed::{self, ENTRIES_MAX, Links};
use insta::assert_snapshot;
use std::collections::HashSet;

#[test]
fn the_shipped_record_is_a_feed() {
    let docket = shipped();
    let now = at("2025-09-17T12:00:00Z");
    let known = docket.as_of(now);
    let asked = Asked {
        topics: vec!["tiktok".to_owned()],
        ..Asked::default()
    };
    let selection = Selection::of(&known, asked, States::All).expect("a topic");
    let links = Links::new("https://docket.example/");
    let text = feed::atom(&known, &selection, Some(&links), now);
    let end = text
        .match_indices("</entry>")
        .nth(1)
        .expect("two entries")
        .0;
    assert_snapshot!(&text[..end]);
}

#[test]
fn another_parser_reads_the_feed_of_the_shipped_record() {
    let docket = shipped();
    let read = feed_rs::parser::parse(atom(&docket, noon()).as_bytes()).expect("feed-rs reads it");
    assert!(read.entries.len() > 80);
    let ids: HashSet<_> = read.entries.iter().map(|entry| &entry.id).collect();
    assert_eq!(ids.len(), read.entries.len(), "an identity is one entry's");
    let times: Vec<_> = read.entries.iter().map(|entry| entry.updated).collect();
    assert!(
        times.windows(2).all(|pair| pair[0] >= pair[1]),
        "newest first"
    );
    assert_eq!(read.updated, times[0]);
    assert!(times[0].is_some_and(|at| at <= noon()));
}

/// Each entry of a feed without its place: identity, time, title and text.
fn entries(text: &str) -> Vec<String> {
    let entries = text.split("<entry>").skip(1);
    entries
        .map(|entry| {
            entry
                .split("</entry>")
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

#[test]
fn an_entry_stays_what_it_was() {
    let docket = parse(STORY);
    let then = entries(&atom(&docket, at("2025-11-05T12:00:00Z")));
    let now = entries(&atom(&docket, noon()));
    assert_eq!(then.len(), 7);
    assert_eq!(now.len(), 10);
    assert_eq!(now[3..], then[..]);
}

#[test]
fn identities_do_not_depend_on_the_host_nor_on_what_is_asked_for() {
    let docket = parse(STORY);
    let ids = |text: &str| {
        let read = feed_rs::parser::parse(text.as_bytes()).expect("a feed");
        read.entries
            .into_iter()
            .map(|entry| entry.id)
            .collect::<Vec<_>>()
    };
    let uids = |text: &str| -> Vec<_> {
        by_icalendar(text)
            .into_iter()
            .map(|event| event.uid)
            .collect()
    };
    let links = Links::new("https://docket.example");
    let open = Asked {
        state: Some("met".to_owned()),
        ..Asked::default()
    };
    let open = Selection::of(&docket, open, States::All).expect("a state");
    let all = Selection::all();
    let atom = |selection, links| ids(&feed::atom(&docket, selection, links, noon()));
    assert_eq!(atom(&all, None), atom(&all, Some(&links)));
    assert!(
        atom(&open, None)
            .iter()
            .all(|id| atom(&all, None).contains(id))
    );
    assert_eq!(atom(&open, None).len(), 7);
    let calendar = |links| uids(&feed::calendar(&docket, &all, links, noon()));
    assert_eq!(calendar(None), calendar(Some(&links)));
    assert_snapshot!(atom(&all, None).last().expect("an entry"), @"urn:uuid:e1d9130e-db23-8674-874a-bf31025c6229");
}

#[test]
fn a_feed_has_the_latest_changes_and_no_more() {
    let event = |nth: usize| {
        let (month, day) = (nth / 28 + 1, nth % 28 + 1);
        format!("[[event]]\nid = \"e{nth}\"\ntitle = \"E{nth}\"\ndate = 2025-{month:02}-{day:02}\n")
    };
    let record: String = (0..=ENTRIES_MAX).map(event).collect();
    let read = feed_rs::parser::parse(atom(&parse(&record), noon()).as_bytes()).expect("a feed");
    assert_eq!(read.entries.len(), ENTRIES_MAX);
    let title = |entry: &feed_rs::model::Entry| entry.title.as_ref().map(|it| it.content.clone());
    assert_eq!(
        read.entries.first().and_then(title).as_deref(),
        Some("E100")
    );
    assert_eq!(read.entries.last().and_then(title).as_deref(), Some("E1"));
}

#[test]
fn a_feed_without_entries_is_one() {
    let docket = parse("[[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = 2027-01-01\n");
    let read = feed_rs::parser::parse(atom(&docket, noon()).as_bytes()).expect("a feed");
    assert!(read.entries.is_empty());
    assert_eq!(read.updated, Some(Timestamp::UNIX_EPOCH));
}
