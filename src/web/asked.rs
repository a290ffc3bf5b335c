//! What the query of an address asks for: a moment, a listing, the looks of a picture.

use super::errors::Refusal;
use crate::config::one_of;
use crate::domain::Asked as Wanted;
use crate::picture::{Options, Theme};
use crate::query::Wrong;
use axum::http::StatusCode;

/// All that can be asked for. Each answer takes what it has a use for.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// The moment, as written.
    pub(super) as_of: Option<String>,
    /// Which deadlines.
    pub(super) words: Wanted,
    /// How a picture is to be drawn.
    pub(super) picture: Options,
}

const KEYS: [&str; 7] = [
    "as_of", "topic", "party", "state", "within", "theme", "width",
];

impl Asked {
    /// What a page is asked for. Keys that nobody knows are left alone: others add their own to
    /// links.
    pub(super) fn of_page(pairs: &[(String, String)]) -> Result<Self, Refusal> {
        let mut asked = Self::default();
        for (key, value) in pairs {
            // A form sends its empty fields too.
            if !value.is_empty() {
                asked.take(key, value)?;
            }
        }
        Ok(asked)
    }

    /// What a program asks for. Here a wrong key is an error: it would be taken for a filter.
    pub(super) fn of_program(pairs: &[(String, String)]) -> Result<Self, Refusal> {
        for (key, _) in pairs {
            if !KEYS.contains(&key.as_str()) {
                let message = format!("`{key}` is not a parameter");
                let otherwise = format!("it can be {}", one_of(&KEYS));
                return Err(Wrong::did_you_mean(message, key, KEYS, otherwise).into());
            }
        }
        Self::of_page(pairs)
    }

    fn take(&mut self, key: &str, value: &str) -> Result<(), Refusal> {
        let text = || value.to_owned();
        match key {
            "as_of" => self.as_of = Some(text()),
            "topic" => self.words.topics.push(text()),
            "party" => self.words.parties.push(text()),
            "state" => self.words.state = Some(text()),
            "within" => self.words.within = Some(text()),
            "theme" => self.picture.theme = theme(value)?,
            "width" => self.picture.width = width(value)?,
            _ => {}
        }
        Ok(())
    }
}

fn theme(text: &str) -> Result<Theme, Refusal> {
    match text {
        "auto" => Ok(Theme::Auto),
        "light" => Ok(Theme::Light),
        "dark" => Ok(Theme::Dark),
        _ => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            format!("`{text}` is not a theme"),
            "it can be `auto`, `light` or `dark`",
        )),
    }
}

fn width(text: &str) -> Result<u16, Refusal> {
    let bounds = Options::WIDTH_MIN..=Options::WIDTH_MAX;
    let width = text.parse().ok().filter(|width| bounds.contains(width));
    width.ok_or_else(|| {
        Refusal::new(
            StatusCode::BAD_REQUEST,
            format!("`{text}` is not a width"),
            format!(
                "it is a number of pixels from {} to {}",
                bounds.start(),
                bounds.end()
            ),
        )
    })
}
