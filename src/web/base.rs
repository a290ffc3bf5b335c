//! Where on its host the page is, as readers see it: at the root, or under a path that a proxy has
//! for it. Every address of ours that a page names begins there.
//!
//! A proxy may pass the path on or take it away: both are answered alike.

use super::Site;
use crate::feed;
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// The path that the page is under, without a slash at its end: empty at the root.
#[derive(Clone, Debug, Default)]
pub(super) struct Base(String);

impl Base {
    /// Where the site is whose public address is known.
    pub(super) fn of(links: Option<&feed::Links>) -> Self {
        Self(links.map_or("", feed::Links::path).to_owned())
    }

    /// Whether it is the root.
    pub(super) fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The address of a path of ours.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// What an address is without the path; none if it does not begin with it.
    fn inside(&self, uri: &Uri) -> Option<PathAndQuery> {
        let path = uri.path().strip_prefix(&self.0)?;
        let path = match path {
            "" => "/",
            path if path.starts_with('/') => path,
            _ => return None,
        };
        let query = uri.query().map(|query| format!("?{query}"));
        format!("{path}{}", query.unwrap_or_default()).parse().ok()
    }
}

/// Has what is asked for under the path answered as if it were asked for at the root.
pub(super) async fn take_away(
    State(site): State<Arc<Site>>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(inside) = site.base.inside(request.uri()) {
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = Some(inside);
        *request.uri_mut() = Uri::from_parts(parts).expect("another path makes no other address");
    }
    next.run(request).await
}
