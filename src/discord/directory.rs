//! What Discord knows of channels, as far as posts need it: where a subscription's posts go, and
//! what the bot may do there. Kept for a while, since it rarely changes.

use super::permission::{ChannelKind, Permissions};
use super::rest::{Call, Rest, Trouble};
use super::value::{list, text};
use crate::domain::Target;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a channel is not asked for again that cannot be seen: each refusal is held against us.
const HIDDEN: Duration = Duration::from_mins(10);
/// How long the roles of a server are believed.
const KEPT: Duration = Duration::from_mins(1);

/// A channel, and what the bot may do in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Channel {
    /// Its id.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// What kind it is.
    pub(super) kind: ChannelKind,
    /// The server that it belongs to; none for a direct message.
    pub(super) server: Option<String>,
    /// What the bot may do.
    pub(super) permissions: Permissions,
}

/// What was looked up.
pub(super) struct Directory {
    rest: Rest,
    /// The id of the bot.
    me: Mutex<Option<Arc<str>>>,
    /// Direct messages, by the id of the user.
    direct: Mutex<HashMap<String, String>>,
    /// Which server a channel belongs to, which never changes; none if that could not be seen then.
    homes: Mutex<HashMap<String, (Instant, Option<String>)>>,
    /// Servers with their roles and the bot's membership, by id.
    servers: Mutex<HashMap<String, (Instant, Arc<Server>)>>,
}

struct Server {
    guild: Value,
    roles: Value,
    member: Value,
}

impl Directory {
    /// An empty one.
    pub(super) fn new(rest: Rest) -> Self {
        Self {
            rest,
            me: Mutex::default(),
            direct: Mutex::default(),
            homes: Mutex::default(),
            servers: Mutex::default(),
        }
    }

    /// The id of the bot.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub(super) async fn me(&self) -> Result<Arc<str>, Trouble> {
        if let Some(me) = locked(&self.me).clone() {
            return Ok(me);
        }
        let user = self.rest.insist(Call::get("/users/@me")).await?;
        let me: Arc<str> = text(&user["id"]).into();
        *locked(&self.me) = Some(Arc::clone(&me));
        Ok(me)
    }

    /// The channel that the posts of a target go to.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub(super) async fn channel_of(&self, target: &Target) -> Result<String, Trouble> {
        match target {
            Target::Channel(id) => Ok(id.clone()),
            Target::Person { user, .. } => self.direct(user).await,
        }
    }

    /// The channel of direct messages with a user.
    async fn direct(&self, user: &str) -> Result<String, Trouble> {
        if let Some(channel) = locked(&self.direct).get(user) {
            return Ok(channel.clone());
        }
        let body = json!({ "recipient_id": user });
        let call = Call::send(Method::POST, "/users/@me/channels", &body);
        let channel = text(&self.rest.insist(call).await?["id"]);
        locked(&self.direct).insert(user.to_owned(), channel.clone());
        Ok(channel)
    }

    /// Writes a direct message to a user. The body has a nonce, since it is sent again where an
    /// answer is lost.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub(super) async fn write(&self, user: &str, body: &Value) -> Result<Value, Trouble> {
        let direct = self.direct(user).await?;
        self.rest.insist(Call::to_channel(&direct, body)).await
    }

    /// The server that a channel belongs to; none if it belongs to none, or cannot be seen.
    pub(super) async fn server_of(&self, channel: &str) -> Option<String> {
        let known = locked(&self.homes).get(channel).cloned();
        if let Some((_, home)) = known.filter(|(at, it)| it.is_some() || at.elapsed() < HIDDEN) {
            return home;
        }
        let call = Call::get(format!("/channels/{channel}"));
        let home = match self.rest.insist(call).await {
            Ok(found) => found["guild_id"].as_str().map(str::to_owned),
            Err(Trouble::Refused(_)) => None,
            Err(_) => return None,
        };
        let mut homes = locked(&self.homes);
        homes.insert(channel.to_owned(), (Instant::now(), home.clone()));
        home
    }

    /// A channel as it is now, and what the bot may do there.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub(super) async fn channel(&self, channel: &str) -> Result<Channel, Trouble> {
        let mut found = self
            .rest
            .insist(Call::get(format!("/channels/{channel}")))
            .await?;
        let kind = ChannelKind::of(found["type"].as_u64().unwrap_or(u64::MAX));
        let name = text(&found["name"]);
        let server = found["guild_id"].as_str().map(str::to_owned);
        let permissions = match &server {
            None => Permissions(u64::MAX),
            Some(server) => {
                if kind == ChannelKind::Thread {
                    let parent = text(&found["parent_id"]);
                    found = self
                        .rest
                        .insist(Call::get(format!("/channels/{parent}")))
                        .await?;
                }
                let server = self.server(server).await?;
                let Server {
                    guild,
                    roles,
                    member,
                } = &*server;
                Permissions::in_channel(guild, roles, member, &found)
            }
        };
        Ok(Channel {
            id: channel.to_owned(),
            name,
            kind,
            server,
            permissions,
        })
    }

    /// The roles of a server, as Discord describes them.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub(super) async fn roles(&self, server: &str) -> Result<Vec<Value>, Trouble> {
        let server = self.server(server).await?;
        Ok(list(&server.roles).cloned().collect())
    }

    /// Forgets what is known of a server: something changed in it.
    pub(super) fn forget(&self, server: &str) {
        locked(&self.servers).remove(server);
    }

    async fn server(&self, id: &str) -> Result<Arc<Server>, Trouble> {
        let kept = locked(&self.servers).get(id).cloned();
        if let Some((_, server)) = kept.filter(|(since, _)| since.elapsed() < KEPT) {
            return Ok(server);
        }
        let me = self.me().await?;
        let path = format!("/guilds/{id}");
        let server = Server {
            guild: self.rest.insist(Call::get(&path)).await?,
            roles: self.rest.insist(Call::get(format!("{path}/roles"))).await?,
            member: self
                .rest
                .insist(Call::get(format!("{path}/members/{me}")))
                .await?,
        };
        let server = Arc::new(server);
        let mut servers = locked(&self.servers);
        servers.retain(|_, (since, _)| since.elapsed() < KEPT);
        servers.insert(id.to_owned(), (Instant::now(), Arc::clone(&server)));
        Ok(server)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Each use of them is complete in itself.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
