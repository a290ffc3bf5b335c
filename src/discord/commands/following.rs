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
use crate::domain::{Docket, Follow, Plan, Seen, Target, Timestamp};
use chrono::TimeDelta;
use std::sync::Arc;

/// How deliveries to a channel went, as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The channel's id.
    pub channel: String,
    /// What it is called, as far as that is known.
    pub name: Option<String>,
    /// When something was last posted.
    pub posted: Option<Timestamp>,
    /// What went wrong last, if nothing was posted since.
    pub trouble: Option<String>,
}

pub(super) fn asked(request: &Request, scene: &Scene<'_>) -> Result<Answer, Problem> {
    super::managers_only(request, scene)?;
    super::record(scene)?;
    let server = super::server(request)?;
    let channels: Vec<_> = of_server(scene.follows, server).map(Follow::id).collect();
    if channels.is_empty() {
        return Ok(Answer::private(Message::text(words::NONE)));
    }
    Ok(Answer::Do(Action::Following { channels }, Place::Private))
}

fn of_server<'f>(follows: &'f [Follow], server: &str) -> impl Iterator<Item = &'f Follow> {
    let is_channel = |it: &&Follow| matches!(it.target, Target::Channel(_));
    let here = move |it: &&Follow| it.server.as_deref() == Some(server);
    follows.iter().filter(is_channel).filter(here)
}

/// What the channels are told, with how that went.
pub fn shown(health: &[Health], follows: &[Follow], docket: &Docket) -> Message {
    let entries: Vec<_> = health
        .iter()
        .filter_map(|it| {
            let follow = follows.iter().find(|follow| follow.id() == it.channel)?;
            Some(entry(follow, it, docket))
        })
        .collect();
    let choices = health.iter().take(OPTIONS_MAX).map(|it| Choice {
        label: it
            .name
            .as_ref()
            .map_or_else(|| it.channel.clone(), |name| format!("#{name}")),
        value: it.channel.clone(),
        description: None,
        is_chosen: false,
    });
    let message = Message {
        embed: Some(Embed {
            color: Look::plain("").color,
            title: words::FOLLOWING.to_owned(),
            description: lines(&entries, 3_900, |count| {
                format!("… and {count} more channels")
            }),
            footer: Some(words::FOOTER.to_owned()),
            ..Embed::default()
        }),
        ..Message::default()
    };
    message.row(Row::Select(Select {
        custom_id: Press::Unfollow.to_string(),
        placeholder: words::DROP.to_owned(),
        options: choices.collect(),
        most: 1,
    }))
}

fn entry(follow: &Follow, health: &Health, docket: &Docket) -> String {
    let went = match (&health.trouble, health.posted) {
        (Some(trouble), _) => format!("⚠️ {}", safe(trouble, 200)),
        (None, Some(at)) => format!("✅ posted {}", time::relative(at)),
        (None, None) => format!("⚪ {}", words::NOTHING_POSTED),
    };
    let settings = words::settings(follow, docket).join("\n");
    format!("**<#{}>** · {went}\n{settings}\n", health.channel)
}

/// How many posts are shown ahead.
const NEXT_MAX: usize = 3;

/// The next posts that a follow brings, in a line each.
pub(super) fn next_posts(follow: &Follow, docket: &Docket, now: Timestamp) -> Vec<String> {
    let audience = Arc::new([follow.subscription(docket)]);
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
