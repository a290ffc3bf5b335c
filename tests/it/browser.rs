//! The page in a real browser, served by the real bot: accessibility, layout, keyboard, no script.
//! What is looked at is in `tests/browser/check.mjs`.

use crate::bot::{Bot, LOG, bot};
use crate::support::{Folder, root, shipped_text};
use std::path::Path;
use std::process::Command;

/// The address that a bot says it serves the page at.
pub(crate) fn address(folder: &Folder) -> String {
    folder.until_logged("the page is served at", 1);
    let log = folder.text(LOG);
    let (_, rest) = log.split_once("http://").expect("an address");
    let end = rest.find('/').expect("its end");
    format!("http://{}", &rest[..end])
}

/// A bot with the shipped record and a page at an address of its own.
fn serving(folder: &Folder) -> Bot {
    folder.write("deadlines.toml", shipped_text());
    Bot::start_as(folder, bot(folder).env("DOCKET_LISTEN", "127.0.0.1:0"))
}

/// What is missing for a browser, if something is.
fn missing() -> Option<&'static str> {
    let has = |path: &Path| path.exists();
    if !has(Path::new("/usr/bin/chromium")) {
        Some("no /usr/bin/chromium")
    } else if !has(Path::new("/usr/bin/node")) {
        Some("no /usr/bin/node")
    } else if !has(&root().join("tests/browser/node_modules")) {
        Some("`npm ci --ignore-scripts` was not run in tests/browser")
    } else {
        None
    }
}

#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "how the tests are run; what was not tested should be seen"
)]
fn skip(why: &str) {
    let is_strict = std::env::var_os("DOCKET_TEST_STRICT").is_some_and(|it| !it.is_empty());
    assert!(!is_strict, "no browser ({why})");
    println!("skipped: no browser ({why})");
}

#[test]
fn the_page_is_right_in_a_browser() {
    if let Some(why) = missing() {
        return skip(why);
    }
    let folder = Folder::in_memory();
    let bot = serving(&folder);
    let looked = Command::new("node")
        .arg(root().join("tests/browser/check.mjs"))
        .arg(address(&folder))
        .output()
        .expect("node starts");
    let said = String::from_utf8_lossy(&looked.stdout).into_owned();
    let why = String::from_utf8_lossy(&looked.stderr).into_owned();
    assert!(looked.status.success(), "{said}{why}");
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn a_running_bot_says_that_it_is_alive_and_a_taken_address_is_refused() {
    let folder = Folder::in_memory();
    let first = serving(&folder);
    let taken = address(&folder);
    let taken = taken.trim_start_matches("http://");

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
fn a_crowd_that_says_nothing_does_not_shut_the_page() {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;
    let folder = Folder::in_memory();
    let bot = serving(&folder);
    let address = address(&folder);
    let address = address.trim_start_matches("http://");
    // More than are kept open at once, each with half a request.
    let crowd: Vec<_> = (0..700)
        .filter_map(|_| {
            let mut stream = TcpStream::connect(address).ok()?;
            stream.write_all(b"GET / HTTP/1.1\r\nHost: ").ok()?;
            Some(stream)
        })
        .collect();
    assert!(crowd.len() > 512, "only {} got in", crowd.len());
    let mut stream = TcpStream::connect(address).expect("a place");
    let ask = b"GET /healthz HTTP/1.1\r\nHost: docket\r\nConnection: close\r\n\r\n";
    stream.write_all(ask).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(folder.docket("log").status == 0);
    assert_eq!(bot.end(), Some(0));
}
