//! What the engine needs of the world: a clock, a ledger that remembers, a sink that posts.
//!
//! Three narrow traits and the data that goes through them. The real ones are `clock`, `store` and
//! `console`; the simulator of the tests has its own. Nothing here decides anything.

use crate::domain::{Follow, Notice, Seen, SeenDue, Timestamp};
use chrono::TimeDelta;
use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// What time it is, and waiting for a while.
///
/// The wall clock says what is due. What has elapsed is measured by tokio's clock, which nobody
/// sets.
pub trait Clock: Send + Sync {
    /// The wall clock, to the millisecond.
    fn now(&self) -> Timestamp;
    /// Waits by a clock that nobody sets.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

/// Where posts go.
pub trait Sink: Send + Sync {
    /// The right to make one post. What it stands for is given back when it is dropped.
    type Permit: Send;
    /// Waits until a post may go out, as limits of the other side have it.
    fn ready(&self, subscription: &str) -> impl Future<Output = Self::Permit> + Send;
    /// Posts now: the caller has just made sure that it may. What it must wait for, such as a
    /// connection, is part of the time for an answer. It is dropped when that is over, and nothing
    /// may go out after that.
    fn post(
        &self,
        permit: Self::Permit,
        post: Outgoing<'_>,
    ) -> impl Future<Output = Result<Receipt, Failure>> + Send;
    /// Which posts of ours a subscription has had since an instant.
    fn history(
        &self,
        subscription: &str,
        since: Timestamp,
    ) -> impl Future<Output = Result<History, Failure>> + Send;
    /// Asks the other side what time it is, if it is one that knows.
    fn time(&self) -> impl Future<Output = Result<Option<Timestamp>, Failure>> + Send;
}

/// A post on its way out.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// What it says, and to whom.
    pub notice: &'a Notice,
    /// What it is known by on the other side; the same at every attempt.
    pub reference: &'a str,
}

/// A post that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// How the other side names it.
    pub message: Option<String>,
    /// Since when it is there, if the other side says so.
    pub at: Option<Timestamp>,
}

/// What a sink knows of what it has posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum History {
    /// The references of our posts, each with its message.
    Posts(Vec<(String, Receipt)>),
    /// Nobody can look: what was once begun there may or may not have happened.
    Unreadable(String),
}

/// Why something did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It did not happen, and may be tried again.
    #[error("{why}")]
    Retry {
        /// Not before so long, if the other side said so; the engine waits for 5 minutes at most.
        after: Option<Duration>,
        /// What was wrong.
        why: String,
    },
    /// It did not happen, and will not at another time.
    #[error("{why}")]
    Permanent {
        /// What was wrong.
        why: String,
    },
    /// It may have happened.
    #[error("{why}")]
    Unknown {
        /// What is known.
        why: String,
    },
}

/// The durable store of what was planned, posted and seen. Every call is one transaction, and
/// what it returns is on disk.
///
/// Several processes may share one. A subscription is leased to one of them at a time; each lease
/// has a number, its epoch, and what is recorded under an older one is refused.
pub trait Ledger: Send + Sync {
    /// Begins a life: the number is new. To be called at start, and again after
    /// [`LedgerError::Lost`].
    fn join(&self) -> impl Future<Output = Result<Life, LedgerError>> + Send;
    /// How far planning has come. The record comes with it unless it is of this revision.
    fn progress(
        &self,
        revision: Option<i64>,
    ) -> impl Future<Output = Result<Progress, LedgerError>> + Send;
    /// Which of these keys it has.
    fn known(
        &self,
        keys: &[String],
    ) -> impl Future<Output = Result<HashSet<String>, LedgerError>> + Send;
    /// Takes a step of planning, unless somebody else took one since: then it says so by `false`,
    /// and nothing has changed.
    fn advance(&self, step: &Advance) -> impl Future<Output = Result<bool, LedgerError>> + Send;
    /// Records outcomes, renews leases and hands out what is to be posted next.
    fn turn(&self, turn: &Turn) -> impl Future<Output = Result<Turned, LedgerError>> + Send;
}

/// The number of one stretch of a process during which its store lost nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Life(pub i64);

