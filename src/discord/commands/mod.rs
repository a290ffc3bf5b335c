//! The commands, one file each: what is asked, and what is answered.

pub mod calendar;
mod deadline;
mod deadlines;
pub mod definitions;
pub mod docket;
pub mod follow;
pub mod following;
mod history;
pub mod remind;
mod reminders;
mod talks;
pub mod timeline;
mod written;

use super::answer::{Answer, Place, Scene};
use super::card;
use super::complete;
use super::custom_id::{Press, Unreadable};
use super::message::Choice;
use super::permission::MANAGE_GUILD;
use super::request::{Options, Request};
use super::words::problem::{self, Problem};
use crate::domain::{Docket, Id, Item};

/// The answer to a command.
pub(super) fn command(
    path: &[&str],
    options: &Options,
    request: &Request,
    scene: &Scene<'_>,
) -> Answer {
    let answer = match path {
        ["deadlines"] => deadlines::asked(options, scene),
        ["deadline"] => deadline::asked(options, scene),
        ["talks"] => talks::asked(options, scene),
        ["timeline"] => timeline::asked(options, scene),
        ["remind"] => remind::asked(options, request, scene),
        ["reminders"] => reminders::asked(request, scene, Place::Private),
        ["calendar"] => calendar::asked(options, scene),
        ["follow"] => follow::asked(options, request, scene),
        ["following"] => following::asked(request, scene),
        ["unfollow"] => follow::unfollow(options, request, scene),
        ["docket", "check"] => docket::check(request, scene),
        ["docket", "log"] => docket::asked_log(options, request, scene),
        ["docket", "resend"] => docket::resend(options, request, scene),
        ["docket", "about"] => Ok(docket::about(scene)),
        _ => Err(problem::unknown_command(&path.join(" "))),
    };
    answer.unwrap_or_else(|problem| Answer::private(problem.message()))
}

/// The answer to a button or a select.
pub(super) fn press(
    custom_id: &str,
    values: &[String],
    is_private: bool,
    request: &Request,
    scene: &Scene<'_>,
) -> Answer {
    // What everybody sees stays as it is: whoever presses gets an answer of their own.
    let place = if is_private {
        Place::InPlace
    } else {
        Place::Private
    };
    let answer = match Press::parse(custom_id) {
        Err(Unreadable::Version) => Err(problem::other_version()),
        Err(Unreadable::Unknown) => Err(problem::unknown_button()),
        Ok(Press::Page { page, codes }) => deadlines::page(page, &codes, place, scene),
        Ok(Press::Open) => open(values, scene),
        Ok(Press::History(id)) => history::of(&id, scene),
        Ok(Press::Remind(id)) => remind::offer(&id, request, scene),
        Ok(Press::Leads(id)) => remind::chosen(&id, values, request, scene),
        Ok(Press::Calendar(id)) => calendar::of(&id, scene),
        Ok(Press::Snooze(id, put)) => remind::snooze(&id, put, request, scene),
        Ok(Press::Stop(id)) => remind::stop(&id, request, scene),
        Ok(Press::Cancel) => reminders::cancel(values, request, scene),
        Ok(Press::Rounds(id, page)) => talks::page(&id, page, place, scene),
        Ok(Press::Unfollow) => follow::chosen(values, request, scene),
    };
    answer.unwrap_or_else(|problem| Answer::private(problem.message()))
}

/// The item that was chosen from a list.
fn open(values: &[String], scene: &Scene<'_>) -> Result<Answer, Problem> {
    let docket = record(scene)?;
    let chosen = values.first().and_then(|value| Id::parse(value));
    let item = chosen.and_then(|id| docket.item(&id)?.as_of(scene.now));
    match item.ok_or_else(|| problem::gone("item"))? {
        Item::Deadline(it) => Ok(deadline::page(&it, scene, scene.now, Place::Private)),
        Item::Negotiation(it) => talks::page(&it.id, 0, Place::Private, scene),
        Item::Event(it) => Ok(Answer::private(history::event(&it))),
    }
}

/// The docket in force.
fn record<'a>(scene: &Scene<'a>) -> Result<&'a Docket, Problem> {
    scene
        .docket
        .ok_or_else(|| problem::no_record(scene.refused))
}

/// An option without which there is no answer.
fn required<'o>(options: &'o Options, name: &str) -> Result<&'o str, Problem> {
    options
        .text(name)
        .ok_or_else(|| problem::missing_option(name))
}

/// Where an answer appears that may be shared.
fn place(options: &Options) -> Place {
    if options.flag("share") == Some(true) {
        Place::Shared
    } else {
        Place::Private
    }
}

/// How many near matches are offered for a name that nothing has.
const NEAREST_MAX: usize = 10;

/// The item of a kind that is called so: by its id, or by its title. What only nearly matches is
/// offered, never taken.
fn named<'a>(
    written: &str,
    docket: &'a Docket,
    scene: &Scene<'_>,
    noun: &str,
    is_wanted: impl Fn(&Item) -> bool + Copy,
) -> Result<&'a Item, Problem> {
    let by_id = Id::parse(written).and_then(|id| docket.item(&id));
    let mut items = docket.items().iter();
    let by_title =
        || items.find(|item| is_wanted(item) && item.title().eq_ignore_ascii_case(written));
    if let Some(item) = by_id.filter(|item| is_wanted(item)).or_else(by_title) {
        return Ok(item);
    }
    let ranked = complete::ranked(written, docket, scene.now, is_wanted);
    let near: Vec<Choice> = ranked
        .into_iter()
        .take(NEAREST_MAX)
        .filter_map(|item| item.as_of(scene.now))
        .map(|item| card::choice(&item, scene.now))
        .collect();
    let way = if near.is_empty() {
        "Begin to type, and pick one from the list that comes up. `/deadlines` shows all that is open."
    } else {
        "Did you mean one of these?"
    };
    Err(problem::no_such(noun, written, way).nearest(near))
}

/// Only those who may manage the server go on, and whoever runs the program.
fn managers_only(request: &Request, scene: &Scene<'_>) -> Result<(), Problem> {
    let is_operator = is_operator(request, scene);
    if request.server.is_none() && !is_operator {
        return Err(problem::only_in_server());
    }
    if is_operator || request.rights.has(MANAGE_GUILD) {
        Ok(())
    } else {
        Err(problem::not_allowed())
    }
}

/// The server that a command is about.
fn server(request: &Request) -> Result<&str, Problem> {
    request
        .server
        .as_deref()
        .ok_or_else(problem::only_in_server)
}

fn is_operator(request: &Request, scene: &Scene<'_>) -> bool {
    scene.operators.contains(&request.user)
}
