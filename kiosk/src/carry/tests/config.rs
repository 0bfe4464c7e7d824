//! Configurations: which are taken, and which one serves.

use super::*;

#[test]
fn a_stick_that_lies_between_two_reads_is_taken_as_it_was_seen() {
    let mut rig = Rig::new(Some("b-1"));
    let good = xconf("lang = \"en\"\n", "config * version 3", &[&rig.root]);
    rig.put("booth.xconf", &good);
    let seen = rig.only();
    rig.put("booth.xconf", b"something else");
    assert!(matches!(
        rig.carrier().take(&seen, NOW),
        Ok(Taken::Config { version: 3 })
    ));
    let text = fs::read_to_string(rig.at("etc/kiosk.toml")).unwrap();
    assert_eq!(text, "lang = \"en\"\n");
}

#[test]
fn a_configuration_is_put_in_place_only_if_the_booth_could_start_with_it() {
    let mut rig = Rig::new(Some("b-1"));
    let stranger = Signer::new();
    let (own, good) = ("config b-1 version 5", "lang = \"en\"\n");
    assert!(matches!(
        {
            rig.put("a.xconf", &xconf(good, own, &[&rig.root]));
            rig.take()
        },
        Ok(Taken::Config { version: 5 })
    ));
    rig.restart();
    type Is = fn(&CarryError) -> bool;
    let cases: [(&str, Vec<u8>, Is); 11] = [
        ("the same", xconf(good, own, &[&rig.root]), |e| {
            matches!(e, CarryError::ConfigAlready { version: 5 })
        }),
        (
            "an older",
            xconf(good, "config b-1 version 4", &[&rig.root]),
            |e| {
                matches!(
                    e,
                    CarryError::ConfigOlder {
                        found: 4,
                        in_place: 5
                    }
                )
            },
        ),
        (
            "another booth's",
            xconf(good, "config b-2 version 9", &[&rig.root]),
            |e| matches!(e, CarryError::ConfigElsewhere { .. }),
        ),
        (
            "a stranger's",
            xconf(good, "config * version 9", &[&stranger]),
            |e| matches!(e, CarryError::Document(_)),
        ),
        ("unsigned", xconf(good, "config * version 9", &[]), |e| {
            matches!(e, CarryError::Document(_))
        }),
        ("a key list", xkeys(9, &[&rig.root], &[&rig.root]), |e| {
            matches!(e, CarryError::Document(_))
        }),
        (
            "signed as something else",
            xconf(good, "pack a version 9", &[&rig.root]),
            |e| matches!(e, CarryError::Document(_)),
        ),
        (
            "an unknown key",
            xconf("lamp = 1\n", "config * version 9", &[&rig.root]),
            |e| matches!(e, CarryError::Config(_)),
        ),
        (
            "a folder as stick in production",
            xconf(
                "production = true\n[stick]\nfolder = \"/x\"\n",
                "config * version 9",
                &[&rig.root],
            ),
            |e| matches!(e, CarryError::Config(_)),
        ),
        ("rubbish", b"rubbish".to_vec(), |e| {
            matches!(e, CarryError::Document(_))
        }),
        ("huge", vec![b'P'; 2 << 20], |e| {
            matches!(e, CarryError::TooLong { .. })
        }),
    ];
    for (name, bytes, is) in cases {
        rig.put("a.xconf", &bytes);
        let only = rig.only();
        let error = only.seen.as_ref().unwrap_err();
        assert!(is(error), "{name}: {error:?}");
        in_chinese(error);
        assert_eq!(
            only.item(Lang::ZhCn).refusal,
            Some(error.sentence(Lang::ZhCn))
        );
        assert_eq!(
            fs::read_to_string(rig.at("etc/kiosk.toml")).unwrap(),
            good,
            "{name}"
        );
    }
}

