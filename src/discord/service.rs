//! Everything of Discord but the posts: hears what people ask for and answers, keeps overviews,
//! registers the commands. Runs on threads of its own, so that nothing here delays a post.
//!
//! Of several replicas one does this; the others wait for it to be gone.

use super::boards::Boards;
use super::commands::definitions::definitions;
use super::directory::Directory;
use super::executor::Executor;
use super::gateway::{Gateway, Heard, Keeper};
use super::health::Health;
use super::parts::Parts;
use super::poster::Poster;
use super::rest::{Call, DISCORD, Rest, Trouble};
use super::servers::Servers;
use super::value::text;
use crate::domain::Timestamp;
use crate::engine::{Pulse, digest};
use crate::feed::Links;
use crate::ports::Sink;
use crate::settings::Secret;
use crate::store::Store;
use reqwest::Method;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, timeout};

/// The role of the one replica that answers.
const ROLE: &str = "gateway";
/// How long it is held without saying so again.
const ROLE_LASTS: Duration = Duration::from_secs(30);
/// How often it says so.
const ROLE_EVERY: Duration = Duration::from_secs(8);
/// So much may be heard and not yet dealt with.
const HEARD_MAX: usize = 1_000;
/// How long answers that are under way may take at the end.
const END_MAX: Duration = Duration::from_secs(3);
/// How long to wait before the commands are registered again after a failure.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// How to get at Discord.
#[derive(Clone, Debug)]
pub struct Access {
    /// The bot's token.
    pub token: Secret,
    /// Where Discord is, if somebody stands between.
    pub base: Option<String>,
    /// Where the web page is, if it is public.
    pub links: Option<Links>,
    /// The ids of those who run the program.
    pub operators: Vec<String>,
}

/// Discord, as the parts of the bot share it.
pub struct Discord {
    access: Access,
    /// Those of the poster.
    parts: Parts,
    gateway: Arc<watch::Sender<Gateway>>,
}

