//! `/timeline`: the picture of the deadlines, and what becomes of messages that show a picture.

use crate::discord::answer::{Action, Answer, Drawing, Scene, Subject};
use crate::discord::look::Look;
use crate::discord::message::{Embed, File, Message};
use crate::discord::request::Options;
use crate::discord::text::safe;
use crate::discord::words;
use crate::discord::words::problem::Problem;
use crate::feed::Links;
use crate::picture::Picture;
use crate::query;

pub(super) fn asked(options: &Options, scene: &Scene<'_>) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let topics: Vec<_> = options
        .text("topic")
        .map(str::to_owned)
        .into_iter()
        .collect();
    let filter = query::filter(docket, &topics, &[])?;
    let title = match topics.first() {
        Some(topic) => format!("{}: {}", words::picture::TIMELINE, safe(topic, 60)),
        None => words::picture::TIMELINE.to_owned(),
    };
    let drawing = Drawing {
        subject: Subject::Timeline(filter),
        as_of: scene.now,
        message: Message {
            embed: Some(Embed {
                color: Look::plain("").color,
                title,
                url: scene.links.map(Links::overview),
                description: words::picture::HOW_TO_READ.to_owned(),
                picture: Some(Drawing::FILE.to_owned()),
                ..Embed::default()
            }),
            ..Message::default()
        },
    };
    Ok(Answer::Do(
        Action::Draw(Box::new(drawing)),
        super::place(options),
    ))
}

/// The message of a drawing with its picture as PNG, and the words for it; or, where it could not
/// be drawn, without.
pub fn drawn(drawing: &Drawing, made: Option<(&Picture, Vec<u8>)>) -> Message {
    let mut message = drawing.message.clone();
    match (made, &mut message.embed) {
        (Some((picture, bytes)), _) => message.files.push(File {
            name: Drawing::FILE.to_owned(),
            alt: Some(format!("{}. {}", picture.title(), picture.words())),
            bytes,
        }),
        (None, Some(embed)) => {
            embed.picture = None;
            let footer = embed
                .footer
                .take()
                .map(|it| format!(" · {it}"))
                .unwrap_or_default();
            embed.footer = Some(format!("{}{footer}", words::picture::FAILED));
        }
        (None, None) => {}
    }
    message
}
