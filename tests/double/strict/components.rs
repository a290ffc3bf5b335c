//! The rules of components: rows, buttons, selects, and those of the second version.

use crate::double::strict::At;
use serde_json::Value;
use std::collections::BTreeSet;

/// Nested ones included.
const COMPONENTS_MAX: usize = 40;
/// Over all text displays.
const TEXT_MAX: usize = 4000;
/// More bytes of text than this are answered with status 500 by the real one.
const BYTES_MAX: usize = 10_170;

/// Numbers of kinds.
mod kind {
    pub(super) const ROW: u64 = 1;
    pub(super) const BUTTON: u64 = 2;
    pub(super) const STRING_SELECT: u64 = 3;
    pub(super) const SELECTS: std::ops::RangeInclusive<u64> = 5..=8;
    pub(super) const SECTION: u64 = 9;
    pub(super) const TEXT: u64 = 10;
    pub(super) const GALLERY: u64 = 12;
    pub(super) const FILE: u64 = 13;
    pub(super) const SEPARATOR: u64 = 14;
    pub(super) const CONTAINER: u64 = 17;
}

/// Which components a message may have at a place.
const LEGACY: &[u64] = &[kind::ROW];
const IN_CONTAINER: &[u64] = &[
    kind::ROW,
    kind::TEXT,
    kind::SECTION,
    kind::GALLERY,
    kind::SEPARATOR,
    kind::FILE,
];
const TOP: &[u64] = &[
    kind::ROW,
    kind::TEXT,
    kind::SECTION,
    kind::GALLERY,
    kind::SEPARATOR,
    kind::FILE,
    kind::CONTAINER,
];

/// Looks at the components of a message.
pub(super) fn check(body: &mut At<'_>, is_second_version: bool) {
    let (allowed, most) = if is_second_version {
        (TOP, COMPONENTS_MAX)
    } else {
        (LEGACY, 5)
    };
    let mut seen = BTreeSet::new();
    body.each("components", (0, most), |it| {
        component(it, allowed, &mut seen);
    });
    let all = all(&body.value["components"]);
    if all.len() > COMPONENTS_MAX {
        body.key("components").wrong(
            "COMPONENT_MAX_TOTAL",
            "At most 40 components, nested ones included.",
        );
    }
    let texts = all.iter().filter(|it| it["type"] == kind::TEXT);
    let texts: Vec<_> = texts.filter_map(|it| it["content"].as_str()).collect();
    let points: usize = texts.iter().map(|it| it.chars().count()).sum();
    let bytes: usize = texts.iter().map(|it| it.len() + 12).sum();
    if points > TEXT_MAX || bytes > BYTES_MAX {
        body.key("components").wrong(
            "COMPONENT_TEXT_MAX_LENGTH",
            "At most 4000 characters and 10170 bytes of text.",
        );
    }
}

fn component(it: &mut At<'_>, allowed: &[u64], seen: &mut BTreeSet<String>) {
    let number = it.value["type"].as_u64().unwrap_or(0);
    if !allowed.contains(&number) {
        let text = format!("Value of field \"type\" must be one of {allowed:?}.");
        return it.key("type").wrong("UNION_TYPE_CHOICES", text);
    }
    match number {
        kind::ROW => row(it, seen),
        kind::TEXT => {
            it.only_keys(&["type", "id", "content"]);
            it.text("content", 1, TEXT_MAX);
        }
        kind::SECTION => section(it, seen),
        kind::GALLERY => gallery(it),
        kind::FILE => {
            it.only_keys(&["type", "id", "file", "spoiler"]);
            it.key("file").url("url", &["attachment"]);
        }
        kind::SEPARATOR => it.only_keys(&["type", "id", "divider", "spacing"]),
        _ => {
            it.only_keys(&["type", "id", "components", "accent_color", "spoiler"]);
            it.each("components", (1, COMPONENTS_MAX), |it| {
                component(it, IN_CONTAINER, seen);
            });
        }
    }
}

