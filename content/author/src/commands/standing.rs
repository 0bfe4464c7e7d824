//! Whose signature counts: judged before a file is touched, so that signing never spoils what was good.
//!
//! Not here: signing itself, and what a booth makes of the whole file (`xinting_content::trust`).

use super::{Failure, Kind, expected, open, opened, roots, trusted};
use crate::arguments::TrustArguments;
use std::io::Read;
use std::path::Path;
use xinting_author::keys::SigningPair;
use xinting_content::document::{
    CONFIG, Document, DocumentError, KEYS, LARGEST_FILE_BYTES as LARGEST,
};
use xinting_content::trust::{KeyList, TrustError};
use xinting_content::{PublicKey, Trust, VerifiedPack};

/// Who may sign what, as far as the command line says.
pub(super) struct Standing {
    /// What a booth trusts that has the roots and lists named.
    pub(super) trusted: Trust,
    /// The roots named, in force or not: whom the person at the desk vouches for.
    vouched: Vec<PublicKey>,
    /// Whether `--trust` or `--keys` was given; if not, only the clone's own key is known, and a key is not
    /// refused for being another.
    told: bool,
}

impl Standing {
    pub(super) fn of(trust: &TrustArguments) -> Result<Self, Failure> {
        Ok(Standing {
            trusted: trusted(trust)?,
            vouched: roots(trust)?,
            told: !trust.keys.is_empty() || !trust.lists.is_empty(),
        })
    }

    /// The roots in force that are not revoked.
    fn roots(&self) -> Vec<PublicKey> {
        let roots = self.trusted.root_keys().iter();
        let good = roots.filter(|key| !self.trusted.is_revoked(key.id()));
        good.cloned().collect()
    }

    /// A pack whose signatures are all by keys that count, each of them alone: some may still be missing.
    pub(super) fn pack(&self, file: &Path) -> Result<VerifiedPack, Failure> {
        let mut keys = self.roots();
        let publishers = self.trusted.list().into_iter().flat_map(|l| &l.publishers);
        let theirs = publishers.flat_map(|publisher| publisher.keys.iter());
        keys.extend(
            theirs
                .filter(|key| !self.trusted.is_revoked(key.id()))
                .cloned(),
        );
        open(file, &Trust::roots(keys), None).map_err(|loose| {
            // What a booth would say knows more of the reason.
            open(file, &self.trusted, None).err().unwrap_or(loose)
        })
    }

    /// Whether this key has a part in that pack; a note where nobody can know.
    pub(super) fn admits_to_pack(
        &self,
        file: &Path,
        pack: &VerifiedPack,
        key: &SigningPair,
    ) -> Result<Option<String>, Failure> {
        let public = self.unrevoked(file, key)?;
        if self.trusted.root_keys().contains(&public) {
            return Ok(None);
        }
        let (id, publisher) = (public.id(), &pack.info().publisher);
        let Some(list) = self.trusted.list() else {
            return self.unknown(
                file,
                &public,
                "name the district's key list with --keys, or this key's .pub with --trust too if it is to count by itself",
            );
        };
        let named = list
            .publishers
            .iter()
            .find(|one| one.id.as_str() == publisher);
        match named {
            Some(named) if named.keys.contains(&public) => Ok(None),
            Some(_) => Err(unsigned(
                file,
                &format!(
                    "the key {id} is neither a root in force nor a key of the pack's publisher “{publisher}”; \
                     sign with one of theirs, or have the key put into the list"
                ),
            )),
            None => Err(unsigned(
                file,
                &format!(
                    "the key list names no publisher “{publisher}”, and the key {id} is no root in force; have \
                     the pack signed by a root, or its publisher put into the list"
                ),
            )),
        }
    }

    /// A key list whose signatures are by roots in force or by roots that it names itself, at least one by a
    /// root in force or by one that was named with `--trust`. What it names stands beside it.
    pub(super) fn list(&self, file: &Path, shown: bool) -> Result<(Document, KeyList), Failure> {
        let bytes = whole(file, Kind::List)?;
        let mut keys = self.roots();
        if shown {
            keys.extend(self.vouched.iter().cloned());
        }
        // Unverified, and only to know whose signatures to look for.
        if let Some(list) = inside(&bytes).and_then(|inside| KeyList::parse(inside).ok()) {
            keys.extend(list.roots);
        }
        keys.retain(|key| !self.trusted.is_revoked(key.id()));
        let document = Document::open(bytes.as_slice(), KEYS, &Trust::roots(keys));
        let document = document.map_err(|error| self.refused(file, error))?;
        let mut vouched = self.roots();
        vouched.extend(self.vouched.iter().cloned());
        let by_one = |key: &PublicKey| document.signers.contains(&key.id());
        if let (false, Some(key)) = (vouched.iter().any(by_one), document.signers.first()) {
            let stranger = DocumentError::Stranger { key: *key };
            let file = file.display();
            return Err(Failure::Refused(format!(
                "error: {file}: {stranger}; if you know that key, name it with --trust too"
            )));
        }
        let list = KeyList::parse(&document.bytes).map_err(|error| Failure::about(file, &error))?;
        Ok((document, list))
    }

    /// Whether this key's signature on that list counts: of a root in force, or of one that it names.
    pub(super) fn admits_to_list(
        &self,
        file: &Path,
        list: &KeyList,
        key: &SigningPair,
    ) -> Result<Option<String>, Failure> {
        let public = self.unrevoked(file, key)?;
        if self.trusted.root_keys().contains(&public) || list.roots.contains(&public) {
            return Ok(None);
        }
        self.unknown(
            file,
            &public,
            "a key list is signed by roots in force and by roots that it names; sign with one of those, or name \
             this one with --trust if it is a root of the booths",
        )
    }

