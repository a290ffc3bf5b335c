//! `docket doctor` and `docket invite`: what is between the bot and its first post.

use super::context::{Context, waits_for};
use super::{Answer, Failure};
use crate::clock::System;
use crate::discord::doctor::{Finding, examine, invite};
use crate::discord::rest::{DISCORD, Rest};
use crate::discord::service::Access;
use crate::ports::Clock as _;
use crate::store::{Location, Store, StoreError};
use std::fs::File;
use std::io;
use std::path::Path;

const NO_TOKEN: &str = "make an application at https://discord.com/developers/applications, and \
                        give the token of its Bot page with `DISCORD_TOKEN`";

pub(super) fn link(context: &Context) -> Result<Answer, Failure> {
    let access = context.discord()?.ok_or_else(no_token)?;
    let rest = rest(&access)?;
    let link = waits_for(async { invite(&rest).await })?;
    let link = link.map_err(|trouble| Failure::problem(trouble.to_string()))?;
    Ok(format!("{link}\n").into())
}

pub(super) fn run(context: &Context) -> Result<Answer, Failure> {
    let mut found = Vec::new();
    let docket = context.docket();
    match &docket {
        Ok(docket) => found.push(Finding::good(
            "record",
            format!("{} items", docket.items().len()),
        )),
        Err(failure) => found.push(Finding::bad(
            "record",
            failure.to_string(),
            "`docket check` shows what is wrong with it",
        )),
    }
    let location = context.ledger()?;
    let follows = waits_for(Store::follows(&location))?;
    let follows = match follows.map_err(|error| ledger(&error, &location)) {
        Ok(follows) => {
            let how = format!("{} subscriptions made in Discord", follows.len());
            found.push(Finding::good("ledger", how));
            follows
        }
        Err(finding) => {
            found.push(finding);
            Vec::new()
        }
    };
    match context.discord()? {
        None => found.push(Finding::bad("token", "there is none", NO_TOKEN)),
        Some(access) => {
            let audience = docket.as_ref().map(|it| it.audience_with(&follows));
            let audience = audience.unwrap_or_default();
            let rest = rest(&access)?;
            found.extend(waits_for(examine(&rest, &audience, || System.now()))?);
        }
    }
    let is_problem = found.iter().any(|it| it.help.is_some());
    let lines: String = found.iter().map(line).collect();
    Ok(Answer {
        is_problem,
        ..Answer::from(lines)
    })
}

fn line(finding: &Finding) -> String {
    let Finding { what, how, help } = finding;
    match help {
        None => format!("good  {what}: {how}\n"),
        Some(help) => format!("BAD   {what}: {how}\n      → {help}\n"),
    }
}

/// What a ledger that cannot be read means. One that is not there yet is none, if it can be made.
fn ledger(error: &StoreError, location: &Location) -> Finding {
    match (error, location) {
        (StoreError::Missing(_), Location::File(path)) => match try_folder(path) {
            Ok(()) => no_ledger(),
            Err(why) => {
                let why = format!("`{}`: {why}", path.display());
                unusable(&StoreError::Unreachable(why), location)
            }
        },
        (StoreError::Missing(_), Location::Postgres(_)) => no_ledger(),
        _ => unusable(error, location),
    }
}

fn no_ledger() -> Finding {
    Finding::good("ledger", "none yet: `docket run` makes one")
}

/// Makes sure that files can be made beside a ledger. Nothing of the ledger's own is tried: its
/// lock alone would say that docket ran with it.
fn try_folder(ledger: &Path) -> io::Result<()> {
    let mut name = ledger.to_owned().into_os_string();
    name.push(format!(".doctor-{}", std::process::id()));
    File::create_new(&name)?;
    std::fs::remove_file(&name)
}

fn unusable(error: &StoreError, location: &Location) -> Finding {
    let failure = Failure::of_ledger(error, location);
    let help = failure.way_out();
    let help = help.unwrap_or("look at `--database` or `DOCKET_DATABASE`");
    Finding::bad("ledger", error.to_string(), help)
}

fn no_token() -> Failure {
    Failure::problem("there is no token of a Discord bot").help(NO_TOKEN)
}

fn rest(access: &Access) -> Result<Rest, Failure> {
    let base = access.base.as_deref().unwrap_or(DISCORD);
    Rest::new(base, &access.token).map_err(Failure::problem)
}
