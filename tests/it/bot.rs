//! The real bot in a folder of its own, for tests that are not kind to it: what it logs goes to a
//! file, what it posts to a file or a pipe.

use crate::support::{Folder, command};
use docket::domain::{Delivery, Stage, reference};
use docket::store::{Location, LogFilter, Store};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// What the bot posts to, unless to a pipe.
pub(crate) const TRANSCRIPT: &str = "transcript";
/// What the bot logs to.
pub(crate) const LOG: &str = "log";
/// What is logged at each start.
pub(crate) const WATCHING: &str = "watching the record";
/// What is logged besides when a ledger is new.
pub(crate) const BEGUN: &str = "nothing is announced";

/// A record with one deadline, far off.
pub(crate) const RECORD: &str =
    "[[deadline]]\nid = \"truce\"\ntitle = \"The truce\"\ndue = 2099-11-10\n";

/// Something that happened, as a record has it.
pub(crate) fn event(name: &str) -> String {
    format!("[[event]]\nid = \"{name}\"\ntitle = \"It was {name}\"\ndate = 2026-01-04\n")
}

/// A folder in which a bot has seen the record and ended, so that what comes later is news.
pub(crate) fn begun(record: &str) -> Folder {
    let folder = Folder::new();
    folder.write("deadlines.toml", record);
    let bot = Bot::start(&folder);
    folder.until_logged(BEGUN, 1);
    assert_eq!(bot.end(), Some(0));
    folder
}

/// A running bot, killed when the test ends.
pub(crate) struct Bot(Child);

impl Bot {
    /// A bot that posts to the transcript of its folder, and may read there what it posted before.
    pub(crate) fn start(folder: &Folder) -> Self {
        Self::start_as(folder, &mut bot(folder))
    }

