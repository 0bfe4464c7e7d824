//! The stick that opens maintenance: 32 random bytes in a file. The booth keeps only their hash.
//!
//! Whoever has the stick, or a copy of its file, comes in: it is a key, not a second proof. So there are few, each is
//! made inside maintenance, and all can be forgotten there at once.

use super::CarryError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::io::Read;
use xinting_hw::usb::StickFiles;
use zeroize::Zeroizing;

/// The file in the stick's root.
pub const FILE: &str = "xinting-admin.key";
/// Most sticks that open one booth.
pub const MOST: usize = 4;
/// Bytes of the secret.
const SECRET_LEN: usize = 32;
/// Longest file worth reading: 44 characters, and a line end that some editor added.
const LONGEST_FILE: u64 = 64;

/// SHA-256 of a stick's secret.
pub type Hash = [u8; 32];

/// The sticks that open a booth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hashes(Vec<Hash>);

impl Hashes {
    /// Reads the setting; what is no hash in it opens nothing.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let hashes = text.split_whitespace().filter_map(unhex);
        Self(hashes.take(MOST).collect())
    }

    /// Whether there may be no more.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, hash: Hash) {
        self.0.push(hash);
    }

    pub(super) fn remove(&mut self, hash: &Hash) {
        self.0.retain(|known| known != hash);
    }

    /// Compares with every one, and each to its last byte, so that time says nothing.
    fn has(&self, hash: &Hash) -> bool {
        let same = self.0.iter().map(|known| {
            let differing = known.iter().zip(hash).fold(0, |all, (a, b)| all | (a ^ b));
            std::hint::black_box(differing) == 0
        });
        same.fold(false, |any, same| any | same)
    }
}

impl fmt::Display for Hashes {
    /// As the setting has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, hash) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            f.write_str(&hex(hash))?;
        }
        Ok(())
    }
}

/// Writes a new secret onto the stick and gives its hash. A secret that was there is replaced.
///
/// # Errors
/// [`CarryError::Randomness`], [`CarryError::Write`], [`CarryError::NotAsWritten`].
pub fn make(files: &dyn StickFiles) -> Result<Hash, CarryError> {
    let mut secret = Zeroizing::new([0; SECRET_LEN]);
    getrandom::fill(secret.as_mut_slice()).map_err(CarryError::Randomness)?;
    let mut text = Zeroizing::new(STANDARD.encode(secret.as_slice()));
    text.push('\n');
    files
        .write(FILE, &mut text.as_bytes())
        .map_err(|source| CarryError::Write {
            file: FILE.to_owned(),
            source,
        })?;
    let hash = hash(&secret);
    match secret_of(files) {
        Some(found) if self::hash(&found) == hash => Ok(hash),
        Some(_) | None => Err(CarryError::NotAsWritten {
            file: FILE.to_owned(),
        }),
    }
}

/// The hash of the secret that the stick holds, if it holds one.
pub(super) fn hash_of(files: &dyn StickFiles) -> Option<Hash> {
    secret_of(files).map(|secret| hash(&secret))
}

/// Whether the stick holds a secret with one of these hashes.
#[must_use]
pub fn opens(files: &dyn StickFiles, hashes: &Hashes) -> bool {
    hash_of(files).is_some_and(|hash| hashes.has(&hash))
}

fn secret_of(files: &dyn StickFiles) -> Option<Zeroizing<[u8; SECRET_LEN]>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST_FILE as usize + 1));
    let file = files.open(FILE).ok()?;
    file.take(LONGEST_FILE + 1).read_to_end(&mut bytes).ok()?;
    let text = std::str::from_utf8(&bytes).ok()?.trim_ascii();
    let raw = Zeroizing::new(STANDARD.decode(text).ok()?);
    let secret: [u8; SECRET_LEN] = raw.as_slice().try_into().ok()?;
    Some(Zeroizing::new(secret))
}

fn hash(secret: &[u8; SECRET_LEN]) -> Hash {
    xinting_wire::body_hash(&[b"xinting key stick\n".as_slice(), secret].concat())
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 64 lower-case hexadecimal digits.
pub(super) fn unhex(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    let digits = text.as_bytes();
    let plain = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if digits.len() != 2 * hash.len() || !digits.iter().all(plain) {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}
