//! All commands with their options, as Discord is told of them: one table.
//!
//! Names are what people type and never change. What each says about itself stands here alone, so
//! that another language is one more column.

use crate::discord::permission::MANAGE_GUILD;
use serde_json::{Value, json};

/// Who is offered a command, unless a server decides otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    /// Everybody, in servers and in direct messages.
    Everybody,
    /// Who may manage the server, and there only.
    Managers,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Text,
    /// A text with proposals while it is typed.
    Proposed,
    /// One of these words.
    Word(&'static [(&'static str, &'static str)]),
    Flag,
    /// A channel that can be posted to.
    Channel,
    /// A role or a user.
    Mentionable,
}

#[derive(Clone, Copy, Debug)]
struct Opt {
    name: &'static str,
    says: &'static str,
    kind: Kind,
    is_required: bool,
    /// The longest text.
    most: usize,
}

#[derive(Clone, Copy, Debug)]
struct Command {
    name: &'static str,
    says: &'static str,
    offered: For,
    body: Body,
}

#[derive(Clone, Copy, Debug)]
enum Body {
    Options(&'static [Opt]),
    Subcommands(&'static [(&'static str, &'static str, &'static [Opt])]),
}

const fn must(name: &'static str, says: &'static str, kind: Kind) -> Opt {
    Opt {
        name,
        says,
        kind,
        is_required: true,
        most: 100,
    }
}

const fn may(name: &'static str, says: &'static str, kind: Kind) -> Opt {
    Opt {
        is_required: false,
        ..must(name, says, kind)
    }
}

/// An option that takes several names.
const fn list(name: &'static str, says: &'static str) -> Opt {
    Opt {
        most: 400,
        ..may(name, says, Kind::Proposed)
    }
}

const SHARE: Opt = may(
    "share",
    "Show the answer to the whole channel, not only to you",
    Kind::Flag,
);
const AS_OF: Opt = may(
    "as_of",
    "As it was known at that date or time, such as 2025-09-14",
    Kind::Text,
);
const DEADLINE: Opt = must("name", "Which deadline", Kind::Proposed);

const STATES: &[(&str, &str)] = &[
    ("scheduled", "scheduled: the date lies ahead"),
    (
        "awaiting",
        "awaiting: the date has passed, no outcome is known",
    ),
    ("tbd", "tbd: no date is set"),
    ("met", "met"),
    ("lapsed", "lapsed"),
    ("superseded", "superseded"),
    ("moot", "moot"),
    ("withdrawn", "withdrawn"),
    ("all", "all of them"),
];

const IMPORTANCE: &[(&str, &str)] = &[
    ("low", "low and above: everything"),
    ("normal", "normal and above"),
    ("high", "high and above"),
    ("critical", "critical only"),
];