/// One to five buttons, or one select.
fn row(row: &mut At<'_>, seen: &mut BTreeSet<String>) {
    row.only_keys(&["type", "id", "components"]);
    let children = row.value["components"].as_array();
    let is_select = |it: &Value| it["type"] != kind::BUTTON;
    let has_select = children.is_some_and(|it| it.iter().any(is_select));
    let most = if has_select { 1 } else { 5 };
    row.each("components", (1, most), |it| {
        match it.value["type"].as_u64() {
            Some(kind::BUTTON) => button(it, seen),
            Some(kind::STRING_SELECT) => select(it, seen),
            Some(number) if kind::SELECTS.contains(&number) => {
                it.only_keys(&[
                    "type",
                    "id",
                    "custom_id",
                    "placeholder",
                    "min_values",
                    "max_values",
                    "disabled",
                    "channel_types",
                    "default_values",
                ]);
                custom_id(it, seen);
                it.text("placeholder", 0, 150);
            }
            _ => it.key("type").wrong(
                "UNION_TYPE_CHOICES",
                "Only buttons or a select stand in a row.",
            ),
        }
    });
}

fn button(button: &mut At<'_>, seen: &mut BTreeSet<String>) {
    button.only_keys(&[
        "type",
        "id",
        "style",
        "label",
        "emoji",
        "custom_id",
        "url",
        "disabled",
    ]);
    button.text("label", 0, 80);
    let shows = |key: &str| !button.value[key].is_null();
    let (has_face, has_url, has_id) = (
        shows("label") || shows("emoji"),
        shows("url"),
        shows("custom_id"),
    );
    if !has_face {
        button.wrong(
            "BUTTON_COMPONENT_FACE_REQUIRED",
            "A button needs a label or an emoji.",
        );
    }
    match button.value["style"].as_u64() {
        Some(5) => {
            if !has_url || has_id {
                button.wrong(
                    "BUTTON_COMPONENT_URL_REQUIRED",
                    "A link has a url and no custom id.",
                );
            }
            button.text("url", 1, 512);
            button.url("url", &["http", "https", "discord"]);
        }
        Some(1..=4) => {
            if has_url {
                button
                    .key("url")
                    .wrong("BUTTON_COMPONENT_URL", "Only a link has a url.");
            }
            custom_id(button, seen);
        }
        _ => button
            .key("style")
            .wrong("BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5)."),
    }
}

fn select(select: &mut At<'_>, seen: &mut BTreeSet<String>) {
    select.only_keys(&[
        "type",
        "id",
        "custom_id",
        "options",
        "placeholder",
        "min_values",
        "max_values",
        "disabled",
    ]);
    custom_id(select, seen);
    select.text("placeholder", 0, 150);
    let mut values = BTreeSet::new();
    select.each("options", (1, 25), |option| {
        option.only_keys(&["label", "value", "description", "emoji", "default"]);
        option.text("label", 1, 100);
        option.text("value", 1, 100);
        option.text("description", 0, 100);
        let value = option.value["value"].as_str().unwrap_or_default();
        if !values.insert(value.to_owned()) {
            option.key("value").wrong(
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            );
        }
    });
}

fn section(section: &mut At<'_>, seen: &mut BTreeSet<String>) {
    section.only_keys(&["type", "id", "components", "accessory"]);
    section.each("components", (1, 3), |it| {
        component(it, &[kind::TEXT], seen);
    });
    let mut accessory = section.key("accessory");
    match accessory.value["type"].as_u64() {
        Some(kind::BUTTON) => button(&mut accessory, seen),
        Some(11) => accessory
            .key("media")
            .url("url", &["http", "https", "attachment"]),
        _ => accessory.required(),
    }
}

fn gallery(gallery: &mut At<'_>) {
    gallery.only_keys(&["type", "id", "items"]);
    gallery.each("items", (1, 10), |item| {
        item.only_keys(&["media", "description", "spoiler"]);
        item.text("description", 0, 1024);
        item.key("media")
            .url("url", &["http", "https", "attachment"]);
    });
}

/// An id that is there, short enough, and not used twice in one message.
pub(super) fn custom_id(it: &mut At<'_>, seen: &mut BTreeSet<String>) {
    it.text("custom_id", 1, 100);
    let id = it.value["custom_id"].as_str();
    if id.is_some_and(|id| !seen.insert(id.to_owned())) {
        it.key("custom_id").wrong(
            "COMPONENT_CUSTOM_ID_DUPLICATED",
            "Component custom id cannot be duplicated",
        );
    }
}

/// All components of a list, nested ones included.
fn all(list: &Value) -> Vec<&Value> {
    let mut all = Vec::new();
    let mut rest: Vec<_> = list.as_array().into_iter().flatten().collect();
    while let Some(component) = rest.pop() {
        all.push(component);
        rest.extend(component["components"].as_array().into_iter().flatten());
        rest.extend(component.get("accessory"));
    }
    all
}
