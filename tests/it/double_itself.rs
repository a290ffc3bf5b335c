//! The double of Discord, tested over the wire: what it lets pass, the tests of the bot can miss.
//!
//! Here REST: permissions, nonces, history, limits, faults. What bodies are refused is
//! `double_strict`, the gateway and interactions are `double_gateway`.

use crate::double::answer::Refusal;
use crate::double::faults::Fault;
use crate::double::limits::{Limits, Scope};
use crate::double::permissions::Permissions;
use crate::double::route::Endpoint;
use crate::double::snowflake::Snowflake;
use crate::double::world::{Kind, Subject};
use crate::double_client::{Client, desk, messages_of};
use crate::support::{at, noon};
use serde_json::{Value, json};
use std::time::Duration;

#[test]
fn permissions_are_worked_out_as_documented() {
    let (double, ..) = desk();
    let table = double.world(|world| {
        let guild = world.add_guild("Another desk");
        let channel = world.add_channel(guild, Kind::Text, "deadlines");
        let thread = world.add_thread(channel, "thread");
        let ada = world.add_member(guild, "Ada");
        let analysts = world.add_role(guild, "analysts");
        let stranger = world.add_user("stranger");
        let everyone = Subject::Role(guild);
        let sends = Permissions::SEND_MESSAGES;
        let may = |world: &crate::double::world::World, user, it: Permissions| {
            world
                .permissions(user, &world.channels[&channel])
                .contains(it)
        };
        let mut table = vec![("everyone may", may(world, ada, sends))];
        table.push((
            "a stranger may not",
            !may(world, stranger, Permissions::VIEW_CHANNEL),
        ));
        world.deny(channel, everyone, sends);
        table.push(("not if @everyone is denied", !may(world, ada, sends)));
        let embeds = may(world, ada, Permissions::EMBED_LINKS);
        table.push(("nor embed then", !embeds));
        let in_threads = Permissions::SEND_MESSAGES_IN_THREADS | Permissions::EMBED_LINKS;
        let thread = world.permissions(ada, &world.channels[&thread]);
        table.push(("but write in threads", thread.contains(in_threads)));
        world.allow(channel, Subject::Role(analysts), sends);
        table.push(("a role is for who has it", !may(world, ada, sends)));
        world.grant(guild, ada, analysts);
        table.push(("and beats @everyone", may(world, ada, sends)));
        let interns = world.add_role(guild, "interns");
        world.grant(guild, ada, interns);
        world.deny(channel, Subject::Role(interns), sends);
        table.push(("as it beats a role that denies", may(world, ada, sends)));
        world.deny(channel, Subject::Member(ada), sends);
        table.push(("a member's own beats roles", !may(world, ada, sends)));
        world.deny(channel, Subject::Member(ada), Permissions::VIEW_CHANNEL);
        let left = world.permissions(ada, &world.channels[&channel]);
        table.push(("unseen, nothing is left", left == Permissions::NONE));
        let owner = world.guilds[&guild].owner;
        table.push(("the owner may all", may(world, owner, Permissions::ALL)));
        world.role(guild, analysts).permissions = Permissions::ADMINISTRATOR;
        table.push(("so may administrators", may(world, ada, Permissions::ALL)));
        table
    });
    let wrong: Vec<_> = table.into_iter().filter(|(_, is_so)| !is_so).collect();
    assert_eq!(wrong, []);
}

