//! What is said around pictures.

/// How the timeline is called.
pub(crate) const TIMELINE: &str = "Timeline";
/// What is to be seen in it.
pub(crate) const HOW_TO_READ: &str =
    "Each row is a deadline; hops are extensions. Below them talks and events.";
/// It could not be drawn.
pub(crate) const FAILED: &str = "The picture could not be drawn this time; all else is here";
