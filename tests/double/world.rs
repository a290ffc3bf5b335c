//! Guilds, roles, channels, members and messages: what there is, and how a test makes it.
//!
//! What it looks like in JSON is `shapes`.

use crate::double::clock::Clock;
use crate::double::message::Message;
use crate::double::permissions::Permissions;
use crate::double::snowflake::{Ids, Snowflake};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// All that Discord knows.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    ids: Ids,
    pub(crate) application: Snowflake,
    pub(crate) bot: Snowflake,
    pub(crate) token: String,
    pub(crate) users: BTreeMap<Snowflake, User>,
    pub(crate) guilds: BTreeMap<Snowflake, Guild>,
    pub(crate) channels: BTreeMap<Snowflake, Channel>,
    pub(crate) messages: BTreeMap<Snowflake, Message>,
    /// As registered, with ids.
    pub(crate) commands: Vec<Value>,
}

/// Somebody.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) is_bot: bool,
    pub(crate) locale: String,
    /// Takes no direct messages from bots.
    pub(crate) is_closed: bool,
}

/// A server.
#[derive(Clone, Debug)]
pub(crate) struct Guild {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) owner: Snowflake,
    pub(crate) locale: String,
    pub(crate) roles: BTreeMap<Snowflake, Role>,
    pub(crate) members: BTreeMap<Snowflake, Member>,
    /// In an outage of Discord's own.
    pub(crate) is_unavailable: bool,
}

/// A role. That of @everyone has the id of its guild.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) permissions: Permissions,
    pub(crate) is_mentionable: bool,
}

/// What somebody is in a guild.
#[derive(Clone, Debug, Default)]
pub(crate) struct Member {
    pub(crate) roles: BTreeSet<Snowflake>,
}

/// What a channel is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text = 0,
    Direct = 1,
    Category = 4,
    Announcement = 5,
    Thread = 11,
    Forum = 15,
}

impl Kind {
    /// Whether it hangs below another channel.
    pub(crate) fn is_thread(self) -> bool {
        self == Self::Thread
    }

    /// The permission without which nothing can be posted.
    pub(crate) fn needed_to_write(self) -> Permissions {
        if self.is_thread() {
            Permissions::SEND_MESSAGES_IN_THREADS
        } else {
            Permissions::SEND_MESSAGES
        }
    }
}

/// A place for messages.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) id: Snowflake,
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) guild: Option<Snowflake>,
    /// The channel of a thread.
    pub(crate) parent: Option<Snowflake>,
    /// The other one in direct messages.
    pub(crate) recipient: Option<Snowflake>,
    pub(crate) overwrites: Vec<Overwrite>,
    pub(crate) is_archived: bool,
    pub(crate) is_locked: bool,
    /// A forum that takes no post without a tag.
    pub(crate) is_tag_required: bool,
    pub(crate) tags: BTreeSet<Snowflake>,
}

/// Whom an overwrite is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Role(Snowflake),
    Member(Snowflake),
}

/// What a channel allows or denies somebody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Overwrite {
    pub(crate) subject: Subject,
    pub(crate) allow: Permissions,
    pub(crate) deny: Permissions,
}

impl World {
    /// A bot and its application, in no guild.
    pub(crate) fn new(token: &str) -> Self {
        let (clock, mut ids) = (Clock::default(), Ids::default());
        let application = ids.next(clock.now());
        let mut world = Self {
            clock,
            ids,
            application,
            // Both have one id since 2016.
            bot: application,
            token: token.to_owned(),
            users: BTreeMap::new(),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            commands: Vec::new(),
        };
        world
            .users
            .insert(application, User::new(application, "Docket", true));
        world
    }

    /// A new id.
    pub(crate) fn next_id(&mut self) -> Snowflake {
        self.ids.next(self.clock.now())
    }

    /// Somebody new, in no guild.
    pub(crate) fn add_user(&mut self, name: &str) -> Snowflake {
        let id = self.next_id();
        self.users.insert(id, User::new(id, name, false));
        id
    }

