//! The labels of a slip chart: each step by the date it set and the instrument that set it, as far
//! as there is room beside it.

use super::plot::Plot;
use super::{Anchor, Deadline, Ink, Label, State, Style, Svg, Tread, words};
use crate::domain::{Move, Status};
use crate::picture::axis;
use crate::picture::marks;
use crate::picture::placing::Area;

const DATE: Style = Style::semibold(12.5);
const INSTRUMENT: Style = Style::regular(12.0);
const LINE: f64 = 15.0;

/// Labels the end and the steps, and says of which steps there was no room to say it.
pub(super) fn draw(
    plot: &mut Plot,
    svg: &mut Svg,
    treads: &[Tread<'_>],
    deadline: &Deadline,
    status: &Status<'_>,
) -> Vec<String> {
    let Some(last) = treads.last() else {
        return Vec::new();
    };
    end(plot, svg, last, deadline, status);
    let mut unlabelled = Vec::new();
    // First the ends of the story, then its turns from the latest back, then what is finer.
    let mut order: Vec<_> = (0..treads.len()).collect();
    order.sort_by_key(|place| {
        let moved = treads[*place].position.moved;
        let is_turn = matches!(moved, Some(Move::Extension | Move::Shortening));
        let is_end = *place == 0 || place + 1 == treads.len();
        (!is_end, !is_turn, treads.len() - place)
    });
    for place in order {
        let tread = &treads[place];
        if !step(plot, svg, tread) {
            unlabelled.push((
                place,
                format!("Also {}: {}", tread.date(), tread.instrument()),
            ));
        }
    }
    unlabelled.sort_by_key(|(place, _)| *place);
    unlabelled
        .into_iter()
        .map(|(_, text)| text.trim_end_matches([' ', ':']).to_owned())
        .collect()
}

/// The mark at the end of the line, and how it ended or how long is left.
fn end(plot: &mut Plot, svg: &mut Svg, last: &Tread<'_>, deadline: &Deadline, status: &Status<'_>) {
    let (_, mut x) = plot.reach(last);
    let y = plot.height(last);
    let due = last.due.filter(|_| status.state == State::Scheduled);
    if let Some(due) = due.filter(|due| plot.x.holds(*due)) {
        let dotted = super::Pen {
            dashes: "1 5",
            ..super::Pen::new(Ink::Ahead, 2.2)
        };
        svg.line(&[(x, y), (plot.x.at(due), y)], dotted);
        x = plot.x.at(due);
    }
    marks::state(svg, status.state, (x, y));
    plot.placing.block(square(x, y, marks::REACH + 2.0));
    let (text, ink) = match (&deadline.outcome, status.days_left) {
        (Some(outcome), _) => {
            let on = axis::short(outcome.on.date());
            (format!("{} {on}", outcome.result.word()), Ink::Text)
        }
        (None, Some(days)) if status.state == State::Awaiting => {
            (words::days_past(-days), Ink::Moved)
        }
        (None, Some(days)) => (words::days_left(days), Ink::Ahead),
        (None, None) => ("no date set".to_owned(), Ink::Ahead),
    };
    let places = [
        (x + 11.0, y + 4.2, Anchor::Start),
        (x, y - 12.0, Anchor::End),
        (x, y + 22.0, Anchor::End),
        (x - 11.0, y + 22.0, Anchor::End),
        (x + 11.0, y + 22.0, Anchor::Start),
        (x - 11.0, y - 14.0, Anchor::End),
    ];
    block(plot, svg, &[(&text, DATE, ink)], &places);
}

/// Labels a step where there is room: in full, with its instrument cut, or in one line.
fn step(plot: &mut Plot, svg: &mut Svg, tread: &Tread<'_>) -> bool {
    let (from, to) = plot.reach(tread);
    let y = plot.height(tread);
    let (date, instrument) = (tread.date(), tread.instrument());
    let ink = if tread.days.is_some_and(|days| days != 0) {
        Ink::Moved
    } else {
        Ink::Text
    };
    let width = plot.label_width();
    for lines_max in [2, 1] {
        let mut lines = vec![(date.as_str(), DATE, ink)];
        let wrapped = INSTRUMENT.wrap(&instrument, width, lines_max);
        lines.extend(
            wrapped
                .iter()
                .map(|line| (line.as_str(), INSTRUMENT, Ink::Text)),
        );
        if block(plot, svg, &lines, &around(&lines, (from, to), y)) {
            return true;
        }
    }
    false
}

type Line<'a> = (&'a str, Style, Ink);

