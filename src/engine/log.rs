//! What the engine says in the log: each thing once, where it is handled.

use super::planner::Edit;
use crate::config::{Report, Style};
use crate::domain::rfc3339;
use crate::ports::{Advance, Outcome, Settled};

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

/// Says why an edit is not in force.
pub(super) fn edit(edit: &Edit) {
    match edit {
        Edit::Same => tracing::debug!("the file says what is in force"),
        Edit::Ready(_) => {}
        Edit::Held { dropped, until } => {
            let until = rfc3339(*until);
            tracing::warn!(
                dropped,
                until,
                "the edit drops more than half of the items: held for 10 minutes, undo it or wait"
            );
        }
        Edit::Stale { until } => {
            let until = rfc3339(*until);
            tracing::warn!(
                until,
                "the file is what another replica has already replaced: held for 10 minutes, \
                 update it"
            );
        }
        Edit::Lags { until } => {
            let until = rfc3339(*until);
            tracing::info!(until, "another replica has another record: looking again");
        }
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
            let shown = report.human(Style::Plain);
            let count = problems.len();
            tracing::error!(
                problems = count,
                "the edit has errors, the last good record stays in force\n\n{shown}"
            );
        }
        Edit::Unreadable(reason) => tracing::error!(
            reason,
            "the file cannot be read, the last good record stays in force"
        ),
    }
}
