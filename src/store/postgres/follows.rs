//! What Discord needs of a ledger on PostgreSQL: follows, notes, roles, the last deliveries.

use super::connection::{Trouble, get, one};
use super::log::delivery;
use super::{Request, plain};
use crate::domain::{Delivery, Follow, Timestamp};
use crate::store::{
    FOLLOW, FOLLOWS, FORGET, HASTEN, NEXT_VERSION, NOTE, NOTED, NOTES, RECENT, TALLY, UNFOLLOW,
    VOID, milliseconds, written,
};
use std::time::Duration;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row};

/// See [`Store::follow`](crate::store::Store::follow).
pub(in crate::store) struct FollowAs<'a> {
    pub(in crate::store) follow: &'a Follow,
    pub(in crate::store) now: Timestamp,
}

impl Request for FollowAs<'_> {
    type Answer = ();

    async fn ask(&self, client: &mut Client) -> Result<(), Trouble> {
        let tx = client.transaction().await?;
        let follow = plain(&written(self.follow));
        tx.execute_typed(
            FOLLOW,
            &[
                (&self.follow.id(), Type::TEXT),
                (&self.now.timestamp_millis(), Type::INT8),
                (&self.follow.server, Type::TEXT),
                (&follow, Type::TEXT),
            ],
        )
        .await?;
        tx.execute_typed(NEXT_VERSION, &[]).await?;
        Ok(tx.commit().await?)
    }
}

/// See [`Store::unfollow`](crate::store::Store::unfollow).
pub(in crate::store) struct Unfollow<'a>(pub(in crate::store) &'a str);

impl Request for Unfollow<'_> {
    type Answer = bool;

    async fn ask(&self, client: &mut Client) -> Result<bool, Trouble> {
        let tx = client.transaction().await?;
        let id = [(&self.0 as _, Type::TEXT)];
        if tx.execute_typed(UNFOLLOW, &id).await? == 0 {
            return Ok(false);
        }
        tx.execute_typed(VOID, &id).await?;
        tx.execute_typed(FORGET, &id).await?;
        tx.execute_typed(NEXT_VERSION, &[]).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// See [`Store::note`](crate::store::Store::note).
pub(in crate::store) struct Notes<'a> {
    pub(in crate::store) name: &'a str,
    pub(in crate::store) value: Option<&'a str>,
}

impl Request for Notes<'_> {
    type Answer = ();

    async fn ask(&self, client: &mut Client) -> Result<(), Trouble> {
        let name = plain(self.name);
        let Some(value) = self.value else {
            let forget = "DELETE FROM notes WHERE name = $1";
            client.execute_typed(forget, &[(&name, Type::TEXT)]).await?;
            return Ok(());
        };
        let params: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
            [(&name, Type::TEXT), (&plain(value), Type::TEXT)];
        client.execute_typed(NOTE, &params).await?;
        Ok(())
    }
}

/// See [`Store::noted`](crate::store::Store::noted).
pub(in crate::store) struct NoteAs<'a>(pub(in crate::store) &'a str);

impl Request for NoteAs<'_> {
    type Answer = Option<String>;

    async fn ask(&self, client: &mut Client) -> Result<Self::Answer, Trouble> {
        let rows = client.query_typed(NOTED, &[(&self.0, Type::TEXT)]).await?;
        rows.first().map(|row| get(row, 0)).transpose()
    }
}

/// See [`Store::notes`](crate::store::Store::notes).
pub(in crate::store) struct NotesLike<'a>(pub(in crate::store) &'a str);

impl Request for NotesLike<'_> {
    type Answer = Vec<(String, String)>;

    async fn ask(&self, client: &mut Client) -> Result<Self::Answer, Trouble> {
        let rows = client.query_typed(NOTES, &[(&self.0, Type::TEXT)]).await?;
        rows.iter()
            .map(|row| Ok((get(row, 0)?, get(row, 1)?)))
            .collect()
    }
}

/// See [`Store::hold`](crate::store::Store::hold).
pub(in crate::store) struct Hold<'a> {
    pub(in crate::store) role: &'a str,
    pub(in crate::store) holder: &'a str,
    pub(in crate::store) lasts: Duration,
}

impl Request for Hold<'_> {
    type Answer = bool;

    async fn ask(&self, client: &mut Client) -> Result<bool, Trouble> {
        let taken = client
            .execute_typed(
                "WITH clock AS (
                     SELECT (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT AS now_ms
                 )
                 INSERT INTO roles (name, holder, until_ms)
                 SELECT $1, $2, now_ms + $3 FROM clock
                 ON CONFLICT (name) DO UPDATE
                 SET holder = excluded.holder, until_ms = excluded.until_ms
                 WHERE roles.holder = excluded.holder OR roles.until_ms < excluded.until_ms - $3",
                &[
                    (&self.role, Type::TEXT),
                    (&self.holder, Type::TEXT),
                    (&milliseconds(self.lasts), Type::INT8),
                ],
            )
            .await?;
        Ok(taken == 1)
    }
}

/// See [`Store::recent`](crate::store::Store::recent).
pub(in crate::store) struct Recent<'a> {
    pub(in crate::store) subscriptions: &'a [String],
    pub(in crate::store) failed: bool,
    pub(in crate::store) at_most: u32,
}

impl Request for Recent<'_> {
    type Answer = Vec<Delivery>;

    async fn ask(&self, client: &mut Client) -> Result<Vec<Delivery>, Trouble> {
        let rows = client
            .query_typed(
                RECENT,
                &[
                    (&self.subscriptions, Type::TEXT_ARRAY),
                    (&i64::from(self.failed), Type::INT8),
                    (&i64::from(self.at_most), Type::INT8),
                ],
            )
            .await?;
        rows.iter().map(delivery).collect()
    }
}

/// See [`Store::hasten`](crate::store::Store::hasten).
pub(in crate::store) struct Hasten<'a>(pub(in crate::store) &'a str);

impl Request for Hasten<'_> {
    type Answer = ();

    async fn ask(&self, client: &mut Client) -> Result<(), Trouble> {
        client
            .execute_typed(HASTEN, &[(&self.0, Type::TEXT)])
            .await?;
        Ok(())
    }
}

/// See [`Store::tally`](crate::store::Store::tally).
pub(in crate::store) struct Tally(pub(in crate::store) Timestamp);

impl Request for Tally {
    type Answer = (usize, usize);

    async fn ask(&self, client: &mut Client) -> Result<(usize, usize), Trouble> {
        let since = self.0.timestamp_millis();
        let rows = client.query_typed(TALLY, &[(&since, Type::INT8)]).await?;
        let row = one(&rows)?;
        let count = |column| {
            let count: i64 = get(row, column)?;
            Ok::<_, Trouble>(usize::try_from(count).unwrap_or_default())
        };
        Ok((count(0)?, count(1)?))
    }
}

/// The statement that [`follow`] reads the rows of.
pub(super) const ALL: &str = FOLLOWS;

/// A follow as it was written.
pub(super) fn follow(row: &Row) -> Result<Follow, Trouble> {
    let written: String = get(row, 0)?;
    serde_json::from_str(&written).map_err(|error| Trouble::Unreadable(error.to_string()))
}
