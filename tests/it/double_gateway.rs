//! The gateway of the double, and what people do through it.

use crate::double::Double;
use crate::double::gateway::{Act, close};
use crate::double::message::flag;
use crate::double::permissions::Permissions;
use crate::double::route::Endpoint;
use crate::double::snowflake::Snowflake;
use crate::double::strict::callbacks::kind;
use crate::double_client::{Client, Got, Socket, desk};
use crate::support::noon;
use serde_json::{Value, json};
use std::time::Duration;

const GUILDS: u64 = 1;

#[test]
fn a_session_begins_with_the_guilds_that_were_asked_for() {
    let (double, client, guild, channel) = desk();
    let mut socket = Socket::connect(&double);
    socket.identify(&double.token(), GUILDS, true);
    let ready = socket.hear();
    assert_eq!((&ready["t"], &ready["s"]), (&json!("READY"), &json!(1)));
    assert_eq!(
        ready["d"]["guilds"],
        json!([{"id": guild, "unavailable": true}])
    );
    let created = socket.hear();
    assert_eq!(created["t"], "GUILD_CREATE");
    assert_eq!(created["d"]["channels"][0]["id"], json!(channel));
    socket.tell(&json!({"op": 1, "d": 2}));
    assert_eq!(socket.hear()["op"], 11);
    let identify = double.state(|state| state.gateway.identifies[0].clone());
    assert_eq!((identify.intents, identify.is_compressed), (GUILDS, true));
    let limit = client.get("/gateway/bot").json()["session_start_limit"].clone();
    assert_eq!(
        (&limit["total"], &limit["remaining"]),
        (&json!(1000), &json!(999))
    );
    assert_eq!(limit["max_concurrency"], 1);
    assert_eq!(double.state(|state| state.gateway.heartbeats), 1);
    // Without the intent there is nothing but what is sent to all.
    let mut other = Socket::identified(&double, 0);
    assert_eq!(other.hear()["t"], "READY");
    double.state(|state| state.update_channel(channel));
    double.state(|state| state.gateway.dispatch("INTERACTION_CREATE", &json!({})));
    assert_eq!(other.hear()["t"], "INTERACTION_CREATE");
    assert_eq!(socket.hear()["t"], "CHANNEL_UPDATE");
}

#[test]
fn who_does_not_know_the_rules_is_closed_by_number() {
    let double = Double::start();
    let closed = |tell: &dyn Fn(&mut Socket)| {
        let mut socket = Socket::connect(&double);
        tell(&mut socket);
        socket.closed()
    };
    let token = &double.token();
    assert_eq!(
        closed(&|it| it.identify("another", 0, false)),
        close::AUTHENTICATION_FAILED
    );
    assert_eq!(
        closed(&|it| it.identify(token, 1 << 15, false)),
        close::DISALLOWED_INTENTS
    );
    assert_eq!(
        closed(&|it| it.identify(token, 1 << 40, false)),
        close::INVALID_INTENTS
    );
    assert_eq!(
        closed(&|it| it.tell(&json!({"op": 3, "d": {}}))),
        close::NOT_AUTHENTICATED
    );
    assert_eq!(
        closed(&|it| it.tell(&json!({"op": 99}))),
        close::UNKNOWN_OPCODE
    );
    assert_eq!(
        closed(&|it| it.tell(&json!(["x".repeat(5000)]))),
        close::DECODE_ERROR
    );
    let twice = closed(&|it| {
        it.identify(token, 0, false);
        it.event("READY");
        it.identify(token, 0, false);
    });
    assert_eq!(twice, close::ALREADY_AUTHENTICATED);
    double.state(|state| state.gateway.instead.push_back(Act::Close(4011)));
    assert_eq!(closed(&|it| it.identify(token, 0, false)), 4011);
    double.state(|state| state.gateway.granted = 1 << 15);
    let mut socket = Socket::identified(&double, 1 << 15);
    socket.event("READY");
}

