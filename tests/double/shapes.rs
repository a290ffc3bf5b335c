//! What things look like in Discord's JSON, with every field that a typed client insists on.

use crate::double::clock::iso_date;
use crate::double::message::Message;
use crate::double::snowflake::Snowflake;
use crate::double::world::{Channel, Guild, Kind, Overwrite, Role, Subject, User, World};
use serde_json::{Value, json};

/// Long ago, for what nobody asks about.
const JOINED: &str = "2024-01-01T00:00:00.000000+00:00";

impl User {
    pub(crate) fn shape(&self) -> Value {
        json!({
            "id": self.id,
            "username": self.name,
            "discriminator": "0",
            "global_name": self.name,
            "avatar": null,
            "bot": self.is_bot,
            "flags": 0,
            "public_flags": 0,
        })
    }
}

impl Role {
    pub(crate) fn shape(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "description": null,
            "permissions": self.permissions,
            "position": 0,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
            "hoist": false,
            "managed": false,
            "mentionable": self.is_mentionable,
            "icon": null,
            "unicode_emoji": null,
            "flags": 0,
        })
    }
}

impl Guild {
    pub(crate) fn shape(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "icon": null,
            "splash": null,
            "discovery_splash": null,
            "owner_id": self.owner,
            "afk_channel_id": null,
            "afk_timeout": 300,
            "widget_enabled": false,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "roles": self.roles.values().map(Role::shape).collect::<Vec<_>>(),
            "emojis": [],
            "features": [],
            "mfa_level": 0,
            "application_id": null,
            "system_channel_id": null,
            "system_channel_flags": 0,
            "rules_channel_id": null,
            "vanity_url_code": null,
            "description": null,
            "banner": null,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": self.locale,
            "public_updates_channel_id": null,
            "nsfw_level": 0,
            "stickers": [],
            "premium_progress_bar_enabled": false,
        })
    }
}

impl Overwrite {
    fn shape(&self) -> Value {
        let (kind, id) = match self.subject {
            Subject::Role(id) => (0, id),
            Subject::Member(id) => (1, id),
        };
        json!({"id": id, "type": kind, "allow": self.allow, "deny": self.deny})
    }
}

impl World {
    pub(crate) fn bot_shape(&self) -> Value {
        let mut user = self.users[&self.bot].shape();
        user["verified"] = json!(true);
        user["mfa_enabled"] = json!(true);
        user["email"] = Value::Null;
        user
    }

    pub(crate) fn application_shape(&self) -> Value {
        json!({
            "id": self.application,
            "name": "Docket",
            "icon": null,
            "description": "",
            "type": null,
            "summary": "",
            "flags": 0,
            "bot_public": true,
            "bot_require_code_grant": false,
            "verify_key": "00",
            "owner": self.users.values().find(|it| !it.is_bot).map(User::shape),
            "team": null,
            "bot": self.bot_shape(),
        })
    }

    pub(crate) fn channel_shape(&self, channel: &Channel) -> Value {
        let mut shape = json!({
            "id": channel.id,
            "type": channel.kind as u8,
            "flags": 0,
            "last_message_id": self.last_message(channel.id),
        });
        if channel.kind == Kind::Direct {
            let other = channel.recipient.and_then(|it| self.users.get(&it));
            shape["recipients"] = other.map(User::shape).into_iter().collect();
            return shape;
        }
        shape["guild_id"] = json!(channel.guild);
        shape["name"] = json!(channel.name);
        shape["parent_id"] = json!(channel.parent);
        if channel.kind.is_thread() {
            shape["owner_id"] = json!(self.bot);
            shape["message_count"] = json!(0);
            shape["member_count"] = json!(1);
            shape["rate_limit_per_user"] = json!(0);
            shape["thread_metadata"] = json!({
                "archived": channel.is_archived,
                "auto_archive_duration": 1440,
                "archive_timestamp": JOINED,
                "locked": channel.is_locked,
            });
            return shape;
        }
        let overwrites = channel.overwrites.iter().map(Overwrite::shape);
        shape["permission_overwrites"] = overwrites.collect();
        shape["position"] = json!(0);
        shape["topic"] = Value::Null;
        shape["nsfw"] = json!(false);
        if channel.kind == Kind::Forum {
            let tags = channel.tags.iter();
            let tag = |id: &Snowflake| {
                json!({
                    "id": id, "name": "tag", "moderated": false,
                    "emoji_id": null, "emoji_name": null,
                })
            };
            shape["available_tags"] = tags.map(tag).collect();
            shape["flags"] = json!(if channel.is_tag_required { 1 << 4 } else { 0 });
        }
        shape
    }

