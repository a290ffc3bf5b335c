//! What a deadline's own record says about the chance of another extension.

use super::chain::{Chain, Move};
use super::deadline::{Outcome, days_between};
use super::words;
use super::zone::Timestamp;
use std::fmt;

/// How often the dues of a deadline were replaced by later ones, and when, and by how much.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BaseRate {
    /// The dues that were reached, or replaced by another one.
    pub n: usize,
    /// What they say, once there are enough of them.
    pub record: Option<Record>,
}

/// The figures of a base rate. There are none below [`BaseRate::N_MIN`] dues.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// How many were replaced by a later one.
    pub extended: usize,
    /// The median of the calendar days from the announcement of the later due to the old due;
    /// negative when it came late.
    pub median_lead_days: Option<f64>,
    /// The median of the days that were added.
    pub median_days: Option<f64>,
}

impl BaseRate {
    /// Fewer dues than this say nothing.
    pub const N_MIN: usize = 3;

    /// The base rate of a chain at `now`.
    pub fn of(chain: &Chain<'_>, outcome: Option<&Outcome>, now: Timestamp) -> Self {
        let mut n = 0;
        let mut leads = Vec::new();
        let mut days = Vec::new();
        let positions = chain.positions();
        for (index, position) in positions.iter().enumerate() {
            let Some(at) = position.due.at() else {
                continue;
            };
            let Some(next) = positions.get(index + 1) else {
                let ended_early =
                    outcome.is_some_and(|outcome| outcome.on.end().min(outcome.known()) < at);
                n += usize::from(at <= now && !ended_early);
                continue;
            };
            // A move that a correction undid replaced nothing.
            if matches!(next.moved, None | Some(Move::Refinement)) {
                continue;
            }
            n += 1;
            if next.moved == Some(Move::Extension) {
                let announced = next.set_by.announced.as_ref();
                let old = position.due.date();
                leads.extend(
                    announced
                        .zip(old)
                        .map(|(on, old)| (old - on.date()).num_days()),
                );
                days.extend(days_between(position.due, next.due));
            }
        }
        let record = Record {
            extended: days.len(),
            median_lead_days: median(leads),
            median_days: median(days),
        };
        Self {
            n,
            record: (n >= Self::N_MIN).then_some(record),
        }
    }
}

/// In a sentence: `3 of 3 dues so far were extended, …`.
impl fmt::Display for BaseRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(record) = self.record else {
            let dues = words::count_of(i64::try_from(self.n).unwrap_or(i64::MAX), "due");
            return write!(f, "{dues} so far: too few for a base rate");
        };
        write!(
            f,
            "{} of {} dues so far were extended",
            record.extended, self.n
        )?;
        let (Some(lead), Some(days)) = (record.median_lead_days, record.median_days) else {
            return Ok(());
        };
        let when = match lead {
            0.0 => "on the very day".to_owned(),
            1.0 => "1 day before".to_owned(),
            -1.0 => "1 day late".to_owned(),
            _ if lead > 0.0 => format!("{lead} days before"),
            _ => format!("{} days late", -lead),
        };
        write!(f, ", announced {when} and by {days} days (medians)")
    }
}

/// The middle one, or the mean of the middle two.
fn median(mut values: Vec<i64>) -> Option<f64> {
    values.sort_unstable();
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    let lower = if values.len().is_multiple_of(2) {
        values[middle - 1]
    } else {
        upper
    };
    // Days between two dates of a docket: far below the 2^53 that a float holds exactly.
    #[expect(clippy::cast_precision_loss, reason = "see above")]
    Some((lower + upper) as f64 / 2.0)
}
