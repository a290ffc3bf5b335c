//! What Docket says in Discord and answers there; the only serenity, and the only requests to it.
//!
//! Most of it is pure: a [`request::Request`] and a [`answer::Scene`] give an [`answer::Answer`],
//! and a notice gives a [`message::Message`]. `poster` sends the posts, `gateway` hears what people
//! ask for, `executor` does it and answers.

pub mod answer;
pub mod board;
mod boards;
mod card;
pub mod commands;
mod complete;
pub mod custom_id;
mod directory;
pub mod doctor;
mod executor;
mod forums;
mod gateway;
mod health;
pub mod limits;
mod look;
pub mod message;
mod parts;
pub mod permission;
pub mod post;
mod poster;
mod reference;
pub mod request;
pub mod rest;
mod servers;
pub mod service;
pub mod text;
pub mod time;
mod value;
mod words;
