//! The authoring tool: reads an author's folder, checks it, renders its sounds, builds and signs the
//! pack file, and shows and verifies packs.
//!
//! Deliberately not here: anything a booth runs.

pub mod folder;
