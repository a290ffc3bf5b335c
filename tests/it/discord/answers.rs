//! What commands answer, from the shipped record.

use super::scene::{CHANNEL, MANAGE_SERVER, SERVER, Stage, USER, id};
use super::{shown, taken};
use crate::double::interaction::Asked;
use crate::support::at;
use docket::discord::answer::{Action, Answer};
use docket::discord::commands::{calendar, docket as health, follow, following, remind, timeline};
use docket::discord::permission::Permissions;
use docket::domain::{Delivery, Duration, Follow, Notice, Stage as Step, Timestamp};

/// The Sunday of the round in Madrid, and a day of this autumn.
const MADRID: &str = "2025-09-15T03:59:00Z";
const TODAY: &str = "2026-11-22T12:00:00Z";

/// Shows an answer that Discord takes.
#[track_caller]
fn show(answer: &Answer) -> String {
    assert_eq!(taken::answer(answer, Asked::Command), Vec::<String>::new());
    shown::answer(answer)
}

#[test]
fn deadlines() {
    let stage = Stage::at(MADRID);
    insta::assert_snapshot!("deadlines_madrid", show(&stage.command("deadlines")));
    let stage = Stage::at(TODAY);
    let first = stage.command("deadlines share");
    insta::assert_snapshot!("deadlines_today", show(&first));
    let filtered = stage.command("deadlines topic=tariffs party=us state=all within=1y");
    insta::assert_snapshot!("deadlines_filtered", show(&filtered));
    let none = stage.command("deadlines state=lapsed within=1d");
    insta::assert_snapshot!("deadlines_none", show(&none));
}

#[test]
fn deadline() {
    let stage = Stage::at(TODAY);
    for (name, line) in [
        ("deadline_truce", "deadline name=tariff-truce"),
        ("deadline_tiktok", "deadline name=tiktok-divestiture share"),
        (
            "deadline_tiktok_then",
            "deadline name=tiktok-divestiture as_of=2025-09-14",
        ),
        ("deadline_tbd", "deadline name=tariff-cuts-30"),
        ("deadline_month", "deadline name=ai-dialogue"),
    ] {
        insta::assert_snapshot!(name, show(&stage.command(line)));
    }
}

#[test]
fn talks() {
    let stage = Stage::at(TODAY);
    insta::assert_snapshot!("talks", show(&stage.command("talks")));
    insta::assert_snapshot!(
        "talks_one",
        show(&stage.command("talks name=us-china-trade"))
    );
}

#[test]
fn a_picture_is_attached_with_the_words_for_it() {
    let stage = Stage::at(TODAY);
    let Answer::Do(Action::Draw(drawing), _) = stage.command("timeline topic=tiktok") else {
        panic!("no picture");
    };
    let picture = drawing.picture(&stage.docket).expect("a picture");
    let message = timeline::drawn(&drawing, Some((&picture, vec![1, 2, 3])));
    assert_eq!(taken::edit(&message), Vec::<String>::new());
    insta::assert_snapshot!("timeline", shown::message(&message));
    let without = timeline::drawn(&drawing, None);
    assert_eq!(taken::edit(&without), Vec::<String>::new());
    insta::assert_snapshot!("timeline_failed", shown::message(&without));
}

#[test]
fn reminders() {
    let mut stage = Stage::at(TODAY);
    insta::assert_snapshot!("reminders_none", show(&stage.command("reminders")));
    let set = stage.command("remind name=tariff-truce before=30d, 1 week, 3d 1h");
    let Answer::Do(Action::Remind(follow), _) = set else {
        panic!("{set:?}");
    };
    let texts = [
        remind::greeting(&follow, &stage.docket, stage.now),
        remind::done(&follow, &stage.docket, stage.now),
        remind::closed(),
        remind::snoozed(stage.now),
        remind::cancelled(&[follow.id()], Some(&stage.docket)),
    ];
    for text in &texts {
        assert_eq!(taken::edit(text), Vec::<String>::new());
    }
    let texts: Vec<_> = texts.iter().map(shown::message).collect();
    insta::assert_snapshot!("remind", texts.join("\n"));
    let week = Follow {
        snoozed: vec![at("2026-11-23T09:00:00Z")],
        ..Follow::of_person(USER.to_owned(), id("ai-dialogue"), vec![Duration::days(7)])
    };
    let gone = Follow::of_person(USER.to_owned(), id("long-gone"), vec![Duration::days(7)]);
    let of_another = Follow::of_person("9".to_owned(), id("tariff-truce"), vec![Duration::days(7)]);
    stage.follows = vec![*follow, week, gone, of_another];
    insta::assert_snapshot!("reminders", show(&stage.command("reminders")));
}

