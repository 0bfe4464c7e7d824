//! The shelf on a real folder, with a folder as stick.

use super::maker::{Publisher, Sources, line};
mod back;
mod broken;
mod changes;
mod health;
mod model;
mod stick;
mod trust;

use super::*;
use std::fs;
use std::ops::ControlFlow;
use tempfile::TempDir;
use xinting_content::Lang;
use xinting_hw::usb::FolderFiles;

/// One booth's disk and a stick.
struct Booth {
    root: TempDir,
    publisher: Publisher,
    production: bool,
}

impl Booth {
    /// With a starter pack of version 5 on its image.
    fn new() -> Self {
        let booth = Self {
            root: TempDir::new().unwrap(),
            publisher: Publisher::new(),
            production: false,
        };
        for folder in ["image", "stick"] {
            fs::create_dir(booth.root.path().join(folder)).unwrap();
        }
        booth.write(
            "image/starter.xpack",
            &Sources::starter(5).signed(&booth.publisher),
        );
        booth
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn open(&self) -> (Shelf, Vec<ShelfNotice>) {
        let trust = Trust::roots(vec![self.publisher.key()]);
        Shelf::open(
            &self.path("packs"),
            Some(&self.path("image")),
            trust,
            self.production,
        )
    }

    /// The same with another trust than the one key.
    fn open_trusting(&self, trust: Trust) -> (Shelf, Vec<ShelfNotice>) {
        let image = self.path("image");
        Shelf::open(&self.path("packs"), Some(&image), trust, self.production)
    }

    /// Opens a shelf that has nothing to complain of.
    fn open_well(&self) -> Shelf {
        let (shelf, notices) = self.open();
        assert!(notices.is_empty(), "{notices:?}");
        shelf
    }

    /// The files of the folder that plays the stick.
    fn stick(&self) -> FolderFiles {
        FolderFiles::read_only(self.path("stick")).unwrap()
    }

    fn look(&self, shelf: &Shelf) -> Vec<Found> {
        shelf.look(&self.stick()).unwrap()
    }

    /// Puts one pack on the stick and installs it.
    fn install(&self, shelf: &mut Shelf, bytes: &[u8]) -> Result<Shown, ShelfError> {
        self.write("stick/new.xpack", bytes);
        let mut found = self.look(shelf);
        assert_eq!(found.len(), 1);
        let found = found.remove(0);
        match found.refusal {
            Some(reason) => Err(reason),
            None => shelf.install(&self.stick(), &found, &mut go_on),
        }
    }

    fn school(&self, version: u64) -> Vec<u8> {
        Sources::new("oak", "school", version).signed(&self.publisher)
    }

    /// Every file below the packs' folder.
    fn on_disk(&self) -> Vec<String> {
        fn walk(folder: &Path, names: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, names)
                } else {
                    names.push(path)
                }
            }
        }
        let mut paths = Vec::new();
        walk(&self.path("packs"), &mut paths);
        let mut names: Vec<String> = paths
            .iter()
            .map(|path| {
                path.strip_prefix(self.path("packs"))
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        names.sort();
        names
    }
}

fn go_on(_: Working) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Which pack's counsellor is shown.
fn who(shown: &Shown) -> &str {
    shown.library.counsellor().who.get(Lang::En)
}

fn serving(shelf: &Shelf) -> Vec<(String, u64, Origin)> {
    shelf
        .serving()
        .into_iter()
        .map(|pack| (pack.id.to_string(), pack.version, pack.origin))
        .collect()
}

fn oak() -> PackId {
    PackId::new("oak").unwrap()
}

/// The version that one could go back to.
fn previous(shelf: &Shelf) -> Option<u64> {
    let serving = shelf.serving();
    let oak = serving.iter().find(|pack| pack.id == oak())?;
    Some(oak.previous.as_ref()?.version)
}

fn files(found: &[Found]) -> Vec<&str> {
    found.iter().map(|found| found.file.as_str()).collect()
}

fn sentence(result: Result<Shown, ShelfError>) -> String {
    result.unwrap_err().sentence(Lang::En)
}

