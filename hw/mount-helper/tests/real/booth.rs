//! The booth's reader through the real helper: a stick appears, is listed, read, written to, released and taken out.

use super::bench::{Bench, HELPER, Loop, POINT, mounted};
use super::reading::locked;
use super::{Case, Outcome};
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;
use xinting_hw::usb::{
    ListedKind, MountedStick, MountedStickConfig, ReaderHealth, Stick, StickEvent, StickPort,
};

pub(crate) const CASES: &[Case] = &[
    (
        "the booth's reader, from the stick's coming to its going",
        whole_path,
    ),
    ("two sticks, one of them with partitions", two),
    ("a booth that was killed finds its stick again", killed),
    ("the booth's reader and a stick that is pulled out", pulled),
    ("hostile names on a real stick", hostile),
];

fn reader() -> MountedStick {
    MountedStick::new(MountedStickConfig {
        devices: vec!["/run/links/xinting-stick*".into()],
        helper: HELPER.into(),
        ..MountedStickConfig::default()
    })
}

/// What udev would do.
fn link(name: &str, node: &Path) -> PathBuf {
    let link = Path::new("/run/links").join(format!("xinting-stick-{name}"));
    symlink(node, &link).unwrap();
    link
}

fn plugged(bench: &Bench) -> (Loop, PathBuf) {
    let stick = bench.plug(&bench.stick());
    let link = link("a", &stick.node);
    (stick, link)
}

#[track_caller]
fn event(reader: &mut MountedStick) -> Option<StickEvent> {
    reader.wait_event(Duration::ZERO).unwrap()
}

#[track_caller]
fn inserted(reader: &mut MountedStick) -> Stick {
    match event(reader) {
        Some(StickEvent::Inserted(stick)) => stick,
        other => panic!("no stick but {other:?}"),
    }
}

fn read(stick: &Stick, path: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stick.files.open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn names(stick: &Stick) -> Vec<String> {
    let listed = stick.files.list("").unwrap();
    listed.into_iter().map(|entry| entry.name).collect()
}

fn whole_path(bench: &Bench) -> Outcome {
    let mut reader = reader();
    assert_eq!(event(&mut reader), None);
    assert_eq!(reader.health(), ReaderHealth::Empty);

    let (device, link) = plugged(bench);
    let stick = inserted(&mut reader);
    locked(false);
    assert_eq!(stick.root, Path::new(POINT));
    assert_eq!(names(&stick), ["a.xtpack", "lost+found", "packs"]);
    assert_eq!(read(&stick, "a.xtpack").unwrap(), vec![7; 300_000]);
    let refused = stick.files.write("r", &mut &b"x"[..]).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::ReadOnlyFilesystem);

    // Nothing may be open when an export begins, or when the stick is to go.
    let open = stick.files.open("a.xtpack").unwrap();
    for refused in [reader.make_writable(), reader.release()] {
        let said = refused.unwrap_err().to_string();
        assert!(
            said.contains("a program is still using the stick"),
            "{said}"
        );
    }
    drop(open);

    reader.make_writable().unwrap();
    locked(true);
    let report = vec![3; 500_000];
    let written = stick.files.write("xinting/r.json", &mut &*report);
    assert_eq!(written.unwrap(), 500_000);
    // 16 MB do not hold that, and what did not fit is gone.
    let full = stick
        .files
        .write("xinting/big", &mut io::repeat(1).take(40 << 20));
    assert_eq!(full.unwrap_err().kind(), io::ErrorKind::StorageFull);
    reader.make_read_only().unwrap();
    locked(false);
    assert!(read(&stick, "xinting/r.json").unwrap() == report);
    assert_eq!(stick.files.list("xinting").unwrap().len(), 1);
    assert!(reader.is_present(&stick.id));

    reader.release().unwrap();
    assert_eq!(mounted(), None);
    assert_eq!(reader.health(), ReaderHealth::Released);
    assert_eq!(event(&mut reader), None, "it is not mounted again");
    assert!(read(&stick, "a.xtpack").is_err());
    assert_eq!(names(&stick), [""; 0]);

    fs::remove_file(link).unwrap();
    assert_eq!(event(&mut reader), Some(StickEvent::Removed));
    assert_eq!(reader.health(), ReaderHealth::Empty);
    drop(device);
    Outcome::Held
}

