//! Going back and forward again, and the ratchet that stands where it was.

use super::*;

fn with_versions(versions: &[u64]) -> (Booth, Shelf) {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    for &version in versions {
        booth.install(&mut shelf, &booth.school(version)).unwrap();
    }
    (booth, shelf)
}

#[test]
fn one_goes_back_and_forward_and_a_restart_stays_there() {
    let (booth, mut shelf) = with_versions(&[1, 2]);
    assert_eq!(previous(&shelf), Some(1));
    assert_eq!(who(&shelf.roll_back(&oak()).unwrap()), "oak 1");
    assert_eq!(previous(&shelf), Some(2));
    let both = ["oak/1.xpack", "oak/2.xpack", "oak/current", "oak/ratchet"];
    drop(shelf);
    let mut shelf = booth.open_well();
    assert_eq!(who(&shelf.library().unwrap()), "oak 1");
    assert_eq!(booth.on_disk(), both);
    assert_eq!(who(&shelf.roll_back(&oak()).unwrap()), "oak 2");
    assert_eq!(previous(&booth.open_well()), Some(1));
    assert_eq!(booth.on_disk(), both);
}

#[test]
fn after_going_back_a_stick_brings_nothing_below_what_was_here() {
    let (booth, mut shelf) = with_versions(&[1, 2, 5]);
    shelf.roll_back(&oak()).unwrap();
    let older = sentence(booth.install(&mut shelf, &booth.school(4)));
    assert!(older.contains("version 4, and 5 is here"), "{older}");
    assert!(sentence(booth.install(&mut shelf, &booth.school(2))).contains("already"));
    // The very version that was left may come again, and then what served is kept.
    booth.install(&mut shelf, &booth.school(5)).unwrap();
    assert_eq!(previous(&shelf), Some(2));
    shelf.roll_back(&oak()).unwrap();
    booth.install(&mut shelf, &booth.school(6)).unwrap();
    assert_eq!(
        booth.on_disk(),
        ["oak/2.xpack", "oak/6.xpack", "oak/current", "oak/ratchet"]
    );
    assert_eq!(previous(&shelf), Some(2));
}

#[test]
fn one_goes_back_to_what_came_with_the_image_until_a_newer_image_comes() {
    let booth = Booth::new();
    booth.write("image/oak.xpack", &booth.school(3));
    let mut shelf = booth.open_well();
    booth.install(&mut shelf, &booth.school(7)).unwrap();
    assert_eq!(who(&shelf.roll_back(&oak()).unwrap()), "oak 3");
    let shelf = booth.open_well();
    assert_eq!(who(&shelf.library().unwrap()), "oak 3");
    assert_eq!(previous(&shelf), Some(7));
    // The same choice against the same image; a newer image is news.
    booth.write("image/oak.xpack", &booth.school(8));
    let mut shelf = booth.open_well();
    assert_eq!(who(&shelf.library().unwrap()), "oak 8");
    assert_eq!(who(&shelf.roll_back(&oak()).unwrap()), "oak 7");
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 7");
    booth.write("image/oak.xpack", &booth.school(9));
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 9");
    // And an image that is gone leaves what is here.
    fs::remove_file(booth.path("image/oak.xpack")).unwrap();
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 7");
}

#[test]
fn where_nothing_is_kept_there_is_no_going_back() {
    let (booth, mut shelf) = with_versions(&[1]);
    for id in ["starter", "nobody"] {
        let id = PackId::new(id).unwrap();
        let refused = shelf.roll_back(&id);
        assert!(matches!(refused, Err(ShelfError::NothingKept)), "{id}");
    }
    assert_eq!(serving(&booth.open_well()).len(), 2);
}

#[test]
fn a_version_with_which_the_library_would_not_hold_is_not_gone_back_to() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    let city = |version| Sources::new("city", "district", version);
    let night = city(1).with("hotlines.toml", &line("night", false));
    booth
        .install(&mut shelf, &night.signed(&booth.publisher))
        .unwrap();
    let silent = Sources::new("oak", "school", 1).with("hotlines.toml", &line("day", true));
    booth
        .install(&mut shelf, &silent.signed(&booth.publisher))
        .unwrap();
    booth.install(&mut shelf, &booth.school(2)).unwrap();
    booth
        .install(&mut shelf, &city(2).signed(&booth.publisher))
        .unwrap();
    let error = shelf.roll_back(&oak()).unwrap_err();
    assert!(matches!(error, ShelfError::Library(LibraryError::NoLine)));
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 2");
}

