//! Key lists and configurations made in memory, rightly or wrongly.

use crate::sample::{Files, Signer, assemble, parts, tiny};
use xinting_content::document::{CONFIG, Document, KEYS};
use xinting_content::layer::PackKind;
use xinting_content::pack::KeyId;
use xinting_content::trust::{Content, Publisher, Revocation, TrustError};
use xinting_content::{KeyList, PackId, PublicKey, Text, Trust};

/// A list that names these roots, one of whom must sign the next, and nobody else.
pub(crate) fn list(version: u64, roots: &[&Signer]) -> KeyList {
    KeyList {
        issuer: PackId::new("district").unwrap(),
        version,
        issued: jiff::civil::date(2026, 11, 1),
        until: jiff::civil::date(2027, 10, 31),
        roots: keys(roots),
        threshold: 1,
        publishers: Vec::new(),
        revoked: Vec::new(),
    }
}

pub(crate) fn keys(signers: &[&Signer]) -> Vec<PublicKey> {
    signers.iter().map(|signer| signer.public()).collect()
}

/// A publisher who may publish what `content` says in school packs.
pub(crate) fn publisher(id: &str, signers: &[&Signer], content: &[Content]) -> Publisher {
    Publisher {
        id: PackId::new(id).unwrap(),
        name: Text::new("一所学校", "A school").unwrap(),
        keys: keys(signers),
        needs: 1,
        packs: vec![PackKind::School],
        content: content.to_vec(),
    }
}

pub(crate) fn revocation(key: KeyId) -> Revocation {
    Revocation {
        key,
        reason: "lost with a bag".to_owned(),
    }
}

/// The file of a list, signed by these.
pub(crate) fn xkeys(list: &KeyList, signers: &[&Signer]) -> Vec<u8> {
    signed(KEYS, &list.to_bytes(), &list.trusted_comment(), signers)
}

/// The file of a configuration, signed by these.
pub(crate) fn xconf(text: &str, comment: &str, signers: &[&Signer]) -> Vec<u8> {
    signed(CONFIG, text.as_bytes(), comment, signers)
}

pub(crate) fn signed(name: &str, bytes: &[u8], comment: &str, signers: &[&Signer]) -> Vec<u8> {
    let texts: Vec<String> = signers.iter().map(|s| s.sign(bytes, comment)).collect();
    let mut out = Vec::new();
    Document::write(&mut out, name, bytes, &texts).unwrap();
    out
}

/// What is trusted with a list that must be good.
pub(crate) fn accept(trust: &Trust, list: &KeyList, signers: &[&Signer]) -> Trust {
    let file = xkeys(list, signers);
    let (next, kept) = trust.accept(file.as_slice()).unwrap();
    assert_eq!(kept, file);
    next
}

pub(crate) fn refuse(trust: &Trust, list: &KeyList, signers: &[&Signer]) -> TrustError {
    match trust.accept(xkeys(list, signers).as_slice()) {
        Ok(_) => panic!("accepted: {list:?}"),
        Err(error) => error,
    }
}

/// The files of a school's pack by this publisher: its counsellor only.
pub(crate) fn school(publisher: &str) -> Files {
    tiny().edit("pack.toml", "\"starter\"", "\"school\"").edit(
        "pack.toml",
        "\"nobody\"",
        &format!("\"{publisher}\""),
    )
}

/// Such a pack, built and signed.
pub(crate) fn school_pack(publisher: &str, signers: &[&Signer]) -> Vec<u8> {
    assemble(&parts(&school(publisher)), signers)
}
