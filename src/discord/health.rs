//! What is wrong with a channel: it is gone, or somebody took a permission away. Nothing is sent
//! there meanwhile, so that refusals do not add up, and whoever asked for the posts hears of it.

use super::rest::{Meaning, Refused};
use crate::domain::Timestamp;
use crate::ports::{Failure, LedgerError};
use crate::store::Store;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// After so many hours a channel that refused is tried again; then not any more by itself.
const RETESTS: [i64; 3] = [1, 6, 24];
/// What notes of it begin with.
const NOTE: &str = "health/";

/// What is wrong with a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ill {
    /// What Discord said.
    pub(super) why: String,
    /// Since when.
    pub(super) since: Timestamp,
    /// When it is tried again; none: not by itself.
    pub(super) until: Option<Timestamp>,
    /// How often it was found so.
    pub(super) times: usize,
}

/// Which channels are ill, by subscription.
#[derive(Default)]
pub(super) struct Health {
    ill: Mutex<HashMap<String, Ill>>,
}

impl Health {
    fn ill(&self) -> MutexGuard<'_, HashMap<String, Ill>> {
        // Each use of it is complete in itself.
        self.ill.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a ledger remembers. Whatever it is, it is tried once more after a start.
    ///
    /// # Errors
    /// As those of the ledger.
    pub(super) async fn load(store: &Store, now: Timestamp) -> Result<Self, LedgerError> {
        let mut ill = HashMap::new();
        for (name, value) in store.notes(NOTE).await? {
            // What another version wrote is found out anew.
            if let Ok(mut found) = serde_json::from_str::<Ill>(&value) {
                found.until = Some(now);
                ill.insert(name[NOTE.len()..].to_owned(), found);
            }
        }
        Ok(Self {
            ill: Mutex::new(ill),
        })
    }

    /// All that are ill, by subscription.
    pub(super) fn all(&self) -> HashMap<String, Ill> {
        self.ill().clone()
    }

    /// Why nothing is to be sent to a subscription now.
    pub(super) fn check(&self, subscription: &str, now: Timestamp) -> Result<(), Failure> {
        let ill = self.ill();
        let Some(ill) = ill.get(subscription) else {
            return Ok(());
        };
        let why = ill.why.clone();
        match ill.until {
            None => Err(Failure::Permanent { why }),
            Some(until) if until > now => Err(Failure::Retry {
                after: (until - now).to_std().ok(),
                why,
            }),
            Some(_) => Ok(()),
        }
    }

    /// Takes note of a refusal. Tells whether it is the first one in a row.
    pub(super) fn refused(&self, subscription: &str, refused: &Refused, now: Timestamp) -> bool {
        let mut all = self.ill();
        let times = all.get(subscription).map_or(0, |ill| ill.times);
        let hours = RETESTS
            .get(times)
            .filter(|_| refused.meaning() == Meaning::Forbidden);
        let ill = Ill {
            why: refused.to_string(),
            since: all.get(subscription).map_or(now, |ill| ill.since),
            until: hours.map(|hours| now + TimeDelta::hours(*hours)),
            times: times + 1,
        };
        all.insert(subscription.to_owned(), ill);
        times == 0
    }

    /// Takes note that a subscription can be reached. Tells whether it could not before.
    pub(super) fn well(&self, subscription: &str) -> bool {
        self.ill().remove(subscription).is_some()
    }

    /// Has ill subscriptions tried again at once: something changed in their servers. Tells which.
    /// That is none of the times after which one is given up: somebody is at work there.
    pub(super) fn retest(&self, is_meant: impl Fn(&str) -> bool, now: Timestamp) -> Vec<String> {
        let mut all = self.ill();
        let meant = all.iter_mut().filter(|(id, _)| is_meant(id));
        meant
            .map(|(id, ill)| {
                ill.until = Some(now);
                ill.times = ill.times.saturating_sub(1).max(1);
                id.clone()
            })
            .collect()
    }

    /// Writes down what is known of a subscription. If that fails, it is found out anew.
    pub(super) async fn keep(&self, store: &Store, subscription: &str) {
        let ill = self.ill().get(subscription).cloned();
        let value = ill.map(|ill| serde_json::to_string(&ill).expect("it is plain data"));
        let name = format!("{NOTE}{subscription}");
        if let Err(error) = store.note(&name, value.as_deref()).await {
            let why = error.to_string();
            tracing::warn!(subscription, why, "the health of a channel cannot be noted");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Health, Refused};
    use crate::domain::{Timestamp, rfc3339};
    use crate::ports::Failure;
    use chrono::TimeDelta;

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn refusal(code: i64) -> Refused {
        Refused::read(
            403,
            &|_| None,
            &format!("{{\"code\":{code},\"message\":\"No\"}}"),
        )
    }

    #[test]
    fn a_channel_that_refuses_is_tried_again_three_times() {
        let health = Health::default();
        let mut now = 0;
        for (nth, wait) in [1, 6, 24].into_iter().enumerate() {
            assert_eq!(health.refused("c", &refusal(50013), at(now)), nth == 0);
            let held = health.check("c", at(now));
            assert!(
                matches!(held, Err(Failure::Retry { after: Some(after), .. })
                if after.as_secs() == wait * 3_600)
            );
            now += i64::try_from(wait).expect("small");
            assert_eq!(health.check("c", at(now)), Ok(()));
        }
        health.refused("c", &refusal(50013), at(now));
        assert!(matches!(
            health.check("c", at(now + 999)),
            Err(Failure::Permanent { .. })
        ));
        assert_eq!(rfc3339(health.all()["c"].since), "1970-01-01T00:00:00Z");
        assert!(health.well("c"));
        assert!(!health.well("c"));
        assert_eq!(health.check("c", at(now)), Ok(()));
    }

    #[test]
    fn who_changes_a_server_step_by_step_does_not_use_up_the_times() {
        let health = Health::default();
        assert!(health.refused("c", &refusal(50013), at(0)));
        for _ in 0..10 {
            health.retest(|id| id == "c", at(0));
            assert!(!health.refused("c", &refusal(50013), at(0)), "told of once");
            let held = health.check("c", at(0));
            assert!(matches!(held, Err(Failure::Retry { .. })), "{held:?}");
        }
    }

    #[test]
    fn what_is_gone_is_tried_again_only_if_something_changes() {
        let health = Health::default();
        health.refused("c", &refusal(10003), at(0));
        assert!(matches!(
            health.check("c", at(999)),
            Err(Failure::Permanent { .. })
        ));
        health.retest(|id| id == "d", at(999));
        assert!(health.check("c", at(999)).is_err());
        health.retest(|id| id == "c", at(999));
        assert_eq!(health.check("c", at(999)), Ok(()));
    }
}
