//! What an answer of Discord means. Pure: the requests are made next door.

use serde_json::Value;
use std::time::Duration;

/// Why a request did not succeed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Trouble {
    /// It did not get there: no connection.
    #[error("Discord cannot be reached: {0}")]
    Unsent(String),
    /// It may have got there: the connection broke, no answer came, or one that says that
    /// something went wrong on the way.
    #[error("{0}")]
    Unknown(String),
    /// Discord refused it.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// A trouble that lasts longer is not waited for by whoever has somebody waiting.
const PATIENCE: Duration = Duration::from_secs(5);

impl Trouble {
    /// How long to wait at least before asking again is of use; none if it is not.
    pub fn passes_after(&self) -> Option<Duration> {
        match self {
            Self::Unsent(_) | Self::Unknown(_) => Some(Duration::ZERO),
            Self::Refused(refused) if refused.may_pass() => {
                Some(refused.after.unwrap_or_default()).filter(|wait| *wait <= PATIENCE)
            }
            Self::Refused(_) => None,
        }
    }
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("Discord says: {message} ({})", self.number())]
pub struct Refused {
    /// The status of HTTP.
    pub status: u16,
    /// Discord's own code; 0 where it gives none.
    pub code: i64,
    /// What it says, with the places of what it does not like.
    pub message: String,
    /// How long to wait, if it says so.
    pub after: Option<Duration>,
    /// Whether a limit is one of the whole bot.
    pub is_global: bool,
    /// Whether it is not our fault: a limit of the channel that others have used up.
    pub is_shared: bool,
}

/// What to do about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The token is not valid any more: nothing may be asked.
    Unauthorized,
    /// The channel, thread or person is gone for good.
    Gone,
    /// It takes no messages of this kind: a forum has threads only.
    WrongKind,
    /// Somebody took a permission away, and may give it back.
    Forbidden,
    /// What was sent is wrong: sending it again is no use.
    Invalid,
    /// A message of that nonce was there, and somebody deleted it.
    Deleted,
    /// It comes too soon.
    TooSoon,
    /// Something else, that may pass.
    Passing,
}

impl Refused {
    /// What Discord answers with this status, these headers and this body.
    pub fn read(status: u16, headers: &dyn Fn(&str) -> Option<String>, body: &str) -> Self {
        let json: Value = serde_json::from_str(body).unwrap_or_default();
        let seconds = |value: f64| Duration::try_from_secs_f64(value).ok();
        let by_header = headers("retry-after").and_then(|it| it.parse().ok().and_then(seconds));
        let by_body = json["retry_after"].as_f64().and_then(seconds);
        let message = match json["message"].as_str() {
            Some(message) => format!("{message}{}", places(&json["errors"])),
            None => format!("HTTP {status}"),
        };
        let scope = headers("x-ratelimit-scope");
        // A page instead of JSON is of somebody between, who has shut out this address.
        let is_ban = status == 429 && json.is_null();
        let is_all = json["global"].as_bool() == Some(true) || scope.as_deref() == Some("global");
        Self {
            status,
            code: json["code"].as_i64().unwrap_or_default(),
            message,
            // They differ for some limits, and the header is wrong then.
            after: by_header.max(by_body),
            is_global: is_all || is_ban,
            is_shared: scope.as_deref() == Some("shared"),
        }
    }

    /// Whether there is nothing to be done at that place: it is gone, or forbidden.
    pub fn shuts_out(&self) -> bool {
        matches!(self.meaning(), Meaning::Gone | Meaning::Forbidden)
    }

    /// What to do about it.
    pub fn meaning(&self) -> Meaning {
        match (self.status, self.code) {
            // Not the token of the bot, but that of an interaction, which is good for 15 minutes.
            (_, 50027) => Meaning::Invalid,
            (401, _) => Meaning::Unauthorized,
            (429, _) | (_, 20016 | 20022 | 20028 | 40062 | 130_000) => Meaning::TooSoon,
            // Unknown channel, guild, user; a person who takes no messages.
            (_, 10003 | 10004 | 10013 | 50007) => Meaning::Gone,
            (_, 50008 | 50024 | 40058) => Meaning::WrongKind,
            // Missing access, permissions; blocked; archived and locked.
            (_, 50001 | 50013 | 40333 | 50083 | 160_005) => Meaning::Forbidden,
            (_, 10008) => Meaning::Deleted,
            // A page of somebody between, not Discord's.
            (403 | 404, 0) => Meaning::Passing,
            (400 | 403 | 404 | 405 | 413, _) => Meaning::Invalid,
            _ => Meaning::Passing,
        }
    }

    /// Whether the same may be taken later, though nobody does anything about it.
    pub fn may_pass(&self) -> bool {
        matches!(self.meaning(), Meaning::TooSoon | Meaning::Passing)
    }

    /// Whether it counts to those of which Discord takes ten thousand in ten minutes and no more.
    pub fn is_held_against_us(&self) -> bool {
        matches!(self.status, 401 | 403) || (self.status == 429 && !self.is_shared)
    }

