//! Puts the parts of the running bot together: the ledger, the file, the clock, the sink.

use crate::clock::System;
use crate::config;
use crate::domain::{Docket, Follow, Subscription};
use crate::engine::{Ended, Engine, Found, Limits, Planner, Pulse};
use crate::ports::{Ledger as _, Sink};
use crate::store::Store;
use crate::watch::Watch;
use crate::web::{Metrics, Server, Site};
use std::future::Future;
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
    public_url: Option<String>,
) -> Result<(), std::io::Error> {
    use crate::ports::Clock as _;
    let address = server.address();
    let site = Site::new(
        pulse.clone(),
        || System.now(),
        public_url,
        Metrics::of_process(),
    );
    server.begin(site)?;
    tracing::info!(%address, "the page is served at http://{address}/");
    Ok(())
}

/// Runs the bot until `stop` is done. `found` is what the file was at the start.
///
/// # Errors
/// See [`Failed`].
pub async fn run(
    store: Store,
    sink: impl Sink,
    path: &Path,
    found: Found,
    pulse: Arc<Pulse>,
    stop: impl Future<Output = ()>,
) -> Result<(), Failed> {
    let file = path.display().to_string();
    let planner = Planner::new(file, for_the_terminal, store.is_shared());
    let edits = Watch::new(path, found).begin()?;
    let engine = Engine {
        clock: System,
        ledger: store,
        sink,
        planner,
        limits: Limits::default(),
        pulse,
    };
    Ok(engine.run(edits, stop).await?)
}

/// Without Discord there is one subscription, of whoever runs the bot.
fn for_the_terminal(docket: &Docket, _: &[Follow]) -> Vec<Subscription> {
    vec![Subscription::terminal(docket)]
}
