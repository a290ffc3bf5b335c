//! How problems are shown: to people with the line and a caret, to programs as JSON, and as
//! annotations of a GitHub workflow.

use super::problem::{Lines, Problem, Severity};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::fmt::Write as _;
use std::ops::Range;

/// Whether problems may be coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For pipes and files.
    Plain,
    /// For terminals.
    Colored,
}

/// Problems together with the file they are in.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The name of the file, as the user gave it.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
    /// What is wrong with it.
    pub problems: &'a [Problem],
}

/// A problem in the form that programs read.
#[derive(serde::Serialize)]
struct Record<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    severity: Severity,
    code: &'static str,
    message: &'a str,
    help: Option<&'a str>,
}

impl Report<'_> {
    /// For people: each problem with its line, then how many there are.
    pub fn human(&self, style: Style) -> String {
        let lines = Lines::of(self.text);
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Colored => Renderer::styled(),
        };
        let mut out = String::new();
        for problem in self.problems {
            self.show(problem, &lines, &renderer, &mut out);
            out.push_str("\n\n");
        }
        out
    }

    /// How many errors and warnings there are, in words; none if there are none.
    pub fn summary(&self) -> Option<String> {
        let count = |severity| {
            self.problems
                .iter()
                .filter(|problem| problem.code.severity() == severity)
                .count()
        };
        let said = |count: usize, noun: &str| match count {
            0 => None,
            1 => Some(format!("1 {noun}")),
            _ => Some(format!("{count} {noun}s")),
        };
        let errors = said(count(Severity::Error), "error");
        let warnings = said(count(Severity::Warning), "warning");
        let all: Vec<_> = errors.into_iter().chain(warnings).collect();
        (!all.is_empty()).then(|| all.join(" and "))
    }

    /// One JSON array.
    pub fn json(&self) -> String {
        let lines = Lines::of(self.text);
        let records = self.problems.iter().map(|problem| {
            let (line, column) = self.place(problem.span.start, &lines);
            Record {
                file: self.file,
                line,
                column,
                severity: problem.code.severity(),
                code: problem.code.as_str(),
                message: &problem.message,
                help: problem.help.as_deref(),
            }
        });
        let records: Vec<_> = records.collect();
        serde_json::to_string_pretty(&records).expect("texts and numbers are JSON")
    }

    /// Workflow commands that GitHub shows at the lines of a pull request.
    pub fn github(&self) -> String {
        let lines = Lines::of(self.text);
        let mut out = String::new();
        for problem in self.problems {
            let (line, column) = self.place(problem.span.start, &lines);
            let level = match problem.code.severity() {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let help = problem
                .help
                .as_ref()
                .map(|help| format!("\n{help}"))
                .unwrap_or_default();
            let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
            let _ = writeln!(
                out,
                "::{level} file={},line={line},col={column},title={}::{}",
                property(self.file),
                problem.code,
                escape(&format!("{}{help}", problem.message)),
            );
        }
        out
    }

    /// Line and column of a place, both from 1, the column in characters.
    fn place(&self, place: usize, lines: &Lines) -> (usize, usize) {
        let place = self.boundary(place);
        let line = lines.number(place);
        let before = &self.text[lines.start(line)..place];
        (line, before.chars().count() + 1)
    }

    fn show(&self, problem: &Problem, lines: &Lines, renderer: &Renderer, out: &mut String) {
        let level = match problem.code.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let (first, shown) = self.line_at(&problem.span, lines);
        let mut snippet = Snippet::source(shown.text)
            .path(self.file)
            .line_start(first)
            .annotation(AnnotationKind::Primary.span(shown.span));
        let other = problem
            .other
            .as_ref()
            .map(|(span, label)| (self.line_at(span, lines), label));
        if let Some(((line, _), _)) = &other
            && *line == first
        {
            // Both on one line: the message says it all.
            snippet = snippet.fold(true);
        }
        let title = level
            .primary_title(problem.message.as_str())
            .id(problem.code.as_str());
        let mut group = Group::with_title(title).element(snippet);
        if let Some(((line, shown), label)) = other.filter(|((line, _), _)| *line != first) {
            group = group.element(
                Snippet::source(shown.text)
                    .path(self.file)
                    .line_start(line)
                    .annotation(
                        AnnotationKind::Context
                            .span(shown.span)
                            .label(label.as_str()),
                    ),
            );
        }
        if let Some(help) = &problem.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        out.push_str(&renderer.render(&[group]));
    }

    /// The line that a span begins in, with its number, cut down to what a screen can show.
    fn line_at(&self, span: &Range<usize>, lines: &Lines) -> (usize, Shown<'_>) {
        const BEFORE_MAX: usize = 100;
        const AFTER_MAX: usize = 200;
        let start = self.boundary(span.start);
        let number = lines.number(start);
        let line_start = lines.start(number);
        let line = self.text[line_start..]
            .split(['\n', '\r'])
            .next()
            .unwrap_or_default();
        let line_end = line_start + line.len();
        let end = self.boundary(span.end).clamp(start.min(line_end), line_end);
        let from = self.boundary(start.saturating_sub(BEFORE_MAX).max(line_start));
        let to = self.boundary((start + AFTER_MAX).min(line_end)).max(from);
        let within = |place: usize| place.clamp(from, to) - from;
        (
            number,
            Shown {
                text: &self.text[from..to],
                span: within(start)..within(end),
            },
        )
    }

    /// The last boundary of a character at or before a place.
    fn boundary(&self, place: usize) -> usize {
        self.text.floor_char_boundary(place.min(self.text.len()))
    }
}

struct Shown<'a> {
    text: &'a str,
    span: Range<usize>,
}

/// As the runner of workflows wants it.
fn escape(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}
