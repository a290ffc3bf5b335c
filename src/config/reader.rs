//! Typed access to the tables of a document. Whatever is not as it should be becomes a problem,
//! and the caller goes on without it.

use super::keys::{Key, Shape, headers_below};
use super::problem::{Code, Lines, Problems};
use super::suggest::{all_of, one_of};
use crate::domain::{Duration, DurationError, Id, Timestamp, Zone};
use chrono::NaiveTime;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Time;

/// A value with its place in the text.
pub(super) type Node<'a> = Spanned<DeValue<'a>>;

/// What lowering carries along.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) now: Timestamp,
    pub(super) problems: Problems,
    lines: Lines,
    pub(super) party_ids: HashSet<Id>,
    pub(super) item_ids: HashMap<Id, (ItemKind, Range<usize>)>,
}

/// What an id names, as its header has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ItemKind(&'static str);

impl ItemKind {
    pub(super) const DEADLINE: Self = Self("deadline");
    pub(super) const NEGOTIATION: Self = Self("negotiation");
    pub(super) const EVENT: Self = Self("event");
    pub(super) const ALL: [Self; 3] = [Self::DEADLINE, Self::NEGOTIATION, Self::EVENT];

    pub(super) fn key(self) -> &'static str {
        self.0
    }
}

/// A table whose keys have been checked.
#[derive(Clone)]
pub(super) struct Table<'a> {
    keys: &'a DeTable<'a>,
    pub(super) span: Range<usize>,
    shape: &'static Shape,
}

impl<'a> Table<'a> {
    pub(super) fn get(&self, key: &str) -> Option<&'a Node<'a>> {
        debug_assert!(
            self.shape.key(key).is_some(),
            "{key} is a key of {}",
            self.shape.name
        );
        self.keys.get(key)
    }

    /// The place of a value, or of the table if the key is not there.
    pub(super) fn span_of(&self, key: &str) -> Range<usize> {
        self.get(key)
            .map_or_else(|| self.span.clone(), Spanned::span)
    }

    /// The place of a text in a list, or of the list if it is not there.
    pub(super) fn span_of_entry(&self, key: &str, text: &str) -> Range<usize> {
        let entries = self.get(key).and_then(|list| list.get_ref().as_array());
        let entry = entries.and_then(|entries| {
            let mut nodes = entries.iter();
            nodes.find(|node| node.get_ref().as_str() == Some(text))
        });
        entry.map_or_else(|| self.span_of(key), Spanned::span)
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, now: Timestamp) -> Self {
        Self {
            text,
            now,
            problems: Problems::default(),
            lines: Lines::of(text),
            party_ids: HashSet::new(),
            item_ids: HashMap::new(),
        }
    }

    /// The number of the line that a place lies in, from 1.
    pub(super) fn line_of(&self, place: usize) -> usize {
        self.lines.number(place)
    }

    /// The whole document as a table.
    pub(super) fn root(&mut self, root: &'a DeTable<'a>, shape: &'static Shape) -> Table<'a> {
        self.check_keys(root, 0..0, shape)
    }

    /// A value as a table.
    pub(super) fn table(&mut self, node: &'a Node<'a>, shape: &'static Shape) -> Option<Table<'a>> {
        if let DeValue::Table(keys) = node.get_ref() {
            return Some(self.check_keys(keys, node.span(), shape));
        }
        self.wrong_type(node, shape.noun, format!("write `{}`", shape.form));
        None
    }

    fn check_keys(
        &mut self,
        keys: &'a DeTable<'a>,
        span: Range<usize>,
        shape: &'static Shape,
    ) -> Table<'a> {
        let mut misspelt = Vec::new();
        for key in keys.keys() {
            let name = key.get_ref().as_ref();
            if shape.key(name).is_some() {
                continue;
            }
            let names = shape.keys.iter().map(|key| key.name);
            let meant = self.problems.suggest(name, || names.clone());
            let message = format!("{} has no key `{}`", shape.noun, cut(name));
            misspelt.extend(meant);
            self.problems.add(Code::UnknownKey, key.span(), message);
            let headers = headers_below(name);
            self.problems.help(match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if !headers.is_empty() => {
                    format!("write {}, below what it belongs to", one_of(&headers))
                }
                None => format!("its keys are {}", all_of(&names.collect::<Vec<_>>())),
            });
        }
        for Key {
            name, doc, value, ..
        } in shape.keys.iter().filter(|key| key.required)
        {
            if !keys.contains_key(*name) && !misspelt.contains(name) {
                let message = format!("{} needs the key `{name}`", shape.noun);
                let help = format!("write `{name} = {}`. {doc}", value.example());
                self.problems
                    .add_with_help(Code::MissingKey, span.clone(), message, help);
            }
        }
        Table { keys, span, shape }
    }

