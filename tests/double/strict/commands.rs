//! The rules of application commands.

use crate::double::strict::{At, modals};
use serde_json::Value;
use std::collections::BTreeSet;

/// Names, descriptions and values of one command together.
const TOTAL_MAX: usize = 8000;
const SUBCOMMAND: u64 = 1;
const GROUP: u64 = 2;
const CHAT_INPUT: u64 = 1;

/// Looks at a list that is to replace all commands.
pub(crate) fn check(body: &mut At<'_>) {
    let mut seen = BTreeSet::new();
    body.each_here(130, |it| {
        command(it);
        let kind = it.value["type"].as_u64().unwrap_or(CHAT_INPUT);
        let name = it.value["name"].as_str().unwrap_or_default();
        if !seen.insert((kind, name.to_owned())) {
            it.key("name").wrong(
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Names must be unique.",
            );
        }
    });
    let of_kind = |kind| seen.iter().filter(|(its, _)| *its == kind).count();
    if of_kind(CHAT_INPUT) > 100 || of_kind(2) > 15 || of_kind(3) > 15 {
        body.wrong(
            "APPLICATION_COMMANDS_MAX",
            "At most 100 commands, and 15 in each menu.",
        );
    }
}

fn command(it: &mut At<'_>) {
    it.only_keys(&[
        "id",
        "name",
        "name_localizations",
        "description",
        "description_localizations",
        "options",
        "default_member_permissions",
        "integration_types",
        "contexts",
        "type",
        "nsfw",
        "handler",
    ]);
    let kind = it.value["type"].as_u64().unwrap_or(CHAT_INPUT);
    if kind == CHAT_INPUT {
        named(it);
        options(it, 0);
    } else {
        it.text("name", 1, 32);
        it.text("description", 0, 0);
    }
    let mut permissions = it.key("default_member_permissions");
    let bits = permissions.value.as_str();
    if !permissions.value.is_null() && bits.is_none_or(|it| it.parse::<u64>().is_err()) {
        permissions.wrong(
            "NUMBER_TYPE_COERCE",
            "A set of permissions is a number in a text.",
        );
    }
    let total = length(it.value);
    if total > TOTAL_MAX {
        it.wrong(
            "APPLICATION_COMMAND_TOO_LARGE",
            "Command exceeds maximum size (8000)",
        );
    }
}

/// A name and a description as chat commands and their options have them, in each language.
fn named(it: &mut At<'_>) {
    it.text("name", 1, 32);
    let is_bad = |name: &str| !name.chars().all(may_stand_in_name);
    let name = it.value["name"].as_str().unwrap_or_default();
    if is_bad(name) {
        it.key("name").wrong(
            "APPLICATION_COMMAND_INVALID_NAME",
            "Command name is invalid",
        );
    }
    it.text("description", 1, 100);
    for (key, most, is_name) in [
        ("name_localizations", 32, true),
        ("description_localizations", 100, false),
    ] {
        let languages = it.value[key]
            .as_object()
            .into_iter()
            .flat_map(|map| map.keys());
        for language in languages.cloned().collect::<Vec<_>>() {
            let mut place = it.key(key);
            place.text(&language, 1, most);
            let text = place.value[&language].as_str().unwrap_or_default();
            if is_name && is_bad(text) {
                place.key(&language).wrong(
                    "APPLICATION_COMMAND_INVALID_NAME",
                    "Command name is invalid",
                );
            }
        }
    }
}

/// Letters, figures, `-`, `_` and `'`; no capital where there is a small letter for it.
fn may_stand_in_name(letter: char) -> bool {
    let is_small = letter.to_lowercase().eq(std::iter::once(letter));
    matches!(letter, '-' | '_' | '\'') || letter.is_alphanumeric() && is_small
}

fn options(it: &mut At<'_>, depth: usize) {
    let mut seen = BTreeSet::new();
    let mut had_optional = false;
    let kinds: BTreeSet<_> = list(it.value).map(|it| is_nesting(&it["type"])).collect();
    if kinds.len() > 1 {
        it.key("options").wrong(
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-commands and other options cannot be mixed.",
        );
    }
    it.each("options", (0, 25), |option| {
        let is_required = option.value["required"] == true;
        if is_required && had_optional {
            option.wrong(
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            );
        }
        had_optional |= !is_required;
        let name = option.value["name"].as_str().unwrap_or_default();
        if !seen.insert(name.to_owned()) {
            option.key("name").wrong(
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                "Option name already exists",
            );
        }
        self::option(option, depth);
    });
}

fn option(option: &mut At<'_>, depth: usize) {
    named(option);
    let kind = option.value["type"].as_u64().unwrap_or(0);
    if !(SUBCOMMAND..=11).contains(&kind) {
        return option
            .key("type")
            .wrong("BASE_TYPE_CHOICES", "There is no such type of option.");
    }
    if is_nesting(&option.value["type"]) {
        option.only_keys(&[
            "type",
            "name",
            "name_localizations",
            "description",
            "description_localizations",
            "options",
            "required",
        ]);
        let is_well_placed = depth == 0 || depth == 1 && kind == SUBCOMMAND;
        if !is_well_placed {
            option.key("type").wrong(
                "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                "Nested too deep.",
            );
        }
        // Options of a sub-command at the top are one level down as they are in a group.
        return options(option, if kind == GROUP { depth + 1 } else { 2 });
    }
    option.only_keys(&[
        "type",
        "name",
        "name_localizations",
        "description",
        "description_localizations",
        "required",
        "choices",
        "channel_types",
        "min_value",
        "max_value",
        "min_length",
        "max_length",
        "autocomplete",
    ]);
    option.each("choices", (0, 25), modals::choice);
    let has_choices = option.value["choices"]
        .as_array()
        .is_some_and(|it| !it.is_empty());
    if has_choices && option.value["autocomplete"] == true {
        option.key("autocomplete").wrong(
            "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES",
            "Not together with choices.",
        );
    }
}

fn is_nesting(kind: &Value) -> bool {
    matches!(kind.as_u64(), Some(SUBCOMMAND | GROUP))
}

fn list(it: &Value) -> impl Iterator<Item = &Value> {
    it["options"].as_array().into_iter().flatten()
}

/// What counts to the size of a command. Of each text only the longest language counts.
fn length(it: &Value) -> usize {
    let points = |text: &Value| text.as_str().map_or(0, |it| it.chars().count());
    let longest = |key: &str| {
        let others = it[format!("{key}_localizations")].as_object();
        let others = others.into_iter().flat_map(|map| map.values()).map(points);
        others.max().unwrap_or(0).max(points(&it[key]))
    };
    let choices = it["choices"].as_array().into_iter().flatten();
    let choices: usize = choices
        .map(|it| points(&it["name"]) + points(&it["value"]))
        .sum();
    longest("name") + longest("description") + choices + list(it).map(length).sum::<usize>()
}
