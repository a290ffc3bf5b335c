//! Who has a subscription to itself, and for how long.

use super::only_claim;
use crate::ledgers::{Open, Place, ask, post, sent, settled};
use docket::domain::{Kind, Stage};
use docket::ports::{Lease, Turn};

rules! {
    [in_a_file] =>
        a_dead_life_leaves_no_lease_behind;
    [in_memory on_postgres] =>
        a_lease_holds_until_it_lapses_and_then_its_results_do_not_count,
        a_lease_is_kept_by_who_says_so;
    [on_postgres] =>
        a_role_is_held_by_one_at_a_time;
}

async fn a_dead_life_leaves_no_lease_behind(place: &Place) {
    assert!(!place.is_shared());
    let ledger = place.open().await;
    let life = ledger.join().await;
    ledger.plan(vec![post(Kind::Event, "c", "k")]).await;
    only_claim(&ledger, life).await;
    let ledger = place.open().await;
    let life = ledger.join().await;
    assert_eq!(only_claim(&ledger, life).await.attempts, 2);
}

async fn a_lease_holds_until_it_lapses_and_then_its_results_do_not_count(place: &Place) {
    assert!(place.is_shared());
    let (one, other) = (place.open().await, place.open().await);
    let (first, second) = (one.join().await, other.join().await);
    one.plan(vec![post(Kind::Event, "c", "k")]).await;
    let claim = only_claim(&one, first).await;
    assert_eq!(other.claims(second, 10).await, []);
    place.lapse().await;
    let taken = only_claim(&other, second).await;
    assert!(taken.lease.epoch > claim.lease.epoch);
    assert_eq!(taken.attempts, 2);
    let turn = Turn {
        settled: vec![settled(&claim, sent())],
        holding: vec![claim.lease.clone()],
        claims_max: 10,
        ..ask(first)
    };
    let turned = one.turn(&turn).await.expect("a turn");
    assert_eq!((turned.lost, turned.claims), (vec![claim.lease], vec![]));
    assert_eq!(place.log(&one, false).await[0].stage, Stage::Sending);
    // Nor does it free what the other one has.
    let turn = Turn {
        settled: turn.settled,
        claims_max: 10,
        ..ask(first)
    };
    assert_eq!(one.turn(&turn).await.expect("a turn").claims, []);
    other.settle(second, &taken, sent()).await;
    assert_eq!(place.log(&one, false).await[0].stage, Stage::Sent);
}

async fn a_lease_is_kept_by_who_says_so(place: &Place) {
    let (one, other) = (place.open().await, place.open().await);
    let (first, second) = (one.join().await, other.join().await);
    one.plan(vec![
        post(Kind::Event, "c", "k"),
        post(Kind::Event, "d", "l"),
    ])
    .await;
    let claims = one.claims(first, 10).await;
    place.lapse().await;
    // Late, but nobody else came.
    let turn = Turn {
        holding: vec![claims[0].lease.clone()],
        ..ask(first)
    };
    assert_eq!(
        one.turn(&turn).await.expect("a turn").lost,
        Vec::<Lease>::new()
    );
    let taken = only_claim(&other, second).await;
    assert_eq!(taken.notice.key, claims[1].notice.key);
    other.settle(second, &taken, sent()).await;
    // What is over frees its subscription at once.
    one.plan(vec![post(Kind::Event, "c", "m")]).await;
    one.settle(first, &claims[0], sent()).await;
    assert_eq!(only_claim(&other, second).await.notice.key, "m");
}

async fn a_role_is_held_by_one_at_a_time(place: &Place) {
    let Open::Postgres(ledger) = place.open().await else {
        unreachable!("only replicas share a ledger")
    };
    let minute = std::time::Duration::from_mins(1);
    let other = ledger.second();
    let holds = async |holder| other.hold("gateway", holder, minute).await.expect("a role");
    assert!(holds("a").await);
    assert!(holds("a").await);
    assert!(!holds("b").await);
    place
        .sql("UPDATE roles SET until_ms = until_ms - 60001")
        .await;
    assert!(holds("b").await);
    assert!(!holds("a").await);
}
