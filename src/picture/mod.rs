//! The two pictures: the timeline of many deadlines and the slip chart of one, each drawn once as
//! SVG from a docket that holds only what is known. PNG is made from that SVG.
//!
//! Pure: the same docket, moment and options give the same picture, to the byte. Nothing in the
//! file can break one: texts are cleaned, cut and escaped, and what is too much is left out and counted.

mod axis;
mod font;
mod marks;
mod palette;
mod placing;
mod png;
mod slip;
mod svg;
mod text;
mod timeline;

use crate::domain::{Deadline, Docket, Filter, Timestamp};
pub use palette::{Ink, Theme};
pub use png::PngError;

/// How a picture is to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// How wide, in CSS pixels. The layout follows it; letters keep their size.
    pub width: u16,
    /// On which paper.
    pub theme: Theme,
    /// How many deadlines at most. The weightiest stay.
    pub rows: u16,
}

impl Options {
    /// The narrowest picture: a small phone.
    pub const WIDTH_MIN: u16 = 320;
    /// The widest picture.
    pub const WIDTH_MAX: u16 = 2_400;
    /// The most deadlines in a timeline.
    pub const ROWS_MAX: u16 = 100;

    /// The width within its bounds.
    fn width(self) -> f64 {
        f64::from(self.width.clamp(Self::WIDTH_MIN, Self::WIDTH_MAX))
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            width: 960,
            theme: Theme::Auto,
            rows: 40,
        }
    }
}

/// A picture, as SVG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    svg: String,
    size: (String, String),
    title: String,
    words: String,
}

impl Picture {
    /// The timeline of the deadlines that pass a filter, with talks and events, as of `now`. The
    /// docket holds only what was known then: see [`Docket::as_of`].
    pub fn timeline(docket: &Docket, filter: &Filter, options: Options, now: Timestamp) -> Self {
        timeline::draw(docket, filter, options, now)
    }

    /// The slip chart of one deadline as of `now`: when its dues were announced, and what they
    /// were. It holds only what was known then: see [`Deadline::as_of`].
    pub fn slip(deadline: &Deadline, options: Options, now: Timestamp) -> Self {
        slip::draw(deadline, options, now)
    }

    /// The picture as a document of its own.
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// Width and height in CSS pixels, as numbers of the SVG.
    pub fn size(&self) -> (&str, &str) {
        (&self.size.0, &self.size.1)
    }

    /// What it is called.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it says, in words: for those who cannot see it.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// The picture as PNG, `scale` pixels to each of its own. No side is longer than 8,000 pixels.
    pub fn png(&self, scale: f32) -> Result<Vec<u8>, PngError> {
        png::of(&self.svg, scale)
    }
}
