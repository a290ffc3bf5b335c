//! What a process remembers of its deliveries. None of it is needed to go on after a crash.

use super::planner::InForce;
use crate::domain::Timestamp;
use crate::ports::{Lease, Receipt};
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

#[derive(Default)]
pub(super) struct Memory {
    pub(super) in_force: Option<InForce>,
    /// The leases that this process has, each with the last instant at which it asked for it and
    /// got it.
    pub(super) leases: HashMap<Lease, Mark>,
    /// What the history of each subscription held when it was read.
    pub(super) audits: HashMap<String, Audit>,
    /// For posts whose outcome is not recorded yet the last instant at which it is known that
    /// they were not there.
    pub(super) absent: HashMap<String, Mark>,
    /// When each post was last tried; if not by this process, when it first heard of it.
    pub(super) tried: HashMap<String, Mark>,
    /// How often in a row a post was tried in vain.
    pub(super) failures: HashMap<String, u32>,
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
    /// How far back it was read.
    pub(super) since: Timestamp,
    pub(super) posts: HashMap<String, Receipt>,
}