#[test]
fn a_spoilt_version_is_not_gone_back_to() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    let old = Sources::new("oak", "school", 1)
        .with_lake("calm")
        .signed(&booth.publisher);
    booth.install(&mut shelf, &old).unwrap();
    booth.install(&mut shelf, &booth.school(2)).unwrap();
    let mut spoilt = old;
    let place = spoilt.windows(4).position(|four| four == b"calm").unwrap();
    spoilt[place] ^= 1;
    booth.write("packs/oak/1.xpack", &spoilt);
    assert_eq!(previous(&shelf), Some(1));
    let error = shelf.roll_back(&oak()).unwrap_err();
    assert!(
        matches!(error, ShelfError::KeptBad { version: 1 }),
        "{error:?}"
    );
    for lang in [Lang::ZhCn, Lang::En] {
        let words = error.sentence(lang);
        assert!(
            !words.contains("重新拷贝") && !words.contains("索取"),
            "{words}"
        );
        assert!(
            words.contains("本机的存储") || words.contains("booth's disk"),
            "{words}"
        );
    }
    // It is offered no more, also after a start, and nothing is complained of: what serves is well.
    assert_eq!(previous(&shelf), None);
    assert!(booth.on_disk().contains(&"oak/1.bad".to_owned()));
    let shelf = booth.open_well();
    assert_eq!(previous(&shelf), None);
    assert_eq!(who(&shelf.library().unwrap()), "oak 2");
}

#[test]
fn a_kept_version_with_a_spoilt_head_is_not_offered() {
    let (booth, shelf) = with_versions(&[1, 2]);
    booth.write("packs/oak/1.xpack", b"not even a head");
    assert_eq!(previous(&shelf), None);
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 2");
}

/// The versions of the school's pack that are out of service.
fn out(shelf: &Shelf) -> Vec<u64> {
    let out = shelf.out_of_service();
    assert!(
        out.iter()
            .all(|pack| pack.id == oak() && !pack.alone && pack.previous.is_none())
    );
    out.iter().map(|pack| pack.version).collect()
}

fn alone(shelf: &Shelf) -> bool {
    let serving = shelf.serving();
    serving.iter().any(|pack| pack.id == oak() && pack.alone)
}

#[test]
fn a_pack_that_was_new_here_can_be_taken_out_of_service_and_put_back() {
    let (booth, mut shelf) = with_versions(&[4]);
    assert!(alone(&shelf) && out(&shelf).is_empty());
    let files = ["oak/4.xpack", "oak/current", "oak/ratchet"];
    for round in 0..2 {
        assert_eq!(
            who(&shelf.roll_back(&oak()).unwrap()),
            "starter 5",
            "{round}"
        );
        assert_eq!(out(&shelf), [4]);
        let pointer = fs::read_to_string(booth.path("packs/oak/current")).unwrap();
        assert_eq!(pointer, "none\nkept 4\n");
        // It lasts, whatever is chosen again, and stays whole.
        shelf.set_trust(Trust::roots(vec![booth.publisher.key()]));
        assert_eq!(who(&shelf.library().unwrap()), "starter 5");
        let mut again = booth.open_well();
        assert_eq!(who(&again.library().unwrap()), "starter 5");
        assert_eq!(
            (out(&again), booth.on_disk()),
            (vec![4], files.map(str::to_owned).to_vec())
        );
        assert_eq!(who(&again.roll_back(&oak()).unwrap()), "oak 4");
        assert!(alone(&again) && out(&again).is_empty());
        assert_eq!(booth.on_disk(), files);
        shelf = booth.open_well();
        assert_eq!(who(&shelf.library().unwrap()), "oak 4");
    }
}

#[test]
fn a_stick_brings_no_less_to_a_pack_that_is_out_of_service() {
    let (booth, mut shelf) = with_versions(&[4]);
    shelf.roll_back(&oak()).unwrap();
    let older = sentence(booth.install(&mut shelf, &booth.school(3)));
    assert!(older.contains("version 3, and 4 is here"), "{older}");
    // The very version again puts it back; a newer one has nothing before it either.
    booth.install(&mut shelf, &booth.school(4)).unwrap();
    assert!(alone(&shelf));
    shelf.roll_back(&oak()).unwrap();
    booth.install(&mut shelf, &booth.school(6)).unwrap();
    assert_eq!((previous(&shelf), alone(&shelf)), (None, true));
    assert_eq!(
        booth.on_disk(),
        ["oak/6.xpack", "oak/current", "oak/ratchet"]
    );
    shelf.roll_back(&oak()).unwrap();
    assert_eq!(out(&booth.open_well()), [6]);
}

