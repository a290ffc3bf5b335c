//! Permissions: what the bot needs, what it has in a channel, and how that is worked out.
//!
//! As Discord's documentation has it ("Permissions", "Permission Hierarchy"). Pure.

use super::value::list;
use serde_json::Value;

/// A set of permissions, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions(pub u64);

/// A permission that Docket needs, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The bit.
    pub bit: u64,
    /// Its name, as server settings have it.
    pub name: &'static str,
    /// What it is for.
    pub why: &'static str,
}

/// May do everything.
pub const ADMINISTRATOR: u64 = 1 << 3;
/// May change the server, and so what Docket does in it.
pub const MANAGE_GUILD: u64 = 1 << 5;
const VIEW_CHANNEL: u64 = 1 << 10;
const SEND_MESSAGES: u64 = 1 << 11;
const EMBED_LINKS: u64 = 1 << 14;
const ATTACH_FILES: u64 = 1 << 15;
const READ_MESSAGE_HISTORY: u64 = 1 << 16;
const MENTION_EVERYONE: u64 = 1 << 17;
const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;

/// What is needed to see a channel.
pub const TO_VIEW: Need = Need {
    bit: VIEW_CHANNEL,
    name: "View Channel",
    why: "to see it",
};
/// What is needed to post in a channel.
const TO_POST: [Need; 4] = [
    TO_VIEW,
    Need {
        bit: SEND_MESSAGES,
        name: "Send Messages",
        why: "to post",
    },
    Need {
        bit: EMBED_LINKS,
        name: "Embed Links",
        why: "to show details",
    },
    Need {
        bit: READ_MESSAGE_HISTORY,
        name: "Read Message History",
        why: "to find out after a crash what was posted already, so that nothing is posted twice",
    },
];
/// What is needed to post in a thread, instead of [`SEND_MESSAGES`]; in a forum beside it.
pub(super) const IN_THREADS: Need = Need {
    bit: SEND_MESSAGES_IN_THREADS,
    name: "Send Messages in Threads",
    why: "to post",
};
/// What is needed to ping a role that does not let itself be pinged by everybody.
pub const TO_PING: Need = Need {
    bit: MENTION_EVERYONE,
    name: "Mention @everyone, @here and All Roles",
    why: "to ping",
};

/// What the link that invites the bot asks for.
pub const INVITE: Permissions = Permissions(
    VIEW_CHANNEL
        | SEND_MESSAGES
        | EMBED_LINKS
        | ATTACH_FILES
        | READ_MESSAGE_HISTORY
        | SEND_MESSAGES_IN_THREADS,
);

/// What kind of channel it is, as far as that matters for posts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// Text, or the chat of a voice channel.
    Text,
    /// Its messages can be published to those who follow it.
    Announcement,
    /// A thread of one of them.
    Thread,
    /// It has threads only.
    Forum,
    /// A direct message.
    Direct,
    /// A category, or something else that takes no messages.
    Other,
}

impl ChannelKind {
    /// The kind that Discord's number stands for.
    pub fn of(number: u64) -> Self {
        match number {
            0 | 2 | 13 => Self::Text,
            5 => Self::Announcement,
            10..=12 => Self::Thread,
            15 | 16 => Self::Forum,
            1 | 3 => Self::Direct,
            _ => Self::Other,
        }
    }
}

/// What is needed to post in a channel of that kind.
pub fn to_post(channel: ChannelKind) -> Vec<Need> {
    match channel {
        ChannelKind::Direct => Vec::new(),
        ChannelKind::Thread => TO_POST
            .map(|need| match need.bit {
                SEND_MESSAGES => IN_THREADS,
                _ => need,
            })
            .into(),
        ChannelKind::Forum => TO_POST.into_iter().chain([IN_THREADS]).collect(),
        _ => TO_POST.into(),
    }
}

impl Permissions {
    /// Whether all of these bits are in it.
    pub fn has(self, bits: u64) -> bool {
        self.0 & ADMINISTRATOR != 0 || self.0 & bits == bits
    }

    /// Which of some needs are not met.
    pub fn lacking(self, needs: impl IntoIterator<Item = Need>) -> Vec<Need> {
        let needs = needs.into_iter();
        needs.filter(|need| !self.has(need.bit)).collect()
    }

    /// What is lacking to post in a channel of that kind.
    pub fn missing(self, channel: ChannelKind) -> Vec<Need> {
        self.lacking(to_post(channel))
    }

