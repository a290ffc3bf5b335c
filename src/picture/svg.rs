//! Writes SVG: shapes and texts in the inks of the palette, everything escaped.
//!
//! Each text is written with its length, so that it is as wide in any font as the layout took it
//! to be. Colours are attributes; only a picture that follows the reader's screen has a style
//! sheet, and is whole without it.

use super::Picture;
use super::font::{self, FAMILIES, drawable, spoken};
use super::palette::{Ink, Theme};
use super::placing::Area;
use super::text::Style;
use std::fmt::Write as _;

/// Which point of a text is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    pub(super) ink: Ink,
    pub(super) width: f64,
    pub(super) dashes: &'static str,
}

impl Pen {
    /// A line without gaps.
    pub(super) const fn new(ink: Ink, width: f64) -> Self {
        let dashes = "";
        Self { ink, width, dashes }
    }

    /// The same line, with gaps if asked for: a date that is not law yet.
    #[must_use]
    pub(super) fn dashed(self, is_dashed: bool) -> Self {
        let dashes = if is_dashed { "3.5 3" } else { "" };
        Self { dashes, ..self }
    }
}

/// A text at a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label<'a> {
    /// As it is drawn: see [`drawable`].
    pub(super) text: &'a str,
    pub(super) x: f64,
    /// Its baseline.
    pub(super) y: f64,
    pub(super) anchor: Anchor,
    pub(super) style: Style,
    pub(super) ink: Ink,
}

impl Label<'_> {
    /// The box that it fills.
    pub(super) fn area(&self) -> Area {
        let width = self.style.width(self.text);
        let left = match self.anchor {
            Anchor::Start => self.x,
            Anchor::Middle => self.x - width / 2.0,
            Anchor::End => self.x - width,
        };
        Area {
            left,
            top: self.y - self.style.size * 0.78,
            right: left + width,
            bottom: self.y + self.style.size * 0.24,
        }
    }
}

/// An SVG that is being written.
#[derive(Debug)]
pub(super) struct Svg {
    theme: Theme,
    body: String,
}

impl Svg {
    pub(super) fn new(theme: Theme) -> Self {
        let body = String::new();
        Self { theme, body }
    }

    /// Draws another one on top.
    pub(super) fn append(&mut self, other: &Self) {
        self.body.push_str(&other.body);
    }

    /// The attributes of a paint.
    fn paint(&mut self, property: &str, ink: Ink) {
        let color = ink.color(self.theme);
        let _ = write!(self.body, " {property}=\"{color}\"");
    }

    /// The class of an element, by which the style sheet finds it.
    fn class(&mut self, fill: Option<Ink>, stroke: Option<Ink>) {
        let fill = fill.map(|ink| format!("f-{}", ink.class()));
        let stroke = stroke.map(|ink| format!("s-{}", ink.class()));
        let classes: Vec<_> = fill.into_iter().chain(stroke).collect();
        let _ = write!(self.body, " class=\"{}\"", classes.join(" "));
    }

    fn pen(&mut self, pen: Pen) {
        self.paint("stroke", pen.ink);
        let _ = write!(self.body, " stroke-width=\"{}\"", number(pen.width));
        if !pen.dashes.is_empty() {
            let _ = write!(self.body, " stroke-dasharray=\"{}\"", pen.dashes);
        }
    }

    /// Begins a group with a text that is shown when the pointer rests on it.
    pub(super) fn open(&mut self, title: &str) {
        let _ = writeln!(self.body, "<g><title>{}</title>", escaped(&spoken(title)));
    }

