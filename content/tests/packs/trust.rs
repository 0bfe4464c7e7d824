//! The rules of trust, one by one: lists, thresholds, rotation, revocation, and what each publisher may
//! publish.

use crate::lists::{
    accept, keys, list, publisher, refuse, revocation, school, school_pack, signed, xconf, xkeys,
};
use crate::sample::{Files, Signer, assemble, build, full, parts, tiny};
use jiff::civil::date;
use std::io::Cursor;
use xinting_content::document::{self, ConfigFor, DocumentError, KEYS};
use xinting_content::layer::PackKind;
use xinting_content::trust::{Content, Forbidden, ListError, TrustError, TrustWarning};
use xinting_content::{
    Document, Glance, KeyList, PackError, PublicKey, SignedBy, Trust, VerifiedPack,
};

fn open(pack: &[u8], trust: &Trust) -> Result<SignedBy, PackError> {
    let opened = VerifiedPack::open(Cursor::new(pack.to_vec()), trust, None);
    let glanced = Glance::read(pack, pack.len() as u64, trust);
    match (&opened, &glanced) {
        (Ok(pack), Ok(glance)) => {
            assert_eq!(pack.manifest_sha256(), glance.manifest_sha256());
            assert_eq!(pack.signers(), glance.signers());
            assert_eq!(pack.signed_by(), glance.signed_by());
            assert_eq!(pack.info(), glance.info());
        }
        (Err(opened), Err(glanced)) => assert_eq!(opened.to_string(), glanced.to_string()),
        other => panic!("{other:?}"),
    }
    opened.map(|pack| pack.signed_by())
}

/// A root and two schools' keys.
struct Desk {
    root: Signer,
    school: Signer,
    second: Signer,
    other: Signer,
    stranger: Signer,
}

impl Desk {
    fn new() -> Self {
        Desk {
            root: Signer::new(),
            school: Signer::new(),
            second: Signer::new(),
            other: Signer::new(),
            stranger: Signer::new(),
        }
    }

    /// `school` has two keys and may change its counsellor and articles; `other` the calendar.
    fn list(&self, version: u64) -> KeyList {
        let mut list = list(version, &[&self.root]);
        let may = [Content::Counsellor, Content::Articles];
        list.publishers = vec![
            publisher("school", &[&self.school, &self.second], &may),
            publisher("other", &[&self.other], &[Content::Calendar]),
        ];
        list
    }

    fn trust_with(&self, list: &KeyList) -> Trust {
        accept(&self.root.trust(), list, &[&self.root])
    }

    fn trust(&self) -> Trust {
        self.trust_with(&self.list(1))
    }
}

#[test]
fn who_may_publish_what() {
    let desk = Desk::new();
    let trust = desk.trust();
    let Desk {
        root,
        school: own,
        second,
        other,
        stranger,
    } = &desk;
    let of = |files: &Files, signers: &[&Signer]| open(&assemble(&parts(files), signers), &trust);
    let theirs = school("school");
    assert_eq!(of(&theirs, &[own]).unwrap(), SignedBy::Publisher);
    assert_eq!(of(&theirs, &[second]).unwrap(), SignedBy::Publisher);
    assert_eq!(of(&theirs, &[own, second]).unwrap(), SignedBy::Publisher);
    // Whoever else is known may sign beside.
    assert_eq!(of(&theirs, &[own, other]).unwrap(), SignedBy::Publisher);
    assert_eq!(of(&theirs, &[own, root]).unwrap(), SignedBy::Root);
    // A root may publish everything, for everybody.
    assert_eq!(of(&full(), &[root]).unwrap(), SignedBy::Root);

    let forbidden = |files: &Files, signers: &[&Signer]| match of(files, signers) {
        Err(error @ PackError::NotPermitted { .. }) => {
            let text = error.to_string();
            assert!(text.contains("; have it signed by"), "{text}");
            let PackError::NotPermitted { what } = error else {
                unreachable!()
            };
            what
        }
        different => panic!("{different:?}"),
    };
    let id = || "school".to_owned();
    assert_eq!(
        forbidden(&theirs, &[other]),
        Forbidden::OthersKey { publisher: id() }
    );
    assert_eq!(
        forbidden(&tiny(), &[own]),
        Forbidden::UnknownPublisher {
            publisher: "nobody".to_owned()
        }
    );
    assert_eq!(
        forbidden(
            &school("school").edit("pack.toml", "\"school\"\npub", "\"district\"\npub"),
            &[own]
        ),
        Forbidden::Kind {
            publisher: id(),
            kind: "district"
        }
    );
    assert!(matches!(
        of(&theirs, &[own, stranger]),
        Err(PackError::Stranger { key }) if key == stranger.public().id()
    ));
}

