//! Signed documents: one file and its signatures in the same container as a pack, without anything
//! after them. Key lists (`*.xkeys`) and configurations (`*.xconf`).
//!
//! Not here: what the documents say, and where they are put.

use crate::pack::archive::{self, Member};
use crate::pack::head::{Head, HeadError};
use crate::pack::signature::{self, Written};
use crate::pack::{KeyId, MOST_SIGNATURES, PublicKey};
use crate::trust::Trust;
use std::io::{self, Read, Write};

/// The document of a key list.
pub const KEYS: &str = "keys.json";

/// The document of a configuration.
pub const CONFIG: &str = "kiosk.toml";

/// Largest document, in bytes.
pub const LARGEST_DOCUMENT_BYTES: u32 = 1 << 20;

/// Largest file: the document, its signatures, and their headers.
pub const LARGEST_FILE_BYTES: u64 = LARGEST_DOCUMENT_BYTES as u64 + (64 << 10);

/// A document that roots in force signed, as many as are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What was signed.
    pub bytes: Vec<u8>,
    /// The keys that signed, each once.
    pub signers: Vec<KeyId>,
    /// What they signed it as, all of them the same.
    pub comment: String,
    /// The texts of the signatures, in order.
    pub signatures: Vec<String>,
}

/// Whom a configuration is for, and which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFor {
    /// The booth's id; `None` for every booth.
    pub booth: Option<String>,
    /// Rises with every configuration.
    pub version: u64,
}

/// Why a signed document is refused. Each sentence says which, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The file, or the stick it is on, cannot be read.
    #[error("the file cannot be read to its end; check the stick and copy it again")]
    Io(#[from] io::Error),
    /// Something else.
    #[error("this is not a signed document: {reason}; choose a file that xinting-pack signed")]
    NotADocument {
        /// What gave it away.
        reason: &'static str,
    },
    /// The file ends early.
    #[error(
        "the file is truncated: it ends after {found} bytes; copy it again and release the stick before \
         pulling it out"
    )]
    Truncated {
        /// How long it is.
        found: u64,
    },
    /// A byte differs from what was signed, or the file has been repacked.
    #[error("the file has been altered: {what}; get it again from whoever signed it")]
    Altered {
        /// Which part.
        what: String,
    },
    /// Beyond what a booth takes.
    #[error("the file is too large: {what}; ask whoever signed it for the right one")]
    TooLarge {
        /// Which limit.
        what: String,
    },
    /// There is no signature.
    #[error("the file is unsigned; have it signed by a root key (xinting-pack sign)")]
    Unsigned,
    /// Signed by somebody who is not a root here.
    #[error(
        "the file is signed by the key {key}, which is no root here; have it signed by a root key in \
         force"
    )]
    Stranger {
        /// The key's id.
        key: KeyId,
    },
    /// Signed by a key that the key list has revoked.
    #[error("the file is signed by the revoked key {key}; have it signed by a root key in force")]
    Revoked {
        /// The key's id.
        key: KeyId,
    },
    /// More roots must sign.
    #[error(
        "the file is signed by {have} of the {need} root keys that it needs; have it signed by another \
         (xinting-pack sign)"
    )]
    TooFewSignatures {
        /// Roots that signed.
        have: usize,
        /// Roots that must.
        need: usize,
    },
    /// No root key is trusted, so nothing can be verified.
    #[error(
        "no root key is trusted here, so nothing signed can be accepted; install one in trust/"
    )]
    NoTrust,
    /// Its signatures are for something else.
    #[error(
        "the file is signed as “{comment}”, which is not what it is; have it signed again \
         (xinting-pack sign)"
    )]
    OtherThing {
        /// The trusted comment.
        comment: String,
    },
}

impl From<HeadError> for DocumentError {
    fn from(error: HeadError) -> Self {
        match error {
            HeadError::Io(error) => DocumentError::Io(error),
            HeadError::Foreign(reason) => DocumentError::NotADocument { reason },
            HeadError::Truncated(found) => DocumentError::Truncated { found },
            HeadError::Altered(what) => DocumentError::Altered { what },
            HeadError::TooManySignatures => DocumentError::TooLarge {
                what: format!("more than {MOST_SIGNATURES} signatures"),
            },
            HeadError::Unsigned => DocumentError::Unsigned,
            HeadError::Stranger(key) => DocumentError::Stranger { key },
            HeadError::Revoked(key) => DocumentError::Revoked { key },
        }
    }
}

