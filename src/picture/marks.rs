//! The signs of the pictures. Each state has a shape of its own, so that none needs its colour.

use super::palette::Ink;
use super::svg::{Pen, Svg, number};
use crate::domain::{Level, OutcomeResult, RoundState, State};

/// How far a sign reaches from its middle.
pub(super) const REACH: f64 = 6.0;

/// How far the sign of a date that did not hold reaches from its middle.
pub(super) const PASSED_REACH: f64 = 3.2;

/// A path with its points given from a middle.
fn around((x, y): (f64, f64), steps: &[(char, &[f64])]) -> String {
    let mut data = String::new();
    for (command, values) in steps {
        data.push(*command);
        for (place, value) in values.iter().enumerate() {
            let base = match (command, place % 2) {
                ('M' | 'L', 0) => x,
                ('M' | 'L', _) => y,
                _ => 0.0,
            };
            data.push_str(&number(base + value));
            data.push(' ');
        }
    }
    data
}

/// The sign of a deadline's state.
pub(super) fn state(svg: &mut Svg, state: State, at: (f64, f64)) {
    let sign = Pen::new(Ink::Paper, 1.8);
    let draw = |svg: &mut Svg, steps: &[(char, &[f64])]| {
        svg.path(&around(at, steps), None, Some(sign));
    };
    match state {
        State::Scheduled => {
            svg.circle(at, REACH - 1.0, Ink::Paper, Some(Pen::new(Ink::Ahead, 2.4)));
        }
        State::Tbd => {
            let pen = Pen::new(Ink::Ahead, 1.6).dashed(true);
            svg.circle(at, REACH - 1.0, Ink::Paper, Some(pen));
        }
        State::Awaiting => {
            let data = around(
                at,
                &[
                    ('M', &[-6.0, -6.0]),
                    ('L', &[6.0, -6.0, 6.0, 6.0, -6.0, 6.0]),
                    ('Z', &[]),
                ],
            );
            svg.path(&data, Some(Ink::Moved), None);
            draw(
                svg,
                &[
                    ('M', &[-2.2, -2.0]),
                    ('a', &[2.2, 2.2, 0.0, 1.0, 1.0, 2.2, 2.2]),
                    ('v', &[0.8]),
                    ('M', &[0.0, 3.7]),
                    ('v', &[0.1]),
                ],
            );
        }
        State::Ended(result) => {
            svg.circle(at, REACH, Ink::Text, None);
            match result {
                OutcomeResult::Met => {
                    draw(svg, &[('M', &[-2.8, 0.2]), ('L', &[-0.8, 2.3, 2.9, -2.2])]);
                }
                OutcomeResult::Lapsed => draw(
                    svg,
                    &[
                        ('M', &[-2.3, -2.3]),
                        ('L', &[2.3, 2.3]),
                        ('M', &[-2.3, 2.3]),
                        ('L', &[2.3, -2.3]),
                    ],
                ),
                OutcomeResult::Superseded | OutcomeResult::Moot | OutcomeResult::Withdrawn => {
                    draw(svg, &[('M', &[-2.9, 0.0]), ('L', &[2.9, 0.0])]);
                }
            }
        }
    }
}

/// The sign of a date that did not hold.
pub(super) fn passed(svg: &mut Svg, at: (f64, f64)) {
    let pen = Pen::new(Ink::Moved, 1.8);
    svg.circle(at, PASSED_REACH, Ink::Paper, Some(pen));
}

/// The sign of the date that is still the law while a later one is only announced.
pub(super) fn law(svg: &mut Svg, (x, y): (f64, f64)) {
    svg.line(&[(x, y - 6.0), (x, y + 6.0)], Pen::new(Ink::Text, 2.4));
}

/// How far the sign of a round reaches from its middle.
pub(super) const ROUND_REACH: f64 = 5.0;

/// The sign of a round: filled once it has begun.
pub(super) fn round(svg: &mut Svg, level: Level, state: RoundState, at: (f64, f64)) {
    // A rim of paper parts signs of days that are close.
    let (fill, pen) = match state {
        RoundState::UnderWay | RoundState::Concluded => (Ink::Text, Pen::new(Ink::Paper, 1.0)),
        RoundState::Planned | RoundState::Cancelled => (Ink::Paper, Pen::new(Ink::Text, 1.6)),
    };
    let outline: &[f64] = match level {
        Level::Talks => &[-4.0, -4.0, 4.0, -4.0, 4.0, 4.0, -4.0, 4.0],
        Level::Summit => &[0.0, -5.2, 5.2, 0.0, 0.0, 5.2, -5.2, 0.0],
        Level::Call => {
            svg.circle(at, 3.6, fill, Some(pen));
            &[]
        }
    };
    if let [x, y, rest @ ..] = outline {
        let data = around(at, &[('M', &[*x, *y]), ('L', rest), ('Z', &[])]);
        svg.path(&data, Some(fill), Some(pen));
    }
    if state == RoundState::Cancelled {
        let data = around(at, &[('M', &[-5.0, 5.0]), ('L', &[5.0, -5.0])]);
        svg.path(&data, None, Some(Pen::new(Ink::Text, 1.6)));
    }
}

/// The sign of an event: it points at its day.
pub(super) fn event(svg: &mut Svg, at: (f64, f64)) {
    let steps: [(char, &[f64]); 3] = [
        ('M', &[-4.0, -3.5]),
        ('L', &[4.0, -3.5, 0.0, 3.5]),
        ('Z', &[]),
    ];
    let rim = Pen::new(Ink::Paper, 0.8);
    svg.path(&around(at, &steps), Some(Ink::Text), Some(rim));
}

/// A sign that something lies beyond an end of the axis.
pub(super) fn beyond(svg: &mut Svg, ink: Ink, at: (f64, f64), is_later: bool) {
    let tip = if is_later { 4.0 } else { -4.0 };
    let steps: [(char, &[f64]); 2] = [('M', &[-tip, -4.5]), ('L', &[tip, 0.0, -tip, 4.5])];
    svg.path(&around(at, &steps), None, Some(Pen::new(ink, 2.2)));
}
