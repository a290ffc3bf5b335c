//! `/remind`, and the buttons Remind me, Snooze and Stop: reminders by direct message.

use crate::discord::answer::{Action, Answer, Place, Scene};
use crate::discord::custom_id::{Press, Put};
use crate::discord::message::{Choice, Message, Row, Select};
use crate::discord::request::{Options, Request};
use crate::discord::words::problem::{self, Problem};
use crate::discord::words::{button, reminder as words};
use crate::discord::{card, time};
use crate::domain::{Deadline, Docket, Due, Duration, Follow, Id, Item, State, Target, Timestamp};

pub(super) fn asked(
    options: &Options,
    request: &Request,
    scene: &Scene<'_>,
) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let written = super::required(options, "name")?;
    let is_deadline = |item: &Item| matches!(item, Item::Deadline(_));
    let item = super::named(written, docket, scene, "deadline", is_deadline)?;
    let leads = super::written::leads(super::required(options, "before")?)?;
    remind(item.id(), leads, Place::Private, request, scene)
}

/// Leads that were chosen from the list below [`offer`].
pub(super) fn chosen(
    id: &Id,
    values: &[String],
    request: &Request,
    scene: &Scene<'_>,
) -> Result<Answer, Problem> {
    let leads = super::written::leads(&values.join(","))?;
    remind(id, leads, Place::InPlace, request, scene)
}

fn remind(
    id: &Id,
    leads: Vec<Duration>,
    place: Place,
    request: &Request,
    scene: &Scene<'_>,
) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let deadline = open(id, docket, scene)?;
    let status = deadline.status(scene.now);
    if status.state == State::Scheduled && coming(&leads, status.due, docket, scene.now).is_empty()
    {
        let left = status.days_left.unwrap_or_default();
        return Err(words::nothing_ahead(
            &card::quoted(&deadline.title),
            left,
            status.due,
        ));
    }
    let mut follow = Follow::of_person(request.user.clone(), id.clone(), leads);
    if let Some(kept) = own(id, request, scene) {
        follow.snoozed.clone_from(&kept.snoozed);
    }
    Ok(Answer::Do(Action::Remind(Box::new(follow)), place))
}

/// The leads to choose from.
pub(super) fn offer(id: &Id, request: &Request, scene: &Scene<'_>) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let deadline = open(id, docket, scene)?;
    let status = deadline.status(scene.now);
    let all = LEADS.map(|lead| lead.parse::<Duration>().expect("a lead as people write it"));
    let mut leads = coming(&all, status.due, docket, scene.now);
    if status.state != State::Scheduled {
        // There is no date to count back from yet, or none any more until it moves.
        leads = all.into_iter().map(|lead| (lead, None)).collect();
    }
    if leads.is_empty() {
        let left = status.days_left.unwrap_or_default();
        return Err(words::nothing_ahead(
            &card::quoted(&deadline.title),
            left,
            status.due,
        ));
    }
    let kept = own(id, request, scene).and_then(|follow| follow.leads.clone());
    let kept = kept.unwrap_or_default();
    let options: Vec<_> = leads
        .iter()
        .map(|(lead, at)| Choice {
            label: words::before(*lead),
            value: lead.to_string(),
            description: at.map(|at| words::on(at, status.due.zone())),
            is_chosen: kept.contains(lead),
        })
        .collect();
    let most = options.len();
    let message = Message::text(words::offer(&card::title(&deadline.title)));
    Ok(Answer::private(message.row(Row::Select(Select {
        custom_id: Press::Leads(id.clone()).to_string(),
        placeholder: words::CHOOSE.to_owned(),
        options,
        most,
    }))))
}

const LEADS: [&str; 9] = ["90d", "30d", "14d", "7d", "3d", "1d", "12h", "3h", "1h"];

/// Those leads before a due that lie ahead, each with its instant.
fn coming(
    leads: &[Duration],
    due: &Due,
    docket: &Docket,
    now: Timestamp,
) -> Vec<(Duration, Option<Timestamp>)> {
    let at = |lead: &Duration| {
        due.lead_at(*lead, docket.remind_at())
            .filter(|at| *at > now)
    };
    leads
        .iter()
        .filter_map(|lead| Some((*lead, Some(at(lead)?))))
        .collect()
}

/// A deadline that has not ended.
fn open(id: &Id, docket: &Docket, scene: &Scene<'_>) -> Result<Deadline, Problem> {
    let known = docket.deadline(id).and_then(|it| it.as_of(scene.now));
    let deadline = known.ok_or_else(|| problem::gone("deadline"))?;
    match &deadline.outcome {
        Some(outcome) => Err(words::ended(
            &card::quoted(&deadline.title),
            outcome,
            deadline.zone,
        )),
        None => Ok(deadline),
    }
}

