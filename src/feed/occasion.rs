//! Deadlines and rounds as events of a calendar, each with an identity that it keeps for ever.
//!
//! An event moves, is renamed and is called off under the same `UID`; its `SEQUENCE` grows with
//! each step that the record has of it. All times in it are the record's: see `docs/calendar.md`.

use super::alarm::alarms;
use super::description::{Stands, deadline_text, deadline_title, round_text, round_title};
use super::links::Links;
use super::property::{
    Component, Property, component, date, instant, integer, text, texts, uri, zoned,
};
use crate::domain::{
    Chain, Deadline, Docket, Due, Facets, Importance, Moment, Negotiation, Outcome, OutcomeResult,
    Round, RoundOutcome, Step, Timestamp, When, Zone, phrases, reference,
};
use chrono::{Days, NaiveDate};
use ical::component::IcalComponentKind;
use ical::prop::IcalPropKind;

/// What all events of a document have in common.
pub(super) struct Scene<'a> {
    pub(super) docket: &'a Docket,
    pub(super) links: Option<&'a Links>,
    /// The zones whose definitions the document owes, each with an instant that is told in it.
    pub(super) owed: Vec<(Zone, Timestamp)>,
}

/// When something became known, and how often that changed since.
struct History {
    created: Option<Timestamp>,
    /// The last change. What has been known always has none: it is dated by the epoch, so that
    /// the document is the same whenever it is made.
    modified: Timestamp,
    sequence: usize,
}

impl History {
    fn of(created: Option<Timestamp>, later: &[Timestamp], sequence: usize) -> Self {
        let modified = later.iter().copied().chain(created).max();
        Self {
            created,
            modified: modified.unwrap_or_default(),
            sequence,
        }
    }

    fn properties(&self) -> Vec<Property> {
        let created = self.created.map(|at| instant(IcalPropKind::Created, at));
        let mut properties = vec![instant(IcalPropKind::DtStamp, self.modified)];
        properties.extend(created);
        properties.push(instant(IcalPropKind::LastModified, self.modified));
        properties.push(integer(IcalPropKind::Sequence, self.sequence));
        properties
    }
}

impl Scene<'_> {
    /// The events of a deadline: none if it never had a date, two while a due that is only talked
    /// about stands beside the law's, else one.
    pub(super) fn deadline(&mut self, deadline: &Deadline, facets: &Facets<'_>) -> Vec<Component> {
        let chain = deadline.chain();
        let law = chain.law().filter(|_| deadline.outcome.is_none());
        let dated = |due: &Due| due.at().is_some();
        let current = chain.current();
        let shown = if dated(current.due) {
            Some((current, Stands::Current))
        } else if let Some(law) = law {
            Some((law, Stands::Law))
        } else {
            let positions = chain.positions().iter().rev();
            let last = positions.into_iter().find(|position| dated(position.due));
            last.map(|position| (position, Stands::Past))
        };
        let Some((position, stands)) = shown else {
            return Vec::new();
        };
        let uid = format!("{}@docket", deadline.id);
        let known = position.set_by.known();
        let mut events =
            vec![self.date_of(deadline, &chain, facets, (position.due, stands, known), uid)];
        if let Some(law) = law.filter(|_| stands == Stands::Current) {
            let uid = format!("{}.law@docket", deadline.id);
            let date = (law.due, Stands::Law, law.set_by.known());
            events.push(self.date_of(deadline, &chain, facets, date, uid));
        }
        events
    }

    /// One date of a deadline as an event.
    fn date_of(
        &mut self,
        deadline: &Deadline,
        chain: &Chain<'_>,
        facets: &Facets<'_>,
        (due, stands, known): (&Due, Stands, Option<Timestamp>),
        uid: String,
    ) -> Component {
        let title = deadline_title(deadline, due, stands);
        let mut properties = vec![text(IcalPropKind::Uid, uid)];
        properties.extend(deadline_history(deadline).properties());
        if let Moment::Minute(at) = due.moment() {
            properties.push(self.at(IcalPropKind::DtStart, at, due.zone()));
        } else {
            let day = due.date().expect("only a due that has a date is an event");
            properties.extend(days(day, day));
        }
        let status = match (&deadline.outcome, stands) {
            (Some(outcome), _) => outcome_status(outcome.result),
            (None, Stands::Past) => "CANCELLED",
            (None, Stands::Current) if chain.law().is_some() => "TENTATIVE",
            (None, Stands::Current | Stands::Law) => "CONFIRMED",
        };
        let alarms = if deadline.outcome.is_none() && stands != Stands::Past {
            alarms(self.docket, due, &title, known)
        } else {
            Vec::new()
        };
        properties.push(text(IcalPropKind::Summary, title));
        let below = deadline_text(deadline, chain, stands);
        properties.push(text(IcalPropKind::Description, below));
        let page = self.links.map(|links| links.deadline(&deadline.id));
        properties.extend(common(status, facets, page));
        component(IcalComponentKind::VEvent, properties, alarms)
    }

    /// A round of talks as an event.
    pub(super) fn round(
        &mut self,
        talks: &Negotiation,
        (number, round): (Option<usize>, &Round),
        facets: &Facets<'_>,
    ) -> Component {
        let uid = format!("{}.{}@docket", talks.id, reference(&round.name, 1));
        let mut properties = vec![text(IcalPropKind::Uid, uid)];
        properties.extend(round_history(talks, round).properties());
        properties.extend(self.times(round));
        properties.push(text(
            IcalPropKind::Summary,
            round_title(talks, round, number),
        ));
        let below = round_text(self.docket, talks, round);
        properties.push(text(IcalPropKind::Description, below));
        properties.extend(phrases::place(round).map(|place| text(IcalPropKind::Location, place)));
        let status = if round.cancelled.is_some() {
            "CANCELLED"
        } else {
            "CONFIRMED"
        };
        let page = self.links.map(|links| links.talks(&talks.id));
        properties.extend(common(status, facets, page));
        component(IcalComponentKind::VEvent, properties, Vec::new())
    }

    /// When a round is, or was: whole days, unless its beginning has an hour.
    fn times(&mut self, round: &Round) -> Vec<Property> {
        let schedule = round.current();
        let starts = &schedule.starts;
        let ends = round.outcome.as_ref().map(|outcome| &outcome.on);
        let ends = ends.or(schedule.ends.as_ref());
        if starts.is_day() {
            let last = ends.map_or(starts.date(), When::date);
            return days(starts.date(), last.max(starts.date()));
        }
        let begins = starts.start();
        let mut times = vec![self.at(IcalPropKind::DtStart, begins, round.zone)];
        // Nobody said when a call at an hour is to end.
        let end = ends.map(When::end).filter(|end| *end > begins);
        times.extend(end.map(|end| self.at(IcalPropKind::DtEnd, end, round.zone)));
        times
    }

    fn at(&mut self, kind: IcalPropKind, at: Timestamp, zone: Zone) -> Property {
        let (property, is_owed) = zoned(kind, at, zone);
        if is_owed {
            self.owed.push((zone, at));
        }
        property
    }
}

