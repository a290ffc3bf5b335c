//! The other side: channels with messages, requests that are lost or late on their way, answers
//! that are lost or late on theirs. What is on its way outlives the process that sent it.

use crate::defects::Defect;
use crate::options::Options;
use chrono::TimeDelta;
use docket::domain::{Notice, Timestamp};
use docket::ports::{Failure, History, Receipt};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How often all together may ask in a minute what time it is.
const ASKED_MAX: u32 = 200;

/// A message that is there.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) key: String,
    pub(crate) nonce: Option<String>,
    pub(crate) reference: String,
    pub(crate) id: u64,
    pub(crate) at: Timestamp,
    /// From when a history shows it.
    visible: Timestamp,
    /// Until when its nonce is remembered.
    remembered: Timestamp,
}

/// A line of the trace.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Line {
    at: Timestamp,
    what: String,
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.at.format("%dT%H:%M:%S%.3f"), self.what)
    }
}

/// What happens to a request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// It arrives after this, and the answer takes as long again.
    Arrives(Duration),
    /// The connection is refused: it certainly did not arrive.
    Refused,
    /// It never arrives, and nobody answers.
    Lost,
    /// It arrives, and the answer is lost: the connection breaks, or nobody hears anything more.
    Unanswered { after: Duration, hangs: bool },
    /// It fails on the other side, before or after it was accepted.
    Broken { accepted: bool },
    /// There are too many.
    Limited(Duration),
}

/// Counts for the record.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) kills: u64,
    pub(crate) faults: u64,
    pub(crate) posts: u64,
    pub(crate) messages: u64,
}

pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) rng: fastrand::Rng,
    pub(crate) counts: Counts,
    pub(crate) channels: BTreeMap<String, Vec<Message>>,
    pub(crate) violations: Vec<String>,
    pub(crate) is_faulty: bool,
    /// The file as it was when faults ended, if it was a good record.
    pub(crate) good_file: Option<String>,
    /// In which minute somebody asked last what time it is, and how often.
    asked: (u64, u32),
    /// Since when all is well.
    pub(crate) calm_since: Timestamp,
    /// For how long machines were suspended.
    suspended: TimeDelta,
    /// Tells what is on its way that they were.
    skipped: Arc<Notify>,
    /// Whether the trace is printed as it is written, for a seed that never ends.
    is_loud: bool,
    began: Instant,
    /// None: nobody reads it, and words take time.
    trace: Option<Vec<Line>>,
    references: BTreeMap<String, String>,
    /// Which process has a request under way for which channel.
    under_way: BTreeMap<String, usize>,
    next_id: u64,
}

/// The world, shared by all that is in it.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    pub(crate) fn new(options: Options, rng: fastrand::Rng, is_traced: bool) -> Self {
        let is_loud = crate::from_environment("DOCKET_SIM_TRACE").is_some();
        Self(Arc::new(Mutex::new(World {
            calm_since: options.start,
            suspended: TimeDelta::zero(),
            skipped: Arc::default(),
            options,
            rng,
            counts: Counts::default(),
            channels: BTreeMap::new(),
            violations: Vec::new(),
            is_faulty: true,
            good_file: None,
            asked: (0, 0),
            is_loud,
            began: Instant::now(),
            trace: (is_traced || is_loud).then(Vec::new),
            references: BTreeMap::new(),
            under_way: BTreeMap::new(),
            next_id: 1,
        })))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("nothing panics in the world")
    }

    /// Sends a post, and waits for an answer that may never come.
    pub(crate) async fn post(
        &self,
        notice: Notice,
        nonce: Option<String>,
        reference: String,
    ) -> Result<Receipt, Failure> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        let world = self.clone();
        let fate = self.lock().fate();
        let skipped = self.lock().skipped.clone();
        // On its way it belongs to nobody.
        tokio::task::spawn_local(async move {
            let unknown = |why: &str| Err(Failure::Unknown { why: why.into() });
            let reply = match fate {
                Fate::Arrives(after) => {
                    arrives(after, &skipped).await;
                    let reply = world.lock().accept(&notice, nonce, reference);
                    arrives(after, &skipped).await;
                    reply
                }
                Fate::Refused => Err(Failure::Retry {
                    after: None,
                    why: "connection refused".into(),
                }),
                Fate::Lost => return std::future::pending().await,
                Fate::Unanswered { after, hangs } => {
                    arrives(after, &skipped).await;
                    drop(world.lock().accept(&notice, nonce, reference));
                    if hangs {
                        return std::future::pending().await;
                    }
                    unknown("connection reset")
                }
                Fate::Broken { accepted } => {
                    if accepted {
                        drop(world.lock().accept(&notice, nonce, reference));
                    }
                    unknown("500")
                }
                Fate::Limited(after) => Err(Failure::Retry {
                    after: Some(after),
                    why: "429".into(),
                }),
            };
            drop(answer.send(reply));
        });
        match answered.await {
            Ok(reply) => reply,
            // Nobody will ever answer.
            Err(_) => std::future::pending().await,
        }
    }

    /// Reads what a channel shows of our posts.
    pub(crate) async fn history(
        &self,
        channel: &str,
        since: Timestamp,
    ) -> Result<History, Failure> {
        let (delay, fails) = {
            let mut world = self.lock();
            let fails = world.happens(|options| options.history_fails);
            (Duration::from_millis(world.rng.u64(5..900)), fails)
        };
        tokio::time::sleep(delay).await;
        if fails {
            let hangs = self.lock().rng.bool();
            if hangs {
                std::future::pending::<()>().await;
            }
            let why = "500".to_owned();
            return Err(Failure::Unknown { why });
        }
        let mut world = self.lock();
        if world.options.is_unreadable(channel) {
            return Ok(History::Unreadable("no permission".to_owned()));
        }
        let now = world.now();
        let messages = world.channels.get(channel).into_iter().flatten();
        let shown = messages.filter(|it| it.visible <= now && it.at >= since);
        let posts: Vec<_> = shown
            .map(|it| {
                let message = Some(it.id.to_string());
                let at = Some(it.at);
                (it.reference.clone(), Receipt { message, at })
            })
            .collect();
        let count = posts.len();
        world.log(format_args!("history {channel} since {since}: {count}"));
        Ok(History::Posts(posts))
    }
}

