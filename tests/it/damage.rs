//! Ledgers that are damaged, and disks that are full: the bot runs, and posts nothing twice.

use crate::bot::{
    BEGUN, Bot, Dice, LOG, RECORD, TRANSCRIPT, becomes_true, begun, bot, event, faults, printed,
    wait_until,
};
use crate::support::{Folder, command, noon};
use docket::domain::Stage;
use docket::store::Sqlite;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

const LEDGER: &str = "docket.db";
const WAL: &str = "docket.db-wal";

/// The record with so many things that happened.
fn record(events: usize) -> String {
    let events = (1..=events).map(|nth| event(&format!("event-{nth}")));
    RECORD.to_owned() + &events.collect::<String>()
}

/// How many posts the transcript has.
fn posts(folder: &Folder) -> usize {
    printed(&folder.text(TRANSCRIPT)).len()
}

/// What a bot leaves in its folder.
struct Remains {
    files: Vec<(&'static str, Vec<u8>)>,
}

impl Remains {
    fn of(folder: &Folder) -> Self {
        let files = [LEDGER, WAL, TRANSCRIPT].into_iter().filter_map(|name| {
            let bytes = std::fs::read(folder.path(name)).ok()?;
            Some((name, bytes))
        });
        Self {
            files: files.collect(),
        }
    }

    fn bytes(&self, name: &str) -> &[u8] {
        let file = self.files.iter().find(|(it, _)| *it == name);
        file.map_or(&[], |(_, bytes)| bytes)
    }

    /// Another folder with the same.
    fn copy(&self) -> Folder {
        let folder = Folder::in_memory();
        for (name, bytes) in &self.files {
            folder.write(name, bytes);
        }
        folder
    }
}

/// How many posts were sent before the damage, of [`EVENTS`].
const SENT: usize = 8;
const EVENTS: usize = 15;

/// What is left of a bot that sent some posts in one life, and was cut off in the next, while
/// others waited: killed, so that there is a log of writes, or stopped.
fn remains(is_killed: bool) -> Remains {
    for _ in 0..200 {
        let folder = begun(RECORD);
        folder.write("deadlines.toml", record(SENT));
        let bot = Bot::start(&folder);
        wait_until("some are posted", || posts(&folder) == SENT);
        assert_eq!(bot.end(), Some(0));
        folder.write("deadlines.toml", record(EVENTS));
        let bot = Bot::start(&folder);
        wait_until("one more is posted", || posts(&folder) > SENT);
        if is_killed {
            bot.kill();
        } else {
            assert_eq!(bot.end(), Some(0));
        }
        // Looked at only now: whoever opens the ledger tidies it up.
        let remains = Remains::of(&folder);
        let is_waiting = folder.ledger().iter().any(|it| it.stage == Stage::Planned);
        let has_wal = !remains.bytes(WAL).is_empty();
        if is_waiting && has_wal == is_killed {
            return remains;
        }
    }
    panic!("no bot was cut off while something waited");
}

/// Damages a file at random, and tells how.
fn damage(bytes: &mut Vec<u8>, dice: &mut Dice) -> String {
    let length = bytes.len() as u64;
    let place = usize::try_from(dice.below(length)).expect("small");
    match dice.below(4) {
        0 => {
            bytes.truncate(place);
            format!("cut to {place} of {length}")
        }
        1 => {
            let end = bytes.len().min(place + 512);
            bytes[place..end].fill(0);
            format!("zeros at {place} of {length}")
        }
        2 => {
            bytes[place] ^= 1 << dice.below(8);
            format!("a bit at {place} of {length}")
        }
        _ => {
            let end = bytes.len().min(place + 16);
            for byte in &mut bytes[place..end] {
                *byte = u8::try_from(dice.below(256)).expect("a byte");
            }
            format!("noise at {place} of {length}")
        }
    }
}

/// What became of a bot on a damaged ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It went on where it was.
    WentOn,
    /// It put the ledger aside and began a new one.
    PutAside,
    /// It ended, and so did the next one.
    Loop,
    /// It lived, and did nothing.
    Stuck,
    /// It took the ledger for a new one.
    Forgot,
}

