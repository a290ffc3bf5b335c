//! What people do in Discord: commands, completions, clicks, modals; and the replies they see.

use crate::double::Double;
use crate::double::gateway::Gateway;
use crate::double::interaction::{Asked, Interaction};
use crate::double::message::{Message, flag};
use crate::double::snowflake::Snowflake;
use crate::double::state::State;
use crate::double::strict::callbacks::kind;
use serde_json::{Value, json};

/// Numbers of types of options.
pub(super) mod option {
    pub(super) const STRING: u64 = 3;
    pub(super) const INTEGER: u64 = 4;
    pub(super) const BOOLEAN: u64 = 5;
    pub(super) const USER: u64 = 6;
    pub(super) const CHANNEL: u64 = 7;
    pub(super) const ROLE: u64 = 8;
    pub(super) const MENTIONABLE: u64 = 9;
}

/// Something that somebody is about to do.
#[derive(Clone)]
pub(crate) struct Ask<'a> {
    pub(super) double: &'a Double,
    pub(super) asked: Asked,
    pub(super) user: Snowflake,
    pub(super) channel: Snowflake,
    /// A command with its sub-commands: `docket check`. Empty if it is none.
    pub(super) words: Vec<String>,
    pub(super) options: Vec<Value>,
    /// The data of what is no command.
    pub(super) data: Value,
    /// The message whose component is clicked.
    pub(super) of: Option<Snowflake>,
}

impl<'a> Ask<'a> {
    fn option(mut self, kind: u64, name: &str, value: &Value) -> Self {
        self.options
            .push(json!({"type": kind, "name": name, "value": value}));
        self
    }

    /// An option that is a text.
    pub(crate) fn text(self, name: &str, value: &str) -> Self {
        self.option(option::STRING, name, &json!(value))
    }

    /// An option that is a number.
    pub(crate) fn integer(self, name: &str, value: i64) -> Self {
        self.option(option::INTEGER, name, &json!(value))
    }

    /// An option that is yes or no.
    pub(crate) fn boolean(self, name: &str, value: bool) -> Self {
        self.option(option::BOOLEAN, name, &json!(value))
    }

    /// An option that is somebody.
    pub(crate) fn user(self, name: &str, value: Snowflake) -> Self {
        self.option(option::USER, name, &json!(value))
    }

    /// An option that is a channel.
    pub(crate) fn channel(self, name: &str, value: Snowflake) -> Self {
        self.option(option::CHANNEL, name, &json!(value))
    }

    /// An option that is a role.
    pub(crate) fn role(self, name: &str, value: Snowflake) -> Self {
        self.option(option::ROLE, name, &json!(value))
    }

    /// An option that is somebody or a role.
    pub(crate) fn mentionable(self, name: &str, value: Snowflake) -> Self {
        self.option(option::MENTIONABLE, name, &json!(value))
    }

    /// The option that is being typed.
    pub(crate) fn focused(mut self, name: &str, typed: &str) -> Self {
        self = self.text(name, typed);
        let last = self.options.last_mut().expect("just added");
        last["focused"] = json!(true);
        self
    }

    /// Does it, once the bot is connected and has registered the command.
    ///
    /// # Panics
    /// If the bot does not come, and if Discord would not let anybody do this.
    #[track_caller]
    pub(crate) fn send(self) -> Asking<'a> {
        let hub = &self.double.hub;
        let name = self.words.first().cloned();
        let is_ready = |state: &mut State| {
            let is_known = name
                .as_ref()
                .is_none_or(|it| state.world.command(it).is_some());
            (state.gateway.is_up() && is_known).then_some(())
        };
        hub.wait_for("the bot is connected and knows the command", is_ready);
        let id = hub.change(|state| state.ask(&self));
        Asking {
            double: self.double,
            id,
        }
    }
}

impl State {
    #[track_caller]
    fn ask(&mut self, ask: &Ask<'_>) -> Snowflake {
        let id = self.world.next_id();
        let token = format!("token-of-{id}");
        let mut payload = self.surroundings(ask);
        payload["id"] = json!(id);
        payload["token"] = json!(token);
        payload["data"] = if ask.words.is_empty() {
            ask.data.clone()
        } else {
            self.command_data(ask)
        };
        if let Some(of) = ask.of {
            payload["message"] = self.world.message_shape(&self.world.messages[&of]);
        }
        let interaction = Interaction {
            id,
            token,
            asked: ask.asked,
            channel: ask.channel,
            at: self.now(),
            of: ask.of,
            payload: payload.clone(),
            callback: None,
            original: None,
            follow_ups: Vec::new(),
        };
        self.interactions.insert(id, interaction);
        self.gateway.dispatch("INTERACTION_CREATE", &payload);
        id
    }

