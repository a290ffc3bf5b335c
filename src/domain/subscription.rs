//! Subscriptions: who hears what, when, and how loud.

use super::docket::{Docket, Facets, Importance};
use super::duration::Duration;
use super::id::Id;
use super::zone::{Timestamp, Zone};
use chrono::{Datelike as _, Days, NaiveTime, Weekday};

/// One channel, user or terminal, what it wants to hear, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The channel's id, or [`Subscription::TERMINAL`].
    pub id: String,
    /// Which items.
    pub filter: Filter,
    /// How long before a due it is reminded, in the order of the file.
    pub leads: Vec<Duration>,
    /// Further instants at which it is reminded of what it follows, asked for by snoozing.
    pub snoozed: Vec<Timestamp>,
    /// Who is pinged, as written: `role:…`, `user:…`, `everyone`, `here`.
    pub mention: Vec<String>,
    /// The longest lead that pings; none: every lead does.
    pub ping_from: Option<Duration>,
    /// The reader's zone.
    pub zone: Zone,
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

/// Which items a subscription follows. Every key that is given must be passed, by any of its
/// values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// These items.
    pub items: Option<Vec<Id>>,
    /// Items with one of these topics.
    pub topics: Option<Vec<String>>,
    /// Items with one of these parties.
    pub parties: Option<Vec<Id>>,
    /// Items of at least this importance.
    pub importance: Importance,
}

impl Filter {
    /// A filter that everything passes.
    pub const ALL: Self = Self {
        items: None,
        topics: None,
        parties: None,
        importance: Importance::Low,
    };

    /// Whether an item passes.
    pub fn passes(&self, facets: &Facets<'_>) -> bool {
        facets.importance >= self.importance
            && self
                .items
                .as_ref()
                .is_none_or(|items| items.contains(facets.id))
            && self.topics.as_ref().is_none_or(|topics| {
                topics
                    .iter()
                    .any(|topic| facets.topics.contains(&topic.as_str()))
            })
            && self
                .parties
                .as_ref()
                .is_none_or(|parties| parties.iter().any(|party| facets.parties.contains(&party)))
    }
}

/// A daily or weekly overview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Digest {
    /// On which day of the week; none: every day.
    pub every: Option<Weekday>,
    /// At what time of day in the subscription's zone.
    pub at: NaiveTime,
}

impl Digest {
    /// The first digest after `after`, exclusive. A time that the clocks skip means the moment
    /// they change; of a time that they repeat the first.
    pub fn next_after(self, after: Timestamp, zone: Zone) -> Timestamp {
        let today = zone.date(after);
        // Two weeks from yesterday on: enough even where a zone skips the day of the digest.
        (0..16)
            .map(|ahead| today - Days::new(1) + Days::new(ahead))
            .filter(|date| self.every.is_none_or(|weekday| date.weekday() == weekday))
            .map(|date| zone.first_from(date.and_time(self.at)))
            .find(|at| *at > after)
            .expect("a digest falls into any two weeks")
    }
}

/// Hours of a day in which posts wait, `from` included, `to` not. They may span midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Quiet {
    /// When they begin.
    pub from: NaiveTime,
    /// When they end.
    pub to: NaiveTime,
}

impl Quiet {
    /// The longest that a post can wait: a day, and an hour for the clocks.
    pub const HOURS_MAX: i64 = 25;

    /// The end of the quiet hours that `at` lies in, if it does.
    pub fn end(self, at: Timestamp, zone: Zone) -> Option<Timestamp> {
        let local = zone.local(at);
        let time = local.time();
        let (inside, next_day) = if self.from < self.to {
            (self.from <= time && time < self.to, false)
        } else {
            (time >= self.from || time < self.to, time >= self.from)
        };
        let date = local.date() + Days::new(u64::from(next_day));
        // Where the clocks repeat the hour, the end may lie before the second reading of it.
        inside.then(|| zone.first_from(date.and_time(self.to)).max(at))
    }
}

impl Subscription {
    /// The id of the one who runs the command.
    pub const TERMINAL: &'static str = "terminal";

    /// A subscription to everything with the docket's leads, for whoever runs the command.
    pub fn terminal(docket: &Docket) -> Self {
        Self {
            id: Self::TERMINAL.to_owned(),
            filter: Filter::ALL,
            leads: docket.remind().to_vec(),
            snoozed: Vec::new(),
            mention: Vec::new(),
            ping_from: None,
            zone: docket.zone(),
            language: None,
            digest: None,
            quiet: None,
            board: false,
            crosspost: false,
        }
    }

    /// When a post that is to go out at `at` really does: after the quiet hours, unless the due
    /// it is about comes first.
    pub fn post_at(&self, at: Timestamp, due: Option<Timestamp>) -> Timestamp {
        match self.quiet.and_then(|quiet| quiet.end(at, self.zone)) {
            Some(end) if due.is_none_or(|due| due > end) => end,
            _ => at,
        }
    }

    /// Whether a lead pings.
    pub fn lead_pings(&self, lead: Duration) -> bool {
        self.ping_from
            .is_none_or(|from| lead.length() <= from.length())
    }
}
