//! From a `[[deadline]]` to what it says, its computed dues still to be resolved.

use super::dates::Written;
use super::keys::{IMPORTANCE, OUTCOME, RESULT, REVISION, SOURCE, STANDING};
use super::problem::Code;
use super::reader::{Reader, Table};
use super::suggest::one_of;
use crate::domain::{
    Id, Importance, Outcome, OutcomeResult, Source, Standing, Timestamp, When, Zone,
};
use std::ops::Range;

/// A deadline as written.
pub(super) struct Draft<'a> {
    pub(super) id: Id,
    pub(super) title: String,
    pub(super) summary: Option<String>,
    pub(super) topics: Vec<String>,
    pub(super) parties: Vec<Id>,
    pub(super) importance: Importance,
    pub(super) zone: Zone,
    pub(super) if_lapses: Option<String>,
    pub(super) decided_by: Option<String>,
    pub(super) sources: Vec<Source>,
    pub(super) entries: Vec<Entry<'a>>,
    pub(super) outcome: Option<Box<Outcome>>,
    /// Whether every revision could be read: otherwise nothing is said about what is missing.
    pub(super) is_whole: bool,
}

impl Draft<'_> {
    /// Whether any of its dues counts from another item.
    pub(super) fn is_computed(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| matches!(entry.due, Written::Computed { .. }))
    }
}

/// The first due or a revision as written.
pub(super) struct Entry<'a> {
    pub(super) due: Written,
    pub(super) announced: Option<When>,
    pub(super) instrument: Option<String>,
    pub(super) standing: Option<Standing>,
    pub(super) is_correction: bool,
    pub(super) note: Option<String>,
    pub(super) sources: Vec<Source>,
    pub(super) table: Table<'a>,
}

impl Entry<'_> {
    pub(super) fn known(&self) -> Option<Timestamp> {
        self.announced.as_ref().map(When::start)
    }

    pub(super) fn due_span(&self) -> Range<usize> {
        self.table.span_of("due")
    }
}

const STANDINGS: [Standing; 4] = [
    Standing::Reported,
    Standing::Announced,
    Standing::Signed,
    Standing::Published,
];

/// What people write as the result of a deadline that was given another due.
const MOVED: &[&str] = &[
    "extended",
    "extension",
    "postponed",
    "delayed",
    "deferred",
    "moved",
    "shortened",
];

