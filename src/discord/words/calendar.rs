//! What is said with a calendar.

/// On the button.
pub(crate) const SUBSCRIBE: &str = "Subscribe to all";
/// With one item.
pub(crate) const ONE: &str =
    "📅 Open the file to put it into your calendar. The file stays as it is when the date moves.";
/// With several, and an address to subscribe to.
pub(crate) const SUBSCRIBABLE: &str = "📅 Open the file to put these into your calendar. Better subscribe to the address of the button: then dates that move, move there too.";
/// With several.
pub(crate) const FILE: &str = "📅 Open the file to put these into your calendar. It stays as it is when a date moves: take a new one then, it replaces the old entries.";
