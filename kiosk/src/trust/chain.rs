//! The folder of keys on disk, and the walk from the first roots to the trust in force.
//!
//! `<version>.xkeys` is a key list as it came; `root-<key>-<version>.pub` a district's root that an admin accepted. Each has a copy beside it: one bad
//! sector in the list that changed the roots would otherwise take all later ones away. Every file is written beside its
//! place, synced and renamed, and the folder synced, so that power may fail between any two steps.

use super::{TrustNotice, TrustStoreError, version};
use crate::error::chain as words;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use xinting_content::document::LARGEST_FILE_BYTES;
use xinting_content::{PublicKey, Trust};

const LIST_ENDING: &str = ".xkeys";
const ROOT_BEGINNING: &str = "root-";
const ROOT_ENDING: &str = ".pub";
const COPY_ENDING: &str = ".copy";
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
    /// The file, then its copy; what could not be read is empty.
    bytes: [Vec<u8>; 2],
}

/// The district's root, and the version of the list over which it was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
struct DistrictRoot {
    key: PublicKey,
    over: u64,
}

/// What lies in the folder.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// By version.
    lists: Vec<KeptList>,
    /// In the order in which they were accepted, as far as that matters.
    districts: Vec<DistrictRoot>,
}

impl Kept {
    /// The highest version that a file is named after: a damaged file still says which it was.
    pub(super) fn highest(&self) -> u64 {
        self.lists.last().map_or(0, |list| list.version)
    }

    fn list(&mut self, version: u64) -> &mut KeptList {
        let place = match self.lists.binary_search_by_key(&version, |l| l.version) {
            Ok(place) => place,
            Err(place) => {
                let bytes = [Vec::new(), Vec::new()];
                self.lists.insert(place, KeptList { version, bytes });
                place
            }
        };
        &mut self.lists[place]
    }
}

/// Where a walk came to.
#[derive(Debug)]
pub(super) struct Walked {
    pub(super) trust: Trust,
    pub(super) notices: Vec<TrustNotice>,
    /// Versions of which one file is good and the other is not, with the good one's bytes.
    half: Vec<(u64, Vec<u8>)>,
}

/// Walks the kept lists from the first roots. What does not verify is said and passed over.
pub(super) fn walk(roots: &[PublicKey], kept: &Kept) -> Walked {
    let mut walked = Walked {
        trust: Trust::roots(roots.to_vec()),
        notices: Vec::new(),
        half: Vec::new(),
    };
    let mut districts = kept.districts.iter().peekable();
    for list in &kept.lists {
        while let Some(root) = districts.next_if(|root| root.over < list.version) {
            walked.trust = walked.trust.with_root(root.key.clone());
        }
        let [first, copy] = &list.bytes;
        let tried = walked.trust.accept(first.as_slice()).or_else(|error| {
            let second = walked.trust.accept(copy.as_slice());
            second.map_err(|_| error)
        });
        match tried {
            Ok((next, good)) => {
                walked.trust = next;
                if first != copy {
                    walked.half.push((list.version, good));
                }
            }
            Err(error) => walked.notices.push(TrustNotice::Damaged {
                file: name(list.version),
                reason: words(&error),
            }),
        }
    }
    for root in districts {
        walked.trust = walked.trust.with_root(root.key.clone());
    }
    walked
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
        let mut names: Vec<String> = entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        for name in names {
            let path = self.root.join(&name);
            let (plain, copy) = match name.strip_suffix(COPY_ENDING) {
                Some(plain) => (plain, 1),
                None => (name.as_str(), 0),
            };
            if let Some(version) = number(plain) {
                match read(&path, LARGEST_FILE_BYTES) {
                    Ok(bytes) => kept.list(version).bytes[copy] = bytes,
                    Err(error) => {
                        kept.list(version);
                        notices.push(damaged(&name, error.to_string()));
                    }
                }
            } else if plain.starts_with(ROOT_BEGINNING) && plain.ends_with(ROOT_ENDING) {
                match read(&path, LONGEST_KEY_FILE).map(|bytes| district(&bytes)) {
                    Ok(Some(root)) if kept.districts.contains(&root) => {}
                    Ok(Some(root)) => kept.districts.push(root),
                    Ok(None) => notices.push(damaged(&name, "it is no public key".to_owned())),
                    Err(error) => notices.push(damaged(&name, error.to_string())),
                }
            }
        }
        kept.districts.sort_by_key(|root| root.over);
        (kept, notices)
    }

    /// Writes anew what is half gone. Where the disk does not take it, the good half still serves.
    pub(super) fn mend(&self, walked: &mut Walked) {
        for (version, good) in walked.half.drain(..) {
            let file = name(version);
            let _as_before = self.keep(&file, &good);
            walked.notices.push(TrustNotice::Mended { file });
        }
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
        // A file for each time: the walk needs a root where it was accepted first, even if it is accepted again later.
        let name = format!("{ROOT_BEGINNING}{}-{over}{ROOT_ENDING}", key.id());
        self.keep(&name, text.as_bytes())
    }

    /// Writes a file and its copy. With the first in place it is kept: a copy that fails is made when the folder is
    /// read next.
    fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), TrustStoreError> {
        let path = self.root.join(name);
        let put = |path: &Path| crate::carry::place::put(path, bytes, 0o644);
        put(&path).map_err(|source| TrustStoreError::Keep { path, source })?;
        let _made_later = put(&self.root.join(format!("{name}{COPY_ENDING}")));
        Ok(())
    }

    /// Deletes what the walk to `latest` does not need: lists whose absence changes nothing, and files that are
    /// damaged. Each is tried before it is deleted, so that a list that looks idle and is not stays.
    pub(super) fn prune(&self, roots: &[PublicKey], latest: u64) {
        let (mut kept, _) = self.read();
        let goal = walk(roots, &kept).trust;
        if version(&goal) != latest {
            return;
        }
        let others: Vec<u64> = kept.lists.iter().map(|list| list.version).collect();
        for candidate in others.into_iter().filter(|other| *other != latest) {
            let mut without = kept.clone();
            without.lists.retain(|list| list.version != candidate);
            let trust = walk(roots, &without).trust;
            if version(&trust) == latest && trust.root_keys() == goal.root_keys() {
                // A file that cannot be deleted is only in the way. The copy first: alone it would be taken for a half.
                for ending in [COPY_ENDING, ""] {
                    let file = format!("{}{ending}", name(candidate));
                    let _left = fs::remove_file(self.root.join(file));
                }
                kept = without;
            }
        }
    }
}

fn damaged(file: &str, reason: String) -> TrustNotice {
    TrustNotice::Damaged {
        file: file.to_owned(),
        reason,
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

/// The version of the list that a kept file or its copy holds, by its name; `None` for what is no list.
pub(super) fn version_of(file: &str) -> Option<u64> {
    number(file.strip_suffix(COPY_ENDING).unwrap_or(file))
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
