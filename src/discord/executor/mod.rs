//! Answers people: from an interaction to a request, from its answer to Discord, and the actions
//! in between. The decisions are made in `answer` and `commands`; here they are carried out.

use super::answer::{
    Action, Answer, CalendarAction, Drawing, FollowAction, LogAction, Place, Scene, answer,
};
use super::commands::{calendar, docket, follow, following, remind, timeline};
use super::directory::Directory;
use super::health::Health;
use super::message::Message;
use super::request::Request;
use super::rest::{Call, Meaning, Rest, Trouble, Upload};
use super::words;
use crate::domain::{Asked, Docket, Follow, Selection, Stage, States, Target, Timestamp};
use crate::engine::{Pulse, State};
use crate::feed::{self, Site};
use crate::ports::LedgerError;
use crate::query;
use crate::store::Store;
use reqwest::Method;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// An answer that comes later than this is not taken any more.
const CALLBACK_MAX: Duration = Duration::from_millis(2_500);
/// So many interactions are remembered: Discord may tell of one twice.
const SEEN_MAX: usize = 1_000;
/// How much of a ledger is searched for what somebody wants posted again.
const SEARCHED_MAX: u32 = 2_000;

/// Answers people.
pub struct Executor {
    /// The way to Discord.
    pub rest: Rest,
    /// What is known of channels.
    pub directory: Arc<Directory>,
    /// What is wrong with them.
    pub health: Arc<Health>,
    /// The docket in force.
    pub pulse: Arc<Pulse>,
    /// The ledger.
    pub store: Arc<Store>,
    /// What time it is.
    pub now: fn() -> Timestamp,
    /// Where the web page is, if it is public.
    pub public_url: Option<String>,
    /// The ids of those who run the program.
    pub operators: Vec<String>,
    /// The id of the application.
    pub application: String,
    /// Interactions that were answered.
    pub seen: Seen,
}

/// The interactions heard of last.
#[derive(Default)]
pub struct Seen(Mutex<VecDeque<String>>);

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
struct Asker<'a> {
    id: &'a str,
    token: &'a str,
}

impl Executor {
    /// Answers an interaction, whatever it is.
    pub async fn answer(&self, interaction: &Value) {
        let text = |name: &str| interaction[name].as_str().unwrap_or_default();
        let asker = Asker {
            id: text("id"),
            token: text("token"),
        };
        let Some(request) = Request::of_json(interaction) else {
            return;
        };
        if !self.seen.note(asker.id) {
            return;
        }
        let state = self.pulse.state();
        let answer = self.with_scene(&state, |scene| answer(&request, scene));
        let callback = answer.callback();
        let files = match &answer {
            Answer::Reply(reply) => uploads(&reply.message),
            _ => Vec::new(),
        };
        let path = format!("/interactions/{}/{}/callback", asker.id, asker.token);
        let mut call = Call::send(Method::POST, path, &callback);
        call.files = &files;
        "callback".clone_into(&mut call.route);
        let sent = timeout(CALLBACK_MAX, self.rest.answer(call)).await;
        let why = match sent {
            Ok(Ok(_)) => None,
            Ok(Err(trouble)) => Some(trouble.to_string()),
            Err(_) => Some("it took too long".to_owned()),
        };
        metrics::counter!("docket_answers_total", "result" => if why.is_none() { "sent" } else { "failed" })
            .increment(1);
        if let Some(why) = why {
            tracing::warn!(why, "somebody was not answered");
            return;
        }
        if let Answer::Do(action, place) = answer {
            let message = self.perform(action, place, &request).await;
            self.follow_up(&asker, message).await;
        }
    }

