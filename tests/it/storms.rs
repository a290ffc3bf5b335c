//! Kills without end: whatever moment they hit, each post is printed once, or once at most and
//! then recorded as failed.
//!
//! The bot is the real one, and the moments are random: from one run to the next they differ even
//! with the same seed. What must be true at the end does not.

use crate::bot::{
    Bot, Dice, TRANSCRIPT, WATCHING, begun, event, faults, is_open, printed, wait_until,
};
use crate::support::{Folder, setting};
use docket::domain::{Delivery, SkipReason, Stage, reference};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::time::Duration;

/// Deadlines that are there from the beginning, to be moved and ended.
const OLD: usize = 12;
/// More changed items in one edit than 20 would be one summary.
const EDIT_MAX: usize = 15;
/// The longest a bot lives in a storm.
const LIFE_MAX: Duration = Duration::from_millis(150);

/// A record that grows, and what its edits must post.
pub(crate) struct Story {
    pub(crate) dice: Dice,
    events: usize,
    added: usize,
    /// Of each old deadline how often it was moved, and whether it has ended.
    old: Vec<(usize, bool)>,
    /// Changes that no bot has seen yet.
    pub(crate) unseen: usize,
    /// The kind and item of every post there must be.
    pub(crate) posts: Vec<(&'static str, String)>,
}

impl Story {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            dice: Dice(seed),
            events: 0,
            added: 0,
            old: vec![(0, false); OLD],
            unseen: 0,
            posts: Vec::new(),
        }
    }

    /// Adds a few things that happened, if it can be told from one edit.
    pub(crate) fn go_on(&mut self) {
        let room = EDIT_MAX - self.unseen;
        let number = self.dice.below(room as u64 + 1);
        for _ in 0..number {
            let which = usize::try_from(self.dice.below(OLD as u64)).expect("small");
            let (moved, ended) = &mut self.old[which];
            let post = match self.dice.below(12) {
                0 if !*ended => {
                    *moved += 1;
                    ("moved", format!("old-{which}"))
                }
                // Not all of them, so that there is always something to be moved.
                1 if !*ended && which % 2 == 0 => {
                    *ended = true;
                    ("outcome", format!("old-{which}"))
                }
                2 | 3 => {
                    self.added += 1;
                    ("added", format!("new-{}", self.added))
                }
                _ => {
                    self.events += 1;
                    ("event", format!("event-{}", self.events))
                }
            };
            self.posts.push(post);
            self.unseen += 1;
        }
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (which, (moved, ended)) in self.old.iter().enumerate() {
            text.push_str(&format!(
                "[[deadline]]\nid = \"old-{which}\"\ntitle = \"Old {which}\"\ndue = 2090-01-01\n"
            ));
            for nth in 0..*moved {
                text.push_str(&format!(
                    "[[deadline.revision]]\ndue = {}-01-01\nannounced = 2026-01-02\n",
                    2091 + nth
                ));
            }
            if *ended {
                text.push_str("[deadline.outcome]\nresult = \"met\"\non = 2026-01-03\n");
            }
        }
        for nth in 1..=self.added {
            text.push_str(&format!(
                "[[deadline]]\nid = \"new-{nth}\"\ntitle = \"New {nth}\"\ndue = 2099-01-01\n"
            ));
        }
        for nth in 1..=self.events {
            text.push_str(&event(&format!("event-{nth}")));
        }
        text
    }

    /// Saves it, in one of the ways in which editors do.
    pub(crate) fn save(&mut self, folder: &Folder) {
        if self.dice.below(2) == 0 {
            folder.replace("deadlines.toml", &self.text());
        } else {
            folder.write("deadlines.toml", self.text());
        }
    }
}

/// What a killed bot left.
struct Wreck {
    /// The record that it had in force.
    record: String,
    /// The references of what it was sending.
    sending: Vec<String>,
    /// How many posts wait.
    planned: i64,
}

impl Wreck {
    /// Looks at a copy of the ledger, so that it is the next bot that has to recover the real one.
    fn of(folder: &Folder) -> Self {
        for part in ["", "-wal"] {
            let to = folder.path(&format!("copy.db{part}"));
            drop(std::fs::remove_file(&to));
            drop(std::fs::copy(folder.path(&format!("docket.db{part}")), to));
        }
        let copy = Connection::open(folder.path("copy.db")).expect("a copy");
        let one = |sql| copy.query_row(sql, [], |row| row.get(0)).expect("a ledger");
        let record = one("SELECT record FROM planning");
        let sql = "SELECT key, copy FROM deliveries WHERE stage = 'sending'";
        let mut statement = copy.prepare(sql).expect("a ledger");
        let rows = statement.query_map([], |row| {
            let key: String = row.get(0)?;
            Ok(reference(&key, row.get(1)?))
        });
        let sending = rows.expect("a ledger").map(|it| it.expect("a row"));
        let sql = "SELECT count(*) FROM deliveries WHERE stage = 'planned'";
        let planned: i64 = copy.query_row(sql, [], |row| row.get(0)).expect("a number");
        Self {
            record,
            sending: sending.collect(),
            planned,
        }
    }
}

