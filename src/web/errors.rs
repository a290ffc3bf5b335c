//! Why there is no answer, with a way out: as a page for people, as problem details (RFC 9457)
//! for programs.

use super::base::Base;
use super::{HTML, frame, typed};
use crate::config::nearest;
use crate::query::{Wrong, sentence};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;
use serde::Serialize;

/// So many names are proposed at most.
const PROPOSED_MAX: usize = 3;

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    help: String,
    /// Where to go instead: what it is called, and its address.
    links: Vec<(String, String)>,
}

/// The form of RFC 9457, with what to do.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    help: &'a str,
}

impl Refusal {
    pub(super) fn new(
        status: StatusCode,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            status,
            message: message.into(),
            help: help.into(),
            links: Vec::new(),
        }
    }

    pub(super) fn not_found(message: String, help: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message, help)
    }

    /// Nothing has this name: the nearest of those that exist are proposed.
    pub(super) fn unknown<'a>(
        noun: &str,
        id: &str,
        names: impl Iterator<Item = &'a str>,
        address: impl Fn(&str) -> String,
    ) -> Self {
        let mut names: Vec<_> = names.collect();
        let mut near = Vec::new();
        while let Some(name) =
            nearest(id, names.iter().copied()).filter(|_| near.len() < PROPOSED_MAX)
        {
            near.push(name);
            names.retain(|other| *other != name);
        }
        let help = match near.as_slice() {
            [] => "the overview has a link to each".to_owned(),
            near => format!("did you mean {}?", crate::config::one_of(near)),
        };
        let links = near.iter().map(|name| ((*name).to_owned(), address(name)));
        Self {
            links: links.collect(),
            ..Self::not_found(format!("there is no {noun} `{}`", shortened(id)), help)
        }
    }

    /// Adds a place to go to instead.
    pub(super) fn link(mut self, name: impl Into<String>, address: impl Into<String>) -> Self {
        self.links.push((name.into(), address.into()));
        self
    }

    /// For people.
    pub(super) fn as_page(&self, base: &Base) -> Response {
        let title = self.status.canonical_reason().unwrap_or("No answer");
        let body = html! {
            div.refusal {
                p.eyebrow { (self.status.as_u16()) }
                h1 { (title) }
                p.message { (sentence(&self.message)) }
                p { (sentence(&self.help)) }
                ul.ways {
                    @for (name, address) in &self.links { li { a href=(address) { (name) } } }
                    li { a href=(base.at("/")) { "The overview" } }
                }
            }
        };
        let markup = frame::bare(base, title, &body).into_string();
        (self.status, typed(HTML, markup)).into_response()
    }

    /// For programs.
    pub(super) fn as_problem(&self) -> Response {
        let problem = Problem {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("No answer"),
            status: self.status.as_u16(),
            detail: &self.message,
            help: &self.help,
        };
        let body = serde_json::to_vec_pretty(&problem).expect("a problem has no maps");
        (self.status, typed("application/problem+json", body)).into_response()
    }
}

impl From<Wrong> for Refusal {
    fn from(wrong: Wrong) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            shortened(&wrong.message),
            wrong.help,
        )
    }
}

/// What somebody typed may be of any length.
fn shortened(text: &str) -> String {
    const CHARS_MAX: usize = 200;
    match text.char_indices().nth(CHARS_MAX) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}
