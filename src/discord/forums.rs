//! Forums: channels that take threads only. All posts of a forum go to one thread of the bot's, which
//! is found again after a restart.

use super::directory::Directory;
use super::permission::ChannelKind;
use super::rest::{Call, Rest, Trouble};
use super::value::{list, text};
use crate::store::Store;
use reqwest::Method;
use std::sync::Arc;

/// What notes of threads begin with.
const THREAD: &str = "thread/";

/// The bot's threads in forums.
pub struct Forums {
    rest: Rest,
    directory: Arc<Directory>,
    store: Arc<Store>,
}

impl Forums {
    /// Those that the store knows, and others.
    pub fn new(rest: Rest, directory: Arc<Directory>, store: Arc<Store>) -> Self {
        Self {
            rest,
            directory,
            store,
        }
    }

    /// The thread of a forum that posts go to, made if there is none. None: it is no forum.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn thread(&self, forum: &str) -> Result<Option<String>, Trouble> {
        let found = self.directory.channel(forum).await?;
        let (ChannelKind::Forum, Some(server)) = (found.kind, found.server) else {
            return Ok(None);
        };
        let noted = self.store.noted(&format!("{THREAD}{forum}")).await;
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
        let me = self.directory.me().await?;
        let active = Call::get(format!("/guilds/{server}/threads/active"));
        let active = self.rest.call(active).await?;
        let mut threads = list(&active["threads"]);
        let ours = threads.find(|it| it["parent_id"] == forum && it["owner_id"] == *me);
        Ok(ours.map(|thread| text(&thread["id"])))
    }

    async fn make(&self, forum: &str) -> Result<String, Trouble> {
        let body = super::words::channel::thread();
        let call = Call::send(Method::POST, format!("/channels/{forum}/threads"), &body);
        Ok(text(&self.rest.call(call).await?["id"]))
    }

    /// Notes which thread is a forum's, or that there is none any more.
    pub async fn note(&self, forum: &str, thread: Option<&str>) {
        let name = format!("{THREAD}{forum}");
        if let Err(error) = self.store.note(&name, thread).await {
            let why = error.to_string();
            tracing::warn!(forum, why, "the thread of a forum cannot be noted");
        }
    }
}
