//! Where a booth keeps its things. All of it lies below one root, `/` on a real booth.
//!
//! Only names are made here; nothing is read or written.

use std::path::{Path, PathBuf};

/// The root of a booth and the names below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    root: PathBuf,
}

impl Paths {
    /// A booth below `root`.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The root itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The configuration, unless the command line names another.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.root.join("etc/xinting/kiosk.toml")
    }

    /// The folder of trusted public keys, `*.pub`.
    #[must_use]
    pub fn trust(&self) -> PathBuf {
        self.root.join("etc/xinting/trust")
    }

    /// The packs that came with the image. Never written by the booth.
    #[must_use]
    pub fn image_packs(&self) -> PathBuf {
        self.root.join("usr/share/xinting/packs")
    }

    /// Everything the booth itself writes.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.root.join("var/lib/xinting")
    }

    /// The packs installed from sticks.
    #[must_use]
    pub fn packs(&self) -> PathBuf {
        self.state().join("packs")
    }

    /// The key lists and the district's root that were accepted.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.state().join("keys")
    }

    /// The store.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.state().join("kiosk.db")
    }

    /// The seed of the booth's own key, readable by the booth's user only.
    #[must_use]
    pub fn booth_key(&self) -> PathBuf {
        self.state().join("booth.key")
    }
}
