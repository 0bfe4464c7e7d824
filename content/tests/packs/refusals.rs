//! What is refused and in which words; what is accepted; stock minisign.

use crate::sample::{Signer, assemble, build, full, open, parts, tiny};
use std::io::Cursor;
use xinting_content::pack::PackError;
use xinting_content::pack::archive::Member;
use xinting_content::{PublicKey, Trust, VerifiedPack};

#[test]
fn a_good_pack_gives_its_content_back() {
    let signer = Signer::new();
    let source = full();
    let pack = open(&build(&source, &signer), &signer).unwrap();
    assert_eq!(pack.info().version, 7);
    assert_eq!(pack.signers(), [signer.public().id()]);
    for (name, bytes) in &source.0 {
        assert_eq!(&pack.read(name).unwrap(), bytes, "{name}");
    }
    let layer = pack.layer().unwrap();
    assert_eq!(layer.instruments.len(), 2);
    assert_eq!(layer.practices[0].sound, "sounds/breath.4000-6000.flac");
    assert!((layer.practices[0].gain_db - -3.3).abs() < 0.001);
    assert!(matches!(
        pack.read("sounds/other.flac"),
        Err(PackError::NoSuchFile { .. })
    ));
}

#[test]
fn an_installed_pack_opens_the_same_and_still_hashes_what_it_reads() {
    let signer = Signer::new();
    let mut bytes = build(&full(), &signer);
    let sound = b"not really a sound";
    let at = bytes.windows(sound.len()).position(|w| w == sound).unwrap();
    bytes[at] ^= 1;
    assert!(open(&bytes, &signer).is_err());
    let pack = VerifiedPack::open_installed(Cursor::new(bytes), &signer.trust()).unwrap();
    assert!(matches!(
        pack.read("sounds/lake.flac"),
        Err(PackError::Altered { .. })
    ));
    pack.layer().unwrap();
}

#[test]
fn an_unsigned_pack_is_called_unsigned() {
    let pack = assemble(&parts(&tiny()), &[]);
    let error = open(&pack, &Signer::new()).unwrap_err();
    assert!(matches!(error, PackError::Unsigned), "{error}");
}

/// The same files as another tool would zip them, with a time of their own.
fn repacked(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let members: Vec<(Member, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (Member::stored(name, bytes).unwrap(), *bytes))
        .collect();
    xinting_content::pack::archive::write(&mut out, &members).unwrap();
    // The hour of the first local header.
    out[11] = 0x60;
    out
}

#[test]
fn what_another_tool_packed_is_refused_and_called_unsigned_only_if_it_is() {
    let signer = Signer::new();
    let manifest = parts(&tiny()).manifest.to_bytes();
    let signature = signer.sign(&manifest, "pack little version 7");
    let (manifest, text) = (manifest.as_slice(), b"x".as_slice());
    for files in [
        &[("manifest.json", manifest), ("pack.toml", text)][..],
        &[("articles/a.toml", text), ("manifest.json", manifest)],
    ] {
        let error = open(&repacked(files), &signer).unwrap_err();
        assert!(matches!(error, PackError::Unsigned), "{error}");
    }
    for files in [
        &[
            ("manifest.json", manifest),
            ("manifest.json.minisig", signature.as_bytes()),
        ][..],
        &[("pack.toml", text)],
    ] {
        let error = open(&repacked(files), &signer).unwrap_err();
        assert!(matches!(error, PackError::Altered { .. }), "{error}");
    }
}

#[test]
fn a_stranger_is_named_even_beside_a_trusted_signature() {
    let (known, stranger) = (Signer::new(), Signer::new());
    for signers in [&[&stranger][..], &[&known, &stranger], &[&stranger, &known]] {
        let error = open(&assemble(&parts(&tiny()), signers), &known).unwrap_err();
        let PackError::Stranger { key } = error else {
            panic!("{error}");
        };
        assert_eq!(key, stranger.public().id());
    }
}

