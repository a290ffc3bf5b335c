//! What Docket says in Discord, and what it answers there.
//!
//! All of it is pure: a [`request::Request`] and a [`answer::Scene`] give an [`answer::Answer`],
//! and a notice gives a [`message::Message`]. Whoever talks to Discord turns its interactions into
//! requests, performs the actions that answers ask for, and sends the JSON.

pub mod answer;
pub mod board;
mod card;
pub mod commands;
mod complete;
pub mod custom_id;
pub mod limits;
mod look;
pub mod message;
pub mod post;
pub mod request;
pub mod text;
pub mod time;
mod words;
