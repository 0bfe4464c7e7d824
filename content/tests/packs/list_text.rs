//! The text of key lists: what it may say, and every bit and every length of a small file of one.

use crate::lists::{accept, keys, list, publisher, revocation, school_pack, signed, xkeys};
use crate::sample::Signer;
use proptest::prelude::*;
use xinting_content::document::{DocumentError, KEYS, LARGEST_DOCUMENT_BYTES, LARGEST_FILE_BYTES};
use xinting_content::trust::list::{MOST_PUBLISHERS, MOST_REVOKED};
use xinting_content::trust::{Content, ListError, TrustError};
use xinting_content::{KeyList, SignedBy, Text, VerifiedPack};

/// A list with one of everything.
fn whole() -> (Signer, KeyList) {
    let (root, school, second) = (Signer::new(), Signer::new(), Signer::new());
    let mut list = list(3, &[&root]);
    list.publishers = vec![publisher(
        "school",
        &[&school, &second],
        &[Content::Counsellor],
    )];
    list.revoked = vec![revocation(Signer::new().public().id())];
    (root, list)
}

#[test]
fn what_is_written_is_read_again() {
    let (_, mut list) = whole();
    list.publishers[0].needs = 2;
    list.publishers[0].content = Content::ALL.to_vec();
    list.publishers[0].name = Text::new("第一\"小学\"", "First \\ School").unwrap();
    list.revoked[0].reason = "遗失".to_owned();
    assert_eq!(KeyList::parse(&list.to_bytes()).unwrap(), list);
    let again = KeyList::parse(&list.to_bytes()).unwrap().to_bytes();
    assert_eq!(again, list.to_bytes());
}

