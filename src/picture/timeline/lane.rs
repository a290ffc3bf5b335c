//! Draws one lane: the life of a deadline as a line, its extensions as arcs, its dates.

use super::Sheet;
use super::lanes::{Lane, Stop};
use crate::domain::{Deadline, Due, Move, OutcomeResult, Precision, State};
use crate::picture::axis::{self, Day};
use crate::picture::font::drawable;
use crate::picture::marks;
use crate::picture::palette::Ink;
use crate::picture::placing::{Area, Placing};
use crate::picture::svg::{Anchor, Label, Pen, Svg, number};
use crate::picture::text::Style;
use chrono::Datelike as _;

const DATE: Style = Style::semibold(12.5);
const PASSED: Style = Style::regular(12.0);

/// The highest arc.
const ARC_MAX: f64 = 19.0;

/// How many dates of one deadline are drawn, from the latest back.
const HOPS_MAX: usize = 40;

/// Draws a lane and moves the sheet's pen below it.
pub(super) fn draw(sheet: &mut Sheet, lane: &Lane<'_>) {
    let stops = lane.stops();
    let stops = &stops[stops.len().saturating_sub(HOPS_MAX)..];
    let has_moved = stops.len() > 1;
    let has_arc_below = stops
        .iter()
        .any(|stop| stop.moved == Some(Move::Shortening));
    let top = sheet.y;
    let (date, story) = (lane.date(), lane.story());
    let title = title(lane.deadline);
    sheet.svg.open(&format!("{title}: {date}, {story}"));
    let text_bottom = sheet.texts(&title, &story);
    let above = if has_moved { ARC_MAX + 4.0 } else { 9.0 };
    let base = if sheet.frame.is_wide {
        top
    } else {
        text_bottom
    } + above;
    let below = match (has_moved, has_arc_below) {
        (_, true) => 22.0 + ARC_MAX,
        (true, false) => 22.0,
        (false, false) => 9.0,
    };
    let drawing = Drawing {
        lane,
        stops,
        base,
        bottom: base + below,
        date,
    };
    drawing.life(sheet);
    drawing.hops(sheet);
    drawing.end(sheet);
    sheet.svg.close();
    sheet.y = text_bottom.max(base + below) + 7.0;
}

/// What a deadline is called.
fn title(deadline: &Deadline) -> String {
    let title = drawable(&deadline.title);
    match title.as_str() {
        "" | "…" => deadline.id.to_string(),
        _ => title,
    }
}

struct Drawing<'a> {
    lane: &'a Lane<'a>,
    stops: &'a [Stop<'a>],
    base: f64,
    bottom: f64,
    date: String,
}

