//! The page, the JSON API, pictures, health and metrics over HTTP. Read only.
//!
//! Everything is made from the docket in force and a moment, without a look at anything else: the
//! engine never waits for a reader. [`router`] says what is where, [`Server`] opens the address.

mod api;
mod asked;
mod assets;
mod base;
mod caching;
mod changes;
mod deadline;
mod errors;
mod feeds;
mod frame;
mod health;
mod metrics;
mod overview;
mod parts;
mod pictures;
mod server;
mod sizes;
mod talks;
mod view;

use crate::domain::Timestamp;
use crate::engine::Pulse;
use crate::feed::Links;
use crate::store::Location;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base::Base;
use errors::Refusal;
use maud::Markup;
pub use metrics::Metrics;
pub use server::{Server, ServerError};
use std::sync::Arc;
use view::View;

/// A longer address is refused: no link of ours comes near.
const URI_BYTES_MAX: usize = 2_048;

/// What all answers are made from.
pub struct Site {
    pulse: Arc<Pulse>,
    now: fn() -> Timestamp,
    links: Option<Links>,
    base: Base,
    metrics: Metrics,
    sizes: Option<sizes::Sizes>,
    answers: caching::Answers,
    pixels: pictures::Pixels,
}

impl Site {
    /// A site that shows what an engine tells, by a clock, under the links by which readers reach
    /// it, if they are known.
    pub fn new(
        pulse: Arc<Pulse>,
        now: fn() -> Timestamp,
        links: Option<Links>,
        metrics: Metrics,
    ) -> Self {
        Self {
            pulse,
            now,
            base: Base::of(links.as_ref()),
            links,
            metrics,
            sizes: None,
            answers: caching::Answers::default(),
            pixels: pictures::Pixels::default(),
        }
    }

    /// The same with the sizes of a ledger among its figures.
    #[must_use]
    pub fn counting(self, ledger: Location) -> Self {
        let sizes = Some(sizes::Sizes::of(ledger));
        Self { sizes, ..self }
    }
}

type Pairs = Query<Vec<(String, String)>>;
type Shared = State<Arc<Site>>;

/// What is where.
pub fn router(site: Arc<Site>) -> Router {
    let pages = Router::new()
        .route("/", get(overview))
        .route("/deadlines/{id}", get(deadline))
        .route("/talks", get(all_talks))
        .route("/talks/{id}", get(talks))
        .route("/deadlines/{id}/calendar.ics", get(feeds::deadline))
        .route("/talks/{id}/calendar.ics", get(feeds::talks))
        .route("/calendar.ics", get(feeds::calendar))
        .route("/feed.atom", get(feeds::atom))
        .route("/timeline.svg", get(pictures::timeline_svg))
        .route("/timeline.png", get(pictures::timeline_png))
        .route("/deadlines/{id}/chart.svg", get(pictures::chart_svg))
        .route("/deadlines/{id}/chart.png", get(pictures::chart_png))
        .route("/assets/{name}", get(assets::asset))
        .merge(api::routes())
        .fallback(nowhere)
        .layer(from_fn_with_state(site.clone(), caching::keep));
    let all = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::answer))
        .merge(pages)
        .method_not_allowed_fallback(only_to_be_read)
        .layer(from_fn_with_state(site.clone(), guard))
        .with_state(site.clone());
    if site.base.is_root() {
        return all;
    }
    // Around the whole: a path has to be what is asked for before it is looked up.
    Router::new()
        .fallback_service(all)
        .layer(from_fn_with_state(site, base::take_away))
}

async fn overview(State(site): Shared, Query(pairs): Pairs) -> Response {
    page(&site, &pairs, |view| Ok(overview::page(view)))
}

async fn deadline(State(site): Shared, Path(id): Path<String>, Query(pairs): Pairs) -> Response {
    page(&site, &pairs, |view| deadline::page(view, &id))
}

async fn all_talks(State(site): Shared, Query(pairs): Pairs) -> Response {
    page(&site, &pairs, |view| Ok(talks::index(view)))
}

async fn talks(State(site): Shared, Path(id): Path<String>, Query(pairs): Pairs) -> Response {
    page(&site, &pairs, |view| talks::page(view, &id))
}

async fn nowhere(State(site): Shared, request: Request) -> Response {
    let path = request.uri().path();
    let message = format!("there is no `{path}` here");
    if is_for_programs(path) {
        Refusal::not_found(message, "`/api/v1/openapi.json` says what there is").as_problem()
    } else {
        Refusal::not_found(message, "begin with the overview").as_page(&site.base)
    }
}

/// Everything here is to be read, and nothing is changed.
async fn only_to_be_read(State(site): Shared, request: Request) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    let refusal = Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("`{path}` does not answer to {method}"),
        "read it with GET; what is in the record is changed in its file",
    );
    if is_for_programs(path) {
        refusal.as_problem()
    } else {
        refusal.as_page(&site.base)
    }
}

fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/")
}

/// A page of the docket as of the moment that is asked for, or why there is none.
fn page(
    site: &Site,
    pairs: &[(String, String)],
    make: impl FnOnce(&View) -> Result<Markup, Refusal>,
) -> Response {
    match View::of(site, pairs).and_then(|view| make(&view)) {
        Ok(markup) => typed(HTML, markup.into_string()),
        Err(refusal) => refusal.as_page(&site.base),
    }
}

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";

/// An answer of that media type.
fn typed(kind: &'static str, body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, kind)], body.into()).into_response()
}

/// An answer that is about this very moment: nobody may keep it.
fn unkept(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (status, headers, typed(kind, body)).into_response()
}

/// Nothing but what is ours is loaded, and nothing is framed, guessed or told to others.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// A picture has its own style sheet inside, and can load nothing.
const POLICY_OF_PICTURES: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// Refuses what is too long, and says with every answer what a browser may do with it.
async fn guard(State(site): Shared, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // Whatever may be read here, may be read by the script of any page.
    let is_open = is_for_programs(path) || path.ends_with("/calendar.ics") || path == "/feed.atom";
    let length = request
        .uri()
        .path_and_query()
        .map_or(0, |it| it.as_str().len());
    let mut response = if length > URI_BYTES_MAX {
        Refusal::new(
            StatusCode::URI_TOO_LONG,
            format!("the address has {length} bytes, {URI_BYTES_MAX} are allowed"),
            "name fewer filters",
        )
        .as_page(&site.base)
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    let is_picture = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "image/svg+xml");
    let policy = if is_picture {
        POLICY_OF_PICTURES
    } else {
        POLICY
    };
    let always = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in always {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_open {
        let any = HeaderValue::from_static("*");
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    }
    response
}
