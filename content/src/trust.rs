//! Whose signature counts on this booth: root keys, and the signed key list they put in force, which
//! names publishers, what each may publish, and the keys that are revoked.
//!
//! Deliberately not here: where keys and lists are kept, clocks (dates are handed in and only warn),
//! and the ratchet per pack (the kiosk's shelf).

pub mod list;

pub use list::{Content, KeyList, ListError, Publisher, Revocation};

use crate::document::{self, DocumentError};
use crate::pack::head::HeadError;
use crate::pack::signature::Written;
use crate::pack::{KeyId, Manifest, PackError, PublicKey};
use crate::text::Text;
use jiff::civil::Date;
use std::io::Read;
use std::sync::Arc;

/// How long before its end a key list begins to warn, in days.
const ENDS_SOON_DAYS: i64 = 30;

/// Who may sign what here. Cheap to clone; never changed, only followed by another.
#[derive(Debug, Clone, Default)]
pub struct Trust(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// The root keys in force, each once.
    roots: Vec<PublicKey>,
    list: Option<KeyList>,
    /// The bytes of the list's `keys.json`.
    list_bytes: Vec<u8>,
}

/// On whose authority a pack is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedBy {
    /// A root key signed it, beside whoever else.
    Root,
    /// As many keys as its publisher needs.
    Publisher,
}

/// What a publisher's key may not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// No root signed the pack, and its publisher is not in the key list.
    #[error("the key list names no publisher “{publisher}”")]
    UnknownPublisher {
        /// Who the pack says publishes it.
        publisher: String,
    },
    /// It is signed, but by other publishers' keys only.
    #[error("it is signed by another publisher than “{publisher}”, whose pack it says it is")]
    OthersKey {
        /// Who the pack says publishes it.
        publisher: String,
    },
    /// Its publisher may not publish packs of its kind.
    #[error("“{publisher}” may not publish packs of the kind {kind}")]
    Kind {
        /// The publisher.
        publisher: String,
        /// The kind, as packs name it.
        kind: &'static str,
    },
    /// A file in it is of a kind of content that its publisher may not publish.
    #[error("“{publisher}” may not publish “{file}”")]
    File {
        /// The publisher.
        publisher: String,
        /// The first such file.
        file: String,
    },
}

/// Something about a key list's dates that somebody should look into. Never a reason to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrustWarning {
    /// The list is said to be made later than today; the clock may be wrong.
    #[error("the key list is dated {issued}, later than today; check the booth's clock")]
    NotYet {
        /// When it was issued.
        issued: Date,
    },
    /// It ends within 30 days.
    #[error("the key list ends on {until}; ask its keeper for the next one")]
    EndsSoon {
        /// Its last day.
        until: Date,
    },
    /// It has ended. It stays in force.
    #[error("the key list ended on {until} and stays in force; ask its keeper for the next one")]
    Ended {
        /// Its last day.
        until: Date,
    },
}

/// Why a key list is not put in force. Each sentence says which, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file is not a document that the roots in force signed.
    #[error("taking in a key list: {0}")]
    Document(#[from] DocumentError),
    /// It does not keep the rules of key lists.
    #[error("taking in a key list: {0}")]
    List(#[from] ListError),
    /// It is the one in force.
    #[error("this key list, version {version}, is already in force")]
    Already {
        /// Its version.
        version: u64,
    },
    /// Another list has this version.
    #[error(
        "another key list of version {version} is in force; ask its keeper for one with a higher \
         version"
    )]
    SameVersion {
        /// The version of both.
        version: u64,
    },
    /// Below the version in force.
    #[error(
        "the key list is older than the one in force: version {found}, and {in_force} is here; use a \
         version above {in_force}"
    )]
    Older {
        /// Its version.
        found: u64,
        /// The version in force.
        in_force: u64,
    },
    /// Somebody else's list.
    #[error(
        "the key list is issued by {found}, and the one in force by {in_force}; ask {in_force} for its \
         next list"
    )]
    OtherIssuer {
        /// Who issued it.
        found: String,
        /// Who issued the one in force.
        in_force: String,
    },
    /// Not enough of the roots it names have signed it.
    #[error(
        "the key list names roots of which {have} signed it, and {need} must; have it signed by the new \
         roots too"
    )]
    TooFewNewRoots {
        /// New roots that signed.
        have: usize,
        /// New roots that must.
        need: usize,
    },
}

