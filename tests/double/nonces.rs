//! Which nonces Discord remembers, and for how long.

use crate::double::clock::Millis;
use crate::double::snowflake::Snowflake;
use serde_json::Value;

/// "The past few minutes", says the documentation.
const WINDOW: std::ops::RangeInclusive<Millis> = 90_000..=300_000;

/// The nonces of late.
#[derive(Debug)]
pub(crate) struct Nonces {
    pub(crate) window: Millis,
    seen: Vec<Seen>,
}

#[derive(Debug)]
struct Seen {
    author: Snowflake,
    nonce: Value,
    message: Snowflake,
    at: Millis,
}

impl Nonces {
    /// Remembers them for a time drawn by a seed.
    pub(crate) fn drawn(seed: u64) -> Self {
        Self {
            window: fastrand::Rng::with_seed(seed).i64(WINDOW),
            seen: Vec::new(),
        }
    }

    /// The message of an author that bore a nonce, as far as it is remembered. The channel does not
    /// matter.
    pub(crate) fn find(&self, author: Snowflake, nonce: &Value, now: Millis) -> Option<Snowflake> {
        let mut seen = self.seen.iter().rev();
        let fits = |it: &&Seen| it.author == author && it.nonce == *nonce;
        let is_fresh = |it: &&Seen| now - it.at < self.window;
        seen.find(fits).filter(is_fresh).map(|it| it.message)
    }

    /// Remembers the nonce of a message.
    pub(crate) fn remember(
        &mut self,
        author: Snowflake,
        nonce: Value,
        message: Snowflake,
        at: Millis,
    ) {
        self.seen.push(Seen {
            author,
            nonce,
            message,
            at,
        });
    }
}
