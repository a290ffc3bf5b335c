//! The docket: the validated whole of one `deadlines.toml`, also as of an earlier moment.

use super::deadline::Deadline;
use super::duration::Duration;
use super::event::Event;
use super::id::Id;
use super::negotiation::Negotiation;
use super::subscription::{Filter, Subscription};
use super::zone::{Timestamp, Zone};
use chrono::NaiveTime;
use std::collections::{HashMap, HashSet};

/// How much an item matters.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Importance {
    /// Good to know.
    Low,
    /// Worth a note.
    #[default]
    Normal,
    /// People plan by it.
    High,
    /// It makes headlines.
    Critical,
}

impl Importance {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Somebody who takes part.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Party {
    /// Its permanent name.
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// A flag or sign for it.
    pub emoji: Option<String>,
}

/// A deadline, a negotiation or an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Something that falls due.
    Deadline(Deadline),
    /// A series of talks.
    Negotiation(Negotiation),
    /// Something that happened.
    Event(Event),
}

impl Item {
    /// Its permanent name.
    pub fn id(&self) -> &Id {
        match self {
            Self::Deadline(deadline) => &deadline.id,
            Self::Negotiation(negotiation) => &negotiation.id,
            Self::Event(event) => &event.id,
        }
    }

    /// Its title.
    pub fn title(&self) -> &str {
        match self {
            Self::Deadline(deadline) => &deadline.title,
            Self::Negotiation(negotiation) => &negotiation.title,
            Self::Event(event) => &event.title,
        }
    }

    /// The item with only what was known at `now`, or none if it was not known itself.
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Option<Self> {
        match self {
            Self::Deadline(deadline) => deadline.as_of(now).map(Self::Deadline),
            Self::Negotiation(negotiation) => negotiation.as_of(now).map(Self::Negotiation),
            Self::Event(event) => (event.known() <= now).then(|| Self::Event(event.clone())),
        }
    }
}

/// What subscriptions and filters look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facets<'a> {
    /// The item.
    pub id: &'a Id,
    /// Its topics, with those of the deadlines it serves.
    pub topics: Vec<&'a str>,
    /// Its parties, with those of the deadlines it serves.
    pub parties: Vec<&'a Id>,
    /// Its importance, or that of the most important deadline it serves.
    pub importance: Importance,
}

/// The validated whole of one file. Immutable: progress is kept elsewhere.
#[derive(Clone, Debug)]
pub struct Docket {
    zone: Zone,
    remind: Vec<Duration>,
    remind_at: NaiveTime,
    parties: Vec<Party>,
    items: Vec<Item>,
    subscriptions: Vec<Subscription>,
    index: HashMap<Id, usize>,
}

/// What a [`Docket`] is made of.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The zone for dates that name none.
    pub zone: Zone,
    /// The default leads.
    pub remind: Vec<Duration>,
    /// The time of day of leads before a due coarser than a minute.
    pub remind_at: NaiveTime,
    /// Who takes part.
    pub parties: Vec<Party>,
    /// All items, in the order of the file, with unique ids.
    pub items: Vec<Item>,
    /// The channels kept in the file.
    pub subscriptions: Vec<Subscription>,
}

impl Docket {
    /// The docket of these parts.
    pub fn new(parts: Parts) -> Self {
        let ids = parts.items.iter().enumerate();
        let index: HashMap<_, _> = ids
            .map(|(index, item)| (item.id().clone(), index))
            .collect();
        debug_assert_eq!(index.len(), parts.items.len(), "ids are unique");
        Self {
            zone: parts.zone,
            remind: parts.remind,
            remind_at: parts.remind_at,
            parties: parts.parties,
            items: parts.items,
            subscriptions: parts.subscriptions,
            index,
        }
    }

    /// The zone for dates that name none.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// The default leads, in the order of the file.
    pub fn remind(&self) -> &[Duration] {
        &self.remind
    }

    /// The time of day of leads before a due coarser than a minute.
    pub fn remind_at(&self) -> NaiveTime {
        self.remind_at
    }

    /// Who takes part, in the order of the file.
    pub fn parties(&self) -> &[Party] {
        &self.parties
    }

    /// The party of that id.
    pub fn party(&self, id: &Id) -> Option<&Party> {
        self.parties.iter().find(|party| party.id == *id)
    }

    /// All items, in the order of the file.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The channels kept in the file.
    pub fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    /// Who hears the posts: the file's channels or, without any, the one who runs the command.
    pub fn audience(&self) -> Vec<Subscription> {
        if self.subscriptions.is_empty() {
            vec![Subscription::terminal(self)]
        } else {
            self.subscriptions.clone()
        }
    }

