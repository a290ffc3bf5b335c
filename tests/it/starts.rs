//! How a bot starts and ends, and what it makes of a record that it cannot read.

use crate::bot::{
    BEGUN, Bot, LOG, RECORD, TRANSCRIPT, WATCHING, begun, event, printed, serving, wait_until,
};
use crate::support::{Folder, at, command, parse, posts};
use docket::domain::{Delivery, Stage, reference};
use docket::ports::{Advance, Outcome, Planned, Record, Settled, Turn};
use docket::store::Sqlite;
use std::io::Write as _;
use std::process::Command;
use std::thread;
use std::time::Duration;

const BROKEN: &str = "[[deadline]]\nid = \"truce\"\ntitle = \"The truce\"\ndue = \"2099-11-10\"\n";

/// Something that is done to a record.
type Spoil = fn(&Folder);

fn with_event(record: &str, name: &str) -> String {
    record.to_owned() + &event(name)
}

fn folder(record: &str) -> Folder {
    let folder = Folder::new();
    folder.write("deadlines.toml", record);
    folder
}

#[track_caller]
fn until_posted(folder: &Folder, name: &str) {
    let title = format!("  It was {name}\n");
    wait_until(name, || folder.text(TRANSCRIPT).contains(&title));
}

/// Waits until a bot runs for the second time in a folder.
fn starts_again(folder: &Folder) -> Bot {
    let bot = Bot::start(folder);
    folder.until_logged(WATCHING, 2);
    bot
}

#[test]
fn a_second_bot_is_refused_and_the_first_goes_on() {
    let folder = folder(RECORD);
    let first = Bot::start(&folder);
    folder.until_logged(BEGUN, 1);
    let second = folder.docket("run");
    assert_eq!((second.status, second.stdout.as_str()), (1, ""));
    assert_eq!(
        second.stderr,
        "error: another docket is running with the ledger `docket.db`\n\
         help: stop it first, or give this one a ledger of its own with `--database sqlite://FILE`\n"
    );
    folder.replace("deadlines.toml", &with_event(RECORD, "later"));
    until_posted(&folder, "later");
    assert_eq!(first.end(), Some(0));
}

