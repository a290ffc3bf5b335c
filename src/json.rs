//! The shapes in which programs get items and posts: the same from every surface.
//!
//! Every key is always there: null for nothing, `[]` for no entries. Instants are UTC, RFC 3339.

use crate::domain::{
    BaseRate, Deadline, Delegation, Delivery, Docket, Due, Event, Id, Importance, Kind, Level,
    Negotiation, Notice, OutcomeResult, Precision, RoundState, RoundStep, Source, Stage, Standing,
    Timestamp, When, days_between, reference, rfc3339,
};
use chrono::NaiveDate;
use serde::Serialize;

/// A due.
#[derive(Debug, Serialize)]
pub struct DueRecord {
    text: String,
    date: Option<NaiveDate>,
    at: Option<String>,
    precision: Precision,
    zone: &'static str,
}

impl DueRecord {
    fn of(due: &Due) -> Self {
        Self {
            text: due.text(),
            date: due.date(),
            at: due.at().map(rfc3339),
            precision: due.precision(),
            zone: due.zone().name(),
        }
    }
}

/// A deadline as `list` has it.
#[derive(Debug, Serialize)]
pub struct DeadlineRecord<'a> {
    id: &'a Id,
    title: &'a str,
    state: &'static str,
    due: DueRecord,
    law_due: Option<DueRecord>,
    first_due: DueRecord,
    days_left: Option<i64>,
    extensions: usize,
    slipped_days: Option<i64>,
    standing: Standing,
    instrument: Option<&'a str>,
    importance: Importance,
    topics: &'a [String],
    parties: &'a [Id],
    if_lapses: Option<&'a str>,
    decided_by: Option<&'a str>,
    sources: &'a [Source],
}

impl<'a> DeadlineRecord<'a> {
    /// The record of a deadline that holds only what is known at `now`.
    pub fn of(deadline: &'a Deadline, now: Timestamp) -> Self {
        let status = deadline.status(now);
        Self {
            id: &deadline.id,
            title: &deadline.title,
            state: status.state.word(),
            due: DueRecord::of(status.due),
            law_due: status.law_due.map(DueRecord::of),
            first_due: DueRecord::of(status.first_due),
            days_left: status.days_left,
            extensions: status.extensions,
            slipped_days: status.slipped_days,
            standing: status.standing,
            instrument: status.instrument,
            importance: deadline.importance,
            topics: &deadline.topics,
            parties: &deadline.parties,
            if_lapses: deadline.if_lapses.as_deref(),
            decided_by: deadline.decided_by.as_deref(),
            sources: &deadline.sources,
        }
    }
}

/// A step of a deadline's chain.
#[derive(Debug, Serialize)]
struct RevisionRecord<'a> {
    due: DueRecord,
    announced: Option<&'a When>,
    instrument: Option<&'a str>,
    standing: Standing,
    sources: &'a [Source],
    days: Option<i64>,
}

#[derive(Debug, Serialize)]
struct OutcomeRecord<'a> {
    result: OutcomeResult,
    on: &'a When,
    announced: Option<&'a When>,
    note: Option<&'a str>,
    sources: &'a [Source],
}

#[derive(Debug, Serialize)]
struct BaseRateRecord {
    n: usize,
    extended: Option<usize>,
    median_lead_days: Option<serde_json::Number>,
    median_days: Option<serde_json::Number>,
}

impl BaseRateRecord {
    fn of(rate: &BaseRate) -> Self {
        Self {
            n: rate.n,
            extended: rate.record.map(|record| record.extended),
            median_lead_days: rate
                .record
                .and_then(|record| number(record.median_lead_days?)),
            median_days: rate.record.and_then(|record| number(record.median_days?)),
        }
    }
}

/// A median as one would write it: `76`, not `76.0`.
fn number(median: f64) -> Option<serde_json::Number> {
    if median.fract() == 0.0 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "days of a docket fit by far"
        )]
        return Some((median as i64).into());
    }
    serde_json::Number::from_f64(median)
}

/// A deadline as `show` has it.
#[derive(Debug, Serialize)]
pub struct DeadlineDetails<'a> {
    #[serde(flatten)]
    deadline: DeadlineRecord<'a>,
    revisions: Vec<RevisionRecord<'a>>,
    outcome: Option<OutcomeRecord<'a>>,
    base_rate: BaseRateRecord,
    rounds: Vec<RoundRecord<'a>>,
}

impl<'a> DeadlineDetails<'a> {
    /// The details of a deadline of a docket that holds only what is known at `now`.
    pub fn of(docket: &'a Docket, deadline: &'a Deadline, now: Timestamp) -> Self {
        let replaced = deadline.steps.iter().map(|step| &step.due);
        let replaced = std::iter::once(None).chain(replaced.map(Some));
        let revisions =
            deadline
                .steps
                .iter()
                .zip(replaced)
                .map(|(step, replaced)| RevisionRecord {
                    due: DueRecord::of(&step.due),
                    announced: step.announced.as_ref(),
                    instrument: step.instrument.as_deref(),
                    standing: step.standing,
                    sources: &step.sources,
                    days: replaced.and_then(|replaced| days_between(replaced, &step.due)),
                });
        let serving = docket
            .negotiations()
            .filter(|talks| talks.serves.contains(&deadline.id));
        Self {
            revisions: revisions.collect(),
            outcome: deadline.outcome.as_ref().map(|outcome| OutcomeRecord {
                result: outcome.result,
                on: &outcome.on,
                announced: outcome.announced.as_ref(),
                note: outcome.note.as_deref(),
                sources: &outcome.sources,
            }),
            base_rate: BaseRateRecord::of(&deadline.base_rate(now)),
            rounds: serving
                .flat_map(|talks| RoundRecord::all_of(talks, now))
                .collect(),
            deadline: DeadlineRecord::of(deadline, now),
        }
    }
}

