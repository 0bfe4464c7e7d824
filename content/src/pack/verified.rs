//! Opening a pack: signatures first, then every byte against the layout that the signed manifest
//! fixes. What comes out is verified; what is read later is verified again.
//!
//! The file is read in place and never unpacked to disk. Not here: who may publish what (`trust`), and
//! where packs are kept.

use super::archive::Method;
use super::glance::{Glance, altered};
use super::manifest::{Entry, Manifest};
use super::signature::KeyId;
use super::{LARGEST_MANIFEST_BYTES, PackError};
use crate::layer::{Layer, PackInfo};
use crate::source::Source;
use crate::trust::{SignedBy, Trust};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};
use sha2::{Digest, Sha256};
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};

/// Bytes compared or hashed at a time.
const CHUNK_BYTES: usize = 64 * 1024;

trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// A pack whose every byte is as keys signed it that may publish it.
///
/// Reading is by `&self`, so that one pack can serve the library and the player.
pub struct VerifiedPack {
    head: Glance,
    /// Where the data of each entry begins, in the order of the manifest.
    offsets: Vec<u64>,
    bytes: Mutex<Box<dyn Bytes>>,
}

impl std::fmt::Debug for VerifiedPack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedPack")
            .field("info", &self.head.manifest.info)
            .field("signers", &self.head.signers)
            .finish_non_exhaustive()
    }
}

/// How much of the data is hashed while opening.
#[derive(Clone, Copy, PartialEq)]
enum Depth {
    Everything,
    Texts,
}

impl VerifiedPack {
    /// Verifies a pack completely: signatures, who may publish it, layout, every byte of every file.
    ///
    /// `lowest_version` is the version installed; an equal one is accepted.
    ///
    /// # Errors
    /// [`PackError`], which says what is wrong with the pack and what to do. Content is checked by
    /// [`VerifiedPack::layer`], not here.
    pub fn open(
        source: impl Read + Seek + Send + 'static,
        trust: &Trust,
        lowest_version: Option<u64>,
    ) -> Result<VerifiedPack, PackError> {
        Self::open_to(Box::new(source), trust, lowest_version, Depth::Everything)
    }

    /// Opens a pack that [`VerifiedPack::open`] accepted when it was installed, quickly: signatures,
    /// layout and texts are verified now, a sound when it is read.
    ///
    /// # Errors
    /// As [`VerifiedPack::open`].
    pub fn open_installed(
        source: impl Read + Seek + Send + 'static,
        trust: &Trust,
    ) -> Result<VerifiedPack, PackError> {
        Self::open_to(Box::new(source), trust, None, Depth::Texts)
    }

    fn open_to(
        mut bytes: Box<dyn Bytes>,
        trust: &Trust,
        lowest_version: Option<u64>,
        depth: Depth,
    ) -> Result<VerifiedPack, PackError> {
        let length = bytes.seek(SeekFrom::End(0))?;
        bytes.rewind()?;
        let head = match Glance::read_from(&mut *bytes, length, trust) {
            Err(PackError::Altered { .. }) if looks_unsigned(&mut *bytes, length) => {
                return Err(PackError::Unsigned);
            }
            other => other?,
        };
        let mut walk = Walk {
            bytes: &mut *bytes,
            length,
            at: head.layout.files_begin,
            chunk: vec![0; CHUNK_BYTES],
        };
        let offsets = walk.files(&head, depth)?;
        let found = head.manifest.info.version;
        if let Some(installed) = lowest_version
            && found < installed
        {
            return Err(PackError::Older { found, installed });
        }
        Ok(VerifiedPack {
            head,
            offsets,
            bytes: Mutex::new(bytes),
        })
    }

    /// What the pack says about itself.
    pub fn info(&self) -> &PackInfo {
        &self.head.manifest.info
    }