/// The full sample as a pack of the school.
fn everything() -> Files {
    full().edit("pack.toml", "\"starter\"", "\"school\"").edit(
        "pack.toml",
        "\"nobody\"",
        "\"school\"",
    )
}

#[test]
fn every_kind_of_content_needs_its_permission() {
    let (root, school) = (Signer::new(), Signer::new());
    let pack = build(&everything(), &school);
    let glance = Glance::read(pack.as_slice(), pack.len() as u64, &school.trust()).unwrap();
    let trust = |content: &[Content]| {
        let mut list = list(1, &[&root]);
        list.publishers = vec![publisher("school", &[&school], content)];
        accept(&root.trust(), &list, &[&root])
    };
    let has = |kind: Content| {
        let mut entries = glance.manifest().entries.iter();
        entries.any(|entry| Content::of(&entry.member.name) == Some(kind))
    };
    open(&pack, &trust(&Content::ALL)).unwrap();
    let mut missed = 0;
    for kind in Content::ALL {
        let but: Vec<Content> = Content::ALL.into_iter().filter(|k| *k != kind).collect();
        match open(&pack, &trust(&but)) {
            Ok(_) => assert!(!has(kind), "{kind:?}"),
            Err(PackError::NotPermitted {
                what: Forbidden::File { file, .. },
            }) => {
                assert_eq!(Content::of(&file), Some(kind));
                missed += 1;
            }
            Err(error) => panic!("{kind:?}: {error}"),
        }
    }
    assert_eq!(missed, 8, "all but beds, which the sample has not");
}

#[test]
fn content_is_told_by_folder_and_by_name() {
    for (path, kind) in [
        ("instruments/phq-a.toml", Some(Content::Instruments)),
        ("articles/a.zh-CN.md", Some(Content::Articles)),
        ("practices/a.en.vtt", Some(Content::Practices)),
        ("beds/rain.toml", Some(Content::Beds)),
        ("sounds/a/b.flac", Some(Content::Sounds)),
        ("hotlines.toml", Some(Content::Hotlines)),
        ("support.toml", Some(Content::Support)),
        ("counsellor.toml", Some(Content::Counsellor)),
        ("calendar.toml", Some(Content::Calendar)),
        ("pack.toml", None),
        ("hotlines/a.toml", None),
        ("counsellor/x.toml", None),
        ("instruments.toml", None),
        ("instruments", None),
        ("Instruments/a.toml", None),
        ("counsellor.toml.md", None),
        ("counsellor", None),
        ("x/instruments/a.toml", None),
    ] {
        assert_eq!(Content::of(path), kind, "{path}");
    }
}

#[test]
fn as_many_keys_as_a_publisher_needs() {
    let desk = Desk::new();
    let third = Signer::new();
    let mut list = desk.list(1);
    list.publishers[0].keys = keys(&[&desk.school, &desk.second, &third]);
    list.publishers[0].needs = 2;
    let trust = desk.trust_with(&list);
    let too_few = |signers: &[&Signer]| match open(&school_pack("school", signers), &trust) {
        Err(PackError::TooFewSignatures { have, need }) => (have, need),
        other => panic!("{other:?}"),
    };
    assert_eq!(too_few(&[&desk.school]), (1, 2));
    assert_eq!(too_few(&[&desk.school, &desk.school]), (1, 2));
    assert_eq!(too_few(&[&desk.school, &desk.other]), (1, 2));
    for signers in [
        &[&desk.school, &third][..],
        &[&third, &desk.second, &desk.school],
        &[&third, &third, &desk.second],
    ] {
        open(&school_pack("school", signers), &trust).unwrap();
    }
    assert_eq!(
        open(&school_pack("school", &[&desk.root]), &trust).unwrap(),
        SignedBy::Root
    );
}

