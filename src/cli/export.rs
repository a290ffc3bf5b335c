//! `docket export`: the record in another format.

use super::context::Context;
use super::filter::FilterArgs;
use super::layout::pretty;
use super::moment::AsOf;
use super::{Answer, Failure};
use crate::domain::{Docket, Filter, Party, States, Timestamp, rfc3339};
use crate::feed::calendar;
use crate::json::{DeadlineDetails, EventRecord, NegotiationRecord};
use crate::picture::{Options, Picture, Theme};
use crate::query::{self, select};
use clap::{Args as ClapArgs, ValueEnum};
use serde::Serialize;
use std::io::{self, IsTerminal as _};
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
    #[command(flatten)]
    picture: PictureArgs,
}

#[derive(ClapArgs, Debug)]
#[command(next_help_heading = "Pictures")]
struct PictureArgs {
    /// Draw the slip chart of this deadline instead of the timeline
    #[arg(long, value_name = "ID", conflicts_with_all = ["topic", "party", "rows"])]
    deadline: Option<String>,
    /// How wide, in CSS pixels, 960 by default: the layout follows it, letters keep their size
    #[arg(long, value_name = "PX", value_parser = clap::value_parser!(u16)
        .range(i64::from(Options::WIDTH_MIN)..=i64::from(Options::WIDTH_MAX)))]
    width: Option<u16>,
    /// The paper; without it an SVG follows the reader's screen, and a PNG is light
    #[arg(long, value_enum)]
    theme: Option<Paper>,
    /// How many deadlines at most, 40 by default; the weightiest stay
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16)
        .range(1..=i64::from(Options::ROWS_MAX)))]
    rows: Option<u16>,
    /// Pixels of a PNG to each CSS pixel: 2 by default, for sharp screens
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=4))]
    scale: Option<u8>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Paper {
    Light,
    Dark,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A calendar of the deadlines and talks, for any calendar program
    Ics,
    /// All items with all that is known of them
    Json,
    /// A picture: the timeline, or the slip chart of one deadline
    Svg,
    /// The same picture in pixels
    Png,
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
    check(args)?;
    let docket = context.docket()?;
    let now = args.as_of.moment(context, docket.zone())?;
    let selection = select(&docket, args.filter.asked(), States::All)?;
    let filter = selection.filter();
    let bytes = match args.format {
        Format::Ics => {
            let links = context.links.as_ref();
            calendar(&docket.as_of(now), &selection, links, now).into_bytes()
        }
        Format::Json => json(&docket.as_of(now), filter, now).into_bytes(),
        Format::Svg => picture(&docket, filter, args, now)?.svg().into(),
        Format::Png => {
            let picture = picture(&docket, filter, args, now)?;
            let scale = args.picture.scale.unwrap_or(2);
            picture
                .png(f32::from(scale))
                .map_err(|error| Failure::problem(error.to_string()))?
        }
    };
    let Some(output) = &args.output else {
        return Ok(Answer::bytes(bytes));
    };
    std::fs::write(output, bytes).map_err(|error| {
        Failure::problem(format!("cannot write `{}`: {error}", output.display()))
    })?;
    Ok(Answer::default())
}

/// Refuses flags that the format has no use for, and pixels on a terminal.
fn check(args: &Args) -> Result<(), Failure> {
    let PictureArgs {
        deadline,
        width,
        theme,
        rows,
        scale,
    } = &args.picture;
    let is_picture = matches!(args.format, Format::Svg | Format::Png);
    let is_png = matches!(args.format, Format::Png);
    let useless = [
        ("--deadline", deadline.is_some() && !is_picture),
        ("--width", width.is_some() && !is_picture),
        ("--theme", theme.is_some() && !is_picture),
        ("--rows", rows.is_some() && !is_picture),
        ("--scale", scale.is_some() && !is_png),
    ];
    if let Some((flag, _)) = useless.iter().find(|(_, is_useless)| *is_useless) {
        let others = if *flag == "--scale" {
            "png"
        } else {
            "svg and png"
        };
        return Err(Failure::usage(format!("`{flag}` is for {others} only")));
    }
    if is_png && args.output.is_none() && io::stdout().is_terminal() {
        return Err(Failure::usage("a PNG is not for a terminal")
            .help("write it to a file with `-o FILE`, or pipe it into a program"));
    }
    Ok(())
}

/// The picture that is asked for.
fn picture(
    docket: &Docket,
    filter: &Filter,
    args: &Args,
    now: Timestamp,
) -> Result<Picture, Failure> {
    let flags = &args.picture;
    let default = Options::default();
    let theme = flags.theme.map(|paper| match paper {
        Paper::Light => Theme::Light,
        Paper::Dark => Theme::Dark,
    });
    let options = Options {
        width: flags.width.unwrap_or(default.width),
        theme: theme.unwrap_or_default(),
        rows: flags.rows.unwrap_or(default.rows),
    };
    let Some(id) = &flags.deadline else {
        let known = docket.as_of(now);
        return Ok(Picture::timeline(&known, filter, options, now));
    };
    let id = super::filter::id(id, docket)?;
    let Some(deadline) = docket.deadline(&id) else {
        return Err(Failure::problem(format!("`{id}` is no deadline"))
            .help("only deadlines have a slip chart"));
    };
    match deadline.as_of(now) {
        Some(known) => Ok(Picture::slip(&known, options, now)),
        None => Err(args.as_of.not_known(&id, now, docket.zone())),
    }
}

/// The record as programs read it.
fn json(docket: &Docket, filter: &Filter, now: Timestamp) -> String {
    let deadlines = query::deadlines(docket, filter);
    let negotiations = query::negotiations(docket, filter);
    let events = query::events(docket, filter);
    pretty(&Export {
        as_of: rfc3339(now),
        zone: docket.zone().name(),
        parties: docket.parties(),
        deadlines: deadlines
            .map(|deadline| DeadlineDetails::of(docket, deadline, now))
            .collect(),
        negotiations: negotiations
            .map(|talks| NegotiationRecord::of(docket, talks, now))
            .collect(),
        events: events.map(EventRecord::of).collect(),
    })
}
