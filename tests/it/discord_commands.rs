//! Every command of the real bot while Discord has troubles of its own: each gets one right answer in
//! time. What people get wrong is next door in `discord_mistakes`.

use crate::desk::{Desk, revision, shown};
use crate::double::ask::Ask;
use crate::double::clock::Millis;
use crate::double::faults::Fault;
use crate::double::route::Endpoint;
use std::time::Duration;

/// What Discord allows for the first answer, and people for the whole of it.
const IN_TIME: Millis = 3_000;

/// A record with something of everything.
pub(crate) const RECORD: &str = "zone = \"UTC\"\n\
    [[party]]\nid = \"us\"\nname = \"United States\"\n\
    [[party]]\nid = \"cn\"\nname = \"China\"\n\
    [[negotiation]]\nid = \"us-china\"\ntitle = \"Talks of two powers\"\nparties = [\"us\", \"cn\"]\n\
    serves = [\"truce\"]\n\
    [[negotiation.round]]\nname = \"Madrid\"\ncity = \"Madrid\"\ncountry = \"Spain\"\nlevel = \"talks\"\n\
    starts = 2025-09-14\nannounced = 2025-09-12\n\
    [[event]]\nid = \"probe\"\ntitle = \"A probe\"\ndate = 2025-09-13\n\
    [[deadline]]\nid = \"filing\"\ntitle = \"The filing is due\"\ndue = 2099-12-01\ntopics = [\"ports\"]\n\
    [[deadline]]\nid = \"truce\"\ntitle = \"The truce ends\"\ndue = 2099-11-10\nannounced = 2025-08-11\n\
    topics = [\"tariffs\"]\nparties = [\"us\", \"cn\"]\nstanding = \"published\"\n";

/// What goes wrong with a request.
fn troubles() -> [Fault; 8] {
    [
        Fault::reset(),
        Fault::reset().accepted(),
        Fault::status(502),
        Fault::status(500).accepted(),
        Fault::garbled().accepted(),
        Fault::late(Duration::from_millis(200)),
        Fault::slow_before(Duration::from_millis(200)),
        Fault::slow_after(Duration::from_millis(200)),
    ]
}

/// All requests that an answer takes.
const REQUESTS: [Endpoint; 8] = [
    Endpoint::Callback,
    Endpoint::EditReply,
    Endpoint::GetChannel,
    Endpoint::GetGuild,
    Endpoint::GetRoles,
    Endpoint::GetMember,
    Endpoint::OpenDirect,
    Endpoint::CreateMessage,
];

impl Desk {
    /// What somebody is answered while the first request of each kind goes wrong: each kind in
    /// another way, and the next time in yet another.
    #[track_caller]
    fn answer(&self, nth: usize, ask: &Ask<'_>) -> String {
        let troubles = troubles();
        for (place, endpoint) in REQUESTS.into_iter().enumerate() {
            let trouble = troubles[(nth + 3 * place) % troubles.len()].clone();
            self.double.inject(trouble.on(endpoint));
        }
        let asked = ask.clone().send();
        let now = || self.double.state(|state| state.now());
        let began = now();
        let reply = asked.settled();
        let took = now() - began;
        assert!(took < IN_TIME, "{took} ms: {reply:?}");
        assert!(reply.follow_ups.is_empty(), "{reply:?}");
        self.double.state(|state| state.faults.clear());
        shown(&reply)
    }

