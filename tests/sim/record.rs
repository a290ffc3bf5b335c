//! Records of the kind that people write, and edits of the kind that they make.

use crate::options::{CHANNEL, Options};
use chrono::{TimeDelta, Timelike as _};
use docket::domain::Timestamp;

/// What the quiet hours of a channel begin with.
const QUIET: &str = "zone = \"UTC\"\n";

/// A file under the hand of somebody.
pub(crate) struct Editor {
    zone: &'static str,
    drops: bool,
    changes_quiet: bool,
    channels: Vec<String>,
    deadlines: Vec<Written>,
    events: Vec<String>,
    number: usize,
    texts: Vec<String>,
}

struct Written {
    id: String,
    title: String,
    head: String,
    due: String,
    revisions: Vec<String>,
    outcome: Option<String>,
}

impl Written {
    fn text(&self) -> String {
        let Self {
            id,
            title,
            head,
            due,
            ..
        } = self;
        let revisions = self.revisions.concat();
        let outcome = self.outcome.as_deref().unwrap_or_default();
        format!(
            "[[deadline]]\nid = \"{id}\"\ntitle = \"{title}\"\n{head}due = {due}\n{revisions}{outcome}"
        )
    }
}

/// An instant as a local time of UTC with its offset.
fn offset_time(at: Timestamp) -> String {
    at.format("%Y-%m-%dT%H:%M:00Z").to_string()
}

impl Editor {
    pub(crate) fn new(options: &Options, rng: &mut fastrand::Rng) -> Self {
        let zones = ["UTC", "America/New_York", "Europe/Madrid"];
        let mut editor = Self {
            zone: rng.choice(zones).expect("zones"),
            drops: options.drops,
            changes_quiet: options.changes_quiet,
            channels: Vec::new(),
            deadlines: Vec::new(),
            events: Vec::new(),
            number: 0,
            texts: Vec::new(),
        };
        for nth in 0..options.channels {
            let mut channel = format!("[[channel]]\nid = \"{}\"\n", CHANNEL + nth);
            match rng.u8(0..6) {
                0 => channel.push_str("importance = \"high\"\n"),
                1 => channel.push_str("remind = [\"1d\", \"30m\", \"10m\"]\n"),
                2 => channel.push_str("digest = { every = \"day\", at = 09:00:00 }\n"),
                3 => {
                    let from = options.start + TimeDelta::minutes(rng.i64(0..60));
                    let to = from + TimeDelta::minutes(rng.i64(5..40));
                    channel.push_str(&quiet(from, to));
                }
                _ => {}
            }
            editor.channels.push(channel);
        }
        for _ in 0..options.deadlines {
            editor.add_deadline(options.start, rng);
        }
        editor
    }

    fn add_deadline(&mut self, now: Timestamp, rng: &mut fastrand::Rng) {
        self.number += 1;
        let importance = rng.choice(["low", "normal", "high"]).expect("words");
        let due = draw_due(now, rng);
        self.deadlines.push(Written {
            id: format!("d{}", self.number),
            title: format!("Deadline {}", self.number),
            head: format!("importance = \"{importance}\"\n"),
            due,
            revisions: Vec::new(),
            outcome: None,
        });
    }

    /// Ends the quiet hours of some channel, or has them begin a while ago.
    fn change_quiet(&mut self, now: Timestamp, rng: &mut fastrand::Rng) {
        let place = rng.usize(0..self.channels.len());
        let channel = &mut self.channels[place];
        if let Some(found) = channel.find(QUIET) {
            channel.truncate(found);
        } else {
            let from = now - TimeDelta::minutes(rng.i64(0..10));
            channel.push_str(&quiet(from, now + TimeDelta::minutes(rng.i64(5..40))));
        }
    }

    /// The file as it is.
    pub(crate) fn text(&self) -> String {
        let zone = self.zone;
        let deadlines: String = self.deadlines.iter().map(Written::text).collect();
        let (events, channels) = (self.events.concat(), self.channels.concat());
        format!(
            "zone = \"{zone}\"\nremind = [\"1d\", \"1h\", \"30m\", \"10m\"]\n{deadlines}{events}{channels}"
        )
    }

    /// Makes some edit, and gives what the file is then. It may be broken.
    pub(crate) fn edit(&mut self, now: Timestamp, rng: &mut fastrand::Rng) -> String {
        let before = self.text();
        self.number += 1;
        let number = self.number;
        let place = rng.usize(0..self.deadlines.len());
        let today = now.format("%Y-%m-%d");
        if self.drops && rng.u8(0..3) == 0 {
            self.deadlines.truncate(1);
            self.events.clear();
        }
        if self.changes_quiet && rng.bool() {
            self.change_quiet(now, rng);
        }
        let place = place.min(self.deadlines.len() - 1);
        match rng.u8(0..10) {
            0 | 1 => {
                let due = draw_due(now, rng);
                let announced = offset_time(now + TimeDelta::minutes(rng.i64(-60..20)));
                let deadline = &mut self.deadlines[place];
                if deadline.revisions.is_empty() && deadline.outcome.is_none() {
                    let standing = rng.choice(["announced", "signed"]).expect("words");
                    deadline.revisions.push(format!(
                        "[[deadline.revision]]\ndue = {due}\nannounced = {announced}\n\
                         instrument = \"Order {}\"\nstanding = \"{standing}\"\n",
                        number % 2
                    ));
                }
            }
            2 => self.add_deadline(now, rng),
            3 => self.events.push(format!(
                "[[event]]\nid = \"e{number}\"\ntitle = \"Event {number}\"\ndate = {today}\n"
            )),
            4 => {
                let deadline = &mut self.deadlines[place];
                deadline.outcome = Some(format!(
                    "[deadline.outcome]\nresult = \"met\"\non = {today}\nannounced = {}\n",
                    offset_time(now)
                ));
            }
            5 => self.deadlines[place].due = draw_due(now, rng),
            6 => self.deadlines[place].title = format!("Title {number}"),
            7 if self.deadlines.len() > 2 => {
                self.deadlines.remove(place);
            }
            8 => {
                // Back to what it was before.
                if let Some(text) = self.texts.last() {
                    return text.clone();
                }
            }
            9 => return format!("{before}due = "),
            _ => {}
        }
        self.texts.push(before);
        self.text()
    }
}

/// Quiet hours of UTC, as a channel has them.
fn quiet(from: Timestamp, to: Timestamp) -> String {
    let time = |at: Timestamp| format!("{:02}:{:02}:00", at.hour(), at.minute());
    let (from, to) = (time(from), time(to));
    format!("{QUIET}quiet = {{ from = {from}, to = {to} }}\n")
}

/// Soon, mostly; sometimes a day, whose reminder goes out at nine.
fn draw_due(now: Timestamp, rng: &mut fastrand::Rng) -> String {
    match rng.u8(0..8) {
        0 => (now + TimeDelta::days(1)).format("%Y-%m-%d").to_string(),
        // A day after: its reminder of a day falls into the run, over a change of the clocks
        // at another hour than that of 24 hours.
        1 | 2 => {
            let ahead = TimeDelta::hours(23) + TimeDelta::minutes(rng.i64(0..150));
            let local = now + ahead;
            offset_time(local)
        }
        _ => offset_time(now + TimeDelta::minutes(rng.i64(3..110))),
    }
}
