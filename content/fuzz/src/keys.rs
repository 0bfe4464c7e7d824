//! Keys made from a name, and signatures in minisign's format, right or deliberately wrong.
//!
//! The same name gives the same key and the same bytes every time, so that a hostile pack is the same on every machine.
//! Nothing here is a secret, and no such key is ever trusted outside of tests.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use blake2::{Blake2b512, Digest};
use ed25519_dalek::{Signer, SigningKey};
use xinting_content::PublicKey;
use xinting_content::pack::KeyId;
use xinting_content::pack::signature;

/// A key of a test.
#[derive(Clone)]
pub struct Key {
    id: KeyId,
    key: SigningKey,
}

impl Key {
    /// The key with this name.
    pub fn named(name: &str) -> Key {
        let bytes = Blake2b512::digest(name.as_bytes());
        let mut seed = [0; 32];
        let mut id = [0; 8];
        seed.copy_from_slice(&bytes[..32]);
        id.copy_from_slice(&bytes[32..40]);
        Key {
            id: KeyId(id),
            key: SigningKey::from_bytes(&seed),
        }
    }

    /// The same key under another id, as somebody would make it who wants to be taken for another.
    pub fn under(&self, id: KeyId) -> Key {
        Key {
            id,
            key: self.key.clone(),
        }
    }

    /// Its id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The line of base64 that stands in a `.pub` file.
    pub fn line(&self) -> String {
        let mut bytes = b"Ed".to_vec();
        bytes.extend(self.id.0);
        bytes.extend(self.key.verifying_key().as_bytes());
        STANDARD.encode(bytes)
    }

    /// Its public half.
    ///
    /// # Panics
    /// If a proper public key is not read as one.
    pub fn public(&self) -> PublicKey {
        PublicKey::parse(&self.line()).expect("a public key is read")
    }

    /// The text of a proper signature over `bytes`.
    pub fn sign(&self, bytes: &[u8], comment: &str) -> String {
        let over = self.raw(&Blake2b512::digest(bytes));
        let global = self.raw(&[&over[..], comment.as_bytes()].concat());
        signature::text(self.id, &over, comment, &global)
    }

    /// Sixty-four bytes of Ed25519 over exactly these bytes.
    pub fn raw(&self, bytes: &[u8]) -> [u8; 64] {
        self.key.sign(bytes).to_bytes()
    }

    /// A signature of the older kind (`Ed`): over the bytes themselves and not over their hash.
    pub fn sign_legacy(&self, bytes: &[u8], comment: &str) -> String {
        let over = self.raw(bytes);
        let global = self.raw(&[&over[..], comment.as_bytes()].concat());
        let mut first = b"Ed".to_vec();
        first.extend(self.id.0);
        first.extend(over);
        format!(
            "{}\n{}\ntrusted comment: {comment}\n{}\n",
            signature::UNTRUSTED_COMMENT,
            STANDARD.encode(first),
            STANDARD.encode(global),
        )
    }
}
