//! Texts that are to break what reads them.

use super::{atom, by_calcard, by_icalendar, calendar, unfolded};
use crate::every_text::{quoted, record_of};
use crate::support::{noon, parse};
use icalendar::EventLike;
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};

/// Texts that somebody may write into a record to break what reads it.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("\u{202e}\u{2066}RTL\u{200f}".to_owned()),
        Just("<script>alert(1)</script><!--]]>&amp;&#0;".to_owned()),
        Just("\\n\\N\\;\\,\\\\ END:VEVENT BEGIN:VALARM".to_owned()),
        Just("a;b:c,d\"e'f=g^h|".to_owned()),
        Just("👩‍👩‍👧‍👦🇺🇸é中文".to_owned()),
        Just("\u{2028}\u{2029}\u{feff}\u{a0}".to_owned()),
        Just("x".repeat(10_000)),
        Just("   ".to_owned()),
        Just("\u{fffe}\u{ffff}".to_owned()),
        any::<String>(),
    ];
    let text = prop::collection::vec(pieces, 1..4).prop_map(|pieces| pieces.concat());
    // A record has no control characters, and no empty text.
    text.prop_map(|text| text.chars().filter(|letter| !letter.is_control()).collect())
        .prop_filter("empty", |text: &String| !text.trim().is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_text_stays_whole_and_inert_in_the_calendar(text in hostile()) {
        let docket = parse(&record_of(|| quoted(&text)));
        let written = calendar(&docket, noon());
        let lines = unfolded(&written);
        prop_assert_eq!(lines.iter().filter(|line| *line == "BEGIN:VEVENT").count(), 3);
        let events = by_icalendar(&written);
        prop_assert_eq!(&events, &by_calcard(&written));
        let [deadline, ended, round] = events.as_slice() else { panic!("three events") };
        prop_assert_eq!(&deadline.summary, &text);
        let calendar: icalendar::Calendar = written.parse().expect("icalendar reads it");
        let topics = calendar.events().next().and_then(EventLike::get_categories);
        prop_assert_eq!(topics, Some(vec![text.clone()]));
        let said: Vec<_> = deadline.description.split('\n').collect();
        for line in [
            format!("By {text} (announced)."),
            text.clone(),
            format!("If it lapses: {text}"),
            format!("Decided by: {text}"),
            format!("Source: {text} <https://a.example/?a=1&b=<>"),
        ] {
            prop_assert!(said.contains(&line.as_str()), "{:?} lacks {:?}", said, line);
        }
        prop_assert_eq!(&ended.summary, &format!("Met: {text}"));
        prop_assert_eq!(&round.location, &format!("{text}, {text}"));
        prop_assert_eq!(&round.summary, &format!("{text} (round 1): {text}"));
        let agenda = format!("On the table: {text}.");
        prop_assert!(round.description.contains(&agenda));
    }

    #[test]
    fn hostile_text_stays_whole_and_inert_in_the_feed(text in hostile()) {
        let docket = parse(&record_of(|| quoted(&text)));
        let written = atom(&docket, noon());
        let read = feed_rs::parser::parse(written.as_bytes()).expect("feed-rs reads it");
        // XML has no place for these two.
        let text = text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
        prop_assert_eq!(read.entries.len(), 9);
        let added = read.entries.last().expect("the first change");
        let title = added.title.as_ref().expect("a title");
        // feed-rs takes the white space from the ends of a title.
        let told = format!("New deadline: {text}");
        prop_assert_eq!(&title.content, told.trim());
        let body = added.content.as_ref().and_then(|it| it.body.as_ref()).expect("a body");
        let said: Vec<_> = body.split("</p>").map(|line| {
            let line = line.trim_start_matches("<p>");
            quick_xml::escape::unescape(line).expect("well-formed").into_owned()
        }).collect();
        let line = format!("If it lapses: {text}");
        prop_assert!(said.contains(&line), "{:?} lacks {:?}", said, line);
        let is_markup = |tag: &str| tag.starts_with("p>") || tag.starts_with("/p>")
            || tag.starts_with("a href=\"https://a.example/?a=1&amp;b=&lt;\">") || tag.starts_with("/a>");
        prop_assert!(body.split('<').skip(1).all(is_markup), "{}", body);
    }
}