#[test]
fn what_the_others_cannot_do_without_stays_in_service() {
    let booth = Booth::new();
    fs::remove_file(booth.path("image/starter.xpack")).unwrap();
    let mut shelf = booth.open_well();
    let starter = Sources::starter(6).signed(&booth.publisher);
    booth.install(&mut shelf, &starter).unwrap();
    let id = PackId::new("starter").unwrap();
    let refused = shelf.roll_back(&id).unwrap_err();
    assert!(matches!(refused, ShelfError::StillNeeded(_)), "{refused:?}");
    assert!(refused.sentence(Lang::ZhCn).contains("没有停用"));
    assert_eq!(who(&shelf.library().unwrap()), "starter 6");
    assert_eq!(who(&booth.open_well().library().unwrap()), "starter 6");
}

#[test]
fn an_image_that_brings_the_pack_is_news_to_one_out_of_service() {
    let (booth, mut shelf) = with_versions(&[4]);
    shelf.roll_back(&oak()).unwrap();
    booth.write("image/oak.xpack", &booth.school(5));
    let mut shelf = booth.open_well();
    assert_eq!(who(&shelf.library().unwrap()), "oak 5");
    assert!(out(&shelf).is_empty());
    assert_eq!(who(&shelf.roll_back(&oak()).unwrap()), "oak 4");
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 4");
}

#[test]
fn what_is_out_of_service_and_went_bad_is_said_and_offered_no_more() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    let lake = Sources::new("oak", "school", 4).with_lake("calm");
    let mut spoilt = lake.signed(&booth.publisher);
    booth.install(&mut shelf, &spoilt).unwrap();
    shelf.roll_back(&oak()).unwrap();
    let place = spoilt.windows(4).position(|four| four == b"calm").unwrap();
    spoilt[place] ^= 1;
    booth.write("packs/oak/4.xpack", &spoilt);
    let error = shelf.roll_back(&oak()).unwrap_err();
    assert!(matches!(error, ShelfError::KeptBad { version: 4 }));
    assert!(out(&shelf).is_empty());
    assert_eq!(who(&shelf.library().unwrap()), "starter 5");
    // Nobody misses what was taken out of service.
    drop(shelf);
    let (mut shelf, notices) = booth.open();
    assert!(notices.is_empty(), "{notices:?}");
    // It may come again by stick.
    booth
        .install(&mut shelf, &lake.signed(&booth.publisher))
        .unwrap();
    assert_eq!(who(&booth.open_well().library().unwrap()), "oak 4");
}

#[test]
fn a_pack_whose_key_is_revoked_is_not_put_back() {
    let (_booth, mut shelf) = with_versions(&[4]);
    shelf.roll_back(&oak()).unwrap();
    let other = Publisher::new();
    shelf.set_trust(Trust::roots(vec![other.key()]));
    assert!(out(&shelf).is_empty());
    assert!(matches!(
        shelf.roll_back(&oak()),
        Err(ShelfError::NothingKept)
    ));
}

#[test]
fn a_damaged_ratchet_is_told_and_mended_and_locks_nobody_out() {
    for text in ["", "somebody", "somebody 9\u{0}\n", "x 1\nx 1\n"] {
        let (booth, shelf) = with_versions(&[4, 5]);
        drop(shelf);
        booth.write("packs/oak/ratchet", text.as_bytes());
        let (mut shelf, notices) = booth.open();
        assert!(
            matches!(&notices[..], [ShelfNotice::RatchetLost { .. }]),
            "{text:?}: {notices:?}"
        );
        let mended = fs::read_to_string(booth.path("packs/oak/ratchet")).unwrap();
        assert_eq!(mended, "somebody 5\n");
        assert!(sentence(booth.install(&mut shelf, &booth.school(3))).contains("older"));
        booth.install(&mut shelf, &booth.school(6)).unwrap();
        booth.open_well();
    }
}

#[test]
fn the_ratchet_outlives_the_packs_themselves() {
    let (booth, shelf) = with_versions(&[4, 5]);
    drop(shelf);
    for name in ["4.xpack", "5.xpack", "current"] {
        fs::remove_file(booth.path("packs/oak").join(name)).unwrap();
    }
    let mut shelf = booth.open_well();
    assert_eq!(who(&shelf.library().unwrap()), "starter 5");
    assert!(sentence(booth.install(&mut shelf, &booth.school(4))).contains("older"));
    assert_eq!(
        who(&booth.install(&mut shelf, &booth.school(5)).unwrap()),
        "oak 5"
    );
}
