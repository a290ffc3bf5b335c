//! Whether Discord takes a payload, and whom it pings: by the double's strict rules, and by
//! Discord's own description where that is at hand.

use crate::double::body::File;
use crate::double::interaction::Asked;
use crate::double::openapi;
use crate::double::route::Endpoint;
use crate::double::strict::messages::Sent;
use crate::double::strict::{Problems, callbacks, commands, messages};
use docket::discord::answer::Answer;
use docket::discord::message::Message;
use serde_json::Value;

/// What is wrong with a message that is posted.
pub(crate) fn post(message: &Message) -> Vec<String> {
    let json = message.json();
    let mut problems = Problems::default();
    messages::check(&mut problems.root(&json), &files(message), Sent::Posted);
    openapi::check(Endpoint::CreateMessage, &json, &mut problems);
    problems.lines()
}

/// What is wrong with the first answer to something, and with the message of an edit after it.
pub(crate) fn answer(answer: &Answer, asked: Asked) -> Vec<String> {
    let json = answer.callback();
    let mut problems = Problems::default();
    let files = match answer {
        Answer::Reply(reply) => files(&reply.message),
        _ => Vec::new(),
    };
    callbacks::check(&mut problems.root(&json), &files, asked);
    openapi::check(Endpoint::Callback, &json, &mut problems);
    problems.lines()
}

/// What is wrong with a message that takes the place of a deferred answer.
pub(crate) fn edit(message: &Message) -> Vec<String> {
    let json = message.json();
    let mut problems = Problems::default();
    messages::check(&mut problems.root(&json), &files(message), Sent::Edit);
    openapi::check(Endpoint::EditReply, &json, &mut problems);
    problems.lines()
}

/// What is wrong with the list of all commands.
pub(crate) fn definitions(json: &Value) -> Vec<String> {
    let mut problems = Problems::default();
    commands::check(&mut problems.root(json));
    openapi::check(Endpoint::PutCommands, json, &mut problems);
    problems.lines()
}

fn files(message: &Message) -> Vec<File> {
    let files = message.files.iter().enumerate();
    files
        .map(|(index, file)| File {
            index: u32::try_from(index).expect("few files"),
            name: file.name.clone(),
            content_type: None,
            bytes: file.bytes.clone(),
        })
        .collect()
}
