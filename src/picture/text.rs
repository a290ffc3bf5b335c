//! Text that fits: measured, cut and wrapped to a width.

use super::font::{self, Weight};

/// A size and a weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    pub(super) size: f64,
    pub(super) weight: Weight,
}

impl Style {
    /// Regular letters of a size.
    pub(super) const fn regular(size: f64) -> Self {
        let weight = Weight::Regular;
        Self { size, weight }
    }

    /// Heavier letters of a size.
    pub(super) const fn semibold(size: f64) -> Self {
        let weight = Weight::Semibold;
        Self { size, weight }
    }

    /// From one baseline to the next.
    pub(super) fn leading(self) -> f64 {
        (self.size * 1.28).round()
    }

    fn of(self, character: char) -> f64 {
        font::width(character, self.size, self.weight).unwrap_or_default()
    }

    /// How wide a drawable text is.
    pub(super) fn width(self, text: &str) -> f64 {
        text.chars().map(|character| self.of(character)).sum()
    }

    /// A drawable text, cut to a width. What is cut is shown as `…`.
    pub(super) fn cut(self, text: &str, width: f64) -> String {
        if self.width(text) <= width {
            return text.to_owned();
        }
        let mut room = width - self.of('…');
        let fits = |character: &char| {
            room -= self.of(*character);
            room >= 0.0
        };
        let kept: String = text.chars().take_while(fits).collect();
        let kept = kept.trim_end_matches([' ', ',', '.', '…', '–']);
        format!("{kept}…")
    }

    /// A drawable text in at most so many lines of a width. The last one is cut.
    pub(super) fn wrap(self, text: &str, width: f64, lines_max: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if lines.len() + 1 == lines_max {
                lines.push(self.cut(rest, width));
                break;
            }
            let (line, after) = rest.split_at(self.line_end(rest, width));
            lines.push(line.trim_end().to_owned());
            rest = after.trim_start();
        }
        lines
    }

    /// A drawable text in as few lines as it needs, none of them much shorter than the others.
    pub(super) fn balanced(self, text: &str, width: f64, lines_max: usize) -> Vec<String> {
        let lines = self.wrap(text, width, lines_max);
        let is_cut = lines
            .iter()
            .any(|line| self.width(line) > width || line.ends_with('…'));
        if lines.len() < 2 || is_cut {
            return lines;
        }
        let narrower = (0..8).map(|step| width * (0.55 + 0.05 * f64::from(step)));
        let whole: usize = lines.iter().map(String::len).sum();
        let fits = |way: &Vec<String>| {
            way.len() == lines.len() && way.iter().map(String::len).sum::<usize>() == whole
        };
        let mut ways = narrower.map(|width| self.wrap(text, width, lines_max));
        ways.find(fits).unwrap_or(lines)
    }

    /// Where the first line of a text ends: at a space or beside a Chinese character or, where a
    /// word is wider than the line, within it. Never at the start.
    fn line_end(self, text: &str, width: f64) -> usize {
        let mut used = 0.0;
        let mut last_break = 0;
        let mut before = None;
        for (place, character) in text.char_indices() {
            let breaks = character == ' '
                || font::is_chinese(character) && !CLOSING.contains(&character)
                || before.is_some_and(font::is_chinese) && !character.is_ascii_punctuation();
            if breaks && place > 0 {
                last_break = place;
            }
            used += self.of(character);
            if used > width && place > 0 && character != ' ' {
                return if last_break > 0 { last_break } else { place };
            }
            before = Some(character);
        }
        text.len()
    }
}

/// No line begins with these.
const CLOSING: [char; 9] = ['，', '。', '、', '；', '：', '！', '？', '）', '》'];
