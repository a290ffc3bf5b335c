//! `/docket check`, `log`, `resend` and `about`: how the bot is.

use crate::discord::answer::{Action, Answer, LogAction, Place, Scene};
use crate::discord::look::Look;
use crate::discord::message::{Block, Embed, File, Message};
use crate::discord::reference;
use crate::discord::request::{Options, Request};
use crate::discord::text::{cut, lines, safe};
use crate::discord::time;
use crate::discord::words::docket as words;
use crate::discord::words::problem::Problem;
use crate::domain::{self, Delivery, OutcomeResult, Stage, State, Target, Timestamp};
use crate::feed::Links;

/// How everything is, for whoever asks by `/docket check`.
#[derive(Clone, Copy, Debug)]
pub struct Health<'a> {
    /// Why the file as it is now is not in force, if it is not: when that was found, why in a
    /// line, and all problems with their lines.
    pub refused: Option<(Timestamp, &'a str, Option<&'a str>)>,
    /// Why the ledger cannot be written, if so.
    pub ledger: Option<&'a str>,
    /// Why the clock cannot be right, if so.
    pub clock: Option<&'a str>,
    /// Since when the gateway is up; none if it is not.
    pub gateway: Option<Timestamp>,
    /// When the engine last went round.
    pub round: Option<Timestamp>,
    /// How many posts wait to go out.
    pub waiting: usize,
    /// How many have failed in the last week.
    pub failed: usize,
}

/// How many deliveries `log` shows.
const LOG_MAX: usize = 15;
/// The problems of a file that stand in the message; all of them are attached.
const REPORT_MAX: usize = 2_500;

pub(super) fn check(request: &Request, scene: &Scene<'_>) -> Result<Answer, Problem> {
    super::managers_only(request, scene)?;
    let server = of_whom(request, scene);
    Ok(Answer::Do(Action::Check { server }, Place::Private))
}

/// How everything is.
pub fn checked(health: &Health<'_>, scene: &Scene<'_>) -> Message {
    let mut said = Vec::new();
    let mut files = Vec::new();
    match health.refused {
        Some((at, why, report)) => {
            said.push(words::refused(&time::relative(at), &safe(why, 400)));
            if let Some(report) = report {
                said.push(format!("```\n{}\n```", cut(&unfenced(report), REPORT_MAX)));
                files.push(File {
                    name: "problems.txt".to_owned(),
                    alt: None,
                    bytes: report.as_bytes().to_vec(),
                });
            }
        }
        None if scene.docket.is_none() => said.push(words::NO_RECORD.to_owned()),
        None => said.push(words::RECORD_FINE.to_owned()),
    }
    said.push(match health.ledger {
        Some(why) => words::ledger_wrong(&safe(why, 400)),
        None => words::LEDGER_FINE.to_owned(),
    });
    said.extend(health.clock.map(|why| words::clock_wrong(&safe(why, 400))));
    said.push(match health.gateway {
        Some(at) => words::gateway_up(&time::relative(at)),
        None => words::GATEWAY_DOWN.to_owned(),
    });
    said.push(match health.round {
        Some(at) => words::round(&time::relative(at)),
        None => words::NO_ROUND.to_owned(),
    });
    said.push(words::posts(health.waiting, health.failed));
    let is_fine = health.refused.is_none()
        && health.ledger.is_none()
        && health.clock.is_none()
        && health.gateway.is_some()
        && health.failed == 0
        && scene.docket.is_some();
    let look = if is_fine {
        Look::steady(State::Ended(OutcomeResult::Met))
    } else {
        Look::steady(State::Awaiting)
    };
    Message {
        embed: Some(Embed {
            color: look.color,
            title: if is_fine {
                words::FINE
            } else {
                words::NOT_FINE
            }
            .to_owned(),
            description: said.join("\n"),
            ..Embed::default()
        }),
        files,
        ..Message::default()
    }
}

/// A text that does not end the box of code it stands in, nor ping from it.
fn unfenced(text: &str) -> String {
    text.replace("```", "'''")
        .replace('@', "@\u{200b}")
        .replace("<#", "< #")
}

pub(super) fn asked_log(
    options: &Options,
    request: &Request,
    scene: &Scene<'_>,
) -> Result<Answer, Problem> {
    super::managers_only(request, scene)?;
    let action = LogAction {
        failed: options.flag("failed").unwrap_or(false),
        server: of_whom(request, scene),
        most: LOG_MAX,
    };
    Ok(Answer::Do(Action::Log(action), Place::Private))
}

/// The server whose posts somebody may see; those who run the program see all.
fn of_whom(request: &Request, scene: &Scene<'_>) -> Option<String> {
    if super::is_operator(request, scene) {
        None
    } else {
        request.server.clone()
    }
}