#[derive(Debug, Serialize)]
struct RoundOutcomeRecord<'a> {
    on: &'a When,
    announced: Option<&'a When>,
    text: &'a str,
    sources: &'a [Source],
}

/// A round of talks.
#[derive(Debug, Serialize)]
pub struct RoundRecord<'a> {
    negotiation: &'a Id,
    name: &'a str,
    number: Option<usize>,
    city: Option<&'a str>,
    country: Option<&'a str>,
    level: Level,
    starts: &'a When,
    ends: Option<&'a When>,
    state: RoundState,
    delegates: &'a [Delegation],
    agenda: &'a [String],
    outcome: Option<RoundOutcomeRecord<'a>>,
}

impl<'a> RoundRecord<'a> {
    /// The rounds of a negotiation that holds only what is known at `now`, in order of time.
    pub fn all_of(negotiation: &'a Negotiation, now: Timestamp) -> Vec<Self> {
        let numbered = negotiation.in_order().into_iter();
        numbered
            .map(|(number, round)| Self {
                negotiation: &negotiation.id,
                name: &round.name,
                number,
                city: round.city.as_deref(),
                country: round.country.as_deref(),
                level: round.level,
                starts: &round.current().starts,
                ends: round.current().ends.as_ref(),
                state: round.state(now),
                delegates: &round.delegates,
                agenda: &round.agenda,
                outcome: round.outcome.as_ref().map(|outcome| RoundOutcomeRecord {
                    on: &outcome.on,
                    announced: outcome.announced.as_ref(),
                    text: &outcome.text,
                    sources: &outcome.sources,
                }),
            })
            .collect()
    }
}

/// A negotiation as `show` has it.
#[derive(Debug, Serialize)]
pub struct NegotiationRecord<'a> {
    id: &'a Id,
    title: &'a str,
    summary: Option<&'a str>,
    topics: Vec<&'a str>,
    parties: Vec<&'a Id>,
    importance: Importance,
    serves: &'a [Id],
    sources: &'a [Source],
    rounds: Vec<RoundRecord<'a>>,
}

impl<'a> NegotiationRecord<'a> {
    /// The record of a negotiation of a docket that holds only what is known at `now`.
    pub fn of(docket: &'a Docket, negotiation: &'a Negotiation, now: Timestamp) -> Self {
        let item = docket
            .item(&negotiation.id)
            .expect("the negotiation is of this docket");
        let facets = docket.facets(item);
        Self {
            id: &negotiation.id,
            title: &negotiation.title,
            summary: negotiation.summary.as_deref(),
            topics: facets.topics,
            parties: facets.parties,
            importance: facets.importance,
            serves: &negotiation.serves,
            sources: &negotiation.sources,
            rounds: RoundRecord::all_of(negotiation, now),
        }
    }
}

/// An event.
#[derive(Debug, Serialize)]
pub struct EventRecord<'a> {
    id: &'a Id,
    title: &'a str,
    date: &'a When,
    topics: &'a [String],
    parties: &'a [Id],
    summary: Option<&'a str>,
    sources: &'a [Source],
}

impl<'a> EventRecord<'a> {
    /// The record of an event.
    pub fn of(event: &'a Event) -> Self {
        Self {
            id: &event.id,
            title: &event.title,
            date: &event.date,
            topics: &event.topics,
            parties: &event.parties,
            summary: event.summary.as_deref(),
            sources: &event.sources,
        }
    }
}

/// A post.
#[derive(Debug, Serialize)]
pub struct PostRecord<'a> {
    at: String,
    kind: Kind,
    item: Option<&'a Id>,
    items: &'a [Id],
    round: Option<&'a str>,
    step: Option<RoundStep>,
    subscription: &'a str,
    lead: Option<String>,
    late: bool,
    key: &'a str,
    title: &'a str,
    text: String,
}

impl<'a> PostRecord<'a> {
    /// The record of a notice.
    pub fn of(notice: &'a Notice) -> Self {
        Self {
            at: rfc3339(notice.at),
            kind: notice.kind,
            item: notice.item.as_ref(),
            items: &notice.items,
            round: notice.round.as_deref(),
            step: notice.step,
            subscription: &notice.subscription,
            lead: notice.lead.map(|lead| lead.to_string()),
            late: notice.late,
            key: &notice.key,
            title: &notice.title,
            text: notice.text(),
        }
    }
}

/// A delivery of the ledger: the post, and what came of it.
#[derive(Debug, Serialize)]
pub struct DeliveryRecord<'a> {
    #[serde(flatten)]
    post: PostRecord<'a>,
    stage: Stage,
    posted_at: Option<String>,
    seconds_late: Option<i64>,
    reason: Option<&'a str>,
    attempts: u32,
    copy: u32,
    message: Option<&'a str>,
    reference: String,
}

impl<'a> DeliveryRecord<'a> {
    /// The record of a delivery.
    pub fn of(delivery: &'a Delivery) -> Self {
        let notice = &delivery.notice;
        Self {
            post: PostRecord::of(notice),
            stage: delivery.stage,
            posted_at: delivery.sent.map(rfc3339),
            seconds_late: delivery.sent.map(|sent| (sent - notice.at).num_seconds()),
            reason: delivery.reason.as_deref(),
            attempts: delivery.attempts,
            copy: delivery.copy,
            message: delivery.message.as_deref(),
            reference: reference(&notice.key, delivery.copy),
        }
    }
}