    fn number(&self) -> String {
        match self.code {
            0 => format!("HTTP {}", self.status),
            code => code.to_string(),
        }
    }
}

/// The places of a body that Discord does not like, each with what it says of it.
fn places(errors: &Value) -> String {
    let mut found = Vec::new();
    collect(errors, &mut String::new(), &mut found);
    if found.is_empty() {
        return String::new();
    }
    format!(": {}", found.join("; "))
}

fn collect(errors: &Value, path: &mut String, found: &mut Vec<String>) {
    let Value::Object(entries) = errors else {
        return;
    };
    if let Some(Value::Array(here)) = entries.get("_errors") {
        for error in here {
            let text = error["message"].as_str().unwrap_or("not valid");
            found.push(format!("`{path}` {text}"));
        }
    }
    for (name, inner) in entries.iter().filter(|(name, _)| *name != "_errors") {
        let length = path.len();
        if length > 0 {
            path.push('.');
        }
        path.push_str(name);
        collect(inner, path, found);
        path.truncate(length);
    }
}

#[cfg(test)]
mod tests {
    use super::{Meaning, Refused, Trouble};
    use std::time::Duration;

    fn read(status: u16, body: &str) -> Refused {
        Refused::read(status, &|_| None, body)
    }

    #[test]
    fn a_refusal_names_the_places() {
        let body = r#"{"code":50035,"message":"Invalid Form Body","errors":{"embeds":{"0":
            {"title":{"_errors":[{"code":"MAX","message":"Must be 256 or fewer in length."}]}}},
            "nonce":{"_errors":[{"code":"TYPE","message":"Wrong type."}]}}}"#;
        let refused = read(400, body);
        assert_eq!(refused.meaning(), Meaning::Invalid);
        assert_eq!(
            refused.to_string(),
            "Discord says: Invalid Form Body: `embeds.0.title` Must be 256 or fewer in length.; \
             `nonce` Wrong type. (50035)"
        );
    }

    #[test]
    fn each_code_has_its_meaning() {
        let of = |status, code: i64| read(status, &format!("{{\"code\":{code}}}")).meaning();
        assert_eq!(of(401, 0), Meaning::Unauthorized);
        assert_eq!(of(401, 50027), Meaning::Invalid);
        assert_eq!(of(404, 10003), Meaning::Gone);
        assert_eq!(of(403, 50007), Meaning::Gone);
        assert_eq!(of(400, 40058), Meaning::WrongKind);
        assert_eq!(of(403, 50013), Meaning::Forbidden);
        assert_eq!(of(404, 10008), Meaning::Deleted);
        assert_eq!(of(400, 50006), Meaning::Invalid);
        assert_eq!(of(400, 200_000), Meaning::Invalid);
        assert_eq!(of(403, 20028), Meaning::TooSoon);
        assert_eq!(of(429, 0), Meaning::TooSoon);
        assert_eq!(of(404, 0), Meaning::Passing);
        assert_eq!(
            read(403, "<html>blocked</html>").meaning(),
            Meaning::Passing
        );
    }

    #[test]
    fn the_longer_of_two_waits_counts() {
        let header = |name: &str| (name == "retry-after").then(|| "1".to_owned());
        let body = r#"{"message":"slow","retry_after":1163.5,"global":false}"#;
        let refused = Refused::read(429, &header, body);
        assert_eq!(refused.after, Some(Duration::from_secs_f64(1163.5)));
        assert!(!refused.is_global);
        let page = Refused::read(
            429,
            &|name| (name == "retry-after").then(|| "3600".to_owned()),
            "<",
        );
        assert_eq!(page.after, Some(Duration::from_hours(1)));
        assert!(page.is_global);
        assert_eq!(page.to_string(), "Discord says: HTTP 429 (HTTP 429)");
    }

    #[test]
    fn what_may_pass_is_asked_again_and_what_may_not_is_not() {
        let of = |status, code: i64| {
            let refused = read(status, &format!("{{\"code\":{code}}}"));
            Trouble::from(refused).passes_after()
        };
        let lost = Trouble::Unknown("no answer".to_owned());
        assert_eq!(lost.passes_after(), Some(Duration::ZERO));
        assert_eq!(of(404, 0), Some(Duration::ZERO));
        assert_eq!(of(403, 50013), None);
        let limited = |wait: f64| {
            let body = format!("{{\"retry_after\":{wait}}}");
            Trouble::from(read(429, &body)).passes_after()
        };
        assert_eq!(limited(0.5), Some(Duration::from_millis(500)));
        assert_eq!(limited(600.0), None, "nobody waits that long for an answer");
    }

    #[test]
    fn a_limit_that_others_used_up_is_not_held_against_us() {
        let header = |name: &str| (name == "x-ratelimit-scope").then(|| "shared".to_owned());
        assert!(!Refused::read(429, &header, "{}").is_held_against_us());
        assert!(read(429, "{}").is_held_against_us());
        assert!(!read(404, "{}").is_held_against_us());
    }
}
