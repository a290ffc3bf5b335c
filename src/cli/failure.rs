//! Why a command has no answer, with a way out.

use crate::config::nearest;
use crate::query::Wrong;
use std::fmt;

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
