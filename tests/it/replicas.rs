//! What only PostgreSQL can go through: replicas that start together, servers that crash, stop or
//! cannot be written, addresses with a password in them.

use crate::ledgers::{Open, Place, ask, keys, post};
use crate::postgres::{Cluster, Database, Disk, skip};
use crate::support::noon;
use chrono::TimeDelta;
use docket::domain::Kind;
use docket::ports::{LedgerError, Turn};
use docket::store::{Location, LogFilter, Store, StoreError};

/// Ends the connections of everybody else.
const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[track_caller]
fn assert_lost<T>(result: Result<T, LedgerError>) {
    let error = result.err();
    assert!(matches!(error, Some(LedgerError::Lost(_))), "{error:?}");
}

#[tokio::test]
async fn replicas_that_start_together_make_one_ledger() {
    let Some(place) = Place::on_postgres().await else {
        return;
    };
    let mut lives = place.contend(6, async |ledger: &Open| ledger.join().await.0);
    lives.sort_unstable();
    assert_eq!(lives, [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn a_connection_that_breaks_is_reported_before_the_next_one_is_opened() {
    let Some(database) = Database::fresh().await else {
        return;
    };
    let ledger = Open::Postgres(Box::new(database.store().await));
    let life = ledger.join().await;
    for _ in 0..3 {
        database
            .client()
            .await
            .batch_execute(CUT)
            .await
            .expect("SQL");
        assert_lost(ledger.progress(None).await);
        ledger.progress(None).await.expect("progress");
    }
    assert!(ledger.join().await > life);
}

#[tokio::test]
async fn a_server_that_crashes_keeps_what_it_confirmed() {
    let cluster = match Cluster::begin(Disk::Durable) {
        Ok(cluster) => cluster,
        Err(why) => return skip(&why),
    };
    let database = Database::on(&cluster.url()).await;
    let ledger = Open::Postgres(Box::new(database.store().await));
    for nth in 0..3 {
        let life = ledger.join().await;
        let key = format!("k{nth}");
        ledger.plan(vec![post(Kind::Event, &key, &key)]).await;
        assert_eq!(keys(&ledger.claims(life, 10).await), [&key]);
        cluster.crash().expect("a crash");
        assert_lost(ledger.turn(&ask(life)).await);
        assert_lost(ledger.turn(&ask(life)).await);
        cluster.start().expect("a server");
        assert_eq!(ledger.known(&[&key]).await.len(), 1);
        // Its claim is still under way, and leased to who may be about to post it.
        assert_eq!(ledger.claims(ledger.join().await, 10).await, []);
    }
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_no_ledger() {
    let Some(database) = Database::fresh().await else {
        return;
    };
    let ledger = Open::Postgres(Box::new(database.store().await));
    let sql = |state: &str| {
        format!(
            "DO $$ BEGIN EXECUTE format(
                 'ALTER DATABASE %I SET default_transaction_read_only = {state}',
                 current_database()); END $$"
        )
    };
    let client = database.client().await;
    client.batch_execute(&sql("on")).await.expect("SQL");
    client.batch_execute(CUT).await.expect("SQL");
    assert_lost(ledger.progress(None).await);
    assert_lost(ledger.progress(None).await);
    let refused = Store::open(&database.location(), noon()).await.err();
    assert!(
        matches!(refused, Some(StoreError::Unreachable(_))),
        "{refused:?}"
    );
    client.batch_execute(&sql("off")).await.expect("SQL");
    ledger.progress(None).await.expect("progress");
}

#[tokio::test]
async fn nobody_waits_for_a_subscription_that_somebody_else_is_at() {
    let Some(database) = Database::fresh().await else {
        return;
    };
    let ledger = Open::Postgres(Box::new(database.store().await));
    let life = ledger.join().await;
    let posts = ["a", "b", "c", "d"].map(|it| post(Kind::Event, it, it));
    ledger.plan(posts.into()).await;
    let client = database.client().await;
    let lock = "BEGIN; SELECT 1 FROM subscriptions WHERE id IN ('a', 'c') FOR UPDATE";
    client.batch_execute(lock).await.expect("SQL");
    assert_eq!(keys(&ledger.claims(life, 2).await), ["b", "d"]);
    client.batch_execute("ROLLBACK").await.expect("SQL");
    let claims = ledger.claims(life, 2).await;
    assert_eq!(keys(&claims), ["a", "b"]);
}

#[tokio::test]
async fn leases_run_by_the_clock_of_the_database() {
    let Some(database) = Database::fresh().await else {
        return;
    };
    let ledger = Open::Postgres(Box::new(database.store().await));
    let (life, other) = (ledger.join().await, ledger.join().await);
    ledger.plan(vec![post(Kind::Event, "c", "k")]).await;
    assert_eq!(ledger.claims(life, 1).await.len(), 1);
    let ahead = Turn {
        now: noon() + TimeDelta::days(40_000),
        claims_max: 1,
        ..ask(other)
    };
    assert_eq!(ledger.turn(&ahead).await.expect("a turn").claims, []);
}

#[tokio::test]
async fn a_commit_is_on_the_disk_even_if_the_database_is_set_to_be_careless() {
    let Some(database) = Database::fresh().await else {
        return;
    };
    drop(database.store().await);
    let spy = "
        DO $$ BEGIN EXECUTE format(
            'ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$;
        CREATE TABLE told (setting TEXT);
        CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO told VALUES (current_setting('synchronous_commit')); RETURN new; END $$;
        CREATE TRIGGER tell BEFORE UPDATE ON planning FOR EACH ROW EXECUTE FUNCTION tell()";
    let client = database.client().await;
    client.batch_execute(spy).await.expect("SQL");
    Open::Postgres(Box::new(database.store().await))
        .join()
        .await;
    let rows = client
        .query("SELECT setting FROM told", &[])
        .await
        .expect("SQL");
    let told: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(told, ["on"]);
}

#[tokio::test]
async fn an_empty_database_has_no_log() {
    let Some(database) = Database::fresh().await else {
        return;
    };
    let missing = Store::log(&database.location(), LogFilter::default()).await;
    let text = missing.expect_err("no ledger").to_string();
    assert!(
        text.starts_with("there is no ledger at `postgres://"),
        "{text}"
    );
}

#[tokio::test]
async fn an_address_is_shown_with_its_port_and_never_with_its_password() {
    let right = "postgresql://me:s3cret@/docket?host=/nowhere&sslmode=verify-full";
    let location = Location::parse(right).expect("an address");
    let opened = Store::open(&location, noon()).await;
    let error = opened.err().expect("no server");
    let shown = format!("{location:?} {error} {error:?}");
    assert!(shown.contains("postgres:///nowhere/docket"), "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");
    for (url, expected) in [
        (
            "postgres://me:s3cret@db/docket",
            "postgres://db:5432/docket",
        ),
        (
            "postgres://me:s3cret@db:6432,other:6433/docket",
            "postgres://db:6432,other:6433/docket",
        ),
        (
            "postgres://me:s3cret@[::1]:6432/docket",
            "postgres://[::1]:6432/docket",
        ),
        (
            "postgres://me:s3cret@/docket?host=db&host=other&port=6432",
            "postgres://db:6432,other:6432/docket",
        ),
        (
            "postgres://me:s3cret@/docket?host=/run&port=6432",
            "postgres:///run:6432/docket",
        ),
    ] {
        let location = Location::parse(url).expect("an address");
        let expected = format!("Postgres(Address({expected}))");
        assert_eq!(format!("{location:?}"), expected);
    }
    for wrong in [
        "postgres://me:s3cret@ss3cret@host/docket",
        "postgres://me:x@host/docket?s3cret=1",
        "postgres://me:x@host:s3cret/docket",
        "postgres://me:x@host/docket?sslmode=s3cret",
        "postgres://",
        "mysql://me:s3cret@host/docket",
    ] {
        let error = Location::parse(wrong).expect_err("no address");
        assert!(!error.contains("s3cret"), "{error}");
    }
}
