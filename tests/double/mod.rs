//! A double of Discord: REST and gateway in this process, on loopback, for tests of the real bot.
//!
//! ```ignore
//! let double = Double::start();
//! let (guild, channel) = double.world(|world| {
//!     let guild = world.add_guild("Trade desk");
//!     (guild, world.add_channel(guild, Kind::Text, "deadlines"))
//! });
//! // Run `docket run` with DISCORD_API_URL=double.url() and DISCORD_TOKEN=double.token().
//! double.inject(Fault::reset().accepted().on(Endpoint::CreateMessage));
//! let posts = double.wait_for("a post", |state| {
//!     Some(state.messages(channel)).filter(|it| !it.is_empty())
//! });
//! assert!(posts[0].pings.is_empty());
//! let reply = double.slash(ada, channel, "deadline").text("name", "truce").send().reply();
//! assert!(reply.is_ephemeral());
//! ```
//!
//! A double runs on a thread of its own; a test drives it by plain calls. When it is dropped and a
//! request was wrong in a way that the test did not expect (`take_violations`), the test fails.
//!
//! | point of fidelity | how |
//! |---|---|
//! | nonces | by author, for 90 to 300 s drawn by a seed or as the test says; 10008 when the first message is gone; not told again by the history |
//! | limits | off, or `Limits::discord()`: 50 in a rolling second, 5 in 5 s a channel, with headers and scopes |
//! | 429 | from limits, or scripted with any scope, with and without `code`; Cloudflare's page without `Via` |
//! | what goes wrong | before and after a request takes effect: status, reset, hang, latency, half an answer, late arrival |
//! | history | `limit`, `before`, `after`, `around`, newest first; lag; empty without the permission to read it |
//! | permissions | owner, administrator, roles, overwrites, threads by their parents, what is implied |
//! | gateway | intents, compression, resume with replay, op 7 and 9, any close code, reset, zombie, READY again, `/gateway/bot` |
//! | interactions | 3 s, once, then a quarter of an hour; twice delivered on demand |
//! | headers | `Date` by the double's clock, `Via` |
//!
//! Left out: reactions, webhooks that are no interaction's, voice, members other than one by one,
//! polls' results. What Discord sends unasked of messages (`MESSAGE_CREATE`) is never sent: Docket
//! has no intent for it.
//!
//! Benches include it with `#[path = "../tests/double/mod.rs"]` and expect dead code there.

mod access;
pub(crate) mod answer;
pub(crate) mod ask;
pub(crate) mod body;
pub(crate) mod clock;
mod draft;
pub(crate) mod faults;
pub(crate) mod gateway;
mod hub;
pub(crate) mod interaction;
pub(crate) mod limits;
pub(crate) mod message;
mod nonces;
pub(crate) mod openapi;
mod people;
pub(crate) mod permissions;
mod pings;
mod posting;
mod reading;
mod rest;
pub(crate) mod route;
mod server;
mod shapes;
pub(crate) mod snowflake;
mod socket;
pub(crate) mod state;
pub(crate) mod strict;
pub(crate) mod traffic;
mod wire;
pub(crate) mod world;

use crate::double::clock::millis;
use crate::double::faults::Fault;
use crate::double::gateway::Gateway;
use crate::double::hub::Hub;
use crate::double::message::Message;
use crate::double::snowflake::Snowflake;
use crate::double::state::State;
use crate::double::traffic::{Request, Violation};
use crate::double::world::World;
use docket::domain::Timestamp;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::oneshot;

/// The bot's token: nothing that the real Discord would take.
pub(crate) const TOKEN: &str = "MTAw.double.of-discord";

/// A running double. It ends, and judges, when it is dropped.
pub(crate) struct Double {
    hub: Arc<Hub>,
    address: SocketAddr,
    /// Dropped to end the server.
    end: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

impl Double {
    /// A double with nothing in it but the bot.
    pub(crate) fn start() -> Self {
        Self::seeded(0)
    }

    /// The same, with what is random drawn by a seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        listener.set_nonblocking(true).expect("a socket");
        let address = listener.local_addr().expect("an address");
        let gateway = Gateway::new(format!("ws://{address}/gw"));
        let hub = Arc::new(Hub::new(State::new(TOKEN, seed, gateway)));
        let (end, ended) = oneshot::channel::<()>();
        let served = Arc::clone(&hub);
        let server = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(async {
                tokio::select! {
                    () = server::serve(served, listener) => {}
                    _ = ended => {}
                }
            });
        });
        Self {
            hub,
            address,
            end: Some(end),
            server: Some(server),
        }
    }

    /// What belongs into `DISCORD_API_URL`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What belongs into `DISCORD_TOKEN`.
    pub(crate) fn token(&self) -> String {
        self.hub.state().world.token.clone()
    }

    /// Makes or changes something in the world. The bot is not told: `state` has what it is told.
    pub(crate) fn world<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        self.state(|state| change(&mut state.world))
    }

    /// Changes anything: limits, faults, the gateway.
    pub(crate) fn state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        self.hub.change(change)
    }

    /// Lets something go wrong.
    pub(crate) fn inject(&self, fault: Fault) {
        self.state(|state| state.faults.add(fault));
    }

    /// Waits until the state shows something, and gives that. `look` has the state in hand: it asks
    /// that, never the double.
    ///
    /// # Panics
    /// If it does not in forty seconds.
    #[track_caller]
    pub(crate) fn wait_for<T>(&self, what: &str, look: impl FnMut(&mut State) -> Option<T>) -> T {
        self.hub.wait_for(what, look)
    }

    /// What people read in a channel, oldest first.
    pub(crate) fn messages(&self, channel: Snowflake) -> Vec<Message> {
        self.hub.state().messages(channel)
    }

    /// What was asked so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.hub.state().traffic.requests.clone()
    }

    /// Stops the double's clock, so that only `pass` moves it.
    pub(crate) fn stop_clock(&self, at: Timestamp) {
        self.world(|world| world.clock.stop(at));
    }

    /// Moves the double's clock on.
    pub(crate) fn pass(&self, time: Duration) {
        self.world(|world| world.clock.shift(millis(time)));
    }

    /// What was wrong so far: a test that takes it has expected it.
    pub(crate) fn take_violations(&self) -> Vec<Violation> {
        self.state(|state| state.traffic.take_violations())
    }

    /// Fails if a request was wrong that the test did not expect to be.
    #[track_caller]
    pub(crate) fn assert_no_violations(&self) {
        let violations = self.take_violations();
        assert!(
            violations.is_empty(),
            "Discord would refuse this: {violations:#?}"
        );
    }
}

impl State {
    /// What people read in a channel, oldest first. Answers for one person alone are not among it.
    pub(crate) fn messages(&self, channel: Snowflake) -> Vec<Message> {
        let all = self.world.messages.values();
        let seen = all.filter(|it| it.channel == channel && !it.is_ephemeral());
        seen.cloned().collect()
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        drop(self.end.take());
        let server = self.server.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(
                server.is_some_and(|it| it.is_ok()),
                "the double has panicked"
            );
            self.assert_no_violations();
        }
    }
}
