use super::*;
use crate::carry::maker::{Signer, xkeys};
use std::fs;
use tempfile::TempDir;
use xinting_content::Lang;
use xinting_content::document::DocumentError;

/// A booth's two folders.
struct Rig {
    place: TempDir,
    first: Signer,
}

impl Rig {
    fn new() -> Self {
        let rig = Self {
            place: tempfile::tempdir().unwrap(),
            first: Signer::new(),
        };
        fs::create_dir(rig.etc()).unwrap();
        fs::write(rig.etc().join("first.pub"), rig.first.file()).unwrap();
        rig
    }

    fn etc(&self) -> PathBuf {
        self.place.path().join("trust")
    }

    fn var(&self) -> PathBuf {
        self.place.path().join("var/keys")
    }

    fn open(&self) -> (TrustStore, Vec<TrustNotice>) {
        TrustStore::open(&self.etc(), &self.var())
    }

    /// Opened without anything to be said.
    fn well(&self) -> TrustStore {
        let (store, notices) = self.open();
        assert_eq!(notices, []);
        store
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.var()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.ends_with(".copy"))
            .collect();
        names.sort();
        names
    }
}

fn roots(store: &TrustStore) -> Vec<PublicKey> {
    store.trust().root_keys().to_vec()
}

#[test]
fn a_rotation_survives_every_restart_and_only_what_is_needed_is_kept() {
    let rig = Rig::new();
    let (second, third) = (Signer::new(), Signer::new());
    assert_eq!(roots(&rig.well()), [rig.first.key()]);
    let lists = [
        (1, vec![&rig.first], vec![&rig.first], vec!["1.xkeys"]),
        (2, vec![&second], vec![&rig.first, &second], vec!["2.xkeys"]),
        (5, vec![&second], vec![&second], vec!["2.xkeys", "5.xkeys"]),
        (
            6,
            vec![&third],
            vec![&second, &third],
            vec!["2.xkeys", "6.xkeys"],
        ),
        (
            9,
            vec![&third],
            vec![&third],
            vec!["2.xkeys", "6.xkeys", "9.xkeys"],
        ),
    ];
    for (version, named, by, kept) in lists {
        let file = xkeys(version, &named, &by);
        let trust = rig.well().accept(&file).unwrap();
        let named: Vec<PublicKey> = named.iter().map(|root| root.key()).collect();
        assert_eq!(trust.root_keys(), named);
        let again = rig.well();
        assert_eq!((again.version(), roots(&again)), (version, named));
        assert_eq!(rig.names(), kept, "{version}");
    }
}

#[test]
fn nothing_but_the_next_list_is_taken_and_a_refusal_changes_nothing() {
    let rig = Rig::new();
    let stranger = Signer::new();
    let by = [&rig.first];
    let file = |version| xkeys(version, &by, &by);
    let mut store = rig.well();
    store.accept(&file(4)).unwrap();
    let mut altered = file(5);
    altered[60] ^= 1;
    type Is = fn(&TrustError) -> bool;
    let cases: [(&str, Vec<u8>, Is); 7] = [
        ("the same", file(4), |e| {
            matches!(
                e,
                TrustError::Already { version: 4 } | TrustError::SameVersion { version: 4 }
            )
        }),
        ("an older", file(3), |e| {
            matches!(
                e,
                TrustError::Older {
                    found: 3,
                    in_force: 4
                }
            )
        }),
        ("a stranger's", xkeys(5, &[&stranger], &[&stranger]), |e| {
            matches!(e, TrustError::Document(DocumentError::Stranger { .. }))
        }),
        (
            "new roots that did not sign",
            xkeys(5, &[&stranger], &by),
            |e| matches!(e, TrustError::TooFewNewRoots { .. }),
        ),
        ("unsigned", xkeys(5, &by, &[]), |e| {
            matches!(e, TrustError::Document(DocumentError::Unsigned))
        }),
        ("altered", altered, |e| matches!(e, TrustError::Document(_))),
        ("nothing", Vec::new(), |e| {
            matches!(e, TrustError::Document(_))
        }),
    ];
    for (name, bytes, is) in cases {
        let error = store.accept(&bytes).unwrap_err();
        assert!(
            matches!(&error, TrustStoreError::List(e) if is(e)),
            "{name}: {error:?}"
        );
        assert!(
            error.sentence(Lang::ZhCn).chars().any(|c| c > '\u{3000}'),
            "{name}"
        );
        assert_eq!(
            (store.version(), rig.names()),
            (4, vec!["4.xkeys".to_owned()]),
            "{name}"
        );
    }
    assert_eq!(rig.well().version(), 4);
}

/// Makes a file as if its sectors had gone bad.
type Damage = fn(&Path);

