//! Steps of planning: what they change, who may take them, and what a clock that is set back undoes.

use super::{again, only_claim};
use crate::ledgers::{Open, Place, ask, keys, post, sent, settled};
use crate::support::noon;
use chrono::TimeDelta;
use docket::domain::{Id, Kind, Seen, SeenDue, Stage};
use docket::ports::{Advance, Life, Planned, Record, Turn};
use std::collections::HashSet;

rules! {
    [in_a_file in_memory on_postgres] =>
        lives_are_numbered,
        progress_is_what_was_taken,
        digests_of_old_records_are_kept_but_not_for_ever,
        a_step_from_an_old_version_changes_nothing,
        a_clock_set_back_takes_news_back_with_it,
        a_clock_set_back_takes_with_it_what_is_put_off,
        what_was_skipped_can_be_planned_again_and_what_was_sent_cannot,
        a_step_takes_a_thousand_posts_and_each_key_once,
        a_step_is_taken_by_one_of_many,
        keys_are_known_or_not;
}

fn record(nth: i64) -> Record {
    Record {
        text: format!("# {nth}\n"),
        digest: nth.to_string(),
    }
}

async fn lives_are_numbered(place: &Place) {
    let ledger = place.open().await;
    assert_eq!(ledger.join().await, Life(1));
    assert_eq!(ledger.join().await, Life(2));
    assert_eq!(place.open().await.join().await, Life(3));
}

async fn progress_is_what_was_taken(place: &Place) {
    let ledger = place.open().await;
    let empty = ledger.progress(None).await.expect("progress");
    assert_eq!((empty.version, empty.cursor, empty.revision), (0, None, 0));
    assert_eq!((empty.record, empty.superseded), (None, Vec::new()));
    let id = Id::parse("a").expect("an id");
    let due = |due: &str, minutes| SeenDue {
        item: id.clone(),
        due: due.to_owned(),
        at: noon() + TimeDelta::minutes(minutes),
    };
    let step = Advance {
        record: Some(record(1)),
        // A date can come back within one edit: what was seen last counts.
        dues: vec![due("x", 0), due("y", 0), due("x", 1)],
        subscriptions: vec![("c".to_owned(), noon()), ("d".to_owned(), noon())],
        ..ledger.step().await
    };
    assert!(ledger.advance(&step).await);
    let later = Advance {
        dues: vec![due("y", 2)],
        // It is as old as it was.
        subscriptions: vec![("c".to_owned(), noon() + TimeDelta::days(1))],
        ..ledger.step().await
    };
    assert!(ledger.advance(&later).await);
    let progress = ledger.progress(None).await.expect("progress");
    assert_eq!(
        (progress.version, progress.cursor, progress.revision),
        (2, Some(noon()), 1)
    );
    assert_eq!(progress.record, Some(record(1)));
    let mut seen = Seen::default();
    seen.note_due(due("x", 1));
    seen.note_due(due("y", 2));
    seen.note_subscription("c".to_owned(), noon());
    seen.note_subscription("d".to_owned(), noon());
    assert_eq!(progress.seen, seen);
    // Who has the record is not told it again.
    let same = ledger.progress(Some(1)).await.expect("progress");
    assert_eq!((same.revision, same.record), (1, None));
}

async fn digests_of_old_records_are_kept_but_not_for_ever(place: &Place) {
    let ledger = place.open().await;
    for nth in 1..=40 {
        let step = Advance {
            record: Some(record(nth)),
            ..ledger.step().await
        };
        assert!(ledger.advance(&step).await);
    }
    let progress = ledger.progress(None).await.expect("progress");
    let expected: Vec<_> = (8..40).map(|nth: i64| nth.to_string()).collect();
    assert_eq!(progress.superseded, expected);
    assert_eq!((progress.revision, progress.record), (40, Some(record(40))));
}

async fn a_step_from_an_old_version_changes_nothing(place: &Place) {
    let ledger = place.open().await;
    let (first, mut second) = (ledger.step().await, ledger.step().await);
    second.posts = vec![post(Kind::Event, "c", "k")];
    second.record = Some(record(1));
    second.cursor += TimeDelta::hours(1);
    assert!(ledger.advance(&first).await);
    assert!(!ledger.advance(&second).await);
    let progress = ledger.progress(None).await.expect("progress");
    assert_eq!(
        (progress.version, progress.cursor, progress.revision),
        (1, Some(noon()), 0)
    );
    assert!(ledger.known(&["k"]).await.is_empty());
}

async fn a_clock_set_back_takes_news_back_with_it(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    let back = TimeDelta::hours(3);
    let ahead = |kind, key: &str, hours| {
        let mut post = post(kind, key, key);
        post.notice.at += TimeDelta::hours(hours);
        post
    };
    let seen = SeenDue {
        item: Id::parse("a").expect("an id"),
        due: "x".to_owned(),
        at: noon() + back,
    };
    let step = Advance {
        cursor: noon() + back,
        dues: vec![seen.clone()],
        subscriptions: ["news", "more", "reminder"]
            .map(|it| (it.to_owned(), noon() + back))
            .into(),
        posts: vec![
            ahead(Kind::Event, "news", 3),
            ahead(Kind::Event, "more", 5),
            ahead(Kind::Due, "reminder", 3),
        ],
        ..ledger.step().await
    };
    assert!(ledger.advance(&step).await);
    let step = Advance {
        rewind: Some(back),
        ..ledger.step().await
    };
    assert!(ledger.advance(&step).await);
    let progress = ledger.progress(None).await.expect("progress");
    let mut expected = Seen::default();
    expected.note_due(SeenDue { at: noon(), ..seen });
    for subscription in ["news", "more", "reminder"] {
        expected.note_subscription(subscription.to_owned(), noon());
    }
    assert_eq!((progress.cursor, progress.seen), (Some(noon()), expected));
    let claim = only_claim(&ledger, life).await;
    assert_eq!(
        (claim.notice.key.as_str(), claim.notice.at),
        ("news", noon())
    );
    let turned = ledger.settle(life, &claim, sent()).await;
    assert_eq!(turned.next, Some(noon() + TimeDelta::hours(2)));
}

