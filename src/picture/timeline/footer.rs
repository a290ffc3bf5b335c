//! Draws what stands under the lanes: what was left out, the events by number, the key.

use super::{Sheet, Shown};
use crate::domain::{Level, OutcomeResult, RoundState, State};
use crate::picture::axis;
use crate::picture::font::drawable;
use crate::picture::marks;
use crate::picture::palette::Ink;
use crate::picture::svg::{Pen, Svg};
use crate::picture::text::Style;

const NOTE: Style = Style::regular(12.5);
const NUMBER: Style = Style::semibold(12.5);

/// Draws all of it.
pub(super) fn draw(sheet: &mut Sheet, shown: &Shown<'_>) {
    let left_out = [
        (shown.lanes.left_out, "deadline"),
        (shown.negotiations_left_out, "negotiation"),
    ];
    for (count, noun) in left_out {
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            let text = format!("And {count} more {noun}{plural} without room here");
            sheet.y += 20.0;
            sheet.write(&text, (sheet.frame.margin, sheet.y), NOTE, Ink::Text);
        }
    }
    sheet.y += 10.0;
    events(sheet, shown);
    key(sheet, shown);
}

/// The events by number, in columns where there is room.
fn events(sheet: &mut Sheet, shown: &Shown<'_>) {
    if shown.events.is_empty() {
        return;
    }
    let frame = sheet.frame;
    let columns: usize = if frame.is_wide { 2 } else { 1 };
    #[expect(clippy::cast_precision_loss, reason = "one or two")]
    let width = (frame.width - 2.0 * frame.margin) / columns as f64;
    let each = shown.events.len().div_ceil(columns);
    let top = sheet.y;
    let mut bottom = top;
    for (place, event) in shown.events.iter().enumerate() {
        if place % each == 0 {
            sheet.y = top;
        }
        #[expect(clippy::cast_precision_loss, reason = "one or two")]
        let left = frame.margin + width * (place / each) as f64;
        let number = (place + 1).to_string();
        let text = format!(
            "{} {}",
            axis::short(event.date.date()),
            drawable(&event.title)
        );
        let first = sheet.y + NOTE.leading();
        sheet.write(&number, (left, first), NUMBER, Ink::Text);
        for line in NOTE.wrap(&text, width - 40.0, 2) {
            sheet.y += NOTE.leading();
            sheet.write(&line, (left + 22.0, sheet.y), NOTE, Ink::Muted);
        }
        sheet.y += 3.0;
        bottom = bottom.max(sheet.y);
    }
    sheet.y = bottom + 12.0;
}

/// A sign of the key.
#[derive(Clone, Copy, Debug)]
enum Sign {
    State(State),
    Passed,
    Hop { is_law: bool },
    Law,
    Round(Level),
}

impl Sign {
    fn width(self) -> f64 {
        match self {
            Self::State(_) => 12.0,
            Self::Passed => 8.0,
            Self::Hop { .. } => 22.0,
            Self::Law => 6.0,
            Self::Round(_) => 10.0,
        }
    }

    /// Draws it from its left end on.
    fn draw(self, svg: &mut Svg, (x, y): (f64, f64)) {
        let middle = (x + self.width() / 2.0, y);
        match self {
            Self::State(state) => marks::state(svg, state, middle),
            Self::Passed => marks::passed(svg, middle),
            Self::Law => marks::law(svg, middle),
            Self::Round(level) => marks::round(svg, level, RoundState::Concluded, middle),
            Self::Hop { is_law } => {
                let (right, y) = (x + self.width(), y + 5.0);
                let data = format!("M{x:.1} {y:.1}A11 9 0 0 1 {right:.1} {y:.1}");
                let pen = Pen::new(Ink::Moved, 2.2).dashed(!is_law);
                svg.path(&data, None, Some(pen));
            }
        }
    }
}

/// What the signs mean: those that are in the picture.
fn key(sheet: &mut Sheet, shown: &Shown<'_>) {
    let frame = sheet.frame;
    let (mut x, mut y) = (frame.margin, sheet.y + 16.0);
    for (sign, meaning) in entries(shown) {
        let width = sign.width() + 6.0 + NOTE.width(meaning);
        if x > frame.margin && x + width > frame.width - frame.margin {
            x = frame.margin;
            y += 20.0;
        }
        sign.draw(&mut sheet.svg, (x, y - 4.2));
        sheet.write(meaning, (x + sign.width() + 6.0, y), NOTE, Ink::Muted);
        x += width + 18.0;
    }
    sheet.y = y + 6.0;
}

/// The signs that are in the picture, each with its meaning.
fn entries(shown: &Shown<'_>) -> Vec<(Sign, &'static str)> {
    use OutcomeResult::{Lapsed, Met, Moot, Superseded, Withdrawn};
    let lanes = &shown.lanes.shown;
    let has = |states: &[State]| {
        let mut lanes = lanes.iter();
        lanes.any(|lane| states.contains(&lane.status.state))
    };
    let has_moved = |is_law: bool| {
        let mut stops = lanes.iter().flat_map(|lane| lane.stops().split_off(1));
        stops.any(|stop| stop.is_law == is_law)
    };
    let has_round = |level| {
        let mut rounds = shown.negotiations.iter().flat_map(|talks| &talks.rounds);
        rounds.any(|round| round.level == level)
    };
    let has_law = lanes.iter().any(|lane| lane.status.law_due.is_some());
    let [met, lapsed, moot] = [Met, Lapsed, Moot].map(State::Ended);
    let set_aside = [Superseded, Moot, Withdrawn].map(State::Ended);
    let (by_law, in_words) = (Sign::Hop { is_law: true }, Sign::Hop { is_law: false });
    let awaiting = State::Awaiting;
    let (talks, summit, call) = (Level::Talks, Level::Summit, Level::Call);
    let all = [
        (
            has(&[State::Scheduled]),
            Sign::State(State::Scheduled),
            "due",
        ),
        (
            has(&[awaiting]),
            Sign::State(awaiting),
            "past due, no outcome known",
        ),
        (has(&[met]), Sign::State(met), "met"),
        (has(&[lapsed]), Sign::State(lapsed), "lapsed"),
        (
            has(&set_aside),
            Sign::State(moot),
            "superseded, moot or withdrawn",
        ),
        (
            has_moved(true) || has_moved(false),
            Sign::Passed,
            "date that did not hold",
        ),
        (has_moved(true), by_law, "moved by law"),
        (has_moved(false), in_words, "moved in words only, so far"),
        (has_law, Sign::Law, "still the law"),
        (has_round(talks), Sign::Round(talks), "talks"),
        (
            has_round(summit),
            Sign::Round(summit),
            "summit, hollow while ahead",
        ),
        (has_round(call), Sign::Round(call), "call"),
    ];
    let used = all.into_iter().filter(|(is_used, ..)| *is_used);
    used.map(|(_, sign, meaning)| (sign, meaning)).collect()
}
