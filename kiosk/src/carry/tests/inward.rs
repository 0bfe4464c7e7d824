//! What comes in: receipts, key lists, an id, and the stick that opens maintenance.

use super::*;

/// One row of the district's answers.
fn row(key: &str, body: &[u8], status: u16) -> Row {
    let answer = match status {
        200 | 201 => {
            let key: IdempotencyKey = key.parse().unwrap();
            serde_json::to_string(&Receipt::from(&key)).unwrap()
        }
        _ => serde_json::to_string(&Refusal {
            reason: RefusalReason::Conflict,
            message: "another report\u{7} is stored".to_owned(),
        })
        .unwrap(),
    };
    Row {
        key: key.to_owned(),
        body_sha256: key_stick::hex(&body_hash(body)),
        status,
        answer,
    }
}

const RECEIPTS: &str = "xinting-b-1-2026-11-22/receipts.json";

#[test]
fn receipts_are_taken_for_the_booths_own_bytes_only_and_once() {
    let mut rig = Rig::new(Some("b-1"));
    rig.days("b-1", 4);
    let rows = rig.outbox();
    let (keys, bodies): (Vec<_>, Vec<_>) = rows
        .iter()
        .map(|row| (row.report.idempotency_key.clone(), row.report.body.clone()))
        .unzip();
    let mut lying = row(&keys[0], &bodies[0], 200);
    lying.answer = "{\"stored\":\"b-1.77.9\"}".to_owned();
    type Is = fn(&CarryError) -> bool;
    let refused: [(&str, Vec<u8>, Is); 8] = [
        (
            "other bytes under our key",
            Receipts::new(vec![row(&keys[0], b"other", 201)]).encode(),
            |e| matches!(e, CarryError::OtherBytes),
        ),
        (
            "another booth's",
            Receipts::new(vec![row("b-2.77.1", &bodies[0], 201)]).encode(),
            |e| matches!(e, CarryError::OtherBooth),
        ),
        (
            "a report that is gone",
            Receipts::new(vec![row("b-1.77.99", &bodies[0], 201)]).encode(),
            |e| matches!(e, CarryError::NothingLeft),
        ),
        (
            "a 200 that names another report",
            Receipts::new(vec![lying]).encode(),
            |e| matches!(e, CarryError::NothingLeft),
        ),
        (
            "not now",
            Receipts::new(vec![row(&keys[0], &bodies[0], 503)]).encode(),
            |e| matches!(e, CarryError::NothingLeft),
        ),
        ("rubbish", b"rubbish".to_vec(), |e| {
            matches!(e, CarryError::Letter(_))
        }),
        ("huge", vec![b' '; 3 << 20], |e| {
            matches!(e, CarryError::TooLong { .. })
        }),
        ("nothing", Receipts::new(Vec::new()).encode(), |e| {
            matches!(e, CarryError::NothingLeft)
        }),
    ];
    for (name, bytes, is) in refused {
        rig.put(RECEIPTS, &bytes);
        let only = rig.only();
        let error = only.seen.as_ref().unwrap_err();
        assert!(is(error), "{name}: {error:?}");
        in_chinese(error);
        assert!(rig.carrier().take(&only, NOW).is_err());
        assert_eq!(rig.outbox().len(), 4, "{name}");
    }
    // One stored, one had already, one refused for good, one for later; and another booth's beside them.
    let statuses = [201, 200, 409, 503];
    let mut mixed: Vec<Row> = (0..4)
        .map(|n| row(&keys[n], &bodies[n], statuses[n]))
        .collect();
    mixed.push(row("b-2.77.1", b"x", 201));
    rig.put(RECEIPTS, &Receipts::new(mixed).encode());
    let seen = rig.only();
    // Between looking and taking the network brings the first home.
    rig.store().acknowledged(rows[0].id);
    let Ok(Taken::Receipts(settled)) = rig.carrier().take(&seen, NOW) else {
        panic!("they are good")
    };
    assert_eq!(
        (settled.acknowledged, settled.set_aside, settled.unknown),
        (1, 1, 1)
    );
    rig.restart();
    let left = rig.outbox();
    assert_eq!(left.len(), 2);
    assert_eq!(
        left[0].refused,
        Some((409, "another report is stored".to_owned()))
    );
    assert_eq!(left[1].refused, None);
    // The answer of the network that was on its way finds nothing left to do.
    rig.store().acknowledged(rows[1].id);
    assert_eq!(rig.outbox().len(), 2);
    let only = rig.only();
    assert!(
        matches!(only.seen, Err(CarryError::NothingLeft)),
        "{:?}",
        only.seen
    );
    // What was refused for good does not go out again.
    assert_eq!(rig.export().reports, 1);
}

