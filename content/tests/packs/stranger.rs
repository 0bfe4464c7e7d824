//! A reader written from FORMAT.md alone, in another language, with the stock minisign program: it
//! accepts what we build, says the same of it, and refuses it with a bit flipped.

use crate::lists::{list, publisher, xconf, xkeys};
use crate::sample::{Signer, assemble, full, open, parts};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use xinting_content::pack::KeyId;
use xinting_content::trust::Content;

struct Desk {
    dir: TempDir,
    keys: Vec<PathBuf>,
}

impl Desk {
    fn new(signers: &[&Signer]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let keys = signers.iter().enumerate().map(|(number, signer)| {
            let path = dir.path().join(format!("{number}.pub"));
            std::fs::write(&path, signer.public_text()).unwrap();
            path
        });
        let keys = keys.collect();
        Self { dir, keys }
    }

    fn run(&self, bytes: &[u8]) -> Output {
        let file = self.dir.path().join("file");
        std::fs::write(&file, bytes).unwrap();
        let reader = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stranger/reader.py");
        Command::new("/usr/bin/python3")
            .arg(reader)
            .arg(file)
            .args(&self.keys)
            .output()
            .expect("the package python3 is installed by scripts/setup")
    }

    fn read(&self, bytes: &[u8]) -> serde_json::Value {
        let output = self.run(bytes);
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn refuse(&self, bytes: &[u8]) -> String {
        let output = self.run(bytes);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(words.starts_with("refused: "), "{words}");
        words
    }

    /// Some bits of every part of a file, each in turn.
    fn refuse_flipped(&self, bytes: &[u8]) {
        let mut tried = bytes.to_vec();
        for place in (0..bytes.len()).step_by(bytes.len() / 24) {
            tried[place] ^= 1 << (place % 8);
            self.refuse(&tried);
            tried[place] = bytes[place];
        }
        self.refuse(&bytes[..bytes.len() - 1]);
        self.refuse(&[bytes, b"\0"].concat());
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn ids(signers: &[KeyId]) -> serde_json::Value {
    signers.iter().map(ToString::to_string).collect()
}

#[test]
fn a_stranger_reads_a_pack_and_finds_the_same() {
    let (first, second, other) = (Signer::new(), Signer::new(), Signer::new());
    let desk = Desk::new(&[&first, &second]);
    let single = assemble(&parts(&full()), &[&first]);
    let double = assemble(&parts(&full()), &[&second, &first]);
    let pack = open(&single, &first).unwrap();
    let found = desk.read(&single);
    assert_eq!(found["document"], "manifest.json");
    assert_eq!(found["comment"], "pack little version 7");
    assert_eq!(found["sha256"], hex(&pack.manifest_sha256()));
    assert_eq!(found["signers"], ids(pack.signers()));
    let files = found["files"].as_array().unwrap();
    let entries = &pack.manifest().entries;
    assert_eq!(files.len(), entries.len());
    for (file, entry) in files.iter().zip(entries) {
        assert_eq!(file["path"], entry.member.name);
        assert_eq!(file["size"], entry.member.size);
        assert_eq!(file["sha256"], hex(&entry.sha256));
    }
    let both = [second.public().id(), first.public().id()];
    assert_eq!(desk.read(&double)["signers"], ids(&both));
    assert!(
        desk.refuse(&assemble(&parts(&full()), &[&first, &other]))
            .contains("none of the keys")
    );
    desk.refuse_flipped(&double);
    // What the right keys have signed and FORMAT.md forbids.
    for (name, words, spoilt) in [
        ("sounds/lake.flac", "the gain of", None),
        ("support.toml", "the gain of", Some(-3.0)),
    ] {
        let mut parts = parts(&full());
        let entries = parts.manifest.entries.iter_mut();
        for entry in entries.filter(|entry| entry.member.name == name) {
            entry.gain_db = spoilt;
        }
        let told = desk.refuse(&assemble(&parts, &[&first]));
        assert!(told.contains(words) && told.contains(name), "{told}");
    }
    let mut longer = parts(&full());
    let place = longer
        .files
        .iter()
        .position(|(entry, _)| entry.member.name == "support.toml");
    let (entry, data) = &mut longer.files[place.unwrap()];
    data.extend([0x5a; 600]);
    entry.member.stored_size = data.len() as u32;
    entry.sha256 = Sha256::digest(&*data).into();
    longer.manifest.entries = longer
        .files
        .iter()
        .map(|(entry, _)| entry.clone())
        .collect();
    let told = desk.refuse(&assemble(&longer, &[&first]));
    assert!(told.contains("support.toml does not end"), "{told}");
}

#[test]
fn a_stranger_reads_a_key_list_and_a_configuration() {
    let (root, school) = (Signer::new(), Signer::new());
    let desk = Desk::new(&[&root]);
    let mut list = list(9, &[&root]);
    list.publishers = vec![publisher("school", &[&school], &[Content::Counsellor])];
    let file = xkeys(&list, &[&root]);
    let found = desk.read(&file);
    assert_eq!(found["document"], "keys.json");
    assert_eq!(found["comment"], "keys district version 9");
    assert_eq!(found["publishers"][0], "school");
    desk.refuse_flipped(&file);

    let file = xconf("volume = 3\n", "config * version 2", &[&root]);
    let found = desk.read(&file);
    assert_eq!(found["comment"], "config * version 2");
    desk.refuse_flipped(&file);
    desk.refuse(b"");
    desk.refuse(b"PK\x03\x04");
}