#[test]
fn a_second_bot_is_refused_whatever_link_it_has_to_the_ledger() {
    let folder = folder(RECORD);
    let bot = Bot::start(&folder);
    folder.until_logged(BEGUN, 1);
    std::os::unix::fs::symlink("docket.db", folder.path("link.db")).expect("a link");
    let ran = folder.docket("run --database sqlite://link.db");
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(
        ran.stderr.contains("another docket is running"),
        "{}",
        ran.stderr
    );
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn a_running_bot_says_that_it_is_alive_and_a_taken_address_is_refused() {
    let folder = folder(RECORD);
    let (first, taken) = serving(&folder);

    let asked = folder.docket(&format!("health --listen {taken}"));
    assert_eq!(asked.whole(), "status 0\n--- stdout\nalive\n");
    let second = folder.docket(&format!(
        "run --database sqlite://other.db --listen {taken}"
    ));
    assert_eq!(second.status, 1);
    let said = second.stderr.lines().collect::<Vec<_>>();
    assert!(
        said[0].starts_with(&format!("error: cannot listen on `{taken}`")),
        "{said:?}"
    );
    assert!(said[1].contains("--listen ADDR"), "{said:?}");
    assert!(!folder.path("other.db").exists(), "it left a ledger behind");

    assert_eq!(first.end(), Some(0));
    let gone = folder.docket(&format!("health --listen {taken}"));
    assert_eq!(gone.status, 1);
}

#[test]
fn asked_to_stop_it_closes_the_ledger() {
    let folder = folder(RECORD);
    let bot = Bot::start(&folder);
    // Asked at once, even before it has begun anything.
    folder.until_logged(WATCHING, 1);
    assert_eq!(bot.end(), Some(0));
    assert_eq!(folder.names_with("docket.db-"), [""; 0]);
    let bot = starts_again(&folder);
    bot.signal("-INT");
    assert_eq!(bot.status(), Some(0));
    assert_eq!(folder.names_with("docket.db-"), [""; 0]);
    assert_eq!(folder.logged("stopping: waiting for posts"), 2);
}

/// A bot that is stuck in a post, since nobody reads the pipe that it prints to.
fn stuck(folder: &Folder) -> Bot {
    let bot = Bot::start_piped(folder);
    folder.until_logged(BEGUN, 1);
    let summary = "It went on and on. ".repeat(20_000);
    let mut text = with_event(RECORD, "long");
    text.push_str(&format!("summary = \"{summary}\"\n"));
    for nth in 0..15 {
        text = with_event(&text, &format!("after-{nth}"));
    }
    folder.replace("deadlines.toml", &text);
    wait_until("a post is on its way", || {
        folder.ledger().iter().any(|it| it.stage == Stage::Sending)
    });
    bot
}

#[test]
fn asked_twice_to_stop_it_ends_at_once_whatever_is_under_way() {
    let folder = folder(RECORD);
    let bot = stuck(&folder);
    bot.signal("-TERM");
    folder.until_logged("stopping: waiting for posts", 1);
    bot.signal("-TERM");
    assert_eq!(bot.status(), Some(1));
}

#[test]
fn a_post_that_was_stuck_is_printed_once_when_somebody_reads() {
    let folder = folder(RECORD);
    let mut bot = stuck(&folder);
    let reader = bot.reader();
    wait_until("all is posted", || {
        folder.ledger().iter().all(|it| it.stage == Stage::Sent)
    });
    assert_eq!(bot.end(), Some(0));
    let printed = printed(&reader.join().expect("a reader"));
    assert_eq!(printed.len(), 16);
    assert!(printed.values().all(|times| *times == 1), "{printed:?}");
}

#[test]
fn without_a_reader_posts_wait() {
    let folder = folder(RECORD);
    let mut bot = Bot::start_piped(&folder);
    folder.until_logged(BEGUN, 1);
    bot.close_pipe();
    folder.replace("deadlines.toml", &with_event(RECORD, "unheard"));
    folder.until_logged("nobody reads the output any more", 1);
    assert!(bot.is_alive());
    assert_eq!(bot.end(), Some(0));
    // Nothing was printed, so the next bot prints it.
    let bot = starts_again(&folder);
    until_posted(&folder, "unheard");
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn a_first_start_with_a_broken_record_leaves_no_ledger() {
    let folder = folder(BROKEN);
    let ran = folder.docket("run");
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("error[quoted-date]"), "{}", ran.stderr);
    assert_eq!(folder.names_with("docket.db"), [""; 0]);
}

#[test]
fn a_start_that_is_refused_names_the_file_and_what_to_do() {
    let folder = folder(RECORD);
    folder.write("token", "\n");
    for (flags, said, help) in [
        (
            "--discord-token-file token",
            "what `token` has is no token",
            "copy it from the Bot page",
        ),
        (
            "--database sqlite://nowhere/docket.db",
            "`nowhere/docket.db`: No such file",
            "docket has to write to `nowhere/docket.db`",
        ),
    ] {
        let ran = folder.docket(&format!("run {flags}"));
        assert_ne!(ran.status, 0, "{flags}");
        assert_eq!(ran.stdout, "", "{flags}");
        for part in [said, help] {
            assert!(ran.stderr.contains(part), "{flags}: {}", ran.stderr);
        }
    }
}

/// What a command says of tokens in its environment and its flags.
fn said_of_tokens(folder: &Folder, settings: &[(&str, &str)], args: &str) -> (Option<i32>, String) {
    let ran = command()
        .current_dir(folder.path("."))
        .envs(settings.iter().copied())
        .args(args.split_whitespace())
        .output()
        .expect("the command starts");
    assert_eq!(String::from_utf8(ran.stdout).expect("UTF-8"), "", "{args}");
    let said = String::from_utf8(ran.stderr).expect("UTF-8");
    assert!(!said.contains("s3cret"), "{args}: {said}");
    (ran.status.code(), said)
}

#[test]
fn the_doctor_tries_whether_a_ledger_can_be_made_and_leaves_nothing_behind() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder(RECORD);
    let good = "good  ledger: none yet: `docket run` makes one\n";
    let ran = folder.docket("doctor");
    assert!(ran.stdout.contains(good), "{}", ran.stdout);
    assert_eq!(folder.names_with(""), ["deadlines.toml"]);

    let ran = folder.docket("doctor --database sqlite://nowhere/docket.db");
    assert_eq!((ran.status, ran.stderr.as_str()), (1, ""));
    let bad = "BAD   ledger: the ledger cannot be opened: `nowhere/docket.db`: No such file";
    let help = "→ docket has to write to `nowhere/docket.db` and to its folder; another file";
    assert!(ran.stdout.contains(bad), "{}", ran.stdout);
    assert!(ran.stdout.contains(help), "{}", ran.stdout);

    let allow = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder.path("."), permissions).expect("permitted");
    };
    allow(0o500);
    let can_write = std::fs::write(folder.path("any"), "").is_ok();
    let ran = folder.docket("doctor");
    allow(0o700);
    if can_write {
        println!("skipped: this user may write everywhere");
        return;
    }
    assert_eq!((ran.status, ran.stderr.as_str()), (1, ""));
    let bad = "BAD   ledger: the ledger cannot be opened: `docket.db`: Permission denied";
    assert!(ran.stdout.contains(bad), "{}", ran.stdout);
}

