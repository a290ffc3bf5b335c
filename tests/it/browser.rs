//! The page in a real browser, served by the real bot: accessibility, layout, keyboard, no script.
//! What is looked at is in `tests/browser/check.mjs`.

use crate::bot::serving;
use crate::support::{Folder, root, shipped_text, skip};
use std::path::Path;
use std::process::Command;

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

#[test]
fn the_page_is_right_in_a_browser() {
    if let Some(why) = missing() {
        return skip("browser", why);
    }
    let folder = Folder::in_memory();
    folder.write("deadlines.toml", shipped_text());
    let (bot, address) = serving(&folder);
    let looked = Command::new("node")
        .arg(root().join("tests/browser/check.mjs"))
        .arg(format!("http://{address}"))
        .output()
        .expect("node starts");
    let said = String::from_utf8_lossy(&looked.stdout).into_owned();
    let why = String::from_utf8_lossy(&looked.stderr).into_owned();
    assert!(looked.status.success(), "{said}{why}");
    assert_eq!(bot.end(), Some(0));
}
