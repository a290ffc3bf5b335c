//! A process: the real engine with a clock that is set, a sink into the world, and a ledger that
//! fails; killed between any two steps, paused, and started again.

use crate::defects::{self, Defect};
use crate::ledger::{Disk, SimLedger};
use crate::options::{FAULTY, HEALTHY, Options};
use crate::world::Shared;
use chrono::TimeDelta;
use docket::domain::{Docket, Follow, Subscription, Timestamp};
use docket::engine::{Engine, Found, Planner};
use docket::ports::{Clock, Failure, History, Outgoing, Receipt, Sink};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// The clock of a process: the time of the world, and by how much it is wrong.
#[derive(Clone)]
pub(crate) struct SimClock {
    world: Shared,
    ahead: Arc<Mutex<TimeDelta>>,
    /// What it said last, for the defect that reads it once.
    cached: Arc<Mutex<Option<Timestamp>>>,
}

impl SimClock {
    pub(crate) fn new(world: Shared) -> Self {
        Self {
            world,
            ahead: Arc::new(Mutex::new(TimeDelta::zero())),
            cached: Arc::default(),
        }
    }

    pub(crate) fn set_ahead(&self, ahead: TimeDelta) {
        *self.ahead.lock().expect("no panic") = ahead;
    }

    fn reads(&self) -> Timestamp {
        self.world.lock().now() + *self.ahead.lock().expect("no panic")
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        let now = self.reads();
        if self.world.lock().has(Defect::OneClockReading) {
            return *self.cached.lock().expect("no panic").get_or_insert(now);
        }
        now
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
        *self.cached.lock().expect("no panic") = None;
    }
}

/// The way of a process into the world.
pub(crate) struct SimSink {
    world: Shared,
    disk: Disk,
    clock: SimClock,
    process: usize,
}

/// A request that somebody waits for, until they do not, or are killed.
struct UnderWay<'a>(&'a Shared, &'a str);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.lock().ends(self.1);
    }
}

impl Sink for SimSink {
    type Permit = ();

    async fn ready(&self, _: &str) {
        let wait = {
            let mut world = self.world.lock();
            if world.is_faulty && world.rng.u8(0..8) == 0 {
                world.rng.u64(0..4000)
            } else {
                0
            }
        };
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }

    async fn post(&self, (): (), post: Outgoing<'_>) -> Result<Receipt, Failure> {
        let notice = post.notice.clone();
        if self.disk.is_void(&notice.key, self.process) {
            let key = &notice.key;
            let mut world = self.world.lock();
            world.violates(format!("I6: {key} is posted, but was taken back before"));
        }
        // What it said when the engine decided: it may be set while the sink waits.
        let clock = self.clock.reads();
        let wait = self.world.lock().waits();
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let stage = self.disk.stage(&notice.key);
        let reference = post.reference.to_owned();
        let (nonce, shown) = defects::nonce(&self.world, &reference);
        self.world
            .lock()
            .sends(self.process, clock, stage.as_deref(), &notice, &shown);
        let _under_way = UnderWay(&self.world, &post.notice.subscription);
        let answer = self.world.post(notice, nonce, shown).await;
        defects::answer(&self.world, answer)
    }

    async fn history(&self, channel: &str, since: Timestamp) -> Result<History, Failure> {
        let history = self.world.history(channel, since).await?;
        let is_audit = !self.disk.is_retried(channel);
        Ok(defects::history(&self.world, is_audit, history))
    }

    async fn time(&self) -> Result<Option<Timestamp>, Failure> {
        let delay = self.world.lock().rng.u64(5..300);
        tokio::time::sleep(Duration::from_millis(delay)).await;
        let mut world = self.world.lock();
        world.is_asked();
        if world.happens(|options| options.history_fails) {
            let why = "500".to_owned();
            return Err(Failure::Unknown { why });
        }
        let asked = world.options.has_reference && !world.has(Defect::NoClockCheck);
        Ok(asked.then(|| world.now()))
    }
}

/// What is done to a process from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Lives,
    /// It is not scheduled until then.
    Paused(Instant),
    /// It is killed at so many steps from now.
    Dies(u32),
}

/// A future that can be paused and killed between any two steps.
struct Mortal<F> {
    inner: Pin<Box<F>>,
    fate: watch::Receiver<Fate>,
    /// Wakes it when the pause ends or its fate changes.
    alarm: Pin<Box<dyn Future<Output = ()>>>,
    steps_left: Option<u32>,
}

