//! Keeps within Discord's limits: fifty requests a second for the whole bot, what the headers say
//! of each route, and far fewer refusals than get a bot banned.
//!
//! A request occupies one of [`SLOTS`] from the moment it is sent until a second after its answer.
//! It arrives somewhere between, so that never more than that many arrive within one second,
//! however long they are under way.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, sleep_until};

/// How many requests may arrive within a second. Discord takes fifty: one is left for what it
/// counts in another way than we do.
pub(super) const SLOTS: usize = 49;
/// How long an answered request still counts.
const SECOND: Duration = Duration::from_secs(1);
/// In this time Discord takes ten thousand refused requests, then it bans the address for an hour.
const BREAKER_SPAN: Duration = Duration::from_mins(10);
/// So many it gets from us.
const REFUSALS_MAX: usize = 500;
/// So many routes are remembered before those that say nothing any more are forgotten.
const BUCKETS_MAX: usize = 4_096;

/// The limits that all requests of a bot share.
pub struct Pace {
    slots: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What the headers said last, by route.
    buckets: HashMap<String, Bucket>,
    /// Until when the whole bot has to wait.
    paused_until: Option<Instant>,
    /// When requests were refused.
    refusals: VecDeque<Instant>,
}

#[derive(Clone, Copy)]
struct Bucket {
    remaining: u64,
    resets: Instant,
}

/// The right to make one request. Not used, it is free again at once.
pub struct Permit {
    permit: Option<OwnedSemaphorePermit>,
    is_used: bool,
}

impl Permit {
    /// Takes note that the request is sent.
    pub(super) fn used(&mut self) {
        self.is_used = true;
    }

    /// One for requests that do not count, such as answers to commands.
    pub fn free() -> Self {
        Self {
            permit: None,
            is_used: false,
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(permit) = self.permit.take().filter(|_| self.is_used) else {
            return;
        };
        // Without a runtime the process is about to end.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                sleep(SECOND).await;
                drop(permit);
            });
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            slots: Arc::new(Semaphore::new(SLOTS)),
            state: Mutex::default(),
        }
    }
}

impl Pace {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each use of it is complete in itself.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a request of that route may be sent.
    pub async fn ready(&self, route: &str) -> Permit {
        loop {
            while let Some(until) = self.wait(route, Instant::now()) {
                sleep_until(until).await;
            }
            let permit = Arc::clone(&self.slots).acquire_owned().await;
            let permit = permit.expect("the semaphore is never closed");
            // Others were answered meanwhile.
            if self.wait(route, Instant::now()).is_none() {
                return Permit {
                    permit: Some(permit),
                    is_used: false,
                };
            }
        }
    }

    /// Until when a route has to wait at least.
    fn wait(&self, route: &str, now: Instant) -> Option<Instant> {
        let mut state = self.state();
        while state
            .refusals
            .front()
            .is_some_and(|first| now - *first > BREAKER_SPAN)
        {
            state.refusals.pop_front();
        }
        let is_open = state.refusals.len() >= REFUSALS_MAX;
        let breaker = state.refusals.front().filter(|_| is_open);
        let breaker = breaker.map(|first| *first + BREAKER_SPAN);
        let bucket = state.buckets.get(route).filter(|it| it.remaining == 0);
        let bucket = bucket.map(|bucket| bucket.resets);
        let waits = [breaker, bucket, state.paused_until];
        waits
            .into_iter()
            .flatten()
            .filter(|until| *until > now)
            .max()
    }

    /// Takes note of what the headers of an answer say.
    pub fn answered(&self, route: &str, headers: &dyn Fn(&str) -> Option<String>) {
        let number = |name: &str| headers(name).and_then(|it| it.parse::<f64>().ok());
        let remaining = headers("x-ratelimit-remaining").and_then(|it| it.parse().ok());
        let after = number("x-ratelimit-reset-after");
        let after = after.and_then(|it| Duration::try_from_secs_f64(it).ok());
        if let (Some(remaining), Some(after)) = (remaining, after) {
            let resets = Instant::now() + after;
            self.note(route, Bucket { remaining, resets });
        }
    }

    /// Takes note that a route, or the whole bot, has to wait.
    pub fn limited(&self, route: &str, after: Duration, is_global: bool) {
        let resets = Instant::now() + after;
        if is_global {
            let mut state = self.state();
            state.paused_until = state.paused_until.max(Some(resets));
        } else {
            let remaining = 0;
            self.note(route, Bucket { remaining, resets });
        }
    }

    /// Takes note of a refusal that is held against us. True if nothing more is sent for a while.
    pub fn refused(&self) -> bool {
        let mut state = self.state();
        state.refusals.push_back(Instant::now());
        state.refusals.len() == REFUSALS_MAX
    }

    fn note(&self, route: &str, bucket: Bucket) {
        let mut state = self.state();
        if state.buckets.len() >= BUCKETS_MAX {
            let now = Instant::now();
            state.buckets.retain(|_, bucket| bucket.resets > now);
        }
        state.buckets.insert(route.to_owned(), bucket);
    }
}

#[cfg(test)]
mod tests {
    use super::{Pace, REFUSALS_MAX, SLOTS};
    use std::time::Duration;
    use tokio::time::{Instant, sleep};

    /// How many seconds requests of a route take, if each is answered after `answer`.
    async fn seconds(pace: &Pace, routes: &[&str], answer: Duration) -> f64 {
        let start = Instant::now();
        for route in routes {
            let mut permit = pace.ready(route).await;
            permit.used();
            sleep(answer).await;
        }
        start.elapsed().as_secs_f64()
    }

    #[tokio::test(start_paused = true)]
    async fn never_more_than_the_slots_within_a_second() {
        let pace = Pace::default();
        let took = seconds(&pace, &["a"; SLOTS], Duration::ZERO).await;
        assert!(took < 0.1, "{took}");
        let took = seconds(&pace, &["a"; SLOTS * 10], Duration::ZERO).await;
        assert!((9.9..10.2).contains(&took), "{took}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_permit_that_is_not_used_costs_nothing() {
        let pace = Pace::default();
        for _ in 0..SLOTS * 100 {
            drop(pace.ready("a").await);
        }
        assert_eq!(pace.slots.available_permits(), SLOTS);
    }

    #[tokio::test(start_paused = true)]
    async fn a_route_waits_for_its_bucket_and_others_do_not() {
        let pace = Pace::default();
        let headers = |name: &str| match name {
            "x-ratelimit-remaining" => Some("0".to_owned()),
            "x-ratelimit-reset-after" => Some("4.5".to_owned()),
            _ => None,
        };
        pace.answered("a", &headers);
        assert!(seconds(&pace, &["b"], Duration::ZERO).await < 0.1);
        let took = seconds(&pace, &["a"], Duration::ZERO).await;
        assert!((4.4..4.6).contains(&took), "{took}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_global_limit_stops_everything() {
        let pace = Pace::default();
        pace.limited("a", Duration::from_secs(7), true);
        let took = seconds(&pace, &["b"], Duration::ZERO).await;
        assert!((6.9..7.1).contains(&took), "{took}");
    }

    #[tokio::test(start_paused = true)]
    async fn many_refusals_stop_everything_until_they_are_old() {
        let pace = Pace::default();
        for nth in 1..=REFUSALS_MAX {
            assert_eq!(pace.refused(), nth == REFUSALS_MAX);
        }
        let took = seconds(&pace, &["a"], Duration::ZERO).await;
        assert!((600.0..601.0).contains(&took), "{took}");
    }
}
