//! Posts to Discord, so that each post is there once: the sink of the engine.
//!
//! Each post bears its reference as nonce, by which Discord knows a repeated one for some minutes,
//! and at the end of its embed, by which it is found in the channel's history ever after.

use super::forums::Forums;
use super::message::once;
use super::parts::Parts;
use super::post::Post;
use super::reference;
use super::rest::{Call, Meaning, Permit, Refused, Trouble, messages, posts_to};
use super::value::{list, text};
use crate::domain::delivery::HISTORY_MAX;
use crate::domain::{self, Docket, Follow, Target, Timestamp};
use crate::ports::{Failure, History, Outgoing, Receipt, Sink};
use reqwest::Method;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How many messages Discord shows at once.
const PAGE: usize = 100;
/// How many pages of a history are read before it is given up.
const PAGES_MAX: usize = 40;
/// So many are read however long it takes, and no more after [`READING_MAX`]: a history of which
/// more comes than can be read would be begun anew for ever.
const PAGES_MIN: usize = 10;
/// Within what the engine waits for a history, [`HISTORY_MAX`].
const READING_MAX: Duration = HISTORY_MAX.saturating_sub(Duration::from_secs(5));
/// How long to wait after a refusal that does not say.
const PASSING: Duration = Duration::from_mins(1);
/// The start of Discord's time, in milliseconds since 1970: ids count from it.
const EPOCH_MS: i64 = 1_420_070_400_000;

/// The sink that posts to Discord.
pub(super) struct Poster {
    parts: Parts,
    forums: Forums,
    /// Where the posts of a subscription go, if not where its id says: to a direct message, or
    /// to a thread of a forum.
    detours: Mutex<HashMap<String, String>>,
}

/// The right to make one post: where, or why not.
pub(super) struct Ready(Result<(String, Permit), Failure>);

impl Poster {
    /// A poster.
    pub(super) fn new(parts: Parts) -> Self {
        Self {
            forums: Forums {
                parts: parts.clone(),
            },
            parts,
            detours: Mutex::default(),
        }
    }

    fn detours(&self) -> MutexGuard<'_, HashMap<String, String>> {
        // Each use of it is complete in itself.
        self.detours.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The channel that the posts of a subscription go to.
    async fn channel(&self, subscription: &str) -> Result<String, Failure> {
        if let Some(channel) = self.detours().get(subscription) {
            return Ok(channel.clone());
        }
        match Target::parse(subscription) {
            Some(Target::Channel(id)) => Ok(id),
            Some(target) => {
                let channel = self.parts.directory.channel_of(&target).await;
                let channel = match channel {
                    Ok(channel) => channel,
                    Err(trouble) => return Err(self.failure(subscription, trouble).await),
                };
                self.detours()
                    .insert(subscription.to_owned(), channel.clone());
                Ok(channel)
            }
            None => Err(Failure::Permanent {
                why: format!("`{subscription}` is no channel of Discord"),
            }),
        }
    }

    /// What a failed request means for a post.
    async fn failure(&self, subscription: &str, trouble: Trouble) -> Failure {
        let refused = match trouble {
            Trouble::Unsent(why) => return Failure::Retry { after: None, why },
            Trouble::Unknown(why) => return Failure::Unknown { why },
            Trouble::Refused(refused) => refused,
        };
        let why = refused.to_string();
        match refused.meaning() {
            Meaning::Gone | Meaning::Forbidden => self.falls_ill(subscription, &refused).await,
            Meaning::WrongKind => match self.find_thread(subscription).await {
                // The next attempt goes there.
                Ok(()) => Failure::Retry { after: None, why },
                Err(failure) => failure,
            },
            Meaning::Invalid => Failure::Permanent { why },
            Meaning::TooSoon => Failure::Retry {
                after: refused.after,
                why,
            },
            Meaning::Unauthorized | Meaning::Passing | Meaning::Deleted => Failure::Retry {
                after: refused.after.or(Some(PASSING)),
                why,
            },
        }
    }

    /// Takes note that a channel is gone or forbidden, and says so once.
    async fn falls_ill(&self, subscription: &str, refused: &Refused) -> Failure {
        let is_detour = self.detours().remove(subscription).is_some();
        let is_channel = matches!(Target::parse(subscription), Some(Target::Channel(_)));
        if is_detour && is_channel && refused.meaning() == Meaning::Gone {
            // Only the thread is gone: another one is made.
            self.forums.note(subscription, None).await;
            return Failure::Retry {
                after: None,
                why: refused.to_string(),
            };
        }
        let now = (self.parts.now)();
        let is_new = self.parts.health.refused(subscription, refused, now);
        self.parts
            .health
            .keep(&self.parts.store, subscription)
            .await;
        if is_new {
            let why = refused.to_string();
            tracing::error!(subscription, why, "a channel cannot be posted to");
            let is_gone = refused.meaning() == Meaning::Gone;
            self.tell(subscription, &why, is_gone, now).await;
        }
        let held = self.parts.health.check(subscription, now);
        held.err().unwrap_or(Failure::Retry {
            after: Some(PASSING),
            why: refused.to_string(),
        })
    }

