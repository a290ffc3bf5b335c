//! `/follow` and `/unfollow`: what a channel is told.

use super::written;
use crate::discord::answer::{Action, Answer, FollowAction, Place, Scene};
use crate::discord::message::Message;
use crate::discord::permission::{self, ChannelKind, Need, TO_PING, TO_VIEW};
use crate::discord::request::{Filled, Options, Request};
use crate::discord::words::follow as words;
use crate::discord::words::problem::{self, Problem};
use crate::domain::{Docket, Follow, Importance, Target};
use crate::query;

pub(super) fn asked(
    options: &Options,
    request: &Request,
    scene: &Scene<'_>,
) -> Result<Answer, Problem> {
    super::managers_only(request, scene)?;
    let server = super::server(request)?;
    let docket = super::record(scene)?;
    let Some(Filled::Channel {
        id,
        kind,
        own_rights,
    }) = options.get("channel")
    else {
        return Err(problem::missing_option("channel"));
    };
    not_in_file(id, docket)?;
    let kept = kept(id, scene);
    let fresh = || Follow::of_channel(id.clone(), request.user.clone(), server.to_owned());
    let mut follow = kept.cloned().unwrap_or_else(fresh);
    follow.by.clone_from(&request.user);
    what(&mut follow, options, docket)?;
    how(&mut follow, options)?;
    if *kind == ChannelKind::Forum && follow.board {
        return Err(words::no_board(id));
    }
    let mut needs = permission::to_post(*kind);
    if let Some(mention) = options.get("mention") {
        let (name, is_restricted) = whom(mention, server)?;
        follow.mention = vec![name];
        if is_restricted {
            needs.push(TO_PING);
        }
    }
    let missing = own_rights.map(|have| have.lacking(needs.iter().copied()));
    if let Some(missing) = missing.filter(|it| !it.is_empty()) {
        return Err(words::missing(id, &missing));
    }
    let action = FollowAction {
        is_new: kept.is_none(),
        follow,
        needs,
    };
    Ok(Answer::Do(Action::Follow(Box::new(action)), Place::Private))
}

/// Which items it hears of.
fn what(follow: &mut Follow, options: &Options, docket: &Docket) -> Result<(), Problem> {
    let named = |option: &str| options.text(option).map(written::names);
    let is_all = |names: &[String]| names.iter().any(|it| it.eq_ignore_ascii_case("all"));
    if let Some(topics) = named("topics") {
        follow.topics = if is_all(&topics) {
            None
        } else {
            query::filter(docket, &topics, &[])?.topics
        };
    }
    if let Some(parties) = named("parties") {
        follow.parties = if is_all(&parties) {
            None
        } else {
            query::filter(docket, &[], &parties)?.parties
        };
    }
    if let Some(word) = options.text("importance") {
        follow.importance = importance(word).ok_or_else(|| words::no_importance(word))?;
    }
    Ok(())
}

/// When it hears, and how loud.
fn how(follow: &mut Follow, options: &Options) -> Result<(), Problem> {
    if let Some(text) = options.text("leads") {
        follow.leads = if text.eq_ignore_ascii_case("default") {
            None
        } else {
            Some(written::leads(text)?)
        };
    }
    if let Some(text) = options.text("ping_from") {
        follow.ping_from = if text.eq_ignore_ascii_case("all") {
            None
        } else {
            Some(written::lead(text)?)
        };
    }
    if let Some(text) = options.text("zone") {
        follow.zone = Some(written::zone(text)?);
    }
    if let Some(text) = options.text("language") {
        follow.language = Some(written::language(text)?);
    }
    if let Some(text) = options.text("digest") {
        follow.digest = written::digest(text)?;
    }
    if let Some(text) = options.text("quiet") {
        follow.quiet = written::quiet(text)?;
    }
    if let Some(board) = options.flag("board") {
        follow.board = board;
    }
    if let Some(crosspost) = options.flag("crosspost") {
        follow.crosspost = crosspost;
    }
    Ok(())
}

