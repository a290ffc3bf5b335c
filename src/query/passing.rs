//! The items of one kind that pass a filter.

use crate::domain::{Deadline, Docket, Event, Filter, Item, Negotiation};

/// The deadlines that pass, in the order of the file.
pub fn deadlines<'a>(docket: &'a Docket, filter: &'a Filter) -> impl Iterator<Item = &'a Deadline> {
    docket.passing(filter).filter_map(|item| match item {
        Item::Deadline(deadline) => Some(deadline),
        _ => None,
    })
}

/// The negotiations that pass, in the order of the file.
pub fn negotiations<'a>(
    docket: &'a Docket,
    filter: &'a Filter,
) -> impl Iterator<Item = &'a Negotiation> {
    docket.passing(filter).filter_map(|item| match item {
        Item::Negotiation(talks) => Some(talks),
        _ => None,
    })
}

/// The events that pass, in the order of the file.
pub fn events<'a>(docket: &'a Docket, filter: &'a Filter) -> impl Iterator<Item = &'a Event> {
    docket.passing(filter).filter_map(|item| match item {
        Item::Event(event) => Some(event),
        _ => None,
    })
}

/// The events that pass, the earliest first.
pub fn events_by_date<'a>(docket: &'a Docket, filter: &'a Filter) -> Vec<&'a Event> {
    let mut events: Vec<_> = events(docket, filter).collect();
    events.sort_by(|a, b| (a.date.start(), &a.id).cmp(&(b.date.start(), &b.id)));
    events
}
