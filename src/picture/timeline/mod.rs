//! The timeline: a lane for each deadline with its extensions as arcs, the rounds of talks and the
//! events above them, and the line of today through all.
//!
//! Lanes run in the order of time, from what has ended at the top to what has no date at the
//! bottom, so that the eye goes from the past at the top left to the future at the bottom right.

mod footer;
mod lane;
mod lanes;
mod talks;

use super::axis::{self, Day, Scale};
use super::font::{drawable, spoken};
use super::palette::Ink;
use super::svg::{Anchor, Label, Pen, Svg};
use super::text::Style;
use super::{Options, Picture};
use crate::domain::{Docket, Event, Filter, Negotiation, Timestamp, words};
use lanes::{GROUPS, Lanes, group};

const HEADLINE: Style = Style::semibold(20.0);
const SUMMARY: Style = Style::regular(13.5);
const TITLE: Style = Style::semibold(13.5);
const STORY: Style = Style::regular(12.5);
const TICK: Style = Style::regular(12.0);
const TODAY: Style = Style::semibold(12.5);

/// From this width on, titles stand beside their lanes instead of above them.
const WIDE: f64 = 680.0;

/// Where things stand across the paper.
#[derive(Clone, Copy, Debug)]
struct Frame {
    width: f64,
    margin: f64,
    is_wide: bool,
    text_width: f64,
}

/// The paper while it is being drawn on, from top to bottom.
#[derive(Debug)]
struct Sheet {
    svg: Svg,
    frame: Frame,
    scale: Scale,
    /// Where today's line lies.
    today: f64,
    /// Where the next thing begins.
    y: f64,
}

impl Sheet {
    /// Writes a title and the line under it, and says where they end.
    fn texts(&mut self, title: &str, story: &str) -> f64 {
        let width = self.frame.text_width;
        let mut y = self.y;
        for (text, style, ink) in [(title, TITLE, Ink::Text), (story, STORY, Ink::Muted)] {
            for line in style.balanced(text, width, 2) {
                y += style.leading();
                let label = Label {
                    text: &line,
                    x: self.frame.margin,
                    y: y - 4.0,
                    anchor: Anchor::Start,
                    style,
                    ink,
                };
                if self.frame.is_wide {
                    self.svg.text(&label);
                } else {
                    // Today's line and the grid stop for text that is written across them.
                    self.svg.clear_text(&label);
                }
            }
        }
        y
    }

    /// Writes a text from a point on.
    fn write(&mut self, text: &str, (x, y): (f64, f64), style: Style, ink: Ink) {
        let anchor = Anchor::Start;
        self.svg.text(&Label {
            text,
            x,
            y,
            anchor,
            style,
            ink,
        });
    }
}

/// What the picture is of.
struct Shown<'a> {
    lanes: Lanes<'a>,
    negotiations: Vec<&'a Negotiation>,
    negotiations_left_out: usize,
    events: Vec<&'a Event>,
    events_left_out: usize,
}

/// Draws the timeline.
pub(super) fn draw(docket: &Docket, filter: &Filter, options: Options, now: Timestamp) -> Picture {
    let rows = usize::from(options.rows.clamp(1, Options::ROWS_MAX));
    let (negotiations, negotiations_left_out) = talks::negotiations(docket, filter);
    let (events, events_left_out) = talks::events(docket, filter, rows.min(24));
    let mut shown = Shown {
        lanes: lanes::lanes(docket, filter, rows, now),
        negotiations,
        negotiations_left_out,
        events,
        events_left_out,
    };
    let frame = frame(options.width());
    let today = axis::of_instant(now, docket.zone());
    let scale = scale(&shown, &frame, today);
    // What is off the axis has no mark, and so no number.
    let before = shown.events.len();
    shown
        .events
        .retain(|event| scale.holds(axis::of_when(&event.date)));
    shown.events_left_out += before - shown.events.len();
    let mut sheet = Sheet {
        svg: Svg::new(options.theme),
        frame,
        scale,
        today: scale.at(today),
        y: frame.margin,
    };
    let title = headline(filter);
    let date = docket.zone().date(now);
    let summary = format!("As of {}: {}.", words::date(date), summary(&shown.lanes));
    head(&mut sheet, &title, &summary);
    let axis_top = sheet.y;
    sheet.y += 42.0;
    body(&mut sheet, &shown, now);
    let axis_bottom = sheet.y - 4.0;
    let mut back = Svg::new(options.theme);
    grid(
        &mut back,
        &sheet,
        (axis_top, axis_bottom),
        &axis::short(date),
    );
    footer::draw(&mut sheet, &shown);
    let words = spoken_words(&summary, &shown);
    back.append(&sheet.svg);
    let size = (frame.width, (sheet.y + frame.margin).ceil());
    back.finish(size, "docket-timeline", title, words)
}

