//! From the body of a request to a message, new or changed.

use crate::double::body::{Body, File};
use crate::double::message::{Attachment, Message, Pings, flag};
use crate::double::permissions::Permissions;
use crate::double::pings::Unsaid;
use crate::double::snowflake::Snowflake;
use crate::double::world::World;
use serde_json::{Value, json};

impl World {
    /// Puts a message of the bot into a channel, and gives its id.
    pub(crate) fn put(&mut self, channel: Snowflake, body: &Body, unsaid: Unsaid) -> Snowflake {
        let id = self.next_id();
        let place = self.channels[&channel].clone();
        let json = &body.json;
        let mut message = Message {
            id,
            channel,
            author: self.bot,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            attachments: Vec::new(),
            nonce: json.get("nonce").filter(|it| !it.is_null()).cloned(),
            flags: json["flags"].as_u64().unwrap_or(0),
            pings: self.pings(&place, json, unsaid),
            posted: self.clock.now(),
            edited: None,
            is_pinned: false,
            interaction: None,
        };
        self.fill(&mut message, body);
        // An answer to an interaction needs no permission; a post without this one loses its embeds.
        let may_embed = self
            .permissions(self.bot, &place)
            .contains(Permissions::EMBED_LINKS);
        if unsaid == Unsaid::All && !may_embed {
            message.embeds.clear();
        }
        self.messages.insert(id, message);
        id
    }

    /// Replaces what a body names in a message, and leaves the rest.
    pub(crate) fn replace(&mut self, message: Snowflake, body: &Body) {
        let now = self.clock.now();
        let mut message = self.messages[&message].clone();
        if message.has(flag::LOADING) {
            message.flags &= !flag::LOADING;
        } else {
            message.edited = Some(now);
        }
        let flags = body.json["flags"].as_u64().unwrap_or(0);
        message.flags |= flags & (flag::COMPONENTS_V2 | flag::SUPPRESS_EMBEDS);
        if body.json["attachments"].is_array() {
            let kept = |it: &Attachment| is_named(&body.json["attachments"], it.id);
            message.attachments.retain(kept);
        }
        self.fill(&mut message, body);
        self.messages.insert(message.id, message);
    }

    fn fill(&mut self, message: &mut Message, body: &Body) {
        let list = |key: &str| body.json[key].as_array().cloned().unwrap_or_default();
        for key in body.json.as_object().into_iter().flat_map(|it| it.keys()) {
            match key.as_str() {
                "content" => {
                    let text = body.json["content"].as_str().unwrap_or_default();
                    text.trim().clone_into(&mut message.content);
                }
                "embeds" => message.embeds = list("embeds").into_iter().map(rich).collect(),
                "components" => message.components = list("components"),
                _ => {}
            }
        }
        let attached = body.files.iter().map(|file| self.attached(file));
        message.attachments.extend(attached.collect::<Vec<_>>());
    }

    fn attached(&mut self, file: &File) -> Attachment {
        Attachment {
            id: self.next_id(),
            name: file.name.clone(),
            content_type: file.content_type.clone(),
            bytes: file.bytes.clone(),
        }
    }

    /// The message that stands for an answer to come.
    pub(crate) fn put_loading(&mut self, channel: Snowflake, flags: u64) -> Snowflake {
        let body = Body {
            json: json!({"flags": flags | flag::LOADING}),
            files: Vec::new(),
        };
        let id = self.put(channel, &body, Unsaid::Users);
        let message = self.messages.get_mut(&id).expect("just put");
        message.pings = Pings::default();
        id
    }
}

fn rich(mut embed: Value) -> Value {
    embed["type"] = json!("rich");
    embed
}

fn is_named(list: &Value, id: Snowflake) -> bool {
    let list = list.as_array().into_iter().flatten();
    let mut ids = list.map(|it| {
        it["id"]
            .as_str()
            .map_or_else(|| it["id"].to_string(), str::to_owned)
    });
    ids.any(|it| it == id.to_string())
}