impl<'a> Reader<'a> {
    pub(super) fn deadline(&mut self, table: &Table<'a>, zone: Zone) -> Option<Draft<'a>> {
        let id = self.id(table, "id");
        let title = self.text(table, "title");
        let zone = self.zone(table).unwrap_or(zone);
        let sources = self.sources(table);
        let due = self.due(table, zone);
        let first = Entry {
            announced: self.when(table, "announced", zone),
            instrument: self.text(table, "instrument"),
            standing: self.word(table, "standing", STANDING, &STANDINGS),
            is_correction: false,
            note: None,
            sources: sources.clone(),
            table: table.clone(),
            // A stand-in, so that what follows is still checked; the docket is not made then.
            due: due.clone().unwrap_or_else(|| tbd(zone)),
        };
        if let Some(announced) = &first.announced {
            self.warn_if_ahead(announced, table.span_of("announced"));
        }
        let mut entries = vec![first];
        let revisions = self.tables(table, "revision", &REVISION);
        let written = revisions.len();
        for revision in revisions {
            entries.extend(self.revision(&revision, zone));
        }
        let is_whole = entries.len() == written + 1;
        self.check_order(&entries);
        let outcome = table.get("outcome").and_then(|node| {
            let outcome_table = self.table(node, &OUTCOME)?;
            let outcome = self.outcome(&outcome_table, zone)?;
            self.check_after_outcome(&entries, &outcome, &outcome_table);
            Some(Box::new(outcome))
        });
        let draft = Draft {
            is_whole,
            title: title.unwrap_or_default(),
            summary: self.text(table, "summary"),
            topics: self.texts(table, "topics"),
            parties: self.parties(table, "parties"),
            importance: self.importance(table).unwrap_or_default(),
            zone,
            if_lapses: self.text(table, "if_lapses"),
            decided_by: self.text(table, "decided_by"),
            sources,
            entries,
            outcome,
            id: id?,
        };
        due.is_some().then_some(draft)
    }

    fn revision(&mut self, table: &Table<'a>, zone: Zone) -> Option<Entry<'a>> {
        let due = self.due(table, zone);
        let announced = self.when(table, "announced", zone);
        if let Some(announced) = &announced {
            self.warn_if_ahead(announced, table.span_of("announced"));
        }
        let sources = self.sources(table);
        if sources.is_empty() {
            self.problems.add_with_help(
                Code::NoSource,
                table.span.clone(),
                "the revision has no source",
                "say where it can be checked: `sources = [{ title = \"…\", url = \"https://…\" }]`",
            );
        }
        Some(Entry {
            instrument: self.text(table, "instrument"),
            standing: self.word(table, "standing", STANDING, &STANDINGS),
            is_correction: self
                .word(table, "kind", &["correction"], &[true])
                .unwrap_or(false),
            note: self.text(table, "note"),
            sources,
            table: table.clone(),
            announced: Some(announced?),
            due: due?,
        })
    }

    fn outcome(&mut self, table: &Table<'a>, zone: Zone) -> Option<Outcome> {
        let result = self.word(table, "result", RESULT, &OutcomeResult::ALL);
        // Not one of the words, so that was reported just now.
        let written = table.get("result").and_then(|node| node.get_ref().as_str());
        if written.is_some_and(|word| MOVED.contains(&word.to_lowercase().as_str())) {
            self.problems.help(format!(
                "a deadline that moves has not ended: append a `[[deadline.revision]]` instead. \
                 An outcome can be {}",
                one_of(RESULT)
            ));
        }
        let on = self.when(table, "on", zone);
        let announced = self.when(table, "announced", zone);
        let outcome = Outcome {
            announced,
            note: self.text(table, "note"),
            sources: self.sources(table),
            result: result?,
            on: on?,
        };
        let key = if outcome.announced.is_some() {
            "announced"
        } else {
            "on"
        };
        if outcome.known() > self.now {
            self.warn_ahead(table.span_of(key));
        }
        Some(outcome)
    }

    /// Revisions stand in the order in which they were announced.
    fn check_order(&mut self, entries: &[Entry<'a>]) {
        for pair in entries.windows(2) {
            let [before, after] = pair else { continue };
            if after.known() >= before.known() {
                continue;
            }
            let [Some(on), Some(on_before)] = [after, before].map(|entry| entry.announced.as_ref())
            else {
                continue;
            };
            let place = before.table.span_of("announced");
            let line = self.line_of(place.start);
            self.problems.add_with_help(
                Code::OutOfOrder,
                after.table.span_of("announced"),
                format!("announced on {on}, before the entry above it (line {line}: {on_before})"),
                "put the revisions in the order of `announced`, or mend the date",
            );
            self.problems
                .other(place, "this came before it in the file");
        }
    }

    /// An outcome is final.
    fn check_after_outcome(&mut self, entries: &[Entry<'a>], outcome: &Outcome, table: &Table<'a>) {
        for entry in entries
            .iter()
            .filter(|entry| entry.known() > Some(outcome.known()))
        {
            let line = self.line_of(table.span.start);
            self.problems.add_with_help(
                Code::AfterOutcome,
                entry.table.span_of("announced"),
                format!("announced after the deadline had ended (line {line})"),
                "an outcome is final: delete it if the deadline goes on, or give what follows an \
                 entry of its own",
            );
            self.problems.other(table.span.clone(), "the outcome");
        }
    }

    pub(super) fn importance(&mut self, table: &Table<'a>) -> Option<Importance> {
        use Importance::{Critical, High, Low, Normal};
        self.word(
            table,
            "importance",
            IMPORTANCE,
            &[Low, Normal, High, Critical],
        )
    }

    pub(super) fn sources(&mut self, table: &Table<'a>) -> Vec<Source> {
        let tables = self.tables(table, "sources", &SOURCE);
        tables
            .iter()
            .filter_map(|source| self.source(source))
            .collect()
    }

    fn source(&mut self, table: &Table<'a>) -> Option<Source> {
        let title = self.text(table, "title");
        let url = self.text(table, "url");
        if let Some(url) = &url {
            let rest = url
                .strip_prefix("https://")
                .or_else(|| url.strip_prefix("http://"));
            let is_address = rest.is_some_and(|rest| {
                !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
            });
            if !is_address {
                self.problems.add_with_help(
                    Code::BadUrl,
                    table.span_of("url"),
                    "the text is not a web address",
                    "write it with `https://` and without spaces",
                );
            }
        }
        let checked = self.date(table, "checked");
        Some(Source {
            title: title?,
            url,
            checked,
        })
    }

    pub(super) fn warn_if_ahead(&mut self, when: &When, span: Range<usize>) {
        if when.start() > self.now {
            self.warn_ahead(span);
        }
    }

    fn warn_ahead(&mut self, span: Range<usize>) {
        self.problems.add_with_help(
            Code::AnnouncedAhead,
            span,
            "this announcement lies ahead",
            "it will be posted when that day comes; mend the date if it has been announced",
        );
    }
}

fn tbd(zone: Zone) -> Written {
    Written::Fixed(crate::domain::Due::new(crate::domain::Moment::Tbd, zone))
}
