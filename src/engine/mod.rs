//! The engine: plans what is due, delivers it, takes edits of the record.
//!
//! One loop. Whatever it finds in the ledger it goes on from, so that a start, a restart, a long
//! sleep and an edit are the same case: the loop goes round once more.

mod desk;
mod draft;
mod log;
mod looking;
mod memory;
mod planner;
mod planning;
mod pulse;
mod sanity;
mod trouble;

use crate::domain::Timestamp;
use crate::ports::{Claim, Clock, Lease, Ledger, LedgerError, Life, Progress, Settled, Sink, Turn};
use desk::Desk;
pub use desk::Limits;
pub use draft::Draft;
use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
pub use planner::{Audience, Edit, Found, HOLD, Held, InForce, LAG, Planner, digest};
pub use pulse::{Pulse, Refused, State};
pub use sanity::{Insane, SKEW_MAX, doubt};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep_until, timeout};
use trouble::Trouble;

/// How long a ledger may take for an answer.
const LEDGER_MAX: Duration = Duration::from_secs(10);
/// How often leases are renewed while posts are under way.
const RENEW_EVERY: Duration = Duration::from_secs(10);
/// How long to wait before a ledger that failed is asked again, or a clock that cannot be right.
const RETRY_EVERY: Duration = Duration::from_secs(2);
/// A shutdown waits this long for posts that are under way.
pub const DRAIN_MAX: Duration = Duration::from_secs(20);

/// Why an engine ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// Its ledger is damaged. If it is a file, the next start puts it aside.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    /// Posts that were under way when it was asked to stop did not come to an end in time.
    #[error("{0} posts were still under way: the next start finds out what became of them")]
    Cut(usize),
}

/// What an engine is made of.
pub struct Engine<C, L, S> {
    /// The time.
    pub clock: C,
    /// What it remembers by.
    pub ledger: L,
    /// Where posts go.
    pub sink: S,
    /// What is due.
    pub planner: Planner,
    /// The times it goes by.
    pub limits: Limits,
    /// How it is, for others to see.
    pub pulse: Arc<Pulse>,
}

impl<C: Clock, L: Ledger, S: Sink> Engine<C, L, S> {
    /// Runs until `stop` is done and what is under way has come to an end, or until the ledger is
    /// found damaged. `edits` tells what the file was found to be, at first when it was read at
    /// the start.
    ///
    /// # Errors
    /// See [`Ended`].
    pub async fn run(
        self,
        mut edits: Receiver<Found>,
        stop: impl Future<Output = ()>,
    ) -> Result<(), Ended> {
        let desk = Desk::new(self.clock, self.sink, self.limits);
        let mut run = Run {
            desk: &desk,
            ledger: &self.ledger,
            planner: self.planner,
            life: None,
            found: None,
            last: None,
            good: None,
            recalled: None,
            refused: None,
            under_way: FuturesUnordered::new(),
            leases: Vec::new(),
            settled: Vec::new(),
            trouble: Trouble::default(),
        };
        tokio::pin!(stop);
        let ahead = desk.look_ahead();
        tokio::pin!(ahead);
        // Before anything else: what an edit took back while nobody ran is not posted any more.
        tokio::select! {
            biased;
            () = &mut stop => return Ok(()),
            found = edits.recv() => run.found = found,
        }
        let mut drain_until = None;
        loop {
            let is_stopping = drain_until.is_some();
            let pause = run.round(is_stopping).await?;
            self.pulse.publish(run.state());
            if is_stopping && run.under_way.is_empty() && run.settled.is_empty() {
                return Ok(());
            }
            if drain_until.is_some_and(|until| until <= Instant::now()) {
                return Err(Ended::Cut(run.under_way.len() + run.settled.len()));
            }
            tokio::select! {
                biased;
                () = &mut stop, if !is_stopping => drain_until = Some(Instant::now() + DRAIN_MAX),
                Some(settled) = run.under_way.next() => run.ends(settled),
                Some(found) = edits.recv(), if !is_stopping => run.found = Some(found),
                () = self.pulse.nudged() => {}
                () = sleep_until(drain_until.unwrap_or_else(Instant::now)), if is_stopping => {}
                () = desk.clock.sleep(pause) => {}
                never = &mut ahead, if !is_stopping => match never {},
            }
        }
    }
}