impl Trust {
    /// Trusts these root keys, and nobody else yet.
    pub fn roots(keys: Vec<PublicKey>) -> Trust {
        let mut roots: Vec<PublicKey> = Vec::new();
        for key in keys {
            if !roots.contains(&key) {
                roots.push(key);
            }
        }
        Trust(Arc::new(Inner {
            roots,
            ..Inner::default()
        }))
    }

    /// The same with one root more: the district's, which an admin accepted. It counts like any other root, and the
    /// next key list decides about it as about them.
    #[must_use]
    pub fn with_root(&self, key: PublicKey) -> Trust {
        let mut roots = self.0.roots.clone();
        if !roots.contains(&key) {
            roots.push(key);
        }
        Trust(Arc::new(Inner {
            roots,
            list: self.0.list.clone(),
            list_bytes: self.0.list_bytes.clone(),
        }))
    }

    /// Whether there is no root key, so that nothing can be accepted.
    pub fn is_empty(&self) -> bool {
        self.0.roots.is_empty()
    }

    /// The root keys in force: those of the list, or those trusted from the beginning.
    pub fn root_keys(&self) -> &[PublicKey] {
        &self.0.roots
    }

    /// How many of the roots must sign a key list or a configuration.
    pub fn threshold(&self) -> usize {
        self.0.list.as_ref().map_or(1, |list| list.threshold)
    }

    /// The key list in force.
    pub fn list(&self) -> Option<&KeyList> {
        self.0.list.as_ref()
    }

    /// What the publisher with this id is called, if the list names it.
    pub fn publisher_name(&self, id: &str) -> Option<&Text> {
        self.publisher(id).map(|publisher| &publisher.name)
    }

    fn publisher(&self, id: &str) -> Option<&Publisher> {
        let list = self.0.list.as_ref()?;
        list.publishers.iter().find(|p| p.id.as_str() == id)
    }

    /// What the list's dates say on this day; nothing where the day is not known.
    pub fn warnings(&self, today: Option<Date>) -> Vec<TrustWarning> {
        let (Some(list), Some(today)) = (&self.0.list, today) else {
            return Vec::new();
        };
        let (issued, until) = (list.issued, list.until);
        let soon = until
            .checked_sub(jiff::Span::new().days(ENDS_SOON_DAYS))
            .unwrap_or(until);
        let mut warnings = Vec::new();
        if today < issued {
            warnings.push(TrustWarning::NotYet { issued });
        }
        if today > until {
            warnings.push(TrustWarning::Ended { until });
        } else if today >= soon && today >= issued {
            warnings.push(TrustWarning::EndsSoon { until });
        }
        warnings
    }

    /// Takes in the next key list; gives what is trusted with it, and the bytes of its file to keep.
    /// Taking in the kept files of all lists in their order, from the same first roots, gives the same
    /// trust again.
    ///
    /// It must be signed by as many roots as are needed of those in force, and by as many as it needs
    /// itself of those it names; nothing of it is parsed before the former is known.
    ///
    /// # Errors
    /// [`TrustError`]; what is trusted stays as it was.
    pub fn accept(&self, xkeys: impl Read) -> Result<(Trust, Vec<u8>), TrustError> {
        let (head, file) = document::read(xkeys, document::KEYS)?;
        let set_aside = document::signed_by_roots(&head, self, true)?;
        let list = KeyList::parse(&head.bytes)?;
        let mut signed: Vec<&PublicKey> = Vec::new();
        for text in &head.signatures {
            let written = Written::read(text).map_err(DocumentError::from)?;
            if written.comment != list.trusted_comment() {
                let what = "a signature names another list or version".to_owned();
                return Err(DocumentError::Altered { what }.into());
            }
            if let Some(key) = list.roots.iter().find(|key| key.id() == written.key) {
                written
                    .verify(&head.bytes, [key].into_iter())
                    .map_err(DocumentError::from)?;
                if !signed.contains(&key) {
                    signed.push(key);
                }
            } else if set_aside.contains(&written.key) {
                return Err(DocumentError::Stranger { key: written.key }.into());
            }
        }
        let (have, need) = (signed.len(), list.threshold);
        if have < need {
            return Err(TrustError::TooFewNewRoots { have, need });
        }
        if let Some(in_force) = &self.0.list {
            follows(&list, in_force, head.bytes == self.0.list_bytes)?;
        }
        let trust = Trust(Arc::new(Inner {
            roots: list.roots.clone(),
            list: Some(list),
            list_bytes: head.bytes,
        }));
        Ok((trust, file))
    }

