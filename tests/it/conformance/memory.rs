//! What is kept of posts, for how long, and what a damaged or later ledger comes to.

use super::{again, only_claim};
use crate::ledgers::{Place, ask, keys, post, sent, settled};
use crate::support::noon;
use chrono::TimeDelta;
use docket::domain::{Follow, Kind, Stage};
use docket::ports::{LedgerError, Outcome, Turn};
use docket::store::StoreError;

rules! {
    [in_a_file in_memory on_postgres] =>
        the_log_tells_all_or_what_needs_a_look,
        what_is_sent_again_is_another_copy,
        the_last_deliveries_of_some_are_found,
        notes_are_kept_by_name,
        a_row_that_nobody_wrote_is_damage;
    [in_a_file on_postgres] =>
        old_posts_lose_their_text_and_keep_their_key,
        a_ledger_of_the_first_version_goes_on_with_what_it_has,
        a_ledger_of_a_later_version_is_refused;
}

async fn the_log_tells_all_or_what_needs_a_look(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    assert!(place.log(&ledger, false).await.is_empty());
    let mut early = post(Kind::Due, "a", "early");
    early.notice.at -= TimeDelta::hours(1);
    let names = ["waits", "failed", "tried"].map(|it| post(Kind::Event, it, it));
    ledger
        .plan(names.into_iter().chain([early]).collect())
        .await;
    let claims = ledger.claims(life, 10).await;
    assert_eq!(keys(&claims), ["early", "waits", "failed", "tried"]);
    let why = "no permission".to_owned();
    let turn = Turn {
        settled: vec![
            settled(&claims[0], sent()),
            settled(&claims[2], Outcome::Failed { why }),
            settled(&claims[3], again(true, TimeDelta::zero())),
        ],
        ..ask(life)
    };
    ledger.turn(&turn).await.expect("a turn");
    let told = |log: Vec<docket::domain::Delivery>| -> Vec<String> {
        log.into_iter().map(|it| it.notice.key).collect()
    };
    let all = told(place.log(&ledger, false).await);
    assert_eq!(all, ["early", "waits", "failed", "tried"]);
    assert_eq!(told(place.log(&ledger, true).await), ["failed", "tried"]);
    let stages = place.stages(&ledger).await;
    let expected = [(Stage::Sent, 1), (Stage::Sending, 2), (Stage::Failed, 1)];
    assert_eq!(stages, expected.into());
}

async fn what_is_sent_again_is_another_copy(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    assert_eq!(place.resend(&ledger, "k").await, None);
    ledger.plan(vec![post(Kind::Due, "c", "k")]).await;
    // What still waits is left alone.
    assert_eq!(place.resend(&ledger, "k").await, Some(Stage::Planned));
    let claim = only_claim(&ledger, life).await;
    assert_eq!((claim.copy, claim.attempts), (1, 1));
    assert_eq!(place.resend(&ledger, "k").await, Some(Stage::Sending));
    ledger.settle(life, &claim, sent()).await;
    assert_eq!(place.resend(&ledger, "k").await, Some(Stage::Sent));
    let copy = only_claim(&ledger, life).await;
    assert_eq!((copy.copy, copy.attempts), (2, 1));
    assert_ne!(copy.lease, claim.lease);
    // What is said of the first copy now does not count for the second.
    let failed = Outcome::Failed {
        why: "x".to_owned(),
    };
    ledger.settle(life, &claim, failed).await;
    let log = place.log(&ledger, false).await;
    assert_eq!((log[0].stage, log[0].copy), (Stage::Sending, 2));
}

