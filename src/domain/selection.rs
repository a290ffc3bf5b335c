//! What a reader asks to see: by topic, party, state and nearness. The same on every surface that
//! has such filters; each puts the answer to a wrong word into its own form.
//!
//! What a subscription follows is a [`Filter`] alone.

use super::deadline::{Deadline, State};
use super::docket::{Docket, Item};
use super::duration::{Duration, DurationError};
use super::id::Id;
use super::negotiation::{Round, RoundState};
use super::subscription::Filter;
use super::zone::{Timestamp, Zone};
use chrono::NaiveDate;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What is asked for, as written: in flags, or in the query of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Items with one of these topics; none: with any.
    pub topics: Vec<String>,
    /// Items with one of these parties; none: with any.
    pub parties: Vec<String>,
    /// Deadlines in this state: a word of [`State::words`], or `all`.
    pub state: Option<String>,
    /// What is due within this time, and what is awaited: `30d`, also `0d`.
    pub within: Option<String>,
}

impl Asked {
    /// The same as the query of an address, with its `?`: `?topic=tiktok&party=us`. Empty where
    /// nothing is asked for.
    pub fn query(&self) -> String {
        let pairs: Vec<_> = self
            .pairs()
            .map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        if pairs.is_empty() {
            String::new()
        } else {
            format!("?{}", pairs.join("&"))
        }
    }

    /// The values as they were written, each with the name of its kind.
    fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let topics = self.topics.iter().map(|topic| ("topic", topic));
        let parties = self.parties.iter().map(|party| ("party", party));
        let state = self.state.iter().map(|state| ("state", state));
        let within = self.within.iter().map(|within| ("within", within));
        let all = topics.chain(parties).chain(state).chain(within);
        all.map(|(key, value)| (key, value.as_str()))
    }

    /// The values alone, for a title: `tiktok, us, 30d`.
    pub fn values(&self) -> String {
        let values: Vec<_> = self.pairs().map(|(_, value)| value).collect();
        values.join(", ")
    }
}

/// Which states are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum States {
    /// All that have not ended.
    Open,
    /// All there are.
    All,
    /// This one, by its word.
    Only(&'static str),
}

/// How near it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    /// Today: `0d`, which is no [`Duration`].
    Today,
    /// So near.
    Length(Duration),
}

/// What is asked for, once it is known to make sense for a docket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    asked: Asked,
    filter: Filter,
    states: States,
    within: Option<Within>,
}

/// Why what is asked for makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// No item has this topic.
    #[error("no item has the topic `{written}`")]
    Topic {
        /// What was asked for.
        written: String,
        /// The topics that items have, sorted.
        known: Vec<String>,
    },
    /// There is no such party.
    #[error("there is no party `{written}`")]
    Party {
        /// What was asked for.
        written: String,
        /// The ids of the parties, in the order of the file.
        known: Vec<String>,
    },
    /// That is no state.
    #[error("`{written}` is not a state")]
    State {
        /// What was asked for.
        written: String,
    },
    /// That is no length of time.
    #[error(transparent)]
    Within(#[from] DurationError),
}

impl Selection {
    /// What is asked for of a docket; where no state is, `states`.
    pub fn of(docket: &Docket, asked: Asked, states: States) -> Result<Self, SelectionError> {
        Ok(Self {
            filter: filter(docket, &asked)?,
            states: asked.state.as_deref().map_or(Ok(states), state)?,
            within: asked.within.as_deref().map(within).transpose()?,
            asked,
        })
    }

    /// Everything, in any state.
    pub fn all() -> Self {
        Self {
            asked: Asked::default(),
            filter: Filter::ALL,
            states: States::All,
            within: None,
        }
    }

    /// One item, in any state.
    pub fn item(id: Id) -> Self {
        let mut one = Self::all();
        one.filter.items = Some(vec![id]);
        one
    }

    /// The item, if only one was asked for by its id.
    pub fn only_item(&self) -> Option<&Id> {
        match self.filter.items.as_deref() {
            Some([id]) => Some(id),
            _ => None,
        }
    }

