//! Follows: subscriptions that people make in Discord, kept in the ledger beside those of the file
//! and with the same meaning. What is left out is taken from the docket when it is used, so that
//! an edit of the defaults reaches them too.

use super::docket::{Docket, Importance};
use super::duration::Duration;
use super::id::Id;
use super::subscription::{Digest, Filter, Quiet, Subscription};
use super::zone::{Timestamp, Zone};
use serde::{Deserialize, Serialize};

/// A subscription as somebody asked for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    /// Where its posts go.
    pub target: Target,
    /// The id of the user who asked for it last, who hears of trouble with it.
    pub by: String,
    /// The id of the server that the channel belongs to.
    pub server: Option<String>,
    /// These items; none: all.
    pub items: Option<Vec<Id>>,
    /// Items with one of these topics; none: all.
    pub topics: Option<Vec<String>>,
    /// Items with one of these parties; none: all.
    pub parties: Option<Vec<Id>>,
    /// Items of at least this importance.
    pub importance: Importance,
    /// How long before a due it is reminded; none: as the docket has it.
    pub leads: Option<Vec<Duration>>,
    /// Further instants at which it is reminded, asked for by snoozing.
    pub snoozed: Vec<Timestamp>,
    /// Who is pinged: `role:…`, `user:…`, `everyone`, `here`.
    pub mention: Vec<String>,
    /// The longest lead that pings; none: every lead does.
    pub ping_from: Option<Duration>,
    /// The reader's zone; none: the docket's.
    pub zone: Option<Zone>,
    /// The reader's language, as a tag of BCP 47.
    pub language: Option<String>,
    /// The regular overview.
    pub digest: Option<Digest>,
    /// The hours in which nothing is posted that can wait.
    pub quiet: Option<Quiet>,
    /// Whether one overview message is kept up to date.
    pub board: bool,
    /// Whether posts are published to the servers that follow an announcement channel.
    pub crosspost: bool,
}

/// Where the posts of a follow go.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// To a channel, by its id.
    Channel(String),
    /// To a user by direct message, about one deadline.
    Person {
        /// The user's id.
        user: String,
        /// The deadline.
        item: Id,
    },
}

impl Target {
    /// The id of the subscription: the channel's id, or `dm:USER:ITEM`.
    ///
    /// ```
    /// # use docket::domain::{Id, Target};
    /// let item = Id::parse("tariff-truce").unwrap();
    /// let target = Target::Person { user: "42".to_owned(), item };
    /// assert_eq!(target.subscription(), "dm:42:tariff-truce");
    /// assert_eq!(Target::parse("dm:42:tariff-truce"), Some(target));
    /// ```
    pub fn subscription(&self) -> String {
        match self {
            Self::Channel(id) => id.clone(),
            Self::Person { user, item } => format!("dm:{user}:{item}"),
        }
    }

    /// The target that the id of a subscription names; none for the terminal's.
    pub fn parse(subscription: &str) -> Option<Self> {
        match subscription.strip_prefix("dm:") {
            Some(rest) => {
                let (user, item) = rest.split_once(':')?;
                Some(Self::Person {
                    user: user.to_owned(),
                    item: Id::parse(item)?,
                })
            }
            None if subscription.bytes().all(|it| it.is_ascii_digit()) => {
                Some(Self::Channel(subscription.to_owned()))
            }
            None => None,
        }
    }
}

impl Follow {
    /// What a channel follows that was asked for without any option: everything.
    pub fn of_channel(channel: String, by: String, server: String) -> Self {
        Self {
            server: Some(server),
            ..Self::of(Target::Channel(channel), by)
        }
    }

    /// A personal reminder of one deadline: its leads, and whatever becomes of it.
    pub fn of_person(user: String, item: Id, leads: Vec<Duration>) -> Self {
        let target = Target::Person {
            user: user.clone(),
            item: item.clone(),
        };
        Self {
            items: Some(vec![item]),
            leads: Some(leads),
            ..Self::of(target, user)
        }
    }

    fn of(target: Target, by: String) -> Self {
        Self {
            target,
            by,
            server: None,
            items: None,
            topics: None,
            parties: None,
            importance: Importance::Low,
            leads: None,
            snoozed: Vec::new(),
            mention: Vec::new(),
            ping_from: None,
            zone: None,
            language: None,
            digest: None,
            quiet: None,
            board: false,
            crosspost: false,
        }
    }

    /// The id of the subscription that it makes.
    pub fn id(&self) -> String {
        self.target.subscription()
    }

    /// The subscription that it makes with a docket.
    pub fn subscription(&self, docket: &Docket) -> Subscription {
        Subscription {
            id: self.id(),
            filter: Filter {
                items: self.items.clone(),
                topics: self.topics.clone(),
                parties: self.parties.clone(),
                importance: self.importance,
            },
            leads: self
                .leads
                .clone()
                .unwrap_or_else(|| docket.remind().to_vec()),
            snoozed: self.snoozed.clone(),
            mention: self.mention.clone(),
            ping_from: self.ping_from,
            zone: self.zone.unwrap_or(docket.zone()),
            language: self.language.clone(),
            digest: self.digest,
            quiet: self.quiet,
            board: self.board,
            crosspost: self.crosspost,
        }
    }
}

impl Docket {
    /// Everybody who hears of it in Discord: the channels of the file, and those who asked for it
    /// themselves. A channel that is in both hears what the file says.
    pub fn audience_with(&self, follows: &[Follow]) -> Vec<Subscription> {
        let channels = self.subscriptions();
        let is_in_file = |follow: &Follow| channels.iter().any(|it| it.id == follow.id());
        let others = follows.iter().filter(|follow| !is_in_file(follow));
        let others = others.map(|follow| follow.subscription(self));
        channels.iter().cloned().chain(others).collect()
    }
}
