//! The calendars and the feed over HTTP: `feed` writes them.

use super::errors::Refusal;
use super::view::View;
use super::{Pairs, Shared, Site, typed};
use crate::domain::Selection;
use crate::feed;
use axum::extract::{Path, Query, State};
use axum::response::Response;

const CALENDAR: &str = "text/calendar; charset=utf-8";
const ATOM: &str = "application/atom+xml; charset=utf-8";

pub(super) async fn calendar(State(site): Shared, Query(pairs): Pairs) -> Response {
    answer(&site, &pairs, CALENDAR, |view| {
        Ok(written(view, &view.selection))
    })
}

/// The calendar of one deadline.
pub(super) async fn deadline(
    State(site): Shared,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Response {
    answer(&site, &pairs, CALENDAR, |view| {
        let deadline = view.deadline(&id)?;
        Ok(written(view, &Selection::item(deadline.id.clone())))
    })
}

/// The calendar of one negotiation.
pub(super) async fn talks(
    State(site): Shared,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Response {
    answer(&site, &pairs, CALENDAR, |view| {
        let talks = view.negotiation(&id)?;
        Ok(written(view, &Selection::item(talks.id.clone())))
    })
}

fn written(view: &View, selection: &Selection) -> String {
    feed::calendar(&view.docket, selection, view.links.as_ref(), view.now)
}

pub(super) async fn atom(State(site): Shared, Query(pairs): Pairs) -> Response {
    answer(&site, &pairs, ATOM, |view| {
        let links = view.links.as_ref();
        Ok(feed::atom(&view.docket, &view.selection, links, view.now))
    })
}

/// A document for a program. Its errors are pages all the same: people see them, when they open
/// the address to find out what is wrong.
fn answer(
    site: &Site,
    pairs: &[(String, String)],
    kind: &'static str,
    make: impl FnOnce(&View) -> Result<String, Refusal>,
) -> Response {
    match View::of_feed(site, pairs).and_then(|view| make(&view)) {
        Ok(text) => typed(kind, text),
        Err(refusal) => refusal.as_page(&site.base),
    }
}
