//! Which bodies the double refuses, and where it says they are wrong. A body that passes here and
//! not at Discord is a post that people never get.

use crate::double::openapi;
use crate::double_client::{desk, messages_of};
use serde_json::{Value, json};

fn button(custom_id: &str) -> Value {
    json!({"type": 2, "style": 1, "label": "Remind me", "custom_id": custom_id})
}

fn row(children: &[Value]) -> Value {
    json!([{"type": 1, "components": children}])
}

fn long(length: usize) -> String {
    // One code point, two in UTF-16, four bytes.
    "𝄞".repeat(length)
}

/// Bodies of messages, each with the one thing that is wrong with it.
fn refused() -> Vec<(Value, &'static str)> {
    let field = |name: &str, value: &str| json!({"fields": [{"name": name, "value": value}]});
    let embeds = |embed: Value| json!({"embeds": [embed]});
    let rows = |children: &[Value]| json!({"content": "x", "components": row(children)});
    let mentions = |it: Value| json!({"content": "x", "allowed_mentions": it});
    let options: Vec<_> = (0..26)
        .map(|it| json!({"label": "x", "value": it.to_string()}))
        .collect();
    let text = json!([{"type": 10, "content": "x"}]);
    let halves = json!([{"description": long(3000)}, {"description": long(3001)}]);
    let ids: Vec<_> = (0..101).map(|it| it.to_string()).collect();
    let length = "BASE_TYPE_MAX_LENGTH";
    let place = |place: &str, code: &str| -> &'static str {
        Box::leak(format!("{place} {code}").into_boxed_str())
    };
    vec![
        (json!({"content": long(2001)}), place("content", length)),
        (json!({"content": 5}), "content STRING_TYPE_CONVERT"),
        (
            json!({"content": "x", "contents": "y"}),
            "contents UNKNOWN_FIELD",
        ),
        (json!({"content": "  "}), "EMPTY_MESSAGE"),
        (json!({}), "EMPTY_MESSAGE"),
        (
            json!({"content": "x", "nonce": "a".repeat(26)}),
            place("nonce", length),
        ),
        (
            json!({"content": "x", "enforce_nonce": true}),
            "nonce BASE_TYPE_REQUIRED",
        ),
        (
            json!({"content": "x", "flags": 64}),
            "flags MESSAGE_FLAGS_INVALID",
        ),
        (
            json!({"embeds": vec![json!({"title": "x"}); 11]}),
            "embeds BASE_TYPE_BAD_LENGTH",
        ),
        (json!({"embeds": halves}), "embeds MAX_EMBED_SIZE_EXCEEDED"),
        (
            embeds(json!({"title": long(257)})),
            place("embeds.0.title", length),
        ),
        (
            embeds(json!({"description": long(4097)})),
            place("embeds.0.description", length),
        ),
        (
            embeds(json!({"title": "x", "footer": {"text": long(2049)}})),
            place("embeds.0.footer.text", length),
        ),
        (
            embeds(json!({"title": "x", "author": {"name": long(257)}})),
            place("embeds.0.author.name", length),
        ),
        (
            embeds(field(&long(257), "x")),
            place("embeds.0.fields.0.name", length),
        ),
        (
            embeds(field("x", &long(1025))),
            place("embeds.0.fields.0.value", length),
        ),
        (
            embeds(field("x", " ")),
            "embeds.0.fields.0.value BASE_TYPE_BAD_LENGTH",
        ),
        (
            embeds(json!({"fields": vec![json!({"name": "x", "value": "y"}); 26]})),
            "embeds.0.fields BASE_TYPE_BAD_LENGTH",
        ),
        (
            embeds(json!({"title": "x", "url": "example.org"})),
            "embeds.0.url URL_TYPE_INVALID_URL",
        ),
        (
            embeds(json!({"title": "x", "color": 0x0100_0000})),
            "embeds.0.color NUMBER_TYPE_MAX",
        ),
        (
            embeds(json!({"title": "x", "timestamp": "soon"})),
            "embeds.0.timestamp DATETIME_TYPE_PARSE",
        ),
        (
            embeds(json!({"title": "x", "colour": 1})),
            "embeds.0.colour UNKNOWN_FIELD",
        ),
        (embeds(json!({"color": 1})), "embeds.0 EMBED_EMPTY"),
        (
            rows(&[json!({"type": 2, "style": 1, "label": "x"})]),
            "components.0.components.0.custom_id BASE_TYPE_REQUIRED",
        ),
        (
            rows(&[button("a"), button("a")]),
            "components.0.components.1.custom_id COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            rows(&[button(&"a".repeat(101))]),
            place("components.0.components.0.custom_id", length),
        ),
        (
            rows(&[json!({"type": 2, "style": 1, "label": long(81), "custom_id": "a"})]),
            place("components.0.components.0.label", length),
        ),
        (
            rows(&[json!({"type": 2, "style": 1, "custom_id": "a"})]),
            "components.0.components.0 BUTTON_COMPONENT_FACE_REQUIRED",
        ),
        (
            rows(&[
                json!({"type": 2, "style": 5, "label": "x", "custom_id": "a", "url": "https://example.org"}),
            ]),
            "components.0.components.0 BUTTON_COMPONENT_URL_REQUIRED",
        ),
        (
            rows(&["a", "b", "c", "d", "e", "f"].map(button)),
            "components.0.components BASE_TYPE_BAD_LENGTH",
        ),
        (
            rows(&[json!({"type": 3, "custom_id": "a", "options": options})]),
            "components.0.components.0.options BASE_TYPE_BAD_LENGTH",
        ),
        (
            rows(&[
                json!({"type": 3, "custom_id": "a", "options": [{"label": "x", "value": "1"}, {"label": "y", "value": "1"}]}),
            ]),
            "components.0.components.0.options.1.value SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        ),
        (
            json!({"content": "x", "components": text}),
            "components.0.type UNION_TYPE_CHOICES",
        ),
        (
            json!({"content": "x", "flags": 32768, "components": text}),
            "content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        ),
        (
            json!({"flags": 32768, "components": vec![json!({"type": 14}); 41]}),
            "components BASE_TYPE_BAD_LENGTH|components COMPONENT_MAX_TOTAL",
        ),
        (
            json!({"flags": 32768, "components": [{"type": 10, "content": "谈".repeat(3600)}]}),
            "components COMPONENT_TEXT_MAX_LENGTH",
        ),
        (
            mentions(json!({"parse": ["user"]})),
            "allowed_mentions.parse.0 BASE_TYPE_CHOICES",
        ),
        (
            mentions(json!({"parse": ["users"], "users": ["1"]})),
            "allowed_mentions MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
        (
            mentions(json!({"roles": ids})),
            "allowed_mentions.roles BASE_TYPE_BAD_LENGTH",
        ),
        (
            json!({"content": "x", "attachments": [{"id": 3}]}),
            "attachments.0.id ATTACHMENT_NOT_FOUND",
        ),
    ]
}

#[test]
fn each_slip_in_a_message_is_found_where_it_is() {
    let (double, client, _, channel) = desk();
    for (body, wanted) in refused() {
        let got = client.post(&messages_of(channel), &body);
        assert_eq!(got.status, 400, "{wanted}");
        let violations = double.take_violations();
        let lines: Vec<_> = violations.iter().flat_map(|it| it.lines.clone()).collect();
        assert_eq!(lines.join("|"), wanted);
        if wanted != "EMPTY_MESSAGE" {
            assert_eq!(got.refusal(), (400, 50035), "{wanted}");
        }
    }
    assert!(double.messages(channel).is_empty());
}

#[test]
fn what_is_just_within_the_limits_passes() {
    let (double, client, _, channel) = desk();
    let field = json!({"name": long(100), "value": long(100), "inline": true});
    let bodies = [
        json!({"content": long(2000), "nonce": "a".repeat(25), "enforce_nonce": true, "flags": 4096}),
        json!({"embeds": [{"title": long(256), "description": long(744), "color": 0xFF_FF_FF,
            "url": "https://example.org", "timestamp": "2026-11-22T12:00:00Z",
            "image": {"url": "attachment://chart.png"}, "fields": vec![field; 25]}],
            "allowed_mentions": {"parse": [], "roles": ["1"]}}),
        json!({"content": "x", "components": row(&["a", "b", "c", "d", "e"].map(button)),
            "allowed_mentions": {"parse": ["users", "roles", "everyone"]}}),
        json!({"flags": 32768, "components": [{"type": 17, "components": [
            {"type": 9, "components": [{"type": 10, "content": long(2000)}],
                "accessory": button("s")},
            {"type": 14}, {"type": 1, "components": [button("a")]}]}]}),
    ];
    for body in bodies {
        let got = client.post(&messages_of(channel), &body);
        assert_eq!(got.status, 200, "{}", got.text);
    }
    assert_eq!(double.messages(channel).len(), 4);
}

#[test]
fn refusals_nest_like_the_body() {
    let (double, client, _, channel) = desk();
    let body = json!({"embeds": [{"title": long(257), "fields": [{"name": "x"}]}]});
    let got = client.post(&messages_of(channel), &body).json();
    double.take_violations();
    insta::assert_snapshot!(serde_json::to_string_pretty(&got).expect("JSON"), @r#"
    {
      "code": 50035,
      "errors": {
        "embeds": {
          "0": {
            "fields": {
              "0": {
                "value": {
                  "_errors": [
                    {
                      "code": "BASE_TYPE_REQUIRED",
                      "message": "This field is required"
                    }
                  ]
                }
              }
            },
            "title": {
              "_errors": [
                {
                  "code": "BASE_TYPE_MAX_LENGTH",
                  "message": "Must be 256 or fewer in length."
                }
              ]
            }
          }
        }
      },
      "message": "Invalid Form Body"
    }
    "#);
}

#[test]
fn commands_are_checked_as_they_are_registered() {
    let (double, client, ..) = desk();
    let application = double.world(|world| world.application);
    let path = format!("/applications/{application}/commands");
    let option = |name: &str, is_required: bool| json!({"type": 3, "name": name, "description": "x", "required": is_required});
    let choices: Vec<_> = (0..26)
        .map(|it| json!({"name": it.to_string(), "value": "x"}))
        .collect();
    let with =
        |options: Value| json!([{"name": "deadline", "description": "x", "options": options}]);
    let mut long_option = option("a", false);
    long_option["choices"] = (0..25)
        .map(|it| json!({"name": it.to_string(), "value": "x".repeat(99)}))
        .collect();
    let names = ["a", "b", "c", "d"];
    let too_long: Vec<_> = names
        .map(|it| {
            let mut option = long_option.clone();
            option["name"] = json!(it);
            option
        })
        .to_vec();
    let sub =
        |inner: Value| json!({"type": 1, "name": "check", "description": "x", "options": inner});
    let cases = [
        (
            json!([{"name": "Deadline", "description": "x"}]),
            "0.name APPLICATION_COMMAND_INVALID_NAME",
        ),
        (
            json!([{"name": "dead line", "description": "x"}]),
            "0.name APPLICATION_COMMAND_INVALID_NAME",
        ),
        (
            json!([{"name": "deadline"}]),
            "0.description BASE_TYPE_REQUIRED",
        ),
        (
            json!([{"name": "deadline", "description": "x".repeat(101)}]),
            "0.description BASE_TYPE_MAX_LENGTH",
        ),
        (
            json!([{"name": "a", "description": "x"}, {"name": "a", "description": "y"}]),
            "1.name APPLICATION_COMMANDS_DUPLICATE_NAME",
        ),
        (
            with(json!([option("a", false), option("b", true)])),
            "0.options.1 APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        ),
        (
            with(json!([option("a", true), option("a", true)])),
            "0.options.1.name APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
        ),
        (
            with(json!([{"type": 3, "name": "a", "description": "x", "choices": choices}])),
            "0.options.0.choices BASE_TYPE_BAD_LENGTH",
        ),
        (
            with(
                json!([{"type": 3, "name": "a", "description": "x", "choices": [{"name": "x", "value": "y"}], "autocomplete": true}]),
            ),
            "0.options.0.autocomplete APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES",
        ),
        (
            with(json!([sub(json!([])), option("a", false)])),
            "0.options APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        ),
        (
            with(json!([sub(json!([sub(json!([]))]))])),
            "0.options.0.options.0.type APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        ),
        (with(json!(too_long)), "0 APPLICATION_COMMAND_TOO_LARGE"),
        (
            json!([{"name": "a", "description": "x", "default_member_permissions": 32}]),
            "0.default_member_permissions NUMBER_TYPE_COERCE",
        ),
        (
            json!([{"name": "a", "description": "x", "descriptions": "y"}]),
            "0.descriptions UNKNOWN_FIELD",
        ),
    ];
    for (body, wanted) in cases {
        assert_eq!(client.put(&path, &body).refusal(), (400, 50035), "{wanted}");
        let violations = double.take_violations();
        let lines: Vec<_> = violations.iter().flat_map(|it| it.lines.clone()).collect();
        assert_eq!(lines.join("|"), wanted);
    }
    let good = json!([{"name": "echéance", "description": "x", "default_member_permissions": "32",
        "contexts": [0], "integration_types": [0], "description_localizations": {"es-ES": "x"},
        "options": [sub(json!([option("a", true), option("b", false)]))]}]);
    let first = client.put(&path, &good).json();
    assert_eq!(first, client.get(&path).json());
    assert_eq!(
        client.put(&path, &good).json()[0]["id"],
        first[0]["id"],
        "it is the same one"
    );
}

#[test]
fn the_openapi_description_finds_what_our_rules_do_not_know() {
    if !openapi::is_at_hand() {
        return;
    }
    let (double, client, _, channel) = desk();
    let body = json!({"poll": {"question": {"text": "Extended?"}}});
    assert_eq!(
        client.post(&messages_of(channel), &body).refusal(),
        (400, 50035)
    );
    assert_eq!(double.take_violations()[0].lines, ["poll OPENAPI_SCHEMA"]);
}

#[test]
fn unknown_routes_and_broken_bodies_are_slips_too() {
    let (double, client, _, channel) = desk();
    assert_eq!(client.get("/channels").refusal(), (404, 0));
    let broken = client.post_with_file(&messages_of(channel), &Value::Null, "x", b"");
    assert_eq!(broken.status, 400);
    let lines: Vec<_> = double
        .take_violations()
        .into_iter()
        .flat_map(|it| it.lines)
        .collect();
    assert_eq!(
        lines,
        ["NO_SUCH_ROUTE GET /api/v10/channels", "DICT_TYPE_CONVERT"]
    );
}

#[test]
#[should_panic(expected = "Discord would refuse this")]
fn a_slip_that_nobody_expected_fails_the_test() {
    let (double, client, _, channel) = desk();
    client.say(channel, "");
    drop(double);
}
