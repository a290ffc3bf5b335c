//! From a request to its answer: either what is said at once, or an action of the outside world
//! with what is said after it.

use super::commands;
use super::complete;
use super::message::{EPHEMERAL, Message};
use super::permission::Need;
use super::request::{Ask, Request};
use crate::domain::{Docket, Filter, Follow, Id, Selection, Timestamp};
use crate::feed::Links;
use crate::picture::{Options, Picture, Theme};
use serde_json::{Value, json};

/// What an answer is made from.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The docket in force, if there is one.
    pub docket: Option<&'a Docket>,
    /// What people follow.
    pub follows: &'a [Follow],
    /// Why the file as it is now is not in force, if it is not.
    pub refused: Option<&'a str>,
    /// Where the web page is, if it is public.
    pub links: Option<&'a Links>,
    /// The ids of those who run the program.
    pub operators: &'a [String],
    /// Which version it is.
    pub version: &'a str,
    /// What time it is.
    pub now: Timestamp,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A message, at once.
    Reply(Reply),
    /// Proposals while somebody types.
    Propose(Vec<Proposal>),
    /// Something is to be done first; the functions beside each [`Action`] word what came of it.
    Do(Action, Place),
}

/// A message and where it appears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The message.
    pub message: Message,
    /// Where it appears.
    pub place: Place,
}

/// Where an answer appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// As a message that only the one who asked sees.
    Private,
    /// As a message that the channel sees.
    Shared,
    /// In place of the message whose button was pressed.
    InPlace,
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What is shown.
    pub label: String,
    /// What is filled in.
    pub value: String,
}

/// What the outside world is asked to do, as plain data.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Keep a subscription of a channel, after a look at what may be done there:
    /// [`commands::follow::missing`], [`commands::follow::done`].
    Follow(Box<FollowAction>),
    /// Drop the subscription of a channel: [`commands::follow::unfollowed`].
    Unfollow {
        /// The channel's id.
        channel: String,
    },
    /// Look up what the channels of a server are told and how that went:
    /// [`commands::following::shown`].
    Following {
        /// The server's id.
        server: String,
    },
    /// Open a direct message, say there what will come, and keep the subscription:
    /// [`commands::remind::greeting`], [`commands::remind::done`], [`commands::remind::closed`].
    Remind(Box<Follow>),
    /// Drop personal subscriptions: [`commands::remind::cancelled`].
    Cancel {
        /// Their ids.
        subscriptions: Vec<String>,
    },
    /// Add an instant to a personal subscription: [`commands::remind::snoozed`].
    Snooze {
        /// Its id.
        subscription: String,
        /// The instant.
        until: Timestamp,
    },
    /// Read the ledger: [`commands::docket::log`].
    Log(LogAction),
    /// Post something again: [`commands::docket::resent`].
    Resend {
        /// Its key, or its reference.
        key: String,
        /// Only if it went to a channel of this server; none: wherever it went.
        server: Option<String>,
    },
    /// See how everything is: [`commands::docket::checked`].
    Check {
        /// Only the posts to channels of this server count; none: all.
        server: Option<String>,
    },
    /// Draw a picture for a message that refers to it: [`commands::timeline::drawn`].
    Draw(Box<Drawing>),
    /// Make a calendar: [`commands::calendar::done`].
    Calendar(Selection),
}

/// A channel's subscription that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowAction {
    /// The subscription.
    pub follow: Follow,
    /// What has to be allowed in the channel.
    pub needs: Vec<Need>,
    /// Whether it is a new one. Otherwise it changes one that is there.
    pub is_new: bool,
}

/// Which deliveries are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogAction {
    /// Only what failed, was skipped, or was tried in vain so far.
    pub failed: bool,
    /// Only those to channels of this server; none: all.
    pub server: Option<String>,
    /// At most so many, the latest.
    pub most: usize,
}

/// A picture, and the message that shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// What is drawn.
    pub subject: Subject,
    /// As of when.
    pub as_of: Timestamp,
    /// The message.
    pub message: Message,
}

/// What a picture shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The deadlines that pass, with talks and events.
    Timeline(Filter),
    /// When the dues of one deadline were announced, and what they were.
    Slip(Id),
}

impl Drawing {
    /// What pictures are called in messages.
    pub const FILE: &'static str = "chart.png";
    /// How many pixels of the file there are to each of the picture.
    pub const SCALE: f32 = 2.0;

    /// The picture as SVG. Making a PNG of it takes a tenth of a second. None if the deadline is
    /// there no more.
    pub fn picture(&self, docket: &Docket) -> Option<Picture> {
        // Narrow: on a phone it is as wide as the screen.
        let options = Options {
            width: 560,
            theme: Theme::Light,
            rows: 20,
        };
        Some(match &self.subject {
            Subject::Timeline(filter) => {
                Picture::timeline(&docket.as_of(self.as_of), filter, options, self.as_of)
            }
            Subject::Slip(id) => {
                let deadline = docket.deadline(id)?.as_of(self.as_of)?;
                Picture::slip(&deadline, options, self.as_of)
            }
        })
    }
}

impl Answer {
    /// The callback that Discord is sent at once. For an action it says that the answer follows.
    pub fn callback(&self) -> Value {
        match self {
            Self::Reply(reply) => {
                let mut data = reply.message.json();
                if reply.place == Place::Private {
                    data["flags"] = json!(EPHEMERAL);
                }
                let kind = if reply.place == Place::InPlace { 7 } else { 4 };
                json!({ "type": kind, "data": data })
            }
            Self::Propose(proposals) => {
                let choices = proposals
                    .iter()
                    .map(|it| json!({ "name": it.label, "value": it.value }));
                json!({ "type": 8, "data": { "choices": choices.collect::<Vec<_>>() } })
            }
            Self::Do(_, Place::Private) => json!({ "type": 5, "data": { "flags": EPHEMERAL } }),
            Self::Do(_, Place::Shared) => json!({ "type": 5 }),
            Self::Do(_, Place::InPlace) => json!({ "type": 6 }),
        }
    }

    pub(super) fn private(message: Message) -> Self {
        Self::Reply(Reply {
            message,
            place: Place::Private,
        })
    }
}

/// The answer to a request. There always is one, and it says what to do next.
pub fn answer(request: &Request, scene: &Scene<'_>) -> Answer {
    match &request.ask {
        Ask::Command { path, options } => {
            let path: Vec<_> = path.iter().map(String::as_str).collect();
            commands::command(&path, options, request, scene)
        }
        Ask::Complete {
            path,
            options,
            focused,
        } => {
            let path: Vec<_> = path.iter().map(String::as_str).collect();
            Answer::Propose(complete::proposals(&path, options, focused, scene))
        }
        Ask::Press {
            custom_id,
            values,
            is_private,
        } => commands::press(custom_id, values, *is_private, request, scene),
        Ask::Other => Answer::private(super::words::problem::unknown_button().message()),
    }
}
