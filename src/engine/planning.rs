//! Planning while it runs: what fell due and what an edit changes is written into the ledger, where
//! another replica may be first. What there is to plan is the planner's.

use super::planner::{Edit, Found};
use super::pulse::Refused;
use super::{Run, in_time, log};
use crate::ports::{Advance, Clock, Ledger, LedgerError, Sink};
use tokio::time::Instant;

/// How often in a row another replica may be first with a step of planning.
const CONFLICTS_MAX: usize = 10;

impl<C: Clock, L: Ledger, S: Sink> Run<'_, C, L, S> {
    /// Puts the last good record in force again, if the ledger forgot it and nobody replaced it. The
    /// file is broken by now, or gone: nothing is said of it that was not said before.
    async fn recall(&mut self) -> Result<(), LedgerError> {
        let Some(good) = self.recalled.take() else {
            return Ok(());
        };
        if let Some(draft) = self.planner.recall(good.clone(), self.desk.clock.now()) {
            let refused = self.refused.clone();
            let taken = self.take(Edit::Ready(draft)).await;
            self.refused = refused;
            if taken.is_err() {
                self.recalled = Some(good);
            }
            return taken;
        }
        Ok(())
    }

    /// Plans what fell due and what an edit changes.
    pub(super) async fn plan(&mut self) -> Result<(), LedgerError> {
        self.recall().await?;
        let now = self.desk.clock.now();
        if let Some(found) = self.found.take() {
            let began = Instant::now();
            let edit = self.planner.edit(found.clone(), now);
            let is_bad = matches!(edit, Edit::Broken { .. } | Edit::Unreadable(_));
            if let (false, Found::Bytes(bytes)) = (is_bad, &found) {
                self.good = Some(bytes.clone());
            }
            self.last = Some(found.clone());
            if let Err(error) = self.take(edit).await {
                self.found = Some(found);
                return Err(error);
            }
            log::count_reload(began.elapsed());
        } else if let Some(held) = self.planner.ripe(now) {
            let edit = self.planner.release(held.clone(), now);
            if let Err(error) = self.take(edit).await {
                self.planner.hold(held);
                return Err(error);
            }
        }
        for _ in 0..CONFLICTS_MAX {
            let now = self.desk.clock.now();
            // It may have been set while the ledger was waited for.
            let step = if self.desk.is_steady(now) {
                self.planner.due(now)
            } else {
                None
            };
            let Some(step) = step else {
                return Ok(());
            };
            if self.commit(&step).await? {
                return self.took(step).await;
            }
        }
        Err(LedgerError::Busy("others plan all the time".to_owned()))
    }

    /// Has the ledger take a step. If somebody else was first, their steps are taken over.
    async fn commit(&mut self, step: &Advance) -> Result<bool, LedgerError> {
        let taken = in_time(self.ledger.advance(step)).await?;
        if !taken {
            self.resume().await?;
        }
        Ok(taken)
    }

    async fn took(&mut self, step: Advance) -> Result<(), LedgerError> {
        log::step(&step);
        let is_rewound = step.rewind.is_some();
        self.planner.took(&step);
        if is_rewound {
            tracing::warn!("the clock was set back");
            self.resume().await?;
        }
        Ok(())
    }

    /// Puts an edit in force, or says why not.
    async fn take(&mut self, mut edit: Edit) -> Result<(), LedgerError> {
        for _ in 0..CONFLICTS_MAX {
            let now = self.desk.clock.now();
            let before = std::mem::replace(&mut self.refused, Refused::of(&edit, now));
            if before.is_some() && matches!(edit, Edit::Same) {
                tracing::info!("the file is the record in force again");
            }
            let result = log::result(&edit);
            let Edit::Ready(mut draft) = edit else {
                log::count_edit(result, now);
                log::edit(&edit);
                return Ok(());
            };
            loop {
                let known = in_time(self.ledger.known(&draft.told())).await?;
                if known.is_empty() {
                    break;
                }
                draft.renumber(&known);
            }
            if self.commit(&draft.step).await? {
                log::count_edit(result, now);
                let is_first = self.planner.in_force().is_none();
                let posts = draft.told().len();
                let step = self.planner.took_draft(*draft);
                self.desk.judge_by(self.planner.in_force());
                let revision = self.planner.revision();
                if is_first {
                    tracing::info!(revision, "the record is in force, nothing is announced");
                } else {
                    tracing::info!(revision, posts, "the edit is in force");
                }
                return self.took(step).await;
            }
            // From where the others are it may come to something else.
            edit = self.planner.reconsider(*draft, self.desk.clock.now());
        }
        Err(LedgerError::Busy("others plan all the time".to_owned()))
    }
}