#[test]
fn without_trust_nothing_is_accepted() {
    let pack = build(&tiny(), &Signer::new());
    let error = VerifiedPack::open(Cursor::new(pack), &Trust::default(), None).unwrap_err();
    assert!(matches!(error, PackError::NoTrust));
}

#[test]
fn the_ratchet_refuses_what_is_older_and_nothing_else() {
    let signer = Signer::new();
    let pack = build(&tiny(), &signer);
    let at_least =
        |lowest| VerifiedPack::open(Cursor::new(pack.clone()), &signer.trust(), Some(lowest));
    assert!(at_least(6).is_ok());
    assert!(at_least(7).is_ok());
    assert!(matches!(
        at_least(8),
        Err(PackError::Older {
            found: 7,
            installed: 8
        })
    ));
}

#[test]
fn a_signature_of_another_version_is_refused() {
    let signer = Signer::new();
    let parts = parts(&tiny());
    let manifest = parts.manifest.to_bytes();
    for comment in [
        "pack little version 8",
        "pack other version 7",
        "pack little version 07",
    ] {
        let signature = signer.sign(&manifest, comment);
        let mut out = Vec::new();
        xinting_content::pack::write(&mut out, &manifest, &[signature], &parts.files).unwrap();
        assert!(
            matches!(open(&out, &signer), Err(PackError::Altered { .. })),
            "{comment}"
        );
    }
}

/// Signs whatever bytes as a manifest.
fn signed(manifest: &str, signer: &Signer) -> Result<VerifiedPack, PackError> {
    let signature = signer.sign(manifest.as_bytes(), "pack little version 7");
    let mut out = Vec::new();
    let files = parts(&tiny()).files;
    xinting_content::pack::write(&mut out, manifest.as_bytes(), &[signature], &files).unwrap();
    open(&out, signer)
}

#[test]
fn even_a_trusted_key_cannot_sign_past_the_rules() {
    let signer = Signer::new();
    let manifest = String::from_utf8(parts(&tiny()).manifest.to_bytes()).unwrap();
    signed(&manifest, &signer).unwrap();
    let badly = |from: &str, to: &str| {
        assert!(manifest.contains(from), "{from}");
        let error = signed(&manifest.replacen(from, to, 1), &signer).unwrap_err();
        assert!(
            matches!(error, PackError::BadlyMade { .. }),
            "{from} → {to}: {error}"
        );
    };
    badly("xinting-pack-manifest", "xinting-report");
    badly("\"counsellor.toml\"", "\"../counsellor.toml\"");
    badly("\"counsellor.toml\"", "\"/counsellor.toml\"");
    badly("\"counsellor.toml\"", "\"a//counsellor.toml\"");
    badly("\"counsellor.toml\"", "\".hidden.toml\"");
    badly("\"counsellor.toml\"", "\"manifest.json.toml\"");
    badly("\"counsellor.toml\"", "\"zounsellor.toml\"");
    badly("\"counsellor.toml\"", "\"pack.toml\"");
    badly("\"counsellor.toml\"", "\"Pack.toml\"");
    badly("\"deflated\"", "\"stored\"");
    badly("\"deflated\"", "\"lzma\"");
    badly("\"crc32\": \"", "\"crc32\": \"F");
    badly("\"sample\": false", "\"sample\": false, \"sample\": false");
    badly("\"sample\": false", "\"sample\": false, \"also\": 1");
    badly("\"kind\": \"starter\"", "\"kind\": \"root\"");
    badly("\n", "\n\"format\": 1,");
    // What is shown before the content is read.
    badly("\"Little\"", "\"Lit\\ntle\"");
    badly("\"Little\"", "\"Lit\u{202e}elt\"");
    badly("\"小包\"", "\"\u{200b}\"");
    badly("\"小包\"", &format!("\"{}\"", "包".repeat(201)));
    badly("\"1.0\"", "\"\"");
    assert!(matches!(
        signed("[]", &signer),
        Err(PackError::BadlyMade { .. })
    ));
}