/// The latest deliveries, the newest first.
pub fn log(action: &LogAction, deliveries: &[Delivery]) -> Message {
    let entries: Vec<_> = deliveries.iter().take(action.most).map(entry).collect();
    let none = if action.failed {
        words::NOTHING_FAILED
    } else {
        words::NOTHING_POSTED
    };
    Message {
        embed: Some(Embed {
            color: Look::plain("").color,
            title: if action.failed {
                words::LOG_FAILED
            } else {
                words::LOG
            }
            .to_owned(),
            description: match entries.as_slice() {
                [] => none.to_owned(),
                _ => lines(&entries, 3_900, |count| format!("… and {count} more")),
            },
            footer: Some(words::LOG_FOOTER.to_owned()),
            ..Embed::default()
        }),
        ..Message::default()
    }
}

fn entry(delivery: &Delivery) -> String {
    let notice = &delivery.notice;
    let sign = match delivery.stage {
        Stage::Planned => "🕓",
        Stage::Sending => "📨",
        Stage::Sent => "✅",
        Stage::Skipped => "⏭️",
        Stage::Failed => "❌",
    };
    let to = match Target::parse(&notice.subscription) {
        Some(Target::Channel(id)) => format!("<#{id}>"),
        Some(Target::Person { .. }) => words::DIRECT.to_owned(),
        None => notice.subscription.clone(),
    };
    // What an edit took back was perhaps to come in years.
    let at = match delivery.sent {
        Some(at) => time::relative(at),
        None => words::meant_for(&time::full(notice.at)),
    };
    let reason = delivery
        .reason
        .as_deref()
        .map(|why| format!("\n{}", safe(why, 200)));
    let reference = reference::shown(&domain::reference(&notice.key, delivery.copy));
    format!(
        "{sign} **{}** {at} → {to}\n{}{}\n-# {} · {reference}",
        delivery.stage.word(),
        safe(&notice.title, 140),
        reason.unwrap_or_default(),
        notice.what(),
    )
}

pub(super) fn resend(
    options: &Options,
    request: &Request,
    scene: &Scene<'_>,
) -> Result<Answer, Problem> {
    super::managers_only(request, scene)?;
    let key = super::required(options, "key")?.to_owned();
    let server = of_whom(request, scene);
    Ok(Answer::Do(Action::Resend { key, server }, Place::Private))
}

/// What came of asking for a post again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resent {
    /// It goes out again.
    Yes {
        /// Its title.
        title: String,
    },
    /// The ledger has no such post, or none in this server.
    Unknown,
    /// It is still to be posted.
    Waiting {
        /// Why it is not yet.
        why: String,
    },
}

impl Resent {
    /// What comes of it: what the ledger told of the post before, and the stage that it was in when
    /// it was asked to post it again. None: it is not in the ledger any more.
    pub fn of(found: &Delivery, stage: Option<Stage>) -> Self {
        let waits = |stage| matches!(stage, Stage::Planned | Stage::Sending);
        match stage {
            None => Self::Unknown,
            Some(stage) if waits(stage) => {
                let is_first = waits(found.stage) && found.copy == 1;
                let why = found.reason.as_deref().unwrap_or(if is_first {
                    words::NOT_YET
                } else {
                    words::ASKED_ALREADY
                });
                Self::Waiting {
                    why: why.to_owned(),
                }
            }
            Some(_) => Self::Yes {
                title: found.notice.title.clone(),
            },
        }
    }
}

/// What came of asking for a post again.
pub fn resent(key: &str, resent: &Resent) -> Message {
    match resent {
        Resent::Yes { title } => Message::text(words::resent(&safe(title, 200))),
        Resent::Unknown => words::no_post(key).message(),
        Resent::Waiting { why } => words::waiting(&safe(why, 300)).message(),
    }
}

pub(super) fn about(scene: &Scene<'_>) -> Answer {
    let count = |count: usize| count.to_string();
    let mut fields = Vec::new();
    let mut fact = |name: &str, value: String| {
        fields.push(Block {
            name: name.to_owned(),
            value,
            is_short: true,
        });
    };
    fact(words::VERSION, safe(scene.version, 60));
    if let Some(docket) = scene.docket {
        let open = docket.deadlines().filter_map(|it| it.as_of(scene.now));
        let open = open.filter(|it| !matches!(it.state(scene.now), State::Ended(_)));
        fact(words::OPEN, count(open.count()));
        fact(words::ALL, count(docket.deadlines().count()));
        fact(words::NEGOTIATIONS, count(docket.negotiations().count()));
        fact(words::ZONE, docket.zone().name().to_owned());
    }
    Answer::private(Message {
        embed: Some(Embed {
            color: Look::plain("").color,
            title: words::NAME.to_owned(),
            url: scene.links.map(Links::overview),
            description: words::ABOUT.to_owned(),
            fields,
            ..Embed::default()
        }),
        ..Message::default()
    })
}
