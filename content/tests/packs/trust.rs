//! Who may publish what: the rules for packs, one by one.

use crate::lists::{accept, keys, list, publisher, revocation, school, school_pack, xkeys};
use crate::sample::{Files, Signer, assemble, build, full, parts, tiny};
use std::io::Cursor;
use xinting_content::document::DocumentError;
use xinting_content::layer::PackKind;
use xinting_content::trust::{Content, Forbidden, TrustError};
use xinting_content::{Glance, KeyList, PackError, SignedBy, Trust, VerifiedPack};

/// Opens a pack and glances at it, which must agree.
pub(crate) fn open(pack: &[u8], trust: &Trust) -> Result<SignedBy, PackError> {
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
pub(crate) struct Desk {
    pub(crate) root: Signer,
    pub(crate) school: Signer,
    second: Signer,
    other: Signer,
    stranger: Signer,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Desk {
            root: Signer::new(),
            school: Signer::new(),
            second: Signer::new(),
            other: Signer::new(),
            stranger: Signer::new(),
        }
    }

    /// `school` has two keys and may change its counsellor and articles; `other` the calendar.
    pub(crate) fn list(&self, version: u64) -> KeyList {
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

    pub(crate) fn trust(&self) -> Trust {
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
    // What is open already says the same of another trust.
    let opened = VerifiedPack::open(Cursor::new(pack), &before, None).unwrap();
    assert_eq!(opened.permitted_by(&before).unwrap(), SignedBy::Publisher);
    assert!(matches!(
        opened.permitted_by(&after),
        Err(PackError::Revoked { .. })
    ));
    assert!(matches!(
        opened.permitted_by(&desk.root.trust()),
        Err(PackError::Stranger { .. })
    ));
    assert_eq!(
        opened.permitted_by(&desk.school.trust()).unwrap(),
        SignedBy::Root
    );
    open(&school_pack("school", &[&desk.second]), &after).unwrap();
    assert!(after.is_revoked(desk.school.public().id()));
    assert!(!before.is_revoked(desk.school.public().id()));
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