#[test]
fn a_revoked_key_counts_nowhere() {
    let desk = Desk::new();
    let pack = school_pack("school", &[&desk.school]);
    let both = school_pack("school", &[&desk.second, &desk.school]);
    let mut next = desk.list(2);
    next.publishers[0].keys = keys(&[&desk.second]);
    next.revoked = vec![revocation(desk.school.public().id())];
    let before = desk.trust();
    open(&pack, &before).unwrap();
    let after = accept(&before, &next, &[&desk.root]);
    for pack in [&pack, &both] {
        let Err(PackError::Revoked { key }) = open(pack, &after) else {
            panic!("accepted");
        };
        assert_eq!(key, desk.school.public().id());
        let installed = VerifiedPack::open_installed(Cursor::new(pack.clone()), &after);
        assert!(matches!(installed, Err(PackError::Revoked { .. })));
    }
    open(&school_pack("school", &[&desk.second]), &after).unwrap();
    assert!(after.is_revoked(desk.school.public().id()));
    assert!(!before.is_revoked(desk.school.public().id()));
}

#[test]
fn a_root_rotates_by_its_own_hand_and_then_counts_nowhere() {
    let (old, new) = (Signer::new(), Signer::new());
    let trust = accept(&old.trust(), &list(1, &[&old]), &[&old]);
    let mut next = list(2, &[&new]);
    next.revoked = vec![revocation(old.public().id())];
    // The new root alone is a stranger; the old one alone has not shown that the new one exists.
    assert!(matches!(
        refuse(&trust, &next, &[&new]),
        TrustError::Document(DocumentError::Stranger { key }) if key == new.public().id()
    ));
    assert!(matches!(
        refuse(&trust, &next, &[&old]),
        TrustError::TooFewNewRoots { have: 0, need: 1 }
    ));
    for signers in [&[&old, &new], &[&new, &old]] {
        let after = accept(&trust, &next, signers);
        assert_eq!(after.root_keys(), keys(&[&new]));
        let pack = build(&tiny(), &old);
        assert!(matches!(
            open(&pack, &after),
            Err(PackError::Revoked { .. })
        ));
        let late = list(3, &[&old, &new]);
        assert!(matches!(
            refuse(&after, &late, &[&new, &old]),
            TrustError::Document(DocumentError::Revoked { .. })
        ));
        let config = xconf("x = 1\n", "config * version 1", &[&old]);
        assert!(matches!(
            Document::open(config.as_slice(), document::CONFIG, &after),
            Err(DocumentError::Revoked { .. })
        ));
    }
    // Left out without being revoked, it is a stranger.
    let after = accept(&trust, &list(2, &[&new]), &[&old, &new]);
    assert!(matches!(
        open(&build(&tiny(), &old), &after),
        Err(PackError::Stranger { .. })
    ));
}

