//! Finding out whether a post is there already: what is known of it, reading histories, and giving
//! up what is not wanted any more but may be there.

use super::desk::Desk;
use super::memory::Audit;
use crate::domain::Timestamp;
use crate::domain::delivery::{AUDIT_MARGIN, GONE_AFTER};
use crate::ports::{Claim, Clock, Failure, History, Outcome, Receipt, Sink};
use chrono::{DurationRound as _, TimeDelta};
use std::collections::HashMap;
use std::convert::Infallible;
use tokio::time::timeout;

/// What is known about a post before it is sent.
pub(super) enum Known {
    There(Receipt),
    Absent,
    Nothing,
}

impl<C: Clock, S: Sink> Desk<C, S> {
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
            let began = self.mark();
            let history = self.sink.history(&subscription, since);
            if let Ok(Ok(History::Posts(posts))) = timeout(self.limits.history_max, history).await {
                let posts = posts.into_iter().collect();
                let audit = Audit {
                    began,
                    since,
                    posts,
                };
                self.memory().looked(subscription, audit);
            }
        }
    }

    /// Whether a post is there, if that is known well enough to act on.
    pub(super) fn known(&self, claim: &Claim, name: &str) -> Known {
        let now = self.clock.now();
        let memory = self.memory();
        let audit = memory.audits.get(&claim.lease.subscription);
        if let Some(receipt) = audit.and_then(|audit| audit.posts.get(name)) {
            return Known::There(receipt.clone());
        }
        match memory.absent.get(name) {
            Some(absent) if absent.age(now) <= self.limits.nonce_trust => Known::Absent,
            // Nobody has tried it, as far as the ledger knows; the audit says that the ledger
            // forgot nothing. What it forgot may have arrived since, if there was time for that.
            None if claim.attempts == 1 => match audit {
                Some(audit) if audit.since > reach(claim) => Known::Nothing,
                Some(_) if !memory.put_off.contains(name) => Known::Absent,
                Some(audit) if audit.began.age(now) <= self.limits.nonce_trust => Known::Absent,
                _ => Known::Nothing,
            },
            _ => Known::Nothing,
        }
    }

    /// Reads the history of the subscription. An error is what comes of the delivery for now.
    pub(super) async fn look(&self, claim: &Claim, name: &str) -> Result<(), Outcome> {
        let subscription = &claim.lease.subscription;
        let since = reach(claim);
        let began = self.mark();
        let history = self.sink.history(subscription, since);
        let history = match timeout(self.limits.history_max, history).await {
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
        let audit = Audit {
            began,
            since,
            posts,
        };
        memory.audits.insert(subscription.clone(), audit);
        Ok(())
    }

    /// Whether a post was tried before, so that it may be there.
    pub(super) fn is_tried(&self, claim: &Claim, name: &str) -> bool {
        claim.attempts > 1 || self.memory().absent.contains_key(name)
    }

    /// Gives up a post that was tried: it is found out first whether it is there, as soon as it
    /// must have arrived if it ever does. If it is not, this is what comes of it.
    pub(super) async fn give_up(&self, claim: &Claim, name: &str, outcome: Outcome) -> Outcome {
        let now = self.mark();
        let since = self.memory().last_tried(name, claim.attempts, now);
        // By what has elapsed alone: a clock that was set ahead makes nothing arrive.
        let wait = GONE_AFTER.saturating_sub(since.elapsed.elapsed());
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
    pub(super) async fn unless_there(
        &self,
        claim: &Claim,
        name: &str,
        outcome: Outcome,
    ) -> Outcome {
        match self.look(claim, name).await {
            Ok(()) => match self.known(claim, name) {
                Known::There(receipt) => self.sent(receipt, None),
                _ => outcome,
            },
            Err(outcome) => outcome,
        }
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