    /// Asks one after the other, and has each answered with these words.
    #[track_caller]
    pub(crate) fn answers(&self, asked: &[(Ask<'_>, &[&str])]) {
        for (nth, (ask, words)) in asked.iter().enumerate() {
            let answer = self.answer(nth, ask);
            for word in *words {
                assert!(answer.contains(word), "{nth}: no `{word}` in {answer}");
            }
        }
    }
}

#[test]
fn each_command_for_readers_is_answered() {
    let desk = Desk::new();
    desk.write(&(RECORD.to_owned() + &revision("2100-01-10")));
    let bot = desk.start();
    let bob = desk.member("bob");
    let ask = |command: &str| desk.double.slash(bob, desk.channel, command);
    desk.answers(&[
        (ask("deadlines"), &["The truce ends", "The filing is due"]),
        (
            ask("deadlines")
                .text("topic", "ports")
                .boolean("share", true),
            &["The filing is due"],
        ),
        (
            ask("deadlines")
                .text("party", "cn")
                .text("state", "scheduled")
                .text("within", "99y"),
            &["The truce ends"],
        ),
        (
            ask("deadline").text("name", "truce"),
            &["10 January 2100", "chart.png", "Madrid"],
        ),
        (
            ask("deadline")
                .text("name", "truce")
                .text("as_of", "2025-09-01"),
            &["10 November 2099"],
        ),
        (ask("talks"), &["Madrid", "Spain"]),
        (
            ask("talks").text("name", "us-china").boolean("share", true),
            &["Madrid", "Spain"],
        ),
        (ask("timeline"), &["chart.png"]),
        (
            ask("timeline").text("topic", "tariffs"),
            &["chart.png", "tariffs"],
        ),
        (ask("reminders"), &["You have no reminders"]),
        (
            ask("remind")
                .text("name", "truce")
                .text("before", "7d, 1 day"),
            &["Done", "7d before", "1d before"],
        ),
        (ask("reminders"), &["The truce ends", "7d, 1d before"]),
        (ask("calendar"), &["docket.ics"]),
        (ask("calendar").text("topic", "tariffs"), &["docket.ics"]),
    ]);
    // Whatever was lost on the way, the one who asked was greeted once.
    assert_eq!(desk.direct(bob, 1).len(), 1);
    // What was shared is there once, and nothing else.
    assert_eq!(desk.posts(2).len(), 2);
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn each_command_for_managers_is_answered() {
    let desk = Desk::new();
    desk.write(RECORD);
    let bot = desk.start();
    let ask = |command: &str| desk.double.slash(desk.ada, desk.channel, command);
    let here = |command: &str| ask(command).channel("channel", desk.channel);
    let role = desk.double.world(|world| {
        let role = world.add_role(desk.guild, "traders");
        world.role(desk.guild, role).is_mentionable = true;
        role
    });
    let all = here("follow")
        .text("topics", "tariffs, ports")
        .text("importance", "normal")
        .text("leads", "7d, 1d")
        .mentionable("mention", role)
        .text("ping_from", "1d")
        .text("zone", "Europe/Madrid")
        .text("language", "es")
        .text("digest", "monday 09:00")
        .text("quiet", "22:00-07:00");
    desk.answers(&[
        (
            ask("following"),
            &["No channel of this server is told anything"],
        ),
        (
            all,
            &[
                "is told from now on",
                "Next posts",
                "7 days left",
                "all posts are in English",
            ],
        ),
        (
            here("follow").text("quiet", "off").text("digest", "off"),
            &["is told this from now on"],
        ),
        (
            ask("following"),
            &["#deadlines", "nothing posted yet", "about tariffs or ports"],
        ),
        (
            ask("docket check"),
            &["All is well", "The gateway was connected"],
        ),
        (ask("docket log"), &["Nothing was posted yet"]),
        (
            ask("docket log").boolean("failed", true),
            &["Nothing failed"],
        ),
        (ask("docket about"), &["Version", env!("CARGO_PKG_VERSION")]),
    ]);
    desk.edit(&(RECORD.to_owned() + &revision("2100-01-10")));
    let post = desk.posts(1).remove(0);
    desk.until_recorded(1);
    assert!(post.pings.roles.contains(&role), "{post:?}");
    let footer = post.embeds[0]["footer"]["text"].as_str().expect("a footer");
    let (_, reference) = footer.rsplit_once(' ').expect("a reference");
    desk.answers(&[
        (ask("docket log"), &[reference, "sent"]),
        (
            ask("docket resend").text("key", &format!("ref {reference}")),
            &["Posted again"],
        ),
    ]);
    assert_eq!(desk.posts(2).len(), 2);
    desk.answers(&[
        (ask("following"), &["✅ posted"]),
        (here("unfollow"), &["is told nothing any more"]),
        (
            ask("following"),
            &["No channel of this server is told anything"],
        ),
    ]);
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn an_answer_that_nobody_takes_is_sent_again_in_time() {
    let desk = Desk::new();
    desk.write(RECORD);
    let bot = desk.start();
    desk.double.inject(Fault::hang().on(Endpoint::Callback));
    let asked = desk.double.slash(desk.ada, desk.channel, "docket about");
    assert!(shown(&asked.send().reply()).contains("Version"));
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn proposals_come_while_one_types() {
    let desk = Desk::new();
    desk.write(RECORD);
    let bot = desk.start();
    let typing = |command: &str, option: &str, typed: &str| {
        let ask = desk.double.typing(desk.ada, desk.channel, command);
        ask.focused(option, typed)
    };
    let asked = [
        (typing("deadline", "name", ""), "The truce ends"),
        (typing("deadline", "name", "truse"), "The truce ends"),
        (typing("remind", "name", "filling"), "The filing is due"),
        (typing("remind", "before", "7d, "), "7d, 1d"),
        (typing("talks", "name", "powers"), "Talks of two powers"),
        (typing("deadlines", "topic", "tarif"), "tariffs"),
        (typing("deadlines", "party", "chna"), "China (cn)"),
        (typing("deadlines", "within", ""), "30d"),
        (typing("timeline", "topic", ""), "ports"),
        (typing("calendar", "topic", "por"), "ports"),
        (typing("follow", "topics", "ports, ta"), "ports, tariffs"),
        (typing("follow", "parties", "united"), "United States"),
        (typing("follow", "zone", "madri"), "Europe/Madrid"),
        (typing("follow", "zone", "EST"), "America/New York"),
        (typing("follow", "digest", "fri"), "friday 16:00"),
        (typing("follow", "quiet", ""), "22:00-07:00"),
        (typing("follow", "ping_from", "1"), "1d"),
        (typing("follow", "language", ""), "English"),
    ];
    for (nth, (ask, label)) in asked.into_iter().enumerate() {
        let trouble = troubles()[nth % troubles().len()].clone();
        desk.double.inject(trouble.on(Endpoint::Callback));
        let reply = ask.send().reply();
        desk.double.state(|state| state.faults.clear());
        let choices = reply.choices();
        assert!(choices.len() <= 25, "{choices:?}");
        assert!(
            choices.iter().any(|it| it.contains(label)),
            "no `{label}` in {choices:?}"
        );
    }
    assert_eq!(bot.end(), Some(0));
}
