//! What is pressed below the messages of the real bot: pages, lists, and buttons of posts that are
//! older than the bot which is asked.

use crate::desk::{Desk, TRUCE, all_of, custom_ids, revision, shown};
use crate::double::faults::Fault;
use crate::double::message::Message;
use crate::double::route::Endpoint;
use crate::double::snowflake::Snowflake;

/// More than fit on a page.
fn filings(count: usize) -> String {
    let filings = (1..=count).map(|nth| {
        format!(
            "[[deadline]]\nid = \"filing-{nth}\"\ntitle = \"Filing {nth}\"\ndue = 2099-0{nth}-01\n"
        )
    });
    filings.collect()
}

/// What somebody reads after having pressed something.
#[track_caller]
fn press(desk: &Desk, user: Snowflake, below: &Message, custom_id: &str) -> String {
    shown(
        &desk
            .double
            .click_raw(user, below.id, custom_id)
            .send()
            .settled(),
    )
}

#[test]
fn pages_turn_in_place_for_the_one_who_asked() {
    let desk = Desk::new();
    desk.write(&filings(8));
    let bot = desk.start();
    let ask = || desk.double.slash(desk.ada, desk.channel, "deadlines");
    let first = ask().send().reply().message.expect("a page");
    assert!(all_of(&first).contains("Filing 6") && !all_of(&first).contains("Filing 7"));
    let [open, back, next] = &custom_ids(&first)[..] else {
        panic!("{:?}", first.components);
    };
    desk.double
        .inject(Fault::reset().accepted().on(Endpoint::Callback));
    let second = desk.double.click(desk.ada, first.id, next).send().reply();
    let second = second.message.expect("the other page");
    assert_eq!(second.id, first.id);
    assert!(all_of(&second).contains("Filing 8") && !all_of(&second).contains("Filing 6"));
    assert_ne!(back, next);
    let [_, back, _] = &custom_ids(&second)[..] else {
        panic!("{:?}", second.components);
    };
    desk.double
        .inject(Fault::status(502).on(Endpoint::Callback));
    let again = desk.double.click(desk.ada, first.id, back).send().reply();
    assert_eq!(
        all_of(&again.message.expect("the first page")),
        all_of(&first)
    );
    // What the whole channel sees does not turn under its eyes.
    let shared = ask()
        .boolean("share", true)
        .send()
        .reply()
        .message
        .expect("a page");
    let own = desk
        .double
        .click(desk.member("bob"), shared.id, next)
        .send()
        .reply();
    assert!(own.is_ephemeral() && shown(&own).contains("Filing 8"));
    assert_eq!(desk.posts(1).len(), 1);
    // One of the list is opened in a message of its own.
    let chosen = desk.double.choose(desk.ada, first.id, open, &["filing-3"]);
    let opened = chosen.send().settled();
    assert!(opened.is_ephemeral() && shown(&opened).contains("Filing 3"));
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn what_was_chosen_may_be_gone_by_then() {
    let desk = Desk::new();
    desk.write(&(TRUCE.to_owned() + &filings(8)));
    let bot = desk.start();
    let asked = desk
        .double
        .slash(desk.ada, desk.channel, "deadlines")
        .text("topic", "tariffs");
    let page = asked.send().reply().message.expect("a page");
    desk.edit(&filings(8));
    let chosen = desk.double.choose(desk.ada, page.id, "v1:open", &["truce"]);
    let told = shown(&chosen.send().settled());
    assert!(
        told.contains("The record has this item no more") && told.contains("/deadlines"),
        "{told}"
    );
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn a_button_works_after_a_restart_and_after_its_deadline_has_moved() {
    let desk = Desk::new();
    desk.write(&desk.followed(TRUCE));
    let bot = desk.start();
    desk.edit(&desk.followed(&(TRUCE.to_owned() + &revision("2100-01-10"))));
    let post = desk.posts(1).remove(0);
    assert_eq!(bot.end(), Some(0));
    let moved = TRUCE.to_owned() + &revision("2100-01-10") + &revision("2101-03-04");
    desk.write(&desk.followed(&moved));
    let bot = desk.start();
    assert!(desk.posts(2)[1].content.contains("4 March 2101"));
    let bob = desk.member("bob");
    // These stand below posts by now: whatever becomes of the code, they mean the same.
    let buttons = ["v1:remind:truce", "v1:history:truce", "v1:calendar:truce"];
    assert_eq!(custom_ids(&post), buttons);
    let [remind, history, calendar] = buttons.map(|it| press(&desk, bob, &post, it));
    assert!(
        remind.contains("v1:leads:truce") && remind.contains("25 Feb"),
        "{remind}"
    );
    assert!(
        history.contains("4 Mar 2101") && history.contains("10 Jan 2100"),
        "{history}"
    );
    assert!(calendar.contains("truce.ics"), "{calendar}");
    for (custom_id, words) in [
        ("v1:page:0:::all:", "The truce ends"),
        ("v1:history:gone", "The record has this item no more"),
        (
            "v1:rounds:0:gone",
            "The record has this negotiation no more",
        ),
        (
            "v1:snooze:1h:truce",
            "You have no reminder of “The truce ends” any more",
        ),
        (
            "v1:stop:truce",
            "You have no reminder of “The truce ends” any more",
        ),
        ("v1:unheard-of", "This button is not known here"),
        ("v9:remind:truce", "made by another version"),
    ] {
        let told = press(&desk, bob, &post, custom_id);
        assert!(told.contains(words), "{custom_id}: {told}");
    }
    assert_eq!(bot.end(), Some(0));
}