#[test]
fn as_many_roots_as_are_needed_before_and_after() {
    let roots: Vec<Signer> = (0..4).map(|_| Signer::new()).collect();
    let [a, b, c, d] = [&roots[0], &roots[1], &roots[2], &roots[3]];
    let first = Trust::roots(keys(&[a, b, c]));
    let mut two = list(1, &[a, b, c]);
    two.threshold = 2;
    // Before any list one root is enough, but the list must be able to bear the next.
    for signers in [&[a][..], &[a, a]] {
        assert!(matches!(
            refuse(&first, &two, signers),
            TrustError::TooFewNewRoots { have: 1, need: 2 }
        ));
    }
    let trust = accept(&first, &two, &[a, c]);
    assert_eq!(trust.threshold(), 2);
    let next = list(2, &[a, b, c]);
    for signers in [&[a][..], &[a, a], &[b, b, b]] {
        assert!(matches!(
            refuse(&trust, &next, signers),
            TrustError::Document(DocumentError::TooFewSignatures { have: 1, need: 2 })
        ));
    }
    accept(&trust, &next, &[b, c]);
    // A new root does not stand in for an old one.
    let with_new = list(2, &[a, d]);
    assert!(matches!(
        refuse(&trust, &with_new, &[a, d]),
        TrustError::Document(DocumentError::TooFewSignatures { have: 1, need: 2 })
    ));
    accept(&trust, &with_new, &[a, b]);
    // Whoever is a root neither before nor after must not be among the signers.
    assert!(matches!(
        refuse(&trust, &next, &[a, b, d]),
        TrustError::Document(DocumentError::Stranger { key }) if key == d.public().id()
    ));
    // A configuration needs as many.
    let open = |signers: &[&Signer]| {
        let file = xconf("x = 1\n", "config * version 1", signers);
        Document::open(file.as_slice(), document::CONFIG, &trust)
    };
    open(&[b, c]).unwrap();
    assert!(matches!(
        open(&[b]),
        Err(DocumentError::TooFewSignatures { have: 1, need: 2 })
    ));
}

#[test]
fn five_rotations_from_the_first_root_and_none_can_be_left_out() {
    let roots: Vec<Signer> = (0..6).map(|_| Signer::new()).collect();
    let files: Vec<Vec<u8>> = (1..6)
        .map(|at| {
            xkeys(
                &list(at as u64, &[&roots[at]]),
                &[&roots[at - 1], &roots[at]],
            )
        })
        .collect();
    let mut trust = roots[0].trust();
    for file in &files {
        let (next, kept) = trust.accept(file.as_slice()).unwrap();
        assert_eq!(kept, *file);
        trust = next;
    }
    assert_eq!(trust.root_keys(), keys(&[&roots[5]]));
    assert_eq!(trust.list().unwrap().version, 5);
    for left_out in 0..4 {
        let mut trust = roots[0].trust();
        let chain = files.iter().enumerate();
        for (_, file) in chain.filter(|(at, _)| *at != left_out) {
            if let Ok((next, _)) = trust.accept(file.as_slice()) {
                trust = next;
            }
        }
        let reached = trust.list().map_or(0, |list| list.version);
        assert_eq!(reached, left_out as u64, "it stops where one is missing");
    }
    // And none can be played back.
    for (at, file) in files.iter().enumerate().take(4) {
        assert!(trust.accept(file.as_slice()).is_err(), "{at}");
    }
}

#[test]
fn the_ratchet_of_lists() {
    let root = Signer::new();
    let of = |version| list(version, &[&root]);
    let trust = accept(&root.trust(), &of(7), &[&root]);
    assert!(matches!(
        refuse(&trust, &of(6), &[&root]),
        TrustError::Older {
            found: 6,
            in_force: 7
        }
    ));
    assert!(matches!(
        refuse(&trust, &of(7), &[&root]),
        TrustError::Already { version: 7 }
    ));
    let mut different = of(7);
    different.revoked = vec![revocation(Signer::new().public().id())];
    assert!(matches!(
        refuse(&trust, &different, &[&root]),
        TrustError::SameVersion { version: 7 }
    ));
    let mut elsewhere = of(8);
    elsewhere.issuer = xinting_content::PackId::new("elsewhere").unwrap();
    assert!(matches!(
        refuse(&trust, &elsewhere, &[&root]),
        TrustError::OtherIssuer { .. }
    ));
    accept(&trust, &of(8), &[&root]);
    accept(&trust, &of(u64::from(u32::MAX)), &[&root]);
}

