//! An edit that can come in force: the step of planning that does it, and the posts that tell it.

use crate::domain::Docket;
use crate::ports::Advance;
use std::collections::HashSet;

/// A docket that comes in force with a step of planning.
#[derive(Debug)]
pub struct Draft {
    /// The step. Its last posts, of this number, tell the edit itself.
    pub step: Advance,
    pub(super) told: usize,
    pub(super) docket: Docket,
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