fn importance(word: &str) -> Option<Importance> {
    let all = [
        Importance::Low,
        Importance::Normal,
        Importance::High,
        Importance::Critical,
    ];
    all.into_iter().find(|it| it.word() == word)
}

/// Whom to ping, as a subscription names it, and whether that takes a right of its own.
fn whom(mention: &Filled, server: &str) -> Result<(String, bool), Problem> {
    match mention {
        Filled::User(id) => Ok((format!("user:{id}"), false)),
        // The role that everybody has bears the id of the server.
        Filled::Role { id, .. } if id == server => Ok(("everyone".to_owned(), true)),
        Filled::Role { id, is_mentionable } => Ok((format!("role:{id}"), !is_mentionable)),
        _ => Err(problem::missing_option("mention")),
    }
}

pub(super) fn unfollow(
    options: &Options,
    request: &Request,
    scene: &Scene<'_>,
) -> Result<Answer, Problem> {
    let Some(Filled::Channel { id, .. }) = options.get("channel") else {
        return Err(problem::missing_option("channel"));
    };
    drop(id, Place::Private, request, scene)
}

/// A channel chosen from the list of `/following`.
pub(super) fn chosen(
    values: &[String],
    request: &Request,
    scene: &Scene<'_>,
) -> Result<Answer, Problem> {
    let channel = values
        .first()
        .ok_or_else(|| problem::missing_option("channel"))?;
    drop(channel, Place::InPlace, request, scene)
}

fn drop(
    channel: &str,
    place: Place,
    request: &Request,
    scene: &Scene<'_>,
) -> Result<Answer, Problem> {
    super::managers_only(request, scene)?;
    if let Some(docket) = scene.docket {
        not_in_file(channel, docket)?;
    }
    let kept = kept(channel, scene);
    let is_here =
        |follow: &&Follow| follow.server == request.server || super::is_operator(request, scene);
    kept.filter(is_here)
        .ok_or_else(|| words::not_followed(channel))?;
    let channel = channel.to_owned();
    Ok(Answer::Do(Action::Unfollow { channel }, place))
}

/// What the editor of the file decided is not for a command to change.
fn not_in_file(channel: &str, docket: &Docket) -> Result<(), Problem> {
    if docket.subscriptions().iter().any(|it| it.id == channel) {
        Err(words::in_file(channel))
    } else {
        Ok(())
    }
}

fn kept<'a>(channel: &str, scene: &Scene<'a>) -> Option<&'a Follow> {
    scene
        .follows
        .iter()
        .find(|follow| follow.target == Target::Channel(channel.to_owned()))
}

/// What is missing in a channel, so that nothing was kept.
pub fn missing(follow: &Follow, missing: &[Need]) -> Message {
    words::missing(&follow.id(), missing).message()
}

/// The channel is not there, or cannot be seen, so that nothing was kept.
pub fn no_channel(follow: &Follow) -> Message {
    missing(follow, &[TO_VIEW])
}

/// The subscription is kept: what the channel is told from now on, and the next posts.
pub fn done(action: &FollowAction, docket: &Docket, now: crate::domain::Timestamp) -> Message {
    let follow = &action.follow;
    let mut said = vec![words::done(&follow.id(), action.is_new)];
    said.extend(words::settings(&follow.subscription(docket), docket));
    let next = super::following::next_posts(follow, docket, now);
    if next.is_empty() {
        said.push(words::NOTHING_NEXT.to_owned());
    } else {
        said.push(words::NEXT.to_owned());
        said.extend(next);
    }
    if docket
        .passing(&follow.subscription(docket).filter)
        .next()
        .is_none()
    {
        said.push(words::MATCHES_NOTHING.to_owned());
    }
    Message::text(said.join("\n"))
}

/// The subscription is gone.
pub fn unfollowed(channel: &str) -> Message {
    Message::text(words::unfollowed(channel))
}
