//! What is proposed while somebody types: the best match first, typing mistakes forgiven.

use super::answer::{Proposal, Scene};
use super::look::Look;
use super::request::Options;
use super::text::plain;
use super::{limits, words};
use crate::config::closeness;
use crate::domain::{Docket, Item, State, Timestamp, Zone};

/// The proposals for the option that is being typed.
pub(super) fn proposals(
    path: &[&str],
    options: &Options,
    focused: &str,
    scene: &Scene<'_>,
) -> Vec<Proposal> {
    let typed = options.text(focused).unwrap_or_default();
    let Some(docket) = scene.docket else {
        return Vec::new();
    };
    let mut proposals = match (path, focused) {
        (["talks"], "name") => {
            let is_talks = |item: &Item| matches!(item, Item::Negotiation(_));
            items(typed, docket, scene.now, is_talks)
        }
        (_, "name") => {
            let is_deadline = |item: &Item| matches!(item, Item::Deadline(_));
            items(typed, docket, scene.now, is_deadline)
        }
        (_, "topic") => names(typed, &topics(docket)),
        (_, "party") => names(typed, &parties(docket)),
        (_, "topics") => listed(typed, &topics(docket)),
        (_, "parties") => listed(typed, &parties(docket)),
        (_, "zone") => zones(typed),
        (_, "within") => names(typed, &words::proposal::within()),
        (_, "before" | "leads") => listed(typed, &words::proposal::leads()),
        (_, "ping_from") => names(typed, &words::proposal::leads()),
        (_, "digest") => names(typed, &words::proposal::digests()),
        (_, "quiet") => names(typed, &words::proposal::quiet()),
        (_, "language") => names(typed, &words::proposal::languages()),
        _ => Vec::new(),
    };
    // A value that Discord would cut means something else.
    proposals.retain(|it| it.value.chars().count() <= limits::CHOICE_MAX);
    proposals.truncate(limits::CHOICES_MAX);
    for proposal in &mut proposals {
        proposal.label = plain(&proposal.label, limits::CHOICE_MAX);
    }
    proposals
}

