//! What tests share: parsing, instants, and the real command in a folder of its own.

use docket::config;
use docket::domain::{Docket, Notice, Plan, Seen, Timestamp};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

/// The folder of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// An instant in RFC 3339.
#[track_caller]
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant in RFC 3339")
}

/// The noon on which the tests take place, unless they say otherwise.
pub(crate) fn noon() -> Timestamp {
    at("2026-11-22T12:00:00Z")
}

/// The docket of a text that has no errors.
#[track_caller]
pub(crate) fn parse(text: &str) -> Docket {
    let parsed = config::parse(text, noon());
    match parsed.docket {
        Some(docket) => docket,
        None => panic!("{}", shown(text, &parsed.problems)),
    }
}

/// The record that comes with the program, as it is written.
pub(crate) fn shipped_text() -> String {
    std::fs::read_to_string(root().join("deadlines.toml")).expect("the shipped record")
}

/// The record that comes with the program.
#[track_caller]
pub(crate) fn shipped() -> Docket {
    parse(&shipped_text())
}

/// Problems as people see them.
pub(crate) fn shown(text: &str, problems: &[config::Problem]) -> String {
    config::Report {
        file: "deadlines.toml",
        text,
        problems,
    }
    .human(config::Style::Plain)
}

/// What a docket posts for its audience in a span, the way `replay` has it.
pub(crate) fn posts(docket: Docket, from: &str, to: &str) -> Vec<Notice> {
    let audience = docket.audience();
    let plan = Plan::new(&Arc::new(docket), audience.into(), &Seen::default());
    let span = plan.span(at(from), at(to));
    span.iter()
        .map(|occurrence| plan.notice(occurrence, occurrence.at))
        .collect()
}

/// Posts as lines of instant, kind, lead and items.
pub(crate) fn lines(posts: &[Notice]) -> Vec<String> {
    posts
        .iter()
        .map(|post| {
            let mut line = format!("{} {}", post.at.format("%Y-%m-%dT%H:%M"), post.kind);
            if let Some(lead) = post.lead {
                line.push_str(&format!(" {lead}"));
            }
            if let Some(step) = post.step {
                line.push_str(&format!(" {step}"));
            }
            let items: Vec<_> = post.items.iter().map(ToString::to_string).collect();
            format!("{line} {}", items.join("+"))
        })
        .collect()
}

/// How the tests are to be run, if something is said of it.
#[expect(
    clippy::disallowed_methods,
    reason = "how the tests are run, not what they test"
)]
pub(crate) fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// What a test does without something that it needs: it says so and passes, except where the tests
/// have to be complete.
#[expect(clippy::print_stdout, reason = "what was not tested should be seen")]
pub(crate) fn skip(what: &str, why: &str) {
    let is_strict = setting("DOCKET_TEST_STRICT").is_some();
    assert!(!is_strict, "no {what} ({why})");
    println!("skipped: no {what} ({})", why.replace('\n', " "));
}

/// What the real command printed.
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: i32,
}

impl Ran {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Self {
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            status: output.status.code().expect("an exit status"),
        }
    }

    /// Status, stdout and stderr in one text, for a snapshot.
    pub(crate) fn whole(&self) -> String {
        let part = |name: &str, text: &str| match text {
            "" => String::new(),
            _ => format!("--- {name}\n{text}"),
        };
        let (out, err) = (part("stdout", &self.stdout), part("stderr", &self.stderr));
        format!("status {}\n{out}{err}", self.status)
    }

    /// What it printed as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.stderr, "");
        serde_json::from_str(&self.stdout).expect("JSON")
    }
}

/// The real command, with an environment of its own.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docket"));
    // Bots of many tests run at once: they cannot all have the address of the page.
    command
        .env_clear()
        .env("DOCKET_LISTEN", "")
        .current_dir(root());
    command
}

/// Runs the real command on the shipped record.
pub(crate) fn docket(args: &str) -> Ran {
    Ran::of(
        command()
            .args(args.split_whitespace())
            .output()
            .expect("the command starts"),
    )
}

/// A folder for one test, gone when the test ends.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// A folder in memory where that can be had, for tests that are about something else than
    /// how slow a disk can be.
    pub(crate) fn in_memory() -> Self {
        tempfile::tempdir_in("/dev/shm").map_or_else(|_| Self::new(), Self)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("the file can be written");
        path
    }

    /// Runs the real command in this folder.
    pub(crate) fn docket(&self, args: &str) -> Ran {
        let mut command = command();
        command
            .current_dir(self.0.path())
            .args(args.split_whitespace());
        Ran::of(command.output().expect("the command starts"))
    }
}
