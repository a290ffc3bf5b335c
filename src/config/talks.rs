//! From `[[negotiation]]`, `[[event]]` and `[[party]]` to what they say.

use super::keys::{DELEGATION, LEVEL, ROUND, ROUND_OUTCOME, SCHEDULE};
use super::problem::Code;
use super::reader::{ItemKind, Node, Reader, Table};
use crate::domain::{
    Delegation, Event, Level, Negotiation, Party, Round, RoundOutcome, Schedule, When, Zone,
};
use std::collections::HashMap;
use std::ops::Range;

impl<'a> Reader<'a> {
    pub(super) fn party(&mut self, table: &Table<'a>) -> Option<Party> {
        let id = self.id(table, "id");
        let name = self.text(table, "name");
        Some(Party {
            emoji: self.text(table, "emoji"),
            id: id?,
            name: name?,
        })
    }

    pub(super) fn event(&mut self, table: &Table<'a>, zone: Zone) -> Option<Event> {
        let id = self.id(table, "id");
        let title = self.text(table, "title");
        let zone = self.zone(table).unwrap_or(zone);
        let date = self.when(table, "date", zone);
        let announced = self.when(table, "announced", zone);
        let event = Event {
            announced,
            summary: self.text(table, "summary"),
            topics: self.texts(table, "topics"),
            parties: self.parties(table, "parties"),
            importance: self.importance(table).unwrap_or_default(),
            zone,
            instrument: self.text(table, "instrument"),
            sources: self.sources(table),
            id: id?,
            title: title?,
            date: date?,
        };
        let key = if event.announced.is_some() {
            "announced"
        } else {
            "date"
        };
        let known = event.announced.as_ref().unwrap_or(&event.date);
        self.warn_if_ahead(known, table.span_of(key));
        Some(event)
    }

    pub(super) fn negotiation(&mut self, table: &Table<'a>, zone: Zone) -> Option<Negotiation> {
        let id = self.id(table, "id");
        let title = self.text(table, "title");
        let zone = self.zone(table).unwrap_or(zone);
        let announced = self.when(table, "announced", zone);
        if let Some(announced) = &announced {
            self.warn_if_ahead(announced, table.span_of("announced"));
        }
        let mut rounds: Vec<Round> = Vec::new();
        let mut places: HashMap<String, Range<usize>> = HashMap::new();
        for round_table in self.tables(table, "round", &ROUND) {
            let Some(round) = self.round(&round_table, zone) else {
                continue;
            };
            let place = round_table.span_of("name");
            if let Some(first) = places.get(&round.name).cloned() {
                let line = self.line_of(first.start);
                self.problems.add_with_help(
                    Code::Duplicate,
                    place,
                    format!("there is a round `{}` already (line {line})", round.name),
                    "a name is unique in its negotiation: add the year, or what sets it apart",
                );
                self.problems.other(first, "the first of that name");
                continue;
            }
            places.insert(round.name.clone(), place);
            rounds.push(round);
        }
        Some(Negotiation {
            summary: self.text(table, "summary"),
            topics: self.texts(table, "topics"),
            parties: self.parties(table, "parties"),
            importance: self.importance(table).unwrap_or_default(),
            zone,
            serves: self.items(table, "serves", ItemKind::DEADLINE),
            announced,
            sources: self.sources(table),
            rounds,
            id: id?,
            title: title?,
        })
    }