    /// A configuration whose signatures are all by roots in force; some may still be missing.
    pub(super) fn config(&self, file: &Path) -> Result<Document, Failure> {
        let bytes = whole(file, Kind::Config)?;
        let document = Document::open(bytes.as_slice(), CONFIG, &Trust::roots(self.roots()));
        let document = document.map_err(|error| self.refused(file, error))?;
        document
            .config_for()
            .map_err(|error| Failure::about(file, &error))?;
        Ok(document)
    }

    /// Whether this key's signature on a configuration counts: of a root in force.
    pub(super) fn admits_to_config(
        &self,
        file: &Path,
        key: &SigningPair,
    ) -> Result<Option<String>, Failure> {
        let public = self.unrevoked(file, key)?;
        if self.trusted.root_keys().contains(&public) {
            return Ok(None);
        }
        self.unknown(
            file,
            &public,
            "a configuration is signed by roots in force only; sign with one of them",
        )
    }

    /// The public half of a key that nobody has revoked.
    fn unrevoked(&self, file: &Path, key: &SigningPair) -> Result<PublicKey, Failure> {
        let key = key.public().map_err(|error| Failure::refused(&error))?;
        let list = self.trusted.list().into_iter();
        let mut revoked = list.flat_map(|list| &list.revoked);
        match revoked.find(|revoked| revoked.key == key.id()) {
            None => Ok(key),
            Some(revoked) => Err(unsigned(
                file,
                &format!(
                    "the key {} is revoked ({}), and what it signs is refused; sign with another key",
                    revoked.key, revoked.reason
                ),
            )),
        }
    }

    /// What becomes of a key that nothing named here knows.
    fn unknown(
        &self,
        file: &Path,
        key: &PublicKey,
        remedy: &str,
    ) -> Result<Option<String>, Failure> {
        let id = key.id();
        if self.told {
            let what = format!("the key {id} is no root in force here; {remedy}");
            return Err(unsigned(file, &what));
        }
        Ok(Some(format!(
            "neither --trust nor --keys was named, so nobody knows here whether the key {id} counts; a booth \
             refuses a file with a signature that it does not know"
        )))
    }

    fn refused(&self, file: &Path, error: DocumentError) -> Failure {
        Failure::about(
            file,
            &match error {
                DocumentError::Stranger { key } if self.trusted.is_revoked(key) => {
                    DocumentError::Revoked { key }
                }
                other => other,
            },
        )
    }
}

/// What a booth makes of a list that may still lack signatures; refused if it can never take it.
pub(super) fn verdict_on_list(
    file: &Path,
    trusted: &Trust,
    bytes: &[u8],
) -> Result<String, Failure> {
    match trusted.accept(bytes) {
        Ok(_) => Ok("a booth takes it\n".to_owned()),
        // The same list with a signature more.
        Err(error @ TrustError::Already { .. }) => Ok(format!("{error}\n")),
        Err(
            error @ (TrustError::TooFewNewRoots { .. }
            | TrustError::Document(DocumentError::TooFewSignatures { .. })),
        ) => Ok(format!("not complete yet: {error}\n")),
        Err(error) => Err(Failure::about(file, &error)),
    }
}

/// How many of the roots that must sign a configuration have signed it.
pub(super) fn verdict_on_config(trusted: &Trust, document: &Document) -> String {
    let roots = trusted.root_keys().iter();
    let have = roots
        .filter(|key| document.signers.contains(&key.id()))
        .count();
    let need = trusted.threshold();
    if have >= need {
        format!(
            "signed by {have} of the {need} roots in force that must sign it: a booth takes it\n"
        )
    } else {
        format!(
            "not complete yet: signed by {have} of the {need} roots in force that must sign it; have it signed \
             by another (xinting-pack sign)\n"
        )
    }
}

/// Which revocations of the list in force are not carried on by the next, in words.
pub(super) fn dropped(before: &Trust, next: &KeyList) -> Vec<xinting_content::trust::Revocation> {
    let revoked = before.list().into_iter().flat_map(|list| &list.revoked);
    let gone = revoked.filter(|old| !next.revoked.iter().any(|new| new.key == old.key));
    gone.cloned().collect()
}

fn unsigned(file: &Path, what: &str) -> Failure {
    let file = file.display();
    Failure::Refused(format!("error: {file} is left as it was: {what}"))
}

fn whole(file: &Path, kind: Kind) -> Result<Vec<u8>, Failure> {
    expected(file, kind)?;
    let mut bytes = Vec::new();
    let read = opened(file)?.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::about(file, &error))?;
    Ok(bytes)
}

/// The bytes of the first member of a ZIP, which is stored, as its header says; nothing is verified.
fn inside(zip: &[u8]) -> Option<&[u8]> {
    let size = u32::from_le_bytes(*zip.get(22..)?.first_chunk()?);
    let name = u16::from_le_bytes(*zip.get(26..)?.first_chunk()?);
    let begin = 30 + usize::from(name);
    zip.get(begin..begin.checked_add(size as usize)?)
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn the_inside_of_any_bytes_is_found_or_not_and_never_beyond_them() {
        let mut file = Vec::new();
        xinting_content::document::Document::write(&mut file, "keys.json", b"{}", &[]).unwrap();
        assert_eq!(inside(&file), Some(&b"{}"[..]));
        for end in 0..41 {
            assert_eq!(inside(&file[..end.min(40)]), None);
        }
        assert_eq!(inside(&[0xff; 60]), None);
    }
}
