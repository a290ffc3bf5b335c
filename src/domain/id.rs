//! Ids of items and parties: short, permanent names that people type.

use std::fmt;
use std::sync::Arc;

/// The name of an item or a party: 1 to 64 characters of `a-z`, `0-9` and `-`. Cheap to clone.
///
/// ```
/// use docket::domain::Id;
/// assert!(Id::parse("tariff-truce").is_some());
/// assert!(Id::parse("Tariff truce").is_none());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(Arc<str>);

impl Id {
    /// The longest id, in characters.
    pub const LEN_MAX: usize = 64;

    /// The id that `text` spells, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=Self::LEN_MAX).contains(&text.len());
        let legal = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        (fits && text.bytes().all(legal)).then(|| Self(text.into()))
    }

    /// The id nearest to `text` that is legal, to propose to someone who wrote an illegal one.
    pub fn nearest(text: &str) -> Option<Self> {
        let mut slug = String::new();
        for character in text.chars().flat_map(char::to_lowercase) {
            if character.is_ascii_alphanumeric() {
                slug.push(character);
            } else if !slug.ends_with('-') && !slug.is_empty() {
                slug.push('-');
            }
        }
        slug.truncate(Self::LEN_MAX);
        Self::parse(slug.trim_end_matches('-'))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl serde::Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no id")))
    }
}
