//! From text to a TOML document with positions, and every syntax error of it.
//!
//! A mistake in one block must not hide those of the others, nor be reported again on each line
//! that follows. So a broken file is taken apart at its table headers, each block is parsed on
//! its own, and blocks that do not parse are blanked out before the rest is read.

use super::keys::repeated;
use super::problem::{Code, Problems};
use super::reader::cut;
use crate::domain::Zone;
use std::collections::HashSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, Error};

/// The blocks of a broken file that could be read, with the others blanked out.
pub(super) fn readable_part(text: &str, problems: &mut Problems) -> String {
    let mut readable = text.as_bytes().to_vec();
    let mut broken = 0;
    let mut broken_path = String::new();
    for block in blocks(text) {
        let path = header_path(&text[block.clone()]);
        // Without its parent, a table would become part of the item above it.
        if !broken_path.is_empty() && path.starts_with(&broken_path) {
            blank(&mut readable[block.clone()]);
        }
        let (_, errors) = DeTable::parse_recoverable(&text[block.clone()]);
        let Some(error) = errors.first() else {
            // A sound item ends what hung on the broken one before it.
            if !path.starts_with(&broken_path) {
                broken_path.clear();
            }
            continue;
        };
        add(error, block.start, &text[block.clone()], problems);
        add_other_lines(error, &block, text, problems);
        broken += 1;
        if broken_path.is_empty() || !path.starts_with(&broken_path) {
            broken_path = format!("{path}.");
        }
        blank(&mut readable[block]);
    }
    if broken == 0 {
        // Each block is fine and the whole is not: a key or table is there twice.
        let (_, errors) = DeTable::parse_recoverable(text);
        let blocks = blocks(text);
        let mut told = HashSet::new();
        for error in &errors {
            let place = error.span().map_or(0, |span| span.start);
            let number = blocks
                .partition_point(|block| block.end <= place)
                .min(blocks.len() - 1);
            if told.insert(number) {
                add(error, 0, text, problems);
                blank(&mut readable[blocks[number].clone()]);
            }
        }
    }
    String::from_utf8(readable).expect("blanking whole blocks leaves UTF-8")
}

/// After the first error of a block a parser guesses. Lines that are wrong on their own are so
/// whatever stands before them.
fn add_other_lines(first: &Error, block: &Range<usize>, text: &str, problems: &mut Problems) {
    let first = block.start + first.span().map_or(0, |span| span.start);
    let mut offset = block.start;
    for line in text[block.clone()].split_inclusive('\n') {
        let place = offset..offset + line.len();
        offset = place.end;
        // Not the lines of a list or text that goes over several.
        let key = line.split_once('=').map_or("", |(key, _)| key.trim());
        let is_key = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
        if key.is_empty() || !key.chars().all(is_key) || place.contains(&first) {
            continue;
        }
        let (_, errors) = DeTable::parse_recoverable(line);
        if let Some(error) = errors
            .first()
            .filter(|error| !error.message().contains("unclosed"))
        {
            add(error, place.start, line, problems);
        }
    }
}

/// The document, or none if the text is not TOML.
pub(super) fn document(text: &str) -> Option<Spanned<DeTable<'_>>> {
    DeTable::parse(text).ok()
}

/// `deadline.revision` of a block that begins with `[[deadline.revision]]`.
fn header_path(block: &str) -> String {
    let line = block
        .lines()
        .next()
        .filter(|line| is_header(line))
        .unwrap_or_default();
    let line = line.split('#').next().unwrap_or_default().trim();
    line.trim_start_matches('[')
        .trim_end_matches(']')
        .replace(' ', "")
}

fn blank(block: &mut [u8]) {
    for byte in block.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
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
    let way_out = help(message, block, &(start..end));
    let span = offset + start..offset + end;
    problems.add_with_help(Code::Syntax, span, message.trim(), way_out);
}

