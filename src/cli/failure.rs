//! Why a command has no answer, with a way out.

use crate::config::nearest;
use crate::query::Wrong;
use crate::store::{Location, StoreError};
use std::fmt;
use std::path::Path;

/// Why a command has no answer.
#[derive(Clone, Debug)]
pub struct Failure {
    message: String,
    help: Option<String>,
    /// What is shown before the message, as it is.
    details: String,
    status: u8,
}

/// The answer is a problem.
const PROBLEM: u8 = 1;
/// The command was used wrongly.
const USAGE: u8 = 2;
/// Starting again would end the same way: somebody has to do something first.
const FINAL: u8 = 3;

impl Failure {
    /// The command was used wrongly.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
            details: String::new(),
            status: USAGE,
        }
    }

    /// The command was used rightly, and the answer is a problem.
    pub fn problem(message: impl Into<String>) -> Self {
        Self {
            status: PROBLEM,
            ..Self::usage(message)
        }
    }

    /// The ledger at that place cannot be used.
    pub fn of_ledger(error: &StoreError, location: &Location) -> Self {
        let failure = Self::problem(error.to_string());
        match (error, location) {
            (StoreError::Missing(_), _) => {
                failure.help("name the ledger with `--database URL` or `DOCKET_DATABASE`")
            }
            (StoreError::InUse(_), _) => failure.help(
                "stop it first, or give this one a ledger of its own with `--database \
                 sqlite://FILE`",
            ),
            (StoreError::TooNew { .. }, _) => {
                failure.help("run that version, or restore a backup of the ledger made before it")
            }
            (StoreError::Unreachable(_), Location::File(path)) => failure.help(format!(
                "docket has to write to `{}` and to its folder; another file is named with \
                 `--database` or `DOCKET_DATABASE`",
                path.display()
            )),
            (StoreError::Damaged(_), _) => match location.lock() {
                Some(lock) => failure.help(damaged(&lock)),
                None => failure,
            },
            // What is wrong says what to do, or it is for whoever runs the database.
            (StoreError::Foreign(_) | StoreError::Unreachable(_), _) => failure,
        }
    }

    /// Starting again would end the same way.
    #[must_use]
    pub fn is_final(self) -> Self {
        Self {
            status: FINAL,
            ..self
        }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    /// What to do, if that is known.
    pub fn way_out(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Proposes the nearest of the names that exist.
    #[must_use]
    pub fn did_you_mean<'a>(
        self,
        written: &str,
        names: impl IntoIterator<Item = &'a str>,
        otherwise: &str,
    ) -> Self {
        match nearest(written, names) {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self.help(otherwise),
        }
    }

    /// Shows something before the message, as it is.
    #[must_use]
    pub fn details(self, details: String) -> Self {
        Self { details, ..self }
    }

    /// The exit status.
    pub fn status(&self) -> u8 {
        self.status
    }
}

/// What to do about a ledger in a file that is damaged.
fn damaged(lock: &Path) -> String {
    if lock.exists() {
        return "the next start of `docket run` puts it aside and begins a new one".to_owned();
    }
    format!(
        "there is no `{}`, so it may be the file of another program, and then `docket run` leaves \
         it alone. If it is the ledger, move it away, with the files whose names begin as its \
         own: the next start begins a new one",
        lock.display()
    )
}

impl From<Wrong> for Failure {
    fn from(wrong: Wrong) -> Self {
        Self::usage(wrong.message).help(wrong.help)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}error: {}", self.details, self.message)?;
        match &self.help {
            Some(help) => writeln!(f, "help: {help}"),
            None => Ok(()),
        }
    }
}
