//! How much the ledger has at each stage, counted when somebody asks and once a minute at most: on
//! a way of its own, so that the engine never waits for it.

use crate::domain::Stage;
use crate::store::{Location, Store};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// So long a count is told again.
const KEPT: Duration = Duration::from_mins(1);
/// A ledger that takes longer is left uncounted: whoever asks for figures has no patience.
const COUNT_MAX: Duration = Duration::from_secs(5);

/// The sizes of a ledger.
pub(super) struct Sizes {
    location: Location,
    counted: Mutex<Option<(Instant, Counts)>>,
}

/// How many deliveries are at each stage; nothing if they could not be counted.
type Counts = Vec<(Stage, u64)>;

impl Sizes {
    pub(super) fn of(location: Location) -> Self {
        Self {
            location,
            counted: Mutex::default(),
        }
    }

    /// How many deliveries were at each stage a minute ago at most.
    pub(super) async fn now(&self) -> Counts {
        let mut counted = self.counted.lock().await;
        if let Some((at, counts)) = counted.as_ref()
            && at.elapsed() < KEPT
        {
            return counts.clone();
        }
        // A failure is kept too: the engine says what is wrong with the ledger.
        let counts = self.count().await;
        *counted = Some((Instant::now(), counts.clone()));
        counts
    }

    async fn count(&self) -> Counts {
        match timeout(COUNT_MAX, Store::stages(&self.location)).await {
            Ok(Ok(found)) => {
                let of = |stage| found.get(&stage).copied().unwrap_or(0);
                Stage::ALL.map(|stage| (stage, of(stage))).to_vec()
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "the ledger was not counted");
                Vec::new()
            }
            Err(_) => {
                tracing::debug!("the ledger was not counted in time");
                Vec::new()
            }
        }
    }
}
