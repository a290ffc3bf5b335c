//! The filters that several commands have.

use super::Failure;
use crate::domain::{Docket, Filter, Id};
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
        let topics = docket.topics();
        for topic in &self.topic {
            if topics.binary_search(&topic.as_str()).is_err() {
                let known = match topics.as_slice() {
                    [] => "no item has any topic".to_owned(),
                    _ => format!("the topics are {}", crate::config::one_of(&topics)),
                };
                return Err(Failure::usage(format!("no item has the topic `{topic}`"))
                    .did_you_mean(topic, topics, &known));
            }
        }
        let mut parties = Vec::new();
        for party in &self.party {
            let id = Id::parse(party).filter(|id| docket.party(id).is_some());
            let names = docket.parties().iter().map(|party| party.id.as_str());
            let known: Vec<_> = names.clone().collect();
            let known = format!("the parties are {}", crate::config::one_of(&known));
            parties.push(id.ok_or_else(|| {
                Failure::usage(format!("there is no party `{party}`"))
                    .did_you_mean(party, names, &known)
            })?);
        }
        Ok(Filter {
            topics: (!self.topic.is_empty()).then(|| self.topic.clone()),
            parties: (!parties.is_empty()).then_some(parties),
            ..Filter::ALL
        })
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
