//! `docket check`: all problems of the record.

use super::context::Context;
use super::{Answer, Failure};
use crate::config::{self, Report, Severity, Style};
use crate::domain::words;
use crate::query;
use clap::{Args as ClapArgs, ValueEnum};

#[derive(ClapArgs, Debug)]
pub(super) struct Args {
    /// Fail for warnings too
    #[arg(long)]
    strict: bool,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Warn of what would be late, stale or ahead at that date or time
    #[arg(long, value_name = "T")]
    as_of: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With the line and a way out
    Human,
    /// One JSON array
    Json,
    /// Annotations of a GitHub workflow
    Github,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Answer, Failure> {
    let bytes = context.bytes()?;
    let (mut parsed, text) = config::parse_bytes(&bytes, context.now);
    if let Some(as_of) = &args.as_of {
        let now = query::last(as_of, parsed.zone)?;
        (parsed, _) = config::parse_bytes(&bytes, now);
    }
    let file = context.file.display().to_string();
    let report = Report {
        file: &file,
        text: &text,
        problems: &parsed.problems,
    };
    let text = match args.format {
        Format::Json => report.json() + "\n",
        Format::Github => report.github(),
        Format::Human => {
            let style = if context.terminal.color {
                Style::Colored
            } else {
                Style::Plain
            };
            let verdict = match (report.summary(), &parsed.docket) {
                (Some(summary), _) => format!("{summary} in {file}\n"),
                (None, Some(docket)) => {
                    let count = i64::try_from(docket.items().len()).unwrap_or(i64::MAX);
                    format!("{file} is fine: {}\n", words::count_of(count, "item"))
                }
                (None, None) => String::new(),
            };
            report.human(style) + &verdict
        }
    };
    let fails = |severity| severity == Severity::Error || args.strict;
    let is_problem = parsed
        .problems
        .iter()
        .any(|problem| fails(problem.code.severity()));
    Ok(Answer {
        bytes: text.into_bytes(),
        is_problem,
    })
}
