//! The JSON API: the shapes of `json`, an address for each, and their `OpenAPI` description.

use super::errors::Refusal;
use super::view::View;
use super::{JSON, Pairs, Shared, Site, typed};
use crate::json::{DeadlineDetails, DeadlineRecord, EventRecord, NegotiationRecord, RoundRecord};
use crate::query;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use serde::Serialize;
use std::sync::Arc;

/// What is where, without the limits and headers that all answers share.
pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/api/v1/deadlines", open(get(deadlines)))
        .route("/api/v1/deadlines/{id}", open(get(deadline)))
        .route("/api/v1/talks", open(get(all_talks)))
        .route("/api/v1/talks/{id}", open(get(talks)))
        .route("/api/v1/events", open(get(events)))
        .route("/api/v1/openapi.json", open(get(description)))
}

/// Lets scripts of other pages ask whether they may read: they may.
fn open(answers: MethodRouter<Arc<Site>>) -> MethodRouter<Arc<Site>> {
    answers.options(|| async {
        let headers = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "If-None-Match"),
            (header::ACCESS_CONTROL_MAX_AGE, "86400"),
        ];
        (StatusCode::NO_CONTENT, headers)
    })
}

async fn deadlines(State(site): Shared, Query(pairs): Pairs) -> Response {
    answer(&site, &pairs, |view| {
        let listed = view.deadlines();
        let records = listed
            .into_iter()
            .map(|it| DeadlineRecord::of(it, view.now));
        Ok(json(&records.collect::<Vec<_>>()))
    })
}

async fn deadline(State(site): Shared, Path(id): Path<String>, Query(pairs): Pairs) -> Response {
    answer(&site, &pairs, |view| {
        let deadline = view.deadline(&id)?;
        Ok(json(&DeadlineDetails::of(&view.docket, deadline, view.now)))
    })
}

async fn all_talks(State(site): Shared, Query(pairs): Pairs) -> Response {
    answer(&site, &pairs, |view| {
        let passing = query::negotiations(&view.docket, view.selection.filter());
        let rounds = passing.flat_map(|talks| RoundRecord::all_of(talks, view.now));
        Ok(json(&rounds.collect::<Vec<_>>()))
    })
}

async fn talks(State(site): Shared, Path(id): Path<String>, Query(pairs): Pairs) -> Response {
    answer(&site, &pairs, |view| {
        let talks = view.negotiation(&id)?;
        Ok(json(&NegotiationRecord::of(&view.docket, talks, view.now)))
    })
}

async fn events(State(site): Shared, Query(pairs): Pairs) -> Response {
    answer(&site, &pairs, |view| {
        let passing = query::events_by_date(&view.docket, view.selection.filter());
        let records = passing.into_iter().map(EventRecord::of);
        Ok(json(&records.collect::<Vec<_>>()))
    })
}

async fn description(State(site): Shared) -> Response {
    let text = include_str!("../../assets/web/openapi.json");
    // A server is an address to which paths are added: with no slash at its end but at the root.
    let text = match site.base.at("").as_str() {
        "" => text.to_owned(),
        base => text.replacen("\"url\": \"/\"", &format!("\"url\": \"{base}\""), 1),
    };
    typed(JSON, text)
}

/// What a program asks for, or what was wrong about it.
fn answer(
    site: &Site,
    pairs: &[(String, String)],
    make: impl FnOnce(&View) -> Result<Vec<u8>, Refusal>,
) -> Response {
    match View::of_program(site, pairs).and_then(|view| make(&view)) {
        Ok(body) => typed(JSON, body),
        Err(refusal) => refusal.as_problem(),
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    let mut body = serde_json::to_vec_pretty(value).expect("records have no maps with odd keys");
    body.push(b'\n');
    body
}
