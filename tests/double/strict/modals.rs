//! The rules of modals and of choices, which are the other answers to interactions.

use crate::double::strict::At;
use crate::double::strict::components::custom_id;
use std::collections::BTreeSet;

const ROW: u64 = 1;
const TEXT_INPUT: u64 = 4;
const TEXT: u64 = 10;
const LABEL: u64 = 18;

/// Looks at the data of a modal.
pub(super) fn modal(data: &mut At<'_>) {
    data.only_keys(&["custom_id", "title", "components"]);
    data.text("custom_id", 1, 100);
    data.text("title", 1, 45);
    let mut seen = BTreeSet::new();
    data.each("components", (1, 5), |it| match it.value["type"].as_u64() {
        Some(ROW) => {
            it.only_keys(&["type", "id", "components"]);
            it.each("components", (1, 1), |it| input(it, &mut seen));
        }
        Some(LABEL) => {
            it.only_keys(&["type", "id", "label", "description", "component"]);
            it.text("label", 1, 45);
            it.text("description", 0, 100);
            custom_id(&mut it.key("component"), &mut seen);
        }
        Some(TEXT) => {
            it.only_keys(&["type", "id", "content"]);
            it.text("content", 1, 4000);
        }
        _ => it
            .key("type")
            .wrong("UNION_TYPE_CHOICES", "No top-level component of a modal."),
    });
}

fn input(input: &mut At<'_>, seen: &mut BTreeSet<String>) {
    if input.value["type"] != TEXT_INPUT {
        return input
            .key("type")
            .wrong("UNION_TYPE_CHOICES", "A row of a modal holds a text input.");
    }
    input.only_keys(&[
        "type",
        "id",
        "custom_id",
        "style",
        "label",
        "min_length",
        "max_length",
        "required",
        "value",
        "placeholder",
    ]);
    custom_id(input, seen);
    input.text("label", 1, 45);
    input.text("value", 0, 4000);
    input.text("placeholder", 0, 100);
    if !matches!(input.value["style"].as_u64(), Some(1 | 2)) {
        input
            .key("style")
            .wrong("BASE_TYPE_CHOICES", "Value must be one of (1, 2).");
    }
}

/// Looks at the choices of an autocompletion.
pub(super) fn choices(data: &mut At<'_>) {
    data.only_keys(&["choices"]);
    data.each("choices", (0, 25), choice);
}

/// Looks at one choice, here or of a command.
pub(super) fn choice(choice: &mut At<'_>) {
    choice.only_keys(&["name", "name_localizations", "value"]);
    choice.text("name", 1, 100);
    if choice.value["value"].is_string() {
        choice.text("value", 1, 100);
    } else if !choice.value["value"].is_number() {
        choice.key("value").required();
    }
}
