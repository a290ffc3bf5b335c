//! One delivery: the stages it goes through, and the rules by which it is posted once.
//!
//! The rule behind the constants: post only while the other side still remembers everything since
//! the last instant at which we know that the message did not exist. `docs/delivery.md` has the
//! protocol; the engine acts by it.

use super::lateness::{LATE, SkipReason, Verdict, verdicts};
use super::notice::Notice;
use super::occurrence::{Kind, RoundStep};
use super::plan::Plan;
use super::zone::Timestamp;
use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// How long after the last instant at which a message was known not to exist it may be posted
/// again on the strength of its nonce alone. Discord remembers a nonce for "the past few minutes":
/// we rely on a minute and a half, less what a sink may take to connect ([`ANSWER_MAX`]), what a
/// request may be under way ([`ARRIVAL_MAX`]), and a history behind.
pub const NONCE_TRUST: Duration = Duration::from_secs(40);
/// How long to wait for the answer to a post. Nothing goes out after it.
pub const ANSWER_MAX: Duration = Duration::from_secs(15);
/// How long to wait for a history, of however many pages.
pub const HISTORY_MAX: Duration = Duration::from_secs(30);
/// How long a request can be under way: after that it has arrived, or never will.
pub const ARRIVAL_MAX: Duration = Duration::from_secs(30);
/// After so long a post that was begun is in the history, or never will be: what a sink may take to
/// connect, what a request may be under way, and a history behind.
pub const GONE_AFTER: Duration =
    Duration::from_secs(ANSWER_MAX.as_secs() + ARRIVAL_MAX.as_secs() + 5);
/// How long a replica has a subscription to itself without saying so again.
pub const LEASE: Duration = Duration::from_mins(1);
/// How long it relies on that itself. What lies between is for an answer that is under way.
pub const LEASE_TRUST: Duration = Duration::from_secs(40);
/// How long before its time a message may have been posted, by a clock that was wrong then: so
/// far back the history of a channel is read.
pub const AUDIT_MARGIN: TimeDelta = TimeDelta::hours(2);
/// The longest wait between two attempts.
pub const BACKOFF_MAX: Duration = Duration::from_mins(5);
/// A post whose making or sending breaks down this often is given up.
pub const BREAKDOWNS_MAX: u32 = 10;

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// It is to be posted.
    Planned,
    /// It may be on its way: somebody began to post it, and the outcome is not recorded.
    Sending,
    /// It was posted.
    Sent,
    /// It is not posted any more, for a reason that lies in the record or the time.
    Skipped,
    /// It could not be posted, or nobody can know whether it was.
    Failed,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Planned,
        Self::Sending,
        Self::Sent,
        Self::Skipped,
        Self::Failed,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }

    /// The stage that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }
}

/// A delivery as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What it says.
    pub notice: Notice,
    /// How far it has come.
    pub stage: Stage,
    /// Why it is not further.
    pub reason: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Which copy it is.
    pub copy: u32,
    /// By when it was posted.
    pub sent: Option<Timestamp>,
    /// How the other side names it.
    pub message: Option<String>,
}

impl Delivery {
    /// Whether somebody may mean it by this: its key, or what one of its copies is known by, also
    /// as a post shows it: `ref 0n5c7rgr2gx5y8vb`.
    pub fn is_named(&self, name: &str) -> bool {
        let key = &self.notice.key;
        let name = name.trim();
        let shown = name.to_ascii_lowercase();
        let shown = shown.strip_prefix("ref ").unwrap_or(&shown);
        key == name || (1..=self.copy).any(|copy| reference(key, copy) == shown)
    }
}