    fn with_scene<T>(&self, state: &State, show: impl FnOnce(&Scene<'_>) -> T) -> T {
        let in_force = state.in_force.as_ref();
        show(&Scene {
            docket: in_force.map(|it| it.plan.docket()),
            follows: in_force.map_or(&[], |it| &it.follows),
            refused: state.refused.as_ref().map(|it| it.why.as_str()),
            public_url: self.public_url.as_deref(),
            operators: &self.operators,
            version: env!("CARGO_PKG_VERSION"),
            now: (self.now)(),
        })
    }

    /// Replaces what stands where the answer was promised.
    async fn follow_up(&self, asker: &Asker<'_>, message: Message) {
        let files = uploads(&message);
        let body = message.json();
        let path = format!(
            "/webhooks/{}/{}/messages/@original",
            self.application, asker.token
        );
        let mut call = Call::send(Method::PATCH, path, &body);
        call.files = &files;
        "follow-up".clone_into(&mut call.route);
        if let Err(trouble) = self.rest.answer(call).await {
            let why = trouble.to_string();
            tracing::warn!(why, "an answer that was promised did not arrive");
        }
    }

    /// Does what an answer asks for, and words what came of it.
    async fn perform(&self, action: Action, place: Place, request: &Request) -> Message {
        let state = self.pulse.state();
        let Some(in_force) = &state.in_force else {
            let why = state.refused.as_ref().map(|it| it.why.as_str());
            return words::problem::no_record(why).message();
        };
        let plan = Arc::clone(&in_force.plan);
        let docket = plan.docket();
        let done = match action {
            Action::Follow(action) => self.follow(&action, docket).await,
            Action::Unfollow { channel } => self.unfollow(&channel).await,
            Action::Following { channels } => {
                self.following(&channels, &in_force.follows, docket).await
            }
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
            Action::Check => self.check(&state).await,
            Action::Draw(drawing) => Ok(draw(*drawing, docket).await),
            Action::Calendar(action) => Ok(self.calendar(&action, docket)),
        };
        done.unwrap_or_else(|error| {
            let why = error.to_string();
            tracing::error!(why, "the ledger did not do what somebody asked for");
            words::problem::no_ledger().message()
        })
    }

    async fn follow(&self, action: &FollowAction, docket: &Docket) -> Result<Message, LedgerError> {
        let subscription = action.follow.id();
        let found = match self.directory.channel(&subscription).await {
            Ok(found) => found,
            Err(Trouble::Refused(refused))
                if matches!(refused.meaning(), Meaning::Gone | Meaning::Forbidden) =>
            {
                return Ok(follow::no_channel(&action.follow));
            }
            Err(trouble) => return Ok(words::problem::discord(&trouble.to_string()).message()),
        };
        let missing = follow::lacking(action.needs, found.permissions.0);
        if missing != 0 {
            return Ok(follow::missing(&action.follow, missing));
        }
        self.store.follow(&action.follow, (self.now)()).await?;
        self.health.well(&subscription);
        self.health.keep(&self.store, &subscription).await;
        self.pulse.nudge();
        Ok(follow::done(action, docket, (self.now)()))
    }

    async fn unfollow(&self, channel: &str) -> Result<Message, LedgerError> {
        self.store.unfollow(channel).await?;
        self.pulse.nudge();
        Ok(follow::unfollowed(channel))
    }

    async fn following(
        &self,
        channels: &[String],
        follows: &[Follow],
        docket: &Docket,
    ) -> Result<Message, LedgerError> {
        let ill = self.health.all();
        let mut health = Vec::new();
        for channel in channels {
            let recent = self
                .store
                .recent(std::slice::from_ref(channel), false, 20)
                .await?;
            let last = recent.iter().find(|it| it.stage != Stage::Planned);
            let failed = last.filter(|it| it.stage == Stage::Failed);
            let trouble = ill.get(channel).map(|ill| ill.why.clone());
            health.push(following::Health {
                channel: channel.clone(),
                name: self.directory.channel(channel).await.ok().map(|it| it.name),
                posted: recent.iter().find_map(|it| it.sent),
                trouble: trouble.or_else(|| failed?.reason.clone()),
            });
        }
        Ok(following::shown(&health, follows, docket))
    }

    /// Keeps a personal reminder, if the one who asks can be written to.
    async fn remind(&self, follow: Follow, docket: &Docket) -> Result<Message, LedgerError> {
        let now = (self.now)();
        let greeting = remind::greeting(&follow, docket, now).json();
        let written = async {
            let direct = self.directory.channel_of(&follow.target).await?;
            let path = format!("/channels/{direct}/messages");
            self.rest
                .call(Call::send(Method::POST, path, &greeting))
                .await
        };
        match written.await {
            Ok(_) => {}
            Err(Trouble::Refused(refused)) if refused.meaning() != Meaning::TooSoon => {
                return Ok(remind::closed());
            }
            Err(trouble) => return Ok(words::problem::discord(&trouble.to_string()).message()),
        }
        self.store.follow(&follow, now).await?;
        let subscription = follow.id();
        self.health.well(&subscription);
        self.health.keep(&self.store, &subscription).await;
        self.pulse.nudge();
        Ok(remind::done(&follow, docket, now))
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
                self.store.unfollow(subscription).await?;
            }
        }
        self.pulse.nudge();
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
        let now = (self.now)();
        let Some(kept) = follows.iter().find(|it| it.id() == subscription) else {
            return Ok(words::problem::gone("reminder").message());
        };
        let mut follow = kept.clone();
        follow.snoozed.retain(|at| *at > now);
        follow.snoozed.push(until);
        self.store.follow(&follow, now).await?;
        self.pulse.nudge();
        Ok(remind::snoozed(until))
    }

    async fn log(&self, action: &LogAction, state: &State) -> Result<Message, LedgerError> {
        let of = subscriptions(state, action.server.as_deref());
        let most = u32::try_from(action.most).unwrap_or(u32::MAX);
        let deliveries = self.store.recent(&of, action.failed, most).await?;
        Ok(docket::log(action, &deliveries))
    }

    async fn resend(
        &self,
        key: &str,
        server: Option<&str>,
        state: &State,
    ) -> Result<Message, LedgerError> {
        let of = subscriptions(state, server);
        let recent = self.store.recent(&of, false, SEARCHED_MAX).await?;
        let Some(found) = recent.iter().find(|it| it.is_named(key)) else {
            return Ok(docket::resent(key, &docket::Resent::Unknown));
        };
        if matches!(found.stage, Stage::Planned | Stage::Sending) {
            let why = found.reason.clone().unwrap_or_default();
            return Ok(docket::resent(key, &docket::Resent::Waiting { why }));
        }
        self.store.post_again(&found.notice.key).await?;
        self.pulse.nudge();
        let title = found.notice.title.clone();
        Ok(docket::resent(key, &docket::Resent::Yes { title }))
    }

    async fn check(&self, state: &State) -> Result<Message, LedgerError> {
        let now = (self.now)();
        let (waiting, failed) = self.store.tally(now - chrono::TimeDelta::weeks(1)).await?;
        let refused = state.refused.as_ref();
        let health = docket::Health {
            refused: refused.map(|it| (it.at, it.why.as_str(), it.report.as_deref())),
            ledger: state.ledger.as_deref(),
            clock: state.clock.as_deref(),
            round: state.round,
            waiting,
            failed,
        };
        Ok(self.with_scene(state, |scene| docket::checked(&health, scene)))
    }

    fn calendar(&self, action: &CalendarAction, docket: &Docket) -> Message {
        let now = (self.now)();
        let asked = Asked {
            topics: action.topic.iter().cloned().collect(),
            ..Asked::default()
        };
        let selected = match &action.item {
            Some(item) => Ok(Selection::item(item.clone())),
            None => query::select(docket, asked, States::All),
        };
        let selection = match selected {
            Ok(selection) => selection,
            Err(wrong) => return words::problem::Problem::from(wrong).message(),
        };
        let site = self.public_url.as_deref().map(Site::new);
        let text = feed::calendar(&docket.as_of(now), &selection, site.as_ref(), now);
        calendar::done(action, text, self.public_url.as_deref())
    }
}

/// The subscriptions of a server; of all, if none is named.
fn subscriptions(state: &State, server: Option<&str>) -> Vec<String> {
    let Some(in_force) = &state.in_force else {
        return Vec::new();
    };
    if server.is_some() {
        let here = in_force.follows.iter();
        let here = here.filter(|it| it.server.as_deref() == server);
        return here.map(Follow::id).collect();
    }
    let everybody = in_force.plan.audience().iter();
    everybody.map(|it| it.id.clone()).collect()
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
