//! Draws what happened around the deadlines: the rounds of each negotiation by name, the events by
//! number.

use super::Sheet;
use crate::domain::{
    Docket, Event, Filter, Item, Level, Negotiation, Round, RoundState, Timestamp, words,
};
use crate::picture::axis;
use crate::picture::font::drawable;
use crate::picture::marks;
use crate::picture::palette::Ink;
use crate::picture::placing::{Area, Placing};
use crate::picture::svg::{Anchor, Label, Pen};
use crate::picture::text::Style;
use std::cmp::Reverse;

const NAME: Style = Style::regular(12.0);
const NUMBER: Style = Style::semibold(12.0);

/// How many negotiations have a lane.
const NEGOTIATIONS_MAX: usize = 4;
/// How many rounds of each are marked, from the latest back.
const ROUNDS_MAX: usize = 40;
/// How many names stand above each other.
const ROWS: usize = 6;
const ROW: f64 = 15.0;
/// How far a name stands from its pole.
const POLE: f64 = 3.5;

/// The negotiations that pass the filter, those with most rounds first, and how many more there
/// are.
pub(super) fn negotiations<'a>(
    docket: &'a Docket,
    filter: &'a Filter,
) -> (Vec<&'a Negotiation>, usize) {
    let talks = docket.passing(filter).filter_map(|item| match item {
        Item::Negotiation(talks) if !talks.rounds.is_empty() => Some(talks),
        _ => None,
    });
    let mut talks: Vec<_> = talks.collect();
    talks.sort_by_key(|talks| Reverse(talks.rounds.len()));
    let left_out = talks.len().saturating_sub(NEGOTIATIONS_MAX);
    talks.truncate(NEGOTIATIONS_MAX);
    (talks, left_out)
}

/// The events that pass the filter: the weightiest, in order of time, and how many more there are.
pub(super) fn events<'a>(
    docket: &'a Docket,
    filter: &'a Filter,
    most: usize,
) -> (Vec<&'a Event>, usize) {
    let events = docket.passing(filter).filter_map(|item| match item {
        Item::Event(event) => Some(event),
        _ => None,
    });
    let mut events: Vec<_> = events.collect();
    events.sort_by_key(|event| Reverse((event.importance, event.date.start())));
    let left_out = events.len().saturating_sub(most);
    events.truncate(most);
    events.sort_by_key(|event| event.date.start());
    (events, left_out)
}

/// A round on the axis.
struct Placed<'a> {
    round: &'a Round,
    state: RoundState,
    x: f64,
    name: String,
    /// The row of its name above the marks, and whether that begins or ends at its pole.
    row: Option<(usize, Anchor)>,
}

/// Draws the lane of a negotiation.
pub(super) fn negotiation(sheet: &mut Sheet, talks: &Negotiation, now: Timestamp) {
    let mut placed = rounds(sheet, talks, now);
    let left_out = talks.rounds.len() - placed.len();
    name(sheet, &mut placed);
    let rows = placed
        .iter()
        .filter_map(|one| one.row)
        .map(|(row, _)| row + 1);
    let rows = rows.max().unwrap_or(0);
    let unnamed = placed.iter().filter(|one| one.row.is_none()).count();
    let mut story = words::count_of(talks.rounds.len().try_into().unwrap_or(i64::MAX), "round");
    for (count, what) in [
        (unnamed, "without room for the name"),
        (left_out, "off the axis"),
    ] {
        if count > 0 {
            story.push_str(&format!(", {count} {what}"));
        }
    }
    let title = drawable(&talks.title);
    sheet.svg.open(&title);
    let text_bottom = sheet.texts(&title, &story);
    #[expect(clippy::cast_precision_loss, reason = "a handful of rows")]
    let names = rows as f64 * ROW;
    let top = if sheet.frame.is_wide {
        sheet.y
    } else {
        text_bottom
    };
    let base = top + names + marks::ROUND_REACH + 7.0;
    let from = placed.first().map_or(sheet.scale.from, |one| one.x);
    let to = placed.last().map_or(from, |one| one.x);
    sheet
        .svg
        .line(&[(from, base), (to, base)], Pen::new(Ink::Life, 1.0));
    for one in &placed {
        draw_round(sheet, one, base);
    }
    sheet.svg.close();
    sheet.y = text_bottom.max(base + marks::ROUND_REACH) + 9.0;
}

/// The rounds that lie on the axis, in order of time.
fn rounds<'a>(sheet: &Sheet, talks: &'a Negotiation, now: Timestamp) -> Vec<Placed<'a>> {
    let in_order = talks.in_order();
    let latest = in_order.len().saturating_sub(ROUNDS_MAX);
    let rounds = in_order[latest..].iter().filter_map(|(_, round)| {
        let day = axis::of_when(&round.current().starts);
        sheet.scale.holds(day).then(|| Placed {
            round,
            state: round.state(now),
            x: sheet.scale.at(day),
            name: NAME.cut(&drawable(&round.name), 130.0),
            row: None,
        })
    });
    rounds.collect()
}

