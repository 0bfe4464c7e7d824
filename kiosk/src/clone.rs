//! What a booth on a desk needs and an empty root lacks: a configuration, the clone's development key as trust, the
//! starter and the sample school as packs.
//!
//! It acts only where the working folder lies inside a clone of the project and the configuration does not say
//! `production = true`. Nothing that exists is overwritten. Not here: making keys and packs, which is `xinting-pack`'s.

use std::path::PathBuf;

/// What was found or made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The clone.
    pub clone: PathBuf,
    /// The folder of packs to use as those of the image; `None` where the caller or the configuration names one, or
    /// the root has its own.
    pub image: Option<PathBuf>,
}
