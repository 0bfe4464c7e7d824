//! Packs that go bad on the booth's own disk: one byte of a sound, one of a text, a file that cannot be read.

use super::*;

/// A school pack with a sound.
fn with_sound(booth: &Booth, version: u64) -> Vec<u8> {
    Sources::new("oak", "school", version)
        .with_lake("calm water")
        .signed(&booth.publisher)
}

fn flip(booth: &Booth, name: &str, words: &[u8]) {
    let mut bytes = fs::read(booth.path(name)).unwrap();
    let found = bytes.windows(words.len()).position(|part| part == words);
    bytes[found.unwrap()] ^= 1;
    // In place, as a disk does it: the very file that is open.
    let file = fs::File::options().write(true).open(booth.path(name));
    std::io::Write::write_all(&mut file.unwrap(), &bytes).unwrap();
}

fn sound(shown: &Shown) -> Result<Vec<u8>, PackError> {
    let lake = PracticeId::new("lake").unwrap();
    let file = &shown.library.practice(&lake).unwrap().sound;
    shown.sound(&lake, file).unwrap()
}

fn set_aside(checked: Checked) -> (Option<Box<Shown>>, Vec<ShelfNotice>) {
    match checked {
        Checked::Bad { shown, notices } => (shown, notices),
        Checked::Good => panic!("found good"),
    }
}

#[test]
fn one_flipped_byte_of_a_sound_brings_the_version_before_and_it_stays() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    booth.install(&mut shelf, &with_sound(&booth, 1)).unwrap();
    booth.install(&mut shelf, &with_sound(&booth, 2)).unwrap();
    assert!(matches!(shelf.suspect(&oak()), Checked::Good));
    flip(&booth, "packs/oak/2.xpack", b"calm water");
    let visit = shelf.library().unwrap();
    assert!(matches!(sound(&visit), Err(PackError::Altered { .. })));
    let (shown, notices) = set_aside(shelf.suspect(&oak()));
    let shown = shown.unwrap();
    assert_eq!(who(&shown), "oak 1");
    assert_eq!(sound(&shown).unwrap(), b"calm water");
    // The visit that found it goes on with what it had.
    assert_eq!(who(&visit), "oak 2");
    let [
        ShelfNotice::WentBad {
            version: 2,
            instead: Some(1),
            ..
        },
    ] = &notices[..]
    else {
        panic!("{notices:?}")
    };
    assert!(shelf.faults(Lang::ZhCn)[0].contains("坏了"));
    // A start opens sounds unread, and still does not take it again.
    let (mut shelf, notices) = booth.open();
    assert!(matches!(&notices[..], [ShelfNotice::WentBad { .. }]));
    assert_eq!(who(&shelf.library().unwrap()), "oak 1");
    assert_eq!(previous(&shelf), None);
    // The very version may come again, whole.
    booth.install(&mut shelf, &with_sound(&booth, 2)).unwrap();
    assert!(shelf.faults(Lang::En).is_empty());
    assert_eq!(
        booth.on_disk(),
        ["oak/1.xpack", "oak/2.xpack", "oak/current", "oak/ratchet"]
    );
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 2");
}

#[test]
fn one_flipped_byte_of_a_text_and_a_file_that_cannot_be_read_do_the_same() {
    let spoil_text: fn(&Booth) = |booth| {
        let path = booth.path("packs/oak/2.xpack");
        let mut bytes = fs::read(&path).unwrap();
        let name = b"counsellor.toml";
        let found = bytes.windows(name.len()).rposition(|part| part == name);
        // The last name stands in the directory; the first one is in the manifest, the second before the text.
        let header = bytes[..found.unwrap()]
            .windows(name.len())
            .rposition(|part| part == name);
        bytes[header.unwrap() + name.len() + 5] ^= 0x10;
        fs::write(path, bytes).unwrap();
    };
    let unreadable: fn(&Booth) = |booth| {
        fs::remove_file(booth.path("packs/oak/2.xpack")).unwrap();
        fs::create_dir(booth.path("packs/oak/2.xpack")).unwrap();
    };
    let cut_short: fn(&Booth) = |booth| {
        let file = fs::File::options()
            .write(true)
            .open(booth.path("packs/oak/2.xpack"));
        file.unwrap().set_len(300).unwrap();
    };
    for spoil in [spoil_text, unreadable, cut_short] {
        for restarted in [false, true] {
            let booth = Booth::new();
            let mut shelf = booth.open_well();
            booth.install(&mut shelf, &with_sound(&booth, 1)).unwrap();
            booth.install(&mut shelf, &with_sound(&booth, 2)).unwrap();
            spoil(&booth);
            if restarted {
                let (shelf, notices) = booth.open();
                assert!(
                    matches!(&notices[..], [ShelfNotice::NotUsable { version: 2, .. }]),
                    "{notices:?}"
                );
                assert_eq!(who(&shelf.library().unwrap()), "oak 1");
            } else {
                let (shown, _) = set_aside(shelf.suspect(&oak()));
                assert_eq!(who(&shown.unwrap()), "oak 1");
                let (shelf, notices) = booth.open();
                assert!(matches!(&notices[..], [ShelfNotice::WentBad { .. }]));
                assert_eq!(who(&shelf.library().unwrap()), "oak 1");
            }
        }
    }
}

