//! Subscriptions that people make.

use super::only_claim;
use crate::ledgers::{Place, post, sent};
use crate::support::noon;
use chrono::TimeDelta;
use docket::domain::{Follow, Kind, Seen, Stage};

rules! {
    [in_a_file in_memory on_postgres] =>
        follows_are_kept_and_make_a_step,
        who_comes_back_hears_nothing_of_the_time_between,
        what_waits_for_who_is_gone_is_not_posted;
}

fn follow(channel: &str) -> Follow {
    let server = "300000000000000001".to_owned();
    Follow::of_channel(channel.to_owned(), "2'\u{0}".to_owned(), server)
}

async fn follows_are_kept_and_make_a_step(place: &Place) {
    let ledger = place.open().await;
    let before = ledger.step().await;
    ledger.follow(&follow("2"), noon()).await;
    let louder = Follow {
        board: true,
        ..follow("1")
    };
    ledger.follow(&follow("1"), noon()).await;
    ledger.follow(&louder, noon()).await;
    let progress = place.open().await.progress(None).await.expect("progress");
    let boards: Vec<_> = progress
        .follows
        .iter()
        .map(|it| (it.id(), it.board))
        .collect();
    assert_eq!(boards, [("1".to_owned(), true), ("2".to_owned(), false)]);
    assert_eq!(progress.version, before.version + 3);
    // Whoever plans without it has to look again.
    assert!(!ledger.advance(&before).await);
    assert!(ledger.unfollow("1").await);
    assert!(!ledger.unfollow("1").await);
    assert!(!ledger.unfollow("3").await);
    let progress = ledger.progress(None).await.expect("progress");
    assert_eq!(progress.follows.len(), 1);
    assert_eq!(progress.version, before.version + 4);
}

async fn who_comes_back_hears_nothing_of_the_time_between(place: &Place) {
    let ledger = place.open().await;
    let hour = TimeDelta::hours(1);
    let since = async || {
        let progress = ledger.progress(None).await.expect("progress");
        let mut seen = Seen::default();
        seen.note_subscription("1".to_owned(), noon());
        (progress.seen == seen, progress.seen != Seen::default())
    };
    ledger.follow(&follow("1"), noon()).await;
    // Another option is no new beginning.
    ledger.follow(&follow("1"), noon() + hour).await;
    assert_eq!(since().await, (true, true));
    ledger.unfollow("1").await;
    ledger.follow(&follow("1"), noon() + hour).await;
    assert_eq!(since().await, (false, true));
}

async fn what_waits_for_who_is_gone_is_not_posted(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    ledger.follow(&follow("1"), noon()).await;
    let posts = ["a", "b"].map(|key| post(Kind::Event, "1", key));
    ledger.plan(posts.into()).await;
    let begun = only_claim(&ledger, life).await;
    for name in ["board/1", "board/11"] {
        ledger.note(name, Some("x")).await;
    }
    ledger.unfollow("1").await;
    assert_eq!(ledger.noted("board/1").await, None);
    assert!(ledger.noted("board/11").await.is_some());
    let log = place.log(&ledger, true).await;
    let reasons: Vec<_> = log
        .iter()
        .map(|it| (it.notice.key.as_str(), it.stage, it.reason.as_deref()))
        .collect();
    assert_eq!(
        reasons,
        [("b", Stage::Skipped, Some("the subscription is gone"))]
    );
    ledger.settle(life, &begun, sent()).await;
    assert_eq!(ledger.claims(life, 9).await, []);
}
