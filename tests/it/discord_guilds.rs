//! What the real bot does when servers and channels come and go, and when Discord refuses.

use crate::bot::Bot;
use crate::desk::{Desk, TRUCE, all_of, revision, shown, with_channels};
use crate::double::answer::Refusal;
use crate::double::clock::Millis;
use crate::double::faults::Fault;
use crate::double::gateway::Identify;
use crate::double::limits::Scope;
use crate::double::message::flag;
use crate::double::permissions::Permissions;
use crate::double::route::Endpoint;
use crate::double::snowflake::Snowflake;
use crate::double::state::State;
use crate::double::traffic::Request;
use crate::double::world::{Kind, Subject};
use docket::domain::Stage;
use std::time::Duration;

impl Desk {
    /// Somebody has the channel told.
    #[track_caller]
    fn follow(&self) {
        let asked = self.double.slash(self.ada, self.channel, "follow");
        let told = shown(&asked.channel("channel", self.channel).send().settled());
        assert!(told.contains("is told from now on"), "{told}");
        self.until_looked(self.channel);
    }

    /// Waits until the empty history of a channel has been read ahead, so that nothing is under way
    /// there: since it is empty, it is asked whether it may be read.
    fn until_looked(&self, channel: Snowflake) {
        self.double.wait_for("a look", |state| {
            let mut requests = state.traffic.requests.iter();
            let is_here = |it: &&Request| it.channel == Some(channel);
            requests.find(|it| is_here(it) && it.endpoint == Some(Endpoint::History))?;
            let is_answer =
                |it: &Request| it.endpoint == Some(Endpoint::GetChannel) && it.status.is_some();
            requests
                .any(|it| is_here(&it) && is_answer(it))
                .then_some(())
        });
    }

    /// What the server is told, as somebody who manages it reads it.
    #[track_caller]
    fn following(&self) -> String {
        let asked = self.double.slash(self.ada, self.channel, "following");
        shown(&asked.send().settled())
    }
}

/// The record after so many edits.
fn moved(times: usize) -> String {
    let steps = (1..=times).map(|nth| revision(&format!("2100-01-{}", nth + 9)));
    TRUCE.to_owned() + &steps.collect::<String>()
}

const NONE: &str = "No channel of this server is told anything";

