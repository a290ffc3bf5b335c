//! Which deadlines are listed: open ones, unless a state is named, by topic, party and how soon
//! they are due.

use super::Wrong;
use crate::config::one_of;
use crate::domain::{
    Deadline, Docket, Duration, DurationError, Filter, Id, Item, State, Timestamp,
};

/// A listing as it is asked for, in words. What is left out asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Any of these topics.
    pub topics: Vec<String>,
    /// Any of these parties.
    pub parties: Vec<String>,
    /// This state, or `all`.
    pub state: Option<String>,
    /// Due within this time.
    pub within: Option<String>,
}

/// Which deadlines are listed.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The items that pass.
    pub filter: Filter,
    state: Option<&'static str>,
    /// Within this time; none inside: today.
    #[expect(
        clippy::option_option,
        reason = "whether it is asked for, and then for how long"
    )]
    within: Option<Option<Duration>>,
}

impl Listing {
    /// The listing that words ask for.
    ///
    /// # Errors
    /// If they name what the docket does not have.
    pub fn parse(words: &Words, docket: &Docket) -> Result<Self, Wrong> {
        Ok(Self {
            filter: filter(docket, &words.topics, &words.parties)?,
            state: words.state.as_deref().map(state).transpose()?,
            within: words.within.as_deref().map(duration).transpose()?,
        })
    }

    /// The deadlines that are listed, in the order of the board. The docket holds only what is
    /// known at `now`.
    pub fn deadlines<'a>(&self, docket: &'a Docket, now: Timestamp) -> Vec<&'a Deadline> {
        let mut listed: Vec<_> = docket
            .items()
            .iter()
            .filter_map(|item| match item {
                Item::Deadline(deadline) => Some((item, deadline)),
                _ => None,
            })
            .filter(|(item, _)| self.filter.passes(&docket.facets(item)))
            .map(|(_, deadline)| deadline)
            .filter(|deadline| self.lists(deadline, now))
            .collect();
        listed.sort_by_cached_key(|deadline| deadline.board_order(now));
        listed
    }

    fn lists(&self, deadline: &Deadline, now: Timestamp) -> bool {
        let status = deadline.status(now);
        let state_fits = match self.state {
            None => !matches!(status.state, State::Ended(_)),
            Some(word) => word == "all" || word == status.state.word(),
        };
        let Some(within) = self.within else {
            return state_fits;
        };
        let zone = status.due.zone();
        let last = within.map_or(now, |within| within.after(zone.local(now), zone));
        let days = (zone.date(last) - zone.date(now)).num_days();
        let is_soon = status
            .days_left
            .is_some_and(|left| (0..=days).contains(&left));
        state_fits && (status.state == State::Awaiting || is_soon)
    }
}

/// The filter of any of some topics and any of some parties, if the docket has all of them.
pub fn filter(docket: &Docket, topics: &[String], parties: &[String]) -> Result<Filter, Wrong> {
    let known = docket.topics();
    for topic in topics {
        if known.binary_search(&topic.as_str()).is_err() {
            let otherwise = match known.as_slice() {
                [] => "no item has any topic".to_owned(),
                _ => format!("the topics are {}", one_of(&known)),
            };
            let message = format!("no item has the topic `{topic}`");
            return Err(Wrong::did_you_mean(message, topic, known, otherwise));
        }
    }
    let party = |party: &String| {
        let id = Id::parse(party).filter(|id| docket.party(id).is_some());
        id.ok_or_else(|| {
            let names: Vec<_> = docket.parties().iter().map(|it| it.id.as_str()).collect();
            let otherwise = format!("the parties are {}", one_of(&names));
            let message = format!("there is no party `{party}`");
            Wrong::did_you_mean(message, party, names, otherwise)
        })
    };
    let ids = parties.iter().map(party).collect::<Result<Vec<_>, _>>()?;
    Ok(Filter {
        topics: (!topics.is_empty()).then(|| topics.to_vec()),
        parties: (!ids.is_empty()).then_some(ids),
        ..Filter::ALL
    })
}

fn state(text: &str) -> Result<&'static str, Wrong> {
    let words: Vec<_> = State::words().chain(["all"]).collect();
    let named = words.iter().find(|word| **word == text).copied();
    named.ok_or_else(|| {
        let otherwise = format!("it can be {}", one_of(&words));
        Wrong::did_you_mean(format!("`{text}` is not a state"), text, words, otherwise)
    })
}

/// A length of time in days, `0d` among them: hours count as the day they reach into.
fn duration(text: &str) -> Result<Option<Duration>, Wrong> {
    match text.parse() {
        Ok(duration) => Ok(Some(duration)),
        Err(DurationError::Zero) => Ok(None),
        Err(error) => Err(Wrong::new(
            error.to_string(),
            "write `30d`, `6w`, `3mo` or `1y`",
        )),
    }
}
