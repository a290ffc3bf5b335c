//! The rules of messages, whichever way they are sent.

use crate::double::body::File;
use crate::double::message::flag;
use crate::double::strict::{At, components, embeds};
use serde_json::Value;

const FILE_MAX: usize = 10 << 20;
const REQUEST_MAX: usize = 25 << 20;

/// How a message is sent, which decides on what it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// By the bot, to a channel.
    Posted,
    /// As the first post of a thread.
    Opening,
    /// As an answer to an interaction, or after it.
    Answer,
    /// In place of what was there.
    Edit,
}

impl Sent {
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Posted => &[
                "content",
                "embeds",
                "components",
                "attachments",
                "allowed_mentions",
                "flags",
                "tts",
                "nonce",
                "enforce_nonce",
                "message_reference",
                "sticker_ids",
                "poll",
            ],
            Self::Opening => &[
                "content",
                "embeds",
                "components",
                "attachments",
                "allowed_mentions",
                "flags",
                "sticker_ids",
            ],
            Self::Answer => &[
                "content",
                "embeds",
                "components",
                "attachments",
                "allowed_mentions",
                "flags",
                "tts",
                "poll",
            ],
            Self::Edit => &[
                "content",
                "embeds",
                "components",
                "attachments",
                "allowed_mentions",
                "flags",
            ],
        }
    }

    fn flags(self) -> u64 {
        let always = flag::SUPPRESS_EMBEDS | flag::COMPONENTS_V2;
        match self {
            Self::Posted | Self::Opening => always | flag::SUPPRESS_NOTIFICATIONS,
            Self::Answer => always | flag::SUPPRESS_NOTIFICATIONS | flag::EPHEMERAL,
            // Discord wants the flags of before to be sent along.
            Self::Edit => u64::MAX,
        }
    }
}

/// Looks at a message.
pub(crate) fn check(body: &mut At<'_>, files: &[File], sent: Sent) {
    body.only_keys(sent.keys());
    body.text("content", 0, 2000);
    let flags = flags(&mut body.key("flags"), sent);
    let is_second_version = flags & flag::COMPONENTS_V2 != 0;
    if is_second_version {
        for key in ["content", "embeds", "poll", "sticker_ids"] {
            let mut place = body.key(key);
            let is_used = match place.value {
                Value::Null => false,
                Value::Array(list) => !list.is_empty(),
                Value::String(text) => !text.is_empty(),
                _ => true,
            };
            if is_used {
                let text = format!(
                    "The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                );
                place.wrong("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", text);
            }
        }
    }
    embeds::check(body);
    components::check(body, is_second_version);
    allowed_mentions(&mut body.key("allowed_mentions"));
    if sent == Sent::Posted {
        nonce(body);
    }
    attachments(body, files, sent);
}

/// Whether there is anything to see in it.
pub(crate) fn is_empty(body: &Value, files: &[File]) -> bool {
    let text = body["content"].as_str().unwrap_or_default().trim();
    let lists = ["embeds", "components", "sticker_ids"];
    let has_list = lists
        .iter()
        .any(|key| body[key].as_array().is_some_and(|it| !it.is_empty()));
    text.is_empty() && !has_list && files.is_empty() && body["poll"].is_null()
}

fn flags(place: &mut At<'_>, sent: Sent) -> u64 {
    let Some(flags) = place.value.as_u64() else {
        if !place.value.is_null() {
            place.wrong("NUMBER_TYPE_COERCE", "Value is not int.");
        }
        return 0;
    };
    if flags & !sent.flags() != 0 {
        place.wrong("MESSAGE_FLAGS_INVALID", "These flags cannot be set here.");
    }
    flags
}

fn nonce(body: &mut At<'_>) {
    let is_enforced = body.value["enforce_nonce"] == true;
    let mut nonce = body.key("nonce");
    match nonce.value {
        Value::String(text) if text.chars().count() > 25 => {
            nonce.wrong("BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.");
        }
        Value::Null if is_enforced => nonce.required(),
        Value::Null | Value::String(_) => {}
        Value::Number(number) if number.is_i64() => {}
        _ => nonce.wrong("NONCE_TYPE", "A nonce is an integer or a text."),
    }
}

/// `parse` and a list of ids cannot both speak of one sort; no list has more than 100 ids.
fn allowed_mentions(place: &mut At<'_>) {
    if place.value.is_null() {
        return;
    }
    place.only_keys(&["parse", "users", "roles", "replied_user"]);
    place.each("parse", (0, 3), |it| {
        if !matches!(it.value.as_str(), Some("users" | "roles" | "everyone")) {
            it.wrong(
                "BASE_TYPE_CHOICES",
                "Value must be one of ('users', 'roles', 'everyone').",
            );
        }
    });
    for sort in ["users", "roles"] {
        place.each(sort, (0, 100), |id| {
            if id
                .value
                .as_str()
                .is_none_or(|it| it.parse::<u64>().is_err())
            {
                id.wrong("NUMBER_TYPE_COERCE", "Value is not snowflake.");
            }
        });
        let parse = place.value["parse"].as_array();
        let is_parsed = parse.is_some_and(|it| it.iter().any(|it| it == sort));
        let has_ids = place.value[sort]
            .as_array()
            .is_some_and(|it| !it.is_empty());
        if is_parsed && has_ids {
            let text = format!("parse:[\"{sort}\"] and {sort}: [ids...] are mutually exclusive.");
            place.wrong("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", text);
        }
    }
}

/// Each entry is a file that comes along; each file has its place.
fn attachments(body: &mut At<'_>, files: &[File], sent: Sent) {
    body.each("attachments", (0, 10), |it| {
        it.only_keys(&["id", "filename", "description", "title", "is_spoiler"]);
        it.text("filename", 0, 1024);
        it.text("description", 0, 1024);
        let id = it.value["id"]
            .as_str()
            .map_or_else(|| it.value["id"].to_string(), str::to_owned);
        let comes_along = files.iter().any(|file| file.index.to_string() == id);
        // An edit names those that stay.
        if !comes_along && sent != Sent::Edit {
            it.key("id")
                .wrong("ATTACHMENT_NOT_FOUND", "There is no file with this number.");
        }
    });
    let total: usize = files.iter().map(|file| file.bytes.len()).sum();
    if files.len() > 10 {
        body.wrong("BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer files.");
    }
    if total > REQUEST_MAX || files.iter().any(|file| file.bytes.len() > FILE_MAX) {
        body.wrong(
            "FILE_TOO_LARGE",
            "At most 10 MiB a file and 25 MiB together.",
        );
    }
}