    /// The entries of a list of tables.
    pub(super) fn tables(
        &mut self,
        table: &Table<'a>,
        key: &str,
        shape: &'static Shape,
    ) -> Vec<Table<'a>> {
        let Some(node) = table.get(key) else {
            return Vec::new();
        };
        let help = || match shape.form.strip_prefix('{') {
            Some(_) => format!("write `{key} = [{}]`", shape.form),
            None => format!("write each under its own header: `{}`", shape.form),
        };
        match node.get_ref() {
            DeValue::Array(entries) => entries
                .iter()
                .filter_map(|entry| self.table(entry, shape))
                .collect(),
            DeValue::Table(_) => {
                self.problems.add_with_help(
                    Code::WrongType,
                    node.span(),
                    format!("`{key}` is one table, but there can be several"),
                    help(),
                );
                Vec::new()
            }
            _ => {
                self.wrong_type(node, "a list of tables", help());
                Vec::new()
            }
        }
    }

    /// The entries of a list, or none if the key is not there.
    pub(super) fn list(&mut self, table: &Table<'a>, key: &str) -> Option<&'a [Node<'a>]> {
        let node = table.get(key)?;
        if let DeValue::Array(entries) = node.get_ref() {
            return Some(entries);
        }
        let written = match node.get_ref().as_str() {
            Some(text) if text.contains(',') => quoted_apart(text),
            _ => self.text[node.span()].to_owned(),
        };
        let help = format!("put it in brackets: `{key} = [{}]`", cut(&written));
        self.wrong_type(node, "a list", help);
        None
    }

    /// The same, where an empty list would be a subscription to nothing.
    pub(super) fn filter_list(&mut self, table: &Table<'a>, key: &str) -> Option<&'a [Node<'a>]> {
        let entries = self.list(table, key)?;
        if entries.is_empty() {
            self.problems.add_with_help(
                Code::EmptyValue,
                table.span_of(key),
                format!("`{key}` is empty, so nothing could ever pass it"),
                format!("leave `{key}` out to let everything pass"),
            );
            return None;
        }
        Some(entries)
    }

    pub(super) fn text_of(&mut self, node: &'a Node<'a>) -> Option<&'a str> {
        let Some(text) = node.get_ref().as_str() else {
            let written = cut(&self.text[node.span()]);
            self.wrong_type(node, "text", format!("put it in quotes: `\"{written}\"`"));
            return None;
        };
        if text.trim().is_empty() {
            self.problems.add_with_help(
                Code::EmptyValue,
                node.span(),
                "the text is empty",
                "write something, or leave the key out",
            );
            return None;
        }
        if let Some(letter) = text.chars().find(|letter| letter.is_control()) {
            let code = u32::from(letter);
            self.problems.add_with_help(
                Code::ControlCharacter,
                node.span(),
                format!("the text has a control character (U+{code:04X})"),
                "write it in one line; in `\"\"\"`, a `\\` at the end of a line joins it to the next",
            );
            return None;
        }
        Some(text)
    }

    pub(super) fn text(&mut self, table: &Table<'a>, key: &str) -> Option<String> {
        self.text_of(table.get(key)?).map(str::to_owned)
    }

    pub(super) fn texts(&mut self, table: &Table<'a>, key: &str) -> Vec<String> {
        let entries = self.list(table, key).unwrap_or_default();
        entries
            .iter()
            .filter_map(|entry| self.text_of(entry))
            .map(str::to_owned)
            .collect()
    }

    pub(super) fn id_of(&mut self, node: &'a Node<'a>) -> Option<Id> {
        let text = self.text_of(node)?;
        let id = Id::parse(text);
        if id.is_none() {
            self.problems.add(
                Code::BadId,
                node.span(),
                format!("`{}` is not an id", cut(text)),
            );
            let rule = "ids are 1 to 64 characters of `a-z`, `0-9` and `-`";
            self.problems.help(match Id::nearest(text) {
                Some(nearest) => format!("{rule}: `{nearest}`"),
                None => rule.to_owned(),
            });
        }
        id
    }

    pub(super) fn id(&mut self, table: &Table<'a>, key: &str) -> Option<Id> {
        self.id_of(table.get(key)?)
    }

    /// One of `words`, as the value that stands in the same place.
    pub(super) fn word<T: Copy>(
        &mut self,
        table: &Table<'a>,
        key: &str,
        words: &[&'static str],
        values: &[T],
    ) -> Option<T> {
        debug_assert_eq!(words.len(), values.len());
        let node = table.get(key)?;
        let text = self.text_of(node)?;
        if let Some(place) = words.iter().position(|word| *word == text) {
            return Some(values[place]);
        }
        let meant = self.problems.suggest(text, || words.iter().copied());
        let message = format!("`{}` is not a word for `{key}`", cut(text));
        self.problems.add(Code::UnknownWord, node.span(), message);
        self.problems.help(match meant {
            Some(meant) if words.len() == 1 => format!("did you mean `{meant}`?"),
            Some(meant) => format!("did you mean `{meant}`? It can be {}", one_of(words)),
            None => format!("it can be {}", one_of(words)),
        });
        None
    }

    pub(super) fn zone(&mut self, table: &Table<'a>) -> Option<Zone> {
        let node = table.get("zone")?;
        let text = self.text_of(node)?;
        match Zone::parse(text) {
            Ok(zone) => Some(zone),
            Err(error) => {
                let meant = error.meant.or_else(|| {
                    let names = || Zone::names().chain(Zone::misnomers());
                    let near = self.problems.suggest(text, names)?;
                    Zone::parse(near).map_or_else(|wrong| wrong.meant, |zone| Some(zone.name()))
                });
                let message = format!("`{}` is not a zone of law", cut(text));
                self.problems.add(Code::UnknownZone, node.span(), message);
                self.problems.help(match meant {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "zones are `UTC` or Area/City names of the tz database, such as \
                             `Europe/Madrid`"
                        .to_owned(),
                });
                None
            }
        }
    }

    pub(super) fn flag(&mut self, table: &Table<'a>, key: &str) -> Option<bool> {
        let node = table.get(key)?;
        let flag = node.get_ref().as_bool();
        if flag.is_none() {
            let help = format!("write `{key} = true`, or leave it out");
            self.wrong_type(node, "`true` or `false`", help);
        }
        flag
    }

    /// A time of day, to the minute.
    pub(super) fn time(&mut self, table: &Table<'a>, key: &str) -> Option<NaiveTime> {
        let node = table.get(key)?;
        let time = match node.get_ref() {
            DeValue::Datetime(it) if it.date.is_none() && it.offset.is_none() => it.time,
            _ => None,
        };
        let Some(time) = time else {
            let help = format!("write it without quotes: `{key} = 09:00`");
            self.wrong_type(node, "a time of day", help);
            return None;
        };
        self.minute(time, node.span())
    }

    /// A time of TOML, if it has no seconds.
    pub(super) fn minute(&mut self, time: Time, span: Range<usize>) -> Option<NaiveTime> {
        if time.second.unwrap_or(0) != 0 || time.nanosecond.unwrap_or(0) != 0 {
            self.problems.add_with_help(
                Code::Seconds,
                span,
                "times here go to the minute",
                "leave the seconds out, or write them as `:00`",
            );
            return None;
        }
        NaiveTime::from_hms_opt(time.hour.into(), time.minute.into(), 0)
    }

    pub(super) fn duration_of(&mut self, node: &'a Node<'a>) -> Option<Duration> {
        let text = self.text_of(node)?;
        match text.parse() {
            Ok(duration) => Some(duration),
            Err(error) => {
                let message = cut_to(&error.to_string(), 160);
                self.problems.add(Code::BadDuration, node.span(), message);
                self.problems.help(match &error {
                    DurationError::Unit(unit) if unit == "M" => "`mo` are months, `m` minutes",
                    DurationError::Zero => "leave it out, or give it a length",
                    DurationError::TooLong(_) => "check the number",
                    DurationError::Order(_) => "write the largest unit first: `1d12h`",
                    _ => {
                        "the units are `y`, `mo`, `w`, `d`, `h` and `m`: `90d`, `1d12h`; or ISO \
                          8601: `P7D`"
                    }
                });
                None
            }
        }
    }

    pub(super) fn duration(&mut self, table: &Table<'a>, key: &str) -> Option<Duration> {
        self.duration_of(table.get(key)?)
    }

    /// Durations, each once: `P7D`, `1w` and `7d` are one.
    pub(super) fn leads(&mut self, table: &Table<'a>, key: &str) -> Option<Vec<Duration>> {
        let entries = self.list(table, key)?;
        let mut leads = Vec::new();
        for lead in entries.iter().filter_map(|entry| self.duration_of(entry)) {
            if !leads.contains(&lead) {
                leads.push(lead);
            }
        }
        Some(leads)
    }

    /// `help` shows how to write what is expected.
    pub(super) fn wrong_type(&mut self, node: &Node<'_>, expected: &str, help: impl Into<String>) {
        let found = match node.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "`true` or `false`",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("expected {expected}, found {found}");
        self.problems
            .add_with_help(Code::WrongType, node.span(), message, help);
    }
}

/// `"30d", "7d"` for `30d, 7d`.
fn quoted_apart(text: &str) -> String {
    let parts = text.split(',').map(str::trim);
    let quoted = parts
        .filter(|part| !part.is_empty())
        .map(|part| format!("{part:?}"));
    quoted.collect::<Vec<_>>().join(", ")
}

/// A text of the file as an error quotes it: never longer than a line.
pub(super) fn cut(text: &str) -> String {
    cut_to(text, 80)
}

fn cut_to(text: &str, shown_max: usize) -> String {
    let line: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    if line.chars().count() <= shown_max {
        return line;
    }
    line.chars().take(shown_max - 1).chain(['…']).collect()
}
