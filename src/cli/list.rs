//! `docket list`: the open deadlines, or the events.

use super::board::{as_of_line, board};
use super::context::Context;
use super::filter::FilterArgs;
use super::layout::{Column, plain, pretty};
use super::moment::AsOf;
use super::{Answer, Failure};
use crate::config::one_of;
use crate::domain::{
    Deadline, Docket, Duration, DurationError, Event, Filter, Item, State, Timestamp,
};
use crate::json::{DeadlineRecord, EventRecord};
use clap::Args as ClapArgs;

#[derive(ClapArgs, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    as_of: AsOf,
    #[command(flatten)]
    filter: FilterArgs,
    /// Only this state: scheduled, awaiting, tbd, met, lapsed, superseded, moot, withdrawn or all
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Only what is due within this time, and what is awaited
    #[arg(long, value_name = "DURATION")]
    within: Option<String>,
    /// List the events instead
    #[arg(long, conflicts_with_all = ["state", "within"])]
    events: bool,
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Answer, Failure> {
    let docket = context.docket()?;
    let now = args.as_of.moment(context, docket.zone())?;
    let filter = args.filter.filter(&docket)?;
    let state = args.state.as_deref().map(state_word).transpose()?;
    let within = args.within.as_deref().map(duration).transpose()?;
    let docket = docket.as_of(now);
    if args.events {
        return Ok(events(context, &docket, &filter, now, args.json).into());
    }
    let mut deadlines: Vec<_> = passing(&docket, &filter)
        .filter(|deadline| is_asked_for(deadline.state(now), state))
        .filter(|deadline| within.is_none_or(|within| is_within(deadline, within, now)))
        .cloned()
        .collect();
    deadlines.sort_by_cached_key(|deadline| deadline.board_order(now));
    if args.json {
        let records = deadlines
            .iter()
            .map(|deadline| DeadlineRecord::of(deadline, now));
        return Ok(pretty(&records.collect::<Vec<_>>()).into());
    }
    let head = as_of_line(now, docket.zone());
    if deadlines.is_empty() {
        return Ok(format!("{head}No deadlines.\n").into());
    }
    Ok(format!("{head}{}", board(&deadlines, now, context.terminal)).into())
}

/// The deadlines that pass a filter.
pub(super) fn passing<'a>(
    docket: &'a Docket,
    filter: &'a Filter,
) -> impl Iterator<Item = &'a Deadline> {
    docket.passing(filter).filter_map(|item| match item {
        Item::Deadline(deadline) => Some(deadline),
        _ => None,
    })
}

fn state_word(text: &str) -> Result<&'static str, Failure> {
    let words: Vec<_> = State::words().chain(["all"]).collect();
    words
        .iter()
        .find(|word| **word == text)
        .copied()
        .ok_or_else(|| {
            let known = format!("it can be {}", one_of(&words));
            Failure::usage(format!("`{text}` is not a state")).did_you_mean(text, words, &known)
        })
}

/// A length of time in days, `0d` among them: hours count as the day they reach into.
fn duration(text: &str) -> Result<Option<Duration>, Failure> {
    match text.parse() {
        Ok(duration) => Ok(Some(duration)),
        Err(DurationError::Zero) => Ok(None),
        Err(error) => {
            Err(Failure::usage(format!("{error}")).help("write `30d`, `6w`, `3mo` or `1y`"))
        }
    }
}

/// Whether a state is the one that was asked for; open ones if none was.
fn is_asked_for(state: State, asked: Option<&str>) -> bool {
    match asked {
        None => !matches!(state, State::Ended(_)),
        Some(word) => word == "all" || word == state.word(),
    }
}

fn is_within(deadline: &Deadline, within: Option<Duration>, now: Timestamp) -> bool {
    let status = deadline.status(now);
    let zone = status.due.zone();
    let last = within.map_or(now, |within| within.after(zone.local(now), zone));
    let days = (zone.date(last) - zone.date(now)).num_days();
    status.state == State::Awaiting
        || status
            .days_left
            .is_some_and(|left| (0..=days).contains(&left))
}

fn events(
    context: &Context,
    docket: &Docket,
    filter: &Filter,
    now: Timestamp,
    json: bool,
) -> String {
    let mut events: Vec<&Event> = docket
        .passing(filter)
        .filter_map(|item| match item {
            Item::Event(event) => Some(event),
            _ => None,
        })
        .collect();
    events.sort_by_key(|event| (event.date.start(), event.id.clone()));
    if json {
        let records: Vec<_> = events.into_iter().map(EventRecord::of).collect();
        return pretty(&records);
    }
    let head = as_of_line(now, docket.zone());
    if events.is_empty() {
        return format!("{head}No events.\n");
    }
    let rows = events.into_iter().map(|event| {
        vec![
            plain(event.date.to_string()),
            plain(format!("{}\n{}", event.title, event.id)),
            plain(event.instrument.clone().unwrap_or_default()),
        ]
    });
    let columns = [
        Column::new("DATE"),
        Column::with_id("EVENT"),
        Column::new("INSTRUMENT"),
    ];
    head + &context.terminal.table(&columns, &rows.collect::<Vec<_>>())
}
