//! The style sheet, the script and the sign of the page: built in, and named after their content,
//! so that a browser may keep them for ever.

use super::{Shared, typed};
use crate::engine::digest;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use std::sync::LazyLock;

/// A file that belongs to the page.
pub(super) struct Asset {
    name: String,
    kind: &'static str,
    content: &'static str,
}

/// How the page looks.
pub(super) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../../assets/web/page.css");
    Asset::new("page", "css", "text/css; charset=utf-8", content)
});
/// What the page does where scripts are allowed: countdowns, and the reader's own time.
pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../../assets/web/page.js");
    Asset::new("page", "js", "text/javascript; charset=utf-8", content)
});
/// The sign in the tab of a browser.
pub(super) static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../../assets/web/icon.svg");
    Asset::new("icon", "svg", "image/svg+xml", content)
});

impl Asset {
    fn new(stem: &str, ending: &str, kind: &'static str, content: &'static str) -> Self {
        let name = format!("{stem}.{}.{ending}", &digest(content)[..12]);
        Self {
            name,
            kind,
            content,
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// Answers with the asset of that name.
pub(super) async fn asset(State(site): Shared, Path(name): Path<String>) -> Response {
    let all = [&STYLE, &SCRIPT, &ICON];
    let Some(asset) = all.into_iter().find(|it| it.name == name) else {
        let message = format!("there is no asset `{name}`");
        let help = "the page was made by another version: load it again";
        return super::Refusal::not_found(message, help).as_page(&site.base);
    };
    let for_ever = [(header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (for_ever, typed(asset.kind, asset.content)).into_response()
}