#[test]
fn an_outage_of_a_server_ends_nothing() {
    let desk = Desk::new();
    desk.write(TRUCE);
    let bot = desk.start();
    desk.follow();
    desk.double
        .state(|state| state.lose_guild(desk.guild, true));
    desk.edit(&moved(1));
    assert_eq!(desk.posts(1).len(), 1);
    desk.double.state(|state| state.show_guild(desk.guild));
    desk.until_recorded(1);
    assert!(desk.following().contains("✅ posted"));
    desk.edit(&moved(2));
    assert_eq!(desk.posts(2).len(), 2);
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn what_a_server_asked_for_ends_when_the_bot_is_removed_and_may_begin_anew() {
    let desk = Desk::new();
    desk.write(TRUCE);
    let bot = desk.start();
    desk.follow();
    desk.double
        .state(|state| state.lose_guild(desk.guild, false));
    desk.folder
        .until_logged("a channel is gone, and what it followed ends", 1);
    desk.edit(&moved(1));
    desk.double.state(|state| state.show_guild(desk.guild));
    assert!(desk.following().contains(NONE));
    desk.follow();
    desk.edit(&moved(2));
    let posts = desk.posts(1);
    assert_eq!(posts.len(), 1, "{posts:?}");
    assert!(posts[0].content.contains("11 January 2100"), "{posts:?}");
    let refused = desk.double.state(|state| state.traffic.invalid());
    assert_eq!(refused, 0, "nothing was asked of a server that is left");
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn a_server_that_is_left_while_the_bot_is_down_is_told_nothing_more() {
    let desk = Desk::new();
    desk.write(TRUCE);
    let bot = desk.start();
    desk.follow();
    assert_eq!(bot.end(), Some(0));
    let me = desk.double.world(|world| {
        let me = world.bot;
        world.guild(desk.guild).members.remove(&me);
        me
    });
    desk.double
        .inject(Fault::status(502).on(Endpoint::GetGuild));
    let bot = desk.start();
    desk.folder
        .until_logged("a channel is gone, and what it followed ends", 1);
    desk.double.state(|state| state.show_guild(desk.guild));
    assert!(
        desk.double
            .world(|world| world.guild(desk.guild).members.contains_key(&me))
    );
    assert!(desk.following().contains(NONE));
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn a_channel_that_is_deleted_is_told_nothing_more() {
    let desk = Desk::new();
    let other = desk
        .double
        .world(|world| world.add_channel(desk.guild, Kind::Text, "other"));
    let named = |text: &str| with_channels(text, &[other]);
    desk.write(&named(TRUCE));
    let bot = desk.start();
    desk.follow();
    desk.until_looked(other);
    desk.double.state(|state| {
        state.delete_channel(desk.channel);
        state.delete_channel(other);
    });
    desk.folder
        .until_logged("a channel is gone, and what it followed ends", 1);
    desk.edit(&named(&moved(1)));
    // The record still names one: who runs the bot is told, and can read what was not posted.
    let told = desk.direct(desk.operator, 1).remove(0);
    assert!(
        told.content
            .contains(&format!("I cannot post in <#{other}>")),
        "{told:?}"
    );
    let here = desk
        .double
        .world(|world| world.add_channel(desk.guild, Kind::Text, "here"));
    let log = desk
        .double
        .slash(desk.operator, here, "docket log")
        .boolean("failed", true);
    let log = shown(&log.send().settled());
    assert!(
        log.contains("failed") && log.contains("Unknown Channel"),
        "{log}"
    );
    let check = shown(
        &desk
            .double
            .slash(desk.operator, here, "docket check")
            .send()
            .settled(),
    );
    assert!(
        check.contains("Something needs attention") && check.contains("1 failed"),
        "{check}"
    );
    // For who manages the server there is nothing wrong: no channel of it is told anything.
    let check = shown(
        &desk
            .double
            .slash(desk.ada, here, "docket check")
            .send()
            .settled(),
    );
    assert!(check.contains("All is well"), "{check}");
    assert_eq!(bot.end(), Some(0));
    let log = desk.folder.docket("log --failed");
    assert!(log.stdout.contains("Unknown Channel"), "{}", log.whole());
    let failed = desk.folder.ledger().into_iter();
    assert_eq!(failed.filter(|it| it.stage == Stage::Failed).count(), 1);
}

#[test]
fn a_channel_goes_on_by_itself_when_it_may_be_posted_to_again() {
    let desk = Desk::new();
    desk.write(TRUCE);
    let bot = desk.start();
    desk.follow();
    let everyone = Subject::Role(desk.guild);
    desk.double
        .world(|world| world.deny(desk.channel, everyone, Permissions::SEND_MESSAGES));
    desk.edit(&moved(1));
    let told = desk.direct(desk.ada, 1).remove(0);
    assert!(told.content.contains("I cannot post in"), "{told:?}");
    let health = desk.following();
    assert!(
        health.contains("⚠️") && health.contains("I lack Send Messages"),
        "{health}"
    );
    desk.double.state(|state| {
        state.world.channel(desk.channel).overwrites.clear();
        state.update_channel(desk.channel);
    });
    assert!(desk.posts(1)[0].content.contains("10 January 2100"));
    desk.folder
        .until_logged("a channel can be posted to again", 1);
    desk.until_recorded(1);
    assert!(desk.following().contains("✅ posted"));
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn posts_for_a_forum_go_to_one_thread_of_it() {
    let desk = Desk::new();
    let (forum, strict) = desk.double.world(|world| {
        let forum = world.add_channel(desk.guild, Kind::Forum, "forum");
        let strict = world.add_channel(desk.guild, Kind::Forum, "strict");
        world.channel(strict).is_tag_required = true;
        (forum, strict)
    });
    let named = |text: &str| {
        format!("{text}[[channel]]\nid = \"{forum}\"\n[[channel]]\nid = \"{strict}\"\n")
    };
    desk.write(&named(TRUCE));
    let bot = desk.start();
    for times in 1..=2 {
        desk.edit(&named(&moved(times)));
        desk.double.wait_for("a post in a thread", |state| {
            let threads = state.world.channels.values();
            let threads: Vec<_> = threads.filter(|it| it.parent == Some(forum)).collect();
            // What opens a thread is no post.
            let posts = threads.iter().map(|it| state.messages(it.id).len() - 1);
            (threads.len() == 1 && posts.sum::<usize>() == times).then_some(())
        });
    }
    desk.folder.until_logged("a channel cannot be posted to", 1);
    // By a command it is the same, but for a board.
    let third = desk
        .double
        .world(|world| world.add_channel(desk.guild, Kind::Forum, "third"));
    let ask = || {
        desk.double
            .slash(desk.ada, desk.channel, "follow")
            .channel("channel", third)
    };
    let told = shown(&ask().boolean("board", true).send().settled());
    assert!(told.contains("Leave `board` out"), "{told}");
    let told = shown(&ask().send().settled());
    assert!(told.contains("is told from now on"), "{told}");
    assert_eq!(bot.end(), Some(0));
    let log = desk.folder.docket("log --failed");
    assert!(log.stdout.contains("A tag is required"), "{}", log.whole());
}

#[test]
fn posts_of_an_announcement_channel_are_published_further() {
    let desk = Desk::new();
    let news = desk
        .double
        .world(|world| world.add_channel(desk.guild, Kind::Announcement, "news"));
    let named = |text: &str| format!("{text}[[channel]]\nid = \"{news}\"\ncrosspost = true\n");
    desk.write(&named(TRUCE));
    let bot = desk.start();
    desk.edit(&named(&moved(1)));
    desk.double.wait_for("a post that is published", |state| {
        let posts = state.messages(news);
        posts.first()?.has(flag::CROSSPOSTED).then_some(())
    });
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn whatever_discord_refuses_for_now_a_post_is_there_once() {
    const fn refusal(status: u16, code: u64, message: &'static str) -> Refusal {
        Refusal {
            status,
            code,
            message,
            errors: None,
        }
    }
    let soon = Duration::from_millis(200);
    let refusals = [
        (
            "of the channel",
            Fault::limited(Scope::User, soon, None),
            true,
        ),
        ("of all", Fault::limited(Scope::Global, soon, Some(0)), true),
        (
            "of others",
            Fault::limited(Scope::Shared, soon, Some(20022)),
            true,
        ),
        (
            "slow mode",
            Fault::refused(refusal(403, 20028, "Slow down")),
            true,
        ),
        ("gateway time-out", Fault::status(504), true),
        ("unknown error", Fault::status(520), true),
        (
            "filtered",
            Fault::refused(refusal(400, 200_000, "Blocked by AutoMod")),
            false,
        ),
        (
            "wrong",
            Fault::refused(refusal(400, 50035, "Invalid Form Body")),
            false,
        ),
    ];
    let desk = Desk::new();
    let names = refusals.iter().map(|(name, ..)| *name);
    let channels = desk.channels(names);
    let named = |text: &str| with_channels(text, &channels);
    desk.write(&named(TRUCE));
    let bot = desk.start();
    for (channel, (_, fault, _)) in channels.iter().zip(&refusals) {
        let fault = fault.clone().in_channel(*channel);
        desk.double.inject(fault.on(Endpoint::CreateMessage));
    }
    desk.edit(&named(&moved(1)));
    desk.double.wait_for("a post in each", |state| {
        let is_there = |channel: &Snowflake| !state.messages(*channel).is_empty();
        channels.iter().all(is_there).then_some(())
    });
    assert_eq!(bot.end(), Some(0));
    for (channel, (name, _, has_details)) in channels.iter().zip(refusals) {
        let posts = desk.double.messages(*channel);
        assert_eq!(posts.len(), 1, "{name}");
        assert_eq!(
            !posts[0].embeds.is_empty(),
            has_details,
            "{name}: {posts:?}"
        );
        assert!(all_of(&posts[0]).contains("ref "), "{name}: {posts:?}");
    }
}

#[test]
fn what_no_attempt_can_mend_is_given_up_and_said() {
    let desk = Desk::new();
    let thread = desk.double.world(|world| {
        let thread = world.add_thread(desk.channel, "old");
        let old = world.channel(thread);
        (old.is_archived, old.is_locked) = (true, true);
        thread
    });
    let named = |text: &str| with_channels(text, &[thread]);
    desk.write(&named(TRUCE));
    let bot = desk.start();
    desk.edit(&named(&moved(1)));
    desk.folder.until_logged("a channel cannot be posted to", 1);
    let health = desk.following();
    assert!(
        health.contains("Thread is archived") && health.contains("as `deadlines.toml` has it"),
        "{health}"
    );
    assert_eq!(bot.end(), Some(0));
    let requests = desk.double.requests().into_iter();
    let posts = requests.filter(|it| it.endpoint == Some(Endpoint::CreateMessage));
    assert_eq!(posts.filter(|it| it.channel == Some(thread)).count(), 1);
}

#[test]
fn without_a_start_left_for_today_it_posts_and_does_not_introduce_itself() {
    const STARTS: usize = 960;
    let desk = Desk::new();
    desk.write(&desk.followed(TRUCE));
    desk.double.state(|state| {
        let at: Millis = state.now();
        let identify = Identify {
            at,
            intents: 1,
            is_compressed: false,
        };
        state.gateway.identifies = vec![identify; STARTS];
    });
    let bot = Bot::start_as(&desk.folder, &mut desk.command());
    desk.folder.until_logged("the record is in force", 1);
    desk.edit(&desk.followed(&moved(1)));
    assert_eq!(desk.posts(1).len(), 1);
    assert_eq!(bot.end(), Some(0));
    let introduced = desk.double.state(|state| state.gateway.identifies.len());
    assert_eq!(introduced, STARTS);
}

#[test]
fn a_gateway_that_says_hello_twice_or_nothing_at_all_makes_nothing_happen_twice() {
    let desk = Desk::new();
    desk.double
        .state(|state| state.gateway.heartbeat_millis = 500);
    desk.write(&desk.followed(TRUCE));
    let bot = desk.start();
    let ask = || {
        desk.double
            .slash(desk.ada, desk.channel, "docket about")
            .send()
            .reply()
    };
    ask();
    desk.double.state(State::ready_again);
    ask();
    // Nothing is acknowledged: the connection is dead, and nobody says so.
    let back = desk.double.state(|state| {
        state.gateway.acknowledges = false;
        state.gateway.identifies.len() + state.gateway.resumes
    });
    desk.double.wait_for("another connection", |state| {
        let gateway = &mut state.gateway;
        let is_back = gateway.identifies.len() + gateway.resumes > back;
        gateway.acknowledges = is_back;
        is_back.then_some(())
    });
    ask();
    desk.edit(&desk.followed(&moved(1)));
    assert_eq!(desk.posts(1).len(), 1);
    assert_eq!(bot.end(), Some(0));
    let registered = desk
        .double
        .state(|state| state.traffic.count(Endpoint::PutCommands));
    assert_eq!(registered, 1);
}