/// Starts a bot, at most twice, and waits until it has posted all that it will. The last event of
/// the record is one that no ledger knows: posts go out in order, so it is the last one.
fn fate(folder: &Folder) -> Fate {
    for _ in 0..2 {
        let mut bot = Bot::start(folder);
        let last = format!("It was event-{}\n", EVENTS + 1);
        let is_through = becomes_true(Duration::from_secs(40), || {
            !bot.is_alive() || folder.logged(BEGUN) > 0 || folder.text(TRANSCRIPT).contains(&last)
        });
        if !is_through {
            return Fate::Stuck;
        }
        if bot.is_alive() {
            assert_eq!(bot.end(), Some(0), "{}", folder.text(LOG));
            let aside = folder.names_with(".damaged-");
            let is_aside = aside.iter().any(|name| !name.ends_with("-wal"));
            let told = folder.logged("the ledger is damaged and was put aside");
            assert_eq!(usize::from(is_aside), told, "{}", folder.text(LOG));
            return match (is_aside, folder.logged(BEGUN) > 0) {
                (true, _) => Fate::PutAside,
                (false, false) => Fate::WentOn,
                (false, true) => Fate::Forgot,
            };
        }
    }
    Fate::Loop
}

#[test]
fn a_ledger_damaged_at_200_places_is_put_aside_and_nothing_is_posted_twice() {
    const CASES: usize = 200;
    let seed = 99;
    let (killed, stopped) = (remains(true), remains(false));
    let next = AtomicUsize::new(0);
    let fates = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let nth = next.fetch_add(1, Ordering::Relaxed);
                    if nth >= CASES {
                        return;
                    }
                    let mut dice = Dice(seed + nth as u64);
                    // A third each: the log of a killed bot, its ledger, that of a stopped one.
                    let (remains, name) = match nth % 3 {
                        0 => (&killed, WAL),
                        1 => (&killed, LEDGER),
                        _ => (&stopped, LEDGER),
                    };
                    let folder = remains.copy();
                    let mut bytes = remains.bytes(name).to_vec();
                    let how = damage(&mut bytes, &mut dice);
                    folder.write(name, bytes);
                    folder.write("deadlines.toml", record(EVENTS + 1));
                    let fate = fate(&folder);
                    let what = format!("case {nth}: {fate:?} after {how} of {name}");
                    let twice = printed(&folder.text(TRANSCRIPT));
                    let is_double = twice.values().any(|times| *times > 1);
                    let log = folder.text(LOG);
                    let lost = fate == Fate::WentOn && twice.len() != EVENTS + 1;
                    let mut fates = fates.lock().expect("no panic");
                    fates.push((fate, is_double, lost, format!("{what}\n{log}")));
                }
            });
        }
    });
    let fates = fates.into_inner().expect("no panic");
    let count = |fate| fates.iter().filter(|it| it.0 == fate).count();
    println!(
        "seed {seed}: went on {}, put aside {}, forgot {}, loop {}",
        count(Fate::WentOn),
        count(Fate::PutAside),
        count(Fate::Forgot),
        count(Fate::Loop)
    );
    let bad: Vec<_> = fates
        .iter()
        .filter(|(fate, is_double, lost, _)| {
            *is_double || *lost || matches!(fate, Fate::Loop | Fate::Stuck | Fate::Forgot)
        })
        .map(|it| format!("double {} lost {} {}", it.1, it.2, it.3))
        .collect();
    assert!(bad.is_empty(), "seed {seed}: {}", bad.join("\n"));
    assert!(count(Fate::PutAside) > 0 && count(Fate::WentOn) > 0);
}

