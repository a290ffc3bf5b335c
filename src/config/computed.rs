//! Resolves computed dues: turns the entries of each deadline into its steps, bases first.

use super::dates::{Written, YEARS};
use super::deadlines::{Draft, Entry};
use super::problem::{Code, Problems};
use crate::domain::{
    Basis, Deadline, Due, Duration, Event, Id, Moment, Origin, Outcome, Standing, Step, Timestamp,
};
use chrono::Datelike as _;
use std::collections::HashMap;
use std::ops::Range;

/// The deadlines of the drafts, in their order. Those of a cycle are left out.
pub(super) fn resolve(
    drafts: Vec<Draft<'_>>,
    events: &HashMap<Id, Event>,
    problems: &mut Problems,
) -> Vec<Option<Deadline>> {
    let places: HashMap<Id, usize> = drafts
        .iter()
        .enumerate()
        .map(|(place, draft)| (draft.id.clone(), place))
        .collect();
    let mut done: Vec<Option<Deadline>> = drafts.iter().map(|_| None).collect();
    let order = in_order(&drafts, &places, problems);
    let mut drafts: Vec<_> = drafts.into_iter().map(Some).collect();
    for place in order {
        let Some(draft) = drafts[place].take() else {
            continue;
        };
        let base = |id: &Id| match (events.get(id), places.get(id)) {
            (Some(event), _) => Some(Base::Event(event)),
            (None, Some(place)) => done[*place].as_ref().map(Base::Deadline),
            (None, None) => None,
        };
        let deadline = deadline(draft, base, problems);
        done[place] = Some(deadline);
    }
    done
}

/// What a due counts from.
enum Base<'b> {
    Event(&'b Event),
    Deadline(&'b Deadline),
}

/// The places of the drafts, each after those it counts from. Reports cycles.
fn in_order(
    drafts: &[Draft<'_>],
    places: &HashMap<Id, usize>,
    problems: &mut Problems,
) -> Vec<usize> {
    // Kahn's algorithm: no recursion, so a long chain of computed dues is no danger.
    let mut waits_for = vec![0_usize; drafts.len()];
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); drafts.len()];
    for (place, draft) in drafts.iter().enumerate() {
        for base in bases(draft).filter_map(|(id, _)| places.get(id)) {
            waits_for[place] += 1;
            followers[*base].push(place);
        }
    }
    let mut order: Vec<usize> = (0..drafts.len())
        .filter(|place| waits_for[*place] == 0)
        .collect();
    let mut next = 0;
    while let Some(place) = order.get(next).copied() {
        next += 1;
        for follower in &followers[place] {
            waits_for[*follower] -= 1;
            if waits_for[*follower] == 0 {
                order.push(*follower);
            }
        }
    }
    for (place, draft) in drafts.iter().enumerate() {
        if waits_for[place] == 0 || !is_on_cycle(place, drafts, places, &waits_for) {
            continue;
        }
        for (id, span) in
            bases(draft).filter(|(id, _)| places.get(*id).is_some_and(|base| waits_for[*base] > 0))
        {
            let message = if *id == draft.id {
                format!("the due of `{id}` counts from itself")
            } else {
                format!(
                    "the due of `{}` counts from `{id}`, which counts from it",
                    draft.id
                )
            };
            let help = "give one of them a date";
            problems.add_with_help(Code::Cycle, span.clone(), message, help);
        }
    }
    order
}

/// Whether following bases from a draft leads back to it. What merely counts from a cycle is left
/// out of the report: mending the cycle mends it.
fn is_on_cycle(
    start: usize,
    drafts: &[Draft<'_>],
    places: &HashMap<Id, usize>,
    waits_for: &[usize],
) -> bool {
    // A cycle longer than this is reported as one that is.
    const LOOKED_AT_MAX: usize = 1_000;
    let mut seen = vec![start];
    let mut next = 0;
    while let Some(place) = seen.get(next).copied() {
        next += 1;
        for base in bases(&drafts[place]).filter_map(|(id, _)| places.get(id)) {
            if *base == start || seen.len() > LOOKED_AT_MAX {
                return true;
            }
            if waits_for[*base] > 0 && !seen.contains(base) {
                seen.push(*base);
            }
        }
    }
    false
}

fn bases<'d>(draft: &'d Draft<'_>) -> impl Iterator<Item = (&'d Id, &'d Range<usize>)> {
    draft.entries.iter().filter_map(|entry| match &entry.due {
        Written::Computed {
            after, after_span, ..
        } => Some((after, after_span)),
        Written::Fixed(_) => None,
    })
}