#[test]
fn a_key_list_comes_into_force_and_is_not_replayed() {
    let mut rig = Rig::new(None);
    let next = Signer::new();
    let first = xkeys(1, &[&rig.root], &[&rig.root]);
    let second = xkeys(2, &[&next], &[&rig.root, &next]);
    rig.put("keys/district.xkeys", &first);
    rig.put("keys/._district.xkeys", b"left by another system");
    rig.put("keys/deeper/district.xkeys", &first);
    let item = rig.only().item(Lang::ZhCn);
    assert_eq!(
        (item.version.as_str(), item.installed_version, item.refusal),
        ("1", None, None)
    );
    assert!(matches!(rig.take(), Ok(Taken::KeyList { version: 1, .. })));
    assert!(matches!(
        rig.only().seen,
        Err(CarryError::Trust(TrustStoreError::List(_)))
    ));
    rig.put("keys/district.xkeys", &second);
    let Ok(Taken::KeyList { trust, version: 2 }) = rig.take() else {
        panic!("it is the next")
    };
    assert_eq!(trust.root_keys(), [next.key()]);
    rig.restart();
    assert_eq!(rig.carrier().trust().root_keys(), [next.key()]);
    rig.put("keys/district.xkeys", &first);
    assert!(rig.take().is_err());
    // What a root that was replaced signs is nothing any more.
    rig.put("keys/district.xkeys", &xkeys(3, &[&rig.root], &[&rig.root]));
    in_chinese(rig.only().seen.as_ref().unwrap_err());
    assert_eq!(rig.carrier().trust().list().unwrap().version, 2);
}

#[test]
fn a_booth_without_network_is_enrolled_by_stick_once() {
    let mut rig = Rig::new(None);
    let exported = rig.export();
    assert!(exported.folder.starts_with("xinting-k"), "{exported:?}");
    let request = rig.written(&format!("{}/enrol-request.json", exported.folder));
    let letter = Letter::decode(&request).unwrap();
    let asked = xinting_wire::EnrolRequest::decode(letter.body.as_bytes()).unwrap();
    assert_eq!(
        (asked.normal_code().as_str(), asked.public_key),
        ("K7PQ3MWX9RTD", key().public())
    );
    fs::remove_dir_all(rig.at("stick").join(&exported.folder)).unwrap();
    let enrolled = format!("{}/enrolled.json", exported.folder);

    let offered = RootKey::parse(&Signer::new().file()).unwrap();
    let answer = EnrolResponse::new(2, "b-7".parse().unwrap(), Some(offered.clone()));
    let answer = serde_json::to_string(&answer).unwrap();
    let own = key().public().to_base64();
    let other = BoothKey::from_seed(&[8; 32]).public().to_base64();
    type Is = fn(&CarryError) -> bool;
    let refused: [(&str, Enrolled, Is); 3] = [
        (
            "another booth's",
            Enrolled::new(other, 201, answer.clone()),
            |e| matches!(e, CarryError::OtherBooth),
        ),
        (
            "a refusal",
            Enrolled::new(own.clone(), 403, "{}".to_owned()),
            |e| matches!(e, CarryError::EnrolRefused { status: 403, .. }),
        ),
        (
            "no answer",
            Enrolled::new(own.clone(), 201, "{}".to_owned()),
            |e| matches!(e, CarryError::Answer),
        ),
    ];
    for (name, file, is) in refused {
        rig.put(&enrolled, &file.encode());
        let error = rig.only().seen.unwrap_err();
        assert!(is(&error), "{name}: {error:?}");
        in_chinese(&error);
    }
    rig.put(&enrolled, &Enrolled::new(own, 201, answer).encode());
    assert!(matches!(
        rig.take(),
        Ok(Taken::Enrolled {
            root_offered: true,
            ..
        })
    ));
    let line = offered.as_str().to_owned();
    assert_eq!(
        rig.told(),
        [
            UpstreamEvent::RootOffered(line.clone()),
            UpstreamEvent::Enrolled("b-7".parse().unwrap())
        ]
    );
    assert_eq!(
        rig.carrier().trust().root_keys().len(),
        1,
        "nothing is trusted by being offered"
    );
    rig.restart();
    assert_eq!(
        rig.carrier().parts.booth.get(),
        Some("b-7".parse().unwrap())
    );
    assert!(matches!(
        rig.only().seen,
        Err(CarryError::EnrolledAlready { .. })
    ));
    assert_eq!(rig.export().folder, "xinting-b-7-2026-11-22");
    assert!(
        !rig.at("stick/xinting-b-7-2026-11-22/enrol-request.json")
            .exists()
    );
    // Declined, nothing is trusted; accepted, it is a root, and the log has it.
    rig.carrier().decline_root(NOW);
    assert_eq!(rig.carrier().trust().root_keys().len(), 1);
    rig.carrier().accept_root(&line, NOW).unwrap();
    rig.restart();
    assert_eq!(rig.carrier().trust().root_keys().len(), 2);
    let log = rig.store().copy().unwrap().admin_log;
    let accepted = log
        .iter()
        .find(|(_, what)| what.starts_with("root-accepted "));
    assert_eq!(accepted.unwrap().0, "2026-11-22 13:57");
}

