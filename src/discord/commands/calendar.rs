//! `/calendar` and the button Calendar: a file for the reader's own calendar.

use crate::discord::answer::{Action, Answer, CalendarAction, Place, Scene};
use crate::discord::message::{Button, File, Message, Row};
use crate::discord::request::Options;
use crate::discord::words::calendar as words;
use crate::discord::words::problem::{self, Problem};
use crate::domain::{Filter, Id};
use crate::query;

pub(super) fn asked(options: &Options, scene: &Scene<'_>) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let topic = options.text("topic").map(str::to_owned);
    let topics: Vec<_> = topic.iter().cloned().collect();
    let calendar = CalendarAction {
        filter: query::filter(docket, &topics, &[])?,
        topic,
        item: None,
    };
    Ok(Answer::Do(Action::Calendar(calendar), Place::Private))
}

/// The calendar of one item alone.
pub(super) fn of(id: &Id, scene: &Scene<'_>) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    docket.item(id).ok_or_else(|| problem::gone("item"))?;
    let calendar = CalendarAction {
        filter: Filter {
            items: Some(vec![id.clone()]),
            ..Filter::ALL
        },
        topic: None,
        item: Some(id.clone()),
    };
    Ok(Answer::Do(Action::Calendar(calendar), Place::Private))
}

/// The calendar as a file, and a way to subscribe where the web page is public.
pub fn done(calendar: &CalendarAction, text: String, public_url: Option<&str>) -> Message {
    let name = match &calendar.item {
        Some(id) => format!("{id}.ics"),
        None => "docket.ics".to_owned(),
    };
    let subscribe = public_url.and_then(|url| {
        let query = calendar
            .topic
            .as_deref()
            .map(|topic| format!("?topic={}", percent(topic)));
        let url = format!(
            "{}/calendar.ics{}",
            url.trim_end_matches('/'),
            query.unwrap_or_default()
        );
        Button::open(words::SUBSCRIBE, &url)
    });
    let text_above = match (&calendar.item, &subscribe) {
        (Some(_), _) => words::ONE,
        (None, Some(_)) => words::SUBSCRIBABLE,
        (None, None) => words::FILE,
    };
    let message = Message {
        content: text_above.to_owned(),
        files: vec![File {
            name,
            alt: None,
            bytes: text.into_bytes(),
        }],
        ..Message::default()
    };
    message.row(Row::Buttons(subscribe.into_iter().collect()))
}

/// As it stands in an address.
fn percent(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| match byte {
            _ if is_plain(byte) => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