#[test]
fn a_calendar_is_a_file() {
    let stage = Stage::at(TODAY);
    let calendar_of = |answer: Answer| match answer {
        Answer::Do(Action::Calendar(calendar), _) => calendar,
        other => panic!("{other:?}"),
    };
    let topic = calendar_of(stage.command("calendar topic=tiktok"));
    let one = calendar_of(stage.press("v1:calendar:tariff-truce", &[]));
    let text = || "BEGIN:VCALENDAR\r\n".to_owned();
    let messages = [
        calendar::done(
            &topic,
            text(),
            Some("https://docket.example/calendar.ics?topic=tiktok"),
        ),
        calendar::done(&topic, text(), None),
        calendar::done(
            &one,
            text(),
            Some("https://docket.example/deadlines/tariff-truce/calendar.ics"),
        ),
    ];
    for message in &messages {
        assert_eq!(taken::edit(message), Vec::<String>::new());
    }
    let shown: Vec<_> = messages.iter().map(shown::message).collect();
    insta::assert_snapshot!("calendar", shown.join("\n"));
}

fn manager(now: &str) -> Stage {
    Stage {
        rights: MANAGE_SERVER,
        ..Stage::at(now)
    }
}

#[test]
fn a_channel_is_told() {
    let mut stage = manager(TODAY);
    let line = format!(
        "follow channel={CHANNEL} topics=tariffs, trade importance=normal leads=1h,7d ping_from=1d \
         zone=Europe/Madrid digest=monday 09:00 quiet=22:00-07:00 language=es board crosspost"
    );
    let Answer::Do(Action::Follow(action), _) = stage.command(&line) else {
        panic!("{:?}", stage.command(&line));
    };
    let done = follow::done(&action, &stage.docket, stage.now);
    assert_eq!(taken::edit(&done), Vec::<String>::new());
    let missing = follow::missing(
        &action.follow,
        &Permissions(1 << 11).lacking(action.needs.clone()),
    );
    assert_eq!(taken::edit(&missing), Vec::<String>::new());
    let texts = [done, missing, follow::unfollowed(CHANNEL)];
    let texts: Vec<_> = texts.iter().map(shown::message).collect();
    insta::assert_snapshot!("follow", texts.join("\n"));
    // What is left out stays as it was.
    stage.follows = vec![action.follow];
    let again = stage.command(&format!("follow channel={CHANNEL} topics=all digest=off"));
    let Answer::Do(Action::Follow(changed), _) = again else {
        panic!("{again:?}");
    };
    assert!(!changed.is_new);
    let kept = &changed.follow;
    assert_eq!((&kept.topics, kept.digest, kept.board), (&None, None, true));
    assert_eq!(kept.server.as_deref(), Some(SERVER));
    let channel = |follow: &Follow, is_in_file| following::Channel {
        subscription: follow.subscription(&stage.docket),
        is_in_file,
        health: following::Health {
            name: Some("trade".to_owned()),
            posted: Some(at("2026-11-20T12:00:00Z")),
            trouble: None,
        },
    };
    let mut in_file = Follow::of_channel("7".to_owned(), USER.to_owned(), SERVER.to_owned());
    in_file.items = Some(vec![id("tariff-truce")]);
    let both = [channel(&in_file, true), channel(&stage.follows[0], false)];
    let shown = following::shown(&both, &stage.docket);
    assert_eq!(taken::edit(&shown), Vec::<String>::new());
    insta::assert_snapshot!("following", shown::message(&shown));
    let gone = stage.command(&format!("unfollow channel={CHANNEL}"));
    let channel = CHANNEL.to_owned();
    assert!(matches!(gone, Answer::Do(Action::Unfollow { channel: it }, _) if it == channel));
}

fn notice(stage: &Stage) -> Notice {
    let mut notices = crate::support::posts(
        stage.docket.clone(),
        "2025-09-14T00:00:00Z",
        "2025-09-20T00:00:00Z",
    );
    Notice {
        subscription: CHANNEL.to_owned(),
        ..notices.remove(0)
    }
}

