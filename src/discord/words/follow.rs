//! What is said about what channels follow.

use super::problem::{Problem, quoted};
use crate::discord::message::Mentions;
use crate::discord::permission::{Need, TO_PING};
use crate::discord::text::safe;
use crate::domain::words::list;
use crate::domain::{Docket, Filter, Importance, Subscription};
use chrono::Weekday;

/// Above the next posts.
pub(crate) const NEXT: &str = "**Next posts**";
/// There are none.
pub(crate) const NOTHING_NEXT: &str =
    "**Next posts**\nNone has a date yet. News is posted when it becomes known.";
/// Nothing passes the filter.
pub(crate) const MATCHES_NOTHING: &str =
    "⚠️ Nothing in the record is like that now. Check the topics and parties.";

/// The subscription is kept.
pub(crate) fn done(channel: &str, is_new: bool) -> String {
    if is_new {
        format!("✅ <#{channel}> is told from now on.")
    } else {
        format!("✅ <#{channel}> is told this from now on. What you left out stayed as it was.")
    }
}

/// What a channel is told, how, a line each.
pub(crate) fn settings(follow: &Subscription, docket: &Docket) -> Vec<String> {
    let mut said = vec![format!("• {}", what(&follow.filter, docket))];
    let leads: Vec<_> = follow.leads.iter().map(ToString::to_string).collect();
    said.push(format!("• reminders {} before", list(&leads)));
    if !follow.mention.is_empty() {
        let whom = Mentions::words(&follow.mention);
        let from = follow
            .ping_from
            .map(|it| format!(" from {it} before on; earlier posts are silent"));
        said.push(format!("• pings {whom}{}", from.unwrap_or_default()));
    }
    let zone = follow.zone;
    if let Some(digest) = follow.digest {
        let every = digest.every.map_or("every day".to_owned(), |day| {
            format!("every {}", weekday(day))
        });
        said.push(format!(
            "• overview {every} at {} ({})",
            digest.at.format("%H:%M"),
            zone.city()
        ));
    }
    if let Some(quiet) = follow.quiet {
        let (from, to) = (quiet.from.format("%H:%M"), quiet.to.format("%H:%M"));
        said.push(format!("• quiet from {from} to {to} ({})", zone.city()));
    }
    if follow.board {
        said.push("• one overview message, kept up to date".to_owned());
    }
    if follow.crosspost {
        said.push("• published to the servers that follow it, at most 10 posts an hour".to_owned());
    }
    if let Some(language) = follow
        .language
        .as_deref()
        .filter(|it| !it.starts_with("en"))
    {
        said.push(format!(
            "• language {} is noted, but all posts are in English: Docket speaks no other yet",
            quoted(language)
        ));
    }
    said
}

fn what(filter: &Filter, docket: &Docket) -> String {
    let mut what = match filter.importance {
        Importance::Low => "everything".to_owned(),
        importance => format!("what is of {} importance or more", importance.word()),
    };
    if let Some(items) = &filter.items {
        let items: Vec<_> = items.iter().take(15).map(|it| format!("`{it}`")).collect();
        what.push_str(&format!(" of {}", items.join(" or ")));
    }
    if let Some(topics) = &filter.topics {
        let topics: Vec<_> = topics.iter().take(15).map(|it| safe(it, 40)).collect();
        what.push_str(&format!(", about {}", topics.join(" or ")));
    }
    if let Some(parties) = &filter.parties {
        let name = |id| {
            docket
                .party(id)
                .map_or_else(|| id.to_string(), |it| safe(&it.name, 40))
        };
        let parties: Vec<_> = parties.iter().take(15).map(name).collect();
        what.push_str(&format!(", with {}", parties.join(" or ")));
    }
    what
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// The subscription is gone.
pub(crate) fn unfollowed(channel: &str) -> String {
    format!(
        "🔕 <#{channel}> is told nothing any more. What was posted stays. `/follow` begins anew."
    )
}

/// What may not be done in a channel.
pub(crate) fn missing(channel: &str, missing: &[Need]) -> Problem {
    let missing_names = missing.iter().map(|need| format!("**{}**", need.name));
    let missing_names: Vec<_> = missing_names.collect();
    let role = if missing.contains(&TO_PING) {
        " Or let everybody mention that role (Server Settings → Roles), or choose another."
    } else {
        ""
    };
    Problem::new(
        format!("I cannot post in <#{channel}> as you want it."),
        format!(
            "I lack {}. Allow it (Edit Channel → Permissions → my role), then do the same again.{role} Nothing was changed.",
            list(&missing_names)
        ),
    )
}

/// What is lacking to post in a channel, if anything is.
pub(crate) fn lacking(missing: &[Need]) -> Option<String> {
    let names: Vec<_> = missing.iter().map(|it| it.name.to_owned()).collect();
    (!names.is_empty()).then(|| {
        format!(
            "I lack {}: allow it (Edit Channel → Permissions → my role)",
            list(&names)
        )
    })
}

/// A forum has no place for an overview.
pub(crate) fn no_board(channel: &str) -> Problem {
    Problem::new(
        format!("<#{channel}> is a forum: it has no place for an overview message."),
        "Leave `board` out, or choose a text channel. Nothing was changed.",
    )
}

/// The channel stands in the file.
pub(crate) fn in_file(channel: &str) -> Problem {
    Problem::new(
        format!("<#{channel}> is kept in `deadlines.toml`."),
        "Whoever edits that file changes it there. Other channels can be changed here.",
    )
}

/// The channel follows nothing.
pub(crate) fn not_followed(channel: &str) -> Problem {
    Problem::new(
        format!("<#{channel}> is told nothing."),
        "`/following` shows which channels are, `/follow` begins.",
    )
}

/// No importance is called so.
pub(crate) fn no_importance(word: &str) -> Problem {
    Problem::new(
        format!("{} is no importance.", quoted(word)),
        "It can be `low`, `normal`, `high` or `critical`.",
    )
}

/// No channel of the server follows anything.
pub(crate) const NONE: &str = "No channel of this server is told anything. `/follow` begins.";
/// The heading.
pub(crate) const FOLLOWING: &str = "What this server is told";
/// Above the list to drop from.
pub(crate) const DROP: &str = "Stop telling…";
/// Below the list.
pub(crate) const FOOTER: &str =
    "What stands in deadlines.toml is changed there, by whoever edits that file";
/// Of a channel that the record names.
pub(crate) const IN_FILE: &str = "• as `deadlines.toml` has it";
/// Nothing was posted yet.
pub(crate) const NOTHING_POSTED: &str = "nothing posted yet";