#[test]
fn a_booth_without_packs_says_what_to_do_and_does_not_fall() {
    let root = TempDir::new().unwrap();
    let (shelf, notices) = Shelf::open(&root.path().join("packs"), None, Trust::default(), true);
    assert!(notices.is_empty());
    assert!(
        shelf
            .library()
            .unwrap_err()
            .to_string()
            .contains("install the starter pack")
    );
    assert!(shelf.serving().is_empty());
}

#[test]
fn a_pack_from_a_stick_changes_the_library_and_stays() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    assert_eq!(who(&shelf.library().unwrap()), "starter 5");
    booth.write("stick/school/oak.XPACK", &booth.school(1));
    let found = booth.look(&shelf).remove(0);
    assert!(found.refusal.is_none(), "{:?}", found.refusal);
    assert_eq!(found.file, "school/oak.XPACK");
    assert_eq!(found.size_bytes, booth.school(1).len() as u64);
    let offer = found.offer.as_ref().unwrap();
    assert_eq!(offer.info().title.get(Lang::En), "Pack oak");
    assert_eq!(offer.info().release, "r1");
    assert_eq!(offer.replaces, None);
    assert_eq!(offer.signed_by, xinting_content::SignedBy::Root);
    assert_eq!(
        offer.contents,
        Contents {
            counsellor: true,
            ..Contents::default()
        }
    );
    let mut seen = Vec::new();
    let shown = shelf.install(&booth.stick(), &found, &mut |working| {
        seen.push(working);
        ControlFlow::Continue(())
    });
    let size = found.size_bytes;
    assert!(
        seen.iter()
            .all(|working| working.total_bytes == size && working.files == 2)
    );
    assert_eq!((seen[0].step, seen[0].done_bytes), (Step::Copying, 0));
    let copied = seen.iter().rfind(|working| working.step == Step::Copying);
    assert_eq!(copied.map(|working| working.done_bytes), Some(size));
    assert_eq!(seen.last().map(|working| working.step), Some(Step::Placing));
    assert!(seen.is_sorted_by_key(|working| (working.step as u8, working.done_bytes)));
    // What the stick holds from now on does not matter.
    fs::remove_dir_all(booth.path("stick")).unwrap();
    assert_eq!(who(&shown.unwrap()), "oak 1");
    assert_eq!(who(&shelf.library().unwrap()), "oak 1");
    assert_eq!(
        booth.on_disk(),
        ["oak/1.xpack", "oak/current", "oak/ratchet"]
    );
    drop(shelf);
    let shelf = booth.open_well();
    assert_eq!(who(&shelf.library().unwrap()), "oak 1");
    let image = ("starter".to_owned(), 5, Origin::Image);
    assert_eq!(
        serving(&shelf),
        [image, ("oak".to_owned(), 1, Origin::Installed)]
    );
}

#[test]
fn versions_only_rise_and_two_are_kept() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    for version in [2, 3, 5] {
        let shown = booth.install(&mut shelf, &booth.school(version)).unwrap();
        assert_eq!(who(&shown), format!("oak {version}"));
    }
    assert_eq!(
        booth.on_disk(),
        ["oak/3.xpack", "oak/5.xpack", "oak/current", "oak/ratchet"]
    );
    let same = sentence(booth.install(&mut shelf, &booth.school(5)));
    assert_eq!(
        same,
        "this version (5) is already installed; there is nothing to do"
    );
    let older = sentence(booth.install(&mut shelf, &booth.school(3)));
    assert!(
        older.contains(
            "older than the one installed: version 3, and 5 is here; use version 5 or later"
        ),
        "{older}"
    );
    let image = sentence(booth.install(&mut shelf, &Sources::starter(4).signed(&booth.publisher)));
    assert!(image.contains("version 4, and 5 is here"), "{image}");
    assert_eq!(who(&shelf.library().unwrap()), "oak 5");
    assert_eq!(
        booth.on_disk(),
        ["oak/3.xpack", "oak/5.xpack", "oak/current", "oak/ratchet"]
    );
}

