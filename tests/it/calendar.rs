//! What is posted when, rule by rule, as lines that read like a calendar.

use crate::support::{at, lines, parse, posts};
use docket::domain::{Kind, Plan, Seen};

#[track_caller]
fn calendar(text: &str, from: &str, to: &str) -> Vec<String> {
    lines(&posts(parse(text), from, to))
}

const SOURCE: &str = "sources = [{ title = \"S\" }]";

/// A deadline in New York with these lines about its due.
fn deadline(id: &str, lines: &str) -> String {
    format!("[[deadline]]\nid = \"{id}\"\ntitle = \"{id}\"\nzone = \"America/New_York\"\n{lines}\n")
}

fn revision(lines: &str) -> String {
    format!("[[deadline.revision]]\n{lines}\n{SOURCE}\n")
}

#[test]
fn a_minute_due_is_counted_down_to_the_hour() {
    let text = deadline("truce", "due = 2025-11-10T00:01\nannounced = 2025-08-11");
    let posted = calendar(&text, "2025-08-01T00:00:00Z", "2026-01-01T00:00:00Z");
    // Calendar days keep the hour of the law over the end of summer time, on 2 November.
    assert_eq!(
        posted,
        [
            "2025-08-11T04:00 added truce",
            "2025-10-11T04:01 lead 30d truce",
            "2025-10-27T04:01 lead 14d truce",
            "2025-11-03T05:01 lead 7d truce",
            "2025-11-07T05:01 lead 3d truce",
            "2025-11-09T05:01 lead 1d truce",
            "2025-11-10T04:01 lead 1h truce",
            "2025-11-10T05:01 due truce",
        ]
    );
}

#[test]
fn a_day_due_is_counted_down_at_nine_and_reached_when_the_day_is_over() {
    let text = deadline("tiktok", "due = 2025-09-17\nannounced = 2025-09-12");
    let posted = calendar(&text, "2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z");
    assert_eq!(
        posted,
        [
            "2025-09-12T04:00 added tiktok",
            "2025-09-14T13:00 lead 3d tiktok",
            "2025-09-16T13:00 lead 1d tiktok",
            "2025-09-18T04:00 due tiktok",
        ]
    );
}

#[test]
fn a_coarse_due_opens_and_drops_leads_finer_than_itself() {
    let text = format!(
        "remind = [\"1y\", \"3mo\", \"1mo\", \"10d\"]\n{}",
        deadline("month", "due = \"2026-10\"")
            + &deadline("quarter", "due = \"2026-Q4\"")
            + &deadline("year", "due = \"2026\"")
    );
    let posted = calendar(&text, "2025-01-01T00:00:00Z", "2027-02-01T00:00:00Z");
    assert_eq!(
        posted,
        [
            "2025-10-31T13:00 lead 1y month",
            "2025-12-31T14:00 lead 1y quarter",
            "2025-12-31T14:00 lead 1y year",
            "2026-01-01T05:00 opens year",
            "2026-07-31T13:00 lead 3mo month",
            "2026-09-30T13:00 lead 1mo month",
            "2026-10-01T04:00 opens month",
            "2026-10-01T04:00 opens quarter",
            "2026-11-01T04:00 due month",
            "2027-01-01T05:00 due quarter",
            "2027-01-01T05:00 due year",
        ]
    );
}

#[test]
fn leads_on_one_instant_are_one_post_under_the_shortest() {
    // A month before 31 March is 28 February, and so are 31 days before; `P7D` and `1w` are `7d`.
    let text = "remind = [\"1mo\", \"31d\", \"P7D\", \"1w\", \"24h\", \"1d\"]\n".to_owned()
        + &deadline("a", "due = 2026-03-31T12:00");
    let posted = calendar(&text, "2026-02-01T00:00:00Z", "2026-03-31T00:00:00Z");
    assert_eq!(
        posted,
        [
            "2026-02-28T17:00 lead 1mo a",
            "2026-03-24T16:00 lead 7d a",
            "2026-03-30T16:00 lead 1d a",
        ]
    );
    // Of equal ones the last in `remind`.
    let text = text.replace("\"24h\", \"1d\"", "\"1d\", \"24h\"");
    let posted = calendar(&text, "2026-03-30T00:00:00Z", "2026-03-31T00:00:00Z");
    assert_eq!(posted, ["2026-03-30T16:00 lead 24h a"]);
}

