//! Sticks that hold too much, end early, lie, are slow or are pulled out, through the whole simulator.

use super::*;
use xinting_hw::usb::sim::StickFault;
use xinting_hw::usb::{StickEvent, StickFiles, StickPort, UsbSim};

/// A booth with a stick in its simulated reader.
struct Reader {
    booth: Booth,
    sim: UsbSim,
    files: std::sync::Arc<dyn StickFiles>,
}

impl Reader {
    fn with(packs: &[(&str, Vec<u8>)]) -> Self {
        let booth = Booth::new();
        for (name, bytes) in packs {
            booth.write(&format!("stick/{name}"), bytes);
        }
        let sim = UsbSim::new();
        sim.insert(&booth.path("stick")).unwrap();
        let event = sim.port().wait_event(std::time::Duration::ZERO).unwrap();
        let Some(StickEvent::Inserted(stick)) = event else {
            panic!("no stick")
        };
        Self {
            booth,
            sim,
            files: stick.files,
        }
    }

    fn look(&self, shelf: &Shelf) -> Result<Vec<Found>, ShelfError> {
        shelf.look(&*self.files)
    }

    /// Looks while the stick is well, then installs the first thing with this fault.
    fn install_with(&self, fault: StickFault) -> Result<Shown, ShelfError> {
        let mut shelf = self.booth.open_well();
        let found = self.look(&shelf).unwrap().remove(0);
        self.sim.fault(fault);
        let result = shelf.install(&*self.files, &found, &mut go_on);
        if result.is_err() {
            assert_eq!(who(&shelf.library().unwrap()), "starter 5");
            assert!(
                self.booth.on_disk().is_empty(),
                "{:?}",
                self.booth.on_disk()
            );
        }
        result
    }
}

/// A pack whose data does not fit into one chunk.
fn large(booth: &Booth, version: u64) -> Vec<u8> {
    let sound = "la".repeat(400_000);
    Sources::new("oak", "school", version)
        .with_lake(&sound)
        .signed(&booth.publisher)
}

fn with_large() -> Reader {
    let reader = Reader::with(&[]);
    reader
        .booth
        .write("stick/oak.xpack", &large(&reader.booth, 1));
    reader
}

fn fault(words: &str) -> StickFault {
    words.parse().unwrap()
}