#[test]
fn a_pack_of_the_image_that_went_bad_gives_way_until_the_image_is_another() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    booth.install(&mut shelf, &with_sound(&booth, 1)).unwrap();
    booth.write("image/oak.xpack", &with_sound(&booth, 3));
    let mut shelf = booth.open_well();
    assert_eq!(who(&shelf.library().unwrap()), "oak 3");
    flip(&booth, "image/oak.xpack", b"calm water");
    let (shown, notices) = set_aside(shelf.suspect(&oak()));
    assert_eq!(who(&shown.unwrap()), "oak 1");
    assert!(matches!(
        &notices[..],
        [ShelfNotice::WentBad { version: 3, .. }]
    ));
    let (shelf, notices) = booth.open();
    assert_eq!(who(&shelf.library().unwrap()), "oak 1");
    assert!(matches!(&notices[..], [ShelfNotice::WentBad { .. }]));
    assert!(booth.on_disk().contains(&"oak/image.bad".to_owned()));
    booth.write("image/oak.xpack", &with_sound(&booth, 4));
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 4");
    assert!(!booth.on_disk().contains(&"oak/image.bad".to_owned()));
}

#[test]
fn a_bad_pack_without_which_there_is_no_library_serves_all_the_same() {
    let booth = Booth::new();
    let starter = |version| {
        Sources::starter(version)
            .with_lake("calm water")
            .signed(&booth.publisher)
    };
    booth.write("image/starter.xpack", &starter(6));
    let mut shelf = booth.open_well();
    flip(&booth, "image/starter.xpack", b"calm water");
    let id = PackId::new("starter").unwrap();
    let (shown, notices) = set_aside(shelf.suspect(&id));
    assert!(shown.is_none());
    assert!(
        notices
            .iter()
            .any(|notice| matches!(notice, ShelfNotice::BadServes { .. })),
        "{notices:?}"
    );
    assert_eq!(who(&shelf.library().unwrap()), "starter 6");
    let (mut shelf, notices) = booth.open();
    assert_eq!(who(&shelf.library().unwrap()), "starter 6");
    assert!(!notices.is_empty());
    booth.install(&mut shelf, &starter(7)).unwrap();
    assert_eq!(who(&booth.open().0.library().unwrap()), "starter 7");
}

#[test]
fn the_very_version_that_went_bad_and_serves_can_be_installed_again() {
    let id = PackId::new("starter").unwrap();
    for of_image in [true, false] {
        for restarted in [false, true] {
            let booth = Booth::new();
            let good = Sources::starter(6)
                .with_lake("calm water")
                .signed(&booth.publisher);
            let place = match of_image {
                true => {
                    booth.write("image/starter.xpack", &good);
                    "image/starter.xpack"
                }
                false => {
                    fs::remove_file(booth.path("image/starter.xpack")).unwrap();
                    booth.install(&mut booth.open_well(), &good).unwrap();
                    "packs/starter/6.xpack"
                }
            };
            let mut shelf = booth.open_well();
            assert!(sentence(booth.install(&mut shelf, &good)).contains("already"));
            flip(&booth, place, b"calm water");
            set_aside(shelf.suspect(&id));
            if restarted {
                shelf = booth.open().0;
            }
            assert_eq!(who(&shelf.library().unwrap()), "starter 6");
            assert!(
                shelf
                    .faults(Lang::ZhCn)
                    .iter()
                    .any(|fault| fault.contains("重新安装"))
            );
            let shown = booth.install(&mut shelf, &good).unwrap();
            assert_eq!(
                sound(&shown).unwrap(),
                b"calm water",
                "{of_image} {restarted}"
            );
            assert!(shelf.faults(Lang::En).is_empty());
            // The bad one is nothing to go back to.
            let serving = shelf.serving();
            assert_eq!(serving[0].previous, None);
            assert!(sentence(booth.install(&mut shelf, &good)).contains("already"));
            let again = booth.open().0;
            assert_eq!(again.serving()[0].origin, Origin::Installed);
            assert_eq!(sound(&again.library().unwrap()).unwrap(), b"calm water");
        }
    }
}

