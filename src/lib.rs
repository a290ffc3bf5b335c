//! Docket tracks policy deadlines and the negotiations around them, and posts countdowns and
//! changes by itself.
//!
//! The modules in reading order: what it is about, the file people edit, what the engine needs of
//! the world, the engine itself, the ledger, and the other edges. `docs/architecture.md` draws the map.

pub mod domain;

pub mod config;

pub mod ports;

pub mod engine;

pub mod store;

pub mod json;
pub mod picture;
pub mod query;

pub mod discord;

pub mod clock;
pub mod console;
pub mod file;
pub mod settings;
pub mod telemetry;
pub mod watch;

pub mod app;
pub mod cli;
