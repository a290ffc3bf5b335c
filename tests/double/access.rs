//! Whether the bot may do what it asks for, and which refusal it gets if not.

use crate::double::answer::Refusal;
use crate::double::permissions::Permissions;
use crate::double::snowflake::Snowflake;
use crate::double::world::{Channel, Guild, Kind, World};

impl World {
    /// A channel that the bot can see.
    pub(crate) fn visible(&self, channel: Snowflake) -> Result<&Channel, Refusal> {
        let channel = self
            .channels
            .get(&channel)
            .ok_or(Refusal::UNKNOWN_CHANNEL)?;
        self.with(channel, Permissions::VIEW_CHANNEL, Refusal::MISSING_ACCESS)
    }

    /// A channel in which the bot may do something.
    pub(crate) fn permitted(
        &self,
        channel: Snowflake,
        needed: Permissions,
    ) -> Result<&Channel, Refusal> {
        let channel = self.visible(channel)?;
        self.with(channel, needed, Refusal::MISSING_PERMISSIONS)
    }

    /// A channel in which the bot may post.
    pub(crate) fn writable(
        &self,
        channel: Snowflake,
        has_files: bool,
    ) -> Result<&Channel, Refusal> {
        let channel = self.visible(channel)?;
        match channel.kind {
            Kind::Forum => return Err(Refusal::FORUM),
            Kind::Category => return Err(Refusal::NO_TEXT_CHANNEL),
            _ => {}
        }
        let needed = channel.kind.needed_to_write();
        self.with(channel, needed, Refusal::MISSING_PERMISSIONS)?;
        if has_files {
            self.with(
                channel,
                Permissions::ATTACH_FILES,
                Refusal::MISSING_PERMISSIONS,
            )?;
        }
        let is_shut = channel.is_archived && channel.is_locked;
        if is_shut {
            self.with(channel, Permissions::MANAGE_THREADS, Refusal::ARCHIVED)?;
        }
        let recipient = channel.recipient.and_then(|it| self.users.get(&it));
        if recipient.is_some_and(|it| it.is_closed) {
            return Err(Refusal::CLOSED_TO_BOTS);
        }
        Ok(channel)
    }

    /// A guild that the bot is in.
    pub(crate) fn joined(&self, guild: Snowflake) -> Result<&Guild, Refusal> {
        let guild = self.guilds.get(&guild);
        let is_joined = |it: &&Guild| it.members.contains_key(&self.bot);
        guild.filter(is_joined).ok_or(Refusal::UNKNOWN_GUILD)
    }

    fn with<'a>(
        &self,
        channel: &'a Channel,
        needed: Permissions,
        otherwise: Refusal,
    ) -> Result<&'a Channel, Refusal> {
        let has = self.permissions(self.bot, channel).contains(needed);
        if has { Ok(channel) } else { Err(otherwise) }
    }
}