#[test]
fn a_key_stick_opens_as_long_as_it_is_not_forgotten() {
    let mut rig = Rig::new(None);
    let stick = rig.stick();
    assert!(!rig.carrier().opens(&stick));
    rig.carrier().make_key_stick(&stick, NOW).unwrap();
    let first = rig.written(key_stick::FILE);
    rig.restart();
    assert!(rig.carrier().opens(&stick));
    for bad in [
        &b""[..],
        b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        b"not base64",
        &[0xff; 44],
        &[b'A'; 4096],
        &first[..43],
    ] {
        rig.put(key_stick::FILE, bad);
        assert!(!rig.carrier().opens(&stick), "{bad:?}");
    }
    // Three more; the fifth is refused, and all four open.
    let mut secrets = vec![first];
    for _ in 1..key_stick::MOST {
        rig.put(key_stick::FILE, b"another stick");
        rig.carrier().make_key_stick(&stick, NOW).unwrap();
        secrets.push(rig.written(key_stick::FILE));
    }
    rig.put(key_stick::FILE, b"another stick");
    assert!(matches!(
        rig.carrier().make_key_stick(&stick, NOW),
        Err(CarryError::KeySticksFull)
    ));
    rig.restart();
    for secret in &secrets {
        rig.put(key_stick::FILE, secret);
        assert!(rig.carrier().opens(&stick));
    }
    // The booth keeps no secret.
    let database = fs::read(rig.at("var/kiosk.db")).unwrap();
    for secret in &secrets {
        assert!(!database.windows(40).any(|window| window == &secret[..40]));
    }
    rig.carrier().forget_key_sticks(NOW).unwrap();
    rig.restart();
    for secret in &secrets {
        rig.put(key_stick::FILE, secret);
        assert!(!rig.carrier().opens(&stick));
    }
    let protected = FolderFiles::read_only(rig.at("stick")).unwrap();
    let error = rig.carrier().make_key_stick(&protected, NOW).unwrap_err();
    assert!(in_chinese(&error).contains("写保护"));
    assert_eq!(rig.carrier().key_sticks(), 0);
    // The root folder of an ordinary ext4 stick is root's own: no switch would help.
    let denied = CarryError::Write {
        file: key_stick::FILE.to_owned(),
        source: io::ErrorKind::PermissionDenied.into(),
    };
    let words = in_chinese(&denied);
    assert!(
        words.contains("exFAT") && !words.contains("写保护"),
        "{words}"
    );
}

#[test]
fn a_stick_that_is_made_a_key_again_counts_once() {
    let mut rig = Rig::new(None);
    let stick = rig.stick();
    for _ in 0..3 * key_stick::MOST {
        rig.carrier().make_key_stick(&stick, NOW).unwrap();
        assert_eq!(rig.carrier().key_sticks(), 1);
    }
    let old = rig.written(key_stick::FILE);
    rig.carrier().make_key_stick(&stick, NOW).unwrap();
    let new = rig.written(key_stick::FILE);
    // Three others; then one of the four can still be made anew.
    for _ in 1..key_stick::MOST {
        rig.put(key_stick::FILE, b"another stick");
        rig.carrier().make_key_stick(&stick, NOW).unwrap();
    }
    rig.restart();
    assert_eq!(rig.carrier().key_sticks(), key_stick::MOST);
    rig.carrier().make_key_stick(&stick, NOW).unwrap();
    assert_eq!(rig.carrier().key_sticks(), key_stick::MOST);
    assert!(rig.carrier().opens(&stick));
    rig.put(key_stick::FILE, &new);
    assert!(rig.carrier().opens(&stick));
    rig.put(key_stick::FILE, &old);
    assert!(
        !rig.carrier().opens(&stick),
        "a copy of what it was opens nothing"
    );
}