    /// What a member has in a channel: the server with its roles and owner, the member's roles,
    /// and the overwrites of the channel, for a thread those of the channel it is in. All as
    /// Discord describes them.
    pub fn in_channel(guild: &Value, roles: &Value, member: &Value, channel: &Value) -> Self {
        let user = &member["user"]["id"];
        if guild["owner_id"] == *user {
            return Self(u64::MAX);
        }
        let mine: Vec<&Value> = list(&member["roles"]).collect();
        let everyone = &guild["id"];
        let of_roles =
            list(roles).filter(|role| role["id"] == *everyone || mine.contains(&&role["id"]));
        let base = of_roles.fold(0, |bits, role| bits | number(&role["permissions"]));
        if base & ADMINISTRATOR != 0 {
            return Self(u64::MAX);
        }
        let overwrites: Vec<&Value> = list(&channel["permission_overwrites"]).collect();
        let sum = |is_meant: &dyn Fn(&Value) -> bool| {
            overwrites
                .iter()
                .filter(|it| is_meant(it))
                .fold((0, 0), |(allow, deny), it| {
                    (allow | number(&it["allow"]), deny | number(&it["deny"]))
                })
        };
        let is_role = |it: &Value| number(&it["type"]) == 0;
        let mut bits = base;
        // First everybody's, then those of the roles together, then one's own.
        for (allow, deny) in [
            sum(&|it| is_role(it) && it["id"] == *everyone),
            sum(&|it| is_role(it) && it["id"] != *everyone && mine.contains(&&it["id"])),
            sum(&|it| !is_role(it) && it["id"] == *user),
        ] {
            bits = bits & !deny | allow;
        }
        if bits & VIEW_CHANNEL == 0 {
            return Self(0);
        }
        Self(bits)
    }
}

/// Bits, which Discord writes as text; small numbers as numbers.
fn number(value: &Value) -> u64 {
    let text = value.as_str().and_then(|it| it.parse().ok());
    text.or_else(|| value.as_u64()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{
        ADMINISTRATOR, ATTACH_FILES, ChannelKind, EMBED_LINKS, IN_THREADS, INVITE, Permissions,
        SEND_MESSAGES, SEND_MESSAGES_IN_THREADS, VIEW_CHANNEL,
    };
    use serde_json::{Value, json};

    fn bits(everyone: u64, role: u64, overwrites: &Value) -> u64 {
        let guild = json!({ "id": "1", "owner_id": "9" });
        let roles = json!([
            { "id": "1", "permissions": everyone.to_string() },
            { "id": "2", "permissions": role.to_string() },
            { "id": "3", "permissions": (1_u64 << 30).to_string() },
        ]);
        let member = json!({ "user": { "id": "7" }, "roles": ["2"] });
        let channel = json!({ "permission_overwrites": overwrites });
        Permissions::in_channel(&guild, &roles, &member, &channel).0
    }

    #[test]
    fn roles_add_up_and_overwrites_go_from_all_to_one() {
        let view = VIEW_CHANNEL;
        assert_eq!(bits(view, SEND_MESSAGES, &json!([])), view | SEND_MESSAGES);
        let overwrites = json!([
            { "id": "7", "type": 1, "allow": SEND_MESSAGES.to_string(), "deny": "0" },
            { "id": "2", "type": 0, "allow": "0", "deny": SEND_MESSAGES.to_string() },
            { "id": "1", "type": 0, "allow": EMBED_LINKS.to_string(), "deny": "0" },
            { "id": "3", "type": 0, "allow": ATTACH_FILES.to_string(), "deny": view.to_string() },
        ]);
        let all = view | SEND_MESSAGES | EMBED_LINKS;
        assert_eq!(bits(view, SEND_MESSAGES, &overwrites), all);
    }

    #[test]
    fn who_does_not_see_a_channel_can_do_nothing_there() {
        let hidden = json!([{ "id": "1", "type": 0, "allow": "0", "deny": "1024" }]);
        assert_eq!(bits(VIEW_CHANNEL, SEND_MESSAGES, &hidden), 0);
        let missing = Permissions(0).missing(ChannelKind::Text);
        let names: Vec<_> = missing.iter().map(|need| need.name).collect();
        assert_eq!(
            names,
            [
                "View Channel",
                "Send Messages",
                "Embed Links",
                "Read Message History"
            ]
        );
    }

    #[test]
    fn administrators_may_do_all_and_threads_have_a_bit_of_their_own() {
        assert_eq!(bits(ADMINISTRATOR, 0, &json!([])), u64::MAX);
        let in_text = Permissions(INVITE.0 & !SEND_MESSAGES_IN_THREADS);
        assert_eq!(in_text.missing(ChannelKind::Text), []);
        assert_eq!(in_text.missing(ChannelKind::Thread), [IN_THREADS]);
        assert_eq!(in_text.missing(ChannelKind::Forum), [IN_THREADS]);
        assert_eq!(in_text.missing(ChannelKind::Direct), []);
    }
}
