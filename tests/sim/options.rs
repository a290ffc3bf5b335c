//! What a seed is about: which faults there are, how often, and how the record is edited. Drawn
//! from the seed, so that seeds differ in kind.

use crate::defects::Defect;
use chrono::TimeDelta;
use docket::domain::Timestamp;
use std::time::Duration;

/// How long faults happen, and how long everything is well afterwards.
pub(crate) const FAULTY: Duration = Duration::from_mins(75);
pub(crate) const HEALTHY: Duration = Duration::from_mins(45);

/// The first channel; the others follow.
pub(crate) const CHANNEL: usize = 100_000_000_000_001_000;

/// The faults of a seed. Rates are in a thousand, of each call or minute.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own"
)]
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) start: Timestamp,
    pub(crate) replicas: usize,
    /// Whether the ledger is for several, as on a server; otherwise one process has it alone.
    pub(crate) is_shared: bool,
    pub(crate) deadlines: usize,
    pub(crate) channels: usize,
    pub(crate) edits: usize,
    /// Whether some of them drop most of the record, or change quiet hours.
    pub(crate) drops: bool,
    pub(crate) changes_quiet: bool,
    /// How often people follow or leave channels that the file does not have.
    pub(crate) follows: usize,
    /// Of each minute.
    pub(crate) kills: u32,
    pub(crate) pauses: u32,
    pub(crate) clock_steps: u32,
    pub(crate) rollbacks: u32,
    /// All machines are suspended together: they share the clock of what has elapsed.
    pub(crate) suspends: u32,
    /// Of each request.
    pub(crate) refused: u32,
    pub(crate) lost_requests: u32,
    pub(crate) lost_replies: u32,
    pub(crate) broken: u32,
    pub(crate) slow: u32,
    pub(crate) limited: u32,
    /// Waits inside the sink before the request goes out, though it should not.
    pub(crate) waits: u32,
    pub(crate) history_fails: u32,
    /// Of each call of the ledger.
    pub(crate) ledger_fails: u32,
    /// Whether the other side can be asked for the time.
    pub(crate) has_reference: bool,
    /// Whether one channel's history cannot be read.
    pub(crate) has_unreadable: bool,
    /// Whether one channel refuses everything for ever.
    pub(crate) has_gone: bool,
    /// Whether the machine may boot with a clock that is decades off.
    pub(crate) boots_insane: bool,
    pub(crate) defect: Option<Defect>,
}

impl Options {
    /// The options of a seed, from its own generator; `later` is another one of the same seed, for
    /// what came after others were found to fail: it leaves them the runs that they were.
    pub(crate) fn draw(
        seed: u64,
        rng: &mut fastrand::Rng,
        later: &mut fastrand::Rng,
        defect: Option<Defect>,
    ) -> Self {
        // Half of the time a fault does not exist at all: others show the better.
        let mut rate = |most: u32| if rng.bool() { rng.u32(1..=most) } else { 0 };
        let (kills, pauses, clock_steps) = (rate(250), rate(80), rate(40));
        let (refused, lost_requests, lost_replies) = (rate(200), rate(150), rate(250));
        let (broken, slow, limited) = (rate(200), rate(200), rate(200));
        let (history_fails, ledger_fails, rollbacks) = (rate(200), rate(60), rate(25));
        let mut rate = |most: u32| if later.bool() { later.u32(1..=most) } else { 0 };
        let (suspends, waits) = (rate(60), rate(200));
        let follows = if later.bool() { later.usize(1..8) } else { 0 };
        // Days on which the clocks change are drawn more often than others.
        let days = [
            "2026-03-07T12:00:00Z",
            "2026-03-28T23:30:00Z",
            "2026-10-24T20:00:00Z",
            "2026-10-31T12:30:00Z",
            "2026-06-10T08:00:00Z",
        ];
        let start: Timestamp = rng.choice(days).expect("days").parse().expect("an instant");
        let start = start + TimeDelta::minutes(rng.i64(0..600));
        let replicas = *rng.choice(&[1, 1, 2, 3]).expect("numbers");
        Self {
            start,
            replicas,
            is_shared: replicas > 1 || !seed.is_multiple_of(3),
            deadlines: rng.usize(2..6),
            channels: rng.usize(2..5),
            edits: rng.usize(0..6),
            drops: seed % 5 == 3,
            changes_quiet: seed % 5 == 2,
            follows,
            kills,
            pauses,
            clock_steps,
            rollbacks,
            suspends,
            refused,
            lost_requests,
            lost_replies,
            broken,
            slow,
            limited,
            waits,
            history_fails,
            ledger_fails,
            has_reference: rng.u8(0..10) < 7,
            has_unreadable: rng.u8(0..10) == 0,
            has_gone: rng.u8(0..10) == 0,
            boots_insane: rng.u8(0..10) == 0,
            defect,
        }
    }

    /// Whether the history of this channel cannot be read.
    pub(crate) fn is_unreadable(&self, channel: &str) -> bool {
        self.has_unreadable && *channel == CHANNEL.to_string()
    }

    /// Whether this channel refuses everything.
    pub(crate) fn is_gone(&self, channel: &str) -> bool {
        self.has_gone && *channel == (CHANNEL + 1).to_string()
    }

    /// Whether processes can know what time it is.
    pub(crate) fn is_told_the_time(&self) -> bool {
        self.has_reference || self.clocks_are_right()
    }

    /// Whether clocks are right all the time.
    pub(crate) fn clocks_are_right(&self) -> bool {
        self.clock_steps == 0 && !self.boots_insane
    }
}
