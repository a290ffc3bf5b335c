//! What became known: moves, confirmations, corrections, outcomes, events and new deadlines.

use super::{
    Said, capitalized, due_with_reader, extended_so_far, history_sentence, law_sentence, on,
    set_by, sources_of, when,
};
use crate::domain::chain::Move;
use crate::domain::change::{Change, What, Wrong};
use crate::domain::deadline::{Deadline, Source, days_between};
use crate::domain::docket::{Docket, Item};
use crate::domain::negotiation::Negotiation;
use crate::domain::occurrence::{Kind, RoundStep};
use crate::domain::subscription::Subscription;
use crate::domain::words;
use crate::domain::zone::Timestamp;

/// Changes that are one post.
pub(in crate::domain::notice) fn changes(
    docket: &Docket,
    kind: Kind,
    changes: &[&Change],
    to: &Subscription,
    now: Timestamp,
) -> Said {
    let mut parts: Vec<_> = changes
        .iter()
        .map(|change| one_change(docket, change, to, now))
        .collect();
    if parts.len() == 1 {
        return parts.remove(0);
    }
    let count = parts.len();
    let title = match kind {
        Kind::Summary => format!("{} in one edit of the record", count_changes(count)),
        _ => format!("{} (and {} more)", parts[0].title, count - 1),
    };
    let mut lines = Vec::new();
    let mut sources: Vec<Source> = Vec::new();
    for part in parts {
        lines.push(format!("• {}", part.title));
        if kind != Kind::Summary {
            lines.extend(part.lines.into_iter().map(|line| format!("  {line}")));
            for source in part.sources {
                if !sources.contains(&source) {
                    sources.push(source);
                }
            }
        }
    }
    Said {
        title,
        lines,
        sources,
    }
}

fn count_changes(count: usize) -> String {
    words::count_of(i64::try_from(count).unwrap_or(i64::MAX), "change")
}

fn one_change(docket: &Docket, change: &Change, to: &Subscription, now: Timestamp) -> Said {
    match &docket.items()[change.item] {
        Item::Deadline(deadline) => {
            let seen = deadline.as_of(now);
            deadline_change(seen.as_ref().unwrap_or(deadline), &change.what, to, now)
        }
        Item::Negotiation(negotiation) => match change.what {
            What::Round {
                round,
                step,
                schedule,
                known,
            } => super::round(docket, negotiation, round, step, (known, schedule), now),
            What::RoundCorrected { round } => corrected_round(docket, negotiation, round, now),
            _ => unreachable!("talks change by their rounds"),
        },
        Item::Event(event) => Said {
            title: event.title.clone(),
            lines: [
                Some(format!("{}.", when(&event.date, event.zone))),
                event.summary.clone(),
            ]
            .into_iter()
            .flatten()
            .chain(
                event
                    .instrument
                    .as_ref()
                    .map(|instrument| format!("By {instrument}.")),
            )
            .collect(),
            sources: event.sources.clone(),
        },
    }
}

fn corrected_round(
    docket: &Docket,
    negotiation: &Negotiation,
    index: usize,
    now: Timestamp,
) -> Said {
    let round = &negotiation.rounds[index];
    let last = round.schedule.len() - 1;
    // As it reads now: how it ended, or else when it is to be.
    let step = match (&round.outcome, &round.cancelled) {
        (Some(_), _) => RoundStep::Outcome,
        (None, Some(_)) => RoundStep::Cancelled,
        (None, None) => RoundStep::Announced,
    };
    let said = super::round(docket, negotiation, index, step, (last, last), now);
    let lead = "The record of this round was wrong. It now reads:".to_owned();
    Said {
        title: format!("Correction: {} ({})", round.name, negotiation.title),
        lines: [vec![lead], said.lines].concat(),
        ..said
    }
}