#[test]
fn what_the_bot_may_not_do_is_refused_by_its_number() {
    let (double, client, guild, channel) = desk();
    let bot = double.world(|world| world.bot);
    let me = Subject::Member(bot);
    let place = |kind| double.world(|world| world.add_channel(guild, kind, "place"));
    let (hidden, mute, forum, rubric) = (
        place(Kind::Text),
        place(Kind::Text),
        place(Kind::Forum),
        place(Kind::Category),
    );
    let (closed, shut) = double.world(|world| {
        world.deny(hidden, me, Permissions::VIEW_CHANNEL);
        world.deny(mute, me, Permissions::SEND_MESSAGES);
        let ada = world.add_member(guild, "Ada");
        world.users.get_mut(&ada).expect("Ada").is_closed = true;
        let shut = world.add_thread(channel, "shut");
        world.channel(shut).is_archived = true;
        world.channel(shut).is_locked = true;
        (world.direct(ada), shut)
    });
    let says = |channel| client.say(channel, "x").refusal();
    assert_eq!(says(Snowflake(1)), (404, 10003));
    assert_eq!(says(hidden), (403, 50001));
    assert_eq!(says(mute), (403, 50013));
    assert_eq!(says(forum), (400, 40058));
    assert_eq!(says(rubric), (400, 50008));
    assert_eq!(says(closed), (403, 50007));
    assert_eq!(says(shut), (400, 50083));
    let with_file = |channel| {
        let path = messages_of(channel);
        client
            .post_with_file(&path, &json!({}), "a.ics", b"x")
            .status
    };
    assert_eq!(with_file(channel), 200);
    double.world(|world| world.deny(channel, me, Permissions::ATTACH_FILES));
    assert_eq!(with_file(channel), 403);
    double.world(|world| world.deny(channel, me, Permissions::EMBED_LINKS));
    let embeds = json!([{"title": "due"}]);
    let beside = json!({"content": "x", "embeds": embeds});
    let beside = client.post(&messages_of(channel), &beside);
    assert_eq!((beside.status, &beside.json()["embeds"]), (200, &json!([])));
    let alone = client.post(&messages_of(channel), &json!({"embeds": embeds}));
    assert_eq!(alone.refusal(), (403, 50013));
    assert_eq!(double.state(|state| state.traffic.invalid()), 5);
    let stranger = Client::new(&double).with_token("another");
    let answer = stranger.say(channel, "x");
    assert_eq!(answer.text, r#"{"code":0,"message":"401: Unauthorized"}"#);
    assert_eq!(answer.status, 401);
}

#[test]
fn the_world_can_be_read() {
    let (double, client, guild, channel) = desk();
    let (analysts, ada, direct) = double.world(|world| {
        let analysts = world.add_role(guild, "analysts");
        let ada = world.add_member(guild, "Ada");
        world.grant(guild, ada, analysts);
        world.role(guild, analysts).is_mentionable = true;
        world.allow(channel, Subject::Role(analysts), Permissions::VIEW_CHANNEL);
        (analysts, ada, world.direct(ada))
    });
    let me = client.get("/users/@me").json();
    assert_eq!(
        (&me["username"], &me["bot"]),
        (&json!("Docket"), &json!(true))
    );
    assert_eq!(
        client.get("/applications/@me").id(),
        client.get("/oauth2/applications/@me").id()
    );
    assert_eq!(
        client.get(&format!("/guilds/{guild}")).json()["name"],
        "Trade desk"
    );
    let roles = client.get(&format!("/guilds/{guild}/roles")).json();
    assert_eq!(
        (&roles[1]["name"], &roles[1]["mentionable"]),
        (&json!("analysts"), &json!(true))
    );
    let member = client.get(&format!("/guilds/{guild}/members/{ada}")).json();
    assert_eq!(member["roles"], json!([analysts]));
    let found = client.get(&format!("/channels/{channel}")).json();
    assert_eq!(found["permission_overwrites"][0]["allow"], "1024");
    assert_eq!(
        client.get(&format!("/guilds/{guild}/channels")).json()[0]["id"],
        json!(channel)
    );
    assert_eq!(client.get("/users/@me/guilds").json()[0]["owner"], false);
    let opened = client.post("/users/@me/channels", &json!({"recipient_id": ada}));
    assert_eq!(opened.id(), direct);
    assert_eq!(client.get("/guilds/1").refusal(), (404, 10004));
    let nobody = client.get(&format!("/guilds/{guild}/members/1"));
    assert_eq!(nobody.refusal(), (404, 10007));
    let nobody = client.post("/users/@me/channels", &json!({"recipient_id": "1"}));
    assert_eq!(nobody.refusal(), (404, 10013));
    let gateway = client.get("/gateway/bot").json();
    assert_eq!(gateway["session_start_limit"]["remaining"], 1000);
    assert_eq!(gateway["url"], client.get("/gateway").json()["url"]);
}

/// A post that must not be doubled.
fn once(nonce: &str) -> Value {
    json!({"content": "due tomorrow", "nonce": nonce, "enforce_nonce": true})
}

#[test]
fn a_nonce_counts_for_its_window_and_not_longer() {
    let (double, client, guild, channel) = desk();
    let other = double.world(|world| world.add_channel(guild, Kind::Text, "other"));
    let window = double.state(|state| state.nonces.window);
    assert!((90_000..=300_000).contains(&window));
    double.stop_clock(noon());
    let post = |channel| client.post(&messages_of(channel), &once("a"));
    let first = post(channel);
    assert_eq!(first.json()["nonce"], "a");
    double.state(|state| state.world.clock.shift(window - 1));
    assert_eq!(post(channel).id(), first.id());
    assert_eq!(post(other).id(), first.id(), "the channel does not matter");
    assert_eq!(double.messages(channel).len(), 1);
    double.pass(Duration::from_millis(1));
    assert_ne!(post(channel).id(), first.id());
    let unenforced = json!({"content": "x", "nonce": "a"});
    client.post(&messages_of(channel), &unenforced);
    assert_eq!(double.messages(channel).len(), 3);
}

#[test]
fn a_nonce_whose_message_was_deleted_makes_no_other() {
    let (double, client, _, channel) = desk();
    let path = messages_of(channel);
    let first = client.post(&path, &once("a")).id();
    assert_eq!(client.delete(&format!("{path}/{first}")).status, 204);
    assert_eq!(client.post(&path, &once("a")).refusal(), (404, 10008));
    assert_eq!(double.messages(channel).len(), 0);
}

#[test]
fn windows_differ_by_seed() {
    let windows = [1, 2, 3].map(|seed| {
        let double = crate::double::Double::seeded(seed);
        double.state(|state| state.nonces.window)
    });
    assert!(
        windows[0] != windows[1] && windows[1] != windows[2],
        "{windows:?}"
    );
}

#[test]
fn the_history_is_read_in_pages_newest_first() {
    let (double, client, _, channel) = desk();
    let ids: Vec<_> = (0..5)
        .map(|it| client.say(channel, &it.to_string()).id())
        .collect();
    let path = messages_of(channel);
    let read = |query: &str| {
        let found = client.get(&format!("{path}?{query}")).json();
        let found = found.as_array().expect("a list").iter();
        found
            .map(|it| it["content"].as_str().expect("a text").to_owned())
            .collect::<String>()
    };
    assert_eq!(read("limit=100"), "43210");
    assert_eq!(read("limit=2"), "43");
    assert_eq!(read(&format!("after={}&limit=2", ids[1])), "32");
    assert_eq!(read(&format!("before={}&limit=2", ids[2])), "10");
    assert_eq!(read(&format!("around={}&limit=3", ids[2])), "321");
    assert_eq!(
        client.get(&format!("{path}?limit=101")).refusal(),
        (400, 50035)
    );
    let one = client.get(&format!("{path}/{}", ids[3])).json();
    assert_eq!(one["content"], "3");
    assert_eq!(one.get("nonce"), None);
    double.stop_clock(at("2030-01-01T00:00:00Z"));
    double.state(|state| state.history_lag = 2_000);
    client.say(channel, "5");
    assert_eq!(read("limit=100"), "43210");
    double.pass(Duration::from_secs(2));
    assert_eq!(read("limit=100"), "543210");
    let bot = double.world(|world| world.bot);
    let history = Permissions::READ_MESSAGE_HISTORY;
    double.world(|world| world.deny(channel, Subject::Member(bot), history));
    assert_eq!(read("limit=100"), "");
}

#[test]
fn ids_and_dates_go_by_the_doubles_clock() {
    let (double, client, _, channel) = desk();
    double.stop_clock(noon());
    let answer = client.say(channel, "x");
    assert_eq!(answer.header("Date"), "Sun, 22 Nov 2026 12:00:00 GMT");
    assert_eq!(answer.header("Via"), "1.1 google");
    let told = answer.json()["timestamp"].clone();
    assert_eq!(told, "2026-11-22T12:00:00.000000+00:00");
    double.stop_clock(at("2031-01-01T00:00:00Z"));
    let (first, second) = (client.say(channel, "y").id(), client.say(channel, "z").id());
    assert_eq!(
        first.instant(),
        at("2031-01-01T00:00:00Z").timestamp_millis()
    );
    assert!(second > first, "although no time has passed");
    assert!(Snowflake::at(first.instant()) <= first);
}

#[test]
fn pings_are_what_text_and_permission_allow() {
    let (double, client, guild, channel) = desk();
    let (role, open, ada) = double.world(|world| {
        let (role, open) = (
            world.add_role(guild, "closed"),
            world.add_role(guild, "open"),
        );
        world.role(guild, open).is_mentionable = true;
        (role, open, world.add_member(guild, "Ada"))
    });
    let text = format!("@everyone <@&{role}> <@&{open}> <@{ada}>");
    let pinged = |allowed: Value| {
        let body = json!({"content": text, "allowed_mentions": allowed, "flags": 4096});
        let id = client.post(&messages_of(channel), &body).id();
        let pings = double.world(|world| world.messages[&id].pings.clone());
        (
            pings.everyone,
            pings.roles.into_iter().collect(),
            pings.users.into_iter().collect(),
        )
    };
    let none: (bool, Vec<Snowflake>, Vec<Snowflake>) = (false, vec![], vec![]);
    assert_eq!(pinged(json!({"parse": []})), none);
    assert_eq!(pinged(Value::Null), (false, vec![open], vec![ada]));
    assert_eq!(
        pinged(json!({"roles": [role, open]})),
        (false, vec![open], vec![])
    );
    double.world(|world| world.role(guild, guild).permissions = Permissions::ALL);
    assert_eq!(
        pinged(json!({"parse": ["everyone"]})),
        (true, vec![], vec![])
    );
    assert_eq!(
        pinged(json!({"roles": [role]})),
        (false, vec![role], vec![])
    );
    let messages = double.messages(channel);
    assert!(
        messages
            .iter()
            .all(super::double::message::Message::is_silent)
    );
    assert!(messages[0].pings.is_empty() && !messages[1].pings.is_empty());
}

#[test]
fn messages_are_edited_pinned_published_and_opened_in_forums() {
    let (double, client, guild, _) = desk();
    let (news, forum, tag) = double.world(|world| {
        let news = world.add_channel(guild, Kind::Announcement, "news");
        let forum = world.add_channel(guild, Kind::Forum, "forum");
        let tag = world.next_id();
        world.channel(forum).tags.insert(tag);
        world.channel(forum).is_tag_required = true;
        (news, forum, tag)
    });
    let id = client.say(news, "first").id();
    let path = format!("{}/{id}", messages_of(news));
    let edited = client.patch(&path, &json!({"content": "second"})).json();
    assert_eq!(edited["content"], "second");
    assert!(edited["edited_timestamp"].is_string());
    assert_eq!(
        client.post(&format!("{path}/crosspost"), &json!({})).json()["flags"],
        1
    );
    let again = client.post(&format!("{path}/crosspost"), &json!({}));
    assert_eq!(again.refusal(), (400, 40033));
    let pin = format!("{}/pins/{id}", messages_of(news));
    assert_eq!(client.put(&pin, &Value::Null).refusal(), (403, 50013));
    double.world(|world| world.role(guild, guild).permissions = Permissions::ALL);
    assert_eq!(client.put(&pin, &Value::Null).status, 204);
    assert!(double.messages(news)[0].is_pinned);
    let threads = format!("/channels/{forum}/threads");
    let mut post = json!({"name": "Truce", "message": {"content": "due"}});
    assert_eq!(client.post(&threads, &post).refusal(), (400, 40067));
    post["applied_tags"] = json!([tag]);
    let thread = client.post(&threads, &post);
    assert_eq!(
        (thread.status, &thread.json()["message"]["content"]),
        (201, &json!("due"))
    );
    assert_eq!(double.messages(thread.id()).len(), 1);
    assert_eq!(client.say(thread.id(), "more").status, 200);
}

#[test]
fn files_and_what_they_are_called_are_kept() {
    let (double, client, _, channel) = desk();
    let body = json!({"content": "here", "attachments": [{"id": 0, "filename": "docket.ics"}]});
    let got = client.post_with_file(
        &messages_of(channel),
        &body,
        "docket.ics",
        b"BEGIN:VCALENDAR",
    );
    let shape = &got.json()["attachments"][0];
    assert_eq!(
        (&shape["filename"], &shape["size"]),
        (&json!("docket.ics"), &json!(15))
    );
    let kept = &double.messages(channel)[0].attachments[0];
    assert_eq!(
        (kept.name.as_str(), &kept.bytes[..]),
        ("docket.ics", &b"BEGIN:VCALENDAR"[..])
    );
}

#[test]
fn limits_are_told_ahead_and_kept() {
    let (double, client, guild, channel) = desk();
    let other = double.world(|world| world.add_channel(guild, Kind::Text, "other"));
    double.state(|state| state.limits = Limits::discord());
    double.stop_clock(noon());
    let left: Vec<_> = (0..5)
        .map(|_| {
            client
                .say(channel, "x")
                .header("X-RateLimit-Remaining")
                .to_owned()
        })
        .collect();
    assert_eq!(left, ["4", "3", "2", "1", "0"]);
    double.pass(Duration::from_millis(1_500));
    let refused = client.say(channel, "x");
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("Retry-After"), "4");
    assert_eq!(refused.header("X-RateLimit-Scope"), "user");
    assert_eq!(refused.header("X-RateLimit-Reset-After"), "3.500");
    assert_eq!(refused.json()["retry_after"], 3.5);
    assert_eq!(refused.json().get("code"), None);
    assert_eq!(client.say(other, "x").status, 200);
    double.pass(Duration::from_millis(3_500));
    assert_eq!(client.say(channel, "x").status, 200);
    assert_eq!(double.state(|state| state.traffic.answered(429)), 1);
}