const COMMANDS: &[Command] = &[
    Command {
        name: "deadlines",
        says: "What falls due, soonest first",
        offered: For::Everybody,
        body: Body::Options(&[
            may("topic", "Only this topic", Kind::Proposed),
            may("party", "Only with this party", Kind::Proposed),
            may(
                "state",
                "Only in this state; open ones if left out",
                Kind::Word(STATES),
            ),
            may(
                "within",
                "Only what is due within this time, such as 30d",
                Kind::Proposed,
            ),
            SHARE,
        ]),
    },
    Command {
        name: "deadline",
        says: "One deadline: its due, how it came about, what happens if it lapses, talks, sources",
        offered: For::Everybody,
        body: Body::Options(&[DEADLINE, AS_OF, SHARE]),
    },
    Command {
        name: "talks",
        says: "Negotiations: which rounds there were and will be, where, who came, what came of them",
        offered: For::Everybody,
        body: Body::Options(&[
            may("name", "Which negotiation; all if left out", Kind::Proposed),
            SHARE,
        ]),
    },
    Command {
        name: "timeline",
        says: "A picture of the deadlines, their extensions and the talks",
        offered: For::Everybody,
        body: Body::Options(&[may("topic", "Only this topic", Kind::Proposed), SHARE]),
    },
    Command {
        name: "remind",
        says: "Have yourself reminded of a deadline by direct message",
        offered: For::Everybody,
        body: Body::Options(&[
            DEADLINE,
            must(
                "before",
                "How long before, such as 1d, or several: 7d, 1d, 1h",
                Kind::Proposed,
            ),
        ]),
    },
    Command {
        name: "reminders",
        says: "Your own reminders, to look at and to cancel",
        offered: For::Everybody,
        body: Body::Options(&[]),
    },
    Command {
        name: "calendar",
        says: "The deadlines and talks as a file for your calendar",
        offered: For::Everybody,
        body: Body::Options(&[may("topic", "Only this topic", Kind::Proposed)]),
    },
    Command {
        name: "follow",
        says: "Have a channel told of deadlines, or change what it is told",
        offered: For::Managers,
        body: Body::Options(&[
            must("channel", "Which channel", Kind::Channel),
            list(
                "topics",
                "Only these topics, with commas between; `all` for every topic",
            ),
            list(
                "parties",
                "Only with these parties, with commas between; `all` for every party",
            ),
            may(
                "importance",
                "Only what is at least so important",
                Kind::Word(IMPORTANCE),
            ),
            list(
                "leads",
                "How long before a due it is reminded, such as 7d, 1d, 1h",
            ),
            may("mention", "Whom to ping", Kind::Mentionable),
            may(
                "ping_from",
                "The longest lead that pings, such as 1d; earlier posts are silent",
                Kind::Proposed,
            ),
            may(
                "zone",
                "The readers' zone, such as Europe/Madrid",
                Kind::Proposed,
            ),
            may(
                "language",
                "The readers' language; posts are in English for now, whatever it is",
                Kind::Proposed,
            ),
            may(
                "digest",
                "A regular overview, such as monday 09:00 or daily 09:00; off for none",
                Kind::Proposed,
            ),
            may(
                "quiet",
                "Hours in which nothing is posted that can wait, such as 22:00-07:00; off for none",
                Kind::Proposed,
            ),
            may("board", "Keep one overview message up to date", Kind::Flag),
            may(
                "crosspost",
                "Publish posts to the servers that follow this announcement channel",
                Kind::Flag,
            ),
        ]),
    },
    Command {
        name: "following",
        says: "What the channels of this server are told, and whether it arrives",
        offered: For::Managers,
        body: Body::Options(&[]),
    },
    Command {
        name: "unfollow",
        says: "Have a channel told nothing any more",
        offered: For::Managers,
        body: Body::Options(&[must("channel", "Which channel", Kind::Channel)]),
    },
    Command {
        name: "docket",
        says: "How the bot is: its record, its posts, its version",
        offered: For::Managers,
        body: Body::Subcommands(&[
            (
                "check",
                "Whether the record can be read and posts go out",
                &[],
            ),
            (
                "log",
                "What was posted lately, and what was not and why",
                &[may(
                    "failed",
                    "Only what failed, was skipped, or was tried in vain so far",
                    Kind::Flag,
                )],
            ),
            (
                "resend",
                "Post something again",
                &[must(
                    "key",
                    "Its reference, as the end of the post or /docket log shows it",
                    Kind::Text,
                )],
            ),
            ("about", "Which version this is, and what it tracks", &[]),
        ]),
    },
];

/// The body of the request that replaces all commands.
pub fn definitions() -> Value {
    COMMANDS.iter().map(Command::json).collect()
}

impl Command {
    fn json(&self) -> Value {
        let options: Vec<_> = match self.body {
            Body::Options(options) => options.iter().map(Opt::json).collect(),
            Body::Subcommands(subcommands) => subcommands
                .iter()
                .map(|(name, says, options)| {
                    let options: Vec<_> = options.iter().map(Opt::json).collect();
                    json!({ "type": 1, "name": name, "description": says, "options": options })
                })
                .collect(),
        };
        let mut json = json!({
            "type": 1,
            "name": self.name,
            "description": self.says,
            "options": options,
        });
        match self.offered {
            For::Everybody => {
                json["default_member_permissions"] = Value::Null;
                json["integration_types"] = json!([0, 1]);
                json["contexts"] = json!([0, 1, 2]);
            }
            For::Managers => {
                json["default_member_permissions"] = json!(MANAGE_GUILD.to_string());
                json["integration_types"] = json!([0]);
                json["contexts"] = json!([0]);
            }
        }
        json
    }
}

impl Opt {
    fn json(&self) -> Value {
        let kind = match self.kind {
            Kind::Text | Kind::Proposed | Kind::Word(_) => 3,
            Kind::Flag => 5,
            Kind::Channel => 7,
            Kind::Mentionable => 9,
        };
        let mut json = json!({
            "type": kind,
            "name": self.name,
            "description": self.says,
            "required": self.is_required,
        });
        match self.kind {
            Kind::Text | Kind::Proposed => json["max_length"] = json!(self.most),
            // Text, announcements, and their threads; forums, whose posts go to one thread.
            Kind::Channel => json["channel_types"] = json!([0, 5, 10, 11, 12, 15]),
            _ => {}
        }
        if matches!(self.kind, Kind::Proposed) {
            json["autocomplete"] = json!(true);
        }
        if let Kind::Word(words) = self.kind {
            let choices = words
                .iter()
                .map(|(value, name)| json!({ "name": name, "value": value }));
            json["choices"] = choices.collect();
        }
        json
    }
}
