//! What every ledger does, whatever it is kept in: the same rules on SQLite in a file, SQLite in
//! memory and PostgreSQL.
//!
//! Time is noon throughout. Leases lapse because a test sets them back, not because it waits. In a
//! file one bot is alone, so that rules about several lives hold only in the other places.

use crate::ledgers::{Open, Place, ask, keys, leases, post, sent, settled};
use crate::support::noon;
use chrono::TimeDelta;
use docket::domain::{Follow, Id, Kind, Seen, SeenDue, Stage};
use docket::ports::{Advance, Lease, LedgerError, Life, Outcome, Planned, Record, Turn};
use docket::store::StoreError;
use std::collections::HashSet;

macro_rules! rules {
    ($place:ident: $($rule:ident),* $(,)?) => {
        mod $place {
            use crate::ledgers::Place;
            $(
                #[tokio::test]
                async fn $rule() {
                    rules!(@ $place $rule);
                }
            )*
        }
    };
    (@ on_postgres $rule:ident) => {
        if let Some(place) = Place::on_postgres().await {
            super::$rule(&place).await;
        }
    };
    (@ $place:ident $rule:ident) => { super::$rule(&Place::$place()).await };
}

rules!(
    in_a_file: lives_are_numbered,
    progress_is_what_was_taken,
    digests_of_old_records_are_kept_but_not_for_ever,
    a_step_from_an_old_version_changes_nothing,
    what_is_planned_is_claimed_once_the_most_urgent_first,
    subscriptions_of_one_server_take_turns,
    a_subscription_has_one_claim_at_a_time,
    what_is_over_is_not_handed_out_again,
    what_may_have_been_posted_stays_so_when_it_is_tried_again,
    what_is_put_off_waits_unless_a_wrong_clock_put_it_off,
    what_is_planned_ahead_waits_for_its_time,
    a_clock_set_back_takes_news_back_with_it,
    a_clock_set_back_takes_with_it_what_is_put_off,
    what_was_skipped_can_be_planned_again_and_what_was_sent_cannot,
    keys_are_known_or_not,
    the_log_tells_all_or_what_needs_a_look,
    what_is_sent_again_is_another_copy,
    follows_are_kept_and_make_a_step,
    who_comes_back_hears_nothing_of_the_time_between,
    what_waits_for_who_is_gone_is_not_posted,
    notes_are_kept_by_name,
    the_last_deliveries_of_some_are_found,
    old_posts_lose_their_text_and_keep_their_key,
    a_ledger_of_a_later_version_is_refused,
    a_step_takes_a_thousand_posts_and_each_key_once,
    a_row_that_nobody_wrote_is_damage,
    a_step_is_taken_by_one_of_many,
    a_dead_life_leaves_no_lease_behind,
);
rules!(
    in_memory: lives_are_numbered,
    progress_is_what_was_taken,
    digests_of_old_records_are_kept_but_not_for_ever,
    a_step_from_an_old_version_changes_nothing,
    what_is_planned_is_claimed_once_the_most_urgent_first,
    subscriptions_of_one_server_take_turns,
    a_subscription_has_one_claim_at_a_time,
    what_is_over_is_not_handed_out_again,
    what_may_have_been_posted_stays_so_when_it_is_tried_again,
    what_is_put_off_waits_unless_a_wrong_clock_put_it_off,
    what_is_planned_ahead_waits_for_its_time,
    a_clock_set_back_takes_news_back_with_it,
    a_clock_set_back_takes_with_it_what_is_put_off,
    what_was_skipped_can_be_planned_again_and_what_was_sent_cannot,
    keys_are_known_or_not,
    the_log_tells_all_or_what_needs_a_look,
    what_is_sent_again_is_another_copy,
    follows_are_kept_and_make_a_step,
    who_comes_back_hears_nothing_of_the_time_between,
    what_waits_for_who_is_gone_is_not_posted,
    notes_are_kept_by_name,
    the_last_deliveries_of_some_are_found,
    a_step_takes_a_thousand_posts_and_each_key_once,
    a_row_that_nobody_wrote_is_damage,
    a_step_is_taken_by_one_of_many,
    a_lease_holds_until_it_lapses_and_then_its_results_do_not_count,
    a_lease_is_kept_by_who_says_so,
    posts_are_claimed_once_by_many,
);
rules!(
    on_postgres: lives_are_numbered,
    progress_is_what_was_taken,
    digests_of_old_records_are_kept_but_not_for_ever,
    a_step_from_an_old_version_changes_nothing,
    what_is_planned_is_claimed_once_the_most_urgent_first,
    subscriptions_of_one_server_take_turns,
    a_subscription_has_one_claim_at_a_time,
    what_is_over_is_not_handed_out_again,
    what_may_have_been_posted_stays_so_when_it_is_tried_again,
    what_is_put_off_waits_unless_a_wrong_clock_put_it_off,
    what_is_planned_ahead_waits_for_its_time,
    a_clock_set_back_takes_news_back_with_it,
    a_clock_set_back_takes_with_it_what_is_put_off,
    what_was_skipped_can_be_planned_again_and_what_was_sent_cannot,
    keys_are_known_or_not,
    the_log_tells_all_or_what_needs_a_look,
    what_is_sent_again_is_another_copy,
    follows_are_kept_and_make_a_step,
    who_comes_back_hears_nothing_of_the_time_between,
    what_waits_for_who_is_gone_is_not_posted,
    notes_are_kept_by_name,
    the_last_deliveries_of_some_are_found,
    old_posts_lose_their_text_and_keep_their_key,
    a_ledger_of_a_later_version_is_refused,
    a_step_takes_a_thousand_posts_and_each_key_once,
    a_row_that_nobody_wrote_is_damage,
    a_step_is_taken_by_one_of_many,
    a_lease_holds_until_it_lapses_and_then_its_results_do_not_count,
    a_lease_is_kept_by_who_says_so,
    posts_are_claimed_once_by_many,
    a_role_is_held_by_one_at_a_time,
);

