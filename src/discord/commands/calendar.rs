//! `/calendar` and the button Calendar: a file for the reader's own calendar.

use crate::discord::answer::{Action, Answer, Place, Scene};
use crate::discord::message::{Button, File, Message, Row};
use crate::discord::request::Options;
use crate::discord::words::calendar as words;
use crate::discord::words::problem::{self, Problem};
use crate::domain::{Asked, Id, Selection, States};
use crate::query;

pub(super) fn asked(options: &Options, scene: &Scene<'_>) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let asked = Asked {
        topics: options
            .text("topic")
            .map(str::to_owned)
            .into_iter()
            .collect(),
        ..Asked::default()
    };
    let selection = query::select(docket, asked, States::All)?;
    Ok(Answer::Do(Action::Calendar(selection), Place::Private))
}

/// The calendar of one item alone.
pub(super) fn of(id: &Id, scene: &Scene<'_>) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    docket.item(id).ok_or_else(|| problem::gone("item"))?;
    let selection = Selection::item(id.clone());
    Ok(Answer::Do(Action::Calendar(selection), Place::Private))
}

/// The calendar as a file, and a way to subscribe at its address where the web page is public.
pub fn done(selection: &Selection, text: String, address: Option<&str>) -> Message {
    let item = selection.only_item();
    let subscribe = address.and_then(|url| Button::open(words::SUBSCRIBE, url));
    let text_above = match (item, &subscribe) {
        (Some(_), _) => words::ONE,
        (None, Some(_)) => words::SUBSCRIBABLE,
        (None, None) => words::FILE,
    };
    let message = Message {
        content: text_above.to_owned(),
        files: vec![File {
            name: item.map_or("docket.ics".to_owned(), |id| format!("{id}.ics")),
            alt: None,
            bytes: text.into_bytes(),
        }],
        ..Message::default()
    };
    message.row(Row::Buttons(subscribe.into_iter().collect()))
}
