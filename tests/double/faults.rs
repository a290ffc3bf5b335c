//! What goes wrong on demand: before a request is accepted, after, or with its answer.

use crate::double::answer::{Answer, Payload, Refusal};
use crate::double::limits::{Scope, limited};
use crate::double::route::{Endpoint, Route};
use crate::double::snowflake::Snowflake;
use std::time::Duration;

/// Something that goes wrong with requests.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    endpoint: Option<Endpoint>,
    channel: Option<Snowflake>,
    /// How often it happens yet.
    left: u32,
    pub(crate) before: Duration,
    pub(crate) accepted: Accepted,
    pub(crate) after: Duration,
    pub(crate) end: End,
}

/// Whether the request takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    No,
    Yes,
    /// Only so long after the connection has ended.
    Late(Duration),
}

/// How it ends for the one who asked.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// As if nothing was wrong.
    Well,
    Answer(Answer),
    /// The connection is reset.
    Reset,
    /// Nothing ever comes.
    Hang,
    /// Half of the answer comes.
    Garbled,
}

impl Fault {
    fn new(accepted: Accepted, end: End) -> Self {
        Self {
            endpoint: None,
            channel: None,
            left: 1,
            before: Duration::ZERO,
            accepted,
            after: Duration::ZERO,
            end,
        }
    }

    /// Answers with this, and does nothing.
    pub(crate) fn answer(answer: impl Into<Answer>) -> Self {
        Self::new(Accepted::No, End::Answer(answer.into()))
    }

    /// Answers with a status and the page of a proxy.
    pub(crate) fn status(status: u16) -> Self {
        Self::page(status, &format!("<html><h1>{status}</h1></html>"))
    }

    fn page(status: u16, html: &str) -> Self {
        Self::answer(Answer {
            status,
            headers: Vec::new(),
            body: Payload::Html(html.to_owned()),
        })
    }

    /// The ban of an address by Cloudflare: 429 without `Via` and without JSON, for an hour.
    pub(crate) fn banned() -> Self {
        let mut fault = Self::page(429, "<html>error code: 1015</html>");
        if let End::Answer(answer) = &mut fault.end {
            answer
                .headers
                .push(("Retry-After".to_owned(), "3600".to_owned()));
        }
        fault
    }

    /// A rate limit of a scope. It has a `code` where one is given.
    pub(crate) fn limited(scope: Scope, wait: Duration, code: Option<u64>) -> Self {
        let millis = i64::try_from(wait.as_millis()).expect("a wait of this age");
        let mut answer = limited(scope, millis);
        if let (Payload::Json(body), Some(code)) = (&mut answer.body, code) {
            body["code"] = code.into();
        }
        Self::answer(answer)
    }

    /// Refuses: missing permissions, an unknown channel, and the like.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        Self::answer(refusal)
    }

    /// Resets the connection.
    pub(crate) fn reset() -> Self {
        Self::new(Accepted::No, End::Reset)
    }

    /// Never answers.
    pub(crate) fn hang() -> Self {
        Self::new(Accepted::No, End::Hang)
    }

    /// Does what it was asked for, and answers with half of the JSON.
    pub(crate) fn garbled() -> Self {
        Self::new(Accepted::Yes, End::Garbled)
    }

    /// Resets the connection, and does what it was asked for so long after.
    pub(crate) fn late(delay: Duration) -> Self {
        Self::new(Accepted::Late(delay), End::Reset)
    }

    /// Waits before it does what it was asked for.
    pub(crate) fn slow_before(wait: Duration) -> Self {
        let mut fault = Self::new(Accepted::Yes, End::Well);
        fault.before = wait;
        fault
    }

    /// Waits after it did what it was asked for.
    pub(crate) fn slow_after(wait: Duration) -> Self {
        let mut fault = Self::new(Accepted::Yes, End::Well);
        fault.after = wait;
        fault
    }

    /// The same fault, but the request takes effect first.
    pub(crate) fn accepted(mut self) -> Self {
        self.accepted = Accepted::Yes;
        self
    }

    /// Only of this endpoint.
    pub(crate) fn on(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// Only in this channel.
    pub(crate) fn in_channel(mut self, channel: Snowflake) -> Self {
        self.channel = Some(channel);
        self
    }

    /// So often, instead of once.
    pub(crate) fn times(mut self, times: u32) -> Self {
        self.left = times;
        self
    }

    /// For ever.
    pub(crate) fn always(self) -> Self {
        self.times(u32::MAX)
    }

    fn is_meant_for(&self, route: &Route) -> bool {
        self.left > 0
            && self.endpoint.is_none_or(|it| it == route.endpoint)
            && self.channel.is_none_or(|it| route.channel() == Some(it))
    }
}

/// The faults that are to come, in the order in which they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// From here on all goes well.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What goes wrong with a request.
    pub(crate) fn take(&mut self, route: &Route) -> Option<Fault> {
        let fault = self.0.iter_mut().find(|it| it.is_meant_for(route))?;
        fault.left -= 1;
        Some(fault.clone())
    }
}
