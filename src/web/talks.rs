//! The pages of negotiations: their rounds, who met where, and what came of it.

use super::errors::Refusal;
use super::view::View;
use super::{frame, parts};
use crate::domain::{
    Deadline, Delegation, Level, Negotiation, Round, RoundState, Source, phrases, words,
};
use maud::{Markup, html};

/// All negotiations.
pub(super) fn index(view: &View) -> Markup {
    let all: Vec<_> = view.docket.negotiations().collect();
    let main = html! {
        div.lead { h1 { "Talks" } }
        @if all.is_empty() { p.none { "No negotiation is on record." } }
        ul.talks { @for talks in all { (line(view, talks)) } }
    };
    frame::page(view, "Talks", &main)
}

/// The page of the negotiation of that id.
pub(super) fn page(view: &View, id: &str) -> Result<Markup, Refusal> {
    let talks = view.negotiation(id)?;
    let serves: Vec<_> = talks
        .serves
        .iter()
        .filter_map(|id| view.docket.deadline(id))
        .collect();
    let main = html! {
        article.item {
            header.head {
                p.eyebrow { "Negotiation · " (words::count_of(count(talks), "round")) }
                h1 { bdi { (talks.title) } }
                @if let Some(summary) = &talks.summary { p.summary { bdi { (summary) } } }
            }
            div.halves {
                div {
                    section aria-labelledby="rounds" { h2 #rounds { "Rounds" } (rounds(view, talks)) }
                }
                div {
                    @if !serves.is_empty() {
                        section aria-labelledby="about" {
                            h2 #about { "What it is about" }
                            ul.talks { @for it in serves { (served(view, it)) } }
                        }
                    }
                    (sources(talks))
                    section.elsewhere aria-labelledby="elsewhere" {
                        h2 #elsewhere { "Elsewhere" }
                        ul.ways {
                            li { a href=(view.calendar(&format!("/talks/{id}/calendar.ics"))) {
                                "These rounds in your calendar"
                            } }
                            li { a href=(view.link(&format!("/api/v1/talks/{id}"))) { "As JSON" } }
                        }
                        (parts::travel(view, &format!("/talks/{id}"), Some(&talks.id)))
                    }
                }
            }
        }
    };
    Ok(frame::page(view, &talks.title, &main))
}

/// A deadline that talks are about.
fn served(view: &View, deadline: &Deadline) -> Markup {
    let status = deadline.status(view.now);
    html! {
        li {
            p.name { (parts::to_deadline(view, deadline)) }
            p.meta { span.kind { (status.state.word()) } ", " (parts::due(status.due)) }
            (parts::law(&status, view.now))
        }
    }
}

fn count(talks: &Negotiation) -> i64 {
    i64::try_from(talks.rounds.len()).expect("fewer rounds than that")
}

/// A negotiation in a list: its next round, or its last.
pub(super) fn line(view: &View, talks: &Negotiation) -> Markup {
    let in_order = talks.in_order();
    let ahead = in_order.iter().find(|(_, round)| {
        matches!(
            round.state(view.now),
            RoundState::Planned | RoundState::UnderWay
        )
    });
    let past = || {
        let mut concluded = in_order.iter().rev();
        concluded.find(|(_, round)| round.state(view.now) == RoundState::Concluded)
    };
    let shown = ahead.or_else(past);
    html! {
        li {
            p.name { (parts::to_talks(view, talks)) }
            p.meta {
                (words::count_of(count(talks), "round"))
                @if let Some((_, round)) = shown {
                    " · " span.kind { (round.state(view.now).words()) } ": "
                    bdi { (round.name) } ", " (parts::dates(round))
                }
            }
        }
    }
}

/// The rounds of a negotiation, in the order in which they begin.
pub(super) fn rounds(view: &View, talks: &Negotiation) -> Markup {
    html! {
        @if talks.rounds.is_empty() { p.none { "No round is known yet." } }
        ol.rounds { @for (number, it) in talks.in_order() { (round(view, number, it)) } }
    }
}

fn round(view: &View, number: Option<usize>, round: &Round) -> Markup {
    let state = round.state(view.now);
    let rank = match (round.level, number) {
        (Level::Summit, _) => "summit".to_owned(),
        (Level::Call, _) => "call".to_owned(),
        (Level::Talks, Some(number)) => format!("round {number}"),
        (Level::Talks, None) => "talks".to_owned(),
    };
    html! {
        li class=(parts::round_class(state)) {
            p.announced { (parts::dates(round)) }
            p.name { bdi { (round.name) } }
            p.meta {
                span.kind { (state.words()) } " · " (rank)
                @if let Some(place) = phrases::place(round) { " · " bdi { (place) } }
            }
            @if let Some(outcome) = &round.outcome { p { bdi { (outcome.text) } } }
            @if state == RoundState::Concluded && round.outcome.is_none() {
                p.note { "No read-out is on record." }
            }
            @if !round.agenda.is_empty() {
                p.note { "On the table: " bdi { (round.agenda.join(", ")) } }
            }
            @for delegation in &round.delegates { (delegates(view, delegation)) }
            (parts::cited(round.outcome.as_ref().map_or(&round.sources, |it| &it.sources)))
        }
    }
}

fn delegates(view: &View, delegation: &Delegation) -> Markup {
    let party = view.docket.party(&delegation.party);
    html! {
        p.note {
            bdi { (party.map_or(delegation.party.as_str(), |party| party.name.as_str())) } ": "
            bdi { (delegation.names.join(", ")) }
        }
    }
}

fn sources(talks: &Negotiation) -> Markup {
    let rounds = talks.rounds.iter().flat_map(|round| -> Vec<&Source> {
        let outcome = round.outcome.iter().flat_map(|outcome| &outcome.sources);
        round.sources.iter().chain(outcome).collect()
    });
    parts::sources(talks.sources.iter().chain(rounds))
}
