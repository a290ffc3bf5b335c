//! What people get wrong with the commands of the real bot, while Discord has troubles of its own: each
//! mistake gets a sentence that says what to do.

use crate::desk::{Desk, with_channels};
use crate::discord_commands::RECORD;
use crate::double::permissions::Permissions;
use crate::double::world::{Kind, Subject};

#[test]
fn what_readers_get_wrong_is_answered_with_a_way_out() {
    let desk = Desk::new();
    desk.write(RECORD);
    let bot = desk.start();
    let bob = desk.member("bob");
    let ask = |command: &str| desk.double.slash(bob, desk.channel, command);
    let here = |command: &str| ask(command).channel("channel", desk.channel);
    let truce = |command: &str| ask(command).text("name", "truce");
    let rights: &[&str] = &[
        "needs the permission Manage Server",
        "Ask somebody who has it",
    ];
    desk.answers(&[
        (
            ask("deadline").text("name", "truse"),
            &[
                "There is no deadline `truse`",
                "Did you mean",
                "The truce ends",
            ],
        ),
        (
            ask("deadline").text("name", "zzzzzz"),
            &["pick one from the list", "/deadlines"],
        ),
        (
            ask("deadline").text("name", "probe"),
            &["There is no deadline `probe`"],
        ),
        (
            truce("deadline").text("as_of", "last week"),
            &["is not a date or time", "2025-09-14"],
        ),
        (
            truce("deadline").text("as_of", "2020-01-01"),
            &["was not known", "Leave `as_of` out"],
        ),
        (
            ask("deadlines").text("topic", "tarifs"),
            &["Did you mean `tariffs`?"],
        ),
        (
            ask("deadlines").text("party", "uk"),
            &["The parties are `us` or `cn`"],
        ),
        (
            ask("deadlines").text("within", "soon"),
            &["is not a duration", "`30d`"],
        ),
        (
            ask("talks").text("name", "us-chna"),
            &["Did you mean", "Talks of two powers"],
        ),
        (
            ask("timeline").text("topic", "rain"),
            &["The topics are `ports` or `tariffs`"],
        ),
        (
            ask("calendar").text("topic", "rain"),
            &["The topics are `ports` or `tariffs`"],
        ),
        (
            truce("remind").text("before", "a while"),
            &["is not a length of time", "`7d, 1d, 1h`"],
        ),
        (
            truce("remind").text("before", "80y"),
            &["No such reminder can come", "`1d`"],
        ),
        (
            ask("remind").text("name", "nothing").text("before", "1d"),
            &["There is no deadline"],
        ),
        (here("follow"), rights),
        (ask("following"), rights),
        (here("unfollow"), rights),
        (ask("docket check"), rights),
        (ask("docket log"), rights),
        (ask("docket resend").text("key", "x"), rights),
    ]);
    // Somebody may close the way to direct messages: nothing is kept, and that is said.
    desk.double
        .world(|world| world.users.get_mut(&bob).expect("bob").is_closed = true);
    desk.answers(&[
        (
            truce("remind").text("before", "1d"),
            &["I cannot write to you", "Privacy Settings"],
        ),
        (ask("reminders"), &["You have no reminders"]),
    ]);
    assert_eq!(bot.end(), Some(0));
}

#[test]
fn what_managers_get_wrong_is_answered_with_a_way_out() {
    let desk = Desk::new();
    let (role, hidden, shut, named) = desk.double.world(|world| {
        let everyone = Subject::Role(desk.guild);
        let role = world.add_role(desk.guild, "traders");
        let hidden = world.add_channel(desk.guild, Kind::Text, "hidden");
        world.deny(hidden, everyone, Permissions::VIEW_CHANNEL);
        let shut = world.add_channel(desk.guild, Kind::Text, "shut");
        world.deny(shut, everyone, Permissions::SEND_MESSAGES);
        (
            role,
            hidden,
            shut,
            world.add_channel(desk.guild, Kind::Text, "named"),
        )
    });
    desk.write(&with_channels(RECORD, &[named]));
    let bot = desk.start();
    let ask = |command: &str| desk.double.slash(desk.ada, desk.channel, command);
    let to = |channel| ask("follow").channel("channel", channel);
    let here = || to(desk.channel);
    desk.answers(&[
        (
            to(hidden),
            &[
                "I lack **View Channel**",
                "Edit Channel",
                "Nothing was changed",
            ],
        ),
        (
            to(shut),
            &[
                "I lack **Send Messages**",
                "Edit Channel",
                "Nothing was changed",
            ],
        ),
        (
            here().mentionable("mention", role),
            &["All Roles", "let everybody mention that role"],
        ),
        (
            to(named),
            &["is kept in `deadlines.toml`", "Whoever edits that file"],
        ),
        (
            here().text("topics", "tarifs"),
            &["Did you mean `tariffs`?"],
        ),
        (
            here().text("zone", "EST"),
            &["Did you mean `America/New_York`?"],
        ),
        (here().text("leads", "soon"), &["is not a length of time"]),
        (
            here().text("digest", "often"),
            &["does not say when the overview comes", "`monday 09:00`"],
        ),
        (
            here().text("quiet", "night"),
            &["are no quiet hours", "`22:00-07:00`"],
        ),
        (
            here().text("language", "Spanish!"),
            &["is not a language tag"],
        ),
        (
            ask("unfollow").channel("channel", desk.channel),
            &["is told nothing", "`/follow` begins"],
        ),
        (
            ask("unfollow").channel("channel", named),
            &["is kept in `deadlines.toml`"],
        ),
        (
            ask("docket resend").text("key", "nonsense"),
            &["No post of this server", "`/docket log`"],
        ),
        (
            ask("following"),
            &["as `deadlines.toml` has it", &named.to_string()],
        ),
    ]);
    assert_eq!(bot.end(), Some(0));
}