const DAMAGE: [(&str, Damage); 5] = [
    ("cut", |path| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    }),
    ("flipped", |path| {
        let mut bytes = fs::read(path).unwrap();
        bytes[70] ^= 0x20;
        fs::write(path, bytes).unwrap();
    }),
    ("empty", |path| fs::write(path, b"").unwrap()),
    ("huge", |path| fs::write(path, vec![0; 3 << 20]).unwrap()),
    ("a folder", |path| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    }),
];

/// A booth whose roots were changed by list 2, with list 5 in force.
fn rotated() -> (Rig, Signer) {
    let (rig, second) = (Rig::new(), Signer::new());
    let mut store = rig.well();
    store
        .accept(&xkeys(2, &[&second], &[&rig.first, &second]))
        .unwrap();
    store.accept(&xkeys(5, &[&second], &[&second])).unwrap();
    (rig, second)
}

#[test]
fn one_bad_file_takes_nothing_away_and_is_mended() {
    for (name, damage) in DAMAGE {
        for file in ["2.xkeys", "2.xkeys.copy", "5.xkeys", "5.xkeys.copy"] {
            if name == "a folder" {
                continue;
            }
            let (rig, second) = rotated();
            damage(&rig.var().join(file));
            let (store, notices) = rig.open();
            assert_eq!(
                (store.version(), roots(&store)),
                (5, vec![second.key()]),
                "{name} {file}"
            );
            assert!(
                notices
                    .iter()
                    .any(|n| matches!(n, TrustNotice::Mended { .. })),
                "{name} {file}: {notices:?}"
            );
            rig.well();
        }
    }
}

#[test]
fn what_is_damaged_beyond_its_copy_is_said_and_never_locks_out() {
    for (name, damage) in DAMAGE {
        for (files, in_force, root_changed) in [
            (["5.xkeys", "5.xkeys.copy"], 2, true),
            (["2.xkeys", "2.xkeys.copy"], 0, false),
        ] {
            let (rig, second) = rotated();
            for file in files {
                damage(&rig.var().join(file));
            }
            let (mut store, notices) = rig.open();
            let root = if root_changed {
                second.key()
            } else {
                rig.first.key()
            };
            assert_eq!(
                (store.version(), roots(&store)),
                (in_force, vec![root]),
                "{name}"
            );
            assert!(!notices.is_empty(), "{name}");
            for notice in &notices {
                let zh = notice.sentence(Lang::ZhCn);
                assert!(zh.contains("xkeys") && zh.contains('请'), "{zh}");
            }
            // The names of the files still tell how far it was, and so does the store.
            assert_eq!(store.highest(), 5, "{name}");
            let behind = TrustNotice::Behind { in_force, was: 5 };
            assert_eq!(store.remember(5), Some(behind), "{name}");
            let signer = if root_changed { &second } else { &rig.first };
            let replayed = xkeys(4, &[signer], &[signer]);
            assert!(
                matches!(
                    store.accept(&replayed),
                    Err(TrustStoreError::Behind { found: 4, was: 5 })
                ),
                "{name}: a list from before is no way round a newer one"
            );
            let next = xkeys(6, &[signer], &[signer]);
            if name != "a folder" {
                store.accept(&next).unwrap();
                assert_eq!(store.remember(5), None);
                assert_eq!(rig.well().version(), 6, "{name}");
            }
        }
    }
}

#[test]
fn files_that_are_gone_are_known_to_the_store_alone() {
    let (rig, second) = rotated();
    let file = fs::read(rig.var().join("5.xkeys")).unwrap();
    for file in ["5.xkeys", "5.xkeys.copy"] {
        fs::remove_file(rig.var().join(file)).unwrap();
    }
    let mut store = rig.well();
    assert_eq!(store.version(), 2);
    assert!(store.remember(5).is_some());
    assert!(store.accept(&xkeys(3, &[&second], &[&second])).is_err());
    store.accept(&file).unwrap();
    assert_eq!(store.remember(5), None);
    assert_eq!(rig.well().version(), 5);
}

