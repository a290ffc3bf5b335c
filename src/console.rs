//! Prints notices to a terminal.

use crate::domain::{Notice, Zone, words};
use std::io::{self, Write};

/// How wide text is, in columns, where the terminal does not say.
pub const WIDTH: usize = 100;

/// A sink that prints each post as a paragraph: when and why, the title, the lines.
pub struct Console<W> {
    out: W,
    zone: Zone,
    width: usize,
}

impl<W: Write> Console<W> {
    /// A console so many columns wide, whose times are those of `zone`.
    pub fn new(out: W, zone: Zone, width: usize) -> Self {
        Self { out, zone, width }
    }

    /// Prints a post.
    pub fn post(&mut self, notice: &Notice) -> io::Result<()> {
        let mut head = words::instant(notice.at, self.zone);
        for part in [
            Some(notice.kind.word().to_owned()),
            notice.lead.map(|lead| lead.to_string()),
        ]
        .into_iter()
        .flatten()
        {
            head.push_str(" · ");
            head.push_str(&part);
        }
        if notice.late {
            head.push_str(" · late");
        }
        let mut text = wrapped(&head, "", "  ", self.width);
        text.push_str(&wrapped(&notice.title, "  ", "  ", self.width));
        for line in notice.text().lines() {
            text.push_str(&hanging(line, "    ", self.width));
        }
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }
}

/// A text in lines that fit the width. Words, such as addresses, are never broken.
pub fn wrapped(text: &str, first_indent: &str, indent: &str, width: usize) -> String {
    let options = textwrap::Options::new(width)
        .initial_indent(first_indent)
        .subsequent_indent(indent)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .word_separator(textwrap::WordSeparator::AsciiSpace);
    textwrap::fill(&shown(text), options) + "\n"
}

/// The same for a line that may begin with a bullet: what stands under it stays under it.
pub fn hanging(line: &str, indent: &str, width: usize) -> String {
    let inner = line
        .find(|letter| !matches!(letter, ' ' | '•'))
        .unwrap_or(0);
    let hanging = format!("{indent}{}", " ".repeat(line[..inner].chars().count()));
    wrapped(line, indent, &hanging, width)
}

/// A text of the record as a terminal may show it: without the marks that turn the direction of
/// what follows, by which a line could be made to read otherwise than it is written.
pub fn shown(text: &str) -> String {
    let turns = |letter: &char| matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|letter| !turns(letter)).collect()
}
