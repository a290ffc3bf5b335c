//! Discord's rate limits: one for the bot, and buckets for channels.

use crate::double::answer::Answer;
use crate::double::clock::Millis;
use crate::double::route::{Endpoint, Route};
use crate::double::snowflake::Snowflake;
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};

/// What is limited. Nothing, unless a test asks for it.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    /// Requests in any second, over all that bear the bot's token.
    global: Option<usize>,
    buckets: Vec<Bucket>,
    recent: VecDeque<Millis>,
    windows: BTreeMap<(Endpoint, Snowflake), Window>,
}

/// So many requests in a time, for each channel.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    endpoint: Endpoint,
    most: u32,
    in_millis: Millis,
}

/// The running window of a bucket.
#[derive(Clone, Copy, Debug)]
struct Window {
    end: Millis,
    used: u32,
}

/// For whom a limit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    User,
    Global,
    Shared,
}

impl Scope {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Global => "global",
            Self::Shared => "shared",
        }
    }
}

/// What the limits say to a request.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It may go on; its answer gets these headers.
    Free(Vec<(String, String)>),
    /// It may not.
    Limited(Answer),
}

impl Limits {
    /// As observed at Discord: 50 a second in all, 5 messages in 5 seconds in a channel, 10
    /// crossposts an hour.
    pub(crate) fn discord() -> Self {
        Self::none()
            .global(50)
            .bucket(Endpoint::CreateMessage, 5, 5_000)
            .bucket(Endpoint::Crosspost, 10, 3_600_000)
    }

    /// None at all.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// With so many requests in any second.
    pub(crate) fn global(mut self, most: usize) -> Self {
        self.global = Some(most);
        self
    }

    /// With so many requests in a time, for each channel.
    pub(crate) fn bucket(mut self, endpoint: Endpoint, most: u32, in_millis: Millis) -> Self {
        self.buckets.push(Bucket {
            endpoint,
            most,
            in_millis,
        });
        self
    }

    /// Counts a request, unless it is refused.
    pub(crate) fn take(&mut self, route: &Route, now: Millis) -> Verdict {
        if let Some(wait) = self.global_wait(route, now) {
            return Verdict::Limited(limited(Scope::Global, wait));
        }
        let bucket = self.buckets.iter().find(|it| it.endpoint == route.endpoint);
        let (Some(bucket), Some(channel)) = (bucket.copied(), route.channel()) else {
            return Verdict::Free(Vec::new());
        };
        let fresh = Window {
            end: now + bucket.in_millis,
            used: 0,
        };
        let key = (bucket.endpoint, channel);
        let window = self.windows.entry(key).or_insert(fresh);
        if window.end <= now {
            *window = fresh;
        }
        let is_full = window.used >= bucket.most;
        window.used += u32::from(!is_full);
        let headers = headers(bucket, *window, now);
        if is_full {
            let mut answer = limited(Scope::User, window.end - now);
            answer.headers.extend(headers);
            return Verdict::Limited(answer);
        }
        Verdict::Free(headers)
    }

    /// Milliseconds until the limit of the bot lets another one through, if it does not now.
    fn global_wait(&mut self, route: &Route, now: Millis) -> Option<Millis> {
        let most = self
            .global
            .filter(|_| !route.endpoint.is_of_interaction())?;
        self.recent
            .retain(|at| (now - 1_000..=now).contains(at) && *at > now - 1_000);
        if self.recent.len() >= most {
            return self.recent.front().map(|oldest| oldest + 1_000 - now);
        }
        self.recent.push_back(now);
        None
    }
}

/// The answer to a request too many.
pub(crate) fn limited(scope: Scope, wait: Millis) -> Answer {
    let body = json!({
        "message": "You are being rate limited.",
        "retry_after": seconds(wait),
        "global": scope == Scope::Global,
    });
    // The header has whole seconds, the body fractions.
    let whole = (wait + 999) / 1_000;
    let answer = Answer::json(429, body)
        .with("Retry-After", &whole.to_string())
        .with("X-RateLimit-Scope", scope.word());
    match scope {
        Scope::Global => answer.with("X-RateLimit-Global", "true"),
        Scope::User | Scope::Shared => answer,
    }
}

fn headers(bucket: Bucket, window: Window, now: Millis) -> Vec<(String, String)> {
    let values = [
        ("X-RateLimit-Limit", bucket.most.to_string()),
        (
            "X-RateLimit-Remaining",
            (bucket.most - window.used).to_string(),
        ),
        ("X-RateLimit-Reset", format!("{:.3}", seconds(window.end))),
        (
            "X-RateLimit-Reset-After",
            format!("{:.3}", seconds(window.end - now)),
        ),
        (
            "X-RateLimit-Bucket",
            format!("{:?}", bucket.endpoint).to_lowercase(),
        ),
    ];
    values
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "instants have far less than 53 bits"
)]
fn seconds(millis: Millis) -> f64 {
    millis as f64 / 1_000.0
}
