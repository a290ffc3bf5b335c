//! Deadlines: what falls due, every step by which the date came about, and how it ended.

use super::base_rate::BaseRate;
use super::chain::Chain;
use super::docket::Importance;
use super::due::Due;
use super::duration::Duration;
use super::id::Id;
use super::when::When;
use super::zone::{Timestamp, Zone};
use std::fmt;

/// How official a due is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Somebody says so.
    Reported,
    /// Those who decide say so.
    #[default]
    Announced,
    /// The instrument is signed: it is law.
    Signed,
    /// The instrument is published.
    Published,
}

impl Standing {
    /// Whether a due of this standing is the law.
    pub fn is_law(self) -> bool {
        self >= Self::Signed
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reported => "reported",
            Self::Announced => "announced",
            Self::Signed => "signed",
            Self::Published => "published",
        })
    }
}

/// Where a fact can be checked.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Source {
    /// What it is, as one would cite it.
    pub title: String,
    /// Where it is.
    pub url: Option<String>,
    /// The day on which someone last looked.
    pub checked: Option<chrono::NaiveDate>,
}

/// One step of a deadline's chain: its first due, or a revision of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The due as of this step.
    pub due: Due,
    /// When it was announced; the first due may have been known always.
    pub announced: Option<When>,
    /// The instrument that set it.
    pub instrument: Option<String>,
    /// How official it is.
    pub standing: Standing,
    /// Whether the entry before it was wrong, while the world did not change.
    pub is_correction: bool,
    /// What there is to say about it.
    pub note: Option<String>,
    /// Where it can be checked.
    pub sources: Vec<Source>,
    /// How the due was computed.
    pub basis: Option<Box<Basis>>,
    /// Where the step comes from.
    pub origin: Origin,
}

/// Where a step of a deadline comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is written on the deadline.
    Written,
    /// The event that the due counts from became known.
    Event,
    /// The deadline that the due counts from, in the end, took it.
    Base {
        /// That deadline.
        root: Id,
        /// Its step, by its place in its chain.
        step: usize,
    },
}

impl Step {
    /// When the step became known; none if it has been known always.
    pub fn known(&self) -> Option<Timestamp> {
        self.announced.as_ref().map(When::start)
    }
}

/// What a computed due counts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The deadline or event it counts from.
    pub after: Id,
    /// How much is added.
    pub plus: Duration,
    /// The due it counts from, once that is known and set.
    pub from: Option<Due>,
}

impl Basis {
    /// The sum by which a due came about:
    /// `analog-chip-probe 13 September 2025 + 1y = 13 September 2026`.
    pub fn sum(&self, due: &Due) -> String {
        let (after, plus) = (&self.after, self.plus);
        match &self.from {
            Some(from) => format!("{after} {} + {plus} = {}", from.text(), due.text()),
            None => format!("{after} (no date yet) + {plus}"),
        }
    }
}

/// The word for how a deadline ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OutcomeResult {
    /// What was due was done.
    Met,
    /// It was not, and the consequence came.
    Lapsed,
    /// Something else took its place.
    Superseded,
    /// It no longer matters.
    Moot,
    /// Whoever set it took it back.
    Withdrawn,
}

impl OutcomeResult {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 5] = [
        Self::Met,
        Self::Lapsed,
        Self::Superseded,
        Self::Moot,
        Self::Withdrawn,
    ];

    /// The word itself.
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Lapsed => "lapsed",
            Self::Superseded => "superseded",
            Self::Moot => "moot",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// How a deadline ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// In a word.
    pub result: OutcomeResult,
    /// When it ended.
    pub on: When,
    /// When that was announced, if not by the end of `on`.
    pub announced: Option<When>,
    /// In a sentence.
    pub note: Option<String>,
    /// Where it can be checked.
    pub sources: Vec<Source>,
}

impl Outcome {
    /// When the outcome became known.
    pub fn known(&self) -> Timestamp {
        self.announced.as_ref().map_or(self.on.end(), When::start)
    }
}

/// Something that falls due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// Its permanent name.
    pub id: Id,
    /// What falls due, in a line.
    pub title: String,
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
    /// What happens when nothing happens.
    pub if_lapses: Option<String>,
    /// Who can move it.
    pub decided_by: Option<String>,
    /// Where it can be checked.
    pub sources: Vec<Source>,
    /// The first due and each step since, in the order in which they became known. Never empty.
    pub steps: Vec<Step>,
    /// How it ended.
    pub outcome: Option<Box<Outcome>>,
}

