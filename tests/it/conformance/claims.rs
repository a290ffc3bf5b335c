//! What is handed out to be posted, to whom, and in what order.

use super::{again, only_claim};
use crate::ledgers::{Open, Place, ask, keys, leases, post, sent, settled};
use crate::support::noon;
use chrono::TimeDelta;
use docket::domain::{Kind, Stage};
use docket::ports::{Outcome, Turn};
use std::collections::HashSet;

rules! {
    [in_a_file in_memory on_postgres] =>
        what_is_planned_is_claimed_once_the_most_urgent_first,
        subscriptions_of_one_server_take_turns,
        a_subscription_has_one_claim_at_a_time,
        what_is_over_is_not_handed_out_again,
        what_may_have_been_posted_stays_so_when_it_is_tried_again,
        what_is_put_off_waits_unless_a_wrong_clock_put_it_off,
        what_is_planned_ahead_waits_for_its_time;
    [in_memory on_postgres] =>
        posts_are_claimed_once_by_many;
}

async fn what_is_planned_is_claimed_once_the_most_urgent_first(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    let mut earlier = post(Kind::Event, "d", "earlier");
    earlier.notice.at -= TimeDelta::minutes(1);
    let posts = vec![
        post(Kind::Digest, "a", "digest"),
        post(Kind::Event, "b", "event"),
        post(Kind::Due, "c", "due"),
        earlier,
    ];
    let planned: Vec<_> = posts.iter().map(|it| it.notice.clone()).collect();
    ledger.plan(posts).await;
    let claims = ledger.claims(life, 3).await;
    assert_eq!(keys(&claims), ["due", "earlier", "event"]);
    assert_eq!(claims[0].notice, planned[2]);
    assert_eq!((claims[0].copy, claims[0].attempts), (1, 1));
    let turn = Turn {
        holding: leases(&claims),
        claims_max: 10,
        ..ask(life)
    };
    let turned = ledger.turn(&turn).await.expect("a turn");
    assert_eq!(keys(&turned.claims), ["digest"]);
    assert_eq!(
        (turned.lost, turned.next, turned.version),
        (vec![], None, 1)
    );
}

async fn subscriptions_of_one_server_take_turns(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    let posts = ["a1", "a2", "a3", "b1", "b2", "c1"].map(|it| post(Kind::Event, it, it));
    ledger.plan(posts.into()).await;
    for subscription in ["a1", "a2", "a3", "b1", "b2"] {
        ledger.note_server(subscription, &subscription[..1]).await;
    }
    let claims = ledger.claims(life, 10).await;
    assert_eq!(keys(&claims), ["a1", "b1", "c1", "a2", "b2", "a3"]);
}

async fn a_subscription_has_one_claim_at_a_time(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    let posts = ["1", "2", "3"].map(|key| post(Kind::Event, "c", key));
    ledger.plan(posts.into()).await;
    for key in ["1", "2", "3"] {
        let claim = only_claim(&ledger, life).await;
        assert_eq!(claim.notice.key, key);
        let turn = Turn {
            holding: vec![claim.lease.clone()],
            claims_max: 10,
            ..ask(life)
        };
        assert_eq!(ledger.turn(&turn).await.expect("a turn").claims, []);
        ledger.settle(life, &claim, sent()).await;
    }
    assert_eq!(ledger.claims(life, 10).await, []);
}

async fn what_is_over_is_not_handed_out_again(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    let posts = ["sent", "skipped", "failed"].map(|it| post(Kind::Event, it, it));
    ledger.plan(posts.into()).await;
    let claims = ledger.claims(life, 10).await;
    let why = || "because\0".to_owned();
    let late = docket::domain::Notice {
        late: true,
        ..claims[0].notice.clone()
    };
    let outcomes = [
        Outcome::Sent {
            at: noon() + TimeDelta::seconds(1),
            message: Some("7".to_owned()),
            notice: Some(Box::new(late.clone())),
        },
        Outcome::Skipped { why: why() },
        Outcome::Failed { why: why() },
    ];
    let turn = Turn {
        settled: claims
            .iter()
            .zip(outcomes)
            .map(|(claim, outcome)| settled(claim, outcome))
            .collect(),
        claims_max: 10,
        ..ask(life)
    };
    assert_eq!(ledger.turn(&turn).await.expect("a turn").claims, []);
    // A second word about the same does not count.
    let failed = Outcome::Failed { why: why() };
    ledger.settle(life, &claims[0], failed).await;
    let log = place.log(&ledger, false).await;
    let stages: Vec<_> = log.iter().map(|it| it.stage).collect();
    assert_eq!(stages, [Stage::Sent, Stage::Skipped, Stage::Failed]);
    assert_eq!(log[0].notice, late);
    assert_eq!(log[0].sent, Some(noon() + TimeDelta::seconds(1)));
    assert_eq!(log[0].message.as_deref(), Some("7"));
    assert_eq!(log[0].reason, None);
    assert!(
        log[1]
            .reason
            .as_ref()
            .is_some_and(|it| it.starts_with("because"))
    );
    assert_eq!(ledger.claims(life, 10).await, []);
}

