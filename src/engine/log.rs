//! What the engine says in the log, each thing once, where it is handled; and what it counts.
//! Counting costs nothing where nobody has asked for figures.

use super::planner::Edit;
use crate::config::{Report, Style};
use crate::domain::{Notice, Timestamp, rfc3339};
use crate::ports::{Advance, Outcome, Settled};
use metrics::{counter, gauge, histogram};
use std::time::Duration;

/// Says what was found to be too late to post, or was taken back.
pub(super) fn step(step: &Advance) {
    for post in &step.posts {
        if let Some(reason) = &post.skipped {
            let key = &post.notice.key;
            if post.notice.at >= step.cursor {
                tracing::info!(delivery.key = key, reason, "taken back by an edit");
                continue;
            }
            tracing::warn!(
                delivery.key = key,
                reason,
                "missed, and not posted any more"
            );
        }
    }
}

/// Says what came of a delivery.
pub(super) fn outcome(settled: &Settled) {
    let key = &settled.key;
    match &settled.outcome {
        Outcome::Sent { message, .. } => tracing::debug!(delivery.key = key, message, "posted"),
        Outcome::Skipped { why } => tracing::info!(delivery.key = key, why, "not posted any more"),
        Outcome::Failed { why } => tracing::error!(
            delivery.key = key,
            why,
            "not posted: `docket resend` posts it again"
        ),
        Outcome::Again {
            why, not_before, ..
        } => {
            let not_before = rfc3339(*not_before);
            tracing::warn!(
                delivery.key = key,
                why,
                not_before,
                "not posted yet, will try again"
            );
        }
    }
}

/// Counts what came of an attempt at a post.
pub(super) fn count(notice: &Notice, outcome: &Outcome) {
    let result = match outcome {
        Outcome::Sent { .. } => "sent",
        Outcome::Skipped { .. } => "skipped",
        Outcome::Failed { .. } => "failed",
        Outcome::Again { .. } => "retried",
    };
    let kind = notice.kind.to_string();
    counter!("docket_posts_total", "kind" => kind.clone(), "result" => result).increment(1);
    if let Outcome::Sent { at, .. } = outcome {
        // Where the other side says when, it may be by a clock that is a moment behind.
        let late = (*at - notice.at).as_seconds_f64().max(0.0);
        histogram!("docket_post_lateness_seconds", "kind" => kind).record(late);
    }
}

/// Counts what came of a look at the file.
pub(super) fn count_edit((result, is_good): (&'static str, bool), now: Timestamp) {
    counter!("docket_reloads_total", "result" => result).increment(1);
    gauge!("docket_reload_last_successful").set(f64::from(u8::from(is_good)));
    if is_good {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit by far")]
        let seconds = now.timestamp() as f64;
        gauge!("docket_reload_last_success_timestamp_seconds").set(seconds);
    }
}

/// The word by which an edit is counted, and whether it is good.
pub(super) fn result(edit: &Edit) -> (&'static str, bool) {
    match edit {
        Edit::Same => ("same", true),
        Edit::Ready(_) => ("taken", true),
        Edit::Held { .. } => ("held", false),
        Edit::Stale { .. } => ("stale", false),
        Edit::Lags { .. } => ("lags", false),
        Edit::Broken { .. } => ("broken", false),
        Edit::Unreadable(_) => ("unreadable", false),
    }
}

/// Counts how long the last look at the file took, until the ledger had what came of it.
pub(super) fn count_reload(took: Duration) {
    gauge!("docket_reload_last_duration_seconds").set(took.as_secs_f64());
}

/// Says why an edit is not in force.
pub(super) fn edit(edit: &Edit) {
    let Some((why, report)) = refusal(edit) else {
        return;
    };
    match (edit, report) {
        (Edit::Lags { .. }, _) => tracing::info!("{why}"),
        (Edit::Held { dropped, .. }, _) => tracing::warn!(dropped, "{why}"),
        (Edit::Stale { .. }, _) => tracing::warn!("{why}"),
        (_, Some(report)) => tracing::error!("{why}\n\n{report}"),
        (_, None) => tracing::error!("{why}"),
    }
}

/// Why an edit is not in force, and the problems of the file if it has some; none if it is.
pub(super) fn refusal(edit: &Edit) -> Option<(String, Option<String>)> {
    let why = match edit {
        Edit::Same | Edit::Ready(_) => return None,
        Edit::Held { until, .. } => format!(
            "the edit drops more than half of the items: held for 10 minutes, until {}; undo it \
             or wait",
            rfc3339(*until)
        ),
        Edit::Stale { until } => format!(
            "the file is what another replica has already replaced: held for 10 minutes, until \
             {}; update it",
            rfc3339(*until)
        ),
        Edit::Lags { until } => format!(
            "another replica has another record: looking again at {}",
            rfc3339(*until)
        ),
        Edit::Broken {
            file,
            text,
            problems,
        } => {
            let report = Report {
                file,
                text,
                problems,
            };
            let summary = report.summary().unwrap_or_default();
            let why =
                format!("the edit has errors, the last good record stays in force: {summary}");
            return Some((why, Some(report.human(Style::Plain))));
        }
        Edit::Unreadable(reason) => {
            format!("the file cannot be read, the last good record stays in force: {reason}")
        }
    };
    Some((why, None))
}