#[test]
fn the_configuration_before_is_kept_and_serves_where_the_new_one_fails() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut rig = Rig::new(None);
    let path = rig.at("etc/kiosk.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    rig.put(
        "a.xconf",
        &xconf("lang = \"en\"\n", "config * version 1", &[&rig.root]),
    );
    rig.take().unwrap();
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
    let kept = rig.at("etc/kiosk.toml.previous");
    assert_eq!(fs::read_to_string(&kept).unwrap(), CONFIG);
    assert_eq!(
        (mode(&kept), mode(&path)),
        (0o600, 0o600),
        "a secret stays the booth's own"
    );
    let InUse { config, notice, .. } = read_or_previous(&path).unwrap();
    assert_eq!((config.lang.0, notice), (Lang::En, None));
    // The board's disk loses the end of it; or a program that is older does not know a key of it.
    for broken in ["lang = \"e", "lamp = 1\n", ""] {
        fs::write(&path, broken).unwrap();
        let InUse { config, notice, .. } = read_or_previous(&path).unwrap();
        if broken.is_empty() {
            assert_eq!(notice, None, "an empty file is a whole configuration");
            continue;
        }
        assert!(config.modem.pin.is_some(), "the one before serves");
        let notice = notice.unwrap();
        assert!(notice.sentence(Lang::ZhCn).contains("kiosk.toml.previous"));
        assert!(notice.sentence(Lang::En).contains("line 1"), "{notice:?}");
    }
    // One that is broken never becomes the one before.
    fs::write(&path, "lamp = 1\n").unwrap();
    rig.put(
        "a.xconf",
        &xconf("lang = \"zh-CN\"\n", "config * version 2", &[&rig.root]),
    );
    rig.take().unwrap();
    assert_eq!(fs::read_to_string(&kept).unwrap(), CONFIG);
    fs::remove_file(&kept).unwrap();
    fs::write(&path, "lamp = 1\n").unwrap();
    assert!(read_or_previous(&path).is_err(), "a booth does not guess");
}

#[test]
fn a_folder_that_cannot_be_written_is_told_and_nothing_changes() {
    let mut rig = Rig::new(None);
    // As root nothing is forbidden, so the folder is not one.
    fs::remove_dir_all(rig.at("etc")).unwrap();
    fs::write(rig.at("etc"), "").unwrap();
    rig.put(
        "a.xconf",
        &xconf("lang = \"en\"\n", "config * version 1", &[&rig.root]),
    );
    let error = rig.take().unwrap_err();
    assert!(matches!(error, CarryError::ConfigPlace { .. }), "{error:?}");
    in_chinese(&error);
    assert!(rig.only().seen.is_ok(), "it can be tried again");
    for kind in [
        io::ErrorKind::ReadOnlyFilesystem,
        io::ErrorKind::PermissionDenied,
    ] {
        let error = CarryError::ConfigPlace {
            path: "/etc/xinting/kiosk.toml".into(),
            source: kind.into(),
        };
        assert!(in_chinese(&error).contains("不能写"));
    }
}

/// Starts the booth, which stays up long enough or does not. The language tells the configuration that served.
fn starts(path: &Path, stays_up: bool) -> (Option<&'static str>, Option<ConfigFault>) {
    let used = read_or_previous(path).unwrap();
    used.start.count();
    if stays_up {
        used.start.proved();
    }
    let lang = used
        .config
        .modem
        .pin
        .is_none()
        .then(|| used.config.lang.0.tag());
    (lang, used.notice.map(|notice| notice.fault))
}

/// The one that every booth here begins with.
const FIRST: Option<&str> = None;
const EN: Option<&str> = Some("en");
const ZH: Option<&str> = Some("zh-CN");
const GAVE_WAY: Option<ConfigFault> = Some(ConfigFault::NeverStayedUp);

fn english(version: u64, by: &Signer) -> Vec<u8> {
    let comment = format!("config * version {version}");
    xconf("lang = \"en\"\n", &comment, &[by])
}

