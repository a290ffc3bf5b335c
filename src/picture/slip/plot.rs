//! The plot of a slip chart: its axes, its diagonal, and the line that climbs.

use super::Tread;
use crate::domain::Due;
use crate::picture::axis::{self, Day, Scale};
use crate::picture::marks;
use crate::picture::palette::Ink;
use crate::picture::placing::{Area, Placing};
use crate::picture::svg::{Anchor, Label, Pen, Svg};
use crate::picture::text::Style;

const TICK: Style = Style::regular(12.0);
const TODAY: Style = Style::semibold(12.5);

/// How much room the names of days have at the left.
const GUTTER: f64 = 42.0;

/// Where things lie, and what is taken by lines and labels.
#[derive(Debug)]
pub(super) struct Plot {
    area: Area,
    pub(super) x: Scale,
    pub(super) y: Scale,
    /// Where a due lies that is not set; none if there is none.
    unset: Option<f64>,
    /// Today, if that is on the paper.
    today: Option<f64>,
    pub(super) placing: Placing,
}

impl Plot {
    /// A plot that holds all treads; their last one runs to `end`, which may be today.
    pub(super) fn new(
        treads: &[Tread<'_>],
        due: &Due,
        (left, top): (f64, f64),
        width: f64,
        (end, is_open): (Day, bool),
    ) -> Self {
        let has_unset = treads.iter().any(|tread| tread.due.is_none());
        let height = (width * 0.56).clamp(280.0, 520.0);
        let area = Area {
            left: left + GUTTER,
            top: top + 18.0,
            right: width - left,
            bottom: top + 18.0 + height,
        };
        let (first, last) = across(treads, due, (end, is_open));
        let (lowest, highest) = upwards(treads, end);
        let x = Scale {
            first,
            last,
            from: area.left,
            to: area.right,
        };
        let unset = has_unset.then_some(area.top + 12.0);
        let y = Scale {
            first: lowest,
            last: highest,
            from: area.bottom,
            to: area.top + if has_unset { 34.0 } else { 0.0 },
        };
        Self {
            area,
            x,
            y,
            unset,
            today: is_open.then(|| x.at(end)),
            placing: Placing::within(Area {
                left: area.left,
                top: area.top - 6.0,
                right: area.right,
                bottom: area.bottom - 2.0,
            }),
        }
    }

    /// Where it ends, with the names of the days.
    pub(super) fn bottom(&self) -> f64 {
        self.area.bottom + 38.0
    }

    /// How wide a label may be.
    pub(super) fn label_width(&self) -> f64 {
        ((self.area.right - self.area.left) * 0.45).min(230.0)
    }

    /// How high a tread lies.
    pub(super) fn height(&self, tread: &Tread<'_>) -> f64 {
        let unset = self.unset.unwrap_or(self.area.top);
        tread.due.map_or(unset, |due| self.y.at(due))
    }

    /// From where to where a tread goes.
    pub(super) fn reach(&self, tread: &Tread<'_>) -> (f64, f64) {
        let from = tread.from.map_or(self.area.left, |day| self.x.at(day));
        (from, self.x.at(tread.to).max(from))
    }

    /// Whether a label would lie on today's line.
    pub(super) fn is_on_today(&self, area: &Area) -> bool {
        let today = self.today;
        today.is_some_and(|x| (area.left - 2.0..=area.right + 2.0).contains(&x))
    }

    /// Draws all lines. What they cover is taken.
    pub(super) fn draw(&mut self, svg: &mut Svg, treads: &[Tread<'_>], law: Option<&Due>) {
        self.diagonal(svg);
        self.grid(svg);
        self.law(svg, treads, law);
        for pair in treads.windows(2) {
            let [old, new] = pair else { continue };
            let (x, _) = self.reach(new);
            let (from, to) = (self.height(old), self.height(new));
            let pen = Pen::new(Ink::Moved, 2.2).dashed(!new.is_law());
            svg.line(&[(x, from), (x, to)], pen);
            self.take((x, from.min(to)), (x, from.max(to)));
        }
        for (place, tread) in treads.iter().enumerate() {
            let ((from, to), y) = (self.reach(tread), self.height(tread));
            let is_last = place + 1 == treads.len() && self.today.is_some();
            let ink = if is_last { Ink::Ahead } else { Ink::Text };
            svg.line(
                &[(from, y), (to, y)],
                Pen::new(ink, 2.8).dashed(!tread.is_law()),
            );
            self.take((from, y), (to, y));
            if place > 0 {
                marks::passed(svg, (from, y));
            }
        }
    }

    /// Takes the box between two points and a little around it.
    fn take(&mut self, (left, top): (f64, f64), (right, bottom): (f64, f64)) {
        self.placing.block(Area {
            left: left - 2.5,
            top: top - 2.5,
            right: right + 2.5,
            bottom: bottom + 2.5,
        });
    }

    fn grid(&self, svg: &mut Svg) {
        let Area {
            left,
            top,
            right,
            bottom,
        } = self.area;
        let mut write = |text: &str, (x, y): (f64, f64), anchor, (style, ink): (Style, Ink)| {
            svg.text(&Label {
                text,
                x,
                y,
                anchor,
                style,
                ink,
            });
        };
        let note = (TICK, Ink::Muted);
        write(
            "Due date ↑",
            (left - GUTTER, top - 12.0),
            Anchor::Start,
            note,
        );
        write(
            "When it was set →",
            (right, bottom + 34.0),
            Anchor::End,
            note,
        );
        let year = (Style::semibold(12.0), Ink::Text);
        let style = |is_year: bool| if is_year { year } else { note };
        for tick in self.x.ticks(44.0) {
            let x = self.x.at(tick.day);
            if x + 16.0 < right && x - 16.0 > left {
                let at = (x, bottom + 17.0);
                write(&tick.label, at, Anchor::Middle, style(tick.is_year));
            }
        }
        let ticks = self.y.ticks(38.0);
        for tick in &ticks {
            let y = self.y.at(tick.day);
            if y - 4.0 > top && TICK.width(&tick.label) <= GUTTER - 4.0 {
                write(
                    &tick.label,
                    (left - 6.0, y + 4.0),
                    Anchor::End,
                    style(tick.is_year),
                );
            }
        }
        for tick in self.x.ticks(44.0) {
            let x = self.x.at(tick.day);
            svg.line(&[(x, self.y.to), (x, bottom)], Pen::new(Ink::Rule, 0.9));
        }
        for tick in &ticks {
            let y = self.y.at(tick.day);
            svg.line(&[(left, y), (right, y)], Pen::new(Ink::Rule, 0.9));
        }
        svg.line(&[(left, bottom), (right, bottom)], Pen::new(Ink::Life, 1.0));
    }

    /// The line on which the day has come, and today.
    fn diagonal(&mut self, svg: &mut Svg) {
        let first = self.x.first.max(self.y.first);
        let last = self.x.last.min(self.y.last);
        if first < last {
            let (across, up) = (self.x, self.y);
            let at = |day: Day| (across.at(day), up.at(day));
            let (from, to) = (at(first), at(last));
            let (right, bottom) = (self.area.right, self.area.bottom);
            let corners = [from, to, (right, to.1), (right, bottom), (from.0, bottom)];
            svg.area(&corners, Ink::Shade);
            svg.line(&[from, to], Pen::new(Ink::Life, 1.2));
            // A slanting line has no box of its own: it is taken in short pieces.
            let pieces = 80;
            for piece in 0..=pieces {
                let share = f64::from(piece) / f64::from(pieces);
                let (x, y) = at(first + (last - first) * share);
                self.take((x, y), (x, y));
            }
        }
        if let Some(today) = self.today {
            let (top, bottom) = (self.area.top, self.area.bottom);
            svg.line(&[(today, top), (today, bottom)], Pen::new(Ink::Ahead, 1.2));
        }
    }

    /// Names today over its line.
    pub(super) fn name_today(&self, svg: &mut Svg, date: &str) {
        let Some(today) = self.today else { return };
        let half = TODAY.width(date) / 2.0;
        let least = self.area.left + half + 44.0;
        let x = today.min(self.area.right - half).max(least);
        svg.text(&Label {
            text: date,
            x,
            y: self.area.top - 12.0,
            anchor: Anchor::Middle,
            style: TODAY,
            ink: Ink::Ahead,
        });
    }

    /// The due that is still the law goes on beside the later one.
    fn law(&mut self, svg: &mut Svg, treads: &[Tread<'_>], law: Option<&Due>) {
        let Some(law) = law else { return };
        let from = treads
            .iter()
            .rev()
            .find(|tread| tread.position.due.is_same(law));
        let (Some(tread), Some(day)) = (from, axis::of_due(law)) else {
            return;
        };
        let (from, _) = self.reach(tread);
        let (to, y) = (self.today.unwrap_or(self.area.right), self.y.at(day));
        svg.line(&[(from, y), (to, y)], Pen::new(Ink::Text, 2.0));
        self.take((from, y), (to, y));
    }
}

/// From the first announcement to the end, or a little further if the due is near.
fn across(treads: &[Tread<'_>], due: &Due, (end, is_open): (Day, bool)) -> (Day, Day) {
    let announced = treads.iter().filter_map(|tread| tread.from);
    let mut first = announced.fold(end, f64::min);
    if treads[0].from.is_none() {
        first -= ((end - first) * 0.2).max(60.0);
    }
    let span = (end - first).max(30.0);
    let ahead = axis::of_due(due)
        .filter(|_| is_open)
        .map_or(0.0, |due| due - end);
    let ahead = ahead.clamp(0.0, span * 0.4);
    (first, end + ahead + (span + ahead) * 0.04)
}

/// From the lowest due to the highest, the end among them.
fn upwards(treads: &[Tread<'_>], end: Day) -> (Day, Day) {
    let dues = treads.iter().filter_map(|tread| tread.due);
    let (low, high) = dues.fold((end, end), |(low, high), due| (low.min(due), high.max(due)));
    let pad = ((high - low) * 0.1).max(15.0);
    (low - 1.6 * pad, high + pad)
}
