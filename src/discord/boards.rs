//! Keeps the overview of each channel that wants one: one message, edited when its content
//! changes, and made anew if somebody deletes it.

use super::board::board;
use super::message::once;
use super::parts::Parts;
use super::rest::{Call, Meaning, Trouble, messages};
use super::value::{list, text};
use super::words;
use crate::domain::{Subscription, reference};
use crate::engine::{InForce, digest};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How often each overview is made, even if nothing is heard: a due may have been reached.
const MAKE_EVERY: Duration = Duration::from_mins(1);
/// How often it is looked whether each is still there: nobody tells when it is deleted.
const CHECK_EVERY: Duration = Duration::from_hours(1);
/// How long one that cannot be written is left alone.
const REST: Duration = Duration::from_mins(10);
/// What notes of overviews begin with.
const NOTE: &str = "board/";

/// Where an overview is, and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    message: String,
    digest: String,
}

/// What was found out about overviews lately, by channel.
#[derive(Default)]
struct Lately {
    /// Those that could not be written, since when.
    left_alone: HashMap<String, Instant>,
    /// When it was seen that they are there.
    seen: HashMap<String, Instant>,
}

/// Keeps the overviews.
pub(super) struct Boards {
    /// What they are made of.
    pub(super) parts: Parts,
}

impl Boards {
    /// Keeps them up to date for ever.
    pub(super) async fn run(&self) {
        let mut states = self.parts.pulse.subscribe();
        let mut made: Option<(InForce, Instant)> = None;
        let mut lately = Lately::default();
        loop {
            let in_force = states.borrow_and_update().in_force.clone();
            if let Some(in_force) = in_force {
                let is_made = made.as_ref().is_some_and(|(before, at)| {
                    Arc::ptr_eq(&before.plan, &in_force.plan) && at.elapsed() < MAKE_EVERY
                });
                if !is_made {
                    self.make(&in_force, &mut lately).await;
                    made = Some((in_force, Instant::now()));
                }
            }
            // The engine says at every round how it is.
            drop(timeout(MAKE_EVERY, states.changed()).await);
        }
    }

    async fn make(&self, in_force: &InForce, lately: &mut Lately) {
        lately.left_alone.retain(|_, since| since.elapsed() < REST);
        lately.seen.retain(|_, at| at.elapsed() < CHECK_EVERY);
        for to in in_force.plan.audience().iter().filter(|it| it.board) {
            if lately.left_alone.contains_key(&to.id) {
                continue;
            }
            let is_seen = lately.seen.contains_key(&to.id);
            let (channel, now) = (to.id.clone(), Instant::now());
            match self.keep(in_force, to, is_seen).await {
                Ok(()) if is_seen => {}
                Ok(()) => drop(lately.seen.insert(channel, now)),
                Err(trouble) => {
                    let why = trouble.to_string();
                    tracing::warn!(channel, why, "the overview of a channel cannot be kept");
                    lately.left_alone.insert(channel, now);
                }
            }
        }
    }

    /// Has an overview say what it should. Whether it is there at all, one that was seen lately is
    /// not asked.
    async fn keep(
        &self,
        in_force: &InForce,
        to: &Subscription,
        is_seen: bool,
    ) -> Result<(), Trouble> {
        let docket = in_force.plan.docket();
        let message = board(docket, to, self.parts.links.as_ref(), (self.parts.now)());
        let body = message.json();
        let digest = digest(body.to_string());
        let kept = match self.kept(&to.id).await {
            Some(kept) => {
                let is_same = kept.digest == digest;
                if is_same && (is_seen || self.is_there(&to.id, &kept.message).await?) {
                    return Ok(());
                }
                Some(kept.message)
            }
            // A crash may have come between posting and noting it.
            None => self.find(&to.id).await?,
        };
        let message = match kept {
            Some(message) => match self.edit(&to.id, &message, &body).await {
                Err(Trouble::Refused(refused)) if refused.meaning() == Meaning::Deleted => {
                    // Discord knows the one that was deleted by its nonce.
                    self.post(&to.id, &format!("{digest}/{message}"), body)
                        .await?
                }
                edited => {
                    edited?;
                    message
                }
            },
            None => self.post(&to.id, &digest, body).await?,
        };
        self.note(&to.id, &Kept { message, digest }).await;
        Ok(())
    }

    async fn is_there(&self, channel: &str, message: &str) -> Result<bool, Trouble> {
        let all = messages(channel);
        let call = Call::get(format!("{all}/{message}")).limited_by(format!("GET {all}"));
        match self.parts.rest.insist(call).await {
            Err(Trouble::Refused(refused)) if refused.meaning() == Meaning::Deleted => Ok(false),
            asked => asked.map(|_| true),
        }
    }

    async fn edit(&self, channel: &str, message: &str, body: &Value) -> Result<Value, Trouble> {
        let all = messages(channel);
        let call = Call::send(Method::PATCH, format!("{all}/{message}"), body);
        let call = call.limited_by(format!("PATCH {all}"));
        self.parts.rest.insist(call).await
    }

    async fn post(&self, channel: &str, name: &str, body: Value) -> Result<String, Trouble> {
        let nonce = reference(&format!("{NOTE}{channel}/{name}"), 1);
        let body = once(body, &nonce);
        let posted = self
            .parts
            .rest
            .insist(Call::to_channel(channel, &body))
            .await?;
        Ok(text(&posted["id"]))
    }

    /// The last overview among the latest messages of a channel.
    async fn find(&self, channel: &str) -> Result<Option<String>, Trouble> {
        let me = self.parts.directory.me().await?;
        let path = format!("{}?limit=100", messages(channel));
        let messages = self.parts.rest.insist(Call::get(path)).await?;
        let ours = list(&messages).find(|message| {
            message["author"]["id"] == *me
                && message["embeds"][0]["footer"]["text"] == words::BOARD_FOOTER
        });
        Ok(ours.map(|message| text(&message["id"])))
    }

    async fn kept(&self, channel: &str) -> Option<Kept> {
        let noted = self.parts.store.noted(&format!("{NOTE}{channel}")).await;
        serde_json::from_str(&noted.ok()??).ok()
    }

    async fn note(&self, channel: &str, kept: &Kept) {
        let value = serde_json::to_string(kept).expect("it is plain data");
        let name = format!("{NOTE}{channel}");
        if let Err(error) = self.parts.store.note(&name, Some(&value)).await {
            let why = error.to_string();
            tracing::warn!(channel, why, "where an overview is cannot be noted");
        }
    }
}