    /// Whether the list in force has revoked this key.
    pub fn is_revoked(&self, key: KeyId) -> bool {
        let list = self.0.list.as_ref();
        list.is_some_and(|list| list.revoked.iter().any(|revoked| revoked.key == key))
    }

    /// Verifies every signature of a pack: by a known key, not revoked, over these bytes.
    pub(crate) fn verify(
        &self,
        signed: &[u8],
        signatures: &[impl AsRef<[u8]>],
    ) -> Result<Vec<Signer>, HeadError> {
        let publishers = self.0.list.iter().flat_map(|list| &list.publishers);
        let known = || {
            let theirs = publishers.clone().flat_map(|publisher| &publisher.keys);
            self.0.roots.iter().chain(theirs)
        };
        signatures
            .iter()
            .map(|text| {
                let written = Written::read(text.as_ref())?;
                if self.is_revoked(written.key) {
                    return Err(HeadError::Revoked(written.key));
                }
                let key = written.verify(signed, known())?;
                Ok(Signer {
                    key: key.clone(),
                    comment: written.comment.to_owned(),
                })
            })
            .collect()
    }

    /// Whether these signers may publish this pack.
    pub(crate) fn permits(
        &self,
        manifest: &Manifest,
        signers: &[Signer],
    ) -> Result<SignedBy, PackError> {
        if signers.iter().any(|s| self.0.roots.contains(&s.key)) {
            return Ok(SignedBy::Root);
        }
        let info = &manifest.info;
        let not = |what: Forbidden| Err(PackError::NotPermitted { what });
        let id = info.publisher.clone();
        let Some(publisher) = self.publisher(&id) else {
            return not(Forbidden::UnknownPublisher { publisher: id });
        };
        let mut own: Vec<&PublicKey> = Vec::new();
        for Signer { key, .. } in signers {
            if publisher.keys.contains(key) && !own.contains(&key) {
                own.push(key);
            }
        }
        if own.is_empty() {
            return not(Forbidden::OthersKey { publisher: id });
        }
        if !publisher.packs.contains(&info.kind) {
            let kind = info.kind.name();
            return not(Forbidden::Kind {
                publisher: id,
                kind,
            });
        }
        let allowed = |name: &str| {
            let kind = Content::of(name);
            name == "pack.toml" || kind.is_some_and(|kind| publisher.content.contains(&kind))
        };
        let mut names = manifest.entries.iter().map(|entry| &entry.member.name);
        if let Some(file) = names.find(|name| !allowed(name)) {
            return not(Forbidden::File {
                publisher: id,
                file: file.clone(),
            });
        }
        let (have, need) = (own.len(), publisher.needs);
        if have < need {
            return Err(PackError::TooFewSignatures { have, need });
        }
        Ok(SignedBy::Publisher)
    }
}

/// A key whose signature has been verified, and what it was signed as.
pub(crate) struct Signer {
    pub(crate) key: PublicKey,
    pub(crate) comment: String,
}

/// The ratchet of lists.
fn follows(list: &KeyList, in_force: &KeyList, same_bytes: bool) -> Result<(), TrustError> {
    if list.issuer != in_force.issuer {
        return Err(TrustError::OtherIssuer {
            found: list.issuer.to_string(),
            in_force: in_force.issuer.to_string(),
        });
    }
    let (found, version) = (list.version, in_force.version);
    if found < version {
        let in_force = version;
        return Err(TrustError::Older { found, in_force });
    }
    if found == version {
        return Err(if same_bytes {
            TrustError::Already { version }
        } else {
            TrustError::SameVersion { version }
        });
    }
    Ok(())
}