impl Drawing<'_> {
    /// The day of the last mark: of the outcome, or the due.
    fn last_day(&self) -> Option<Day> {
        match &self.lane.deadline.outcome {
            Some(outcome) => Some(axis::of_when(&outcome.on)),
            None => axis::of_due(self.lane.status.due),
        }
    }

    /// The line from when it became known to when it is due or ended.
    fn life(&self, sheet: &mut Sheet) {
        let scale = sheet.scale;
        let announced = self.lane.deadline.steps[0].announced.as_ref();
        let from = announced.map_or(scale.from, |when| scale.at(axis::of_when(when)));
        let to = self.last_day().map_or(sheet.today, |day| scale.at(day));
        let pen = Pen::new(Ink::Life, 1.4);
        sheet.svg.line(&[(from, self.base), (to, self.base)], pen);
        let due = self.lane.status.due;
        let begins = due.begins().filter(|_| due.precision() > Precision::Day);
        if let (Some(begins), Some(day)) = (begins, axis::of_due(due)) {
            let from = scale.at(axis::of_instant(begins, due.zone()));
            let points = [(from, self.base), (scale.at(day), self.base)];
            sheet.svg.line(&points, Pen::new(Ink::Ahead, 4.0));
        }
    }

    /// An arc for each change of date, and a mark for each date that did not hold.
    fn hops(&self, sheet: &mut Sheet) {
        let scale = sheet.scale;
        for pair in self.stops.windows(2) {
            let [old, new] = pair else { continue };
            let (Some(from), Some(to)) = (axis::of_due(old.due), axis::of_due(new.due)) else {
                continue;
            };
            let (from, to) = (scale.at(from), scale.at(to));
            let is_hop = matches!(new.moved, Some(Move::Extension | Move::Shortening));
            if is_hop && (to - from).abs() >= 2.0 {
                arc(&mut sheet.svg, (from, to), self.base, !new.is_law);
            }
        }
        for (place, stop) in self.stops.iter().enumerate() {
            let is_law = |law: &Due| law.is_same(stop.due);
            let is_left =
                place + 1 < self.stops.len() && !self.lane.status.law_due.is_some_and(is_law);
            let day = axis::of_due(stop.due).filter(|day| scale.holds(*day));
            if let Some(day) = day.filter(|_| is_left) {
                marks::passed(&mut sheet.svg, (scale.at(day), self.base));
            }
        }
        let law = self.lane.status.law_due.and_then(axis::of_due);
        if let Some(day) = law.filter(|day| scale.holds(*day)) {
            marks::law(&mut sheet.svg, (scale.at(day), self.base));
        }
    }

    /// The mark of the state with its date, and the dates before it where there is room.
    fn end(&self, sheet: &mut Sheet) {
        let state = self.lane.status.state;
        let ink = match state {
            State::Scheduled | State::Tbd => Ink::Ahead,
            State::Awaiting => Ink::Moved,
            State::Ended(_) => Ink::Text,
        };
        let scale = sheet.scale;
        let x = self
            .last_day()
            .map_or(sheet.today + 14.0, |day| scale.at(day));
        let mut placing = self.placing(sheet);
        let beyond = self.last_day().filter(|day| !scale.holds(*day));
        let mut left_of = x;
        if let Some(day) = beyond {
            let is_later = day > scale.last;
            marks::beyond(&mut sheet.svg, ink, (x, self.base), is_later);
            if is_later {
                left_of = x - 14.0;
                marks::state(&mut sheet.svg, state, (left_of, self.base));
            }
        } else {
            marks::state(&mut sheet.svg, state, (x, self.base));
            self.unreached(sheet);
        }
        placing.block(around(left_of, self.base, marks::REACH + 1.0));
        placing.block(around(x, self.base, marks::REACH + 1.0));
        let gap = marks::REACH + 5.0;
        let (style, y) = (DATE, self.base + 4.2);
        let date = style.cut(&self.date, 190.0);
        let places = [
            (x + gap, y, Anchor::Start),
            (x, self.bottom - 4.0, Anchor::Middle),
            (left_of - gap, y, Anchor::End),
            (x + 4.0, self.bottom - 4.0, Anchor::End),
            (x - 4.0, self.bottom - 4.0, Anchor::Start),
        ];
        label(sheet, &mut placing, (&date, style, ink), &places);
        self.dates(sheet, &mut placing);
    }

    /// What no label may cover: the marks.
    fn placing(&self, sheet: &Sheet) -> Placing {
        let frame = &sheet.frame;
        let mut placing = Placing::within(Area {
            left: if frame.is_wide {
                sheet.scale.from - 6.0
            } else {
                frame.margin
            },
            top: self.base - ARC_MAX,
            right: frame.width - 2.0,
            bottom: self.bottom + 2.0,
        });
        let dues = self.stops.iter().map(|stop| stop.due);
        let dues = dues.chain(self.lane.status.law_due);
        for day in dues.filter_map(axis::of_due) {
            placing.block(around(sheet.scale.at(day), self.base, 4.5));
        }
        placing
    }

    /// The dates that did not hold: the first, then the others where there is room.
    fn dates(&self, sheet: &mut Sheet, placing: &mut Placing) {
        let last = self.stops.len() - 1;
        for (place, stop) in self.stops[..last].iter().enumerate() {
            let day = axis::of_due(stop.due).filter(|day| sheet.scale.holds(*day));
            let Some(day) = day else { continue };
            let x = sheet.scale.at(day);
            let y = self.bottom - 4.0;
            let (whole, short) = (axis::short_due(stop.due), without_year(stop.due));
            let is_law = self
                .lane
                .status
                .law_due
                .is_some_and(|law| law.is_same(stop.due));
            let ink = if is_law { Ink::Text } else { Ink::Muted };
            let places = [
                (x + 9.0, y, Anchor::End),
                (x, y, Anchor::Middle),
                (x - 5.0, y, Anchor::Start),
            ];
            // The year is said where it is another one.
            let before = place.checked_sub(1).map(|before| self.stops[before].due);
            let year = |due: &Due| due.date().map(|date| date.year());
            let is_new_year = before.and_then(year) != year(stop.due);
            let first = if place == 0 {
                &places[..]
            } else {
                &places[1..2]
            };
            if is_new_year && label(sheet, placing, (&whole, PASSED, ink), first) {
                continue;
            }
            label(sheet, placing, (&short, PASSED, ink), &places[1..2]);
        }
    }

    /// A due that lay ahead when it ended otherwise.
    fn unreached(&self, sheet: &mut Sheet) {
        let Some(outcome) = &self.lane.deadline.outcome else {
            return;
        };
        let day = axis::of_due(self.lane.status.due).filter(|day| sheet.scale.holds(*day));
        let Some(day) = day.filter(|_| outcome.result != OutcomeResult::Met) else {
            return;
        };
        let (from, to) = (
            sheet.scale.at(axis::of_when(&outcome.on)),
            sheet.scale.at(day),
        );
        if to - from > 2.0 * marks::REACH {
            let pen = Pen::new(Ink::Life, 1.4).dashed(true);
            sheet
                .svg
                .line(&[(from + marks::REACH, self.base), (to, self.base)], pen);
            marks::passed(&mut sheet.svg, (to, self.base));
        }
    }
}