/// A way out for the mistakes that people make.
fn help(message: &str, block: &str, span: &Range<usize>) -> String {
    let (above, _) = block.split_at(span.start);
    let line_start = above.rfind('\n').map_or(0, |newline| newline + 1);
    let line = block[line_start..].lines().next().unwrap_or_default();
    if line.contains(|letter: char| letter.is_control() && letter != '\t') {
        if line.contains('\r') {
            "save the file with lines that end with LF or CRLF, not with CR alone".to_owned()
        } else {
            "take out the control character".to_owned()
        }
    } else if message.contains("duplicate key") {
        match repeated(&header_path(line)) {
            Some(header) => format!("there can be several: write `{header}` above each"),
            None => "a key may be written once in each table: delete one of the two, or put the \
                     header between them, such as `[[deadline]]`"
                .to_owned(),
        }
    } else if is_conflict_mark(line)
        || block[..line_start]
            .lines()
            .next_back()
            .is_some_and(is_conflict_mark)
    {
        "this is an unresolved merge: keep one of the two versions, and delete the lines with \
         `<<<<<<<`, `=======` and `>>>>>>>`"
            .to_owned()
    } else if line.contains(['“', '”', '‘', '’']) {
        "use straight quotes: `\"`".to_owned()
    } else if message.contains("unclosed") || message.contains("comma") {
        "close what was opened: `]`, `}` or `\"`, and put commas between values".to_owned()
    } else if let Some((key, value)) = line.split_once('=') {
        let value = value.split('#').next().unwrap_or_default();
        let written = block.get(span.clone()).unwrap_or_default();
        help_with_value(message, key.trim(), value.trim(), written)
    } else {
        "write `key = value`, or a header such as `[[deadline]]`".to_owned()
    }
}

/// A line that a merge leaves where two versions differ.
fn is_conflict_mark(line: &str) -> bool {
    ["<<<<<<<", "|||||||", "=======", ">>>>>>>"]
        .iter()
        .filter_map(|mark| line.strip_prefix(mark))
        .any(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// The same for a value that is not one. `written` is the part of it that is wrong.
fn help_with_value(message: &str, key: &str, value: &str, written: &str) -> String {
    let is_digit = |letter: char| letter.is_ascii_digit();
    let begins_with_digit = value.starts_with(is_digit);
    let is_period = value.len() == 7 && value.as_bytes()[4] == b'-';
    // As text editors put in, and other programs print: ‐ to —, and the minus sign.
    let is_dash = |letter: char| matches!(letter, '\u{2010}'..='\u{2014}' | '\u{2212}');
    let has_dashes =
        |it: &str| it.contains(is_dash) && it.split(is_dash).all(|part| part.starts_with(is_digit));
    if value.is_empty() {
        format!("write a value: `{key} = \"…\"`")
    } else if begins_with_digit && is_period {
        format!("a month or quarter stands in quotes: `{key} = \"{value}\"`")
    } else if message.contains("invalid time") && value.starts_with(['{', '[']) {
        "write a time of day by the 24-hour clock, with two digits: `09:00`".to_owned()
    } else if begins_with_digit && matches!(key, "remind_at" | "at" | "from" | "to") {
        format!("write a time of day by the 24-hour clock: `{key} = 09:00`")
    } else if has_dashes(value) || has_dashes(written) {
        "use plain hyphens, as in `2026-11-10`".to_owned()
    } else if begins_with_digit {
        help_with_date(message, key, value)
    } else if value.starts_with('"') {
        "close the text with `\"`, and write a `\"` inside it as `\\\"`".to_owned()
    } else if value.starts_with(['[', '{']) && value.contains('{') {
        "close what was opened: `]`, `}` or `\"`, and put commas between values".to_owned()
    } else if value.starts_with('[') {
        format!("put each text of the list in quotes: `{key} = [\"…\"]`")
    } else {
        format!(
            "put text in quotes: `{key} = \"{}\"`",
            value.trim_matches('"')
        )
    }
}

/// The same for what was to be a date, with a time or without.
fn help_with_date(message: &str, key: &str, value: &str) -> String {
    let is_of_name = |letter: char| letter.is_ascii_alphabetic() || matches!(letter, '/' | '_');
    let (time, zone) = value.split_at(value.trim_end_matches(is_of_name).len());
    let is_half_of_day = matches!(zone.to_ascii_lowercase().as_str(), "am" | "pm");
    let has_time = value.contains([':', 'T']) || message.contains("invalid time");
    if !has_time || message.contains("invalid date,") {
        format!("write a date of the calendar as `{key} = 2026-11-10`")
    } else if time.contains(':') && zone.len() > 1 && !is_half_of_day {
        match Zone::parse(zone).map_or_else(|error| error.meant, |zone| Some(zone.name())) {
            Some(name) => {
                format!("leave `{zone}` out, and set `zone = \"{name}\"` for the whole item")
            }
            None => format!(
                "leave `{}` out, and write an offset, as in `2026-11-10T09:00-05:00`, or set `zone`",
                cut(zone)
            ),
        }
    } else if message.contains("invalid offset") && zone.is_empty() {
        format!("write the offset as in `{key} = 2026-11-10T09:00-05:00`, or set `zone` instead")
    } else {
        format!("write a time by the 24-hour clock: `{key} = 2026-11-10T09:00`")
    }
}
