//! Signed configurations, the names and fingerprints of keys, and the sentences of refusals.

use crate::lists::{list, refuse, xconf};
use crate::sample::Signer;
use xinting_content::document::{self, ConfigFor, DocumentError};
use xinting_content::pack::KeyError;
use xinting_content::trust::{ListError, TrustError};
use xinting_content::{Document, PackError, PublicKey};

#[test]
fn a_key_of_another_name_is_the_same_key() {
    use base64::Engine;
    let engine = base64::engine::general_purpose::STANDARD;
    let key = Signer::new();
    let mut raw = engine.decode(key.public().to_base64()).unwrap();
    raw[2] ^= 1;
    let renamed = PublicKey::parse(&engine.encode(&raw)).unwrap();
    assert_ne!(renamed.id(), key.public().id());
    assert_eq!(renamed, key.public());
    assert_eq!(renamed.fingerprint(), key.public().fingerprint());
    let root = Signer::new();
    let mut twice = list(1, &[&root, &key]);
    twice.roots.push(renamed);
    assert!(matches!(
        refuse(&root.trust(), &twice, &[&root]),
        TrustError::List(ListError::BadlyMade { what }) if what.contains("stands twice")
    ));
}

/// The `.pub` line of these 32 bytes.
fn line(bytes: &[u8; 32]) -> String {
    use base64::Engine;
    let raw = [b"Ed".as_slice(), &[0; 8], bytes].concat();
    base64::engine::general_purpose::STANDARD.encode(raw)
}

#[test]
fn a_fingerprint_is_eight_groups_for_people() {
    let key = PublicKey::parse(&line(b"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB")).unwrap();
    assert_eq!(key.bytes(), b"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB");
    // SHA-256 of thirty-two letters B.
    assert_eq!(key.fingerprint(), "425e d4e4 a36b 30ea 21b9 0e21 c712 c649");
    assert_eq!(key.to_base64(), line(key.bytes()));
}

#[test]
fn a_key_for_which_anybody_can_sign_is_no_key() {
    let y = |first: u8, between: u8, last: u8| {
        let mut bytes = [between; 32];
        (bytes[0], bytes[31]) = (first, last);
        bytes
    };
    // The eight points of small order are these, with either sign; the last two are 0 and 1 once more.
    let known: [[u8; 32]; 5] = [
        y(0, 0, 0),
        y(1, 0, 0),
        y(0xec, 0xff, 0x7f),
        y(0xed, 0xff, 0x7f),
        y(0xee, 0xff, 0x7f),
    ];
    let mut weak = 0;
    for mut bytes in known {
        for sign in [0, 0x80] {
            bytes[31] = bytes[31] & 0x7f | sign;
            let found = PublicKey::parse(&line(&bytes)).err();
            assert_eq!(found, Some(KeyError::Weak), "{bytes:?}");
            let point = ed25519_dalek::VerifyingKey::from_bytes(&bytes);
            weak += usize::from(point.is_ok_and(|point| point.is_weak()));
        }
    }
    assert!(weak >= 5, "{weak}");
    // Those of order eight, which the other library calls weak too.
    let eighth = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
    let other = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    for text in [eighth, other] {
        let mut bytes = [0; 32];
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        }
        let point = ed25519_dalek::VerifyingKey::from_bytes(&bytes).unwrap();
        assert!(point.is_weak());
        assert!(PublicKey::parse(&line(&bytes)).is_err());
    }
    let good = Signer::new().public();
    assert!(PublicKey::parse(&line(good.bytes())).is_ok());
}

#[test]
fn configurations_say_whom_they_are_for() {
    let (root, stranger) = (Signer::new(), Signer::new());
    let open = |comment: &str, signers: &[&Signer]| {
        let file = xconf("volume = 3\n", comment, signers);
        Document::open(file.as_slice(), document::CONFIG, &root.trust())
    };
    for (comment, booth, version) in [
        ("config * version 1", None, 1),
        ("config booth-7 version 20", Some("booth-7"), 20),
    ] {
        let document = open(comment, &[&root]).unwrap();
        assert_eq!(document.bytes, b"volume = 3\n");
        assert_eq!(document.signers, [root.public().id()]);
        let booth = booth.map(str::to_owned);
        let config = ConfigFor { booth, version };
        assert_eq!(document.config_for().unwrap(), config);
        assert_eq!(config.trusted_comment(), comment);
    }
    for comment in [
        "config * version 01",
        "config * version 0",
        "config * version -1",
        "config  version 1",
        "config a b version 1",
        "config * version 1 ",
        "config *",
    ] {
        let document = open(comment, &[&root]).unwrap();
        assert!(document.config_for().is_err(), "{comment}");
    }
    assert!(matches!(
        open("keys a version 1", &[&root]),
        Err(DocumentError::OtherThing { .. })
    ));
    assert!(matches!(
        open("config * version 1", &[]),
        Err(DocumentError::Unsigned)
    ));
    assert!(matches!(
        open("config * version 1", &[&root, &stranger]),
        Err(DocumentError::Stranger { .. })
    ));
}

#[test]
fn every_refusal_of_trust_says_what_to_do() {
    let key = Signer::new().public().id();
    let sentences = [
        PackError::Revoked { key }.to_string(),
        PackError::TooFewSignatures { have: 1, need: 2 }.to_string(),
        DocumentError::NotADocument { reason: "x" }.to_string(),
        DocumentError::Truncated { found: 1 }.to_string(),
        DocumentError::Altered {
            what: "x".to_owned(),
        }
        .to_string(),
        DocumentError::TooLarge {
            what: "x".to_owned(),
        }
        .to_string(),
        DocumentError::Unsigned.to_string(),
        DocumentError::Stranger { key }.to_string(),
        DocumentError::Revoked { key }.to_string(),
        DocumentError::TooFewSignatures { have: 1, need: 2 }.to_string(),
        DocumentError::NoTrust.to_string(),
        DocumentError::OtherThing {
            comment: "x".to_owned(),
        }
        .to_string(),
        ListError::Newer { format: 2 }.to_string(),
        TrustError::SameVersion { version: 1 }.to_string(),
        TrustError::Older {
            found: 1,
            in_force: 2,
        }
        .to_string(),
        TrustError::TooFewNewRoots { have: 1, need: 2 }.to_string(),
        TrustError::OtherIssuer {
            found: "a".to_owned(),
            in_force: "b".to_owned(),
        }
        .to_string(),
        KeyError::Weak.to_string(),
    ];
    for text in sentences {
        assert!(text.contains("; ") && !text.ends_with('.'), "{text}");
    }
}
