//! The page of one deadline: what is due, what happens if nothing happens, how the date came
//! about, what the record says, the talks about it, and where it can be checked.

use super::errors::Refusal;
use super::view::View;
use super::{frame, parts, pictures, talks};
use crate::domain::{Chain, Deadline, Negotiation, Outcome, Step, Timestamp, days_between, words};
use maud::{Markup, html};

/// The page of the deadline of that id.
pub(super) fn page(view: &View, id: &str) -> Result<Markup, Refusal> {
    let deadline = view.deadline(id)?;
    let serving: Vec<&Negotiation> = view
        .docket
        .negotiations()
        .filter(|talks| talks.serves.contains(&deadline.id))
        .collect();
    let main = html! {
        article.item {
            (head(view, deadline))
            div.halves {
                div {
                    (meaning(deadline))
                    section aria-labelledby="chain" {
                        h2 #chain { "How the date came about" }
                        (chain(view, deadline))
                    }
                    (sources(deadline))
                    (elsewhere(view, deadline))
                }
                div {
                    section aria-labelledby="slip" {
                        h2 #slip { "How far it has moved" }
                        (pictures::chart(view, deadline))
                        (record(deadline, view.now))
                    }
                    (about(view, &serving))
                }
            }
        }
    };
    Ok(frame::page(view, &deadline.title, &main))
}

/// The talks about it.
fn about(view: &View, serving: &[&Negotiation]) -> Markup {
    html! {
        @if !serving.is_empty() {
            section aria-labelledby="talks" {
                h2 #talks { "Talks about it" }
                @for talks in serving {
                    h3 { (parts::to_talks(view, talks)) }
                    (talks::rounds(view, talks))
                }
            }
        }
    }
}

/// What is due, when, and how that stands.
fn head(view: &View, deadline: &Deadline) -> Markup {
    let status = deadline.status(view.now);
    let is_open = deadline.outcome.is_none();
    html! {
        header.head {
            p.eyebrow { "Deadline · " (deadline.importance.word()) " importance" }
            h1 { bdi { (deadline.title) } }
            @if let Some(summary) = &deadline.summary { p.summary { bdi { (summary) } } }
            div.when {
                (parts::left(&status))
                div.what {
                    p.due { (parts::due(status.due)) }
                    @if is_open { (parts::reader(status.due)) }
                    (parts::law(&status, view.now))
                    p.meta {
                        (status.standing)
                        @if let Some(by) = status.instrument { ", " bdi { (by) } }
                        @if let Some(moved) = parts::moved(&status) { " · " span.moved { (moved) } }
                    }
                }
            }
            @if let Some(outcome) = &deadline.outcome { (ended(deadline, outcome)) }
            (parts::filed(view, deadline))
        }
    }
}

fn ended(deadline: &Deadline, outcome: &Outcome) -> Markup {
    html! {
        div.outcome {
            p { b { "Outcome: " (outcome.result.word()) } ", "
                (parts::when(&outcome.on, deadline.zone)) "." }
            @if let Some(note) = &outcome.note { p { bdi { (note) } } }
            (parts::cited(&outcome.sources))
        }
    }
}

fn meaning(deadline: &Deadline) -> Markup {
    html! {
        @if deadline.if_lapses.is_some() || deadline.decided_by.is_some() {
            dl.meaning {
                @if let Some(consequence) = &deadline.if_lapses {
                    div { dt { "If it lapses" } dd { bdi { (consequence) } } }
                }
                @if let Some(by) = &deadline.decided_by {
                    div { dt { "Who decides" } dd { bdi { (by) } } }
                }
            }
        }
    }
}

/// Every step, each with an address of its own: `#r1` is the first due.
fn chain(view: &View, deadline: &Deadline) -> Markup {
    let mut chain = Chain::default();
    let mut before = None;
    let mut steps = Vec::new();
    for (place, step) in deadline.steps.iter().enumerate() {
        let effect = words::effect(chain.push(step));
        let days = before.and_then(|before| days_between(before, &step.due));
        before = Some(&step.due);
        steps.push((place + 1, step, effect, days.filter(|days| *days != 0)));
    }
    html! {
        ol.chain { @for (number, step, effect, days) in steps {
            li #(format!("r{number}")) class=(if step.standing.is_law() { "in-law" } else { "in-words" }) {
                p.announced {
                    a.anchor href=(format!("#r{number}"))
                        aria-label=(format!("Link to step {number}")) { (number) }
                    @match &step.announced {
                        Some(on) => (parts::when(on, step.due.zone())),
                        None => span { "always known" },
                    }
                }
                p.due { (parts::due(&step.due)) }
                p.meta {
                    span.kind { (effect) }
                    @if let Some(days) = days { ", " span.moved { (parts::days_moved(days)) } }
                    " · " (step.standing)
                    @if let Some(by) = &step.instrument { " · " bdi { (by) } }
                }
                @if let Some(basis) = &step.basis { p.note { (basis.sum(&step.due)) } }
                @if let Some(note) = &step.note { p.note { bdi { (note) } } }
                (parts::cited(&step.sources))
                (as_of_step(view, deadline, step))
            }
        } }
    }
}

/// The way to this page as it was on the day a step became known.
fn as_of_step(view: &View, deadline: &Deadline, step: &Step) -> Markup {
    let Some(known) = step.known() else {
        return html! {};
    };
    let day = view.docket.zone().date(known);
    html! {
        p.then { a href=(view.base.at(&format!("/deadlines/{}?as_of={day}", deadline.id))) {
            "The page as of that day"
        } }
    }
}

/// What the deadline's own record says, and no more than that.
fn record(deadline: &Deadline, now: Timestamp) -> Markup {
    let rate = deadline.base_rate(now);
    html! {
        p.record { b { "Base rate " } "(n = " (rate.n) "): " (rate) "." }
    }
}

fn sources(deadline: &Deadline) -> Markup {
    let steps = deadline.steps.iter().flat_map(|step| &step.sources);
    let outcome = deadline.outcome.iter().flat_map(|outcome| &outcome.sources);
    parts::sources(deadline.sources.iter().chain(steps).chain(outcome))
}

/// The same in other forms, and at other times.
fn elsewhere(view: &View, deadline: &Deadline) -> Markup {
    let id = &deadline.id;
    html! {
        section.elsewhere aria-labelledby="elsewhere" {
            h2 #elsewhere { "Elsewhere" }
            ul.ways {
                li { a href=(view.calendar(&format!("/deadlines/{id}/calendar.ics"))) {
                    "This date in your calendar"
                } }
                li { a href=(view.link(&format!("/api/v1/deadlines/{id}"))) { "As JSON" } }
                li { a href=(view.link(&format!("/deadlines/{id}/chart.png"))) { "The chart as a picture" } }
            }
            form.filters action=(view.base.at(&format!("/deadlines/{id}"))) method="get" aria-label="Travel in time" {
                label { span { "As known on" } input type="date" name="as_of"
                    value=[view.as_of.as_ref().map(|_| view.docket.zone().date(view.now))]; }
                button type="submit" { "Show" }
                (parts::travel(view, &format!("/deadlines/{id}"), Some(id)))
            }
        }
    }
}
