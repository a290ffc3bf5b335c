//! Messages over REST: post, read back, edit, delete, crosspost, pin, open a thread.

use crate::double::answer::{Answer, Refusal};
use crate::double::body::Body;
use crate::double::message::{Message, flag};
use crate::double::permissions::Permissions;
use crate::double::pings::Unsaid;
use crate::double::snowflake::Snowflake;
use crate::double::state::{Call, State};
use crate::double::strict::messages::{self, Sent};
use crate::double::world::Kind;
use serde_json::{Value, json};
use std::cmp::Reverse;

type Answered = Result<Answer, Refusal>;

/// Creates a message, or finds the one that bears its nonce.
pub(super) fn create(state: &mut State, call: &Call) -> Answered {
    let id = call.route.id(0);
    state.world.visible(id)?;
    state.examine(call, |it| {
        messages::check(it, &call.body.files, Sent::Posted);
    })?;
    state.refuse_empty(call)?;
    state.world.writable(id, !call.body.files.is_empty())?;
    refuse_only_embeds(state, call)?;
    let nonce = &call.body.json["nonce"];
    let author = state.world.bot;
    if call.body.json["enforce_nonce"] == true
        && let Some(first) = state.nonces.find(author, nonce, state.now())
    {
        let first = state.world.messages.get(&first);
        return Ok(posted(state, first.ok_or(Refusal::UNKNOWN_MESSAGE)?));
    }
    let message = state.world.put(id, &call.body, Unsaid::All);
    // Posting wakes a thread up.
    state.world.channel(id).is_archived = false;
    if !nonce.is_null() {
        let now = state.now();
        state.nonces.remember(author, nonce.clone(), message, now);
    }
    Ok(posted(state, &state.world.messages[&message]))
}

/// Without the permission to embed, embeds are dropped in silence beside a text; alone they are
/// refused.
fn refuse_only_embeds(state: &State, call: &Call) -> Result<(), Refusal> {
    let mut rest = call.body.json.clone();
    rest["embeds"] = Value::Null;
    if messages::is_empty(&rest, &call.body.files) {
        state
            .world
            .permitted(call.route.id(0), Permissions::EMBED_LINKS)?;
    }
    Ok(())
}

/// Only who posts a message is told its nonce: it cannot be read back.
fn posted(state: &State, message: &Message) -> Answer {
    let mut shape = state.world.message_shape(message);
    if let Some(nonce) = &message.nonce {
        shape["nonce"] = nonce.clone();
    }
    Answer::ok(shape)
}

impl State {
    /// Refuses a message without anything in it.
    pub(super) fn refuse_empty(&mut self, call: &Call) -> Result<(), Refusal> {
        if !messages::is_empty(&call.body.json, &call.body.files) {
            return Ok(());
        }
        let lines = vec!["EMPTY_MESSAGE".to_owned()];
        self.traffic.violate(call.route.endpoint, lines);
        Err(Refusal::EMPTY_MESSAGE)
    }

    /// A message that can be read back by now.
    fn readable(&self, call: &Call) -> Result<&Message, Refusal> {
        let (channel, id) = (call.route.id(0), call.route.id(1));
        let message = self.world.messages.get(&id);
        let is_there = |it: &&Message| it.channel == channel && self.is_in_history(it);
        message.filter(is_there).ok_or(Refusal::UNKNOWN_MESSAGE)
    }

    fn is_in_history(&self, message: &Message) -> bool {
        !message.is_ephemeral() && message.posted + self.history_lag <= self.now()
    }

    /// The bot's own message.
    fn own(&self, call: &Call) -> Result<&Message, Refusal> {
        let (channel, id) = (call.route.id(0), call.route.id(1));
        self.world.visible(channel)?;
        let message = self.world.messages.get(&id);
        let message = message.filter(|it| it.channel == channel && !it.is_ephemeral());
        let message = message.ok_or(Refusal::UNKNOWN_MESSAGE)?;
        if message.author == self.world.bot {
            Ok(message)
        } else {
            Err(Refusal::NOT_THE_AUTHOR)
        }
    }
}

/// What of the history was asked for. Newest first.
pub(super) fn history(state: &mut State, call: &Call) -> Answered {
    let channel = call.route.id(0);
    let limit = call.query.get("limit").map_or(Ok(50), |it| it.parse());
    let limit = limit.ok().filter(|it| (1..=100).contains(it));
    let limit: usize = limit.ok_or(Refusal::INVALID_FORM)?;
    state.world.visible(channel)?;
    // Who may not read the history is shown an empty one.
    let needed = Permissions::READ_MESSAGE_HISTORY;
    if state.world.permitted(channel, needed).is_err() {
        return Ok(Answer::ok(json!([])));
    }
    let all = state.world.messages.values();
    let all: Vec<_> = all
        .filter(|it| it.channel == channel && state.is_in_history(it))
        .collect();
    let bound = |key: &str| {
        call.query
            .get(key)
            .and_then(|it| it.parse::<Snowflake>().ok())
    };
    let newest = |most: usize, end: Snowflake| {
        let before = all.iter().rev().filter(move |it| it.id < end);
        before.take(most).copied().collect::<Vec<_>>()
    };
    let oldest = |most: usize, start: Snowflake| {
        let after = all.iter().filter(move |it| it.id > start);
        after.take(most).copied().collect::<Vec<_>>()
    };
    let mut found = if let Some(middle) = bound("around") {
        let mut found = newest(limit / 2, middle);
        found.extend(all.iter().filter(|it| it.id == middle));
        found.extend(oldest(limit / 2, middle));
        found
    } else if let Some(start) = bound("after") {
        oldest(limit, start)
    } else {
        newest(limit, bound("before").unwrap_or(Snowflake(u64::MAX)))
    };
    found.sort_by_key(|it| Reverse(it.id));
    let shapes: Value = found
        .into_iter()
        .map(|it| state.world.message_shape(it))
        .collect();
    Ok(Answer::ok(shapes))
}

