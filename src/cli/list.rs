//! `docket list`: the open deadlines, or the events.

use super::board::{as_of_line, board};
use super::context::Context;
use super::filter::FilterArgs;
use super::layout::{Column, plain, pretty};
use super::moment::AsOf;
use super::{Answer, Failure};
use crate::domain::{Asked, Docket, Filter, States, Timestamp};
use crate::json::{DeadlineRecord, EventRecord};
use crate::query::{self, select};
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
    let asked = Asked {
        state: args.state.clone(),
        within: args.within.clone(),
        ..args.filter.asked()
    };
    let selection = select(&docket, asked, States::Open)?;
    let filter = selection.filter();
    let docket = docket.as_of(now);
    if args.events {
        return Ok(events(context, &docket, filter, now, args.json).into());
    }
    let deadlines: Vec<_> = selection
        .deadlines(&docket, now)
        .into_iter()
        .cloned()
        .collect();
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

fn events(
    context: &Context,
    docket: &Docket,
    filter: &Filter,
    now: Timestamp,
    json: bool,
) -> String {
    let events = query::events_by_date(docket, filter);
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