    /// What was asked for, as written.
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// The topics and parties of it.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The deadlines that are asked for, in the order of the board. The docket holds only what is
    /// known at `now`.
    pub fn deadlines<'a>(&'a self, docket: &'a Docket, now: Timestamp) -> Vec<&'a Deadline> {
        let passing = docket.passing(&self.filter).filter_map(|item| match item {
            Item::Deadline(deadline) if self.takes_deadline(deadline, now) => Some(deadline),
            _ => None,
        });
        let mut taken: Vec<_> = passing.collect();
        taken.sort_by_cached_key(|deadline| deadline.board_order(now));
        taken
    }

    /// Whether a deadline that passes the filter is in a state that is asked for, and near enough.
    pub fn takes_deadline(&self, deadline: &Deadline, now: Timestamp) -> bool {
        let status = deadline.status(now);
        let has_state = match self.states {
            States::Open => !matches!(status.state, State::Ended(_)),
            States::All => true,
            States::Only(word) => word == status.state.word(),
        };
        let is_near = self.within.is_none()
            || status.state == State::Awaiting
            || status.days_left.is_some()
                && status
                    .due
                    .date()
                    .is_some_and(|date| self.is_within(date, status.due.zone(), now));
        has_state && is_near
    }

    /// Whether a round of talks that pass the filter is near enough: under way, or beginning in
    /// time. Rounds have no state of a deadline: who asks for one gets none.
    pub fn takes_round(&self, round: &Round, now: Timestamp) -> bool {
        let is_near = match round.state(now) {
            RoundState::UnderWay => true,
            RoundState::Planned => self.is_within(round.current().starts.date(), round.zone, now),
            RoundState::Concluded | RoundState::Cancelled => self.within.is_none(),
        };
        is_near && !matches!(self.states, States::Only(_))
    }

    /// Whether events that pass the filter are wanted: they have no state, and lie behind.
    pub fn takes_events(&self) -> bool {
        self.within.is_none() && !matches!(self.states, States::Only(_))
    }

    /// Whether a date is today or later, and within the time that is asked for. Hours count as
    /// the day that they reach into.
    fn is_within(&self, date: NaiveDate, zone: Zone, now: Timestamp) -> bool {
        let Some(within) = self.within else {
            return true;
        };
        let last = match within {
            Within::Today => now,
            Within::Length(length) => length.after(zone.local(now), zone),
        };
        (zone.date(now)..=zone.date(last)).contains(&date)
    }
}

/// The topics and parties that are asked for, if a docket has them all.
fn filter(docket: &Docket, asked: &Asked) -> Result<Filter, SelectionError> {
    let topics = docket.topics();
    let unknown = asked
        .topics
        .iter()
        .find(|topic| topics.binary_search(&topic.as_str()).is_err());
    if let Some(written) = unknown {
        return Err(SelectionError::Topic {
            written: written.clone(),
            known: topics.into_iter().map(str::to_owned).collect(),
        });
    }
    let mut parties = Vec::new();
    for written in &asked.parties {
        let id = Id::parse(written).filter(|id| docket.party(id).is_some());
        parties.push(id.ok_or_else(|| {
            SelectionError::Party {
                written: written.clone(),
                known: docket
                    .parties()
                    .iter()
                    .map(|it| it.id.to_string())
                    .collect(),
            }
        })?);
    }
    Ok(Filter {
        topics: (!asked.topics.is_empty()).then(|| asked.topics.clone()),
        parties: (!parties.is_empty()).then_some(parties),
        ..Filter::ALL
    })
}

fn state(written: &str) -> Result<States, SelectionError> {
    if written == "all" {
        return Ok(States::All);
    }
    let word = State::words().find(|word| *word == written);
    word.map(States::Only).ok_or_else(|| SelectionError::State {
        written: written.to_owned(),
    })
}

fn within(written: &str) -> Result<Within, SelectionError> {
    match written.parse() {
        Ok(length) => Ok(Within::Length(length)),
        Err(DurationError::Zero) => Ok(Within::Today),
        Err(error) => Err(error.into()),
    }
}
