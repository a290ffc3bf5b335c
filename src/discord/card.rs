//! How a deadline is told in few lines, wherever several stand together, and what stands below
//! one: its sources, its entry in a select.

use super::look::Look;
use super::message::{Block, Choice};
use super::text::{lines, link, plain, safe};
use super::{limits, time, words};
use crate::domain::{Deadline, Item, Source, Timestamp, phrases, words as domain_words};
use std::collections::HashSet;

/// A title among others.
const TITLE_MAX: usize = 120;
/// The title of a source.
const SOURCE_MAX: usize = 120;
/// All sources together.
const SOURCES_MAX: usize = 1_000;

/// A deadline in three lines: what, when, how sure.
pub(super) fn deadline(
    deadline: &Deadline,
    look: &Look,
    url: Option<&str>,
    now: Timestamp,
) -> String {
    let status = deadline.status(now);
    let live = status.due.at().map(time::relative);
    let live = live.map(|live| format!(" · {live}")).unwrap_or_default();
    let mut text = format!(
        "{} **{}**\n{}{live}",
        look.sign,
        link(&deadline.title, TITLE_MAX, url),
        status.due.text()
    );
    if let Some(law) = status.law_due {
        text.push_str(&format!("\n{}", phrases::by_law(law, now)));
    }
    let mut sure = vec![look.words.clone(), status.standing.to_string()];
    if status.extensions > 0 {
        sure.push(words::extended(status.extensions));
    }
    text.push_str(&format!("\n-# {}", sure.join(" · ")));
    text
}

/// Where it can be checked: so many sources, each once.
pub(super) fn sources<'a>(
    sources: impl IntoIterator<Item = &'a Source>,
    most: usize,
) -> Option<Block> {
    let mut seen = HashSet::new();
    let listed: Vec<_> = sources
        .into_iter()
        .filter(|source| seen.insert((&source.title, &source.url)))
        .take(most)
        .map(|source| {
            format!(
                "• {}",
                link(&source.title, SOURCE_MAX, source.url.as_deref())
            )
        })
        .collect();
    let value = lines(&listed, SOURCES_MAX, |count| {
        words::and_more(count, words::SEE_SOURCES)
    });
    (!listed.is_empty()).then(|| Block {
        name: words::SOURCES.to_owned(),
        value,
        is_short: false,
    })
}

/// An item as an entry to choose.
pub(super) fn choice(item: &Item, now: Timestamp) -> Choice {
    let description = match item {
        Item::Deadline(deadline) => {
            let status = deadline.status(now);
            let due = domain_words::due_short(status.due);
            format!("{} · {due}", Look::of(&status).words)
        }
        Item::Negotiation(_) => words::TALKS.to_owned(),
        Item::Event(event) => domain_words::date(event.date.date()),
    };
    Choice {
        label: plain(item.title(), limits::OPTION_MAX),
        value: item.id().to_string(),
        description: Some(plain(&description, limits::OPTION_MAX)),
        is_chosen: false,
    }
}

/// A title in a sentence that is bold itself.
pub(super) fn quoted(title: &str) -> String {
    format!("“{}”", safe(title, TITLE_MAX))
}

/// A title in a sentence.
pub(super) fn title(title: &str) -> String {
    format!("**{}**", safe(title, TITLE_MAX))
}
