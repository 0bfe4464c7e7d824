//! The booth application: event loop, actors, screens.
//!
//! `session` decides what happens in a visit, `usage` what may be counted, `content` what can be shown, `hw` how a
//! device is spoken to. This crate joins them. Deliberately not here: scoring, AT commands, statistics.

pub mod adapters;
pub mod admin;
pub mod clone;
pub mod config;
pub mod error;
pub mod paths;
pub mod picture;
pub mod shelf;
pub mod store;
pub mod tour;
mod ui;
pub mod upstream;
