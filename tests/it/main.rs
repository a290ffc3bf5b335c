//! All integration tests in one binary: snapshots, properties, the real command, docs, tidiness.

mod app;
mod board;
mod bot;
mod calendar;
mod commands;
#[path = "../common/mod.rs"]
mod common;
mod conformance;
mod damage;
mod docs;
mod engine;
mod ledgers;
mod pictures;
mod postgres;
mod problems;
mod properties;
mod record;
mod replica_storms;
mod replicas;
mod running;
mod starts;
mod storms;
mod support;
mod tidy;
mod zones;
