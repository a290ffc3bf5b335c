//! What the engine says in the log: each thing once, where it is handled.

use super::planner::Edit;
use crate::config::{Report, Style};
use crate::domain::rfc3339;
use crate::ports::{Advance, Outcome, Settled};

/// Says what was found to be too late to post.
pub(super) fn step(step: &Advance) {
    for post in &step.posts {
        if let Some(reason) = &post.skipped {
            let key = &post.notice.key;
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
    let Some((why, report)) = refusal(edit) else {
        return;
    };
    match (edit, report) {
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
