//! The record for other programs to follow: an iCalendar document of what is to come and what came
//! of it, and an Atom document of what became known.
//!
//! Pure: the same docket, selection and links give the same text, to the byte, so whoever serves it
//! can tell an unchanged one by its content. Who serves it, and under which headers, is not said here.

mod alarm;
mod atom;
mod calendar;
mod description;
mod links;
mod occasion;
mod property;
mod timezone;

pub use atom::{ENTRIES_MAX, atom};
pub use calendar::calendar;
pub use links::Links;