/// Where a label of some lines may stand: left of where its step begins, over it, under it.
fn around(lines: &[Line<'_>], (from, to): (f64, f64), y: f64) -> Vec<(f64, f64, Anchor)> {
    #[expect(clippy::cast_precision_loss, reason = "a few lines")]
    let tall = LINE * (lines.len() - 1) as f64;
    let middle = y + 4.0 - tall / 2.0;
    let left = from - 9.0;
    let mut places = Vec::new();
    for shift in [0.0, -5.0, -10.0, 5.0, -15.0, 10.0] {
        places.push((left, middle + shift, Anchor::End));
    }
    places.push((from + 2.0, y - 8.0 - tall, Anchor::Start));
    places.push((to - 6.0, y - 8.0 - tall, Anchor::End));
    places.push((from - 1.0, y - 8.0 - tall, Anchor::End));
    places.push((from + 8.0, y + 18.0, Anchor::Start));
    for shift in [0.0, 6.0, 12.0, -6.0] {
        places.push((to + 9.0, middle + shift, Anchor::Start));
    }
    places
}

/// Writes lines under each other at the first place that is free: if it can be, not across today.
fn block(
    plot: &mut Plot,
    svg: &mut Svg,
    lines: &[Line<'_>],
    places: &[(f64, f64, Anchor)],
) -> bool {
    let labels_at = |(x, y, anchor): (f64, f64, Anchor)| {
        let labels = lines.iter().scan(y - LINE, |y, (text, style, ink)| {
            *y += LINE;
            Some(Label {
                text,
                x,
                y: *y,
                anchor,
                style: *style,
                ink: *ink,
            })
        });
        labels.collect::<Vec<_>>()
    };
    let mut ways: Vec<_> = places
        .iter()
        .map(|place| labels_at(*place))
        .map(|labels| ([whole(&labels)], labels))
        .collect();
    ways.sort_by_key(|([area], _)| plot.is_on_today(area));
    let areas: Vec<_> = ways.iter().map(|(area, _)| *area).collect();
    let Some(chosen) = plot.placing.place(&areas) else {
        return false;
    };
    let ([area], labels) = &ways[chosen];
    for label in labels {
        if plot.is_on_today(area) {
            svg.clear_text(label);
        } else {
            svg.text(label);
        }
    }
    true
}

/// The box around labels.
fn whole(labels: &[Label<'_>]) -> Area {
    let areas = labels.iter().map(Label::area);
    let joined = areas.reduce(|one, other| Area {
        left: one.left.min(other.left),
        top: one.top.min(other.top),
        right: one.right.max(other.right),
        bottom: one.bottom.max(other.bottom),
    });
    joined.unwrap_or(square(0.0, 0.0, 0.0))
}

fn square(x: f64, y: f64, reach: f64) -> Area {
    Area {
        left: x - reach,
        top: y - reach,
        right: x + reach,
        bottom: y + reach,
    }
}

/// Says what the diagonal is, under it, where there is room.
pub(super) fn diagonal(plot: &mut Plot, svg: &mut Svg) {
    let first = plot.x.first.max(plot.y.first);
    let last = plot.x.last.min(plot.y.last);
    if first >= last {
        return;
    }
    let text = "← here the day has come";
    let places: Vec<_> = [0.42, 0.3, 0.55, 0.2, 0.7]
        .into_iter()
        .map(|share| first + (last - first) * share)
        .map(|day| (plot.x.at(day) + 12.0, plot.y.at(day) + 12.0, Anchor::Start))
        // It can be left out, so it does not stand in the way of today.
        .filter(|(x, y, _)| {
            let area = square(*x, *y, 0.0);
            let right = area.right + INSTRUMENT.width(text);
            !plot.is_on_today(&Area { right, ..area })
        })
        .collect();
    block(plot, svg, &[(text, INSTRUMENT, Ink::Muted)], &places);
}
