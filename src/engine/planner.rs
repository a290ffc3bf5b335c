//! What to write into the ledger next: what fell due, and what an edit changes.
//!
//! Pure: reads no clock and no file, and writes nothing. A step that it proposes counts once the
//! ledger has taken it; [`Planner::took`] says so.

use super::draft::{Draft, announcements, voided};
use crate::config::{self, Parsed, Problem};
use crate::domain::{Docket, Follow, Item, Plan, Seen, Subscription, Timestamp, Verdict, verdicts};
use crate::ports::{Advance, Planned, Progress, Record};
use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::sync::Arc;

/// An edit that drops more than half of the items is held this long before it counts; so is a
/// file that seems to be the old one of another replica.
pub const HOLD: TimeDelta = TimeDelta::minutes(10);
/// Where another replica has put a record in force that this process's file never was, the file may
/// have been read before that. If it is still the same after so long, it counts.
pub const LAG: TimeDelta = TimeDelta::seconds(5);
/// A clock that is behind what was planned by less than this is left to catch up: replicas are
/// never quite of one mind.
const REWIND_MIN: TimeDelta = TimeDelta::minutes(1);
const INSTANT: TimeDelta = TimeDelta::milliseconds(1);

/// What the file was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It has these bytes.
    Bytes(Vec<u8>),
    /// It cannot be read, for this reason.
    Unreadable(String),
}

/// What an edit of the file comes to.
#[derive(Debug)]
pub enum Edit {
    /// It says what is in force already.
    Same,
    /// It can come in force by this step.
    Ready(Box<Draft>),
    /// It drops more than half of the items, so it counts from this moment only.
    Held {
        /// How many items it drops.
        dropped: usize,
        /// From when it counts.
        until: Timestamp,
    },
    /// It is what another replica has already replaced, so it counts from this moment only.
    Stale {
        /// From when it counts.
        until: Timestamp,
    },
    /// It may be older than what another replica has put in force: it counts from this moment
    /// only, if it is the same then.
    Lags {
        /// From when it counts.
        until: Timestamp,
    },
    /// It has errors: the last good docket stays in force.
    Broken {
        /// How the file is called.
        file: String,
        /// The text, for the problems to be shown in.
        text: String,
        /// The problems.
        problems: Vec<Problem>,
    },
    /// The file cannot be read: the last good docket stays in force.
    Unreadable(String),
}

/// A docket in force.
#[derive(Clone)]
pub struct InForce {
    /// What it makes due.
    pub plan: Arc<Plan>,
    /// Its number in the ledger, which goes up with each record and with each change of a follow:
    /// what has the same number was planned by just this plan.
    pub revision: i64,
    /// The subscriptions that people made themselves, as it was made with.
    pub follows: Arc<[Follow]>,
}

/// Whom a docket's posts are for, with the follows that the ledger has.
pub type Audience = fn(&Docket, &[Follow]) -> Vec<Subscription>;

/// The docket in force, and how far it has been planned.
pub struct Planner {
    /// How the file is called, for its problems.
    file: String,
    audience: Audience,
    /// Whether other processes plan with the same ledger.
    is_shared: bool,
    progress: Progress,
    /// The digest of the record in force.
    digest: Option<String>,
    plan: Option<Arc<Plan>>,
    /// The digests of all that this process's file was found to be.
    own: HashSet<String>,
    held: Option<Held>,
    ahead: Option<Ahead>,
}

/// When a plan has something to post at or after a cursor. Kept because it is asked for with every
/// round of the engine, and changes far less often.
struct Ahead {
    plan: Arc<Plan>,
    cursor: Timestamp,
    next: Option<Timestamp>,
}

/// A file that is left alone for a while.
#[derive(Clone, Debug)]
pub struct Held {
    bytes: Vec<u8>,
    until: Timestamp,
    /// Whether only because it may have been read too early.
    lags: bool,
}

impl Planner {
    /// A planner that knows nothing yet.
    pub fn new(file: String, audience: Audience, is_shared: bool) -> Self {
        Self {
            file,
            audience,
            is_shared,
            progress: Progress::default(),
            digest: None,
            plan: None,
            own: HashSet::new(),
            held: None,
            ahead: None,
        }
    }

    /// The docket in force, once there is one.
    pub fn in_force(&self) -> Option<InForce> {
        self.plan.clone().map(|plan| InForce {
            plan,
            revision: self.progress.revision,
            follows: Arc::clone(&self.progress.follows),
        })
    }

    /// The number of the last step of planning that it knows of.
    pub fn version(&self) -> i64 {
        self.progress.version
    }

    /// The revision whose record it has, to be spared it.
    pub fn revision(&self) -> Option<i64> {
        self.plan.is_some().then_some(self.progress.revision)
    }