/// What the kills of a storm hit.
#[derive(Default)]
struct Hits {
    kills: usize,
    stops: usize,
    /// Something was on its way.
    sending: usize,
    /// All that ever was. The same may have been hit twice.
    cut: BTreeSet<String>,
    /// It was printed, and that was not recorded yet.
    unrecorded: usize,
    /// Something waited.
    waiting: usize,
}

impl Hits {
    fn and(self, more: &Self) -> Self {
        Self {
            kills: self.kills + more.kills,
            stops: self.stops + more.stops,
            sending: self.sending + more.sending,
            cut: &self.cut | &more.cut,
            unrecorded: self.unrecorded + more.unrecorded,
            waiting: self.waiting + more.waiting,
        }
    }

    fn report(&self, seed: u64, posts: usize) -> String {
        format!(
            "seed {seed}: {} kills, {} stops, {posts} posts; while one was on its way: {}, of which \
             printed already: {}; while others waited: {}",
            self.kills, self.stops, self.sending, self.unrecorded, self.waiting
        )
    }
}

/// What the bots of a storm print to.
trait Printed {
    fn start(&mut self, folder: &Folder) -> Bot;
    /// All that was printed, once the bot is dead.
    fn text(&mut self, folder: &Folder) -> String;
}

struct ToFile;

impl Printed for ToFile {
    fn start(&mut self, folder: &Folder) -> Bot {
        Bot::start(folder)
    }

    fn text(&mut self, folder: &Folder) -> String {
        folder.text(TRANSCRIPT)
    }
}

#[derive(Default)]
struct ToPipe {
    text: String,
    reader: Option<std::thread::JoinHandle<String>>,
}

impl Printed for ToPipe {
    fn start(&mut self, folder: &Folder) -> Bot {
        let mut bot = Bot::start_piped(folder);
        self.reader = Some(bot.reader());
        bot
    }

    fn text(&mut self, _: &Folder) -> String {
        if let Some(reader) = self.reader.take() {
            self.text.push_str(&reader.join().expect("a reader"));
        }
        self.text.clone()
    }
}

/// Edit, start, kill, again and again.
fn storm(
    folder: &Folder,
    story: &mut Story,
    out: &mut impl Printed,
    kills: usize,
    stops: usize,
) -> Hits {
    let mut hits = Hits::default();
    for nth in 0..kills {
        // Some edits are made under the eyes of the bot; it takes them a moment later.
        let is_seen_live = nth % 10 == 9;
        if !is_seen_live {
            story.go_on();
            story.save(folder);
        }
        let begun = folder.logged(WATCHING);
        let bot = out.start(folder);
        // The life of every other bot is counted from when it has begun, so that the kills hit
        // posts on slow machines too.
        if is_seen_live || nth % 2 == 0 {
            folder.until_logged(WATCHING, begun + 1);
        }
        if is_seen_live {
            story.go_on();
            story.save(folder);
            std::thread::sleep(Duration::from_millis(250));
        }
        if nth * stops / kills != (nth + 1) * stops / kills {
            story.dice.pause(LIFE_MAX / 3);
            bot.signal("-STOP");
            hits.stops += 1;
            story.dice.pause(LIFE_MAX / 3);
            // One in four dies asleep.
            if story.dice.below(4) > 0 {
                bot.signal("-CONT");
            }
        }
        let most = if nth % 2 == 0 { LIFE_MAX / 4 } else { LIFE_MAX };
        story.dice.pause(most);
        bot.kill();
        hits.kills += 1;
        let wreck = Wreck::of(folder);
        let printed = printed(&out.text(folder));
        let is_printed = |name: &String| printed.contains_key(name);
        hits.sending += usize::from(!wreck.sending.is_empty());
        hits.cut.extend(wreck.sending.iter().cloned());
        hits.unrecorded += usize::from(wreck.sending.iter().any(is_printed));
        hits.waiting += usize::from(wreck.planned > 0);
        if wreck.record == story.text() {
            story.unseen = 0;
        }
    }
    hits
}