    /// Tells those who asked for the posts of a subscription that they do not arrive, as well as
    /// that goes.
    async fn tell(&self, subscription: &str, why: &str, is_gone: bool, now: Timestamp) {
        let Some(Target::Channel(channel)) = Target::parse(subscription) else {
            return;
        };
        let state = self.parts.pulse.state();
        let follows = state.in_force.map(|it| it.follows);
        let is_it = |follow: &&Follow| follow.id() == subscription;
        let asked = follows.as_deref().and_then(|it| it.iter().find(is_it));
        let users = asked.map_or(&self.parts.operators[..], |it| std::slice::from_ref(&it.by));
        let message = super::words::channel::cannot_post(&channel, why, is_gone, asked.is_none());
        let message = message.json();
        let name = format!("trouble/{subscription}/{}", now.timestamp_millis());
        for user in users {
            let nonce = domain::reference(&format!("{name}/{user}"), 1);
            let body = once(message.clone(), &nonce);
            if let Err(trouble) = self.parts.directory.write(user, &body).await {
                let why = trouble.to_string();
                tracing::warn!(subscription, why, "nobody could be told");
            }
        }
    }

    /// Finds the thread of a forum that posts go to, or makes one.
    async fn find_thread(&self, subscription: &str) -> Result<(), Failure> {
        let wrong = |why: String| Failure::Permanent { why };
        let Some(Target::Channel(forum)) = Target::parse(subscription) else {
            return Err(wrong("direct messages are refused".to_owned()));
        };
        let thread = match self.forums.thread(&forum).await {
            Ok(Some(thread)) => thread,
            Ok(None) => return Err(wrong("the channel takes no messages".to_owned())),
            Err(Trouble::Refused(refused)) if !refused.may_pass() => {
                return Err(self.falls_ill(subscription, &refused).await);
            }
            Err(trouble) => {
                return Err(Failure::Retry {
                    after: trouble.passes_after(),
                    why: trouble.to_string(),
                });
            }
        };
        self.detours().insert(subscription.to_owned(), thread);
        Ok(())
    }

    /// Takes note of the server of a channel that the file names, so that servers take turns. Who
    /// follows in Discord says it by that.
    async fn note_server(&self, subscription: &str, channel: &str) {
        let in_force = self.parts.pulse.state().in_force;
        let names = |docket: &Docket| {
            docket
                .subscriptions()
                .iter()
                .any(|it| it.id == subscription)
        };
        if !in_force.is_some_and(|it| names(it.plan.docket())) {
            return;
        }
        // Whatever is wrong with the channel, its history tells next.
        let found = self.parts.directory.channel(channel).await.ok();
        let Some(server) = found.and_then(|it| it.server) else {
            return;
        };
        if let Err(error) = self.parts.store.note_server(subscription, &server).await {
            let why = error.to_string();
            tracing::warn!(subscription, why, "the server of a channel cannot be noted");
        }
    }

    /// What a post says, and whether it is published to those who follow the channel.
    fn body(&self, post: Outgoing<'_>) -> Result<(Value, bool), Failure> {
        let in_force = self.parts.pulse.state().in_force.ok_or(Failure::Retry {
            after: None,
            why: "no record is in force".to_owned(),
        })?;
        let id = &post.notice.subscription;
        let to = in_force.plan.audience().iter().find(|it| it.id == *id);
        let to = to.ok_or(Failure::Permanent {
            why: "the subscription is gone".to_owned(),
        })?;
        let message = Post {
            notice: post.notice,
            docket: in_force.plan.docket(),
            to,
            reference: post.reference,
            links: self.parts.links.as_ref(),
            now: (self.parts.now)(),
        };
        let body = once(message.message().json(), post.reference);
        Ok((body, to.crosspost))
    }

    /// Sends a message. One that Discord finds wrong is sent once more without its embed: better
    /// plain than never.
    async fn send(&self, permit: Permit, channel: &str, body: &Value) -> Result<Value, Trouble> {
        let call = Call::to_channel(channel, body);
        let answer = self.parts.rest.call_now(permit, call).await;
        let Err(Trouble::Refused(refused)) = &answer else {
            return answer;
        };
        if refused.meaning() != Meaning::Invalid || refused.status != 400 {
            return answer;
        }
        let why = refused.to_string();
        tracing::error!(why, "Discord finds a post wrong: sent without its details");
        let plain = super::words::channel::plain(body);
        let call = Call::to_channel(channel, &plain);
        self.parts.rest.call_now(Permit::free(), call).await
    }

