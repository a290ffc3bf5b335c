//! `/deadlines`: what falls due, soonest first, in pages.

use crate::discord::answer::{Answer, Place, Reply, Scene};
use crate::discord::custom_id::{Codes, Press};
use crate::discord::look::Look;
use crate::discord::message::{Button, Embed, Message, Row};
use crate::discord::request::Options;
use crate::discord::words::problem::{self, Problem};
use crate::discord::{card, words};
use crate::domain::{Asked, States};
use crate::domain::{Deadline, Item, State};
use crate::query;

/// The deadlines of a page: more is too much for a phone.
const PAGE: usize = 6;

pub(super) fn asked(options: &Options, scene: &Scene<'_>) -> Result<Answer, Problem> {
    let text = |name: &str| options.text(name).map(str::to_owned);
    let words = Asked {
        topics: text("topic").into_iter().collect(),
        parties: text("party").into_iter().collect(),
        state: text("state"),
        within: text("within"),
    };
    shown(&words, 0, super::place(options), scene)
}

/// Another page.
pub(super) fn page(
    page: usize,
    codes: &Codes,
    place: Place,
    scene: &Scene<'_>,
) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let words = codes
        .words(docket)
        .ok_or_else(|| problem::gone("topic or party"))?;
    shown(&words, page, place, scene)
}

fn shown(words: &Asked, page: usize, place: Place, scene: &Scene<'_>) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let listing = query::select(docket, words.clone(), States::Open)?;
    let seen = docket.as_of(scene.now);
    let all = listing.deadlines(&seen, scene.now);
    let pages = all.len().div_ceil(PAGE).max(1);
    // The record may have become shorter since the button was made.
    let page = page.min(pages - 1);
    let shown: Vec<&Deadline> = all.iter().skip(page * PAGE).take(PAGE).copied().collect();
    let message = Message {
        embed: Some(embed(&shown, (all.len(), page, pages), words, scene)),
        ..Message::default()
    };
    let choices = shown.iter().map(|deadline| {
        let item = Item::Deadline((*deadline).clone());
        card::choice(&item, scene.now)
    });
    let message = message
        .row(words::button::open(choices.collect()))
        .row(Row::Buttons(turns(words, page, pages)));
    Ok(Answer::Reply(Reply { message, place }))
}

fn embed(
    shown: &[&Deadline],
    (count, page, pages): (usize, usize, usize),
    words: &Asked,
    scene: &Scene<'_>,
) -> Embed {
    let cards: Vec<_> = shown
        .iter()
        .map(|deadline| {
            let look = Look::of(&deadline.status(scene.now));
            let url = scene.links.map(|links| links.deadline(&deadline.id));
            card::deadline(deadline, &look, url.as_deref(), scene.now)
        })
        .collect();
    let look = shown.first().map_or_else(
        || Look::steady(State::Tbd),
        |first| Look::of(&first.status(scene.now)),
    );
    let mut footer = vec![words::listing::count(count)];
    if pages > 1 {
        footer.push(words::listing::page(page, pages));
    }
    Embed {
        color: look.color,
        title: words::listing::title(words),
        description: if cards.is_empty() {
            words::listing::none(words)
        } else {
            cards.join("\n\n")
        },
        footer: Some(footer.join(" · ")),
        ..Embed::default()
    }
}

/// The buttons to the page before and the one after.
fn turns(words: &Asked, page: usize, pages: usize) -> Vec<Button> {
    if pages < 2 {
        return Vec::new();
    }
    let codes = Codes::of(words);
    let to = |page: usize| {
        let codes = codes.clone();
        Press::Page { page, codes }.to_string()
    };
    words::button::turns(page, pages, to)
}
