//! Each kind of problem has a fixture of its name; its whole output is a snapshot.

use crate::support::{Folder, noon, root, shown};
use docket::config::{self, Code, FILE_BYTES_MAX, Severity};
use std::collections::BTreeMap;

/// The fixtures by name, and those that are too large to keep.
fn fixtures() -> BTreeMap<String, Vec<u8>> {
    let folder = root().join("tests/fixtures/problems");
    let files = std::fs::read_dir(folder).expect("the folder of fixtures");
    let mut fixtures: BTreeMap<_, _> = files
        .map(|file| {
            let path = file.expect("a fixture").path();
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(path).expect("a readable fixture"))
        })
        .collect();
    fixtures.insert("too-large".to_owned(), vec![b'#'; FILE_BYTES_MAX + 1]);
    fixtures.insert(
        "too-deep".to_owned(),
        format!("a = {}", "[".repeat(1000)).into_bytes(),
    );
    fixtures
}

/// A deadline with these lines below it.
fn deadline(lines: &str) -> String {
    format!("[[deadline]]\nid = \"a\"\ntitle = \"A\"\n{lines}\n")
}

/// What is to be done about a text, problem by problem.
fn ways_out(text: &str) -> Vec<String> {
    let problems = config::parse(text, noon()).problems;
    problems.into_iter().filter_map(|it| it.help).collect()
}

#[test]
fn each_kind_of_problem_is_shown_with_its_place_and_a_way_out() {
    for (name, bytes) in fixtures() {
        let (parsed, text) = config::parse_bytes(&bytes, noon());
        let shown = shown(&text, &parsed.problems);
        insta::assert_snapshot!(format!("problem_{name}"), shown);
    }
}

#[test]
fn each_code_has_a_fixture_that_shows_it() {
    let fixtures = fixtures();
    for code in Code::ALL {
        let bytes = fixtures
            .get(code.as_str())
            .unwrap_or_else(|| panic!("no fixture for {code}"));
        let problems = config::parse_bytes(bytes, noon()).0.problems;
        assert!(
            problems.iter().any(|problem| problem.code == *code),
            "{code}: {problems:#?}"
        );
    }
}

#[test]
fn every_problem_has_a_way_out() {
    for (name, bytes) in fixtures() {
        for problem in config::parse_bytes(&bytes, noon()).0.problems {
            assert!(problem.help.is_some(), "{name}: {problem:?}");
        }
    }
}

#[test]
fn a_docket_is_made_only_without_errors() {
    for (name, bytes) in fixtures() {
        let parsed = config::parse_bytes(&bytes, noon()).0;
        let errors = parsed
            .problems
            .iter()
            .any(|it| it.code.severity() == Severity::Error);
        assert_eq!(parsed.docket.is_none(), errors, "{name}");
    }
}

#[test]
fn programs_get_every_problem_with_its_place() {
    let folder = Folder::new();
    let fixture = root().join("tests/fixtures/problems/several.toml");
    folder.write(
        "deadlines.toml",
        std::fs::read(fixture).expect("the fixture"),
    );
    let ran = folder.docket("check --format json");
    assert_eq!(ran.status, 1);
    insta::assert_snapshot!("several_as_json", ran.stdout);
    let ran = folder.docket("check --format github");
    assert_eq!(ran.status, 1);
    insta::assert_snapshot!("several_for_github", ran.stdout);
}