    /// The references of our messages since an instant, each with its message.
    async fn messages(&self, channel: &str, since: Timestamp) -> Result<History, Trouble> {
        let me = self.parts.directory.me().await?;
        let oldest = snowflake(since);
        let mut found = Vec::new();
        let mut before: Option<String> = None;
        let began = Instant::now();
        let mut pages = 0;
        while pages < PAGES_MAX && (pages < PAGES_MIN || began.elapsed() < READING_MAX) {
            let older = before.map_or(String::new(), |id| format!("&before={id}"));
            let path = format!("{}?limit={PAGE}{older}", messages(channel));
            let answer = self.parts.rest.call(Call::get(path)).await?;
            let page: Vec<_> = list(&answer).collect();
            if pages == 0 && page.is_empty() {
                // Discord shows an empty history to those who may not read it.
                let here = self.parts.directory.channel(channel).await?;
                let missing = here.permissions.missing(here.kind);
                return Ok(if missing.is_empty() {
                    History::Posts(found)
                } else {
                    let why = "the bot may not read the history of the channel";
                    History::Unreadable(why.to_owned())
                });
            }
            found.extend(page.iter().filter_map(|message| posted(message, &me)));
            let last = page.last().map(|message| text(&message["id"]));
            let is_end = page.len() < PAGE || id(last.as_deref()) < oldest;
            if is_end {
                return Ok(History::Posts(found));
            }
            before = last;
            pages += 1;
        }
        Ok(History::Unreadable(format!(
            "more than {} messages have come since",
            pages * PAGE
        )))
    }
}

/// The reference of a message, if it is a post of ours.
fn posted(message: &Value, me: &str) -> Option<(String, Receipt)> {
    if message["author"]["id"] != me {
        return None;
    }
    let embeds = list(&message["embeds"]);
    let mut footers = embeds.filter_map(|embed| embed["footer"]["text"].as_str());
    // What was sent without its embed says it in its text.
    let reference = footers
        .find_map(reference::at_end)
        .or_else(|| reference::at_end(message["content"].as_str()?))?;
    let receipt = Receipt {
        message: Some(text(&message["id"])),
        at: text(&message["timestamp"]).parse().ok(),
    };
    Some((reference.to_owned(), receipt))
}

fn id(text: Option<&str>) -> u64 {
    text.and_then(|it| it.parse().ok()).unwrap_or_default()
}

/// The least id of what came to be at an instant.
fn snowflake(at: Timestamp) -> u64 {
    let milliseconds = (at.timestamp_millis() - EPOCH_MS).max(0);
    u64::try_from(milliseconds).unwrap_or_default() << 22
}

impl Sink for Poster {
    type Permit = Ready;

    async fn ready(&self, subscription: &str) -> Ready {
        if let Err(failure) = self.parts.health.check(subscription, (self.parts.now)()) {
            return Ready(Err(failure));
        }
        match self.channel(subscription).await {
            Ok(channel) => {
                let permit = self.parts.rest.ready(&posts_to(&channel)).await;
                Ready(Ok((channel, permit)))
            }
            Err(failure) => Ready(Err(failure)),
        }
    }

    async fn post(&self, ready: Ready, post: Outgoing<'_>) -> Result<Receipt, Failure> {
        let (channel, permit) = ready.0?;
        let (body, is_published) = self.body(post)?;
        let subscription = &post.notice.subscription;
        let message = match self.send(permit, &channel, &body).await {
            Ok(answer) => Some(text(&answer["id"])),
            Err(Trouble::Refused(refused)) if refused.meaning() == Meaning::Deleted => None,
            Err(trouble) => return Err(self.failure(subscription, trouble).await),
        };
        if self.parts.health.well(subscription) {
            tracing::info!(subscription, "a channel can be posted to again");
            self.parts
                .health
                .keep(&self.parts.store, subscription)
                .await;
        }
        if let Some(message) = message.clone().filter(|_| is_published) {
            let rest = self.parts.rest.clone();
            tokio::spawn(async move {
                let path = format!("{}/{message}/crosspost", messages(&channel));
                // All of a channel share one limit.
                let route = format!("{}/crosspost", posts_to(&channel));
                let call = Call::send(Method::POST, path, &Value::Null).limited_by(route);
                if let Err(trouble) = rest.call(call).await {
                    let why = trouble.to_string();
                    tracing::warn!(channel, message, why, "a post is not published further");
                }
            });
        }
        Ok(Receipt { message, at: None })
    }

    async fn history(&self, subscription: &str, since: Timestamp) -> Result<History, Failure> {
        self.parts.health.check(subscription, (self.parts.now)())?;
        let channel = self.channel(subscription).await?;
        self.note_server(subscription, &channel).await;
        match self.messages(&channel, since).await {
            Ok(history) => Ok(history),
            Err(trouble) => Err(self.failure(subscription, trouble).await),
        }
    }

    async fn time(&self) -> Result<Option<Timestamp>, Failure> {
        self.parts
            .rest
            .time()
            .await
            .map_err(|trouble| Failure::Retry {
                after: None,
                why: trouble.to_string(),
            })
    }
}
