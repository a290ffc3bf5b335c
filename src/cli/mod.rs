//! The command line: the commands and what they share. The only place that knows `clap`.
//!
//! Data goes to stdout, logs and problems to stderr. Exit status: 0 fine, 1 the answer is a
//! problem, 2 wrong usage.

mod access;
mod board;
mod check;
mod context;
mod diff;
mod doctor;
mod export;
mod failure;
mod filter;
mod health;
mod layout;
mod list;
mod log;
mod moment;
mod posts;
mod run;
mod show;
mod talks;

use crate::clock::System;
use crate::feed::Links;
use crate::ports::Clock as _;
use crate::settings::Settings;
use clap::{CommandFactory as _, Parser, Subcommand};
use context::Context;
pub use failure::Failure;
use layout::Terminal;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;

/// Tracks policy deadlines and the negotiations around them, and posts countdowns and changes.
///
/// The record is one file that people edit by hand, `deadlines.toml`. Without a command, `docket`
/// is `docket run`.
#[derive(Debug, Parser)]
#[command(name = "docket", version, max_term_width = 100)]
pub struct Cli {
    /// The record
    #[arg(
        long,
        global = true,
        env = "DOCKET_CONFIG",
        default_value = "deadlines.toml",
        value_name = "FILE",
        hide_env_values = true
    )]
    config: PathBuf,

    /// The ledger, which remembers what was posted: `sqlite://FILE` or `postgres://…`
    #[arg(
        long,
        global = true,
        env = "DOCKET_DATABASE",
        default_value = "sqlite://docket.db",
        value_name = "URL",
        hide_env_values = true
    )]
    database: String,

    /// Where the page is served, empty for nowhere; port 0 is any that is free
    #[arg(
        long,
        global = true,
        env = "DOCKET_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDR",
        hide_env_values = true
    )]
    listen: String,

    /// The address by which readers reach the page, such as `https://docket.example`
    #[arg(
        long,
        global = true,
        env = "DOCKET_PUBLIC_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    public_url: Option<PublicUrl>,

    #[command(flatten)]
    access: access::AccessArgs,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the board, then each post when it falls due; takes edits of the record, serves the page
    Run,
    /// List all errors and warnings of the record
    Check(check::Args),
    /// List the open deadlines: awaiting an outcome first, then soonest first
    List(list::Args),
    /// Show one item: its chain of dates, base rate, talks, arithmetic and sources
    Show(show::Args),
    /// Show negotiations and their rounds
    Talks(talks::Args),
    /// Show what will be posted, where and when
    Plan(posts::PlanArgs),
    /// Show what would have been posted in a span of the past
    Replay(posts::ReplayArgs),
    /// Show what saving an edit would announce
    Diff(diff::Args),
    /// Write the record in another format, or draw it
    Export(export::Args),
    /// Show the ledger: what was posted where and when, and what was not and why
    Log(log::LogArgs),
    /// Post something again that was posted, skipped or failed
    Resend(log::ResendArgs),
    /// Print the link that invites the bot to a server, with exactly the permissions it needs
    Invite,
    /// Look at token, clock, record, ledger and every channel, and say what to do
    Doctor,
    /// Ask the bot that runs on this machine whether it is alive
    #[command(hide = true)]
    Health,
    /// Print the JSON Schema of the record, for editors
    Schema,
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// What a command prints, and whether its answer is a problem.
#[derive(Debug, Default)]
struct Answer {
    bytes: Vec<u8>,
    is_problem: bool,
}

impl Answer {
    /// An answer that need not be text.
    fn bytes(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            is_problem: false,
        }
    }
}

impl From<String> for Answer {
    fn from(text: String) -> Self {
        Self::bytes(text.into_bytes())
    }
}

/// An address of the page; an empty one is none.
#[derive(Clone, Debug)]
struct PublicUrl(Option<Links>);

impl FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let given = (!text.is_empty()).then_some(text);
        Ok(Self(given.map(Links::parse).transpose()?))
    }
}

/// Runs the command that the arguments of the process ask for.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let settings = Settings::from_environment();
    let terminal = Terminal::detect(&settings);
    let context = Context {
        file: cli.config,
        now: System.now(),
        terminal,
        database: cli.database,
        listen: cli.listen,
        links: cli.public_url.and_then(|url| url.0),
        access: cli.access,
    };
    let answer = match cli.command.unwrap_or(Command::Run) {
        Command::Run => run::run(&context, &settings),
        Command::Invite => doctor::link(&context),
        Command::Doctor => doctor::run(&context),
        Command::Check(args) => check::run(&context, &args),
        Command::List(args) => list::run(&context, &args),
        Command::Show(args) => show::run(&context, &args),
        Command::Talks(args) => talks::run(&context, &args),
        Command::Plan(args) => posts::plan(&context, &args),
        Command::Replay(args) => posts::replay(&context, &args),
        Command::Diff(args) => diff::run(&context, &args),
        Command::Export(args) => export::run(&context, &args),
        Command::Log(args) => log::log(&context, &args),
        Command::Resend(args) => log::resend(&context, &args),
        Command::Health => health::run(&context),
        Command::Schema => Ok(layout::pretty(&crate::config::json_schema()).into()),
        Command::Completions { shell } => Ok(completions(shell).into()),
    };
    finish(answer)
}

fn completions(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "docket", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Prints an answer or why there is none.
fn finish(answer: Result<Answer, Failure>) -> ExitCode {
    match answer {
        Ok(answer) => match io::stdout().write_all(&answer.bytes) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                report(&Failure::problem(format!(
                    "cannot write the answer: {error}"
                )));
                ExitCode::from(1)
            }
            // Whoever closed the pipe, such as `head`, has read enough.
            _ => ExitCode::from(u8::from(answer.is_problem)),
        },
        Err(failure) => {
            report(&failure);
            ExitCode::from(failure.status())
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "errors of the command line go to stderr"
)]
fn report(failure: &Failure) {
    eprint!("{failure}");
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
