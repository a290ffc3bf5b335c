//! Kills without end while posts go to Discord, which has troubles of its own: each post is there
//! once.
//!
//! A short storm by default; with `DOCKET_TEST_STORM=full` the long one.

use crate::bot::{BEGUN, Bot, Dice, WATCHING, bot, faults, is_open, wait_until};
use crate::desk::{on_double, with_channels};
use crate::double::Double;
use crate::double::faults::Fault;
use crate::double::route::Endpoint;
use crate::double::snowflake::Snowflake;
use crate::double::world::Kind;
use crate::storms::{Story, is_full};
use crate::support::Folder;
use docket::domain::{Delivery, Stage};
use std::time::Duration;

/// The longest a bot lives.
const LIFE_MAX: Duration = Duration::from_millis(400);
const CHANNELS: usize = 3;
/// What is told last.
const LAST: &str = "[[event]]\nid = \"last\"\ntitle = \"Last\"\ndate = 2026-01-05\n";

struct Storm {
    double: Double,
    folder: Folder,
    channels: Vec<Snowflake>,
    story: Story,
}

impl Storm {
    fn new(seed: u64) -> Self {
        let double = Double::seeded(seed);
        let channels = double.world(|world| {
            let guild = world.add_guild("Trade desk");
            let mut add = |nth| world.add_channel(guild, Kind::Text, &format!("deadlines-{nth}"));
            (0..CHANNELS).map(&mut add).collect()
        });
        Self {
            double,
            folder: Folder::new(),
            channels,
            story: Story::new(seed),
        }
    }

    fn save(&self, more: &str) {
        let text = with_channels(&(self.story.text() + more), &self.channels);
        self.folder.replace("deadlines.toml", &text);
    }

    fn start(&self) -> Bot {
        let begun = self.folder.logged(WATCHING);
        let mut command = bot(&self.folder);
        let bot = Bot::start_as(&self.folder, on_double(&mut command, &self.double));
        self.folder.until_logged(WATCHING, begun + 1);
        bot
    }

    /// What is there, in the form in which the terminal has it.
    fn transcript(&self) -> String {
        let channels = self.channels.iter();
        let messages = channels.flat_map(|channel| self.double.messages(*channel));
        let footers = messages.map(|message| {
            let footer = message.embeds[0]["footer"]["text"]
                .as_str()
                .map(str::to_owned);
            let footer = footer.expect("a footer");
            let (_, name) = footer.rsplit_once("ref ").expect("a reference");
            format!("    ref {name}\n")
        });
        footers.collect()
    }

    /// Something that goes wrong at Discord, or nothing.
    fn trouble(&mut self) {
        let fault = match self.story.dice.below(8) {
            0 => Fault::reset(),
            1 => Fault::reset().accepted(),
            2 => Fault::status(502),
            3 => Fault::status(500).accepted(),
            4 => Fault::late(Duration::from_millis(200)),
            5 => Fault::slow_after(Duration::from_millis(150)),
            _ => return,
        };
        self.double.inject(fault.on(Endpoint::CreateMessage));
    }

    fn is_over(&self) -> bool {
        !self.folder.ledger().iter().any(is_open)
    }
}

#[test]
fn each_post_is_in_discord_once_however_often_it_is_killed() {
    let kills = if is_full() { 200 } else { 20 };
    let seed = Dice(u64::from(std::process::id())).next();
    let mut storm = Storm::new(seed);
    storm.save("");
    let bot = storm.start();
    storm.folder.until_logged(BEGUN, 1);
    assert_eq!(bot.end(), Some(0));
    let mut sending = 0;
    for _ in 0..kills {
        storm.story.go_on();
        storm.save("");
        storm.trouble();
        let bot = storm.start();
        storm.story.dice.pause(LIFE_MAX);
        bot.kill();
        let ledger = storm.folder.ledger();
        sending += ledger
            .iter()
            .filter(|it| it.stage == Stage::Sending)
            .count();
        // Whether it was seen is not known: the next edit may be told together with it.
        storm.story.unseen = 0;
    }
    storm.double.state(|state| state.faults.clear());
    storm.save(LAST);
    let bot = storm.start();
    wait_until("all is posted", || {
        let ledger = storm.folder.ledger();
        let is_last = |it: &&Delivery| it.notice.items.iter().any(|id| id.as_str() == "last");
        ledger.iter().filter(is_last).count() == CHANNELS && storm.is_over()
    });
    assert_eq!(bot.end(), Some(0));
    let ledger = storm.folder.ledger();
    let text = storm.transcript();
    let found = faults(&text, &ledger);
    assert!(found.is_empty(), "seed {seed}, {kills} kills: {found:#?}");
    let failed = ledger.iter().filter(|it| it.stage == Stage::Failed);
    assert_eq!(failed.count(), 0, "seed {seed}");
    println!(
        "seed {seed}: {kills} kills, {} posts there once; on their way at a kill: {sending}",
        ledger.len()
    );
}