/// A date without its year, which the arcs before it tell.
fn without_year(due: &Due) -> String {
    let date = due.date().map(|date| date.format("%-d %b").to_string());
    date.unwrap_or_default()
}

fn around(x: f64, y: f64, reach: f64) -> Area {
    Area {
        left: x - reach,
        top: y - reach,
        right: x + reach,
        bottom: y + reach,
    }
}

/// Writes a text at the first of its places that is free: if it can be, not across today's line.
fn label(
    sheet: &mut Sheet,
    placing: &mut Placing,
    (text, style, ink): (&str, Style, Ink),
    places: &[(f64, f64, Anchor)],
) -> bool {
    let labels = places.iter().map(|(x, y, anchor)| Label {
        text,
        x: *x,
        y: *y,
        anchor: *anchor,
        style,
        ink,
    });
    let mut labels: Vec<_> = labels.collect();
    let today = sheet.today;
    labels
        .sort_by_key(|label| (label.area().left - 2.0..=label.area().right + 2.0).contains(&today));
    let areas: Vec<_> = labels.iter().map(|label| [padded(label.area())]).collect();
    let chosen = placing.place(&areas);
    if let Some(place) = chosen {
        sheet.svg.clear_text(&labels[place]);
    }
    chosen.is_some()
}

/// A little air on both sides.
fn padded(area: Area) -> Area {
    Area {
        left: area.left - 2.0,
        right: area.right + 2.0,
        ..area
    }
}

/// An arc over the line for a date that was put off, under it for one that was brought forward.
fn arc(svg: &mut Svg, (from, to): (f64, f64), base: f64, is_dashed: bool) {
    let across = (to - from).abs() / 2.0;
    let high = (across * 0.8).clamp(4.0, ARC_MAX);
    let data = format!(
        "M{} {}A{} {} 0 0 1 {} {}",
        number(from),
        number(base),
        number(across),
        number(high),
        number(to),
        number(base)
    );
    svg.path(
        &data,
        None,
        Some(Pen::new(Ink::Moved, 2.2).dashed(is_dashed)),
    );
}
