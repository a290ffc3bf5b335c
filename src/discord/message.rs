//! A message as a value, and its JSON: text, one embed, rows of buttons and selects, files, and
//! who is pinged. Knows Discord's format and nothing of deadlines.

use super::limits;
use serde_json::{Map, Value, json};

/// A message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The text above the embed, in markdown: all that a lock screen shows.
    pub content: String,
    /// The box below it.
    pub embed: Option<Embed>,
    /// What can be pressed.
    pub rows: Vec<Row>,
    /// What is attached, to be sent with it.
    pub files: Vec<File>,
    /// Who is pinged, if the content names them. Nobody else is.
    pub mentions: Mentions,
    /// Whether it arrives without a sound.
    pub is_silent: bool,
}

/// The box of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Embed {
    /// The colour of its edge, as `0xRRGGBB`.
    pub color: u32,
    /// A small line above the title, without markdown.
    pub author: Option<String>,
    /// Its title.
    pub title: String,
    /// Where the title leads.
    pub url: Option<String>,
    /// What it says, in markdown.
    pub description: String,
    /// Texts with a heading.
    pub fields: Vec<Block>,
    /// The name of the attached picture that it shows.
    pub picture: Option<String>,
    /// A small line at its end, without markdown.
    pub footer: Option<String>,
}

/// A text with a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The heading.
    pub name: String,
    /// The text, in markdown.
    pub value: String,
    /// Whether the next one may stand beside it.
    pub is_short: bool,
}

/// A row of what can be pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Up to five buttons.
    Buttons(Vec<Button>),
    /// One select.
    Select(Select),
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// A sign before that.
    pub emoji: Option<&'static str>,
    /// What it does.
    pub action: OnPress,
    /// Whether it is grey and cannot be pressed.
    pub is_disabled: bool,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnPress {
    /// It comes back with this state.
    Ask(String),
    /// It opens this address.
    Open(String),
}

/// A list to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Select {
    /// The state that it comes back with.
    pub custom_id: String,
    /// What it says while nothing is chosen.
    pub placeholder: String,
    /// What can be chosen.
    pub options: Vec<Choice>,
    /// How many can be chosen at once.
    pub most: usize,
}

/// One entry of a select.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What stands there.
    pub label: String,
    /// What it comes back as.
    pub value: String,
    /// A small line below it.
    pub description: Option<String>,
    /// Whether it is chosen already.
    pub is_chosen: bool,
}

/// A file that is sent with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What it is called.
    pub name: String,
    /// What it shows, for those who cannot see it.
    pub alt: Option<String>,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Who is pinged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Whether everybody is.
    pub everyone: bool,
    /// These roles.
    pub roles: Vec<String>,
    /// These users.
    pub users: Vec<String>,
}

impl Message {
    /// A message of text alone.
    pub fn text(content: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            ..Self::default()
        }
    }

    /// With this row below, unless it is empty.
    #[must_use]
    pub fn row(mut self, row: Row) -> Self {
        let is_empty = match &row {
            Row::Buttons(buttons) => buttons.is_empty(),
            Row::Select(select) => select.options.is_empty(),
        };
        if !is_empty {
            self.rows.push(row);
        }
        self
    }

    /// The body of a request that creates or edits it, within Discord's limits. Says all that
    /// could be left out, so that an edit removes what is gone.
    pub fn json(&self) -> Value {
        let message = limits::fit(self.clone());
        let files = message.files.iter().enumerate();
        let attachments = files.map(|(id, file)| {
            let mut json = json!({ "id": id, "filename": file.name });
            if let Some(alt) = &file.alt {
                json["description"] = json!(alt);
            }
            json
        });
        let mut json = json!({
            "content": message.content,
            "embeds": message.embed.iter().map(Embed::json).collect::<Vec<_>>(),
            "components": message.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "allowed_mentions": message.mentions.json(),
            "attachments": attachments.collect::<Vec<_>>(),
        });
        if message.is_silent {
            json["flags"] = json!(SUPPRESS_NOTIFICATIONS);
        }
        json
    }
}

/// The body of a request that makes a message once: while Discord remembers the nonce, a repeated
/// request makes no second one.
pub(super) fn once(mut body: Value, nonce: &str) -> Value {
    body["nonce"] = json!(nonce);
    body["enforce_nonce"] = json!(true);
    body
}

/// The flag of a message that arrives without a sound.
pub const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
/// The flag of an answer that only the one who asked sees.
pub const EPHEMERAL: u64 = 1 << 6;

