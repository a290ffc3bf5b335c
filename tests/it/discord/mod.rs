//! What is said and answered in Discord: every payload from the shipped record, bad input, and
//! records that want to do harm.

mod answers;
mod bad_input;
mod buttons;
mod definitions;
mod hostile;
mod posts;
mod proposals;
mod requests;
mod scene;
mod shown;
mod taken;
mod texts;
