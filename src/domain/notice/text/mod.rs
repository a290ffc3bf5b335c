//! What notices say. Every sentence is computed from what is known when it is posted.

mod changes;
mod overview;
mod reminder;
mod round;

use crate::domain::deadline::{Deadline, Source, Status};
use crate::domain::due::Due;
use crate::domain::phrases::{capitalized, on, set_by, when};
use crate::domain::words;
use crate::domain::zone::{Timestamp, Zone};
pub(super) use changes::{changes, round_of};
pub(super) use overview::{digest, open_deadlines};
pub(super) use reminder::reminder;
pub(super) use round::round;

/// A title, what stands below it, and where it can be checked.
#[derive(Debug, Default)]
pub(in crate::domain::notice) struct Said {
    pub(in crate::domain::notice) title: String,
    pub(in crate::domain::notice) lines: Vec<String>,
    pub(in crate::domain::notice) sources: Vec<Source>,
}

fn due_with_reader(due: &Due, reader: Zone) -> String {
    match words::due_for_reader(due, reader) {
        Some(there) => format!("{}, {there}", due.text()),
        None => due.text(),
    }
}

/// What is said of a due that is the law while another one is talked about.
pub fn law_sentence(law: &Due, now: Timestamp) -> String {
    match law.at() {
        Some(at) if at <= now => {
            format!(
                "By law it fell due {}: no signed move is on record.",
                law.text()
            )
        }
        _ => format!("By law the date is still {}.", law.text()),
    }
}

fn extended_so_far(extensions: usize) -> String {
    match extensions {
        0 => "never extended so far".to_owned(),
        _ => format!("extended {} so far", words::times(extensions)),
    }
}

/// How often a deadline was extended, with its base rate if there is one; none if it never was.
pub fn history_sentence(
    deadline: &Deadline,
    status: &Status<'_>,
    now: Timestamp,
) -> Option<String> {
    if status.extensions == 0 {
        return None;
    }
    let rate = deadline.base_rate(now);
    let rate = rate.record.map(|_| format!(": {rate}")).unwrap_or_default();
    Some(format!(
        "{}{rate}.",
        capitalized(&extended_so_far(status.extensions))
    ))
}

/// The sources of the step that set a due, or else of the deadline.
fn sources_of(deadline: &Deadline, due: &Due) -> Vec<Source> {
    let step = deadline
        .steps
        .iter()
        .rev()
        .find(|step| step.due.is_same(due));
    match step {
        Some(step) if !step.sources.is_empty() => step.sources.clone(),
        _ => deadline.sources.clone(),
    }
}
