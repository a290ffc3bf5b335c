//! What every part of the bot that deals with Discord is made of.

use super::directory::Directory;
use super::health::Health;
use super::rest::Rest;
use crate::domain::Timestamp;
use crate::engine::Pulse;
use crate::feed::Links;
use crate::store::Store;
use std::sync::Arc;

/// The handles that the parts share. Those that post and those that answer run on threads of their
/// own, and have a `rest`, a `directory` and a `store` of their own.
#[derive(Clone)]
pub(super) struct Parts {
    /// The way to Discord.
    pub(super) rest: Rest,
    /// What is known of channels.
    pub(super) directory: Arc<Directory>,
    /// What is wrong with them.
    pub(super) health: Arc<Health>,
    /// The docket in force.
    pub(super) pulse: Arc<Pulse>,
    /// The ledger, and where notes are kept.
    pub(super) store: Arc<Store>,
    /// What time it is.
    pub(super) now: fn() -> Timestamp,
    /// Where the web page is, if it is public.
    pub(super) links: Option<Links>,
    /// The ids of those who run the program, who hear of trouble with channels of the file.
    pub(super) operators: Vec<String>,
}