    /// The place of an item in the file.
    pub fn position(&self, id: &Id) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// The item of that id.
    pub fn item(&self, id: &Id) -> Option<&Item> {
        self.position(id).map(|index| &self.items[index])
    }

    /// The deadline of that id.
    pub fn deadline(&self, id: &Id) -> Option<&Deadline> {
        match self.item(id)? {
            Item::Deadline(deadline) => Some(deadline),
            _ => None,
        }
    }

    /// The deadlines, in the order of the file.
    pub fn deadlines(&self) -> impl Iterator<Item = &Deadline> {
        self.items.iter().filter_map(|item| match item {
            Item::Deadline(deadline) => Some(deadline),
            _ => None,
        })
    }

    /// The negotiations, in the order of the file.
    pub fn negotiations(&self) -> impl Iterator<Item = &Negotiation> {
        self.items.iter().filter_map(|item| match item {
            Item::Negotiation(negotiation) => Some(negotiation),
            _ => None,
        })
    }

    /// The events, in the order of the file.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.items.iter().filter_map(|item| match item {
            Item::Event(event) => Some(event),
            _ => None,
        })
    }

    /// What subscriptions and filters look at in an item, each topic and party once.
    pub fn facets<'a>(&'a self, item: &'a Item) -> Facets<'a> {
        let (topics, parties, importance, serves): (_, _, _, &[Id]) = match item {
            Item::Deadline(it) => (&it.topics, &it.parties, it.importance, &[]),
            Item::Event(it) => (&it.topics, &it.parties, it.importance, &[]),
            Item::Negotiation(it) => (&it.topics, &it.parties, it.importance, &it.serves),
        };
        let mut facets = Facets {
            id: item.id(),
            topics: topics.iter().map(String::as_str).collect(),
            parties: parties.iter().collect(),
            importance,
        };
        for served in serves.iter().filter_map(|id| self.deadline(id)) {
            facets
                .topics
                .extend(served.topics.iter().map(String::as_str));
            facets.parties.extend(&served.parties);
            facets.importance = facets.importance.max(served.importance);
        }
        // Several deadlines of one negotiation share topics and parties.
        let (mut topics, mut parties) = (HashSet::new(), HashSet::new());
        facets.topics.retain(|topic| topics.insert(*topic));
        facets.parties.retain(|party| parties.insert(*party));
        facets
    }

    /// The items that pass a filter, in the order of the file.
    pub fn passing<'a>(&'a self, filter: &'a Filter) -> impl Iterator<Item = &'a Item> {
        // To look at what an item inherits from others is most of the work.
        let takes_all = *filter == Filter::ALL;
        let items = self.items.iter();
        items.filter(move |item| takes_all || filter.passes(&self.facets(item)))
    }

    /// Every topic that an item has, sorted.
    pub fn topics(&self) -> Vec<&str> {
        let mut topics: Vec<_> = self
            .items
            .iter()
            .flat_map(|item| match item {
                Item::Deadline(it) => &it.topics,
                Item::Negotiation(it) => &it.topics,
                Item::Event(it) => &it.topics,
            })
            .map(String::as_str)
            .collect();
        topics.sort_unstable();
        topics.dedup();
        topics
    }

    /// The docket with only what was known at `now`.
    ///
    /// ```
    /// # let text = "[[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = 2025-06-01\n\
    /// #     announced = 2025-01-01\n[[deadline.revision]]\ndue = 2025-09-01\n\
    /// #     announced = 2025-05-30\n";
    /// # let spring = "2025-04-01T00:00:00Z".parse().unwrap();
    /// # let docket = docket::config::parse(text, spring).docket.unwrap();
    /// let then = docket.as_of(spring);
    /// assert_eq!(then.deadlines().next().unwrap().status(spring).extensions, 0);
    /// ```
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Self {
        Self::new(Parts {
            zone: self.zone,
            remind: self.remind.clone(),
            remind_at: self.remind_at,
            parties: self.parties.clone(),
            items: self
                .items
                .iter()
                .filter_map(|item| item.as_of(now))
                .collect(),
            subscriptions: self.subscriptions.clone(),
        })
    }
}

/// Two dockets are equal if the same people would be told the same things.
impl PartialEq for Docket {
    fn eq(&self, other: &Self) -> bool {
        self.zone == other.zone
            && self.remind == other.remind
            && self.remind_at == other.remind_at
            && self.parties == other.parties
            && self.items == other.items
            && self.subscriptions == other.subscriptions
    }
}
