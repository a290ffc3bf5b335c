//! The calendar and the feed over HTTP: `feed` writes them.

use super::errors::Refusal;
use super::view::View;
use super::{Pairs, Shared, Site};
use crate::feed;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

pub(super) async fn calendar(State(site): Shared, Query(pairs): Pairs) -> Response {
    answer(&site, &pairs, "text/calendar; charset=utf-8", |view| {
        let site = view.site.as_ref();
        feed::calendar(&view.docket, &view.selection, site, view.now)
    })
}

pub(super) async fn atom(State(site): Shared, Query(pairs): Pairs) -> Response {
    answer(
        &site,
        &pairs,
        "application/atom+xml; charset=utf-8",
        |view| {
            let site = view.site.as_ref();
            feed::atom(&view.docket, &view.selection, site, view.now)
        },
    )
}

/// A document for a program. Its errors are pages all the same: people see them, when they open
/// the address to find out what is wrong.
fn answer(
    site: &Site,
    pairs: &[(String, String)],
    kind: &'static str,
    make: impl FnOnce(&View) -> String,
) -> Response {
    match View::of_feed(site, pairs) {
        Ok(view) => {
            let kind = HeaderValue::from_static(kind);
            ([(header::CONTENT_TYPE, kind)], make(&view)).into_response()
        }
        Err(refusal) => Refusal::as_page(&refusal),
    }
}
