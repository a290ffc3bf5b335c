//! Puts what makes no sense about a selection into words, with a way out.

use super::Wrong;
use crate::config::one_of;
use crate::domain::{Asked, Docket, Filter, Selection, SelectionError, State, States};

/// The filter of any of some topics and any of some parties.
pub fn filter(docket: &Docket, topics: &[String], parties: &[String]) -> Result<Filter, Wrong> {
    let asked = Asked {
        topics: topics.to_vec(),
        parties: parties.to_vec(),
        ..Asked::default()
    };
    Ok(select(docket, asked, States::All)?.filter().clone())
}

/// What is asked for of a docket, or what to ask for instead. Where no state is asked for, it is
/// `states`.
pub fn select(docket: &Docket, asked: Asked, states: States) -> Result<Selection, Wrong> {
    Selection::of(docket, asked, states).map_err(|error| {
        let message = error.to_string();
        match &error {
            SelectionError::Topic { written, known } => {
                let known: Vec<_> = known.iter().map(String::as_str).collect();
                let otherwise = match known.as_slice() {
                    [] => "no item has any topic".to_owned(),
                    _ => format!("the topics are {}", one_of(&known)),
                };
                Wrong::did_you_mean(message, written, known, otherwise)
            }
            SelectionError::Party { written, known } => {
                let known: Vec<_> = known.iter().map(String::as_str).collect();
                let otherwise = format!("the parties are {}", one_of(&known));
                Wrong::did_you_mean(message, written, known, otherwise)
            }
            SelectionError::State { written } => {
                let known: Vec<_> = State::words().chain(["all"]).collect();
                let otherwise = format!("it can be {}", one_of(&known));
                Wrong::did_you_mean(message, written, known, otherwise)
            }
            SelectionError::Within(_) => Wrong::new(message, "write `30d`, `6w`, `3mo` or `1y`"),
        }
    })
}
