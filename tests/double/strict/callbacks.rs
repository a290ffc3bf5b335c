//! The rules of answers to interactions: which kind answers what, and what it brings.

use crate::double::body::File;
use crate::double::interaction::Asked;
use crate::double::message::flag;
use crate::double::strict::messages::Sent;
use crate::double::strict::{At, messages, modals};

/// Numbers of kinds of answers.
pub(crate) mod kind {
    pub(crate) const MESSAGE: u64 = 4;
    pub(crate) const DEFERRED_MESSAGE: u64 = 5;
    pub(crate) const DEFERRED_UPDATE: u64 = 6;
    pub(crate) const UPDATE: u64 = 7;
    pub(crate) const CHOICES: u64 = 8;
    pub(crate) const MODAL: u64 = 9;
}

/// Looks at an answer to what was asked.
pub(crate) fn check(body: &mut At<'_>, files: &[File], asked: Asked) {
    body.only_keys(&["type", "data"]);
    let number = body.value["type"].as_u64().unwrap_or(0);
    if !answers(number, asked) {
        let text = format!("A callback of type {number} does not answer this interaction.");
        return body.key("type").wrong("INTERACTION_CALLBACK_TYPE", text);
    }
    let mut data = body.key("data");
    match number {
        kind::DEFERRED_MESSAGE => {
            if !data.value.is_null() {
                data.only_keys(&["flags"]);
            }
            let flags = data.value["flags"].as_u64().unwrap_or(0);
            if flags & !flag::EPHEMERAL != 0 {
                data.key("flags")
                    .wrong("MESSAGE_FLAGS_INVALID", "Only EPHEMERAL can be set here.");
            }
        }
        kind::MESSAGE => messages::check(&mut data, files, Sent::Answer),
        kind::UPDATE => messages::check(&mut data, files, Sent::Edit),
        kind::CHOICES => modals::choices(&mut data),
        kind::MODAL => modals::modal(&mut data),
        _ => {}
    }
}

fn answers(number: u64, asked: Asked) -> bool {
    match number {
        kind::MESSAGE | kind::DEFERRED_MESSAGE => asked != Asked::Autocomplete,
        kind::DEFERRED_UPDATE | kind::UPDATE => matches!(asked, Asked::Component | Asked::Modal),
        kind::CHOICES => asked == Asked::Autocomplete,
        kind::MODAL => matches!(asked, Asked::Command | Asked::Component),
        _ => false,
    }
}
