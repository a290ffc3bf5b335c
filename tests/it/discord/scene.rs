//! The shipped record at a fixed moment, and somebody who asks.

use crate::support::{at, shipped};
use docket::discord::answer::{Answer, Scene, answer};
use docket::discord::permission::{ChannelKind, Permissions};
use docket::discord::request::{Ask, Filled, Options, Request};
use docket::domain::{Docket, Follow, Id, Timestamp};
use docket::feed::Links;

pub(crate) const USER: &str = "200000000000000001";
pub(crate) const SERVER: &str = "300000000000000001";
pub(crate) const CHANNEL: &str = "100000000000000001";
pub(crate) const MANAGE_SERVER: Permissions = Permissions(1 << 5);

/// All that an answer is made from.
pub(crate) struct Stage {
    pub(crate) docket: Docket,
    pub(crate) follows: Vec<Follow>,
    pub(crate) operators: Vec<String>,
    pub(crate) links: Option<Links>,
    pub(crate) now: Timestamp,
    pub(crate) rights: Permissions,
}

impl Stage {
    /// The shipped record at a moment.
    pub(crate) fn at(now: &str) -> Self {
        Self::of(shipped(), now)
    }

    /// A record at a moment.
    pub(crate) fn of(docket: Docket, now: &str) -> Self {
        Self {
            docket,
            follows: Vec::new(),
            operators: Vec::new(),
            links: Some(Links::new("https://docket.example")),
            now: at(now),
            rights: Permissions(0),
        }
    }

    pub(crate) fn scene(&self) -> Scene<'_> {
        Scene {
            docket: Some(&self.docket),
            follows: &self.follows,
            refused: None,
            links: self.links.as_ref(),
            operators: &self.operators,
            version: "0.1.0",
            now: self.now,
        }
    }

    /// The answer to a command such as `deadlines topic=tiktok share`.
    pub(crate) fn command(&self, line: &str) -> Answer {
        let (path, options) = written(line);
        self.ask(Ask::Command { path, options })
    }

    /// The answer to a button.
    pub(crate) fn press(&self, custom_id: &str, values: &[&str]) -> Answer {
        self.ask(Ask::Press {
            custom_id: custom_id.to_owned(),
            values: values.iter().map(|it| (*it).to_owned()).collect(),
            is_private: true,
        })
    }

    pub(crate) fn ask(&self, ask: Ask) -> Answer {
        answer(&self.request(ask), &self.scene())
    }

    pub(crate) fn request(&self, ask: Ask) -> Request {
        Request {
            user: USER.to_owned(),
            server: Some(SERVER.to_owned()),
            rights: self.rights,
            ask,
        }
    }
}

/// A command and its options: `name=value` is a text, `channel=ID` a channel, a name alone yes.
/// A text goes to the next name with `=`.
pub(crate) fn written(line: &str) -> (Vec<String>, Options) {
    let is_option = |word: &&str| {
        word.contains('=') || matches!(*word, "share" | "board" | "crosspost" | "failed")
    };
    let words: Vec<_> = line.split(' ').collect();
    let first = words.iter().position(is_option).unwrap_or(words.len());
    let path = words[..first].iter().map(|it| (*it).to_owned()).collect();
    let mut filled: Vec<(String, Filled)> = Vec::new();
    for word in &words[first..] {
        match (word.split_once('='), filled.last_mut()) {
            (Some(("channel", id)), _) => filled.push(("channel".to_owned(), channel(id))),
            (Some((name, value)), _) => {
                filled.push((name.to_owned(), Filled::Text(value.to_owned())));
            }
            (None, _) if is_option(word) => filled.push(((*word).to_owned(), Filled::Flag(true))),
            (None, Some((_, Filled::Text(text)))) => *text = format!("{text} {word}"),
            (None, _) => panic!("`{word}` belongs to nothing"),
        }
    }
    (path, Options::new(filled))
}

pub(crate) fn channel(id: &str) -> Filled {
    Filled::Channel {
        id: id.to_owned(),
        kind: ChannelKind::Text,
        own_rights: None,
    }
}

pub(crate) fn id(text: &str) -> Id {
    Id::parse(text).expect("an id")
}
