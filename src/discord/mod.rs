//! Discord: the only serenity, and the only requests to it.

pub mod directory;
pub mod health;
pub mod permission;
pub mod rest;
