//! Whom a message pings: what its text names, less what `allowed_mentions` and permissions forbid.
//!
//! Mentions in code blocks count as well: a bot that relies on a backtick to keep quiet is caught.

use crate::double::message::Pings;
use crate::double::permissions::Permissions;
use crate::double::snowflake::Snowflake;
use crate::double::world::{Channel, World};
use serde_json::Value;
use std::collections::BTreeSet;

/// What may be pinged where a body does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsaid {
    /// Messages ping whatever they name.
    All,
    /// Answers to interactions ping users alone.
    Users,
}

impl World {
    /// Whom the bot pings with a body in a channel.
    pub(crate) fn pings(&self, channel: &Channel, body: &Value, unsaid: Unsaid) -> Pings {
        let text = texts(body);
        let allowed = Allowed::of(&body["allowed_mentions"], unsaid);
        let may = self.permissions(self.bot, channel);
        let may_ping_all = may.contains(Permissions::MENTION_EVERYONE);
        let roles = channel.guild.and_then(|it| self.guilds.get(&it));
        let is_pingable = |id: &Snowflake| {
            let role = roles.and_then(|guild| guild.roles.get(id));
            role.is_some_and(|role| role.is_mentionable || may_ping_all)
        };
        let names_all = text.contains("@everyone") || text.contains("@here");
        Pings {
            everyone: names_all && allowed.everyone && may_ping_all,
            users: kept(named(&text, &["<@", "<@!"]), &allowed.users, |id| {
                self.users.contains_key(id)
            }),
            roles: kept(named(&text, &["<@&"]), &allowed.roles, is_pingable),
        }
    }
}

/// Which of a sort may be pinged.
enum Whom {
    Any,
    These(BTreeSet<Snowflake>),
}

struct Allowed {
    everyone: bool,
    users: Whom,
    roles: Whom,
}

impl Allowed {
    fn of(body: &Value, unsaid: Unsaid) -> Self {
        let is_unsaid = body.is_null();
        let parses = |word: &str| {
            let parse = body["parse"].as_array();
            let says = parse.is_some_and(|it| it.iter().any(|it| it == word));
            says || is_unsaid && (unsaid == Unsaid::All || word == "users")
        };
        let sort = |word: &str| {
            if parses(word) {
                return Whom::Any;
            }
            let ids = body[word].as_array().into_iter().flatten();
            Whom::These(ids.filter_map(|id| id.as_str()?.parse().ok()).collect())
        };
        Self {
            everyone: parses("everyone"),
            users: sort("users"),
            roles: sort("roles"),
        }
    }
}

fn kept(
    named: BTreeSet<Snowflake>,
    allowed: &Whom,
    exists: impl Fn(&Snowflake) -> bool,
) -> BTreeSet<Snowflake> {
    let may = |id: &Snowflake| match allowed {
        Whom::Any => true,
        Whom::These(ids) => ids.contains(id),
    };
    named
        .into_iter()
        .filter(|id| may(id) && exists(id))
        .collect()
}

/// The ids that stand between one of the openings and `>`.
fn named(text: &str, openings: &[&str]) -> BTreeSet<Snowflake> {
    let after = |opening: &&str| text.split(*opening).skip(1).collect::<Vec<_>>();
    let rests = openings.iter().flat_map(after);
    rests
        .filter_map(|rest| rest.split_once('>')?.0.parse().ok())
        .collect()
}

/// `content`, and the text displays that stand in its place.
fn texts(body: &Value) -> String {
    let mut text = body["content"].as_str().unwrap_or_default().to_owned();
    let mut rest: Vec<_> = body["components"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    while let Some(component) = rest.pop() {
        if let Some(content) = component["content"].as_str() {
            text.push('\n');
            text.push_str(content);
        }
        rest.extend(component["components"].as_array().into_iter().flatten());
    }
    text
}
