//! What stands above and below a list of deadlines.

use crate::discord::text::{plain, safe};
use crate::domain::Asked;
use crate::domain::words::count_of;

/// How it is called, with what was asked for.
pub(crate) fn title(words: &Asked) -> String {
    let asked = asked(words);
    if asked.is_empty() {
        "Open deadlines".to_owned()
    } else {
        format!("Deadlines: {}", asked.join(" · "))
    }
}

/// Nothing passes.
pub(crate) fn none(words: &Asked) -> String {
    if asked(words).is_empty() {
        "Nothing is open. `/deadlines state:all` shows what has ended.".to_owned()
    } else {
        "No deadline is like that. Leave an option out, or ask for `state:all`.".to_owned()
    }
}

/// `7 deadlines`.
pub(crate) fn count(count: usize) -> String {
    count_of(i64::try_from(count).unwrap_or(i64::MAX), "deadline")
}

/// `page 1 of 2`.
pub(crate) fn page(page: usize, pages: usize) -> String {
    format!("page {} of {pages}", page + 1)
}

fn asked(words: &Asked) -> Vec<String> {
    let within = words
        .within
        .as_ref()
        .map(|it| format!("within {}", plain(it, 40)));
    let topics = words.topics.iter().map(|it| safe(it, 60));
    let parties = words.parties.iter().map(|it| safe(it, 60));
    topics
        .chain(parties)
        .chain(words.state.clone())
        .chain(within)
        .collect()
}
