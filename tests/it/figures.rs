//! The figures of `/metrics`: each is shown by the real bot, described, documented and on the
//! dashboard, and the page, the table and the dashboard name no others.

use crate::bot::{RECORD, TRANSCRIPT, serving, wait_until};
use crate::crowd::get;
use crate::support::{Folder, root};
use crate::tidy::files;
use docket::domain::Stage;
use docket::web::Metrics;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The names of figures in a text.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
    let names = words.filter(|word| word.starts_with("docket_"));
    names.map(str::to_owned).collect()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect("a file")
}

/// The files of the program, without white space.
fn sources() -> impl Iterator<Item = (PathBuf, String)> {
    let without_spaces = |text: String| text.split_whitespace().collect();
    let files = files("src", "rs").into_iter();
    files.map(move |(path, text)| (path, without_spaces(text)))
}

/// All that the program counts or shows: the texts that are nothing but a name.
fn counted() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, text) in sources() {
        let quoted = text.split("\"docket_").skip(1);
        let quoted = quoted.filter_map(|rest| rest.split_once('"'));
        found.extend(quoted.map(|(name, _)| format!("docket_{name}")));
    }
    found
}

/// The rows of the table in the documentation.
fn documented() -> BTreeSet<String> {
    let page = read("docs/operating.md");
    let rows = page.lines().filter(|line| line.starts_with("| `docket_"));
    rows.filter_map(|row| row.split('|').nth(1))
        .flat_map(names)
        .collect()
}

#[test]
fn each_figure_is_documented_and_nothing_else_is() {
    assert_eq!(documented(), counted());
}

#[test]
fn the_dashboard_shows_each_figure_and_no_other() {
    let dashboard: Value = serde_json::from_str(&read("packaging/grafana.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let mut shown = BTreeSet::new();
    for panel in panels {
        for target in panel["targets"].as_array().expect("targets") {
            let expression = target["expr"].as_str().expect("an expression");
            // What a histogram is made of.
            let expression = expression.replace("_bucket", "");
            shown.extend(names(&expression));
        }
    }
    assert_eq!(shown, documented());
    // Nothing lies on anything else, and everything is on the paper.
    let place = |panel: &Value, key: &str| panel["gridPos"][key].as_i64().expect("a place");
    let mut taken = BTreeSet::new();
    for panel in panels {
        let (left, top) = (place(panel, "x"), place(panel, "y"));
        for x in left..left + place(panel, "w") {
            assert!(x < 24, "{}", panel["title"]);
            for y in top..top + place(panel, "h") {
                assert!(taken.insert((x, y)), "{} is on another", panel["title"]);
            }
        }
    }
}

#[test]
fn a_running_bot_shows_its_figures() {
    let moved = "[[deadline.revision]]\ndue = 2100-01-10\nannounced = 2026-01-01\n";
    let folder = Folder::in_memory();
    folder.write("deadlines.toml", RECORD);
    let (bot, address) = serving(&folder);
    folder.replace("deadlines.toml", &format!("{RECORD}{moved}"));
    let is_sent = || folder.ledger().iter().any(|it| it.stage == Stage::Sent);
    wait_until("the move is posted", is_sent);
    assert!(
        folder
            .text(TRANSCRIPT)
            .contains("Extended to 10 January 2100")
    );

    let (status, page) = get(&address, "/metrics").expect("an answer");
    assert_eq!(status, 200, "{page}");
    for line in [
        "docket_ledger_deliveries{stage=\"planned\"} 0",
        "docket_ledger_deliveries{stage=\"sent\"} 1",
        "docket_plan_subscriptions 1",
        "docket_plan_posts_next_day 0",
        "docket_posts_total{kind=\"moved\",result=\"sent\"} 1",
        "docket_posts_total{kind=\"lead\",result=\"failed\"} 0",
        "docket_post_lateness_seconds_count{kind=\"moved\"} 1",
        "docket_reloads_total{result=\"taken\"} 2",
        "docket_reload_last_successful 1",
        "docket_discord_limited_total 0",
        "docket_record_items{kind=\"deadline\"} 1",
        "docket_ledger_up 1",
    ] {
        assert!(page.contains(&format!("\n{line}\n")), "{line}:\n{page}");
    }
    let took = page.split("\ndocket_reload_last_duration_seconds ").nth(1);
    let took = took.and_then(|rest| rest.lines().next()?.parse::<f64>().ok());
    assert!(took.is_some_and(|took| took > 0.0 && took < 10.0), "{page}");
    // Thirty days before it: the first of the leads.
    assert!(
        page.contains("\ndocket_plan_next_post_timestamp_seconds 4100662800\n"),
        "{page}"
    );
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn each_figure_that_is_counted_is_described() {
    let (_, recorder) = Metrics::apart();
    let mut number = 0;
    for (path, text) in sources() {
        if path.ends_with("web/metrics.rs") {
            continue;
        }
        let uses = |kind: &str| -> Vec<String> {
            let call = format!("{kind}!(\"");
            let uses = text.split(&call).skip(1);
            let names = uses.filter_map(|rest| rest.split_once('"'));
            names.map(|(name, _)| name.to_owned()).collect()
        };
        metrics::with_local_recorder(&recorder, || {
            for name in uses("counter") {
                number += 1;
                metrics::counter!(name).increment(1);
            }
            for name in uses("gauge") {
                number += 1;
                metrics::gauge!(name).set(1.0);
            }
            for name in uses("histogram") {
                number += 1;
                metrics::histogram!(name).record(1.0);
            }
        });
    }
    assert!(number >= 8, "only {number} are found");
    let page = recorder.handle().render();
    for line in page.lines().filter(|line| line.starts_with("# TYPE ")) {
        let name = line.split(' ').nth(2).expect("a name");
        assert!(
            page.contains(&format!("# HELP {name} ")),
            "{name} is not described:\n{page}"
        );
    }
    assert!(
        page.contains("docket_post_lateness_seconds_bucket{le=\"60\"} 1"),
        "{page}"
    );
}
