//! The packs a booth has: those that came with the image and those installed from a stick, verified and layered.
//!
//! Below the packs' folder each pack has one of its own, `<id>/`, with at most two versions, `<version>.xpack`, and a
//! small file `current` that names the one that serves. Everything is put in place by renaming, file and folder
//! synced, so that power may fail between any two steps. Not here: mounting a stick, the words of the admin's page,
//! and when the library of a visit is exchanged.

use xinting_content::pack::PackError;
use xinting_content::{Lang, LibraryError, PackId, PackKind, Text};

/// Where a serving pack came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It came with the image, or with the clone on a desk.
    Image,
    /// It was installed from a stick.
    Installed,
}

/// A pack that serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serving {
    /// Its id.
    pub id: PackId,
    /// Whose it is.
    pub kind: PackKind,
    /// What it is called.
    pub title: Text,
    /// Who publishes it.
    pub publisher: String,
    /// Its version, which only rises.
    pub version: u64,
    /// The version as people write it.
    pub release: String,
    /// Marked 示例.
    pub sample: bool,
    /// Where it came from.
    pub origin: Origin,
}
