//! The colours of the pictures on light and on dark paper.
//!
//! Two accents, blue and vermilion, that the colour-blind can tell apart and that differ in grey
//! print; and nothing is said by colour alone. A test computes every contrast.

/// On which paper a picture is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// As the reader has set the screen; light where nobody asks, such as in a PNG.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Behind everything.
    Paper,
    /// What is read first, and marks of what is certain.
    Text,
    /// What is read second.
    Muted,
    /// What moved.
    Moved,
    /// Today, and what lies ahead.
    Ahead,
    /// The life of a deadline, thin: a mark.
    Life,
    /// Lines that only guide the eye.
    Rule,
    /// An area that only guides the eye.
    Shade,
}

impl Ink {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Paper,
        Self::Text,
        Self::Muted,
        Self::Moved,
        Self::Ahead,
        Self::Life,
        Self::Rule,
        Self::Shade,
    ];

    /// The name of its class in an SVG.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Text => "text",
            Self::Muted => "muted",
            Self::Moved => "moved",
            Self::Ahead => "ahead",
            Self::Life => "life",
            Self::Rule => "rule",
            Self::Shade => "shade",
        }
    }

    /// The colour on a paper.
    pub fn color(self, theme: Theme) -> &'static str {
        let (light, dark) = match self {
            Self::Paper => ("#ffffff", "#15181c"),
            Self::Text => ("#16191d", "#eceff2"),
            Self::Muted => ("#575e66", "#a5adb6"),
            Self::Moved => ("#b3400a", "#ff9c5a"),
            Self::Ahead => ("#0b57a4", "#7fbaff"),
            Self::Life => ("#868e96", "#77808a"),
            Self::Rule => ("#e3e6e9", "#2b3138"),
            Self::Shade => ("#f4f5f7", "#1d2126"),
        };
        match theme {
            Theme::Dark => dark,
            Theme::Auto | Theme::Light => light,
        }
    }
}
