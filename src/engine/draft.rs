//! An edit that can come in force: the step that it is, the posts that tell it, and what it takes
//! back. Whether and when it does is the planner's.

use crate::domain::{Docket, Notice, Plan, Timestamp, announce, change};
use crate::ports::{Advance, Planned};
use std::collections::HashSet;

/// A docket that comes in force with a step of planning.
#[derive(Debug)]
pub struct Draft {
    /// The step. Its last posts, of this number, tell the edit itself.
    pub step: Advance,
    pub(super) told: usize,
    pub(super) docket: Docket,
    /// Whether it was held long enough, whatever others have put in force since.
    pub(super) was_held: bool,
}

impl Draft {
    /// The keys of the posts that tell the edit.
    pub fn told(&self) -> Vec<String> {
        let posts = self.step.posts.iter().rev().take(self.told);
        posts.map(|post| post.notice.key.clone()).collect()
    }

    /// Gives those of them that were told before another key: an edit, its undoing and the same
    /// edit again are three changes, and nothing in the file tells the first from the third.
    pub fn renumber(&mut self, known: &HashSet<String>) {
        let posts = self.step.posts.iter_mut().rev().take(self.told);
        for post in posts.filter(|post| known.contains(&post.notice.key)) {
            let key = &post.notice.key;
            let (stem, nth) = match key.rsplit_once('+') {
                Some((stem, nth)) => (stem, nth.parse().unwrap_or(1)),
                None => (key.as_str(), 1),
            };
            post.notice.key = format!("{stem}+{}", nth + 1);
        }
    }
}

/// What an edit takes back, noted as skipped. Should it come back, it is planned again.
pub(super) fn voided(plan: &Plan, docket: &Docket, from: Timestamp) -> Vec<Planned> {
    let voided = plan.voided(docket, from).into_iter();
    let noted = voided.map(|(occurrence, reason)| Planned {
        // As it would have been posted at its time.
        notice: plan.notice(&occurrence, occurrence.at),
        skipped: Some(reason.to_string()),
    });
    noted.collect()
}

/// The posts that tell an edit, to those who were there before.
pub(super) fn announcements(plan: &Plan, docket: &Docket, now: Timestamp) -> Vec<Notice> {
    let changes = change::between(plan.docket(), docket, now);
    announce(docket, plan.audience(), &change::group_edit(changes), now)
}
