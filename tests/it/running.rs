//! `docket run` for real: the process, the file, signals.

use crate::support::{Folder, command};
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A running bot, killed when the test ends.
struct Bot {
    child: Child,
    out: BufReader<ChildStdout>,
    errors: Receiver<String>,
}

impl Bot {
    fn start(folder: &Folder) -> Self {
        let mut child = command()
            .current_dir(folder.path("."))
            .arg("run")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the bot starts");
        let out = BufReader::new(child.stdout.take().expect("stdout"));
        let stderr = BufReader::new(child.stderr.take().expect("stderr"));
        let (send, errors) = channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        let mut bot = Self { child, out, errors };
        bot.until("watching the record");
        bot
    }

    /// Waits for a log line with these words.
    #[track_caller]
    fn until(&mut self, words: &str) -> String {
        // Generous: it is a bound for a broken bot, not a measure of a good one.
        let patience = Duration::from_secs(30);
        loop {
            let line = self.errors.recv_timeout(patience);
            let line = line.unwrap_or_else(|_| panic!("`{words}` was never logged"));
            if line.contains(words) {
                return line;
            }
        }
    }

    /// Reads stdout up to a line with these words.
    #[track_caller]
    fn read_until(&mut self, words: &str) -> String {
        let mut text = String::new();
        while !text.contains(words) {
            let read = self.out.read_line(&mut text).expect("stdout");
            assert!(read > 0, "the bot ended before `{words}`:\n{text}");
        }
        text
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let kill = std::process::Command::new("sh")
            // The shell has `kill` built in; as a program it is not on every machine.
            .args(["-c", &format!("kill {name} {pid}")])
            .status();
        assert!(kill.expect("kill").success());
    }

    fn end(mut self) -> (Option<i32>, String) {
        self.signal("-TERM");
        let status = self.child.wait().expect("an end");
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("stdout");
        (status.code(), rest)
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        // It has ended already if the test went well.
        drop(self.child.kill());
    }
}

const RECORD: &str = "[[deadline]]\nid = \"a\"\ntitle = \"The truce\"\ndue = 2099-11-10\n\
                      [[deadline]]\nid = \"b\"\ntitle = \"Another\"\ndue = 2099-12-10\n\
                      [[deadline]]\nid = \"c\"\ntitle = \"A third\"\ndue = 2099-12-11\n";

fn moved(due: &str) -> String {
    RECORD.replacen(
        "due = 2099-11-10\n",
        &format!(
            "due = 2099-11-10\n[[deadline.revision]]\ndue = {due}\nannounced = 2026-01-01\n\
             instrument = \"EO 1\"\n"
        ),
        1,
    )
}

#[test]
fn it_prints_the_board_posts_an_edit_and_ends_well() {
    let folder = Folder::new();
    folder.write("deadlines.toml", RECORD);
    let mut bot = Bot::start(&folder);
    let board = bot.read_until("A third");
    assert!(
        board.contains("The truce") && board.contains("10 November 2099 (UTC)"),
        "{board}"
    );
    // Written aside and renamed over, as editors do.
    let aside = folder.write("aside", moved("2100-01-10"));
    std::fs::rename(aside, folder.path("deadlines.toml")).expect("renamed");
    let post = bot.read_until("Extended once so far");
    assert!(
        post.contains("moved\n  Extended to 10 January 2100 (UTC): The truce\n"),
        "{post}"
    );
    let (status, rest) = bot.end();
    assert_eq!(status, Some(0));
    assert!(rest.starts_with("    ref "), "{rest}");
}

#[test]
fn it_survives_a_broken_edit_a_missing_file_and_says_each_once() {
    let folder = Folder::new();
    folder.write("deadlines.toml", RECORD);
    let mut bot = Bot::start(&folder);
    folder.write(
        "deadlines.toml",
        RECORD.replace("2099-11-10", "\"2099-11-10\""),
    );
    bot.until("the edit has errors, the last good record stays in force");
    bot.until("error[quoted-date]");
    bot.until("write `due = 2099-11-10`");
    std::fs::remove_file(folder.path("deadlines.toml")).expect("removed");
    bot.until("the file cannot be read, the last good record stays in force");
    folder.write("deadlines.toml", moved("2100-01-10"));
    let line = bot.until("the edit is in force");
    assert!(line.contains("posts=1"), "{line}");
    bot.read_until("Extended to 10 January 2100");
    assert_eq!(bot.end().0, Some(0));
}

#[test]
fn it_follows_a_link_that_is_swapped() {
    let folder = Folder::new();
    let old = folder.write("old", RECORD);
    let new = folder.write("new", moved("2100-01-10"));
    let link = folder.path("deadlines.toml");
    std::os::unix::fs::symlink(old, &link).expect("a link");
    let mut bot = Bot::start(&folder);
    let aside = folder.path("aside");
    std::os::unix::fs::symlink(new, &aside).expect("a link");
    std::fs::rename(aside, link).expect("swapped");
    bot.read_until("Extended to 10 January 2100");
    assert_eq!(bot.end().0, Some(0));
}

#[test]
fn it_holds_an_edit_that_drops_most_items() {
    let folder = Folder::new();
    folder.write("deadlines.toml", RECORD);
    let mut bot = Bot::start(&folder);
    folder.write(
        "deadlines.toml",
        "[[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = 2099-11-10\n",
    );
    let line = bot.until("held for 10 minutes");
    assert!(line.contains("dropped=2"), "{line}");
    assert_eq!(bot.end().0, Some(0));
}

#[test]
fn it_does_not_start_on_a_broken_record() {
    let folder = Folder::new();
    folder.write("deadlines.toml", "due = ");
    let ran = folder.docket("run");
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("error[syntax]"), "{}", ran.stderr);
}
