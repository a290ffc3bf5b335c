//! Requests to Discord over HTTP: who asks, how long an answer may take, and what came of it.
//!
//! Knows no message and no command. Limits are next door in `pace`, the meaning of refusals in
//! `answer`.

mod answer;
mod pace;

pub use answer::{Meaning, Refused, Trouble};
pub use pace::{Pace, Permit};

use crate::domain::Timestamp;
use crate::settings::Secret;
use chrono::DateTime;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// Where Discord is.
pub const DISCORD: &str = "https://discord.com";
/// How long connecting may take.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// How long a request may take, answer included.
const ANSWER_MAX: Duration = Duration::from_secs(15);
/// So often at most is asked what may be asked twice.
const ATTEMPTS: u32 = 5;
/// The wait before the second time. Each after that is twice as long.
const AGAIN_AFTER: Duration = Duration::from_millis(100);
/// More of an answer than this is not read.
const BODY_MAX: usize = 16 << 20;

/// A file that goes with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A request.
#[derive(Clone)]
pub struct Call<'a> {
    /// The method.
    pub method: Method,
    /// What follows `/api/v10`.
    pub path: String,
    /// The route, with the channel or server it is limited by.
    pub route: String,
    /// The body.
    pub body: Option<&'a Value>,
    /// Files that go with it.
    pub files: &'a [Upload],
}

impl Call<'_> {
    /// A request without a body.
    pub fn get(path: impl Into<String>) -> Self {
        let path = path.into();
        let route = path.split('?').next().unwrap_or_default();
        Self {
            method: Method::GET,
            route: format!("GET {route}"),
            path,
            body: None,
            files: &[],
        }
    }
}

impl<'a> Call<'a> {
    /// A request with a body, limited by its whole path.
    pub fn send(method: Method, path: impl Into<String>, body: &'a Value) -> Self {
        let path = path.into();
        Self {
            route: format!("{method} {path}"),
            method,
            path,
            body: Some(body),
            files: &[],
        }
    }

    /// A request that makes a message in a channel.
    pub fn to_channel(channel: &str, body: &'a Value) -> Self {
        Self::send(Method::POST, messages(channel), body).limited_by(posts_to(channel))
    }

    /// With these files.
    #[must_use]
    pub fn with(mut self, files: &'a [Upload]) -> Self {
        self.files = files;
        self
    }

    /// Limited by this route instead of its whole path.
    #[must_use]
    pub fn limited_by(mut self, route: impl Into<String>) -> Self {
        self.route = route.into();
        self
    }
}

/// The path of a channel's messages.
pub fn messages(channel: &str) -> String {
    format!("/channels/{channel}/messages")
}

/// The route by which requests are limited that make a message in a channel.
pub fn posts_to(channel: &str) -> String {
    format!("POST {}", messages(channel))
}

/// The way to Discord. Each runtime has its own connections; the limits are shared.
#[derive(Clone)]
pub struct Rest {
    client: reqwest::Client,
    base: String,
    pace: Arc<Pace>,
    /// Set once the token is refused: nothing is asked any more.
    revoked: Arc<watch::Sender<bool>>,
}

