//! Whom this booth trusts, kept over restarts: the root keys of `trust/*.pub`, the district's root that an admin
//! accepted, and the chain of signed key lists.
//!
//! Every list that changed the roots stays in the folder of keys, and the latest: walking them in order from the first
//! roots gives the trust in force, so that a rotation survives a restart. A damaged file is said and passed over; the
//! newest state that still verifies serves, since a booth that trusts nobody could not even be mended. The ratchet does
//! not go down with it: the highest version is known to the store as well. What a list may say is `xinting_content`'s;
//! this module never looks at a clock.

mod chain;
mod words;

#[cfg(test)]
mod tests;

pub use words::{document as document_words, warning as warning_words};

use crate::admin::{KeyListLine, RootLine, TrustView};
use crate::trust::chain::Folder;
use jiff::civil::Date;
use std::io;
use std::path::{Path, PathBuf};
use xinting_content::pack::KeyId;
use xinting_content::trust::TrustError;
use xinting_content::{Lang, PublicKey, Trust};

/// Something about the kept keys that an admin should know. The booth goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustNotice {
    /// A file of `trust/` is no public key.
    BadRoot {
        /// The file.
        path: PathBuf,
    },
    /// A kept file cannot be read or does not verify any more.
    Damaged {
        /// Its name.
        file: String,
        /// Why.
        reason: String,
    },
    /// A kept file was damaged and has been written anew from its copy.
    Mended {
        /// Its name.
        file: String,
    },
    /// The list in force is older than one that was in force before.
    Behind {
        /// The version in force; 0 for none.
        in_force: u64,
        /// The version that was.
        was: u64,
    },
    /// The folder of keys cannot be read.
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl TrustNotice {
    /// Whether this is still so, where the list of version `before` was in force and `trust` is now. What a newer list
    /// does not mend stays until the next start looks at the files again.
    #[must_use]
    pub fn holds(&self, before: u64, trust: &Trust) -> bool {
        let now = version(trust);
        match self {
            Self::BadRoot { .. } | Self::Mended { .. } | Self::Folder { .. } => true,
            // Taking a list in clears away what is damaged of those up to it, or writes it anew.
            Self::Damaged { file, .. } => {
                now <= before || chain::version_of(file).is_none_or(|version| now < version)
            }
            Self::Behind { was, .. } => now < *was,
        }
    }
}

/// Why a key list or a root key was not taken in. What is trusted stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum TrustStoreError {
    /// It is not to be trusted.
    #[error(transparent)]
    List(#[from] TrustError),
    /// A higher version was in force before; its file is damaged.
    #[error(
        "the key list is older than one that was in force: version {found}, and {was} was here; use version {was} or \
         later"
    )]
    Behind {
        /// Its version.
        found: u64,
        /// The highest that was ever in force.
        was: u64,
    },
    /// It cannot be kept.
    #[error("keeping {path}")]
    Keep {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is no public key.
    #[error("what was offered as the district's root is no public key")]
    NoKey,
    /// The key list in force has revoked it.
    #[error("the key {key}, offered as the district's root, is revoked")]
    RevokedRoot {
        /// The key.
        key: KeyId,
    },
}

/// The trust of one booth and the files it comes from.
#[derive(Debug)]
pub struct TrustStore {
    roots: Vec<PublicKey>,
    folder: Folder,
    trust: Trust,
    /// The highest version that was ever in force.
    highest: u64,
}

impl TrustStore {
    /// Reads the roots of `etc`, `*.pub`, and walks the lists kept in `var`. Neither has to be there.
    #[must_use]
    pub fn open(etc: &Path, var: &Path) -> (Self, Vec<TrustNotice>) {
        let (roots, mut notices) = chain::roots(etc);
        let (store, more) = Self::with_roots(roots, var);
        notices.extend(more);
        (store, notices)
    }

    /// The same with roots that were named otherwise.
    #[must_use]
    pub fn with_roots(roots: Vec<PublicKey>, var: &Path) -> (Self, Vec<TrustNotice>) {
        let folder = Folder::new(var);
        let (kept, mut notices) = folder.read();
        let mut walked = chain::walk(&roots, &kept);
        folder.mend(&mut walked);
        let chain::Walked {
            trust,
            notices: more,
            ..
        } = walked;
        notices.extend(more);
        let highest = version(&trust).max(kept.highest());
        let store = Self {
            roots,
            folder,
            trust,
            highest,
        };
        (store, notices)
    }

