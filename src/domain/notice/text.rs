//! What notices say. Every sentence is computed from what is known when it is posted.

use crate::domain::chain::Move;
use crate::domain::change::{Change, What, Wrong};
use crate::domain::deadline::{Deadline, Source, Standing, Status, days_between};
use crate::domain::docket::{Docket, Item};
use crate::domain::due::{Due, Precision};
use crate::domain::negotiation::{Level, Negotiation, Round};
use crate::domain::occurrence::{Kind, RoundStep};
use crate::domain::subscription::Subscription;
use crate::domain::when::When;
use crate::domain::words;
use crate::domain::zone::{Timestamp, Zone};

/// A title, what stands below it, and where it can be checked.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) title: String,
    pub(super) lines: Vec<String>,
    pub(super) sources: Vec<Source>,
}

/// A lead, the beginning of a due's period, or the due itself.
pub(super) fn reminder(
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
                "Due{by_law} {due_words}. The date has passed, which is not an outcome: none is \
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
        lines.push(format!(
            "A move to {} is {}, not signed.",
            status.due.text(),
            status.standing
        ));
    } else if let Some(law) = status.law_due {
        lines.push(law_sentence(law));
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

/// Changes that are one post.
pub(super) fn changes(
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
            What::Round { round, step } => {
                self::round(docket, negotiation, &negotiation.rounds[round], step, now)
            }
            What::RoundCorrected { round } => {
                let round = &negotiation.rounds[round];
                let said = self::round(docket, negotiation, round, RoundStep::Outcome, now);
                let title = format!("Correction: {} ({})", round.name, negotiation.title);
                let lead = "The record of this round was wrong. It now reads:".to_owned();
                Said {
                    title,
                    lines: [vec![lead], said.lines].concat(),
                    ..said
                }
            }
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
                Move::Undated => "No date any more:",
            };
            let by = days_between(from, new).filter(|days| *days != 0);
            let by = by.map(|days| {
                let way = if days > 0 { "later" } else { "earlier" };
                format!(", {} {way}", words::days(days.abs()))
            });
            let mut lines = vec![format!(
                "Was {}; now {}{}.",
                from.text(),
                due_with_reader(new, to.zone),
                by.unwrap_or_default()
            )];
            lines.push(set_by(step.instrument.as_deref(), step.standing));
            if !new.is_same(status.due) {
                lines.push(format!(
                    "It has moved again since: due {}.",
                    status.due.text()
                ));
            }
            lines.extend(status.law_due.map(law_sentence));
            lines.extend(history_sentence(deadline, &status, now));
            lines.extend(step.note.clone());
            Said {
                title: format!("{verb} {}: {title}", new.text()),
                lines,
                sources: step.sources.clone(),
            }
        }
        What::Confirmed { due, was, step } => {
            let step = deadline.steps.get(*step).unwrap_or(&deadline.steps[0]);
            let lines = vec![
                format!("Due {}: {}, before that {was}.", due.text(), step.standing),
                set_by(step.instrument.as_deref(), step.standing),
            ];
            Said {
                title: format!("Confirmed as {}: {title}", step.standing),
                lines: lines.into_iter().chain(step.note.clone()).collect(),
                sources: step.sources.clone(),
            }
        }
        What::Corrected {
            from,
            to: new,
            wrong,
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
                (Wrong::Due, _) if from.is_same(new) => format!(
                    "An earlier step of the record was wrong. The due stays {}; {}.",
                    new.text(),
                    extended_so_far(status.extensions)
                ),
                (Wrong::Due, _) => format!(
                    "The record said {}. Right is {}. Nothing moved in the world.",
                    from.text(),
                    due_with_reader(new, to.zone)
                ),
            };
            let lines = [line].into_iter().chain(status.law_due.map(law_sentence));
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
            let mut lines = vec![format!("Due {}.", due_with_reader(status.due, to.zone))];
            lines.push(set_by(status.instrument, status.standing));
            lines.extend(status.law_due.map(law_sentence));
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

/// A step of a round.
pub(super) fn round(
    docket: &Docket,
    negotiation: &Negotiation,
    round: &Round,
    step: RoundStep,
    now: Timestamp,
) -> Said {
    let talks = negotiation.as_of(now);
    let number = talks.as_ref().and_then(|talks| {
        let index = talks
            .rounds
            .iter()
            .position(|known| known.name == round.name)?;
        talks.numbers()[index]
    });
    let seen = round.as_of(now);
    let round = seen.as_ref().unwrap_or(round);
    let schedule = round.current();
    let what = match (round.level, number) {
        (Level::Talks, Some(number)) => format!("{} (round {number})", round.name),
        (Level::Talks, None) => round.name.clone(),
        (Level::Summit, _) => format!("{} summit", round.name),
        (Level::Call, _) => format!("{} call", round.name),
    };
    let place: Vec<_> = [&round.city, &round.country]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let mut dates = dates(schedule.starts.clone(), schedule.ends.clone(), round.zone);
    if !place.is_empty() {
        dates = format!("{dates}, {}", place.join(", "));
    }
    let verb = match step {
        RoundStep::Announced => "announced",
        RoundStep::Moved => "moved",
        RoundStep::Starts => "begins",
        RoundStep::Ends => "was to end, no read-out yet",
        RoundStep::Outcome => "concluded",
        RoundStep::Cancelled => "cancelled",
    };
    let mut lines = vec![format!("{}.", capitalized(&dates))];
    match (step, &round.outcome) {
        (RoundStep::Outcome, Some(outcome)) => {
            lines = vec![
                format!("Ended {}.", on(&outcome.on, round.zone)),
                outcome.text.clone(),
            ];
        }
        (RoundStep::Announced | RoundStep::Moved | RoundStep::Starts, _) => {
            let who = round.delegates.iter().map(|delegation| {
                let party = docket.party(&delegation.party);
                let name = party.map_or(delegation.party.as_str(), |party| party.name.as_str());
                format!("{name}: {}", words::list(&delegation.names))
            });
            let who: Vec<_> = who.collect();
            lines.extend((!who.is_empty()).then(|| format!("{}.", who.join("; "))));
            let agenda = words::list(&round.agenda);
            lines.extend((!agenda.is_empty()).then(|| format!("On the table: {agenda}.")));
        }
        _ => {}
    }
    let sources = match (step, &round.outcome) {
        (RoundStep::Outcome, Some(outcome)) => outcome.sources.clone(),
        (RoundStep::Moved, _) => schedule.sources.clone(),
        _ => round.sources.clone(),
    };
    Said {
        title: format!("{what} {verb}: {}", negotiation.title),
        lines,
        sources,
    }
}

