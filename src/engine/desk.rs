//! Delivers one post: finds out whether it is there already, makes sure that it may go out, sends
//! it, and says what came of it. `docs/delivery.md` argues for the order of things.

use super::log;
use super::memory::{Audit, Mark, Memory};
use super::planner::InForce;
use super::sanity::doubt;
use crate::domain::delivery::{
    ANSWER_MAX, AUDIT_MARGIN, BACKOFF_MAX, BREAKDOWNS_MAX, GONE_AFTER, LEASE_TRUST, NONCE_TRUST,
    backoff,
};
use crate::domain::{LATE, Notice, Review, Timestamp, reference, rfc3339};
use crate::ports::{
    Claim, Clock, Failure, History, Lease, Outcome, Outgoing, Receipt, Settled, Sink,
};
use chrono::{DurationRound as _, TimeDelta};
use futures_util::FutureExt as _;
use std::collections::HashMap;
use std::convert::Infallible;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

/// The times by which deliveries go. Other values than these are for tests that show why.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// See [`NONCE_TRUST`].
    pub nonce_trust: Duration,
    /// See [`ANSWER_MAX`].
    pub answer_max: Duration,
    /// See [`LEASE_TRUST`].
    pub lease_trust: Duration,
    /// However far away the next thing to do is, the wall clock is looked at this often: it may
    /// be set, and the machine may sleep.
    pub sleep_max: Duration,
    /// How many deliveries are under way at once.
    pub in_flight_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            nonce_trust: NONCE_TRUST,
            answer_max: ANSWER_MAX,
            lease_trust: LEASE_TRUST,
            sleep_max: Duration::from_secs(30),
            in_flight_max: 64,
        }
    }
}

/// Where posts are delivered from, and what this process remembers of them. None of it is needed
/// to go on after a crash.
pub(super) struct Desk<C, S> {
    pub(super) clock: C,
    pub(super) sink: S,
    pub(super) limits: Limits,
    memory: Mutex<Memory>,
    /// Told when there may be time to look ahead.
    time: Notify,
}

/// What is known about a post before it is sent.
enum Known {
    There(Receipt),
    Absent,
    Nothing,
}

impl<C: Clock, S: Sink> Desk<C, S> {
    pub(super) fn new(clock: C, sink: S, limits: Limits) -> Self {
        Self {
            clock,
            sink,
            limits,
            memory: Mutex::default(),
            time: Notify::new(),
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // Each use of it is complete in itself, so nothing is half done after a panic.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This instant, to count from.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            elapsed: Instant::now(),
            wall: self.clock.now(),
        }
    }

    /// Takes note of the docket by which posts are judged from now on.
    pub(super) fn judge_by(&self, in_force: Option<InForce>) {
        self.memory().judge_by(in_force);
    }