/// What the one who asks has asked for about an item.
fn own<'a>(id: &Id, request: &Request, scene: &Scene<'a>) -> Option<&'a Follow> {
    let target = target(id, request);
    scene.follows.iter().find(|follow| follow.target == target)
}

fn target(id: &Id, request: &Request) -> Target {
    Target::Person {
        user: request.user.clone(),
        item: id.clone(),
    }
}

/// Puts the next reminder off.
pub(super) fn snooze(
    id: &Id,
    put: Put,
    request: &Request,
    scene: &Scene<'_>,
) -> Result<Answer, Problem> {
    let docket = super::record(scene)?;
    let deadline = open(id, docket, scene)?;
    let title = card::quoted(&deadline.title);
    let follow = own(id, request, scene).ok_or_else(|| words::not_kept(&title))?;
    let until = scene.now + put.length();
    if let Some(at) = deadline
        .status(scene.now)
        .due
        .at()
        .filter(|at| *at <= until)
    {
        return Err(words::due_first(&title, at, scene.now));
    }
    let subscription = follow.id();
    Ok(Answer::Do(
        Action::Snooze {
            subscription,
            until,
        },
        Place::Private,
    ))
}

/// No more reminders of an item.
pub(super) fn stop(id: &Id, request: &Request, scene: &Scene<'_>) -> Result<Answer, Problem> {
    let title = scene
        .docket
        .and_then(|docket| docket.item(id))
        .map(|item| card::quoted(item.title()));
    let title = title.unwrap_or_else(|| format!("`{id}`"));
    let follow = own(id, request, scene).ok_or_else(|| words::not_kept(&title))?;
    let subscriptions = vec![follow.id()];
    Ok(Answer::Do(Action::Cancel { subscriptions }, Place::Private))
}

/// What the one who asked for reminders is written at once by direct message: so it is known that
/// it arrives.
pub fn greeting(follow: &Follow, docket: &Docket, now: Timestamp) -> Message {
    let Target::Person { item, .. } = &follow.target else {
        return Message::text(words::GREETING);
    };
    let text = format!("{}\n{}", words::GREETING, plan(follow, item, docket, now));
    Message::text(text).row(Row::Buttons(vec![
        button::history(item),
        button::stop(item),
    ]))
}

/// The reminders are kept, and the direct message arrived.
pub fn done(follow: &Follow, docket: &Docket, now: Timestamp) -> Message {
    let Target::Person { item, .. } = &follow.target else {
        return Message::text(words::KEPT);
    };
    Message::text(format!(
        "{}\n{}",
        words::KEPT,
        plan(follow, item, docket, now)
    ))
}

/// What will come, and when.
fn plan(follow: &Follow, item: &Id, docket: &Docket, now: Timestamp) -> String {
    let Some(deadline) = docket.deadline(item).and_then(|it| it.as_of(now)) else {
        return String::new();
    };
    let due = *deadline.status(now).due;
    let leads = follow.leads.as_deref().unwrap_or(docket.remind());
    let coming = coming(leads, &due, docket, now);
    let mut said = vec![format!(
        "{}, {}",
        card::title(&deadline.title),
        words::due(&due)
    )];
    said.extend(coming.iter().filter_map(|(lead, at)| {
        let at = (*at)?;
        Some(format!(
            "• {}: {} ({})",
            words::before(*lead),
            time::full(at),
            time::relative(at)
        ))
    }));
    let dropped: Vec<_> = leads
        .iter()
        .filter(|lead| !coming.iter().any(|(kept, _)| kept == *lead))
        .map(ToString::to_string)
        .collect();
    if due.at().is_some() && !dropped.is_empty() {
        said.push(words::dropped(&dropped));
    }
    said.push(words::ALSO.to_owned());
    said.join("\n")
}

/// The direct message could not be delivered; nothing was kept.
pub fn closed() -> Message {
    words::closed().message()
}

/// A reminder was put off.
pub fn snoozed(until: Timestamp) -> Message {
    Message::text(words::snoozed(&time::full(until), &time::relative(until)))
}

/// Personal reminders were cancelled.
pub fn cancelled(subscriptions: &[String], docket: Option<&Docket>) -> Message {
    let titles = subscriptions.iter().filter_map(|id| {
        let Some(Target::Person { item, .. }) = Target::parse(id) else {
            return None;
        };
        let title = docket
            .and_then(|docket| docket.item(&item))
            .map(|it| card::title(it.title()));
        Some(title.unwrap_or_else(|| format!("`{item}`")))
    });
    Message::text(words::cancelled(&titles.collect::<Vec<_>>()))
}
