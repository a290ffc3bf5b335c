//! The button History: how a date came about, step by step; and what an event was.

use crate::discord::answer::{Answer, Place, Scene};
use crate::discord::look::Look;
use crate::discord::message::{Embed, Message, Row};
use crate::discord::text::{lines, link, safe};
use crate::discord::words::problem::{self, Problem};
use crate::discord::{card, words};
use crate::domain::words::{due_short, effect};
use crate::domain::{Chain, Deadline, Event, Id, Item, days_between, phrases};

/// All steps together.
const STEPS_MAX: usize = 3_600;

/// The history of an item.
pub(super) fn of(id: &Id, scene: &Scene<'_>) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let item = docket.item(id).and_then(|item| item.as_of(scene.now));
    match item.ok_or_else(|| problem::gone("item"))? {
        Item::Deadline(deadline) => Ok(Answer::private(chain(&deadline, scene))),
        Item::Negotiation(talks) => super::talks::page(&talks.id, 0, Place::Private, scene),
        Item::Event(it) => Ok(Answer::private(event(&it))),
    }
}

/// All steps of a deadline's chain.
fn chain(deadline: &Deadline, scene: &Scene<'_>) -> Message {
    let status = deadline.status(scene.now);
    let look = Look::of(&status);
    let mut said = steps(deadline);
    if let Some(outcome) = &deadline.outcome {
        let word = phrases::capitalized(outcome.result.word());
        said.push(format!(
            "🏁 **{word}** {}",
            phrases::on(&outcome.on, deadline.zone)
        ));
    }
    let rate = phrases::capitalized(&deadline.base_rate(scene.now).to_string());
    said.push(format!("\n{rate}."));
    // The newest steps stay, whatever there is.
    let mut kept = Vec::new();
    let mut length = 0;
    for step in said.iter().rev() {
        length += step.chars().count() + 1;
        if length > STEPS_MAX {
            kept.push(words::page::left_out(said.len() - kept.len()));
            break;
        }
        kept.push(step.clone());
    }
    kept.reverse();
    Message {
        embed: Some(Embed {
            color: look.color,
            author: Some(look.line()),
            title: safe(&deadline.title, 200),
            url: scene.links.map(|links| links.deadline(&deadline.id)),
            description: kept.join("\n"),
            footer: Some(words::page::CHAIN_FOOTER.to_owned()),
            ..Embed::default()
        }),
        ..Message::default()
    }
}

/// The steps of a chain, a line or two each: when announced, the due, what it did, by what.
pub(super) fn steps(deadline: &Deadline) -> Vec<String> {
    let mut chain = Chain::default();
    let mut before = None;
    let mut said = Vec::new();
    for step in &deadline.steps {
        let did = effect(chain.push(step));
        let days = before.and_then(|before| days_between(before, &step.due));
        let days = days
            .filter(|days| *days != 0)
            .map(|days| format!(" {days:+} d"));
        let announced = step
            .announced
            .as_ref()
            .map(|when| phrases::when(when, deadline.zone));
        let by = step
            .instrument
            .as_deref()
            .or_else(|| step.sources.first().map(|it| it.title.as_str()));
        let url = step.sources.iter().find_map(|source| source.url.as_deref());
        let by = by
            .map(|by| format!(" · {}", link(by, 90, url)))
            .unwrap_or_default();
        said.push(format!(
            "**{}**{} · {did}\n-# {} · {}{by}",
            due_short(&step.due),
            days.unwrap_or_default(),
            announced.unwrap_or_else(|| words::page::ALWAYS_KNOWN.to_owned()),
            step.standing,
        ));
        before = Some(&step.due);
    }
    said
}

/// An event, on a page of its own.
pub(super) fn event(event: &Event) -> Message {
    let look = Look::plain(words::EVENT);
    let mut said = vec![format!("**{}**", phrases::when(&event.date, event.zone))];
    said.extend(event.summary.as_deref().map(|it| safe(it, 900)));
    said.extend(
        event
            .instrument
            .as_deref()
            .map(|it| safe(&format!("By {it}."), 300)),
    );
    let message = Message {
        embed: Some(Embed {
            color: look.color,
            author: Some(look.line()),
            title: safe(&event.title, 200),
            description: lines(&said, 3_000, |count| {
                words::and_more(count, words::SEE_SOURCES)
            }),
            fields: card::sources(&event.sources, 5).into_iter().collect(),
            footer: Some(event.id.to_string()),
            ..Embed::default()
        }),
        ..Message::default()
    };
    message.row(Row::Buttons(
        words::button::source(&event.sources).into_iter().collect(),
    ))
}
