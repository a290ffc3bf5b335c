//! Planted defects: wrong turns that the engine could have taken, made at its ports. Each must be
//! caught by the simulator, or the simulator is not worth its time.

use crate::common::InPlace;
use crate::world::Shared;
use docket::engine::Limits;
use docket::ports::{Advance, Failure, History, Outcome, Receipt, Settled, Turn, Turned};
use std::time::Duration;

/// A wrong turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    /// Posts bear no nonce.
    NoNonce,
    /// Every attempt bears another nonce.
    FreshNonce,
    /// A post is recorded as sent before it is sent.
    MarkBeforeSend,
    /// A nonce is relied upon for an hour.
    LongNonceTrust,
    /// Nobody looks in a history.
    NeverLook,
    /// Histories are looked in only for posts that were tried before.
    NoAudit,
    /// The clock is read once a round.
    OneClockReading,
    /// Sleeps last until the next post.
    OneLongSleep,
    /// Requests are waited for without end.
    NoTimeout,
    /// A failure of the other side is final.
    GiveUp,
    /// An answer that is lost counts as a success.
    HopeForTheBest,
    /// An answer that is lost counts as a failure for certain.
    FearTheWorst,
    /// An edit does not reach what is planned already.
    CancelRace,
    /// Leases hold nobody back.
    NoLeases,
    /// A step of planning is taken whatever others took since.
    NoVersions,
    /// A day is 24 hours.
    DaysAreHours,
    /// The clock is believed, whatever it says.
    NoClockCheck,
    /// A result is recorded whoever has the subscription by now.
    NoEpochs,
    /// An edit and the posts that tell it are two transactions.
    EditInTwo,
}

impl Defect {
    pub(crate) const ALL: [Self; 19] = [
        Self::NoNonce,
        Self::FreshNonce,
        Self::MarkBeforeSend,
        Self::LongNonceTrust,
        Self::NeverLook,
        Self::NoAudit,
        Self::OneClockReading,
        Self::OneLongSleep,
        Self::NoTimeout,
        Self::GiveUp,
        Self::HopeForTheBest,
        Self::FearTheWorst,
        Self::CancelRace,
        Self::NoLeases,
        Self::NoVersions,
        Self::DaysAreHours,
        Self::NoClockCheck,
        Self::NoEpochs,
        Self::EditInTwo,
    ];

    /// The first seed that shows it, found by `just defects`.
    pub(crate) fn caught_by(self) -> u64 {
        match self {
            Self::MarkBeforeSend
            | Self::NoTimeout
            | Self::GiveUp
            | Self::HopeForTheBest
            | Self::DaysAreHours => 0,
            Self::NoNonce
            | Self::FreshNonce
            | Self::NeverLook
            | Self::NoLeases
            | Self::EditInTwo => 1,
            Self::OneLongSleep => 3,
            Self::NoVersions => 5,
            Self::NoAudit => 8,
            Self::NoClockCheck => 44,
            Self::LongNonceTrust => 79,
            Self::OneClockReading => 252,
            Self::CancelRace => 312,
            Self::NoEpochs => 846,
            Self::FearTheWorst => 2924,
        }
    }
}

/// The times that an engine goes by.
pub(crate) fn limits(defect: Option<Defect>) -> Limits {
    let ever = Duration::from_hours(10_000);
    let mut limits = Limits::default();
    match defect {
        Some(Defect::LongNonceTrust) => limits.nonce_trust = Duration::from_hours(1),
        Some(Defect::OneLongSleep) => limits.sleep_max = ever,
        Some(Defect::NoTimeout) => {
            limits.answer_max = ever;
            limits.history_max = ever;
        }
        Some(Defect::NoLeases) => limits.lease_trust = ever,
        _ => {}
    }
    limits
}