fn two(bench: &Bench) -> Outcome {
    let image = bench.stick();
    let disk = bench.attach(&bench.partitioned(&image), &["-P"]);
    bench.show_on_usb(&disk.node);
    let partition = bench.partition(&disk);
    let links = [link("a", &disk.node), link("b", &partition)];
    let mut reader = reader();
    // The whole disk comes first, and holds no file system: that is said, and nothing else is tried.
    assert!(reader.wait_event(Duration::ZERO).is_err());
    assert_eq!(reader.others(), 0, "a partition is no further stick");
    for link in links {
        fs::remove_file(link).unwrap();
    }
    assert_eq!(event(&mut reader), Some(StickEvent::Removed));

    // The udev rule names no such disk.
    let first = link("b", &partition);
    let other = bench.plug(&image);
    link("c", &other.node);
    let stick = inserted(&mut reader);
    assert_eq!(reader.others(), 1);
    assert_eq!(names(&stick), ["a.xtpack", "lost+found", "packs"]);
    fs::remove_file(first).unwrap();
    assert_eq!(event(&mut reader), Some(StickEvent::Removed));
    let second = inserted(&mut reader);
    assert_ne!(stick.id, second.id);
    assert_eq!(reader.others(), 0);
    reader.release().unwrap();
    Outcome::Held
}

fn killed(bench: &Bench) -> Outcome {
    let (_device, _link) = plugged(bench);
    let mut before = reader();
    inserted(&mut before);
    before.make_writable().unwrap();
    // As if it had been killed: nothing is put in order.
    std::mem::forget(before);
    assert!(mounted().is_some(), "nobody released it");
    let mut after = reader();
    let stick = inserted(&mut after);
    locked(false);
    assert_eq!(read(&stick, "packs/b.xtpack").unwrap(), b"another");
    after.release().unwrap();
    Outcome::Held
}

fn pulled(bench: &Bench) -> Outcome {
    let (mut device, link) = plugged(bench);
    let mut reader = reader();
    let stick = inserted(&mut reader);
    let mut open = stick.files.open("a.xtpack").unwrap();
    open.read_exact(&mut [0; 100]).unwrap();
    fs::remove_file(link).unwrap();
    bench.yank(&mut device);
    assert!(!reader.is_present(&stick.id), "the device itself answers");
    assert_eq!(event(&mut reader), Some(StickEvent::Removed));
    assert_eq!(mounted(), None);
    assert!(stick.files.open("a.xtpack").is_err());
    assert_eq!(names(&stick), [""; 0]);
    drop(open);
    bench.clear();

    let (_device, _link) = plugged(bench);
    assert_eq!(inserted(&mut reader).root, Path::new(POINT));
    reader.release().unwrap();
    Outcome::Held
}

fn hostile(bench: &Bench) -> Outcome {
    let image = bench.ext4(&[], |root| {
        symlink("/etc/passwd", root.join("a.xtpack")).unwrap();
        symlink("/", root.join("up")).unwrap();
        fs::write(root.join("two\nlines"), b"x").unwrap();
        let mode = rustix::fs::Mode::from_raw_mode(0o666);
        let at = |name: &str, kind, rdev| {
            rustix::fs::mknodat(rustix::fs::CWD, root.join(name), kind, mode, rdev).unwrap();
        };
        at("pipe", rustix::fs::FileType::Fifo, 0);
        at(
            "null",
            rustix::fs::FileType::CharacterDevice,
            rustix::fs::makedev(1, 3),
        );
        at(
            "disk",
            rustix::fs::FileType::BlockDevice,
            rustix::fs::makedev(7, 0),
        );
        for number in 0..2000 {
            fs::File::create(root.join(format!("{number}.jpg"))).unwrap();
        }
    });
    let device = bench.plug(&image);
    link("a", &device.node);
    let mut reader = reader();
    let stick = inserted(&mut reader);
    let listed = stick.files.list("").unwrap();
    let others = listed
        .iter()
        .filter(|entry| entry.kind == ListedKind::Other);
    let others: Vec<_> = others.map(|entry| entry.name.as_str()).collect();
    assert_eq!(
        others,
        ["a.xtpack", "disk", "null", "pipe", "two\u{fffd}lines", "up"]
    );
    for name in others {
        assert!(stick.files.open(name).is_err(), "{name}");
    }
    assert!(stick.files.open("up/etc/passwd").is_err());
    assert_eq!(listed.len(), 2000 + 6 + 1);
    reader.release().unwrap();
    Outcome::Held
}