    /// The signed manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.head.manifest
    }

    /// SHA-256 of the manifest's bytes, as [`Glance::manifest_sha256`] gives it.
    pub fn manifest_sha256(&self) -> [u8; 32] {
        self.head.manifest_sha256()
    }

    /// The keys that signed it, all of them known and none revoked.
    pub fn signers(&self) -> &[KeyId] {
        &self.head.signers
    }

    /// On whose authority it was accepted.
    pub fn signed_by(&self) -> SignedBy {
        self.head.signed_by
    }

    /// Whether it would be accepted if these were trusted, and on whose authority: before a key list is put
    /// in force, what would become of the packs that serve.
    ///
    /// # Errors
    /// [`PackError`], as opening it would give.
    pub fn permitted_by(&self, trust: &Trust) -> Result<SignedBy, PackError> {
        self.head.permitted_by(trust)
    }

    /// The bytes that were signed.
    pub fn manifest_bytes(&self) -> &[u8] {
        &self.head.manifest_bytes
    }

    /// The texts of the signatures, in order.
    pub fn signatures(&self) -> &[String] {
        &self.head.signatures
    }

    /// Refuses an example where the config says production.
    ///
    /// # Errors
    /// [`PackError::Sample`] if the pack is an example.
    pub fn fit_for_production(&self) -> Result<(), PackError> {
        if self.head.manifest.info.sample {
            let id = self.head.manifest.info.id.to_string();
            return Err(PackError::Sample { id });
        }
        Ok(())
    }

    /// The unpacked bytes of a file, its hash verified again: a disk may have gone bad since.
    ///
    /// # Errors
    /// [`PackError::NoSuchFile`], [`PackError::Altered`] or [`PackError::Io`].
    pub fn read(&self, name: &str) -> Result<Vec<u8>, PackError> {
        let (entry, stored) = self.read_stored(name)?;
        match entry.member.method {
            Method::Stored => Ok(stored),
            Method::Deflated => inflate(entry, &stored),
        }
    }

    /// A file's entry and its bytes as they lie in the pack, verified again; for making another pack
    /// of them.
    ///
    /// # Errors
    /// As [`VerifiedPack::read`].
    pub fn read_stored(&self, name: &str) -> Result<(&Entry, Vec<u8>), PackError> {
        let entries = &self.head.manifest.entries;
        let place = entries
            .binary_search_by(|entry| entry.member.name.as_str().cmp(name))
            .map_err(|_| PackError::NoSuchFile {
                name: name.to_owned(),
            })?;
        let (entry, offset) = (&entries[place], self.offsets[place]);
        let mut stored = vec![0; entry.member.stored_size as usize];
        {
            let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
            bytes.seek(SeekFrom::Start(offset))?;
            bytes.read_exact(&mut stored)?;
        }
        if Sha256::digest(&stored)[..] != entry.sha256 {
            return Err(altered(&format!("“{name}” is not what was signed")));
        }
        Ok((entry, stored))
    }

    /// The pack's content, read and checked.
    ///
    /// # Errors
    /// [`PackError::Content`] with every fault; [`PackError::BadlyMade`] if `pack.toml` says another
    /// thing than the manifest.
    pub fn layer(&self) -> Result<Layer, PackError> {
        let layer = Layer::read(self).map_err(|faults| PackError::Content { faults })?;
        if layer.info != self.head.manifest.info {
            let what = "its pack.toml says another thing than its manifest".to_owned();
            return Err(PackError::BadlyMade { what });
        }
        Ok(layer)
    }
}

impl Source for VerifiedPack {
    fn names(&self) -> Vec<String> {
        let entries = self.head.manifest.entries.iter();
        entries.map(|entry| entry.member.name.clone()).collect()
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        match VerifiedPack::read(self, name) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(PackError::NoSuchFile { .. }) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn gain_db(&self, sound: &str) -> Option<f32> {
        let entries = &self.head.manifest.entries;
        let entry = entries.iter().find(|entry| entry.member.name == sound)?;
        entry.gain_db
    }

    fn is_built(&self) -> bool {
        true
    }
}

fn inflate(entry: &Entry, stored: &[u8]) -> Result<Vec<u8>, PackError> {
    let size = entry.member.size as usize;
    let bad = |how: &str| PackError::BadlyMade {
        what: format!("“{}” {how}", entry.member.name),
    };
    let mut bytes = vec![0; size];
    let mut inflating = Box::<DecompressorOxide>::default();
    let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, taken, given) = decompress(&mut inflating, stored, &mut bytes, 0, flags);
    let fits = status == TINFLStatus::Done && given == size;
    if !fits || crc32fast::hash(&bytes) != entry.member.crc32 {
        return Err(bad("does not unpack to its size"));
    }
    if taken != stored.len() {
        return Err(bad("has bytes after its end"));
    }
    Ok(bytes)
}

