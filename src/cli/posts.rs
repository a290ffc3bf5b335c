//! `docket plan` and `docket replay`: what will be, or would have been, posted.

use super::context::Context;
use super::layout::{Terminal, json_lines};
use super::{Answer, Failure};
use crate::config::one_of;
use crate::console::hanging;
use crate::domain::{Docket, Notice, Plan, Reason, Seen, Subscription, Timestamp, Zone, words};
use crate::json::PostRecord;
use crate::query;
use chrono::{NaiveDateTime, TimeDelta};
use clap::Args;
use std::fmt::Write as _;
use std::sync::Arc;

#[derive(Args, Debug)]
pub(super) struct PlanArgs {
    /// From which date or time on; a date means its first instant. Now if left out
    #[arg(long, value_name = "T")]
    from: Option<String>,
    /// How many days
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3660))]
    days: u16,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Args, Debug)]
pub(super) struct ReplayArgs {
    /// From which date or time on; a date means its first instant
    #[arg(long, value_name = "T")]
    from: String,
    /// Until which date or time, exclusive; a date means its last instant
    #[arg(long, value_name = "T")]
    to: String,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Args, Debug)]
struct OutputArgs {
    /// Only what this channel of the record gets
    #[arg(long, value_name = "ID")]
    channel: Option<String>,
    /// Print what each post says, not only its title
    #[arg(long, conflicts_with = "json")]
    full: bool,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

pub(super) fn plan(context: &Context, args: &PlanArgs) -> Result<Answer, Failure> {
    let docket = context.docket()?;
    let from = match &args.from {
        Some(text) => query::first(text, docket.zone())?,
        None => context.now,
    };
    let to = from + TimeDelta::days(args.days.into());
    posts(context, docket, (from, to), Baseline::Running, &args.output)
}

pub(super) fn replay(context: &Context, args: &ReplayArgs) -> Result<Answer, Failure> {
    let docket = context.docket()?;
    let from = query::first(&args.from, docket.zone())?;
    let to = query::last(&args.to, docket.zone())?;
    if to < from {
        return Err(Failure::usage("`--to` lies before `--from`").help("swap them"));
    }
    posts(
        context,
        docket,
        (from, to),
        Baseline::AsOfStart,
        &args.output,
    )
}

/// What counts as known before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Baseline {
    /// All that was announced by the start of the span: nothing of it is announced again.
    AsOfStart,
    /// What the bot has announced, which is not the span's concern: it may hold a post until quiet
    /// hours end.
    Running,
}

/// What is posted from `from` on and before `to`.
fn posts(
    context: &Context,
    docket: Docket,
    (from, to): (Timestamp, Timestamp),
    baseline: Baseline,
    output: &OutputArgs,
) -> Result<Answer, Failure> {
    let zone = docket.zone();
    let audience = audience(&docket, output.channel.as_deref())?;
    let plan = Plan::new(&Arc::new(docket), audience.into(), &Seen::default());
    let is_news = |reason: &Reason| match *reason {
        Reason::Changes { group } if baseline == Baseline::AsOfStart => plan.group(group).at > from,
        _ => true,
    };
    let occurrences = plan.span(from, to);
    let occurrences = occurrences
        .iter()
        .filter(|occurrence| is_news(&occurrence.reason));
    let notices: Vec<_> = occurrences
        .map(|occurrence| plan.notice(occurrence, occurrence.at))
        .collect();
    if output.json {
        return Ok(json_lines(notices.iter().map(PostRecord::of)).into());
    }
    let several = plan.audience().len() > 1;
    let page = Calendar {
        zone,
        several,
        full: output.full,
        terminal: context.terminal,
    };
    Ok(page.of(&notices).into())
}

fn audience(docket: &Docket, channel: Option<&str>) -> Result<Vec<Subscription>, Failure> {
    let audience = docket.audience();
    let Some(channel) = channel else {
        return Ok(audience);
    };
    let chosen = audience
        .iter()
        .find(|subscription| subscription.id == channel);
    chosen.cloned().map(|chosen| vec![chosen]).ok_or_else(|| {
        let ids: Vec<_> = audience
            .iter()
            .map(|subscription| subscription.id.as_str())
            .collect();
        let otherwise = format!("it has {}", one_of(&ids));
        Failure::usage(format!("the record has no channel `{channel}`")).did_you_mean(
            channel,
            ids.iter().copied(),
            &otherwise,
        )
    })
}

/// How posts are printed: as a calendar with a heading for each day and a line for each post.
struct Calendar {
    zone: Zone,
    /// Whether posts go to several subscriptions, so that each must say to which.
    several: bool,
    /// Whether to print what each post says, not only its title.
    full: bool,
    terminal: Terminal,
}

impl Calendar {
    fn of(&self, notices: &[Notice]) -> String {
        if notices.is_empty() {
            return "Nothing is posted in this time.\n".to_owned();
        }
        let mut text = format!("All times in {}.\n", self.zone.name());
        let mut day = None;
        for notice in notices {
            let local = self.zone.local(notice.at);
            if day != Some(local.date()) {
                day = Some(local.date());
                let _ = writeln!(
                    text,
                    "\n{} {}",
                    local.format("%A"),
                    words::date(local.date())
                );
            }
            text.push_str(&self.post(notice, local));
        }
        text
    }

    fn post(&self, notice: &Notice, local: NaiveDateTime) -> String {
        let what = notice.what();
        let head = format!("  {}  {what:<15}  ", local.format("%H:%M"));
        let indent = " ".repeat(head.len());
        let to = if self.several {
            format!(" → {}", notice.subscription)
        } else {
            String::new()
        };
        let mut text = self
            .terminal
            .wrapped(&format!("{}{to}", notice.title), &head, &indent);
        if self.full {
            for line in notice.text().lines() {
                text.push_str(&hanging(line, &indent, self.terminal.width));
            }
        }
        text
    }
}
