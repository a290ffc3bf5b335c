//! Delivers one post: finds out whether it is there already, makes sure that it may go out, sends
//! it, and says what came of it. `docs/delivery.md` argues for the order of things.

use super::log;
use super::looking::Known;
use super::memory::{Mark, Memory};
use super::planner::InForce;
use super::sanity::doubt;
use crate::domain::delivery::{
    ANSWER_MAX, BACKOFF_MAX, BREAKDOWNS_MAX, HISTORY_MAX, LEASE_TRUST, NONCE_TRUST, backoff,
};
use crate::domain::{Kind, LATE, Notice, Review, Timestamp, reference, rfc3339};
use crate::ports::{Claim, Clock, Failure, Lease, Outcome, Outgoing, Receipt, Settled, Sink};
use chrono::TimeDelta;
use futures_util::FutureExt as _;
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
    /// See [`HISTORY_MAX`].
    pub history_max: Duration,
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
            history_max: HISTORY_MAX,
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
    pub(super) time: Notify,
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

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
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

    /// What comes of a claim that is not begun.
    pub(super) fn puts_back(&self, claim: Claim) -> Settled {
        self.loses(&claim.lease);
        Settled {
            outcome: put_off(self.clock.now(), "the ledger did not say by which record"),
            lease: claim.lease,
            key: claim.notice.key,
            attempts: claim.attempts,
        }
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
        if matches!(outcome, Outcome::Again { .. }) {
            memory.put_off.insert(name);
        } else {
            memory.put_off.remove(&name);
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
        let is_first = self.notes_attempt(name, claim.attempts);
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
        // A lead says what is left: for a minute at least it is something.
        let lasts = match planned.kind {
            Kind::Lead => TimeDelta::minutes(1),
            _ => LATE,
        };
        let is_as_planned = in_force.revision == claim.revision && now - planned.at < lasts;
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

    /// Notes that a post is about to go out. Until then it was not there. Tells whether it is the
    /// first attempt that this process makes at it.
    fn notes_attempt(&self, name: &str, attempts: u32) -> bool {
        let now = self.mark();
        let mut memory = self.memory();
        memory.tried.insert(name.to_owned(), (attempts, now));
        if memory.absent.contains_key(name) {
            return false;
        }
        memory.absent.insert(name.to_owned(), now);
        true
    }

    pub(super) fn sent(&self, receipt: Receipt, notice: Option<Box<Notice>>) -> Outcome {
        Outcome::Sent {
            at: receipt.at.unwrap_or_else(|| self.clock.now()),
            message: receipt.message,
            notice,
        }
    }

    pub(super) fn again(
        &self,
        name: &str,
        after: Option<Duration>,
        why: String,
        tried: bool,
    ) -> Outcome {
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
