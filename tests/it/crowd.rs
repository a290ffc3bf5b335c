//! Readers who mean no good, or are on a bad line: the bot goes on posting, and answers the others.

use crate::bot::{RECORD, TRANSCRIPT, event, serving, wait_until};
use crate::support::Folder;
use docket::domain::Stage;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// So many of them at once.
const READERS: usize = 1_000;

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    let patience = Some(Duration::from_secs(40));
    stream.set_read_timeout(patience).expect("a socket");
    stream
}

/// Status and text that a request is answered with; none if the connection is closed instead.
fn answer(address: &str, request: &str) -> Option<(u16, String)> {
    let mut stream = connect(address);
    // It may be closed before all is said.
    drop(stream.write_all(request.as_bytes()));
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    let answer = String::from_utf8_lossy(&answer);
    let (head, text) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, text.to_owned()))
}

/// What a running bot answers at a path.
pub(crate) fn get(address: &str, path: &str) -> Option<(u16, String)> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    answer(address, &request)
}

fn status(address: &str, path: &str) -> Option<u16> {
    get(address, path).map(|(status, _)| status)
}

#[test]
fn a_thousand_slow_readers_hold_up_neither_posts_nor_other_readers() {
    let folder = Folder::new();
    folder.write("deadlines.toml", RECORD);
    let (bot, address) = serving(&folder);
    let slow: Vec<_> = (0..READERS)
        .filter_map(|_| {
            let mut stream = connect(&address);
            // Too many are closed again, the oldest first.
            let half = b"GET / HTTP/1.1\r\nHost: here\r\nX-Slow: ";
            stream.write_all(half).ok().map(|()| stream)
        })
        .collect();
    // More than are kept open at once.
    assert!(slow.len() > 512, "only {} got in", slow.len());
    folder.write("deadlines.toml", RECORD.to_owned() + &event("signed"));
    wait_until("it is posted", || {
        folder.text(TRANSCRIPT).contains("It was signed")
    });
    assert_eq!(status(&address, "/healthz"), Some(200));
    assert_eq!(folder.docket("log").status, 0);
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
        let said = status(&address, &format!("/?topic={}", "x".repeat(length)));
        let answer = Some(answer);
        // What is far too long may find the connection closed before it has read the answer.
        assert!(
            said == answer || (length > 3_000 && said.is_none()),
            "{length}: {said:?}"
        );
        assert_eq!(status(&address, "/"), Some(200));
    }
    assert_eq!(answer(&address, "\0\0\r\n\r\n").map(|it| it.0), Some(400));
    assert_eq!(status(&address, "/"), Some(200));
    assert_eq!(bot.end(), Some(0));
}
