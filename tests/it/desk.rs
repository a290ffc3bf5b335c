//! The real bot at a desk: its folder, a server on the double of Discord, and somebody who manages
//! that server.

use crate::bot::{Bot, LOG, WATCHING, bot, wait_until};
use crate::double::Double;
use crate::double::ask::Reply;
use crate::double::message::Message;
use crate::double::permissions::Permissions;
use crate::double::snowflake::Snowflake;
use crate::double::world::Kind;
use crate::support::Folder;
use chrono::TimeDelta;
use docket::domain::{Follow, Stage};
use rusqlite::Connection;
use serde_json::json;
use std::process::Command;

/// What is logged of each edit that is taken.
const EDITED: &str = "the edit is in force";

/// A server with a channel, and the bot's folder.
pub(crate) struct Desk {
    pub(crate) double: Double,
    pub(crate) folder: Folder,
    pub(crate) guild: Snowflake,
    pub(crate) channel: Snowflake,
    /// Somebody who may manage the server.
    pub(crate) ada: Snowflake,
    /// Who runs the bot.
    pub(crate) operator: Snowflake,
}

/// A record with one deadline, far off.
pub(crate) const TRUCE: &str = "[[deadline]]\nid = \"truce\"\ntitle = \"The truce ends\"\ndue = 2099-11-10\n\
     announced = 2025-08-11\ntopics = [\"tariffs\"]\nstanding = \"published\"\n";

/// What moves its due.
pub(crate) fn revision(due: &str) -> String {
    format!(
        "[[deadline.revision]]\ndue = {due}\nannounced = 2025-10-01\ninstrument = \"EO {due}\"\n\
         standing = \"signed\"\nsources = [{{ title = \"S\", url = \"https://example.org/s\" }}]\n"
    )
}

impl Desk {
    /// A new one, with nothing in its folder.
    pub(crate) fn new() -> Self {
        let double = Double::start();
        let (guild, channel, ada, operator) = double.world(|world| {
            let guild = world.add_guild("Trade desk");
            let channel = world.add_channel(guild, Kind::Text, "deadlines");
            let ada = world.add_member(guild, "ada");
            let managers = world.add_role(guild, "managers");
            world.role(guild, managers).permissions = Permissions::MANAGE_GUILD;
            world.grant(guild, ada, managers);
            (guild, channel, ada, world.add_member(guild, "operator"))
        });
        Self {
            double,
            folder: Folder::new(),
            guild,
            channel,
            ada,
            operator,
        }
    }

    /// The record with the channel in it.
    pub(crate) fn followed(&self, text: &str) -> String {
        with_channels(text, &[self.channel])
    }

    /// Saves the record.
    pub(crate) fn write(&self, text: &str) {
        self.folder.write("deadlines.toml", text);
    }

    /// The bot, to be started.
    pub(crate) fn command(&self) -> Command {
        let mut command = bot(&self.folder);
        let operator = self.operator.to_string();
        on_double(&mut command, &self.double).env("DOCKET_OPERATORS", operator);
        command
    }

    /// Starts the bot, and waits until its record is in force and the gateway is up.
    pub(crate) fn start(&self) -> Bot {
        let begun = self.folder.logged(WATCHING);
        let bot = Bot::start_as(&self.folder, &mut self.command());
        self.folder.until_logged(WATCHING, begun + 1);
        self.folder.until_logged("the record is in force", 1);
        self.double
            .wait_for("the gateway", |state| state.gateway.is_up().then_some(()));
        bot
    }

