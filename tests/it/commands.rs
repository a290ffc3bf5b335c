//! The command line as scripts and people meet it.

use crate::support::{Folder, docket};

/// A small record with one of each.
const RECORD: &str = r#"zone = "America/New_York"

[[party]]
id = "us"
name = "United States"

[[deadline]]
id = "tiktok"
title = "TikTok must be sold"
topics = ["tiktok"]
parties = ["us"]
due = 2025-01-19
announced = 2024-04-24
standing = "published"

[[deadline.revision]]
due = 2025-04-05
announced = 2025-01-20
instrument = "EO 14166"
standing = "published"
sources = [{ title = "90 FR 8611" }]

[[deadline]]
id = "report"
title = "A report is due"
topics = ["trade"]
due = { after = "order", plus = "90d" }
announced = 2025-02-01

[[deadline]]
id = "cuts"
title = "Tariff cuts"
topics = ["trade"]
due = "tbd"

[[event]]
id = "order"
title = "An order is signed"
date = 2025-02-01

[[negotiation]]
id = "talks"
title = "Talks"
serves = ["cuts"]

[[negotiation.round]]
name = "Geneva"
city = "Geneva"
country = "Switzerland"
starts = 2025-05-10
ends = 2025-05-11
announced = 2025-05-06
delegates = [{ party = "us", names = ["Scott Bessent"] }]
agenda = ["tariffs"]

[[channel]]
id = "123456789012345678"
topics = ["tiktok"]
remind = ["1d"]
"#;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("deadlines.toml", RECORD);
    folder
}

#[test]
fn json_has_every_named_key() {
    let folder = folder();
    insta::assert_snapshot!(
        "json_list",
        folder.docket("list --as-of 2025-03-01 --json").stdout
    );
    insta::assert_snapshot!(
        "json_show",
        folder.docket("show cuts --as-of 2025-05-10 --json").stdout
    );
    insta::assert_snapshot!(
        "json_show_computed",
        folder
            .docket("show report --as-of 2025-05-10 --json")
            .stdout
    );
    insta::assert_snapshot!(
        "json_talks",
        folder.docket("talks --as-of 2025-05-10 --json").stdout
    );
    insta::assert_snapshot!(
        "json_events",
        folder
            .docket("list --events --as-of 2025-05-10 --json")
            .stdout
    );
    insta::assert_snapshot!(
        "json_replay",
        folder
            .docket("replay --from 2025-04-01 --to 2025-04-30 --json")
            .stdout
    );
}

#[test]
fn the_board_is_awaiting_first_then_soonest_first_and_no_date_last() {
    let ids = |args: &str| {
        let list = folder().docket(args).json();
        let ids = list
            .as_array()
            .expect("an array")
            .iter()
            .map(|it| it["id"].as_str().expect("id").to_owned());
        ids.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ids("list --json --as-of 2025-04-20"), "tiktok report cuts");
    assert_eq!(ids("list --json --as-of 2025-04-20 --within 1d"), "tiktok");
    assert_eq!(
        ids("list --json --as-of 2025-04-20 --within 2w"),
        "tiktok report"
    );
    assert_eq!(ids("list --json --as-of 2025-04-20 --state tbd"), "cuts");
    assert_eq!(
        ids("list --json --as-of 2025-04-20 --topic trade"),
        "report cuts"
    );
    assert_eq!(ids("list --json --as-of 2025-04-20 --party us"), "tiktok");
    assert_eq!(ids("list --json --as-of 2025-01-30"), "tiktok cuts");
}

#[test]
fn what_does_not_exist_is_named_with_the_nearest_that_does() {
    let folder = folder();
    let mut answers = String::new();
    for args in [
        "show tiktok-divest",
        "show reprot",
        "show order --as-of 2025-01-01",
        "talks cuts",
        "list --topic tikok",
        "list --party usa",
        "list --state ended",
        "list --within soon",
        "list --as-of yesterday",
        "plan --channel 123456789012345679",
        "replay --from 2025-02-01 --to 2025-01-01",
        "lst",
        "list --tpic trade",
        "export pdf",
    ] {
        let ran = folder.docket(args);
        answers.push_str(&format!("$ docket {args}\n{}\n", ran.whole()));
    }
    insta::assert_snapshot!(answers);
}

