//! The files of a folder that plays a stick, or is one: nothing that is no regular file is opened, nothing leads out
//! of it, and what is written is whole. Mounting is tried with the mount helper.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use xinting_hw::usb::{FolderFiles, Listed, ListedKind, MOST_LISTED, StickFiles};

/// A stick with a file, a folder with a file, and a secret beside the stick that nothing on it may reach.
fn stick() -> (tempfile::TempDir, FolderFiles) {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("stick");
    fs::create_dir_all(root.join("packs")).unwrap();
    fs::write(root.join("a.xtpack"), b"12345").unwrap();
    fs::write(root.join("packs/b.xtpack"), b"123").unwrap();
    fs::write(place.path().join("secret"), b"secret").unwrap();
    let files = FolderFiles::writable(&root).unwrap();
    (place, files)
}

fn root(place: &tempfile::TempDir) -> std::path::PathBuf {
    place.path().join("stick")
}

fn read(files: &FolderFiles, path: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    files.open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn pipe(at: &Path) {
    let mode = Mode::from_raw_mode(0o666);
    mknodat(CWD, at, FileType::Fifo, mode, 0).unwrap();
}

fn entry(name: &str, kind: ListedKind, size_bytes: u64) -> Listed {
    Listed {
        name: name.to_owned(),
        kind,
        size_bytes,
    }
}

#[test]
fn lists_and_reads() {
    let (_place, files) = stick();
    assert_eq!(
        files.list("").unwrap(),
        [
            entry("a.xtpack", ListedKind::File, 5),
            entry("packs", ListedKind::Folder, 0),
        ]
    );
    assert_eq!(
        files.list("packs").unwrap(),
        [entry("b.xtpack", ListedKind::File, 3)]
    );
    assert_eq!(read(&files, "packs/b.xtpack").unwrap(), b"123");
    assert!(files.list("none").is_err());
    assert!(files.list("a.xtpack").is_err());
    assert!(files.open("packs").is_err());
    assert!(files.open("none").is_err());
}

#[test]
fn paths_that_are_not_plainly_relative_are_refused() {
    let (_place, files) = stick();
    for path in [
        "/etc/passwd",
        "..",
        "../secret",
        "packs/../../secret",
        "packs/../a.xtpack",
        "./a.xtpack",
        "packs//b.xtpack",
        "packs/",
        "/",
        "a.xtpack\0",
    ] {
        assert!(files.open(path).is_err(), "open {path:?}");
        assert!(files.list(path).is_err(), "list {path:?}");
        assert!(files.write(path, &mut &b"x"[..]).is_err(), "write {path:?}");
    }
    assert!(files.open("").is_err());
    assert!(files.write("", &mut &b"x"[..]).is_err());
}

#[test]
fn no_link_is_followed() {
    let (place, files) = stick();
    let root = root(&place);
    for (name, target) in [
        ("out", "../secret"),
        ("absolute", "/etc/passwd"),
        ("inside", "a.xtpack"),
        ("proc", "/proc/self/mem"),
        ("loop", "loop"),
    ] {
        symlink(target, root.join(name)).unwrap();
        assert!(files.open(name).is_err(), "{name}");
    }
    symlink("..", root.join("up")).unwrap();
    symlink("packs", root.join("same")).unwrap();
    for path in ["up/secret", "same/b.xtpack"] {
        assert!(files.open(path).is_err(), "{path}");
        assert!(files.write(path, &mut &b"x"[..]).is_err(), "{path}");
    }
    assert!(files.list("up").is_err());
    let listed = files.list("").unwrap();
    let others = listed.iter().filter(|one| one.kind == ListedKind::Other);
    assert_eq!(others.count(), 7);
    // Written to, a link is replaced.
    assert_eq!(files.write("out", &mut &b"report"[..]).unwrap(), 6);
    assert_eq!(fs::read(place.path().join("secret")).unwrap(), b"secret");
    assert_eq!(read(&files, "out").unwrap(), b"report");
}

#[test]
fn what_is_no_regular_file_is_refused_without_waiting() {
    let (place, files) = stick();
    let root = root(&place);
    pipe(&root.join("pipe.xtpack"));
    let _socket = UnixListener::bind(root.join("socket.xtpack")).unwrap();
    for name in ["pipe.xtpack", "socket.xtpack"] {
        // A pipe that nobody writes to would be waited for until morning.
        assert!(files.open(name).is_err(), "{name}");
        let listed = files.list("").unwrap();
        assert!(listed.contains(&entry(name, ListedKind::Other, 0)));
    }
}

#[test]
fn names_that_are_no_text_are_shown_and_not_opened() {
    let (place, files) = stick();
    for raw in [&b"\xff\xfe.xtpack"[..], b"two\nlines.xtpack", b"\x1b[31m"] {
        fs::write(root(&place).join(OsStr::from_bytes(raw)), b"x").unwrap();
    }
    let listed = files.list("").unwrap();
    let others: Vec<_> = listed
        .iter()
        .filter(|one| one.kind == ListedKind::Other)
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(
        others,
        [
            "two\u{fffd}lines.xtpack",
            "\u{fffd}[31m",
            "\u{fffd}\u{fffd}.xtpack"
        ]
    );
    for name in others {
        assert!(files.open(name).is_err());
    }
    let long = "心".repeat(85);
    fs::write(root(&place).join(&long), b"long").unwrap();
    assert_eq!(read(&files, &long).unwrap(), b"long");
    assert!(files.open(&"x".repeat(300)).is_err());
    assert!(files.open(&"x/".repeat(5000)[..9999]).is_err());
}

#[test]
fn a_folder_with_very_many_names_is_listed_whole() {
    let (place, files) = stick();
    let many = root(&place).join("many");
    fs::create_dir(&many).unwrap();
    for number in 0..12_000 {
        fs::File::create(many.join(number.to_string())).unwrap();
    }
    assert_eq!(files.list("many").unwrap().len(), 12_000);
    const { assert!(MOST_LISTED > 12_000) };
}

#[test]
fn what_is_written_is_whole_or_not_there() {
    let (place, files) = stick();
    let root = root(&place);
    assert_eq!(files.write("out/2026/r.json", &mut &b"one"[..]).unwrap(), 3);
    assert_eq!(read(&files, "out/2026/r.json").unwrap(), b"one");

    /// Gives some bytes, and then an error.
    struct Breaks(usize);
    impl Read for Breaks {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(io::Error::other("broken"));
            }
            let given = buffer.len().min(self.0);
            self.0 -= given;
            Ok(given)
        }
    }
    for good in [0, 1, 100_000] {
        let error = files.write("out/2026/r.json", &mut Breaks(good));
        assert_eq!(error.unwrap_err().to_string(), "broken");
        assert_eq!(read(&files, "out/2026/r.json").unwrap(), b"one");
        assert_eq!(files.list("out/2026").unwrap().len(), 1, "nothing is left");
    }

    // What a stick that was pulled out has left in the way, or somebody has put there.
    fs::write(root.join("r.part"), b"half of another").unwrap();
    files.write("r", &mut &b"two"[..]).unwrap();
    assert_eq!(read(&files, "r").unwrap(), b"two");
    pipe(&root.join("s.part"));
    files.write("s", &mut &b"three"[..]).unwrap();
    symlink(place.path().join("secret"), root.join("t.part")).unwrap();
    files.write("t", &mut &b"four"[..]).unwrap();
    assert_eq!(fs::read(place.path().join("secret")).unwrap(), b"secret");
    fs::create_dir(root.join("u.part")).unwrap();
    assert!(files.write("u", &mut &b"five"[..]).is_err());
    assert!(files.write("packs", &mut &b"six"[..]).is_err(), "a folder");
    assert!(files.write("a.xtpack/x", &mut &b"seven"[..]).is_err());
    assert!(!root.join("packs.part").exists());
}

#[test]
fn a_reader_does_not_write_and_another_folder_is_another_stick() {
    let (place, _files) = stick();
    let root = root(&place);
    let files = FolderFiles::read_only(&root).unwrap();
    let error = files.write("r", &mut &b"x"[..]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ReadOnlyFilesystem);

    fs::rename(&root, place.path().join("before")).unwrap();
    fs::create_dir(&root).unwrap();
    fs::write(root.join("a.xtpack"), b"another").unwrap();
    assert!(files.open("a.xtpack").is_err());
    assert!(files.list("").is_err());
    assert!(FolderFiles::read_only(place.path().join("secret")).is_err());
    assert!(FolderFiles::read_only("/no/such/folder").is_err());
}