/// Name of the session, and the number of the last event, of a fresh connection.
fn begun(double: &Double) -> (Socket, String) {
    let mut socket = Socket::identified(double, GUILDS);
    let ready = socket.event("READY");
    let session = ready["d"]["session_id"]
        .as_str()
        .expect("a name")
        .to_owned();
    (socket, session)
}

#[test]
fn what_was_missed_is_sent_when_a_session_resumes() {
    let (double, _, guild, channel) = desk();
    let (mut socket, session) = begun(&double);
    socket.event("GUILD_CREATE");
    double.state(|state| state.gateway.act(&Act::Reset));
    assert!(socket.frame().is_err(), "reset, not closed");
    double.wait_for("the connection is gone", |state| {
        (!state.gateway.is_up()).then_some(())
    });
    double.state(|state| state.delete_channel(channel));
    let role = double.world(|world| world.add_role(guild, "analysts"));
    double.state(|state| state.delete_role(guild, role));
    let mut socket = Socket::connect(&double);
    socket.resume(&double, &session, 2);
    assert_eq!(socket.hear()["t"], "CHANNEL_DELETE");
    assert_eq!(socket.hear()["d"]["role_id"], json!(role));
    assert_eq!(socket.hear()["t"], "RESUMED");
    assert_eq!(
        double.state(|state| (state.gateway.identifies.len(), state.gateway.resumes)),
        (1, 1)
    );
    let mut stranger = Socket::connect(&double);
    stranger.resume(&double, "another", 0);
    assert_eq!(stranger.hear(), json!({"op": 9, "d": false}));
}

#[test]
fn a_connection_can_be_lost_in_every_way() {
    let (double, _, guild, _) = desk();
    let (mut socket, session) = begun(&double);
    socket.event("GUILD_CREATE");
    double.state(|state| state.gateway.acknowledges = false);
    socket.tell(&json!({"op": 1, "d": null}));
    double.wait_for("the beat", |state| {
        (state.gateway.heartbeats == 1).then_some(())
    });
    double.state(|state| state.gateway.act(&Act::reconnect()));
    assert_eq!(socket.hear()["op"], 7, "and no acknowledgement before");
    double.state(|state| state.lose_guild(guild, true));
    assert_eq!(
        socket.hear()["d"],
        json!({"id": guild, "unavailable": true})
    );
    double.state(|state| state.show_guild(guild));
    socket.event("GUILD_CREATE");
    double.state(super::double::state::State::ready_again);
    socket.event("READY");
    double.state(|state| state.lose_guild(guild, false));
    assert_eq!(socket.event("GUILD_DELETE")["d"], json!({"id": guild}));
    double.state(|state| state.gateway.act(&Act::invalid_session(false)));
    assert_eq!(socket.hear(), json!({"op": 9, "d": false}));
    let mut socket = Socket::connect(&double);
    socket.resume(&double, &session, 1);
    assert_eq!(socket.hear()["op"], 9, "that session is over");
    double.state(|state| state.gateway.is_reachable = false);
    let url = double.state(|state| state.gateway.url.clone());
    assert!(tungstenite::connect(url).is_err());
}

/// A desk with somebody at it, a connected bot that knows some commands, and both its sides.
struct Scene {
    double: Double,
    client: Client,
    socket: Socket,
    guild: Snowflake,
    channel: Snowflake,
    ada: Snowflake,
}

fn scene() -> Scene {
    let (double, client, guild, channel) = desk();
    let (application, ada) =
        double.world(|world| (world.application, world.add_member(guild, "Ada")));
    let name = json!({"type": 3, "name": "name", "description": "x", "required": true,
        "autocomplete": true});
    let share = json!({"type": 5, "name": "share", "description": "x"});
    let place = json!({"type": 7, "name": "channel", "description": "x"});
    let role = json!({"type": 8, "name": "mention", "description": "x"});
    let who = json!({"type": 6, "name": "who", "description": "x"});
    let most = json!({"type": 4, "name": "most", "description": "x"});
    let commands = json!([
        {"name": "deadline", "description": "x", "options": [name, share, most]},
        {"name": "follow", "description": "x", "options": [place, role, who]},
        {"name": "docket", "description": "x",
            "options": [{"type": 1, "name": "check", "description": "x"}]},
    ]);
    client.put(&format!("/applications/{application}/commands"), &commands);
    let mut socket = Socket::identified(&double, 0);
    socket.event("READY");
    Scene {
        double,
        client,
        socket,
        guild,
        channel,
        ada,
    }
}

