//! All integration tests in one binary: snapshots, properties, the real command, docs, tidiness.

mod app;
mod board;
mod calendar;
mod commands;
mod docs;
mod engine;
mod pictures;
mod problems;
mod properties;
mod record;
mod running;
mod support;
mod tidy;
mod zones;
