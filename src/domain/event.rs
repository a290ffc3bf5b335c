//! Events: what happened, and matters to deadlines and talks.

use super::deadline::Source;
use super::docket::Importance;
use super::due::{Due, Moment};
use super::id::Id;
use super::when::When;
use super::zone::{Timestamp, Zone};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its permanent name.
    pub id: Id,
    /// What happened, in a line.
    pub title: String,
    /// When it happened.
    pub date: When,
    /// When it was announced, if not on its date.
    pub announced: Option<When>,
    /// What it is about.
    pub summary: Option<String>,
    /// Its topics.
    pub topics: Vec<String>,
    /// The parties to it.
    pub parties: Vec<Id>,
    /// How much it matters.
    pub importance: Importance,
    /// The zone whose dates it goes by.
    pub zone: Zone,
    /// The instrument it was done by.
    pub instrument: Option<String>,
    /// Where it can be checked.
    pub sources: Vec<Source>,
}

impl Event {
    /// When it became known.
    pub fn known(&self) -> Timestamp {
        self.announced.as_ref().unwrap_or(&self.date).start()
    }

    /// Its date as a due that other dues can count from.
    pub fn due(&self) -> Due {
        let moment = if self.date.is_day() {
            Moment::Day(self.date.date())
        } else {
            Moment::Minute(self.date.start())
        };
        Due::new(moment, self.zone)
    }
}