/// Waits for something on its way, which goes on while machines are suspended.
async fn arrives(after: Duration, skipped: &Notify) {
    tokio::select! {
        biased;
        () = tokio::time::sleep(after) => {}
        () = skipped.notified() => {}
    }
}

impl World {
    /// What time it really is.
    pub(crate) fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.began.elapsed().as_millis()).expect("a short run");
        self.options.start + TimeDelta::milliseconds(elapsed) + self.suspended
    }

    /// Time goes by that no machine notices.
    pub(crate) fn skip(&mut self, length: Duration) {
        self.suspended += TimeDelta::from_std(length).expect("hours");
        self.skipped.notify_waiters();
    }

    /// From now on all is well.
    pub(crate) fn calm(&mut self) {
        self.is_faulty = false;
        self.calm_since = self.now();
        self.log(format_args!("faults end"));
    }

    /// How long a post waits inside its sink.
    pub(crate) fn waits(&mut self) -> Duration {
        let waits = self.happens(|it| it.waits);
        Duration::from_millis(if waits { self.rng.u64(0..20_000) } else { 0 })
    }

    /// Writes a line of the trace.
    #[expect(clippy::print_stdout, reason = "asked for, by DOCKET_SIM_TRACE")]
    pub(crate) fn log(&mut self, what: std::fmt::Arguments<'_>) {
        let at = self.now();
        let Some(trace) = &mut self.trace else {
            return;
        };
        let what = what.to_string();
        let line = Line { at, what };
        if self.is_loud {
            println!("{line}");
        }
        trace.push(line);
    }

    /// Whether anybody reads the trace.
    pub(crate) fn is_traced(&self) -> bool {
        self.trace.is_some()
    }

    pub(crate) fn take_trace(&mut self) -> Vec<Line> {
        self.trace.take().unwrap_or_default()
    }

    pub(crate) fn violates(&mut self, what: impl Into<String>) {
        let what = what.into();
        self.log(format_args!("VIOLATION {what}"));
        self.violations.push(what);
    }

    /// Somebody asks what time it is: each process every two seconds at most, and when it starts.
    pub(crate) fn is_asked(&mut self) {
        let minute = self.began.elapsed().as_secs() / 60;
        let (last, times) = self.asked;
        let times = if last == minute { times + 1 } else { 1 };
        self.asked = (minute, times);
        if times == ASKED_MAX {
            self.violates("L6: the time is asked for without a pause");
        }
    }

    /// Whether a fault of this rate happens now.
    pub(crate) fn happens(&mut self, rate: impl Fn(&Options) -> u32) -> bool {
        let rate = rate(&self.options);
        let happens = self.is_faulty && rate > 0 && self.rng.u32(0..1000) < rate;
        self.counts.faults += u64::from(happens);
        happens
    }

    fn fate(&mut self) -> Fate {
        self.counts.posts += 1;
        let quick = Duration::from_millis(self.rng.u64(5..300));
        // Longer than anybody waits, shorter than what a nonce is remembered less what is waited
        // before it is used alone.
        let slow = Duration::from_millis(self.rng.u64(300..30_000));
        let hangs = self.rng.bool();
        if self.happens(|it| it.refused) {
            Fate::Refused
        } else if self.happens(|it| it.lost_requests) {
            Fate::Lost
        } else if self.happens(|it| it.lost_replies) {
            let after = if self.rng.bool() { quick } else { slow };
            Fate::Unanswered { after, hangs }
        } else if self.happens(|it| it.broken) {
            Fate::Broken { accepted: hangs }
        } else if self.happens(|it| it.limited) {
            Fate::Limited(Duration::from_millis(self.rng.u64(250..20_000)))
        } else if self.happens(|it| it.slow) {
            Fate::Arrives(slow)
        } else {
            Fate::Arrives(quick)
        }
    }

    /// A post arrives.
    fn accept(
        &mut self,
        notice: &Notice,
        nonce: Option<String>,
        reference: String,
    ) -> Result<Receipt, Failure> {
        let (now, key) = (self.now(), &notice.key);
        if self.options.is_gone(&notice.subscription) {
            let why = "the channel is gone".to_owned();
            return Err(Failure::Permanent { why });
        }
        let channel = self
            .channels
            .entry(notice.subscription.clone())
            .or_default();
        let known = channel
            .iter()
            .find(|it| it.nonce.is_some() && it.nonce == nonce && now < it.remembered);
        if let Some(known) = known {
            let message = Some(known.id.to_string());
            self.log(format_args!("known    {key}"));
            return Ok(Receipt { message, at: None });
        }
        let id = self.next_id;
        self.next_id += 1;
        let remembered = now + TimeDelta::seconds(self.rng.i64(90..300));
        let visible = now + TimeDelta::milliseconds(self.rng.i64(0..2000));
        let is_double = channel.iter().any(|it| it.key == *key);
        channel.push(Message {
            key: key.clone(),
            nonce,
            reference,
            id,
            at: now,
            visible,
            remembered,
        });
        self.counts.messages += 1;
        self.log(format_args!("message  {key}"));
        // Where nobody can look, nobody learns what a ledger forgot: docs/delivery.md says so.
        let is_beyond =
            self.options.rollbacks > 0 && self.options.is_unreadable(&notice.subscription);
        if is_double && !is_beyond {
            self.violates(format!("I1: {key} is there twice"));
        }
        let message = Some(id.to_string());
        Ok(Receipt { message, at: None })
    }

    /// Checks what must hold at the moment at which a process sends a post.
    pub(crate) fn sends(
        &mut self,
        process: usize,
        clock: Timestamp,
        stage: Option<&str>,
        notice: &Notice,
        reference: &str,
    ) {
        let key = &notice.key;
        self.log(format_args!("post     {key} by {process}, {reference}"));
        if clock < notice.at {
            self.violates(format!("I2: {key} is posted before {}", notice.at));
        }
        let is_early = self.now() + TimeDelta::minutes(7) < notice.at;
        if is_early && self.options.is_told_the_time() {
            self.violates(format!("I2: {key} is posted long before {}", notice.at));
        }
        // A ledger that was rolled back may have forgotten that it was told.
        if stage != Some("sending") && self.options.rollbacks == 0 {
            self.violates(format!("I3: {key} is posted while it is {stage:?}"));
        }
        let other = self.under_way.insert(notice.subscription.clone(), process);
        // A process that was paused or suspended, or whose lease was forgotten, has lost it without knowing.
        let is_lost =
            self.options.pauses > 0 || self.options.rollbacks > 0 || self.options.suspends > 0;
        if other.is_some_and(|other| other != process) && !is_lost {
            self.violates(format!("R1: {key} is not the only post under way there"));
        }
        let first = self
            .references
            .entry(key.clone())
            .or_insert_with(|| reference.to_owned())
            .clone();
        if first != reference {
            self.violates(format!("I4: {key} has two nonces"));
        }
    }

    /// A request is waited for no more.
    pub(crate) fn ends(&mut self, channel: &str) {
        self.under_way.remove(channel);
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.options.defect == Some(defect)
    }
}
