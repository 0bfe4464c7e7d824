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
