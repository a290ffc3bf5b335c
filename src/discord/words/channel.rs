//! What is said about channels: that they cannot be posted to, and what a thread for posts is called.

use crate::discord::message::Message;
use crate::discord::text::safe;
use serde_json::{Value, json};

/// What a name of a thread says of it.
const THREAD: &str = "Deadlines";
/// What stands first in such a thread.
const THREAD_TEXT: &str = "Posts about deadlines go to this thread.";
/// What Discord said, at most.
const WHY_MAX: usize = 300;

/// For whoever asked for the posts of a channel that they do not arrive.
pub(in crate::discord) fn cannot_post(channel: &str, why: &str) -> Message {
    let why = safe(why, WHY_MAX);
    Message::text(format!(
        "I cannot post in <#{channel}> any more: {why}\nGive me **View Channel**, **Send Messages**, \
         **Embed Links** and **Read Message History** there and I go on by myself, or stop it with \
         `/unfollow`. `/following` shows how each channel is."
    ))
}

/// A thread for posts in a forum.
pub(in crate::discord) fn thread() -> Value {
    json!({ "name": THREAD, "message": Message::text(THREAD_TEXT).json() })
}

/// A message without its embed and buttons, with the reference by which it is found again.
pub(in crate::discord) fn plain(body: &Value) -> Value {
    let footer = body["embeds"][0]["footer"]["text"].as_str();
    let reference = footer.and_then(|it| it.rsplit_once("ref "));
    let content = body["content"].as_str().unwrap_or_default();
    let content = match reference {
        Some((_, reference)) => format!("{content}\n-# ref {reference}"),
        None => content.to_owned(),
    };
    let mut plain = body.clone();
    plain["content"] = json!(content);
    plain["embeds"] = json!([]);
    plain["components"] = json!([]);
    plain
}
