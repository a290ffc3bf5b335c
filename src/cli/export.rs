//! `docket export`: the record in another format.

use super::context::Context;
use super::filter::FilterArgs;
use super::layout::pretty;
use super::list::passing;
use super::moment::AsOf;
use super::{Answer, Failure};
use crate::domain::{Item, Party, rfc3339};
use crate::json::{DeadlineDetails, EventRecord, NegotiationRecord};
use clap::{Args as ClapArgs, ValueEnum};
use serde::Serialize;
use std::path::PathBuf;

#[derive(ClapArgs, Debug)]
pub(super) struct Args {
    /// The format
    #[arg(value_enum)]
    format: Format,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    as_of: AsOf,
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// All items with all that is known of them
    Json,
}

/// The whole record as programs read it.
#[derive(Serialize)]
struct Export<'a> {
    as_of: String,
    zone: &'static str,
    parties: &'a [Party],
    deadlines: Vec<DeadlineDetails<'a>>,
    negotiations: Vec<NegotiationRecord<'a>>,
    events: Vec<EventRecord<'a>>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Answer, Failure> {
    let docket = context.docket()?;
    let now = args.as_of.moment(context, docket.zone())?;
    let filter = args.filter.filter(&docket)?;
    let docket = docket.as_of(now);
    let negotiations = docket.passing(&filter).filter_map(|item| match item {
        Item::Negotiation(talks) => Some(NegotiationRecord::of(&docket, talks, now)),
        _ => None,
    });
    let events = docket.passing(&filter).filter_map(|item| match item {
        Item::Event(event) => Some(EventRecord::of(event)),
        _ => None,
    });
    let Format::Json = args.format;
    let text = pretty(&Export {
        as_of: rfc3339(now),
        zone: docket.zone().name(),
        parties: docket.parties(),
        deadlines: passing(&docket, &filter)
            .map(|deadline| DeadlineDetails::of(&docket, deadline, now))
            .collect(),
        negotiations: negotiations.collect(),
        events: events.collect(),
    });
    let Some(output) = &args.output else {
        return Ok(text.into());
    };
    std::fs::write(output, text).map_err(|error| {
        Failure::problem(format!("cannot write `{}`: {error}", output.display()))
    })?;
    Ok(Answer::default())
}
