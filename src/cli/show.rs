//! `docket show`: one item with all that is known of it.

use super::board::as_of_line;
use super::context::Context;
use super::layout::{Column, Terminal, plain, pretty};
use super::moment::AsOf;
use super::{Answer, Failure, filter, talks};
use crate::domain::{
    Chain, Deadline, Docket, Event, Id, Item, Negotiation, Source, State, Timestamp, days_between,
    phrases, words,
};
use crate::json::{DeadlineDetails, EventRecord, NegotiationRecord};
use clap::Args as ClapArgs;
use std::collections::HashSet;
use std::fmt::Write as _;

#[derive(ClapArgs, Debug)]
pub(super) struct Args {
    /// The item
    id: String,
    #[command(flatten)]
    as_of: AsOf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Answer, Failure> {
    let docket = context.docket()?;
    let now = args.as_of.moment(context, docket.zone())?;
    let id = filter::id(&args.id, &docket)?;
    let seen = docket.as_of(now);
    let Some(item) = seen.item(&id) else {
        return Err(args.as_of.not_known(&id, now, docket.zone()));
    };
    let page = Page::new(context, &seen, item);
    let text = match (item, args.json) {
        (Item::Deadline(deadline), true) => pretty(&DeadlineDetails::of(&seen, deadline, now)),
        (Item::Negotiation(talks), true) => pretty(&NegotiationRecord::of(&seen, talks, now)),
        (Item::Event(event), true) => pretty(&EventRecord::of(event)),
        (Item::Deadline(deadline), false) => page.deadline(&seen, deadline, now),
        (Item::Negotiation(talks), false) => page.negotiation(talks, now),
        (Item::Event(event), false) => page.event(event),
    };
    let head = if args.json {
        String::new()
    } else {
        as_of_line(now, docket.zone())
    };
    Ok((head + &text).into())
}

/// The lines about an item, as they come.
struct Page {
    text: String,
    terminal: Terminal,
}

impl Page {
    /// The title, what the item is filed under, and what it is about.
    fn new(context: &Context, docket: &Docket, item: &Item) -> Self {
        let facets = docket.facets(item);
        let name = |id: &&Id| docket.party(id).map(|party| party.name.as_str());
        let filed = [
            vec![item.id().as_str()],
            vec![facets.importance.word()],
            facets.topics,
            facets.parties.iter().filter_map(name).collect(),
        ];
        let filed: Vec<_> = filed
            .iter()
            .filter(|words| !words.is_empty())
            .map(|words| words.join(", "))
            .collect();
        let summary = match item {
            Item::Deadline(deadline) => &deadline.summary,
            Item::Negotiation(talks) => &talks.summary,
            Item::Event(event) => &event.summary,
        };
        let terminal = context.terminal;
        let mut text =
            terminal.wrapped(item.title(), "", "") + &terminal.wrapped(&filed.join(" · "), "", "");
        text.extend(
            summary
                .as_ref()
                .map(|summary| terminal.wrapped(summary, "", "")),
        );
        text.push('\n');
        Self { text, terminal }
    }

    fn deadline(mut self, docket: &Docket, deadline: &Deadline, now: Timestamp) -> String {
        self.standing(deadline, now);
        let chain = self.chain(deadline);
        self.section("Chain", &chain);
        let sums: String = deadline
            .steps
            .iter()
            .filter_map(|step| Some(step.basis.as_ref()?.sum(&step.due) + "\n"))
            .collect();
        if !sums.is_empty() {
            self.section("Arithmetic", &sums);
        }
        for talks in docket
            .negotiations()
            .filter(|talks| talks.serves.contains(&deadline.id))
        {
            let heading = format!("Talks: {} ({})", talks.title, talks.id);
            self.section(&heading, &talks::rounds(talks, now, self.terminal));
        }
        let steps = deadline.steps.iter().flat_map(|step| &step.sources);
        let outcome = deadline.outcome.iter().flat_map(|outcome| &outcome.sources);
        self.sources(deadline.sources.iter().chain(steps).chain(outcome))
    }