    /// What is trusted now. A copy stays as it is when another list comes into force.
    #[must_use]
    pub fn trust(&self) -> Trust {
        self.trust.clone()
    }

    /// The version of the key list in force; 0 for none.
    #[must_use]
    pub fn version(&self) -> u64 {
        version(&self.trust)
    }

    /// The highest version that was ever in force here, as far as it is known.
    #[must_use]
    pub fn highest(&self) -> u64 {
        self.highest
    }

    /// The store remembers that this version was in force. Something to be said if the lists here do not come that far.
    pub fn remember(&mut self, version: u64) -> Option<TrustNotice> {
        self.highest = self.highest.max(version);
        let in_force = self.version();
        (in_force < self.highest).then_some(TrustNotice::Behind {
            in_force,
            was: self.highest,
        })
    }

    /// Whether a key list would be accepted, without accepting it.
    ///
    /// # Errors
    /// As [`TrustStore::accept`].
    pub fn try_list(&self, xkeys: &[u8]) -> Result<Trust, TrustStoreError> {
        let (next, _) = self.trust.accept(xkeys)?;
        let found = version(&next);
        if found < self.highest {
            return Err(TrustStoreError::Behind {
                found,
                was: self.highest,
            });
        }
        Ok(next)
    }

    /// Puts the next key list in force, once it is safely on disk.
    ///
    /// # Errors
    /// [`TrustStoreError`].
    pub fn accept(&mut self, xkeys: &[u8]) -> Result<Trust, TrustStoreError> {
        let next = self.try_list(xkeys)?;
        let found = version(&next);
        self.folder.keep_list(found, xkeys)?;
        self.trust = next;
        self.highest = self.highest.max(found);
        // What is left over does no harm: the walk passes it, and the next list clears it away.
        self.folder.prune(&self.roots, found);
        Ok(self.trust())
    }

    /// Takes the district's root, offered at enrolment, whose fingerprint an admin has compared. It counts as a root
    /// until a later key list decides otherwise. `at`: local time or an empty text, for whoever reads the file.
    ///
    /// # Errors
    /// [`TrustStoreError::NoKey`], [`TrustStoreError::RevokedRoot`], [`TrustStoreError::Keep`].
    pub fn accept_root(&mut self, line: &str, at: &str) -> Result<KeyId, TrustStoreError> {
        let key = PublicKey::parse(line).map_err(|_| TrustStoreError::NoKey)?;
        let id = key.id();
        if self.trust.is_revoked(id) {
            return Err(TrustStoreError::RevokedRoot { key: id });
        }
        if !self.trust.root_keys().contains(&key) {
            self.folder.keep_root(&key, self.version(), at)?;
            self.trust = self.trust.with_root(key);
        }
        Ok(id)
    }
}

fn version(trust: &Trust) -> u64 {
    trust.list().map_or(0, |list| list.version)
}

/// What stands on the packs page about whom the booth trusts. `notices`: what is wrong with the kept keys; `today`: for
/// what a list's dates say.
#[must_use]
pub fn view(trust: &Trust, notices: &[TrustNotice], lang: Lang, today: Option<Date>) -> TrustView {
    let root = |key: &PublicKey| RootLine {
        key: key.id().to_string(),
        fingerprint: key.fingerprint(),
    };
    let dates = trust.warnings(today);
    let kept = notices.iter().map(|notice| notice.sentence(lang));
    let dated = dates.iter().map(|warning| warning_words(warning, lang));
    TrustView {
        roots: trust.root_keys().iter().map(root).collect(),
        list: trust.list().map(|list| KeyListLine {
            issuer: list.issuer.to_string(),
            version: list.version,
            until: list.until.to_string(),
            publishers: list.publishers.len(),
        }),
        warnings: kept.chain(dated).collect(),
        asked: None,
    }
}

/// The fingerprint that two people compare, of a key as an enrolment offers it; `None` if it is none.
#[must_use]
pub fn fingerprint(line: &str) -> Option<String> {
    PublicKey::parse(line).ok().map(|key| key.fingerprint())
}