#[test]
fn a_token_that_is_given_twice_is_refused_and_not_shown() {
    let folder = folder(RECORD);
    folder.write("token", "MTAw.s3cret.file");
    let (token, file) = (
        ("DISCORD_TOKEN", "MTAw.s3cret.here"),
        ("DISCORD_TOKEN_FILE", "token"),
    );
    let flag = "--discord-token MTAw.s3cret.flag";
    for (settings, args) in [
        (vec![token, file], "run".to_owned()),
        (vec![token, file], "doctor".to_owned()),
        (vec![token], "invite --discord-token-file token".to_owned()),
        (vec![file], format!("invite {flag}")),
        (vec![], format!("invite {flag} --discord-token-file token")),
    ] {
        let said = said_of_tokens(&folder, &settings, &args);
        let twice = "error: the token of Discord is given twice: by `DISCORD_TOKEN` or \
                     `--discord-token`, and by `DISCORD_TOKEN_FILE` or `--discord-token-file`\n\
                     help: keep one of them, and leave the other one unset or empty\n";
        assert_eq!(said, (Some(2), twice.to_owned()), "{args}");
    }
    assert!(!folder.path("docket.db").exists(), "it left a ledger");
}

#[test]
fn a_token_that_is_set_to_nothing_is_not_given() {
    let folder = folder(RECORD);
    folder.write("token", "no s3cret");
    for (token, file, expected) in [
        ("", "token", "what `token` has is no token"),
        (" ", "token", "what `token` has is no token"),
        (
            "no s3cret",
            "",
            "what `DISCORD_TOKEN` or `--discord-token` has is no token",
        ),
        ("", "", "there is no token of a Discord bot"),
    ] {
        let settings = [("DISCORD_TOKEN", token), ("DISCORD_TOKEN_FILE", file)];
        let (_, said) = said_of_tokens(&folder, &settings, "invite");
        assert!(said.contains(expected), "{token:?}, {file:?}: {said}");
    }
}

#[test]
fn a_ledger_of_a_later_version_is_no_riddle() {
    let folder = folder(RECORD);
    let ledger = rusqlite::Connection::open(folder.path("docket.db")).expect("a file");
    let later = ledger.pragma_update(None, "user_version", 1_000);
    later.expect("of a later version");
    let way_out = "run that version, or restore a backup";
    for command in ["run", "log", "resend key", "doctor"] {
        let ran = folder.docket(command);
        assert_eq!(ran.status, 1, "{command}");
        let said = ran.stdout + &ran.stderr;
        assert!(said.contains("a later version has used it"), "{said}");
        assert!(said.contains(way_out), "{command}: {said}");
    }
}

