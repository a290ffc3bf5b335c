//! Occurrences: one post that a subscription should get, with what, when and why.

use super::duration::Duration;
use super::zone::Timestamp;
use std::fmt;

/// What kind of post.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A reminder before a due.
    Lead,
    /// The period of a due begins.
    Opens,
    /// A due is reached.
    Due,
    /// A due was replaced by another.
    Moved,
    /// A due became more official.
    Confirmed,
    /// An entry of the record was wrong.
    Correction,
    /// It is known how a deadline ended.
    Outcome,
    /// Something about a round of talks.
    Round,
    /// Something happened.
    Event,
    /// A deadline is new.
    Added,
    /// A regular overview.
    Digest,
    /// Many changes of one edit.
    Summary,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Lead,
        Self::Opens,
        Self::Due,
        Self::Moved,
        Self::Confirmed,
        Self::Correction,
        Self::Outcome,
        Self::Round,
        Self::Event,
        Self::Added,
        Self::Digest,
        Self::Summary,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Opens => "opens",
            Self::Due => "due",
            Self::Moved => "moved",
            Self::Confirmed => "confirmed",
            Self::Correction => "correction",
            Self::Outcome => "outcome",
            Self::Round => "round",
            Self::Event => "event",
            Self::Added => "added",
            Self::Digest => "digest",
            Self::Summary => "summary",
        }
    }

    /// Whether such a post pings, where that does not depend on its lead.
    pub fn pings(self) -> bool {
        matches!(
            self,
            Self::Due | Self::Moved | Self::Outcome | Self::Correction
        )
    }
}

/// What about a round.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum RoundStep {
    /// It is to be.
    Announced,
    /// It is to be at another time.
    Moved,
    /// It begins.
    Starts,
    /// It was to end, and nothing is known of how.
    Ends,
    /// It is known how it ended.
    Outcome,
    /// It is called off.
    Cancelled,
}

impl RoundStep {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Moved => "moved",
            Self::Starts => "starts",
            Self::Ends => "ends",
            Self::Outcome => "outcome",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One post that one subscription should get. Small: a plan may hold a million.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Occurrence {
    /// When it is to be posted.
    pub at: Timestamp,
    /// For which subscription, by its place in the audience.
    pub subscription: u32,
    /// Why.
    pub reason: Reason,
}

/// Why something is posted. The numbers are places in the plan that made the occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The due of a window is reached.
    Due {
        /// The window.
        window: u32,
    },
    /// Changes became known together.
    Changes {
        /// The group of changes.
        group: u32,
    },
    /// The period of a window's due begins.
    Opens {
        /// The window.
        window: u32,
    },
    /// A window's due comes near.
    Lead {
        /// The window.
        window: u32,
        /// How near.
        lead: Duration,
    },
    /// Somebody asked to be reminded again.
    Snoozed {
        /// The window.
        window: u32,
    },
    /// A round begins.
    RoundStarts {
        /// The negotiation, by its place in the docket.
        item: u32,
        /// The round, by its place in the negotiation.
        round: u32,
        /// The schedule, by its place in the round.
        schedule: u32,
    },
    /// A round was to end.
    RoundEnds {
        /// The negotiation, by its place in the docket.
        item: u32,
        /// The round, by its place in the negotiation.
        round: u32,
        /// The schedule, by its place in the round.
        schedule: u32,
    },
    /// It is time for the overview.
    Digest,
}

impl Reason {
    /// The order of what happens at one instant: first dues are reached, then changes take
    /// effect, then reminders are posted.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Due { .. } => 0,
            Self::Changes { .. } => 1,
            Self::Opens { .. }
            | Self::Lead { .. }
            | Self::Snoozed { .. }
            | Self::RoundStarts { .. }
            | Self::RoundEnds { .. } => 2,
            Self::Digest => 3,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl fmt::Display for RoundStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
