//! What Discord needs of the ledger: the subscriptions that people make there, notes of its own,
//! and which of several replicas answers them.

use super::postgres::{
    FollowAs, Hasten, Hold, NoteAs, Notes, NotesLike, Postgres, ProgressSince, Recent, Resend,
    Tally, Unfollow,
};
use super::{Location, Store, StoreError};
use crate::domain::{Delivery, Follow, Stage, Timestamp};
use crate::ports::LedgerError;
use std::sync::Arc;
use std::time::Duration;

impl Store {
    /// The same ledger for others than the engine: by a connection of their own, where it is on a
    /// server; a file has one thread for all.
    #[must_use]
    pub fn second(&self) -> Self {
        match self {
            Self::Sqlite(worker) => Self::Sqlite(Arc::clone(worker)),
            Self::Postgres(it) => Self::Postgres(Box::new(Postgres::another(it))),
        }
    }

    /// The subscriptions that people have made, while a bot may be using the ledger.
    ///
    /// # Errors
    /// If there is none, or it cannot be read.
    pub async fn follows(location: &Location) -> Result<Vec<Follow>, StoreError> {
        let progress = match location {
            Location::File(path) => super::visit(path)?.progress(None)?,
            Location::Postgres(address) => {
                let visitor = Postgres::visit(address).await?;
                visitor.ask(&ProgressSince(None)).await?
            }
        };
        Ok(progress.follows.to_vec())
    }

    /// Notes a subscription. One that is new hears nothing older than `now`.
    ///
    /// # Errors
    /// As those of the ledger.
    pub async fn follow(&self, follow: &Follow, now: Timestamp) -> Result<(), LedgerError> {
        match self {
            Self::Sqlite(worker) => {
                let follow = follow.clone();
                worker.run(move |it| it.follow(&follow, now)).await
            }
            Self::Postgres(it) => it.ask(&FollowAs { follow, now }).await,
        }
    }

    /// Ends a subscription that somebody asked for. What it still waits for is not posted. Tells
    /// whether there was one.
    ///
    /// # Errors
    /// As those of the ledger.
    pub async fn unfollow(&self, subscription: &str) -> Result<bool, LedgerError> {
        match self {
            Self::Sqlite(worker) => {
                let subscription = subscription.to_owned();
                worker.run(move |it| it.unfollow(&subscription)).await
            }
            Self::Postgres(it) => it.ask(&Unfollow(subscription)).await,
        }
    }

    /// Keeps a value under a name, or forgets it. What ends with `/` and the id of a follow is
    /// forgotten with that.
    ///
    /// # Errors
    /// As those of the ledger.
    pub async fn note(&self, name: &str, value: Option<&str>) -> Result<(), LedgerError> {
        match self {
            Self::Sqlite(worker) => {
                let (name, value) = (name.to_owned(), value.map(str::to_owned));
                worker.run(move |it| it.note(&name, value.as_deref())).await
            }
            Self::Postgres(it) => it.ask(&Notes { name, value }).await,
        }
    }

    /// The value that is kept under a name.
    ///
    /// # Errors
    /// As those of the ledger.
    pub async fn noted(&self, name: &str) -> Result<Option<String>, LedgerError> {
        match self {
            Self::Sqlite(worker) => {
                let name = name.to_owned();
                worker.run(move |it| it.noted(&name)).await
            }
            Self::Postgres(it) => it.ask(&NoteAs(name)).await,
        }
    }

    /// The values whose names begin so, by name.
    ///
    /// # Errors
    /// As those of the ledger.
    pub async fn notes(&self, prefix: &str) -> Result<Vec<(String, String)>, LedgerError> {
        match self {
            Self::Sqlite(worker) => {
                let prefix = prefix.to_owned();
                worker.run(move |it| it.notes(&prefix)).await
            }
            Self::Postgres(it) => it.ask(&NotesLike(prefix)).await,
        }
    }

    /// Takes a role, or keeps it, for a while. False if another process has it. By the clock of
    /// the database, where there is one.
    ///
    /// # Errors
    /// As those of the ledger.
    pub async fn hold(
        &self,
        role: &str,
        holder: &str,
        lasts: Duration,
    ) -> Result<bool, LedgerError> {
        match self {
            // Nobody else has the file.
            Self::Sqlite(_) => Ok(true),
            Self::Postgres(it) => {
                it.ask(&Hold {
                    role,
                    holder,
                    lasts,
                })
                .await
            }
        }
    }

    /// The last deliveries of some subscriptions, newest first; with `failed` only those that
    /// have a reason to be looked at.
    ///
    /// # Errors
    /// As those of the ledger.
    pub async fn recent(
        &self,
        subscriptions: &[String],
        failed: bool,
        at_most: u32,
    ) -> Result<Vec<Delivery>, LedgerError> {
        match self {
            Self::Sqlite(worker) => {
                let subscriptions = subscriptions.to_vec();
                worker
                    .run(move |it| it.recent(&subscriptions, failed, at_most))
                    .await
            }
            Self::Postgres(it) => {
                it.ask(&Recent {
                    subscriptions,
                    failed,
                    at_most,
                })
                .await
            }
        }
    }

    /// Has what is put off for a subscription tried at once: what was in the way is gone.
    ///
    /// # Errors
    /// As those of the ledger.
    pub async fn hasten(&self, subscription: &str) -> Result<(), LedgerError> {
        match self {
            Self::Sqlite(worker) => {
                let subscription = subscription.to_owned();
                worker.run(move |it| it.hasten(&subscription)).await
            }
            Self::Postgres(it) => it.ask(&Hasten(subscription)).await,
        }
    }

    /// How many posts wait, and how many have failed since an instant.
    ///
    /// # Errors
    /// As those of the ledger.
    pub async fn tally(&self, since: Timestamp) -> Result<(usize, usize), LedgerError> {
        match self {
            Self::Sqlite(worker) => worker.run(move |it| it.tally(since)).await,
            Self::Postgres(it) => it.ask(&Tally(since)).await,
        }
    }

    /// Has something posted again. See [`Store::resend`].
    ///
    /// # Errors
    /// As those of the ledger.
    pub async fn post_again(&self, key: &str) -> Result<Option<Stage>, LedgerError> {
        match self {
            Self::Sqlite(worker) => {
                let key = key.to_owned();
                worker.run(move |it| it.post_again(&key)).await
            }
            Self::Postgres(it) => it.ask(&Resend(key)).await,
        }
    }
}