/// The name of the round that a change is about, and what about it.
pub(super) fn round_of(docket: &Docket, change: &Change) -> (Option<String>, Option<RoundStep>) {
    let (round, step) = match change.what {
        What::Round { round, step } => (round, Some(step)),
        What::RoundCorrected { round } => (round, None),
        _ => return (None, None),
    };
    match &docket.items()[change.item] {
        Item::Negotiation(negotiation) => (Some(negotiation.rounds[round].name.clone()), step),
        _ => (None, None),
    }
}

/// The deadlines that a subscription follows and that have not ended, as the board has them.
pub(super) fn open_deadlines(docket: &Docket, to: &Subscription, now: Timestamp) -> Vec<Deadline> {
    let followed = docket
        .items()
        .iter()
        .filter(|item| to.filter.passes(&docket.facets(item)));
    let mut open: Vec<_> = followed
        .filter_map(|item| match item.as_of(now)? {
            Item::Deadline(deadline) if deadline.outcome.is_none() => Some(deadline),
            _ => None,
        })
        .collect();
    open.sort_by_key(|deadline| deadline.board_order(now));
    open
}

/// The overview.
pub(super) fn digest(open: &[Deadline], to: &Subscription, now: Timestamp) -> Said {
    let count = i64::try_from(open.len()).unwrap_or(i64::MAX);
    let lines = open.iter().map(|deadline| {
        let status = deadline.status(now);
        let left = match status.days_left {
            _ if status.state == crate::domain::deadline::State::Awaiting => {
                "outcome awaited".to_owned()
            }
            Some(days) => words::days_left(days),
            None => "no date".to_owned(),
        };
        format!("• {left}: {} (due {})", deadline.title, status.due.text())
    });
    Said {
        title: format!(
            "Overview of {}: {}",
            words::date(to.zone.date(now)),
            words::count_of(count, "open deadline")
        ),
        lines: lines.collect(),
        sources: Vec::new(),
    }
}

fn due_with_reader(due: &Due, reader: Zone) -> String {
    match words::due_for_reader(due, reader) {
        Some(there) => format!("{}, {there}", due.text()),
        None => due.text(),
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

fn law_sentence(law: &Due) -> String {
    format!("By law the date is still {}.", law.text())
}

fn set_by(instrument: Option<&str>, standing: Standing) -> String {
    match instrument {
        Some(instrument) => format!("By {instrument} ({standing})."),
        None => format!("Standing: {standing}."),
    }
}

fn extended_so_far(extensions: usize) -> String {
    match extensions {
        0 => "never extended so far".to_owned(),
        _ => format!("extended {} so far", words::times(extensions)),
    }
}

fn history_sentence(deadline: &Deadline, status: &Status<'_>, now: Timestamp) -> Option<String> {
    if status.extensions == 0 {
        return None;
    }
    let rate = deadline.base_rate(now);
    let rate = rate.record.map(|_| format!(": {rate}")).unwrap_or_default();
    Some(format!(
        "{}{rate}.",
        capitalized(&extended_so_far(status.extensions))
    ))
}

/// The sources of the step that set a due, or else of the deadline.
fn sources_of(deadline: &Deadline, due: &Due) -> Vec<Source> {
    let step = deadline
        .steps
        .iter()
        .rev()
        .find(|step| step.due.is_same(due));
    match step {
        Some(step) if !step.sources.is_empty() => step.sources.clone(),
        _ => deadline.sources.clone(),
    }
}

fn when(when: &When, zone: Zone) -> String {
    if when.is_day() {
        words::date(when.date())
    } else {
        words::instant(when.start(), zone)
    }
}

fn on(date: &When, zone: Zone) -> String {
    if date.is_day() {
        format!("on {}", words::date(date.date()))
    } else {
        when(date, zone)
    }
}

/// `14 to 17 September 2025`, as short as it can be said.
fn dates(starts: When, ends: Option<When>, zone: Zone) -> String {
    use chrono::Datelike as _;
    let first = when(&starts, zone);
    let Some(ends) = ends.filter(|ends| ends.date() != starts.date()) else {
        return first;
    };
    let last = when(&ends, zone);
    let (from, to) = (starts.date(), ends.date());
    let same_month = (from.year(), from.month()) == (to.year(), to.month());
    if same_month && starts.is_day() && ends.is_day() {
        return format!("{} to {last}", from.day());
    }
    format!("{first} to {last}")
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
