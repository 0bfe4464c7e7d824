//! What a pack says about itself, from its signed head alone, before anything of it is copied.
//!
//! A stick can show another pack at the next reading: what is installed is the copy, and it must have
//! the manifest that was shown ([`Glance::manifest_sha256`]).

use super::archive::{self, Member};
use super::head::Head;
use super::manifest::Manifest;
use super::signature::{self, KeyId};
use super::{LARGEST_MANIFEST_BYTES, LARGEST_PACK_BYTES, MANIFEST, PackError};
use crate::layer::PackInfo;
use crate::trust::{SignedBy, Trust};
use sha2::{Digest, Sha256};
use std::io::Read;

/// The verified head of a pack: its manifest, signed by whom it must be. Its files are not verified.
#[derive(Debug, Clone)]
pub struct Glance {
    pub(super) manifest: Manifest,
    pub(super) manifest_bytes: Vec<u8>,
    pub(super) signatures: Vec<String>,
    pub(super) signers: Vec<KeyId>,
    pub(super) signed_by: SignedBy,
    pub(super) layout: Layout,
}

/// Where everything of the file must lie.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Where the head ends.
    pub(super) files_begin: u64,
    /// The directory and the end record.
    pub(super) ending: Vec<u8>,
    /// How long the whole file is.
    pub(super) length: u64,
}

impl Glance {
    /// Reads the head of a pack whose file is `length` bytes long: at most a little more than its
    /// manifest and signatures, into memory.
    ///
    /// # Errors
    /// [`PackError`], in the order in which [`VerifiedPack::open`](super::VerifiedPack::open) would find
    /// it; what is wrong with the files themselves only opening finds.
    pub fn read(mut source: impl Read, length: u64, trust: &Trust) -> Result<Glance, PackError> {
        Glance::read_from(&mut source, length, trust)
    }

    pub(super) fn read_from(
        source: &mut dyn Read,
        length: u64,
        trust: &Trust,
    ) -> Result<Glance, PackError> {
        if trust.is_empty() {
            return Err(PackError::NoTrust);
        }
        if length > LARGEST_PACK_BYTES {
            let what = format!("{length} bytes, and {LARGEST_PACK_BYTES} are the most");
            return Err(PackError::TooLarge { what });
        }
        let head = Head::read(source, MANIFEST, LARGEST_MANIFEST_BYTES)?;
        let signers = trust.verify(&head.bytes, &head.signatures)?;
        let manifest = Manifest::parse(&head.bytes)?;
        let comment = signature::trusted_comment(manifest.info.id.as_str(), manifest.info.version);
        if signers.iter().any(|signer| signer.comment != comment) {
            return Err(altered("a signature names another pack or version"));
        }
        let signed_by = trust.permits(&manifest, &signers)?;
        let layout = Layout::new(&head, &manifest)?;
        if length < layout.length {
            return Err(PackError::Truncated {
                found: length,
                expected: Some(layout.length),
            });
        }
        if length > layout.length {
            return Err(altered("bytes have been added to it"));
        }
        let texts = head.signatures.iter();
        Ok(Glance {
            manifest,
            signatures: texts
                .map(|text| String::from_utf8_lossy(text).into_owned())
                .collect(),
            manifest_bytes: head.bytes,
            signers: signers.iter().map(|signer| signer.key.id()).collect(),
            signed_by,
            layout,
        })
    }

    /// What the pack says about itself.
    pub fn info(&self) -> &PackInfo {
        &self.manifest.info
    }

    /// The signed manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// SHA-256 of the manifest's bytes: which pack this is, to the bit.
    pub fn manifest_sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.manifest_bytes).into()
    }

    /// The keys that signed it.
    pub fn signers(&self) -> &[KeyId] {
        &self.signers
    }

    /// On whose authority it is accepted.
    pub fn signed_by(&self) -> SignedBy {
        self.signed_by
    }

    /// Whether it would be accepted if these were trusted, and on whose authority.
    pub(super) fn permitted_by(&self, trust: &Trust) -> Result<SignedBy, PackError> {
        let signers = trust.verify(&self.manifest_bytes, &self.signatures)?;
        trust.permits(&self.manifest, &signers)
    }

    /// Where the first file's header begins: everything before it is the head, read and verified.
    pub fn files_begin(&self) -> u64 {
        self.layout.files_begin
    }

    /// How long the whole file is, in bytes; as long as it was said to be.
    pub fn expected_length(&self) -> u64 {
        self.layout.length
    }
}

impl Layout {
    fn new(head: &Head, manifest: &Manifest) -> Result<Layout, PackError> {
        let mut members = head.members.clone();
        members.extend(manifest.entries.iter().map(|entry| entry.member.clone()));
        let ending = archive::ending(&members).ok_or_else(|| PackError::TooLarge {
            what: "more than a ZIP can hold".to_owned(),
        })?;
        Ok(Layout {
            files_begin: head.span(),
            length: members.iter().map(Member::span).sum::<u64>() + ending.len() as u64,
            ending,
        })
    }
}

pub(super) fn altered(what: &str) -> PackError {
    PackError::Altered {
        what: what.to_owned(),
    }
}