/// An engine that runs.
struct Run<'a, C, L, S> {
    desk: &'a Desk<C, S>,
    ledger: &'a L,
    planner: Planner,
    /// The number of this stretch of its life; none before the ledger has given one.
    life: Option<Life>,
    /// What the file was found to be, until that has been dealt with.
    found: Option<Found>,
    /// What it was found to be last.
    last: Option<Found>,
    /// The last good record among what it was found to be.
    good: Option<Vec<u8>>,
    /// That record, if the ledger may have forgotten it and the file does not have it any more.
    recalled: Option<Vec<u8>>,
    /// Why it is not in force as it is now.
    refused: Option<Refused>,
    under_way: FuturesUnordered<BoxFuture<'a, Settled>>,
    leases: Vec<Lease>,
    /// What came of deliveries, until it is recorded.
    settled: Vec<Settled>,
    trouble: Trouble,
}

impl<C: Clock, L: Ledger, S: Sink> Run<'_, C, L, S> {
    /// How it is now.
    fn state(&self) -> State {
        State {
            in_force: self.planner.in_force(),
            refused: self.refused.clone(),
            ledger: self.trouble.ledger.clone(),
            clock: self.trouble.clock.clone(),
            round: Some(self.desk.clock.now()),
        }
    }

    /// Does what can be done now, and tells how long there is nothing to do.
    async fn round(&mut self, is_stopping: bool) -> Result<Duration, Ended> {
        match self.advance(is_stopping).await {
            Ok(pause) => {
                self.trouble.writes_ledger();
                Ok(pause)
            }
            Err(LedgerError::Damaged(why)) => Err(Ended::Damaged(why)),
            Err(error) => {
                if matches!(error, LedgerError::Lost(_)) {
                    self.life = None;
                }
                self.trouble.misses_ledger(error.to_string());
                Ok(RETRY_EVERY)
            }
        }
    }

    async fn advance(&mut self, is_stopping: bool) -> Result<Duration, LedgerError> {
        let life = match self.life {
            Some(life) => life,
            None => self.begin().await?,
        };
        let is_sane = self.is_sane().await;
        if is_sane && !is_stopping {
            self.plan().await?;
        }
        let next = self.turn(life, is_sane && !is_stopping).await?;
        if !is_sane {
            // Nothing is planned, however much may be due.
            return Ok(RETRY_EVERY);
        }
        self.desk.has_time();
        let now = self.desk.clock.now();
        let planned = self.planner.next_at().filter(|_| !is_stopping);
        let next = next.into_iter().chain(planned).min();
        // Waking a moment late is right, waking early would mean waiting again.
        let pause = next.map_or(Duration::MAX, |next| {
            (next - now).to_std().unwrap_or_default() + Duration::from_millis(1)
        });
        let longest = if self.under_way.is_empty() {
            self.desk.limits.sleep_max
        } else {
            RENEW_EVERY
        };
        Ok(pause.min(longest))
    }

    /// Begins a life with the ledger, and goes on from where it says.
    async fn begin(&mut self) -> Result<Life, LedgerError> {
        let life = in_time(self.ledger.join()).await?;
        // Another server may answer now, that forgot what was posted last.
        self.desk.forget_audits();
        self.desk.is_right(None);
        let progress = in_time(self.ledger.progress(None)).await?;
        self.resume_from(progress);
        // It may have forgotten the last edit, too.
        if self.found.is_none() && !self.planner.holds() {
            let is_good =
                matches!(&self.last, Some(Found::Bytes(last)) if Some(last) == self.good.as_ref());
            if is_good {
                self.found.clone_from(&self.last);
            } else {
                self.recalled.clone_from(&self.good);
            }
        }
        self.life = Some(life);
        Ok(life)
    }

    /// Takes over what others have planned.
    async fn resume(&mut self) -> Result<(), LedgerError> {
        let progress = in_time(self.ledger.progress(self.planner.revision())).await?;
        self.resume_from(progress);
        Ok(())
    }

    fn resume_from(&mut self, progress: Progress) {
        let now = self.desk.clock.now();
        if let Err(problems) = self.planner.resume(progress, now) {
            let problems = problems.len();
            tracing::error!(
                problems,
                "this version cannot read the record that the ledger has: the file counts as it \
                 is now, and edits made since are not announced"
            );
        }
        self.desk.judge_by(self.planner.in_force());
    }

    /// Whether the clock can be right. The other side is asked at first, and whenever the clock
    /// and what has elapsed disagree: it was set, or the machine slept.
    async fn is_sane(&mut self) -> bool {
        let before = self.desk.clock.now();
        if self.desk.is_steady(before) && doubt(before, None).is_none() {
            return true;
        }
        let theirs = match timeout(self.desk.limits.answer_max, self.desk.sink.time()).await {
            Ok(Ok(theirs)) => theirs,
            Ok(Err(failure)) => {
                self.trouble.doubts_clock(Some(format!(
                    "nobody can be asked what time it is: {failure}"
                )));
                return false;
            }
            Err(_) => {
                self.trouble.doubts_clock(Some(
                    "who is asked what time it is does not answer".to_owned(),
                ));
                return false;
            }
        };
        let now = self.desk.clock.now();
        let doubt = doubt(now, theirs);
        self.trouble
            .doubts_clock(doubt.map(|insane| insane.to_string()));
        // By the other side's time: two steps that are small enough alone are not together.
        let checked = doubt.is_none().then(|| theirs.unwrap_or(now));
        self.desk.is_right(checked);
        doubt.is_none()
    }

    /// Records what came of deliveries, and begins those that can be.
    async fn turn(&mut self, life: Life, claims: bool) -> Result<Option<Timestamp>, LedgerError> {
        let room = self.desk.limits.in_flight_max - self.under_way.len();
        let turn = Turn {
            life,
            now: self.desk.clock.now(),
            settled: self.settled.clone(),
            holding: self.leases.clone(),
            claims_max: if claims && self.planner.is_sure() {
                room
            } else {
                0
            },
        };
        let asked = self.desk.mark();
        let turned = in_time(self.ledger.turn(&turn)).await?;
        self.settled.clear();
        self.leases.retain(|lease| !turned.lost.contains(lease));
        for lease in &turned.lost {
            self.desk.loses(lease);
        }
        let granted = turned.claims.iter().map(|claim| &claim.lease);
        self.desk.holds(self.leases.iter().chain(granted), asked);
        if turned.version != self.planner.version()
            && let Err(error) = self.resume().await
        {
            // By which record they are to be judged is not known.
            let unbegun = turned.claims.into_iter().map(|it| self.desk.puts_back(it));
            self.settled.extend(unbegun);
            return Err(error);
        }
        for claim in turned.claims {
            self.begins(claim);
        }
        Ok(turned.next)
    }

    fn begins(&mut self, claim: Claim) {
        self.leases.push(claim.lease.clone());
        self.under_way.push(Box::pin(self.desk.deliver(claim)));
    }

    /// Takes what came of a delivery, and of all others that have ended by now: they are recorded
    /// with one commit.
    fn ends(&mut self, settled: Settled) {
        self.keep(settled);
        while let Some(Some(settled)) = self.under_way.next().now_or_never() {
            self.keep(settled);
        }
    }

    fn keep(&mut self, settled: Settled) {
        log::outcome(&settled);
        self.leases.retain(|lease| *lease != settled.lease);
        self.settled.push(settled);
    }
}

async fn in_time<T>(call: impl Future<Output = Result<T, LedgerError>>) -> Result<T, LedgerError> {
    match timeout(LEDGER_MAX, call).await {
        Ok(result) => result,
        Err(_) => Err(LedgerError::Lost("the ledger does not answer".to_owned())),
    }
}