impl Scene {
    /// The next interaction, as the bot hears of it.
    fn hear(&mut self) -> Value {
        self.socket.event("INTERACTION_CREATE")["d"].clone()
    }

    /// Answers an interaction.
    fn answer(&self, heard: &Value, body: &Value) -> Got {
        let text = |key: &str| heard[key].as_str().expect("a text").to_owned();
        self.client.post(
            &format!("/interactions/{}/{}/callback", text("id"), text("token")),
            body,
        )
    }

    /// The path of what comes after an answer.
    fn later(&self, token: &str, rest: &str) -> String {
        let application = self.double.world(|world| world.application);
        format!("/webhooks/{application}/{token}{rest}")
    }
}

#[test]
fn a_command_is_heard_and_answered() {
    let mut scene = scene();
    let ask = scene.double.slash(scene.ada, scene.channel, "deadline");
    let asking = ask
        .text("name", "truce")
        .boolean("share", true)
        .integer("most", 3)
        .send();
    let token = asking.token();
    let heard = scene.socket.event("INTERACTION_CREATE")["d"].clone();
    assert_eq!(
        (&heard["type"], &heard["data"]["name"]),
        (&json!(2), &json!("deadline"))
    );
    assert_eq!(
        heard["data"]["options"][0],
        json!({"name": "name", "type": 3, "value": "truce"})
    );
    assert_eq!(heard["member"]["user"]["id"], json!(scene.ada));
    assert_eq!(heard["member"]["permissions"], json!(Permissions::EVERYONE));
    assert_eq!(heard["guild_id"], json!(scene.guild));
    assert!(!asking.is_answered());
    let body = json!({"type": 4, "data": {"content": "in 3 days", "flags": 64}});
    assert_eq!(scene.answer(&heard, &body).status, 204);
    assert_eq!(scene.answer(&heard, &body).refusal(), (400, 40060));
    let reply = asking.reply();
    assert_eq!(
        (reply.kind, reply.content(), reply.is_ephemeral()),
        (4, "in 3 days", true)
    );
    assert!(
        scene.double.messages(scene.channel).is_empty(),
        "only Ada sees it"
    );
    let edited = scene.client.patch(
        &scene.later(&token, "/messages/@original"),
        &json!({"content": "in 2"}),
    );
    assert_eq!(edited.json()["content"], "in 2");
    let more = scene
        .client
        .post(&scene.later(&token, ""), &json!({"content": "more"}))
        .id();
    let reply = asking.wait_for("the follow-up", |it| it.follow_ups.len() == 1);
    assert_eq!(
        (reply.content(), reply.follow_ups[0].content.as_str()),
        ("in 2", "more")
    );
    let path = scene.later(&token, &format!("/messages/{more}"));
    assert_eq!(scene.client.get(&path).json()["content"], "more");
    assert_eq!(
        scene
            .client
            .patch(&path, &json!({"content": "less"}))
            .status,
        200
    );
    assert_eq!(scene.client.delete(&path).status, 204);
    assert_eq!(scene.client.get(&path).refusal(), (404, 10008));
    let original = scene.later(&token, "/messages/@original");
    assert_eq!(scene.client.get(&original).json()["content"], "in 2");
    assert_eq!(scene.client.delete(&original).status, 204);
    asking.again();
    assert_eq!(scene.hear()["id"], heard["id"], "delivered twice");
}

