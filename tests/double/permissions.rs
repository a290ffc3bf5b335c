//! What somebody may do in a channel, worked out as Discord documents it.

use crate::double::snowflake::Snowflake;
use crate::double::world::{Channel, Guild, Kind, Subject, World};
use serde::{Serialize, Serializer};
use std::ops::{BitAnd, BitOr, Not};

/// A set of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Permissions(pub(crate) u64);

impl Permissions {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const ALL: Self = Self((1 << 53) - 1);
    pub(crate) const ADMINISTRATOR: Self = Self(1 << 3);
    pub(crate) const MANAGE_GUILD: Self = Self(1 << 5);
    pub(crate) const VIEW_CHANNEL: Self = Self(1 << 10);
    pub(crate) const SEND_MESSAGES: Self = Self(1 << 11);
    pub(crate) const SEND_TTS_MESSAGES: Self = Self(1 << 12);
    pub(crate) const MANAGE_MESSAGES: Self = Self(1 << 13);
    pub(crate) const EMBED_LINKS: Self = Self(1 << 14);
    pub(crate) const ATTACH_FILES: Self = Self(1 << 15);
    pub(crate) const READ_MESSAGE_HISTORY: Self = Self(1 << 16);
    pub(crate) const MENTION_EVERYONE: Self = Self(1 << 17);
    pub(crate) const USE_APPLICATION_COMMANDS: Self = Self(1 << 31);
    pub(crate) const MANAGE_THREADS: Self = Self(1 << 34);
    pub(crate) const SEND_MESSAGES_IN_THREADS: Self = Self(1 << 38);
    pub(crate) const PIN_MESSAGES: Self = Self(1 << 51);

    /// What @everyone has in a new guild, as far as Docket is concerned.
    pub(crate) const EVERYONE: Self = Self(
        Self::VIEW_CHANNEL.0
            | Self::SEND_MESSAGES.0
            | Self::EMBED_LINKS.0
            | Self::ATTACH_FILES.0
            | Self::READ_MESSAGE_HISTORY.0
            | Self::USE_APPLICATION_COMMANDS.0
            | Self::SEND_MESSAGES_IN_THREADS.0,
    );

    /// Whether all of them are there.
    pub(crate) fn contains(self, other: Self) -> bool {
        self & other == other
    }
}

impl BitOr for Permissions {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Permissions {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Permissions {
    type Output = Self;
    fn not(self) -> Self {
        Self(!self.0)
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl World {
    /// What a user may do in a channel; nothing where it is no member.
    pub(crate) fn permissions(&self, user: Snowflake, channel: &Channel) -> Permissions {
        let Some(guild) = channel.guild else {
            // Direct messages: the bot and the one it talks with may write, and nobody else is there.
            return Permissions::EVERYONE;
        };
        let Some(guild) = self.guilds.get(&guild) else {
            return Permissions::NONE;
        };
        // A thread has no overwrites of its own: its parent's count.
        let parent = channel.parent.filter(|_| channel.kind.is_thread());
        let place = parent.map_or(Some(channel), |it| self.channels.get(&it));
        let Some(place) = place else {
            return Permissions::NONE;
        };
        let base = guild.permissions(user);
        if base == Permissions::ALL {
            return base;
        }
        without_what_is_implied(overwritten(base, guild, user, place), channel.kind)
    }
}

impl Guild {
    /// What a user may do in the guild, before any channel says otherwise.
    pub(crate) fn permissions(&self, user: Snowflake) -> Permissions {
        let Some(member) = self.members.get(&user) else {
            return Permissions::NONE;
        };
        if self.owner == user {
            return Permissions::ALL;
        }
        let roles = self.roles.values();
        let all = roles
            .filter(|role| role.id == self.id || member.roles.contains(&role.id))
            .fold(Permissions::NONE, |all, role| all | role.permissions);
        if all.contains(Permissions::ADMINISTRATOR) {
            Permissions::ALL
        } else {
            all
        }
    }
}

/// The overwrites of a channel: @everyone's first, then those of all roles at once, then one's own.
fn overwritten(
    base: Permissions,
    guild: &Guild,
    user: Snowflake,
    channel: &Channel,
) -> Permissions {
    let Some(member) = guild.members.get(&user) else {
        return Permissions::NONE;
    };
    let stages: [&dyn Fn(Subject) -> bool; 3] = [
        &|it| it == Subject::Role(guild.id),
        &|it| matches!(it, Subject::Role(role) if member.roles.contains(&role)),
        &|it| it == Subject::Member(user),
    ];
    stages.iter().fold(base, |permissions, is_meant| {
        let meant = channel.overwrites.iter().filter(|it| is_meant(it.subject));
        let none = (Permissions::NONE, Permissions::NONE);
        let (allow, deny) =
            meant.fold(none, |(allow, deny), it| (allow | it.allow, deny | it.deny));
        permissions & !deny | allow
    })
}

/// Who may not see a channel may do nothing in it; who may not write may not embed or ping either.
fn without_what_is_implied(permissions: Permissions, kind: Kind) -> Permissions {
    if !permissions.contains(Permissions::VIEW_CHANNEL) {
        return Permissions::NONE;
    }
    if permissions.contains(kind.needed_to_write()) {
        return permissions;
    }
    let writing = Permissions::SEND_TTS_MESSAGES
        | Permissions::EMBED_LINKS
        | Permissions::ATTACH_FILES
        | Permissions::MENTION_EVERYONE;
    permissions & !writing
}