#[test]
fn a_moved_date_voids_the_old_reminders_and_arms_the_new_ones() {
    let text = deadline(
        "tiktok",
        "due = 2025-09-17\nannounced = 2025-06-19\nstanding = \"signed\"",
    ) + &revision("due = 2025-12-16\nannounced = 2025-09-16\nstanding = \"signed\"");
    let posted = calendar(&text, "2025-09-10T00:00:00Z", "2025-12-20T00:00:00Z");
    assert_eq!(
        posted,
        [
            "2025-09-10T13:00 lead 7d tiktok",
            "2025-09-14T13:00 lead 3d tiktok",
            "2025-09-16T04:00 moved tiktok",
            "2025-11-16T14:00 lead 30d tiktok",
            "2025-12-02T14:00 lead 14d tiktok",
            "2025-12-09T14:00 lead 7d tiktok",
            "2025-12-13T14:00 lead 3d tiktok",
            "2025-12-15T14:00 lead 1d tiktok",
            "2025-12-17T05:00 due tiktok",
        ]
    );
}

#[test]
fn the_law_stays_armed_while_a_move_is_only_announced() {
    let announced = deadline(
        "truce",
        "due = 2025-11-10T00:01\nannounced = 2025-08-11\nstanding = \"signed\"",
    ) + &revision("due = 2026-11-10T00:01\nannounced = 2025-10-30");
    let posted = calendar(&announced, "2025-11-05T00:00:00Z", "2025-11-20T00:00:00Z");
    assert_eq!(
        posted,
        [
            "2025-11-07T05:01 lead 3d truce",
            "2025-11-09T05:01 lead 1d truce",
            "2025-11-10T04:01 lead 1h truce",
            "2025-11-10T05:01 due truce",
        ]
    );
    let signed = announced
        + &revision("due = 2026-11-10T00:01\nannounced = 2025-11-08\nstanding = \"signed\"");
    let posted = calendar(&signed, "2025-11-05T00:00:00Z", "2025-11-20T00:00:00Z");
    assert_eq!(
        posted,
        [
            "2025-11-07T05:01 lead 3d truce",
            "2025-11-08T05:00 confirmed truce"
        ]
    );
}

#[test]
fn the_posts_of_the_law_say_so() {
    let text = deadline(
        "truce",
        "due = 2025-11-10T00:01\nannounced = 2025-08-11\nstanding = \"signed\"",
    ) + &revision("due = 2026-11-10T00:01\nannounced = 2025-10-30");
    let posts = posts(parse(&text), "2025-11-09T00:00:00Z", "2025-11-10T05:02:00Z");
    let titles: Vec<_> = posts.iter().map(|post| post.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "1 day left by law: truce",
            "1 hour left by law: truce",
            "Due reached by law, outcome not confirmed yet: truce",
        ]
    );
    assert_eq!(
        posts[0].lines[1],
        "A move to 12:01 a.m. EST on 10 November 2026 (New York) is announced, not signed."
    );
}