async fn a_clock_set_back_takes_with_it_what_is_put_off(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    let back = TimeDelta::minutes(2);
    ledger.plan(vec![post(Kind::Event, "c", "k")]).await;
    let claim = only_claim(&ledger, life).await;
    let soon = TimeDelta::minutes(1);
    ledger.settle(life, &claim, again(true, back + soon)).await;
    let step = Advance {
        rewind: Some(back),
        ..ledger.step().await
    };
    assert!(ledger.advance(&step).await);
    let turn = |after: TimeDelta| Turn {
        now: noon() + after,
        claims_max: 1,
        ..ask(life)
    };
    let early = ledger.turn(&turn(TimeDelta::zero())).await.expect("a turn");
    assert_eq!((early.claims, early.next), (vec![], Some(noon() + soon)));
    let turned = ledger.turn(&turn(soon)).await.expect("a turn");
    assert_eq!(keys(&turned.claims), ["k"]);
}

async fn what_was_skipped_can_be_planned_again_and_what_was_sent_cannot(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    let mut missed = post(Kind::Due, "a", "missed");
    missed.skipped = Some("too late\0".to_owned());
    ledger
        .plan(vec![missed, post(Kind::Due, "b", "sent")])
        .await;
    let claim = only_claim(&ledger, life).await;
    ledger.settle(life, &claim, sent()).await;
    let log = place.log(&ledger, true).await;
    assert_eq!((log.len(), log[0].stage), (1, Stage::Skipped));
    // Skipped once more it stays as it is.
    let mut missed = post(Kind::Due, "a", "missed");
    missed.skipped = Some("another reason".to_owned());
    ledger.plan(vec![missed]).await;
    assert_eq!(place.log(&ledger, true).await, log);
    let mut wanted = post(Kind::Due, "a", "missed");
    wanted.notice.title = "Another title".into();
    ledger
        .plan(vec![wanted, post(Kind::Due, "b", "sent")])
        .await;
    let claim = only_claim(&ledger, life).await;
    assert_eq!(claim.notice.title, "Another title");
    assert_eq!(claim.attempts, 1);
    assert!(place.log(&ledger, true).await.is_empty());
}

async fn a_step_takes_a_thousand_posts_and_each_key_once(place: &Place) {
    let ledger = place.open().await;
    let life = ledger.join().await;
    let mut posts: Vec<Planned> = (0..1000)
        .map(|nth| {
            post(
                Kind::Event,
                &format!("c{}", nth % 10),
                &format!("k{nth:03}"),
            )
        })
        .collect();
    posts[0].skipped = Some("too late".to_owned());
    let twice = [
        post(Kind::Event, "c0", "k000"),
        post(Kind::Event, "c1", "k001"),
    ];
    ledger.plan(posts.into_iter().chain(twice).collect()).await;
    let mut told = 0;
    loop {
        let claims = ledger.claims(life, 100).await;
        let first: Vec<_> = (0..10).map(|nth| format!("k{:03}", told + nth)).collect();
        if told == 1000 {
            assert_eq!(claims, []);
            break;
        }
        assert_eq!(keys(&claims), first);
        told += claims.len();
        let turn = Turn {
            settled: claims.iter().map(|it| settled(it, sent())).collect(),
            ..ask(life)
        };
        ledger.turn(&turn).await.expect("a turn");
    }
}

async fn a_step_is_taken_by_one_of_many(place: &Place) {
    const STEPS: i64 = 60;
    let _ledger = place.open().await;
    let taken = place.contend(3, async |ledger: &Open| {
        let mut taken = Vec::new();
        loop {
            let step = ledger.step().await;
            if step.version >= STEPS {
                return taken;
            }
            let key = format!("{}", step.version);
            let step = Advance {
                posts: vec![post(Kind::Event, "c", &key)],
                record: Some(record(step.version)),
                ..step
            };
            if ledger.advance(&step).await {
                taken.push(step.version);
            }
        }
    });
    let mut taken: Vec<_> = taken.into_iter().flatten().collect();
    taken.sort_unstable();
    let steps: Vec<_> = (0..i64::try_from(taken.len()).expect("few")).collect();
    assert_eq!(taken, steps);
    let progress = place.open().await.progress(None).await.expect("progress");
    assert_eq!(progress.revision, progress.version);
    assert!(progress.version >= STEPS);
}

async fn keys_are_known_or_not(place: &Place) {
    let ledger = place.open().await;
    assert!(ledger.known(&[]).await.is_empty());
    ledger
        .plan(vec![post(Kind::Due, "a", "k1"), post(Kind::Due, "a", "k2")])
        .await;
    let known = ledger.known(&["k0", "k1", "k2", "k2"]).await;
    let expected: HashSet<_> = ["k1", "k2"].map(str::to_owned).into();
    assert_eq!(known, expected);
}
