//! The slip chart of one deadline, which project managers know as milestone trend analysis: when
//! each due was announced from left to right, what it was from bottom to top.
//!
//! A due that holds is a level line which runs into the diagonal: there the day has come. Each
//! extension is a step up. A deadline that is put off at the last moment climbs the diagonal.

mod labels;
mod plot;

use super::axis::{self, Day};
use super::font::drawable;
use super::palette::Ink;
use super::svg::{Anchor, Label, Pen, Svg};
use super::text::Style;
use super::{Options, Picture};
use crate::domain::{Deadline, Due, Position, State, Timestamp, words};
use plot::Plot;

const HEADLINE: Style = Style::semibold(20.0);
const SUMMARY: Style = Style::regular(13.5);
const NOTE: Style = Style::regular(12.5);

/// How many steps are drawn: the first, and the latest.
const STEPS_MAX: usize = 60;

/// How many steps without room in the plot are listed under it.
const LISTED_MAX: usize = 12;

/// The level part of a stair: a due from when it was announced until the next one.
#[derive(Clone, Debug)]
struct Tread<'a> {
    position: &'a Position<'a>,
    /// When it was announced; none if it has been known always.
    from: Option<Day>,
    /// Until when it counted.
    to: Day,
    /// The due; none while it is not set.
    due: Option<Day>,
    /// The days that it is later than the one before, if it moved.
    days: Option<i64>,
}

impl Tread<'_> {
    fn is_law(&self) -> bool {
        self.position.standing.is_law()
    }

    /// What it says first: its date and how far that is from the one before.
    fn date(&self) -> String {
        let date = axis::short_due(self.position.due);
        match self.days {
            Some(0) | None => date,
            Some(days) => format!("{date}, {}{} days", sign(days), days.abs()),
        }
    }

    /// What it says next: the instrument that set it.
    fn instrument(&self) -> String {
        drawable(self.position.instrument.unwrap_or_default())
    }
}

fn sign(days: i64) -> char {
    if days < 0 { '−' } else { '+' }
}

/// Draws the slip chart.
pub(super) fn draw(deadline: &Deadline, options: Options, now: Timestamp) -> Picture {
    let chain = deadline.chain();
    let today = axis::of_instant(now, deadline.zone);
    let ended = deadline.outcome.as_ref();
    let end = ended.map_or(today, |outcome| axis::of_when(&outcome.on));
    let (treads, left_out) = treads(chain.positions(), end);
    let width = options.width();
    let margin = if width < 480.0 { 12.0 } else { 18.0 };
    let mut svg = Svg::new(options.theme);
    let title = match drawable(&deadline.title) {
        empty if empty.is_empty() || empty == "…" => deadline.id.to_string(),
        title => title,
    };
    let summary = summary(deadline, now);
    let mut y = margin;
    for (text, style, ink) in [
        (&title, HEADLINE, Ink::Text),
        (&summary, SUMMARY, Ink::Muted),
    ] {
        y = paragraph(
            &mut svg,
            text,
            (margin, y),
            width - 2.0 * margin,
            (style, ink),
        );
        y += 3.0;
    }
    let status = deadline.status(now);
    let mut plot = Plot::new(
        &treads,
        status.due,
        (margin, y + 10.0),
        width,
        (end, ended.is_none()),
    );
    plot.draw(&mut svg, &treads, status.law_due);
    let unlabelled = labels::draw(&mut plot, &mut svg, &treads, deadline, &status);
    labels::diagonal(&mut plot, &mut svg);
    plot.name_today(&mut svg, &axis::short(deadline.zone.date(now)));
    y = plot.bottom() + 8.0;
    let has_words = treads.iter().any(|tread| !tread.is_law());
    let notes = notes(&unlabelled, left_out, status.law_due, has_words);
    for note in &notes {
        let ink = Ink::Muted;
        y = paragraph(
            &mut svg,
            note,
            (margin, y),
            width - 2.0 * margin,
            (NOTE, ink),
        );
    }
    let words = spoken_words(&summary, &treads, left_out);
    let size = (width, (y + margin).ceil());
    let name = format!("docket-slip-{}", deadline.id);
    svg.finish(size, &name, title, words)
}

