//! Rounds of talks: announced, moved, begun, ended, called off.

use super::{Said, capitalized, on, when};
use crate::domain::docket::Docket;
use crate::domain::negotiation::{Negotiation, Schedule};
use crate::domain::occurrence::RoundStep;
use crate::domain::phrases;
use crate::domain::zone::{Timestamp, Zone};
use chrono::Datelike as _;

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

/// `14 to 17 September 2025`, as short as it can be said.
fn dates(schedule: &Schedule, zone: Zone) -> String {
    let starts = &schedule.starts;
    let first = when(starts, zone);
    let ends = schedule
        .ends
        .as_ref()
        .filter(|ends| ends.date() != starts.date());
    let Some(ends) = ends else { return first };
    let last = when(ends, zone);
    let month = |date: chrono::NaiveDate| (date.year(), date.month());
    if month(starts.date()) == month(ends.date()) && starts.is_day() && ends.is_day() {
        return format!("{} to {last}", starts.date().day());
    }
    format!("{first} to {last}")
}
