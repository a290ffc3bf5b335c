//! What the double answers, and Discord's refusals by their numbers.

use serde_json::{Value, json};

/// An answer over HTTP.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Payload,
}

/// The body of an answer.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    None,
    Json(Value),
    /// What a proxy in front of Discord says.
    Html(String),
    /// The first half of what would have been said.
    Cut(Value),
}

impl Answer {
    /// 200 with JSON.
    pub(crate) fn ok(body: Value) -> Self {
        Self::json(200, body)
    }

    /// A status with JSON.
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Payload::Json(body),
        }
    }

    /// 204.
    pub(crate) fn none() -> Self {
        Self {
            status: 204,
            headers: Vec::new(),
            body: Payload::None,
        }
    }

    /// The same with another header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A refusal: what was asked for is not done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: u64,
    pub(crate) message: &'static str,
    pub(crate) errors: Option<Value>,
}

impl Refusal {
    pub(crate) const NOT_FOUND: Self = refusal(404, 0, "404: Not Found");
    pub(crate) const UNAUTHORIZED: Self = refusal(401, 0, "401: Unauthorized");
    pub(crate) const UNKNOWN_CHANNEL: Self = refusal(404, 10003, "Unknown Channel");
    pub(crate) const UNKNOWN_GUILD: Self = refusal(404, 10004, "Unknown Guild");
    pub(crate) const UNKNOWN_MEMBER: Self = refusal(404, 10007, "Unknown Member");
    pub(crate) const UNKNOWN_MESSAGE: Self = refusal(404, 10008, "Unknown Message");
    pub(crate) const UNKNOWN_USER: Self = refusal(404, 10013, "Unknown User");
    pub(crate) const UNKNOWN_WEBHOOK: Self = refusal(404, 10015, "Unknown Webhook");
    pub(crate) const UNKNOWN_INTERACTION: Self = refusal(404, 10062, "Unknown interaction");
    pub(crate) const ALREADY_CROSSPOSTED: Self =
        refusal(400, 40033, "This message has already been crossposted.");
    pub(crate) const ALREADY_ANSWERED: Self =
        refusal(400, 40060, "Interaction has already been acknowledged.");
    pub(crate) const FORUM: Self = refusal(
        400,
        40058,
        "Cannot message this channel until after a post is created",
    );
    pub(crate) const TAG_REQUIRED: Self = refusal(
        400,
        40067,
        "A tag is required to create a forum post in this channel",
    );
    pub(crate) const MISSING_ACCESS: Self = refusal(403, 50001, "Missing Access");
    pub(crate) const NOT_THE_AUTHOR: Self =
        refusal(403, 50005, "Cannot edit a message authored by another user");
    pub(crate) const EMPTY_MESSAGE: Self = refusal(400, 50006, "Cannot send an empty message");
    pub(crate) const CLOSED_TO_BOTS: Self =
        refusal(403, 50007, "Cannot send messages to this user");
    pub(crate) const NO_TEXT_CHANNEL: Self =
        refusal(400, 50008, "Cannot send messages in a non-text channel");
    pub(crate) const MISSING_PERMISSIONS: Self = refusal(403, 50013, "Missing Permissions");
    pub(crate) const WRONG_CHANNEL_TYPE: Self =
        refusal(400, 50024, "Cannot execute action on this channel type");
    pub(crate) const BAD_WEBHOOK_TOKEN: Self = refusal(401, 50027, "Invalid Webhook Token");
    pub(crate) const INVALID_FORM: Self = refusal(400, 50035, "Invalid Form Body");
    pub(crate) const ARCHIVED: Self = refusal(400, 50083, "Thread is archived");
    pub(crate) const INVALID_JSON: Self =
        refusal(400, 50109, "The request body contains invalid JSON.");
}

const fn refusal(status: u16, code: u64, message: &'static str) -> Refusal {
    Refusal {
        status,
        code,
        message,
        errors: None,
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let mut body = json!({"message": refusal.message, "code": refusal.code});
        if let Some(errors) = refusal.errors {
            body["errors"] = errors;
        }
        Self::json(refusal.status, body)
    }
}
