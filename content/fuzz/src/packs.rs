//! The pack file: any bytes as one; any manifest, signature and files, laid out and signed properly.

use super::content::split;
use super::holds::{self, below, publisher, trust};
use super::sample;
use std::io::Cursor;
use std::sync::OnceLock;
use xinting_content::pack::manifest::is_path;
use xinting_content::pack::signature::trusted_comment;
use xinting_content::pack::{Entry, Glance, Manifest, PackError, VerifiedPack};
use xinting_content::{Layer, Source};

/// Any bytes as a pack. Only what was laid out and signed by the key there is can be accepted.
pub fn zip(input: &[u8]) {
    let glanced = Glance::read(input, input.len() as u64, &trust());
    match VerifiedPack::open(Cursor::new(input.to_vec()), &trust(), None) {
        Ok(pack) => {
            holds::of_pack(input, &pack);
            let installed = VerifiedPack::open_installed(Cursor::new(input.to_vec()), &trust());
            assert_eq!(
                installed.map(|pack| pack.manifest_sha256()).ok(),
                Some(pack.manifest_sha256())
            );
        }
        Err(error) => refused(&error),
    }
    if let Err(error) = glanced {
        refused(&error);
        let installed = VerifiedPack::open_installed(Cursor::new(input.to_vec()), &trust());
        assert!(
            installed.is_err(),
            "installed although a glance refuses it: {error}"
        );
    }
}

/// Files, and a manifest if there is one called `!`, laid out and signed as they are.
pub fn pack_signed(input: &[u8]) {
    let mut info = below().info.clone();
    let mut files = sample::Files::default();
    let mut own = None;
    for (name, bytes) in split(input) {
        match name.as_str() {
            "" if bytes.is_empty() => {}
            "!" => own = Some(bytes.to_vec()),
            _ => files.put(&name, bytes),
        }
    }
    if let Ok(layer) = Layer::read(&files) {
        info = layer.info;
    }
    let packed: Vec<(Entry, Vec<u8>)> = files
        .0
        .iter()
        .filter_map(|(name, bytes)| Entry::pack(name, bytes, files.gain_db(name)))
        .collect();
    let entries = packed.iter().map(|(entry, _)| entry.clone()).collect();
    let manifest = own.unwrap_or_else(|| Manifest { info, entries }.to_bytes());
    let signature = publisher().sign(&manifest, &comment_of(&manifest));
    let mut file = Vec::new();
    if xinting_content::pack::write(&mut file, &manifest, &[signature], &packed).is_err() {
        return;
    }
    match VerifiedPack::open(Cursor::new(file.clone()), &trust(), None) {
        Ok(pack) => {
            holds::of_pack(&file, &pack);
            match pack.layer() {
                Ok(layer) => holds::of_layer(&layer, &files),
                Err(PackError::Content { faults }) => holds::of_faults(&faults),
                Err(error) => refused(&error),
            }
        }
        Err(error) => refused(&error),
    }
}

/// The manifest's bytes, signed. What is accepted keeps the rules, and written again it is the same manifest.
pub fn manifest(input: &[u8]) {
    let Ok(found) = glance(input, &[publisher().sign(input, &comment_of(input))]) else {
        return;
    };
    let manifest = found.manifest();
    let mut names: Vec<String> = Vec::new();
    for entry in &manifest.entries {
        let name = &entry.member.name;
        assert!(
            is_path(name) && names.last().is_none_or(|last| last < name),
            "{name}"
        );
        assert!(
            entry
                .gain_db
                .is_none_or(|gain| (-60.0..=0.0).contains(&gain))
        );
        names.push(name.clone());
    }
    let mut folded: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    folded.sort_unstable();
    folded.dedup();
    assert_eq!(folded.len(), names.len(), "names that differ in case only");
    let again = manifest.to_bytes();
    let signature = publisher().sign(&again, &comment_of(&again));
    let second =
        glance(&again, &[signature]).expect("what was accepted is accepted as we write it");
    assert_eq!(second.manifest(), manifest);
    assert_eq!(second.manifest().to_bytes(), again);
}

/// The text of a signature over a manifest that is good. Only the one good text is accepted.
pub fn signature(input: &[u8]) {
    static GOOD: OnceLock<(Vec<u8>, String)> = OnceLock::new();
    let (manifest, good) = GOOD.get_or_init(|| {
        let (manifest, comment) = small_manifest();
        let good = publisher().sign(&manifest, &comment);
        (manifest, good)
    });
    let text = String::from_utf8_lossy(input).into_owned();
    for texts in [vec![text.clone()], vec![good.clone(), text.clone()]] {
        if glance(manifest, &texts).is_ok() {
            assert_eq!(&text, good, "another text than the signature is accepted");
        }
    }
}

/// A pack's head as it would stand on a stick, glanced at with the length that its manifest asks for.
///
/// # Errors
/// As [`Glance::read`].
pub fn glance(manifest: &[u8], signatures: &[String]) -> Result<Glance, PackError> {
    let mut head = Vec::new();
    if xinting_content::pack::write(&mut head, manifest, signatures, &[]).is_err() {
        return Err(PackError::Unsigned);
    }
    // The head is followed by its directory, which begins as no signature does.
    match Glance::read(head.as_slice(), 0, &trust()) {
        Err(PackError::Truncated {
            expected: Some(length),
            ..
        }) => Glance::read(head.as_slice(), length, &trust()),
        other => other,
    }
}

/// The trusted comment that a manifest asks for, as far as it says anything.
fn comment_of(manifest: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_slice(manifest).unwrap_or_default();
    let id = value
        .get("id")
        .and_then(serde_json::Value::as_str)
        .unwrap_or("x");
    let version = value
        .get("version")
        .and_then(serde_json::Value::as_u64)
        .unwrap_or(1);
    trusted_comment(id, version)
}

/// A manifest of one small file, and its trusted comment.
pub fn small_manifest() -> (Vec<u8>, String) {
    let info = below().info.clone();
    let comment = trusted_comment(info.id.as_str(), info.version);
    let (entry, _) = Entry::pack("support.toml", b"", None).expect("an empty file fits");
    let entries = vec![entry];
    (Manifest { info, entries }.to_bytes(), comment)
}

/// A refusal says what is wrong and what to do.
fn refused(error: &PackError) {
    let words = error.to_string();
    assert!(
        words.contains("; ") && !words.ends_with('.') && words.len() < 4_000,
        "{words}"
    );
}
