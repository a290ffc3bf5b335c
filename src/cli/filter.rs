//! The filters that several commands have.

use super::Failure;
use crate::config::one_of;
use crate::domain::{Asked, Docket, Id, Selection, SelectionError, State, States};
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

/// What is asked for of a docket, or what to ask for instead.
pub(super) fn select(docket: &Docket, asked: Asked, states: States) -> Result<Selection, Failure> {
    Selection::of(docket, asked, states).map_err(|error| {
        let failure = Failure::usage(error.to_string());
        match &error {
            SelectionError::Topic { written, known } => {
                let known: Vec<_> = known.iter().map(String::as_str).collect();
                let help = match known.as_slice() {
                    [] => "no item has any topic".to_owned(),
                    _ => format!("the topics are {}", one_of(&known)),
                };
                failure.did_you_mean(written, known, &help)
            }
            SelectionError::Party { written, known } => {
                let known: Vec<_> = known.iter().map(String::as_str).collect();
                let help = format!("the parties are {}", one_of(&known));
                failure.did_you_mean(written, known, &help)
            }
            SelectionError::State { written } => {
                let known: Vec<_> = State::words().chain(["all"]).collect();
                let help = format!("it can be {}", one_of(&known));
                failure.did_you_mean(written, known, &help)
            }
            SelectionError::Within(_) => failure.help("write `30d`, `6w`, `3mo` or `1y`"),
        }
    })
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