/// The nonce that a post bears, and the reference that can be found in it.
pub(crate) fn nonce(world: &Shared, reference: &str) -> (Option<String>, String) {
    let mut world = world.lock();
    if world.has(Defect::NoNonce) {
        return (None, reference.to_owned());
    }
    if world.has(Defect::FreshNonce) {
        let fresh = world.rng.u64(..).to_string();
        return (Some(fresh.clone()), reference.to_owned());
    }
    (Some(reference.to_owned()), reference.to_owned())
}

/// What the engine is told of an answer.
pub(crate) fn answer(world: &Shared, answer: Result<Receipt, Failure>) -> Result<Receipt, Failure> {
    let world = world.lock();
    match answer {
        Err(Failure::Unknown { why }) if world.has(Defect::GiveUp) => {
            Err(Failure::Permanent { why })
        }
        Err(Failure::Unknown { .. }) if world.has(Defect::HopeForTheBest) => Ok(Receipt::default()),
        Err(Failure::Unknown { why }) if world.has(Defect::FearTheWorst) => {
            Err(Failure::Retry { after: None, why })
        }
        answer => answer,
    }
}

/// What the engine is told of a history.
pub(crate) fn history(world: &Shared, is_audit: bool, history: History) -> History {
    let world = world.lock();
    if world.has(Defect::NeverLook) || (is_audit && world.has(Defect::NoAudit)) {
        return History::Posts(Vec::new());
    }
    history
}

/// What the ledger is told of a step.
pub(crate) fn advance(world: &Shared, store: &InPlace, step: &Advance) -> Advance {
    let mut step = step.clone();
    if world.lock().has(Defect::NoVersions)
        && let Ok(progress) = store.sqlite().progress(None)
    {
        step.version = progress.version;
    }
    step
}

/// The two steps that the ledger is told of instead of one.
pub(crate) fn parts(world: &Shared, step: &Advance) -> Option<(Advance, Advance)> {
    let splits = world.lock().has(Defect::EditInTwo) && step.record.is_some();
    splits.then(|| {
        let edit = Advance {
            posts: Vec::new(),
            ..step.clone()
        };
        let posts = Advance {
            version: step.version + 1,
            rewind: None,
            record: None,
            ..step.clone()
        };
        (edit, posts)
    })
}

/// What the ledger is told by a turn.
pub(crate) fn turn(world: &Shared, store: &InPlace, turn: &Turn) -> Turn {
    let mut turn = turn.clone();
    if world.lock().has(Defect::NoEpochs) {
        let mut sqlite = store.sqlite();
        for settled in &mut turn.settled {
            let sql = "SELECT epoch FROM deliveries WHERE key = ?1";
            let epoch = sqlite
                .connection()
                .query_row(sql, [&settled.key], |row| row.get(0));
            settled.lease.epoch = epoch.unwrap_or(settled.lease.epoch);
        }
    }
    turn
}

/// What the engine is told of a turn.
pub(crate) fn turned(world: &Shared, store: &InPlace, turn: &Turn, turned: Turned) -> Turned {
    let mut turned = turned;
    let (marks, races) = {
        let world = world.lock();
        (
            world.has(Defect::MarkBeforeSend),
            world.has(Defect::CancelRace),
        )
    };
    if marks && !turned.claims.is_empty() {
        let settled = turned.claims.iter().map(|claim| Settled {
            lease: claim.lease.clone(),
            key: claim.notice.key.clone(),
            attempts: claim.attempts,
            outcome: Outcome::Sent {
                at: turn.now,
                message: None,
                notice: None,
            },
        });
        let mark = Turn {
            settled: settled.collect(),
            holding: turned.claims.iter().map(|it| it.lease.clone()).collect(),
            claims_max: 0,
            ..turn.clone()
        };
        drop(store.sqlite().turn(&mark, turn.now.timestamp_millis()));
    }
    if races && let Ok(progress) = store.sqlite().progress(None) {
        for claim in &mut turned.claims {
            claim.revision = progress.revision;
        }
    }
    turned
}
