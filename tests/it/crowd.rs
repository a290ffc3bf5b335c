//! Readers who mean no good, or are on a bad line: the bot goes on posting, and answers the others.

use crate::bot::{BEGUN, Bot, RECORD, TRANSCRIPT, bot, event, wait_until};
use crate::browser::address;
use crate::support::Folder;
use docket::domain::Stage;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// So many of them at once.
const READERS: usize = 1_000;

/// A bot that serves its page, and the address of that.
fn serving(folder: &Folder) -> (Bot, String) {
    let bot = Bot::start_as(folder, bot(folder).args(["--listen", "127.0.0.1:0"]));
    folder.until_logged(BEGUN, 1);
    let address = address(folder);
    (bot, address.trim_start_matches("http://").to_owned())
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    let patience = Some(Duration::from_secs(40));
    stream.set_read_timeout(patience).expect("a socket");
    stream
}

/// The status that a request is answered with; none if the connection is closed instead.
fn status(address: &str, request: &str) -> Option<u16> {
    let mut stream = connect(address);
    // It may be closed before all is said.
    drop(stream.write_all(request.as_bytes()));
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    let answer = String::from_utf8_lossy(&answer);
    answer.split(' ').nth(1)?.parse().ok()
}

fn ask(address: &str, path: &str) -> Option<u16> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    status(address, &request)
}

#[test]
fn a_thousand_slow_readers_hold_up_neither_posts_nor_other_readers() {
    let folder = Folder::new();
    folder.write("deadlines.toml", RECORD);
    let (bot, address) = serving(&folder);
    let slow: Vec<_> = (0..READERS)
        .map(|_| {
            let mut stream = connect(&address);
            // Too many are closed again, the oldest first.
            drop(stream.write_all(b"GET / HTTP/1.1\r\nHost: here\r\nX-Slow: "));
            stream
        })
        .collect();
    folder.write("deadlines.toml", RECORD.to_owned() + &event("signed"));
    wait_until("it is posted", || {
        folder.text(TRANSCRIPT).contains("It was signed")
    });
    assert_eq!(ask(&address, "/healthz"), Some(200));
    assert_eq!(slow.len(), READERS);
    drop(slow);
    let ledger = folder.ledger();
    assert!(
        ledger
            .iter()
            .all(|it| it.stage == Stage::Sent && !it.notice.late)
    );
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn a_request_without_end_is_refused_and_the_next_is_answered() {
    let folder = Folder::new();
    folder.write("deadlines.toml", RECORD);
    let (bot, address) = serving(&folder);
    for (length, answer) in [(3_000, 414), (100_000, 431), (10_000_000, 431)] {
        let said = ask(&address, &format!("/?topic={}", "x".repeat(length)));
        let answer = Some(answer);
        // What is far too long may find the connection closed before it has read the answer.
        assert!(
            said == answer || (length > 3_000 && said.is_none()),
            "{length}: {said:?}"
        );
        assert_eq!(ask(&address, "/"), Some(200));
    }
    assert_eq!(status(&address, "\0\0\r\n\r\n"), Some(400));
    assert_eq!(ask(&address, "/"), Some(200));
    assert_eq!(bot.end(), Some(0));
}