#[test]
fn only_pack_files_near_the_root_of_a_stick_are_looked_at() {
    let x = || b"x".to_vec();
    let names = [
        "photo.jpg",
        ".hidden.xpack",
        "._mac.xpack",
        ".dir/a.xpack",
        "deep/er/b.xpack",
        "xpack",
    ];
    let reader = Reader::with(&names.map(|name| (name, x())));
    let booth = &reader.booth;
    fs::create_dir(booth.path("stick/folder.xpack")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", booth.path("stick/link.xpack")).unwrap();
    booth.write("stick/z.xpack", b"x");
    booth.write("stick/a/b.xpack", b"x");
    reader.sim.fault(fault("odd-names z.xpack"));
    let shelf = booth.open_well();
    let found = reader.look(&shelf).unwrap();
    assert_eq!(files(&found)[..2], ["a/b.xpack", "z.xpack"]);
    assert!(found.iter().all(|found| found.offer.is_none()));
    for number in 0..50 {
        booth.write(&format!("stick/many-{number}.xpack"), b"x");
    }
    assert_eq!(reader.look(&shelf).unwrap().len(), 32);
    // A family's photographs do not hide what comes after them for longer than the list is.
    reader.sim.fault(fault("many 5000"));
    assert_eq!(reader.look(&shelf).unwrap().len(), 32);
}

#[test]
fn packs_stand_together_newest_first_and_a_copy_of_one_is_the_same_pack() {
    let booth = Booth::new();
    let elm = Sources::new("elm", "school", 1).signed(&booth.publisher);
    let packs = [
        ("a.xpack", booth.school(1)),
        ("b/a.xpack", booth.school(3)),
        ("c.xpack", elm),
        ("d.xpack", booth.school(3)),
        ("e.xpack", booth.school(2)[..100].to_vec()),
    ];
    for (name, bytes) in packs {
        booth.write(&format!("stick/{name}"), &bytes);
    }
    let mut shelf = booth.open_well();
    let found = booth.look(&shelf);
    let order = ["c.xpack", "b/a.xpack", "d.xpack", "a.xpack", "e.xpack"];
    assert_eq!(files(&found), order);
    assert!(found[..4].iter().all(|found| found.refusal.is_none()));
    shelf
        .install(&booth.stick(), &found[1], &mut go_on)
        .unwrap();
    let again = booth.look(&shelf);
    let refused: Vec<bool> = again.iter().map(|found| found.refusal.is_some()).collect();
    assert_eq!(refused, [false, true, true, true, true]);
}

#[test]
fn a_stick_that_is_pulled_at_any_byte_leaves_nothing() {
    let length = large(&Booth::new(), 1).len();
    for at in [0, 1, 30, 700, 262_144, length / 2, length - 1] {
        let reader = with_large();
        let error = reader.install_with(fault(&format!("yank oak.xpack {at}")));
        let error = error.unwrap_err();
        assert!(matches!(error, ShelfError::StickGone), "{at}: {error:?}");
        assert!(error.sentence(Lang::ZhCn).contains("拔出"));
    }
}

#[test]
fn a_stick_that_cannot_be_read_to_its_end_is_said_to_be_bad() {
    let length = large(&Booth::new(), 1).len();
    for at in [0, 500, 300_000, length - 1] {
        let reader = with_large();
        let error = reader.install_with(fault(&format!("bad oak.xpack {at}")));
        let error = error.unwrap_err();
        assert!(
            matches!(error, ShelfError::Pack(PackError::Io(_))),
            "{at}: {error:?}"
        );
        assert!(error.sentence(Lang::ZhCn).contains("检查 U 盘"));
    }
    // Where not even the head can be read, that one file is refused and no other.
    let reader = Reader::with(&[]);
    reader
        .booth
        .write("stick/bad.xpack", &reader.booth.school(1));
    reader
        .booth
        .write("stick/good.xpack", &reader.booth.school(2));
    reader.sim.fault(fault("bad bad.xpack 100"));
    let shelf = reader.booth.open_well();
    let found = reader.look(&shelf).unwrap();
    assert_eq!(files(&found), ["good.xpack", "bad.xpack"]);
    assert!(found[0].refusal.is_none() && found[1].refusal.is_some());
}

#[test]
fn a_stick_that_lies_between_two_readings_is_refused() {
    let reader = with_large();
    let booth = &reader.booth;
    // Another good pack, the same pack with one byte of its sound flipped, the same cut short.
    let same = fs::read(booth.path("stick/oak.xpack")).unwrap();
    let mut flipped = same.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let others = [
        (large(booth, 2), "changed"),
        (booth.school(1), "truncated"),
        (flipped, "altered"),
        (same[..same.len() - 1].to_vec(), "truncated"),
        ([same.clone(), vec![0]].concat(), "changed"),
        (Vec::new(), "truncated"),
    ];
    for (number, (bytes, how)) in others.into_iter().enumerate() {
        let name = format!("other-{number}");
        booth.write(&name, &bytes);
        reader.sim.well();
        let lie = format!("lie oak.xpack 1 {}", booth.path(&name).display());
        let error = reader.install_with(fault(&lie)).unwrap_err();
        let right = match how {
            "changed" => matches!(error, ShelfError::Changed),
            "altered" => matches!(error, ShelfError::Pack(PackError::Altered { .. })),
            _ => matches!(error, ShelfError::Pack(PackError::Truncated { .. })),
        };
        assert!(right, "{number} {how}: {error:?}");
    }
    reader.sim.well();
    assert_eq!(
        reader
            .install_with(fault("slow 900000000"))
            .unwrap()
            .packs
            .len(),
        2
    );
}

#[test]
fn a_file_that_is_longer_or_shorter_than_listed_is_refused() {
    for (words, at_look) in [
        ("size oak.xpack 99", true),
        ("size oak.xpack 99999999", true),
        ("size oak.xpack 99999999999", true),
        ("grow oak.xpack 5", false),
    ] {
        let reader = with_large();
        reader.sim.fault(fault(words));
        let mut shelf = reader.booth.open_well();
        let found = reader.look(&shelf).unwrap().remove(0);
        assert_eq!(found.refusal.is_some(), at_look, "{words}");
        let refused = shelf.install(&*reader.files, &found, &mut go_on);
        assert!(refused.is_err(), "{words}");
        assert!(reader.booth.on_disk().is_empty());
    }
}

#[test]
fn it_can_be_stopped_at_any_byte_until_it_is_verified() {
    let reader = with_large();
    let mut shelf = reader.booth.open_well();
    let found = reader.look(&shelf).unwrap().remove(0);
    let mut asked = 0;
    for after in 0.. {
        let mut calls = 0;
        let result = shelf.install(&*reader.files, &found, &mut |working| {
            calls += 1;
            asked += 1;
            match calls > after && working.step != Step::Placing {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        match result {
            Err(error) => {
                assert!(matches!(error, ShelfError::Stopped), "{error:?}");
                assert!(reader.booth.on_disk().is_empty());
            }
            Ok(_) => break,
        }
    }
    assert!(asked > 10, "asked {asked} times");
}

#[test]
fn a_stick_that_hangs_can_be_given_up() {
    let reader = with_large();
    let mut shelf = reader.booth.open_well();
    let found = reader.look(&shelf).unwrap().remove(0);
    // At this rate it would take days.
    reader.sim.fault(fault("slow 4"));
    let began = std::time::Instant::now();
    let mut asked = 0;
    let result = shelf.install(&*reader.files, &found, &mut |_| {
        asked += 1;
        match asked > 4 {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    assert!(matches!(result, Err(ShelfError::Stopped)));
    assert!(began.elapsed() < std::time::Duration::from_secs(20));
    assert!(reader.booth.on_disk().is_empty());
}

#[test]
fn a_stick_that_is_out_cannot_be_looked_at() {
    let reader = with_large();
    let shelf = reader.booth.open_well();
    reader.sim.pull();
    // It lists empty; whoever asks the reader knows better.
    assert!(reader.look(&shelf).unwrap().is_empty());
    let reader = with_large();
    let stopped = shelf.look_while(&*reader.files, &mut || ControlFlow::Break(()));
    assert!(matches!(stopped, Err(ShelfError::Stopped)));
}

#[test]
fn bad_files_crowd_out_no_good_one_and_what_is_left_out_is_counted() {
    let booth = Booth::new();
    for number in 0..40 {
        booth.write(&format!("stick/a-{number:02}.xpack"), b"nothing good");
    }
    booth.write("stick/z/oak.xpack", &booth.school(1));
    let shelf = booth.open_well();
    let looked = shelf.look_while(&booth.stick(), &mut || ControlFlow::Continue(()));
    let looked = looked.unwrap();
    assert_eq!(looked.found.len(), 32);
    assert_eq!(looked.found[0].file, "z/oak.xpack");
    assert!(looked.found[0].refusal.is_none());
    assert_eq!(looked.left_out, 9);
}