/// The items that match what was typed, best first: open ones before ended ones, and those that
/// are due sooner first, where they match equally well.
pub(super) fn ranked<'a>(
    typed: &str,
    docket: &'a Docket,
    now: Timestamp,
    is_wanted: impl Fn(&Item) -> bool,
) -> Vec<&'a Item> {
    let wanted = docket.items().iter().filter(|item| is_wanted(item));
    let mut found: Vec<_> = wanted
        .filter_map(|item| Some((distance(typed, item)?, item)))
        .filter_map(|(distance, item)| {
            let order = match item.as_of(now)? {
                Item::Deadline(deadline) => Some(deadline.board_order(now)),
                _ => None,
            };
            Some(((distance, order), item))
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found.into_iter().map(|(_, item)| item).collect()
}

/// How far what was typed is from an item: each of its words has to be near some word of the id,
/// the title or a topic. None if one is not.
fn distance(typed: &str, item: &Item) -> Option<usize> {
    if typed == item.id().as_str() {
        return Some(0);
    }
    let topics = match item {
        Item::Deadline(it) => &it.topics,
        Item::Negotiation(it) => &it.topics,
        Item::Event(it) => &it.topics,
    };
    let id = item.id().as_str();
    let is_between = |it: char| !it.is_alphanumeric();
    let names: Vec<_> = std::iter::once(id)
        .chain(id.split('-'))
        .chain(item.title().split(is_between))
        .chain(topics.iter().map(String::as_str))
        .filter(|name| !name.is_empty())
        .collect();
    let mut sum = 1;
    for word in typed.split(is_between).filter(|word| !word.is_empty()) {
        let near = names.iter().filter_map(|name| closeness(word, name)).min();
        let in_title = || {
            item.title()
                .to_lowercase()
                .contains(&word.to_lowercase())
                .then_some(1)
        };
        sum += near.or_else(in_title)?;
    }
    Some(sum)
}

fn items(
    typed: &str,
    docket: &Docket,
    now: Timestamp,
    is_wanted: impl Fn(&Item) -> bool,
) -> Vec<Proposal> {
    let best = ranked(typed, docket, now, is_wanted).into_iter();
    let best = best
        .take(limits::CHOICES_MAX)
        .filter_map(|item| item.as_of(now));
    best.map(|item| Proposal {
        label: label(&item, now),
        value: item.id().to_string(),
    })
    .collect()
}

/// The title, how long is left, and how often it was extended; the title gives way.
fn label(item: &Item, now: Timestamp) -> String {
    let facts = match item {
        Item::Deadline(deadline) => {
            let status = deadline.status(now);
            let mut facts = match status.state {
                State::Scheduled => status.days_left.map(crate::domain::words::days_left),
                _ => None,
            }
            .unwrap_or_else(|| Look::of(&status).words);
            if status.extensions > 0 {
                facts.push_str(&format!(", {}", words::extended(status.extensions)));
            }
            facts
        }
        Item::Negotiation(talks) => {
            let count = i64::try_from(talks.rounds.len()).unwrap_or(i64::MAX);
            crate::domain::words::count_of(count, "round")
        }
        Item::Event(event) => crate::domain::words::date(event.date.date()),
    };
    let room = limits::CHOICE_MAX.saturating_sub(facts.chars().count() + 3);
    format!("{} · {facts}", plain(item.title(), room))
}

/// A name that can be filled in, and what is shown for it.
pub(super) type Name = (String, String);

fn topics(docket: &Docket) -> Vec<Name> {
    let topics = docket.topics().into_iter();
    topics
        .map(|topic| (topic.to_owned(), topic.to_owned()))
        .collect()
}

fn parties(docket: &Docket) -> Vec<Name> {
    let parties = docket.parties().iter();
    parties
        .map(|party| {
            let emoji = party
                .emoji
                .as_deref()
                .map(|it| format!("{it} "))
                .unwrap_or_default();
            (
                party.id.to_string(),
                format!("{emoji}{} ({})", party.name, party.id),
            )
        })
        .collect()
}

/// Those of some names that match what was typed, best first.
fn names(typed: &str, all: &[Name]) -> Vec<Proposal> {
    let mut found: Vec<_> = all
        .iter()
        .filter_map(|name @ (value, label)| {
            let words = label.split(|it: char| !it.is_alphanumeric());
            let near = words.chain([value.as_str(), label.as_str()]);
            let near = near.filter_map(|word| closeness(typed, word)).min();
            Some((near?, name))
        })
        .collect();
    found.sort_by_key(|(near, _)| *near);
    found
        .into_iter()
        .map(|(_, (value, label))| Proposal {
            label: label.clone(),
            value: value.clone(),
        })
        .collect()
}

/// Proposals for the last of several names with commas between, with those before it kept.
fn listed(typed: &str, all: &[Name]) -> Vec<Proposal> {
    let (before, last) = typed.rsplit_once(',').unwrap_or(("", typed));
    let before: Vec<_> = before
        .split(',')
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .collect();
    let is_new = |it: &Proposal| !before.contains(&it.value.as_str());
    let found = names(last.trim(), all).into_iter().filter(is_new);
    found
        .map(|it| {
            let with = |last: &str| [before.as_slice(), &[last]].concat().join(", ");
            Proposal {
                label: with(&it.label),
                value: with(&it.value),
            }
        })
        .collect()
}

fn zones(typed: &str) -> Vec<Proposal> {
    let spaced = |name: &str| name.replace('_', " ");
    let all: Vec<Name> = Zone::names()
        .map(|name| (name.to_owned(), spaced(name)))
        .collect();
    // `EST` and `Beijing` are no zones, but everybody knows which one is meant.
    let meant = Zone::parse(typed).err().and_then(|error| error.meant);
    let meant = meant.map(|name| Proposal {
        label: spaced(name),
        value: name.to_owned(),
    });
    let found = names(typed, &all);
    let found = found.into_iter().filter(|it| meant.as_ref() != Some(it));
    let found: Vec<_> = found.collect();
    meant.into_iter().chain(found).collect()
}
