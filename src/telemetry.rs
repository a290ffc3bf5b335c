//! Logs: messages that read alone, with fields to query, on stderr.

use crate::settings::Settings;
use tracing_subscriber::EnvFilter;

/// What is logged of dependencies: on lower levels serenity shows tokens of interactions.
const QUIET: &str = "serenity=warn";

/// Begins logging, at `info` unless `RUST_LOG` says otherwise. Does nothing if it has begun.
pub fn begin(settings: &Settings, color: bool) {
    let asked = settings.log.as_deref().unwrap_or_default();
    // What is asked for comes last, and stands. A mistake in it does not silence the rest.
    let filter = format!("info,{QUIET},{asked}");
    let begun = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .with_ansi(color)
        .with_target(false)
        .try_init();
    if let Err(error) = begun {
        tracing::debug!(%error, "logging had begun before");
    }
}