#[test]
fn power_may_fail_between_any_two_steps() {
    // What lies there after each step of taking list 5 in, from the temporary file to the pruned one.
    let (rig, second) = (Rig::new(), Signer::new());
    let two = xkeys(2, &[&second], &[&rig.first, &second]);
    let three = xkeys(3, &[&second], &[&second]);
    let five = xkeys(5, &[&second], &[&second]);
    let mut store = rig.well();
    store.accept(&two).unwrap();
    store.accept(&three).unwrap();
    let step = |name: &str, bytes: &[u8], expected: u64| {
        fs::write(rig.var().join(name), bytes).unwrap();
        let (store, _) = rig.open();
        assert_eq!(
            (store.version(), roots(&store)),
            (expected, vec![second.key()]),
            "{name}"
        );
    };
    step("5.xkeys.new", b"", 3);
    step("5.xkeys.new", &five[..100], 3);
    step("5.xkeys", &five, 5);
    step("5.xkeys.copy.new", &five[..9], 5);
    step("5.xkeys.copy", &five, 5);
    // Opened again it lacks nothing, and the next list clears away what lies about.
    let mut store = rig.well();
    store.accept(&xkeys(6, &[&second], &[&second])).unwrap();
    assert_eq!(
        rig.names(),
        ["2.xkeys", "5.xkeys.copy.new", "5.xkeys.new", "6.xkeys"]
            .into_iter()
            .filter(|name| rig.var().join(name).exists())
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_list_that_cannot_be_kept_is_not_in_force() {
    let rig = Rig::new();
    fs::create_dir_all(rig.var().parent().unwrap()).unwrap();
    fs::write(rig.var(), "a file where the folder should be").unwrap();
    let (mut store, notices) = rig.open();
    assert!(matches!(notices.as_slice(), [TrustNotice::Folder { .. }]));
    let error = store
        .accept(&xkeys(1, &[&rig.first], &[&rig.first]))
        .unwrap_err();
    assert!(matches!(error, TrustStoreError::Keep { .. }), "{error:?}");
    assert_eq!((store.version(), roots(&store)), (0, vec![rig.first.key()]));
}

#[test]
fn the_districts_root_is_kept_until_a_list_decides() {
    let (rig, district) = (Rig::new(), Signer::new());
    let mut store = rig.well();
    assert!(matches!(
        store.accept_root("no key", ""),
        Err(TrustStoreError::NoKey)
    ));
    assert_eq!(
        store
            .accept_root(&district.key().to_base64(), "2026-11-22 08:00")
            .unwrap(),
        district.key().id()
    );
    // Once more after a power cut does no harm.
    store.accept_root(&district.key().to_base64(), "").unwrap();
    let both = vec![rig.first.key(), district.key()];
    assert_eq!(roots(&store), both);
    assert_eq!(roots(&rig.well()), both);
    let file = format!("root-{}-0.pub", district.key().id());
    let text = fs::read_to_string(rig.var().join(&file)).unwrap();
    assert!(text.contains("over key list 0 2026-11-22 08:00"), "{text}");

    // Its own list hands over to another root; the old one does not come back.
    let next = Signer::new();
    let mut store = rig.well();
    store
        .accept(&xkeys(1, &[&next], &[&district, &next]))
        .unwrap();
    assert_eq!(roots(&rig.well()), [next.key()]);

    // Accepted over a list it joins that list's roots.
    let other = Signer::new();
    rig.well().accept_root(&other.file(), "").unwrap();
    assert_eq!(roots(&rig.well()), [next.key(), other.key()]);
    rig.well().accept(&xkeys(2, &[&next], &[&next])).unwrap();
    assert_eq!(roots(&rig.well()), [next.key()]);

    // One of its two files is enough; without both, what it signed cannot be verified any more.
    fs::write(rig.var().join(&file), "rubbish").unwrap();
    let (store, notices) = rig.open();
    assert_eq!((roots(&store), notices.len()), (vec![next.key()], 1));
    fs::write(rig.var().join(format!("{file}.copy")), "rubbish").unwrap();
    let (store, notices) = rig.open();
    assert_eq!(roots(&store), [rig.first.key(), other.key()]);
    assert_eq!(notices.len(), 4, "{notices:?}");
    assert_eq!(store.highest(), 2);
}

#[test]
fn what_is_no_key_is_said_and_trusted_nothing() {
    let rig = Rig::new();
    fs::write(rig.etc().join("bad.pub"), "not a key").unwrap();
    fs::write(rig.etc().join("huge.pub"), vec![b'A'; 100_000]).unwrap();
    fs::write(rig.etc().join("notes.txt"), Signer::new().file()).unwrap();
    let (store, notices) = rig.open();
    assert_eq!(roots(&store), [rig.first.key()]);
    assert_eq!(notices.len(), 2);
    let nowhere = rig.place.path().join("nowhere");
    let (store, notices) = TrustStore::open(&nowhere, &nowhere);
    assert!(store.trust().is_empty() && notices.is_empty());
}

#[test]
fn a_fingerprint_is_the_same_at_both_ends_of_the_telephone() {
    let signer = Signer::new();
    let key = signer.key();
    let wire = xinting_wire::RootKey::parse(&signer.file()).unwrap();
    assert_eq!(wire.as_str(), key.to_base64());
    assert_eq!(wire.fingerprint(), key.fingerprint());
    assert_eq!(fingerprint(wire.as_str()), Some(key.fingerprint()));
    assert_eq!(fingerprint("nothing"), None);
}
