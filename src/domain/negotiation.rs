//! Negotiations, and the rounds in which people meet.

use super::deadline::Source;
use super::docket::Importance;
use super::id::Id;
use super::when::When;
use super::zone::{Timestamp, Zone};

/// A series of talks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiation {
    /// Its permanent name.
    pub id: Id,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub summary: Option<String>,
    /// Its own topics; it also has those of the deadlines it serves.
    pub topics: Vec<String>,
    /// Its own parties; it also has those of the deadlines it serves.
    pub parties: Vec<Id>,
    /// Its own importance; that of the deadlines it serves may be higher.
    pub importance: Importance,
    /// The zone whose dates it goes by.
    pub zone: Zone,
    /// The deadlines it is about.
    pub serves: Vec<Id>,
    /// When it became known; none if always.
    pub announced: Option<When>,
    /// Where it can be checked.
    pub sources: Vec<Source>,
    /// Its meetings, in the order of the file.
    pub rounds: Vec<Round>,
}

/// What kind of meeting a round is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Delegations meet: these are counted.
    #[default]
    Talks,
    /// Leaders meet.
    Summit,
    /// Somebody calls.
    Call,
}

/// Who came for a party.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Delegation {
    /// The party.
    pub party: Id,
    /// The people, head of delegation first.
    pub names: Vec<String>,
}

/// When a round was to be, as announced at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// When it begins.
    pub starts: When,
    /// When it ends, if that was said: otherwise with the day it begins.
    pub ends: Option<When>,
    /// The end of the day it begins on, in its zone.
    pub day_end: Timestamp,
    /// When this was announced.
    pub announced: When,
    /// Where it can be checked.
    pub sources: Vec<Source>,
}

impl Schedule {
    /// The first instant after the planned end: of the day it begins on, if none was said.
    pub fn end(&self) -> Timestamp {
        match &self.ends {
            Some(ends) => ends.end(),
            None => self.day_end,
        }
    }

    /// When it begins and ends.
    pub fn times(&self) -> (Timestamp, Timestamp) {
        (self.starts.start(), self.end())
    }
}

/// How a round ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundOutcome {
    /// When it really ended.
    pub on: When,
    /// When the read-out was given, if not by the end of `on`.
    pub announced: Option<When>,
    /// What came of it.
    pub text: String,
    /// Where it can be checked.
    pub sources: Vec<Source>,
}

impl RoundOutcome {
    /// When the outcome became known.
    pub fn known(&self) -> Timestamp {
        self.announced.as_ref().map_or(self.on.end(), When::start)
    }
}

/// One meeting of a negotiation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its name, unique in its negotiation.
    pub name: String,
    /// Where.
    pub city: Option<String>,
    /// In which country.
    pub country: Option<String>,
    /// What kind of meeting.
    pub level: Level,
    /// The zone whose dates it goes by.
    pub zone: Zone,
    /// Who comes.
    pub delegates: Vec<Delegation>,
    /// What is on the table.
    pub agenda: Vec<String>,
    /// Where it can be checked.
    pub sources: Vec<Source>,
    /// When it is to be, oldest announcement first. Never empty.
    pub schedule: Vec<Schedule>,
    /// When it was called off.
    pub cancelled: Option<When>,
    /// How it ended.
    pub outcome: Option<RoundOutcome>,
}

/// Where a round stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoundState {
    /// It lies ahead.
    Planned,
    /// It is going on.
    UnderWay,
    /// It is over, with or without a read-out.
    Concluded,
    /// It was called off.
    Cancelled,
}

impl RoundState {
    /// The word for it, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::UnderWay => "under way",
            Self::Concluded => "concluded",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Round {
    /// When it became known.
    pub fn known(&self) -> Timestamp {
        self.schedule[0].announced.start()
    }

    /// The schedule announced last.
    pub fn current(&self) -> &Schedule {
        self.schedule
            .last()
            .expect("a round has at least the schedule it was announced with")
    }

    /// The round with only what was known at `now`, or none if it was not known itself.
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Option<Self> {
        let mut seen = self.clone();
        seen.schedule
            .retain(|schedule| schedule.announced.start() <= now);
        seen.cancelled = seen.cancelled.filter(|day| day.start() <= now);
        seen.outcome = seen.outcome.filter(|outcome| outcome.known() <= now);
        (!seen.schedule.is_empty()).then_some(seen)
    }

    /// The schedule announced last at `now`.
    fn current_at(&self, now: Timestamp) -> Option<&Schedule> {
        self.schedule
            .iter()
            .rev()
            .find(|schedule| schedule.announced.start() <= now)
    }

    /// Whether it has a number.
    fn is_counted(&self) -> bool {
        self.level == Level::Talks && self.cancelled.is_none()
    }

    /// Where it stands at `now`. Looks at all that is written: see [`Round::as_of`].
    pub fn state(&self, now: Timestamp) -> RoundState {
        let schedule = self.current();
        let end = self
            .outcome
            .as_ref()
            .map_or(schedule.end(), |outcome| outcome.on.end());
        if self.cancelled.is_some() {
            RoundState::Cancelled
        } else if now >= end {
            RoundState::Concluded
        } else if now < schedule.starts.start() {
            RoundState::Planned
        } else {
            RoundState::UnderWay
        }
    }
}

impl Negotiation {
    /// When it became known; none if always.
    pub fn known(&self) -> Option<Timestamp> {
        self.announced.as_ref().map(When::start)
    }

    /// The negotiation with only what was known at `now`, or none if it was not known itself.
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Option<Self> {
        self.known().is_none_or(|at| at <= now).then(|| Self {
            rounds: self
                .rounds
                .iter()
                .filter_map(|round| round.as_of(now))
                .collect(),
            ..self.clone()
        })
    }

    /// The number of each round, in the order of the file: talks that were not called off are
    /// counted in the order in which they begin.
    pub fn numbers(&self) -> Vec<Option<usize>> {
        let mut counted: Vec<_> = (0..self.rounds.len())
            .filter(|index| self.rounds[*index].is_counted())
            .collect();
        counted.sort_by_key(|index| self.rounds[*index].current().starts.start());
        let mut numbers = vec![None; self.rounds.len()];
        for (number, index) in counted.into_iter().enumerate() {
            numbers[index] = Some(number + 1);
        }
        numbers
    }

    /// The rounds with their numbers, in the order in which they begin.
    pub fn in_order(&self) -> Vec<(Option<usize>, &Round)> {
        let mut rounds: Vec<_> = self.numbers().into_iter().zip(&self.rounds).collect();
        rounds.sort_by_key(|(_, round)| round.current().starts.start());
        rounds
    }

    /// The number of one round with only what was known at `now`: see [`Negotiation::numbers`].
    pub fn number_at(&self, index: usize, now: Timestamp) -> Option<usize> {
        let order = |(place, round): (usize, &Round)| {
            let is_called_off = round
                .cancelled
                .as_ref()
                .is_some_and(|day| day.start() <= now);
            let schedule = round.current_at(now)?;
            let counts = round.level == Level::Talks && !is_called_off;
            counts.then(|| (schedule.starts.start(), place))
        };
        let own = order((index, &self.rounds[index]))?;
        let all = self.rounds.iter().enumerate();
        Some(all.filter_map(order).filter(|other| *other <= own).count())
    }
}
