//! `docket log` and `docket resend`: what the ledger has recorded, and asking for a post again.

use super::context::{Context, waits_for};
use super::layout::json_lines;
use super::{Answer, Failure};
use crate::console::hanging;
use crate::domain::{Delivery, LATE, Stage, rfc3339, words};
use crate::json::DeliveryRecord;
use crate::store::{Location, LogFilter, Store, StoreError};
use clap::Args;

#[derive(Args, Debug)]
pub(super) struct LogArgs {
    /// Only what failed, was skipped, or was tried in vain so far
    #[arg(long)]
    failed: bool,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub(super) struct ResendArgs {
    /// The key of the post, or its reference, as `docket log` shows them
    #[arg(value_name = "KEY")]
    key: String,
}

pub(super) fn log(context: &Context, args: &LogArgs) -> Result<Answer, Failure> {
    let filter = LogFilter {
        failed: args.failed,
    };
    let ledger = context.ledger()?;
    let entries = answer(&ledger, Store::log(&ledger, filter))?;
    if args.json {
        return Ok(json_lines(entries.iter().map(DeliveryRecord::of)).into());
    }
    if entries.is_empty() {
        let none = if args.failed {
            "Nothing failed and nothing was skipped.\n"
        } else {
            "Nothing was posted yet.\n"
        };
        return Ok(none.to_owned().into());
    }
    let zone = context
        .docket()
        .map_or(crate::domain::Zone::UTC, |it| it.zone());
    let mut text = format!("All times in {}.\n\n", zone.name());
    for entry in &entries {
        let at = words::instant(entry.notice.at, zone);
        let head = format!("{at}  {}", outcome(entry));
        text.push_str(&hanging(&head, "", context.terminal.width));
        let title = format!("{} → {}", entry.notice.title, entry.notice.subscription);
        text.push_str(&hanging(&title, "    ", context.terminal.width));
        text.push_str(&hanging(&entry.notice.key, "    ", context.terminal.width));
    }
    Ok(text.into())
}

/// What came of a delivery, in words.
fn outcome(entry: &Delivery) -> String {
    let what = entry.notice.what();
    let mut text = format!("{what}: {}", entry.stage.word());
    if let Some(sent) = entry.sent.filter(|_| entry.stage == Stage::Sent) {
        let late = sent - entry.notice.at;
        if late > LATE {
            text.push_str(&format!(", {} late", words::span(entry.notice.at, sent)));
        } else {
            text.push_str(&format!(" after {:.1} s", late.as_seconds_f64()));
        }
    }
    if entry.copy > 1 {
        text.push_str(&format!(", copy {}", entry.copy));
    }
    if let Some(reason) = &entry.reason {
        text.push_str(&format!(": {reason}"));
    }
    text
}

pub(super) fn resend(context: &Context, args: &ResendArgs) -> Result<Answer, Failure> {
    let ledger = context.ledger()?;
    let entries = answer(&ledger, Store::log(&ledger, LogFilter::default()))?;
    let Some(entry) = entries.iter().find(|it| it.is_named(&args.key)) else {
        let keys = entries.iter().map(|entry| entry.notice.key.as_str());
        return Err(
            Failure::problem(format!("the ledger has no post `{}`", args.key)).did_you_mean(
                &args.key,
                keys,
                "`docket log` lists all of them",
            ),
        );
    };
    let key = &entry.notice.key;
    let is_waiting = matches!(entry.stage, Stage::Planned | Stage::Sending);
    if is_waiting || answer(&ledger, Store::resend(&ledger, key))?.is_none() {
        let why = entry.reason.as_deref().unwrap_or(match entry.copy {
            1 => "its time has not come",
            _ => "it has been asked for already",
        });
        return Err(
            Failure::problem(format!("`{key}` is still to be posted: {why}"))
                .help("wait, and see `docket log`"),
        );
    }
    // Not before its time, and no reminder that an edit took back.
    let now = context.now;
    let when = if entry.notice.at > now {
        format!("at {}", rfc3339(entry.notice.at))
    } else {
        "within 30 seconds".to_owned()
    };
    let proviso = if entry.notice.is_news() {
        ""
    } else {
        ", if the record still calls for it"
    };
    Ok(format!(
        "`{key}` was {}; the running bot posts it again {when}{proviso}.\n",
        entry.stage.word()
    )
    .into())
}

/// What the ledger answers.
fn answer<T>(
    ledger: &Location,
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, Failure> {
    waits_for(asked)?.map_err(|error| Failure::of_ledger(&error, ledger))
}