    /// Who does it where, and what they and the bot may do there.
    fn surroundings(&self, ask: &Ask<'_>) -> Value {
        let world = &self.world;
        let channel = &world.channels[&ask.channel];
        let user = &world.users[&ask.user];
        let mut payload = json!({
            "application_id": world.application,
            "type": ask.asked as u8,
            "version": 1,
            "channel_id": channel.id,
            "channel": world.channel_shape(channel),
            "app_permissions": world.permissions(world.bot, channel),
            "locale": user.locale,
            "entitlements": [],
            "attachment_size_limit": 10 << 20,
        });
        let permissions = world.permissions(ask.user, channel);
        payload["channel"]["permissions"] = json!(permissions);
        let Some(guild) = channel.guild.and_then(|it| world.guilds.get(&it)) else {
            payload["user"] = user.shape();
            payload["context"] = json!(1);
            payload["authorizing_integration_owners"] = json!({"0": "0"});
            return payload;
        };
        let member = world.member_shape(guild, ask.user);
        payload["member"] = member.expect("only members do something in a guild");
        payload["member"]["permissions"] = json!(permissions);
        payload["guild_id"] = json!(guild.id);
        payload["guild"] = json!({"id": guild.id, "locale": guild.locale, "features": []});
        payload["guild_locale"] = json!(guild.locale);
        payload["context"] = json!(0);
        payload["authorizing_integration_owners"] = json!({"0": guild.id});
        payload
    }

    /// The data of a command, as far as its registration allows it.
    #[track_caller]
    fn command_data(&self, ask: &Ask<'_>) -> Value {
        let (id, command) = self.world.command(&ask.words[0]).expect("waited for");
        let mut registered = command;
        for word in &ask.words[1..] {
            let sub = option_of(registered, word);
            registered = sub.unwrap_or_else(|| panic!("/{} has no `{word}`", ask.words[0]));
        }
        let is_typing = ask.asked == Asked::Autocomplete;
        refuse_unregistered(&ask.words.join(" "), registered, &ask.options, is_typing);
        let mut options = json!(ask.options);
        let mut place = command;
        let mut kinds = Vec::new();
        for word in &ask.words[1..] {
            place = option_of(place, word).expect("found above");
            kinds.push(place["type"].clone());
        }
        for (word, kind) in ask.words[1..].iter().zip(kinds).rev() {
            options = json!([{"name": word, "type": kind, "options": options}]);
        }
        json!({
            "id": id,
            "name": ask.words[0],
            "type": 1,
            "options": options,
            "resolved": self.resolved(ask),
        })
    }

    /// The things that options name.
    fn resolved(&self, ask: &Ask<'_>) -> Value {
        let world = &self.world;
        let guild = world.channels[&ask.channel].guild;
        let guild = guild.and_then(|it| world.guilds.get(&it));
        let mut resolved = json!({});
        for option in &ask.options {
            let text = option["value"].as_str().unwrap_or_default();
            let Ok(id) = text.parse::<Snowflake>() else {
                continue;
            };
            let role = guild.and_then(|it| it.roles.get(&id));
            let kind = match option["type"].as_u64().expect("made as a number") {
                option::MENTIONABLE if role.is_some() => option::ROLE,
                option::MENTIONABLE => option::USER,
                kind => kind,
            };
            match kind {
                option::CHANNEL => {
                    let channel = &world.channels[&id];
                    let mut shape = world.channel_shape(channel);
                    shape["permissions"] = json!(world.permissions(ask.user, channel));
                    shape["app_permissions"] = json!(world.permissions(world.bot, channel));
                    resolved["channels"][text] = shape;
                }
                option::ROLE => {
                    resolved["roles"][text] = role.expect("a role of this guild").shape();
                }
                option::USER => {
                    resolved["users"][text] = world.users[&id].shape();
                    let member = guild.and_then(|it| world.member_shape(it, id));
                    if let Some(mut member) = member {
                        member.as_object_mut().expect("a member").remove("user");
                        member["permissions"] = json!("0");
                        resolved["members"][text] = member;
                    }
                }
                _ => {}
            }
        }
        resolved
    }
}

fn option_of<'a>(registered: &'a Value, name: &str) -> Option<&'a Value> {
    let mut options = registered["options"].as_array().into_iter().flatten();
    options.find(|it| it["name"] == name)
}