#[test]
fn warnings_fail_only_a_strict_check() {
    let folder = Folder::new();
    folder.write(
        "deadlines.toml",
        "[[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = 2020-01-01\n",
    );
    let ran = folder.docket("check");
    assert_eq!(
        (ran.status, ran.stdout.contains("warning[long-awaited]")),
        (0, true)
    );
    assert_eq!(folder.docket("check --strict").status, 1);
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_a_way_out() {
    let folder = Folder::new();
    insta::assert_snapshot!(folder.docket("list").whole(), @r"
    status 1
    --- stderr
    error: cannot read `deadlines.toml`: No such file or directory (os error 2)
    help: name the record with `--config FILE` or `DOCKET_CONFIG`, or run docket where `deadlines.toml` is
    ");
    std::fs::create_dir(folder.path("deadlines.toml")).expect("a folder");
    insta::assert_snapshot!(folder.docket("check").whole(), @r"
    status 1
    --- stderr
    error: cannot read `deadlines.toml`: a directory
    ");
}

#[test]
fn a_crowd_of_mistakes_is_named_in_reasonable_time() {
    // Quadratic work would take minutes here.
    let mut text = String::new();
    for number in 0..20_000 {
        text.push_str(&format!(
            "[[deadline]]\nid = \"d{number}\"\ntitel = \"x\"\ndue = {{ after = \"e{number}\", \
             plus = \"1d\" }}\nparties = [\"nobody\"]\n"
        ));
    }
    let parsed = config::parse(&text, noon());
    // Where the nearest key is found, its absence is not reported too.
    assert_eq!(parsed.problems.len(), 79_900);
    assert!(shown(&text, &parsed.problems[..10]).contains("did you mean `title`?"));
}

#[test]
fn a_long_tail_behind_a_cycle_is_not_reported_and_costs_little() {
    let mut text = String::new();
    let count = 20_000;
    for number in 0..count {
        let base = if number == 0 { 1 } else { number - 1 };
        text.push_str(&format!(
            "[[deadline]]\nid = \"d{number}\"\ntitle = \"D\"\ndue = {{ after = \"d{base}\", plus = \
             \"1d\" }}\n"
        ));
    }
    let problems = config::parse(&text, noon()).problems;
    let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::Cycle, Code::Cycle]);
}

#[test]
fn a_long_chain_of_computed_dues_is_resolved() {
    let mut text = "[[deadline]]\nid = \"d0\"\ntitle = \"D\"\ndue = 2026-01-01\n".to_owned();
    for number in (1..20_000).rev() {
        let base = number - 1;
        text.push_str(&format!(
            "[[deadline]]\nid = \"d{number}\"\ntitle = \"D\"\ndue = {{ after = \"d{base}\", plus = \
             \"1d\" }}\n"
        ));
    }
    let docket = config::parse(&text, noon()).docket.expect("no errors");
    let last = docket
        .deadlines()
        .find(|deadline| deadline.id.as_str() == "d19999");
    let due = last.expect("the last").status(noon()).due.text();
    assert_eq!(due, "3 October 2080 (UTC)");
}

#[test]
fn a_crowd_of_duplicates_costs_little() {
    let text = "[[deadline]]\nid = \"a\"\n[deadline.outcome]\n[deadline.outcome]\n".repeat(20_000);
    let problems = config::parse(&text, noon()).problems;
    assert!(problems.len() >= 20_000, "{}", problems.len());
}

#[test]
fn a_header_that_may_be_repeated_is_shown_with_both_brackets() {
    let first = "due = 2026-01-01\n[[deadline.revision]]\ndue = 2026-02-01\nannounced = \
                 2025-12-01\nsources = [{ title = \"S\" }]\n";
    for (header, meant) in [
        ("[deadline.revision]", "[[deadline.revision]]"),
        ("[ deadline.revision ] # again", "[[deadline.revision]]"),
        ("[deadline]", "[[deadline]]"),
    ] {
        let text = deadline(&format!("{first}{header}\ndue = 2026-03-01"));
        let way_out = format!("there can be several: write `{meant}` above each");
        assert_eq!(ways_out(&text), [way_out], "{header}");
    }
}

#[test]
fn a_header_that_lacks_its_item_is_shown_with_it() {
    for (header, meant) in [
        (
            "[[revision]]",
            "`[[deadline.revision]]` or `[[negotiation.round.revision]]`",
        ),
        (
            "[outcome]",
            "`[deadline.outcome]` or `[negotiation.round.outcome]`",
        ),
        ("[[round]]", "`[[negotiation.round]]`"),
        ("[[deadline.round]]", "`[[negotiation.round]]`"),
    ] {
        let text = deadline(&format!("due = 2026-12-18\n{header}\nname = \"N\""));
        let way_out = format!("write {meant}, below what it belongs to");
        assert_eq!(ways_out(&text), [way_out], "{header}");
    }
}

#[test]
fn a_date_that_is_none_is_put_right_where_it_is_wrong() {
    const DATE: &str = "write a date of the calendar as `due = 2026-11-10`";
    const HYPHENS: &str = "use plain hyphens, as in `2026-11-10`";
    const TIME: &str = "write a time by the 24-hour clock: `due = 2026-11-10T09:00`";
    const EASTERN: &str =
        "leave `EST` out, and set `zone = \"America/New_York\"` for the whole item";
    for (written, way_out) in [
        ("20225-01-19", DATE),
        ("20225-01-19T00:01", DATE),
        ("10 November 2026", DATE),
        ("2026–11–10", HYPHENS),
        ("2026-11–10", HYPHENS),
        ("2026−11−10T00:01", HYPHENS),
        ("2025-11-10T00:01 EST", EASTERN),
        ("2025-11-10 00:01EST # law", EASTERN),
        (
            "2025-11-10T00:01 Europe/Madrid",
            "leave `Europe/Madrid` out, and set `zone = \"Europe/Madrid\"` for the whole item",
        ),
        (
            "2025-11-10T00:01 XYZ",
            "leave `XYZ` out, and write an offset, as in `2026-11-10T09:00-05:00`, or set `zone`",
        ),
        (
            "2025-11-10T00:01+5",
            "write the offset as in `due = 2026-11-10T09:00-05:00`, or set `zone` instead",
        ),
        ("2025-11-10T00:01 PM", TIME),
        ("2025-11-10 9:00", TIME),
        ("2025-11-10 noon", TIME),
    ] {
        let text = deadline(&format!("due = {written}"));
        assert_eq!(ways_out(&text), [way_out], "{written}");
    }
    let inside = deadline("due = 2026-12-18\nsources = [{ title = \"S\", checked = 2026–11–10 }]");
    assert_eq!(ways_out(&inside), [HYPHENS]);
}

#[test]
fn an_unresolved_merge_is_called_one() {
    let due = "<<<<<<< HEAD\ndue = 2026-12-18\n=======\ndue = 2027-12-18\n>>>>>>> other";
    let items = format!(
        "<<<<<<< HEAD\n{}=======\n{}>>>>>>> other\n",
        deadline("due = 2026-12-18"),
        deadline("due = 2027-12-18")
    );
    for (text, count) in [(deadline(due), 1), (items, 3)] {
        let ways_out = ways_out(&text);
        assert_eq!(ways_out.len(), count, "{text}");
        for way_out in ways_out {
            assert!(
                way_out.starts_with("this is an unresolved merge"),
                "{way_out}"
            );
        }
    }
}

#[test]
fn a_list_in_one_text_is_taken_apart() {
    let text = format!(
        "remind = \"30d, 7d\"\n{}",
        deadline("due = 2026-12-18\ntopics = \"tariffs\"")
    );
    assert_eq!(
        ways_out(&text),
        [
            "put it in brackets: `remind = [\"30d\", \"7d\"]`",
            "put it in brackets: `topics = [\"tariffs\"]`",
        ]
    );
}

#[test]
fn an_extension_is_no_outcome() {
    let outcome = |result: &str| {
        let lines = format!("[deadline.outcome]\nresult = \"{result}\"\non = 2026-11-01");
        ways_out(&deadline(&format!("due = 2026-12-18\n{lines}")))
    };
    let words = "`met`, `lapsed`, `superseded`, `moot` or `withdrawn`";
    assert_eq!(
        outcome("Extended"),
        [format!(
            "a deadline that moves has not ended: append a `[[deadline.revision]]` instead. An \
             outcome can be {words}"
        )]
    );
    assert_eq!(outcome("unclear"), [format!("it can be {words}")]);
}

#[test]
fn a_channel_is_told_of_each_topic_and_party_that_no_item_has() {
    let text = "[[party]]\nid = \"us\"\nname = \"U\"\n[[party]]\nid = \"cn\"\nname = \"C\"\n"
        .to_owned()
        + &deadline("due = 2026-12-18\ntopics = [\"tariffs\", \"tiktok\"]\nparties = [\"us\"]")
        + "[[channel]]\nid = \"123456789012345678\"\ntopics = [\"tik-tok\", \"tariffs\", \"shipping\"]\n\
           parties = [\"us\", \"cn\"]\n";
    let parsed = config::parse(&text, noon());
    assert!(parsed.docket.is_some(), "they are warnings");
    insta::assert_snapshot!(shown(&text, &parsed.problems), @r#"
    warning[matches-nothing]: no item has the topic `tik-tok`
      --> deadlines.toml:15:11
       |
    15 | topics = ["tik-tok", "tariffs", "shipping"]
       |           ^^^^^^^^^
       |
       = help: did you mean `tiktok`?

    warning[matches-nothing]: no item has the topic `shipping`
      --> deadlines.toml:15:33
       |
    15 | topics = ["tik-tok", "tariffs", "shipping"]
       |                                 ^^^^^^^^^^
       |
       = help: leave it out until an item has that topic

    warning[matches-nothing]: no item has the party `cn`
      --> deadlines.toml:16:18
       |
    16 | parties = ["us", "cn"]
       |                  ^^^^
       |
       = help: leave it out until an item has that party
    "#);
}