    /// Goes on from where the ledger says. Tells the problems of its record, if this version
    /// cannot read what an earlier one wrote.
    pub fn resume(&mut self, mut progress: Progress, now: Timestamp) -> Result<(), Vec<Problem>> {
        let record = progress.record.take();
        let before = std::mem::replace(&mut self.progress, progress);
        if let Some(record) = record {
            self.digest = Some(record.digest);
            self.plan = None;
            let (parsed, _) = config::parse_bytes(record.text.as_bytes(), now);
            let docket = parsed.docket.ok_or(parsed.problems)?;
            self.replan(docket);
        } else if self.progress.cursor.is_none() {
            // It has forgotten even the first record, which is to be put in force anew.
            self.digest = None;
            self.plan = None;
        } else if let Some(plan) = &self.plan {
            let is_same =
                before.seen == self.progress.seen && before.follows == self.progress.follows;
            if !is_same {
                self.replan(plan.docket().clone());
            }
        }
        Ok(())
    }

    /// Plans by another docket, other follows or other first sights from here on.
    fn replan(&mut self, docket: Docket) {
        let audience = (self.audience)(&docket, &self.progress.follows).into();
        let plan = Plan::new(&Arc::new(docket), audience, &self.progress.seen);
        self.plan = Some(Arc::new(plan));
    }

    /// When there is something to plan next.
    pub fn next_at(&mut self) -> Option<Timestamp> {
        let post = self.next_post();
        let held = self.held.as_ref().map(|held| held.until);
        post.into_iter().chain(held).min()
    }

    /// When something is to be posted that is not planned yet.
    fn next_post(&mut self) -> Option<Timestamp> {
        let (plan, cursor) = (self.plan.as_ref()?, self.progress.cursor?);
        let known = self.ahead.as_ref();
        if let Some(ahead) = known.filter(|it| Arc::ptr_eq(&it.plan, plan) && it.cursor == cursor) {
            return ahead.next;
        }
        let (plan, next) = (plan.clone(), plan.next_due_after(cursor - INSTANT));
        self.ahead = Some(Ahead { plan, cursor, next });
        next
    }

    /// The step for what fell due by `now`, if something did or the clock was set back.
    pub fn due(&mut self, now: Timestamp) -> Option<Advance> {
        let is_due = self.next_post().is_some_and(|next| next <= now);
        let behind = self.progress.cursor? - (now + INSTANT);
        let plan = self.plan.as_ref()?;
        (is_due || behind >= REWIND_MIN).then(|| self.step(plan, now))
    }

    /// The step that plans all that is due by `now`.
    fn step(&self, plan: &Plan, now: Timestamp) -> Advance {
        let until = now + INSTANT;
        let cursor = self.progress.cursor.unwrap_or(until);
        let due = plan.falling_due(cursor, until.max(cursor));
        let posts = due.iter().zip(verdicts(plan, &due, now));
        Advance {
            version: self.progress.version,
            cursor: until,
            rewind: (until < cursor).then(|| cursor - until),
            record: None,
            dues: Vec::new(),
            subscriptions: Vec::new(),
            posts: posts
                .map(|(occurrence, verdict)| Planned {
                    notice: plan.notice(occurrence, now),
                    skipped: match verdict {
                        Verdict::Post => None,
                        Verdict::Skip(reason) => Some(reason.to_string()),
                    },
                })
                .collect(),
        }
    }

    /// What the file was found to be at `now`, and what that comes to.
    pub fn edit(&mut self, found: Found, now: Timestamp) -> Edit {
        // What was held is not in the file any more.
        self.held = None;
        match found {
            Found::Bytes(bytes) => self.consider(bytes, now, false),
            Found::Unreadable(reason) => Edit::Unreadable(reason),
        }
    }

    /// The file that was held until now.
    pub fn ripe(&mut self, now: Timestamp) -> Option<Held> {
        let held = self.held.as_mut()?;
        // A wait that is longer was reckoned by a wrong clock.
        held.until = held.until.min(now + HOLD);
        self.held.take_if(|held| held.until <= now)
    }

    /// Holds it on: it could not be put in force.
    pub fn hold(&mut self, held: Held) {
        self.held = Some(held);
    }

    /// What a held file comes to when its time has come.
    pub fn release(&mut self, held: Held, now: Timestamp) -> Edit {
        let is_replaced = || self.progress.superseded.contains(&digest(&held.bytes));
        if held.lags && !is_replaced() {
            // The file has been looked at since that record came in force, and was another one.
            self.own.extend(self.digest.clone());
        }
        self.consider(held.bytes, now, !held.lags)
    }

    /// Whether a file is left alone for a while.
    pub fn holds(&self) -> bool {
        self.held.is_some()
    }

    /// Whether there is a record to post by, and none that may have to come in force before it
    /// is looked at once more.
    pub fn is_sure(&self) -> bool {
        let lags = self.held.as_ref().is_some_and(|held| held.lags);
        self.plan.is_some() && !lags
    }

    /// What a record that was in force comes to, if the ledger has an earlier one by now. None if
    /// it has not, or if somebody may have replaced it.
    pub fn recall(&mut self, record: Vec<u8>, now: Timestamp) -> Option<Box<Draft>> {
        if self.progress.superseded.contains(&digest(&record)) {
            return None;
        }
        let edit = self.edit(Found::Bytes(record), now);
        self.held = None;
        match edit {
            Edit::Ready(draft) => Some(draft),
            _ => None,
        }
    }

