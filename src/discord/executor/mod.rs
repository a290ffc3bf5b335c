//! Answers people: from an interaction to a request, from its answer to Discord, and the actions
//! in between. The decisions are made in `answer` and `commands`; here they are carried out, those
//! of who manages a server in `managing`.

mod managing;

use super::answer::{Action, Answer, Drawing, Place, Scene, answer};
use super::commands::{calendar, remind, timeline};
use super::gateway::Gateway;
use super::message::{Message, once};
use super::parts::Parts;
use super::request::Request;
use super::rest::{Call, Meaning, Trouble, Upload};
use super::value::text;
use super::words;
use crate::domain::{Docket, Follow, Selection, Target, Timestamp, reference};
use crate::engine::State;
use crate::feed;
use crate::ports::LedgerError;
use reqwest::Method;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

/// An answer that comes later than this is not taken any more.
const CALLBACK_MAX: Duration = Duration::from_millis(2_500);
/// How long one attempt to answer may take: there is time for another one.
const ATTEMPT_MAX: Duration = Duration::from_millis(700);
/// How long one attempt may take to send what was promised. It may have a picture in it.
const FOLLOW_UP_MAX: Duration = Duration::from_secs(8);
/// Discord has an answer already: that of an attempt that we heard nothing more of.
const ANSWERED: i64 = 40060;
/// How long somebody waits who asks while the bot begins and has the record not read yet.
const START_MAX: Duration = Duration::from_secs(1);
/// How long an answer waits for the engine to take notice of what was changed.
const NOTICE_MAX: Duration = Duration::from_secs(2);
/// So many interactions are remembered: Discord may tell of one twice.
const SEEN_MAX: usize = 1_000;

/// Answers people.
pub(super) struct Executor {
    /// What it is made of.
    pub(super) parts: Parts,
    /// How the gateway is.
    pub(super) gateway: Arc<watch::Sender<Gateway>>,
    /// Interactions that were answered.
    pub(super) seen: Seen,
}

/// The interactions heard of last.
#[derive(Default)]
pub(super) struct Seen(Mutex<VecDeque<String>>);

impl Seen {
    /// Takes note of an interaction. False if it was there before.
    fn note(&self, id: &str) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.iter().any(|it| it == id) {
            return false;
        }
        if seen.len() == SEEN_MAX {
            seen.pop_front();
        }
        seen.push_back(id.to_owned());
        true
    }
}

/// Where an interaction is answered.
struct Asker {
    id: String,
    token: String,
    application: String,
}

impl Executor {
    /// Answers an interaction, whatever it is.
    pub(super) async fn answer(&self, interaction: &Value) {
        let asker = Asker {
            id: text(&interaction["id"]),
            token: text(&interaction["token"]),
            application: text(&interaction["application_id"]),
        };
        let Some(request) = Request::of_json(interaction) else {
            return;
        };
        if !self.seen.note(&asker.id) {
            return;
        }
        let until = Instant::now() + CALLBACK_MAX;
        let state = self.begun().await;
        let answer = self.with_scene(&state, |scene| answer(&request, scene));
        if let Err(why) = self.call_back(&asker, &answer, until).await {
            metrics::counter!("docket_answers_total", "result" => "failed").increment(1);
            tracing::warn!(why, "somebody was not answered");
            return;
        }
        metrics::counter!("docket_answers_total", "result" => "sent").increment(1);
        if let Answer::Do(action, place) = answer {
            let message = self.perform(action, place, &request).await;
            self.follow_up(&asker, message).await;
        }
    }

    /// How the engine is, once it has found out what the record is.
    async fn begun(&self) -> State {
        let mut states = self.parts.pulse.subscribe();
        let is_begun = |it: &State| it.in_force.is_some() || it.refused.is_some();
        drop(timeout(START_MAX, states.wait_for(is_begun)).await);
        self.parts.pulse.state()
    }