fn delivery(stage: &Stage, step: Step, sent: Option<Timestamp>, reason: Option<&str>) -> Delivery {
    Delivery {
        notice: notice(stage),
        stage: step,
        reason: reason.map(str::to_owned),
        attempts: 1,
        copy: 1,
        sent,
        message: None,
    }
}

#[test]
fn how_the_bot_is() {
    let stage = manager(TODAY);
    let fine = health::Health {
        refused: None,
        ledger: None,
        clock: None,
        gateway: Some(stage.now),
        round: Some(stage.now),
        waiting: 3,
        failed: 0,
    };
    let wrong = health::Health {
        refused: Some((
            stage.now,
            "2 errors",
            Some("error: `due` is missing\n ```@everyone"),
        )),
        ledger: Some("disk full"),
        clock: Some("it went back by 3 hours"),
        gateway: None,
        failed: 2,
        ..fine
    };
    let Answer::Do(Action::Log(log), _) = stage.command("docket log failed") else {
        panic!("no log");
    };
    let entries = [
        delivery(&stage, Step::Sent, Some(stage.now), None),
        delivery(&stage, Step::Failed, None, Some("missing access (50001)")),
    ];
    let messages = [
        health::checked(&fine, &stage.scene()),
        health::checked(&wrong, &stage.scene()),
        health::log(&log, &entries),
        health::log(&log, &[]),
        health::resent(
            "x",
            &health::Resent::Yes {
                title: "T".to_owned(),
            },
        ),
        health::resent("x`@everyone", &health::Resent::Unknown),
        health::resent(
            "x",
            &health::Resent::Waiting {
                why: "disk full".to_owned(),
            },
        ),
    ];
    for message in &messages {
        assert_eq!(taken::edit(message), Vec::<String>::new());
    }
    let shown: Vec<_> = messages.iter().map(shown::message).collect();
    insta::assert_snapshot!("docket", shown.join("\n"));
    insta::assert_snapshot!("about", show(&stage.command("docket about")));
}

#[test]
fn what_comes_of_asking_for_a_post_again_says_why_it_waits() {
    let stage = manager(TODAY);
    let title = notice(&stage).title;
    let asked = |it: Step, copy, reason, was| {
        let found = Delivery {
            copy,
            ..delivery(&stage, it, None, reason)
        };
        health::Resent::of(&found, was)
    };
    let waiting = |why: &str| health::Resent::Waiting {
        why: why.to_owned(),
    };
    let was = Some(Step::Planned);
    let not_yet = waiting("its time has not come");
    assert_eq!(asked(Step::Planned, 1, None, was), not_yet);
    let tried = asked(Step::Sending, 1, Some("no answer"), Some(Step::Sending));
    assert_eq!(tried, waiting("no answer"));
    let again = waiting("it has been asked for already");
    assert_eq!(asked(Step::Planned, 2, None, was), again);
    // Somebody else was quicker.
    assert_eq!(asked(Step::Sent, 1, None, was), again);
    assert_eq!(
        asked(Step::Failed, 1, Some("no access"), Some(Step::Failed)),
        health::Resent::Yes { title }
    );
    // It was so long ago that the ledger has just forgotten it.
    let gone = asked(Step::Sent, 1, None, None);
    assert_eq!(gone, health::Resent::Unknown);
}

#[test]
fn the_log_of_other_servers_is_for_those_who_run_the_bot() {
    let mut stage = manager(TODAY);
    let server_of = |answer: Answer| match answer {
        Answer::Do(Action::Log(log), _) => log.server,
        Answer::Do(Action::Resend { server, .. }, _) => server,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        server_of(stage.command("docket log")).as_deref(),
        Some(SERVER)
    );
    let resend = "docket resend key=ref 5dc6zm3g6r140dkv";
    assert_eq!(server_of(stage.command(resend)).as_deref(), Some(SERVER));
    stage.operators = vec![USER.to_owned()];
    assert_eq!(server_of(stage.command("docket log")), None);
    assert_eq!(server_of(stage.command(resend)), None);
}

#[test]
fn an_answer_as_json() {
    let stage = Stage::at(TODAY);
    let json = stage.command("deadlines within=30d").callback();
    insta::assert_snapshot!(serde_json::to_string_pretty(&json).expect("JSON"));
}
