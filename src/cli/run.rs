//! `docket run`: prints the board, then each post when it falls due.

use super::board::{as_of_line, board};
use super::context::Context;
use super::{Answer, Failure};
use crate::app;
use crate::clock::System;
use crate::console::Console;
use crate::domain::{Docket, rfc3339};
use crate::engine::Engine;
use crate::settings::Settings;
use crate::telemetry;
use crate::watch::Watch;
use std::io::{self, IsTerminal as _, Write as _};

pub(super) fn run(context: &Context, settings: &Settings) -> Result<Answer, Failure> {
    telemetry::begin(
        settings,
        std::io::stderr().is_terminal() && !settings.no_color,
    );
    let bytes = context.watchable_bytes()?;
    let docket = context.docket_of(&bytes, &context.file, context.now)?;
    let mut out = io::stdout();
    let failed = |error: io::Error| Failure::problem(format!("cannot write a post: {error}"));
    out.write_all(opening(context, &docket).as_bytes())
        .map_err(failed)?;
    out.flush().map_err(failed)?;
    let console = Console::new(out, docket.zone(), context.terminal.width);
    let engine = Engine::new(docket, context.now);
    let next = engine.next().map_or("none".to_owned(), rfc3339);
    let file = context.file.display().to_string();
    tracing::info!(file, next, "watching the record; posts go to this terminal");
    let watch = Watch::new(&context.file, bytes);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::problem(format!("cannot start: {error}")))?;
    runtime
        .block_on(async {
            let stop = stopped()?;
            app::run(engine, watch, System, console, &file, stop).await
        })
        .map_err(failed)?;
    Ok(Answer::default())
}

/// The board as of now.
fn opening(context: &Context, docket: &Docket) -> String {
    let seen = docket.as_of(context.now);
    let mut open: Vec<_> = seen
        .deadlines()
        .filter(|deadline| deadline.outcome.is_none())
        .cloned()
        .collect();
    open.sort_by_cached_key(|deadline| deadline.board_order(context.now));
    let head = as_of_line(context.now, docket.zone());
    format!("{head}{}\n", board(&open, context.now, context.terminal))
}

/// Done when the process is asked to stop.
fn stopped() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