#[test]
fn every_rule_is_said_in_words() {
    let (root, list) = whole();
    let text = String::from_utf8(list.to_bytes()).unwrap();
    let key = |at: usize| list.publishers[0].keys[at].to_base64();
    let root_line = root.public().to_base64();
    let revoked = list.revoked[0].key.to_string();
    let own = list.publishers[0].keys[0].id().to_string();
    let version = |n: &str| format!("\"version\": {n}");
    let three = version("3");
    let dup = |name: &str| format!("\"{name}\": 1,\n  \"{name}\": 1");
    let cases: Vec<(&str, String, &str)> = vec![
        (&three, version("0"), "version 0"),
        (&three, version("4294967296"), "version 4294967296"),
        (&three, version("-1"), "cannot be read"),
        (&three, version("3.0"), "cannot be read"),
        (&three, version("\"3\""), "cannot be read"),
        ("\"threshold\": 1", dup("threshold"), "duplicate field"),
        (&three, format!("{three}, {three}"), "duplicate field"),
        ("\"needs\": 1", dup("needs"), "duplicate field"),
        (
            "\"threshold\": 1",
            "\"threshold\": 0".into(),
            "threshold is 0",
        ),
        (
            "\"threshold\": 1",
            "\"threshold\": 2".into(),
            "there are 1 keys",
        ),
        (
            "\"needs\": 1",
            "\"needs\": 0".into(),
            "needs of “school” is 0",
        ),
        ("\"needs\": 1", "\"needs\": 3".into(), "there are 2 keys"),
        (
            "\"needs\": 1",
            "\"needs\": 1, \"also\": 1".into(),
            "unknown field",
        ),
        (&three, format!("{three}, \"expires\": 1"), "unknown field"),
        ("  \"threshold\": 1,\n", String::new(), "missing field"),
        (
            "\"xinting-key-list\"",
            "\"xinting-pack-manifest\"".into(),
            "not a key list",
        ),
        ("\"district\"", "\"District\"".into(), "is no id"),
        (
            "\"school\",\n      \"name\"",
            "\"\",\n      \"name\"".into(),
            "is no id",
        ),
        ("2026-11-01", "2026-11-31".into(), "is no date"),
        ("2026-11-01", "20261101".into(), "is no date"),
        ("2026-11-01", "2026-11-01T00:00:00".into(), "is no date"),
        ("2026-11-01", "tomorrow".into(), "is no date"),
        ("\"A school\"", "\" \"".into(), "blank, too long"),
        (
            "\"A school\"",
            format!("\"{}\"", "x".repeat(201)),
            "blank, too long",
        ),
        ("\"lost with a bag\"", "\"\"".into(), "blank, too long"),
        (
            "\"lost with a bag\"",
            format!("\"{}\"", "遗".repeat(201)),
            "blank, too long",
        ),
        ("\"A school\"", "\"A\\nschool\"".into(), "not plain"),
        ("\"lost with a bag\"", "\"\u{202e}gab\"".into(), "not plain"),
        (&revoked, own.clone(), "is revoked, and yet named"),
        (&revoked, revoked.to_lowercase() + "z", "is no key id"),
        (&revoked, "0".into(), "is no key id"),
        (&revoked, format!("+{}", &revoked[1..]), "is no key id"),
        (
            "\"counsellor\"",
            "\"counsellor\", \"counsellor\"".into(),
            "counsellor twice",
        ),
        (
            "\"counsellor\"",
            "\"everything\"".into(),
            "says “everything”",
        ),
        (
            "\"counsellor\"",
            String::new(),
            "content of “school” is empty",
        ),
        (
            "\"school\"\n",
            "\"school\", \"school\"\n".into(),
            "school twice",
        ),
        ("\"school\"\n", "\n".into(), "packs of “school” is empty"),
        ("\"school\"\n", "\"booth\"\n".into(), "says “booth”"),
    ];
    for (from, to, words) in cases {
        assert!(text.contains(from), "{from}");
        let error = KeyList::parse(text.replacen(from, &to, 1).as_bytes()).unwrap_err();
        let said = error.to_string();
        assert!(said.contains(words), "{from} → {to}: {said}");
        assert!(said.contains("; have its keeper"), "{said}");
    }
    let keys: Vec<(String, String, &str)> = vec![
        (key(1), key(0), "stands twice"),
        (key(1), root_line.clone(), "stands twice"),
        (
            root_line.clone(),
            format!("{root_line}\", \"{root_line}"),
            "stands twice",
        ),
        (key(0), key(0).replacen('R', "S", 1), "no public key"),
        (key(0), format!(" {}", key(0)), "no public key"),
        (
            key(0),
            format!("untrusted comment: x\\n{}", key(0)),
            "no public key",
        ),
        (key(0), String::new(), "no public key"),
        (key(0), key(0)[..40].to_owned(), "no public key"),
    ];
    for (from, to, words) in keys {
        let error = KeyList::parse(text.replacen(&from, &to, 1).as_bytes()).unwrap_err();
        assert!(error.to_string().contains(words), "{to}: {error}");
    }
}

#[test]
fn whole_parts_may_not_be_missing_or_meet() {
    let (root, list) = whole();
    let refused = |change: fn(&mut KeyList), words: &str| {
        let mut changed = list.clone();
        change(&mut changed);
        let error = KeyList::parse(&changed.to_bytes()).unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
    };
    refused(|l| l.roots.clear(), "there are 0 keys");
    refused(|l| l.publishers[0].keys.clear(), "there are 0 keys");
    refused(
        |l| l.publishers.push(l.publishers[0].clone()),
        "stands twice",
    );
    refused(|l| l.revoked.push(l.revoked[0].clone()), "revoked twice");
    refused(|l| l.revoked[0].key = l.roots[0].id(), "and yet named");
    refused(
        |l| l.roots = vec![l.roots[0].clone(); 17],
        "16 are the most",
    );
    refused(
        |l| {
            let mut other = l.publishers[0].clone();
            other.id = xinting_content::PackId::new("other").unwrap();
            l.publishers.push(other);
        },
        "stands twice",
    );
    // Nobody may publish, nothing is revoked: good, and the roots may do everything.
    let mut bare = list.clone();
    bare.publishers.clear();
    bare.revoked.clear();
    KeyList::parse(&bare.to_bytes()).unwrap();
    let file = xkeys(&bare, &[&root]);
    root.trust().accept(file.as_slice()).unwrap();
}

