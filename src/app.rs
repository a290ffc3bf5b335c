//! Puts the parts of the running bot together: the ledger, the file, the clock, the sink.

use crate::clock::System;
use crate::config;
use crate::console::Console;
use crate::discord::service::{Access, Discord};
use crate::domain::{Docket, Follow, Subscription};
use crate::engine::{Audience, Ended, Engine, Found, Limits, Planner, Pulse};
use crate::feed::Links;
use crate::ports::{Ledger as _, Sink};
use crate::store::{Location, Store};
use crate::watch::Watch;
use crate::web::{Metrics, Server, Site};
use std::cell::Cell;
use std::future::Future;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// What keeps the bot from running.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// It ended by itself.
    #[error(transparent)]
    Ended(#[from] Ended),
    /// It cannot begin.
    #[error("cannot start: {0}")]
    Start(#[from] std::io::Error),
    /// It cannot begin with Discord.
    #[error("cannot start with Discord: {0}")]
    Discord(String),
    /// Discord will have nothing to do with it any more.
    #[error("Discord refuses the bot: {0}")]
    Refused(String),
}

/// The docket that a ledger has in force, if it has one that this version can read.
pub async fn last_good(store: &Store) -> Option<Docket> {
    use crate::ports::Clock as _;
    let progress = store.progress(None).await.ok()?;
    let record = progress.record?;
    let (parsed, _) = config::parse_bytes(record.text.as_bytes(), System.now());
    parsed.docket
}

/// Serves the page on a thread of its own, from what an engine tells. From here on the figures of
/// the process are counted.
///
/// # Errors
/// If there cannot be another thread.
pub fn serve(
    server: Server,
    pulse: &Arc<Pulse>,
    ledger: Location,
    links: Option<Links>,
) -> Result<(), std::io::Error> {
    use crate::ports::Clock as _;
    let address = server.address();
    let site = Site::new(pulse.clone(), || System.now(), links, Metrics::of_process());
    server.begin(site.counting(ledger))?;
    tracing::info!(%address, "the page is served at http://{address}/");
    Ok(())
}

/// What a bot is made of, whatever it posts to.
pub struct Bot<'a> {
    /// The ledger.
    pub store: Store,
    /// The record.
    pub path: &'a Path,
    /// What the record was found to be at the start.
    pub found: Found,
    /// How the bot is, for others to see.
    pub pulse: Arc<Pulse>,
}

impl Bot<'_> {
    /// Posts to the terminal until `stop` is done.
    ///
    /// # Errors
    /// See [`Failed`].
    pub async fn on_terminal<W: Write + Send>(
        self,
        console: Console<W>,
        stop: impl Future<Output = ()>,
    ) -> Result<(), Failed> {
        self.run(console, for_the_terminal, stop).await
    }

    /// Posts to Discord, and answers there, until `stop` is done or Discord refuses for good.
    ///
    /// # Errors
    /// See [`Failed`].
    pub async fn on_discord(
        self,
        access: Access,
        stop: impl Future<Output = ()>,
    ) -> Result<(), Failed> {
        use crate::ports::Clock as _;
        let notes = Arc::new(self.store.second());
        let pulse = Arc::clone(&self.pulse);
        let discord = Discord::new(access, notes, pulse, || System.now()).await;
        let discord = discord.map_err(Failed::Discord)?;
        let service = discord.begin()?;
        let refused = Cell::new(None);
        let stop = async {
            tokio::select! {
                () = stop => {}
                why = discord.refused() => refused.set(Some(why)),
            }
        };
        let poster = discord.poster();
        let ended = self.run(poster, Docket::audience_with, stop).await;
        service.end();
        match refused.take() {
            Some(why) => Err(Failed::Refused(why)),
            None => ended,
        }
    }

    async fn run(
        self,
        sink: impl Sink,
        audience: Audience,
        stop: impl Future<Output = ()>,
    ) -> Result<(), Failed> {
        let file = self.path.display().to_string();
        let engine = Engine {
            clock: System,
            planner: Planner::new(file, audience, self.store.is_shared()),
            ledger: self.store,
            sink,
            limits: Limits::default(),
            pulse: self.pulse,
        };
        let edits = Watch::new(self.path, self.found).begin()?;
        Ok(engine.run(edits, stop).await?)
    }
}

/// Without Discord there is one subscription, of whoever runs the bot.
fn for_the_terminal(docket: &Docket, _: &[Follow]) -> Vec<Subscription> {
    vec![Subscription::terminal(docket)]
}