    /// A bot of one's own making.
    pub(crate) fn start_as(folder: &Folder, command: &mut Command) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(appended(&folder.path(TRANSCRIPT)))
            .stderr(appended(&folder.path(LOG)))
            .spawn();
        Self(child.expect("the bot starts"))
    }

    /// A bot that posts to a pipe, which nobody reads yet.
    pub(crate) fn start_piped(folder: &Folder) -> Self {
        let child = bot(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(appended(&folder.path(LOG)))
            .spawn();
        Self(child.expect("the bot starts"))
    }

    /// Reads the pipe on a thread, to its end or until it says so itself.
    pub(crate) fn reader(&mut self) -> thread::JoinHandle<String> {
        let mut out = self.0.stdout.take().expect("a pipe");
        thread::spawn(move || {
            let mut text = String::new();
            out.read_to_string(&mut text).expect("UTF-8");
            text
        })
    }

    /// Closes the pipe, so that nobody reads what it prints.
    pub(crate) fn close_pipe(&mut self) {
        drop(self.0.stdout.take());
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Sends a signal, such as `-STOP`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            // The shell has `kill` built in; as a program it is not on every machine.
            .args(["-c", &format!("kill {name} {}", self.0.id())])
            .status();
        assert!(sent.expect("kill").success());
    }

    /// Whether it runs on.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.0.try_wait().expect("a child").is_none()
    }

    /// Kills it like a crash: it gets no chance to do anything.
    pub(crate) fn kill(mut self) {
        self.0.kill().expect("killed");
        self.0.wait().expect("an end");
    }

    /// Waits until it has ended by itself, and tells its status.
    #[track_caller]
    pub(crate) fn status(mut self) -> Option<i32> {
        wait_until("it ends", || !self.is_alive());
        self.0.wait().expect("an end").code()
    }

    /// Asks it to stop, and tells its status.
    #[track_caller]
    pub(crate) fn end(self) -> Option<i32> {
        self.signal("-TERM");
        self.status()
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        // It has ended already if the test went well.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The command of a bot in a folder.
pub(crate) fn bot(folder: &Folder) -> Command {
    let mut command = command();
    command.current_dir(folder.path(".")).arg("run");
    command
}

/// A bot that serves its page, the host and port of that, once it has begun.
#[track_caller]
pub(crate) fn serving(folder: &Folder) -> (Bot, String) {
    let bot = Bot::start_as(folder, bot(folder).env("DOCKET_LISTEN", "127.0.0.1:0"));
    folder.until_logged(BEGUN, 1);
    folder.until_logged("the page is served at", 1);
    let log = folder.text(LOG);
    let (_, rest) = log.split_once("http://").expect("an address");
    let (address, _) = rest.split_once('/').expect("its end");
    (bot, address.to_owned())
}

fn appended(path: &Path) -> File {
    let mut options = OpenOptions::new();
    let file = options.create(true).append(true).open(path);
    file.expect("a file to write to")
}

/// Waits for something to become true, and tells whether it did in time.
pub(crate) fn becomes_true(most: Duration, mut is_true: impl FnMut() -> bool) -> bool {
    const LOOK_EVERY: Duration = Duration::from_millis(2);
    let mut left = most;
    while !is_true() {
        if left.is_zero() {
            return false;
        }
        left = left.saturating_sub(LOOK_EVERY);
        thread::sleep(LOOK_EVERY);
    }
    true
}

/// Waits for something that must become true. The bound is for a broken bot, not a measure of a
/// good one.
#[track_caller]
pub(crate) fn wait_until(what: &str, is_true: impl FnMut() -> bool) {
    let is_in_time = becomes_true(Duration::from_secs(40), is_true);
    assert!(is_in_time, "in vain: {what}");
}

impl Folder {
    /// A file as text, empty if there is none.
    pub(crate) fn text(&self, name: &str) -> String {
        let bytes = std::fs::read(self.path(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// How often something was logged.
    pub(crate) fn logged(&self, words: &str) -> usize {
        self.text(LOG).matches(words).count()
    }

    /// Waits until something has been logged so often.
    #[track_caller]
    pub(crate) fn until_logged(&self, words: &str, times: usize) {
        let is_logged = becomes_true(Duration::from_secs(40), || self.logged(words) >= times);
        let log = self.text(LOG);
        assert!(is_logged, "`{words}` was not logged {times} times:\n{log}");
    }

    /// Puts a file in place the way careful editors do.
    pub(crate) fn replace(&self, name: &str, text: &str) {
        let aside = self.write(&format!("{name}.new"), text);
        std::fs::rename(aside, self.path(name)).expect("renamed");
    }

    /// What the ledger has, while a bot may be using it.
    pub(crate) fn ledger(&self) -> Vec<Delivery> {
        let location = Location::File(self.path("docket.db"));
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let log = Store::log(&location, LogFilter::default());
        runtime.expect("a runtime").block_on(log).expect("a ledger")
    }

    /// Names of the files whose names contain this.
    pub(crate) fn names_with(&self, part: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(".")).expect("a folder");
        let names = entries.map(|it| it.expect("an entry").file_name());
        let names = names.map(|name| name.to_string_lossy().into_owned());
        names.filter(|name| name.contains(part)).collect()
    }
}

/// Whether something is still to come of a post.
pub(crate) fn is_open(entry: &Delivery) -> bool {
    matches!(entry.stage, Stage::Planned | Stage::Sending)
}

/// How often each reference stands in what was printed.
pub(crate) fn printed(text: &str) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for name in text.lines().filter_map(|it| it.strip_prefix("    ref ")) {
        *times.entry(name.to_owned()).or_default() += 1;
    }
    times
}

/// What is wrong between what was printed and what the ledger says was posted.
pub(crate) fn faults(text: &str, ledger: &[Delivery]) -> Vec<String> {
    let printed = printed(text);
    let mut faults: Vec<_> = printed
        .iter()
        .filter(|(_, times)| **times > 1)
        .map(|(name, times)| format!("{name} was printed {times} times"))
        .collect();
    for entry in ledger {
        let key = &entry.notice.key;
        let times = printed.get(&reference(key, entry.copy)).copied();
        match entry.stage {
            Stage::Sent if times.is_none() => faults.push(format!("{key} was lost")),
            Stage::Sent => {}
            Stage::Failed | Stage::Skipped if entry.reason.is_some() => {}
            stage => faults.push(format!("{key} is {} at the end", stage.word())),
        }
    }
    let names: Vec<_> = ledger
        .iter()
        .map(|it| reference(&it.notice.key, it.copy))
        .collect();
    for name in printed.keys().filter(|name| !names.contains(name)) {
        faults.push(format!(
            "{name} was printed, and the ledger does not know it"
        ));
    }
    faults
}

/// A small generator of numbers: the same for the same seed. (Known as `splitmix64`.)
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below another.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// Waits for at most so long. Short waits are likelier: most happens early.
    pub(crate) fn pause(&mut self, most: Duration) {
        let part = self.below(1_000);
        let square = u32::try_from(part * part).expect("below a million");
        thread::sleep(most / 1_000_000 * square);
    }
}