#[test]
fn an_answer_that_comes_too_late_is_none() {
    let mut scene = scene();
    scene.double.stop_clock(noon());
    let ask = scene.double.slash(scene.ada, scene.channel, "docket check");
    let (id, token) = {
        let asking = ask.send();
        (asking.id, asking.token())
    };
    let heard = scene.socket.event("INTERACTION_CREATE")["d"].clone();
    assert_eq!(heard["id"], json!(id));
    assert_eq!(
        heard["data"]["options"],
        json!([{"name": "check", "type": 1, "options": []}])
    );
    scene.double.pass(Duration::from_millis(3_001));
    let body = json!({"type": 4, "data": {"content": "x"}});
    assert_eq!(scene.answer(&heard, &body).refusal(), (404, 10062));
    let follow_up = scene.later(&token, "");
    assert_eq!(
        scene
            .client
            .post(&follow_up, &json!({"content": "x"}))
            .refusal(),
        (404, 10015)
    );
    scene
        .double
        .slash(scene.ada, scene.channel, "docket check")
        .send();
    let heard = scene.hear();
    scene.double.pass(Duration::from_secs(3));
    assert_eq!(scene.answer(&heard, &body).status, 204, "just in time");
    scene.double.pass(Duration::from_mins(15));
    let token = heard["token"].as_str().expect("a text");
    let late = scene
        .client
        .post(&scene.later(token, ""), &json!({"content": "x"}));
    assert_eq!(late.refusal(), (401, 50027));
}

#[test]
fn an_answer_that_was_announced_settles_later() {
    let mut scene = scene();
    let asking = scene
        .double
        .slash(scene.ada, scene.channel, "docket check")
        .send();
    let heard = scene.socket.event("INTERACTION_CREATE")["d"].clone();
    scene.answer(&heard, &json!({"type": 5, "data": {"flags": 64}}));
    let reply = asking.reply();
    assert_eq!(reply.kind, kind::DEFERRED_MESSAGE);
    assert!(
        reply
            .message
            .as_ref()
            .is_some_and(|it| it.has(flag::LOADING))
    );
    let path = scene.later(&asking.token(), "");
    let file = scene
        .client
        .post_with_file(&path, &json!({"content": "done"}), "a.ics", b"x");
    assert_eq!(file.status, 200);
    let reply = asking.settled();
    assert_eq!(
        (
            reply.content(),
            reply.is_ephemeral(),
            reply.follow_ups.len()
        ),
        ("done", true, 0)
    );
    let message = reply.message.expect("a message");
    assert_eq!(message.attachments[0].name, "a.ics");
    assert!(!message.has(flag::LOADING));
}

#[test]
fn what_is_typed_is_completed() {
    let mut scene = scene();
    let ask = scene
        .double
        .typing(scene.ada, scene.channel, "deadline")
        .focused("name", "tru");
    let asking = ask.send();
    let heard = scene.socket.event("INTERACTION_CREATE")["d"].clone();
    assert_eq!(heard["type"], 4);
    assert_eq!(heard["data"]["options"][0]["focused"], true);
    let choice = |it: usize| json!({"name": format!("truce {it}"), "value": "truce"});
    let choices =
        |most| json!({"type": 8, "data": {"choices": (0..most).map(choice).collect::<Vec<_>>()}});
    assert_eq!(scene.answer(&heard, &choices(26)).refusal(), (400, 50035));
    let message = json!({"type": 4, "data": {"content": "x"}});
    assert_eq!(scene.answer(&heard, &message).refusal(), (400, 50035));
    let lines = scene.double.take_violations();
    assert_eq!(lines[0].lines, ["data.choices BASE_TYPE_BAD_LENGTH"]);
    assert_eq!(lines[1].lines, ["type INTERACTION_CALLBACK_TYPE"]);
    assert_eq!(lines[1].endpoint, Some(Endpoint::Callback));
    scene.answer(&heard, &choices(2));
    assert_eq!(asking.reply().choices(), ["truce 0", "truce 1"]);
}

