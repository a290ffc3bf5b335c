//! Keys: what was promised, in a form that stays the same over restarts and edits.
//!
//! A key is built from the subscription, the item, the kind, dues in canonical form, the lead,
//! the round and its step; never from a place in the file, a title or an instrument. A post about
//! several items has the key of the first of them by id; a summary also says which changes it has.

use super::Notice;
use crate::domain::chain::Window;
use crate::domain::change::{Change, What, Wrong};
use crate::domain::delivery::reference;
use crate::domain::docket::{Docket, Item};
use crate::domain::due::Due;
use crate::domain::duration::Duration;
use crate::domain::id::Id;
use crate::domain::negotiation::{Negotiation, Round, Schedule};
use crate::domain::occurrence::{Kind, RoundStep};
use crate::domain::subscription::Subscription;
use crate::domain::words;
use crate::domain::zone::Timestamp;

impl Notice {
    /// Whether it reminds of this due of its item, or tells that it took the place of another.
    pub fn is_about(&self, due: &Due) -> bool {
        let canonical = due.canonical();
        self.key.split('/').any(|part| {
            let new = part.rsplit('>').next().unwrap_or_default();
            new.split('#').next() == Some(canonical.as_str())
        })
    }
}

pub(super) fn reminder(
    to: &Subscription,
    kind: Kind,
    item: &Id,
    window: &Window,
    lead: Option<Duration>,
) -> String {
    let due = nth(&window.due.canonical(), window.ordinal);
    match lead {
        Some(lead) => format!("{}/{kind}/{item}/{due}/{lead}", to.id),
        None => format!("{}/{kind}/{item}/{due}", to.id),
    }
}

/// A reminder that was put off to `at`.
pub(super) fn snoozed(to: &Subscription, item: &Id, window: &Window, at: Timestamp) -> String {
    let due = nth(&window.due.canonical(), window.ordinal);
    let minute = words::instant_to_the_minute(at);
    format!("{}/{}/{item}/{due}/at/{minute}", to.id, Kind::Lead)
}

pub(super) fn round(
    to: &Subscription,
    negotiation: &Negotiation,
    round: &Round,
    step: RoundStep,
    schedule: usize,
) -> String {
    let part = round_part(negotiation, round, step, schedule);
    format!("{}/{}/{part}", to.id, Kind::Round)
}

pub(super) fn digest(to: &Subscription, at: Timestamp) -> String {
    format!("{}/{}/{}", to.id, Kind::Digest, to.zone.date(at))
}

pub(super) fn changes(
    to: &Subscription,
    kind: Kind,
    docket: &Docket,
    changes: &[&Change],
) -> String {
    let first = changes
        .iter()
        .map(|change| (docket.items()[change.item].id(), change))
        .min_by_key(|(id, _)| *id)
        .map(|(_, change)| change_part(docket, change))
        .expect("a group is told to those who follow one of its items");
    match kind {
        Kind::Summary => {
            // Which changes, and not when: what a ledger forgot is told again under the same key.
            let mut parts: Vec<_> = changes
                .iter()
                .map(|change| format!("{}/{}", change.kind(), change_part(docket, change)))
                .collect();
            parts.sort_unstable();
            let which = reference(&parts.join("\n"), 1);
            format!("{}/{kind}/{first}/{which}", to.id)
        }
        _ => format!("{}/{kind}/{first}", to.id),
    }
}

fn change_part(docket: &Docket, change: &Change) -> String {
    let item = &docket.items()[change.item];
    let id = item.id();
    match (&change.what, item) {
        (
            What::Confirmed {
                due, step, ordinal, ..
            },
            Item::Deadline(deadline),
        ) => {
            let due = nth(&due.canonical(), *ordinal);
            format!("{id}/{due}/{}", deadline.steps[*step].standing)
        }
        (
            What::Moved {
                from, to, ordinal, ..
            }
            | What::Corrected {
                from,
                to,
                wrong: Wrong::Due,
                ordinal,
                ..
            },
            _,
        ) => {
            format!(
                "{id}/{}>{}",
                from.canonical(),
                nth(&to.canonical(), *ordinal)
            )
        }
        (
            What::Corrected {
                wrong: Wrong::Outcome,
                ..
            }
            | What::Outcome,
            _,
        ) => {
            let outcome = match item {
                Item::Deadline(deadline) => deadline.outcome.as_ref(),
                _ => None,
            };
            match outcome {
                Some(outcome) => format!("{id}/{}/{}", outcome.result.word(), outcome.on.date()),
                None => format!("{id}/none"),
            }
        }
        (
            What::Round {
                round,
                step,
                schedule,
                ..
            },
            Item::Negotiation(negotiation),
        ) => round_part(negotiation, &negotiation.rounds[*round], *step, *schedule),
        (What::RoundCorrected { round }, Item::Negotiation(negotiation)) => {
            let round = &negotiation.rounds[*round];
            let (starts, ends) = round.current().times();
            let minute = words::instant_to_the_minute;
            format!(
                "{id}/{}/{}>{}",
                slashless(&round.name),
                minute(starts),
                minute(ends)
            )
        }
        _ => id.to_string(),
    }
}

fn round_part(
    negotiation: &Negotiation,
    round: &Round,
    step: RoundStep,
    schedule: usize,
) -> String {
    let part = format!("{}/{}/{step}", negotiation.id, slashless(&round.name));
    let (starts, ends) = round.schedule[schedule].times();
    let minute = words::instant_to_the_minute;
    // These can happen again when a round is put off.
    match step {
        RoundStep::Starts => format!("{part}/{}", minute(starts)),
        RoundStep::Ends => format!("{part}/{}", minute(ends)),
        RoundStep::Moved => {
            let equal = |it: &&Schedule| it.times() == (starts, ends);
            let ordinal = round.schedule[..=schedule].iter().filter(equal).count();
            format!(
                "{part}/{}",
                nth(&format!("{}>{}", minute(starts), minute(ends)), ordinal)
            )
        }
        RoundStep::Announced | RoundStep::Outcome | RoundStep::Cancelled => part,
    }
}

/// A name that cannot be taken for several parts of a key.
fn slashless(name: &str) -> String {
    name.replace('%', "%25").replace('/', "%2F")
}

fn nth(due: &str, ordinal: usize) -> String {
    if ordinal > 1 {
        format!("{due}#{ordinal}")
    } else {
        due.to_owned()
    }
}
