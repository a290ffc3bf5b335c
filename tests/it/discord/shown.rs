//! A payload as text, to be read in a snapshot: what a reader sees, then what it carries.

use docket::discord::answer::Answer;
use docket::discord::message::Message;
use serde_json::Value;
use std::fmt::Write as _;

/// An answer: where it appears, and what it shows.
pub(crate) fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Reply(reply) => format!("({:?})\n{}", reply.place, message(&reply.message)),
        Answer::Propose(proposals) => proposals
            .iter()
            .map(|it| format!("{} = {}\n", it.label, it.value))
            .collect(),
        Answer::Do(docket::discord::answer::Action::Draw(drawing), place) => format!(
            "({place:?}, with a picture of {:?})\n{}",
            drawing.subject,
            message(&drawing.message)
        ),
        Answer::Do(action, place) => format!("({place:?}) {action:#?}\n"),
    }
}

/// A message, from its JSON.
pub(crate) fn message(message: &Message) -> String {
    let json = message.json();
    let mut text = String::new();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if json["content"] != "" {
        let _ = writeln!(text, "{}", word(&json["content"]));
    }
    for embed in json["embeds"].as_array().into_iter().flatten() {
        let mut lines = Vec::new();
        if let Some(author) = embed["author"]["name"].as_str() {
            lines.push(format!("({author})"));
        }
        lines.push(format!("# {}", word(&embed["title"])));
        if let Some(url) = embed["url"].as_str() {
            lines.push(format!("  {url}"));
        }
        lines.extend(word(&embed["description"]).lines().map(str::to_owned));
        for field in embed["fields"].as_array().into_iter().flatten() {
            let short = if field["inline"] == true {
                " (short)"
            } else {
                ""
            };
            lines.push(format!("## {}{short}", word(&field["name"])));
            lines.extend(word(&field["value"]).lines().map(str::to_owned));
        }
        if let Some(picture) = embed["image"]["url"].as_str() {
            lines.push(format!("[{picture}]"));
        }
        if let Some(footer) = embed["footer"]["text"].as_str() {
            lines.push(format!("-- {footer}"));
        }
        let _ = writeln!(text, "┏ #{:06x}", embed["color"].as_u64().unwrap_or(0));
        for line in lines {
            let _ = writeln!(text, "{}", format!("┃ {line}").trim_end());
        }
    }
    for row in json["components"].as_array().into_iter().flatten() {
        for component in row["components"].as_array().into_iter().flatten() {
            let _ = write!(text, "{}", shown(component));
        }
    }
    for file in json["attachments"].as_array().into_iter().flatten() {
        let _ = writeln!(
            text,
            "file {} {}",
            word(&file["filename"]),
            word(&file["description"])
        );
    }
    let _ = writeln!(text, "pings {}", json["allowed_mentions"]);
    if let Some(flags) = json["flags"].as_u64() {
        let _ = writeln!(text, "flags {flags}");
    }
    text
}

fn shown(component: &Value) -> String {
    let word = |key: &str| component[key].as_str().unwrap_or_default().to_owned();
    if component["type"] == 2 {
        let emoji = component["emoji"]["name"].as_str().unwrap_or("🔗");
        let grey = if component["disabled"] == true {
            " (grey)"
        } else {
            ""
        };
        return format!(
            "[{emoji} {}]{grey} {}{}\n",
            word("label"),
            word("custom_id"),
            word("url")
        );
    }
    let mut text = format!(
        "[{} ▾] {} max {}\n",
        word("placeholder"),
        word("custom_id"),
        component["max_values"]
    );
    for option in component["options"].as_array().into_iter().flatten() {
        let part = |key: &str| option[key].as_str().unwrap_or_default();
        let chosen = if option["default"] == true {
            " ✓"
        } else {
            ""
        };
        text.push_str(&format!(
            "  {} | {} = {}{chosen}\n",
            part("label"),
            part("description"),
            part("value")
        ));
    }
    text
}
