//! What every command needs: the record, the time, the terminal.

use super::Failure;
use super::access::AccessArgs;
use super::layout::Terminal;
use crate::config::{self, Report, Style};
use crate::discord::service::Access;
use crate::domain::{Docket, Timestamp};
use crate::feed::Links;
use crate::file;
use crate::store::Location;
use std::io;
use std::path::{Path, PathBuf};

/// What every command needs.
pub(super) struct Context {
    pub(super) file: PathBuf,
    pub(super) now: Timestamp,
    pub(super) terminal: Terminal,
    /// The address of the ledger. May hold a password.
    pub(super) database: String,
    /// Where the page is served; empty for nowhere.
    pub(super) listen: String,
    /// The address by which readers reach the page.
    pub(super) links: Option<Links>,
    /// How to get at Discord.
    pub(super) access: AccessArgs,
}

impl Context {
    /// The bytes of the record.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, Failure> {
        read(&self.file).map_err(|failure| {
            if self.file.exists() {
                return failure;
            }
            failure.help(
                "name the record with `--config FILE` or `DOCKET_CONFIG`, or run docket where \
                 `deadlines.toml` is",
            )
        })
    }

    /// The bytes of the record, if it is a file that can be watched.
    pub(super) fn watchable_bytes(&self) -> Result<Vec<u8>, Failure> {
        // Looked at before it is read: reading a pipe may never end.
        match file::check(&self.file) {
            Err(error) if self.file.exists() => Err(Failure::problem(format!(
                "cannot watch `{}`: {error}",
                self.file.display()
            ))),
            _ => self.bytes(),
        }
    }

    /// Where the ledger is.
    pub(super) fn ledger(&self) -> Result<Location, Failure> {
        Location::parse(&self.database).map_err(|why| {
            Failure::usage(why).help("name it with `--database URL` or `DOCKET_DATABASE`")
        })
    }

    /// How to get at Discord; none without a token.
    pub(super) fn discord(&self) -> Result<Option<Access>, Failure> {
        self.access.access(self.links.as_ref())
    }

    /// The docket of the record.
    pub(super) fn docket(&self) -> Result<Docket, Failure> {
        self.docket_of(&self.bytes()?, &self.file, self.now)
    }

    /// The docket of the bytes of a file, or all problems that keep it from being one.
    pub(super) fn docket_of(
        &self,
        bytes: &[u8],
        file: &Path,
        now: Timestamp,
    ) -> Result<Docket, Failure> {
        let (parsed, text) = config::parse_bytes(bytes, now);
        parsed.docket.ok_or_else(|| {
            let problems = config::errors(parsed.problems);
            let file = file.display().to_string();
            let report = Report {
                file: &file,
                text: &text,
                problems: &problems,
            };
            let summary = report.summary().unwrap_or_default();
            let style = if self.terminal.color {
                Style::Colored
            } else {
                Style::Plain
            };
            Failure::problem(format!("`{file}` has {summary}")).details(report.human(style))
        })
    }
}

/// What comes of waiting. A command does nothing else meanwhile.
pub(super) fn waits_for<T>(asked: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| cannot_start(&error))?;
    Ok(runtime.block_on(asked))
}

/// The machine does not give what a start needs.
pub(super) fn cannot_start(error: &io::Error) -> Failure {
    Failure::problem(format!("cannot start: {error}"))
}

/// The bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    file::read_or_wait(path)
        .map_err(|error| Failure::problem(format!("cannot read `{}`: {error}", path.display())))
}
