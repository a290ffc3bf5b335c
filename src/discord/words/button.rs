//! Buttons and selects with what stands on them.

use crate::discord::custom_id::{Press, Put};
use crate::discord::message::{Button, Choice, Row, Select};
use crate::domain::{Id, Source};

/// To be reminded in person.
pub(crate) fn remind(id: &Id) -> Button {
    Button::press("Remind me", "🔔", Press::Remind(id.clone()).to_string())
}

/// The chain of a deadline, or the rounds of talks.
pub(crate) fn history(id: &Id) -> Button {
    Button::press("History", "📜", Press::History(id.clone()).to_string())
}

/// The calendar of one item.
pub(crate) fn calendar(id: &Id) -> Button {
    Button::press("Calendar", "📅", Press::Calendar(id.clone()).to_string())
}

/// To be reminded again.
pub(crate) fn snooze(id: &Id, put: Put) -> Button {
    let label = match put {
        Put::Hour => "Snooze 1 hour",
        Put::Day => "Snooze 1 day",
    };
    Button::press(label, "💤", Press::Snooze(id.clone(), put).to_string())
}

/// No more of it.
pub(crate) fn stop(id: &Id) -> Button {
    Button::press("Stop", "🔕", Press::Stop(id.clone()).to_string())
}

/// The first source that has an address which Discord takes.
pub(crate) fn source(sources: &[Source]) -> Option<Button> {
    let urls = sources.iter().filter_map(|source| source.url.as_deref());
    urls.into_iter().find_map(|url| Button::open("Source", url))
}

/// A list of items to open one.
pub(crate) fn open(options: Vec<Choice>) -> Row {
    Row::Select(Select {
        custom_id: Press::Open.to_string(),
        placeholder: "Open one…".to_owned(),
        options,
        most: 1,
    })
}

/// To the page before and the one after.
pub(crate) fn turns(page: usize, pages: usize, to: impl Fn(usize) -> String) -> Vec<Button> {
    let before = Button {
        is_disabled: page == 0,
        // Both need different states, also where there is nowhere to go.
        ..Button::press("Back", "◀️", to(if page == 0 { pages } else { page - 1 }))
    };
    let after = Button {
        is_disabled: page + 1 >= pages,
        ..Button::press("Next", "▶️", to(page + 1))
    };
    vec![before, after]
}
