//! What a power cut, a bad disk and a stranger's hand leave behind.

use super::*;

/// Files that lie there, who then serves, and what is left on disk.
type Case<'a> = (&'a [(&'a str, &'a [u8])], &'a str, &'a [&'a str]);

/// A booth whose school pack was installed twice, versions 1 and 2.
fn with_two_versions() -> Booth {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    booth.install(&mut shelf, &booth.school(1)).unwrap();
    booth.install(&mut shelf, &booth.school(2)).unwrap();
    booth
}

#[test]
fn where_the_current_version_is_bad_the_previous_serves_then_the_image() {
    let booth = with_two_versions();
    booth.write("packs/oak/2.xpack", &booth.school(2)[..200]);
    let (mut shelf, notices) = booth.open();
    let [
        ShelfNotice::NotUsable {
            version: 2,
            instead: Some(1),
            ..
        },
    ] = &notices[..]
    else {
        panic!("{notices:?}")
    };
    assert_eq!(who(&shelf.library().unwrap()), "oak 1");
    // The ratchet stands where it was, and the very version can be put back.
    let older = sentence(booth.install(&mut shelf, &booth.school(1)));
    assert!(older.contains("already installed"), "{older}");
    drop(shelf);

    booth.write("packs/oak/1.xpack", b"");
    let (mut shelf, notices) = booth.open();
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert!(
        notices
            .iter()
            .all(|n| matches!(n, ShelfNotice::NotUsable { instead: None, .. })),
        "{notices:?}"
    );
    assert_eq!(who(&shelf.library().unwrap()), "starter 5");
    assert!(sentence(booth.install(&mut shelf, &booth.school(1))).contains("older"));
    assert_eq!(
        who(&booth.install(&mut shelf, &booth.school(2)).unwrap()),
        "oak 2"
    );
    assert_eq!(
        booth.on_disk(),
        ["oak/2.xpack", "oak/current", "oak/ratchet"]
    );
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 2");
}

#[test]
fn an_installed_pack_below_the_image_is_not_missed_when_it_is_bad() {
    let booth = with_two_versions();
    booth.write("image/oak.xpack", &booth.school(3));
    booth.write("packs/oak/2.xpack", b"gone bad");
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 3");
}

#[test]
fn a_current_file_that_vanished_or_is_another_pack_is_noticed() {
    let booth = with_two_versions();
    fs::remove_file(booth.path("packs/oak/2.xpack")).unwrap();
    let (shelf, notices) = booth.open();
    assert!(
        matches!(
            &notices[..],
            [ShelfNotice::NotUsable {
                version: 2,
                instead: Some(1),
                ..
            }]
        ),
        "{notices:?}"
    );
    assert_eq!(who(&shelf.library().unwrap()), "oak 1");
    booth.write(
        "packs/oak/2.xpack",
        &Sources::new("elm", "school", 2).signed(&booth.publisher),
    );
    let (shelf, notices) = booth.open();
    assert!(
        matches!(
            &notices[..],
            [ShelfNotice::NotUsable {
                reason: PackError::BadlyMade { .. },
                ..
            }]
        ),
        "{notices:?}"
    );
    assert_eq!(who(&shelf.library().unwrap()), "oak 1");
}

#[test]
fn a_lost_pointer_is_written_again() {
    for pointer in [
        None,
        Some("2"),
        Some("two\n"),
        Some("+2\n"),
        Some("99999999999999999999999999\n"),
        Some(""),
    ] {
        let booth = with_two_versions();
        match pointer {
            Some(text) => booth.write("packs/oak/current", text.as_bytes()),
            None => fs::remove_file(booth.path("packs/oak/current")).unwrap(),
        }
        let (shelf, notices) = booth.open();
        assert!(
            matches!(
                &notices[..],
                [ShelfNotice::PointerLost {
                    serves: Some(2),
                    ..
                }]
            ),
            "{pointer:?} {notices:?}"
        );
        assert_eq!(who(&shelf.library().unwrap()), "oak 2");
        assert_eq!(
            fs::read_to_string(booth.path("packs/oak/current")).unwrap(),
            "2\nkept 1\n"
        );
        booth.open_well();
    }
}

#[test]
fn wherever_the_power_failed_the_old_or_the_new_serves_and_nothing_is_left_over() {
    let half = b"half a pack".as_slice();
    let both = ["oak/1.xpack", "oak/2.xpack", "oak/current", "oak/ratchet"];
    // What lies there besides versions 1 and 2, and who then serves.
    let third = with_two_versions().school(3);
    let cases: [Case<'_>; 6] = [
        (&[("packs/.incoming/9-0", half)], "oak 2", &both),
        (&[("packs/oak/3.xpack", half)], "oak 2", &both),
        (&[("packs/oak/3.xpack", &third)], "oak 2", &both),
        (
            &[
                ("packs/oak/3.xpack", &third),
                ("packs/oak/current.new", b"3"),
            ],
            "oak 2",
            &both,
        ),
        (&[("packs/oak/current.new", b"")], "oak 2", &both),
        (&[("packs/elm/current.new", b"")], "oak 2", &both),
    ];
    for (files, serves, left) in cases {
        let booth = with_two_versions();
        for (name, bytes) in files {
            booth.write(name, bytes);
        }
        let shelf = booth.open_well();
        assert_eq!(who(&shelf.library().unwrap()), serves, "{:?}", files[0].0);
        assert_eq!(booth.on_disk(), left, "{:?}", files[0].0);
    }
    // The pointer was switched and the oldest version not yet deleted.
    let booth = with_two_versions();
    booth.write("packs/oak/3.xpack", &booth.school(3));
    booth.write("packs/oak/current", b"3\n");
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 3");
    assert_eq!(
        booth.on_disk(),
        ["oak/2.xpack", "oak/3.xpack", "oak/current", "oak/ratchet"]
    );
}

#[test]
fn a_pack_that_leans_on_one_that_went_bad_is_left_out() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    let district = Sources::new("city", "district", 1).with("hotlines.toml", &line("night", false));
    booth
        .install(&mut shelf, &district.signed(&booth.publisher))
        .unwrap();
    let school = Sources::new("oak", "school", 1).with("hotlines.toml", &line("day", true));
    booth
        .install(&mut shelf, &school.signed(&booth.publisher))
        .unwrap();
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 1");
    booth.write("packs/city/1.xpack", b"");
    let (shelf, notices) = booth.open();
    let [
        ShelfNotice::NotUsable { .. },
        ShelfNotice::LeftOut {
            reason: LibraryError::NoLine,
            ..
        },
    ] = &notices[..]
    else {
        panic!("{notices:?}")
    };
    assert_eq!(who(&shelf.library().unwrap()), "starter 5");
    assert_eq!(serving(&shelf), [("starter".to_owned(), 5, Origin::Image)]);
}

