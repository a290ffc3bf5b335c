//! Whether the bot is alive, and whether it does all that it should: for those who watch over it.
//!
//! Not alive (`/healthz`) means: start it again. Not ready (`/readyz`) means: it cannot post, or hears
//! nobody who asks something.
//! An edit that was refused makes neither false, since the last good record stays in force and no
//! restart would mend it; it stands among the problems all the same.

use super::{JSON, Shared, Site, unkept};
use crate::domain::rfc3339;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use std::time::Duration;

/// The engine's loop goes round every 30 seconds at least; when it has not for so long, it hangs.
const ROUND_MAX: Duration = Duration::from_mins(2);

/// How the bot is.
#[derive(Serialize)]
struct Health<'a> {
    ready: bool,
    problems: Vec<Problem<'a>>,
    /// The number of the record in force.
    revision: Option<i64>,
    /// When the engine last went round.
    round: Option<String>,
    version: &'static str,
}

/// Something that is wrong.
#[derive(Serialize)]
struct Problem<'a> {
    /// What it is about: `record`, `edit`, `ledger`, `clock`, `gateway` or `engine`.
    about: &'static str,
    /// In a line.
    why: &'a str,
    /// All lines of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a str>,
}

fn is_alive(site: &Site) -> bool {
    site.pulse.since_round() <= ROUND_MAX
}

pub(super) async fn alive(State(site): Shared) -> Response {
    if is_alive(&site) {
        return plain(StatusCode::OK, "alive\n");
    }
    plain(
        StatusCode::SERVICE_UNAVAILABLE,
        "the engine has not gone round for two minutes: start the bot again\n",
    )
}

pub(super) async fn ready(State(site): Shared) -> Response {
    let engine = site.pulse.state();
    let mut problems = Vec::new();
    let mut add = |about, why| {
        problems.push(Problem {
            about,
            why,
            report: None,
        });
    };
    if engine.in_force.is_none() {
        add("record", "no record is in force yet");
    }
    if let Some(why) = &engine.ledger {
        add("ledger", why);
    }
    if let Some(why) = &engine.clock {
        add("clock", why);
    }
    let deaf = site.pulse.deaf();
    if let Some(why) = &deaf {
        add("gateway", why);
    }
    if !is_alive(&site) {
        add("engine", "it has not gone round for two minutes");
    }
    let is_ready = problems.is_empty();
    if let Some(refused) = &engine.refused {
        problems.push(Problem {
            about: "edit",
            why: &refused.why,
            report: refused.report.as_deref(),
        });
    }
    let health = Health {
        ready: is_ready,
        problems,
        revision: engine.in_force.as_ref().map(|it| it.revision),
        round: engine.round.map(rfc3339),
        version: env!("CARGO_PKG_VERSION"),
    };
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = serde_json::to_vec_pretty(&health).expect("health has no maps");
    unkept(status, JSON, body)
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    unkept(status, "text/plain; charset=utf-8", text)
}