#[test]
fn a_store_that_keeps_nothing_is_told_in_true_words_about_key_sticks() {
    let mut rig = Rig::new(None);
    let stick = rig.stick();
    rig.carrier().make_key_stick(&stick, NOW).unwrap();
    // The store's thread is gone; the carrier's handle leads nowhere.
    let (actor, mut carrier) = rig.running.take().unwrap();
    drop(actor);
    let error = carrier.make_key_stick(&stick, NOW).unwrap_err();
    assert!(in_chinese(&error).contains("打不开"), "{error:?}");
    assert!(!carrier.opens(&stick), "its secret is another one now");
    let error = carrier.forget_key_sticks(NOW).unwrap_err();
    let words = in_chinese(&error);
    assert!(words.contains("重新启动以后又会有效"), "{words}");
    assert!(!words.contains("什么都没有变"), "{words}");
    assert_eq!(carrier.key_sticks(), 0, "until the next start none opens");
}

#[test]
fn a_stick_full_of_names_costs_little_and_hides_nothing_in_the_root() {
    let mut rig = Rig::new(None);
    rig.put("z.xkeys", &xkeys(1, &[&rig.root], &[&rig.root]));
    for folder in 0..100 {
        rig.put(&format!("f{folder}/huge.xkeys"), &vec![0; 100_000]);
    }
    let found = rig.found();
    assert!(found.len() <= 24, "{}", found.len());
    assert!(
        found
            .iter()
            .any(|carried| carried.file == "z.xkeys" && carried.seen.is_ok())
    );
    let read: u64 = found.iter().map(|carried| carried.size_bytes).sum();
    assert!(read <= 6 << 20);
}

#[test]
fn a_store_that_lost_the_ratchet_learns_it_from_the_folder_of_keys() {
    let mut rig = Rig::new(None);
    rig.put("a.xkeys", &xkeys(4, &[&rig.root], &[&rig.root]));
    rig.take().unwrap();
    rig.running = None;
    for file in fs::read_dir(rig.at("var")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            fs::remove_file(path).unwrap();
        }
    }
    rig.start();
    rig.restart();
    let (_, kept) = Store::open(&rig.at("var/kiosk.db")).unwrap();
    assert_eq!(kept.settings[&Setting::KeyListVersion], "4");
}

#[test]
fn a_stick_that_carried_many_days_of_many_booths_still_shows_this_booths_newest() {
    let mut rig = Rig::new(Some("b-1"));
    for day in 1..=28 {
        for whose in ["a", "b-0", "b-1", "b-2", "k0123456789"] {
            let file = format!("xinting-{whose}-2026-10-{day:02}/receipts.json");
            rig.put(&file, &Receipts::new(Vec::new()).encode());
        }
    }
    let found = rig.found();
    let files: Vec<&str> = found.iter().map(|found| found.file.as_str()).collect();
    assert_eq!(files.first(), Some(&"xinting-b-1-2026-10-28/receipts.json"));
    assert!(
        files.iter().all(|file| file.starts_with("xinting-b-1-")),
        "{files:?}"
    );
    assert!(files.len() <= 16, "{files:?}");
}

#[test]
fn the_configurations_of_other_booths_hide_nothing() {
    let mut rig = Rig::new(Some("b-900"));
    let config = |booth: &str| {
        let comment = format!("config {booth} version 2");
        xconf("lang = \"en\"\n", &comment, &[&rig.root])
    };
    let (own, foreign) = (config("b-900"), config("b-1"));
    let keys = xkeys(1, &[&rig.root], &[&rig.root]);
    // One alone may have been taken for this booth's.
    rig.put("b-001.xconf", &foreign);
    in_chinese(rig.only().seen.as_ref().unwrap_err());
    for booth in 2..=40 {
        rig.put(&format!("b-{booth:03}.xconf"), &foreign);
    }
    let files = |rig: &mut Rig| -> Vec<String> {
        let found = rig.found();
        found.into_iter().map(|carried| carried.file).collect()
    };
    assert_eq!(files(&mut rig), Vec::<String>::new());
    rig.put("keys.xkeys", &keys);
    rig.put("zz.xconf", &own);
    assert_eq!(files(&mut rig), ["keys.xkeys", "zz.xconf"]);
    assert_eq!(rig.left_out(), 0, "what is another booth's is not missed");
    // A whole city's, more than are looked at: the one that bears the booth's name comes first.
    for booth in 41..=700 {
        rig.put(&format!("b-{booth:03}.xconf"), &foreign);
    }
    assert_eq!(files(&mut rig), ["keys.xkeys"]);
    assert!(rig.left_out() > 0, "and that is said");
    rig.put("b-900.xconf", &own);
    assert_eq!(files(&mut rig), ["keys.xkeys", "b-900.xconf"]);
}

