//! What is read out of Discord's JSON, where what is not there reads as nothing.

use serde_json::Value;

/// A text; an empty one if it is none.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The entries of a list; none if it is no list.
pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
