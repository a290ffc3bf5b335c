//! `/following`: what the channels of a server are told, whether it arrives, and what comes next.

use crate::discord::answer::{Action, Answer, Place, Scene};
use crate::discord::custom_id::Press;
use crate::discord::limits::OPTIONS_MAX;
use crate::discord::look::Look;
use crate::discord::message::{Choice, Embed, Message, Row, Select};
use crate::discord::request::Request;
use crate::discord::text::{lines, safe};
use crate::discord::time;
use crate::discord::words::follow as words;
use crate::discord::words::problem::Problem;
use crate::domain::{Docket, Follow, Plan, Seen, Subscription, Timestamp};
use chrono::TimeDelta;
use std::sync::Arc;

/// A channel that is told something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// What it is told.
    pub subscription: Subscription,
    /// Whether the record says so, and not somebody in Discord.
    pub is_in_file: bool,
    /// How it went.
    pub health: Health,
}

/// How deliveries to a channel went, as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// What the channel is called, as far as that is known.
    pub name: Option<String>,
    /// When something was last posted.
    pub posted: Option<Timestamp>,
    /// What went wrong last, if nothing was posted since.
    pub trouble: Option<String>,
}

pub(super) fn asked(request: &Request, scene: &Scene<'_>) -> Result<Answer, Problem> {
    super::managers_only(request, scene)?;
    super::record(scene)?;
    let server = super::server(request)?.to_owned();
    Ok(Answer::Do(Action::Following { server }, Place::Private))
}

/// What the channels are told, with how that went.
pub fn shown(channels: &[Channel], docket: &Docket) -> Message {
    if channels.is_empty() {
        return Message::text(words::NONE);
    }
    let entries: Vec<_> = channels.iter().map(|it| entry(it, docket)).collect();
    // What the record says is not for a command to change.
    let own = channels.iter().filter(|it| !it.is_in_file);
    let choices = own.take(OPTIONS_MAX).map(|it| {
        let (id, name) = (&it.subscription.id, &it.health.name);
        Choice {
            label: name
                .as_ref()
                .map_or_else(|| id.clone(), |name| format!("#{name}")),
            value: id.clone(),
            description: None,
            is_chosen: false,
        }
    });
    let choices: Vec<_> = choices.collect();
    let has_file = channels.iter().any(|it| it.is_in_file);
    let message = Message {
        embed: Some(Embed {
            color: Look::plain("").color,
            title: words::FOLLOWING.to_owned(),
            description: lines(&entries, 3_900, |count| {
                format!("… and {count} more channels")
            }),
            footer: has_file.then(|| words::FOOTER.to_owned()),
            ..Embed::default()
        }),
        ..Message::default()
    };
    message.row(Row::Select(Select {
        custom_id: Press::Unfollow.to_string(),
        placeholder: words::DROP.to_owned(),
        options: choices,
        most: 1,
    }))
}

fn entry(channel: &Channel, docket: &Docket) -> String {
    let went = match (&channel.health.trouble, channel.health.posted) {
        (Some(trouble), _) => format!("⚠️ {}", safe(trouble, 200)),
        (None, Some(at)) => format!("✅ posted {}", time::relative(at)),
        (None, None) => format!("⚪ {}", words::NOTHING_POSTED),
    };
    let mut settings = words::settings(&channel.subscription, docket);
    if channel.is_in_file {
        settings.push(words::IN_FILE.to_owned());
    }
    let id = &channel.subscription.id;
    format!("**<#{id}>** · {went}\n{}\n", settings.join("\n"))
}

/// How many posts are shown ahead.
const NEXT_MAX: usize = 3;

/// The next posts that a follow brings, in a line each. Overviews would hide all else.
pub(super) fn next_posts(follow: &Follow, docket: &Docket, now: Timestamp) -> Vec<String> {
    let audience = Arc::new([Subscription {
        digest: None,
        ..follow.subscription(docket)
    }]);
    let plan = Plan::new(&Arc::new(docket.clone()), audience, &Seen::default());
    let mut said = Vec::new();
    let mut at = now;
    while said.len() < NEXT_MAX {
        let Some(next) = plan.next_after(at) else {
            break;
        };
        at = next;
        for occurrence in plan.span(at, at + TimeDelta::milliseconds(1)) {
            let notice = plan.notice(&occurrence, at);
            said.push(format!(
                "• {}: {}",
                time::full(at),
                safe(&notice.title, 150)
            ));
        }
    }
    said.truncate(NEXT_MAX);
    said
}
