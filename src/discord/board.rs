//! The overview that a channel keeps as one message, edited when the record or a state changes and
//! never because time goes by: how far off a due is, the readers' Discord counts by itself.

use super::look::Look;
use super::message::{Embed, Message};
use super::text::lines;
use super::{card, words};
use crate::domain::{Deadline, Docket, Item, State, Subscription, Timestamp};
use crate::feed::Links;

/// All entries together.
const BOARD_MAX: usize = 4_000;

/// The open deadlines that a subscription follows, awaited ones first, then soonest first.
pub fn board(docket: &Docket, to: &Subscription, links: Option<&Links>, now: Timestamp) -> Message {
    let mut open: Vec<Deadline> = docket
        .passing(&to.filter)
        .filter_map(|item| match item {
            Item::Deadline(deadline) => deadline.as_of(now),
            _ => None,
        })
        .filter(|deadline| !matches!(deadline.state(now), State::Ended(_)))
        .collect();
    open.sort_by_cached_key(|deadline| deadline.board_order(now));
    let entries: Vec<_> = open
        .iter()
        .map(|deadline| {
            let look = Look::steady(deadline.state(now));
            let url = links.map(|links| links.deadline(&deadline.id));
            card::deadline(deadline, &look, url.as_deref(), now) + "\n"
        })
        .collect();
    let awaited = open.iter().any(|it| it.state(now) == State::Awaiting);
    let state = if awaited {
        State::Awaiting
    } else {
        State::Scheduled
    };
    let description = match entries.as_slice() {
        [] => words::NOTHING_OPEN.to_owned(),
        _ => lines(&entries, BOARD_MAX, |count| {
            words::and_more(count, words::SEE_DEADLINES)
        }),
    };
    Message {
        embed: Some(Embed {
            color: Look::steady(state).color,
            title: words::BOARD.to_owned(),
            description,
            footer: Some(words::BOARD_FOOTER.to_owned()),
            ..Embed::default()
        }),
        is_silent: true,
        ..Message::default()
    }
}