#[test]
fn sound_pages_that_hold_nonsense_are_noticed() {
    let stopped = remains(false);
    for damage in [
        "UPDATE planning SET record = CAST(x'ff' AS TEXT)",
        "UPDATE planning SET record = replace(record, 'truce', 'truck')",
        "UPDATE planning SET cursor_ms = 'noon'",
        "UPDATE deliveries SET notice = replace(notice, 'terminal', 'germinal')",
        "UPDATE deliveries SET notice = CAST(x'ff' AS TEXT)",
        "DROP TABLE superseded",
        "ALTER TABLE subscriptions RENAME COLUMN life TO live",
    ] {
        let folder = stopped.copy();
        let ledger = rusqlite::Connection::open(folder.path(LEDGER)).expect("a ledger");
        ledger.execute_batch(damage).expect("damaged");
        drop(ledger);
        folder.write("deadlines.toml", record(EVENTS + 1));
        assert_eq!(fate(&folder), Fate::PutAside, "{damage}");
        let told = folder.logged("ERROR");
        assert_eq!(told, 1, "{damage}: {}", folder.text(LOG));
    }
}

#[test]
fn what_is_no_ledger_stays_as_it_is() {
    let folder = Folder::new();
    let text = record(EVENTS);
    folder.write("deadlines.toml", &text);
    let other = rusqlite::Connection::open(folder.path("other.db")).expect("a database");
    other
        .execute_batch("CREATE TABLE users (name TEXT); PRAGMA user_version = 1")
        .expect("a table");
    drop(other);
    for name in ["deadlines.toml", "other.db"] {
        let before = std::fs::read(folder.path(name)).expect("a file");
        let ran = folder.docket(&format!("run --listen= --database sqlite://{name}"));
        assert_eq!(ran.status, 1, "{name}: {}", ran.stderr);
        let told = format!("`{name}` is no ledger of docket, and stays as it is");
        assert!(ran.stderr.contains(&told), "{}", ran.stderr);
        let after = std::fs::read(folder.path(name)).expect("a file");
        assert_eq!(before, after, "{name}");
    }
}

/// Makes sure that whoever looks at the ledger is told this.
#[track_caller]
fn told(folder: &Folder, help: &str) {
    for command in ["log", "resend key", "doctor"] {
        let ran = folder.docket(command);
        assert_eq!(ran.status, 1, "{command}");
        let said = ran.stdout + &ran.stderr;
        assert!(said.contains("the ledger is damaged"), "{command}: {said}");
        assert!(said.contains(help), "{command}: {said}");
    }
}

#[test]
fn what_is_said_of_a_damaged_ledger_is_what_the_next_start_does() {
    let folder = Folder::new();
    folder.write("deadlines.toml", RECORD);
    let ledger = Sqlite::open(&folder.path(LEDGER), noon());
    drop(ledger.expect("a ledger"));
    let mut bytes = std::fs::read(folder.path(LEDGER)).expect("a ledger");
    bytes[..4096].fill(0);
    folder.write(LEDGER, &bytes);

    // Nothing shows that docket ever ran with it.
    let help = "there is no `docket.db.lock`, so it may be the file of another program, and then \
                `docket run` leaves it alone. If it is the ledger, move it away";
    told(&folder, help);
    let ran = folder.docket("run");
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    let stays = "`docket.db` is no ledger of docket, and stays as it is";
    assert!(ran.stderr.contains(stays), "{}", ran.stderr);
    assert_eq!(std::fs::read(folder.path(LEDGER)).expect("a file"), bytes);

    // Now something does, also by a link from elsewhere.
    folder.write("docket.db.lock", "");
    let aside = "the next start of `docket run` puts it aside and begins a new one";
    told(&folder, aside);
    std::fs::create_dir(folder.path("other")).expect("a folder");
    let link = folder.path("other/link.db");
    std::os::unix::fs::symlink("../docket.db", link).expect("a link");
    let ran = folder.docket("log --database sqlite://other/link.db");
    assert!(ran.stderr.contains(aside), "{}", ran.stderr);
    let bot = Bot::start(&folder);
    folder.until_logged(BEGUN, 1);
    assert_eq!(bot.end(), Some(0));
    let log = folder.text(LOG);
    let put_aside = folder.logged("the ledger is damaged and was put aside");
    assert_eq!(put_aside, 1, "{log}");
}