fn frame(width: f64) -> Frame {
    let is_wide = width >= WIDE;
    let margin = if width < 480.0 { 12.0 } else { 18.0 };
    let text_width = if is_wide {
        (width * 0.38).clamp(250.0, 440.0)
    } else {
        width - 2.0 * margin
    };
    Frame {
        width,
        margin,
        is_wide,
        text_width,
    }
}

/// What the picture is called.
fn headline(filter: &Filter) -> String {
    let topics: Vec<_> = filter.topics.iter().flatten().collect();
    let topics: Vec<_> = topics.iter().take(3).map(|topic| drawable(topic)).collect();
    match topics.as_slice() {
        [] => "What is due, and how far it has moved".to_owned(),
        _ => format!(
            "What is due on {}, and how far it has moved",
            words::list(&topics)
        ),
    }
}

/// The docket in a line.
fn summary(lanes: &Lanes<'_>) -> String {
    let words = [
        "ended",
        "past due without a known outcome",
        "ahead",
        "without a date",
    ];
    let counts = lanes.counts.iter().zip(words);
    let mut parts: Vec<_> = counts
        .filter(|(count, _)| **count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    parts.reverse();
    let all: usize = lanes.counts.iter().sum();
    let deadlines = words::count_of(all.try_into().unwrap_or(i64::MAX), "deadline");
    match (parts.len(), lanes.extended) {
        (0, _) => "no deadline".to_owned(),
        (_, 0) => format!("{deadlines}, {}", words::list(&parts)),
        (_, extended) => format!(
            "{deadlines}, {}; {extended} {} been extended",
            words::list(&parts),
            if extended == 1 { "has" } else { "have" },
        ),
    }
}

/// The span of days: all that is shown, but what is far off from today is only pointed at, so that
/// the rest has room.
fn scale(shown: &Shown<'_>, frame: &Frame, today: Day) -> Scale {
    let mut days: Vec<Day> = Vec::new();
    for lane in &shown.lanes.shown {
        let positions = lane.deadline.chain();
        let dues = positions.positions().iter().rev().take(200);
        days.extend(dues.filter_map(|position| axis::of_due(position.due)));
        let outcome = lane.deadline.outcome.as_ref();
        days.extend(outcome.map(|outcome| axis::of_when(&outcome.on)));
    }
    for talks in &shown.negotiations {
        let starts = talks.rounds.iter().map(|round| &round.current().starts);
        days.extend(starts.take(200).map(axis::of_when));
    }
    days.extend(shown.events.iter().map(|event| axis::of_when(&event.date)));
    let reach = |sign: f64, least: f64| {
        let mut far: Vec<_> = days.iter().map(|day| (day - today) * sign).collect();
        far.retain(|far| *far > 0.0);
        far.sort_by(f64::total_cmp);
        let three_quarters = far.get(far.len() * 3 / 4).copied().unwrap_or_default();
        let limit = least.max(three_quarters * 1.25);
        let near = far.iter().rev().find(|far| **far <= limit);
        near.copied().unwrap_or_default()
    };
    let (back, ahead) = (reach(-1.0, 730.0), reach(1.0, 270.0));
    let pad = ((back + ahead) * 0.02).max(4.0);
    let from = if frame.is_wide {
        frame.margin + frame.text_width + 22.0
    } else {
        frame.margin + 6.0
    };
    Scale {
        first: today - back - pad,
        last: today + ahead + pad,
        from,
        to: frame.width - frame.margin - 6.0,
    }
}

/// Writes the headline and the summary.
fn head(sheet: &mut Sheet, title: &str, summary: &str) {
    let width = sheet.frame.width - 2.0 * sheet.frame.margin;
    for (text, style, ink) in [(title, HEADLINE, Ink::Text), (summary, SUMMARY, Ink::Muted)] {
        for line in style.wrap(text, width, 4) {
            sheet.y += style.leading();
            sheet.write(&line, (sheet.frame.margin, sheet.y - 5.0), style, ink);
        }
        sheet.y += 2.0;
    }
    sheet.y += 6.0;
}

/// Draws talks, events and deadlines.
fn body(sheet: &mut Sheet, shown: &Shown<'_>, now: Timestamp) {
    for talks in &shown.negotiations {
        talks::negotiation(sheet, talks, now);
    }
    if !shown.events.is_empty() {
        talks::event_lane(sheet, &shown.events, shown.events_left_out);
    }
    let mut last = None;
    for lane in &shown.lanes.shown {
        let group = group(lane.status.state);
        if last != Some(group) {
            heading(sheet, GROUPS[group]);
            last = Some(group);
        }
        lane::draw(sheet, lane);
    }
}

/// Writes the name of a group over a rule.
fn heading(sheet: &mut Sheet, text: &str) {
    let (margin, right) = (sheet.frame.margin, sheet.frame.width - sheet.frame.margin);
    sheet.y += 8.0;
    let rule = Pen::new(Ink::Life, 1.0);
    sheet.svg.line(&[(margin, sheet.y), (right, sheet.y)], rule);
    sheet.y += 16.0;
    sheet.write(text, (margin, sheet.y), Style::semibold(12.0), Ink::Muted);
    sheet.y += 7.0;
}

/// Draws what lies behind everything: the days that are named, and today.
fn grid(svg: &mut Svg, sheet: &Sheet, (top, bottom): (f64, f64), date: &str) {
    let scale = sheet.scale;
    let today = Label {
        text: date,
        x: 0.0,
        y: top + 30.0,
        anchor: Anchor::Start,
        style: TODAY,
        ink: Ink::Ahead,
    };
    let half = TODAY.width(date) / 2.0;
    let (least, most) = (sheet.frame.margin + half, scale.to + 6.0 - half);
    let middle = sheet.today.clamp(least, most.max(least));
    for tick in scale.ticks(44.0) {
        let x = scale.at(tick.day);
        let width = if tick.is_year { 1.4 } else { 0.9 };
        svg.line(&[(x, top + 17.0), (x, bottom)], Pen::new(Ink::Rule, width));
        let style = if tick.is_year {
            Style::semibold(12.0)
        } else {
            TICK
        };
        let reach = style.width(&tick.label) / 2.0;
        if x - reach < sheet.frame.margin || x + reach > sheet.frame.width - 2.0 {
            continue;
        }
        svg.text(&Label {
            text: &tick.label,
            x,
            y: top + 12.0,
            anchor: Anchor::Middle,
            style,
            ink: if tick.is_year { Ink::Text } else { Ink::Muted },
        });
    }
    let line = [(sheet.today, top + 34.0), (sheet.today, bottom)];
    svg.line(&line, Pen::new(Ink::Ahead, 1.6));
    svg.text(&Label {
        x: middle - half,
        ..today
    });
}

/// How many deadlines are put into words.
const SPOKEN_MAX: usize = 40;

/// What the picture says, for those who cannot see it.
fn spoken_words(summary: &str, shown: &Shown<'_>) -> String {
    let mut words = summary.to_owned();
    for lane in shown.lanes.shown.iter().take(SPOKEN_MAX) {
        let title = spoken(&lane.deadline.title);
        words.push_str(&format!(" {title}: {}, {}.", lane.date(), lane.story()));
    }
    let unspoken = shown.lanes.shown.len().saturating_sub(SPOKEN_MAX);
    let more = unspoken + shown.lanes.left_out;
    if more > 0 {
        words.push_str(&format!(" And {more} more."));
    }
    words
}
