//! Which key list comes into force: thresholds, rotation by the old root, the ratchet, dates.

use crate::lists::{accept, keys, list, refuse, revocation, signed, xconf, xkeys};
use crate::sample::{Signer, build, parts, tiny};
use crate::trust::{Desk, open};
use jiff::civil::date;
use xinting_content::document::{self, DocumentError, KEYS};
use xinting_content::trust::{ListError, TrustError, TrustWarning};
use xinting_content::{Document, KeyList, PackError, Trust};

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
