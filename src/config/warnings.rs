//! Warnings that need the whole item or docket: what was forgotten rather than mistyped.

use super::problem::Code;
use super::reader::{Reader, Table, cut};
use crate::domain::{
    Deadline, Docket, Filter, Id, Outcome, State, Step, Subscription, Timestamp, words,
};
use chrono::TimeDelta;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A due that passed longer ago than this should have an outcome by now.
const AWAITED_MAX: TimeDelta = TimeDelta::days(30);
/// A source is stale when nobody looked for longer than this.
const CHECKED_DAYS_MAX: i64 = 30;
/// Before a due that is no farther than this, sources must not be stale.
const NEAR_DAYS: i64 = 7;

/// The deadline as of now; as it is where nothing lies ahead, which spares most of them a copy.
fn seen_at(deadline: &Deadline, now: Timestamp) -> Option<Cow<'_, Deadline>> {
    let lies_ahead = |at: Timestamp| at > now;
    let later = deadline
        .steps
        .iter()
        .filter_map(Step::known)
        .any(lies_ahead)
        || deadline
            .outcome
            .as_deref()
            .map(Outcome::known)
            .is_some_and(lies_ahead);
    if later {
        deadline.as_of(now).map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(deadline))
    }
}

impl<'a> Reader<'a> {
    /// Warns of a due that passed without outcome, and of stale sources before one. `last` is the
    /// table of the deadline's last entry.
    pub(super) fn warn_of_time(&mut self, deadline: &Deadline, last: &Table<'a>) {
        let now = self.now;
        let Some(seen) = seen_at(deadline, now) else {
            return;
        };
        let status = seen.status(now);
        let Some(at) = status.due.at() else { return };
        if status.state == State::Awaiting && now - at > AWAITED_MAX && deadline.outcome.is_none() {
            let days =
                (status.due.zone().date(now) - status.due.date().unwrap_or_default()).num_days();
            self.problems.add_with_help(
                Code::LongAwaited,
                last.span_of("due"),
                format!("due {} ago, and no outcome is known", words::days(days)),
                "add a `[deadline.outcome]`, or a revision if it was moved",
            );
        }
        if status.state == State::Scheduled
            && status.days_left.is_some_and(|days| days <= NEAR_DAYS)
        {
            self.warn_of_stale_sources(&seen, last);
        }
    }

    fn warn_of_stale_sources(&mut self, deadline: &Deadline, last: &Table<'a>) {
        let sources = match deadline.steps.last() {
            Some(step) if !step.sources.is_empty() => &step.sources,
            _ => &deadline.sources,
        };
        let today = deadline.zone.date(self.now);
        for (place, source) in sources.iter().enumerate() {
            let age = source.checked.map(|checked| (today - checked).num_days());
            if age.is_some_and(|age| age <= CHECKED_DAYS_MAX) {
                continue;
            }
            let node = last
                .get("sources")
                .and_then(|list| list.get_ref().as_array())
                .and_then(|list| list.get(place));
            let span = node.map_or(last.span_of("due"), toml::Spanned::span);
            let message = match age {
                Some(age) => format!(
                    "the due is near, and this was last checked {} ago",
                    words::days(age)
                ),
                None => "the due is near, and nobody noted when this was checked".to_owned(),
            };
            self.problems.add_with_help(
                Code::StaleSource,
                span,
                message,
                format!("look again, and write `checked = {today}`"),
            );
        }
    }

    /// Warns of channels that no item passes, and of what they name that no item has.
    pub(super) fn warn_of_channels(
        &mut self,
        docket: &Docket,
        channels: &[(Subscription, Table<'a>)],
    ) {
        if channels.is_empty() {
            return;
        }
        let topics = docket.topics();
        let all = Filter::ALL;
        let parties: BTreeSet<_> = docket
            .passing(&all)
            .flat_map(|item| docket.facets(item).parties)
            .map(Id::as_str)
            .collect();
        let parties: Vec<_> = parties.into_iter().collect();
        for (channel, table) in channels {
            let filter = &channel.filter;
            let names_nothing = filter.items.as_ref().is_some_and(Vec::is_empty)
                || filter.topics.as_ref().is_some_and(Vec::is_empty)
                || filter.parties.as_ref().is_some_and(Vec::is_empty);
            if names_nothing {
                // What it names was reported already.
            } else if docket.passing(filter).next().is_none() {
                self.warn_of_no_match(channel, table, &topics);
            } else {
                let texts = filter.topics.iter().flatten().map(String::as_str);
                self.warn_of_unborne(table, "topics", texts, &topics);
                let ids = filter.parties.iter().flatten().map(Id::as_str);
                self.warn_of_unborne(table, "parties", ids, &parties);
            }
        }
    }

    fn warn_of_no_match(&mut self, channel: &Subscription, table: &Table<'a>, topics: &[&str]) {
        let unknown = channel
            .filter
            .topics
            .iter()
            .flatten()
            .find(|topic| topics.binary_search(&topic.as_str()).is_err());
        let meant =
            unknown.and_then(|topic| self.problems.suggest(topic, || topics.iter().copied()));
        self.problems.add(
            Code::MatchesNothing,
            table.span_of("id"),
            "no item passes what this channel asks for",
        );
        self.problems.help(match (unknown, meant) {
            (Some(topic), Some(meant)) => {
                format!("no item has the topic `{topic}`: did you mean `{meant}`?")
            }
            (Some(topic), None) => format!("no item has the topic `{topic}`"),
            _ => "ask for less: an item must pass every key that is given".to_owned(),
        });
    }

    /// Warns of each of the `named` that no item has, although others let items pass. `borne` is
    /// what items have, sorted.
    fn warn_of_unborne<'n>(
        &mut self,
        table: &Table<'a>,
        key: &str,
        named: impl Iterator<Item = &'n str>,
        borne: &[&str],
    ) {
        let what = if key == "topics" { "topic" } else { "party" };
        for name in named.filter(|name| borne.binary_search(name).is_err()) {
            let meant = self.problems.suggest(name, || borne.iter().copied());
            self.problems.add_with_help(
                Code::MatchesNothing,
                table.span_of_entry(key, name),
                format!("no item has the {what} `{}`", cut(name)),
                match meant {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("leave it out until an item has that {what}"),
                },
            );
        }
    }
}
