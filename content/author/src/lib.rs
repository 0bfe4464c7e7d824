//! The authoring tool: reads an author's folder, checks it, renders its sounds, builds and signs the
//! pack file, and shows and verifies packs.
//!
//! Deliberately not here: anything a booth runs.

pub mod album;
pub mod build;
pub mod check;
pub mod folder;
pub mod interrupt;
pub mod keys;
pub mod lists;
pub mod parallel;
pub mod place;
pub mod sounds;
pub mod template;
