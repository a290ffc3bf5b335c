//! Answers are made once a minute at most, and sent again only to whoever has another one: the
//! engine's docket and the minute say when an answer may have changed, its content whether it did.
//!
//! A due is reached at a full minute, so an answer of the same minute is right to the second.

use super::{Shared, Site};
use crate::engine::digest;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use axum::middleware::Next;
use flate2::{Compression, write::GzEncoder};
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// So many bytes of answers are kept; then they are begun anew.
const KEPT_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Below this, packing saves nothing.
const PACKED_BYTES_MIN: usize = 1_024;

/// When an answer was made: by which record, in which minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Made {
    revision: Option<i64>,
    minute: i64,
}

/// An answer with what is known of its content.
#[derive(Debug)]
struct Kept {
    headers: HeaderMap,
    etag: HeaderValue,
    body: Bytes,
    /// The body as gzip, and its tag, if that is worth it.
    packed: Option<(HeaderValue, Bytes)>,
}

/// The answers of this minute, by path and query.
#[derive(Default)]
pub(super) struct Answers(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    made: Made,
    bytes: usize,
    kept: HashMap<String, Arc<Kept>>,
}

impl Answers {
    fn find(&self, name: &str, made: Made) -> Option<Arc<Kept>> {
        let shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = (shelf.made == made).then(|| shelf.kept.get(name).cloned());
        kept.flatten()
    }

    fn keep(&self, name: String, made: Made, answer: Arc<Kept>) {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.made != made || shelf.bytes > KEPT_BYTES_MAX {
            *shelf = Shelf {
                made,
                ..Shelf::default()
            };
        }
        let packed = answer.packed.as_ref().map_or(0, |(_, body)| body.len());
        shelf.bytes += name.len() + answer.body.len() + packed;
        shelf.kept.insert(name, answer);
    }
}

/// Answers from what is kept, or keeps what is made.
pub(super) async fn keep(State(site): Shared, mut request: Request, next: Next) -> Response<Body> {
    let is_head = request.method() == Method::HEAD;
    if !is_head && request.method() != Method::GET {
        return next.run(request).await;
    }
    let asked = request.headers().clone();
    let name = request.uri().path_and_query().map_or("/", |it| it.as_str());
    let name = name.to_owned();
    let made = now(&site);
    let kept = if let Some(kept) = site.answers.find(&name, made) {
        kept
    } else {
        // To know the tag of a body, it has to be made.
        *request.method_mut() = Method::GET;
        let response = next.run(request).await;
        if response.status() != StatusCode::OK {
            return response;
        }
        let kept = Arc::new(Kept::of(response).await);
        site.answers.keep(name, made, kept.clone());
        kept
    };
    kept.answer(&asked, is_head)
}

fn now(site: &Site) -> Made {
    let state = site.pulse.state();
    Made {
        revision: state.in_force.map(|in_force| in_force.revision),
        minute: (site.now)().timestamp().div_euclid(60),
    }
}

impl Kept {
    async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await;
        let body = body.expect("a body that was made in memory can be read");
        let digest = &digest(&body)[..32];
        let tag = |text: String| HeaderValue::try_from(text).expect("a digest is plain ASCII");
        let packed = is_text(&parts.headers) && body.len() >= PACKED_BYTES_MIN;
        Self {
            headers: parts.headers,
            etag: tag(format!("\"{digest}\"")),
            packed: packed.then(|| (tag(format!("\"{digest}-gzip\"")), packed_up(&body))),
            body,
        }
    }

    /// The answer to whoever asks so.
    fn answer(&self, asked: &HeaderMap, is_head: bool) -> Response<Body> {
        let packed = self.packed.as_ref().filter(|_| takes_gzip(asked));
        let (etag, body) = packed.map_or((&self.etag, &self.body), |(etag, body)| (etag, body));
        let is_known = [Some(&self.etag), self.packed.as_ref().map(|it| &it.0)]
            .into_iter()
            .flatten()
            .any(|tag| names(asked, tag));
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.clone_from(&self.headers);
        headers.insert(header::ETAG, etag.clone());
        // Whoever has it asks whether it still is so.
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if is_known {
            headers.remove(header::CONTENT_TYPE);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        if packed.is_some() {
            let gzip = HeaderValue::from_static("gzip");
            headers.insert(header::CONTENT_ENCODING, gzip);
        }
        headers.insert(header::CONTENT_LENGTH, body.len().into());
        if !is_head {
            *response.body_mut() = Body::from(body.clone());
        }
        response
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind != "image/png")
}

fn packed_up(body: &[u8]) -> Bytes {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    let packed = packer.write_all(body).and_then(|()| packer.finish());
    packed.expect("memory can be written to").into()
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let accepted = asked.get_all(header::ACCEPT_ENCODING).into_iter();
    let mut codings = accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    codings.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let is_refused = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|it| it.parse().ok())
            == Some(0.0);
        name.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}

/// Whether `If-None-Match` names a tag. Tags are compared weakly there (RFC 9110, 13.1.2).
fn names(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    let named = asked.get_all(header::IF_NONE_MATCH).into_iter();
    let mut named = named
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    named.any(|name| {
        let name = name.trim();
        name == "*" || name.strip_prefix("W/").unwrap_or(name).as_bytes() == tag.as_bytes()
    })
}