    fn last_message(&self, channel: Snowflake) -> Option<Snowflake> {
        let messages = self.messages.values().rev();
        let mut seen = messages.filter(|it| it.channel == channel && !it.is_ephemeral());
        seen.next().map(|it| it.id)
    }

    /// A member of a guild, without permissions.
    pub(crate) fn member_shape(&self, guild: &Guild, user: Snowflake) -> Option<Value> {
        let member = guild.members.get(&user)?;
        Some(json!({
            "user": self.users[&user].shape(),
            "nick": null,
            "avatar": null,
            "banner": null,
            "roles": member.roles,
            "joined_at": JOINED,
            "premium_since": null,
            "deaf": false,
            "mute": false,
            "flags": 0,
            "pending": false,
            "communication_disabled_until": null,
        }))
    }

    /// A guild as `GUILD_CREATE` has it.
    pub(crate) fn guild_create_shape(&self, guild: &Guild) -> Value {
        let mut shape = guild.shape();
        let channels = self.channels.values();
        let own: Vec<_> = channels.filter(|it| it.guild == Some(guild.id)).collect();
        let (threads, channels): (Vec<_>, Vec<_>) =
            own.into_iter().partition(|it| it.kind.is_thread());
        let shapes = |them: Vec<&Channel>| -> Value {
            them.into_iter().map(|it| self.channel_shape(it)).collect()
        };
        shape["channels"] = shapes(channels);
        shape["threads"] = shapes(threads);
        shape["members"] = self.member_shape(guild, self.bot).into_iter().collect();
        shape["member_count"] = json!(guild.members.len());
        shape["joined_at"] = json!(JOINED);
        shape["large"] = json!(false);
        shape["unavailable"] = json!(false);
        for empty in [
            "voice_states",
            "presences",
            "stage_instances",
            "guild_scheduled_events",
        ] {
            shape[empty] = json!([]);
        }
        shape
    }

    pub(crate) fn message_shape(&self, message: &Message) -> Value {
        let users = message.pings.users.iter();
        let mentions: Vec<_> = users.map(|it| self.users[it].shape()).collect();
        let attachments = message.attachments.iter().map(|file| {
            let url = format!("https://cdn.invalid/{}/{}", file.id, file.name);
            json!({
                "id": file.id, "filename": file.name, "size": file.bytes.len(),
                "content_type": file.content_type, "url": url, "proxy_url": url,
            })
        });
        let mut shape = json!({
            "id": message.id,
            "channel_id": message.channel,
            "author": self.users[&message.author].shape(),
            "content": message.content,
            "timestamp": iso_date(message.posted),
            "edited_timestamp": message.edited.map(iso_date),
            "tts": false,
            "mention_everyone": message.pings.everyone,
            "mentions": mentions,
            "mention_roles": message.pings.roles,
            "attachments": attachments.collect::<Vec<_>>(),
            "embeds": message.embeds,
            "components": message.components,
            "pinned": message.is_pinned,
            "type": 0,
            "flags": message.flags,
        });
        if message.interaction.is_some() {
            shape["type"] = json!(20);
            shape["application_id"] = json!(self.application);
            shape["webhook_id"] = json!(self.application);
        }
        shape
    }
}