    /// Gives the first answer, in the little time that Discord allows.
    async fn call_back(
        &self,
        asker: &Asker,
        answer: &Answer,
        until: Instant,
    ) -> Result<(), String> {
        let callback = answer.callback();
        let files = match answer {
            Answer::Reply(reply) => uploads(&reply.message),
            _ => Vec::new(),
        };
        let path = format!("/interactions/{}/{}/callback", asker.id, asker.token);
        let call = Call::send(Method::POST, path, &callback);
        let call = call.with(&files).limited_by("callback");
        let sent = timeout_at(until, self.parts.rest.answer(call, ATTEMPT_MAX)).await;
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(Trouble::Refused(refused))) if refused.code == ANSWERED => Ok(()),
            Ok(Err(trouble)) => Err(trouble.to_string()),
            Err(_) => Err("it took too long".to_owned()),
        }
    }

    fn with_scene<T>(&self, state: &State, show: impl FnOnce(&Scene<'_>) -> T) -> T {
        let in_force = state.in_force.as_ref();
        show(&Scene {
            docket: in_force.map(|it| it.plan.docket()),
            follows: in_force.map_or(&[], |it| &it.follows),
            refused: state.refused.as_ref().map(|it| it.why.as_str()),
            links: self.parts.links.as_ref(),
            operators: &self.parts.operators,
            version: env!("CARGO_PKG_VERSION"),
            now: (self.parts.now)(),
        })
    }

    /// Replaces what stands where the answer was promised.
    async fn follow_up(&self, asker: &Asker, message: Message) {
        let files = uploads(&message);
        let body = message.json();
        let path = format!(
            "/webhooks/{}/{}/messages/@original",
            asker.application, asker.token
        );
        let call = Call::send(Method::PATCH, path, &body);
        let call = call.with(&files).limited_by("follow-up");
        if let Err(trouble) = self.parts.rest.answer(call, FOLLOW_UP_MAX).await {
            let why = trouble.to_string();
            tracing::warn!(why, "an answer that was promised did not arrive");
        }
    }

    /// Does what an answer asks for, and words what came of it.
    async fn perform(&self, action: Action, place: Place, request: &Request) -> Message {
        let state = self.parts.pulse.state();
        let Some(in_force) = &state.in_force else {
            let why = state.refused.as_ref().map(|it| it.why.as_str());
            return words::problem::no_record(why).message();
        };
        let plan = Arc::clone(&in_force.plan);
        let docket = plan.docket();
        let done = match action {
            Action::Follow(action) => self.follow(&action, docket).await,
            Action::Unfollow { channel } => self.unfollow(&channel).await,
            Action::Following { server } => self.following(&server, in_force).await,
            Action::Remind(follow) => self.remind(*follow, docket).await,
            Action::Cancel { subscriptions } => {
                self.cancel(&subscriptions, place, request, docket).await
            }
            Action::Snooze {
                subscription,
                until,
            } => self.snooze(&subscription, until, &in_force.follows).await,
            Action::Log(action) => self.log(&action, &state).await,
            Action::Resend { key, server } => self.resend(&key, server.as_deref(), &state).await,
            Action::Check { server } => self.check(server.as_deref(), &state).await,
            Action::Draw(drawing) => Ok(draw(*drawing, docket).await),
            Action::Calendar(action) => Ok(self.calendar(&action, docket)),
        };
        done.unwrap_or_else(|error| {
            let why = error.to_string();
            tracing::error!(why, "the ledger did not do what somebody asked for");
            words::problem::no_ledger().message()
        })
    }

    /// Keeps a personal reminder, if the one who asks can be written to.
    async fn remind(&self, follow: Follow, docket: &Docket) -> Result<Message, LedgerError> {
        let now = (self.parts.now)();
        let subscription = follow.id();
        let name = format!("greeting/{subscription}/{}", now.timestamp_millis());
        let greeting = remind::greeting(&follow, docket, now).json();
        let greeting = once(greeting, &reference(&name, 1));
        match self.parts.directory.write(&follow.by, &greeting).await {
            Ok(_) => {}
            Err(Trouble::Refused(refused)) if refused.meaning() != Meaning::TooSoon => {
                return Ok(remind::closed());
            }
            Err(trouble) => return Ok(words::problem::discord(&trouble.to_string()).message()),
        }
        self.keep(&follow, now).await?;
        Ok(remind::done(&follow, docket, now))
    }

    /// Keeps a subscription of somebody who can be written to, and has it count at once.
    async fn keep(&self, follow: &Follow, now: Timestamp) -> Result<(), LedgerError> {
        let subscription = follow.id();
        self.parts.store.follow(follow, now).await?;
        self.parts.health.well(&subscription);
        self.parts
            .health
            .keep(&self.parts.store, &subscription)
            .await;
        self.noticed(|all| all.contains(follow)).await;
        Ok(())
    }

    /// Has the engine look at what was changed, and waits until it has: whoever asks next finds it
    /// changed.
    async fn noticed(&self, is_so: impl Fn(&[Follow]) -> bool) {
        let mut states = self.parts.pulse.subscribe();
        self.parts.pulse.nudge();
        let is_noticed = |state: &State| {
            let in_force = state.in_force.as_ref();
            in_force.is_none_or(|it| is_so(&it.follows))
        };
        // An engine that cannot go round does it when it can.
        drop(timeout(NOTICE_MAX, states.wait_for(is_noticed)).await);
    }

    async fn cancel(
        &self,
        subscriptions: &[String],
        place: Place,
        request: &Request,
        docket: &Docket,
    ) -> Result<Message, LedgerError> {
        for subscription in subscriptions {
            // Whatever a button says: everybody cancels their own.
            let is_own = matches!(Target::parse(subscription),
                Some(Target::Person { user, .. }) if user == request.user);
            if is_own {
                self.parts.store.unfollow(subscription).await?;
            }
        }
        self.noticed(|all| !all.iter().any(|it| subscriptions.contains(&it.id())))
            .await;
        let message = remind::cancelled(subscriptions, Some(docket));
        // In place of a list its select would stay.
        debug_assert!(place != Place::InPlace || message.rows.is_empty());
        Ok(message)
    }

    async fn snooze(
        &self,
        subscription: &str,
        until: Timestamp,
        follows: &[Follow],
    ) -> Result<Message, LedgerError> {
        let now = (self.parts.now)();
        let Some(kept) = follows.iter().find(|it| it.id() == subscription) else {
            return Ok(words::problem::gone("reminder").message());
        };
        let mut follow = kept.clone();
        follow.snoozed.retain(|at| *at > now);
        follow.snoozed.push(until);
        self.parts.store.follow(&follow, now).await?;
        self.noticed(|all| all.contains(&follow)).await;
        Ok(remind::snoozed(until))
    }

    fn calendar(&self, selection: &Selection, docket: &Docket) -> Message {
        let now = (self.parts.now)();
        let links = self.parts.links.as_ref();
        let text = feed::calendar(&docket.as_of(now), selection, links, now);
        let item = selection.only_item().and_then(|id| docket.item(id));
        let address = links.map(|links| match item {
            Some(item) => links.calendar_of(item),
            None => links.calendar(selection.asked()),
        });
        calendar::done(selection, text, address.as_deref())
    }
}

/// Draws a picture where it keeps nobody waiting.
async fn draw(drawing: Drawing, docket: &Docket) -> Message {
    let picture = drawing.picture(docket);
    let drawn = tokio::task::spawn_blocking(move || {
        let picture = picture?;
        let png = picture.png(Drawing::SCALE).ok()?;
        Some((picture, png))
    });
    let drawn = drawn.await.ok().flatten();
    timeline::drawn(
        &drawing,
        drawn.as_ref().map(|(picture, png)| (picture, png.clone())),
    )
}

fn uploads(message: &Message) -> Vec<Upload> {
    let upload = |file: &super::message::File| Upload {
        name: file.name.clone(),
        media: match file.name.rsplit_once('.') {
            Some((_, "png")) => "image/png",
            Some((_, "ics")) => "text/calendar",
            _ => "text/plain",
        },
        bytes: file.bytes.clone(),
    };
    message.files.iter().map(upload).collect()
}