impl Rest {
    /// A way to the Discord at `base`, which is [`DISCORD`] unless somebody stands between.
    ///
    /// # Errors
    /// If the token has characters that no token has, or there is no TLS.
    pub fn new(base: &str, token: &Secret) -> Result<Self, String> {
        let mut headers = HeaderMap::new();
        let authorization = format!("Bot {}", token.reveal());
        let mut authorization = HeaderValue::try_from(authorization)
            .map_err(|_| "the token has characters that no token has".to_owned())?;
        authorization.set_sensitive(true);
        headers.insert(AUTHORIZATION, authorization);
        let agent = concat!(
            "DiscordBot (https://crates.io/crates/docket, ",
            env!("CARGO_PKG_VERSION"),
            ")"
        );
        headers.insert(USER_AGENT, HeaderValue::from_static(agent));
        let client = reqwest::Client::builder()
            .default_headers(headers)
            .connect_timeout(CONNECT_MAX)
            .timeout(ANSWER_MAX)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| described(&error))?;
        Ok(Self {
            client,
            base: format!("{}/api/v10", base.trim_end_matches('/')),
            pace: Arc::default(),
            revoked: Arc::new(watch::Sender::new(false)),
        })
    }

    /// Another way for another runtime, which shares the limits with this one.
    ///
    /// # Errors
    /// As [`Rest::new`].
    pub fn another(&self, base: &str, token: &Secret) -> Result<Self, String> {
        Ok(Self {
            pace: Arc::clone(&self.pace),
            revoked: Arc::clone(&self.revoked),
            ..Self::new(base, token)?
        })
    }

    /// Waits until a request of that route may be sent; for ever if the token was refused.
    pub async fn ready(&self, route: &str) -> Permit {
        if *self.revoked.borrow() {
            std::future::pending::<()>().await;
        }
        self.pace.ready(route).await
    }

    /// Done when Discord has refused the token.
    pub async fn revoked(&self) {
        let mut revoked = self.revoked.subscribe();
        if revoked.wait_for(|it| *it).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits for the limits, then asks.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn call(&self, call: Call<'_>) -> Result<Value, Trouble> {
        let permit = self.ready(&call.route).await;
        self.call_now(permit, call).await
    }

    /// Asks what does no harm if it gets there twice: again, where the answer is lost or the trouble
    /// may pass.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn insist(&self, call: Call<'_>) -> Result<Value, Trouble> {
        let mut again = Again::default();
        loop {
            let permit = self.ready(&call.route).await;
            let asked = self.call_now(permit, call.clone()).await;
            let Err(trouble) = asked else { return asked };
            again.after(trouble).await?;
        }
    }

    /// Asks likewise what no limit holds up: answers to commands. Each attempt may take so long.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn answer(&self, call: Call<'_>, each: Duration) -> Result<Value, Trouble> {
        let mut again = Again::default();
        loop {
            let asked = timeout(each, self.call_now(Permit::free(), call.clone())).await;
            let late = |_| Err(Trouble::Unknown("it took too long".to_owned()));
            let asked = asked.unwrap_or_else(late);
            let Err(trouble) = asked else { return asked };
            again.after(trouble).await?;
        }
    }

    /// Asks at once.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn call_now(&self, mut permit: Permit, call: Call<'_>) -> Result<Value, Trouble> {
        let url = format!("{}{}", self.base, call.path);
        let mut request = self.client.request(call.method, url);
        if call.files.is_empty() {
            if let Some(body) = call.body {
                request = request
                    .header(CONTENT_TYPE, "application/json")
                    .body(body.to_string());
            }
        } else {
            request = request.multipart(form(call.body, call.files)?);
        }
        permit.used();
        let answer = request.send().await.map_err(|error| {
            let why = described(&error);
            if error.is_connect() || error.is_builder() {
                Trouble::Unsent(why)
            } else {
                Trouble::Unknown(format!("no answer from Discord: {why}"))
            }
        })?;
        let status = answer.status();
        let headers = answer.headers().clone();
        let body = body(answer).await;
        drop(permit);
        let header = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
        self.pace.answered(&call.route, &header);
        if status.is_success() {
            let body = body.map_err(|why| Trouble::Unknown(format!("half an answer: {why}")))?;
            if status == StatusCode::NO_CONTENT || body.is_empty() {
                return Ok(Value::Null);
            }
            return serde_json::from_str(&body)
                .map_err(|error| Trouble::Unknown(format!("an answer that is no JSON: {error}")));
        }
        if status.is_server_error() {
            let why = format!("Discord has trouble: HTTP {}", status.as_u16());
            return Err(Trouble::Unknown(why));
        }
        let refused = Refused::read(status.as_u16(), &header, &body.unwrap_or_default());
        self.note(&call.route, &refused);
        Err(refused.into())
    }

    fn note(&self, route: &str, refused: &Refused) {
        if refused.meaning() == Meaning::Unauthorized {
            self.revoked.send_replace(true);
        }
        if refused.status == 429 {
            let after = refused.after.unwrap_or(Duration::from_secs(5));
            self.pace.limited(route, after, refused.is_global);
            metrics::counter!("docket_discord_limited_total").increment(1);
        }
        if refused.is_held_against_us() && self.pace.refused() {
            tracing::error!("Discord refuses too much: nothing is sent for ten minutes");
        }
    }

    /// Makes room for requests that somebody else is about to make with the same token.
    pub async fn make_room(&self, requests: usize) {
        for _ in 0..requests {
            self.ready("somebody else's").await.used();
        }
    }

    /// What time it is there.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn time(&self) -> Result<Option<Timestamp>, Trouble> {
        if *self.revoked.borrow() {
            // Whoever asks for the time is about to end, and must not wait for ever.
            return Err(Trouble::Unsent("the token was refused".to_owned()));
        }
        let url = format!("{}/gateway", self.base);
        let mut permit = self.ready("GET /gateway").await;
        permit.used();
        let sent = self.client.get(url).send().await;
        let answer = sent.map_err(|error| Trouble::Unsent(described(&error)))?;
        let date = answer.headers().get("date").and_then(|it| it.to_str().ok());
        let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
        Ok(date.map(|date| date.to_utc()))
    }
}

/// How often something was asked in vain.
#[derive(Default)]
struct Again(u32);

impl Again {
    /// Waits until it is time to ask again; an error if that is of no use.
    async fn after(&mut self, trouble: Trouble) -> Result<(), Trouble> {
        let asked = self.0 + 1;
        match trouble.passes_after().filter(|_| asked < ATTEMPTS) {
            Some(wait) => sleep(wait.max(AGAIN_AFTER * 2_u32.pow(self.0))).await,
            None => return Err(trouble),
        }
        self.0 = asked;
        Ok(())
    }
}

fn form(body: Option<&Value>, files: &[Upload]) -> Result<Form, Trouble> {
    let mut form = Form::new();
    if let Some(body) = body {
        form = form.text("payload_json", body.to_string());
    }
    for (nth, file) in files.iter().enumerate() {
        let part = Part::bytes(file.bytes.clone())
            .file_name(file.name.clone())
            .mime_str(file.media)
            .map_err(|error| Trouble::Unsent(error.to_string()))?;
        form = form.part(format!("files[{nth}]"), part);
    }
    Ok(form)
}

async fn body(mut answer: reqwest::Response) -> Result<String, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| described(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > BODY_MAX {
            return Err("it does not end".to_owned());
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What is wrong, without the address: that of an interaction has a token in it.
fn described(error: &reqwest::Error) -> String {
    use std::error::Error as _;
    let mut text = match () {
        () if error.is_timeout() => "it took too long".to_owned(),
        () if error.is_connect() => "no connection".to_owned(),
        () => "the connection broke".to_owned(),
    };
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}
