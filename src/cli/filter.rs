//! The filters that several commands have.

use super::Failure;
use crate::domain::{Docket, Filter, Id};
use crate::query::{self, Words};
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
    /// The filter, if all that it names exists in the docket.
    pub(super) fn filter(&self, docket: &Docket) -> Result<Filter, Failure> {
        Ok(query::filter(docket, &self.topic, &self.party)?)
    }

    /// The words of a listing with this filter.
    pub(super) fn words(&self) -> Words {
        Words {
            topics: self.topic.clone(),
            parties: self.party.clone(),
            ..Words::default()
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