#[test]
fn what_became_old_while_it_waited_is_not_installed() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    booth.write("stick/a.xpack", &booth.school(1));
    booth.write("stick/b.xpack", &booth.school(2));
    let found = booth.look(&shelf);
    // The newest stands first, whatever the files are called.
    assert_eq!(files(&found), ["b.xpack", "a.xpack"]);
    shelf
        .install(&booth.stick(), &found[0], &mut go_on)
        .unwrap();
    assert!(matches!(
        shelf.install(&booth.stick(), &found[1], &mut go_on),
        Err(ShelfError::Pack(PackError::Older {
            found: 1,
            installed: 2
        }))
    ));
    assert_eq!(
        booth.on_disk(),
        ["oak/2.xpack", "oak/current", "oak/ratchet"]
    );
    let again = booth.look(&shelf);
    assert!(matches!(
        again[0].refusal,
        Some(ShelfError::Already { version: 2 })
    ));
    assert_eq!(again.len(), 2);
}

#[test]
fn bad_packs_are_refused_in_words_and_the_booth_keeps_what_it_had() {
    let booth = Booth {
        production: true,
        ..Booth::new()
    };
    let mut shelf = booth.open_well();
    booth.install(&mut shelf, &booth.school(2)).unwrap();
    let good = booth.school(3);
    let flipped = |place: usize| {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        bytes
    };
    let refused = [
        (good[..good.len() / 2].to_vec(), "truncated", "重新拷贝"),
        (flipped(good.len() - 40), "altered", "改动过"),
        (flipped(100), "altered", "改动过"),
        (
            Sources::new("oak", "school", 3).unsigned(),
            "unsigned",
            "没有签名",
        ),
        (
            Sources::new("oak", "school", 3).signed(&Publisher::new()),
            "signed by a stranger",
            "不认识的密钥",
        ),
        (
            booth.school(1),
            "older than the one installed",
            "不能再装更旧的",
        ),
        (booth.school(2), "already installed", "已经装好了"),
        (
            Sources::new("oak", "school", 3)
                .sample()
                .signed(&booth.publisher),
            "is a sample",
            "示例",
        ),
        (b"not a pack at all".to_vec(), "not a pack", "不是内容包"),
        (Vec::new(), "not a pack", "不是内容包"),
    ];
    for (bytes, en, zh) in refused {
        let error = booth.install(&mut shelf, &bytes).unwrap_err();
        assert!(
            error.sentence(Lang::En).contains(en),
            "{}",
            error.sentence(Lang::En)
        );
        assert!(
            error.sentence(Lang::ZhCn).contains(zh),
            "{}",
            error.sentence(Lang::ZhCn)
        );
        assert_eq!(who(&shelf.library().unwrap()), "oak 2");
        assert_eq!(
            booth.on_disk(),
            ["oak/2.xpack", "oak/current", "oak/ratchet"]
        );
    }
}

#[test]
fn a_sound_comes_from_the_pack_whose_practice_is_shown_and_is_verified_again() {
    let booth = Booth::new();
    booth.write(
        "image/starter.xpack",
        &Sources::starter(6)
            .with_lake("calm")
            .signed(&booth.publisher),
    );
    let mut shelf = booth.open_well();
    let lake = PracticeId::new("lake").unwrap();
    let before = shelf.library().unwrap();
    let file = before.library.practice(&lake).unwrap().sound.clone();
    assert_eq!(before.sound(&lake, &file).unwrap().unwrap(), b"calm");
    let sea = PracticeId::new("sea").unwrap();
    assert!(before.sound(&sea, &file).is_none());
    let school = Sources::new("oak", "school", 1)
        .with_lake("rain")
        .signed(&booth.publisher);
    let after = booth.install(&mut shelf, &school).unwrap();
    assert_eq!(after.sound(&lake, &file).unwrap().unwrap(), b"rain");
    // A visit that began before goes on with what it began with.
    assert_eq!(before.sound(&lake, &file).unwrap().unwrap(), b"calm");
    let mut spoilt = school;
    let place = spoilt
        .windows(4)
        .position(|bytes| bytes == b"rain")
        .unwrap();
    spoilt[place] ^= 1;
    booth.write("packs/oak/1.xpack", &spoilt);
    assert!(matches!(
        after.sound(&lake, &file),
        Some(Err(PackError::Altered { .. }))
    ));
}