/// The treads of a chain until `end`, and how many were left out between the first and the others.
fn treads<'a>(positions: &'a [Position<'a>], end: Day) -> (Vec<Tread<'a>>, usize) {
    let announced = |position: &Position<'_>| {
        let announced = position.set_by.announced.as_ref();
        announced.map(axis::of_when)
    };
    let tos = positions
        .iter()
        .skip(1)
        .map(|next| announced(next).unwrap_or(end));
    let olds = std::iter::once(None).chain(positions.iter().map(Some));
    let all = positions.iter().zip(tos.chain([end])).zip(olds);
    let mut treads: Vec<_> = all
        .map(|((position, to), old)| Tread {
            position,
            from: announced(position),
            to,
            due: axis::of_due(position.due),
            days: old.and_then(|old| crate::domain::days_between(old.due, position.due)),
        })
        .collect();
    let left_out = treads.len().saturating_sub(STEPS_MAX);
    treads.drain(1..=left_out);
    (treads, left_out)
}

/// The deadline in a line: what happened, and as of when.
fn summary(deadline: &Deadline, now: Timestamp) -> String {
    let status = deadline.status(now);
    let first = deadline.steps[0].announced.as_ref();
    let due = axis::short_due;
    let mut text = match (status.extensions, status.slipped_days) {
        (0, _) => format!("Due {}, not extended", due(status.due)),
        (count, Some(days)) => format!(
            "Extended {}, from {} to {}: {} days in all",
            words::times(count),
            due(status.first_due),
            due(status.due),
            format_args!("{}{}", sign(days), days.abs()),
        ),
        (count, None) => format!("Extended {}", words::times(count)),
    };
    if status.state == State::Tbd && status.extensions == 0 {
        "No date has been set".clone_into(&mut text);
    }
    if let Some(outcome) = &deadline.outcome {
        let (word, on) = (outcome.result.word(), words::date(outcome.on.date()));
        text.push_str(&format!(". Ended: {word} on {on}."));
        return text;
    }
    match (status.state, status.days_left) {
        (State::Awaiting, Some(days)) => {
            let past = words::days_past(-days);
            text.push_str(&format!(". No outcome known, {past}"));
        }
        (_, Some(days)) => text.push_str(&format!(". {}", words::days_left(days))),
        (_, None) => {}
    }
    if first.is_some() {
        let date = deadline.zone.date(now);
        text.push_str(&format!(", as of {}", words::date(date)));
    }
    text + "."
}

/// What stands under the plot: how to read it, and what had no room in it.
fn notes(
    unlabelled: &[String],
    left_out: usize,
    law: Option<&Due>,
    has_words: bool,
) -> Vec<String> {
    let mut notes = vec![
        "A level line is a date that holds; where it meets the diagonal, the day has come."
            .to_owned(),
    ];
    if has_words {
        notes.push("Dashed: a date in words only, not law yet.".to_owned());
    }
    if let Some(law) = law {
        notes.push(format!("The law still says {}.", axis::short_due(law)));
    }
    notes.extend(unlabelled.iter().take(LISTED_MAX).cloned());
    let more = left_out + unlabelled.len().saturating_sub(LISTED_MAX);
    if more > 0 {
        notes.push(format!("And {more} more without room here."));
    }
    notes
}

/// Writes a paragraph and says where it ends.
fn paragraph(
    svg: &mut Svg,
    text: &str,
    (x, mut y): (f64, f64),
    width: f64,
    (style, ink): (Style, Ink),
) -> f64 {
    for line in style.wrap(text, width, 3) {
        y += style.leading();
        svg.text(&Label {
            text: &line,
            x,
            y: y - 4.0,
            anchor: Anchor::Start,
            style,
            ink,
        });
    }
    y
}

/// What the picture says, for those who cannot see it.
fn spoken_words(summary: &str, treads: &[Tread<'_>], left_out: usize) -> String {
    let mut words = summary.to_owned();
    for tread in treads {
        let announced = tread.position.set_by.announced.as_ref();
        let when = announced.map_or("From the beginning".to_owned(), |when| {
            words::date(when.date())
        });
        words.push_str(&format!(" {when}: due {}", tread.date()));
        let instrument = super::font::spoken(tread.position.instrument.unwrap_or_default());
        if !instrument.is_empty() {
            words.push_str(&format!(" by {instrument}"));
        }
        words.push_str(&format!(" ({}).", tread.position.standing));
    }
    if left_out > 0 {
        words.push_str(&format!(" And {left_out} more."));
    }
    words
}