#[test]
fn the_mark_of_what_came_again_is_cleared_away_after_a_power_cut_before_that_was_done() {
    let id = PackId::new("starter").unwrap();
    let booth = Booth::new();
    fs::remove_file(booth.path("image/starter.xpack")).unwrap();
    let good = |version| {
        Sources::starter(version)
            .with_lake("calm water")
            .signed(&booth.publisher)
    };
    booth.install(&mut booth.open_well(), &good(6)).unwrap();
    let mut shelf = booth.open_well();
    flip(&booth, "packs/starter/6.xpack", b"calm water");
    set_aside(shelf.suspect(&id));
    drop(shelf);
    let bad = fs::read(booth.path("packs/starter/6.bad")).unwrap();
    let mut shelf = booth.open().0;
    booth.install(&mut shelf, &good(6)).unwrap();
    // The power failed when the good one was in its place.
    booth.write("packs/starter/6.bad", &bad);
    assert!(sentence(booth.install(&mut shelf, &good(6))).contains("already"));
    drop(shelf);
    let mut shelf = booth.open_well();
    assert!(!booth.path("packs/starter/6.bad").exists());
    assert!(sentence(booth.install(&mut shelf, &good(6))).contains("already"));
    booth.install(&mut shelf, &good(7)).unwrap();
    assert_eq!(who(&shelf.roll_back(&id).unwrap()), "starter 6");
}

#[test]
fn what_was_taken_out_of_service_stays_out_where_a_bad_pack_must_serve() {
    let booth = Booth::new();
    let starter = Sources::starter(6)
        .with_lake("calm water")
        .signed(&booth.publisher);
    booth.write("image/starter.xpack", &starter);
    let mut shelf = booth.open_well();
    booth.install(&mut shelf, &booth.school(1)).unwrap();
    shelf.roll_back(&oak()).unwrap();
    assert_eq!(who(&shelf.library().unwrap()), "starter 6");
    flip(&booth, "image/starter.xpack", b"calm water");
    set_aside(shelf.suspect(&PackId::new("starter").unwrap()));
    assert_eq!(who(&shelf.library().unwrap()), "starter 6");
    let (shelf, _) = booth.open();
    assert_eq!(who(&shelf.library().unwrap()), "starter 6");
    assert_eq!(shelf.out_of_service().len(), 1, "it can be put back");
}

#[test]
fn what_stays_in_memory_because_nobody_else_is_trusted_can_be_brought_again() {
    let booth = Booth::new();
    let other = Publisher::new();
    let mut shelf = booth.open_well();
    let (shown, _) = shelf.set_trust(Trust::roots(vec![other.key()]));
    assert!(shown.is_none());
    assert_eq!(who(&shelf.library().unwrap()), "starter 5");
    let same = Sources::starter(5).signed(&other);
    booth.install(&mut shelf, &same).unwrap();
    assert_eq!(who(&shelf.library().unwrap()), "starter 5");
}

#[test]
fn a_file_of_the_booths_own_disk_is_not_blamed_on_a_stick() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    booth.install(&mut shelf, &with_sound(&booth, 1)).unwrap();
    fs::remove_file(booth.path("packs/oak/1.xpack")).unwrap();
    booth.write("image/starter.xpack", b"PK");
    let (_, notices) = booth.open();
    for notice in &notices {
        for lang in [Lang::ZhCn, Lang::En] {
            let words = notice.sentence(lang);
            assert!(
                !words.contains("U 盘") && !words.contains("stick"),
                "{words}"
            );
        }
    }
    let unreadable = notices.iter().any(|notice| {
        notice
            .sentence(Lang::ZhCn)
            .contains("亭里存着的文件读不出来")
    });
    assert!(unreadable, "{notices:?}");
}
