//! `docket run`: prints the board, then each post when it falls due.

use super::board::{as_of_line, board};
use super::context::{Context, cannot_start, waits_for};
use super::{Answer, Failure};
use crate::app::{self, Bot, Failed};
use crate::console::Console;
use crate::domain::Docket;
use crate::settings::Settings;
use crate::store::{Opened, Store};
use crate::telemetry;
use crate::watch::found;
use crate::web::Server;
use std::fs::File;
use std::io::{self, IsTerminal as _, Write as _};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) fn run(context: &Context, settings: &Settings) -> Result<Answer, Failure> {
    telemetry::begin(
        settings,
        std::io::stderr().is_terminal() && !settings.no_color,
    );
    // The file first: a mistake in it should not leave a ledger behind.
    let bytes = context.watchable_bytes();
    let docket = match &bytes {
        Ok(bytes) => context.docket_of(bytes, &context.file, context.now),
        Err(failure) => Err(failure.clone()),
    };
    let location = context.ledger()?;
    let access = context.discord()?;
    let server = server(context)?;
    if docket.is_err() && !location.exists() {
        return Err(docket
            .err()
            .unwrap_or_else(|| Failure::problem("no record")));
    }
    waits_for(async {
        // First: until then a signal cuts it off.
        let stop = stopped().map_err(|error| cannot_start(&error))?;
        let Opened { store, damaged } = Store::open(&location, context.now)
            .await
            .map_err(|error| Failure::of_ledger(&error, &location))?;
        if let Some((aside, why)) = damaged {
            let aside = aside.display().to_string();
            tracing::error!(
                aside,
                why,
                "the ledger is damaged and was put aside: a new one begins now, and what was due \
                 but not posted before is not posted"
            );
        }
        let docket = match docket {
            Ok(docket) => docket,
            Err(failure) => app::last_good(&store).await.ok_or(failure)?,
        };
        let found = found(bytes.map_err(|failure| io::Error::other(failure.to_string())));
        let pulse = Arc::default();
        if let Some(server) = server {
            let links = context.links.clone();
            app::serve(server, &pulse, location, links).map_err(|error| cannot_start(&error))?;
        }
        let bot = Bot {
            store,
            path: &context.file,
            found,
            pulse,
        };
        let file = context.file.display().to_string();
        let end = if let Some(access) = access {
            tracing::info!(file, "watching the record; posts go to Discord");
            Box::pin(bot.on_discord(access, stop)).await
        } else {
            let console = console(context, &docket)?;
            tracing::info!(file, "watching the record; posts go to standard output");
            bot.on_terminal(console, stop).await
        };
        end.map_err(|failed| ended(&failed))?;
        tracing::info!("stopped");
        Ok(Answer::default())
    })?
}

/// The standard output, with the board on it.
fn console(context: &Context, docket: &Docket) -> Result<Console<File>, Failure> {
    // As it is: a buffer would print on its own what was thought not to be printed.
    let out = io::stdout().as_fd().try_clone_to_owned();
    let mut out = File::from(out.map_err(|error| cannot_start(&error))?);
    out.write_all(opening(context, docket).as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::problem(format!("cannot write: {error}")))?;
    let width = context.terminal.width;
    Ok(Console::new(out, docket.zone(), width, transcript()))
}

/// Why the bot ended by itself.
fn ended(failed: &Failed) -> Failure {
    let failure = Failure::problem(failed.to_string());
    match failed {
        Failed::Refused(_) => failure.is_final().help(
            "look at the Bot page of the application: reset the token if it is lost, and give the \
             new one with `DISCORD_TOKEN`",
        ),
        _ => failure,
    }
}

/// The address of the page, open before anything is begun; none if it is not served.
fn server(context: &Context) -> Result<Option<Server>, Failure> {
    let open = |address: &str| {
        Server::open(address).map_err(|error| {
            Failure::problem(error.to_string()).help(
                "name a free address with `--listen ADDR` or `DOCKET_LISTEN`, or none (`--listen \
                 ''`) to go without the page",
            )
        })
    };
    let address = Some(context.listen.as_str()).filter(|address| !address.is_empty());
    address.map(open).transpose()
}

/// Where what goes to the standard output can be read again, if it is a file.
fn transcript() -> Option<PathBuf> {
    let path = Path::new("/proc/self/fd/1");
    path.metadata().ok()?.is_file().then(|| path.to_owned())
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

/// Done when the process is asked to stop. Asked again, it ends at once: that is heard on a thread
/// of its own, since a post into a pipe that nobody reads holds up everything else.
fn stopped() -> io::Result<impl Future<Output = ()>> {
    let (hearing, heard) = std::sync::mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            let Err(error) = listen(|| hearing.send(Ok(())).unwrap_or_default(), stop);
            // Whoever began this waits to hear it.
            hearing.send(Err(error)).unwrap_or_default();
        })?;
    heard.recv().map_err(io::Error::other)??;
    Ok(async move {
        if stopped.await.is_err() {
            // Nobody listens any more, so nobody will ask.
            std::future::pending::<()>().await;
        }
    })
}

/// Waits to be asked twice. The first time it is told to `stop`, the second time is the end.
fn listen(
    hears: impl FnOnce(),
    stop: tokio::sync::oneshot::Sender<()>,
) -> io::Result<std::convert::Infallible> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut asked = async move || {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        hears();
        asked().await;
        tracing::info!("stopping: waiting for posts that are under way");
        // Whoever does not wait for it any more is about to end.
        stop.send(()).unwrap_or_default();
        asked().await;
        std::process::exit(1)
    })
}