#[test]
fn it_starts_on_the_last_good_record_if_the_file_is_broken_or_gone() {
    let folder = begun(RECORD);
    let file = folder.path("deadlines.toml");
    let spoilt: [(Spoil, &str); 4] = [
        (
            |it| drop(it.write("deadlines.toml", BROKEN)),
            "the edit has errors, the last good record stays in force",
        ),
        (|_| {}, "the file cannot be read, the last good record"),
        (
            |it| std::fs::create_dir(it.path("deadlines.toml")).expect("a folder"),
            "a directory",
        ),
        (
            |it| {
                let made = Command::new("mkfifo")
                    .arg(it.path("deadlines.toml"))
                    .status();
                assert!(made.expect("mkfifo").success());
            },
            "not a regular file",
        ),
    ];
    for (nth, (spoil, said)) in spoilt.into_iter().enumerate() {
        drop(std::fs::remove_dir(&file));
        drop(std::fs::remove_file(&file));
        spoil(&folder);
        let before = folder.logged(said);
        let bot = Bot::start(&folder);
        folder.until_logged(said, before + 1);
        folder.until_logged(WATCHING, nth + 2);
        // It goes on once the file is good again, and nothing was cancelled meanwhile.
        drop(std::fs::remove_dir(&file));
        drop(std::fs::remove_file(&file));
        let name = format!("better-{nth}");
        folder.replace("deadlines.toml", &with_event(RECORD, &name));
        until_posted(&folder, &name);
        assert_eq!(folder.logged(said), before + 1, "{}", folder.text(LOG));
        assert_eq!(bot.end(), Some(0));
    }
    let kinds = folder.ledger();
    assert_eq!(kinds.len(), 4, "{kinds:#?}");
}

#[test]
fn a_pipe_or_a_folder_in_place_of_the_record_is_refused_at_once() {
    let folder = Folder::new();
    let made = Command::new("mkfifo")
        .arg(folder.path("deadlines.toml"))
        .status();
    assert!(made.expect("mkfifo").success());
    let bot = Bot::start(&folder);
    assert_eq!(bot.status(), Some(1));
    let said = "error: cannot watch `deadlines.toml`: not a regular file\n";
    assert_eq!(folder.text(LOG), said);
    std::fs::remove_file(folder.path("deadlines.toml")).expect("removed");
    std::fs::create_dir(folder.path("deadlines.toml")).expect("a folder");
    let ran = folder.docket("run");
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("a directory"), "{}", ran.stderr);
}

#[test]
fn whatever_happens_to_the_file_while_it_runs_cancels_nothing() {
    let folder = folder(RECORD);
    let bot = Bot::start(&folder);
    folder.until_logged(BEGUN, 1);
    let file = folder.path("deadlines.toml");
    std::fs::remove_file(&file).expect("removed");
    folder.until_logged("the file cannot be read", 1);
    std::fs::create_dir(&file).expect("a folder");
    folder.until_logged("a directory", 1);
    std::fs::remove_dir(&file).expect("removed");
    let made = Command::new("mkfifo").arg(&file).status();
    assert!(made.expect("mkfifo").success());
    folder.until_logged("not a regular file", 1);
    std::fs::remove_file(&file).expect("removed");
    folder.write("deadlines.toml", with_event(RECORD, "after-all"));
    until_posted(&folder, "after-all");
    assert_eq!(bot.end(), Some(0));
    assert_eq!(folder.ledger().len(), 1);
}