#[test]
fn other_spellings_are_refused() {
    let (root, list) = whole();
    let text = String::from_utf8(list.to_bytes()).unwrap();
    let newer = text.replacen("\"format\": 1", "\"format\": 2, \"unheard\": []", 1);
    assert_eq!(
        KeyList::parse(newer.as_bytes()),
        Err(ListError::Newer { format: 2 })
    );
    let late = text
        .replacen("  \"domain\": \"xinting-key-list\",\n", "", 1)
        .replacen(
            "\"threshold\": 1,",
            "\"threshold\": 1, \"domain\": \"xinting-key-list\",",
            1,
        );
    let error = KeyList::parse(late.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("begin with the domain"), "{error}");
    for bad in [
        "",
        "{}",
        "[]",
        "null",
        "{",
        "\u{feff}{}",
        &format!("{text}x"),
        &format!("[{text}]"),
    ] {
        assert!(KeyList::parse(bad.as_bytes()).is_err(), "{bad}");
    }
    assert!(KeyList::parse(&[text.as_bytes(), b"\0"].concat()).is_err());
    assert!(KeyList::parse(&vec![b'['; LARGEST_DOCUMENT_BYTES as usize]).is_err());
    // All of these are as well refused though a root signed them.
    let file = signed(KEYS, newer.as_bytes(), &list.trusted_comment(), &[&root]);
    assert!(matches!(
        root.trust().accept(file.as_slice()),
        Err(TrustError::List(ListError::Newer { format: 2 }))
    ));
}

