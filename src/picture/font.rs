//! The fonts that are built in, and how wide they write: Latin in two weights, Chinese in one.
//!
//! `assets/fonts/README.md` says what they hold and how they are made. They have neither kerning
//! nor ligatures, so a text is as wide as its letters.

use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _};
use std::sync::LazyLock;

/// Latin letters.
pub(super) const LATIN: &[u8] = include_bytes!("../../assets/fonts/latin.ttf");
/// Latin letters, heavier.
pub(super) const LATIN_SEMIBOLD: &[u8] = include_bytes!("../../assets/fonts/latin-semibold.ttf");
/// Chinese characters.
pub(super) const CHINESE: &[u8] = include_bytes!("../../assets/fonts/chinese.ttf");

/// What an SVG asks for. A browser that lacks the first two takes a near one; the length of each
/// text is written beside it, so that nothing runs into anything.
pub(super) const FAMILIES: &str = "Docket Sans, Docket Sans SC, Source Sans 3, Source Sans Pro, \
    Segoe UI, Helvetica Neue, Arial, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif";

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Semibold,
}

impl Weight {
    /// The number that CSS knows it by.
    pub(super) fn number(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::Semibold => 600,
        }
    }
}

/// Characters below this are most of what is written: their widths are kept.
const COMMON_END: u32 = 0x250;

struct Face {
    common: Vec<Option<f64>>,
    characters: Charmap<'static>,
    widths: GlyphMetrics<'static>,
}

impl Face {
    fn new(bytes: &'static [u8]) -> Self {
        let font = FontRef::new(bytes).expect("a font that is built in is sound");
        let mut face = Self {
            common: Vec::new(),
            characters: font.charmap(),
            widths: font.glyph_metrics(Size::new(1.0), LocationRef::default()),
        };
        let all = (0..COMMON_END).map(|code| face.look_up(char::from_u32(code)?));
        face.common = all.collect();
        face
    }

    /// The width of a character at size 1, if the face has it.
    fn width(&self, character: char) -> Option<f64> {
        match self.common.get(character as usize) {
            Some(width) => *width,
            None => self.look_up(character),
        }
    }

    fn look_up(&self, character: char) -> Option<f64> {
        let glyph = self.characters.map(character)?;
        self.widths.advance_width(glyph).map(f64::from)
    }
}

static FACES: LazyLock<[Face; 3]> =
    LazyLock::new(|| [LATIN, LATIN_SEMIBOLD, CHINESE].map(Face::new));

/// Whether a character is drawn from the Chinese font: lines may break on both sides of it.
pub(super) fn is_chinese(character: char) -> bool {
    let [latin, _, chinese] = &*FACES;
    latin.width(character).is_none() && chinese.width(character).is_some()
}

/// The width of a character at a size, if it can be drawn.
pub(super) fn width(character: char, size: f64, weight: Weight) -> Option<f64> {
    let [latin, semibold, chinese] = &*FACES;
    let face = match weight {
        Weight::Regular => latin,
        Weight::Semibold => semibold,
    };
    let width = face.width(character).or_else(|| chinese.width(character));
    width.map(|width| width * size)
}

/// What takes the place of a character in a picture.
enum Drawn {
    /// The character itself.
    Itself,
    /// A space: it parts words.
    Space,
    /// Nothing: it carries no word by itself (emoji, flags, accents alone), or would turn the
    /// direction of the text.
    Nothing,
    /// A sign that something is left out: a letter that neither font has.
    Ellipsis,
}

fn drawn(character: char) -> Drawn {
    if character.is_whitespace() {
        Drawn::Space
    } else if width(character, 1.0, Weight::Regular).is_some() {
        Drawn::Itself
    } else if character.is_alphanumeric() {
        Drawn::Ellipsis
    } else {
        Drawn::Nothing
    }
}

/// How much of a text is looked at: far more than any label has room for.
const CHARACTERS_MAX: usize = 600;

/// A text as it can be drawn: in one line, without a character that the fonts lack.
pub(super) fn drawable(text: &str) -> String {
    let mut result = String::new();
    for character in text.chars().take(CHARACTERS_MAX) {
        let next = match drawn(character) {
            Drawn::Itself => character,
            Drawn::Space => ' ',
            Drawn::Ellipsis => '…',
            Drawn::Nothing => continue,
        };
        // A word of another script is one sign, and spaces around what is dropped are one.
        let is_repeated = matches!(next, ' ' | '…') && result.ends_with(next);
        let is_leading = next == ' ' && result.is_empty();
        if !is_repeated && !is_leading {
            result.push(next);
        }
    }
    if text.chars().nth(CHARACTERS_MAX).is_some() && !result.ends_with('…') {
        result.push('…');
    }
    result.truncate(result.trim_end().len());
    result
}

/// How much of a text a screen reader is given.
const SPOKEN_MAX: usize = 300;

/// A text as it can be read out: any letters, but nothing that XML forbids, that turns the
/// direction of the text around it, or that cannot be seen.
pub(super) fn spoken(text: &str) -> String {
    let is_hidden = |character: char| {
        matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}')
    };
    let mut result = String::new();
    for character in text.chars().take(SPOKEN_MAX) {
        if character.is_control() || character.is_whitespace() {
            if !result.ends_with(' ') {
                result.push(' ');
            }
        } else if !is_hidden(character) {
            result.push(character);
        }
    }
    if text.chars().nth(SPOKEN_MAX).is_some() {
        result.push('…');
    }
    result.trim().to_owned()
}
