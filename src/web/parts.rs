//! The small parts that pages share: a due, a state, sources, a round, the ways to other pages.
//!
//! Text from the record stands in elements of its own (`bdi`), so that its direction ends with it.

use super::changes;
use super::view::View;
use crate::domain::{
    Deadline, Due, Id, Moment, Negotiation, Precision, Round, RoundState, Source, State, Status,
    Timestamp, When, Zone, rfc3339, words,
};
use chrono::{NaiveDate, Timelike as _};
use maud::{Markup, html};
use std::collections::HashSet;

/// The way to the page of a deadline.
pub(super) fn to_deadline(view: &View, deadline: &Deadline) -> Markup {
    let path = format!("/deadlines/{}", deadline.id);
    html! { a href=(view.link(&path)) { bdi { (deadline.title) } } }
}

/// The way to the page of a negotiation.
pub(super) fn to_talks(view: &View, talks: &Negotiation) -> Markup {
    let path = format!("/talks/{}", talks.id);
    html! { a href=(view.link(&path)) { bdi { (talks.title) } } }
}

/// A due in words, as dates are marked up.
pub(super) fn due(due: &Due) -> Markup {
    // `2027-03-31`, of which a month is the first seven letters.
    let cut = |length: usize| due.date().map(|date| date.to_string()[..length].to_owned());
    let machine = match due.moment() {
        Moment::Minute(at) => Some(rfc3339(at)),
        Moment::Month(_) => cut(7),
        Moment::Year(_) => cut(4),
        Moment::Day(_) | Moment::Quarter(_) => cut(10),
        Moment::Tbd => None,
    };
    html! {
        @match machine {
            Some(machine) => time datetime=(machine) { (due.text()) },
            None => span { (due.text()) },
        }
    }
}

/// The same for a reader elsewhere: by UTC, until the script knows better.
pub(super) fn reader(due: &Due) -> Markup {
    let Some(at) = due.at() else {
        return html! {};
    };
    let is_minute = due.precision() == Precision::Minute;
    let date = words::date_short(at.date_naive());
    let (hour, minute) = (at.hour(), at.minute());
    html! {
        p.reader data-at=(rfc3339(at)) data-over=(!is_minute) {
            @if !is_minute { "over " } (date) " " (format!("{hour:02}:{minute:02}")) " UTC"
        }
    }
}

/// How long there is left, or how it stands. The script adds the hours.
pub(super) fn left(status: &Status<'_>) -> Markup {
    let word = status.state.word();
    let sign = match status.state {
        State::Scheduled | State::Tbd => "open",
        State::Awaiting => "awaiting",
        State::Ended(_) => "ended",
    };
    html! {
        div class=(format!("left {sign} is-{word}")) {
            @match (status.state, status.days_left) {
                (State::Scheduled, Some(0)) => p.days { b { "today" } },
                (State::Scheduled, Some(days)) => p.days {
                    b { (days) } " " (if days == 1 { "day" } else { "days" }) " left"
                },
                (State::Awaiting, Some(0)) => p.days { b { "today" } },
                (State::Awaiting, Some(days)) => p.days {
                    b { (-days) } " " (if days == -1 { "day" } else { "days" }) " past"
                },
                (State::Tbd, _) => p.days { b { "no date" } },
                _ => p.days { b { (word) } },
            }
            @match status.state {
                State::Awaiting => p.word { "awaiting outcome" },
                State::Scheduled => {
                    @if let Some(at) = status.due.at() {
                        p.clock data-at=(rfc3339(at)) aria-hidden="true" {}
                    }
                }
                _ => {},
            }
        }
    }
}

/// The due that is still the law, beside one that is only talked about.
pub(super) fn law(status: &Status<'_>, now: Timestamp) -> Markup {
    let Some(law) = status.law_due else {
        return html! {};
    };
    let has_passed = law.at().is_some_and(|at| at <= now);
    html! {
        p.law {
            b { "By law " }
            (due(law)) ", "
            @if has_passed { "which has passed: no signed move is on record" }
            @else { "until the move is signed" }
        }
    }
}

/// How often it was extended, and how far it has moved: `extended 3 times, +516 days`.
pub(super) fn moved(status: &Status<'_>) -> Option<String> {
    let slipped = status.slipped_days.filter(|days| *days != 0);
    let slipped = slipped.map(days_moved);
    let extended =
        (status.extensions > 0).then(|| format!("extended {}", words::times(status.extensions)));
    match (extended, slipped) {
        (Some(extended), Some(slipped)) => Some(format!("{extended}, {slipped}")),
        (extended, slipped) => extended.or(slipped),
    }
}