/// Why a ledger did not do as asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LedgerError {
    /// It cannot write now, but nothing it had is lost: a full disk, a lock.
    #[error("{0}")]
    Busy(String),
    /// The connection broke. Whether the call took effect is not known, and another server may
    /// answer now, without the last things this one knew.
    #[error("{0}")]
    Lost(String),
    /// It is damaged.
    #[error("{0}")]
    Damaged(String),
}

/// How far planning has come.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Goes up with each step of planning.
    pub version: i64,
    /// Everything before this instant has been planned. None: nothing ever was.
    pub cursor: Option<Timestamp>,
    /// Goes up with each record, and with each change of a follow.
    pub revision: i64,
    /// The record in force, unless the asker has it.
    pub record: Option<Record>,
    /// The digests of the last records before it.
    pub superseded: Vec<String>,
    /// What was first seen when.
    pub seen: Seen,
    /// The subscriptions that people made themselves.
    pub follows: Arc<[Follow]>,
}

/// The text of a docket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The text.
    pub text: String,
    /// What it is known by.
    pub digest: String,
}

/// A step of planning.
#[derive(Clone, Debug)]
pub struct Advance {
    /// The version that it was made from.
    pub version: i64,
    /// Everything before this instant is planned with it.
    pub cursor: Timestamp,
    /// By how much the clock was found to be set back since the last step: what is ahead of it
    /// by mistake comes back with it.
    pub rewind: Option<TimeDelta>,
    /// The record that comes in force with it.
    pub record: Option<Record>,
    /// Dues first seen.
    pub dues: Vec<SeenDue>,
    /// Subscriptions first seen.
    pub subscriptions: Vec<(String, Timestamp)>,
    /// What is to be posted, and what is not for a reason. What the ledger has already stays as
    /// it is, except that what was skipped can become planned again.
    pub posts: Vec<Planned>,
}

/// A post as planned.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What it says.
    pub notice: Notice,
    /// Why it is not to be posted, if so.
    pub skipped: Option<String>,
}

/// What a process tells its ledger at once, and asks for.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Who asks.
    pub life: Life,
    /// The wall clock.
    pub now: Timestamp,
    /// What came of deliveries.
    pub settled: Vec<Settled>,
    /// The subscriptions whose deliveries go on, to be kept.
    pub holding: Vec<Lease>,
    /// How many deliveries can be begun.
    pub claims_max: usize,
}

/// A subscription that one process has to itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The subscription.
    pub subscription: String,
    /// The number of the lease.
    pub epoch: i64,
}

/// What came of a delivery.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Under which lease.
    pub lease: Lease,
    /// Which delivery.
    pub key: String,
    /// As which attempt it was claimed. It may be told twice, if an answer was lost.
    pub attempts: u32,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is posted.
    Sent {
        /// By when it was.
        at: Timestamp,
        /// How the other side names it.
        message: Option<String>,
        /// As it was posted, if not as it was planned.
        notice: Option<Box<Notice>>,
    },
    /// It is not wanted any more.
    Skipped {
        /// Why.
        why: String,
    },
    /// It cannot be posted.
    Failed {
        /// Why.
        why: String,
    },
    /// It is to be tried again.
    Again {
        /// Not before.
        not_before: Timestamp,
        /// Why.
        why: String,
        /// Whether it may have been posted.
        tried: bool,
    },
}

/// What a ledger answers to a turn.
#[derive(Clone, Debug, Default)]
pub struct Turned {
    /// What is to be posted now, one for each subscription.
    pub claims: Vec<Claim>,
    /// Of the subscriptions to be kept those that somebody else has now.
    pub lost: Vec<Lease>,
    /// When something that waits may be tried next, if something does.
    pub next: Option<Timestamp>,
    /// The version of the planning, for those who share it.
    pub version: i64,
}

/// A delivery that a process is to make. That it is on its way is recorded already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Under which lease.
    pub lease: Lease,
    /// What it says, as planned.
    pub notice: Notice,
    /// Which copy of the post: more than 1 if somebody asked for another one.
    pub copy: u32,
    /// How often it has been claimed, this time included.
    pub attempts: u32,
    /// The revision of the record it was planned with.
    pub revision: i64,
}
