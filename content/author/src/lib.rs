//! The authoring tool: reads an author's folder, checks it, renders its sounds, builds and signs the
//! pack file, and shows and verifies packs.
//!
//! Deliberately not here: anything a booth runs.

pub mod build;
pub mod folder;
pub mod keys;
pub mod place;
pub mod sounds;
pub mod template;