fn deadline<'b>(
    draft: Draft<'_>,
    base: impl Fn(&Id) -> Option<Base<'b>>,
    problems: &mut Problems,
) -> Deadline {
    let Draft {
        entries,
        outcome,
        zone,
        ..
    } = draft;
    let ended = outcome.as_ref().map(Outcome::known);
    let mut steps = Steps {
        steps: Vec::with_capacity(entries.len()),
        ended,
    };
    let until: Vec<_> = entries.iter().skip(1).map(Entry::known).collect();
    for (entry, until) in entries.into_iter().zip(until.into_iter().chain([None])) {
        match &entry.due {
            Written::Fixed(due) => {
                let due = *due;
                steps.push_written(&entry, due, None, Origin::Written, problems);
            }
            Written::Computed {
                after,
                plus,
                plus_span,
                ..
            } => {
                let (plus, plus_span) = (*plus, plus_span.clone());
                let sum = Sum {
                    after: after.clone(),
                    plus,
                    plus_span,
                };
                match base(after) {
                    Some(Base::Event(event)) => {
                        steps.count_from_event(&entry, &sum, event, until, problems);
                    }
                    Some(Base::Deadline(base)) => {
                        steps.count_from_deadline(&entry, &sum, base, until, problems);
                    }
                    // Its base is part of a cycle, which has been reported.
                    None => {
                        let tbd = Due::new(Moment::Tbd, zone);
                        steps.push_written(&entry, tbd, None, Origin::Written, problems);
                    }
                }
            }
        }
    }
    Deadline {
        id: draft.id,
        title: draft.title,
        summary: draft.summary,
        topics: draft.topics,
        parties: draft.parties,
        importance: draft.importance,
        zone,
        if_lapses: draft.if_lapses,
        decided_by: draft.decided_by,
        sources: draft.sources,
        steps: steps.steps,
        outcome,
    }
}

/// `{ after = …, plus = … }`.
struct Sum {
    after: Id,
    plus: Duration,
    plus_span: Range<usize>,
}

impl Sum {
    /// The due that comes of a due of the base.
    fn of(&self, base: &Due, problems: &mut Problems) -> (Due, Basis) {
        let basis = |from| Basis {
            after: self.after.clone(),
            plus: self.plus,
            from,
        };
        let tbd = Due::new(Moment::Tbd, base.zone());
        if base.at().is_none() {
            return (tbd, basis(None));
        }
        if self.plus.finest_unit() < base.precision() {
            let message = format!(
                "`{}` is finer than a {}, which is all that is known of `{}`",
                self.plus,
                base.precision(),
                self.after
            );
            let help = format!("count in units of a {} or more", base.precision());
            problems.add_with_help(Code::TooFine, self.plus_span.clone(), message, help);
            return (tbd, basis(Some(*base)));
        }
        let due = base.plus(self.plus);
        let year = due.date().map_or(*YEARS.end(), |date| date.year());
        if !YEARS.contains(&year) {
            let message = format!("this adds up to the year {year}");
            let help = format!("years go from {} to {}", YEARS.start(), YEARS.end());
            problems.add_with_help(Code::YearOutOfRange, self.plus_span.clone(), message, help);
            return (tbd, basis(Some(*base)));
        }
        (due, basis(Some(*base)))
    }
}

/// The steps of one deadline as they come about.
struct Steps {
    steps: Vec<Step>,
    ended: Option<Timestamp>,
}

