//! Prints posts to a terminal, a pipe or a file.
//!
//! A file can be read back, so there each post is printed once, whatever happens. What went to a
//! terminal or a pipe cannot be looked up again: there a post whose printing was cut off by a crash
//! is not repeated but recorded as failed.

use crate::domain::{Notice, Timestamp, Zone, words};
use crate::ports::{Failure, History, Outgoing, Receipt, Sink};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How wide text is, in columns, where the terminal does not say.
pub const WIDTH: usize = 100;

/// What the last line of a post begins with, before its reference.
const REFERENCE: &str = "    ref ";

/// A sink that prints each post as a paragraph: when and why, the title, the lines, and the
/// reference by which it is known.
pub struct Console<W> {
    out: Mutex<W>,
    zone: Zone,
    width: usize,
    transcript: Option<PathBuf>,
}

impl<W: Write> Console<W> {
    /// A console so many columns wide, whose times are those of `zone`. If what it prints can be
    /// read again, then at `transcript`.
    pub fn new(out: W, zone: Zone, width: usize, transcript: Option<PathBuf>) -> Self {
        Self {
            out: Mutex::new(out),
            zone,
            width,
            transcript,
        }
    }

    /// Prints a post. An error tells how much of it was printed all the same.
    fn print(&self, notice: &Notice, reference: &str) -> Result<(), (usize, io::Error)> {
        let mut text = paragraph(notice, self.zone, self.width);
        // Last: a post that was cut off is not found by it.
        text.push_str(&format!("{REFERENCE}{reference}\n\n"));
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let mut printed = 0;
        while printed < text.len() {
            match out.write(&text.as_bytes()[printed..]) {
                Ok(0) => return Err((printed, ErrorKind::WriteZero.into())),
                Ok(more) => printed += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err((printed, error)),
            }
        }
        out.flush().map_err(|error| (printed, error))
    }
}

/// A post as text: when and why, the title, the lines.
pub fn paragraph(notice: &Notice, zone: Zone, width: usize) -> String {
    let mut head = words::instant(notice.at, zone);
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
    let mut text = wrapped(&head, "", "  ", width);
    text.push_str(&wrapped(&notice.title, "  ", "  ", width));
    for line in notice.text().lines() {
        text.push_str(&hanging(line, "    ", width));
    }
    text
}

impl<W: Write + Send> Sink for Console<W> {
    type Permit = ();

    async fn ready(&self, _: &str) {}

    async fn post(&self, (): (), post: Outgoing<'_>) -> Result<Receipt, Failure> {
        let Err((printed, error)) = self.print(post.notice, post.reference) else {
            return Ok(Receipt::default());
        };
        let why = if error.kind() == ErrorKind::BrokenPipe {
            "nobody reads the output any more".to_owned()
        } else {
            format!("it cannot be printed: {error}")
        };
        // Nothing was seen of it, or what was is not found by its reference: then it can be printed
        // again. Where it cannot be looked up, half a post is not repeated.
        if printed == 0 || self.transcript.is_some() {
            return Err(Failure::Retry { after: None, why });
        }
        Err(Failure::Permanent {
            why: format!("cut off after {printed} bytes: {why}"),
        })
    }

    async fn history(&self, _: &str, _: Timestamp) -> Result<History, Failure> {
        let Some(path) = self.transcript.clone() else {
            let why = "docket was stopped while it was being printed".to_owned();
            return Ok(History::Unreadable(why));
        };
        let read = tokio::task::spawn_blocking(move || references(&path)).await;
        let failed = |why: String| Failure::Retry { after: None, why };
        let posts = read
            .map_err(|error| failed(error.to_string()))?
            .map_err(|error| failed(format!("what was printed cannot be read: {error}")))?;
        Ok(History::Posts(posts))
    }

    async fn time(&self) -> Result<Option<Timestamp>, Failure> {
        Ok(None)
    }
}

/// The references of all posts in a transcript.
fn references(path: &Path) -> io::Result<Vec<(String, Receipt)>> {
    let mut found = Vec::new();
    let mut lines = BufReader::new(File::open(path)?);
    let mut line = Vec::new();
    let mut last = None;
    while lines.read_until(b'\n', &mut line)? > 0 {
        // An empty line ends a post, and a text of the record has none: it cannot pass for one.
        if line == b"\n" {
            found.extend(last.take().map(|name| (name, Receipt::default())));
        }
        let name = line.strip_prefix(REFERENCE.as_bytes());
        let name = name.and_then(|name| name.strip_suffix(b"\n"));
        last = name.map(|name| String::from_utf8_lossy(name).into_owned());
        line.clear();
    }
    Ok(found)
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
