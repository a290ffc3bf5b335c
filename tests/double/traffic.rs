//! What was asked and how it was answered, and which bodies were wrong.

use crate::double::answer::Answer;
use crate::double::body::Body;
use crate::double::clock::Millis;
use crate::double::limits::Scope;
use crate::double::route::{Endpoint, Route};
use crate::double::snowflake::Snowflake;
use serde_json::Value;

/// The log of requests.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) requests: Vec<Request>,
    violations: Vec<Violation>,
}

/// A request as it came, and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Nothing that the double knows, if none.
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) channel: Option<Snowflake>,
    pub(crate) body: Value,
    pub(crate) at: Millis,
    /// None while there is no answer, or if there never was one.
    pub(crate) status: Option<u16>,
    is_shared: bool,
}

/// A body that Discord would not take, or a request that it does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) endpoint: Option<Endpoint>,
    /// Where and what: `embeds.0.title BASE_TYPE_MAX_LENGTH`.
    pub(crate) lines: Vec<String>,
}

impl Request {
    pub(crate) fn new(method: &str, path: &str, at: Millis) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            endpoint: None,
            channel: None,
            body: Value::Null,
            at,
            status: None,
            is_shared: false,
        }
    }

    /// The same, now that its route is known.
    pub(crate) fn to(mut self, route: &Route) -> Self {
        self.endpoint = Some(route.endpoint);
        self.channel = route.channel();
        self
    }

    /// The same with its body.
    pub(crate) fn with(mut self, body: &Body) -> Self {
        self.body = body.json.clone();
        self
    }
}

impl Traffic {
    /// Records a request. The number is for its answer.
    pub(crate) fn begin(&mut self, request: Request) -> usize {
        self.requests.push(request);
        self.requests.len() - 1
    }

    /// Records the answer.
    pub(crate) fn end(&mut self, number: usize, answer: &Answer) {
        let request = &mut self.requests[number];
        request.status = Some(answer.status);
        let shared = (
            "X-RateLimit-Scope".to_owned(),
            Scope::Shared.word().to_owned(),
        );
        request.is_shared = answer.headers.contains(&shared);
    }

    pub(crate) fn violate(&mut self, endpoint: impl Into<Option<Endpoint>>, lines: Vec<String>) {
        let endpoint = endpoint.into();
        self.violations.push(Violation { endpoint, lines });
    }

    /// What was wrong so far: whoever takes it has expected it.
    pub(crate) fn take_violations(&mut self) -> Vec<Violation> {
        std::mem::take(&mut self.violations)
    }

    /// How often something was asked.
    pub(crate) fn count(&self, endpoint: Endpoint) -> usize {
        let all = self.requests.iter();
        all.filter(|it| it.endpoint == Some(endpoint)).count()
    }

    /// How often something was answered so.
    pub(crate) fn answered(&self, status: u16) -> usize {
        let all = self.requests.iter();
        all.filter(|it| it.status == Some(status)).count()
    }

    /// The answers of which 10,000 in ten minutes get a bot banned: 401, 403, and 429 unless it was
    /// for a limit shared with others.
    pub(crate) fn invalid(&self) -> usize {
        let counts = |it: &&Request| match it.status {
            Some(401 | 403) => true,
            Some(429) => !it.is_shared,
            _ => false,
        };
        self.requests.iter().filter(counts).count()
    }
}
