//! The booth application: event loop, actors, screens.
//!
//! `session` decides what happens in a visit, `usage` what may be counted, `content` what can be shown, `hw` how a
//! device is spoken to. This crate joins them. Deliberately not here: scoring, AT commands, statistics.

pub mod actors;
pub mod adapters;
pub mod admin;
pub mod booth;
pub mod booth_key;
pub mod carry;
pub mod clock;
pub mod clone;
pub mod command;
pub mod config;
#[cfg(feature = "control-leak")]
mod control_leak;
pub mod count;
pub mod effects;
pub mod error;
pub mod event;
pub mod event_loop;
pub mod flow;
pub mod inbox;
pub mod log_event;
pub mod paths;
pub mod picture;
pub mod shelf;
pub mod signals;
pub mod stage;
pub mod store;
pub mod tour;
pub mod trust;
mod ui;
pub mod upstream;
pub mod wiring;
