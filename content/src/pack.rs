//! The pack file: one canonical ZIP whose signed manifest fixes every byte of it.
//!
//! `FORMAT.md` describes it for a stranger. Reading yields only verified values; there is no
//! unverified pack to hold. Not here: whose signature counts (`trust`), private keys and signing (the
//! authoring tool), installing (the kiosk).

pub mod archive;
mod glance;
pub(crate) mod head;
pub mod manifest;
pub mod signature;
pub mod verified;

pub use glance::Glance;
pub use manifest::{Entry, Manifest};
pub use signature::{KeyError, KeyId, PublicKey};
pub use verified::VerifiedPack;

use crate::layer::Fault;
use crate::trust::Forbidden;
use archive::Member;
use std::io::{self, Write};

/// What every pack begins with.
pub(crate) const MANIFEST: &str = "manifest.json";

/// Largest pack file, in bytes.
pub const LARGEST_PACK_BYTES: u64 = 2 << 30;

/// Largest manifest, in bytes.
pub const LARGEST_MANIFEST_BYTES: u32 = 1 << 20;

/// Most files in a pack beside the manifest and its signatures.
pub const MOST_ENTRIES: usize = 4_096;

/// Most bytes of all texts of a pack together, unpacked: a booth reads them all before it shows one.
pub const MOST_TEXT_BYTES: u64 = 64 << 20;

/// Most signatures a pack may carry.
pub const MOST_SIGNATURES: usize = 16;

/// Writes a pack: the manifest's bytes, its signature texts in order, the files as
/// [`Entry::pack`] gave them, sorted as in the manifest.
///
/// # Errors
/// Whatever `out` gives; `InvalidInput` if the parts are beyond what a pack may hold.
pub fn write(
    out: &mut impl Write,
    manifest: &[u8],
    signatures: &[String],
    files: &[(Entry, Vec<u8>)],
) -> io::Result<()> {
    let stored = |name: &str, bytes: &[u8]| {
        Member::stored(name, bytes).ok_or(io::Error::from(io::ErrorKind::InvalidInput))
    };
    let mut members = vec![(stored(MANIFEST, manifest)?, manifest)];
    for (number, text) in (1..).zip(signatures) {
        let bytes = text.as_bytes();
        members.push((stored(&signature::file_name(number), bytes)?, bytes));
    }
    for (entry, data) in files {
        members.push((entry.member.clone(), data));
    }
    archive::write(out, &members)
}

/// Why a pack is refused. Each sentence says which, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The file, or the stick it is on, cannot be read.
    #[error("the pack cannot be read to its end; check the stick and copy the file again")]
    Io(#[from] std::io::Error),
    /// Something else than a pack.
    #[error("this is not a pack: {reason}; choose a file that xinting-pack built")]
    NotAPack {
        /// What gave it away.
        reason: &'static str,
    },
    /// The file ends early.
    #[error(
        "the pack is truncated: it ends after {found} bytes{}; copy it again and release the stick \
         before pulling it out",
        match expected { Some(bytes) => format!(" of {bytes}"), None => String::new() }
    )]
    Truncated {
        /// How long it is.
        found: u64,
        /// How long it should be, where that is known.
        expected: Option<u64>,
    },
    /// A byte differs from what was signed, or the file has been repacked.
    #[error("the pack has been altered: {what}; get it again from its publisher")]
    Altered {
        /// Which part.
        what: String,
    },
    /// There is no signature.
    #[error("the pack is unsigned; ask its publisher for the file as xinting-pack built it")]
    Unsigned,
    /// The key is not one this booth trusts.
    #[error(
        "the pack is signed by a stranger: key {key} is not trusted here; if you know the publisher, \
         have them added to the key list, or the pack signed by a root"
    )]
    Stranger {
        /// The key's id.
        key: KeyId,
    },
    /// A signature by a key that the key list has revoked.
    #[error(
        "the pack is signed by the revoked key {key}; ask its publisher for the pack signed with their \
         new key"
    )]
    Revoked {
        /// The key's id.
        key: KeyId,
    },
    /// The right keys, but not for this.
    #[error(
        "the pack is not permitted: {what}; have it signed by somebody who may, or ask the keeper of the \
         key list"
    )]
    NotPermitted {
        /// Who may not do what, naming the file where it is one.
        what: Forbidden,
    },
    /// Its publisher must sign with more keys.
    #[error(
        "the pack has too few signatures: {have} of the {need} that its publisher needs; have it signed \
         by another of their keys (xinting-pack sign)"
    )]
    TooFewSignatures {
        /// Keys of the publisher that signed.
        have: usize,
        /// Keys that must.
        need: usize,
    },
    /// No key is trusted, so nothing can be verified.
    #[error("no key is trusted here, so no pack can be accepted; install a public key in trust/")]
    NoTrust,
    /// Lower than the version already there.
    #[error(
        "the pack is older than the one installed: version {found}, and {installed} is here; \
         use version {installed} or later"
    )]
    Older {
        /// Its version.
        found: u64,
        /// The lowest version accepted.
        installed: u64,
    },
    /// Made for a later app.
    #[error("the pack needs a newer app: {needs}; update the booth first")]
    Newer {
        /// What it needs.
        needs: String,
    },
    /// An example on a real booth.
    #[error(
        "the pack “{id}” is a sample (示例) and this booth is in production; install the school's \
         own pack"
    )]
    Sample {
        /// The pack's id.
        id: String,
    },
    /// Beyond what a booth takes.
    #[error("the pack is too large: {what}; take files out and build it again")]
    TooLarge {
        /// Which limit.
        what: String,
    },
    /// Signed by a trusted key, yet not made by the rules.
    #[error("the pack is signed but badly made: {what}; build it again with this xinting-pack")]
    BadlyMade {
        /// What is wrong.
        what: String,
    },
    /// Its files do not pass the checks.
    #[error(
        "the pack's content is not fit to be shown: {}{}; have its author run xinting-pack check",
        faults.first().map(ToString::to_string).unwrap_or_default(),
        match faults.len() { 0 | 1 => String::new(), n => format!(" (and {} more)", n - 1) }
    )]
    Content {
        /// Every fault.
        faults: Vec<Fault>,
    },
    /// It has no file of this name.
    #[error("the pack has no file “{name}”; install it again")]
    NoSuchFile {
        /// The name asked for.
        name: String,
    },
}