#[test]
fn what_is_left_out_of_a_stick_is_counted() {
    let mut rig = Rig::new(None);
    let bad = |rig: &Rig, count: usize| {
        for number in 0..count {
            rig.put(&format!("b{number:03}.xkeys"), b"no list");
            rig.put(&format!("b{number:03}.xconf"), b"no configuration");
        }
    };
    bad(&rig, 16);
    assert_eq!((rig.found().len(), rig.left_out()), (32, 0));
    bad(&rig, 40);
    assert_eq!((rig.found().len(), rig.left_out()), (32, 48));
    // Refused ones push no good one out of sight, wherever it stands.
    rig.put("z.xkeys", &xkeys(1, &[&rig.root], &[&rig.root]));
    rig.put(
        "z.xconf",
        &xconf("lang = \"en\"\n", "config * version 1", &[&rig.root]),
    );
    let found = rig.found();
    let good = found.iter().filter(|carried| carried.seen.is_ok());
    let good: Vec<&str> = good.map(|carried| carried.file.as_str()).collect();
    assert_eq!(good, ["z.xkeys", "z.xconf"]);
    assert_eq!((found.len(), rig.left_out()), (34, 48));
    // Bytes are bounded too, and one that cannot be read costs only what was read of it.
    let mut rig = Rig::new(None);
    for number in 0..6 {
        rig.put(&format!("{number}.xconf"), &vec![0; 1_000_000]);
    }
    rig.put("9.xconf", b"small");
    let found = rig.found();
    let read: u64 = found.iter().map(|carried| carried.size_bytes).sum();
    assert!(read <= 3 << 20, "{read}");
    assert_eq!(found.last().unwrap().file, "9.xconf", "it still fits");
    assert_eq!((found.len(), rig.left_out()), (4, 3));
    // Folders beyond those that are looked into; the exports of other booths are no loss.
    for number in 0..70 {
        fs::create_dir_all(rig.at(&format!("stick/f{number:02}"))).unwrap();
        fs::create_dir_all(rig.at(&format!("stick/xinting-b-{number}-2026-10-01"))).unwrap();
    }
    assert_eq!(rig.left_out(), 3 + 6);
}

#[test]
fn a_name_of_the_stick_moves_nothing_that_stands_beside_it() {
    let mut rig = Rig::new(None);
    let name = "a\u{202e}syekx\u{2066}\u{200f}.xkeys";
    rig.put(name, &vec![b'P'; 2 << 20]);
    let only = rig.only();
    assert_eq!(only.file, name, "it is found under its own name");
    for lang in [Lang::ZhCn, Lang::En] {
        let item = only.item(lang);
        assert_eq!(
            (item.file.as_str(), item.title.as_str()),
            ("asyekx.xkeys", "asyekx.xkeys")
        );
        let refusal = item.refusal.unwrap();
        assert!(refusal.contains("asyekx.xkeys"), "{refusal}");
        let read = CarryError::Read {
            file: name.to_owned(),
            source: io::ErrorKind::UnexpectedEof.into(),
        };
        assert!(
            read.sentence(lang).contains(" asyekx.xkeys")
                || read.sentence(lang).starts_with("asyekx.xkeys")
        );
    }
}

#[test]
fn a_key_list_says_until_when_it_is_before_it_is_taken() {
    let mut rig = Rig::new(None);
    rig.put("a.xkeys", &xkeys(1, &[&rig.root], &[&rig.root]));
    let only = rig.only();
    assert!(only.item(Lang::ZhCn).title.contains("到 2027-10-31 为止"));
    assert!(only.item(Lang::En).title.contains("until 2027-10-31"));
}
