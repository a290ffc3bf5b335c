//! `/deadline`: one deadline with all that a reader needs to plan by it.

use crate::discord::answer::{Action, Answer, Drawing, Place, Reply, Scene, Subject};
use crate::discord::look::Look;
use crate::discord::message::{Block, Embed, Message, Row};
use crate::discord::request::Options;
use crate::discord::text::{lines, safe};
use crate::discord::words::problem::{self, Problem};
use crate::discord::{card, time, words};
use crate::domain::{
    Deadline, Docket, Importance, Item, Source, State, Status, Timestamp, law_sentence, phrases,
};
use crate::query;

/// What is said in a sentence or two.
const SENTENCE_MAX: usize = 700;
const TITLE_MAX: usize = 200;
/// The steps of the chain that are shown: the latest.
const STEPS_MAX: usize = 3;
/// The sources that are shown: the latest. Each step of the chain links its own.
const SOURCES_MAX: usize = 4;

pub(super) fn asked(options: &Options, scene: &Scene<'_>) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let written = super::required(options, "name")?;
    let is_deadline = |item: &Item| matches!(item, Item::Deadline(_));
    let item = super::named(written, docket, scene, "deadline", is_deadline)?;
    let as_of = match options.text("as_of") {
        Some(text) => query::last(text, docket.zone())?,
        None => scene.now,
    };
    let Some(Item::Deadline(deadline)) = item.as_of(as_of) else {
        let then = crate::domain::words::instant(as_of, docket.zone());
        return Err(problem::not_known_then(&card::quoted(item.title()), &then));
    };
    Ok(page(&deadline, scene, as_of, super::place(options)))
}

/// The page of a deadline that holds only what was known at `as_of`.
pub(super) fn page(
    deadline: &Deadline,
    scene: &Scene<'_>,
    as_of: Timestamp,
    place: Place,
) -> Answer {
    let mut embed = embed(deadline, scene, as_of);
    // One dot is no chart.
    let has_chart = deadline.steps.len() > 1;
    embed.picture = has_chart.then(|| Drawing::FILE.to_owned());
    let message = Message {
        embed: Some(embed),
        ..Message::default()
    };
    let message = message.row(Row::Buttons(buttons(deadline, as_of)));
    if !has_chart {
        return Answer::Reply(Reply { message, place });
    }
    let drawing = Drawing {
        subject: Subject::Slip(deadline.id.clone()),
        as_of,
        message,
    };
    Answer::Do(Action::Draw(Box::new(drawing)), place)
}

fn embed(deadline: &Deadline, scene: &Scene<'_>, as_of: Timestamp) -> Embed {
    let status = deadline.status(as_of);
    let look = Look::of(&status);
    let mut author = vec![look.line()];
    if deadline.importance >= Importance::High {
        author.push(deadline.importance.word().to_owned());
    }
    let mut fields = facts(deadline, &status, as_of);
    fields.extend(
        scene
            .docket
            .and_then(|docket| talks(docket, deadline, as_of)),
    );
    fields.push(chain(deadline));
    fields.extend(card::sources(all_sources(deadline), SOURCES_MAX));
    Embed {
        color: look.color,
        author: Some(author.join(" · ")),
        title: safe(&deadline.title, TITLE_MAX),
        url: scene.links.map(|links| links.deadline(&deadline.id)),
        description: description(deadline, &status, as_of),
        fields,
        footer: Some(footer(deadline, &status, scene, as_of)),
        ..Embed::default()
    }
}

/// When it is due, by law and in the reader's time, and what it is about.
fn description(deadline: &Deadline, status: &Status<'_>, as_of: Timestamp) -> String {
    let mut said = vec![format!("**{}**", status.due.text())];
    said.extend(time::due(status.due));
    said.extend(status.law_due.map(|law| {
        let live = law.at().map(|at| format!(" ({})", time::relative(at)));
        format!(
            "⚖️ {}{}",
            law_sentence(law, as_of),
            live.unwrap_or_default()
        )
    }));
    if status.state == State::Awaiting {
        said.push(words::page::AWAITING.to_owned());
    }
    if let Some(outcome) = &deadline.outcome {
        let on = phrases::on(&outcome.on, deadline.zone);
        let word = phrases::capitalized(outcome.result.word());
        let note = outcome
            .note
            .as_deref()
            .map(|it| format!(" {}", safe(it, SENTENCE_MAX)));
        said.push(format!("**{word}** {on}.{}", note.unwrap_or_default()));
    }
    said.extend(
        deadline
            .summary
            .as_deref()
            .map(|it| format!("\n{}", safe(it, SENTENCE_MAX))),
    );
    said.join("\n")
}

