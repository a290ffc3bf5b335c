//! What a process remembers of its deliveries. None of it is needed to go on after a crash.

use super::planner::InForce;
use super::sanity::SKEW_MAX;
use crate::domain::{Target, Timestamp};
use crate::ports::{Lease, Receipt};
use chrono::TimeDelta;
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

#[derive(Default)]
pub(super) struct Memory {
    pub(super) in_force: Option<InForce>,
    /// When the clock was last found to be right.
    pub(super) checked: Option<Mark>,
    /// The leases that this process has, each with the last instant at which it asked for it and
    /// got it.
    pub(super) leases: HashMap<Lease, Mark>,
    /// What the history of each subscription held when it was read.
    pub(super) audits: HashMap<String, Audit>,
    /// The channels whose history is to be read ahead.
    unread: VecDeque<String>,
    /// Those where that was tried since the ledger may last have lost anything.
    looked: HashSet<String>,
    /// For posts whose outcome is not recorded yet the last instant at which it is known that
    /// they were not there.
    pub(super) absent: HashMap<String, Mark>,
    /// When each post was last tried, as far as this process can know, and how often it had been
    /// claimed by then.
    pub(super) tried: HashMap<String, (u32, Mark)>,
    /// What this process has claimed before, and could not finish.
    pub(super) put_off: HashSet<String>,
    /// How often in a row a post was tried in vain.
    pub(super) failures: HashMap<String, u32>,
}

impl Memory {
    /// Takes note of the docket by which posts are judged from now on.
    pub(super) fn judge_by(&mut self, in_force: Option<InForce>) {
        self.in_force = in_force;
        self.plan_looks();
    }

    /// Whether the clock has gone on as time has since it was found to be right.
    pub(super) fn is_steady(&self, now: Timestamp) -> bool {
        self.checked.is_some_and(|checked| {
            let elapsed = TimeDelta::from_std(checked.elapsed.elapsed());
            let elapsed = elapsed.unwrap_or(TimeDelta::MAX);
            ((now - checked.wall) - elapsed).abs() <= SKEW_MAX
        })
    }

    /// Forgets what histories held: the ledger may have lost what it knew.
    pub(super) fn forget_audits(&mut self) {
        self.audits.clear();
        self.looked.clear();
        self.plan_looks();
    }

    fn plan_looks(&mut self) {
        let plan = self.in_force.as_ref().map(|it| &it.plan);
        let ids = plan
            .into_iter()
            .flat_map(|plan| plan.audience())
            .map(|it| &it.id);
        let unread = ids.filter(|id| {
            matches!(Target::parse(id), Some(Target::Channel(_)))
                && !self.audits.contains_key(*id)
                && !self.looked.contains(*id)
        });
        self.unread = unread.cloned().collect();
    }

    /// The channel whose history is to be read next, if there is time for it now.
    pub(super) fn next_unread(&mut self) -> Option<String> {
        if !self.leases.is_empty() {
            return None;
        }
        let next = self.unread.pop_front()?;
        self.looked.insert(next.clone());
        Some(next)
    }

    /// Keeps what was found ahead, unless the ledger may have lost something meanwhile, or a
    /// delivery has looked itself.
    pub(super) fn looked(&mut self, subscription: String, audit: Audit) {
        if self.looked.contains(&subscription) {
            self.audits.entry(subscription).or_insert(audit);
        }
    }

    /// When a post that is claimed for this many times was last tried: by this process, or, if
    /// another one has claimed it since, perhaps just now.
    pub(super) fn last_tried(&mut self, name: &str, attempts: u32, now: Mark) -> Mark {
        let tried = self.tried.entry(name.to_owned());
        let (known, last) = tried.or_insert((attempts, now));
        if *known + 1 < attempts {
            *last = now;
        }
        *known = attempts;
        *last
    }
}

/// An instant to count from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) elapsed: Instant,
    pub(super) wall: Timestamp,
}

impl Mark {
    /// How long ago it was: by whichever clock says the longer. That of what has elapsed stands
    /// still while the machine sleeps, the wall clock may be set.
    pub(super) fn age(&self, now: Timestamp) -> Duration {
        let wall = (now - self.wall).to_std().unwrap_or_default();
        self.elapsed.elapsed().max(wall)
    }
}

/// What a history held.
pub(super) struct Audit {
    /// When it began to be read.
    pub(super) began: Mark,
    /// How far back it was read.
    pub(super) since: Timestamp,
    pub(super) posts: HashMap<String, Receipt>,
}

#[cfg(test)]
mod tests {
    use super::{Mark, Memory};
    use crate::domain::Timestamp;
    use std::time::Duration;
    use tokio::time::Instant;

    #[test]
    fn what_another_process_has_claimed_since_was_perhaps_tried_just_now() {
        let began = Instant::now();
        let after = |seconds| Mark {
            elapsed: began + Duration::from_secs(seconds),
            wall: Timestamp::UNIX_EPOCH,
        };
        let mut memory = Memory::default();
        memory.tried.insert("a".to_owned(), (1, after(0)));
        let mut last = |attempts, seconds| {
            let last = memory.last_tried("a", attempts, after(seconds));
            last.elapsed - began
        };
        assert_eq!(last(2, 20), Duration::ZERO);
        assert_eq!(last(3, 30), Duration::ZERO);
        assert_eq!(last(5, 60), Duration::from_mins(1));
        assert_eq!(last(6, 90), Duration::from_mins(1));
    }
}
