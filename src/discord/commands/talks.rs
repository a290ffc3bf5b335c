//! `/talks`: the rounds of negotiations, when, where, who, what came of them, and what is next.

use crate::discord::answer::{Answer, Place, Reply, Scene};
use crate::discord::custom_id::Press;
use crate::discord::look::Look;
use crate::discord::message::{Block, Embed, Message, Row};
use crate::discord::request::Options;
use crate::discord::text::{link, safe};
use crate::discord::words::problem::{self, Problem};
use crate::discord::{card, time, words};
use crate::domain::{Docket, Id, Item, Negotiation, Round, RoundState, Timestamp, phrases};

/// The rounds of a page.
const PAGE: usize = 4;
/// The negotiations of an overview.
const NEGOTIATIONS_MAX: usize = 10;

pub(super) fn asked(options: &Options, scene: &Scene<'_>) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let place = super::place(options);
    let Some(written) = options.text("name") else {
        return Ok(overview(docket, place, scene));
    };
    let is_talks = |item: &Item| matches!(item, Item::Negotiation(_));
    let item = super::named(written, docket, scene, "negotiation", is_talks)?;
    page(item.id(), 0, place, scene)
}

/// All negotiations, each with its latest round and the next. One alone is opened at once.
fn overview(docket: &Docket, place: Place, scene: &Scene<'_>) -> Answer {
    let known = docket
        .negotiations()
        .filter_map(|talks| talks.as_of(scene.now));
    let mut known: Vec<Negotiation> = known.collect();
    if let [only] = known.as_slice() {
        let message = rounds(docket, only, 0, scene);
        return Answer::Reply(Reply { message, place });
    }
    // Where something happened or will happen last comes first.
    let last = |talks: &Negotiation| {
        talks
            .rounds
            .iter()
            .map(|it| it.current().starts.start())
            .max()
    };
    known.sort_by_key(|talks| std::cmp::Reverse(last(talks)));
    let entries: Vec<_> = known
        .iter()
        .take(NEGOTIATIONS_MAX)
        .map(|talks| {
            let url = scene.links.map(|links| links.talks(&talks.id));
            let mut entry = vec![format!("**{}**", link(&talks.title, 120, url.as_deref()))];
            entry.extend(news(talks, scene.now));
            entry.join("\n")
        })
        .collect();
    let choices = known.iter().take(NEGOTIATIONS_MAX).map(|talks| {
        let item = Item::Negotiation(talks.clone());
        card::choice(&item, scene.now)
    });
    let message = Message {
        embed: Some(Embed {
            color: Look::plain(words::TALKS).color,
            title: words::page::NEGOTIATIONS.to_owned(),
            description: if entries.is_empty() {
                words::page::NO_TALKS.to_owned()
            } else {
                entries.join("\n\n")
            },
            footer: Some(words::page::negotiations(known.len())),
            ..Embed::default()
        }),
        ..Message::default()
    };
    let message = message.row(words::button::open(choices.collect()));
    Answer::Reply(Reply { message, place })
}

/// The rounds of one negotiation, the latest first.
pub(super) fn page(
    id: &Id,
    page: usize,
    place: Place,
    scene: &Scene<'_>,
) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let Some(Item::Negotiation(talks)) = docket.item(id).and_then(|item| item.as_of(scene.now))
    else {
        return Err(problem::gone("negotiation"));
    };
    let message = rounds(docket, &talks, page, scene);
    Ok(Answer::Reply(Reply { message, place }))
}