impl Embed {
    fn json(&self) -> Value {
        let mut json = Map::new();
        let mut put = |key: &str, value: Value| {
            json.insert(key.to_owned(), value);
        };
        put("color", json!(self.color));
        if let Some(author) = &self.author {
            put("author", json!({ "name": author }));
        }
        if !self.title.is_empty() {
            put("title", json!(self.title));
        }
        if let Some(url) = &self.url {
            put("url", json!(url));
        }
        if !self.description.is_empty() {
            put("description", json!(self.description));
        }
        let field =
            |it: &Block| json!({ "name": it.name, "value": it.value, "inline": it.is_short });
        if !self.fields.is_empty() {
            put("fields", self.fields.iter().map(field).collect());
        }
        if let Some(name) = &self.picture {
            put("image", json!({ "url": format!("attachment://{name}") }));
        }
        if let Some(footer) = &self.footer {
            put("footer", json!({ "text": footer }));
        }
        Value::Object(json)
    }
}

impl Row {
    fn json(&self) -> Value {
        let components: Vec<_> = match self {
            Self::Buttons(buttons) => buttons.iter().map(Button::json).collect(),
            Self::Select(select) => vec![select.json()],
        };
        json!({ "type": 1, "components": components })
    }
}

impl Button {
    /// A button that comes back.
    pub fn press(label: &str, emoji: &'static str, custom_id: String) -> Self {
        Self {
            label: label.to_owned(),
            emoji: Some(emoji),
            action: OnPress::Ask(custom_id),
            is_disabled: false,
        }
    }

    /// A button that opens an address of the web; none if the address is not one that Discord
    /// takes.
    pub fn open(label: &str, url: &str) -> Option<Self> {
        let url = super::text::web_address(url, limits::BUTTON_URL_MAX)?;
        Some(Self {
            label: label.to_owned(),
            emoji: None,
            action: OnPress::Open(url),
            is_disabled: false,
        })
    }

    fn json(&self) -> Value {
        let mut json = match &self.action {
            OnPress::Ask(id) => json!({ "type": 2, "style": 2, "custom_id": id }),
            OnPress::Open(url) => json!({ "type": 2, "style": 5, "url": url }),
        };
        json["label"] = json!(self.label);
        if let Some(emoji) = self.emoji {
            json["emoji"] = json!({ "name": emoji });
        }
        if self.is_disabled {
            json["disabled"] = json!(true);
        }
        json
    }
}

impl Select {
    fn json(&self) -> Value {
        let option = |it: &Choice| {
            let mut json = json!({ "label": it.label, "value": it.value });
            if let Some(description) = &it.description {
                json["description"] = json!(description);
            }
            if it.is_chosen {
                json["default"] = json!(true);
            }
            json
        };
        json!({
            "type": 3,
            "custom_id": self.custom_id,
            "placeholder": self.placeholder,
            "options": self.options.iter().map(option).collect::<Vec<_>>(),
            "min_values": 1,
            "max_values": self.most,
        })
    }
}

impl Mentions {
    /// Those that a subscription names: `role:ID`, `user:ID`, `everyone`, `here`.
    pub fn of(mention: &[String]) -> Self {
        let mut mentions = Self::default();
        for name in mention {
            if let Some(id) = name.strip_prefix("role:") {
                mentions.roles.push(id.to_owned());
            } else if let Some(id) = name.strip_prefix("user:") {
                mentions.users.push(id.to_owned());
            } else {
                mentions.everyone = true;
            }
        }
        // Discord refuses a list that names somebody twice.
        mentions.roles.sort();
        mentions.roles.dedup();
        mentions.users.sort();
        mentions.users.dedup();
        mentions
    }

    /// The words that ping those that a subscription names: `<@&…>` for a role.
    pub fn words(mention: &[String]) -> String {
        let words = mention.iter().map(|name| match name.split_once(':') {
            Some(("role", id)) => format!("<@&{id}>"),
            Some((_, id)) => format!("<@{id}>"),
            None => format!("@{name}"),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    fn json(&self) -> Value {
        let parse: &[&str] = if self.everyone { &["everyone"] } else { &[] };
        let mut json = json!({ "parse": parse });
        if !self.roles.is_empty() {
            json["roles"] = json!(self.roles);
        }
        if !self.users.is_empty() {
            json["users"] = json!(self.users);
        }
        json
    }
}
