//! Whether a body is one that Discord takes, and nothing in it is a slip.
//!
//! Two layers: our own rules, which are those of the documentation and hold always, and Discord's
//! `OpenAPI` description (`openapi`), which is looser but knows every shape. A field that Discord
//! would overlook without a word is refused here: a test is where a typing error should show.

pub(crate) mod callbacks;
pub(crate) mod commands;
mod components;
mod embeds;
pub(crate) mod messages;
mod modals;
mod problems;

pub(crate) use problems::{At, Problems};