fn deadline_history(deadline: &Deadline) -> History {
    let outcome = deadline.outcome.as_deref().map(Outcome::known);
    let later = deadline.steps.iter().filter_map(Step::known).chain(outcome);
    let sequence = deadline.steps.len() - 1 + usize::from(outcome.is_some());
    History::of(deadline.known(), &later.collect::<Vec<_>>(), sequence)
}

fn round_history(talks: &Negotiation, round: &Round) -> History {
    let cancelled = round.cancelled.as_ref().map(When::start);
    let outcome = round.outcome.as_ref().map(RoundOutcome::known);
    let schedules = round.schedule.iter().map(|it| it.announced.start());
    // A round is not known before the talks that it belongs to.
    let known = talks.known().into_iter().chain([round.known()]).max();
    let later = schedules.chain(cancelled).chain(outcome);
    let ended = usize::from(cancelled.is_some()) + usize::from(outcome.is_some());
    let sequence = round.schedule.len() - 1 + ended;
    History::of(known, &later.collect::<Vec<_>>(), sequence)
}

/// What was done, or was not and had its consequence, stays in the calendar as it was. A date that
/// lost its meaning does not.
fn outcome_status(result: OutcomeResult) -> &'static str {
    match result {
        OutcomeResult::Met | OutcomeResult::Lapsed => "CONFIRMED",
        OutcomeResult::Superseded | OutcomeResult::Moot | OutcomeResult::Withdrawn => "CANCELLED",
    }
}

/// Whole days, from the first to the last.
fn days(first: NaiveDate, last: NaiveDate) -> Vec<Property> {
    let after = last
        .checked_add_days(Days::new(1))
        .expect("a docket's dates end long before chrono's");
    vec![
        date(IcalPropKind::DtStart, first),
        date(IcalPropKind::DtEnd, after),
    ]
}

/// What every event has: it blocks nobody's time.
fn common(status: &'static str, facets: &Facets<'_>, page: Option<String>) -> Vec<Property> {
    let mut properties = vec![
        text(IcalPropKind::Status, status),
        text(IcalPropKind::Transp, "TRANSPARENT"),
        integer(IcalPropKind::Priority, priority(facets.importance)),
    ];
    if !facets.topics.is_empty() {
        properties.push(texts(IcalPropKind::Categories, &facets.topics));
    }
    properties.extend(page.map(|url| uri(IcalPropKind::Url, Vec::new(), url)));
    properties
}

/// From 1, the highest, to 9.
fn priority(importance: Importance) -> usize {
    match importance {
        Importance::Critical => 1,
        Importance::High => 3,
        Importance::Normal => 5,
        Importance::Low => 9,
    }
}