#[test]
fn the_limit_of_the_bot_rolls() {
    let (double, client, ..) = desk();
    double.state(|state| state.limits = Limits::none().global(2));
    double.stop_clock(noon());
    let ask = || client.get("/users/@me");
    assert_eq!(ask().status, 200);
    double.pass(Duration::from_millis(600));
    assert_eq!(ask().status, 200);
    let refused = ask();
    assert_eq!(
        (refused.status, refused.header("X-RateLimit-Global")),
        (429, "true")
    );
    assert_eq!(
        refused.json(),
        json!({
            "message": "You are being rate limited.", "retry_after": 0.4, "global": true,
        })
    );
    double.pass(Duration::from_millis(400));
    assert_eq!(ask().status, 200);
    assert_eq!(
        ask().status,
        429,
        "the second of the first two is still there"
    );
}

#[test]
fn a_fault_strikes_where_and_as_often_as_it_was_asked_to() {
    let (double, client, guild, channel) = desk();
    let other = double.world(|world| world.add_channel(guild, Kind::Text, "other"));
    let fault = Fault::status(502)
        .on(Endpoint::CreateMessage)
        .in_channel(channel);
    double.inject(fault.times(2));
    let statuses: Vec<_> = [other, channel, channel, channel]
        .map(|it| client.say(it, "x").status)
        .to_vec();
    assert_eq!(statuses, [200, 502, 502, 200]);
    double.inject(Fault::banned().always());
    let banned = client.say(channel, "x");
    assert_eq!((banned.status, banned.header("Retry-After")), (429, "3600"));
    assert_eq!(
        (banned.header("Via"), banned.header("Content-Type")),
        ("", "text/html")
    );
    double.state(|state| state.faults.clear());
    double.inject(Fault::limited(
        Scope::Shared,
        Duration::from_secs(2),
        Some(20016),
    ));
    let limited = client.say(channel, "x");
    assert_eq!(limited.refusal(), (429, 20016));
    assert_eq!(limited.header("X-RateLimit-Scope"), "shared");
    assert_eq!(
        double.state(|state| state.traffic.invalid()),
        1,
        "shared ones do not count"
    );
    double.inject(Fault::refused(Refusal::MISSING_ACCESS));
    assert_eq!(client.say(channel, "x").refusal(), (403, 50001));
    let log = double.requests();
    let last = log.last().expect("a request");
    assert_eq!(
        (last.status, last.channel, &last.body["content"]),
        (Some(403), Some(channel), &json!("x"))
    );
    assert_eq!(
        (last.method.as_str(), last.path.ends_with("/messages")),
        ("POST", true)
    );
    assert!(log.is_sorted_by_key(|it| it.at));
    assert_eq!(
        double.state(|state| state.traffic.count(Endpoint::CreateMessage)),
        log.len()
    );
}

