//! `docket talks`: negotiations and their rounds.

use super::board::as_of_line;
use super::context::Context;
use super::layout::{Column, Terminal, colored, plain, pretty};
use super::moment::AsOf;
use super::{Answer, Failure, filter};
use crate::domain::{Negotiation, Round, RoundState, Timestamp, phrases, words};
use crate::json::RoundRecord;
use clap::Args as ClapArgs;
use comfy_table::{Cell, Color};
use std::fmt::Write as _;

#[derive(ClapArgs, Debug)]
pub(super) struct Args {
    /// Only this negotiation
    id: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
    /// Print one JSON array of rounds
    #[arg(long)]
    json: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Answer, Failure> {
    let docket = context.docket()?;
    let now = args.as_of.moment(context, docket.zone())?;
    let id = args
        .id
        .as_deref()
        .map(|id| filter::id(id, &docket))
        .transpose()?;
    let seen = docket.as_of(now);
    let talks: Vec<_> = seen
        .negotiations()
        .filter(|talks| id.as_ref().is_none_or(|id| talks.id == *id))
        .collect();
    if let Some(id) = id.filter(|_| talks.is_empty()) {
        let known = docket.negotiations().any(|talks| talks.id == id);
        let why = if known {
            "was not known then"
        } else {
            "is not a negotiation"
        };
        return Err(
            Failure::problem(format!("`{id}` {why}")).help("`docket talks` lists the negotiations")
        );
    }
    if args.json {
        let rounds = talks
            .iter()
            .flat_map(|talks| RoundRecord::all_of(talks, now));
        return Ok(pretty(&rounds.collect::<Vec<_>>()).into());
    }
    let mut text = as_of_line(now, docket.zone());
    if talks.is_empty() {
        text.push_str("No negotiations.\n");
    }
    for (place, talks) in talks.into_iter().enumerate() {
        let serves: Vec<_> = talks.serves.iter().map(ToString::to_string).collect();
        let gap = if place > 0 { "\n" } else { "" };
        let _ = writeln!(text, "{gap}{} ({})", talks.title, talks.id);
        if !serves.is_empty() {
            let _ = writeln!(text, "about {}", words::list(&serves));
        }
        text.push('\n');
        text.push_str(&rounds(talks, now, context.terminal));
    }
    Ok(text.into())
}

/// The rounds of a negotiation as a table.
pub(super) fn rounds(talks: &Negotiation, now: Timestamp, terminal: Terminal) -> String {
    if talks.rounds.is_empty() {
        return "No rounds yet.\n".to_owned();
    }
    let rows = talks.in_order().into_iter().map(|(number, round)| {
        let outcome = round.outcome.as_ref().map(|outcome| outcome.text.clone());
        vec![
            plain(number.map_or_else(|| level(round).to_owned(), |number| number.to_string())),
            plain(round.name.clone()),
            plain(dates(round)),
            plain(phrases::place(round).unwrap_or_default()),
            state(round.state(now)),
            plain(outcome.unwrap_or_default()),
        ]
    });
    let columns = ["ROUND", "NAME", "DATES", "PLACE", "STATE", "OUTCOME"].map(Column::new);
    terminal.table(&columns, &rows.collect::<Vec<_>>())
}

fn level(round: &Round) -> &'static str {
    use crate::domain::Level;
    match round.level {
        Level::Talks => "",
        Level::Summit => "summit",
        Level::Call => "call",
    }
}

/// When it is or was: the real end, once that is known.
fn dates(round: &Round) -> String {
    let schedule = round.current();
    let ends = match &round.outcome {
        Some(outcome) => Some(&outcome.on),
        None => schedule.ends.as_ref(),
    };
    match ends.filter(|ends| ends.date() != schedule.starts.date()) {
        Some(ends) => format!("{} to {}", schedule.starts.date(), ends.date()),
        None if schedule.starts.is_day() => schedule.starts.date().to_string(),
        None => {
            let local = round.zone.local(schedule.starts.start());
            let name = round.zone.time_name(schedule.starts.start());
            format!("{} {} {name}", local.date(), local.format("%H:%M"))
        }
    }
}

fn state(state: RoundState) -> Cell {
    let color = match state {
        RoundState::Planned => Color::Green,
        RoundState::UnderWay => Color::Yellow,
        RoundState::Concluded => Color::DarkGrey,
        RoundState::Cancelled => Color::Red,
    };
    colored(state.words(), color)
}