    /// All that the bot has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path(LOG)).unwrap_or_default()
    }

    /// The messages of the channel, once there are so many.
    pub(crate) fn posts(&self, count: usize) -> Vec<Message> {
        self.double.wait_for("posts", |state| {
            Some(state.messages(self.channel)).filter(|it| it.len() >= count)
        })
    }

    /// More channels in the server.
    pub(crate) fn channels<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<Snowflake> {
        self.double.world(|world| {
            let add = |name| world.add_channel(self.guild, Kind::Text, name);
            names.map(add).collect()
        })
    }

    /// Saves the record, and waits until it is in force.
    #[track_caller]
    pub(crate) fn edit(&self, text: &str) {
        let before = self.folder.logged(EDITED);
        self.folder.replace("deadlines.toml", text);
        self.folder.until_logged(EDITED, before + 1);
    }

    /// Somebody of the server who may do nothing special.
    pub(crate) fn member(&self, name: &str) -> Snowflake {
        self.double
            .world(|world| world.add_member(self.guild, name))
    }

    /// Waits until the ledger says of so many posts that they are there.
    #[track_caller]
    pub(crate) fn until_recorded(&self, count: usize) {
        wait_until("posts are recorded", || {
            let ledger = self.folder.ledger().into_iter();
            ledger.filter(|it| it.stage == Stage::Sent).count() >= count
        });
    }

    /// What somebody was written directly, once there are so many messages.
    #[track_caller]
    pub(crate) fn direct(&self, user: Snowflake, count: usize) -> Vec<Message> {
        let direct = self.double.world(|world| world.direct(user));
        self.double.wait_for("direct messages", |state| {
            Some(state.messages(direct)).filter(|it| it.len() >= count)
        })
    }

    /// Has all that the ledger knows be so much longer ago, as if the bot had stood still since.
    pub(crate) fn let_pass(&self, time: TimeDelta) {
        let ledger = Connection::open(self.folder.path("docket.db")).expect("a ledger");
        for column in [
            "planning SET cursor_ms = cursor_ms",
            "subscriptions SET since_ms = since_ms",
            "seen_dues SET at_ms = at_ms",
        ] {
            let sql = format!("UPDATE {column} - {}", time.num_milliseconds());
            ledger.execute(&sql, []).expect("a ledger");
        }
        let mut statement = ledger
            .prepare("SELECT id, follow FROM subscriptions WHERE follow IS NOT NULL")
            .expect("a ledger");
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        let rows: Result<Vec<(String, String)>, _> = rows.expect("a ledger").collect();
        for (id, follow) in rows.expect("a ledger") {
            let mut follow: Follow = serde_json::from_str(&follow).expect("a follow");
            for at in &mut follow.snoozed {
                *at -= time;
            }
            let follow = serde_json::to_string(&follow).expect("JSON");
            let sql = "UPDATE subscriptions SET follow = ?2 WHERE id = ?1";
            ledger.execute(sql, [id, follow]).expect("a ledger");
        }
    }
}

/// Has a command speak to the double instead of Discord.
pub(crate) fn on_double<'a>(command: &'a mut Command, double: &Double) -> &'a mut Command {
    command
        .env("DISCORD_TOKEN", double.token())
        .env("DISCORD_API_URL", double.url())
}

/// A record with these channels in it.
pub(crate) fn with_channels(text: &str, channels: &[Snowflake]) -> String {
    let channels = channels
        .iter()
        .map(|id| format!("[[channel]]\nid = \"{id}\"\n"));
    text.to_owned() + &channels.collect::<String>()
}

/// All that a reply shows, in one text.
pub(crate) fn shown(reply: &Reply) -> String {
    match &reply.message {
        Some(message) => all_of(message),
        None => reply.data.to_string(),
    }
}

/// All that a message shows, in one text.
pub(crate) fn all_of(message: &Message) -> String {
    let files: Vec<_> = message.attachments.iter().map(|it| &it.name).collect();
    let (embeds, components) = (&message.embeds, &message.components);
    let parts = json!([message.content, embeds, components, files]);
    parts.to_string()
}

/// The ids of what can be pressed below a message.
pub(crate) fn custom_ids(message: &Message) -> Vec<String> {
    let rows = message.components.iter();
    let inside = rows.flat_map(|row| row["components"].as_array().into_iter().flatten());
    let ids = inside.filter_map(|it| it["custom_id"].as_str());
    ids.map(str::to_owned).collect()
}

impl Drop for Desk {
    #[expect(
        clippy::print_stderr,
        reason = "whoever reads why a test failed wants to see it"
    )]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the bot says:\n{}", self.log());
        }
    }
}