#[test]
fn a_pack_with_which_the_library_would_not_hold_is_not_installed() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    let silent = Sources::new("oak", "school", 1).with("hotlines.toml", &line("day", true));
    let error = booth
        .install(&mut shelf, &silent.signed(&booth.publisher))
        .unwrap_err();
    assert!(
        matches!(error, ShelfError::Library(LibraryError::NoLine)),
        "{error:?}"
    );
    assert!(error.sentence(Lang::ZhCn).contains("求助热线"));
    assert_eq!(who(&shelf.library().unwrap()), "starter 5");
    assert!(booth.on_disk().is_empty());
}

#[test]
fn samples_of_the_image_do_not_serve_in_production() {
    let booth = Booth {
        production: true,
        ..Booth::new()
    };
    booth.write(
        "image/oak.xpack",
        &Sources::new("oak", "school", 1)
            .sample()
            .signed(&booth.publisher),
    );
    let (shelf, notices) = booth.open();
    assert!(
        matches!(
            &notices[..],
            [ShelfNotice::ImageNotUsable {
                reason: PackError::Sample { .. },
                ..
            }]
        ),
        "{notices:?}"
    );
    assert_eq!(who(&shelf.library().unwrap()), "starter 5");
    let desk = Booth {
        production: false,
        ..booth
    };
    assert_eq!(who(&desk.open_well().library().unwrap()), "oak 1");
}

#[test]
fn the_newer_of_image_and_installed_serves() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    booth
        .install(&mut shelf, &Sources::starter(6).signed(&booth.publisher))
        .unwrap();
    assert_eq!(
        serving(&booth.open_well()),
        [("starter".to_owned(), 6, Origin::Installed)]
    );
    booth.write(
        "image/newer.xpack",
        &Sources::starter(7).signed(&booth.publisher),
    );
    assert_eq!(
        serving(&booth.open_well()),
        [("starter".to_owned(), 7, Origin::Image)]
    );
}

#[test]
fn layers_lie_by_kind_and_then_by_id() {
    let booth = Booth::new();
    for (id, kind) in [
        ("oak", "school"),
        ("zeta", "district"),
        ("alpha", "district"),
    ] {
        booth.write(
            &format!("image/{id}.xpack"),
            &Sources::new(id, kind, 1).signed(&booth.publisher),
        );
    }
    let shelf = booth.open_well();
    let ids: Vec<String> = shelf
        .serving()
        .iter()
        .map(|pack| pack.id.to_string())
        .collect();
    assert_eq!(ids, ["starter", "alpha", "zeta", "oak"]);
}

#[test]
fn others_are_not_trusted_if_that_would_leave_nothing_to_show() {
    let booth = Booth::new();
    let mut shelf = booth.open_well();
    let (own, other) = (booth.publisher.key(), Publisher::new());
    let only_the_other = Trust::roots(vec![other.key()]);
    shelf.would_hold(&Trust::roots(vec![own])).unwrap();
    let refused = shelf.would_hold(&only_the_other).unwrap_err();
    assert!(matches!(refused, ShelfError::NothingLeft(_)), "{refused:?}");
    assert!(refused.sentence(Lang::ZhCn).contains("没有启用"));
    // A school's pack by the other alone is no library; a starter pack by both-trusted hands is.
    let both = Trust::roots(vec![booth.publisher.key(), other.key()]);
    shelf.set_trust(both);
    let school = Sources::new("oak", "school", 1).signed(&other);
    booth.install(&mut shelf, &school).unwrap();
    assert!(shelf.would_hold(&only_the_other).is_err());
    let starter = Sources::starter(6).signed(&other);
    booth.install(&mut shelf, &starter).unwrap();
    shelf.would_hold(&only_the_other).unwrap();
    // And the other way round the image's own serves.
    let own = Trust::roots(vec![booth.publisher.key()]);
    shelf.would_hold(&own).unwrap();
}