    /// Where a deadline stands, a line for each figure.
    fn standing(&mut self, deadline: &Deadline, now: Timestamp) {
        let status = deadline.status(now);
        let left = match (status.state, status.days_left) {
            (State::Scheduled, Some(days)) => format!(", {}", words::days_left(days)),
            (State::Awaiting, Some(days)) => {
                format!(
                    ", {}: it has passed, and no outcome is known",
                    words::days_left(days)
                )
            }
            _ => String::new(),
        };
        self.line("Due", &format!("{}{left}", status.due.text()));
        if let Some(law) = status.law_due {
            let passed = law.at().is_some_and(|at| at <= now);
            let said = if passed {
                "fell due then: no signed move is on record"
            } else {
                "until the move is signed"
            };
            self.line("By law", &format!("{}, {said}", law.text()));
        }
        self.line("State", status.state.word());
        if let Some(outcome) = &deadline.outcome {
            let note = outcome
                .note
                .as_ref()
                .map(|note| format!(": {note}"))
                .unwrap_or_default();
            self.line(
                "Outcome",
                &format!("{} on {}{note}", outcome.result.word(), outcome.on),
            );
        }
        let by = status
            .instrument
            .map(|by| format!(" by {by}"))
            .unwrap_or_default();
        self.line("Standing", &format!("{}{by}", status.standing));
        let extended = match status.extensions {
            0 => "never".to_owned(),
            count => words::times(count),
        };
        let slipped = phrases::slip(status.slipped_days);
        let slipped = slipped.map(|slip| format!("; {slip}")).unwrap_or_default();
        self.line("Extended", &format!("{extended}{slipped}"));
        self.line("Base rate", &deadline.base_rate(now).to_string());
        if let Some(by) = &deadline.decided_by {
            self.line("Decided by", by);
        }
        if let Some(consequence) = &deadline.if_lapses {
            self.line("If it lapses", consequence);
        }
    }

    /// The chain of revisions as a table: what each step did.
    fn chain(&self, deadline: &Deadline) -> String {
        let mut chain = Chain::default();
        let mut before = None;
        let mut rows = Vec::new();
        for step in &deadline.steps {
            let effect = chain.push(step);
            let days = before.and_then(|before| days_between(before, &step.due));
            let days = days
                .filter(|days| *days != 0)
                .map(|days| format!("{days:+}"));
            let instrument = step.instrument.clone().unwrap_or_default();
            let note = step
                .note
                .as_ref()
                .map(|note| format!("\n{note}"))
                .unwrap_or_default();
            let announced = step.announced.as_ref().map(ToString::to_string);
            rows.push(vec![
                plain(announced.unwrap_or_else(|| "always known".to_owned())),
                plain(words::due_short(&step.due)),
                plain(days.unwrap_or_default()),
                plain(words::effect(effect)),
                plain(step.standing.to_string()),
                plain(format!("{instrument}{note}")),
            ]);
            before = Some(&step.due);
        }
        let columns =
            ["ANNOUNCED", "DUE", "DAYS", "STEP", "STANDING", "INSTRUMENT"].map(Column::new);
        self.terminal.table(&columns, &rows)
    }

    fn negotiation(mut self, talks: &Negotiation, now: Timestamp) -> String {
        let serves: Vec<_> = talks.serves.iter().map(ToString::to_string).collect();
        if !serves.is_empty() {
            self.line("About", &words::list(&serves));
        }
        self.section("Rounds", &talks::rounds(talks, now, self.terminal));
        let rounds = talks.rounds.iter().flat_map(|round| {
            let outcome = round.outcome.iter().flat_map(|outcome| &outcome.sources);
            round.sources.iter().chain(outcome)
        });
        self.sources(talks.sources.iter().chain(rounds))
    }

    fn event(mut self, event: &Event) -> String {
        self.line("Date", &format!("{} ({})", event.date, event.zone.city()));
        if let Some(instrument) = &event.instrument {
            self.line("Instrument", instrument);
        }
        self.sources(&event.sources)
    }

    /// A label and what it says.
    fn line(&mut self, label: &str, value: &str) {
        let label = format!("{label:<13} ");
        let indent = " ".repeat(label.len());
        self.text
            .push_str(&self.terminal.wrapped(value, &label, &indent));
    }

    /// A heading with what stands below it.
    fn section(&mut self, heading: &str, body: &str) {
        let _ = write!(self.text, "\n{heading}\n{body}");
    }

    /// Each source once, which ends the page.
    fn sources<'a>(mut self, all: impl IntoIterator<Item = &'a Source>) -> String {
        let mut seen = HashSet::new();
        let mut lines = String::new();
        for source in all {
            let url = source
                .url
                .as_ref()
                .map(|url| format!(" <{url}>"))
                .unwrap_or_default();
            let checked = source
                .checked
                .map(|day| format!(", checked {day}"))
                .unwrap_or_default();
            let line = format!("- {}{url}{checked}", source.title);
            if seen.insert(line.clone()) {
                lines.push_str(&self.terminal.wrapped(&line, "", "  "));
            }
        }
        if !lines.is_empty() {
            self.section("Sources", &lines);
        }
        self.text
    }
}