    /// Takes note of leases that were asked for at `asked` and granted.
    pub(super) fn holds<'a>(&self, leases: impl Iterator<Item = &'a Lease>, asked: Mark) {
        let mut memory = self.memory();
        for lease in leases {
            memory.leases.insert(lease.clone(), asked);
        }
    }

    /// Takes note that a lease is somebody else's.
    pub(super) fn loses(&self, lease: &Lease) {
        self.memory().leases.remove(lease);
    }

    /// Forgets what histories held: the ledger may have lost what it knew.
    pub(super) fn forget_audits(&self) {
        self.memory().forget_audits();
    }

    /// Takes note that the clock was found to be right, and what it should say now; none: it was not.
    pub(super) fn is_right(&self, wall: Option<Timestamp>) {
        let elapsed = Instant::now();
        self.memory().checked = wall.map(|wall| Mark { elapsed, wall });
    }

    /// Whether the clock has gone on as time has since it was found to be right.
    pub(super) fn is_steady(&self, now: Timestamp) -> bool {
        self.memory().is_steady(now)
    }

    /// Takes note that there may be time to look ahead.
    pub(super) fn has_time(&self) {
        self.time.notify_one();
    }

    /// Reads the histories of channels before their first posts would wait for it, one after
    /// another while nothing is under way. What cannot be read now is left to the first post.
    ///
    /// Not those of direct messages: Discord has each opened first, and takes offence at a bot that
    /// opens many.
    pub(super) async fn look_ahead(&self) -> Infallible {
        loop {
            let Some(subscription) = self.memory().next_unread() else {
                self.time.notified().await;
                continue;
            };
            let since = floor(self.clock.now());
            let history = self.sink.history(&subscription, since);
            if let Ok(Ok(History::Posts(posts))) = timeout(self.limits.answer_max, history).await {
                self.memory().looked(subscription, since, posts);
            }
        }
    }

    /// Makes a delivery, and says what came of it. Never fails, and never panics.
    pub(super) async fn deliver(&self, claim: Claim) -> Settled {
        let name = reference(&claim.notice.key, claim.copy);
        let delivered = AssertUnwindSafe(self.attempt(&claim, &name)).catch_unwind();
        let outcome = match delivered.await {
            Ok(outcome) => outcome,
            Err(_) if claim.attempts >= BREAKDOWNS_MAX => Outcome::Failed {
                why: format!("posting it broke down, after {} attempts", claim.attempts),
            },
            Err(_) => self.again(&name, None, "posting it broke down".into(), true),
        };
        log::count(&claim.notice, &outcome);
        let mut memory = self.memory();
        memory.leases.remove(&claim.lease);
        if !matches!(outcome, Outcome::Again { .. }) {
            memory.absent.remove(&name);
            memory.tried.remove(&name);
            memory.failures.remove(&name);
        }
        Settled {
            lease: claim.lease,
            key: claim.notice.key,
            attempts: claim.attempts,
            outcome,
        }
    }

    async fn attempt(&self, claim: &Claim, name: &str) -> Outcome {
        let subscription = &claim.lease.subscription;
        let permit = loop {
            match self.known(claim, name) {
                Known::There(receipt) => return self.sent(receipt, None),
                Known::Absent => {}
                Known::Nothing => match self.look(claim, name).await {
                    Ok(()) => continue,
                    Err(outcome) => return outcome,
                },
            }
            let ready = self.sink.ready(subscription);
            let Ok(permit) = timeout(self.limits.lease_trust, ready).await else {
                return self.again(name, None, "the other side is busy".into(), false);
            };
            // Time has passed. From here to the first byte of the post nothing waits any more.
            if matches!(self.known(claim, name), Known::Absent) {
                break permit;
            }
        };
        let now = self.clock.now();
        let notice = match self.judge(claim, now) {
            Ok(notice) => notice,
            Err(Outcome::Skipped { why }) if self.is_tried(claim, name) => {
                return self.give_up(claim, name, Outcome::Skipped { why }).await;
            }
            Err(outcome) => return outcome,
        };
        let is_first = self.notes_attempt(name);
        let post = Outgoing {
            notice: &notice,
            reference: name,
        };
        let answer = self
            .in_time(self.sink.post(permit, post))
            .await
            .unwrap_or_else(|| {
                Err(Failure::Unknown {
                    why: format!("no answer in {} s", self.limits.answer_max.as_secs()),
                })
            });
        match answer {
            Ok(receipt) => self.sent(receipt, (*notice != claim.notice).then_some(notice)),
            Err(Failure::Permanent { why }) => {
                let failed = Outcome::Failed { why };
                if is_first && claim.attempts == 1 {
                    return failed;
                }
                // An earlier attempt may have succeeded all the same.
                self.unless_there(claim, name, failed).await
            }
            Err(Failure::Unknown { why }) => self.again(name, None, why, true),
            Err(Failure::Retry { after, why }) => {
                let is_untried = is_first && claim.attempts == 1;
                if is_untried {
                    self.memory().absent.remove(name);
                }
                self.again(name, after, why, !is_untried)
            }
        }
    }

    /// Whether a post is there, if that is known well enough to act on.
    fn known(&self, claim: &Claim, name: &str) -> Known {
        let now = self.clock.now();
        let memory = self.memory();
        let audit = memory.audits.get(&claim.lease.subscription);
        if let Some(receipt) = audit.and_then(|audit| audit.posts.get(name)) {
            return Known::There(receipt.clone());
        }
        match memory.absent.get(name) {
            Some(absent) if absent.age(now) <= self.limits.nonce_trust => Known::Absent,
            // Nobody has tried it, as far as the ledger knows; the audit says that the ledger
            // forgot nothing.
            None if claim.attempts == 1 && audit.is_some_and(|it| it.since <= reach(claim)) => {
                Known::Absent
            }
            _ => Known::Nothing,
        }
    }

    /// Reads the history of the subscription. An error is what comes of the delivery for now.
    async fn look(&self, claim: &Claim, name: &str) -> Result<(), Outcome> {
        let subscription = &claim.lease.subscription;
        let since = reach(claim);
        let began = self.mark();
        let history = self.sink.history(subscription, since);
        let history = match timeout(self.limits.answer_max, history).await {
            Ok(history) => history,
            Err(_) => Err(Failure::Unknown {
                why: "the history could not be read in time".to_owned(),
            }),
        };
        let is_tried = self.is_tried(claim, name);
        let posts = match history {
            Ok(History::Posts(posts)) => posts.into_iter().collect(),
            // Nothing to be learned there, ever: what was not tried is posted, what was is not.
            Ok(History::Unreadable(_)) if !is_tried => HashMap::new(),
            Ok(History::Unreadable(why)) => {
                let why = format!("whether it was posted is not known: {why}");
                return Err(Outcome::Failed { why });
            }
            Err(Failure::Permanent { why }) => return Err(Outcome::Failed { why }),
            Err(Failure::Retry { after, why }) => {
                return Err(self.again(name, after, why, false));
            }
            Err(Failure::Unknown { why }) => {
                return Err(self.again(name, None, why, false));
            }
        };
        let mut memory = self.memory();
        if is_tried {
            memory.absent.insert(name.to_owned(), began);
        }
        let audit = Audit { since, posts };
        memory.audits.insert(subscription.clone(), audit);
        Ok(())
    }

    /// Waits for an answer, for [`Limits::answer_max`] by whichever clock says the longer.
    ///
    /// Time is looked at before the call goes on: a process that was paused or suspended while a
    /// sink still connected must not send afterwards what it was to send then.
    async fn in_time<T>(&self, call: impl Future<Output = T>) -> Option<T> {
        let most = self.limits.answer_max;
        let began = self.mark();
        let (mut call, mut end) = (pin!(call), pin!(sleep(most)));
        poll_fn(|context| {
            let is_late = began.age(self.clock.now()) > most;
            if is_late || end.as_mut().poll(context).is_ready() {
                return Poll::Ready(None);
            }
            call.as_mut().poll(context).map(Some)
        })
        .await
    }

    /// What is posted now, or why nothing is.
    fn judge(&self, claim: &Claim, now: Timestamp) -> Result<Box<Notice>, Outcome> {
        let planned = &claim.notice;
        if doubt(now, None).is_some() || now < planned.at {
            let why = format!("the clock was set back to {}", rfc3339(now));
            return Err(put_off(planned.at, why));
        }
        let memory = self.memory();
        if !memory.is_steady(now) {
            // The next round asks what time it is.
            return Err(put_off(
                planned.at,
                "whether the clock is right is not known",
            ));
        }
        let asked = memory.leases.get(&claim.lease);
        if asked.is_none_or(|asked| asked.age(now) > self.limits.lease_trust) {
            return Err(put_off(now, "it took too long to begin"));
        }
        let Some(in_force) = memory.in_force.clone() else {
            return Err(put_off(now, "no record is in force"));
        };
        drop(memory);
        let is_as_planned = in_force.revision == claim.revision && now - planned.at <= LATE;
        // What was to be skipped may be asked for again.
        if claim.copy == 1 && is_as_planned {
            return Ok(Box::new(planned.clone()));
        }
        match in_force.plan.review(planned, now) {
            Review::Post(notice) => Ok(notice),
            // Somebody wants it all the same.
            Review::Missed(_, notice) if claim.copy > 1 => Ok(notice),
            Review::Missed(reason, _) | Review::Skip(reason) => Err(Outcome::Skipped {
                why: reason.to_string(),
            }),
        }
    }

    /// Whether a post was tried before, so that it may be there.
    fn is_tried(&self, claim: &Claim, name: &str) -> bool {
        claim.attempts > 1 || self.memory().absent.contains_key(name)
    }

    /// Gives up a post that was tried: it is found out first whether it is there, as soon as it
    /// must have arrived if it ever does. If it is not, this is what comes of it.
    async fn give_up(&self, claim: &Claim, name: &str, outcome: Outcome) -> Outcome {
        let now = self.mark();
        let tried = *self.memory().tried.entry(name.to_owned()).or_insert(now);
        // By what has elapsed alone: a clock that was set ahead makes nothing arrive.
        let wait = GONE_AFTER.saturating_sub(tried.elapsed.elapsed());
        if !wait.is_zero() {
            return Outcome::Again {
                not_before: now.wall + TimeDelta::from_std(wait).unwrap_or_default(),
                why: "it is not wanted any more, but may have been posted before".to_owned(),
                tried: true,
            };
        }
        self.unless_there(claim, name, outcome).await
    }

    /// Looks whether a post is there. If it is not, this is what comes of it.
    async fn unless_there(&self, claim: &Claim, name: &str, outcome: Outcome) -> Outcome {
        match self.look(claim, name).await {
            Ok(()) => match self.known(claim, name) {
                Known::There(receipt) => self.sent(receipt, None),
                _ => outcome,
            },
            Err(outcome) => outcome,
        }
    }

    /// Notes that a post is about to go out. Until then it was not there. Tells whether it is the
    /// first attempt that this process makes at it.
    fn notes_attempt(&self, name: &str) -> bool {
        let now = self.mark();
        let mut memory = self.memory();
        memory.tried.insert(name.to_owned(), now);
        if memory.absent.contains_key(name) {
            return false;
        }
        memory.absent.insert(name.to_owned(), now);
        true
    }

    fn sent(&self, receipt: Receipt, notice: Option<Box<Notice>>) -> Outcome {
        Outcome::Sent {
            at: receipt.at.unwrap_or_else(|| self.clock.now()),
            message: receipt.message,
            notice,
        }
    }

    fn again(&self, name: &str, after: Option<Duration>, why: String, tried: bool) -> Outcome {
        let mut memory = self.memory();
        let failures = memory.failures.entry(name.to_owned()).or_default();
        *failures += 1;
        let wait = backoff(*failures, name).max(after.unwrap_or_default());
        let wait = TimeDelta::from_std(wait.min(BACKOFF_MAX)).unwrap_or_default();
        Outcome::Again {
            not_before: self.clock.now() + wait,
            why,
            tried,
        }
    }
}

/// What was not begun is tried again later.
fn put_off(not_before: Timestamp, why: impl Into<String>) -> Outcome {
    Outcome::Again {
        not_before,
        why: why.into(),
        tried: false,
    }
}

/// How far back the history must be read to know that a post is not in it.
fn reach(claim: &Claim) -> Timestamp {
    floor(claim.notice.at)
}

/// How far back a history is read for posts from `at` on. Whole hours, so that posts of one hour
/// need one look.
fn floor(at: Timestamp) -> Timestamp {
    let from = at - AUDIT_MARGIN;
    from.duration_trunc(TimeDelta::hours(1)).unwrap_or(from)
}