/// Lets a last bot finish, and tells what the ledger has in the end.
fn calm(folder: &Folder, story: &Story, out: &mut impl Printed) -> Vec<Delivery> {
    let begun = folder.logged(WATCHING);
    let bot = out.start(folder);
    folder.until_logged(WATCHING, begun + 1);
    wait_until("everything comes to an end", || {
        let posts = posted(folder.ledger());
        posts.len() >= story.posts.len() && !posts.iter().any(is_open)
    });
    assert_eq!(bot.end(), Some(0));
    folder.ledger()
}

/// Whether the long storms are asked for.
pub(crate) fn is_full() -> bool {
    setting("DOCKET_TEST_STORM").is_some_and(|it| it == "full")
}

/// What was to be posted. That an edit takes back a reminder is noted, and is not to be posted.
pub(crate) fn posted(ledger: Vec<Delivery>) -> Vec<Delivery> {
    let is_noted = |it: &Delivery| {
        let reason = it.reason.as_deref().unwrap_or_default();
        it.stage == Stage::Skipped && reason == SkipReason::Void.to_string()
    };
    ledger.into_iter().filter(|it| !is_noted(it)).collect()
}

/// The kinds and items of what a ledger has, but for reminders.
fn told(folder: &Folder) -> Vec<(String, String)> {
    let log = folder.docket("log --json");
    assert_eq!((log.status, log.stderr.as_str()), (0, ""));
    let lines = log.stdout.lines().map(|line| {
        let post: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| post[key].as_str().expect("text").to_owned();
        (text("kind"), text("item"))
    });
    let mut told: Vec<_> = lines.filter(|(kind, _)| kind != "lead").collect();
    told.sort_unstable();
    told
}

#[test]
fn after_100_kills_and_20_stops_every_post_is_in_the_file_once() {
    let seed = 2026;
    let mut story = Story::new(seed);
    let folder = begun(&story.text());
    let hits = storm(&folder, &mut story, &mut ToFile, 100, 20);
    let ledger = calm(&folder, &story, &mut ToFile);
    println!("{}", hits.report(seed, ledger.len()));
    assert_eq!((hits.kills, hits.stops), (100, 20));
    // Otherwise this test shows nothing.
    assert!(hits.sending > 0, "seed {seed}: no kill hit a post");
    let faults = faults(&folder.text(TRANSCRIPT), &ledger);
    assert!(faults.is_empty(), "seed {seed}: {faults:#?}");
    let ledger = posted(ledger);
    let unsent = ledger.iter().filter(|it| it.stage != Stage::Sent).count();
    assert_eq!(unsent, 0, "seed {seed}: something is not sent");
    let mut expected: Vec<_> = story.posts.clone();
    expected.sort_unstable();
    let told = told(&folder);
    let told: Vec<_> = told
        .iter()
        .map(|it| (it.0.as_str(), it.1.clone()))
        .collect();
    assert_eq!(told, expected, "seed {seed}");
}

#[test]
fn what_a_kill_cuts_off_on_its_way_into_a_pipe_is_recorded_and_not_repeated() {
    let seed = 7;
    let mut story = Story::new(seed);
    let folder = begun(&story.text());
    let mut out = ToPipe::default();
    let mut hits = Hits::default();
    // Until it has bitten: what became of posts that were on their way is the point.
    for _ in 0..5 {
        hits = hits.and(&storm(&folder, &mut story, &mut out, 20, 0));
        if hits.sending > 0 {
            break;
        }
    }
    let ledger = calm(&folder, &story, &mut out);
    let text = out.text(&folder);
    let of = |stage| ledger.iter().filter(move |it| it.stage == stage);
    let failed = of(Stage::Failed).count();
    println!("{}; failed: {failed}", hits.report(seed, ledger.len()));
    assert!(hits.sending > 0, "seed {seed}: no kill hit a post");
    assert_eq!(failed, hits.cut.len(), "seed {seed}: {:?}", hits.cut);
    let faults = faults(&text, &ledger);
    assert!(faults.is_empty(), "seed {seed}: {faults:#?}");
    let noted = of(Stage::Skipped).count();
    assert_eq!(ledger.len() - noted, story.posts.len(), "seed {seed}");
    for entry in of(Stage::Failed) {
        let reason = entry.reason.as_deref().unwrap_or_default();
        assert!(
            reason.starts_with("whether it was posted is not known: "),
            "{reason}"
        );
    }
    let shown = folder.docket("log --failed --json").stdout.lines().count();
    assert_eq!(shown, failed + noted, "seed {seed}");
}
