//! Forums: channels that take threads only. All posts of a forum go to one thread of the bot's, which
//! is found again after a restart.

use super::parts::Parts;
use super::permission::ChannelKind;
use super::rest::{Call, Trouble};
use super::value::{list, text};
use reqwest::Method;

/// What notes of threads begin with.
const THREAD: &str = "thread/";

/// The bot's threads in forums.
pub(super) struct Forums {
    /// What it is made of.
    pub(super) parts: Parts,
}

impl Forums {
    /// The thread of a forum that posts go to, made if there is none. None: it is no forum.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub(super) async fn thread(&self, forum: &str) -> Result<Option<String>, Trouble> {
        let found = self.parts.directory.channel(forum).await?;
        let (ChannelKind::Forum, Some(server)) = (found.kind, found.server) else {
            return Ok(None);
        };
        let noted = self.parts.store.noted(&format!("{THREAD}{forum}")).await;
        if let Ok(Some(thread)) = noted {
            return Ok(Some(thread));
        }
        // A crash may have come between making one and noting it.
        let thread = match self.ours(forum, &server).await? {
            Some(thread) => thread,
            None => self.make(forum).await?,
        };
        self.note(forum, Some(&thread)).await;
        Ok(Some(thread))
    }

    async fn ours(&self, forum: &str, server: &str) -> Result<Option<String>, Trouble> {
        let me = self.parts.directory.me().await?;
        let active = Call::get(format!("/guilds/{server}/threads/active"));
        let active = self.parts.rest.call(active).await?;
        let mut threads = list(&active["threads"]);
        let ours = threads.find(|it| it["parent_id"] == forum && it["owner_id"] == *me);
        Ok(ours.map(|thread| text(&thread["id"])))
    }

    async fn make(&self, forum: &str) -> Result<String, Trouble> {
        let body = super::words::channel::thread();
        let call = Call::send(Method::POST, format!("/channels/{forum}/threads"), &body);
        Ok(text(&self.parts.rest.call(call).await?["id"]))
    }

    /// Notes which thread is a forum's, or that there is none any more.
    pub(super) async fn note(&self, forum: &str, thread: Option<&str>) {
        let name = format!("{THREAD}{forum}");
        if let Err(error) = self.parts.store.note(&name, thread).await {
            let why = error.to_string();
            tracing::warn!(forum, why, "the thread of a forum cannot be noted");
        }
    }
}
