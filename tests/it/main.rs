//! All integration tests in one binary: snapshots, properties, the real command, docs, tidiness.

mod app;
mod board;
mod bot;
mod browser;
mod calendar;
mod commands;
#[path = "../common/mod.rs"]
mod common;
mod conformance;
mod damage;
mod desk;
mod discord;
mod discord_bot;
mod discord_buttons;
mod discord_commands;
mod discord_guilds;
mod discord_mistakes;
mod discord_reminders;
mod discord_storm;
mod docs;
#[path = "../double/mod.rs"]
mod double;
mod double_client;
mod double_gateway;
mod double_itself;
mod double_strict;
mod engine;
mod feeds;
mod figures;
mod follows;
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
mod web;
mod web_answers;
mod zones;
