//! A message as the double keeps it.

use crate::double::clock::Millis;
use crate::double::snowflake::Snowflake;
use serde_json::Value;
use std::collections::BTreeSet;

/// Flags of a message.
pub(crate) mod flag {
    pub(crate) const CROSSPOSTED: u64 = 1;
    pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
    pub(crate) const EPHEMERAL: u64 = 1 << 6;
    pub(crate) const LOADING: u64 = 1 << 7;
    pub(crate) const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
    pub(crate) const COMPONENTS_V2: u64 = 1 << 15;
}

/// A message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) author: Snowflake,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) nonce: Option<Value>,
    pub(crate) flags: u64,
    /// Whom it pinged when it was posted.
    pub(crate) pings: Pings,
    pub(crate) posted: Millis,
    pub(crate) edited: Option<Millis>,
    pub(crate) is_pinned: bool,
    /// The interaction that it answers.
    pub(crate) interaction: Option<Snowflake>,
}

impl Message {
    /// Whether it came without a sound.
    pub(crate) fn is_silent(&self) -> bool {
        self.has(flag::SUPPRESS_NOTIFICATIONS)
    }

    /// Whether only one person sees it.
    pub(crate) fn is_ephemeral(&self) -> bool {
        self.has(flag::EPHEMERAL)
    }

    /// Whether all of these flags are set.
    pub(crate) fn has(&self, flags: u64) -> bool {
        self.flags & flags == flags
    }
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attachment {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// Whom a message pinged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pings {
    pub(crate) everyone: bool,
    pub(crate) users: BTreeSet<Snowflake>,
    pub(crate) roles: BTreeSet<Snowflake>,
}

impl Pings {
    /// Whether it pinged nobody.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