#[test]
fn options_bring_what_they_name() {
    let mut scene = scene();
    let role = scene.double.world(|world| {
        let role = world.add_role(scene.guild, "analysts");
        world.role(scene.guild, role).permissions = Permissions::MANAGE_GUILD;
        world.grant(scene.guild, scene.ada, role);
        role
    });
    let ask = scene.double.slash(scene.ada, scene.channel, "follow");
    ask.channel("channel", scene.channel)
        .role("mention", role)
        .user("who", scene.ada)
        .send();
    let heard = scene.hear();
    let may = Permissions::EVERYONE | Permissions::MANAGE_GUILD;
    assert_eq!(heard["member"]["permissions"], json!(may));
    let resolved = &heard["data"]["resolved"];
    let channel = &resolved["channels"][scene.channel.to_string()];
    assert_eq!(channel["app_permissions"], json!(Permissions::EVERYONE));
    assert_eq!(resolved["roles"][role.to_string()]["name"], "analysts");
    assert_eq!(resolved["users"][scene.ada.to_string()]["username"], "Ada");
    assert_eq!(
        resolved["members"][scene.ada.to_string()]["permissions"],
        "0"
    );
}

#[test]
fn buttons_selects_and_modals_reach_the_bot() {
    let mut scene = scene();
    let options = json!([{"label": "7 days", "value": "7d"}]);
    let components = json!([
        {"type": 1, "components": [{"type": 2, "style": 1, "label": "Remind", "custom_id": "r"}]},
        {"type": 1, "components": [{"type": 3, "custom_id": "s", "options": options}]},
    ]);
    let path = crate::double_client::messages_of(scene.channel);
    let post = json!({"content": "due", "components": components});
    let message = scene.client.post(&path, &post).id();
    scene.double.click(scene.ada, message, "r").send();
    let heard = scene.hear();
    assert_eq!(
        heard["data"],
        json!({"custom_id": "r", "component_type": 2})
    );
    assert_eq!(heard["message"]["id"], json!(message));
    let input = json!({"type": 4, "custom_id": "when", "style": 1, "label": "When"});
    let modal = json!({"type": 9, "data": {"custom_id": "m", "title": "Remind me",
        "components": [{"type": 1, "components": [input]}]}});
    assert_eq!(scene.answer(&heard, &modal).status, 204);
    let asking = scene
        .double
        .submit(scene.ada, scene.channel, "m", &[("when", "7d")])
        .send();
    let heard = scene.socket.event("INTERACTION_CREATE")["d"].clone();
    assert_eq!(
        heard["data"]["components"][0]["components"][0]["value"],
        "7d"
    );
    scene.answer(
        &heard,
        &json!({"type": 4, "data": {"content": "noted", "flags": 64}}),
    );
    assert_eq!(asking.reply().content(), "noted");
    scene.double.choose(scene.ada, message, "s", &["7d"]).send();
    let heard = scene.hear();
    assert_eq!(heard["data"]["values"], json!(["7d"]));
    scene.answer(
        &heard,
        &json!({"type": 7, "data": {"content": "changed", "components": []}}),
    );
    assert_eq!(scene.double.messages(scene.channel)[0].content, "changed");
    let asking = scene
        .double
        .click_raw(scene.ada, message, "of-long-ago")
        .send();
    let heard = scene.socket.event("INTERACTION_CREATE")["d"].clone();
    scene.answer(&heard, &json!({"type": 6}));
    assert_eq!(asking.reply().kind, kind::DEFERRED_UPDATE);
}

#[test]
fn direct_messages_have_no_guild() {
    let mut scene = scene();
    let direct = scene.double.world(|world| world.direct(scene.ada));
    scene.double.slash(scene.ada, direct, "docket check").send();
    let heard = scene.hear();
    assert_eq!(
        (&heard["user"]["id"], &heard["context"]),
        (&json!(scene.ada), &json!(1))
    );
    assert_eq!((heard.get("member"), heard.get("guild_id")), (None, None));
}
