//! What the real bot says when its time has come: a personal reminder that is put off, an overview,
//! and the board of a channel.

use crate::desk::{Desk, TRUCE, all_of, custom_ids, revision, shown};
use crate::double::faults::Fault;
use crate::double::route::Endpoint;
use crate::double::world::World;
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// The real time: that of the bot.
#[expect(
    clippy::disallowed_methods,
    reason = "the real bot goes by the real clock"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// A record with a deadline whose last day is reached so long from now.
fn due_in(time: TimeDelta) -> String {
    let due = (now() + time).format("%Y-%m-%dT%H:%M");
    format!(
        "zone = \"UTC\"\n[[deadline]]\nid = \"truce\"\ntitle = \"The truce ends\"\ndue = {due}\n"
    )
}

#[test]
fn a_reminder_comes_is_put_off_and_comes_again() {
    let desk = Desk::new();
    // A day before it was ten minutes ago, as far as the clock goes.
    desk.write(&due_in(TimeDelta::days(1) - TimeDelta::minutes(10)));
    let bot = desk.start();
    let bob = desk.member("bob");
    let shared = desk.double.slash(desk.ada, desk.channel, "deadline");
    let shared = shared.text("name", "truce").boolean("share", true);
    let page = shared.send().settled().message.expect("a page");
    // By the button, and a list of how long before.
    let offer = desk
        .double
        .click(bob, page.id, "v1:remind:truce")
        .send()
        .settled();
    let offer = offer.message.expect("a list");
    assert!(offer.is_ephemeral());
    desk.double
        .inject(Fault::status(500).accepted().on(Endpoint::CreateMessage));
    let chosen = desk
        .double
        .choose(bob, offer.id, "v1:leads:truce", &["12h", "1h"]);
    let kept = shown(
        &chosen
            .send()
            .wait_for("the answer", |it| shown(it).contains("Done")),
    );
    assert!(
        kept.contains("12h before") && kept.contains("1h before"),
        "{kept}"
    );
    let greeting = desk.direct(bob, 1);
    assert_eq!(greeting.len(), 1, "{greeting:?}");
    // More than half a day later.
    let by_command = desk
        .double
        .slash(bob, desk.channel, "remind")
        .text("name", "truce");
    let kept = shown(&by_command.text("before", "1d, 1h").send().settled());
    assert!(kept.contains("No reminder 1d before"), "{kept}");
    assert_eq!(bot.end(), Some(0));
    desk.let_pass(TimeDelta::hours(1));
    let bot = desk.start();
    let lead = desk.direct(bob, 3).remove(2);
    assert!(all_of(&lead).contains("The truce ends"), "{lead:?}");
    assert!(!lead.is_silent());
    let ids = custom_ids(&lead);
    assert!(ids.contains(&"v1:snooze:1h:truce".to_owned()), "{ids:?}");
    // In the direct message itself.
    desk.double
        .inject(Fault::reset().accepted().on(Endpoint::EditReply));
    let snoozed = desk
        .double
        .click(bob, lead.id, "v1:snooze:1h:truce")
        .send()
        .settled();
    assert!(
        shown(&snoozed).contains("I will remind you again"),
        "{snoozed:?}"
    );
    let listed = desk
        .double
        .slash(bob, desk.channel, "reminders")
        .send()
        .settled();
    assert!(shown(&listed).contains("again"), "{listed:?}");
    assert_eq!(bot.end(), Some(0));
    desk.let_pass(TimeDelta::minutes(61));
    let bot = desk.start();
    let again = desk.direct(bob, 4);
    let stop = again.last().expect("four of them");
    assert!(all_of(stop).contains("The truce ends"), "{again:?}");
    // Enough of it.
    let stopped = desk
        .double
        .click(bob, stop.id, "v1:stop:truce")
        .send()
        .settled();
    assert!(shown(&stopped).contains("No more reminders"), "{stopped:?}");
    let listed = desk
        .double
        .slash(bob, desk.channel, "reminders")
        .send()
        .settled();
    assert!(
        shown(&listed).contains("You have no reminders"),
        "{listed:?}"
    );
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn a_personal_reminder_follows_its_deadline() {
    let desk = Desk::new();
    desk.write(TRUCE);
    let bot = desk.start();
    let asked = desk.double.slash(desk.ada, desk.channel, "remind");
    let reply = asked
        .text("name", "truce")
        .text("before", "7d, 1d")
        .send()
        .settled();
    assert!(reply.is_ephemeral());
    let direct = desk.double.world(|world| world.direct(desk.ada));
    assert_eq!(desk.double.messages(direct).len(), 1);
    desk.write(&(TRUCE.to_owned() + &revision("2100-01-10")));
    let told = desk.double.wait_for("a direct message", |state| {
        Some(state.messages(direct)).filter(|it| it.len() == 2)
    });
    let moved = told
        .iter()
        .find(|it| it.content.contains("10 January 2100"));
    assert!(moved.is_some(), "{told:?}");
    let listed = desk
        .double
        .slash(desk.ada, desk.channel, "reminders")
        .send()
        .settled();
    let message = listed.message.expect("a message");
    let text = format!("{} {:?}", message.content, message.embeds);
    assert!(text.contains("The truce ends"), "{text}");
    // Somebody may close the way later: that is seen, and mended by asking again.
    let close = |is_closed| {
        let of = |world: &mut World| {
            world
                .users
                .get_mut(&desk.ada)
                .map(|it| it.is_closed = is_closed)
        };
        desk.double.world(of).expect("ada");
    };
    close(true);
    let steps = ["2100-01-10", "2100-02-10", "2100-03-10"].map(revision);
    desk.edit(&(TRUCE.to_owned() + &steps[..2].concat()));
    desk.folder.until_logged("a channel cannot be posted to", 1);
    desk.folder.until_logged("not posted", 1);
    close(false);
    let asked = desk.double.slash(desk.ada, desk.channel, "remind");
    let again = asked
        .text("name", "truce")
        .text("before", "7d")
        .send()
        .settled();
    assert!(shown(&again).contains("Done"), "{again:?}");
    desk.edit(&(TRUCE.to_owned() + &steps.concat()));
    let told = desk.direct(desk.ada, 4);
    assert!(told[3].content.contains("10 March 2100"), "{told:?}");
    assert_eq!(bot.end(), Some(0));
    let log = desk.folder.docket("log --failed");
    assert!(
        log.stdout.contains("Cannot send messages to this user"),
        "{}",
        log.whole()
    );
}

#[test]
fn an_overview_comes_when_it_is_due_and_once() {
    let desk = Desk::new();
    desk.write(&due_in(TimeDelta::days(9)));
    let bot = desk.start();
    let at = now() - TimeDelta::minutes(10);
    let asked = desk.double.slash(desk.ada, desk.channel, "follow");
    let asked = asked.channel("channel", desk.channel).text("zone", "UTC");
    let asked = asked.text("digest", &format!("daily {}", at.format("%H:%M")));
    let told = shown(&asked.send().settled());
    assert!(told.contains("overview every day at"), "{told}");
    assert_eq!(bot.end(), Some(0));
    desk.let_pass(TimeDelta::hours(1));
    desk.double
        .inject(Fault::slow_after(Duration::from_millis(300)).on(Endpoint::CreateMessage));
    let bot = desk.start();
    let overview = desk.posts(1).remove(0);
    assert!(all_of(&overview).contains("The truce ends"), "{overview:?}");
    assert!(overview.is_silent() && overview.pings.is_empty());
    assert_eq!(bot.end(), Some(0));
    // What was posted is not posted again, though it falls into the time that is planned anew.
    desk.let_pass(TimeDelta::hours(1));
    let bot = desk.start();
    desk.edit(&(due_in(TimeDelta::days(9)) + &revision("2100-01-10")));
    let posts = desk.posts(2);
    assert_eq!(posts.len(), 2, "{posts:?}");
    assert!(posts[1].content.contains("10 January 2100"), "{posts:?}");
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn a_board_is_edited_when_it_says_something_else_and_made_anew_if_it_is_gone() {
    let desk = Desk::new();
    let with_board = |text: &str| format!("{}board = true\n", desk.followed(text));
    let edits = || {
        desk.double
            .state(|state| state.traffic.count(Endpoint::EditMessage))
    };
    desk.write(&with_board(TRUCE));
    desk.double
        .inject(Fault::reset().accepted().on(Endpoint::CreateMessage));
    let bot = desk.start();
    let board = desk.posts(1).remove(0);
    // Nothing of this stands on it. The edit after it does, and goes out first at the first time.
    desk.edit(&with_board(
        &TRUCE.replace("announced", "summary = \"S\"\nannounced"),
    ));
    desk.double
        .inject(Fault::status(502).on(Endpoint::EditMessage));
    desk.edit(&with_board(&TRUCE.replace("truce ends", "long truce ends")));
    desk.double.wait_for("an edit", |state| {
        let board = state.messages(desk.channel).remove(0);
        all_of(&board).contains("long truce").then_some(())
    });
    assert_eq!(edits(), 2, "one of them in vain");
    assert_eq!(bot.end(), Some(0));
    // Nothing has changed but that somebody deleted it.
    desk.double.world(|world| world.messages.remove(&board.id));
    let bot = desk.start();
    let anew = desk.posts(1).remove(0);
    assert_ne!(anew.id, board.id);
    assert!(all_of(&anew).contains("long truce"), "{anew:?}");
    assert_eq!(bot.end(), Some(0));
    let bot = desk.start();
    desk.double.wait_for("a look at it", |state| {
        let looks = state.traffic.count(Endpoint::GetMessage);
        (looks == 2).then_some(())
    });
    assert_eq!(bot.end(), Some(0));
    assert_eq!(desk.posts(1).len(), 1);
}
