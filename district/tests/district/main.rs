//! The real program, over real HTTP on loopback.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod browser;
mod commands;
mod faults;
mod import;
mod rig;
mod statuses;
