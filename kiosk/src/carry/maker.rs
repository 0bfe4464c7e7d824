//! Signed key lists and configurations for tests, made on the spot.

use xinting_content::document::{CONFIG, Document, KEYS};
use xinting_content::pack::signature::UNTRUSTED_COMMENT;
use xinting_content::{KeyList, PackId, PublicKey};

/// A key made for one test.
pub(crate) struct Signer(minisign::KeyPair);

impl Signer {
    pub(crate) fn new() -> Self {
        Self(minisign::KeyPair::generate_unencrypted_keypair().unwrap())
    }

    pub(crate) fn key(&self) -> PublicKey {
        PublicKey::parse(&self.file()).unwrap()
    }

    /// What stands in its `.pub` file.
    pub(crate) fn file(&self) -> String {
        self.0.pk.to_box().unwrap().to_string()
    }

    fn sign(&self, bytes: &[u8], comment: &str) -> String {
        let untrusted = UNTRUSTED_COMMENT.strip_prefix("untrusted comment: ");
        minisign::sign(None, &self.0.sk, bytes, Some(comment), untrusted)
            .unwrap()
            .to_string()
    }
}

/// The file of a key list of the issuer `district` that names these roots, signed by these.
pub(crate) fn xkeys(version: u64, roots: &[&Signer], by: &[&Signer]) -> Vec<u8> {
    let list = KeyList {
        issuer: PackId::new("district").unwrap(),
        version,
        issued: jiff::civil::date(2026, 11, 1),
        until: jiff::civil::date(2027, 10, 31),
        roots: roots.iter().map(|root| root.key()).collect(),
        threshold: 1,
        publishers: Vec::new(),
        revoked: Vec::new(),
    };
    signed(KEYS, &list.to_bytes(), &list.trusted_comment(), by)
}

/// The file of a configuration.
pub(crate) fn xconf(text: &str, comment: &str, by: &[&Signer]) -> Vec<u8> {
    signed(CONFIG, text.as_bytes(), comment, by)
}

fn signed(name: &str, bytes: &[u8], comment: &str, by: &[&Signer]) -> Vec<u8> {
    let texts: Vec<String> = by.iter().map(|s| s.sign(bytes, comment)).collect();
    let mut out = Vec::new();
    Document::write(&mut out, name, bytes, &texts).unwrap();
    out
}