fn record(nth: i64) -> Record {
    Record {
        text: format!("# {nth}\n"),
        digest: nth.to_string(),
    }
}

fn again(tried: bool, not_before: TimeDelta) -> Outcome {
    Outcome::Again {
        not_before: noon() + not_before,
        why: "no answer\0".to_owned(),
        tried,
    }
}

/// Takes the one claim that there is.
async fn only_claim(ledger: &Open, life: Life) -> docket::ports::Claim {
    let mut claims = ledger.claims(life, 10).await;
    assert_eq!(claims.len(), 1, "{:?}", keys(&claims));
    claims.remove(0)
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
    ledger
        .settle(life, &claim, again(false, TimeDelta::zero()))
        .await;
    let log = place.log(&ledger, true).await;
    assert_eq!((log[0].stage, log[0].attempts), (Stage::Sending, 2));
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

async fn a_ledger_of_a_later_version_is_refused(place: &Place) {
    drop(place.open().await);
    place.outdate().await;
    let refused = place.open_at(noon()).await.err();
    assert!(
        matches!(refused, Some(StoreError::TooNew { found: 1000 })),
        "{refused:?}"
    );
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
    ledger.unfollow("1").await;
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

async fn notes_are_kept_by_name(place: &Place) {
    let ledger = place.open().await;
    for (name, value) in [("board/1", "x"), ("board/2", "y"), ("health/1", "z%_")] {
        ledger.note(name, Some(value)).await;
    }
    ledger.note("board/1", Some("x2")).await;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let boards = [pair("board/1", "x2"), pair("board/2", "y")];
    assert_eq!(ledger.notes("board/").await, boards);
    ledger.note("board/1", None).await;
    ledger.note("board/1", None).await;
    assert_eq!(ledger.notes("board/").await, [pair("board/2", "y")]);
    assert_eq!(ledger.notes("%").await, []);
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
