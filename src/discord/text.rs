//! Texts of the record made harmless and short enough for Discord: markdown that shows as written,
//! mentions that ping nobody, links that are none, and marks of direction that end where they began.
//!
//! Lengths are in code points, as Discord counts them.

/// Stands for what was cut off.
pub const ELLIPSIS: char = '…';

/// A text for a place where Discord reads no markdown (labels, footers, names of authors), of at
/// most `max` code points. Never empty.
pub fn plain(text: &str, max: usize) -> String {
    cut(&cleaned(text), max)
}

/// A text for a place where Discord reads markdown, of which a reader sees at most `max` code
/// points. Never empty.
///
/// ```
/// use docket::discord::text::safe;
/// assert_eq!(safe("*Stop* <@&1>", 40), r"\*Stop\* \<@\u{200b}&1>".replace(r"\u{200b}", "\u{200b}"));
/// ```
pub fn safe(text: &str, max: usize) -> String {
    isolated(escaped(&cut(&cleaned(text), max)))
}

/// `text`, or its beginning with an ellipsis if it has more than `max` code points. Never ends
/// within an escape or a joined sign.
pub fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    let mut kept = kept.trim_end_matches(|it: char| it == JOINER || it.is_whitespace());
    let escapes = kept.chars().rev().take_while(|it| *it == '\\').count();
    if escapes % 2 == 1 {
        kept = &kept[..kept.len() - 1];
    }
    format!("{kept}{ELLIPSIS}")
}

/// As many of the lines as fit into `max` code points; where some do not, `rest` says how many
/// are left out, as the last line.
pub fn lines(lines: &[String], max: usize, rest: impl Fn(usize) -> String) -> String {
    let whole = lines.join("\n");
    if whole.chars().count() <= max {
        return whole;
    }
    let mut text = String::new();
    let mut length = 0;
    // Of any count, the last line is about as long as of all of them.
    let room = max.saturating_sub(rest(lines.len()).chars().count() + 1);
    for (place, line) in lines.iter().enumerate() {
        let longer = length + line.chars().count() + 1;
        if longer > room {
            return text + &rest(lines.len() - place);
        }
        length = longer;
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// `[text](url)`, or the text alone where the address is none that Discord takes.
pub fn link(text: &str, max: usize, url: Option<&str>) -> String {
    match url.and_then(|url| web_address(url, ADDRESS_IN_TEXT_MAX)) {
        Some(url) => format!("[{}]({url})", safe(text, max)),
        None => safe(text, max),
    }
}

/// Longer addresses in a text are left out: the text has to keep its room.
const ADDRESS_IN_TEXT_MAX: usize = 300;

/// An address of the web of at most `max` code points, written so that it ends where it ends. None
/// if it is something else, or longer.
pub fn web_address(url: &str, max: usize) -> Option<String> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_odd = |it: char| it.is_whitespace() || it.is_control() || is_invisible(it);
    if host.is_empty() || !host.contains(char::is_alphanumeric) || url.contains(is_odd) {
        return None;
    }
    let mut written = String::with_capacity(url.len());
    for character in url.chars() {
        match character {
            '(' => written.push_str("%28"),
            ')' => written.push_str("%29"),
            '<' => written.push_str("%3C"),
            '>' => written.push_str("%3E"),
            '"' => written.push_str("%22"),
            '\\' => written.push_str("%5C"),
            _ => written.push(character),
        }
    }
    (written.chars().count() <= max).then_some(written)
}

const JOINER: char = '\u{200d}';
const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// One line without control characters, marks of direction and other characters that nobody sees,
/// and with single spaces. Where nothing is left, it says so.
fn cleaned(text: &str) -> String {
    let visible = text.chars().filter(|it| !is_invisible(*it));
    let spaced: String = visible
        .map(|it| if it.is_control() { ' ' } else { it })
        .collect();
    let words: Vec<_> = spaced.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().all(|it| matches!(it, JOINER | '\u{200c}')) {
        return "(no text)".to_owned();
    }
    line
}

/// Marks of direction, and characters without width. The joiners stay: scripts need them.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | ZERO_WIDTH_SPACE | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// With a backslash before all that Discord would read as markdown, and mentions broken in two.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 8);
    let mut only_figures = true;
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let begins = written.is_empty();
        let is_mark = match character {
            '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' | '<' => true,
            // Headings, small print, quotes and lists stand at the beginning.
            '#' | '-' | '+' | '>' => begins,
            '.' => only_figures && !begins && !rest.as_str().starts_with(|it: char| it != ' '),
            ':' => rest.as_str().starts_with("//"),
            _ => false,
        };
        if is_mark {
            written.push('\\');
        }
        written.push(character);
        if character == '@' {
            written.push(ZERO_WIDTH_SPACE);
        }
        only_figures &= character.is_ascii_digit();
    }
    written
}

/// Text that runs from right to left is kept from turning what stands around it.
fn isolated(text: String) -> String {
    if text.chars().any(is_right_to_left) {
        format!("\u{2068}{text}\u{2069}")
    } else {
        text
    }
}

fn is_right_to_left(character: char) -> bool {
    matches!(
        character,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
    )
}
