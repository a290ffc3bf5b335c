//! What the events of the calendar say: their titles, and the text below.
//!
//! Nothing here depends on the clock: how long there is left, a calendar program knows.

use crate::domain::phrases::{capitalized, cite, on, place, set_by, table, unsigned_move};
use crate::domain::{
    Chain, Deadline, Docket, Due, Negotiation, Position, Precision, Round, Source, phrases, words,
};
use std::collections::HashSet;

/// Which of its dates an event of a deadline stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// The one that counts.
    Current,
    /// The one that is still the law.
    Law,
    /// The last one that there was: now there is none.
    Past,
}

/// The title of a deadline's event. A period stands on its last day, so the title names it.
pub(super) fn deadline_title(deadline: &Deadline, due: &Due, stands: Stands) -> String {
    let title = &deadline.title;
    let titled = match (stands, &deadline.outcome) {
        (_, Some(outcome)) => format!("{}: {title}", capitalized(outcome.result.word())),
        (Stands::Current, None) => title.clone(),
        (Stands::Law, None) => format!("By law: {title}"),
        (Stands::Past, None) => format!("No date any more: {title}"),
    };
    if due.precision() > Precision::Day {
        format!("{titled}: {}", words::due_short(due))
    } else {
        titled
    }
}

/// The text below the title of a deadline's event.
pub(super) fn deadline_text(deadline: &Deadline, chain: &Chain<'_>, stands: Stands) -> String {
    let current = chain.current();
    let law = chain.law().filter(|_| deadline.outcome.is_none());
    // The date that the event stands on comes first, the other one below what set it.
    let (shown, mut lines, beside) = match law {
        Some(law) if stands == Stands::Law => {
            let beside = unsigned_move(current.due, current.standing);
            (law, vec![by_law(law)], Some(beside))
        }
        _ => (
            current,
            date(deadline, current.due, stands),
            law.map(by_law),
        ),
    };
    lines.push(set_by(shown.instrument, shown.standing));
    lines.extend(beside);
    if chain.extensions() > 0 {
        let times = words::times(chain.extensions());
        let first = chain.first_due().text();
        lines.push(format!("Extended {times}; it was first due {first}."));
    }
    lines.extend(deadline.summary.clone());
    let lapses = deadline.if_lapses.iter();
    lines.extend(lapses.map(|consequence| format!("If it lapses: {consequence}")));
    let decided = deadline.decided_by.iter();
    lines.extend(decided.map(|who| format!("Decided by: {who}")));
    let outcome = deadline.outcome.iter().flat_map(|outcome| &outcome.sources);
    let sources = outcome
        .chain(&shown.set_by.sources)
        .chain(&current.set_by.sources)
        .chain(&deadline.sources);
    with_sources(lines, sources)
}

/// When it is due, or how it ended. What has no date and is not withdrawn is no event.
fn date(deadline: &Deadline, due: &Due, stands: Stands) -> Vec<String> {
    let line = match &deadline.outcome {
        Some(outcome) => {
            let word = capitalized(outcome.result.word());
            let ended = on(&outcome.on, deadline.zone);
            format!("{word} {ended}; it was due {}.", due.text())
        }
        None if stands == Stands::Past => "Its date was withdrawn.".to_owned(),
        None => format!("Due {}.", due.text()),
    };
    let note = deadline.outcome.iter().filter_map(|it| it.note.clone());
    [line].into_iter().chain(note).collect()
}

/// The due that is the law while another one is talked about, whether it has passed or not.
fn by_law(law: &Position<'_>) -> String {
    let law = law.due.text();
    format!("By law the date is {law}: no signed move is on record.")
}

/// The title of a round's event.
pub(super) fn round_title(talks: &Negotiation, round: &Round, number: Option<usize>) -> String {
    let title = format!("{}: {}", phrases::round(round, number), talks.title);
    match round.cancelled {
        Some(_) => format!("Cancelled: {title}"),
        None => title,
    }
}

/// The text below the title of a round's event.
pub(super) fn round_text(docket: &Docket, talks: &Negotiation, round: &Round) -> String {
    let mut lines = Vec::new();
    if let Some(cancelled) = &round.cancelled {
        lines.push(format!("Cancelled {}.", on(cancelled, round.zone)));
    }
    if let Some(outcome) = &round.outcome {
        lines.push(format!("Ended {}.", on(&outcome.on, round.zone)));
        lines.push(outcome.text.clone());
    }
    lines.extend(place(round).map(|place| format!("In {place}.")));
    lines.extend(table(docket, round));
    lines.extend(talks.summary.clone());
    let outcome = round.outcome.iter().flat_map(|outcome| &outcome.sources);
    let sources = outcome
        .chain(&round.sources)
        .chain(&round.current().sources)
        .chain(&talks.sources);
    with_sources(lines, sources)
}

/// The lines, and each source once.
fn with_sources<'a>(
    mut lines: Vec<String>,
    sources: impl IntoIterator<Item = &'a Source>,
) -> String {
    let mut cited = HashSet::new();
    let new = sources.into_iter().map(cite);
    lines.extend(new.filter(|line| cited.insert(line.clone())));
    lines.join("\n")
}
