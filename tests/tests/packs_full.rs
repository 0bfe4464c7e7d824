//! A disk that is full, for real: a small file system of its own on which packs are installed. Before an installation it is
//! told how much room is missing; where the room goes while it is under way, the old version stays and nothing is left.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use xinting_content::{Lang, PackId};
use xinting_e2e::crash::packs::Publisher;
use xinting_hw::usb::FolderFiles;
use xinting_kiosk::shelf::{Shelf, ShelfError, Step};

/// A tmpfs of this many MiB, gone when this is.
struct SmallDisk(TempDir);

fn as_root(words: &[&str]) {
    // "mount: only root can do that" is all it needs to say where there is neither root nor sudo.
    let is_root = fs::read_to_string("/proc/self/status")
        .expect("the kernel says who we are")
        .lines()
        .any(|line| line.starts_with("Uid:") && line.split_whitespace().nth(2) == Some("0"));
    let mut command = Command::new(if is_root { words[0] } else { "sudo" });
    let done = match is_root {
        true => command.args(&words[1..]).output(),
        false => command.arg("-n").args(words).output(),
    };
    let done = done.unwrap_or_else(|error| panic!("{words:?} needs root or sudo: {error}"));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success(),
        "{words:?} needs root or sudo: {said}"
    );
}

impl SmallDisk {
    fn new(mebibytes: u32) -> Self {
        let point = tempfile::tempdir().expect("a place to mount at");
        let path = point.path().to_str().expect("a plain path").to_owned();
        let size = format!("size={mebibytes}m,mode=0777");
        as_root(&["mount", "-t", "tmpfs", "-o", &size, "tmpfs", &path]);
        Self(point)
    }

    fn packs(&self) -> PathBuf {
        self.0.path().join("packs")
    }

    fn ballast(&self) -> PathBuf {
        self.0.path().join("ballast")
    }

    /// Leaves not one byte free.
    fn fill(&self) {
        let mut file = fs::File::create(self.ballast()).expect("the disk takes a file");
        let chunk = vec![0; 64 * 1024];
        while std::io::Write::write_all(&mut file, &chunk).is_ok() {}
        while std::io::Write::write_all(&mut file, &chunk[..1]).is_ok() {}
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        as_root(&["umount", self.0.path().to_str().expect("a plain path")]);
    }
}

struct Desk {
    publisher: Publisher,
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            publisher: Publisher::new(),
            folder: tempfile::tempdir().expect("a folder"),
        };
        for (place, pack) in [
            ("image/starter.xpack", desk.publisher.starter()),
            ("stick-1/school.xpack", desk.publisher.school(1)),
            ("stick-2/school.xpack", desk.publisher.school(2)),
        ] {
            let path = desk.folder.path().join(place);
            fs::create_dir_all(path.parent().expect("it has a folder")).expect("a folder");
            fs::write(path, pack).expect("a pack");
        }
        desk
    }

    fn shelf(&self, packs: &Path) -> Shelf {
        let image = self.folder.path().join("image");
        let (shelf, notices) = Shelf::open(packs, Some(&image), self.publisher.trust(), false);
        assert!(notices.is_empty(), "{notices:?}");
        shelf
    }

    /// Installs what is on a stick; `meanwhile` is called at each step.
    fn install(
        &self,
        shelf: &mut Shelf,
        version: u64,
        meanwhile: &mut dyn FnMut(Step),
    ) -> Result<(), ShelfError> {
        let stick = self.folder.path().join(format!("stick-{version}"));
        let stick = FolderFiles::read_only(stick).expect("the stick");
        let found = shelf.look(&stick)?.remove(0);
        let done = shelf.install(&stick, &found, &mut |working| {
            meanwhile(working.step);
            ControlFlow::Continue(())
        });
        done.map(|_shown| ())
    }
}

/// The version of the school's pack that serves, and every file of the packs' folder.
fn state(shelf: &Shelf) -> (Option<u64>, Vec<String>) {
    let school = PackId::new("school").expect("an id");
    let serving = shelf.serving();
    let serves = serving.iter().find(|pack| pack.id == school);
    let mut names = Vec::new();
    let mut folders = vec![shelf.folder()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("a name").path();
            match path.is_dir() {
                true => folders.push(path),
                false => names.push(path.display().to_string()),
            }
        }
    }
    names.sort();
    (serves.map(|pack| pack.version), names)
}

#[test]
fn a_disk_with_too_little_room_says_how_much_is_missing() {
    let (desk, disk) = (Desk::new(), SmallDisk::new(16));
    let mut shelf = desk.shelf(&disk.packs());
    let before = state(&shelf);
    let refused = desk
        .install(&mut shelf, 1, &mut |_| {})
        .expect_err("no room");
    assert!(matches!(refused, ShelfError::NoRoom { .. }), "{refused:?}");
    assert!(refused.sentence(Lang::ZhCn).contains("MB"), "{refused:?}");
    assert_eq!(state(&shelf), before, "something was left behind");
}

#[test]
fn a_disk_that_fills_up_meanwhile_keeps_what_it_had_and_takes_the_pack_later() {
    let (desk, disk) = (Desk::new(), SmallDisk::new(48));
    let mut shelf = desk.shelf(&disk.packs());
    desk.install(&mut shelf, 1, &mut |_| {})
        .expect("there is room");
    let before = state(&shelf);
    assert_eq!(before.0, Some(1));
    for when in [Step::Copying, Step::Verifying, Step::Placing] {
        let mut full = false;
        let refused = desk.install(&mut shelf, 2, &mut |step| {
            if step == when && !full {
                full = true;
                disk.fill();
            }
        });
        fs::remove_file(disk.ballast()).expect("the disk was filled");
        let refused = refused.expect_err("the disk was full");
        assert!(
            matches!(refused, ShelfError::DiskFull { .. }),
            "{when:?}: {refused:?}"
        );
        assert_eq!(state(&shelf), before, "{when:?}: something changed");
        assert_eq!(
            state(&desk.shelf(&disk.packs())),
            before,
            "{when:?}: after a restart"
        );
    }
    desk.install(&mut shelf, 2, &mut |_| {})
        .expect("there is room again");
    assert_eq!(state(&shelf).0, Some(2));
}
