//! Interactions over REST: the answer, and what is edited and added in the next quarter of an hour.

use crate::double::answer::{Answer, Refusal};
use crate::double::body::Body;
use crate::double::clock::Millis;
use crate::double::message::flag;
use crate::double::pings::Unsaid;
use crate::double::snowflake::Snowflake;
use crate::double::state::{Call, State};
use crate::double::strict::callbacks::{self, kind};
use crate::double::strict::messages::{self, Sent};
use serde_json::{Value, json};

type Answered = Result<Answer, Refusal>;

/// For how long the token of an interaction holds.
const TOKEN_MILLIS: Millis = 15 * 60_000;

/// What somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Command = 2,
    Component = 3,
    Autocomplete = 4,
    Modal = 5,
}

/// An interaction, and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Interaction {
    pub(crate) id: Snowflake,
    pub(crate) token: String,
    pub(crate) asked: Asked,
    pub(crate) channel: Snowflake,
    pub(crate) at: Millis,
    /// The message whose component was clicked.
    pub(crate) of: Option<Snowflake>,
    /// As it was sent, to send it again.
    pub(crate) payload: Value,
    pub(crate) callback: Option<Callback>,
    /// The message that answers it.
    pub(crate) original: Option<Snowflake>,
    pub(crate) follow_ups: Vec<Snowflake>,
}

/// The first answer.
#[derive(Clone, Debug)]
pub(crate) struct Callback {
    pub(crate) kind: u64,
    pub(crate) data: Value,
}

/// The first answer to an interaction: only one, and only in time.
pub(super) fn callback(state: &mut State, call: &Call) -> Answered {
    let (id, token) = (call.route.id(0), call.route.part(1));
    let (now, patience) = (state.now(), state.patience);
    let found = state.interactions.get(&id).filter(|it| it.token == token);
    let interaction = found.ok_or(Refusal::UNKNOWN_INTERACTION)?.clone();
    if interaction.callback.is_some() {
        return Err(Refusal::ALREADY_ANSWERED);
    }
    if now - interaction.at > patience {
        return Err(Refusal::UNKNOWN_INTERACTION);
    }
    let body = &call.body;
    state.examine(call, |it| {
        callbacks::check(it, &body.files, interaction.asked);
    })?;
    let answer = Callback {
        kind: body.json["type"].as_u64().expect("checked above"),
        data: body.json["data"].clone(),
    };
    let inner = Body {
        json: answer.data.clone(),
        files: body.files.clone(),
    };
    if answer.kind == kind::MESSAGE && messages::is_empty(&inner.json, &inner.files) {
        state
            .traffic
            .violate(call.route.endpoint, vec!["data EMPTY_MESSAGE".to_owned()]);
        return Err(Refusal::EMPTY_MESSAGE);
    }
    let original = show(state, &interaction, answer.kind, &inner);
    let resource = original.map(|it| state.world.message_shape(&state.world.messages[&it]));
    let kind = answer.kind;
    let interaction = state.interactions.get_mut(&id).expect("found above");
    interaction.original = original;
    interaction.callback = Some(answer);
    if call
        .query
        .get("with_response")
        .is_none_or(|it| it != "true")
    {
        return Ok(Answer::none());
    }
    Ok(Answer::ok(json!({
        "interaction": {"id": id, "type": interaction.asked as u8},
        "resource": {"type": kind, "message": resource},
    })))
}

/// Makes the answer visible: its message, if it has one.
fn show(
    state: &mut State,
    interaction: &Interaction,
    number: u64,
    body: &Body,
) -> Option<Snowflake> {
    let channel = interaction.channel;
    match number {
        kind::MESSAGE => Some(put(state, interaction, body)),
        kind::DEFERRED_MESSAGE => {
            let flags = body.json["flags"].as_u64().unwrap_or(0);
            let id = state.world.put_loading(channel, flags);
            mark(state, id, interaction.id);
            Some(id)
        }
        kind::UPDATE => {
            let of = interaction.of?;
            state.world.replace(of, body);
            Some(of)
        }
        kind::DEFERRED_UPDATE => interaction.of,
        _ => None,
    }
}

fn put(state: &mut State, interaction: &Interaction, body: &Body) -> Snowflake {
    let id = state.world.put(interaction.channel, body, Unsaid::Users);
    mark(state, id, interaction.id);
    id
}

fn mark(state: &mut State, message: Snowflake, interaction: Snowflake) {
    let message = state.world.messages.get_mut(&message).expect("just put");
    message.interaction = Some(interaction);
}

impl State {
    /// The interaction whose token stands in the path. It must have been answered first.
    fn by_token(&self, call: &Call) -> Result<&Interaction, Refusal> {
        let (application, token) = (call.route.id(0), call.route.part(1));
        let mut all = self.interactions.values();
        let found = all.find(|it| it.token == token && application == self.world.application);
        let found = found.ok_or(Refusal::UNKNOWN_WEBHOOK)?;
        if self.now() - found.at > TOKEN_MILLIS {
            return Err(Refusal::BAD_WEBHOOK_TOKEN);
        }
        if found.callback.is_none() {
            return Err(Refusal::UNKNOWN_WEBHOOK);
        }
        Ok(found)
    }

    /// The message that a path of an interaction names: its answer, or one that followed.
    fn replied(&self, call: &Call, is_original: bool) -> Result<Snowflake, Refusal> {
        let interaction = self.by_token(call)?;
        let id = if is_original {
            interaction.original
        } else {
            let mut own = interaction.follow_ups.iter().chain(&interaction.original);
            own.find(|it| **it == call.route.id(2)).copied()
        };
        let id = id.filter(|it| self.world.messages.contains_key(it));
        id.ok_or(Refusal::UNKNOWN_MESSAGE)
    }
}

/// Another message after the answer. If the answer is still to come, this is it.
pub(super) fn follow_up(state: &mut State, call: &Call) -> Answered {
    let interaction = state.by_token(call)?.clone();
    state.examine(call, |it| {
        messages::check(it, &call.body.files, Sent::Answer);
    })?;
    state.refuse_empty(call)?;
    let original = interaction
        .original
        .and_then(|it| state.world.messages.get(&it));
    let loading = original.filter(|it| it.has(flag::LOADING)).map(|it| it.id);
    let id = if let Some(id) = loading {
        state.world.replace(id, &call.body);
        id
    } else {
        let id = put(state, &interaction, &call.body);
        let interaction = state.interactions.get_mut(&interaction.id);
        interaction.expect("found above").follow_ups.push(id);
        id
    };
    Ok(Answer::ok(
        state.world.message_shape(&state.world.messages[&id]),
    ))
}

/// Reads a reply.
pub(super) fn get(state: &State, call: &Call, is_original: bool) -> Answered {
    let id = state.replied(call, is_original)?;
    Ok(Answer::ok(
        state.world.message_shape(&state.world.messages[&id]),
    ))
}

/// Changes a reply.
pub(super) fn edit(state: &mut State, call: &Call, is_original: bool) -> Answered {
    let id = state.replied(call, is_original)?;
    state.examine(call, |it| messages::check(it, &call.body.files, Sent::Edit))?;
    state.world.replace(id, &call.body);
    Ok(Answer::ok(
        state.world.message_shape(&state.world.messages[&id]),
    ))
}

/// Deletes a reply.
pub(super) fn delete(state: &mut State, call: &Call, is_original: bool) -> Answered {
    let id = state.replied(call, is_original)?;
    state.world.messages.remove(&id);
    Ok(Answer::none())
}