impl Document {
    /// Reads and verifies a whole file: every signature by a root in force, and as many roots as the
    /// trust asks for. `name` is what the document must be called: [`KEYS`] or [`CONFIG`].
    ///
    /// A key list is put in force by [`Trust::accept`], which asks for more.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn open(source: impl Read, name: &str, trust: &Trust) -> Result<Document, DocumentError> {
        let (head, _) = read(source, name)?;
        signed_by_roots(&head, trust, false)?;
        let mut comment: Option<String> = None;
        let mut signers = Vec::new();
        for text in &head.signatures {
            let written = Written::read(text)?;
            if comment.get_or_insert_with(|| written.comment.to_owned()) != written.comment {
                let what = "its signatures are not for the same thing".to_owned();
                return Err(DocumentError::Altered { what });
            }
            if !signers.contains(&written.key) {
                signers.push(written.key);
            }
        }
        let comment = comment.ok_or(DocumentError::Unsigned)?;
        let word = if name == KEYS { "keys " } else { "config " };
        if !comment.starts_with(word) {
            return Err(DocumentError::OtherThing { comment });
        }
        let texts = head.signatures.iter();
        Ok(Document {
            signers,
            comment,
            signatures: texts
                .map(|text| String::from_utf8_lossy(text).into_owned())
                .collect(),
            bytes: head.bytes,
        })
    }

    /// Writes a file: the document, then its signature texts in order.
    ///
    /// # Errors
    /// Whatever `out` gives; `InvalidInput` if the parts are beyond what a document may be.
    pub fn write(
        out: &mut impl Write,
        name: &str,
        bytes: &[u8],
        signatures: &[String],
    ) -> io::Result<()> {
        let wrong = || io::Error::from(io::ErrorKind::InvalidInput);
        if bytes.len() > LARGEST_DOCUMENT_BYTES as usize || signatures.len() > MOST_SIGNATURES {
            return Err(wrong());
        }
        let mut members = vec![(Member::stored(name, bytes).ok_or_else(wrong)?, bytes)];
        for (number, text) in (1..).zip(signatures) {
            let (name, text) = (signature::file_name_of(name, number), text.as_bytes());
            members.push((Member::stored(&name, text).ok_or_else(wrong)?, text));
        }
        archive::write(out, &members)
    }

    /// Whom this configuration is for, from its trusted comment `config <booth or *> version <n>`.
    ///
    /// # Errors
    /// [`DocumentError::OtherThing`] if it was signed as something else.
    pub fn config_for(&self) -> Result<ConfigFor, DocumentError> {
        let read = || {
            let rest = self.comment.strip_prefix("config ")?;
            let (booth, version) = rest.split_once(" version ")?;
            let config = ConfigFor {
                booth: (booth != "*").then(|| booth.to_owned()),
                version: version.parse().ok().filter(|version| *version > 0)?,
            };
            let plain = booth.bytes().all(|b| b.is_ascii_graphic()) && !booth.is_empty();
            (plain && config.trusted_comment() == self.comment).then_some(config)
        };
        read().ok_or_else(|| DocumentError::OtherThing {
            comment: self.comment.clone(),
        })
    }
}

impl ConfigFor {
    /// What the signatures of such a configuration carry as trusted comment.
    pub fn trusted_comment(&self) -> String {
        let booth = self.booth.as_deref().unwrap_or("*");
        format!("config {booth} version {}", self.version)
    }
}

/// Reads a whole file, bounded, every header of it canonical; gives its bytes too. Nothing is verified.
pub(crate) fn read(source: impl Read, name: &str) -> Result<(Head, Vec<u8>), DocumentError> {
    let mut file = Vec::new();
    source.take(LARGEST_FILE_BYTES + 1).read_to_end(&mut file)?;
    if file.len() as u64 > LARGEST_FILE_BYTES {
        let what = format!("more than {LARGEST_FILE_BYTES} bytes");
        return Err(DocumentError::TooLarge { what });
    }
    let head = Head::read(&mut file.as_slice(), name, LARGEST_DOCUMENT_BYTES)?;
    let ending = archive::ending(&head.members).unwrap_or_default();
    let begin = usize::try_from(head.span()).unwrap_or(usize::MAX);
    let found = file.get(begin..).unwrap_or_default();
    if found.len() < ending.len() {
        let found = file.len() as u64;
        return Err(DocumentError::Truncated { found });
    }
    if found != ending {
        let what = "something follows it, or its directory".to_owned();
        return Err(DocumentError::Altered { what });
    }
    Ok((head, file))
}

/// Sees that as many roots in force signed as are needed. Signatures by others are refused, or where
/// `others` may stand beside them, set aside: their keys are what comes out.
pub(crate) fn signed_by_roots(
    head: &Head,
    trust: &Trust,
    others: bool,
) -> Result<Vec<KeyId>, DocumentError> {
    if trust.is_empty() {
        return Err(DocumentError::NoTrust);
    }
    let mut signed: Vec<&PublicKey> = Vec::new();
    let mut set_aside = Vec::new();
    for text in &head.signatures {
        let written = Written::read(text)?;
        if trust.is_revoked(written.key) {
            return Err(DocumentError::Revoked { key: written.key });
        }
        match written.verify(&head.bytes, trust.root_keys().iter()) {
            Ok(key) if !signed.contains(&key) => signed.push(key),
            Ok(_) => {}
            Err(HeadError::Stranger(key)) if others => set_aside.push(key),
            Err(error) => return Err(error.into()),
        }
    }
    let (have, need) = (signed.len(), trust.threshold());
    if have == 0
        && let Some(key) = set_aside.first()
    {
        return Err(DocumentError::Stranger { key: *key });
    }
    if have < need {
        return Err(DocumentError::TooFewSignatures { have, need });
    }
    Ok(set_aside)
}
