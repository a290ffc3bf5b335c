//! Notices: what a post says, as data, before any sink gives it a form.

mod key;
mod text;

use super::change::{Change, Group};
use super::deadline::Source;
use super::docket::{Docket, Item};
use super::duration::Duration;
use super::id::Id;
use super::lateness::LATE;
use super::occurrence::{Kind, Occurrence, Reason, RoundStep};
use super::phrases;
use super::plan::Plan;
use super::subscription::Subscription;
use super::zone::Timestamp;
use text::Said;
pub use text::{history_sentence, law_sentence};

/// The content of one post for one subscription.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Notice {
    /// When it is to be posted.
    pub at: Timestamp,
    /// What kind of post it is.
    pub kind: Kind,
    /// The item it is about, of several the first in the file.
    pub item: Option<Id>,
    /// All items it is about, in the order of the file.
    pub items: Vec<Id>,
    /// The round it is about.
    pub round: Option<String>,
    /// What about the round.
    pub step: Option<RoundStep>,
    /// Who gets it.
    pub subscription: String,
    /// The lead that it reminds by.
    pub lead: Option<Duration>,
    /// Whether it comes late.
    pub late: bool,
    /// What was promised: posted once.
    pub key: String,
    /// Whether it pings.
    pub pings: bool,
    /// A line that stands alone.
    pub title: String,
    /// The rest, a line for each thought.
    pub lines: Vec<String>,
    /// Where it can be checked.
    pub sources: Vec<Source>,
}

impl Notice {
    /// The kind, with the lead or the step: `lead 3d`, `round moved`.
    pub fn what(&self) -> String {
        match (self.lead, self.step) {
            (Some(lead), _) => format!("{} {lead}", self.kind),
            (None, Some(step)) => format!("{} {step}", self.kind),
            (None, None) => self.kind.to_string(),
        }
    }

    /// All that it says below its title.
    pub fn text(&self) -> String {
        let lines: Vec<_> = self
            .lines
            .iter()
            .cloned()
            .chain(self.sources.iter().map(phrases::cite))
            .collect();
        lines.join("\n")
    }

    fn new(at: Timestamp, kind: Kind, to: &Subscription, key: String, said: Said) -> Self {
        Self {
            at,
            kind,
            item: None,
            items: Vec::new(),
            round: None,
            step: None,
            subscription: to.id.clone(),
            lead: None,
            late: false,
            key,
            pings: kind.pings(),
            title: said.title,
            lines: said.lines,
            sources: said.sources,
        }
    }

    fn about(self, items: Vec<Id>) -> Self {
        Self {
            item: items.first().cloned(),
            items,
            ..self
        }
    }
}

impl Plan {
    /// What an occurrence of this plan says when it is posted at `now`.
    pub fn notice(&self, occurrence: &Occurrence, now: Timestamp) -> Notice {
        let to = &self.audience()[occurrence.subscription as usize];
        let docket = self.docket();
        let at = occurrence.at;
        let late = now - at > LATE;
        let of_item = |item: usize| vec![docket.items()[item].id().clone()];
        let notice = match occurrence.reason {
            Reason::Due { window }
            | Reason::Opens { window }
            | Reason::Lead { window, .. }
            | Reason::Snoozed { window } => {
                let armed = self.window(window);
                let lead = match occurrence.reason {
                    Reason::Lead { lead, .. } => Some(lead),
                    _ => None,
                };
                let kind = match occurrence.reason {
                    Reason::Due { .. } => Kind::Due,
                    Reason::Opens { .. } => Kind::Opens,
                    _ => Kind::Lead,
                };
                let item = &docket.items()[armed.item];
                let key = match occurrence.reason {
                    Reason::Snoozed { .. } => key::snoozed(to, item.id(), &armed.window, at),
                    _ => key::reminder(to, kind, item.id(), &armed.window, lead),
                };
                let said = text::reminder(item, &armed.window.due, kind, to, now);
                let notice = Notice::new(at, kind, to, key, said).about(vec![item.id().clone()]);
                let is_asked_for = matches!(occurrence.reason, Reason::Snoozed { .. });
                let pings = lead.map_or(kind.pings() || is_asked_for, |lead| to.lead_pings(lead));
                Notice {
                    lead,
                    pings,
                    ..notice
                }
            }
            Reason::Changes { group } => {
                return Notice {
                    at,
                    late,
                    ..of_group(docket, to, self.group(group), now)
                };
            }
            Reason::RoundStarts {
                item,
                round,
                schedule,
            }
            | Reason::RoundEnds {
                item,
                round,
                schedule,
            } => {
                let step = match occurrence.reason {
                    Reason::RoundStarts { .. } => RoundStep::Starts,
                    _ => RoundStep::Ends,
                };
                let (item, index, schedule) = (item as usize, round as usize, schedule as usize);
                let Item::Negotiation(negotiation) = &docket.items()[item] else {
                    unreachable!("only negotiations have rounds")
                };
                let round = &negotiation.rounds[index];
                let key = key::round(to, negotiation, round, step, schedule);
                let said = text::round(docket, negotiation, index, step, (schedule, schedule), now);
                let notice = Notice::new(at, Kind::Round, to, key, said).about(of_item(item));
                Notice {
                    round: Some(round.name.clone()),
                    step: Some(step),
                    ..notice
                }
            }
            Reason::Digest => {
                let open = text::open_deadlines(docket, to, now);
                let said = text::digest(&open, to, now);
                let key = key::digest(to, at);
                let ids = open.iter().map(|deadline| deadline.id.clone()).collect();
                let notice = Notice::new(at, Kind::Digest, to, key, said);
                Notice {
                    item: None,
                    ..notice.about(ids)
                }
            }
        };
        Notice { late, ..notice }
    }
}

/// What a group of changes says to a subscription that follows at least one of its items, at
/// `now`. `docket` is the one that the places of the changes are of.
fn of_group(docket: &Docket, to: &Subscription, group: &Group, now: Timestamp) -> Notice {
    let followed: Vec<&Change> = group
        .changes
        .iter()
        .filter(|change| {
            to.filter
                .passes(&docket.facets(&docket.items()[change.item]))
        })
        .collect();
    let mut items: Vec<_> = followed.iter().map(|change| change.item).collect();
    items.dedup();
    let ids: Vec<_> = items
        .iter()
        .map(|item| docket.items()[*item].id().clone())
        .collect();
    let key = key::changes(to, group.kind, docket, &followed);
    let said = text::changes(docket, group.kind, &followed, to, now);
    let notice = Notice::new(group.at, group.kind, to, key, said).about(ids);
    let (round, step) = text::round_of(docket, followed[0]);
    Notice {
        round,
        step,
        ..notice
    }
}

/// The posts that tell an edit at once, for each subscription, in the order of the file.
pub fn announce(
    docket: &Docket,
    audience: &[Subscription],
    groups: &[Group],
    now: Timestamp,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    for group in groups {
        for to in audience {
            let follows = |change: &Change| {
                to.filter
                    .passes(&docket.facets(&docket.items()[change.item]))
            };
            if group.changes.iter().any(follows) {
                let due = group.changes.iter().filter_map(Change::due_ahead).min();
                let at = to.post_at(group.at, due);
                notices.push(Notice {
                    at,
                    ..of_group(docket, to, group, now)
                });
            }
        }
    }
    notices
}
