//! The rules of embeds.

use crate::double::strict::At;
use docket::domain::Timestamp;
use serde_json::Value;

/// Over all embeds of a message.
const TOTAL_MAX: usize = 6000;

pub(super) fn check(body: &mut At<'_>) {
    body.each("embeds", (0, 10), embed);
    let embeds = body.value["embeds"].as_array();
    let total: usize = embeds.into_iter().flatten().map(length).sum();
    if total > TOTAL_MAX {
        body.key("embeds").wrong(
            "MAX_EMBED_SIZE_EXCEEDED",
            "Embed size exceeds maximum size of 6000",
        );
    }
}

fn embed(embed: &mut At<'_>) {
    embed.only_keys(&[
        "type",
        "title",
        "description",
        "url",
        "timestamp",
        "color",
        "footer",
        "image",
        "thumbnail",
        "author",
        "fields",
    ]);
    embed.text("title", 0, 256);
    embed.text("description", 0, 4096);
    embed.url("url", &["http", "https"]);
    timestamp(&mut embed.key("timestamp"));
    color(&mut embed.key("color"));
    part(embed, "footer", &["text", "icon_url"], |footer| {
        footer.text("text", 1, 2048);
    });
    part(embed, "author", &["name", "url", "icon_url"], |author| {
        author.text("name", 1, 256);
        author.url("url", &["http", "https"]);
    });
    for picture in ["image", "thumbnail"] {
        part(embed, picture, &["url"], |it| {
            if it.value["url"].is_null() {
                it.key("url").required();
            }
            it.url("url", &["http", "https", "attachment"]);
        });
    }
    embed.each("fields", (0, 25), |field| {
        field.only_keys(&["name", "value", "inline"]);
        field.text("name", 1, 256);
        field.text("value", 1, 1024);
    });
    if is_empty(embed.value) {
        embed.wrong("EMBED_EMPTY", "An embed without anything to see.");
    }
}

fn part(embed: &mut At<'_>, key: &str, keys: &[&str], look: impl FnOnce(&mut At<'_>)) {
    let mut place = embed.key(key);
    if place.value.is_null() {
        return;
    }
    place.only_keys(keys);
    place.url("icon_url", &["http", "https", "attachment"]);
    look(&mut place);
}

fn timestamp(place: &mut At<'_>) {
    let text = place.value.as_str();
    let is_well = text.is_some_and(|it| it.parse::<Timestamp>().is_ok());
    if !place.value.is_null() && !is_well {
        place.wrong("DATETIME_TYPE_PARSE", "Could not parse. Should be ISO8601.");
    }
}

fn color(place: &mut At<'_>) {
    let number = place.value.as_u64();
    if !place.value.is_null() && number.is_none_or(|it| it > 0xFF_FF_FF) {
        place.wrong(
            "NUMBER_TYPE_MAX",
            "int value should be less than or equal to 16777215.",
        );
    }
}

fn is_empty(embed: &Value) -> bool {
    let seen = [
        "title",
        "description",
        "footer",
        "image",
        "thumbnail",
        "author",
        "fields",
    ];
    seen.iter().all(|key| embed[key].is_null())
}

/// The code points that count, without the white space around them.
fn length(embed: &Value) -> usize {
    let count = |text: &Value| text.as_str().map_or(0, |it| it.trim().chars().count());
    let fields = embed["fields"].as_array().into_iter().flatten();
    let fields: usize = fields
        .map(|it| count(&it["name"]) + count(&it["value"]))
        .sum();
    let texts = [
        &embed["title"],
        &embed["description"],
        &embed["footer"]["text"],
        &embed["author"]["name"],
    ];
    fields + texts.into_iter().map(count).sum::<usize>()
}
