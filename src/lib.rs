//! Docket tracks policy deadlines and the negotiations around them, and posts countdowns and
//! changes by itself.
//!
//! The modules in reading order: what it is about, the file people edit, the engine that says
//! what to post when, and the edges to the world. `docs/architecture.md` draws the map.

pub mod domain;

pub mod config;

pub mod engine;

pub mod json;
pub mod picture;

pub mod clock;
pub mod console;
pub mod file;
pub mod settings;
pub mod telemetry;
pub mod watch;

pub mod app;
pub mod cli;