#[test]
fn a_file_that_may_not_be_read_cancels_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder(RECORD);
    let file = folder.path("deadlines.toml");
    let allow = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&file, permissions).expect("permitted");
    };
    allow(0o000);
    if std::fs::read(&file).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    allow(0o600);
    let bot = Bot::start(&folder);
    folder.until_logged(BEGUN, 1);
    allow(0o000);
    folder.until_logged("the file cannot be read", 1);
    allow(0o600);
    folder.write("deadlines.toml", with_event(RECORD, "readable"));
    until_posted(&folder, "readable");
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn of_100_edits_in_a_second_the_last_one_counts() {
    let folder = folder(RECORD);
    let bot = Bot::start(&folder);
    folder.until_logged(BEGUN, 1);
    let mut kept = RECORD.to_owned();
    for nth in 0..100 {
        // Each drops what the one before added, but for every tenth.
        let text = with_event(&kept, &format!("edit-{nth}"));
        folder.write("deadlines.toml", &text);
        if nth % 10 == 9 {
            kept = text;
        }
        thread::sleep(Duration::from_millis(10));
    }
    until_posted(&folder, "edit-99");
    wait_until("all that was kept is posted", || {
        folder.ledger().iter().all(|it| it.stage == Stage::Sent)
    });
    assert_eq!(bot.end(), Some(0));
    let text = folder.text(TRANSCRIPT);
    for nth in (9..100).step_by(10) {
        let title = format!("  It was edit-{nth}\n");
        assert_eq!(text.matches(&title).count(), 1, "{title}");
    }
    assert!(printed(&text).values().all(|times| *times == 1));
}

#[test]
fn a_file_that_is_written_slowly_is_not_taken_half_way() {
    let folder = folder(RECORD);
    let bot = Bot::start(&folder);
    folder.until_logged(BEGUN, 1);
    let mut text = RECORD.to_owned();
    for nth in 0..10 {
        text = with_event(&text, &format!("piece-{nth}"));
    }
    // Two thirds of a second in all, in steps far shorter than it takes to believe a file.
    let mut file = std::fs::File::create(folder.path("deadlines.toml")).expect("a file");
    for piece in text.as_bytes().chunks(text.len() / 32) {
        file.write_all(piece).expect("written");
        thread::sleep(Duration::from_millis(20));
    }
    drop(file);
    until_posted(&folder, "piece-9");
    assert_eq!(bot.end(), Some(0));
    assert_eq!(folder.logged("the edit is in force"), 1);
    assert_eq!(folder.logged("ERROR"), 0, "{}", folder.text(LOG));
    assert_eq!(folder.logged("held for"), 0, "{}", folder.text(LOG));
}

#[test]
fn a_post_can_be_asked_for_again_by_its_key_and_by_its_reference() {
    let folder = begun(RECORD);
    folder.write("deadlines.toml", with_event(RECORD, "signed"));
    let bot = starts_again(&folder);
    until_posted(&folder, "signed");
    wait_until("it is recorded", || {
        folder.ledger().iter().all(|it| it.stage == Stage::Sent)
    });
    assert_eq!(bot.end(), Some(0));
    let key = "terminal/event/signed";
    for (nth, name) in [key.to_owned(), reference(key, 2)].into_iter().enumerate() {
        let ran = folder.docket(&format!("resend {name}"));
        assert_eq!(
            ran.whole(),
            format!(
                "status 0\n--- stdout\n`{key}` was sent; the running bot posts it again within 30 \
                 seconds.\n"
            )
        );
        // It waits already.
        let ran = folder.docket(&format!("resend {key}"));
        assert_eq!(ran.status, 1, "{}", ran.stderr);
        let bot = Bot::start(&folder);
        wait_until("another copy", || {
            printed(&folder.text(TRANSCRIPT)).len() == nth + 2
                && folder.ledger().iter().all(|it| it.stage == Stage::Sent)
        });
        assert_eq!(bot.end(), Some(0));
    }
    let printed = printed(&folder.text(TRANSCRIPT));
    let expected = (1..=3).map(|copy| (reference(key, copy), 1)).collect();
    assert_eq!(printed, expected);
    let ran = folder.docket("resend terminal/event/sined");
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("did you mean `terminal/event/signed`?"));
}