    /// A guild with an owner and the bot in it, where everybody may write.
    pub(crate) fn add_guild(&mut self, name: &str) -> Snowflake {
        let owner = self.add_user(&format!("owner of {name}"));
        let id = self.next_id();
        let everyone = Role {
            id,
            name: "@everyone".to_owned(),
            permissions: Permissions::EVERYONE,
            is_mentionable: false,
        };
        let members = [owner, self.bot].map(|it| (it, Member::default()));
        let guild = Guild {
            id,
            name: name.to_owned(),
            owner,
            locale: "en-US".to_owned(),
            roles: BTreeMap::from([(id, everyone)]),
            members: BTreeMap::from(members),
            is_unavailable: false,
        };
        self.guilds.insert(id, guild);
        id
    }

    /// A role in a guild, of nobody yet, not mentionable.
    pub(crate) fn add_role(&mut self, guild: Snowflake, name: &str) -> Snowflake {
        let id = self.next_id();
        let role = Role {
            id,
            name: name.to_owned(),
            permissions: Permissions::NONE,
            is_mentionable: false,
        };
        self.guild(guild).roles.insert(id, role);
        id
    }

    /// Somebody new in a guild.
    pub(crate) fn add_member(&mut self, guild: Snowflake, name: &str) -> Snowflake {
        let user = self.add_user(name);
        self.guild(guild).members.insert(user, Member::default());
        user
    }

    /// A channel in a guild.
    pub(crate) fn add_channel(&mut self, guild: Snowflake, kind: Kind, name: &str) -> Snowflake {
        self.insert(kind, name, |channel| channel.guild = Some(guild))
    }

    /// A thread below a channel.
    pub(crate) fn add_thread(&mut self, parent: Snowflake, name: &str) -> Snowflake {
        let guild = self.channel(parent).guild;
        self.insert(Kind::Thread, name, |channel| {
            channel.guild = guild;
            channel.parent = Some(parent);
        })
    }

    /// The direct messages with somebody: the same each time.
    pub(crate) fn direct(&mut self, user: Snowflake) -> Snowflake {
        let found = self.channels.values().find(|it| it.recipient == Some(user));
        match found {
            Some(channel) => channel.id,
            None => self.insert(Kind::Direct, "", |it| it.recipient = Some(user)),
        }
    }

    fn insert(&mut self, kind: Kind, name: &str, place: impl FnOnce(&mut Channel)) -> Snowflake {
        let id = self.next_id();
        let mut channel = Channel {
            id,
            kind,
            name: name.to_owned(),
            guild: None,
            parent: None,
            recipient: None,
            overwrites: Vec::new(),
            is_archived: false,
            is_locked: false,
            is_tag_required: false,
            tags: BTreeSet::new(),
        };
        place(&mut channel);
        self.channels.insert(id, channel);
        id
    }

    /// A guild that the test made.
    #[track_caller]
    pub(crate) fn guild(&mut self, id: Snowflake) -> &mut Guild {
        self.guilds.get_mut(&id).expect("a guild of this world")
    }

    /// A channel that the test made.
    #[track_caller]
    pub(crate) fn channel(&mut self, id: Snowflake) -> &mut Channel {
        self.channels.get_mut(&id).expect("a channel of this world")
    }

    /// A role that the test made.
    #[track_caller]
    pub(crate) fn role(&mut self, guild: Snowflake, id: Snowflake) -> &mut Role {
        let role = self.guild(guild).roles.get_mut(&id);
        role.expect("a role of this guild")
    }

    /// Gives somebody a role.
    #[track_caller]
    pub(crate) fn grant(&mut self, guild: Snowflake, user: Snowflake, role: Snowflake) {
        let member = self.guild(guild).members.get_mut(&user);
        member.expect("a member of this guild").roles.insert(role);
    }

    /// Allows somebody something in a channel.
    pub(crate) fn allow(&mut self, channel: Snowflake, subject: Subject, allow: Permissions) {
        self.channel(channel).overwrites.push(Overwrite {
            subject,
            allow,
            deny: Permissions::NONE,
        });
    }

    /// Denies somebody something in a channel.
    pub(crate) fn deny(&mut self, channel: Snowflake, subject: Subject, deny: Permissions) {
        self.channel(channel).overwrites.push(Overwrite {
            subject,
            allow: Permissions::NONE,
            deny,
        });
    }
}

impl User {
    fn new(id: Snowflake, name: &str, is_bot: bool) -> Self {
        Self {
            id,
            name: name.to_owned(),
            is_bot,
            locale: "en-US".to_owned(),
            is_closed: false,
        }
    }
}
