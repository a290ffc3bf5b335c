//! Keeps the gateway up: hears interactions and what happens to servers, and hands them on as they
//! are. The only place that knows serenity.
//!
//! Posting does not need it. It has threads of its own, because serenity can turn in circles
//! without ever yielding after some close codes; and it is watched, because it can stall.

use super::rest::{Call, Meaning, Rest, Trouble};
use crate::domain::Timestamp;
use crate::settings::Secret;
use serde_json::Value;
use serenity::all::{
    ClientBuilder, ConnectionStage, Context, Event, GatewayError, GatewayIntents, HttpBuilder,
    Interaction, RawEventHandler, ShardManager,
};
use serenity::async_trait;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};

/// So many times a day Discord lets a bot introduce itself; these are left for the operator.
pub(super) const IDENTIFIES_SPARED: u64 = 50;
/// A gateway that is not connected this long is begun anew.
const STALL_MAX: Duration = Duration::from_secs(100);
/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The waits between attempts double from the first to the last.
const BACKOFF: (Duration, Duration) = (Duration::from_secs(2), Duration::from_mins(5));
/// One that was up for so long starts over with the waits.
const STEADY: Duration = Duration::from_mins(2);
/// How many requests serenity makes of its own to begin: none of them waits for our limits.
const REQUESTS: usize = 2;
/// How long a goodbye may take.
const GOODBYE_MAX: Duration = Duration::from_secs(2);

/// What the gateway tells.
#[derive(Debug)]
pub(super) enum Heard {
    /// Somebody asks for something: the interaction as Discord sends it.
    Interaction(Value),
    /// Something is not as it was.
    Change(Change),
}

/// What is not as it was.
#[derive(Debug)]
pub(super) enum Change {
    /// The bot has introduced itself, and was told in which servers it is.
    Here {
        /// The servers.
        servers: Vec<String>,
        /// Which of several connections that was: each has servers of its own.
        shard: u64,
        /// How many there are.
        shards: u64,
    },
    /// Something changed in a server: roles, channels, its being there at all.
    Server(String),
    /// The bot was removed from a server.
    Left(String),
    /// A channel or thread was deleted.
    ChannelGone(String),
}

/// How the gateway is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Gateway {
    /// It is not needed here: another replica has it, or there is none.
    #[default]
    Idle,
    /// It is being connected.
    Connecting,
    /// It is not connected for now, for this reason.
    Waiting(String),
    /// It is up, since then.
    Up(Timestamp),
    /// Discord refuses for good; whoever runs the bot has to do something.
    Refused(String),
}

impl Gateway {
    /// Since when it is up, if it is.
    pub(super) fn since(&self) -> Option<Timestamp> {
        match self {
            Self::Up(since) => Some(*since),
            _ => None,
        }
    }
}

/// Why a session ended.
enum End {
    /// It was asked to.
    Stopped,
    /// Discord refuses for good.
    Refused(String),
    /// It broke.
    Broken(String),
}

/// Keeps the gateway up until `stop` is true.
pub(super) struct Keeper {
    /// The way to Discord, of the runtime that this runs on.
    pub(super) rest: Rest,
    /// Where Discord is, without a path.
    pub(super) base: String,
    /// The token.
    pub(super) token: Secret,
    /// Who is told what was heard.
    pub(super) heard: mpsc::Sender<Heard>,
    /// How it is.
    pub(super) state: Arc<watch::Sender<Gateway>>,
    /// What time it is.
    pub(super) now: fn() -> Timestamp,
}

impl Keeper {
    /// Runs until `stop` is true, or Discord refuses for good.
    pub(super) async fn run(&self, mut stop: watch::Receiver<bool>) {
        let mut wait = BACKOFF.0;
        while !*stop.borrow() {
            self.state.send_replace(Gateway::Connecting);
            let began = Instant::now();
            let end = self.session(&mut stop).await;
            if began.elapsed() > STEADY {
                wait = BACKOFF.0;
            }
            match end {
                End::Stopped => break,
                End::Refused(why) => {
                    tracing::error!(why, "Discord refuses the gateway for good");
                    self.state.send_replace(Gateway::Refused(why));
                    return;
                }
                End::Broken(why) => {
                    let seconds = wait.as_secs();
                    tracing::warn!(why, seconds, "the gateway is down, will try again");
                    tokio::select! {
                        () = sleep(wait) => {}
                        _ = stop.wait_for(|it| *it) => {}
                    }
                    wait = (wait * 2).min(BACKOFF.1);
                }
            }
        }
        self.state.send_replace(Gateway::Idle);
    }

