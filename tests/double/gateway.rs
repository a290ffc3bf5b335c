//! The gateway: sessions, what they were sent, and what the test makes go wrong with them.
//!
//! Decisions only; the bytes are `socket`'s.

use crate::double::clock::Millis;
use crate::double::snowflake::Snowflake;
use crate::double::state::State;
use crate::double::world::World;
use serde_json::{Value, json};
use std::collections::VecDeque;
use tokio::sync::mpsc::UnboundedSender;

/// Numbers of operations.
mod op {
    pub(super) const DISPATCH: u64 = 0;
    pub(super) const HEARTBEAT: u64 = 1;
    pub(super) const IDENTIFY: u64 = 2;
    pub(super) const PRESENCE: u64 = 3;
    pub(super) const VOICE: u64 = 4;
    pub(super) const RESUME: u64 = 6;
    pub(super) const RECONNECT: u64 = 7;
    pub(super) const MEMBERS: u64 = 8;
    pub(super) const INVALID_SESSION: u64 = 9;
    pub(super) const HELLO: u64 = 10;
    pub(super) const ACK: u64 = 11;
}

/// Codes with which Discord closes.
pub(crate) mod close {
    pub(crate) const UNKNOWN_OPCODE: u16 = 4001;
    pub(crate) const DECODE_ERROR: u16 = 4002;
    pub(crate) const NOT_AUTHENTICATED: u16 = 4003;
    pub(crate) const AUTHENTICATION_FAILED: u16 = 4004;
    pub(crate) const ALREADY_AUTHENTICATED: u16 = 4005;
    pub(crate) const INVALID_INTENTS: u16 = 4013;
    pub(crate) const DISALLOWED_INTENTS: u16 = 4014;
}

const GUILDS: u64 = 1;
/// Members, presences, content of messages.
const PRIVILEGED: u64 = 1 << 1 | 1 << 8 | 1 << 15;
const INTENTS: u64 = ((1 << 17) - 1) | (0b11 << 20) | 0b11 << 24;
/// IDENTIFYs a day.
const STARTS: usize = 1_000;

/// The gateway's state.
#[derive(Debug)]
pub(crate) struct Gateway {
    /// Where it listens.
    pub(crate) url: String,
    /// Whether connections are let in.
    pub(crate) is_reachable: bool,
    /// Whether heartbeats are acknowledged. If not, the connection is a zombie.
    pub(crate) acknowledges: bool,
    pub(crate) heartbeat_millis: Millis,
    /// Privileged intents that the application was granted.
    pub(crate) granted: u64,
    /// What the next IDENTIFYs and RESUMEs get instead of what they should.
    pub(crate) instead: VecDeque<Act>,
    pub(crate) identifies: Vec<Identify>,
    pub(crate) resumes: usize,
    pub(crate) heartbeats: usize,
    connections: Vec<Connection>,
    sessions: Vec<Session>,
    made: u64,
}

/// An IDENTIFY that came.
#[derive(Clone, Debug)]
pub(crate) struct Identify {
    pub(crate) at: Millis,
    pub(crate) intents: u64,
    pub(crate) is_compressed: bool,
}

/// Something that is done to a connection.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    Send {
        payload: Value,
        is_compressed: bool,
    },
    Close(u16),
    /// The TCP connection is reset.
    Reset,
}

#[derive(Debug)]
struct Connection {
    number: u64,
    out: UnboundedSender<Act>,
    is_compressed: bool,
}

#[derive(Debug)]
struct Session {
    id: String,
    connection: Option<u64>,
    intents: u64,
    sent: Vec<Value>,
    /// An event is sent with the number after this one.
    sequence: u64,
}

impl Act {
    fn send(payload: Value) -> Self {
        Self::Send {
            payload,
            is_compressed: false,
        }
    }

    /// Op 9.
    pub(crate) fn invalid_session(is_resumable: bool) -> Self {
        Self::send(json!({"op": op::INVALID_SESSION, "d": is_resumable}))
    }

    /// Op 7.
    pub(crate) fn reconnect() -> Self {
        Self::send(json!({"op": op::RECONNECT, "d": null}))
    }
}

impl Gateway {
    pub(crate) fn new(url: String) -> Self {
        Self {
            url,
            is_reachable: true,
            acknowledges: true,
            heartbeat_millis: 41_250,
            granted: 0,
            instead: VecDeque::new(),
            identifies: Vec::new(),
            resumes: 0,
            heartbeats: 0,
            connections: Vec::new(),
            sessions: Vec::new(),
            made: 0,
        }
    }

    /// What `/gateway/bot` says.
    pub(crate) fn shape(&self, now: Millis) -> Value {
        const DAY: Millis = 24 * 3_600_000;
        let of_today = self.identifies.iter().filter(|it| now - it.at < DAY);
        let first = of_today.clone().map(|it| it.at).min();
        json!({
            "url": self.url,
            "shards": 1,
            "session_start_limit": {
                "total": STARTS,
                "remaining": STARTS.saturating_sub(of_today.count()),
                "reset_after": first.map_or(0, |first| first + DAY - now),
                "max_concurrency": 1,
            },
        })
    }

