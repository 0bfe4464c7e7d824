//! The byte order mark that some editors put before a text: it changes nothing of what is read, and what is
//! hashed are the bytes as they are.

use crate::sample::{Files, Signer, build, full, open};
use sha2::{Digest, Sha256};
use xinting_content::layer::read_toml;
use xinting_content::pack::archive::Method;
use xinting_content::{Fault, Layer};

const MARK: &str = "\u{feff}";

/// A full pack with a mark before every text.
fn marked() -> Files {
    let mut files = full();
    for (name, bytes) in &mut files.0 {
        if !name.starts_with("sounds/") {
            bytes.splice(0..0, MARK.bytes());
        }
    }
    files
}

/// Everything that is read of a pack.
fn shown(layer: &Layer) -> String {
    format!("{layer:?}")
}

#[test]
fn a_mark_before_a_text_changes_nothing_of_it() {
    let signer = Signer::new();
    let plain = full().layer().unwrap();
    let author = marked()
        .layer()
        .unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(shown(&author), shown(&plain));
    let built = |files: &Files| open(&build(files, &signer), &signer).unwrap();
    let (with, without) = (built(&marked()), built(&full()));
    assert_eq!(
        shown(&with.layer().unwrap()),
        shown(&without.layer().unwrap())
    );
    let texts = |pack: &xinting_content::VerifiedPack| -> Vec<u32> {
        let entries = pack.manifest().entries.iter();
        let texts = entries.filter(|entry| entry.member.method == Method::Deflated);
        texts.map(|entry| entry.member.size).collect()
    };
    let longer: Vec<u32> = texts(&without).iter().map(|size| size + 3).collect();
    assert_eq!(texts(&with), longer, "the bytes are packed as they are");
    for entry in &with.manifest().entries {
        let (_, stored) = with.read_stored(&entry.member.name).unwrap();
        assert_eq!(Sha256::digest(stored)[..], entry.sha256);
    }
}

#[test]
fn a_mark_before_a_body_hides_nothing_of_its_first_line() {
    for (line, what) in [
        ("1. one", "a numbered list"),
        ("```", "code"),
        ("<script>", "HTML"),
        ("---\n\na", "a rule"),
    ] {
        let of = |mark: &str| -> Vec<Fault> {
            full()
                .put("articles/waves.en.md", &format!("{mark}{line}\n"))
                .layer()
                .unwrap_err()
        };
        let (with, without) = (of(MARK), of(""));
        assert_eq!(with, without, "{line}");
        assert!(
            with.iter().any(|fault| fault.what.contains(what)),
            "{with:#?}"
        );
    }
    let read = full()
        .put("articles/waves.en.md", &format!("{MARK}# Waves\n"))
        .layer()
        .unwrap();
    let body = format!("{:?}", read.articles[0].en);
    assert_eq!(body, "[Heading(\"Waves\")]");
}

#[test]
fn one_mark_is_an_editors_and_two_are_not() {
    for name in full().0.keys().filter(|name| !name.starts_with("sounds/")) {
        let mut files = full();
        let bytes = files.0.get_mut(name).unwrap();
        bytes.splice(0..0, MARK.repeat(2).bytes());
        let faults = files.layer().unwrap_err();
        let fault = &faults[0];
        assert_eq!(&fault.file, name);
        assert!(
            fault.what.contains("more than one byte order mark"),
            "{fault}"
        );
    }
}

#[test]
fn places_are_counted_behind_the_mark() {
    let text = "from = 1\nto = 2\n";
    let with = format!("{MARK}{text}");
    for key in ["from", "to", "neither"] {
        let of = |text: &str| Fault::of_key("a.toml", text, key, "x".to_owned(), "y");
        assert_eq!(of(&with), of(text));
    }
    let at = |text: &str, offset| Fault::at_offset("a.toml", text, offset, "", "x".to_owned(), "y");
    for offset in 0..text.len() {
        assert_eq!(at(&with, offset + MARK.len()), at(text, offset));
    }
    assert_eq!(at(&with, 0).column, Some(1));
}

#[test]
fn a_second_mark_is_none_of_a_lists_or_configurations_either() {
    let text = "lang = \"en\"\n";
    let read = |text: &str| read_toml::<toml::Table>("kiosk.toml", text).1;
    assert_eq!(read(text), []);
    assert_eq!(read(&format!("{MARK}{text}")), []);
    let faults = read(&format!("{MARK}{MARK}{text}"));
    assert!(
        matches!(&faults[..], [fault] if fault.what.contains("more than one byte order mark")),
        "{faults:?}"
    );
}
