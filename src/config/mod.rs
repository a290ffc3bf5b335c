//! From the text of a `deadlines.toml` to the docket, or to every problem in it.
//!
//! Pure: reads no file and no clock. Whatever the text is, it neither panics nor hangs.

mod channels;
mod computed;
mod dates;
mod deadlines;
pub mod keys;
mod problem;
mod reader;
mod references;
mod render;
mod schema;
mod suggest;
mod syntax;
mod talks;
mod warnings;

use crate::domain::{Docket, Duration, Item, Parts, Timestamp, Zone};
use channels::Defaults;
use chrono::NaiveTime;
pub(crate) use dates::YEARS;
use keys::{CHANNEL, DEADLINE, EVENT, NEGOTIATION, PARTY, ROOT};
use problem::Problems;
pub use problem::{Code, Problem, Severity, errors};
use reader::{ItemKind, Reader, Table};
pub use render::{Report, Style};
pub use schema::json_schema;
use std::borrow::Cow;
use std::collections::HashSet;
pub use suggest::{closeness, nearest, one_of};

/// The largest file that is read, in bytes.
pub const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What a text says.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The docket, if there is no error.
    pub docket: Option<Docket>,
    /// Its zone; `UTC` if none could be read.
    pub zone: Zone,
    /// Every problem, in the order of the text.
    pub problems: Vec<Problem>,
}

/// Reads the bytes of a file as of `now`: what lies ahead or long back is warned of. Gives the
/// text too, as far as it is one, for the problems to be shown in.
pub fn parse_bytes(bytes: &[u8], now: Timestamp) -> (Parsed, Cow<'_, str>) {
    let failed = |code, span: std::ops::Range<usize>, message: String, help: &str| {
        let mut problems = Problems::default();
        problems.add_with_help(code, span, message, help);
        Parsed {
            docket: None,
            zone: Zone::UTC,
            problems: problems.into_sorted(),
        }
    };
    if bytes.len() > FILE_BYTES_MAX {
        let message = "the file is larger than 16 MiB".to_owned();
        let help = "split off what ended long ago";
        return (
            failed(Code::TooLarge, 0..0, message, help),
            Cow::Borrowed(""),
        );
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (parse(text, now), Cow::Borrowed(text)),
        Err(error) => {
            let at = error.valid_up_to();
            let message = format!("byte {at} is not UTF-8");
            let help = "save the file as UTF-8";
            (
                failed(Code::NotUtf8, at..at, message, help),
                String::from_utf8_lossy(bytes),
            )
        }
    }
}

/// Reads a text as of `now`.
///
/// ```
/// let text = "[[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = \"2025-01-19\"\n";
/// let now = "2025-01-01T00:00:00Z".parse().unwrap();
/// let parsed = docket::config::parse(text, now);
/// assert!(parsed.docket.is_none());
/// assert_eq!(parsed.problems[0].help.as_deref(), Some("write `due = 2025-01-19`"));
/// ```
pub fn parse(text: &str, now: Timestamp) -> Parsed {
    if let Some(document) = syntax::document(text) {
        let mut reader = Reader::new(text, now);
        let root = reader.root(document.get_ref(), &ROOT);
        let zone = reader.docket_zone(&root);
        let docket = reader.docket(&root, zone);
        let docket = docket.filter(|_| !reader.problems.has_errors());
        return Parsed {
            docket,
            zone,
            problems: reader.problems.into_sorted(),
        };
    }
    let mut zone = Zone::UTC;
    let mut problems = Problems::default();
    let readable = syntax::readable_part(text, &mut problems);
    if let Some(document) = syntax::document(&readable) {
        let mut reader = Reader::new(&readable, now);
        let root = reader.root(document.get_ref(), &ROOT);
        zone = reader.docket_zone(&root);
        reader.docket(&root, zone);
        problems.absorb_all_but_absences(reader.problems);
    }
    Parsed {
        docket: None,
        zone,
        problems: problems.into_sorted(),
    }
}

/// `30d` to `1h`: what is reminded of where the file does not say.
const REMIND: [Duration; 6] = [
    Duration::days(30),
    Duration::days(14),
    Duration::days(7),
    Duration::days(3),
    Duration::days(1),
    Duration::minutes(60),
];

