//! The docket in force and how far it has been posted: what to say now, what an edit changes, and
//! when to look again.
//!
//! Reads no clock and no file and posts nothing itself. Its progress lives as long as the process:
//! the durable ledger will take its place.

use crate::config::{self, Parsed, Problem};
use crate::domain::{
    Docket, Notice, Plan, Seen, SkipReason, Subscription, Timestamp, Verdict, announce, change,
    verdicts,
};
use chrono::TimeDelta;
use std::collections::HashSet;
use std::sync::Arc;

/// An edit that drops more than half of the items is held this long before it counts.
pub const HOLD: TimeDelta = TimeDelta::minutes(10);

/// What the file was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It has these bytes.
    Bytes(Vec<u8>),
    /// It cannot be read, for this reason.
    Unreadable(String),
}

/// What an edit of the file came to.
#[derive(Debug)]
pub enum Edit {
    /// It is in force, and this is to be posted.
    InForce(Vec<Notice>),
    /// It drops more than half of the items, so it counts from this moment only.
    Held {
        /// How many items it drops.
        dropped: usize,
        /// From when it counts.
        until: Timestamp,
    },
    /// It has errors: the last good docket stays in force.
    Broken {
        /// The text, for the problems to be shown in.
        text: String,
        /// The problems.
        problems: Vec<Problem>,
    },
    /// The file cannot be read: the last good docket stays in force.
    Unreadable(String),
}

/// A missed post that nobody needs any more.
#[derive(Debug)]
pub struct Skipped {
    /// What it would have said.
    pub notice: Notice,
    /// Why it is not posted.
    pub reason: SkipReason,
}

/// The docket in force, and how far it has been posted.
pub struct Engine {
    plan: Plan,
    seen: Seen,
    /// Everything before this instant has been posted.
    cursor: Timestamp,
    held: Option<(Docket, Timestamp)>,
}

impl Engine {
    /// An engine that begins at `now`: what the docket says by then is its baseline.
    pub fn new(docket: Docket, now: Timestamp) -> Self {
        let seen = Seen::default();
        let plan = plan(docket, &seen);
        Self {
            plan,
            seen,
            cursor: now + TimeDelta::milliseconds(1),
            held: None,
        }
    }

    /// The docket in force.
    pub fn docket(&self) -> &Docket {
        self.plan.docket()
    }

    /// When there is something to do next.
    pub fn next(&self) -> Option<Timestamp> {
        let post = self
            .plan
            .next_after(self.cursor - TimeDelta::milliseconds(1));
        let held = self.held.as_ref().map(|(_, until)| *until);
        post.into_iter().chain(held).min()
    }

    /// What is due up to `now`, and what of it was missed for good.
    pub fn tick(&mut self, now: Timestamp) -> (Vec<Notice>, Vec<Skipped>) {
        let until = now + TimeDelta::milliseconds(1);
        // A clock that was set back must not post anything again.
        if until <= self.cursor {
            return (Vec::new(), Vec::new());
        }
        let due = self.plan.span(self.cursor, until);
        self.cursor = until;
        let mut posts = Vec::new();
        let mut skipped = Vec::new();
        for (occurrence, verdict) in due.iter().zip(verdicts(&self.plan, &due, now)) {
            let notice = self.plan.notice(occurrence, now);
            match verdict {
                Verdict::Post => posts.push(notice),
                Verdict::Skip(reason) => skipped.push(Skipped { notice, reason }),
            }
        }
        (posts, skipped)
    }

    /// Puts a held edit in force when its time has come.
    pub fn release(&mut self, now: Timestamp) -> Option<Vec<Notice>> {
        let (docket, _) = self.held.take_if(|(_, until)| *until <= now)?;
        Some(self.replace(docket, now))
    }

    /// Takes what the file was found to be at `now`. Whatever is due by then must have been
    /// ticked off before: it is told as the old docket has it.
    pub fn edit(&mut self, found: Found, now: Timestamp) -> Edit {
        // What was held is not in the file any more.
        self.held = None;
        let bytes = match found {
            Found::Bytes(bytes) => bytes,
            Found::Unreadable(reason) => return Edit::Unreadable(reason),
        };
        let (
            Parsed {
                docket, problems, ..
            },
            text,
        ) = config::parse_bytes(&bytes, now);
        let Some(docket) = docket else {
            return Edit::Broken {
                text: text.into_owned(),
                problems,
            };
        };
        // Nothing above touches what is in force; nothing below can fail.
        let kept: HashSet<_> = docket.items().iter().map(crate::domain::Item::id).collect();
        let before = self.docket().items();
        let dropped = before
            .iter()
            .filter(|item| !kept.contains(item.id()))
            .count();
        if dropped * 2 > before.len() {
            let until = now + HOLD;
            self.held = Some((docket, until));
            return Edit::Held { dropped, until };
        }
        Edit::InForce(self.replace(docket, now))
    }

    fn replace(&mut self, docket: Docket, now: Timestamp) -> Vec<Notice> {
        let changes = change::between(self.docket(), &docket, now);
        self.seen.note_edit(self.plan.docket(), &docket, now);
        let groups = change::group_edit(changes);
        let posts = announce(&docket, self.plan.audience(), &groups, now);
        self.plan = plan(docket, &self.seen);
        posts
    }
}

/// The plan for whoever runs the bot without Discord.
fn plan(docket: Docket, seen: &Seen) -> Plan {
    let audience: Arc<[Subscription]> = Arc::new([Subscription::terminal(&docket)]);
    Plan::new(&Arc::new(docket), audience, seen)
}