/// What happens if it lapses, who decides, how official it is, and how it has moved.
fn facts(deadline: &Deadline, status: &Status<'_>, as_of: Timestamp) -> Vec<Block> {
    let block = |name: &str, value: String, is_short| Block {
        name: name.to_owned(),
        value,
        is_short,
    };
    let mut blocks = Vec::new();
    let said = |text: &Option<String>| text.as_deref().map(|it| safe(it, SENTENCE_MAX));
    if !matches!(status.state, State::Ended(_)) {
        blocks.extend(said(&deadline.if_lapses).map(|it| block(words::IF_LAPSES, it, false)));
    }
    let by = status
        .instrument
        .map(|by| format!("\n{}", safe(by, 200)))
        .unwrap_or_default();
    blocks.push(block(
        words::page::STANDING,
        format!("{}{by}", status.standing),
        true,
    ));
    blocks.extend(said(&deadline.decided_by).map(|it| block(words::page::DECIDED_BY, it, true)));
    let slip = phrases::slip(status.slipped_days)
        .map(|it| format!("\n{it}"))
        .unwrap_or_default();
    let extended = words::page::extended(status.extensions);
    blocks.push(block(
        words::page::EXTENDED,
        format!("{extended}{slip}"),
        true,
    ));
    let rate = phrases::capitalized(&deadline.base_rate(as_of).to_string());
    blocks.push(block(words::page::BASE_RATE, format!("{rate}."), false));
    blocks
}

/// The latest round of each negotiation about it, and the next.
fn talks(docket: &Docket, deadline: &Deadline, as_of: Timestamp) -> Option<Block> {
    let serving = docket
        .negotiations()
        .filter(|talks| talks.serves.contains(&deadline.id));
    let said: Vec<_> = serving
        .filter_map(|talks| talks.as_of(as_of))
        .flat_map(|talks| super::talks::news(&talks, as_of))
        .collect();
    (!said.is_empty()).then(|| Block {
        name: words::page::TALKS.to_owned(),
        value: lines(&said, 900, |count| {
            words::and_more(count, words::page::SEE_TALKS)
        }),
        is_short: false,
    })
}

/// The latest steps of its chain.
fn chain(deadline: &Deadline) -> Block {
    let steps = super::history::steps(deadline);
    let left_out = steps.len().saturating_sub(STEPS_MAX);
    let mut shown: Vec<_> = steps.into_iter().skip(left_out).collect();
    if left_out > 0 {
        shown.insert(0, words::page::earlier_steps(left_out));
    }
    Block {
        name: words::page::CHAIN.to_owned(),
        value: lines(&shown, 1_000, |count| {
            words::and_more(count, words::page::SEE_HISTORY)
        }),
        is_short: false,
    }
}

fn all_sources(deadline: &Deadline) -> impl Iterator<Item = &Source> {
    let outcome = deadline.outcome.iter().flat_map(|outcome| &outcome.sources);
    // What is newest is what people want to check.
    let steps = deadline.steps.iter().rev().flat_map(|step| &step.sources);
    outcome.chain(steps).chain(&deadline.sources)
}

fn footer(deadline: &Deadline, status: &Status<'_>, scene: &Scene<'_>, as_of: Timestamp) -> String {
    let mut parts = vec![status.standing.to_string()];
    let checked = all_sources(deadline)
        .filter_map(|source| source.checked)
        .max();
    parts.extend(checked.map(words::checked));
    if as_of != scene.now {
        let zone = deadline.zone;
        parts.push(words::page::as_of(&crate::domain::words::instant(
            as_of, zone,
        )));
    }
    parts.push(deadline.id.to_string());
    parts.join(" · ")
}

fn buttons(deadline: &Deadline, as_of: Timestamp) -> Vec<crate::discord::message::Button> {
    let id = &deadline.id;
    let is_open = !matches!(deadline.state(as_of), State::Ended(_));
    let mut buttons = Vec::new();
    if is_open {
        buttons.push(words::button::remind(id));
    }
    buttons.push(words::button::history(id));
    if is_open {
        buttons.push(words::button::calendar(id));
    }
    let sources: Vec<_> = all_sources(deadline).cloned().collect();
    buttons.extend(words::button::source(&sources));
    buttons
}
