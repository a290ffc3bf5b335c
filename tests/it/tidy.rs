//! The habits of the project: who may import whom, how files begin, what is never committed.

use crate::support::root;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Which modules of this crate each module may import. The table of `docs/architecture.md`.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("config", &["domain"]),
    ("ports", &["domain"]),
    ("engine", &["config", "domain", "ports"]),
    ("store", &["domain", "ports"]),
    ("json", &["domain"]),
    ("picture", &["domain"]),
    (
        "discord",
        &[
            "config", "domain", "engine", "feed", "picture", "ports", "query", "settings", "store",
        ],
    ),
    ("query", &["config", "domain"]),
    (
        "web",
        &[
            "config", "domain", "engine", "feed", "json", "picture", "query", "store",
        ],
    ),
    ("feed", &["domain"]),
    ("clock", &["domain", "ports"]),
    ("console", &["domain", "ports"]),
    ("file", &["config"]),
    ("settings", &[]),
    ("telemetry", &["settings"]),
    ("watch", &["engine", "file"]),
    (
        "app",
        &[
            "clock", "config", "console", "discord", "domain", "engine", "feed", "ports", "store",
            "watch", "web",
        ],
    ),
    (
        "cli",
        &[
            "app",
            "clock",
            "config",
            "console",
            "discord",
            "domain",
            "engine",
            "feed",
            "file",
            "json",
            "picture",
            "ports",
            "query",
            "settings",
            "store",
            "telemetry",
            "watch",
            "web",
        ],
    ),
];

/// Crates that belong to some modules alone.
const OWNED: &[(&str, &[&str])] = &[
    ("toml", &["config"]),
    ("annotate_snippets", &["config"]),
    ("strsim", &["config"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("comfy_table", &["cli"]),
    ("ical", &["feed"]),
    ("quick_xml", &["feed"]),
    ("percent_encoding", &["domain"]),
    ("png", &["picture"]),
    ("resvg", &["picture"]),
    ("skrifa", &["picture"]),
    ("textwrap", &["console"]),
    ("terminal_size", &["cli"]),
    (
        "tokio",
        &[
            "app", "cli", "clock", "console", "discord", "engine", "store", "watch", "web",
        ],
    ),
    ("reqwest", &["discord"]),
    ("serenity", &["discord"]),
    (
        "tracing",
        &[
            "app",
            "cli",
            "discord",
            "engine",
            "telemetry",
            "watch",
            "web",
        ],
    ),
    ("axum", &["web"]),
    ("flate2", &["web"]),
    ("form_urlencoded", &["web"]),
    ("hyper", &["web"]),
    ("hyper_util", &["web"]),
    ("maud", &["web"]),
    ("metrics", &["discord", "engine", "web"]),
    ("metrics_exporter_prometheus", &["web"]),
    ("rusqlite", &["store"]),
    ("tokio_postgres", &["store"]),
    ("rustls", &["store"]),
    ("notify", &["watch"]),
    ("tracing_subscriber", &["telemetry"]),
    (
        "serde_json",
        &["cli", "config", "discord", "json", "store", "web"],
    ),
];

/// Longer than this, a file is probably two. Those that are one all the same are named.
const LINES_MAX: usize = 450;
const LONG: &[(&str, &str)] = &[("src/config/keys.rs", "one table of all keys")];

/// The files in a folder of the project with this ending, by their path in the project.
pub(crate) fn files(folder: &str, ending: &str) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == ending) {
                let text = std::fs::read_to_string(&path).expect("text");
                found.insert(path.strip_prefix(root()).expect("inside").to_owned(), text);
            }
        }
    }
    found
}

