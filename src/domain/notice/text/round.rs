//! Rounds of talks: announced, moved, begun, ended, called off.

use super::{Said, capitalized, on};
use crate::domain::docket::Docket;
use crate::domain::negotiation::{Negotiation, Schedule};
use crate::domain::occurrence::RoundStep;
use crate::domain::phrases;
use crate::domain::zone::{Timestamp, Zone};

/// A step of a round, by its place in the negotiation, with the schedule that was known before and
/// the one in force.
pub(in crate::domain::notice) fn round(
    docket: &Docket,
    negotiation: &Negotiation,
    index: usize,
    step: RoundStep,
    (known, schedule): (usize, usize),
    now: Timestamp,
) -> Said {
    let round = &negotiation.rounds[index];
    let number = negotiation.number_at(index, now);
    let before = &round.schedule[known];
    let schedule = &round.schedule[schedule];
    let what = phrases::round(round, number);
    let place = phrases::place(round).map_or_else(String::new, |place| format!(", {place}"));
    let times = format!("{}{place}", dates(schedule, round.zone));
    let verb = match step {
        RoundStep::Announced => "announced",
        RoundStep::Moved => "moved",
        RoundStep::Starts => "begins",
        RoundStep::Ends => "was due to end, no read-out yet",
        RoundStep::Outcome => "concluded",
        RoundStep::Cancelled => "cancelled",
    };
    let mut lines = vec![format!("{}.", capitalized(&times))];
    if step == RoundStep::Moved {
        lines[0] = format!("Was {}; now {times}.", dates(before, round.zone));
    }
    match (step, &round.outcome) {
        (RoundStep::Outcome, Some(outcome)) => {
            lines = vec![
                format!("Ended {}.", on(&outcome.on, round.zone)),
                outcome.text.clone(),
            ];
        }
        (RoundStep::Announced | RoundStep::Moved | RoundStep::Starts, _) => {
            lines.extend(phrases::table(docket, round));
        }
        _ => {}
    }
    let sources = match (step, &round.outcome) {
        (RoundStep::Outcome, Some(outcome)) => outcome.sources.clone(),
        (RoundStep::Moved, _) => schedule.sources.clone(),
        _ => round.sources.clone(),
    };
    Said {
        title: format!("{what} {verb}: {}", negotiation.title),
        lines,
        sources,
    }
}

fn dates(schedule: &Schedule, zone: Zone) -> String {
    phrases::days(&schedule.starts, schedule.ends.as_ref(), zone)
}