#[test]
fn a_configuration_with_which_the_booth_never_stays_up_gives_way_to_the_one_before() {
    let mut rig = Rig::new(None);
    let path = rig.at("etc/kiosk.toml");
    rig.put("a.xconf", &english(1, &rig.root));
    rig.take().unwrap();
    for _ in 0..3 {
        assert_eq!(starts(&path, false), (EN, None));
    }
    for _ in 0..3 {
        // Ten seconds with the one before prove nothing about the new one.
        assert_eq!(starts(&path, true), (FIRST, GAVE_WAY));
    }
    let notice = read_or_previous(&path).unwrap().notice.unwrap();
    assert!(notice.sentence(Lang::En).contains("never stayed up"));
    assert!(notice.sentence(Lang::ZhCn).contains("启动了 3 次"));
    // The next one begins anew, and what was before still is.
    let next = xconf("lang = \"zh-CN\"\n", "config * version 2", &[&rig.root]);
    rig.put("a.xconf", &next);
    rig.take().unwrap();
    let kept = fs::read_to_string(rig.at("etc/kiosk.toml.previous")).unwrap();
    assert_eq!(
        kept, CONFIG,
        "one that never held does not become the one before"
    );
    for _ in 0..9 {
        assert_eq!(starts(&path, true), (ZH, None));
    }
    assert!(!rig.at("etc/kiosk.toml.trial").exists());
}

#[test]
fn a_configuration_that_was_corrected_by_hand_is_another_one_and_serves() {
    let mut rig = Rig::new(None);
    let path = rig.at("etc/kiosk.toml");
    rig.put("a.xconf", &english(5, &rig.root));
    rig.take().unwrap();
    for _ in 0..3 {
        assert_eq!(starts(&path, false), (EN, None));
    }
    assert_eq!(starts(&path, false), (FIRST, GAVE_WAY));
    fs::write(&path, "lang = \"zh-CN\"\n").unwrap();
    for stays_up in [false, false, false, false, true] {
        assert_eq!(starts(&path, stays_up), (ZH, None));
    }
    // The one that failed is remembered as long as nothing else came by stick.
    fs::write(&path, "lang = \"en\"\n").unwrap();
    assert_eq!(starts(&path, false), (FIRST, GAVE_WAY));
}

#[test]
fn the_same_configuration_can_be_taken_again_where_it_does_not_serve() {
    let mut rig = Rig::new(None);
    let path = rig.at("etc/kiosk.toml");
    rig.put("a.xconf", &english(5, &rig.root));
    rig.take().unwrap();
    for round in 0..2 {
        rig.restart();
        assert!(
            matches!(
                rig.only().seen,
                Err(CarryError::ConfigAlready { version: 5 })
            ),
            "it waits for its next start"
        );
        for _ in 0..3 {
            assert_eq!(starts(&path, false), (EN, None), "round {round}");
        }
        assert_eq!(starts(&path, false), (FIRST, GAVE_WAY));
        assert!(matches!(rig.take(), Ok(Taken::Config { version: 5 })));
        let kept = fs::read_to_string(rig.at("etc/kiosk.toml.previous")).unwrap();
        assert_eq!(kept, CONFIG);
    }
    assert_eq!(starts(&path, true), (EN, None));
    // One that the disk spoilt does not serve either.
    fs::write(&path, "lang = \"e").unwrap();
    assert!(matches!(rig.take(), Ok(Taken::Config { version: 5 })));
    assert_eq!(starts(&path, true), (EN, None));
    // An older one stays refused, whatever became of this one.
    fs::write(&path, "lang = \"e").unwrap();
    rig.put("a.xconf", &english(4, &rig.root));
    assert!(matches!(
        rig.only().seen,
        Err(CarryError::ConfigOlder { .. })
    ));
}

