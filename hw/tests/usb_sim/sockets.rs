//! Sticks that come, go, are released, swapped, or are two.

use super::*;
use xinting_hw::usb::{ReaderHealth, UsbError};

#[test]
fn a_stick_comes_and_goes_and_lists_empty_afterwards() {
    let mut desk = Desk::with(&[("a.xtpack", b"bytes")]);
    assert_eq!(desk.port.wait_event(Duration::ZERO).unwrap(), None);
    assert_eq!(desk.port.health(), ReaderHealth::Empty);

    let stick = desk.insert();
    assert_eq!(desk.port.health(), ReaderHealth::Ready);
    assert_eq!(read(&stick, "a.xtpack").0, b"bytes");
    assert!(desk.port.is_present(&stick.id));

    desk.sim.pull();
    assert_eq!(stick.files.list("").unwrap(), [], "without an error");
    assert!(stick.files.open("a.xtpack").is_err());
    assert!(!desk.port.is_present(&stick.id));
    assert_eq!(
        desk.port.wait_event(SOON).unwrap(),
        Some(StickEvent::Removed)
    );
    assert_eq!(
        fs::read(desk.folder.path().join("a.xtpack")).unwrap(),
        b"bytes",
        "the folder behind it is untouched"
    );
}

#[test]
fn a_quick_swap_is_told_as_out_and_then_in() {
    let mut desk = Desk::with(&[]);
    let first = desk.insert();
    desk.sim.insert(desk.folder.path()).unwrap();
    assert_eq!(
        desk.port.wait_event(SOON).unwrap(),
        Some(StickEvent::Removed)
    );
    assert_ne!(first.id, desk.inserted().id);
}

#[test]
fn a_stick_that_comes_back_with_its_old_id_is_told_and_its_old_files_are_dead() {
    let mut desk = Desk::with(&[("a", b"1")]);
    let first = desk.insert();
    desk.says("replug same");
    assert_eq!(
        desk.port.wait_event(SOON).unwrap(),
        Some(StickEvent::Removed)
    );
    let second = desk.inserted();
    assert_eq!(first.id, second.id);
    assert!(first.files.open("a").is_err());
    assert_eq!(read(&second, "a").0, b"1");
    desk.says("replug");
    assert_ne!(second.id, desk.inserted().id);
}

#[test]
fn a_released_stick_is_not_offered_until_it_was_out() {
    let mut desk = Desk::with(&[("a", b"1")]);
    let stick = desk.insert();
    desk.port.release().unwrap();
    assert_eq!(desk.port.current(), None);
    assert_eq!(desk.port.health(), ReaderHealth::Released);
    assert!(desk.port.is_present(&stick.id));
    assert!(stick.files.open("a").is_err());
    assert_eq!(desk.port.wait_event(Duration::ZERO).unwrap(), None);
    desk.sim.insert(desk.folder.path()).unwrap();
    assert_eq!(
        desk.port.wait_event(SOON).unwrap(),
        Some(StickEvent::Removed)
    );
    desk.inserted();
}

#[test]
fn a_stick_that_is_being_read_is_not_released() {
    let mut desk = Desk::with(&[("a", b"1")]);
    let stick = desk.insert();
    let open = stick.files.open("a").unwrap();
    let error = desk.port.release().unwrap_err();
    assert!(error.to_string().contains("still using"), "{error}");
    assert_eq!(desk.port.health(), ReaderHealth::Ready);
    drop(open);
    desk.port.release().unwrap();
}

#[test]
fn of_two_sticks_the_first_serves_and_the_other_when_the_first_is_out() {
    let mut desk = Desk::with(&[("first", b"")]);
    let other = tempfile::tempdir().unwrap();
    fs::write(other.path().join("second"), b"").unwrap();
    let first = desk.insert();
    assert_eq!(desk.port.others(), 0);
    desk.sim.insert_second(other.path()).unwrap();
    assert_eq!(desk.port.wait_event(Duration::ZERO).unwrap(), None);
    assert_eq!(desk.port.others(), 1);
    assert_eq!(names(&first, ""), ["first"]);

    desk.sim.pull();
    assert_eq!(desk.port.others(), 0);
    assert_eq!(
        desk.port.wait_event(SOON).unwrap(),
        Some(StickEvent::Removed)
    );
    let second = desk.inserted();
    assert_eq!(names(&second, ""), ["second"]);

    desk.sim.insert(desk.folder.path()).unwrap();
    assert_eq!(desk.port.current(), Some(second), "who serves goes on");
    assert_eq!(desk.port.others(), 1);
    desk.sim.pull_second();
    assert_eq!(names(&desk.inserted(), ""), ["first"]);
}

#[test]
fn an_unreadable_stick_is_an_error_told_once() {
    let mut desk = Desk::with(&[]);
    desk.sim.fail_next_insert();
    desk.sim.insert(desk.folder.path()).unwrap();
    assert!(desk.port.wait_event(SOON).is_err());
    assert_eq!(desk.port.health(), ReaderHealth::Unreadable);
    assert_eq!(desk.port.current(), None);
    assert_eq!(desk.port.wait_event(Duration::ZERO).unwrap(), None);
    assert!(matches!(desk.port.make_writable(), Err(UsbError::Gone)));
    desk.insert();
}

#[test]
fn only_an_export_writes_and_only_until_it_ends() {
    let mut desk = Desk::with(&[("a", b"1")]);
    let stick = desk.insert();
    let write = |path: &str| stick.files.write(path, &mut &b"report"[..]);
    let refused = |path: &str| write(path).unwrap_err().kind();
    assert_eq!(refused("out/r"), io::ErrorKind::ReadOnlyFilesystem);
    desk.port.make_writable().unwrap();
    assert_eq!(write("out/today/r").unwrap(), 6);
    assert_eq!(write("out/today/r").unwrap(), 6, "again");
    desk.port.make_read_only().unwrap();
    desk.port.make_read_only().unwrap();
    assert_eq!(refused("out/s"), io::ErrorKind::ReadOnlyFilesystem);
    assert_eq!(names(&stick, "out/today"), ["r"]);
    assert_eq!(read(&stick, "out/today/r").0, b"report");

    desk.port.make_writable().unwrap();
    desk.sim.pull();
    assert!(write("out/s").is_err());
    desk.sim.insert(desk.folder.path()).unwrap();
    let again = desk.inserted();
    assert_eq!(
        again.files.write("x", &mut &b""[..]).unwrap_err().kind(),
        io::ErrorKind::ReadOnlyFilesystem,
        "the next stick is read-only, whatever the one before it was"
    );
}
