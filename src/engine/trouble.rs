//! What is wrong with ledger and clock at the moment: logged once when it begins, and once when it
//! is over.

/// What is wrong at the moment.
#[derive(Default)]
pub(super) struct Trouble {
    /// Why the ledger cannot be written, if so.
    pub(super) ledger: Option<String>,
    /// Why the clock may be wrong, if so.
    pub(super) clock: Option<String>,
}

impl Trouble {
    /// Takes note that the ledger cannot be written.
    pub(super) fn misses_ledger(&mut self, why: String) {
        if self.ledger.as_ref() != Some(&why) {
            tracing::error!(why, "the ledger cannot be written: nothing is posted");
            self.ledger = Some(why);
        }
    }

    /// Takes note that the ledger can be written.
    pub(super) fn writes_ledger(&mut self) {
        if self.ledger.take().is_some() {
            tracing::info!("the ledger can be written again");
        }
    }

    /// Takes note of why the clock may be wrong; none: it is right.
    pub(super) fn doubts_clock(&mut self, why: Option<String>) {
        if self.clock == why {
            return;
        }
        if let Some(why) = &why {
            tracing::warn!(
                why,
                "posts and edits are held until the clock is known to be right"
            );
        } else {
            tracing::info!("the clock is right");
        }
        self.clock = why;
    }
}
