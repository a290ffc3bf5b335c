//! Resolves computed dues: turns the entries of each deadline into its steps, bases first.

use super::dates::{Written, YEARS};
use super::deadlines::{Draft, Entry};
use super::problem::{Code, Problems};
use crate::domain::{
    Basis, Deadline, Due, Duration, Event, Id, Item, Moment, Origin, Outcome, Precision, Standing,
    Step, Timestamp,
};
use chrono::Datelike as _;
use std::collections::HashMap;
use std::ops::Range;

/// The deadline of a draft that counts from nothing.
pub(super) fn fixed(draft: Draft<'_>, problems: &mut Problems) -> Deadline {
    deadline(draft, |_| None, problems)
}

/// Puts the deadlines of drafts into their places among the items, where all that they count from
/// is or comes to be. Those that count from a cycle are left out.
pub(super) fn resolve(
    drafts: Vec<(usize, Draft<'_>)>,
    items: &mut [Option<Item>],
    problems: &mut Problems,
) {
    let ids = items
        .iter()
        .enumerate()
        .filter_map(|(place, item)| Some((item.as_ref()?.id(), place)));
    let own = drafts.iter().map(|(place, draft)| (&draft.id, *place));
    let places: HashMap<Id, usize> = ids.chain(own).map(|(id, at)| (id.clone(), at)).collect();
    let order = in_order(&drafts, problems);
    let mut drafts: Vec<_> = drafts.into_iter().map(Some).collect();
    for next in order {
        let Some((place, draft)) = drafts[next].take() else {
            continue;
        };
        let base = |id: &Id| match &items[*places.get(id)?] {
            Some(Item::Event(event)) => Some(Base::Event(event)),
            Some(Item::Deadline(deadline)) => Some(Base::Deadline(deadline)),
            _ => None,
        };
        let deadline = deadline(draft, base, problems);
        items[place] = Some(Item::Deadline(deadline));
    }
}

/// What a due counts from.
enum Base<'b> {
    Event(&'b Event),
    Deadline(&'b Deadline),
}

/// The drafts by their numbers, each after those it counts from. Reports cycles.
///
/// This is Kahn's algorithm: no recursion, so a long chain of computed dues is no danger.
fn in_order(drafts: &[(usize, Draft<'_>)], problems: &mut Problems) -> Vec<usize> {
    let numbers: HashMap<&Id, usize> = drafts
        .iter()
        .enumerate()
        .map(|(number, (_, draft))| (&draft.id, number))
        .collect();
    let mut bases_of: Vec<Vec<usize>> = Vec::with_capacity(drafts.len());
    let mut followers_of: Vec<Vec<usize>> = vec![Vec::new(); drafts.len()];
    for (number, (_, draft)) in drafts.iter().enumerate() {
        let bases: Vec<_> = bases(draft)
            .filter_map(|(id, _)| numbers.get(id).copied())
            .collect();
        for base in &bases {
            followers_of[*base].push(number);
        }
        bases_of.push(bases);
    }
    let order = peel(&bases_of, &followers_of, &vec![true; drafts.len()]);
    if order.len() == drafts.len() {
        return order;
    }
    // What is left is on a cycle, or counts from one. Peeled from the other end, only what is on
    // one is left (or between two): mending that mends the rest.
    let mut is_left = vec![true; drafts.len()];
    for number in &order {
        is_left[*number] = false;
    }
    for number in peel(&followers_of, &bases_of, &is_left) {
        is_left[number] = false;
    }
    for (_, (_, draft)) in drafts
        .iter()
        .enumerate()
        .filter(|(number, _)| is_left[*number])
    {
        for (id, span) in
            bases(draft).filter(|(id, _)| numbers.get(id).is_some_and(|base| is_left[*base]))
        {
            let message = if *id == draft.id {
                format!("the due of `{id}` counts from itself")
            } else {
                format!(
                    "the due of `{}` counts from `{id}`, which counts from it",
                    draft.id
                )
            };
            problems.add_with_help(
                Code::Cycle,
                span.clone(),
                message,
                "give one of them a date",
            );
        }
    }
    order
}

/// Takes away, again and again, what waits for nothing that is still there, and gives the order
/// in which it went. Only what `is_there` takes part.
fn peel(waits_for: &[Vec<usize>], awaited_by: &[Vec<usize>], is_there: &[bool]) -> Vec<usize> {
    let there = |number: &&usize| is_there[**number];
    let mut waiting: Vec<usize> = waits_for
        .iter()
        .map(|others| others.iter().filter(there).count())
        .collect();
    let mut gone: Vec<usize> = (0..waiting.len())
        .filter(|number| is_there[*number] && waiting[*number] == 0)
        .collect();
    let mut next = 0;
    while let Some(number) = gone.get(next).copied() {
        next += 1;
        for other in awaited_by[number].iter().filter(there) {
            waiting[*other] -= 1;
            if waiting[*other] == 0 {
                gone.push(*other);
            }
        }
    }
    gone
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
    let ended = outcome.as_deref().map(Outcome::known);
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
    fn of(&self, base: &Due, problems: &mut Problems) -> (Due, Box<Basis>) {
        let basis = |from| {
            Box::new(Basis {
                after: self.after.clone(),
                plus: self.plus,
                from,
            })
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
            let help = match base.precision() {
                Precision::Day => "count in days or more: `d`, `w`, `mo`, `y`",
                Precision::Month => "count in months or years: `mo`, `y`",
                _ => "count in years: `y`",
            };
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
        let waiting = Box::new(Basis {
            from: None,
            ..(*basis).clone()
        });
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
        for (place, step) in base.steps.iter().enumerate().skip(before) {
            let Some(known) = step.known() else { continue };
            if until.is_some_and(|until| known >= until)
                || self.ended.is_some_and(|end| known > end)
            {
                break;
            }
            let (due, basis) = sum.of(&step.due, problems);
            let origin = match &step.origin {
                Origin::Base { root, step } => Origin::Base {
                    root: root.clone(),
                    step: *step,
                },
                _ => Origin::Base {
                    root: base.id.clone(),
                    step: place,
                },
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
                origin,
            });
        }
    }

    /// Adds what is written on the deadline, and warns if it says nothing new.
    fn push_written(
        &mut self,
        entry: &Entry<'_>,
        due: Due,
        basis: Option<Box<Basis>>,
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

    fn written(
        &self,
        entry: &Entry<'_>,
        due: Due,
        basis: Option<Box<Basis>>,
        origin: Origin,
    ) -> Step {
        let (inherited, inherited_instrument) = match self.steps.last() {
            Some(last) if entry.is_correction => (self.standing(), last.instrument.clone()),
            _ => (Standing::default(), None),
        };
        Step {
            due,
            announced: entry.announced.clone(),
            instrument: entry.instrument.clone().or(inherited_instrument),
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
