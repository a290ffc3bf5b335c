//! `docket diff`: what saving an edit would announce.

use super::context::{Context, read};
use super::layout::json_lines;
use super::{Answer, Failure};
use crate::console::paragraph;
use crate::domain::{Docket, Item, Timestamp, announce, change};
use crate::json::PostRecord;
use crate::query;
use clap::Args as ClapArgs;
use std::fmt::Write as _;
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
        Some(text) => query::last(text, new.zone())?,
        None => context.now,
    };
    let groups = change::group_edit(change::between(&old, &new, now));
    let notices = announce(&new, &new.audience(), &groups, now);
    if args.json {
        return Ok(json_lines(notices.iter().map(PostRecord::of)).into());
    }
    let mut text = String::new();
    for notice in &notices {
        text.push_str(&paragraph(notice, new.zone(), context.terminal.width));
        text.push('\n');
    }
    if notices.is_empty() {
        text.push_str("Nothing would be announced.\n");
    }
    text.push_str(&besides(&old, &new, now));
    Ok(text.into())
}

/// What the edit does besides: what is removed without a post, and what is announced later.
fn besides(old: &Docket, new: &Docket, now: Timestamp) -> String {
    let mut text = String::new();
    let removed: Vec<_> = old
        .items()
        .iter()
        .map(Item::id)
        .filter(|id| new.item(id).is_none())
        .collect();
    if !removed.is_empty() {
        let ids: Vec<_> = removed.iter().map(|id| id.as_str()).collect();
        let _ = writeln!(
            text,
            "Removed without a post, reminders void: {}.",
            ids.join(", ")
        );
    }
    if removed.len() * 2 > old.items().len() {
        text.push_str("A running bot would hold this edit for 10 minutes: it drops most items.\n");
    }
    let ahead = |docket: &Docket| {
        let later = change::history(docket)
            .into_iter()
            .filter(|change| change.at > now);
        later
            .map(|change| {
                (
                    docket.items()[change.item].id().clone(),
                    change.at,
                    change.what,
                )
            })
            .collect::<Vec<_>>()
    };
    let before = ahead(old);
    if ahead(new).iter().any(|change| !before.contains(change)) {
        text.push_str("More will be announced when its day comes: see `docket plan`.\n");
    }
    text
}
