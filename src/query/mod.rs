//! What is asked of a docket in words, the same from every surface: a moment, topics and parties,
//! a state, a span of time; and the items that pass.
//!
//! Pure. What a surface shows for an answer, or for a question that makes no sense, is its own.

mod moment;
mod passing;
mod select;

use crate::config::nearest;
use crate::domain::phrases::capitalized;
pub use moment::{FORMS, first, last};
pub use passing::{deadlines, events, events_by_date, negotiations};
pub use select::{filter, select};

/// What is wrong with a question, and a way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Wrong {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Wrong {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }

    /// Proposes the nearest of the names that exist; if none is near, says something else.
    pub(crate) fn did_you_mean<'a>(
        message: String,
        written: &str,
        names: impl IntoIterator<Item = &'a str>,
        otherwise: impl Into<String>,
    ) -> Self {
        match nearest(written, names) {
            Some(name) => Self::new(message, format!("did you mean `{name}`?")),
            None => Self::new(message, otherwise),
        }
    }
}

/// What is wrong, or what to do, as a sentence of its own: with a capital and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let text = capitalized(text);
    if text.ends_with(['.', '?', '!']) {
        text
    } else {
        text + "."
    }
}
