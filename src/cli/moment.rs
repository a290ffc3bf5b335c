//! The flag of the commands that can look back.

use super::Failure;
use super::context::Context;
use crate::domain::{Id, Timestamp, Zone, words};
use crate::query;
use clap::Args;

/// The flag of the commands that can look back.
#[derive(Args, Debug)]
pub(super) struct AsOf {
    /// Show what was known at that date or time; a date means its last instant
    #[arg(long = "as-of", value_name = "T")]
    as_of: Option<String>,
}

impl AsOf {
    /// The moment asked for in a docket's zone, or now.
    pub(super) fn moment(&self, context: &Context, zone: Zone) -> Result<Timestamp, Failure> {
        match self.as_of.as_deref() {
            Some(text) => Ok(query::last(text, zone)?),
            None => Ok(context.now),
        }
    }

    /// Why there is no answer about an item that was not known at `now`.
    pub(super) fn not_known(&self, id: &Id, now: Timestamp, zone: Zone) -> Failure {
        let then = words::instant(now, zone);
        let help = if self.as_of.is_some() {
            "leave `--as-of` out, or take a later moment"
        } else {
            "it becomes known later: `--as-of` shows what will be known then"
        };
        Failure::problem(format!("`{id}` was not known at {then}")).help(help)
    }
}