#[test]
fn a_confirmation_that_is_no_signature_names_the_law() {
    let lines = |day: &str, from: &str, to: &str| {
        let reported = "due = 2026-11-10T00:01\nannounced = 2025-10-30\nstanding = \"reported\"";
        let text = deadline(
            "truce",
            "due = 2025-11-10T00:01\nannounced = 2025-08-11\nstanding = \"signed\"",
        ) + &revision(reported)
            + &revision(&format!("due = 2026-11-10T00:01\nannounced = {day}"));
        let posts = posts(parse(&text), from, to);
        assert_eq!(posts.len(), 1, "{posts:?}");
        assert_eq!(posts[0].kind, Kind::Confirmed);
        posts[0].lines.join("\n")
    };
    insta::assert_snapshot!(lines("2025-11-01", "2025-10-31T12:00:00Z", "2025-11-02T00:00:00Z"), @r"
    Due 12:01 a.m. EST on 10 November 2026 (New York).
    Standing: announced.
    By law the date is still 12:01 a.m. EST on 10 November 2025 (New York).
    ");
    insta::assert_snapshot!(lines("2025-11-12", "2025-11-11T12:00:00Z", "2025-11-13T00:00:00Z"), @r"
    Due 12:01 a.m. EST on 10 November 2026 (New York).
    Standing: announced.
    By law it fell due 12:01 a.m. EST on 10 November 2025 (New York): no signed move is on record.
    ");
}

#[test]
fn a_correction_leaves_no_law_and_no_reminder_behind() {
    let text = deadline(
        "a",
        "due = 2026-03-10\nannounced = 2026-01-01\nstanding = \"signed\"",
    ) + &revision("due = 2026-03-20\nannounced = 2026-03-05\nkind = \"correction\"");
    let posted = calendar(&text, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z");
    assert_eq!(
        posted,
        [
            "2026-03-03T14:00 lead 7d a",
            "2026-03-05T05:00 correction a",
            "2026-03-06T14:00 lead 14d a",
            "2026-03-13T13:00 lead 7d a",
            "2026-03-17T13:00 lead 3d a",
            "2026-03-19T13:00 lead 1d a",
            "2026-03-21T04:00 due a",
        ]
    );
}

#[test]
fn an_outcome_voids_all_reminders() {
    let text = deadline("a", "due = 2026-03-10")
        + "[deadline.outcome]\nresult = \"met\"\non = 2026-03-08\n";
    let posted = calendar(&text, "2026-03-05T00:00:00Z", "2026-04-01T00:00:00Z");
    assert_eq!(
        posted,
        ["2026-03-07T14:00 lead 3d a", "2026-03-09T04:00 outcome a"]
    );
}

#[test]
fn at_one_instant_dues_come_first_then_changes_then_leads() {
    let text = deadline("late", "due = 2026-03-10\nannounced = 2026-01-01")
        + &revision("due = 2026-06-10\nannounced = 2026-03-11\nstanding = \"signed\"")
        + &deadline("other", "due = 2026-03-14T00:00\nannounced = 2026-01-01");
    let posted = calendar(&text, "2026-03-11T04:00:00Z", "2026-03-11T04:00:01Z");
    assert_eq!(
        posted,
        [
            "2026-03-11T04:00 due late",
            "2026-03-11T04:00 moved late",
            "2026-03-11T04:00 lead 3d other"
        ]
    );
}

#[test]
fn one_instrument_is_one_post() {
    let step = "due = 2026-06-10\nannounced = 2026-03-01\ninstrument = \"EO 1\"";
    let text = deadline("a", "due = 2026-04-10")
        + &revision(step)
        + &deadline("b", "due = 2026-04-11")
        + &revision(step)
        + &deadline("c", "due = 2026-04-12")
        + &revision(&step.replace("EO 1", "EO 2"))
        + &deadline("d", "due = 2026-04-13")
        + &revision("due = 2026-06-10\nannounced = 2026-03-01")
        + &deadline("e", "due = 2026-04-14")
        + &revision("due = 2026-06-10\nannounced = 2026-03-01");
    let posted = calendar(&text, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z");
    assert_eq!(
        posted,
        [
            "2026-03-01T05:00 moved a+b",
            "2026-03-01T05:00 moved c",
            "2026-03-01T05:00 moved d",
            "2026-03-01T05:00 moved e",
        ]
    );
}

#[test]
fn computed_dues_move_with_their_base_in_one_post() {
    let text = deadline("base", "due = 2026-04-10")
        + &revision("due = 2026-06-10\nannounced = 2026-03-01")
        + &deadline("after", "due = { after = \"base\", plus = \"30d\" }")
        + &deadline("far", "due = { after = \"after\", plus = \"1mo\" }");
    let posted = calendar(&text, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z");
    assert_eq!(posted, ["2026-03-01T05:00 moved base+after+far"]);
    let docket = parse(&text);
    let due = |id: &str| {
        docket
            .deadlines()
            .find(|it| it.id.as_str() == id)
            .map(|it| it.status(it.steps[1].known().expect("known")).due.text())
    };
    assert_eq!(due("after").as_deref(), Some("10 July 2026 (New York)"));
    assert_eq!(due("far").as_deref(), Some("10 August 2026 (New York)"));
}

#[test]
fn a_due_after_an_event_is_set_when_the_event_becomes_known() {
    let text = "[[event]]\nid = \"probe\"\ntitle = \"A probe opens\"\nzone = \"Asia/Shanghai\"\ndate = 2025-09-13\n".to_owned()
        + &deadline("limit", "due = { after = \"probe\", plus = \"1y\" }");
    let posted = calendar(&text, "2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z");
    assert_eq!(
        posted,
        [
            "2025-09-12T16:00 event probe",
            "2025-09-12T16:00 moved limit"
        ]
    );
}

#[test]
fn rounds_are_told_step_by_step() {
    let round = "[[negotiation]]\nid = \"talks\"\ntitle = \"Talks\"\nzone = \"Europe/Madrid\"\n\
        [[negotiation.round]]\nname = \"Madrid\"\nstarts = 2025-09-14\nends = 2025-09-17\nannounced = 2025-09-12\n";
    let outcome = "[negotiation.round.outcome]\non = 2025-09-15\ntext = \"A framework.\"\n";
    let span = ("2025-09-01T00:00:00Z", "2025-10-01T00:00:00Z");
    assert_eq!(
        calendar(round, span.0, span.1),
        [
            "2025-09-11T22:00 round announced talks",
            "2025-09-13T22:00 round starts talks",
            "2025-09-17T22:00 round ends talks",
        ]
    );
    assert_eq!(
        calendar(&format!("{round}{outcome}"), span.0, span.1),
        [
            "2025-09-11T22:00 round announced talks",
            "2025-09-13T22:00 round starts talks",
            "2025-09-15T22:00 round outcome talks",
        ]
    );
    let moved = format!(
        "{round}[[negotiation.round.revision]]\nstarts = 2025-09-20\nannounced = 2025-09-13\n"
    );
    assert_eq!(
        calendar(&moved, span.0, span.1),
        [
            "2025-09-11T22:00 round announced talks",
            "2025-09-12T22:00 round moved talks",
            "2025-09-19T22:00 round starts talks",
            "2025-09-20T22:00 round ends talks",
        ]
    );
    let cancelled = format!("{round}cancelled = 2025-09-14\n");
    assert_eq!(
        calendar(&cancelled, span.0, span.1),
        [
            "2025-09-11T22:00 round announced talks",
            "2025-09-13T22:00 round cancelled talks",
        ]
    );
}

#[test]
fn quiet_hours_hold_a_post_until_they_end_unless_the_due_comes_first() {
    let channel = "[[channel]]\nid = \"123456789012345678\"\nzone = \"America/New_York\"\n\
        quiet = { from = 22:00, to = 07:00 }\nremind = [\"5h\", \"1h\"]\n";
    let early = deadline(
        "early",
        "due = 2026-03-20T03:00\nannounced = 2026-03-01T12:00",
    );
    let later = deadline(
        "later",
        "due = 2026-03-20T09:00\nannounced = 2026-03-01T12:00",
    );
    let posted = calendar(
        &(early + &later + channel),
        "2026-03-19T00:00:00Z",
        "2026-03-21T00:00:00Z",
    );
    assert_eq!(
        posted,
        [
            // At ten in the evening, with the due at three: it cannot wait.
            "2026-03-20T02:00 lead 5h early",
            "2026-03-20T06:00 lead 1h early",
            "2026-03-20T07:00 due early",
            // At four in the morning, with the due at nine: it waits until seven.
            "2026-03-20T11:00 lead 5h later",
            "2026-03-20T12:00 lead 1h later",
            "2026-03-20T13:00 due later",
        ]
    );
}

#[test]
fn a_lead_that_quiet_hours_hold_is_void_when_its_date_moves_meanwhile() {
    let text = deadline(
        "a",
        "due = 2026-03-25T02:00\nannounced = 2026-03-01\nstanding = \"signed\"",
    ) + &revision(
        "due = 2026-06-25T02:00\nannounced = 2026-03-22T03:00\nstanding = \"signed\"",
    ) + "[[channel]]\nid = \"123456789012345678\"\nzone = \"America/New_York\"\nquiet = { from = 22:00, to = 07:00 }\n";
    let posted = calendar(&text, "2026-03-21T12:00:00Z", "2026-03-23T00:00:00Z");
    assert_eq!(posted, ["2026-03-22T11:00 moved a"]);
}

#[test]
fn a_digest_comes_on_its_day_in_the_reader_s_zone() {
    let text = deadline("a", "due = 2026-12-18")
        + "[[channel]]\nid = \"123456789012345678\"\n\
        zone = \"Europe/Madrid\"\nremind = []\ndigest = { every = \"monday\", at = 09:00 }\n";
    let posts = posts(parse(&text), "2026-10-19T00:00:00Z", "2026-11-03T00:00:00Z");
    assert_eq!(
        lines(&posts),
        [
            "2026-10-19T07:00 digest a",
            "2026-10-26T08:00 digest a",
            "2026-11-02T08:00 digest a",
        ]
    );
    assert_eq!(
        posts[0].lines,
        ["• 60 days left: a (due 18 December 2026 (New York))"]
    );
    assert_eq!(posts[0].item, None);
}

#[test]
fn a_digest_has_the_law_beside_a_date_that_is_only_reported() {
    let text = deadline(
        "a",
        "due = 2026-12-10\nannounced = 2026-01-01\nstanding = \"signed\"",
    ) + &revision("due = 2027-01-10\nannounced = 2026-11-01\nstanding = \"reported\"")
        + "[[channel]]\nid = \"123456789012345678\"\nremind = []\n\
           digest = { every = \"monday\", at = 09:00 }\n";
    let posts = posts(parse(&text), "2026-12-07T00:00:00Z", "2026-12-15T00:00:00Z");
    let digests: Vec<_> = posts
        .iter()
        .filter(|post| post.kind == Kind::Digest)
        .map(|post| post.lines.join("\n"))
        .collect();
    let due = "due 10 January 2027 (New York)";
    let law = "10 December 2026 (New York)";
    assert_eq!(
        digests,
        [
            format!("• 34 days left: a ({due}; by law still {law})"),
            format!("• 27 days left: a ({due}; by law it fell due {law})"),
        ]
    );
}

#[test]
fn a_digest_in_a_gap_comes_after_it_and_in_an_overlap_once() {
    let text = deadline("a", "due = 2026-12-18")
        + "[[channel]]\nid = \"123456789012345678\"\n\
        zone = \"Europe/Madrid\"\nremind = []\ndigest = { every = \"day\", at = 02:30 }\n";
    let spring = calendar(&text, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z");
    assert_eq!(spring, ["2026-03-29T01:00 digest a"]);
    let autumn = calendar(&text, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z");
    assert_eq!(autumn, ["2026-10-25T00:30 digest a"]);
}

#[test]
fn a_channel_hears_what_passes_every_key_by_any_value() {
    let text = deadline(
        "a",
        "due = 2026-03-10\ntopics = [\"tiktok\", \"technology\"]\nimportance = \"high\"",
    ) + &deadline("b", "due = 2026-03-10\ntopics = [\"tiktok\"]")
        + &deadline(
            "c",
            "due = 2026-03-10\ntopics = [\"tariffs\"]\nimportance = \"critical\"",
        )
        + "[[channel]]\nid = \"123456789012345678\"\ntopics = [\"tiktok\", \"shipping\"]\nimportance = \"high\"\nremind = [\"1d\"]\n";
    let posted = calendar(&text, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z");
    assert_eq!(
        posted,
        ["2026-03-09T13:00 lead 1d a", "2026-03-11T04:00 due a"]
    );
}

#[test]
fn talks_are_heard_by_those_who_follow_the_deadlines_they_serve() {
    let text = deadline(
        "truce",
        "due = 2026-03-10\ntopics = [\"tariffs\"]\nimportance = \"critical\"",
    ) + "[[negotiation]]\nid = \"talks\"\ntitle = \"Talks\"\nserves = [\"truce\"]\n\
           [[negotiation.round]]\nname = \"Madrid\"\nstarts = 2026-02-14\nannounced = 2026-02-12\n\
           [[channel]]\nid = \"123456789012345678\"\ntopics = [\"tariffs\"]\nimportance = \"critical\"\nremind = []\n";
    let posted = calendar(&text, "2026-02-01T00:00:00Z", "2026-02-14T12:00:00Z");
    assert_eq!(
        posted,
        [
            "2026-02-12T00:00 round announced talks",
            "2026-02-14T00:00 round starts talks"
        ]
    );
}

#[test]
fn only_what_matters_pings() {
    let text = deadline("a", "due = 2026-03-10\nannounced = 2026-01-01")
        + &revision("due = 2026-06-10\nannounced = 2026-03-05")
        + "[[channel]]\nid = \"123456789012345678\"\nremind = [\"7d\", \"1d\"]\nping_from = \"1d\"\nmention = [\"here\"]\n";
    let posts = posts(parse(&text), "2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z");
    let pings: Vec<_> = lines(&posts)
        .into_iter()
        .zip(posts.iter().map(|post| post.pings))
        .collect();
    let pings: Vec<_> = pings
        .iter()
        .map(|(line, pings)| (&line[17..], *pings))
        .collect();
    assert_eq!(
        pings,
        [
            ("added a", false),
            ("lead 7d a", false),
            ("moved a", true),
            ("lead 7d a", false),
            ("lead 1d a", true),
            ("due a", true),
        ]
    );
}

#[test]
fn a_going_back_and_forth_is_told_each_time() {
    let text = deadline("a", "due = 2026-03-10\nannounced = 2026-01-01")
        + &revision("due = 2026-06-10\nannounced = 2026-02-01")
        + &revision("due = 2026-03-10\nannounced = 2026-02-02")
        + &revision("due = 2026-06-10\nannounced = 2026-02-03");
    let posts = posts(parse(&text), "2026-02-01T00:00:00Z", "2026-07-01T00:00:00Z");
    let mut keys: Vec<_> = posts.iter().map(|post| post.key.as_str()).collect();
    let count = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), count, "no key twice");
    assert_eq!(
        posts
            .iter()
            .filter(|post| post.kind.word() == "moved")
            .count(),
        3
    );
}

#[test]
fn a_due_is_armed_from_when_it_was_first_seen() {
    let before = parse(&deadline("a", "due = 2026-06-10"));
    let after = deadline("a", "due = 2026-06-10")
        + &revision("due = 2026-03-10\nannounced = 2026-02-01\nstanding = \"signed\"");
    let after = std::sync::Arc::new(parse(&after));
    let mut seen = Seen::default();
    for due in Seen::of_edit(&before, &after, at("2026-03-07T15:00:00Z")) {
        seen.note_due(due);
    }
    let plan = Plan::new(&after, after.audience().into(), &seen);
    let span = plan.span(at("2026-01-15T00:00:00Z"), at("2026-06-01T00:00:00Z"));
    let posts: Vec<_> = span.iter().map(|it| plan.notice(it, it.at)).collect();
    // Not the leads of 30, 14, 7 and 3 days: the post about the edit stands for them.
    assert_eq!(
        lines(&posts),
        [
            "2026-02-01T05:00 moved a",
            "2026-03-09T13:00 lead 1d a",
            "2026-03-11T04:00 due a"
        ]
    );
}

/// The keys of all posts of a kind.
fn keys(text: &str, kind: &str) -> Vec<String> {
    let posts = posts(parse(text), "2026-01-01T12:00:00Z", "2027-01-01T00:00:00Z");
    posts
        .into_iter()
        .filter(|post| post.kind.word() == kind)
        .map(|post| post.key)
        .collect()
}

#[track_caller]
fn assert_distinct(mut keys: Vec<String>, count: usize) {
    assert_eq!(keys.len(), count, "{keys:?}");
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), count, "{keys:?}");
}

#[test]
fn what_happens_twice_has_two_keys() {
    let step = |due: &str, day: u32, more: &str| {
        revision(&format!(
            "due = {due}\nannounced = 2026-02-{day:02}\n{more}"
        ))
    };
    let confirmed = deadline(
        "a",
        "due = 2026-06-01\nannounced = 2026-01-02\nstanding = \"reported\"",
    ) + &step("2026-06-01", 1, "")
        + &step("2026-07-01", 2, "")
        + &step("2026-06-01", 3, "standing = \"reported\"")
        + &step("2026-06-01", 4, "");
    assert_distinct(keys(&confirmed, "confirmed"), 2);
    let correction = "kind = \"correction\"";
    let corrected = deadline("a", "due = 2026-06-01\nannounced = 2026-01-02")
        + &step("2026-07-01", 1, correction)
        + &step("2026-06-01", 2, correction)
        + &step("2026-07-01", 3, correction);
    assert_distinct(keys(&corrected, "correction"), 3);
    let moved = |starts: &str, day: u32| {
        format!("[[negotiation.round.revision]]\nstarts = {starts}\nannounced = 2026-02-{day:02}\n")
    };
    let round = "[[negotiation]]\nid = \"t\"\ntitle = \"T\"\n[[negotiation.round]]\nname = \"R\"\n\
                 starts = 2026-05-01\nannounced = 2026-01-02\n"
        .to_owned()
        + &moved("2026-05-03", 1)
        + &moved("2026-05-01", 2)
        + &moved("2026-05-03", 3);
    assert_distinct(keys(&round, "round"), 6);
}

#[test]
fn steps_without_an_instrument_stand_alone() {
    let step = |due: &str| revision(&format!("due = {due}\nannounced = 2026-02-01"));
    let text = deadline("a", "due = 2026-06-01\nannounced = 2026-01-02")
        + &step("2026-07-01")
        + &step("2026-08-01")
        + &deadline(
            "b",
            "due = { after = \"a\", plus = \"1d\" }\nannounced = 2026-01-02",
        );
    let posted = calendar(&text, "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z");
    assert_eq!(
        posted,
        ["2026-02-01T05:00 moved a+b", "2026-02-01T05:00 moved a+b"]
    );
}

#[test]
fn a_round_that_only_ends_later_still_begins() {
    let text = "[[negotiation]]\nid = \"t\"\ntitle = \"T\"\n[[negotiation.round]]\nname = \"R\"\n\
                starts = 2026-05-01\nends = 2026-05-02\nannounced = 2026-04-01\n\
                [[negotiation.round.revision]]\nstarts = 2026-05-01\nends = 2026-05-04\n\
                announced = 2026-05-01\n";
    let posts = posts(parse(text), "2026-04-15T00:00:00Z", "2026-06-01T00:00:00Z");
    assert_eq!(
        lines(&posts),
        [
            "2026-05-01T00:00 round moved t",
            "2026-05-01T00:00 round starts t",
            "2026-05-05T00:00 round ends t",
        ]
    );
    assert_eq!(
        posts[0].lines[0],
        "Was 1 to 2 May 2026; now 1 to 4 May 2026."
    );
}

#[test]
fn a_call_at_an_hour_begins_and_is_not_said_to_end() {
    let text = "[[negotiation]]\nid = \"t\"\ntitle = \"T\"\n[[negotiation.round]]\nname = \"C\"\n\
                level = \"call\"\nstarts = 2026-05-01T10:00\nannounced = 2026-04-01\n";
    let posted = calendar(text, "2026-04-15T00:00:00Z", "2026-06-01T00:00:00Z");
    assert_eq!(posted, ["2026-05-01T10:00 round starts t"]);
}

#[test]
fn what_a_round_says_does_not_depend_on_when_it_is_sent() {
    let text = "[[negotiation]]\nid = \"t\"\ntitle = \"T\"\n[[negotiation.round]]\nname = \"R\"\n\
                starts = 2026-05-01\nannounced = 2026-04-01\n\
                [[negotiation.round.revision]]\nstarts = 2026-05-08\nannounced = 2026-05-02\n";
    let docket = std::sync::Arc::new(parse(text));
    let plan = Plan::new(&docket, docket.audience().into(), &Seen::default());
    let span = plan.span(at("2026-04-15T00:00:00Z"), at("2026-06-01T00:00:00Z"));
    let late = at("2026-05-05T00:00:00Z");
    let on_time = plan.notice(&span[0], span[0].at);
    let sent_late = plan.notice(&span[0], late);
    assert_eq!(
        (on_time.key, on_time.lines),
        (sent_late.key, sent_late.lines)
    );
}

#[test]
fn each_kind_of_move_has_its_words() {
    let titles = |first: &str, then: &str| {
        let text = "zone = \"America/New_York\"\n".to_owned()
            + &deadline("a", &format!("due = {first}\nannounced = 2026-01-02"))
            + &revision(&format!("due = {then}\nannounced = 2026-02-01"));
        let posts = posts(parse(&text), "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z");
        format!("{} | {}", posts[0].title, posts[0].lines[0])
    };
    assert_eq!(
        titles("\"tbd\"", "2026-06-01"),
        "Date set: 1 June 2026 (New York): a | Had no date; now 1 June 2026 (New York)."
    );
    assert_eq!(
        titles("2026-06-01", "\"tbd\""),
        "No date any more: a | Was 1 June 2026 (New York); now without one."
    );
    assert_eq!(
        titles("2026-06-10", "2026-06-01"),
        "Brought forward to 1 June 2026 (New York): a | Was 10 June 2026 (New York); now 1 June \
         2026 (New York), 9 days earlier."
    );
    assert_eq!(
        titles("\"2026-06\"", "2026-06-09"),
        "Narrowed down to 9 June 2026 (New York): a | Was June 2026 (New York); now 9 June 2026 \
         (New York)."
    );
    assert_eq!(
        titles("2026-06-09", "\"2026-06\""),
        "Widened to June 2026 (New York): a | Was 9 June 2026 (New York); now June 2026 (New \
         York)."
    );
    assert_eq!(
        titles("2026-06-09", "2026-06-10T00:00"),
        "Restated as midnight EDT at the start of 10 June 2026 (New York): a | Was 9 June 2026 (New \
         York); now midnight EDT at the start of 10 June 2026 (New York)."
    );
}

#[test]
fn nothing_is_armed_at_its_own_announcement() {
    // A day before the due, to the minute; and at the very due.
    let text = deadline("a", "due = 2026-03-10T12:00\nannounced = 2026-03-09T12:00")
        + &deadline("b", "due = 2026-03-10T12:00\nannounced = 2026-03-10T12:00");
    let posted = calendar(&text, "2026-03-09T00:00:00Z", "2026-03-11T00:00:00Z");
    assert_eq!(
        posted,
        [
            "2026-03-09T16:00 added a",
            "2026-03-10T15:00 lead 1h a",
            "2026-03-10T16:00 due a",
            "2026-03-10T16:00 added b",
        ]
    );
}

#[test]
fn a_lead_that_is_voided_at_its_instant_is_not_sent() {
    let text = deadline("a", "due = 2026-03-10T12:00\nannounced = 2026-01-01")
        + &revision("due = 2026-04-10T12:00\nannounced = 2026-03-09T12:00");
    let posted = calendar(&text, "2026-03-08T00:00:00Z", "2026-03-11T00:00:00Z");
    assert_eq!(posted, ["2026-03-09T16:00 moved a"]);
}

#[test]
fn an_event_that_comes_after_the_deadline_went_its_own_way_moves_nothing() {
    let text = "[[event]]\nid = \"e\"\ntitle = \"E\"\ndate = 2026-03-01\n".to_owned()
        + &deadline(
            "a",
            "due = { after = \"e\", plus = \"1y\" }\nannounced = 2026-01-02",
        )
        + &revision("due = 2026-06-01\nannounced = 2026-02-01")
        + &deadline(
            "b",
            "due = { after = \"e\", plus = \"1y\" }\nannounced = 2026-01-02",
        )
        + "[deadline.outcome]\nresult = \"moot\"\non = 2026-02-02\n";
    let posted = calendar(&text, "2026-01-15T00:00:00Z", "2026-03-15T00:00:00Z");
    assert_eq!(
        posted,
        [
            "2026-02-01T05:00 moved a",
            "2026-02-03T05:00 outcome b",
            "2026-03-01T00:00 event e",
        ]
    );
}