#[test]
fn dates_warn_and_never_refuse() {
    let root = Signer::new();
    let mut dated = list(1, &[&root]);
    let trust_of = |dated: &KeyList| accept(&root.trust(), dated, &[&root]);
    let trust = trust_of(&dated);
    let (issued, until) = (dated.issued, dated.until);
    for (today, expected) in [
        (None, vec![]),
        (
            Some(date(1970, 1, 1)),
            vec![TrustWarning::NotYet { issued }],
        ),
        (
            Some(date(2026, 10, 31)),
            vec![TrustWarning::NotYet { issued }],
        ),
        (Some(issued), vec![]),
        (Some(date(2027, 9, 30)), vec![]),
        (
            Some(date(2027, 10, 1)),
            vec![TrustWarning::EndsSoon { until }],
        ),
        (Some(until), vec![TrustWarning::EndsSoon { until }]),
        (Some(date(2027, 11, 1)), vec![TrustWarning::Ended { until }]),
        (Some(date(2099, 1, 1)), vec![TrustWarning::Ended { until }]),
    ] {
        assert_eq!(trust.warnings(today), expected, "{today:?}");
        // Whatever the day, the list is in force: nothing else is ever handed a date.
        open(&build(&tiny(), &root), &trust).unwrap();
    }
    assert_eq!(root.trust().warnings(Some(date(2099, 1, 1))), []);
    // A list from the past, from the future, and one that ends before it begins are all taken.
    for (issued, until) in [
        (date(1970, 1, 1), date(1970, 1, 2)),
        (date(2099, 1, 1), date(9999, 12, 31)),
        (date(2027, 1, 1), date(2026, 1, 1)),
        (date(-9999, 1, 1), date(-9999, 1, 1)),
    ] {
        (dated.issued, dated.until) = (issued, until);
        assert_eq!(trust_of(&dated).list().unwrap().until, until);
        let _any = trust_of(&dated).warnings(Some(date(2026, 11, 22)));
    }
    for warning in trust.warnings(Some(date(2099, 1, 1))) {
        assert!(warning.to_string().contains("; ask its keeper"));
    }
}

#[test]
fn without_a_list_every_root_may_sign_everything() {
    let (root, other) = (Signer::new(), Signer::new());
    let trust = Trust::roots(keys(&[&root, &other, &root]));
    assert_eq!(trust.root_keys().len(), 2);
    assert_eq!(
        open(&build(&full(), &other), &trust).unwrap(),
        SignedBy::Root
    );
    assert!(trust.list().is_none() && trust.publisher_name("school").is_none());
    assert!(!trust.is_empty() && Trust::roots(Vec::new()).is_empty());
    assert!(matches!(
        Trust::default().accept(xkeys(&list(1, &[&root]), &[&root]).as_slice()),
        Err(TrustError::Document(DocumentError::NoTrust))
    ));
    let name = Desk::new().trust().publisher_name("school").cloned();
    assert_eq!(name.unwrap().get(xinting_content::Lang::En), "A school");
}

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

#[test]
fn a_fingerprint_is_eight_groups_for_people() {
    let zeros = format!("RWQ{}", "A".repeat(53));
    let key = PublicKey::parse(&zeros).unwrap();
    // SHA-256 of 32 zero bytes.
    assert_eq!(key.fingerprint(), "6668 7aad f862 bd77 6c8f c18b 8e9f 8e20");
    assert_eq!(key.to_base64(), zeros);
}

