//! `docket diff`: what saving an edit would announce.

use super::context::{Context, read};
use super::layout::json_lines;
use super::{Answer, Failure, moment};
use crate::console::Console;
use crate::domain::{announce, change};
use crate::json::PostRecord;
use clap::Args as ClapArgs;
use std::path::PathBuf;

#[derive(ClapArgs, Debug)]
pub(super) struct Args {
    /// The record before the edit
    old: PathBuf,
    /// The record after the edit
    new: PathBuf,
    /// As if it were saved at that date or time
    #[arg(long, value_name = "T")]
    as_of: Option<String>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Answer, Failure> {
    let old = context.docket_of(&read(&args.old)?, &args.old, context.now)?;
    let new = context.docket_of(&read(&args.new)?, &args.new, context.now)?;
    let now = match &args.as_of {
        Some(text) => moment::last(text, &new)?,
        None => context.now,
    };
    let groups = change::group_edit(change::between(&old, &new, now));
    let notices = announce(&new, &new.audience(), &groups, now);
    if args.json {
        return Ok(json_lines(notices.iter().map(PostRecord::of)).into());
    }
    if notices.is_empty() {
        return Ok("Nothing would be announced.\n".to_owned().into());
    }
    let mut text = Vec::new();
    let mut console = Console::new(&mut text, new.zone());
    for notice in &notices {
        console
            .post(notice)
            .map_err(|error| Failure::problem(format!("cannot write the answer: {error}")))?;
    }
    Ok(String::from_utf8_lossy(&text).into_owned().into())
}
