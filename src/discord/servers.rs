//! What becomes of subscriptions when servers and channels come and go: what is gone ends, what was
//! forbidden is tried again once something changes.

use super::gateway::Change;
use super::parts::Parts;
use super::rest::{Call, Trouble};
use crate::domain::{Follow, Target};
use crate::engine::InForce;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How long a start may take until the record is in force.
const START_MAX: Duration = Duration::from_secs(10);

/// Keeps subscriptions in step with servers.
pub(super) struct Servers {
    /// What it is made of.
    pub(super) parts: Parts,
}

impl Servers {
    /// Deals with one change after the other, as long as somebody tells of them.
    pub(super) async fn run(&self, mut changed: mpsc::Receiver<Change>) {
        while let Some(change) = changed.recv().await {
            match change {
                Change::Here {
                    servers,
                    shard,
                    shards,
                } => self.compare(&servers, (shard, shards)).await,
                Change::Server(server) => {
                    self.parts.directory.forget(&server);
                    self.retest(&server).await;
                }
                Change::Left(server) => self.leave(&server).await,
                Change::ChannelGone(channel) => self.drop(&channel).await,
            }
        }
    }

    /// Finds the servers that the bot is in no more: it may have been removed while it was down.
    async fn compare(&self, here: &[String], (shard, shards): (u64, u64)) {
        let mut states = self.parts.pulse.subscribe();
        let begun = states.wait_for(|it| it.in_force.is_some());
        let begun = timeout(START_MAX, begun).await;
        let in_force: Option<InForce> = match begun {
            Ok(Ok(state)) => state.in_force.clone(),
            _ => None,
        };
        let follows = in_force.iter().flat_map(|it| it.follows.iter());
        let servers: BTreeSet<_> = follows.filter_map(|it| it.server.as_ref()).collect();
        let is_of_shard = |server: &str| {
            let id: Option<u64> = server.parse().ok();
            id.is_some_and(|id| (id >> 22) % shards.max(1) == shard)
        };
        for server in servers {
            if here.contains(server) || !is_of_shard(server) {
                continue;
            }
            // What ends here ends for good: better asked once more.
            let asked = self
                .parts
                .rest
                .insist(Call::get(format!("/guilds/{server}")))
                .await;
            if let Err(Trouble::Refused(refused)) = asked
                && refused.shuts_out()
            {
                self.leave(server).await;
            }
        }
    }

    /// Has channels that could not be posted to tried again: what was wrong may be mended.
    async fn retest(&self, server: &str) {
        let Some(in_force) = self.parts.pulse.state().in_force else {
            return;
        };
        let meant: Vec<_> = of(&in_force, server).map(Follow::id).collect();
        let in_file = in_force.plan.docket().subscriptions();
        let is_meant =
            |id: &str| meant.iter().any(|it| it == id) || in_file.iter().any(|it| it.id == id);
        for subscription in self.parts.health.retest(is_meant, (self.parts.now)()) {
            if let Err(error) = self.parts.store.hasten(&subscription).await {
                let why = error.to_string();
                tracing::warn!(subscription, why, "what waits for a channel waits longer");
            }
        }
        self.parts.pulse.nudge();
    }

    /// The bot was removed from a server: what its channels asked for ends.
    async fn leave(&self, server: &str) {
        let Some(in_force) = self.parts.pulse.state().in_force else {
            return;
        };
        for follow in of(&in_force, server) {
            self.drop(&follow.id()).await;
        }
    }

    /// A channel is gone: what it asked for ends.
    async fn drop(&self, channel: &str) {
        if !matches!(Target::parse(channel), Some(Target::Channel(_))) {
            return;
        }
        match self.parts.store.unfollow(channel).await {
            Ok(true) => {
                tracing::info!(channel, "a channel is gone, and what it followed ends");
                self.parts.pulse.nudge();
            }
            Ok(false) => {}
            Err(error) => {
                let why = error.to_string();
                tracing::warn!(channel, why, "a channel that is gone is still followed");
            }
        }
    }
}

/// What people of a server asked for.
fn of<'a>(in_force: &'a InForce, server: &str) -> impl Iterator<Item = &'a Follow> {
    let follows = in_force.follows.iter();
    follows.filter(move |it| it.server.as_deref() == Some(server))
}
