//! Looks whether everything that Docket needs of Discord is there: the token, the application, the
//! clock, each channel with what the bot may do in it. Says what to do about what is not.

use super::directory::Directory;
use super::gateway::IDENTIFIES_SPARED;
use super::permission::{ChannelKind, INVITE, TO_PING};
use super::rest::{Call, Meaning, Rest, Trouble};
use super::value::text;
use crate::domain::{Subscription, Target, Timestamp};
use crate::engine::{SKEW_MAX, doubt};

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub what: String,
    /// How it is.
    pub how: String,
    /// What to do, if it is not as it should be.
    pub help: Option<String>,
}

impl Finding {
    /// Something that is as it should be.
    pub fn good(what: impl Into<String>, how: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            how: how.into(),
            help: None,
        }
    }

    /// Something that is not.
    pub fn bad(what: impl Into<String>, how: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..Self::good(what, how)
        }
    }
}

/// The link by which a server takes the bot in, with exactly the permissions that it needs.
///
/// # Errors
/// If Discord cannot be asked which application it is.
pub async fn invite(rest: &Rest) -> Result<String, Trouble> {
    let application = rest.call(Call::get("/applications/@me")).await?;
    Ok(format!(
        "https://discord.com/oauth2/authorize?client_id={}&scope=bot+applications.commands\
         &permissions={}",
        text(&application["id"]),
        INVITE.0
    ))
}

/// Looks at the token, the application, the clock and every channel of an audience. `now` is what
/// the clock of this machine says.
pub async fn examine(
    rest: &Rest,
    audience: &[Subscription],
    now: fn() -> Timestamp,
) -> Vec<Finding> {
    let mut found = Vec::new();
    match rest.call(Call::get("/users/@me")).await {
        Ok(user) => found.push(Finding::good(
            "token",
            format!("of {}", text(&user["username"])),
        )),
        Err(trouble) => {
            found.push(token_trouble(&trouble));
            return found;
        }
    }
    found.push(gateway(rest).await);
    found.push(clock(rest, now).await);
    let directory = Directory::new(rest.clone());
    for to in audience {
        if let Some(Target::Channel(channel)) = Target::parse(&to.id) {
            found.push(self::channel(&directory, &channel, to).await);
        }
    }
    found
}

fn token_trouble(trouble: &Trouble) -> Finding {
    let help = match trouble {
        Trouble::Refused(refused) if refused.meaning() == Meaning::Unauthorized => {
            "reset the token on the Bot page of the application, and give the new one with \
             `DISCORD_TOKEN`"
        }
        Trouble::Refused(_) => "read what Discord says, and try again",
        Trouble::Unsent(_) | Trouble::Unknown(_) => {
            "look at the network, and at `DISCORD_API_URL` if it is set"
        }
    };
    Finding::bad("token", trouble.to_string(), help)
}

async fn gateway(rest: &Rest) -> Finding {
    match rest.call(Call::get("/gateway/bot")).await {
        Ok(info) => {
            let limit = &info["session_start_limit"];
            let count = |name: &str| limit[name].as_u64().unwrap_or_default();
            let how = format!(
                "{} of {} starts left today",
                count("remaining"),
                count("total")
            );
            if count("remaining") < IDENTIFIES_SPARED {
                let help = "find out why it starts so often. Until there are more it answers no \
                            commands, but posts: Discord takes the token away when none are left";
                return Finding::bad("gateway", how, help);
            }
            Finding::good("gateway", how)
        }
        Err(trouble) => Finding::bad("gateway", trouble.to_string(), "try again in a minute"),
    }
}

async fn clock(rest: &Rest, now: fn() -> Timestamp) -> Finding {
    match rest.time().await {
        Ok(theirs) => match (doubt(now(), theirs), theirs) {
            (Some(doubt), _) => Finding::bad(
                "clock",
                doubt.to_string(),
                format!(
                    "set it, best by NTP: nothing is posted while it is more than {} minutes off",
                    SKEW_MAX.num_minutes()
                ),
            ),
            (None, Some(_)) => Finding::good("clock", "agrees with Discord's"),
            (None, None) => Finding::good("clock", "Discord does not say what time it is"),
        },
        Err(trouble) => Finding::bad("clock", trouble.to_string(), "look at the network"),
    }
}

async fn channel(directory: &Directory, id: &str, to: &Subscription) -> Finding {
    let what = format!("channel {id}");
    let found = match directory.channel(id).await {
        Ok(found) => found,
        Err(trouble) => {
            let help = "invite the bot to its server with `docket invite`, let it see the channel, \
                        or correct the id";
            return Finding::bad(what, trouble.to_string(), help);
        }
    };
    let what = format!("channel #{} ({id})", found.name);
    if matches!(found.kind, ChannelKind::Other | ChannelKind::Direct) {
        let help = "name a text, announcement or forum channel, or a thread";
        return Finding::bad(what, "takes no posts", help);
    }
    let missing: Vec<_> = found
        .permissions
        .missing(found.kind)
        .iter()
        .map(|need| format!("{} ({})", need.name, need.why))
        .collect();
    if !missing.is_empty() {
        let how = format!("lacks {}", missing.join(", "));
        return Finding::bad(what, how, "give the bot's role these permissions there");
    }
    if let (Some(server), false) = (&found.server, found.permissions.has(TO_PING.bit)) {
        let roles = directory.roles(server).await.unwrap_or_default();
        for role in to.mention.iter().filter_map(|it| it.strip_prefix("role:")) {
            let known = roles.iter().find(|it| it["id"] == *role);
            let how = match known {
                None => format!("there is no role {role} to ping"),
                Some(role) if role["mentionable"] != true => {
                    format!("@{} does not let itself be pinged", text(&role["name"]))
                }
                Some(_) => continue,
            };
            let help = format!(
                "let everybody mention the role, or give the bot {}",
                TO_PING.name
            );
            return Finding::bad(what, how, help);
        }
    }
    Finding::good(what, "can be posted to")
}
