//! From text to a TOML document with positions, and every syntax error of it.
//!
//! A mistake in one block must not hide those of the others, nor be reported again on each line
//! that follows. So a broken file is taken apart at its table headers, each block is parsed on
//! its own, and blocks that do not parse are blanked out before the rest is read.

use super::problem::{Code, Problems};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, Error};

/// The blocks of a broken file that could be read, with the others blanked out.
pub(super) fn readable_part(text: &str, problems: &mut Problems) -> String {
    let mut readable = text.as_bytes().to_vec();
    let mut broken = 0;
    for block in blocks(text) {
        let (_, errors) = DeTable::parse_recoverable(&text[block.clone()]);
        let Some(error) = errors.first() else {
            continue;
        };
        add(error, block.start, &text[block.clone()], problems);
        broken += 1;
        for byte in &mut readable[block] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    if broken == 0 {
        // Each block is fine and the whole is not: a key or table is there twice.
        let (_, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            add(error, 0, text, problems);
        }
        return String::new();
    }
    String::from_utf8(readable).expect("blanking whole blocks leaves UTF-8")
}

/// The document, or none if the text is not TOML.
pub(super) fn document(text: &str) -> Option<Spanned<DeTable<'_>>> {
    DeTable::parse(text).ok()
}

/// The text cut before each line that looks like a table header.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if is_header(line) && offset > 0 {
            starts.push(offset);
        }
        offset += line.len();
    }
    let ends = starts[1..].iter().copied().chain([text.len()]);
    starts
        .iter()
        .copied()
        .zip(ends)
        .map(|(start, end)| start..end)
        .collect()
}

fn is_header(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default().trim();
    let name = line.trim_start_matches('[').trim_end_matches(']');
    line.starts_with('[')
        && !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || "-_. ".contains(letter))
}

fn add(error: &Error, offset: usize, block: &str, problems: &mut Problems) {
    let message = error.message();
    if message.contains("recursion limit") || message.contains("recurse") {
        let start = offset + error.span().map_or(0, |span| span.start);
        problems.add_with_help(
            Code::TooDeep,
            start..start,
            "tables or lists are nested too deep",
            "no key of this format needs more than a few levels",
        );
        return;
    }
    let span = error.span().unwrap_or(0..0);
    // An error at the end of a block belongs to the line that was not finished.
    let start = span.start.min(block.trim_end().len());
    let end = span.end.clamp(start, block.len());
    problems.add(Code::Syntax, offset + start..offset + end, message.trim());
    if let Some(help) = help(message, block, start) {
        problems.help(help);
    }
}

/// A way out for the mistakes that people make.
fn help(message: &str, block: &str, at: usize) -> Option<String> {
    let line_start = block[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = block[line_start..].lines().next().unwrap_or_default();
    let value = line.split_once('=').map_or("", |(_, value)| value.trim());
    let key = line.split('=').next().unwrap_or_default().trim();
    if message.contains("duplicate key") {
        return Some("a key may be written once in each table: delete one of the two".to_owned());
    }
    if line.contains(['“', '”', '‘', '’']) {
        return Some("use straight quotes: `\"`".to_owned());
    }
    if value.contains('/') && value.starts_with(|first: char| first.is_ascii_digit()) {
        return Some(format!("write dates as `{key} = 2026-11-10`"));
    }
    if value.starts_with(|first: char| first.is_alphabetic()) {
        return Some(format!("put text in quotes: `{key} = \"{value}\"`"));
    }
    if value.starts_with('"') && !value[1..].contains('"') {
        return Some("close the text with `\"`".to_owned());
    }
    None
}
