//! Whether a clock can be right. A machine may boot in 1970, or in 2099, before it learns the time.

use crate::domain::Timestamp;
use chrono::{Datelike as _, TimeDelta};

/// Years in which this version of Docket can possibly run.
const YEARS: std::ops::Range<i32> = 2025..2046;
/// A clock that differs from the other side's by more than this is not believed.
pub const SKEW_MAX: TimeDelta = TimeDelta::minutes(5);

/// Why a clock cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Insane {
    /// By itself.
    #[error("the clock says {0}, which cannot be")]
    Year(i32),
    /// By what the other side says.
    #[error("the clock differs from the other side's by {} seconds", .0.num_seconds())]
    Skew(TimeDelta),
}

/// Why `now` cannot be right, if the other side says that it is `theirs`.
pub fn doubt(now: Timestamp, theirs: Option<Timestamp>) -> Option<Insane> {
    if !YEARS.contains(&now.year()) {
        return Some(Insane::Year(now.year()));
    }
    let skew = theirs.map(|theirs| now - theirs);
    skew.filter(|skew| skew.abs() > SKEW_MAX).map(Insane::Skew)
}