/// Gives each name a row. It flies like a flag from a pole on its mark: from some round on to the
/// right, over the flags of later ones; before that to the left, over the flags of earlier ones.
/// Where to part them is tried out.
fn name(sheet: &Sheet, placed: &mut [Placed<'_>]) {
    let step = placed.len() / 12 + 1;
    let ways = (0..=placed.len()).step_by(step);
    let ways = ways.map(|parting| flags(sheet, placed, parting));
    let cost = |rows: &[Option<(usize, Anchor)>]| {
        let unnamed = rows.iter().filter(|row| row.is_none()).count();
        let highest = rows.iter().flatten().map(|(row, _)| *row).max();
        (unnamed, highest)
    };
    let rows = ways.min_by_key(|rows| cost(rows)).unwrap_or_default();
    for (one, row) in placed.iter_mut().zip(rows) {
        one.row = row;
    }
}

/// The rows of names of which those before `parting` fly to the left.
fn flags(sheet: &Sheet, placed: &[Placed<'_>], parting: usize) -> Vec<Option<(usize, Anchor)>> {
    let mut placing = Placing::within(Area {
        left: sheet.frame.margin,
        top: row_top(ROWS - 1),
        right: sheet.frame.width - 2.0,
        bottom: 0.0,
    });
    let left = (0..parting).map(|place| (place, Anchor::End));
    let right = (parting..placed.len())
        .rev()
        .map(|place| (place, Anchor::Start));
    let mut rows = vec![None; placed.len()];
    for (place, anchor) in left.chain(right) {
        let ways: Vec<_> = (0..ROWS)
            .map(|row| flag(&placed[place], row, anchor))
            .collect();
        rows[place] = placing.place(&ways).map(|row| (row, anchor));
    }
    rows
}

/// How high a row begins over the marks.
#[expect(clippy::cast_precision_loss, reason = "a handful of rows")]
fn row_top(row: usize) -> f64 {
    -ROW * (row + 1) as f64
}

/// What a name in a row takes, and its pole.
fn flag(one: &Placed<'_>, row: usize, anchor: Anchor) -> [Area; 2] {
    let width = NAME.width(&one.name);
    let (left, right) = match anchor {
        Anchor::End => (one.x - POLE - width - 6.0, one.x - POLE),
        Anchor::Start | Anchor::Middle => (one.x + POLE, one.x + POLE + width + 6.0),
    };
    let top = row_top(row);
    let text = Area {
        left,
        top,
        right,
        bottom: top + ROW,
    };
    let pole = Area {
        left: one.x - 0.1,
        top: top + 3.0,
        right: one.x + 0.1,
        bottom: 0.0,
    };
    [text, pole]
}

fn draw_round(sheet: &mut Sheet, one: &Placed<'_>, base: f64) {
    let schedule = one.round.current();
    let starts = schedule.starts.date();
    let level = match one.round.level {
        Level::Talks => "talks",
        Level::Summit => "summit",
        Level::Call => "call",
    };
    let (name, date) = (&one.round.name, words::date(starts));
    let state = one.state.words();
    sheet.svg.open(&format!("{name}, {date}: {level}, {state}"));
    if let Some((row, anchor)) = one.row {
        #[expect(clippy::cast_precision_loss, reason = "a handful of rows")]
        let bottom = base - marks::ROUND_REACH - 2.0 - ROW * row as f64;
        let points = [(one.x, base), (one.x, bottom - ROW + 3.0)];
        sheet.svg.line(&points, Pen::new(Ink::Life, 0.8));
        let x = match anchor {
            Anchor::End => one.x - POLE,
            Anchor::Start | Anchor::Middle => one.x + POLE,
        };
        sheet.svg.clear_text(&Label {
            text: &one.name,
            x,
            y: bottom - 3.5,
            anchor,
            style: NAME,
            ink: Ink::Text,
        });
    }
    marks::round(&mut sheet.svg, one.round.level, one.state, (one.x, base));
    sheet.svg.close();
}

/// Draws the lane of events: each has a number, near ones share a range of them.
pub(super) fn event_lane(sheet: &mut Sheet, events: &[&Event], left_out: usize) {
    let mut story = "listed below".to_owned();
    if left_out > 0 {
        story.push_str(&format!(", and {left_out} more"));
    }
    sheet.svg.open("Events");
    let text_bottom = sheet.texts("Events", &story);
    let top = if sheet.frame.is_wide {
        sheet.y
    } else {
        text_bottom
    };
    let base = top + ROW + 8.0;
    let xs: Vec<_> = events
        .iter()
        .map(|event| sheet.scale.at(axis::of_when(&event.date)))
        .collect();
    for (event, x) in events.iter().zip(&xs) {
        if sheet.scale.holds(axis::of_when(&event.date)) {
            marks::event(&mut sheet.svg, (*x, base));
        }
    }
    for (text, x) in ranges(sheet, events, &xs) {
        sheet.svg.clear_text(&Label {
            text: &text,
            x,
            y: base - 7.0,
            anchor: Anchor::Middle,
            style: NUMBER,
            ink: Ink::Text,
        });
    }
    sheet.svg.close();
    sheet.y = text_bottom.max(base + 5.0) + 9.0;
}

/// The numbers over the marks, joined where they would touch: their text and their middle.
fn ranges(sheet: &Sheet, events: &[&Event], xs: &[f64]) -> Vec<(String, f64)> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    let text = |(first, last): (usize, usize)| match last - first {
        0 => format!("{}", first + 1),
        _ => format!("{}–{}", first + 1, last + 1),
    };
    let middle = |(first, last): (usize, usize)| f64::midpoint(xs[first], xs[last]);
    let half = |range| NUMBER.width(&text(range)) / 2.0;
    for (place, event) in events.iter().enumerate() {
        if !sheet.scale.holds(axis::of_when(&event.date)) {
            continue;
        }
        let mut range = (place, place);
        while let Some(before) = ranges.last().copied() {
            if middle(range) - half(range) - 3.0 >= middle(before) + half(before) {
                break;
            }
            range.0 = before.0;
            ranges.pop();
        }
        ranges.push(range);
    }
    ranges
        .into_iter()
        .map(|range| (text(range), middle(range)))
        .collect()
}
