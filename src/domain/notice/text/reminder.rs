//! Leads, the beginning of a period, and dues.

use super::{Said, due_with_reader, history_sentence, law_sentence, sources_of};
use crate::domain::docket::Item;
use crate::domain::due::{Due, Precision};
use crate::domain::occurrence::Kind;
use crate::domain::phrases::unsigned_move;
use crate::domain::subscription::Subscription;
use crate::domain::words;
use crate::domain::zone::Timestamp;

/// A lead, the beginning of a due's period, or the due itself.
pub(in crate::domain::notice) fn reminder(
    item: &Item,
    due: &Due,
    kind: Kind,
    to: &Subscription,
    now: Timestamp,
) -> Said {
    let Item::Deadline(deadline) = item else {
        unreachable!("only deadlines fall due")
    };
    let seen = deadline.as_of(now);
    let deadline = seen.as_ref().unwrap_or(deadline);
    let status = deadline.status(now);
    let title = &deadline.title;
    let is_law = !status.due.is_same(due) && status.law_due.is_some_and(|law| law.is_same(due));
    let by_law = if is_law { " by law" } else { "" };
    let left = time_left(due, now);
    let mut lines = Vec::new();
    let due_words = due_with_reader(due, to.zone);
    let title = match kind {
        Kind::Due => {
            lines.push(format!(
                "It was due{by_law} {due_words}. That has passed, which is no outcome: none is \
                 confirmed yet."
            ));
            format!("Due reached{by_law}, outcome not confirmed yet: {title}")
        }
        Kind::Opens => {
            let period = due.text();
            lines.push(format!(
                "Due{by_law} some time in {period}: that period begins now."
            ));
            format!("{period} begins{by_law}: {title}")
        }
        _ => {
            lines.push(format!("Due{by_law} {due_words}."));
            format!("{left}{by_law}: {title}")
        }
    };
    if is_law {
        lines.push(unsigned_move(status.due, status.standing));
    } else if let Some(law) = status.law_due {
        lines.push(law_sentence(law, now));
    }
    lines.extend(history_sentence(deadline, &status, now));
    if let Some(consequence) = &deadline.if_lapses {
        lines.push(format!("If it lapses: {consequence}"));
    }
    Said {
        title,
        lines,
        sources: sources_of(deadline, due),
    }
}

/// `3 days left`; near a minute due in hours and minutes.
fn time_left(due: &Due, now: Timestamp) -> String {
    let (Some(at), Some(date)) = (due.at(), due.date()) else {
        return "no date".to_owned();
    };
    let days = (date - due.zone().date(now)).num_days();
    if due.precision() == Precision::Minute && days < 2 {
        return format!("{} left", words::span(now, at));
    }
    words::days_left(days)
}