#[test]
fn what_time_has_taken_back_is_not_posted_because_somebody_asks() {
    let folder = Folder::new();
    recorded(&folder);
    let skipped = |it: &&Delivery| it.stage == Stage::Skipped;
    let ledger = folder.ledger();
    let key = &ledger.iter().find(skipped).expect("one").notice.key;
    let name = reference(key, 1).to_ascii_uppercase();
    let ran = folder.docket(&format!("resend {name}"));
    assert_eq!(
        ran.whole(),
        format!(
            "status 0\n--- stdout\n`{key}` was skipped; the running bot posts it again within 30 \
             seconds, if the record still calls for it.\n"
        )
    );
    let bot = Bot::start(&folder);
    wait_until("it is looked at", || {
        let ledger = folder.ledger();
        ledger.iter().filter(skipped).any(|it| it.copy == 2)
    });
    assert_eq!(bot.end(), Some(0));
    assert!(!folder.text(TRANSCRIPT).contains(&reference(key, 2)));
}

/// A ledger in which the posts of a record went different ways, at known times.
fn recorded(folder: &Folder) {
    let text = "remind = [\"2h\", \"1h\", \"30m\"]\nzone = \"Europe/Madrid\"\n[[deadline]]\n\
                id = \"truce\"\ntitle = \"The truce\"\ndue = 2026-03-10T12:00\n[[deadline]]\n\
                id = \"stay\"\ntitle = \"The stay\"\ndue = 2026-03-10T12:20\n";
    folder.write("deadlines.toml", text);
    let start = at("2026-03-10T08:00:00Z");
    let mut ledger = Sqlite::open(&folder.path("docket.db"), start).expect("a ledger");
    let life = ledger.join().expect("a life");
    let planned = posts(parse(text), "2026-03-10T08:00:00Z", "2026-03-10T11:10:00Z");
    let step = Advance {
        version: 0,
        cursor: start,
        rewind: None,
        record: Some(Record {
            text: text.to_owned(),
            digest: docket::engine::digest(text),
        }),
        dues: Vec::new(),
        subscriptions: vec![("terminal".to_owned(), start)],
        posts: planned
            .into_iter()
            .enumerate()
            .map(|(nth, notice)| Planned {
                notice,
                skipped: (nth == 1).then(|| "too late to be of use".to_owned()),
            })
            .collect(),
    };
    assert!(ledger.advance(&step).expect("planned"));
    let mut turn = Turn {
        life,
        now: at("2026-03-10T11:12:00Z"),
        settled: Vec::new(),
        holding: Vec::new(),
        claims_max: 1,
    };
    for nth in 0.. {
        let Some(claim) = ledger
            .turn(&turn, turn.now.timestamp_millis())
            .expect("a turn")
            .claims
            .pop()
        else {
            break;
        };
        let seconds = chrono::TimeDelta::milliseconds;
        let outcome = match nth {
            0 => Outcome::Sent {
                at: claim.notice.at + seconds(700),
                message: None,
                notice: None,
            },
            1 => Outcome::Sent {
                at: claim.notice.at + seconds(600_000),
                message: Some("1449".to_owned()),
                notice: None,
            },
            2 => Outcome::Failed {
                why: "the channel is gone".to_owned(),
            },
            _ => Outcome::Again {
                not_before: at("2026-03-10T11:14:00Z"),
                why: "the other side is busy".to_owned(),
                tried: false,
            },
        };
        turn.settled = vec![Settled {
            lease: claim.lease,
            key: claim.notice.key,
            attempts: claim.attempts,
            outcome,
        }];
    }
}

#[test]
fn the_log_shows_what_became_of_every_post() {
    let folder = Folder::new();
    recorded(&folder);
    insta::assert_snapshot!("ledger_log", folder.docket("log").whole());
    insta::assert_snapshot!("ledger_log_failed", folder.docket("log --failed").whole());
    insta::assert_snapshot!("ledger_log_json", folder.docket("log --json").whole());
}

#[test]
fn the_log_can_be_read_while_a_bot_runs() {
    let folder = folder(RECORD);
    let bot = Bot::start(&folder);
    folder.until_logged(BEGUN, 1);
    let log = folder.docket("log");
    assert_eq!(
        log.whole(),
        "status 0\n--- stdout\nNothing was posted yet.\n"
    );
    let log = folder.docket("log --failed");
    assert_eq!(
        log.whole(),
        "status 0\n--- stdout\nNothing failed and nothing was skipped.\n"
    );
    assert_eq!(bot.end(), Some(0));
}
