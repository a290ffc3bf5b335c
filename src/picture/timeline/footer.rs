//! Draws what stands under the lanes: what was left out, the events by number, the key.

use super::lanes::group;
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

/// An entry of the key: how its sign is drawn from its left end, how wide that is, what it means.
type Entry = (fn(&mut Svg, (f64, f64)), f64, &'static str);

/// What the signs mean: those that are in the picture.
fn key(sheet: &mut Sheet, shown: &Shown<'_>) {
    let frame = sheet.frame;
    let (mut x, mut y) = (frame.margin, sheet.y + 16.0);
    for (sign, sign_width, meaning) in entries(shown) {
        let width = sign_width + 6.0 + NOTE.width(meaning);
        if x > frame.margin && x + width > frame.width - frame.margin {
            x = frame.margin;
            y += 20.0;
        }
        sign(&mut sheet.svg, (x, y - 4.2));
        sheet.write(meaning, (x + sign_width + 6.0, y), NOTE, Ink::Muted);
        x += width + 18.0;
    }
    sheet.y = y + 6.0;
}

fn entries(shown: &Shown<'_>) -> Vec<Entry> {
    let lanes = &shown.lanes.shown;
    let has = |state: State| lanes.iter().any(|lane| lane.status.state == state);
    let set_aside = [
        OutcomeResult::Superseded,
        OutcomeResult::Moot,
        OutcomeResult::Withdrawn,
    ];
    let has_moved = |is_law: bool| {
        let mut stops = lanes.iter().flat_map(|lane| lane.stops().split_off(1));
        stops.any(|stop| stop.is_law == is_law)
    };
    let has_round = |level| {
        let mut rounds = shown.negotiations.iter().flat_map(|talks| &talks.rounds);
        rounds.any(|round| round.level == level)
    };
    let all: [(bool, Entry); 11] = [
        (
            has(State::Scheduled),
            (
                |svg, (x, y)| marks::state(svg, State::Scheduled, (x + 6.0, y)),
                12.0,
                "due",
            ),
        ),
        (
            lanes.iter().any(|lane| group(lane.status.state) == 1),
            (
                |svg, (x, y)| marks::state(svg, State::Awaiting, (x + 6.0, y)),
                12.0,
                "past due, no outcome known",
            ),
        ),
        (
            has(State::Ended(OutcomeResult::Met)),
            (
                |svg, (x, y)| marks::state(svg, State::Ended(OutcomeResult::Met), (x + 6.0, y)),
                12.0,
                "met",
            ),
        ),
        (
            has(State::Ended(OutcomeResult::Lapsed)),
            (
                |svg, (x, y)| marks::state(svg, State::Ended(OutcomeResult::Lapsed), (x + 6.0, y)),
                12.0,
                "lapsed",
            ),
        ),
        (
            set_aside
                .into_iter()
                .any(|result| has(State::Ended(result))),
            (
                |svg, (x, y)| marks::state(svg, State::Ended(OutcomeResult::Moot), (x + 6.0, y)),
                12.0,
                "superseded, moot or withdrawn",
            ),
        ),
        (
            shown.lanes.extended > 0,
            (
                |svg, (x, y)| marks::passed(svg, (x + 4.0, y)),
                8.0,
                "date that did not hold",
            ),
        ),
        (
            has_moved(true),
            (|svg, at| hop(svg, at, false), 22.0, "moved by law"),
        ),
        (
            has_moved(false),
            (
                |svg, at| hop(svg, at, true),
                22.0,
                "moved in words only, so far",
            ),
        ),
        (
            lanes.iter().any(|lane| lane.status.law_due.is_some()),
            (
                |svg, (x, y)| marks::law(svg, (x + 3.0, y)),
                6.0,
                "still the law",
            ),
        ),
        (
            has_round(Level::Talks),
            (
                |svg, (x, y)| marks::round(svg, Level::Talks, RoundState::Concluded, (x + 5.0, y)),
                10.0,
                "talks",
            ),
        ),
        (
            has_round(Level::Summit),
            (
                |svg, (x, y)| marks::round(svg, Level::Summit, RoundState::Concluded, (x + 5.0, y)),
                10.0,
                "summit, hollow while ahead",
            ),
        ),
    ];
    let used = all.into_iter().filter(|(is_used, _)| *is_used);
    used.map(|(_, entry)| entry).collect()
}

/// An arc as over a lane.
fn hop(svg: &mut Svg, (x, y): (f64, f64), is_dashed: bool) {
    let (left, right, y) = (x, x + 22.0, y + 5.0);
    let data = format!("M{left:.1} {y:.1}A11 9 0 0 1 {right:.1} {y:.1}");
    svg.path(
        &data,
        None,
        Some(Pen::new(Ink::Moved, 2.2).dashed(is_dashed)),
    );
}