impl Steps {
    fn count_from_event(
        &mut self,
        entry: &Entry<'_>,
        sum: &Sum,
        event: &Event,
        until: Option<Timestamp>,
        problems: &mut Problems,
    ) {
        let (due, basis) = sum.of(&event.due(), problems);
        let known = event.known();
        if entry
            .known()
            .is_some_and(|entry_known| known <= entry_known)
        {
            self.push_written(entry, due, Some(basis), Origin::Written, problems);
            return;
        }
        let tbd = Due::new(Moment::Tbd, event.zone);
        let waiting = Basis {
            from: None,
            ..basis.clone()
        };
        self.push_written(entry, tbd, Some(waiting), Origin::Written, problems);
        if until.is_none_or(|until| known < until) && self.ended.is_none_or(|end| known <= end) {
            let announced = event.announced.as_ref().unwrap_or(&event.date).clone();
            self.steps.push(Step {
                announced: Some(announced),
                is_correction: false,
                ..self.written(entry, due, Some(basis), Origin::Event)
            });
        }
    }

    fn count_from_deadline(
        &mut self,
        entry: &Entry<'_>,
        sum: &Sum,
        base: &Deadline,
        until: Option<Timestamp>,
        problems: &mut Problems,
    ) {
        let is_before = |step: &&Step| {
            step.known()
                .is_none_or(|known| entry.known() >= Some(known))
        };
        let before = base.steps.iter().take_while(is_before).count();
        let base_zone = base.steps[0].due.zone();
        let tbd = Due::new(Moment::Tbd, base_zone);
        let from = before
            .checked_sub(1)
            .map_or(tbd, |last| base.steps[last].due);
        let (due, basis) = sum.of(&from, problems);
        self.push_written(entry, due, Some(basis), Origin::Written, problems);
        for step in &base.steps[before..] {
            let Some(known) = step.known() else { continue };
            if until.is_some_and(|until| known >= until)
                || self.ended.is_some_and(|end| known > end)
            {
                break;
            }
            let (due, basis) = sum.of(&step.due, problems);
            let root = match &step.origin {
                Origin::Base(root) => root.clone(),
                _ => base.id.clone(),
            };
            self.steps.push(Step {
                due,
                announced: step.announced.clone(),
                instrument: step.instrument.clone(),
                standing: step.standing,
                is_correction: step.is_correction,
                note: None,
                sources: step.sources.clone(),
                basis: Some(basis),
                origin: Origin::Base(root),
            });
        }
    }

    /// Adds what is written on the deadline, and warns if it says nothing new.
    fn push_written(
        &mut self,
        entry: &Entry<'_>,
        due: Due,
        basis: Option<Basis>,
        origin: Origin,
        problems: &mut Problems,
    ) {
        let step = self.written(entry, due, basis, origin);
        let repeats = !step.is_correction
            && self.steps.last().is_some_and(|last| {
                last.due.is_same(&step.due) && step.standing <= self.standing()
            });
        if repeats {
            problems.add_with_help(
                Code::Repeats,
                entry.due_span(),
                "the same due as before, and no more official: nothing will be posted",
                "delete the revision, raise its `standing`, or mend its `due`",
            );
        }
        self.steps.push(step);
    }

    fn written(&self, entry: &Entry<'_>, due: Due, basis: Option<Basis>, origin: Origin) -> Step {
        let inherited = if entry.is_correction {
            self.standing()
        } else {
            Standing::default()
        };
        Step {
            due,
            announced: entry.announced.clone(),
            instrument: entry.instrument.clone(),
            standing: entry.standing.unwrap_or(inherited),
            is_correction: entry.is_correction,
            note: entry.note.clone(),
            sources: entry.sources.clone(),
            basis,
            origin,
        }
    }

    /// How official the current due has become.
    fn standing(&self) -> Standing {
        let mut steps = self.steps.iter().rev();
        let Some(last) = steps.next() else {
            return Standing::default();
        };
        if last.is_correction {
            return last.standing;
        }
        // Confirmations raise the standing of the due, repetitions leave it.
        let mut standing = last.standing;
        for before in steps.take_while(|before| before.due.is_same(&last.due)) {
            standing = standing.max(before.standing);
        }
        standing
    }
}