impl<'a> Reader<'a> {
    /// The zone for dates that name none.
    fn docket_zone(&mut self, root: &Table<'a>) -> Zone {
        self.zone(root).unwrap_or(Zone::UTC)
    }

    fn docket(&mut self, root: &Table<'a>, zone: Zone) -> Option<Docket> {
        let remind = self
            .leads(root, "remind")
            .unwrap_or_else(|| REMIND.to_vec());
        let nine = NaiveTime::from_hms_opt(9, 0, 0).expect("9 o'clock is a time");
        let remind_at = self.time(root, "remind_at").unwrap_or(nine);
        let mut parties = Vec::new();
        for table in self.tables(root, "party", &PARTY) {
            let Some(party) = self.party(&table) else {
                continue;
            };
            self.declare_party(&party.id, &table);
            parties.push(party);
        }
        let (tables, are_unique) = self.item_tables(root);
        let has_items = !tables.is_empty();
        let items = self.lower_items(tables, zone);
        if !has_items && self.problems.has_errors() {
            // A misspelt header, most likely.
            return None;
        }
        if !has_items {
            self.problems.add_with_help(
                Code::NoItems,
                0..0,
                "the file has no deadline, negotiation or event",
                "begin with `[[deadline]]` and its `id`, `title` and `due`",
            );
            return None;
        }
        let defaults = Defaults {
            zone,
            remind: &remind,
        };
        let mut taken = HashSet::new();
        let mut channels = Vec::new();
        for table in self.tables(root, "channel", &CHANNEL) {
            let Some(channel) = self.channel(&table, &defaults, &mut taken) else {
                continue;
            };
            channels.push((channel, table));
        }
        if !are_unique {
            return None;
        }
        let subscriptions = channels
            .iter()
            .map(|(channel, _)| channel.clone())
            .collect();
        let docket = Docket::new(Parts {
            zone,
            remind,
            remind_at,
            parties,
            items,
            subscriptions,
        });
        self.warn_of_channels(&docket, &channels);
        Some(docket)
    }

    /// The tables of all items in the order of the file, and whether their ids are unique.
    fn item_tables(&mut self, root: &Table<'a>) -> (Vec<(ItemKind, Table<'a>)>, bool) {
        let shapes = [&DEADLINE, &NEGOTIATION, &EVENT];
        let mut tables = Vec::new();
        for (kind, shape) in ItemKind::ALL.into_iter().zip(shapes) {
            let of_kind = self.tables(root, kind.key(), shape);
            tables.extend(of_kind.into_iter().map(|table| (kind, table)));
        }
        tables.sort_by_key(|(_, table)| table.span.start);
        // What has an id that is taken is still read for what else is wrong with it.
        let declared = tables
            .iter()
            .filter(|(kind, table)| self.declare_item(table, *kind));
        let are_unique = declared.count() == tables.len();
        (tables, are_unique)
    }

    fn lower_items(&mut self, tables: Vec<(ItemKind, Table<'a>)>, zone: Zone) -> Vec<Item> {
        let mut items: Vec<Option<Item>> = Vec::with_capacity(tables.len());
        let mut drafts = Vec::new();
        let mut draft_tables = Vec::new();
        for (kind, table) in tables {
            let item = if kind == ItemKind::NEGOTIATION {
                self.negotiation(&table, zone).map(Item::Negotiation)
            } else if kind == ItemKind::EVENT {
                self.event(&table, zone).map(Item::Event)
            } else if let Some(draft) = self.deadline(&table, zone) {
                let last = draft
                    .entries
                    .last()
                    .map_or(table, |entry| entry.table.clone());
                let is_whole = draft.is_whole;
                if draft.is_computed() {
                    if is_whole {
                        draft_tables.push((items.len(), last));
                    }
                    drafts.push((items.len(), draft));
                    None
                } else {
                    let deadline = computed::fixed(draft, &mut self.problems);
                    if is_whole {
                        self.warn_of_time(&deadline, &last);
                    }
                    Some(Item::Deadline(deadline))
                }
            } else {
                None
            };
            items.push(item);
        }
        if !drafts.is_empty() {
            computed::resolve(drafts, &mut items, &mut self.problems);
        }
        for (place, table) in &draft_tables {
            if let Some(Item::Deadline(deadline)) = &items[*place] {
                self.warn_of_time(deadline, table);
            }
        }
        items.into_iter().flatten().collect()
    }
}
