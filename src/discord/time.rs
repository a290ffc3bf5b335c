//! Moments as Discord shows them: in words with the place whose law it is, then in the reader's
//! own time, live.

use crate::domain::{Due, Precision, Timestamp};

/// The moment in full in the reader's time: `<t:…:F>`.
pub fn full(at: Timestamp) -> String {
    format!("<t:{}:F>", at.timestamp())
}

/// How far off it is, kept up to date by the reader's Discord: `<t:…:R>`.
pub fn relative(at: Timestamp) -> String {
    format!("<t:{}:R>", at.timestamp())
}

/// A due in the reader's time: `<t:…:F> (<t:…:R>)`. Of a day, month, quarter or year it is said
/// when it is over. None while it is not set.
pub fn due(due: &Due) -> Option<String> {
    let at = due.at()?;
    let (full, relative) = (full(at), relative(at));
    Some(match due.precision() {
        Precision::Minute => format!("{full} ({relative})"),
        _ => format!("over at {full} ({relative})"),
    })
}
