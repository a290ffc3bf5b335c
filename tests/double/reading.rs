//! What the bot reads of the world over REST: itself, guilds, channels, roles, members, commands.

use crate::double::answer::{Answer, Refusal};
use crate::double::route::Endpoint;
use crate::double::snowflake::Snowflake;
use crate::double::state::{Call, State};
use crate::double::strict::commands;
use crate::double::world::{Guild, Role, World};
use serde_json::{Value, json};

type Answered = Result<Answer, Refusal>;

/// Whatever changes nothing.
pub(super) fn read(state: &State, call: &Call) -> Answered {
    let world = &state.world;
    let guild = || world.joined(call.route.id(0));
    let body = match call.route.endpoint {
        Endpoint::Gateway => json!({"url": state.gateway.url}),
        Endpoint::GatewayBot => state.gateway.shape(state.now()),
        Endpoint::Me => world.bot_shape(),
        Endpoint::MyApplication | Endpoint::MyOauthApplication => world.application_shape(),
        Endpoint::MyGuilds => my_guilds(world),
        Endpoint::GetCommands => json!(world.commands),
        Endpoint::GetChannel => world.channel_shape(world.visible(call.route.id(0))?),
        Endpoint::GetGuild => guild()?.shape(),
        Endpoint::GetGuildChannels => channels(world, guild()?),
        Endpoint::GetThreads => threads(world, guild()?),
        Endpoint::GetRoles => guild()?.roles.values().map(Role::shape).collect(),
        Endpoint::GetMember => {
            let member = world.member_shape(guild()?, call.route.id(1));
            member.ok_or(Refusal::UNKNOWN_MEMBER)?
        }
        _ => return Err(Refusal::NOT_FOUND),
    };
    Ok(Answer::ok(body))
}

/// Without threads, and with those that the bot cannot see: so does Discord.
fn channels(world: &World, guild: &Guild) -> Value {
    let channels = world.channels.values();
    let own = channels.filter(|it| it.guild == Some(guild.id) && !it.kind.is_thread());
    own.map(|it| world.channel_shape(it)).collect()
}

/// Those that are not archived and that the bot can see.
fn threads(world: &World, guild: &Guild) -> Value {
    let threads = world.channels.values();
    let threads = threads.filter(|it| it.guild == Some(guild.id) && it.kind.is_thread());
    let active = threads.filter(|it| !it.is_archived && world.visible(it.id).is_ok());
    let shapes: Vec<_> = active.map(|it| world.channel_shape(it)).collect();
    json!({"threads": shapes, "members": []})
}

fn my_guilds(world: &World) -> Value {
    let guilds = world.guilds.values();
    let joined = guilds.filter(|it| it.members.contains_key(&world.bot));
    let shape = |it: &Guild| {
        json!({
            "id": it.id, "name": it.name, "icon": null, "banner": null, "features": [],
            "owner": it.owner == world.bot, "permissions": it.permissions(world.bot),
        })
    };
    joined.map(shape).collect()
}

/// Opens direct messages with somebody.
pub(super) fn open_direct(state: &mut State, call: &Call) -> Answered {
    state.examine(call, |it| {
        it.only_keys(&["recipient_id"]);
        it.text("recipient_id", 1, 20);
    })?;
    let user = call.body.json["recipient_id"]
        .as_str()
        .and_then(|it| it.parse().ok());
    let user = user.filter(|it| state.world.users.contains_key(it) && *it != state.world.bot);
    let channel = state.world.direct(user.ok_or(Refusal::UNKNOWN_USER)?);
    Ok(Answer::ok(
        state.world.channel_shape(&state.world.channels[&channel]),
    ))
}

/// Replaces all commands. Those with the name and type of one before keep its id.
pub(super) fn put_commands(state: &mut State, call: &Call) -> Answered {
    if call.route.id(0) != state.world.application {
        return Err(Refusal::MISSING_ACCESS);
    }
    state.examine(call, commands::check)?;
    let before = std::mem::take(&mut state.world.commands);
    let version = state.world.next_id();
    let wanted = call.body.json.as_array().cloned().unwrap_or_default();
    for mut command in wanted {
        if command["type"].is_null() {
            command["type"] = json!(1);
        }
        let is_same = |it: &&Value| it["name"] == command["name"] && it["type"] == command["type"];
        let id = before.iter().find(is_same).map(|it| it["id"].clone());
        command["id"] = id.unwrap_or_else(|| json!(state.world.next_id()));
        command["application_id"] = json!(state.world.application);
        command["version"] = json!(version);
        for key in ["default_member_permissions", "description"] {
            if command.get(key).is_none() {
                command[key] = if key == "description" {
                    json!("")
                } else {
                    Value::Null
                };
            }
        }
        state.world.commands.push(command);
    }
    Ok(Answer::ok(json!(state.world.commands)))
}

impl World {
    /// The id of a registered command.
    pub(crate) fn command(&self, name: &str) -> Option<(Snowflake, &Value)> {
        let command = self.commands.iter().find(|it| it["name"] == name)?;
        let id = command["id"].as_str()?.parse().ok()?;
        Some((id, command))
    }
}