    /// One connection, from its address to its end.
    async fn session(&self, stop: &mut watch::Receiver<bool>) -> End {
        let asked = tokio::select! {
            asked = self.rest.call(Call::get("/gateway/bot")) => asked,
            _ = stop.wait_for(|it| *it) => return End::Stopped,
        };
        let info = match asked {
            Ok(info) => info,
            Err(Trouble::Refused(refused)) if refused.meaning() == Meaning::Unauthorized => {
                return End::Refused("the token is not valid".to_owned());
            }
            Err(trouble) => return End::Broken(trouble.to_string()),
        };
        let limit = &info["session_start_limit"];
        if limit["remaining"]
            .as_u64()
            .is_some_and(|it| it < IDENTIFIES_SPARED)
        {
            let after = limit["reset_after"].as_u64().unwrap_or_default();
            let hours = after.div_ceil(3_600_000);
            let why = format!("too many starts today: no more for {hours} h");
            tracing::error!(
                why,
                "the gateway waits: Discord takes the token of who uses up all"
            );
            self.state.send_replace(Gateway::Waiting(why.clone()));
            tokio::select! {
                () = sleep(Duration::from_millis(after)) => return End::Broken(why),
                _ = stop.wait_for(|it| *it) => return End::Stopped,
            }
        }
        let shards = info["shards"]
            .as_u64()
            .and_then(|it| u32::try_from(it).ok());
        let http = HttpBuilder::new(self.token.reveal())
            .proxy(&self.base)
            .ratelimiter_disabled(true)
            .build();
        self.rest.make_room(REQUESTS).await;
        let listener = Listener {
            heard: self.heard.clone(),
            state: Arc::clone(&self.state),
            now: self.now,
        };
        let client = ClientBuilder::new_with_http(http, GatewayIntents::GUILDS)
            .raw_event_handler(listener)
            .await;
        let mut client = match client {
            Ok(client) => client,
            Err(error) => return End::Broken(error.to_string()),
        };
        // It would fall back to the real one if it could not ask.
        if let Some(url) = info["url"].as_str() {
            url.clone_into(&mut *client.ws_url.lock().await);
        }
        let manager = Arc::clone(&client.shard_manager);
        let running = client.start_shards(shards.unwrap_or(1).max(1));
        let end = tokio::select! {
            ended = running => match ended {
                Ok(()) => End::Broken("it ended".to_owned()),
                Err(serenity::Error::Gateway(error)) if is_final(&error) => {
                    End::Refused(error.to_string())
                }
                Err(error) => End::Broken(error.to_string()),
            },
            () = self.stalls(&manager) => End::Broken("it stalled".to_owned()),
            _ = stop.wait_for(|it| *it) => End::Stopped,
        };
        // Without any shard it would never come back.
        drop(timeout(GOODBYE_MAX, manager.shutdown_all()).await);
        end
    }

    /// Done when it was not connected for too long.
    async fn stalls(&self, manager: &ShardManager) {
        let mut down_since = Instant::now();
        loop {
            sleep(LOOK_EVERY).await;
            let runners = manager.runners.lock().await;
            let is_up = !runners.is_empty()
                && runners
                    .values()
                    .all(|it| it.stage == ConnectionStage::Connected);
            drop(runners);
            self.state.send_if_modified(|it| {
                let is_new = is_up != it.since().is_some();
                if is_new {
                    *it = if is_up {
                        Gateway::Up((self.now)())
                    } else {
                        Gateway::Connecting
                    };
                }
                is_new
            });
            if is_up {
                down_since = Instant::now();
            } else if down_since.elapsed() > STALL_MAX {
                return;
            }
        }
    }
}

/// Whether it is of no use to try again.
///
/// serenity reports no other close code that is final. One that says that there are too few shards
/// (4011) it keeps to itself, until [`Keeper::stalls`] ends the session; the next one asks Discord
/// how many there are to be, so that it is not final for us.
fn is_final(error: &GatewayError) -> bool {
    matches!(
        error,
        GatewayError::InvalidAuthentication
            | GatewayError::DisallowedGatewayIntents
            | GatewayError::InvalidGatewayIntents
    )
}

/// An interaction as Discord sent it. serenity leaves out which type it is.
fn as_sent(interaction: &Interaction) -> Result<Value, serde_json::Error> {
    let mut sent = serde_json::to_value(interaction)?;
    sent["type"] = serde_json::to_value(interaction.kind())?;
    Ok(sent)
}

struct Listener {
    heard: mpsc::Sender<Heard>,
    state: Arc<watch::Sender<Gateway>>,
    now: fn() -> Timestamp,
}

#[async_trait]
impl RawEventHandler for Listener {
    async fn raw_event(&self, _: Context, event: Event) {
        if matches!(event, Event::Ready(_) | Event::Resumed(_)) {
            self.state.send_replace(Gateway::Up((self.now)()));
        }
        let heard = match event {
            Event::InteractionCreate(event) => match as_sent(&event.interaction) {
                Ok(interaction) => Heard::Interaction(interaction),
                Err(error) => {
                    let why = error.to_string();
                    tracing::error!(why, "an interaction cannot be read");
                    return;
                }
            },
            event => match change(event) {
                Some(change) => Heard::Change(change),
                None => return,
            },
        };
        // Full only if answering has stopped: then nobody waits for these any more either.
        drop(self.heard.try_send(heard));
    }
}

/// What an event says of servers and channels.
fn change(event: Event) -> Option<Change> {
    Some(match event {
        Event::Ready(event) => {
            let shard = event.ready.shard;
            let servers = event.ready.guilds.iter().map(|it| it.id.to_string());
            Change::Here {
                servers: servers.collect(),
                shard: shard.map_or(0, |it| it.id.0.into()),
                shards: shard.map_or(1, |it| it.total.into()),
            }
        }
        // An outage of Discord's own is none of the server's doing: it comes back.
        Event::GuildDelete(event) if !event.guild.unavailable => {
            Change::Left(event.guild.id.to_string())
        }
        Event::GuildCreate(event) => Change::Server(event.guild.id.to_string()),
        Event::GuildRoleCreate(event) => Change::Server(event.role.guild_id.to_string()),
        Event::GuildRoleUpdate(event) => Change::Server(event.role.guild_id.to_string()),
        Event::GuildRoleDelete(event) => Change::Server(event.guild_id.to_string()),
        Event::GuildMemberUpdate(event) => Change::Server(event.guild_id.to_string()),
        Event::ChannelUpdate(event) => Change::Server(event.channel.guild_id.to_string()),
        Event::ChannelDelete(event) => Change::ChannelGone(event.channel.id.to_string()),
        Event::ThreadDelete(event) => Change::ChannelGone(event.thread.id.to_string()),
        _ => return None,
    })
}
