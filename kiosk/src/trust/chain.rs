//! The folder of keys on disk, and the walk from the first roots to the trust in force.
//!
//! `<version>.xkeys` is a key list as it came; `district-root.pub` the district's root. Every file is written beside its
//! place, synced and renamed, and the folder synced, so that power may fail between any two steps.

use super::{TrustNotice, TrustStoreError, version};
use crate::error::chain as words;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use xinting_content::document::LARGEST_FILE_BYTES;
use xinting_content::{PublicKey, Trust};

const LIST_ENDING: &str = ".xkeys";
const DISTRICT: &str = "district-root.pub";
/// Longest public key file worth reading, in bytes: a comment and a line.
const LONGEST_KEY_FILE: u64 = 4_096;
/// Stands in the comment of the district's root, before the version of the list in force when it was accepted.
const OVER: &str = "accepted over key list ";

/// Every `*.pub` of a folder, by name. One that cannot be understood is said, and trusted nothing.
pub(super) fn roots(folder: &Path) -> (Vec<PublicKey>, Vec<TrustNotice>) {
    let mut notices = Vec::new();
    let mut files = Vec::new();
    match fs::read_dir(folder) {
        Ok(entries) => files.extend(entries.flatten().map(|entry| entry.path())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => notices.push(TrustNotice::Folder {
            path: folder.to_owned(),
            reason: error.to_string(),
        }),
    }
    files.retain(|path| path.extension().is_some_and(|ending| ending == "pub"));
    files.sort();
    let mut keys = Vec::new();
    for path in files {
        match read(&path, LONGEST_KEY_FILE).map(|bytes| key(&bytes)) {
            Ok(Some(key)) => keys.push(key),
            Ok(None) | Err(_) => notices.push(TrustNotice::BadRoot { path }),
        }
    }
    (keys, notices)
}

fn key(bytes: &[u8]) -> Option<PublicKey> {
    PublicKey::parse(std::str::from_utf8(bytes).ok()?).ok()
}

/// A kept key list: not verified yet.
#[derive(Debug, Clone)]
pub(super) struct KeptList {
    /// As its name says.
    version: u64,
    bytes: Vec<u8>,
}

/// The district's root, and the version of the list over which it was accepted.
#[derive(Debug, Clone)]
struct DistrictRoot {
    key: PublicKey,
    over: u64,
}

/// What lies in the folder.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// By version.
    lists: Vec<KeptList>,
    district: Option<DistrictRoot>,
    /// Versions whose file could not even be read.
    unread: u64,
}

impl Kept {
    /// The highest version that a file is named after: a damaged file still says which it was.
    pub(super) fn highest(&self) -> u64 {
        let last = self.lists.last().map_or(0, |list| list.version);
        last.max(self.unread)
    }
}

/// Walks the kept lists from the first roots. What does not verify is said and passed over.
pub(super) fn walk(roots: &[PublicKey], kept: &Kept) -> (Trust, Vec<TrustNotice>) {
    let mut notices = Vec::new();
    let mut trust = Trust::roots(roots.to_vec());
    let mut district = kept.district.as_ref();
    for list in &kept.lists {
        if let Some(root) = district.take_if(|root| root.over < list.version) {
            trust = trust.with_root(root.key.clone());
        }
        match trust.accept(list.bytes.as_slice()) {
            Ok((next, _)) => trust = next,
            Err(error) => notices.push(TrustNotice::Damaged {
                file: name(list.version),
                reason: words(&error),
            }),
        }
    }
    if let Some(root) = district {
        trust = trust.with_root(root.key.clone());
    }
    (trust, notices)
}

/// The folder of keys.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// Reads everything that is here; a folder that is not there is empty.
    pub(super) fn read(&self) -> (Kept, Vec<TrustNotice>) {
        let (mut kept, mut notices) = (Kept::default(), Vec::new());
        let entries = match fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return (kept, notices),
            Err(error) => {
                notices.push(TrustNotice::Folder {
                    path: self.root.clone(),
                    reason: error.to_string(),
                });
                return (kept, notices);
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let damaged = |reason: String| TrustNotice::Damaged {
                file: name.to_owned(),
                reason,
            };
            if let Some(version) = number(name) {
                match read(&entry.path(), LARGEST_FILE_BYTES) {
                    Ok(bytes) => kept.lists.push(KeptList { version, bytes }),
                    Err(error) => {
                        kept.unread = kept.unread.max(version);
                        notices.push(damaged(error.to_string()));
                    }
                }
            } else if name == DISTRICT {
                let bytes = read(&entry.path(), LONGEST_KEY_FILE);
                match bytes.map(|bytes| district(&bytes)) {
                    Ok(Some(root)) => kept.district = Some(root),
                    Ok(None) => notices.push(damaged("it is no public key".to_owned())),
                    Err(error) => notices.push(damaged(error.to_string())),
                }
            }
        }
        kept.lists.sort_by_key(|list| list.version);
        (kept, notices)
    }

    pub(super) fn keep_list(&self, version: u64, bytes: &[u8]) -> Result<(), TrustStoreError> {
        self.keep(&name(version), bytes)
    }

    pub(super) fn keep_root(
        &self,
        key: &PublicKey,
        over: u64,
        at: &str,
    ) -> Result<(), TrustStoreError> {
        let at = at.trim().replace(char::is_control, " ");
        let text = format!(
            "untrusted comment: the district's root, {OVER}{over} {at}\n{}\n",
            key.to_base64()
        );
        self.keep(DISTRICT, text.as_bytes())
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), TrustStoreError> {
        let path = self.root.join(name);
        crate::carry::place::put(&path, bytes, 0o644)
            .map_err(|source| TrustStoreError::Keep { path, source })
    }

    /// Deletes what the walk to `latest` does not need: lists whose absence changes nothing, and files that are
    /// damaged. Each is tried before it is deleted, so that a list that looks idle and is not stays.
    pub(super) fn prune(&self, roots: &[PublicKey], latest: u64) {
        let (mut kept, _) = self.read();
        let goal = walk(roots, &kept).0;
        if version(&goal) != latest {
            return;
        }
        let others: Vec<u64> = kept.lists.iter().map(|list| list.version).collect();
        for candidate in others {
            if candidate == latest {
                continue;
            }
            let mut without = kept.clone();
            without.lists.retain(|list| list.version != candidate);
            let (trust, _) = walk(roots, &without);
            if version(&trust) == latest && trust.root_keys() == goal.root_keys() {
                // A file that cannot be deleted is only in the way.
                let _left = fs::remove_file(self.root.join(name(candidate)));
                kept = without;
            }
        }
    }
}

fn district(bytes: &[u8]) -> Option<DistrictRoot> {
    let text = std::str::from_utf8(bytes).ok()?;
    let over = text.split_once(OVER).map_or("0", |(_, rest)| rest);
    let digits = over.split(|c: char| !c.is_ascii_digit()).next()?;
    Some(DistrictRoot {
        key: PublicKey::parse(text).ok()?,
        over: digits.parse().ok()?,
    })
}

fn name(version: u64) -> String {
    format!("{version}{LIST_ENDING}")
}

/// The version that a file is named after, in its one spelling.
fn number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(LIST_ENDING)?;
    let number: u64 = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}

/// Reads a file of at most `most` bytes.
fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("it is longer than {most} bytes"),
        ));
    }
    Ok(bytes)
}