#[test]
fn there_are_caps() {
    let (root, mut list) = whole();
    let trust = root.trust();
    list.revoked = (0..=MOST_REVOKED as u64)
        .map(|at| revocation(xinting_content::pack::KeyId(at.to_le_bytes())))
        .collect();
    let error = KeyList::parse(&list.to_bytes()).unwrap_err().to_string();
    assert!(error.contains("4097 revoked keys, and 4096"), "{error}");
    list.revoked.pop();
    KeyList::parse(&list.to_bytes()).unwrap();
    trust.accept(xkeys(&list, &[&root]).as_slice()).unwrap();
    // A publisher too many is refused before any of them is looked at.
    list.publishers = vec![list.publishers[0].clone(); MOST_PUBLISHERS + 1];
    let error = KeyList::parse(&list.to_bytes()).unwrap_err().to_string();
    assert!(error.contains("2049 publishers, and 2048"), "{error}");

    let endless = std::io::repeat(b'P');
    assert!(matches!(
        trust.accept(endless),
        Err(TrustError::Document(DocumentError::TooLarge { .. }))
    ));
    let mut large = list.to_bytes();
    large.resize(LARGEST_DOCUMENT_BYTES as usize + 1, b' ');
    let wrong = xinting_content::Document::write(&mut Vec::new(), KEYS, &large, &[]);
    assert_eq!(wrong.unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
    assert!(u64::from(LARGEST_DOCUMENT_BYTES) < LARGEST_FILE_BYTES);
    // Sixteen signatures are taken, seventeen are not written.
    let most = xkeys(&self::list(1, &[&root]), &[&root; 16]);
    trust.accept(most.as_slice()).unwrap();
    let texts = vec![root.sign(b"x", "keys district version 1"); 17];
    assert!(xinting_content::Document::write(&mut Vec::new(), KEYS, b"x", &texts).is_err());
}

/// A city's list: as many publishers as there may be, each with a key, and one of them has a pack.
#[test]
fn the_largest_list_is_taken_and_its_last_publisher_heard() {
    use base64::Engine;
    let (root, last) = (Signer::new(), Signer::new());
    let mut list = list(1, &[&root]);
    let made_up = |at: usize| {
        let number = (at as u64 + 1).to_le_bytes();
        let raw = [b"Ed".as_slice(), &number, &number.repeat(4)].concat();
        let line = base64::engine::general_purpose::STANDARD.encode(raw);
        xinting_content::PublicKey::parse(&line).unwrap()
    };
    let school = [Content::Counsellor, Content::Articles];
    list.publishers = (0..MOST_PUBLISHERS)
        .map(|at| publisher(&format!("school-{at}"), &[&last], &school))
        .collect();
    for (at, publisher) in list.publishers[..MOST_PUBLISHERS - 1]
        .iter_mut()
        .enumerate()
    {
        publisher.keys = vec![made_up(at)];
    }
    assert!(list.to_bytes().len() < LARGEST_DOCUMENT_BYTES as usize);
    let trust = accept(&root.trust(), &list, &[&root]);
    let open = |publisher: &str| {
        let pack = school_pack(publisher, &[&last]);
        VerifiedPack::open(std::io::Cursor::new(pack), &trust, None).map(|pack| pack.signed_by())
    };
    let name = |at: usize| format!("school-{at}");
    assert_eq!(
        open(&name(MOST_PUBLISHERS - 1)).unwrap(),
        SignedBy::Publisher
    );
    assert!(open(&name(0)).is_err());
}

/// The smallest list there is, twice signed.
fn small() -> (Signer, Vec<u8>) {
    let root = Signer::new();
    let list = list(1, &[&root]);
    let file = xkeys(&list, &[&root, &root]);
    (root, file)
}

#[test]
fn any_flipped_bit_of_a_key_list_is_refused() {
    let (root, file) = small();
    let trust = root.trust();
    trust.accept(file.as_slice()).unwrap();
    let mut tried = file.clone();
    for byte in 0..tried.len() {
        for bit in 0..8 {
            tried[byte] ^= 1 << bit;
            assert!(
                trust.accept(tried.as_slice()).is_err(),
                "byte {byte}, bit {bit}"
            );
            tried[byte] ^= 1 << bit;
        }
    }
}

#[test]
fn any_truncated_key_list_is_refused_and_called_that() {
    let (root, file) = small();
    let trust = root.trust();
    for length in 0..file.len() {
        match trust.accept(&file[..length]).map(|_| ()) {
            Err(TrustError::Document(DocumentError::Truncated { found })) => {
                assert_eq!(found, length as u64);
            }
            Err(TrustError::Document(DocumentError::NotADocument { .. })) => {
                assert_eq!(length, 0);
            }
            other => panic!("cut to {length}: {other:?}"),
        }
    }
    let longer = [file.as_slice(), b"\0"].concat();
    assert!(matches!(
        trust.accept(longer.as_slice()),
        Err(TrustError::Document(DocumentError::Altered { .. }))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_spliced_key_list_is_refused(
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        length in 1usize..300,
        cut in 0usize..300,
    ) {
        let (root, file) = small();
        let (from, to) = (from.index(file.len()), to.index(file.len()));
        let piece = file[from..(from + length).min(file.len())].to_vec();
        let mut tried = file.clone();
        tried.splice(to..(to + cut).min(file.len()), piece);
        prop_assert_eq!(root.trust().accept(tried.as_slice()).is_ok(), tried == file);
    }

    #[test]
    fn no_signed_text_panics(text in "[\\[\\]{}\":, a-z0-9-]{0,200}") {
        let root = Signer::new();
        let text = format!("{{\"domain\": \"xinting-key-list\", \"format\": 1{text}");
        let file = signed(KEYS, text.as_bytes(), "keys a version 1", &[&root]);
        prop_assert!(root.trust().accept(file.as_slice()).is_err());
        prop_assert!(keys(&[&root]).len() == 1);
    }
}
