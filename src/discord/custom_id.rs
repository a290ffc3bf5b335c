//! What buttons and selects carry: everything that is needed to answer, so that they work after a
//! restart and for ever. `v1:verb:…`, of at most 100 characters.
//!
//! Whatever was posted once comes back some day: a verb never changes its meaning. A new meaning
//! gets a new verb.

use crate::domain::Asked;
use crate::domain::{Docket, Duration, Id, State, reference};
use std::fmt;

/// What somebody pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// Another page of a listing, from 0.
    Page {
        /// Which page.
        page: usize,
        /// Of which listing.
        codes: Codes,
    },
    /// An item chosen from a list.
    Open,
    /// The chain of a deadline, or the rounds of talks.
    History(Id),
    /// The leads to choose from, for a personal reminder.
    Remind(Id),
    /// Leads chosen.
    Leads(Id),
    /// The calendar of one item.
    Calendar(Id),
    /// A personal reminder put off.
    Snooze(Id, Put),
    /// No more personal reminders of an item.
    Stop(Id),
    /// Personal reminders chosen to be cancelled.
    Cancel,
    /// Another page of the rounds of talks, from 0.
    Rounds(Id, usize),
    /// A channel chosen that is to follow nothing any more.
    Unfollow,
}

/// How long a reminder is put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// For an hour.
    Hour,
    /// For a day.
    Day,
}

impl Put {
    /// How long.
    pub fn length(self) -> chrono::TimeDelta {
        match self {
            Self::Hour => chrono::TimeDelta::hours(1),
            Self::Day => chrono::TimeDelta::days(1),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "1d",
        }
    }
}

/// The filters of a listing, short enough to be carried: topics and parties by what their names
/// hash to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes {
    topic: Option<String>,
    party: Option<String>,
    state: Option<String>,
    within: Option<String>,
}

impl Codes {
    /// The codes of a listing of at most one topic and one party.
    pub fn of(words: &Asked) -> Self {
        let code = |names: &[String]| names.first().map(|name| reference(name, 1));
        Self {
            topic: code(&words.topics),
            party: code(&words.parties),
            state: words.state.clone(),
            within: words.within.clone(),
        }
    }

    /// The listing that they stand for in a docket; none if it has such a topic or party no more.
    pub fn words(&self, docket: &Docket) -> Option<Asked> {
        fn find<'a>(
            code: Option<&String>,
            mut names: impl Iterator<Item = &'a str>,
        ) -> Option<Vec<String>> {
            let Some(code) = code else {
                return Some(Vec::new());
            };
            let name = names.find(|name| reference(name, 1) == *code)?;
            Some(vec![name.to_owned()])
        }
        let parties = docket.parties().iter().map(|party| party.id.as_str());
        Some(Asked {
            topics: find(self.topic.as_ref(), docket.topics().into_iter())?,
            parties: find(self.party.as_ref(), parties)?,
            state: self.state.clone(),
            within: self.within.clone(),
        })
    }

    fn parse(parts: &[&str]) -> Option<Self> {
        let [topic, party, state, within] = parts else {
            return None;
        };
        let is_state = |it: &str| it == "all" || State::words().any(|word| word == it);
        let is_length = |it: &str| it == "0d" || it.parse::<Duration>().is_ok();
        let part = |text: &&str| (!text.is_empty()).then(|| (*text).to_owned());
        let is_sound =
            (state.is_empty() || is_state(state)) && (within.is_empty() || is_length(within));
        is_sound.then(|| Self {
            topic: part(topic),
            party: part(party),
            state: part(state),
            within: part(within),
        })
    }
}

/// Why what was pressed cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Another version of the program wrote it.
    Version,
    /// Nobody knows it.
    Unknown,
}

const VERSION: &str = "v1";

impl Press {
    /// What a `custom_id` says.
    pub fn parse(custom_id: &str) -> Result<Self, Unreadable> {
        let mut parts = custom_id.split(':');
        match parts.next() {
            Some(VERSION) => {}
            Some(other) if is_version(other) => return Err(Unreadable::Version),
            _ => return Err(Unreadable::Unknown),
        }
        let parts: Vec<_> = parts.collect();
        Self::read(&parts).ok_or(Unreadable::Unknown)
    }

    fn read(parts: &[&str]) -> Option<Self> {
        Some(match parts {
            ["page", page, codes @ ..] => Self::Page {
                page: page.parse().ok()?,
                codes: Codes::parse(codes)?,
            },
            ["open"] => Self::Open,
            ["history", id] => Self::History(Id::parse(id)?),
            ["remind", id] => Self::Remind(Id::parse(id)?),
            ["leads", id] => Self::Leads(Id::parse(id)?),
            ["calendar", id] => Self::Calendar(Id::parse(id)?),
            ["snooze", "1h", id] => Self::Snooze(Id::parse(id)?, Put::Hour),
            ["snooze", "1d", id] => Self::Snooze(Id::parse(id)?, Put::Day),
            ["stop", id] => Self::Stop(Id::parse(id)?),
            ["cancel"] => Self::Cancel,
            ["rounds", page, id] => Self::Rounds(Id::parse(id)?, page.parse().ok()?),
            ["unfollow"] => Self::Unfollow,
            _ => return None,
        })
    }
}

fn is_version(text: &str) -> bool {
    text.strip_prefix('v')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|it| it.is_ascii_digit()))
}

/// As a `custom_id`.
impl fmt::Display for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VERSION}:")?;
        match self {
            Self::Page { page, codes } => {
                let part = |it: &Option<String>| it.clone().unwrap_or_default();
                let [topic, party, state, within] =
                    [&codes.topic, &codes.party, &codes.state, &codes.within].map(part);
                write!(f, "page:{page}:{topic}:{party}:{state}:{within}")
            }
            Self::Open => write!(f, "open"),
            Self::History(id) => write!(f, "history:{id}"),
            Self::Remind(id) => write!(f, "remind:{id}"),
            Self::Leads(id) => write!(f, "leads:{id}"),
            Self::Calendar(id) => write!(f, "calendar:{id}"),
            Self::Snooze(id, put) => write!(f, "snooze:{}:{id}", put.word()),
            Self::Stop(id) => write!(f, "stop:{id}"),
            Self::Cancel => write!(f, "cancel"),
            Self::Rounds(id, page) => write!(f, "rounds:{page}:{id}"),
            Self::Unfollow => write!(f, "unfollow"),
        }
    }
}
