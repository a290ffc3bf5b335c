//! The one place where the environment is read, besides the flags that `cli` declares.

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
