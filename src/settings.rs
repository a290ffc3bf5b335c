//! The one place where the environment is read, besides the flags that `cli` declares.

use std::fmt;

/// Something that must never be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a secret.
    pub fn new(secret: String) -> Self {
        Self(secret)
    }

    /// The secret itself, for whom it is meant.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// What the environment asks of the output.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether `NO_COLOR` is set to something: see <https://no-color.org>.
    pub no_color: bool,
    /// What is logged, in the syntax of `tracing-subscriber`.
    pub log: Option<String>,
}

impl Settings {
    /// Reads the environment.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn from_environment() -> Self {
        Self {
            no_color: std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
            log: std::env::var("RUST_LOG").ok(),
        }
    }
}
