//! The board: deadlines as a table.

use super::layout::{Column, Terminal, colored, plain};
use crate::domain::{Deadline, State, Timestamp, Zone, words};
use comfy_table::{Cell, Color};
use std::fmt::Write as _;

/// The deadlines as a table, in their order, with the base rates of those that have one.
pub(super) fn board(deadlines: &[Deadline], now: Timestamp, terminal: Terminal) -> String {
    let rows = deadlines.iter().map(|deadline| {
        let status = deadline.status(now);
        let mut due = status.due.text();
        if let Some(law) = status.law_due {
            let passed = law.at().is_some_and(|at| at <= now);
            let word = if passed {
                "by law it fell due"
            } else {
                "by law"
            };
            let _ = write!(due, "\n{word} {}", law.text());
        }
        let mut record = status.standing.to_string();
        if status.extensions > 0 {
            let _ = write!(record, "\nextended {}", words::times(status.extensions));
        }
        vec![
            state(status.state, status.days_left),
            plain(due),
            plain(format!("{}\n{}", deadline.title, deadline.id)),
            plain(record),
        ]
    });
    let columns = [
        Column::new("LEFT"),
        Column::new("DUE"),
        Column::with_id("DEADLINE"),
        Column::new("STANDING"),
    ];
    let mut board = terminal.table(&columns, &rows.collect::<Vec<_>>());
    let rates: Vec<_> = deadlines
        .iter()
        .map(|deadline| (deadline, deadline.base_rate(now)))
        .filter(|(_, rate)| rate.record.is_some())
        .map(|(deadline, rate)| terminal.wrapped(&format!("{}: {rate}", deadline.id), "  ", "    "))
        .collect();
    if !rates.is_empty() {
        board.push_str("\nWhat the record says about another extension:\n");
        board.push_str(&rates.concat());
    }
    board
}

/// The state in words and colour.
pub(super) fn state(state: State, days_left: Option<i64>) -> Cell {
    match (state, days_left) {
        (State::Scheduled, Some(days)) => {
            let color = if days <= 7 {
                Color::Yellow
            } else {
                Color::Green
            };
            colored(words::days_left(days), color)
        }
        (State::Awaiting, Some(days)) => colored(
            format!("{}\nawaiting outcome", words::days_past(-days)),
            Color::Red,
        ),
        (State::Tbd, _) => colored("tbd", Color::Blue),
        (State::Ended(_), _) => colored(state.word(), Color::DarkGrey),
        _ => plain(state.word()),
    }
}

/// What a view is of: `As of 14 September 2025, 11:59 p.m. EDT (New York)`.
pub(super) fn as_of_line(now: Timestamp, zone: Zone) -> String {
    let local = zone.local(now);
    let place = match zone {
        Zone::UTC => String::new(),
        _ => format!(" ({})", zone.city()),
    };
    let (date, time) = (words::date(local.date()), words::clock_time(local.time()));
    format!("As of {date}, {time} {}{place}\n\n", zone.time_name(now))
}
