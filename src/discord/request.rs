//! What somebody asks for, as plain data: a command with its options, a letter typed, a button.
//!
//! Read from the JSON of an interaction as Discord sends it. What is asked for more than that it
//! can be read is for others to judge.

use super::permission::{ChannelKind, Permissions};
use super::value::{list, text};
use serde_json::Value;

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The id of the user.
    pub user: String,
    /// The id of the server that it was asked in, if in one.
    pub server: Option<String>,
    /// What the user may do in the channel.
    pub rights: Permissions,
    /// What is asked.
    pub ask: Ask,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A command, by its name and those of its subcommands.
    Command {
        /// The names, outermost first.
        path: Vec<String>,
        /// What was filled in.
        options: Options,
    },
    /// Proposals for what is being typed.
    Complete {
        /// The names of the command, outermost first.
        path: Vec<String>,
        /// What was filled in so far.
        options: Options,
        /// The option that is being typed.
        focused: String,
    },
    /// A button or select.
    Press {
        /// What it carries.
        custom_id: String,
        /// What was chosen.
        values: Vec<String>,
        /// Whether it stands below an answer that only the user sees.
        is_private: bool,
    },
    /// Something that this program never offers.
    Other,
}

/// The options of a command that were filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options(Vec<(String, Filled)>);

/// What an option was filled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filled {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// A channel.
    Channel {
        /// Its id.
        id: String,
        /// Its kind.
        kind: ChannelKind,
        /// What this program may do there, if Discord says so.
        own_rights: Option<Permissions>,
    },
    /// A user, by the id.
    User(String),
    /// A role.
    Role {
        /// Its id.
        id: String,
        /// Whether everybody may ping it.
        is_mentionable: bool,
    },
}

impl Options {
    /// Options by their names.
    pub fn new(filled: impl IntoIterator<Item = (String, Filled)>) -> Self {
        Self(filled.into_iter().collect())
    }

    /// What an option was filled with.
    pub fn get(&self, name: &str) -> Option<&Filled> {
        let found = self.0.iter().find(|(its, _)| its == name);
        found.map(|(_, filled)| filled)
    }

    /// The text of an option, without blanks around it; none if there is none.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Filled::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// Whether an option was filled with yes or no.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Filled::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The number of an option.
    pub fn number(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Filled::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl Request {
    /// The request of an interaction. None if it is no interaction of a user.
    pub fn of_json(interaction: &Value) -> Option<Self> {
        let member = &interaction["member"];
        let user = member["user"]["id"]
            .as_str()
            .or_else(|| interaction["user"]["id"].as_str())?;
        let data = &interaction["data"];
        let ask = match interaction["type"].as_u64()? {
            2 => {
                let (path, options, _) = command(data);
                Ask::Command { path, options }
            }
            3 => Ask::Press {
                custom_id: text(&data["custom_id"]),
                values: list(&data["values"]).map(text).collect(),
                is_private: interaction["message"]["flags"].as_u64().unwrap_or(0)
                    & super::message::EPHEMERAL
                    != 0,
            },
            4 => {
                let (path, options, focused) = command(data);
                let focused = focused.unwrap_or_default();
                Ask::Complete {
                    path,
                    options,
                    focused,
                }
            }
            _ => Ask::Other,
        };
        Some(Self {
            user: user.to_owned(),
            server: interaction["guild_id"].as_str().map(str::to_owned),
            rights: rights(&member["permissions"]).unwrap_or(Permissions(0)),
            ask,
        })
    }
}

/// The names of a command, its options, and which of them is being typed.
fn command(data: &Value) -> (Vec<String>, Options, Option<String>) {
    const SUBCOMMANDS: [u64; 2] = [1, 2];
    let mut path = vec![text(&data["name"])];
    let mut options = &data["options"];
    while let Some(inner) = list(options).next() {
        if !SUBCOMMANDS.contains(&inner["type"].as_u64().unwrap_or(0)) {
            break;
        }
        path.push(text(&inner["name"]));
        options = &inner["options"];
    }
    let filled = list(options)
        .filter_map(|option| Some((text(&option["name"]), filled(option, &data["resolved"])?)));
    let focused = list(options).find(|option| option["focused"] == true);
    let focused = focused.map(|option| text(&option["name"]));
    (path, Options::new(filled), focused)
}

fn filled(option: &Value, resolved: &Value) -> Option<Filled> {
    let value = &option["value"];
    let id = || value.as_str().map(str::to_owned);
    Some(match option["type"].as_u64()? {
        // While it is being typed a number comes as a text.
        4 => match value.as_i64() {
            Some(number) => Filled::Number(number),
            None => Filled::Text(text(value)),
        },
        5 => Filled::Flag(value.as_bool()?),
        7 => {
            let id = id()?;
            let channel = &resolved["channels"][&id];
            Filled::Channel {
                kind: ChannelKind::of(channel["type"].as_u64().unwrap_or(0)),
                own_rights: rights(&channel["app_permissions"]),
                id,
            }
        }
        6 | 8 | 9 => {
            let id = id()?;
            match &resolved["roles"][&id] {
                Value::Null => Filled::User(id),
                role => Filled::Role {
                    is_mentionable: role["mentionable"] == true,
                    id,
                },
            }
        }
        _ => Filled::Text(text(value)),
    })
}

/// Rights, which Discord sends as a number in a text.
fn rights(value: &Value) -> Option<Permissions> {
    value.as_str()?.parse().ok().map(Permissions)
}