#[test]
fn the_arithmetic_of_a_computed_due_is_shown() {
    let ran = folder().docket("show report --as-of 2025-05-10");
    assert!(
        ran.stdout
            .contains("order 1 February 2025 (New York) + 90d = 2 May 2025 (New York)\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_diff_says_what_saving_would_announce() {
    let folder = folder();
    let edited = RECORD
        .replace("due = 2025-04-05", "due = 2025-04-06")
        .replace("\n[[deadline]]\nid = \"report\"", "\n[deadline.outcome]\nresult = \"met\"\non = 2025-04-01\n\n[[deadline]]\nid = \"report\"")
        .replace("starts = 2025-05-10", "starts = 2025-05-12").replace("ends = 2025-05-11", "ends = 2025-05-13")
        .replace("topics = [\"tiktok\"]\nremind = [\"1d\"]\n", "remind = [\"1d\"]\n")
        + "\n[[event]]\nid = \"ruling\"\ntitle = \"A court rules\"\ndate = 2025-04-02\n";
    folder.write("new.toml", edited);
    let ran = folder.docket("diff deadlines.toml new.toml --as-of 2025-05-09");
    insta::assert_snapshot!(ran.whole());
    let same = folder.docket("diff deadlines.toml deadlines.toml");
    assert_eq!(
        (same.status, same.stdout.as_str()),
        (0, "Nothing would be announced.\n")
    );
}

#[test]
fn many_changes_in_one_edit_are_one_summary() {
    let folder = Folder::new();
    let record = |due: &str| {
        (0..25).map(|n| format!(
        "[[deadline]]\nid = \"d{n}\"\ntitle = \"D{n}\"\ndue = {due}\nannounced = 2025-01-01\n")).collect::<String>()
    };
    folder.write("old.toml", record("2026-01-01"));
    folder.write(
        "new.toml",
        record("2026-02-01") + "[deadline.outcome]\nresult = \"met\"\non = 2025-06-01\n",
    );
    let ran = folder.docket("diff old.toml new.toml --as-of 2025-07-01 --json");
    let kinds: Vec<String> = ran
        .stdout
        .lines()
        .map(|line| {
            let post: serde_json::Value = serde_json::from_str(line).expect("JSON");
            format!(
                "{} {}",
                post["kind"].as_str().expect("a kind"),
                post["items"].as_array().expect("items").len()
            )
        })
        .collect();
    assert_eq!(kinds, ["summary 25", "outcome 1"]);
}

#[test]
fn keys_do_not_depend_on_titles_or_the_order_of_the_file() {
    let folder = folder();
    let keys = |ran: &crate::support::Ran| {
        let mut keys: Vec<_> = ran
            .stdout
            .lines()
            .map(|line| {
                let post: serde_json::Value = serde_json::from_str(line).expect("JSON");
                post["key"].as_str().expect("a key").to_owned()
            })
            .collect();
        keys.sort_unstable();
        keys
    };
    let args = "replay --from 2025-01-01 --to 2025-12-31 --json";
    let before = keys(&folder.docket(args));
    let (head, first_deadline) = RECORD.split_once("[[deadline]]").expect("a deadline");
    let (first_deadline, rest) = first_deadline
        .split_once("\n[[deadline]]")
        .expect("another");
    let (rest, channel) = rest.split_once("[[channel]]").expect("a channel");
    let reordered =
        format!("{head}[[deadline]]{rest}[[deadline]]{first_deadline}\n[[channel]]{channel}")
            .replace("TikTok must be sold", "Something else")
            .replace("EO 14166", "Executive Order 14166");
    folder.write("deadlines.toml", reordered);
    assert_eq!(keys(&folder.docket(args)), before);
    assert!(!before.is_empty());
}

#[test]
fn the_record_can_be_named_by_flag_or_environment() {
    let folder = Folder::new();
    let path = folder.write("other.toml", RECORD);
    assert_eq!(folder.docket("--config other.toml check").status, 0);
    assert_eq!(folder.docket("check --config other.toml").status, 0);
    let mut command = crate::support::command();
    let output = command
        .env("DOCKET_CONFIG", path)
        .arg("check")
        .output()
        .expect("it runs");
    assert!(output.status.success());
}

#[test]
fn an_export_goes_where_it_is_told() {
    let folder = folder();
    let ran = folder.docket("export json --topic tiktok -o out.json");
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
    let text = std::fs::read_to_string(folder.path("out.json")).expect("the export");
    let export: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(export["deadlines"].as_array().expect("deadlines").len(), 1);
    assert_eq!(
        folder.docket("export json -o no/such/folder.json").status,
        1
    );
}

#[test]
fn help_is_a_manual_page_in_small() {
    let ran = docket("--help");
    insta::assert_snapshot!("help", ran.whole());
    for command in [
        "check", "list", "show", "talks", "plan", "replay", "diff", "export",
    ] {
        let ran = docket(&format!("{command} --help"));
        insta::assert_snapshot!(format!("help_{command}"), ran.whole());
    }
}

#[test]
fn completions_are_made_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = docket(&format!("completions {shell}"));
        assert!(ran.status == 0 && ran.stdout.contains("replay"), "{shell}");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let ran = std::process::Command::new("sh")
        .arg("-c")
        .arg(format!(
            "{} export json | head -c 10",
            env!("CARGO_BIN_EXE_docket")
        ))
        .current_dir(crate::support::root())
        .output()
        .expect("a shell");
    assert_eq!(
        (
            ran.stdout.len(),
            String::from_utf8_lossy(&ran.stderr).as_ref()
        ),
        (10, "")
    );
}