/// `+1 day`, `-75 days`: how far a date was moved.
pub(super) fn days_moved(days: i64) -> String {
    let sign = if days < 0 { "" } else { "+" };
    format!("{sign}{}", words::days(days))
}

/// Links to the days before and after on which something became known, of an item alone if there is
/// one.
pub(super) fn travel(view: &View, path: &str, item: Option<&Id>) -> Markup {
    let (before, after) = changes::neighbours(view, item);
    let path = view.base.at(path);
    let link = |day: NaiveDate| format!("{path}?as_of={day}");
    html! {
        p.travel {
            @if let Some(day) = before {
                a href=(link(day)) rel="prev" { "← the change before, " (words::date(day)) }
            }
            @if let Some(day) = after {
                a href=(link(day)) rel="next" { "the change after, " (words::date(day)) " →" }
            }
            @if view.as_of.is_some() { a href=(path) { "today" } }
        }
    }
}

/// Links to what else is filed under the same topics and parties.
pub(super) fn filed(view: &View, deadline: &Deadline) -> Markup {
    let link = |key: &str, value: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair(key, value);
        query.extend_pairs(view.as_of.iter().map(|as_of| ("as_of", as_of)));
        view.base.at(&format!("/?{}", query.finish()))
    };
    let parties = deadline
        .parties
        .iter()
        .filter_map(|id| view.docket.party(id));
    html! {
        ul.filed aria-label="Filed under" {
            @for topic in &deadline.topics {
                li { a href=(link("topic", topic)) { bdi { (topic) } } }
            }
            @for party in parties {
                li { a href=(link("party", party.id.as_str())) {
                    @if let Some(emoji) = &party.emoji { span aria-hidden="true" { (emoji) " " } }
                    bdi { (party.name) }
                } }
            }
        }
    }
}

/// A source, as a link if it has one: a record is read only if all of them lead into the web.
pub(super) fn source(source: &Source) -> Markup {
    html! {
        @match &source.url {
            Some(url) => a href=(url) rel="external noreferrer" { bdi { (source.title) } },
            None => bdi { (source.title) },
        }
        @if let Some(day) = source.checked {
            span.checked { ", checked " time datetime=(day) { (words::date(day)) } }
        }
    }
}

/// Sources in a row.
pub(super) fn cited(sources: &[Source]) -> Markup {
    html! {
        @if !sources.is_empty() {
            ul.cited aria-label="Sources" { @for it in sources { li { (source(it)) } } }
        }
    }
}

/// Each source once.
pub(super) fn sources<'a>(all: impl Iterator<Item = &'a Source>) -> Markup {
    let mut seen = HashSet::new();
    let each: Vec<_> = all
        .filter(|it| seen.insert((&it.title, &it.url, it.checked)))
        .collect();
    html! {
        @if !each.is_empty() {
            section.sources {
                h2 { "Sources" }
                @if let Some(day) = each.iter().filter_map(|it| it.checked).max() {
                    p.note { "Last checked on " time datetime=(day) { (words::date(day)) } "." }
                }
                ul { @for it in each { li { (source(it)) } } }
            }
        }
    }
}

/// When a round is or was: the real end, once that is known.
pub(super) fn dates(round: &Round) -> Markup {
    let schedule = round.current();
    let ends = match &round.outcome {
        Some(outcome) => Some(&outcome.on),
        None => schedule.ends.as_ref(),
    };
    let starts = &schedule.starts;
    let ends = ends.filter(|ends| ends.date() != starts.date());
    html! {
        (when(starts, round.zone))
        @if let Some(ends) = ends { " to " (when(ends, round.zone)) }
        @if starts.is_day() && round.city.is_none() && round.zone != Zone::UTC { " (" (round.zone.city()) ")" }
    }
}

/// A date, or an instant as its zone calls it.
pub(super) fn when(when: &When, zone: Zone) -> Markup {
    html! {
        @if when.is_day() {
            time datetime=(when.date()) { (words::date(when.date())) }
        } @else {
            time datetime=(rfc3339(when.start())) { (words::instant(when.start(), zone)) }
        }
    }
}

/// Where a round stands, as a class.
pub(super) fn round_class(state: RoundState) -> &'static str {
    match state {
        RoundState::Planned => "planned",
        RoundState::UnderWay => "under-way",
        RoundState::Concluded => "concluded",
        RoundState::Cancelled => "cancelled",
    }
}
