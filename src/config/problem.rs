//! Problems in a file, as data: where, what is wrong, and a way out.

use std::fmt;
use std::ops::Range;

/// Whether a problem keeps the file from being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// It can, but something is probably not as it should be.
    Warning,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $severity:ident;)+) => {
        /// What kind of problem it is. The codes are stable: scripts may rely on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The code as it is printed.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// Whether it keeps the file from being used.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),+ }
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii()),+ }
            }
        }
    };
}

codes! {
    /// The file is not UTF-8.
    NotUtf8 = "not-utf-8", Error;
    /// The file is larger than 16 MiB.
    TooLarge = "too-large", Error;
    /// Tables or lists are nested absurdly deep.
    TooDeep = "too-deep", Error;
    /// The text is not TOML.
    Syntax = "syntax", Error;
    /// The file has no deadline, negotiation or event.
    NoItems = "no-items", Error;
    /// The key does not exist here.
    UnknownKey = "unknown-key", Error;
    /// A required key is missing.
    MissingKey = "missing-key", Error;
    /// The value is of another type.
    WrongType = "wrong-type", Error;
    /// A text or list has nothing in it.
    EmptyValue = "empty-value", Error;
    /// The text has a control character, such as a line break.
    ControlCharacter = "control-character", Error;
    /// The id is not 1 to 64 characters of `a-z`, `0-9` and `-`.
    BadId = "bad-id", Error;
    /// The id or name is taken.
    Duplicate = "duplicate", Error;
    /// The word is not one of those that exist.
    UnknownWord = "unknown-word", Error;
    /// The zone is not `UTC` or an Area/City name of the tz database.
    UnknownZone = "unknown-zone", Error;
    /// The party is not declared.
    UnknownParty = "unknown-party", Error;
    /// There is no such item, or it is of another kind.
    UnknownItem = "unknown-item", Error;
    /// A date stands in quotes.
    QuotedDate = "quoted-date", Error;
    /// A year stands without quotes.
    BareYear = "bare-year", Error;
    /// The value is not a date, or not one of the forms of a due.
    BadDate = "bad-date", Error;
    /// The year is not within 1700 to 2999.
    YearOutOfRange = "year-out-of-range", Error;
    /// The time has seconds.
    Seconds = "seconds", Error;
    /// The clocks skip this local time.
    ClockGap = "clock-gap", Error;
    /// The clocks read this local time twice.
    ClockOverlap = "clock-overlap", Error;
    /// The zone skipped this date.
    SkippedDate = "skipped-date", Error;
    /// The text is not a duration.
    BadDuration = "bad-duration", Error;
    /// A computed due counts in units finer than its base.
    TooFine = "too-fine", Error;
    /// Computed dues count from each other.
    Cycle = "cycle", Error;
    /// Announcements are not in order of time.
    OutOfOrder = "out-of-order", Error;
    /// A revision was announced after the outcome.
    AfterOutcome = "after-outcome", Error;
    /// Something ends before it begins.
    EndsBeforeStart = "ends-before-start", Error;
    /// A round that was called off has an outcome.
    CancelledOutcome = "cancelled-outcome", Error;
    /// The text is not the id of a Discord channel.
    BadChannel = "bad-channel", Error;
    /// The text is not `role:ID`, `user:ID`, `everyone` or `here`.
    BadMention = "bad-mention", Error;
    /// The text is not a language tag.
    BadLanguage = "bad-language", Error;
    /// The text is not a web address.
    BadUrl = "bad-url", Error;
    /// Quiet hours begin and end at the same time.
    QuietEqual = "quiet-equal", Error;
    /// The offset is not the one that the zone has then.
    WrongOffset = "wrong-offset", Warning;
    /// A revision says what was known already.
    Repeats = "repeats", Warning;
    /// A revision has no source.
    NoSource = "no-source", Warning;
    /// A source was not checked for 30 days while its deadline is within 7.
    StaleSource = "stale-source", Warning;
    /// A due passed more than 30 days ago, and there is no outcome.
    LongAwaited = "long-awaited", Warning;
    /// An announcement lies ahead.
    AnnouncedAhead = "announced-ahead", Warning;
    /// A subscription, or a topic or party that it names, matches nothing.
    MatchesNothing = "matches-nothing", Warning;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem.
    pub code: Code,
    /// Where, in bytes of the text.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Another place that has to do with it, and how.
    pub other: Option<(Range<usize>, String)>,
}

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(
            [0].into_iter()
                .chain(ends.map(|(place, _)| place + 1))
                .collect(),
        )
    }

    /// The number of the line that a place lies in, from 1.
    pub(super) fn number(&self, place: usize) -> usize {
        self.0.partition_point(|start| *start <= place)
    }

    /// Where a line begins, by its number from 1.
    pub(super) fn start(&self, number: usize) -> usize {
        self.0[number - 1]
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: Vec<Problem>,
    suggestions: usize,
}

impl Problems {
    /// Looking for the nearest of many names is slow. A file with more mistakes than this has a
    /// mistake of another kind.
    const SUGGESTIONS_MAX: usize = 100;

    pub(super) fn add(&mut self, code: Code, span: Range<usize>, message: impl Into<String>) {
        let message = message.into();
        self.found.push(Problem {
            code,
            span,
            message,
            help: None,
            other: None,
        });
    }

    pub(super) fn add_with_help(
        &mut self,
        code: Code,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(code, span, message);
        self.help(help);
    }

    /// Adds help to the problem added last.
    pub(super) fn help(&mut self, help: impl Into<String>) {
        if let Some(last) = self.found.last_mut() {
            last.help = Some(help.into());
        }
    }

    /// Adds another place to the problem added last.
    pub(super) fn other(&mut self, span: Range<usize>, label: impl Into<String>) {
        if let Some(last) = self.found.last_mut() {
            last.other = Some((span, label.into()));
        }
    }

    /// The candidate that `written` was probably meant to be.
    pub(super) fn suggest<'a, I: IntoIterator<Item = &'a str>>(
        &mut self,
        written: &str,
        candidates: impl FnOnce() -> I,
    ) -> Option<&'a str> {
        self.suggestions += 1;
        if self.suggestions > Self::SUGGESTIONS_MAX {
            return None;
        }
        super::suggest::nearest(written, candidates())
    }

    pub(super) fn has_errors(&self) -> bool {
        self.found
            .iter()
            .any(|problem| problem.code.severity() == Severity::Error)
    }

    /// Takes over the problems of what could be read of a broken file. What is missing there may
    /// stand in the part that could not be read.
    pub(super) fn absorb_all_but_absences(&mut self, other: Self) {
        let absences = [
            Code::NoItems,
            Code::MissingKey,
            Code::UnknownParty,
            Code::UnknownItem,
            Code::MatchesNothing,
            Code::LongAwaited,
            Code::NoSource,
        ];
        let told = other
            .found
            .into_iter()
            .filter(|problem| !absences.contains(&problem.code));
        self.found.extend(told);
    }

    /// All of them, in the order of the file.
    pub(super) fn into_sorted(mut self) -> Vec<Problem> {
        self.found
            .sort_by_key(|problem| (problem.span.start, problem.code.as_str()));
        self.found.dedup();
        self.found
    }
}

/// The errors among problems: why a file cannot be used. `docket check` shows the warnings too.
pub fn errors(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.retain(|problem| problem.code.severity() == Severity::Error);
    problems
}
