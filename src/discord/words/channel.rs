//! What is said about channels: that they cannot be posted to, and what a thread for posts is called.

use crate::discord::message::Message;
use crate::discord::permission::{ChannelKind, IN_THREADS, Need, to_post};
use crate::discord::reference;
use crate::discord::text::safe;
use crate::domain::words::list;
use serde_json::{Value, json};

/// What a name of a thread says of it.
const THREAD: &str = "Deadlines";
/// What stands first in such a thread.
const THREAD_TEXT: &str = "Posts about deadlines go to this thread.";
/// What Discord said, at most.
const WHY_MAX: usize = 300;

/// For whoever asked for the posts of a channel that they do not arrive.
pub(in crate::discord) fn cannot_post(
    channel: &str,
    why: &str,
    is_gone: bool,
    is_in_file: bool,
) -> Message {
    let why = safe(why, WHY_MAX);
    let mend = if is_gone { String::new() } else { mend() };
    let stop = if is_in_file {
        "It stands in `deadlines.toml`: whoever edits that file can take it out."
    } else {
        "`/unfollow` stops it, `/following` shows how each channel is."
    };
    Message::text(format!(
        "I cannot post in <#{channel}> any more: {why}\n{mend}{stop}"
    ))
}

/// What to allow, whatever kind of channel it is.
fn mend() -> String {
    let needs = to_post(ChannelKind::Text);
    let names: Vec<_> = needs.iter().map(|need| bold(*need)).collect();
    format!(
        "Give me {} there, in a thread or forum {} too, and I go on by myself. ",
        list(&names),
        bold(IN_THREADS)
    )
}

fn bold(need: Need) -> String {
    format!("**{}**", need.name)
}

/// A thread for posts in a forum.
pub(in crate::discord) fn thread() -> Value {
    json!({ "name": THREAD, "message": Message::text(THREAD_TEXT).json() })
}

/// A message without its embed and buttons, with the reference by which it is found again.
pub(in crate::discord) fn plain(body: &Value) -> Value {
    let footer = body["embeds"][0]["footer"]["text"].as_str();
    let reference = footer.and_then(reference::at_end);
    let content = body["content"].as_str().unwrap_or_default();
    let content = match reference {
        Some(reference) => format!("{content}\n-# {}", reference::shown(reference)),
        None => content.to_owned(),
    };
    let mut plain = body.clone();
    plain["content"] = json!(content);
    plain["embeds"] = json!([]);
    plain["components"] = json!([]);
    plain
}

#[cfg(test)]
mod tests {
    use super::cannot_post;

    #[test]
    fn who_hears_of_trouble_reads_what_to_allow() {
        let said = |is_gone| cannot_post("7", "Missing Access", is_gone, false).content;
        assert_eq!(
            said(false),
            "I cannot post in <#7> any more: Missing Access\n\
             Give me **View Channel**, **Send Messages**, **Embed Links** and \
             **Read Message History** there, in a thread or forum **Send Messages in Threads** \
             too, and I go on by myself. `/unfollow` stops it, `/following` shows how each \
             channel is."
        );
        assert!(!said(true).contains("Give me"), "{}", said(true));
    }
}