    /// Ends a group.
    pub(super) fn close(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// A line through points.
    pub(super) fn line(&mut self, points: &[(f64, f64)], pen: Pen) {
        let mut data = String::new();
        for (place, (x, y)) in points.iter().enumerate() {
            let command = if place == 0 { 'M' } else { 'L' };
            let _ = write!(data, "{command}{} {}", number(*x), number(*y));
        }
        self.path(&data, None, Some(pen));
    }

    /// A filled area between points.
    pub(super) fn area(&mut self, points: &[(f64, f64)], fill: Ink) {
        let points = points
            .iter()
            .map(|(x, y)| format!("{},{}", number(*x), number(*y)));
        let points: Vec<_> = points.collect();
        let _ = write!(self.body, "<polygon points=\"{}\"", points.join(" "));
        self.class(Some(fill), None);
        self.paint("fill", fill);
        self.body.push_str("/>\n");
    }

    /// A path of our own making.
    pub(super) fn path(&mut self, data: &str, fill: Option<Ink>, pen: Option<Pen>) {
        let _ = write!(self.body, "<path d=\"{data}\"");
        self.class(fill, pen.map(|pen| pen.ink));
        match fill {
            Some(ink) => self.paint("fill", ink),
            None => self.body.push_str(" fill=\"none\""),
        }
        if let Some(pen) = pen {
            self.pen(pen);
            self.body
                .push_str(" stroke-linejoin=\"round\" stroke-linecap=\"round\"");
        }
        self.body.push_str("/>\n");
    }

    /// A circle.
    pub(super) fn circle(&mut self, (x, y): (f64, f64), radius: f64, fill: Ink, pen: Option<Pen>) {
        let (x, y, radius) = (number(x), number(y), number(radius));
        let _ = write!(self.body, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"");
        self.class(Some(fill), pen.map(|pen| pen.ink));
        self.paint("fill", fill);
        if let Some(pen) = pen {
            self.pen(pen);
        }
        self.body.push_str("/>\n");
    }

    /// A filled box.
    pub(super) fn rect(&mut self, area: Area, fill: Ink) {
        let _ = write!(
            self.body,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
            number(area.left),
            number(area.top),
            number(area.right - area.left),
            number(area.bottom - area.top)
        );
        self.class(Some(fill), None);
        self.paint("fill", fill);
        self.body.push_str("/>\n");
    }

    /// Clears the paper for a text. A rim of paper around each letter would do as well, but takes
    /// twice as long to make pixels of.
    fn clear(&mut self, label: &Label<'_>) {
        let area = label.area();
        let area = Area {
            left: area.left - 3.0,
            right: area.right + 3.0,
            ..area
        };
        self.rect(area, Ink::Paper);
    }

    /// A text for which the paper is cleared, so that no line runs through it.
    pub(super) fn clear_text(&mut self, label: &Label<'_>) {
        self.clear(label);
        self.text(label);
    }

    /// A text.
    pub(super) fn text(&mut self, label: &Label<'_>) {
        debug_assert_eq!(label.text, drawable(label.text), "a text is drawable");
        if label.text.is_empty() {
            return;
        }
        let anchor = match label.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = match label.style.weight {
            font::Weight::Regular => String::new(),
            weight @ font::Weight::Semibold => format!(" font-weight=\"{}\"", weight.number()),
        };
        let _ = write!(
            self.body,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight}{anchor} textLength=\"{}\" \
             lengthAdjust=\"spacingAndGlyphs\"",
            number(label.x),
            number(label.y),
            number(label.style.size),
            number(label.style.width(label.text)),
        );
        self.class(Some(label.ink), None);
        self.paint("fill", label.ink);
        let _ = writeln!(self.body, ">{}</text>", escaped(label.text));
    }

    /// The whole picture. Its name and what it says in words are for those who cannot see it.
    pub(super) fn finish(
        self,
        size: (f64, f64),
        name: &str,
        title: String,
        words: String,
    ) -> Picture {
        let (width, height) = (number(size.0), number(size.1));
        let (safe_title, safe_words) = (escaped(&spoken(&title)), escaped(&words));
        let style = match self.theme {
            Theme::Auto => style_sheet(),
            Theme::Light | Theme::Dark => String::new(),
        };
        let paper = Ink::Paper.color(self.theme);
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-labelledby=\"{name}-title {name}-desc\" font-family=\"{FAMILIES}\">\n\
             <title id=\"{name}-title\">{safe_title}</title>\n\
             <desc id=\"{name}-desc\">{safe_words}</desc>\n\
             {style}<rect width=\"{width}\" height=\"{height}\" class=\"f-paper\" \
             fill=\"{paper}\"/>\n{}</svg>\n",
            self.body
        );
        Picture {
            svg,
            size: (width, height),
            title,
            words,
        }
    }
}

/// The colours of a dark screen.
fn style_sheet() -> String {
    let rules = Ink::ALL.map(|ink| {
        let (class, color) = (ink.class(), ink.color(Theme::Dark));
        format!(".f-{class}{{fill:{color}}}.s-{class}{{stroke:{color}}}")
    });
    format!(
        "<style>@media (prefers-color-scheme:dark){{{}}}</style>\n",
        rules.concat()
    )
}

/// A number to a tenth of a pixel.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// A text in XML.
fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            other => result.push(other),
        }
    }
    result
}
