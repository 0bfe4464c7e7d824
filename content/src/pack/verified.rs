//! Opening a pack: signatures first, then every byte against the layout that the signed manifest
//! fixes. What comes out is verified; what is read later is verified again.
//!
//! The file is read in place and never unpacked to disk. Not here: who may publish what, and where
//! packs are kept.

use super::archive::{self, Claim, LOCAL_HEADER_BYTES, Member, Method};
use super::manifest::{Entry, Manifest};
use super::signature::{self, KeyId, LONGEST_SIGNATURE, PublicKey};
use super::{LARGEST_MANIFEST_BYTES, LARGEST_PACK_BYTES, MOST_SIGNATURES, PackError};
use crate::layer::{Layer, PackInfo};
use crate::source::Source;
use sha2::{Digest, Sha256};
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};

/// Bytes compared or hashed at a time.
const CHUNK_BYTES: usize = 64 * 1024;

trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// A pack whose every byte is as a trusted key signed it.
///
/// Reading is by `&self`, so that one pack can serve the library and the player.
pub struct VerifiedPack {
    manifest: Manifest,
    /// Where the data of each entry begins, in the order of the manifest.
    offsets: Vec<u64>,
    signers: Vec<KeyId>,
    manifest_bytes: Vec<u8>,
    signatures: Vec<String>,
    bytes: Mutex<Box<dyn Bytes>>,
}

