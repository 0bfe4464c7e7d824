//! Hostile packs, made by code: each is a good pack with one change, and each is refused for the reason that is given.
//!
//! No pack is committed. The good pack is accepted first, so that a refusal is due to the change; the changes are
//! tables of cases, one file for each part of a pack. The test prints how many there are of each family. Not here: bytes
//! from nowhere (`content/fuzz`), and what a stick may do while it is read (the kiosk).

#![expect(
    clippy::unwrap_used,
    reason = "helpers of these tests build what they know to be good"
)]

mod container;
mod content;
mod cuts;
mod desk;
mod manifests;
mod names;
mod publishers;
mod run;
mod signatures;
mod sizes;
mod zip;

#[path = "../../fuzz/src/keys.rs"]
pub mod keys;
#[path = "../../fuzz/src/sample.rs"]
pub mod sample;