/// Waits for the end of a pause, or another fate.
async fn alarm(mut fate: watch::Receiver<Fate>) {
    let now = *fate.borrow_and_update();
    let until = async {
        match now {
            Fate::Paused(until) if Instant::now() < until => tokio::time::sleep_until(until).await,
            _ => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        _ = fate.changed() => {}
        () = until => {}
    }
}

impl<F> Mortal<F> {
    fn new(inner: F, fate: watch::Receiver<Fate>) -> Self {
        Self {
            inner: Box::pin(inner),
            alarm: Box::pin(alarm(fate.clone())),
            fate,
            steps_left: None,
        }
    }
}

impl<F: Future> Future for Mortal<F> {
    /// None: it was killed.
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let fate = *self.fate.borrow();
            match fate {
                Fate::Paused(until) if Instant::now() < until => {
                    if self.alarm.as_mut().poll(context).is_pending() {
                        return Poll::Pending;
                    }
                    self.alarm = Box::pin(alarm(self.fate.clone()));
                    continue;
                }
                Fate::Dies(steps) => {
                    let left = self.steps_left.get_or_insert(steps);
                    if *left == 0 {
                        return Poll::Ready(None);
                    }
                    *left -= 1;
                }
                _ => {}
            }
            if self.alarm.as_mut().poll(context).is_ready() {
                self.alarm = Box::pin(alarm(self.fate.clone()));
                continue;
            }
            return self.inner.as_mut().poll(context).map(Some);
        }
    }
}

fn audience(docket: &Docket, follows: &[Follow]) -> Vec<Subscription> {
    docket.audience_with(follows)
}

/// The leads in another unit: what is a day is 24 hours.
fn audience_of_hours(docket: &Docket, follows: &[Follow]) -> Vec<Subscription> {
    let mut audience = docket.audience_with(follows);
    for subscription in &mut audience {
        let day = "24h".parse().expect("a duration");
        for lead in &mut subscription.leads {
            if lead.to_string() == "1d" {
                *lead = day;
            }
        }
    }
    audience
}

/// A machine on which the bot is started again and again.
pub(crate) struct Machine {
    pub(crate) number: usize,
    pub(crate) world: Shared,
    pub(crate) disk: Disk,
    pub(crate) clock: SimClock,
    /// The file as this machine has it.
    pub(crate) file: watch::Receiver<String>,
    pub(crate) fate: watch::Sender<Fate>,
}

impl Machine {
    /// Runs life after life, until the world ends.
    pub(crate) async fn run(self) {
        let end = Instant::now() + FAULTY + HEALTHY;
        loop {
            let life = self.life();
            let fate = self.fate.subscribe();
            let ended = tokio::select! {
                biased;
                () = tokio::time::sleep_until(end) => return,
                ended = Mortal::new(life, fate) => ended,
            };
            let down = {
                let mut world = self.world.lock();
                let what = if ended.is_some() { "ends" } else { "killed" };
                world.log(format_args!("process {} {what}", self.number));
                world.counts.kills += 1;
                match world.rng.u8(0..4) {
                    0 => world.rng.u64(0..25 * 60_000),
                    _ => world.rng.u64(0..5_000),
                }
            };
            let healthy = end - HEALTHY;
            let back = (Instant::now() + Duration::from_millis(down)).min(healthy);
            tokio::time::sleep_until(back.max(Instant::now())).await;
            self.fate.send_replace(Fate::Lives);
        }
    }

    async fn life(&self) {
        let (tell, edits) = mpsc::channel(1);
        let mut file = self.file.clone();
        let Options {
            defect, is_shared, ..
        } = self.world.lock().options;
        let audience = if defect == Some(Defect::DaysAreHours) {
            audience_of_hours
        } else {
            audience
        };
        let engine = Engine {
            clock: self.clock.clone(),
            ledger: SimLedger::new(self.world.clone(), self.disk.clone(), self.number),
            sink: SimSink {
                world: self.world.clone(),
                disk: self.disk.clone(),
                clock: self.clock.clone(),
                process: self.number,
            },
            planner: Planner::new("deadlines.toml".to_owned(), audience, is_shared),
            limits: defects::limits(defect),
            pulse: Arc::default(),
        };
        let watching = async {
            loop {
                let text = file.borrow_and_update().clone();
                if tell.send(Found::Bytes(text.into_bytes())).await.is_err() {
                    return;
                }
                if file.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        let running = engine.run(edits, std::future::pending());
        tokio::select! {
            biased;
            () = watching => {}
            ended = running => {
                let mut world = self.world.lock();
                world.log(format_args!("ended by itself: {ended:?}"));
            }
        }
    }
}