/// One message.
pub(super) fn get(state: &mut State, call: &Call) -> Answered {
    let needed = Permissions::READ_MESSAGE_HISTORY;
    state.world.permitted(call.route.id(0), needed)?;
    let message = state.readable(call)?;
    Ok(Answer::ok(state.world.message_shape(message)))
}

/// Changes one of the bot's own.
pub(super) fn edit(state: &mut State, call: &Call) -> Answered {
    let id = state.own(call)?.id;
    state.examine(call, |it| messages::check(it, &call.body.files, Sent::Edit))?;
    state.world.replace(id, &call.body);
    let embeds = Permissions::EMBED_LINKS;
    if state.world.permitted(call.route.id(0), embeds).is_err() {
        let message = state.world.messages.get_mut(&id).expect("found above");
        message.embeds.clear();
    }
    Ok(Answer::ok(
        state.world.message_shape(&state.world.messages[&id]),
    ))
}

/// Deletes one of the bot's own, or anybody's with the permission to.
pub(super) fn delete(state: &mut State, call: &Call) -> Answered {
    let id = match state.own(call) {
        Ok(message) => message.id,
        Err(Refusal::NOT_THE_AUTHOR) => {
            let needed = Permissions::MANAGE_MESSAGES;
            state.world.permitted(call.route.id(0), needed)?;
            call.route.id(1)
        }
        Err(refusal) => return Err(refusal),
    };
    state.world.messages.remove(&id);
    Ok(Answer::none())
}

/// Publishes a message of an announcement channel.
pub(super) fn crosspost(state: &mut State, call: &Call) -> Answered {
    let id = state.own(call)?.id;
    let channel = state.world.writable(call.route.id(0), false)?;
    if channel.kind != Kind::Announcement {
        return Err(Refusal::WRONG_CHANNEL_TYPE);
    }
    let message = state.world.messages.get_mut(&id).expect("found above");
    if message.has(flag::CROSSPOSTED) {
        return Err(Refusal::ALREADY_CROSSPOSTED);
    }
    message.flags |= flag::CROSSPOSTED;
    Ok(Answer::ok(
        state.world.message_shape(&state.world.messages[&id]),
    ))
}

/// Pins a message.
pub(super) fn pin(state: &mut State, call: &Call) -> Answered {
    let needed = Permissions::PIN_MESSAGES;
    state.world.permitted(call.route.id(0), needed)?;
    let id = state.readable(call)?.id;
    let message = state.world.messages.get_mut(&id).expect("found above");
    message.is_pinned = true;
    Ok(Answer::none())
}

/// Opens a post in a forum.
pub(super) fn create_thread(state: &mut State, call: &Call) -> Answered {
    let id = call.route.id(0);
    let forum = state
        .world
        .permitted(id, Permissions::SEND_MESSAGES)?
        .clone();
    if forum.kind != Kind::Forum {
        return Err(Refusal::WRONG_CHANNEL_TYPE);
    }
    state.examine(call, |it| {
        it.only_keys(&[
            "name",
            "auto_archive_duration",
            "rate_limit_per_user",
            "applied_tags",
            "message",
        ]);
        it.text("name", 1, 100);
        it.each("applied_tags", (0, 5), |tag| {
            let tag_id = tag.value.as_str().and_then(|it| it.parse().ok());
            if tag_id.is_none_or(|it| !forum.tags.contains(&it)) {
                tag.wrong("TAG_UNKNOWN", "The forum has no such tag.");
            }
        });
        messages::check(&mut it.key("message"), &call.body.files, Sent::Opening);
    })?;
    let has_tag = call.body.json["applied_tags"]
        .as_array()
        .is_some_and(|it| !it.is_empty());
    if forum.is_tag_required && !has_tag {
        return Err(Refusal::TAG_REQUIRED);
    }
    let name = call.body.json["name"].as_str().expect("checked above");
    let thread = state.world.add_thread(id, name);
    let body = Body {
        json: call.body.json["message"].clone(),
        files: call.body.files.clone(),
    };
    let message = state.world.put(thread, &body, Unsaid::All);
    let mut shape = state.world.channel_shape(&state.world.channels[&thread]);
    shape["message"] = state.world.message_shape(&state.world.messages[&message]);
    Ok(Answer::json(201, shape))
}