/// A short name of a key: the nonce that its post bears, and what is searched for in a history.
/// The same for every attempt; another one for each `copy` that somebody asked for by `resend`.
///
/// Sixteen letters, 80 bits: two of a billion posts are the same with odds of one in two million.
///
/// ```
/// # use docket::domain::reference;
/// assert_eq!(reference("terminal/due/a/2026-03-10", 1), "5dc6zm3g6r140dkv");
/// assert_ne!(reference("k", 1), reference("k", 2));
/// ```
pub fn reference(key: &str, copy: u32) -> String {
    // Without letters that are mistaken for others: somebody may have to type it.
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut hash = Sha256::new();
    hash.update(key);
    if copy > 1 {
        hash.update([0]);
        hash.update(copy.to_be_bytes());
    }
    let bits = hash.finalize()[..10]
        .iter()
        .fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let letter = |nth: u32| char::from(LETTERS[(bits >> (5 * nth) & 31) as usize]);
    (0..16).rev().map(letter).collect()
}

/// How long to wait after the given number of attempts, from 1: doubling from a second, at most
/// [`BACKOFF_MAX`], and a fifth more or less by the reference, so that what failed together is not
/// tried together.
pub fn backoff(attempts: u32, reference: &str) -> Duration {
    let doubled = 1_000_u64 << attempts.saturating_sub(1).min(20);
    let spread = reference.bytes().fold(attempts, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    }) % 401;
    let longest = u64::try_from(BACKOFF_MAX.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis((doubled * (800 + u64::from(spread)) / 1_000).min(longest))
}

impl Notice {
    /// Which posts go first when not all can go at once: 0 is what people act on, 2 what can wait.
    pub fn urgency(&self) -> u8 {
        match self.kind {
            Kind::Due | Kind::Moved | Kind::Outcome | Kind::Correction => 0,
            Kind::Lead if self.pings => 0,
            Kind::Digest | Kind::Summary => 2,
            _ => 1,
        }
    }

    /// Whether it tells news, which is never dropped. Anything else is a reminder of what lies
    /// ahead, which an edit can take back.
    pub fn is_news(&self) -> bool {
        match self.kind {
            Kind::Lead | Kind::Opens | Kind::Due | Kind::Digest => false,
            Kind::Round => !matches!(self.step, Some(RoundStep::Starts | RoundStep::Ends)),
            _ => true,
        }
    }
}

/// What is to be done with a post that was planned a while ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Review {
    /// Post it, with this content.
    Post(Box<Notice>),
    /// It is too late for it, unless somebody wants it all the same: with this content.
    Missed(SkipReason, Box<Notice>),
    /// Do not.
    Skip(SkipReason),
}

impl Plan {
    /// What to do at `now` with a post that was planned earlier, perhaps under another docket.
    ///
    /// News is told as it was planned. A reminder is posted if this plan still has it and it is
    /// still worth posting, with a text computed from `now`.
    pub fn review(&self, planned: &Notice, now: Timestamp) -> Review {
        let audience = self.audience();
        let to = audience.iter().position(|it| it.id == planned.subscription);
        let Some(to) = to else {
            return Review::Skip(SkipReason::NotFollowed);
        };
        let late = now - planned.at > LATE;
        if planned.is_news() {
            let notice = Notice {
                late,
                ..planned.clone()
            };
            return Review::Post(Box::new(notice));
        }
        // What came due since may take its place.
        let instant = TimeDelta::milliseconds(1);
        let until = if late { now } else { planned.at } + instant;
        let mut due = self.span(planned.at, until);
        due.retain(|occurrence| occurrence.subscription as usize == to);
        let verdicts = verdicts(self, &due, now);
        for (occurrence, verdict) in due.iter().zip(verdicts) {
            if occurrence.at > planned.at {
                break;
            }
            let items = &planned.items;
            let item = self.item_of(&occurrence.reason);
            let is_other = |place: usize| items.first() != Some(self.docket().items()[place].id());
            if item.is_some_and(is_other) {
                continue;
            }
            let notice = self.notice(occurrence, now);
            if notice.key == planned.key {
                return match verdict {
                    Verdict::Post => Review::Post(Box::new(notice)),
                    Verdict::Skip(reason @ (SkipReason::LessUrgent | SkipReason::TooLate)) => {
                        let late = true;
                        Review::Missed(reason, Box::new(Notice { late, ..notice }))
                    }
                    Verdict::Skip(reason) => Review::Skip(reason),
                };
            }
        }
        Review::Skip(SkipReason::Void)
    }
}