/// For the wording of a refusal only: whether this is some ZIP with a manifest and no signature, as it
/// comes out of another tool.
fn looks_unsigned(bytes: &mut dyn Bytes, length: u64) -> bool {
    const END_BYTES: u64 = 22;
    let mut read = |from: u64, to: u64| -> Option<Vec<u8>> {
        let length = usize::try_from(to.checked_sub(from)?).ok()?;
        let mut part = vec![0; length.min(LARGEST_MANIFEST_BYTES as usize)];
        bytes.seek(SeekFrom::Start(from)).ok()?;
        bytes.read_exact(&mut part).ok()?;
        Some(part)
    };
    let ending = length.saturating_sub(END_BYTES);
    let directory = read(ending, length)
        .filter(|end| end.starts_with(b"PK\x05\x06"))
        .and_then(|end| Some(u32::from_le_bytes(*end.get(16..20)?.first_chunk()?)))
        .and_then(|offset| read(u64::from(offset), ending));
    let holds = |name: &[u8]| {
        let directory = directory.as_deref().unwrap_or_default();
        directory.windows(name.len()).any(|window| window == name)
    };
    holds(b"manifest.json") && !holds(b"manifest.json.minisig")
}

/// One pass over the files, from behind the head to the last byte.
struct Walk<'a> {
    bytes: &'a mut dyn Bytes,
    length: u64,
    at: u64,
    chunk: Vec<u8>,
}

impl Walk<'_> {
    fn take(&mut self, buffer: &mut [u8]) -> Result<(), PackError> {
        self.bytes
            .read_exact(buffer)
            .map_err(|error| match error.kind() {
                // The file has become shorter while it was being read.
                io::ErrorKind::UnexpectedEof => PackError::Truncated {
                    found: self.length,
                    expected: None,
                },
                _ => PackError::Io(error),
            })?;
        self.at += buffer.len() as u64;
        Ok(())
    }

    /// All files and the directory after them, against the layout the manifest fixes.
    fn files(&mut self, head: &Glance, depth: Depth) -> Result<Vec<u64>, PackError> {
        self.bytes.seek(SeekFrom::Start(self.at))?;
        let mut offsets = Vec::with_capacity(head.manifest.entries.len());
        for entry in &head.manifest.entries {
            let header = entry.member.local_header();
            let mut found = vec![0; header.len()];
            self.take(&mut found)?;
            if found != header {
                return Err(altered(&format!("the header of “{}”", entry.member.name)));
            }
            offsets.push(self.at);
            if depth == Depth::Everything || entry.member.method == Method::Deflated {
                self.hash(entry)?;
            } else {
                self.at += u64::from(entry.member.stored_size);
                self.bytes.seek(SeekFrom::Start(self.at))?;
            }
        }
        let mut found = vec![0; head.layout.ending.len()];
        self.take(&mut found)?;
        if found != head.layout.ending {
            return Err(altered("its directory"));
        }
        Ok(offsets)
    }

    fn hash(&mut self, entry: &Entry) -> Result<(), PackError> {
        let mut hasher = Sha256::new();
        let mut sum = crc32fast::Hasher::new();
        let mut chunk = std::mem::take(&mut self.chunk);
        let mut left = entry.member.stored_size as usize;
        while left > 0 {
            let part = &mut chunk[..left.min(CHUNK_BYTES)];
            self.take(part)?;
            hasher.update(&*part);
            sum.update(part);
            left -= part.len();
        }
        self.chunk = chunk;
        if hasher.finalize()[..] != entry.sha256 {
            return Err(altered(&format!(
                "“{}” is not what was signed",
                entry.member.name
            )));
        }
        // Of a deflated file it is the sum of what comes out, which reading it compares.
        if entry.member.method == Method::Stored && sum.finalize() != entry.member.crc32 {
            return Err(PackError::BadlyMade {
                what: format!(
                    "the crc32 of “{}” is not that of its bytes",
                    entry.member.name
                ),
            });
        }
        Ok(())
    }
}