fn rounds(docket: &Docket, talks: &Negotiation, page: usize, scene: &Scene<'_>) -> Message {
    let mut rounds = talks.in_order();
    rounds.reverse();
    let pages = rounds.len().div_ceil(PAGE).max(1);
    let page = page.min(pages - 1);
    let shown = rounds.iter().skip(page * PAGE).take(PAGE);
    let current = rounds.first().map(|(_, round)| round.state(scene.now));
    let look = current.map_or_else(|| Look::plain(words::TALKS), Look::of_round);
    let mut fields: Vec<_> = shown
        .map(|(number, round)| told(docket, *number, round, scene))
        .collect();
    if page == 0 {
        fields.extend(card::sources(sources(talks), 4));
    }
    let mut description: Vec<_> = talks.summary.iter().map(|it| safe(it, 600)).collect();
    let serves: Vec<_> = talks
        .serves
        .iter()
        .filter_map(|id| docket.deadline(id))
        .take(8)
        .map(|it| {
            link(
                &it.title,
                100,
                scene.links.map(|links| links.deadline(&it.id)).as_deref(),
            )
        })
        .collect();
    if !serves.is_empty() {
        description.push(words::page::about(&serves));
    }
    if rounds.is_empty() {
        description.push(words::page::NO_ROUNDS.to_owned());
    }
    let mut footer = vec![words::page::rounds(rounds.len())];
    if pages > 1 {
        footer.push(words::listing::page(page, pages));
    }
    footer.push(talks.id.to_string());
    let message = Message {
        embed: Some(Embed {
            color: look.color,
            author: Some(Look::plain(words::TALKS).line()),
            title: safe(&talks.title, 200),
            url: scene.links.map(|links| links.talks(&talks.id)),
            description: description.join("\n"),
            fields,
            footer: Some(footer.join(" · ")),
            ..Embed::default()
        }),
        ..Message::default()
    };
    let to = |page: usize| Press::Rounds(talks.id.clone(), page).to_string();
    let mut buttons = if pages > 1 {
        words::button::turns(page, pages, to)
    } else {
        Vec::new()
    };
    buttons.push(words::button::calendar(&talks.id));
    message.row(Row::Buttons(buttons))
}

/// A round with all that is known of it.
fn told(docket: &Docket, number: Option<usize>, round: &Round, scene: &Scene<'_>) -> Block {
    let look = Look::of_round(round.state(scene.now));
    let mut said = vec![format!("{} · {}", when_and_where(round), look.words)];
    let schedule = round.current();
    if round.state(scene.now) == RoundState::Planned && !schedule.starts.is_day() {
        let at = schedule.starts.start();
        said.push(format!("{} ({})", time::full(at), time::relative(at)));
    }
    said.extend(
        round
            .outcome
            .iter()
            .map(|outcome| format!("**→** {}", safe(&outcome.text, 350))),
    );
    said.extend(
        phrases::table(docket, round)
            .iter()
            .map(|line| format!("-# {}", safe(line, 250))),
    );
    Block {
        name: format!(
            "{} {}",
            look.sign,
            safe(&phrases::round(round, number), 120)
        ),
        value: said.join("\n"),
        is_short: false,
    }
}

/// `25 to 26 October 2025 (Kuala Lumpur) · Kuala Lumpur, Malaysia`.
fn when_and_where(round: &Round) -> String {
    let schedule = round.current();
    let ends = match &round.outcome {
        Some(outcome) => Some(&outcome.on),
        None => schedule.ends.as_ref(),
    };
    let days = phrases::days(&schedule.starts, ends, round.zone);
    let place = phrases::place(round).map(|place| format!(" · {}", safe(&place, 100)));
    format!("{days}{}", place.unwrap_or_default())
}

/// The round that is under way or was the last, and the next one, in a line each.
pub(super) fn news(talks: &Negotiation, now: Timestamp) -> Vec<String> {
    let rounds = talks.in_order();
    let is_over = |round: &Round| round.state(now) == RoundState::Concluded;
    let under_way = rounds
        .iter()
        .filter(|(_, it)| it.state(now) == RoundState::UnderWay);
    let last = rounds.iter().rfind(|(_, round)| is_over(round));
    let next = rounds
        .iter()
        .find(|(_, it)| it.state(now) == RoundState::Planned);
    let last = last.map(|it| (words::page::LAST, it));
    let under_way = under_way.map(|it| (words::page::UNDER_WAY, it));
    let next = next.map(|it| (words::page::NEXT, it));
    last.into_iter()
        .chain(under_way)
        .chain(next)
        .map(|(label, (number, round))| {
            let name = safe(&phrases::round(round, *number), 80);
            let outcome = round
                .outcome
                .as_ref()
                .map(|it| format!(": {}", safe(&it.text, 160)));
            let outcome = outcome.unwrap_or_default();
            format!("{label} {name}, {}{outcome}", when_and_where(round))
        })
        .collect()
}

fn sources(talks: &Negotiation) -> impl Iterator<Item = &crate::domain::Source> {
    let rounds = talks.rounds.iter().rev().flat_map(|round| {
        let outcome = round.outcome.iter().flat_map(|outcome| &outcome.sources);
        outcome.chain(&round.sources)
    });
    rounds.chain(&talks.sources)
}
