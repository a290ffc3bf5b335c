//! `/reminders`: what somebody asked to be reminded of, to look at and to cancel.

use crate::discord::answer::{Action, Answer, Place, Reply, Scene};
use crate::discord::card;
use crate::discord::custom_id::Press;
use crate::discord::limits::OPTIONS_MAX;
use crate::discord::look::Look;
use crate::discord::message::{Choice, Embed, Message, Row, Select};
use crate::discord::request::Request;
use crate::discord::text::lines;
use crate::discord::time;
use crate::discord::words::problem::Problem;
use crate::discord::words::reminder as words;
use crate::domain::{Docket, Follow, Id, Item, Target};

pub(super) fn asked(request: &Request, scene: &Scene<'_>, place: Place) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let own: Vec<_> = own(request, scene).collect();
    if own.is_empty() {
        let message = Message::text(words::NONE);
        return Ok(Answer::Reply(Reply { message, place }));
    }
    let entries: Vec<_> = own
        .iter()
        .map(|(follow, item)| entry(follow, item, docket, scene))
        .collect();
    let options: Vec<_> = own
        .iter()
        .take(OPTIONS_MAX)
        .map(|(_, id)| choice(id, docket, scene))
        .collect();
    let most = options.len();
    let message = Message {
        embed: Some(Embed {
            color: Look::plain("").color,
            title: words::YOURS.to_owned(),
            description: lines(&entries, 3_800, |count| format!("… and {count} more")),
            footer: Some(words::count(own.len())),
            ..Embed::default()
        }),
        ..Message::default()
    };
    let message = message.row(Row::Select(Select {
        custom_id: Press::Cancel.to_string(),
        placeholder: words::CANCEL.to_owned(),
        options,
        most,
    }));
    Ok(Answer::Reply(Reply { message, place }))
}

/// The reminders that were chosen to be cancelled.
pub(super) fn cancel(
    values: &[String],
    request: &Request,
    scene: &Scene<'_>,
) -> Result<Answer, Problem> {
    let chosen =
        own(request, scene).filter(|(_, item)| values.iter().any(|it| it == item.as_str()));
    let subscriptions: Vec<_> = chosen.map(|(follow, _)| follow.id()).collect();
    if subscriptions.is_empty() {
        return Err(words::none_chosen());
    }
    Ok(Answer::Do(Action::Cancel { subscriptions }, Place::InPlace))
}

/// The subscriptions of the one who asks, with the items they are about.
fn own<'s>(request: &'s Request, scene: &Scene<'s>) -> impl Iterator<Item = (&'s Follow, &'s Id)> {
    scene
        .follows
        .iter()
        .filter_map(|follow| match &follow.target {
            Target::Person { user, item } if *user == request.user => Some((follow, item)),
            _ => None,
        })
}

fn entry(follow: &Follow, id: &Id, docket: &Docket, scene: &Scene<'_>) -> String {
    let leads = follow.leads.as_deref().unwrap_or(docket.remind());
    let leads: Vec<_> = leads.iter().map(ToString::to_string).collect();
    let leads = leads.join(", ");
    let Some(deadline) = docket.deadline(id).and_then(|it| it.as_of(scene.now)) else {
        return format!("⚪ `{id}`\n-# {leads} · not in the record any more");
    };
    let status = deadline.status(scene.now);
    let look = Look::of(&status);
    let live = status
        .due
        .at()
        .map(|at| format!(" · {}", time::relative(at)));
    let live = live.unwrap_or_default();
    let again: Vec<_> = follow
        .snoozed
        .iter()
        .filter(|at| **at > scene.now)
        .map(|at| format!(" · again {}", time::relative(*at)))
        .collect();
    format!(
        "{} {}\n{}{live}\n-# {leads} before{}",
        look.sign,
        card::title(&deadline.title),
        status.due.text(),
        again.concat()
    )
}

fn choice(id: &Id, docket: &Docket, scene: &Scene<'_>) -> Choice {
    let item: Option<Item> = docket.item(id).and_then(|item| item.as_of(scene.now));
    item.map_or_else(
        || Choice {
            label: id.to_string(),
            value: id.to_string(),
            description: None,
            is_chosen: false,
        },
        |item| card::choice(&item, scene.now),
    )
}