#[test]
fn a_newer_format_or_app_is_called_that() {
    let signer = Signer::new();
    let manifest = String::from_utf8(parts(&tiny()).manifest.to_bytes()).unwrap();
    for (from, to) in [
        ("\"format\": 1", "\"format\": 2, \"unheard\": []"),
        ("\"minimum_app\": \"0.1.0\"", "\"minimum_app\": \"99.0.0\""),
    ] {
        let error = signed(&manifest.replacen(from, to, 1), &signer).unwrap_err();
        assert!(matches!(error, PackError::Newer { .. }), "{error}");
    }
}

#[test]
fn a_sample_is_not_for_production() {
    let signer = Signer::new();
    let real = open(&build(&tiny(), &signer), &signer).unwrap();
    real.fit_for_production().unwrap();
    let sample = tiny().edit("pack.toml", "version", "sample = true\nversion");
    let sample = open(&build(&sample, &signer), &signer).unwrap();
    let error = sample.fit_for_production().unwrap_err();
    assert!(error.to_string().contains("示例"), "{error}");
}

#[test]
fn content_that_fails_its_checks_is_refused_though_signed() {
    let signer = Signer::new();
    let mut parts = parts(&tiny());
    let bad = "who = { zh = \" \", en = \"x\" }\nhow = { zh = \"一\", en = \"x\" }\nabout = []\n";
    let packed = xinting_content::pack::Entry::pack("counsellor.toml", bad.as_bytes(), None);
    parts.files[0] = packed.unwrap();
    parts.manifest.entries[0] = parts.files[0].0.clone();
    let pack = open(&assemble(&parts, &[&signer]), &signer).unwrap();
    let Err(PackError::Content { faults }) = pack.layer() else {
        panic!("accepted");
    };
    assert!(
        faults[0]
            .to_string()
            .starts_with("counsellor.toml:1: who.zh: ")
    );
}

#[test]
fn every_refusal_says_what_to_do() {
    let errors = [
        PackError::NotAPack {
            reason: "the file is empty",
        },
        PackError::Truncated {
            found: 1,
            expected: Some(2),
        },
        PackError::Altered {
            what: "its directory".to_owned(),
        },
        PackError::Unsigned,
        PackError::NoTrust,
        PackError::Older {
            found: 1,
            installed: 2,
        },
        PackError::Sample { id: "x".to_owned() },
    ];
    for error in errors {
        let text = error.to_string();
        assert!(text.contains("; ") && !text.ends_with('.'), "{text}");
    }
}

#[test]
fn public_keys_are_read_with_or_without_their_comment() {
    let text = Signer::new().public_text();
    let id = PublicKey::parse(&text).unwrap().id();
    let line = text.lines().nth(1).unwrap();
    assert_eq!(PublicKey::parse(line).unwrap().id(), id);
    assert!(text.lines().next().unwrap().ends_with(&id.to_string()));
    for bad in ["", "untrusted comment: x", "RWQ=", "hello", &line[1..]] {
        assert!(PublicKey::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn stock_minisign_verifies_the_extracted_manifest() {
    let signer = Signer::new();
    let parts = parts(&tiny());
    let manifest = parts.manifest.to_bytes();
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    std::fs::write(path("manifest.json"), &manifest).unwrap();
    let signature = signer.sign(&manifest, "pack little version 7");
    std::fs::write(path("manifest.json.minisig"), signature).unwrap();
    std::fs::write(path("key.pub"), signer.public_text()).unwrap();
    let output = std::process::Command::new("minisign")
        .current_dir(dir.path())
        .args(["-Vm", "manifest.json", "-p", "key.pub"])
        .output()
        .expect("the package minisign is installed by scripts/setup");
    assert!(output.status.success(), "{output:?}");
}