impl std::fmt::Debug for VerifiedPack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedPack")
            .field("info", &self.manifest.info)
            .field("signers", &self.signers)
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
    /// Verifies a pack completely: signatures, layout, every byte of every file.
    ///
    /// `lowest_version` is the version installed; an equal one is accepted.
    ///
    /// # Errors
    /// [`PackError`], which says what is wrong with the pack and what to do. Content is checked by
    /// [`VerifiedPack::layer`], not here.
    pub fn open(
        source: impl Read + Seek + Send + 'static,
        keys: &[PublicKey],
        lowest_version: Option<u64>,
    ) -> Result<VerifiedPack, PackError> {
        Self::open_to(Box::new(source), keys, lowest_version, Depth::Everything)
    }

    /// Opens a pack that [`VerifiedPack::open`] accepted when it was installed, quickly: signatures,
    /// layout and texts are verified now, a sound when it is read.
    ///
    /// # Errors
    /// As [`VerifiedPack::open`].
    pub fn open_installed(
        source: impl Read + Seek + Send + 'static,
        keys: &[PublicKey],
    ) -> Result<VerifiedPack, PackError> {
        Self::open_to(Box::new(source), keys, None, Depth::Texts)
    }

    fn open_to(
        mut bytes: Box<dyn Bytes>,
        keys: &[PublicKey],
        lowest_version: Option<u64>,
        depth: Depth,
    ) -> Result<VerifiedPack, PackError> {
        if keys.is_empty() {
            return Err(PackError::NoTrust);
        }
        let length = bytes.seek(SeekFrom::End(0))?;
        if length > LARGEST_PACK_BYTES {
            let what = format!("{length} bytes, and {LARGEST_PACK_BYTES} are the most");
            return Err(PackError::TooLarge { what });
        }
        bytes.rewind()?;
        let mut walk = Walk {
            bytes: &mut *bytes,
            length,
            at: 0,
        };
        let (first, manifest_bytes) = match walk.manifest() {
            Err(PackError::Altered { .. }) if walk.looks_unsigned() => {
                return Err(PackError::Unsigned);
            }
            other => other?,
        };
        let mut members = vec![first];
        let mut signers = Vec::new();
        let mut comments = Vec::new();
        let mut signatures = Vec::new();
        while let Some((member, text)) = walk.signature(members.len())? {
            let (key, comment) = signature::verify(&text, &manifest_bytes, keys)?;
            members.push(member);
            signers.push(key);
            comments.push(comment);
            signatures.push(String::from_utf8_lossy(&text).into_owned());
        }
        if signers.is_empty() {
            return Err(PackError::Unsigned);
        }
        let manifest = Manifest::parse(&manifest_bytes)?;
        let expected = signature::trusted_comment(manifest.info.id.as_str(), manifest.info.version);
        if comments.iter().any(|comment| *comment != expected) {
            return Err(altered("a signature names another pack or version"));
        }
        let offsets = walk.files(&manifest, &members, depth)?;
        if let Some(installed) = lowest_version
            && manifest.info.version < installed
        {
            let found = manifest.info.version;
            return Err(PackError::Older { found, installed });
        }
        Ok(VerifiedPack {
            manifest,
            offsets,
            signers,
            manifest_bytes,
            signatures,
            bytes: Mutex::new(bytes),
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

    /// The keys that signed it, all of them trusted.
    pub fn signers(&self) -> &[KeyId] {
        &self.signers
    }

    /// The bytes that were signed.
    pub fn manifest_bytes(&self) -> &[u8] {
        &self.manifest_bytes
    }

    /// The texts of the signatures, in order.
    pub fn signatures(&self) -> &[String] {
        &self.signatures
    }

    /// Refuses an example where the config says production.
    ///
    /// # Errors
    /// [`PackError::Sample`] if the pack is an example.
    pub fn fit_for_production(&self) -> Result<(), PackError> {
        if self.manifest.info.sample {
            let id = self.manifest.info.id.to_string();
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
        let entries = &self.manifest.entries;
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
        if layer.info != self.manifest.info {
            let what = "its pack.toml says another thing than its manifest".to_owned();
            return Err(PackError::BadlyMade { what });
        }
        Ok(layer)
    }
}

impl Source for VerifiedPack {
    fn names(&self) -> Vec<String> {
        let entries = self.manifest.entries.iter();
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
        let entries = &self.manifest.entries;
        let entry = entries.iter().find(|entry| entry.member.name == sound)?;
        entry.gain_db
    }

    fn is_built(&self) -> bool {
        true
    }
}

fn altered(what: &str) -> PackError {
    PackError::Altered {
        what: what.to_owned(),
    }
}

fn inflate(entry: &Entry, stored: &[u8]) -> Result<Vec<u8>, PackError> {
    let size = entry.member.size as usize;
    let bad = || PackError::BadlyMade {
        what: format!("“{}” does not unpack to its size", entry.member.name),
    };
    let bytes =
        miniz_oxide::inflate::decompress_to_vec_with_limit(stored, size).map_err(|_| bad())?;
    if bytes.len() != size || crc32fast::hash(&bytes) != entry.member.crc32 {
        return Err(bad());
    }
    Ok(bytes)
}

/// One pass over the file from its first byte to its last.
struct Walk<'a> {
    bytes: &'a mut dyn Bytes,
    length: u64,
    at: u64,
}

impl Walk<'_> {
    fn left(&self) -> u64 {
        self.length.saturating_sub(self.at)
    }

    fn truncated(&self) -> PackError {
        PackError::Truncated {
            found: self.length,
            expected: None,
        }
    }

    fn take(&mut self, buffer: &mut [u8]) -> Result<(), PackError> {
        if (buffer.len() as u64) > self.left() {
            return Err(self.truncated());
        }
        self.bytes
            .read_exact(buffer)
            .map_err(|error| match error.kind() {
                // The file has become shorter while it was being read.
                io::ErrorKind::UnexpectedEof => self.truncated(),
                _ => PackError::Io(error),
            })?;
        self.at += buffer.len() as u64;
        Ok(())
    }

    /// The first member: the manifest, stored.
    fn manifest(&mut self) -> Result<(Member, Vec<u8>), PackError> {
        let mut header = [0; LOCAL_HEADER_BYTES];
        let begin = self.left().min(4) as usize;
        self.bytes.read_exact(&mut header[..begin])?;
        self.bytes.rewind()?;
        if begin == 0 {
            return Err(PackError::NotAPack {
                reason: "the file is empty",
            });
        }
        if header[..begin] != b"PK\x03\x04"[..begin] {
            return Err(PackError::NotAPack {
                reason: "it does not begin as a pack does",
            });
        }
        self.take(&mut header)?;
        let claim = Claim::read(&header).ok_or_else(|| altered("its beginning"))?;
        let repacked = "it does not begin with a manifest as xinting-pack lays it out";
        self.stored(&header, &claim, "manifest.json", LARGEST_MANIFEST_BYTES)?
            .ok_or_else(|| altered(repacked))
    }

    /// For the wording of a refusal only: whether this is some ZIP with a manifest and no signature, as
    /// it comes out of another tool.
    fn looks_unsigned(&mut self) -> bool {
        const END_BYTES: u64 = 22;
        let mut read = |from: u64, to: u64| -> Option<Vec<u8>> {
            let length = usize::try_from(to.checked_sub(from)?).ok()?;
            let mut part = vec![0; length.min(LARGEST_MANIFEST_BYTES as usize)];
            self.bytes.seek(SeekFrom::Start(from)).ok()?;
            self.bytes.read_exact(&mut part).ok()?;
            Some(part)
        };
        let ending = self.length.saturating_sub(END_BYTES);
        let directory = read(ending, self.length)
            .filter(|end| end.starts_with(b"PK\x05\x06"))
            .and_then(|end| Some(u32::from_le_bytes(*end.get(16..20)?.first_chunk()?)))
            .and_then(|offset| read(u64::from(offset), ending));
        let holds = |name: &[u8]| {
            let directory = directory.as_deref().unwrap_or_default();
            directory.windows(name.len()).any(|window| window == name)
        };
        holds(b"manifest.json") && !holds(b"manifest.json.minisig")
    }

    /// Signature number `number`; `None` where the next thing is something else.
    fn signature(&mut self, number: usize) -> Result<Option<(Member, Vec<u8>)>, PackError> {
        let begin = self.at;
        if self.left() < LOCAL_HEADER_BYTES as u64 {
            return Err(self.truncated());
        }
        let mut header = [0; LOCAL_HEADER_BYTES];
        self.take(&mut header)?;
        let found = match Claim::read(&header) {
            Some(claim) => {
                let name = signature::file_name(number);
                self.stored(&header, &claim, &name, LONGEST_SIGNATURE)?
            }
            None => None,
        };
        if found.is_none() {
            self.bytes.seek(SeekFrom::Start(begin))?;
            self.at = begin;
        } else if number > MOST_SIGNATURES {
            let what = format!("more than {MOST_SIGNATURES} signatures");
            return Err(PackError::TooLarge { what });
        }
        Ok(found)
    }

    /// A stored member called `name`, whose header must be the canonical one; `None` if the name is
    /// another.
    fn stored(
        &mut self,
        header: &[u8; LOCAL_HEADER_BYTES],
        claim: &Claim,
        name: &str,
        largest: u32,
    ) -> Result<Option<(Member, Vec<u8>)>, PackError> {
        if claim.name_length != name.len() {
            return Ok(None);
        }
        let mut found = vec![0; name.len()];
        self.take(&mut found)?;
        if found != name.as_bytes() {
            return Ok(None);
        }
        if claim.stored_size > largest {
            return Err(altered(&format!(
                "{name} claims {} bytes",
                claim.stored_size
            )));
        }
        let mut data = vec![0; claim.stored_size as usize];
        self.take(&mut data)?;
        let member = Member::stored(name, &data).ok_or_else(|| altered(name))?;
        if member.local_header()[..LOCAL_HEADER_BYTES] != header[..] {
            return Err(altered(&format!("the header of {name}, or {name} itself")));
        }
        Ok(Some((member, data)))
    }

    /// All files and the directory after them, against the layout the manifest fixes.
    fn files(
        &mut self,
        manifest: &Manifest,
        before: &[Member],
        depth: Depth,
    ) -> Result<Vec<u64>, PackError> {
        let mut members = before.to_vec();
        members.extend(manifest.entries.iter().map(|entry| entry.member.clone()));
        let too_large = || PackError::TooLarge {
            what: "more than a ZIP can hold".to_owned(),
        };
        let ending = archive::ending(&members).ok_or_else(too_large)?;
        let expected = members.iter().map(Member::span).sum::<u64>() + ending.len() as u64;
        if self.length < expected {
            return Err(PackError::Truncated {
                found: self.length,
                expected: Some(expected),
            });
        }
        if self.length > expected {
            return Err(altered("bytes have been added to it"));
        }
        let mut offsets = Vec::with_capacity(manifest.entries.len());
        for entry in &manifest.entries {
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
        let mut found = vec![0; ending.len()];
        self.take(&mut found)?;
        if found != ending {
            return Err(altered("its directory"));
        }
        Ok(offsets)
    }

    fn hash(&mut self, entry: &Entry) -> Result<(), PackError> {
        let mut hasher = Sha256::new();
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut left = entry.member.stored_size as usize;
        while left > 0 {
            let part = &mut chunk[..left.min(CHUNK_BYTES)];
            self.take(part)?;
            hasher.update(&*part);
            left -= part.len();
        }
        if hasher.finalize()[..] != entry.sha256 {
            return Err(altered(&format!(
                "“{}” is not what was signed",
                entry.member.name
            )));
        }
        Ok(())
    }
}
