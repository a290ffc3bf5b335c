//! Documentation is run: every command, every TOML block, every key.

use crate::support::{Folder, command, docket, noon, root, shipped_text, shown};
use docket::config::{self, Code, keys};
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

/// The pages, by name.
fn pages() -> Vec<(String, String)> {
    let names = [
        "README.md",
        "docs/architecture.md",
        "docs/configuration.md",
        "docs/delivery.md",
        "docs/operating.md",
        "CONTRIBUTING.md",
    ];
    let read = |name: &str| std::fs::read_to_string(root().join(name)).expect("a page");
    names
        .iter()
        .map(|name| ((*name).to_owned(), read(name)))
        .collect()
}

/// The blocks of a page in a language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    let after = page.split(fence.as_str()).skip(1);
    after
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect()
}

#[test]
fn every_toml_block_is_a_record() {
    let mut count = 0;
    for (name, page) in pages() {
        for block in blocks(&page, "toml") {
            count += 1;
            let parsed = config::parse(block, noon());
            assert!(
                parsed.docket.is_some(),
                "{name}:\n{}",
                shown(block, &parsed.problems)
            );
        }
    }
    assert!(count >= 8, "only {count} blocks");
}

#[test]
fn every_command_prints_what_the_page_says() {
    let folder = Folder::new();
    folder.write("deadlines.toml", shipped_text());
    let mut count = 0;
    for (name, page) in pages() {
        for block in blocks(&page, "console") {
            for example in block.split("$ ").skip(1) {
                count += 1;
                let (line, expected) = example.split_once('\n').expect("a command line");
                let printed = match line {
                    // The board of the day on which the page was written.
                    "cargo run --release" => docket("list --as-of 2026-11-22T12:00Z").stdout,
                    "cargo test" => continue,
                    _ => {
                        let args = line.strip_prefix("docket ");
                        let args = args.unwrap_or_else(|| panic!("{name}: `{line}` is not run"));
                        let ran = folder.docket(args);
                        ran.stdout + &ran.stderr
                    }
                };
                assert!(
                    matches(expected.trim_end(), printed.trim_end()),
                    "{name}: `{line}` prints\n{printed}\nnot\n{expected}"
                );
            }
        }
    }
    assert!(count >= 6, "only {count} commands");
}

/// Whether a text is the expected one, where a line `…` stands for any lines.
fn matches(expected: &str, printed: &str) -> bool {
    let mut rest = printed;
    let pieces: Vec<_> = expected
        .split("…\n")
        .flat_map(|piece| piece.split("\n…"))
        .collect();
    let last = pieces.len() - 1;
    for (place, piece) in pieces.iter().enumerate() {
        let piece = piece.trim_end_matches('\n');
        let Some(found) = rest.find(piece) else {
            return false;
        };
        if (place == 0 && found > 0)
            || (place == last && place > 0 && !piece.is_empty() && !rest.ends_with(piece))
        {
            return false;
        }
        rest = &rest[found + piece.len()..];
    }
    last > 0 || rest.is_empty()
}

#[test]
fn the_main_command_prints_the_board_and_stays() {
    let mut bot = command()
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(bot.stdout.take().expect("stdout")).lines();
    let mut next = || lines.next().expect("a line").expect("UTF-8");
    assert!(next().starts_with("As of "));
    assert_eq!(next(), "");
    assert!(next().starts_with("LEFT "));
    assert!(bot.try_wait().expect("a state").is_none(), "it ended");
    bot.kill().expect("killed");
    bot.wait().expect("an end");
}

/// The table of a shape's keys as the page has it.
fn table(shape: &keys::Shape) -> String {
    let mut table = "| key | value | meaning |\n|---|---|---|\n".to_owned();
    for key in shape.keys {
        let required = if key.required { ", required" } else { "" };
        table.push_str(&format!(
            "| `{}` | {}{required} | {} |\n",
            key.name,
            kind(key.value),
            key.doc
        ));
    }
    table
}

fn kind(value: keys::Value) -> String {
    use keys::Value;
    match value {
        Value::Id => "id".to_owned(),
        Value::Text => "text".to_owned(),
        Value::Word(words) => words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Zone => "zone".to_owned(),
        Value::Bool => "`true` or `false`".to_owned(),
        Value::Due => "due".to_owned(),
        Value::When => "date or date-time".to_owned(),
        Value::Date => "date".to_owned(),
        Value::Time => "time of day".to_owned(),
        Value::Duration => "duration".to_owned(),
        Value::Url => "web address".to_owned(),
        Value::Channel => "channel id".to_owned(),
        Value::Mention => "mention".to_owned(),
        Value::Language => "language tag".to_owned(),
        Value::List(entry, true) => format!("list of: {}", kind(*entry)),
        Value::List(entry, false) => format!("list of: {}; not empty", kind(*entry)),
        Value::Table(shape) => format!("[table](#{})", anchor(shape)),
        Value::Tables(shape) => format!("list of [tables](#{})", anchor(shape)),
    }
}

fn anchor(shape: &keys::Shape) -> String {
    shape.name.replace('_', "-")
}

#[test]
fn every_key_is_documented_as_the_schema_has_it() {
    let page = std::fs::read_to_string(root().join("docs/configuration.md")).expect("the page");
    for shape in keys::SHAPES {
        let heading = format!("### {}\n", anchor(shape));
        let section = page
            .split(&heading)
            .nth(1)
            .unwrap_or_else(|| panic!("no {heading}"));
        let section = section.split("\n### ").next().unwrap_or_default();
        let table = table(shape);
        assert!(
            section.contains(&table),
            "under `{}` there should be\n{table}",
            heading.trim()
        );
    }
}

#[test]
fn every_code_is_documented_with_its_meaning() {
    let page = std::fs::read_to_string(root().join("docs/configuration.md")).expect("the page");
    for code in Code::ALL {
        let severity = format!("{:?}", code.severity()).to_lowercase();
        let row = format!("| `{code}` | {severity} | {} |", code.meaning());
        assert!(
            page.contains(&row),
            "docs/configuration.md lacks the row\n{row}"
        );
    }
}

#[test]
fn the_schema_is_one_and_knows_every_key() {
    let schema = docket("schema").json();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    for shape in keys::SHAPES {
        let table = if shape.name == "docket" {
            &schema
        } else {
            &schema["$defs"][shape.name]
        };
        let properties = table["properties"].as_object().expect("properties");
        let mut names: Vec<_> = shape.keys.iter().map(|key| key.name).collect();
        names.sort_unstable();
        assert_eq!(
            properties.keys().map(String::as_str).collect::<Vec<_>>(),
            names
        );
        assert_eq!(table["additionalProperties"], false);
    }
    // Every reference leads somewhere.
    let text = schema.to_string();
    for reference in text.split("#/$defs/").skip(1) {
        let name = reference.split('"').next().expect("a name");
        assert!(schema["$defs"].get(name).is_some(), "{name}");
    }
}