/// Where a deadline stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Its due has passed and nothing is known of how it ended.
    Awaiting,
    /// Its due lies ahead.
    Scheduled,
    /// It has no date.
    Tbd,
    /// It has ended.
    Ended(OutcomeResult),
}

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Awaiting => "awaiting",
            Self::Scheduled => "scheduled",
            Self::Tbd => "tbd",
            Self::Ended(result) => result.word(),
        }
    }

    /// Every word that [`State::word`] can give.
    pub fn words() -> impl Iterator<Item = &'static str> {
        let open = [Self::Scheduled, Self::Awaiting, Self::Tbd];
        open.into_iter()
            .chain(OutcomeResult::ALL.map(Self::Ended))
            .map(Self::word)
    }
}

/// A deadline in figures, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status<'a> {
    /// Where it stands.
    pub state: State,
    /// The due that counts.
    pub due: &'a Due,
    /// The due that is still the law, where that is another one.
    pub law_due: Option<&'a Due>,
    /// The due it began with, refined.
    pub first_due: &'a Due,
    /// Days until the due's date in the zone of law; none once it has ended or while not set.
    pub days_left: Option<i64>,
    /// How often it was extended.
    pub extensions: usize,
    /// Days from the first to the current due; none while either is not set.
    pub slipped_days: Option<i64>,
    /// How official the current due is.
    pub standing: Standing,
    /// The instrument that set the current due.
    pub instrument: Option<&'a str>,
}

impl Deadline {
    /// When it became known; none if it has been known always.
    pub fn known(&self) -> Option<Timestamp> {
        self.steps[0].known()
    }

    /// The deadline with only what was known at `now`, or none if it was not known itself.
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Option<Self> {
        let known = |at: Option<Timestamp>| at.is_none_or(|at| at <= now);
        let mut seen = self.clone();
        seen.steps.retain(|step| known(step.known()));
        seen.outcome = seen.outcome.filter(|outcome| outcome.known() <= now);
        (!seen.steps.is_empty()).then_some(seen)
    }

    /// Its steps in the light of each other.
    pub fn chain(&self) -> Chain<'_> {
        let mut chain = Chain::default();
        for step in &self.steps {
            chain.push(step);
        }
        chain
    }

    /// Where it stands at `now`. Looks at all steps there are: see [`Deadline::as_of`].
    pub fn state(&self, now: Timestamp) -> State {
        self.status(now).state
    }

    /// What the board is sorted by: awaiting first, then soonest first, without a date next,
    /// ended ones last; by id where that is equal.
    pub fn board_order(&self, now: Timestamp) -> (u8, Option<Timestamp>, Id) {
        let status = self.status(now);
        let group = match status.state {
            State::Awaiting => 0,
            State::Scheduled => 1,
            State::Tbd => 2,
            State::Ended(_) => 3,
        };
        (group, status.due.at(), self.id.clone())
    }

    /// What its own record says about extensions, at `now`.
    pub fn base_rate(&self, now: Timestamp) -> BaseRate {
        BaseRate::of(&self.chain(), self.outcome.as_deref(), now)
    }

    /// Its figures at `now`. Looks at all steps there are: see [`Deadline::as_of`].
    pub fn status(&self, now: Timestamp) -> Status<'_> {
        let chain = self.chain();
        let current = chain.current();
        let due = current.due;
        let first_due = chain.first_due();
        let state = match (&self.outcome, due.at()) {
            (Some(outcome), _) => State::Ended(outcome.result),
            (None, None) => State::Tbd,
            (None, Some(at)) if at > now => State::Scheduled,
            (None, Some(_)) => State::Awaiting,
        };
        let date = due.date().filter(|_| self.outcome.is_none());
        Status {
            state,
            due,
            law_due: chain
                .law()
                .filter(|_| self.outcome.is_none())
                .map(|law| law.due),
            first_due,
            days_left: date.map(|date| (date - due.zone().date(now)).num_days()),
            extensions: chain.extensions(),
            slipped_days: days_between(first_due, due),
            standing: current.standing,
            instrument: current.instrument,
        }
    }
}

/// The days from one due's date to another's, unless either is not set.
pub fn days_between(from: &Due, to: &Due) -> Option<i64> {
    Some((to.date()? - from.date()?).num_days())
}
