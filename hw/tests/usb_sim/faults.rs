//! Each thing that can be wrong with a stick, and that `well` ends it.

use super::*;
use std::time::Instant;
use xinting_hw::usb::{ListedKind, MOST_LISTED};

/// 5000 bytes that tell where they are.
fn counted() -> Vec<u8> {
    (0..5000_u32).map(|at| (at % 251) as u8).collect()
}

#[test]
fn pulled_at_every_byte() {
    let bytes = counted();
    let mut desk = Desk::with(&[("a", &bytes), ("b", b"2")]);
    for at in [0, 1, 511, 512, 4999, 5000] {
        let stick = desk.insert();
        desk.says(&format!("yank a {at}"));
        let (got, ended) = read(&stick, "a");
        assert_eq!(got, bytes[..at], "what was read before is good");
        assert!(ended.is_err());
        assert_eq!(stick.files.list("").unwrap(), []);
        assert!(!desk.port.is_present(&stick.id));
    }
    let stick = desk.insert();
    assert_eq!(read(&stick, "a").0, bytes, "it happens once");
}

#[test]
fn pulled_while_being_written_to() {
    let mut desk = Desk::with(&[]);
    desk.insert();
    for at in [0, 1, 100_000] {
        desk.sim.pull();
        let stick = desk.insert();
        desk.port.make_writable().unwrap();
        desk.says(&format!("yank r {at}"));
        assert!(stick.files.write("r", &mut &[7; 200_000][..]).is_err());
        assert!(!desk.folder.path().join("r").exists(), "never half a file");
    }
    desk.sim.pull();
    let stick = desk.insert();
    desk.port.make_writable().unwrap();
    assert_eq!(stick.files.write("r", &mut &[7; 9][..]).unwrap(), 9);
    assert_eq!(
        names(&stick, ""),
        ["r"],
        "and nothing is left of the others"
    );
}

#[test]
fn bad_bytes_and_dead_sectors() {
    let bytes = counted();
    let mut desk = Desk::with(&[("a", &bytes), ("b", &bytes), ("c/d", &bytes)]);
    let stick = desk.insert();
    desk.says("bad b 700");
    let (got, ended) = read(&stick, "b");
    assert_eq!((got.len(), ended.is_err()), (700, true));
    assert_eq!(read(&stick, "b").0.len(), 700, "every time");
    assert!(read(&stick, "a").1.is_ok());
    desk.says("well");
    assert!(read(&stick, "b").1.is_ok());

    // Each file has ten sectors of its own.
    for (sector, a, b, d) in [
        (0, 0, 0, 0),
        (3, 1536, 0, 0),
        (11, 5000, 512, 0),
        (25, 5000, 5000, 2560),
    ] {
        desk.says("well");
        desk.says(&format!("dead {sector}"));
        let got = ["a", "b", "c/d"].map(|path| read(&stick, path).0.len());
        assert_eq!(got, [a, b, d], "sector {sector}");
    }
    assert!(desk.port.is_present(&stick.id), "it is still in");
}

#[test]
fn another_file_at_the_second_opening() {
    let mut desk = Desk::with(&[("a", b"shown")]);
    let other = tempfile::NamedTempFile::new().unwrap();
    fs::write(other.path(), b"given").unwrap();
    let stick = desk.insert();
    desk.says(&format!("lie a 2 {}", other.path().display()));
    let got: Vec<_> = (0..3).map(|_| read(&stick, "a").0).collect();
    assert_eq!(got, [b"shown", b"given", b"given"]);
}

#[test]
fn another_stick_at_the_second_list() {
    let mut desk = Desk::with(&[("a", b"1"), ("f/x", b"1")]);
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("b"), b"2").unwrap();
    let stick = desk.insert();
    desk.says(&format!("relist 2 {}", other.path().display()));
    assert_eq!(names(&stick, ""), ["a", "f"]);
    assert_eq!(names(&stick, "f"), ["x"], "only lists of the root count");
    assert_eq!(read(&stick, "a").0, b"1");
    assert_eq!(names(&stick, ""), ["b"]);
    assert_eq!(read(&stick, "b").0, b"2");
    assert!(stick.files.open("a").is_err());
    assert!(stick.files.list("f").is_err());
}

#[test]
fn lengths_that_are_not_true() {
    let mut desk = Desk::with(&[("f/a", b"12345"), ("b", b"12345")]);
    let stick = desk.insert();
    desk.says("size f/a 2");
    desk.says("grow b 100000");
    assert_eq!(stick.files.list("f").unwrap()[0].size_bytes, 2);
    assert_eq!(read(&stick, "f/a").0, b"12345");
    let listed = stick.files.list("").unwrap();
    assert_eq!((listed[0].name.as_str(), listed[0].size_bytes), ("b", 5));
    let (got, ended) = read(&stick, "b");
    assert_eq!(got.len(), 100_005);
    assert_eq!(&got[..6], b"12345\0");
    assert!(ended.is_ok());
}

#[test]
fn full_protected_and_busy() {
    let mut desk = Desk::with(&[]);
    let stick = desk.insert();
    desk.says("full 150000");
    desk.port.make_writable().unwrap();
    let write = |name: &str| stick.files.write(name, &mut &[1; 100_000][..]);
    assert_eq!(write("one").unwrap(), 100_000);
    assert_eq!(write("two").unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert_eq!(names(&stick, ""), ["one"], "what did not fit is gone");
    desk.port.make_read_only().unwrap();

    desk.says("protected");
    let said = desk.port.make_writable().unwrap_err().to_string();
    assert!(said.contains("write-protected"), "{said}");
    assert_eq!(read(&stick, "one").0.len(), 100_000, "it can still be read");

    desk.says("well");
    desk.says("busy");
    assert!(desk.port.make_writable().is_err());
    assert!(desk.port.release().is_err());
    desk.says("well");
    desk.port.release().unwrap();
}

#[test]
fn slow() {
    let mut desk = Desk::with(&[("a", &[5; 3000])]);
    let stick = desk.insert();
    desk.says("slow 20000");
    let began = Instant::now();
    assert_eq!(read(&stick, "a").0.len(), 3000);
    assert!(began.elapsed() >= Duration::from_millis(140));
    let mut file = stick.files.open("a").unwrap();
    let read = file.read(&mut [0; 3000]).unwrap();
    assert_eq!(read, 1000, "in portions, so that a copy can be given up");
}

#[test]
fn odd_names_and_very_many() {
    let mut desk = Desk::with(&[("f/a.xtpack", b"1"), ("z", b"2")]);
    let stick = desk.insert();
    desk.says("odd-names f/a.xtpack");
    let listed = stick.files.list("f").unwrap();
    assert_eq!(listed.len(), 4);
    assert!(listed.iter().all(|entry| !entry.name.contains('\n')));
    let files = listed.iter().filter(|entry| entry.kind == ListedKind::File);
    let files: Vec<_> = files.map(|entry| entry.name.clone()).collect();
    assert_eq!(files[0], "a.xtpack");
    assert!(files[1].len() > 255 && files[1].ends_with(".xtpack"));
    for name in files {
        assert_eq!(read(&stick, &format!("f/{name}")).0, b"1");
    }
    for entry in listed
        .iter()
        .filter(|entry| entry.kind == ListedKind::Other)
    {
        assert!(stick.files.open(&format!("f/{}", entry.name)).is_err());
    }

    desk.says("many 100000");
    let listed = stick.files.list("").unwrap();
    assert_eq!(listed.len(), MOST_LISTED);
    assert_eq!(read(&stick, &listed[7].name).0, b"");
    assert_eq!(stick.files.list("f").unwrap().len(), 4);
}