    /// What a draft comes to if somebody else took a step since.
    pub fn reconsider(&mut self, draft: Draft, now: Timestamp) -> Edit {
        match draft.step.record {
            Some(record) => self.consider(record.text.into_bytes(), now, draft.was_held),
            None => Edit::Same,
        }
    }

    fn consider(&mut self, bytes: Vec<u8>, now: Timestamp, was_held: bool) -> Edit {
        let found = digest(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes));
        // So it is at most starts. It need not be read once more.
        if self.digest.as_ref() == Some(&found) && self.plan.is_some() {
            self.own.insert(found);
            return Edit::Same;
        }
        let (parsed, text) = config::parse_bytes(&bytes, now);
        let Parsed {
            docket, problems, ..
        } = parsed;
        let text = text.into_owned();
        let Some(docket) = docket else {
            return Edit::Broken {
                file: self.file.clone(),
                text,
                problems: config::errors(problems),
            };
        };
        let (is_foreign, is_stale) = (self.is_foreign(), self.is_stale(&found));
        self.own.insert(found);
        // Nothing above or below touches what is in force.
        if !was_held {
            let lags = is_foreign && !is_stale;
            let until = now + if lags { LAG } else { HOLD };
            let hold = Some(Held { bytes, until, lags });
            if is_stale {
                self.held = hold;
                return Edit::Stale { until };
            }
            if lags {
                self.held = hold;
                return Edit::Lags { until };
            }
            let dropped = self.dropped(&docket);
            if dropped * 2 > self.items().len() {
                self.held = hold;
                return Edit::Held { dropped, until };
            }
        }
        Edit::Ready(Box::new(Draft {
            was_held,
            ..self.draft(docket, text, now)
        }))
    }

    /// Whether a file is what another replica, whose edit this process never saw, has replaced.
    fn is_stale(&self, found: &String) -> bool {
        self.is_foreign() && self.progress.superseded.contains(found)
    }

    /// Whether another replica has put a record in force that this process's file never was.
    fn is_foreign(&self) -> bool {
        let is_ours = |digest| self.own.contains(digest);
        self.is_shared && !self.digest.as_ref().is_none_or(is_ours)
    }

    fn dropped(&self, docket: &Docket) -> usize {
        let kept: HashSet<_> = docket.items().iter().map(Item::id).collect();
        let before = self.items().iter();
        before.filter(|it| !kept.contains(it.id())).count()
    }

    /// The items in force.
    fn items(&self) -> &[Item] {
        self.plan.as_ref().map_or(&[], |plan| plan.docket().items())
    }

    fn draft(&self, docket: Docket, text: String, now: Timestamp) -> Draft {
        let until = now + INSTANT;
        let mut step = Advance {
            version: self.progress.version,
            cursor: until,
            rewind: None,
            record: None,
            dues: Vec::new(),
            subscriptions: Vec::new(),
            posts: Vec::new(),
        };
        let mut told = Vec::new();
        match &self.plan {
            Some(plan) => {
                // What was due before the edit is told as the record had it.
                step = self.step(plan, now);
                let from = until.max(self.progress.cursor.unwrap_or(until));
                step.posts.extend(voided(plan, &docket, from));
                told = announcements(plan, &docket, now);
                step.dues = Seen::of_edit(plan.docket(), &docket, now);
            }
            // This version cannot read the record that it finds: what has not been planned yet
            // is due by the new one.
            None => step.cursor = self.progress.cursor.unwrap_or(until),
        }
        let audience = (self.audience)(&docket, &self.progress.follows);
        let newcomers = self.progress.seen.newcomers(&audience);
        step.subscriptions = newcomers.map(|it| (it.id.clone(), now)).collect();
        step.record = Some(Record {
            digest: digest(&text),
            text,
        });
        let number = told.len();
        step.posts.extend(told.into_iter().map(|notice| Planned {
            notice,
            skipped: None,
        }));
        Draft {
            step,
            told: number,
            docket,
            was_held: false,
        }
    }

    /// Takes note that the ledger has taken a step.
    pub fn took(&mut self, step: &Advance) {
        self.progress.version = step.version + 1;
        self.progress.cursor = Some(step.cursor);
    }

    /// Takes note of the docket of a draft that the ledger has taken, and hands out the step.
    pub fn took_draft(&mut self, draft: Draft) -> Advance {
        let Draft { step, docket, .. } = draft;
        if let Some(record) = &step.record {
            self.progress.superseded.extend(self.digest.take());
            self.digest = Some(record.digest.clone());
            self.progress.revision += 1;
        }
        for seen in &step.dues {
            self.progress.seen.note_due(seen.clone());
        }
        for (id, since) in &step.subscriptions {
            self.progress.seen.note_subscription(id.clone(), *since);
        }
        self.replan(docket);
        step
    }
}

/// What a record is known by.
pub fn digest(record: impl AsRef<[u8]>) -> String {
    let hash = Sha256::digest(record);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
