//! The filters that several commands have.

use super::Failure;
use crate::domain::{Asked, Docket, Id};
use clap::Args;

#[derive(Args, Debug, Default)]
pub(super) struct FilterArgs {
    /// Only items with this topic; may be repeated for any of several
    #[arg(long)]
    topic: Vec<String>,
    /// Only items with this party; may be repeated for any of several
    #[arg(long)]
    party: Vec<String>,
}

impl FilterArgs {
    /// What these flags ask for.
    pub(super) fn asked(&self) -> Asked {
        Asked {
            topics: self.topic.clone(),
            parties: self.party.clone(),
            ..Asked::default()
        }
    }
}

/// The id of an item of the whole docket, or why there is none.
pub(super) fn id(text: &str, docket: &Docket) -> Result<Id, Failure> {
    let names = docket.items().iter().map(|item| item.id().as_str());
    Id::parse(text)
        .filter(|id| docket.item(id).is_some())
        .ok_or_else(|| {
            Failure::problem(format!("there is no item `{text}`")).did_you_mean(
                text,
                names,
                "`docket list --state all` lists the deadlines, `docket talks` the negotiations",
            )
        })
}