#[test]
fn packs_of_the_image_that_do_not_fit_without_each_other_still_leave_the_starter() {
    let booth = Booth::new();
    let district = Sources::new("city", "district", 1).with("hotlines.toml", &line("night", false));
    let school = Sources::new("oak", "school", 1).with("hotlines.toml", &line("day", true));
    booth.write("image/city.xpack", &district.signed(&booth.publisher));
    booth.write("image/oak.xpack", &school.signed(&booth.publisher));
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 1");
    booth.write("image/city.xpack", b"");
    let (shelf, notices) = booth.open();
    let left_out = |notice: &&ShelfNotice| matches!(notice, ShelfNotice::LeftOut { .. });
    assert_eq!(notices.iter().filter(left_out).count(), 1, "{notices:?}");
    assert_eq!(who(&shelf.library().unwrap()), "starter 5");
}

#[test]
fn a_disk_that_cannot_be_written_is_said_and_the_image_serves() {
    let booth = Booth::new();
    booth.write("packs", b"a file where the folder should be");
    let (shelf, notices) = booth.open();
    assert!(
        matches!(&notices[..], [ShelfNotice::Disk { .. }]),
        "{notices:?}"
    );
    assert_eq!(who(&shelf.library().unwrap()), "starter 5");
    let mut shelf = shelf;
    let error = booth.install(&mut shelf, &booth.school(1)).unwrap_err();
    assert!(matches!(error, ShelfError::Disk { .. }), "{error:?}");
}

#[test]
fn every_notice_says_something_in_both_languages() {
    let booth = with_two_versions();
    booth.write("packs/oak/2.xpack", b"");
    booth.write("packs/oak/current", b"");
    booth.write("image/odd.xpack", b"");
    let (_, notices) = booth.open();
    assert_eq!(notices.len(), 3, "{notices:?}");
    for notice in &notices {
        let (zh, en) = (notice.sentence(Lang::ZhCn), notice.sentence(Lang::En));
        assert!(
            zh.contains(|c| c > '\u{3000}') && en.is_ascii(),
            "{zh} / {en}"
        );
    }
}
