//! The real bot on the double of Discord: it connects, answers, and posts each thing once.

use crate::bot::Bot;
use crate::desk::{Desk, TRUCE, on_double, revision, with_channels};
use crate::double::faults::Fault;
use crate::double::gateway::Act;
use crate::double::limits::Limits;
use crate::double::message::Message;
use crate::double::permissions::Permissions;
use crate::double::route::Endpoint;
use crate::double::snowflake::Snowflake;
use crate::double::state::State;
use crate::double::traffic::Request;
use crate::double::world::Subject;
use crate::support::command;
use docket::domain::{Stage, reference};
use rusqlite::Connection;
use std::time::Duration;

fn footer(message: &Message) -> &str {
    message.embeds[0]["footer"]["text"]
        .as_str()
        .expect("a footer")
}

#[test]
fn a_date_that_moves_is_told_at_once_and_once() {
    let desk = Desk::new();
    desk.write(&desk.followed(TRUCE));
    let bot = desk.start();
    let saved = desk.double.state(|state| state.now());
    desk.write(&desk.followed(&(TRUCE.to_owned() + &revision("2100-01-10"))));
    let posts = desk.posts(1);
    let took = posts[0].posted - saved;
    assert!(took < 2_000, "{took} ms");
    let log = desk.folder.ledger();
    let name = reference(&log[0].notice.key, 1);
    assert_eq!(footer(&posts[0]).rsplit(' ').next(), Some(name.as_str()));
    assert_eq!(posts[0].nonce, Some(name.into()));
    assert!(
        posts[0].content.contains("10 January 2100"),
        "{}",
        posts[0].content
    );
    assert!(!posts[0].is_silent());
    assert!(posts[0].pings.is_empty());
    assert_eq!(bot.end(), Some(0));
    // Nor does the next start say it again.
    let bot = desk.start();
    desk.write(
        &desk.followed(&(TRUCE.to_owned() + &revision("2100-01-10") + &revision("2100-02-10"))),
    );
    assert_eq!(desk.posts(2).len(), 2);
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn a_history_is_read_before_the_first_post_would_wait_for_it() {
    let desk = Desk::new();
    desk.write(&desk.followed(TRUCE));
    let bot = desk.start();
    let looks = |state: &mut State| state.traffic.count(Endpoint::History);
    desk.double
        .wait_for("a look", |state| (looks(state) == 1).then_some(()));
    // Whose channel it is is known by then, so that servers take turns.
    let ledger = Connection::open(desk.folder.path("docket.db")).expect("a ledger");
    let server = "SELECT server FROM subscriptions";
    let server: String = ledger.query_row(server, [], |row| row.get(0)).expect("one");
    assert_eq!(server, desk.guild.to_string());
    desk.write(&desk.followed(&(TRUCE.to_owned() + &revision("2100-01-10"))));
    assert_eq!(desk.posts(1).len(), 1);
    assert_eq!(desk.double.state(looks), 1);
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn commands_are_registered_once() {
    let desk = Desk::new();
    desk.write(TRUCE);
    let puts = || {
        let requests = desk.double.requests();
        requests.iter().filter(|it| it.method == "PUT").count()
    };
    for _ in 0..2 {
        let bot = desk.start();
        let reply = desk
            .double
            .slash(desk.ada, desk.channel, "deadlines")
            .send()
            .reply();
        assert!(reply.is_ephemeral());
        assert_eq!(bot.end(), Some(0));
    }
    assert_eq!(puts(), 1);
}

#[test]
fn whatever_happens_on_the_way_a_post_is_there_once() {
    let faults: [(&str, Fault); 7] = [
        ("reset before", Fault::reset()),
        ("reset after", Fault::reset().accepted()),
        ("failed", Fault::status(502)),
        ("failed after", Fault::status(500).accepted()),
        ("garbled", Fault::garbled().accepted()),
        ("late", Fault::late(Duration::from_millis(300))),
        ("slow", Fault::slow_after(Duration::from_millis(400))),
    ];
    let desk = Desk::new();
    let channels = desk.channels(faults.iter().map(|(name, _)| *name));
    let named = |text: &str| with_channels(text, &channels);
    desk.write(&named(TRUCE));
    let bot = desk.start();
    for (channel, (_, fault)) in channels.iter().zip(&faults) {
        let fault = fault.clone().in_channel(*channel);
        desk.double.inject(fault.on(Endpoint::CreateMessage));
    }
    desk.edit(&named(&(TRUCE.to_owned() + &revision("2100-01-10"))));
    desk.double.wait_for("a post in each", |state| {
        let is_there = |channel: &Snowflake| !state.messages(*channel).is_empty();
        channels.iter().all(is_there).then_some(())
    });
    // Told again, it is not.
    desk.edit(&named(
        &(TRUCE.to_owned() + &revision("2100-01-10") + &revision("2100-02-10")),
    ));
    desk.double.wait_for("another post in each", |state| {
        let is_there = |channel: &Snowflake| state.messages(*channel).len() >= 2;
        channels.iter().all(is_there).then_some(())
    });
    assert_eq!(bot.end(), Some(0));
    for (channel, (name, _)) in channels.iter().zip(faults) {
        assert_eq!(desk.double.messages(*channel).len(), 2, "{name}");
    }
}

#[test]
fn what_is_under_way_comes_to_its_end_before_the_bot_does() {
    let desk = Desk::new();
    desk.write(&desk.followed(TRUCE));
    let bot = desk.start();
    let slow = Fault::slow_after(Duration::from_secs(1));
    desk.double.inject(slow.on(Endpoint::CreateMessage));
    desk.write(&desk.followed(&(TRUCE.to_owned() + &revision("2100-01-10"))));
    assert_eq!(desk.posts(1).len(), 1);
    assert_eq!(desk.folder.ledger()[0].stage, Stage::Sending);
    assert_eq!(bot.end(), Some(0));
    assert_eq!(desk.folder.ledger()[0].stage, Stage::Sent);
}

#[test]
fn a_follow_that_lacks_a_permission_is_told_which_and_one_that_does_not_takes_effect() {
    let desk = Desk::new();
    desk.write(TRUCE);
    let bot = desk.start();
    let everyone = Subject::Role(desk.guild);
    desk.double.world(|world| {
        world.deny(desk.channel, everyone, Permissions::EMBED_LINKS);
    });
    let follow = || {
        let asked = desk.double.slash(desk.ada, desk.channel, "follow");
        asked.channel("channel", desk.channel).send().settled()
    };
    let refused = follow();
    assert!(
        refused.content().contains("Embed Links"),
        "{}",
        refused.content()
    );
    desk.double.world(|world| {
        world.channel(desk.channel).overwrites.clear();
    });
    desk.double
        .state(|state| state.update_channel(desk.channel));
    let done = follow();
    assert!(
        !done.content().contains("Embed Links"),
        "{}",
        done.content()
    );
    desk.write(&(TRUCE.to_owned() + &revision("2100-01-10")));
    assert_eq!(desk.posts(1).len(), 1);
    let listed = desk
        .double
        .slash(desk.ada, desk.channel, "following")
        .send()
        .settled();
    let shown = listed.message.expect("a message");
    let shown = format!("{:?} {:?}", shown.embeds, shown.components);
    assert!(shown.contains("deadlines"), "{shown}");
    let gone = desk.double.slash(desk.ada, desk.channel, "unfollow");
    gone.channel("channel", desk.channel).send().settled();
    desk.write(&(TRUCE.to_owned() + &revision("2100-01-10") + &revision("2100-02-10")));
    crate::bot::wait_until("the edit is in force", || {
        desk.log().matches("the edit is in force").count() == 2
    });
    assert_eq!(bot.end(), Some(0));
    assert_eq!(desk.posts(1).len(), 1);
}

#[test]
fn a_token_that_is_refused_ends_it_with_a_status_of_its_own() {
    let desk = Desk::new();
    desk.write(&desk.followed(TRUCE));
    let mut command = desk.command();
    command.env("DISCORD_TOKEN", "MTAw.not.this");
    let bot = Bot::start_as(&desk.folder, &mut command);
    assert_eq!(bot.status(), Some(3));
    let log = desk.log();
    assert!(log.contains("Discord refuses the bot"), "{log}");
    assert!(!log.contains("MTAw"), "{log}");
}

#[test]
fn a_channel_that_is_forbidden_is_left_alone_and_told_of_once() {
    let desk = Desk::new();
    desk.write(TRUCE);
    let bot = desk.start();
    let asked = desk.double.slash(desk.ada, desk.channel, "follow");
    asked.channel("channel", desk.channel).send().settled();
    let everyone = Subject::Role(desk.guild);
    desk.double
        .world(|world| world.deny(desk.channel, everyone, Permissions::SEND_MESSAGES));
    let mut text = TRUCE.to_owned();
    for nth in 1..=3 {
        text.push_str(&revision(&format!("2100-01-{}", nth + 10)));
        desk.write(&text);
        crate::bot::wait_until("the edit is in force", || {
            desk.log().matches("the edit is in force").count() == nth
        });
    }
    let direct = desk.double.world(|world| world.direct(desk.ada));
    let told = desk
        .double
        .wait_for("a word to the one who asked", |state| {
            Some(state.messages(direct)).filter(|it| !it.is_empty())
        });
    assert_eq!(told.len(), 1);
    let refused = desk
        .double
        .requests()
        .into_iter()
        .filter(|it| it.status == Some(403));
    assert_eq!(refused.count(), 1);
    desk.double
        .world(|world| world.channel(desk.channel).overwrites.clear());
    desk.double
        .state(|state| state.update_channel(desk.channel));
    assert_eq!(bot.end(), Some(0));
    // A start tries again.
    let bot = desk.start();
    assert_eq!(desk.posts(3).len(), 3);
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn the_gateway_comes_back_whatever_ends_it_and_posts_do_not_wait_for_it() {
    let desk = Desk::new();
    desk.write(&desk.followed(TRUCE));
    let bot = desk.start();
    let asks = || {
        let asked = desk.double.slash(desk.ada, desk.channel, "docket about");
        assert!(asked.send().reply().is_ephemeral());
    };
    asks();
    let acts = [
        Act::reconnect(),
        Act::Reset,
        Act::Close(4000),
        Act::Close(4009),
        Act::invalid_session(false),
    ];
    for act in acts {
        let before = desk.double.state(|state| {
            let gateway = &state.gateway;
            gateway.identifies.len() + gateway.resumes
        });
        desk.double.state(|state| state.gateway.act(&act));
        desk.double.wait_for("the gateway to be back", |state| {
            let gateway = &state.gateway;
            let is_new = gateway.identifies.len() + gateway.resumes > before;
            (is_new && gateway.is_up()).then_some(())
        });
        asks();
    }
    // Without any gateway posts go out all the same.
    desk.double.state(|state| {
        state.gateway.is_reachable = false;
        state.gateway.act(&Act::Reset);
    });
    desk.write(&desk.followed(&(TRUCE.to_owned() + &revision("2100-01-10"))));
    assert_eq!(desk.posts(1).len(), 1);
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn a_refusal_of_the_gateway_for_good_ends_it_with_a_status_of_its_own() {
    let desk = Desk::new();
    desk.write(TRUCE);
    // Disallowed intents.
    desk.double
        .state(|state| state.gateway.instead.push_back(Act::Close(4014)));
    let bot = Bot::start_as(&desk.folder, &mut desk.command());
    assert_eq!(bot.status(), Some(3));
    assert!(
        desk.log().contains("Discord refuses the bot"),
        "{}",
        desk.log()
    );
}

#[test]
fn an_interaction_that_comes_twice_is_answered_once() {
    let desk = Desk::new();
    desk.write(TRUCE);
    let bot = desk.start();
    let asked = desk
        .double
        .slash(desk.ada, desk.channel, "deadlines")
        .send();
    asked.reply();
    asked.again();
    let last = desk
        .double
        .slash(desk.ada, desk.channel, "docket about")
        .send();
    last.reply();
    let requests = desk.double.requests();
    let callbacks = requests.iter().filter(|it| it.path.ends_with("/callback"));
    assert_eq!(callbacks.count(), 2);
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn the_doctor_finds_what_is_missing_and_the_invitation_asks_for_what_is_needed() {
    let desk = Desk::new();
    desk.write(&desk.followed(TRUCE));
    let ask = |name: &str| {
        let ran = on_double(&mut command(), &desk.double)
            .current_dir(desk.folder.path("."))
            .arg(name)
            .output()
            .expect("it runs");
        (
            ran.status.code(),
            String::from_utf8(ran.stdout).expect("UTF-8"),
        )
    };
    let (status, said) = ask("doctor");
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("can be posted to"), "{said}");
    let (_, link) = ask("invite");
    assert!(
        link.contains("scope=bot+applications.commands&permissions=274878024704"),
        "{link}"
    );
    let everyone = Subject::Role(desk.guild);
    desk.double.world(|world| {
        world.deny(desk.channel, everyone, Permissions::READ_MESSAGE_HISTORY);
    });
    let (status, said) = ask("doctor");
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("lacks Read Message History"), "{said}");
}

#[test]
fn many_posts_at_once_keep_within_all_limits() {
    const CHANNELS: usize = 60;
    let desk = Desk::new();
    let names: Vec<_> = (0..CHANNELS).map(|nth| format!("c{nth}")).collect();
    let channels = desk.channels(names.iter().map(String::as_str));
    desk.write(&with_channels(TRUCE, &channels));
    desk.double.state(|state| state.limits = Limits::discord());
    let bot = desk.start();
    let moved = TRUCE.to_owned() + &revision("2100-01-10");
    desk.write(&with_channels(&moved, &channels));
    desk.double.wait_for("all posts", |state| {
        let is_post = |it: &&Request| it.endpoint == Some(Endpoint::CreateMessage);
        let posts = state.traffic.requests.iter().filter(is_post);
        (posts.count() == CHANNELS).then_some(())
    });
    assert_eq!(bot.end(), Some(0));
    let refused = desk.double.requests().into_iter();
    let refused = refused.filter(|it| it.status == Some(429));
    assert_eq!(refused.count(), 0);
}