#[test]
fn only_what_the_booth_was_started_with_is_believed() {
    let mut rig = Rig::new(None);
    let path = rig.at("etc/kiosk.toml");
    rig.put("a.xconf", &english(1, &rig.root));
    rig.take().unwrap();
    let used = read_or_previous(&path).unwrap();
    used.start.count();
    // Within the first seconds the next one comes by stick, and then the seconds are over.
    let next = xconf("lang = \"zh-CN\"\n", "config * version 2", &[&rig.root]);
    rig.put("a.xconf", &next);
    rig.take().unwrap();
    used.start.proved();
    for _ in 0..3 {
        assert_eq!(starts(&path, false), (ZH, None));
    }
    assert_eq!(starts(&path, false), (FIRST, GAVE_WAY));
}

#[test]
fn reading_what_is_configured_is_no_start() {
    let mut rig = Rig::new(None);
    let path = rig.at("etc/kiosk.toml");
    rig.put("a.xconf", &english(1, &rig.root));
    rig.take().unwrap();
    for _ in 0..9 {
        let InUse { config, notice, .. } = read_or_previous(&path).unwrap();
        assert_eq!((config.lang.0, notice), (Lang::En, None));
    }
}

#[test]
fn power_that_fails_between_the_trial_and_the_configuration_leaves_each_as_it_was_tried() {
    let mut rig = Rig::new(None);
    let (path, trial) = (rig.at("etc/kiosk.toml"), rig.at("etc/kiosk.toml.trial"));
    rig.put("a.xconf", &english(1, &rig.root));
    rig.take().unwrap();
    assert_eq!(starts(&path, false), (EN, None));
    // The next one's trial is on disk, and the old one is still in place.
    let old = fs::read(&path).unwrap();
    let next = xconf("lang = \"zh-CN\"\n", "config * version 2", &[&rig.root]);
    rig.put("a.xconf", &next);
    rig.take().unwrap();
    fs::write(&path, &old).unwrap();
    for _ in 0..2 {
        assert_eq!(starts(&path, false), (EN, None));
    }
    assert_eq!(
        starts(&path, false),
        (FIRST, GAVE_WAY),
        "its starts are not forgotten"
    );
    // Taken once more, and the one that never held has not become the one before.
    fs::write(&path, "lang = \"zh-CN\"\n").unwrap();
    for _ in 0..3 {
        assert_eq!(starts(&path, false), (ZH, None));
    }
    assert_eq!(starts(&path, false), (FIRST, GAVE_WAY));
    // A file of trials that is not understood keeps nothing from serving and nothing on trial for ever.
    for rubbish in ["3\n", "", "\u{fffd}", "1 00\n", "9 x y\n"] {
        fs::write(&trial, rubbish).unwrap();
        for _ in 0..3 {
            assert_eq!(starts(&path, false), (ZH, None), "{rubbish:?}");
        }
        assert_eq!(starts(&path, false), (FIRST, GAVE_WAY), "{rubbish:?}");
        fs::write(&trial, rubbish).unwrap();
        assert_eq!(starts(&path, true), (ZH, None));
        assert!(!trial.exists(), "{rubbish:?}");
    }
}

#[test]
fn a_configuration_without_a_reader_is_refused_where_there_is_one() {
    let mut rig = Rig::new(None);
    let path = rig.at("etc/kiosk.toml");
    let reader = "[stick]\ndevice = \"/dev/xinting-stick*\"\n";
    fs::write(&path, reader).unwrap();
    rig.put(
        "a.xconf",
        &xconf("lang = \"en\"\n", "config * version 1", &[&rig.root]),
    );
    let seen = rig.only();
    let error = seen.seen.unwrap_err();
    assert!(matches!(error, CarryError::ConfigNoStick), "{error:?}");
    in_chinese(&error);
    let both = format!("lang = \"en\"\n{reader}");
    rig.put("a.xconf", &xconf(&both, "config * version 1", &[&rig.root]));
    assert!(matches!(rig.take(), Ok(Taken::Config { version: 1 })));
}
