//! The commands as Discord is told of them.

use super::taken;
use docket::discord::commands::definitions::definitions;

#[test]
fn all_commands() {
    let json = definitions();
    assert_eq!(taken::definitions(&json), Vec::<String>::new());
    insta::assert_snapshot!(shown(&json));
}

#[test]
fn what_manages_a_server_is_offered_to_those_who_may() {
    let json = definitions();
    let json = json.as_array().expect("a list");
    let managed = json
        .iter()
        .filter(|it| it["default_member_permissions"] == "32");
    let names: Vec<_> = managed
        .map(|it| it["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(names, ["follow", "following", "unfollow", "docket"]);
}

/// A line for each command and option.
fn shown(json: &serde_json::Value) -> String {
    fn options(of: &serde_json::Value, indent: &str, text: &mut String) {
        for it in of["options"].as_array().into_iter().flatten() {
            let must = if it["required"] == true {
                ", required"
            } else {
                ""
            };
            let types = [
                "",
                "subcommand",
                "group",
                "text",
                "number",
                "flag",
                "user",
                "channel",
                "role",
                "mentionable",
            ];
            let kind = types[usize::try_from(it["type"].as_u64().expect("a type")).expect("small")];
            let typed = if it["autocomplete"] == true {
                ", proposed"
            } else {
                ""
            };
            let word = |key: &str| it[key].as_str().unwrap_or_default().to_owned();
            text.push_str(&format!(
                "{indent}{} ({kind}{must}{typed}): {}\n",
                word("name"),
                word("description")
            ));
            for choice in it["choices"].as_array().into_iter().flatten() {
                text.push_str(&format!(
                    "{indent}  = {} ({})\n",
                    choice["value"], choice["name"]
                ));
            }
            options(it, &format!("{indent}  "), text);
        }
    }
    let mut text = String::new();
    for command in json.as_array().into_iter().flatten() {
        let word = |key: &str| command[key].as_str().unwrap_or_default().to_owned();
        text.push_str(&format!(
            "/{}: {} [rights {}, installs {}, contexts {}]\n",
            word("name"),
            word("description"),
            command["default_member_permissions"],
            command["integration_types"],
            command["contexts"],
        ));
        options(command, "  ", &mut text);
    }
    text
}
