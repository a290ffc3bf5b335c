//! What Docket is about, as plain data and pure functions: no IO, no async, no clock, no logging.
//!
//! Everything that depends on the time takes `now`. The file format is `config`'s, the form of a
//! post its sink's.

mod base_rate;
mod chain;
pub mod change;
mod deadline;
pub mod delivery;
mod docket;
mod due;
mod duration;
mod event;
mod follow;
mod id;
mod lateness;
mod negotiation;
mod notice;
mod occurrence;
pub mod phrases;
mod plan;
mod seen;
mod selection;
mod subscription;
mod when;
pub mod words;
mod zone;

pub use base_rate::{BaseRate, Record};
pub use chain::{Chain, Effect, Move, Position, Window};
pub use deadline::{
    Basis, Deadline, Origin, Outcome, OutcomeResult, Source, Standing, State, Status, Step,
    days_between,
};
pub use delivery::{Delivery, Review, Stage, reference};
pub use docket::{Docket, Facets, Importance, Item, Parts, Party};
pub use due::{Due, Moment, Precision, rfc3339};
pub use duration::{Duration, DurationError};
pub use event::Event;
pub use follow::{Follow, Target};
pub use id::Id;
pub use lateness::{LATE, SkipReason, Verdict, verdicts};
pub use negotiation::{Delegation, Level, Negotiation, Round, RoundOutcome, RoundState, Schedule};
pub use notice::{Notice, announce, history_sentence, law_sentence};
pub use occurrence::{Kind, Occurrence, Reason, RoundStep};
pub use plan::{Armed, Plan};
pub use seen::{Seen, SeenDue};
pub use selection::{Asked, Selection, SelectionError, States};
pub use subscription::{Digest, Filter, Quiet, Subscription};
pub use when::When;
pub use zone::{Jump, Local, Timestamp, Zone, ZoneError};
