//! The pictures: where they stand in a page, and their SVG and PNG. Making pixels takes a tenth of
//! a second, so it happens on another thread, one at a time, and once for each content.

use super::errors::Refusal;
use super::view::View;
use super::{Pairs, Shared, Site, typed};
use crate::domain::Deadline;
use crate::engine::digest;
use crate::picture::{Options, Picture, Theme};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How wide a picture is drawn for a desk, for a column, and for a phone.
const WIDE: u16 = 1_180;
const COLUMN: u16 = 588;
const NARROW: u16 = 358;
/// From here down a screen gets the narrow picture.
const PHONE: &str = "(max-width: 640px)";
const DARK: &str = "(prefers-color-scheme: dark)";
/// Pixels of a PNG to each of its own: for sharp screens.
const SCALE: f32 = 2.0;
/// So many bytes of pixels are kept.
const KEPT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Whoever waits longer for pixels is told to come again.
const WAIT_MAX: Duration = Duration::from_secs(8);

/// Pixels by the digest of the SVG that they were made from, and the turn to make others.
pub(super) struct Pixels {
    kept: Mutex<VecDeque<(String, Arc<[u8]>)>>,
    turn: Semaphore,
}

impl Default for Pixels {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            turn: Semaphore::new(1),
        }
    }
}

impl Pixels {
    fn find(&self, name: &str) -> Option<Arc<[u8]>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(known, _)| known == name);
        found.map(|(_, pixels)| pixels.clone())
    }

    fn keep(&self, name: String, pixels: Arc<[u8]>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((name, pixels));
        let mut bytes: usize = kept.iter().map(|(_, pixels)| pixels.len()).sum();
        while bytes > KEPT_BYTES_MAX
            && let Some((_, oldest)) = kept.pop_front()
        {
            bytes -= oldest.len();
        }
    }

    /// The picture in pixels.
    async fn of(&self, picture: Picture) -> Result<Arc<[u8]>, Refusal> {
        let name = digest(picture.svg());
        if let Some(pixels) = self.find(&name) {
            return Ok(pixels);
        }
        let made = timeout(WAIT_MAX, async {
            let _turn = self.turn.acquire().await.ok();
            // Whoever had the turn before may have made the same.
            if let Some(pixels) = self.find(&name) {
                return Ok(pixels);
            }
            let made = tokio::task::spawn_blocking(move || picture.png(SCALE)).await;
            let failed = |why: String| {
                let help = "take the SVG instead, or fewer deadlines";
                Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, why, help)
            };
            let pixels = made
                .map_err(|error| failed(error.to_string()))?
                .map_err(|error| failed(error.to_string()))?;
            let pixels: Arc<[u8]> = pixels.into();
            self.keep(name, pixels.clone());
            Ok(pixels)
        });
        made.await.unwrap_or_else(|_| {
            let why = "too many pictures are asked for at once";
            let help = "try again in some seconds, or take the SVG";
            Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, why, help))
        })
    }
}

/// The timeline in a page.
pub(super) fn timeline(view: &View) -> Markup {
    let draw =
        |options| Picture::timeline(&view.docket, view.selection.filter(), options, view.now);
    figure(view, "/timeline.svg", (NARROW, WIDE), draw)
}

/// The slip chart of a deadline in its page.
pub(super) fn chart(view: &View, deadline: &Deadline) -> Markup {
    let path = format!("/deadlines/{}/chart.svg", deadline.id);
    let draw = |options| Picture::slip(deadline, options, view.now);
    figure(view, &path, (NARROW, COLUMN), draw)
}

/// A picture for phone and desk, light and dark. Its height is known before it is there, so that
/// nothing moves when it comes.
fn figure(
    view: &View,
    path: &str,
    (narrow, wide): (u16, u16),
    draw: impl Fn(Options) -> Picture,
) -> Markup {
    let address = |width: u16, theme: &str| {
        let width = width.to_string();
        view.link_filtered(path, &[("width", &width), ("theme", theme)])
    };
    let options = |width| Options {
        width,
        theme: Theme::Light,
        ..Options::default()
    };
    let (on_phone, on_desk) = (draw(options(narrow)), draw(options(wide)));
    let (narrow_size, wide_size) = (on_phone.size(), on_desk.size());
    html! {
        figure.picture {
            picture {
                source media=(format!("{PHONE} and {DARK}")) srcset=(address(narrow, "dark"))
                    width=(narrow_size.0) height=(narrow_size.1);
                source media=(PHONE) srcset=(address(narrow, "light"))
                    width=(narrow_size.0) height=(narrow_size.1);
                source media=(DARK) srcset=(address(wide, "dark"))
                    width=(wide_size.0) height=(wide_size.1);
                img src=(address(wide, "light")) width=(wide_size.0) height=(wide_size.1)
                    alt=(format!("{}. {}", on_desk.title(), on_desk.words()));
            }
        }
    }
}

pub(super) async fn timeline_svg(State(site): Shared, Query(pairs): Pairs) -> Response {
    as_svg(&site, drawn_timeline(&site, &pairs))
}

pub(super) async fn timeline_png(State(site): Shared, Query(pairs): Pairs) -> Response {
    as_png(&site, drawn_timeline(&site, &pairs)).await
}

pub(super) async fn chart_svg(
    State(site): Shared,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Response {
    as_svg(&site, drawn_chart(&site, &id, &pairs))
}

pub(super) async fn chart_png(
    State(site): Shared,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Response {
    as_png(&site, drawn_chart(&site, &id, &pairs)).await
}

fn drawn_timeline(site: &Site, pairs: &[(String, String)]) -> Result<Picture, Refusal> {
    let view = View::of(site, pairs)?;
    let filter = view.selection.filter();
    Ok(Picture::timeline(
        &view.docket,
        filter,
        view.picture,
        view.now,
    ))
}

fn drawn_chart(site: &Site, id: &str, pairs: &[(String, String)]) -> Result<Picture, Refusal> {
    let view = View::of(site, pairs)?;
    let deadline = view.deadline(id)?;
    Ok(Picture::slip(deadline, view.picture, view.now))
}

fn as_svg(site: &Site, drawn: Result<Picture, Refusal>) -> Response {
    match drawn {
        Ok(picture) => typed("image/svg+xml", picture.svg().to_owned()),
        Err(refusal) => refusal.as_page(&site.base),
    }
}

async fn as_png(site: &Site, drawn: Result<Picture, Refusal>) -> Response {
    let made = match drawn {
        Ok(picture) => site.pixels.of(picture).await,
        Err(refusal) => Err(refusal),
    };
    match made {
        Ok(pixels) => typed("image/png", pixels.to_vec()),
        Err(refusal) => refusal.as_page(&site.base),
    }
}