async fn what_may_have_been_posted_stays_so_when_it_is_tried_again(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    ledger.plan(vec![post(Kind::Event, "c", "k")]).await;
    // For certain not posted: as if it had not been claimed.
    for tried in [false, false, true, true] {
        let claim = only_claim(&ledger, life).await;
        let expected = if tried { claim.attempts } else { 1 };
        assert_eq!(claim.attempts, expected);
        ledger
            .settle(life, &claim, again(tried, TimeDelta::zero()))
            .await;
        let log = place.log(&ledger, true).await;
        let (stage, attempts) = if tried {
            (Stage::Sending, claim.attempts)
        } else {
            (Stage::Planned, 0)
        };
        assert_eq!((log[0].stage, log[0].attempts), (stage, attempts));
        assert!(
            log[0]
                .reason
                .as_ref()
                .is_some_and(|it| it.starts_with("no answer"))
        );
    }
    // It may have been before: that this time it was not does not take that back.
    let claim = only_claim(&ledger, life).await;
    assert_eq!(claim.attempts, 3);
    // Nor does telling it twice, after an answer that was lost.
    for _ in 0..2 {
        ledger
            .settle(life, &claim, again(false, TimeDelta::zero()))
            .await;
        let log = place.log(&ledger, true).await;
        assert_eq!((log[0].stage, log[0].attempts), (Stage::Sending, 2));
    }
}

async fn what_is_put_off_waits_unless_a_wrong_clock_put_it_off(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    ledger.plan(vec![post(Kind::Event, "c", "k")]).await;
    let claim = only_claim(&ledger, life).await;
    let soon = TimeDelta::minutes(4);
    let turned = ledger.settle(life, &claim, again(true, soon)).await;
    assert_eq!(turned.next, Some(noon() + soon));
    assert_eq!(ledger.claims(life, 10).await, []);
    let turn = Turn {
        now: noon() + soon,
        claims_max: 1,
        ..ask(life)
    };
    let turned = ledger.turn(&turn).await.expect("a turn");
    assert_eq!(keys(&turned.claims), ["k"]);
    let claim = &turned.claims[0];
    // Nothing is ever put off for a day: a clock that was a day ahead did that.
    ledger
        .settle(life, claim, again(true, TimeDelta::days(1)))
        .await;
    assert_eq!(only_claim(&ledger, life).await.attempts, 3);
}

async fn what_is_planned_ahead_waits_for_its_time(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    let mut ahead = post(Kind::Due, "c", "ahead");
    ahead.notice.at += TimeDelta::minutes(2);
    let at = ahead.notice.at;
    ledger.plan(vec![ahead]).await;
    let turn = Turn {
        claims_max: 10,
        ..ask(life)
    };
    let turned = ledger.turn(&turn).await.expect("a turn");
    assert_eq!((turned.claims, turned.next), (vec![], Some(at)));
    let turned = ledger
        .turn(&Turn { now: at, ..turn })
        .await
        .expect("a turn");
    assert_eq!(keys(&turned.claims), ["ahead"]);
    assert_eq!(turned.claims[0].notice.at, at);
    assert_eq!(turned.next, None);
}

async fn posts_are_claimed_once_by_many(place: &Place) {
    const CHANNELS: usize = 12;
    const POSTS: usize = 480;
    let ledger = place.open().await;
    let posts = (0..POSTS)
        .map(|nth| {
            post(
                Kind::Event,
                &format!("c{}", nth % CHANNELS),
                &nth.to_string(),
            )
        })
        .collect();
    ledger.plan(posts).await;
    let begun = place.contend(4, async |ledger: &Open| {
        let life = ledger.join().await;
        let mut begun = Vec::new();
        let mut turn = Turn {
            claims_max: 3,
            ..ask(life)
        };
        let mut idle = 0;
        while idle < 20 {
            let turned = ledger.turn(&turn).await.expect("a turn");
            assert_eq!(turned.lost, []);
            idle = if turned.claims.is_empty() {
                idle + 1
            } else {
                0
            };
            turn.settled = turned.claims.iter().map(|it| settled(it, sent())).collect();
            begun.extend(turned.claims.into_iter().map(|it| {
                assert_eq!(it.attempts, 1);
                it.notice.key
            }));
        }
        begun
    });
    let begun: Vec<_> = begun.into_iter().flatten().collect();
    let once: HashSet<_> = begun.iter().collect();
    assert_eq!((begun.len(), once.len()), (POSTS, POSTS));
    let log = place.log(&ledger, false).await;
    assert!(log.iter().all(|it| it.stage == Stage::Sent));
}
