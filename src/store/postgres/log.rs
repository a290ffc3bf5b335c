//! What people ask of a ledger on PostgreSQL: what it has recorded, and posts again.

use super::connection::{PATIENCE, Trouble, get};
use super::{Request, instant, notice, small};
use crate::domain::{Delivery, Notice, Stage};
use crate::store::{LOG, LogFilter, RESEND, STAGES, stored};
use std::collections::HashMap;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row};

impl Request for LogFilter {
    type Answer = Vec<Delivery>;

    async fn ask(&self, client: &mut Client) -> Result<Vec<Delivery>, Trouble> {
        let failed = i64::from(self.failed);
        let rows = client.query_typed(LOG, &[(&failed, Type::INT8)]).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            entries.push(delivery(row)?);
        }
        Ok(entries)
    }
}

/// What a row of the log says.
pub(super) fn delivery(row: &Row) -> Result<Delivery, Trouble> {
    Ok(Delivery {
        notice: notice(get(row, 0)?)?,
        stage: stage(get(row, 1)?)?,
        reason: get(row, 2)?,
        attempts: small(get(row, 3)?)?,
        copy: small(get(row, 4)?)?,
        sent: get::<Option<i64>>(row, 5)?.map(instant).transpose()?,
        message: get(row, 6)?,
    })
}

/// How many are at each stage.
pub(in crate::store) struct Stages;

impl Request for Stages {
    type Answer = HashMap<Stage, u64>;

    async fn ask(&self, client: &mut Client) -> Result<Self::Answer, Trouble> {
        let rows = client.query_typed(STAGES, &[]).await?;
        let counts = rows.iter().map(|row| {
            let count: i64 = get(row, 1)?;
            Ok((stage(get(row, 0)?)?, u64::try_from(count).unwrap_or(0)))
        });
        counts.collect()
    }
}

/// The key of what is to be posted again. Answers the stage that it was in.
pub(in crate::store) struct Resend<'a>(pub(in crate::store) &'a str);

impl Request for Resend<'_> {
    type Answer = Option<Stage>;

    async fn ask(&self, client: &mut Client) -> Result<Option<Stage>, Trouble> {
        let key = [(&self.0 as _, Type::TEXT)];
        let tx = client.transaction().await?;
        let look = "SELECT stage FROM deliveries WHERE key = $1 FOR UPDATE";
        let rows = tx.query_typed(look, &key).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let stage = stage(get(row, 0)?)?;
        tx.execute_typed(RESEND, &key).await?;
        tx.commit().await?;
        Ok(Some(stage))
    }
}

/// Takes their lines from posts that were over before an instant. Replicas that start together do
/// not wait for each other over it.
pub(super) async fn trim(client: &mut Client, oldest: i64) -> Result<(), Trouble> {
    const AT_ONCE: usize = 1_000;
    loop {
        let tx = client.transaction().await?;
        tx.batch_execute(PATIENCE).await?;
        let rows = tx
            .query_typed(
                "SELECT key, notice FROM deliveries
                 WHERE at_ms < $1 AND is_trimmed = 0 AND stage IN ('sent', 'skipped', 'failed')
                 LIMIT $2 FOR UPDATE SKIP LOCKED",
                &[(&oldest, Type::INT8), (&super::count(AT_ONCE), Type::INT8)],
            )
            .await?;
        let mut keys: Vec<&str> = Vec::with_capacity(rows.len());
        let mut notices = Vec::with_capacity(rows.len());
        for row in &rows {
            let whole = notice(get(row, 1)?)?;
            keys.push(get(row, 0)?);
            notices.push(stored(&Notice {
                lines: Vec::new(),
                sources: Vec::new(),
                ..whole
            }));
        }
        tx.execute_typed(
            "UPDATE deliveries SET is_trimmed = 1, notice = short.notice
             FROM unnest($1, $2) AS short (key, notice) WHERE deliveries.key = short.key",
            &[(&keys, Type::TEXT_ARRAY), (&notices, Type::TEXT_ARRAY)],
        )
        .await?;
        tx.commit().await?;
        if rows.len() < AT_ONCE {
            return Ok(());
        }
    }
}

fn stage(word: &str) -> Result<Stage, Trouble> {
    Stage::parse(word).ok_or_else(|| Trouble::Unreadable(format!("no stage: {word}")))
}