#[test]
fn a_request_takes_effect_before_its_answer_is_lost() {
    let (double, client, _, channel) = desk();
    let path = messages_of(channel);
    let count = || double.messages(channel).len();
    double.inject(Fault::status(500).accepted());
    assert_eq!(client.say(channel, "1").status, 500);
    assert_eq!(count(), 1);
    double.inject(Fault::reset().accepted());
    assert!(client.try_post(&path, &json!({"content": "2"})).is_err());
    assert_eq!(count(), 2);
    double.inject(Fault::reset());
    assert!(
        client
            .try_post(&path, &json!({"content": "never"}))
            .is_err()
    );
    assert_eq!(count(), 2);
    double.inject(Fault::garbled());
    let garbled = client.say(channel, "3");
    assert_eq!((garbled.status, garbled.json()), (200, Value::Null));
    assert!(garbled.text.starts_with('{'));
    assert_eq!(count(), 3);
    double.inject(Fault::late(Duration::from_millis(20)));
    assert!(client.try_post(&path, &json!({"content": "4"})).is_err());
    double.wait_for("the late arrival", |state| {
        (state.messages(channel).len() == 4).then_some(())
    });
}

#[test]
fn slow_answers_and_none_at_all_are_up_to_the_clients_patience() {
    let (double, client, _, channel) = desk();
    let (path, body) = (messages_of(channel), json!({"content": "x"}));
    let short = Duration::from_millis(50);
    double.inject(Fault::hang());
    assert!(!client.impatient_post(&path, &body, short));
    double.inject(Fault::slow_after(Duration::from_secs(30)));
    assert!(!client.impatient_post(&path, &body, short));
    assert_eq!(
        double.messages(channel).len(),
        1,
        "accepted before the wait"
    );
    // What is on its way arrives although nobody waits for it.
    double.inject(Fault::slow_before(Duration::from_millis(100)));
    assert!(!client.impatient_post(&path, &body, short));
    double.wait_for("it to arrive", |state| {
        (state.messages(channel).len() == 2).then_some(())
    });
}
