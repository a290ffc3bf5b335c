//! The calendar as a document: what it is called, the zones that it needs, and its events.

use super::links::Links;
use super::occasion::Scene;
use super::property::{Component, Property, duration, text, uri, value_type};
use super::timezone::definition;
use crate::domain::{Docket, Item, Selection, Timestamp, Zone};
use ical::ical::Ical;
use ical::prop::IcalPropKind;
use ical::version::IcalVersion;
use std::collections::BTreeMap;

/// How often a program should look for what is new.
const REFRESH: &str = "PT1H";

/// The deadlines and rounds that are asked for, as an iCalendar document (RFC 5545, media type
/// `text/calendar`). The docket holds only what was known at `now`: see [`Docket::as_of`]. With a
/// links, events link to their pages.
///
/// Two calls on the same docket give the same text, unless it is asked for what is near.
pub fn calendar(
    docket: &Docket,
    selection: &Selection,
    links: Option<&Links>,
    now: Timestamp,
) -> String {
    let mut scene = Scene {
        docket,
        links,
        owed: Vec::new(),
    };
    let mut events = Vec::new();
    for item in docket.passing(selection.filter()) {
        let facets = docket.facets(item);
        match item {
            Item::Deadline(deadline) if selection.takes_deadline(deadline, now) => {
                events.extend(scene.deadline(deadline, &facets));
            }
            Item::Negotiation(talks) => {
                let taken = talks.in_order().into_iter();
                let taken = taken.filter(|(_, round)| selection.takes_round(round, now));
                events.extend(taken.map(|numbered| scene.round(talks, numbered, &facets)));
            }
            // What happened is no appointment: it is in the feed.
            Item::Deadline(_) | Item::Event(_) => {}
        }
    }
    let mut components = definitions(&scene.owed);
    components.extend(events);
    let document = Ical {
        version: IcalVersion::V2_0,
        props: properties(docket, selection, links),
        components,
    };
    document.to_string()
}

/// The zones that events are told in, each for the years that it is needed for, by name.
fn definitions(owed: &[(Zone, Timestamp)]) -> Vec<Component> {
    let mut spans: BTreeMap<&str, (Zone, Timestamp, Timestamp)> = BTreeMap::new();
    for (zone, at) in owed {
        let span = spans.entry(zone.name()).or_insert((*zone, *at, *at));
        *span = (*zone, span.1.min(*at), span.2.max(*at));
    }
    let spans = spans.into_values();
    spans
        .map(|(zone, first, last)| definition(zone, first, last))
        .collect()
}

fn properties(docket: &Docket, selection: &Selection, links: Option<&Links>) -> Vec<Property> {
    let item = selection.only_item().and_then(|id| docket.item(id));
    let name = match item {
        Some(item) => format!("Docket: {}", item.title()),
        None => name(selection),
    };
    let version = env!("CARGO_PKG_VERSION");
    let mut properties = vec![
        text(
            IcalPropKind::ProdId,
            format!("-//Docket//Docket {version}//EN"),
        ),
        text(IcalPropKind::CalScale, "GREGORIAN"),
        text(IcalPropKind::Name, name.clone()),
        duration(
            IcalPropKind::RefreshInterval,
            vec![value_type("DURATION")],
            REFRESH,
        ),
    ];
    if let Some(links) = links {
        // A program that has the file looks there for what is new: it must find the same.
        let (here, page) = match item {
            Some(item) => (links.calendar_of(item), links.page(item)),
            None => (links.calendar(selection.asked()), links.overview()),
        };
        properties.push(uri(IcalPropKind::Source, vec![value_type("URI")], here));
        properties.push(uri(IcalPropKind::Url, Vec::new(), page));
    }
    // What programs read that are older than RFC 7986.
    properties.push(text("X-WR-CALNAME", name));
    properties.push(text("X-WR-TIMEZONE", docket.zone().name()));
    properties.push(duration("X-PUBLISHED-TTL", Vec::new(), REFRESH));
    properties
}

/// `Docket`, or `Docket: tiktok, us`.
pub(super) fn name(selection: &Selection) -> String {
    match selection.asked().values() {
        asked if asked.is_empty() => "Docket".to_owned(),
        asked => format!("Docket: {asked}"),
    }
}