#[test]
fn a_signature_over_one_thing_is_none_over_another() {
    let root = Signer::new();
    let trust = root.trust();
    let of = list(1, &[&root]);
    for comment in [
        "pack district version 1",
        "keys district version 2",
        "keys other version 1",
        "keys district version 01",
    ] {
        let file = signed(KEYS, &of.to_bytes(), comment, &[&root]);
        assert!(matches!(
            trust.accept(file.as_slice()),
            Err(TrustError::Document(DocumentError::Altered { .. }))
        ));
    }
    // The manifest of a pack and a configuration, called a key list.
    let manifest = parts(&tiny()).manifest.to_bytes();
    for bytes in [manifest.as_slice(), b"volume = 3\n"] {
        let file = signed(KEYS, bytes, "keys district version 1", &[&root]);
        assert!(matches!(
            trust.accept(file.as_slice()),
            Err(TrustError::List(ListError::BadlyMade { .. }))
        ));
    }
    // A key list called a configuration.
    let file = signed(
        document::CONFIG,
        &of.to_bytes(),
        &of.trusted_comment(),
        &[&root],
    );
    assert!(matches!(
        Document::open(file.as_slice(), document::CONFIG, &trust),
        Err(DocumentError::OtherThing { .. })
    ));
    // And a pack called one, or the other way round.
    let pack = build(&tiny(), &root);
    assert!(trust.accept(pack.as_slice()).is_err());
    assert!(open(&xkeys(&of, &[&root]), &trust).is_err());
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
fn nothing_is_parsed_before_enough_roots_have_signed() {
    let (root, stranger) = (Signer::new(), Signer::new());
    let pair = [&root, &stranger];
    let mut two = list(1, &pair);
    two.threshold = 2;
    let trust = accept(&Trust::roots(keys(&pair)), &two, &pair);
    for bytes in [&b"{"[..], b"not a key list", b"", b"[[[[["] {
        let file = |signers: &[&Signer]| signed(KEYS, bytes, "keys district version 2", signers);
        assert!(matches!(
            root.trust().accept(file(&[&stranger]).as_slice()),
            Err(TrustError::Document(DocumentError::Stranger { .. }))
        ));
        assert!(matches!(
            trust.accept(file(&[&root]).as_slice()),
            Err(TrustError::Document(DocumentError::TooFewSignatures { .. }))
        ));
        assert!(matches!(
            trust.accept(file(&pair).as_slice()),
            Err(TrustError::List(ListError::BadlyMade { .. }))
        ));
    }
}

#[test]
fn a_root_that_an_admin_added_counts_until_a_list_leaves_it_out() {
    let desk = Desk::new();
    let added = &desk.stranger;
    let trust = desk.trust().with_root(added.public());
    assert_eq!(
        open(&build(&tiny(), added), &trust).unwrap(),
        SignedBy::Root
    );
    // It may sign the next list, and is gone unless that names it.
    let next = accept(&trust, &desk.list(2), &[added, &desk.root]);
    assert!(matches!(
        open(&build(&tiny(), added), &next),
        Err(PackError::Stranger { .. })
    ));
    // One that the list in force has revoked stays revoked.
    let mut list = desk.list(2);
    list.revoked = vec![revocation(added.public().id())];
    let revoking = accept(&desk.trust(), &list, &[&desk.root]).with_root(added.public());
    assert!(matches!(
        open(&build(&tiny(), added), &revoking),
        Err(PackError::Revoked { .. })
    ));
}

#[test]
fn a_publishers_key_signs_no_list_and_no_configuration() {
    let desk = Desk::new();
    let trust = desk.trust();
    assert!(matches!(
        refuse(&trust, &desk.list(2), &[&desk.school]),
        TrustError::Document(DocumentError::Stranger { .. })
    ));
    assert!(matches!(
        refuse(&trust, &desk.list(2), &[&desk.root, &desk.school]),
        TrustError::Document(DocumentError::Stranger { .. })
    ));
    let config = xconf("x = 1\n", "config * version 1", &[&desk.school]);
    assert!(matches!(
        Document::open(config.as_slice(), document::CONFIG, &trust),
        Err(DocumentError::Stranger { .. })
    ));
}

#[test]
fn a_publisher_may_need_the_kind_of_pack_named() {
    let desk = Desk::new();
    let mut list = desk.list(1);
    list.publishers[0].packs = vec![PackKind::Starter, PackKind::District];
    let trust = desk.trust_with(&list);
    assert!(matches!(
        open(&school_pack("school", &[&desk.school]), &trust),
        Err(PackError::NotPermitted {
            what: Forbidden::Kind { kind: "school", .. }
        })
    ));
}
