//! What is still worth posting after downtime.

use super::occurrence::{Occurrence, Reason};
use super::plan::Plan;
use super::zone::Timestamp;
use chrono::TimeDelta;
use std::collections::HashMap;

/// A post this late says so.
pub const LATE: TimeDelta = TimeDelta::minutes(5);
/// A missed lead is worth posting at least this long.
const GRACE_MIN: TimeDelta = TimeDelta::minutes(15);
/// And at most this long.
const GRACE_MAX: TimeDelta = TimeDelta::hours(24);

/// What to do with an occurrence whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Post it; the notice says by itself if it is late.
    Post,
    /// Do not.
    Skip(SkipReason),
}

/// Why something that was to be posted is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// A more urgent one of the same deadline is.
    #[error("a more urgent lead of the deadline takes its place")]
    LessUrgent,
    /// It is longer ago than a quarter of the lead, within 15 minutes to 24 hours.
    #[error("missed by more than its grace")]
    TooLate,
    /// The due has been reached since.
    #[error("the due has been reached since")]
    DuePassed,
    /// The one that was due later says the same, and is posted.
    #[error("a later overview takes its place")]
    Outdated,
    /// An edit took it back: another due, an outcome, no such item or lead any more.
    #[error("the record does not call for it any more")]
    Void,
    /// Its item is gone from the record.
    #[error("the item was removed")]
    Removed,
    /// The subscription is gone from the record.
    #[error("the subscription is gone")]
    NotFollowed,
}

/// Decides for each of `due`, in the order of [`Plan::span`], what to do with it at `now`. Only
/// leads, what was snoozed, and overviews but the last are ever skipped.
pub fn verdicts(plan: &Plan, due: &[Occurrence], now: Timestamp) -> Vec<Verdict> {
    let lead_of = |occurrence: &Occurrence| match occurrence.reason {
        Reason::Lead { window, lead } => Some((plan.window(window), lead)),
        _ => None,
    };
    let is_late = |occurrence: &Occurrence| now - occurrence.at > LATE;
    // `due` is in order of time, so the last lead of a deadline is its most urgent one.
    let mut most_urgent: HashMap<(u32, usize), Timestamp> = HashMap::new();
    let mut last_digest: HashMap<u32, Timestamp> = HashMap::new();
    for occurrence in due {
        if occurrence.reason == Reason::Digest {
            last_digest.insert(occurrence.subscription, occurrence.at);
        }
        if let Some((armed, _)) = lead_of(occurrence) {
            most_urgent.insert((occurrence.subscription, armed.item), occurrence.at);
        }
    }
    due.iter()
        .map(|occurrence| {
            if let Reason::Snoozed { window } | Reason::Lead { window, .. } = occurrence.reason
                && plan
                    .window(window)
                    .window
                    .due
                    .at()
                    .is_none_or(|due| due <= now)
            {
                return Verdict::Skip(SkipReason::DuePassed);
            }
            // All of them would say what is known now.
            let last = last_digest.get(&occurrence.subscription);
            if occurrence.reason == Reason::Digest && last != Some(&occurrence.at) {
                return Verdict::Skip(SkipReason::Outdated);
            }
            let Some((armed, lead)) = lead_of(occurrence).filter(|_| is_late(occurrence)) else {
                return Verdict::Post;
            };
            let minutes = i64::try_from(lead.length() / 4).unwrap_or(i64::MAX);
            let grace = TimeDelta::try_minutes(minutes).unwrap_or(GRACE_MAX);
            if most_urgent[&(occurrence.subscription, armed.item)] > occurrence.at {
                Verdict::Skip(SkipReason::LessUrgent)
            } else if now - occurrence.at > grace.clamp(GRACE_MIN, GRACE_MAX) {
                Verdict::Skip(SkipReason::TooLate)
            } else {
                Verdict::Post
            }
        })
        .collect()
}
