//! How a state looks: a colour, a sign and the word for it. Never one without the word.

use crate::domain::{OutcomeResult, RoundState, State, Status, words};

/// The colour of an edge, a sign, and what they mean in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// The colour, as `0xRRGGBB`.
    pub(super) color: u32,
    /// The sign.
    pub(super) sign: &'static str,
    /// The words.
    pub(super) words: String,
}

/// Something lies ahead.
const AHEAD: u32 = 0x0b_57a4;
/// It is near.
const NEAR: u32 = 0xe0_8a00;
/// It is very near, or past without an outcome.
const URGENT: u32 = 0xb3_400a;
/// It went as it was to go.
const GOOD: u32 = 0x2e_7d32;
/// It is over, or nobody knows when.
const QUIET: u32 = 0x6b_7280;

/// So many days ahead a due is near.
const NEAR_DAYS: i64 = 7;

impl Look {
    /// Of a deadline, with the days left or past.
    pub(super) fn of(status: &Status<'_>) -> Self {
        let (color, sign, words) = match (status.state, status.days_left) {
            (State::Scheduled, Some(days)) => {
                let (color, sign) = match days {
                    ..=1 => (URGENT, "🔴"),
                    2..=NEAR_DAYS => (NEAR, "🟠"),
                    _ => (AHEAD, "🔵"),
                };
                (
                    color,
                    sign,
                    format!("scheduled · {}", words::days_left(days)),
                )
            }
            (State::Awaiting, Some(days)) => {
                let past = words::days_past(-days);
                (URGENT, "⏳", format!("outcome awaited · {past}"))
            }
            _ => return Self::steady(status.state),
        };
        Self { color, sign, words }
    }

    /// Of a deadline, as it is for as long as its state does not change.
    pub(super) fn steady(state: State) -> Self {
        let (color, sign, words) = match state {
            State::Scheduled => (AHEAD, "🔵", "scheduled"),
            State::Awaiting => (URGENT, "⏳", "outcome awaited"),
            State::Tbd => (QUIET, "⚪", "no date set"),
            State::Ended(OutcomeResult::Met) => (GOOD, "✅", "met"),
            State::Ended(OutcomeResult::Lapsed) => (URGENT, "❌", "lapsed"),
            State::Ended(result) => (QUIET, "⏹️", result.word()),
        };
        let words = words.to_owned();
        Self { color, sign, words }
    }

    /// Of a round of talks.
    pub(super) fn of_round(state: RoundState) -> Self {
        let (color, sign) = match state {
            RoundState::Planned => (AHEAD, "🔵"),
            RoundState::UnderWay => (NEAR, "🟠"),
            RoundState::Concluded => (GOOD, "✅"),
            RoundState::Cancelled => (QUIET, "⏹️"),
        };
        let words = state.words().to_owned();
        Self { color, sign, words }
    }

    /// Of what has no state.
    pub(super) fn plain(words: &str) -> Self {
        let words = words.to_owned();
        Self {
            color: QUIET,
            sign: "🗓️",
            words,
        }
    }

    /// Sign and words in a line.
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.sign, self.words)
    }
}