/// Discord's own client would not send this: a test that does has got the command wrong.
#[track_caller]
fn refuse_unregistered(command: &str, registered: &Value, options: &[Value], is_typing: bool) {
    for given in options {
        let name = given["name"].as_str().expect("made as a text");
        let option = option_of(registered, name);
        let option = option.unwrap_or_else(|| panic!("/{command} has no option `{name}`"));
        assert!(
            is_typing || option["type"] == given["type"],
            "/{command} {name}: another type"
        );
        let mut choices = option["choices"]
            .as_array()
            .into_iter()
            .flatten()
            .peekable();
        let is_free = choices.peek().is_none();
        let is_choice = choices.any(|it| it["value"] == given["value"]);
        assert!(
            is_free || is_choice,
            "/{command} {name}: no such choice: {}",
            given["value"]
        );
    }
    for option in registered["options"].as_array().into_iter().flatten() {
        let is_given = options.iter().any(|it| it["name"] == option["name"]);
        let is_missing = option["required"] == true && !is_given && !is_typing;
        assert!(
            !is_missing,
            "/{command} needs the option {}",
            option["name"]
        );
        let is_nesting = matches!(option["type"].as_u64(), Some(1 | 2));
        assert!(
            !is_nesting,
            "/{command} can only be sent with a sub-command"
        );
    }
}

/// Something that somebody has done, and what comes of it.
pub(crate) struct Asking<'a> {
    double: &'a Double,
    pub(crate) id: Snowflake,
}

impl Asking<'_> {
    /// The reply, once there is one.
    ///
    /// # Panics
    /// If there is none in time: people read "The application did not respond".
    #[track_caller]
    pub(crate) fn reply(&self) -> Reply {
        let hub = &self.double.hub;
        let millis = u64::try_from(hub.state().patience).expect("patience");
        let wait = std::time::Duration::from_millis(millis + 500);
        let reply = hub.wait_within(wait, |state| state.reply(self.id));
        reply.expect("the application did not respond")
    }

    /// The reply, once the answer that was announced has come.
    #[track_caller]
    pub(crate) fn settled(&self) -> Reply {
        self.wait_for("the deferred answer", |reply| {
            let message = reply.message.as_ref();
            message.is_none_or(|it| !it.has(flag::LOADING))
        })
    }

    /// The reply, once it is so.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, is_so: impl Fn(&Reply) -> bool) -> Reply {
        let look = |state: &mut State| state.reply(self.id).filter(&is_so);
        self.double.hub.wait_for(what, look)
    }

    /// Whether it was answered by now.
    pub(crate) fn is_answered(&self) -> bool {
        self.double.hub.state().reply(self.id).is_some()
    }

    /// Delivers it once more, as the gateway may.
    pub(crate) fn again(&self) {
        self.double.hub.change(|state| {
            let payload = state.interactions[&self.id].payload.clone();
            let gateway: &mut Gateway = &mut state.gateway;
            gateway.dispatch("INTERACTION_CREATE", &payload);
        });
    }

    /// The token with which it is answered.
    pub(crate) fn token(&self) -> String {
        self.double.hub.state().interactions[&self.id].token.clone()
    }
}

/// What somebody sees after having done something.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// The number of the kind of answer (`strict::callbacks::kind`).
    pub(crate) kind: u64,
    /// The data of the first answer: a modal, choices, or how the message began.
    pub(crate) data: Value,
    /// The message as it is by now, with its files.
    pub(crate) message: Option<Message>,
    pub(crate) follow_ups: Vec<Message>,
}

impl Reply {
    /// Whether only the one who asked sees it.
    pub(crate) fn is_ephemeral(&self) -> bool {
        self.message.as_ref().is_some_and(Message::is_ephemeral)
    }

    /// The text of the message.
    #[track_caller]
    pub(crate) fn content(&self) -> &str {
        &self.message.as_ref().expect("a message").content
    }

    /// The names of the choices.
    pub(crate) fn choices(&self) -> Vec<&str> {
        assert_eq!(self.kind, kind::CHOICES, "the answer has no choices");
        let choices = self.data["choices"].as_array().into_iter().flatten();
        choices.filter_map(|it| it["name"].as_str()).collect()
    }
}

impl State {
    fn reply(&self, interaction: Snowflake) -> Option<Reply> {
        let interaction = &self.interactions[&interaction];
        let callback = interaction.callback.as_ref()?;
        let message = |id: &Snowflake| self.world.messages.get(id).cloned();
        Some(Reply {
            kind: callback.kind,
            data: callback.data.clone(),
            message: interaction.original.as_ref().and_then(message),
            follow_ups: interaction.follow_ups.iter().filter_map(message).collect(),
        })
    }
}
