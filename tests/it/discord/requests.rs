//! Interactions as Discord sends them.

use super::scene::USER;
use docket::discord::permission::{ChannelKind, Permissions};
use docket::discord::request::{Ask, Filled, Request};
use serde_json::{Value, json};

fn interaction(kind: u64, data: &Value) -> Value {
    json!({
        "id": "1", "application_id": "2", "token": "t", "type": kind, "data": data,
        "guild_id": "3", "channel_id": "4",
        "member": { "user": { "id": USER }, "permissions": "2147483680" },
        "message": { "flags": 64 },
    })
}

#[test]
fn a_command_with_options() {
    let data = json!({
        "id": "9", "name": "follow", "type": 1,
        "options": [
            { "name": "channel", "type": 7, "value": "4" },
            { "name": "topics", "type": 3, "value": " tariffs " },
            { "name": "mention", "type": 9, "value": "5" },
            { "name": "board", "type": 5, "value": true },
        ],
        "resolved": {
            "channels": { "4": { "type": 5, "app_permissions": "2251799813685248" } },
            "roles": { "5": { "mentionable": true } },
        },
    });
    let request = Request::of_json(&interaction(2, &data)).expect("a request");
    assert_eq!(
        (request.user.as_str(), request.server.as_deref()),
        (USER, Some("3"))
    );
    assert!(request.rights.has(32));
    let Ask::Command { path, options } = request.ask else {
        panic!("{:?}", request.ask);
    };
    assert_eq!(path, ["follow"]);
    assert_eq!(options.text("topics"), Some("tariffs"));
    assert_eq!(options.flag("board"), Some(true));
    // A right that libraries of the year before do not know.
    let own_rights = Some(Permissions(1 << 51));
    let id = "4".to_owned();
    assert_eq!(
        options.get("channel"),
        Some(&Filled::Channel {
            id,
            kind: ChannelKind::Announcement,
            own_rights
        })
    );
    let id = "5".to_owned();
    assert_eq!(
        options.get("mention"),
        Some(&Filled::Role {
            id,
            is_mentionable: true
        })
    );
}

#[test]
fn a_subcommand_and_what_is_being_typed() {
    let data = json!({
        "name": "docket",
        "options": [{ "name": "resend", "type": 1, "options": [
            { "name": "key", "type": 3, "value": "abc", "focused": true },
        ] }],
    });
    let Some(Ask::Complete {
        path,
        options,
        focused,
    }) = Request::of_json(&interaction(4, &data)).map(|it| it.ask)
    else {
        panic!("no proposals asked for");
    };
    assert_eq!(
        (path.join(" ").as_str(), focused.as_str()),
        ("docket resend", "key")
    );
    assert_eq!(options.text("key"), Some("abc"));
}

#[test]
fn a_press_in_a_direct_message() {
    let mut json = interaction(3, &json!({ "custom_id": "v1:open", "values": ["a", "b"] }));
    json["member"] = Value::Null;
    json["guild_id"] = Value::Null;
    json["user"] = json!({ "id": "7" });
    let request = Request::of_json(&json).expect("a request");
    assert_eq!(
        (request.user.as_str(), request.server, request.rights),
        ("7", None, Permissions(0))
    );
    let expected = Ask::Press {
        custom_id: "v1:open".to_owned(),
        values: vec!["a".to_owned(), "b".to_owned()],
        is_private: true,
    };
    assert_eq!(request.ask, expected);
}

#[test]
fn what_is_no_interaction_of_a_user_is_none() {
    assert_eq!(Request::of_json(&json!({ "type": 1 })), None);
    assert_eq!(Request::of_json(&Value::Null), None);
    let modal = Request::of_json(&interaction(5, &json!({}))).map(|it| it.ask);
    assert_eq!(modal, Some(Ask::Other));
}
