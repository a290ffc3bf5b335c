//! What those who manage a server ask for: what its channels are told, how deliveries went, how
//! the bot is.

use super::Executor;
use crate::discord::answer::{FollowAction, LogAction};
use crate::discord::commands::{docket, follow, following};
use crate::discord::message::Message;
use crate::discord::rest::Trouble;
use crate::discord::words;
use crate::domain::{Delivery, Docket, Stage, Subscription, Target, Timestamp};
use crate::engine::{InForce, State};
use crate::ports::LedgerError;

/// How much of a ledger is searched for what somebody wants posted again.
const SEARCHED_MAX: u32 = 2_000;
/// How much of it is searched for how the last deliveries to a channel went.
const RECENT_MAX: u32 = 20;

impl Executor {
    pub(super) async fn follow(
        &self,
        action: &FollowAction,
        docket: &Docket,
    ) -> Result<Message, LedgerError> {
        let subscription = action.follow.id();
        let found = match self.parts.directory.channel(&subscription).await {
            Ok(found) => found,
            Err(Trouble::Refused(refused)) if refused.shuts_out() => {
                return Ok(follow::no_channel(&action.follow));
            }
            Err(trouble) => return Ok(words::problem::discord(&trouble.to_string()).message()),
        };
        let missing = found.permissions.lacking(action.needs.iter().copied());
        if !missing.is_empty() {
            return Ok(follow::missing(&action.follow, &missing));
        }
        self.keep(&action.follow, (self.parts.now)()).await?;
        Ok(follow::done(action, docket, (self.parts.now)()))
    }

    pub(super) async fn unfollow(&self, channel: &str) -> Result<Message, LedgerError> {
        self.parts.store.unfollow(channel).await?;
        self.noticed(|all| !all.iter().any(|it| it.id() == channel))
            .await;
        Ok(follow::unfollowed(channel))
    }

    pub(super) async fn following(
        &self,
        server: &str,
        in_force: &InForce,
    ) -> Result<Message, LedgerError> {
        let docket = in_force.plan.docket();
        let mut found = Vec::new();
        for to in self.channels(server, in_force).await {
            let health = self.health_of(&to.id).await?;
            let is_in_file = docket.subscriptions().iter().any(|it| it.id == to.id);
            found.push(following::Channel {
                subscription: to.clone(),
                is_in_file,
                health,
            });
        }
        Ok(following::shown(&found, docket))
    }

    /// How deliveries to a channel went.
    async fn health_of(&self, channel: &str) -> Result<following::Health, LedgerError> {
        let of = [channel.to_owned()];
        let recent = self.parts.store.recent(&of, false, RECENT_MAX).await?;
        let last = recent.iter().find(|it| it.stage != Stage::Planned);
        let failed = last.filter(|it| it.stage == Stage::Failed);
        let ill = self.parts.health.all().remove(channel).map(|ill| ill.why);
        let found = self.parts.directory.channel(channel).await.ok();
        let missing = found.as_ref().map(|it| it.permissions.missing(it.kind));
        // What to do says more than what Discord said.
        let lacking = missing.as_deref().and_then(words::follow::lacking);
        Ok(following::Health {
            name: found.map(|it| it.name),
            posted: recent.iter().find_map(|it| it.sent),
            trouble: lacking.or(ill).or_else(|| failed?.reason.clone()),
        })
    }

    /// The channels of a server that are told something, those of the file first.
    async fn channels<'a>(&self, server: &str, in_force: &'a InForce) -> Vec<&'a Subscription> {
        let mut here = Vec::new();
        for to in in_force.plan.audience() {
            let Some(Target::Channel(channel)) = Target::parse(&to.id) else {
                continue;
            };
            let follow = in_force
                .follows
                .iter()
                .find(|it| it.target == Target::Channel(channel.clone()));
            let known = follow.and_then(|it| it.server.clone());
            // The file names no server.
            let its = match known {
                Some(known) => Some(known),
                None => self.parts.directory.server_of(&channel).await,
            };
            if its.as_deref() == Some(server) {
                here.push(to);
            }
        }
        here
    }

    /// The subscriptions of a server's channels; of all, if none is named.
    async fn subscriptions(&self, state: &State, server: Option<&str>) -> Vec<String> {
        let Some(in_force) = &state.in_force else {
            return Vec::new();
        };
        let of = match server {
            Some(server) => self.channels(server, in_force).await,
            None => in_force.plan.audience().iter().collect(),
        };
        of.into_iter().map(|it| it.id.clone()).collect()
    }

    pub(super) async fn log(
        &self,
        action: &LogAction,
        state: &State,
    ) -> Result<Message, LedgerError> {
        let of = self.subscriptions(state, action.server.as_deref()).await;
        let most = u32::try_from(action.most).unwrap_or(u32::MAX);
        let deliveries = self.parts.store.recent(&of, action.failed, most).await?;
        Ok(docket::log(action, &deliveries))
    }

    pub(super) async fn resend(
        &self,
        key: &str,
        server: Option<&str>,
        state: &State,
    ) -> Result<Message, LedgerError> {
        let of = self.subscriptions(state, server).await;
        let recent = self.parts.store.recent(&of, false, SEARCHED_MAX).await?;
        let Some(found) = recent.iter().find(|it| it.is_named(key)) else {
            return Ok(docket::resent(key, &docket::Resent::Unknown));
        };
        // What still waits is left alone.
        let stage = self.parts.store.post_again(&found.notice.key).await?;
        self.parts.pulse.nudge();
        Ok(docket::resent(key, &docket::Resent::of(found, stage)))
    }

    pub(super) async fn check(
        &self,
        server: Option<&str>,
        state: &State,
    ) -> Result<Message, LedgerError> {
        let since = (self.parts.now)() - chrono::TimeDelta::weeks(1);
        let (waiting, failed) = match server {
            None => self.parts.store.tally(since).await?,
            Some(_) => self.tally(server, since, state).await?,
        };
        let refused = state.refused.as_ref();
        let health = docket::Health {
            refused: refused.map(|it| (it.at, it.why.as_str(), it.report.as_deref())),
            ledger: state.ledger.as_deref(),
            clock: state.clock.as_deref(),
            gateway: self.gateway.borrow().since(),
            round: state.round,
            waiting,
            failed,
        };
        Ok(self.with_scene(state, |scene| docket::checked(&health, scene)))
    }

    /// How many posts to the channels of a server wait, and how many have failed since then.
    async fn tally(
        &self,
        server: Option<&str>,
        since: Timestamp,
        state: &State,
    ) -> Result<(usize, usize), LedgerError> {
        let of = self.subscriptions(state, server).await;
        let recent = self.parts.store.recent(&of, false, SEARCHED_MAX).await?;
        let waits = |it: &&Delivery| matches!(it.stage, Stage::Planned | Stage::Sending);
        let failed = |it: &&Delivery| it.stage == Stage::Failed && it.notice.at >= since;
        let count = recent.iter().filter(waits).count();
        Ok((count, recent.iter().filter(failed).count()))
    }
}