    /// Whether a session is up.
    pub(crate) fn is_up(&self) -> bool {
        self.sessions.iter().any(|it| it.connection.is_some())
    }

    /// Lets a connection in, and greets it.
    pub(super) fn connect(&mut self, out: UnboundedSender<Act>) -> u64 {
        self.made += 1;
        let hello = json!({"op": op::HELLO, "d": {"heartbeat_interval": self.heartbeat_millis}});
        let connection = Connection {
            number: self.made,
            out,
            is_compressed: false,
        };
        connection.act(Act::send(hello));
        self.connections.push(connection);
        self.made
    }

    /// Forgets a connection. Its session can be resumed, unless it said goodbye.
    pub(super) fn disconnect(&mut self, number: u64, goodbye: bool) {
        self.connections.retain(|it| it.number != number);
        if goodbye {
            self.sessions.retain(|it| it.connection != Some(number));
        }
        let own = self.sessions.iter_mut();
        for session in own.filter(|it| it.connection == Some(number)) {
            session.connection = None;
        }
    }

    /// Does something to all connections that have a session. Without it they cannot be resumed.
    pub(crate) fn act(&mut self, act: &Act) {
        let up: Vec<_> = self
            .sessions
            .iter()
            .filter_map(|it| it.connection)
            .collect();
        for connection in self.connections.iter().filter(|it| up.contains(&it.number)) {
            connection.act(act.clone());
        }
        if *act == Act::invalid_session(false) {
            self.sessions.clear();
        }
    }

    /// Sends an event to all sessions that asked for it; those that are not connected get it when
    /// they resume.
    pub(crate) fn dispatch(&mut self, event: &str, data: &Value) {
        let needs_guilds = ["GUILD_", "CHANNEL_", "THREAD_"]
            .iter()
            .any(|it| event.starts_with(it));
        for session in &mut self.sessions {
            if needs_guilds && session.intents & GUILDS == 0 {
                continue;
            }
            let payload = session.event(event, data);
            let own = self.connections.iter();
            for connection in own.filter(|it| session.connection == Some(it.number)) {
                connection.send(payload.clone());
            }
        }
    }

    fn connection(&mut self, number: u64) -> &mut Connection {
        let mut all = self.connections.iter_mut();
        all.find(|it| it.number == number)
            .expect("it is being served")
    }
}

impl Connection {
    fn act(&self, act: Act) {
        // Whoever has gone hears nothing any more.
        drop(self.out.send(act));
    }

    fn send(&self, payload: Value) {
        self.act(Act::Send {
            payload,
            is_compressed: self.is_compressed,
        });
    }
}

impl Session {
    fn event(&mut self, event: &str, data: &Value) -> Value {
        self.sequence += 1;
        let payload = json!({"op": op::DISPATCH, "t": event, "s": self.sequence, "d": data});
        self.sent.push(payload.clone());
        payload
    }
}

impl State {
    /// What a client sent on a connection.
    pub(super) fn receive(&mut self, number: u64, payload: &Value) {
        let has_session = self
            .gateway
            .sessions
            .iter()
            .any(|it| it.connection == Some(number));
        let answer = match payload["op"].as_u64() {
            Some(op::HEARTBEAT) => {
                self.gateway.heartbeats += 1;
                let ack = Act::send(json!({"op": op::ACK}));
                self.gateway.acknowledges.then_some(ack)
            }
            Some(op::IDENTIFY | op::RESUME) if has_session => {
                Some(Act::Close(close::ALREADY_AUTHENTICATED))
            }
            Some(op::IDENTIFY) => self.identify(number, &payload["d"]),
            Some(op::RESUME) => self.resume(number, &payload["d"]),
            Some(op::PRESENCE | op::VOICE | op::MEMBERS) if has_session => None,
            Some(op::PRESENCE | op::VOICE | op::MEMBERS) => {
                Some(Act::Close(close::NOT_AUTHENTICATED))
            }
            Some(_) => Some(Act::Close(close::UNKNOWN_OPCODE)),
            None => Some(Act::Close(close::DECODE_ERROR)),
        };
        if let Some(answer) = answer {
            self.gateway.connection(number).act(answer);
        }
    }

    fn is_token(&self, data: &Value) -> bool {
        let token = data["token"].as_str().unwrap_or_default();
        token.trim_start_matches("Bot ") == self.world.token
    }