    fn round(&mut self, table: &Table<'a>, zone: Zone) -> Option<Round> {
        let name = self.text(table, "name");
        let zone = self.zone(table).unwrap_or(zone);
        let levels = [Level::Talks, Level::Summit, Level::Call];
        let level = self
            .word(table, "level", LEVEL, &levels)
            .unwrap_or_default();
        let sources = self.sources(table);
        let first = self.schedule(table, zone);
        let mut schedule: Vec<Schedule> = first.into_iter().collect();
        for revision in self.tables(table, "revision", &SCHEDULE) {
            let Some(next) = self.schedule(&revision, zone) else {
                continue;
            };
            let sources = self.sources(&revision);
            self.text(&revision, "note");
            if let Some(last) = schedule.last()
                && next.announced.start() < last.announced.start()
            {
                let message = format!(
                    "announced on {}, before the entry above it ({})",
                    next.announced, last.announced
                );
                self.problems.add_with_help(
                    Code::OutOfOrder,
                    revision.span_of("announced"),
                    message,
                    "put the revisions in the order of `announced`, or mend the date",
                );
            }
            if schedule
                .last()
                .is_some_and(|last| last.times() == next.times())
            {
                self.problems.add_with_help(
                    Code::Repeats,
                    revision.span_of("starts"),
                    "the same dates as before: nothing will be posted",
                    "delete the revision, or mend its dates",
                );
            }
            schedule.push(Schedule { sources, ..next });
        }
        let cancelled = self.when(table, "cancelled", zone);
        if let Some(cancelled) = &cancelled {
            self.warn_if_ahead(cancelled, table.span_of("cancelled"));
        }
        let outcome = table.get("outcome").and_then(|node| {
            let outcome_table = self.table(node, &ROUND_OUTCOME)?;
            let outcome = self.round_outcome(&outcome_table, zone)?;
            self.check_round_end(&schedule, &outcome, &outcome_table);
            if cancelled.is_some() {
                self.problems.add_with_help(
                    Code::CancelledOutcome,
                    outcome_table.span.clone(),
                    "a round that was called off has no outcome",
                    "delete either `cancelled` or the outcome",
                );
                self.problems
                    .other(table.span_of("cancelled"), "called off here");
            }
            Some(outcome)
        });
        let delegates = self.delegates(table);
        let round = Round {
            city: self.text(table, "city"),
            country: self.text(table, "country"),
            level,
            zone,
            delegates,
            agenda: self.texts(table, "agenda"),
            sources,
            schedule,
            cancelled,
            outcome,
            name: name?,
        };
        (!round.schedule.is_empty()).then_some(round)
    }

    fn schedule(&mut self, table: &Table<'a>, zone: Zone) -> Option<Schedule> {
        let starts = self.when(table, "starts", zone);
        let ends = self.when(table, "ends", zone);
        let announced = self.when(table, "announced", zone);
        if let Some(announced) = &announced {
            self.warn_if_ahead(announced, table.span_of("announced"));
        }
        let starts = starts?;
        let schedule = Schedule {
            day_end: zone.end_of(starts.date()),
            starts,
            ends,
            announced: announced?,
            sources: Vec::new(),
        };
        if is_before(schedule.ends.as_ref(), &schedule.starts) {
            self.problems.add_with_help(
                Code::EndsBeforeStart,
                table.span_of("ends"),
                format!("it would end before it begins ({})", schedule.starts),
                "mend `starts` or `ends`",
            );
            self.problems
                .other(table.span_of("starts"), "it begins here");
        }
        Some(schedule)
    }

    fn round_outcome(&mut self, table: &Table<'a>, zone: Zone) -> Option<RoundOutcome> {
        let on = self.when(table, "on", zone);
        let text = self.text(table, "text");
        let announced = self.when(table, "announced", zone);
        if let Some(ahead) = announced.as_ref().or(on.as_ref()) {
            let key = if announced.is_some() {
                "announced"
            } else {
                "on"
            };
            self.warn_if_ahead(ahead, table.span_of(key));
        }
        Some(RoundOutcome {
            announced,
            sources: self.sources(table),
            on: on?,
            text: text?,
        })
    }

    fn check_round_end(
        &mut self,
        schedule: &[Schedule],
        outcome: &RoundOutcome,
        table: &Table<'a>,
    ) {
        let starts = schedule.last().map(|last| &last.starts);
        if let Some(starts) = starts.filter(|starts| is_before(Some(&outcome.on), starts)) {
            self.problems.add_with_help(
                Code::EndsBeforeStart,
                table.span_of("on"),
                format!("the round would have ended before it began ({starts})"),
                "mend `on`, or add a `[[negotiation.round.revision]]` with the dates as they were",
            );
        }
    }

    fn delegates(&mut self, table: &Table<'a>) -> Vec<Delegation> {
        let tables = self.tables(table, "delegates", &DELEGATION);
        tables
            .iter()
            .filter_map(|delegation| {
                let party = delegation.get("party").and_then(|node| self.party_of(node));
                let names = self.texts(delegation, "names");
                let nobody =
                    |node: &Node<'_>| node.get_ref().as_array().is_some_and(|all| all.is_empty());
                if delegation.get("names").is_some_and(nobody) {
                    self.problems.add_with_help(
                        Code::EmptyValue,
                        delegation.span_of("names"),
                        "a delegation without names",
                        "name who comes, or leave the party out",
                    );
                }
                Some(Delegation {
                    party: party?,
                    names,
                })
            })
            .collect()
    }
}

/// Whether an end lies before a start: by the day where either is one.
fn is_before(end: Option<&When>, start: &When) -> bool {
    end.is_some_and(|end| {
        let by_day = end.is_day() || start.is_day();
        if by_day {
            end.date() < start.date()
        } else {
            end.start() < start.start()
        }
    })
}