/// The module at the top of the crate that a file of `src` belongs to.
fn module(path: &Path) -> String {
    let inside = path.strip_prefix("src").expect("a file of src");
    let first = inside
        .components()
        .next()
        .expect("a name")
        .as_os_str()
        .to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The text without comments and documentation.
fn code(text: &str) -> String {
    let lines = text.lines().map(|line| {
        if line.trim_start().starts_with("//") {
            ""
        } else {
            line
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn modules_import_only_what_the_table_allows() {
    for (path, text) in files("src", "rs") {
        let module = module(&path);
        if matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        let rule = MAY_IMPORT.iter().find(|(name, _)| *name == module);
        let (_, allowed) = rule.unwrap_or_else(|| panic!("{module} is not in the table"));
        for import in code(&text).split("crate::").skip(1) {
            let name: String = import
                .chars()
                .take_while(|it| it.is_alphanumeric() || *it == '_')
                .collect();
            let is_module = MAY_IMPORT.iter().any(|(known, _)| *known == name);
            assert!(
                is_module,
                "{}: crate::{name} names no module",
                path.display()
            );
            let is_allowed = name == module || allowed.contains(&name.as_str());
            assert!(
                is_allowed,
                "{}: {module} may not import {name}",
                path.display()
            );
        }
    }
}

#[test]
fn the_documented_import_table_is_the_one_that_is_tested() {
    let text = std::fs::read_to_string(root().join("docs/architecture.md")).expect("the page");
    for (module, allowed) in MAY_IMPORT {
        let allowed: Vec<_> = allowed.iter().map(|name| format!("`{name}`")).collect();
        let allowed = if allowed.is_empty() {
            "nothing".to_owned()
        } else {
            allowed.join(", ")
        };
        let row = format!("| `{module}` | {allowed} |");
        assert!(
            text.contains(&row),
            "docs/architecture.md lacks the row\n{row}"
        );
    }
}

#[test]
fn crates_are_used_where_they_belong() {
    for (path, text) in files("src", "rs") {
        let (module, code) = (module(&path), code(&text));
        for (name, owners) in OWNED {
            let uses = [
                format!("use {name}::"),
                format!(" {name}::"),
                format!("({name}::"),
            ];
            let used = uses.iter().any(|form| code.contains(form.as_str()));
            let allowed = owners.contains(&module.as_str());
            assert!(
                !used || allowed,
                "{}: {name} belongs to {owners:?}",
                path.display()
            );
        }
    }
}

#[test]
fn what_decides_and_what_draws_is_pure() {
    for (path, text) in [
        "src/domain",
        "src/config",
        "src/feed",
        "src/picture",
        "src/query",
        "src/discord/commands",
        "src/discord/words",
    ]
    .into_iter()
    .flat_map(|folder| files(folder, "rs"))
    {
        let code = code(&text);
        for impure in [
            "std::fs",
            "std::io",
            "std::env",
            "std::net",
            "std::time::SystemTime",
            "std::time::Instant",
            "async fn",
            ".await",
            "println",
            "tracing",
        ] {
            assert!(!code.contains(impure), "{}: {impure}", path.display());
        }
    }
}

#[test]
fn every_file_says_what_it_is_and_can_be_held_in_the_head() {
    for folder in ["src", "tests", "benches", "fuzz/fuzz_targets"] {
        for (path, text) in files(folder, "rs") {
            let name = path.display().to_string();
            assert!(text.starts_with("//!"), "{name} does not begin with //!");
            let is_long = LONG.iter().any(|(long, _)| *long == name);
            let lines = text.lines().count();
            let allowed = is_long || folder != "src" || lines <= LINES_MAX;
            assert!(allowed, "{name} has {lines} lines");
        }
    }
}

#[test]
fn nothing_unfinished_is_committed() {
    // Put together, so that this file does not find itself.
    let words = [
        "todo!(",
        "unimplemented!(",
        "dbg!(",
        "FIX#ME",
        "X#XX",
        ".unwrap()",
        "#[igno#re",
    ];
    for folder in ["src", "tests", "benches"] {
        for (path, text) in files(folder, "rs") {
            if path.ends_with("tidy.rs") {
                continue;
            }
            for word in words.map(|word| word.replace('#', "")) {
                let word = if word.starts_with('[') {
                    format!("#{word}")
                } else {
                    word
                };
                assert!(!code(&text).contains(&word), "{}: {word}", path.display());
            }
        }
    }
}

#[test]
fn glob_imports_hide_dependencies() {
    for (path, text) in files("src", "rs") {
        assert!(!code(&text).contains("::*"), "{}", path.display());
    }
}

#[test]
fn each_page_has_one_title() {
    let pages = files("docs", "md").into_iter().chain(
        ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"].map(|name| {
            (
                name.into(),
                std::fs::read_to_string(root().join(name)).expect("a page"),
            )
        }),
    );
    for (path, text) in pages {
        let mut in_code = false;
        let titles = text.lines().filter(|line| {
            in_code ^= line.starts_with("```");
            !in_code && line.starts_with("# ")
        });
        assert_eq!(titles.count(), 1, "{}", path.display());
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let all = files("tests/it", "rs");
    let is_list = |path: &&PathBuf| path.ends_with("main.rs") || path.ends_with("mod.rs");
    let lists = all.keys().filter(is_list).map(|path| all[path].as_str());
    let lists = lists.collect::<String>();
    for path in all.keys() {
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        assert!(
            is_list(&path) || lists.contains(&format!("mod {name};")),
            "{name} is not listed"
        );
    }
}

#[test]
fn the_changelog_has_the_version() {
    let text = std::fs::read_to_string(root().join("CHANGELOG.md")).expect("the changelog");
    assert!(text.contains(&format!("## [{}]", env!("CARGO_PKG_VERSION"))));
}