/// The threads that answer, until they are told to stop.
pub struct Service {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    /// Stops answering, and waits for what is under way.
    pub fn end(mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Discord {
    /// The parts that go with an access. Nothing is asked of Discord yet.
    ///
    /// # Errors
    /// If the token cannot be one, or the ledger cannot be read.
    pub async fn new(
        access: Access,
        store: Arc<Store>,
        pulse: Arc<Pulse>,
        now: fn() -> Timestamp,
    ) -> Result<Self, String> {
        let rest = Rest::new(base(&access), &access.token)?;
        let health = Health::load(&store, now()).await;
        let health = health.map_err(|error| error.to_string())?;
        let parts = Parts {
            directory: Arc::new(Directory::new(rest.clone())),
            rest,
            health: Arc::new(health),
            pulse,
            store,
            now,
            links: access.links.clone(),
            operators: access.operators.clone(),
        };
        Ok(Self {
            access,
            parts,
            gateway: Arc::default(),
        })
    }

    /// The sink for the engine.
    pub fn poster(&self) -> impl Sink + use<> {
        Poster::new(self.parts.clone())
    }

    /// Done when Discord refuses for good, with the reason.
    pub async fn refused(&self) -> String {
        let mut gateway = self.gateway.subscribe();
        let closed = async {
            let is_refused = |it: &Gateway| matches!(it, Gateway::Refused(_));
            match gateway.wait_for(is_refused).await.as_deref() {
                Ok(Gateway::Refused(why)) => why.clone(),
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            why = closed => why,
            () = self.parts.rest.revoked() => "the token is not valid any more".to_owned(),
        }
    }

    /// Begins to answer.
    ///
    /// # Errors
    /// If there can be no more threads.
    pub fn begin(&self) -> io::Result<Service> {
        let (stop, stopped) = watch::channel(false);
        let runtime = runtime()?;
        let parts = &self.parts;
        let rest = parts.rest.another(base(&self.access), &self.access.token);
        let rest = rest.map_err(io::Error::other)?;
        let front = Front {
            parts: Parts {
                directory: Arc::new(Directory::new(rest.clone())),
                rest,
                store: Arc::new(parts.store.second()),
                ..parts.clone()
            },
            access: self.access.clone(),
            gateway: Arc::clone(&self.gateway),
        };
        let thread = std::thread::Builder::new()
            .name("discord".to_owned())
            .spawn(move || {
                runtime.block_on(front.run(stopped));
                runtime.shutdown_timeout(END_MAX);
            })?;
        Ok(Service {
            stop,
            thread: Some(thread),
        })
    }
}

fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // Pictures are drawn one at a time: posts have the other cores.
        .max_blocking_threads(1)
        .build()
}

fn base(access: &Access) -> &str {
    access.base.as_deref().unwrap_or(DISCORD)
}

/// What people see of the bot.
struct Front {
    access: Access,
    /// Of the threads that answer.
    parts: Parts,
    gateway: Arc<watch::Sender<Gateway>>,
}

impl Front {
    async fn run(self, mut stop: watch::Receiver<bool>) {
        // Each process is somebody else, and each start of it.
        let me = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
        while !*stop.borrow() {
            if self.holds(&me).await != Some(true) {
                tokio::select! {
                    () = sleep(ROLE_EVERY) => {}
                    _ = stop.wait_for(|it| *it) => {}
                }
                continue;
            }
            let (end, ended) = watch::channel(false);
            let serving = self.serve(ended);
            tokio::pin!(serving);
            tokio::select! {
                () = &mut serving => {
                    if matches!(*self.gateway.borrow(), Gateway::Refused(_)) {
                        return;
                    }
                    sleep(AGAIN_AFTER).await;
                    continue;
                }
                () = self.loses(&me) => {}
                _ = stop.wait_for(|it| *it) => {}
            }
            end.send_replace(true);
            drop(timeout(END_MAX, serving).await);
        }
    }

    /// Whether this is the replica that answers; none if that cannot be asked.
    async fn holds(&self, me: &str) -> Option<bool> {
        let held = self.parts.store.hold(ROLE, me, ROLE_LASTS).await;
        held.inspect_err(|error| {
            let why = error.to_string();
            tracing::warn!(why, "which replica answers cannot be asked");
        })
        .ok()
    }

    /// Waits until another replica may be the one that answers.
    async fn loses(&self, me: &str) {
        let mut held = Instant::now();
        loop {
            sleep(ROLE_EVERY).await;
            let asked = Instant::now();
            match self.holds(me).await {
                Some(true) => held = asked,
                Some(false) => return,
                None if held.elapsed() >= ROLE_LASTS => return,
                None => {}
            }
        }
    }

    /// Answers until it is told to end, or Discord refuses for good.
    async fn serve(&self, end: watch::Receiver<bool>) {
        let (heard, hears) = mpsc::channel(HEARD_MAX);
        let gateway = match self.keep_gateway(heard, end) {
            Ok(ended) => ended,
            Err(error) => {
                let why = error.to_string();
                tracing::error!(why, "the gateway cannot be begun");
                return;
            }
        };
        let boards = Boards {
            parts: self.parts.clone(),
        };
        let registering = async {
            self.register().await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            _ = gateway => {}
            () = self.listen(hears) => {}
            () = registering => {}
            () = boards.run() => {}
            () = self.show_gateway() => {}
        }
        self.parts.pulse.hears(None);
    }

    /// Shows how the gateway is to those who watch over the bot.
    async fn show_gateway(&self) {
        let mut states = self.gateway.subscribe();
        loop {
            let state = states.borrow_and_update().clone();
            let is_up = f64::from(u8::from(state.since().is_some()));
            metrics::gauge!("docket_discord_gateway_up").set(is_up);
            self.parts.pulse.hears(match state {
                Gateway::Up(_) | Gateway::Idle => None,
                Gateway::Connecting => Some("the gateway is not connected".to_owned()),
                Gateway::Waiting(why) | Gateway::Refused(why) => Some(why),
            });
            if states.changed().await.is_err() {
                return;
            }
        }
    }

    /// Keeps the gateway up on a thread of its own: serenity can keep a thread busy with nothing
    /// for as long as a heartbeat takes to come.
    fn keep_gateway(
        &self,
        heard: mpsc::Sender<Heard>,
        end: watch::Receiver<bool>,
    ) -> io::Result<oneshot::Receiver<()>> {
        let base = base(&self.access).to_owned();
        let rest = self.parts.rest.another(&base, &self.access.token);
        let keeper = Keeper {
            rest: rest.map_err(io::Error::other)?,
            base,
            token: self.access.token.clone(),
            heard,
            state: Arc::clone(&self.gateway),
            now: self.parts.now,
        };
        let runtime = runtime()?;
        let (ending, ended) = oneshot::channel();
        std::thread::Builder::new()
            .name("gateway".to_owned())
            .spawn(move || {
                runtime.block_on(keeper.run(end));
                runtime.shutdown_timeout(END_MAX);
                // Whoever waits may have stopped waiting.
                ending.send(()).unwrap_or_default();
            })?;
        Ok(ended)
    }

    /// Registers the commands, unless they are as they were. Those of before are answered meanwhile.
    async fn register(&self) {
        let commands = definitions();
        let wanted = digest(commands.to_string());
        loop {
            let registered = async {
                let application = self
                    .parts
                    .rest
                    .insist(Call::get("/applications/@me"))
                    .await?;
                let application = text(&application["id"]);
                let name = format!("commands/{application}");
                let noted = self.parts.store.noted(&name).await;
                if noted.is_ok_and(|digest| digest.as_ref() == Some(&wanted)) {
                    return Ok(());
                }
                let path = format!("/applications/{application}/commands");
                self.parts
                    .rest
                    .insist(Call::send(Method::PUT, path, &commands))
                    .await?;
                if let Err(error) = self.parts.store.note(&name, Some(&wanted)).await {
                    let why = error.to_string();
                    tracing::warn!(why, "that the commands are registered cannot be noted");
                }
                tracing::info!("the commands are registered");
                Ok::<_, Trouble>(())
            };
            match registered.await {
                Ok(()) => return,
                Err(trouble) => {
                    let why = trouble.to_string();
                    tracing::error!(why, "the commands cannot be registered, will try again");
                    sleep(AGAIN_AFTER).await;
                }
            }
        }
    }

    async fn listen(&self, mut hears: mpsc::Receiver<Heard>) {
        let executor = Arc::new(Executor {
            parts: self.parts.clone(),
            gateway: Arc::clone(&self.gateway),
            seen: super::executor::Seen::default(),
        });
        let servers = Servers {
            parts: self.parts.clone(),
        };
        let (changes, changed) = mpsc::channel(HEARD_MAX);
        let hearing = async move {
            while let Some(heard) = hears.recv().await {
                match heard {
                    Heard::Interaction(interaction) => {
                        let executor = Arc::clone(&executor);
                        tokio::spawn(async move { executor.answer(&interaction).await });
                    }
                    // Nobody who asks something waits for these.
                    Heard::Change(change) => drop(changes.try_send(change)),
                }
            }
        };
        tokio::join!(hearing, servers.run(changed));
    }
}