    fn identify(&mut self, number: u64, data: &Value) -> Option<Act> {
        let intents = data["intents"].as_u64().unwrap_or(0);
        let is_compressed = data["compress"] == true;
        let at = self.now();
        self.gateway.identifies.push(Identify {
            at,
            intents,
            is_compressed,
        });
        if let Some(instead) = self.gateway.instead.pop_front() {
            return Some(instead);
        }
        if !self.is_token(data) {
            return Some(Act::Close(close::AUTHENTICATION_FAILED));
        }
        if intents & !INTENTS != 0 {
            return Some(Act::Close(close::INVALID_INTENTS));
        }
        if intents & PRIVILEGED & !self.gateway.granted != 0 {
            return Some(Act::Close(close::DISALLOWED_INTENTS));
        }
        self.gateway.connection(number).is_compressed = is_compressed;
        let id = format!("session-{}", self.gateway.identifies.len());
        let mut session = Session {
            id,
            connection: Some(number),
            intents,
            sent: Vec::new(),
            sequence: 0,
        };
        let welcome = welcome(&self.world, &self.gateway.url, &session);
        let connection = self.gateway.connection(number);
        for (event, data) in welcome {
            connection.send(session.event(event, &data));
        }
        self.gateway.sessions.push(session);
        None
    }

    fn resume(&mut self, number: u64, data: &Value) -> Option<Act> {
        self.gateway.resumes += 1;
        if let Some(instead) = self.gateway.instead.pop_front() {
            return Some(instead);
        }
        if !self.is_token(data) {
            return Some(Act::Close(close::AUTHENTICATION_FAILED));
        }
        let seen = data["seq"].as_u64().unwrap_or(0);
        let gateway = &mut self.gateway;
        let mut sessions = gateway.sessions.iter_mut();
        let session = sessions.find(|it| data["session_id"] == it.id && seen <= it.sequence);
        let Some(session) = session else {
            return Some(Act::invalid_session(false));
        };
        session.connection = Some(number);
        let mut connections = gateway.connections.iter();
        let connection = connections
            .find(|it| it.number == number)
            .expect("it is being served");
        let missed = session
            .sent
            .iter()
            .filter(|it| it["s"].as_u64() > Some(seen));
        for payload in missed.cloned().collect::<Vec<_>>() {
            connection.send(payload);
        }
        connection.send(session.event("RESUMED", &json!({})));
        None
    }

    /// READY once more, which must not make anything start twice.
    pub(crate) fn ready_again(&mut self) {
        let sessions = self.gateway.sessions.iter();
        let all = sessions.map(|it| welcome(&self.world, &self.gateway.url, it));
        for (event, data) in all.collect::<Vec<_>>().into_iter().flatten() {
            self.gateway.dispatch(event, &data);
        }
    }

    /// Tells that a guild is gone: left for good, or in an outage.
    pub(crate) fn lose_guild(&mut self, guild: Snowflake, is_outage: bool) {
        let bot = self.world.bot;
        let lost = self.world.guild(guild);
        lost.is_unavailable = is_outage;
        let mut data = json!({"id": guild});
        if is_outage {
            data["unavailable"] = json!(true);
        } else {
            lost.members.remove(&bot);
        }
        self.gateway.dispatch("GUILD_DELETE", &data);
    }

    /// Tells that a guild is there: joined, or back after an outage.
    pub(crate) fn show_guild(&mut self, guild: Snowflake) {
        let bot = self.world.bot;
        let shown = self.world.guild(guild);
        shown.is_unavailable = false;
        shown.members.entry(bot).or_default();
        let data = self.world.guild_create_shape(&self.world.guilds[&guild]);
        self.gateway.dispatch("GUILD_CREATE", &data);
    }

    /// Deletes a channel.
    pub(crate) fn delete_channel(&mut self, channel: Snowflake) {
        let data = self.world.channel_shape(&self.world.channels[&channel]);
        self.world.channels.remove(&channel);
        self.gateway.dispatch("CHANNEL_DELETE", &data);
    }

    /// Tells that a channel is not what it was: its permissions, say.
    pub(crate) fn update_channel(&mut self, channel: Snowflake) {
        let data = self.world.channel_shape(&self.world.channels[&channel]);
        self.gateway.dispatch("CHANNEL_UPDATE", &data);
    }

    /// Deletes a role.
    pub(crate) fn delete_role(&mut self, guild: Snowflake, role: Snowflake) {
        self.world.guild(guild).roles.remove(&role);
        let data = json!({"guild_id": guild, "role_id": role});
        self.gateway.dispatch("GUILD_ROLE_DELETE", &data);
    }
}

/// What a new session is told: who it is, which guilds there are, and then each of them if it
/// wants to know.
fn welcome(world: &World, url: &str, session: &Session) -> Vec<(&'static str, Value)> {
    let guilds = world.guilds.values();
    let joined: Vec<_> = guilds
        .filter(|it| it.members.contains_key(&world.bot))
        .collect();
    let names = joined
        .iter()
        .map(|it| json!({"id": it.id, "unavailable": true}));
    let ready = json!({
        "v": 10,
        "user": world.bot_shape(),
        "guilds": names.collect::<Vec<_>>(),
        "session_id": session.id,
        "resume_gateway_url": url,
        "shard": [0, 1],
        "application": {"id": world.application, "flags": 0},
    });
    let mut all = vec![("READY", ready)];
    if session.intents & GUILDS != 0 {
        let there = joined.into_iter().filter(|it| !it.is_unavailable);
        all.extend(there.map(|it| ("GUILD_CREATE", world.guild_create_shape(it))));
    }
    all
}