#[test]
fn a_ledger_that_was_emptied_is_not_taken_for_a_new_one() {
    let folder = remains(true).copy();
    folder.write(LEDGER, "");
    folder.write("deadlines.toml", record(EVENTS + 1));
    assert_eq!(fate(&folder), Fate::PutAside);
}

/// Lets a bot run into a full disk at an edit, makes room again, and looks at what it did.
fn survives(folder: &Folder, mut bot: Bot, make_room: impl FnOnce(&Bot)) {
    folder.until_logged("the ledger cannot be written: nothing is posted", 1);
    assert!(bot.is_alive());
    // What is printed by now was recorded as on its way before.
    let before = posts(folder);
    assert!(before < EVENTS, "it had room for everything");
    make_room(&bot);
    wait_until("all is posted", || posts(folder) == EVENTS);
    folder.until_logged("the ledger can be written again", 1);
    assert!(bot.is_alive());
    assert_eq!(bot.end(), Some(0));
    let log = folder.text(LOG);
    assert_eq!(folder.logged("the ledger cannot be written"), 1, "{log}");
    assert_eq!(folder.logged("can be written again"), 1, "{log}");
}

#[test]
fn without_room_to_record_it_posts_nothing_and_later_everything() {
    // In blocks of 512 bytes: it stops at other moments of planning and posting.
    for blocks in [130, 180, 240, 330] {
        let folder = begun(RECORD);
        folder.write("deadlines.toml", record(EVENTS));
        // A limit on the size of files stands for a full disk. The signal that comes with it is
        // for programs that do not look at what `write` answers.
        let script = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" run");
        let mut limited = command();
        let docket = limited.get_program().to_owned();
        limited = Command::new("sh");
        limited
            .env_clear()
            .env("DOCKET_LISTEN", "")
            .current_dir(folder.path("."))
            .args(["-c", &script])
            .arg(docket);
        let bot = Bot::start_as(&folder, &mut limited);
        survives(&folder, bot, |bot| {
            let id = bot.id().to_string();
            let raised = Command::new("prlimit")
                .args(["--pid", &id, "--fsize=unlimited"])
                .status();
            assert!(raised.expect("prlimit").success());
        });
        let faults = faults(&folder.text(TRANSCRIPT), &folder.ledger());
        assert!(faults.is_empty(), "{blocks} blocks: {faults:#?}");
    }
}

#[test]
fn a_full_disk_is_waited_for() {
    // A small disk of its own needs a name space of its own, which not every machine gives.
    let can = Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"])
        .output();
    if !can.is_ok_and(|it| it.status.success()) {
        println!("skipped: no disk of its own can be mounted here");
        return;
    }
    let folder = Folder::new();
    folder.write("deadlines.toml", record(0));
    std::fs::create_dir(folder.path("disk")).expect("a folder");
    let script =
        "mount -t tmpfs -o size=1m none disk && exec \"$0\" run --database sqlite://disk/docket.db";
    let docket = bot(&folder).get_program().to_owned();
    let mut inside = Command::new("unshare");
    inside
        .env("DOCKET_LISTEN", "")
        .current_dir(folder.path("."))
        .args(["-rm", "sh", "-c", script])
        .arg(docket);
    let bot = Bot::start_as(&folder, &mut inside);
    folder.until_logged(BEGUN, 1);
    // The disk as the bot sees it.
    let path = folder.path("disk");
    let disk = format!("/proc/{}/root{}", bot.id(), path.display());
    let filler = format!("{disk}/filler");
    std::fs::write(&filler, vec![0; 2 << 20]).expect_err("it is full");
    folder.write("deadlines.toml", record(EVENTS));
    survives(&folder, bot, |_| {
        std::fs::remove_file(&filler).expect("room");
    });
    let printed = printed(&folder.text(TRANSCRIPT));
    assert!(printed.values().all(|times| *times == 1), "{printed:?}");
}