fn deadline_change(deadline: &Deadline, what: &What, to: &Subscription, now: Timestamp) -> Said {
    let status = deadline.status(now);
    let title = &deadline.title;
    match what {
        What::Moved {
            from,
            to: new,
            how,
            step,
            ..
        } => {
            let step = deadline.steps.get(*step).unwrap_or(&deadline.steps[0]);
            let verb = match how {
                Move::Extension => "Extended to",
                Move::Shortening => "Brought forward to",
                Move::Refinement => "Narrowed down to",
                Move::Coarsening => "Widened to",
                Move::Restatement => "Restated as",
                Move::Dated => "Date set:",
                Move::Undated => "No date any more",
            };
            // A due that is only known better or worse has not moved.
            let has_moved = matches!(how, Move::Extension | Move::Shortening);
            let by = days_between(from, new).filter(|days| has_moved && *days != 0);
            let by = by.map(|days| {
                let way = if days > 0 { "later" } else { "earlier" };
                format!(", {} {way}", words::days(days.abs()))
            });
            let was = if from.at().is_some() {
                format!("Was {}", from.text())
            } else {
                "Had no date".to_owned()
            };
            let is = if new.at().is_some() {
                due_with_reader(new, to.zone)
            } else {
                "without one".to_owned()
            };
            let mut lines = vec![format!("{was}; now {is}{}.", by.unwrap_or_default())];
            lines.push(set_by(step.instrument.as_deref(), step.standing));
            if !new.is_same(status.due) {
                lines.push(format!(
                    "It has moved again since: due {}.",
                    status.due.text()
                ));
            }
            lines.extend(status.law_due.map(|law| law_sentence(law, now)));
            lines.extend(history_sentence(deadline, &status, now));
            lines.extend(step.note.clone());
            Said {
                title: match how {
                    Move::Undated => format!("{verb}: {title}"),
                    _ => format!("{verb} {}: {title}", new.text()),
                },
                lines,
                sources: step.sources.clone(),
            }
        }
        What::Confirmed { due, was, step, .. } => {
            let step = deadline.steps.get(*step).unwrap_or(&deadline.steps[0]);
            let mut lines = vec![
                format!("Due {}.", due.text()),
                set_by(step.instrument.as_deref(), step.standing),
            ];
            lines.extend(status.law_due.map(|law| law_sentence(law, now)));
            lines.extend(step.note.clone());
            Said {
                title: format!("Now {} (was {was}): {title}", step.standing),
                lines,
                sources: step.sources.clone(),
            }
        }
        What::Corrected {
            from,
            to: new,
            was,
            wrong,
            ..
        } => {
            let line = match (wrong, &deadline.outcome) {
                (Wrong::Outcome, Some(outcome)) => format!(
                    "The record of how it ended was wrong. It reads now: {}, {}.",
                    outcome.result.word(),
                    when(&outcome.on, deadline.zone)
                ),
                (Wrong::Outcome, None) => format!(
                    "The record said that it had ended. It has not: due {}.",
                    due_with_reader(new, to.zone)
                ),
                (Wrong::Due, _) if from.is_same(new) && *was != status.standing => format!(
                    "The record said {was}. Right is {}. The due stays {}.",
                    status.standing,
                    new.text()
                ),
                (Wrong::Due, _) if from.is_same(new) => format!(
                    "A step of the record was wrong. The due stays {}; {}.",
                    new.text(),
                    extended_so_far(status.extensions)
                ),
                (Wrong::Due, _) => format!(
                    "The record said {}. Right is {}. Nothing moved in the world.",
                    from.text(),
                    due_with_reader(new, to.zone)
                ),
            };
            let lines = [line]
                .into_iter()
                .chain(status.law_due.map(|law| law_sentence(law, now)));
            Said {
                title: format!("Correction: {title}"),
                lines: lines.collect(),
                sources: sources_of(deadline, new),
            }
        }
        What::Outcome => {
            let Some(outcome) = &deadline.outcome else {
                unreachable!("an outcome that became known is known")
            };
            let word = capitalized(outcome.result.word());
            let mut lines = vec![format!(
                "{word} {}; it was due {}.",
                on(&outcome.on, deadline.zone),
                status.due.text()
            )];
            lines.extend(outcome.note.clone());
            Said {
                title: format!("{word}: {title}"),
                lines,
                sources: outcome.sources.clone(),
            }
        }
        _ => {
            let mut lines = vec![match status.due.at() {
                None => "No date yet.".to_owned(),
                Some(at) if at <= now => {
                    format!("It was due {}.", due_with_reader(status.due, to.zone))
                }
                Some(_) => format!("Due {}.", due_with_reader(status.due, to.zone)),
            }];
            lines.push(set_by(status.instrument, status.standing));
            lines.extend(status.law_due.map(|law| law_sentence(law, now)));
            lines.extend(deadline.summary.clone());
            if let Some(consequence) = &deadline.if_lapses {
                lines.push(format!("If it lapses: {consequence}"));
            }
            Said {
                title: format!("New deadline: {title}"),
                lines,
                sources: sources_of(deadline, status.due),
            }
        }
    }
}

/// The name of the round that a change is about, and what about it.
pub(in crate::domain::notice) fn round_of(
    docket: &Docket,
    change: &Change,
) -> (Option<String>, Option<RoundStep>) {
    let (round, step) = match change.what {
        What::Round { round, step, .. } => (round, Some(step)),
        What::RoundCorrected { round } => (round, None),
        _ => return (None, None),
    };
    match &docket.items()[change.item] {
        Item::Negotiation(negotiation) => (Some(negotiation.rounds[round].name.clone()), step),
        _ => (None, None),
    }
}
