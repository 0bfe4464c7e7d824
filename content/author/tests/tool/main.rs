//! The real `xinting-pack`, as an author uses it: exit status, sentences, files; and what ships with
//! the project, held to what is published.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of these tests work in folders they have just made"
)]

mod builds;
mod commands;
mod desk;
mod differences;
mod faults;
mod guide;
mod keys;
mod lists;
mod names;
mod preview;
mod shipped;
mod standing;
mod voices;
mod words;
