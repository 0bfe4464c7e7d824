//! Key lists and signed configurations: any bytes as a file; any text, signed by the root.

use super::keys::Key;
use std::sync::OnceLock;
use xinting_content::document::{CONFIG, Document, KEYS};
use xinting_content::trust::{KeyList, Trust, TrustError};

/// The root key of the booth.
pub fn root() -> Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(|| Key::named("root")).clone()
}

fn roots() -> Trust {
    Trust::roots(vec![root().public()])
}

/// A document laid out and signed by these keys; `None` where it is more than one may be.
pub fn signed(name: &str, bytes: &[u8], comment: &str, keys: &[Key]) -> Option<Vec<u8>> {
    let texts: Vec<String> = keys.iter().map(|key| key.sign(bytes, comment)).collect();
    let mut out = Vec::new();
    Document::write(&mut out, name, bytes, &texts).ok()?;
    Some(out)
}

/// The same bytes as a file, and as `keys.json` signed by the root.
pub fn key_list(input: &[u8]) {
    if let Ok((trust, kept)) = roots().accept(input) {
        assert_eq!(kept, input, "what is kept is not what was brought");
        in_force(&trust, &kept);
    }
    let value: serde_json::Value = serde_json::from_slice(input).unwrap_or_default();
    let issuer = value
        .get("issuer")
        .and_then(serde_json::Value::as_str)
        .unwrap_or("x");
    let version = value
        .get("version")
        .and_then(serde_json::Value::as_u64)
        .unwrap_or(1);
    let comment = format!("keys {issuer} version {version}");
    let Some(file) = signed(KEYS, input, &comment, &[root()]) else {
        return;
    };
    let read = KeyList::parse(input);
    match roots().accept(file.as_slice()) {
        Ok((trust, kept)) => {
            assert_eq!(kept, file);
            assert_eq!(trust.list(), read.as_ref().ok());
            in_force(&trust, &kept);
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(!matches!(error, TrustError::List(_)) || read.is_err());
        }
    }
    if let Ok(list) = read {
        let bytes = list.to_bytes();
        let again = KeyList::parse(&bytes).expect("a list is read again as it was written");
        assert_eq!(again, list);
        assert_eq!(again.to_bytes(), bytes);
    }
}

/// A list that has been put in force.
fn in_force(trust: &Trust, file: &[u8]) {
    let list = trust.list().expect("a list was accepted");
    assert!((1..=list.roots.len()).contains(&list.threshold));
    for publisher in &list.publishers {
        assert!((1..=publisher.keys.len()).contains(&publisher.needs));
        assert!(!publisher.packs.is_empty() && !publisher.content.is_empty());
        assert!(!publisher.keys.iter().any(|key| trust.is_revoked(key.id())));
    }
    for day in [(1970, 1, 1), (2026, 11, 22), (2099, 12, 31)] {
        let _ = trust.warnings(Some(jiff::civil::date(day.0, day.1, day.2)));
    }
    // The file that is in force changes nothing, unless its signers are no roots any more.
    assert!(trust.accept(file).is_err(), "one list put in force twice");
}

/// The same bytes as a file, and as a configuration whose first line is what it was signed as.
pub fn document(input: &[u8]) {
    for name in [CONFIG, KEYS] {
        if let Ok(found) = Document::open(input, name, &roots()) {
            let mut again = Vec::new();
            Document::write(&mut again, name, &found.bytes, &found.signatures).expect("it was one");
            assert_eq!(again, input, "laid out again it is another file");
        }
    }
    let line = input
        .iter()
        .position(|&byte| byte == b'\n')
        .unwrap_or(input.len());
    let comment = String::from_utf8_lossy(&input[..line]).into_owned();
    let bytes = input.get(line + 1..).unwrap_or_default();
    let Some(file) = signed(CONFIG, bytes, &comment, &[root()]) else {
        return;
    };
    assert!(
        Document::open(file.as_slice(), KEYS, &roots()).is_err(),
        "taken for another document"
    );
    assert!(Document::open(&file[..file.len() - 1], CONFIG, &roots()).is_err());
    if let Ok(found) = Document::open(file.as_slice(), CONFIG, &roots()) {
        assert_eq!(found.bytes, bytes);
        assert_eq!(found.comment, comment);
        if let Ok(whose) = found.config_for() {
            assert_eq!(whose.trusted_comment(), comment);
            assert!(whose.version > 0);
        }
    }
}
