//! `docket run` for real: the process, the file, signals.

use crate::bot::{Bot, LOG, TRANSCRIPT, WATCHING, wait_until};
use crate::support::Folder;

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

/// A bot that watches the record of its folder.
#[track_caller]
fn watching(folder: &Folder) -> Bot {
    let bot = Bot::start(folder);
    folder.until_logged(WATCHING, 1);
    bot
}

/// Waits for words on stdout, and gives what stands before and after them.
#[track_caller]
fn around_printed(folder: &Folder, words: &str) -> (String, String) {
    wait_until(words, || folder.text(TRANSCRIPT).contains(words));
    let text = folder.text(TRANSCRIPT);
    let (before, after) = text.split_once(words).expect("it is there");
    (before.to_owned(), after.to_owned())
}

/// Waits for a line of the log with these words, the only one.
#[track_caller]
fn line_logged(folder: &Folder, words: &str) -> String {
    folder.until_logged(words, 1);
    let log = folder.text(LOG);
    let lines: Vec<_> = log.lines().filter(|line| line.contains(words)).collect();
    assert_eq!(lines.len(), 1, "`{words}` in\n{log}");
    lines.concat()
}

#[test]
fn it_prints_the_board_posts_an_edit_and_ends_well() {
    let folder = Folder::new();
    folder.write("deadlines.toml", RECORD);
    let bot = watching(&folder);
    let (board, _) = around_printed(&folder, "A third");
    assert!(
        board.contains("The truce") && board.contains("10 November 2099 (UTC)"),
        "{board}"
    );
    folder.replace("deadlines.toml", &moved("2100-01-10"));
    let (post, _) = around_printed(&folder, "Extended once so far");
    assert!(
        post.contains("moved\n  Extended to 10 January 2100 (UTC): The truce\n"),
        "{post}"
    );
    assert_eq!(bot.end(), Some(0));
    let (_, rest) = around_printed(&folder, "Extended once so far");
    let (_, rest) = rest.split_once('\n').expect("a line more");
    assert!(rest.starts_with("    ref "), "{rest}");
}

#[test]
fn it_survives_a_broken_edit_a_missing_file_and_says_each_once() {
    const BROKEN: &str = "the edit has errors, the last good record stays in force";
    const MISSING: &str = "the file cannot be read, the last good record stays in force";
    let folder = Folder::new();
    folder.write("deadlines.toml", RECORD);
    let bot = watching(&folder);
    folder.write(
        "deadlines.toml",
        RECORD.replace("2099-11-10", "\"2099-11-10\""),
    );
    folder.until_logged("write `due = 2099-11-10`", 1);
    let log = folder.text(LOG);
    let (_, problem) = log.split_once(BROKEN).expect("it says so");
    let (_, help) = problem
        .split_once("error[quoted-date]")
        .expect("what is wrong");
    assert!(help.contains("write `due = 2099-11-10`"), "{log}");
    std::fs::remove_file(folder.path("deadlines.toml")).expect("removed");
    folder.until_logged(MISSING, 1);
    folder.write("deadlines.toml", moved("2100-01-10"));
    let line = line_logged(&folder, "the edit is in force");
    assert!(line.contains("posts=1"), "{line}");
    around_printed(&folder, "Extended to 10 January 2100");
    assert_eq!(bot.end(), Some(0));
    assert_eq!((folder.logged(BROKEN), folder.logged(MISSING)), (1, 1));
}

#[test]
fn it_follows_a_link_that_is_swapped() {
    let folder = Folder::new();
    let old = folder.write("old", RECORD);
    let new = folder.write("new", moved("2100-01-10"));
    let link = folder.path("deadlines.toml");
    std::os::unix::fs::symlink(old, &link).expect("a link");
    let bot = watching(&folder);
    let aside = folder.path("aside");
    std::os::unix::fs::symlink(new, &aside).expect("a link");
    std::fs::rename(aside, link).expect("swapped");
    around_printed(&folder, "Extended to 10 January 2100");
    assert_eq!(bot.end(), Some(0));
}

/// Nothing happens in the folder that is watched: there is no event.
#[test]
fn it_finds_an_edit_that_it_is_not_told_of() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("elsewhere")).expect("a folder");
    folder.write("elsewhere/record", RECORD);
    let link = folder.path("deadlines.toml");
    std::os::unix::fs::symlink("elsewhere/record", link).expect("a link");
    let bot = watching(&folder);
    folder.write("elsewhere/record", moved("2100-01-10"));
    around_printed(&folder, "Extended to 10 January 2100");
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn it_holds_an_edit_that_drops_most_items() {
    let folder = Folder::new();
    folder.write("deadlines.toml", RECORD);
    let bot = watching(&folder);
    folder.write(
        "deadlines.toml",
        "[[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = 2099-11-10\n",
    );
    let line = line_logged(&folder, "held for 10 minutes");
    assert!(line.contains("dropped=2"), "{line}");
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn it_does_not_start_on_a_broken_record() {
    let folder = Folder::new();
    folder.write("deadlines.toml", "due = ");
    let ran = folder.docket("run");
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("error[syntax]"), "{}", ran.stderr);
}