async fn the_last_deliveries_of_some_are_found(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    let posts = [("1", "a"), ("1", "b"), ("2", "c"), ("3", "d")];
    ledger
        .plan(posts.map(|(to, key)| post(Kind::Event, to, key)).into())
        .await;
    assert_eq!(ledger.recent(&["1", "2"], false, 2).await, ["c", "b"]);
    assert_eq!(ledger.recent(&["1"], true, 9).await, [""; 0]);
    assert_eq!(ledger.recent(&[], false, 9).await, [""; 0]);
    let failed = Outcome::Failed {
        why: "no".to_owned(),
    };
    for claim in ledger.claims(life, 9).await {
        ledger.settle(life, &claim, failed.clone()).await;
    }
    assert_eq!(ledger.recent(&["1", "3"], true, 9).await, ["d", "a"]);
}

async fn notes_are_kept_by_name(place: &Place) {
    let ledger = place.open().await;
    for (name, value) in [("board/1", "x"), ("board/2", "y"), ("health/1", "z%_")] {
        ledger.note(name, Some(value)).await;
    }
    ledger.note("board/1", Some("x2")).await;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let boards = [pair("board/1", "x2"), pair("board/2", "y")];
    assert_eq!(ledger.notes("board/").await, boards);
    assert_eq!(ledger.noted("board/1").await.as_deref(), Some("x2"));
    assert_eq!(ledger.noted("board/").await, None);
    ledger.note("board/1", None).await;
    ledger.note("board/1", None).await;
    assert_eq!(ledger.notes("board/").await, [pair("board/2", "y")]);
    assert_eq!(ledger.notes("%").await, []);
}

async fn old_posts_lose_their_text_and_keep_their_key(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    let posts = ["sent", "waits"].map(|it| post(Kind::Due, it, it));
    ledger.plan(posts.into()).await;
    let claims = ledger.claims(life, 1).await;
    ledger.settle(life, &claims[0], sent()).await;
    let lines = async |days| {
        let now = noon() + TimeDelta::days(days);
        let ledger = place.open_at(now).await.expect("a ledger");
        let log = place.log(&ledger, false).await;
        assert_eq!(log[0].notice.title, claims[0].notice.title);
        log.iter()
            .map(|it| it.notice.lines.len())
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(89).await, [1, 1]);
    assert_eq!(lines(91).await, [0, 1]);
    assert_eq!(lines(92).await, [0, 1]);
    ledger.plan(vec![post(Kind::Due, "sent", "sent")]).await;
    let claim = only_claim(&ledger, ledger.join().await).await;
    assert_eq!(claim.notice.key, "waits");
}

async fn a_ledger_of_the_first_version_goes_on_with_what_it_has(place: &Place) {
    let ledger = place.open().await;
    ledger.plan(vec![post(Kind::Event, "1", "k")]).await;
    drop(ledger);
    place.backdate().await;
    let ledger = place.open().await;
    let follow = Follow::of_channel("1".to_owned(), "2".to_owned(), "3".to_owned());
    ledger.follow(&follow, noon()).await;
    ledger.note("name", Some("value")).await;
    assert_eq!(
        ledger.progress(None).await.expect("progress").follows.len(),
        1
    );
    let life = ledger.join().await;
    assert_eq!(keys(&ledger.claims(life, 10).await), ["k"]);
}

async fn a_ledger_of_a_later_version_is_refused(place: &Place) {
    drop(place.open().await);
    place.outdate().await;
    let refused = place.open_at(noon()).await.err();
    assert!(
        matches!(refused, Some(StoreError::TooNew { found: 1000 })),
        "{refused:?}"
    );
}

async fn a_row_that_nobody_wrote_is_damage(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    ledger.plan(vec![post(Kind::Event, "c", "k")]).await;
    place.sql("UPDATE deliveries SET notice = '{'").await;
    let turn = Turn {
        claims_max: 1,
        ..ask(life)
    };
    let failed = ledger.turn(&turn).await.err();
    assert!(
        matches!(failed, Some(LedgerError::Damaged(_))),
        "{failed:?}"
    );
    place.sql("DELETE FROM planning").await;
    let failed = ledger.progress(None).await.err();
    assert!(
        matches!(failed, Some(LedgerError::Damaged(_))),
        "{failed:?}"
    );
}
