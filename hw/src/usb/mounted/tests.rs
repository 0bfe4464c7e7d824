//! Files play the device nodes, a shell script the helper. Mounting for real is tried with the helper.

use super::*;
use std::fs;
use std::io;

pub(in crate::usb) struct Board {
    pub(in crate::usb) place: tempfile::TempDir,
    pub(in crate::usb) reader: MountedStick,
}

impl Board {
    /// Each call is written down by the script before `helper_body` runs.
    pub(in crate::usb) fn new(helper_body: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        let helper = place.path().join("helper");
        let log = place.path().join("log");
        let script = format!(
            "#!/bin/sh\necho \"$1 $(basename $2)\" >> {}\ncd {}\n{helper_body}\n",
            log.display(),
            place.path().display()
        );
        // Written by another program: while a thread of ours has a file open for writing, and another one starts a
        // program, the file cannot be run.
        let text = place.path().join("helper.sh");
        fs::write(&text, script).unwrap();
        let mut install = std::process::Command::new("install");
        let installed = install.args(["-m", "755"]).arg(&text).arg(&helper).status();
        assert!(installed.unwrap().success());
        fs::create_dir(place.path().join("mnt")).unwrap();
        let mut reader = MountedStick::new(MountedStickConfig {
            devices: vec![place.path().join("node*")],
            helper,
            mount_point: place.path().join("mnt"),
            patience: Duration::from_secs(20),
        });
        reader.find = nodes;
        reader.fresh = false;
        Self { place, reader }
    }

    pub(in crate::usb) fn plug(&self, name: &str) {
        fs::write(self.place.path().join(name), b"").unwrap();
    }

    pub(in crate::usb) fn unplug(&self, name: &str) {
        fs::remove_file(self.place.path().join(name)).unwrap();
    }

    fn look(&mut self) -> Result<Option<StickEvent>, UsbError> {
        self.reader.wait_event(Duration::ZERO)
    }

    fn inserted(&mut self) -> Stick {
        match self.look().unwrap() {
            Some(StickEvent::Inserted(stick)) => stick,
            other => panic!("no stick but {other:?}"),
        }
    }

    /// What the helper was asked for since the last time.
    fn asked(&self) -> String {
        let log = self.place.path().join("log");
        let asked = fs::read_to_string(&log).unwrap_or_default();
        fs::write(log, b"").unwrap();
        asked.replace('\n', ", ").trim_end_matches(", ").to_owned()
    }
}

/// `node-A2` is the second partition of the disk A.
fn nodes(devices: &[PathBuf]) -> Vec<Node> {
    let place = devices[0].parent().unwrap();
    let entries = fs::read_dir(place).unwrap().flatten();
    let mut found: Vec<_> = entries
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let rest = name.strip_prefix("node-")?;
            Some(Node {
                real: entry.path(),
                rdev: 1,
                made: entry.metadata().ok()?.modified().ok(),
                disk: rest[..1].into(),
                partition: rest[1..].parse().unwrap_or(0),
            })
        })
        .collect();
    found.sort_by_key(|node| (node.disk.clone(), node.partition));
    found
}

#[test]
fn a_node_that_comes_is_mounted_and_one_that_goes_is_released() {
    let mut board = Board::new("exit 0");
    assert_eq!(board.look().unwrap(), None);
    board.plug("node-A1");
    let stick = board.inserted();
    assert!(board.reader.is_present(&stick.id));
    assert_eq!(board.reader.health(), ReaderHealth::Ready);
    board.unplug("node-A1");
    assert!(
        !board.reader.is_present(&stick.id),
        "asked before any event, the device itself answers"
    );
    assert_eq!(board.look().unwrap(), Some(StickEvent::Removed));
    assert_eq!(board.asked(), "read node-A1, release node-A1");
    assert_eq!(stick.files.list("").unwrap(), []);
    assert!(stick.files.open("a").is_err());
}

#[test]
fn a_stick_left_mounted_by_a_booth_that_was_killed_is_released_first() {
    let mut board = Board::new("exit 0");
    board.reader.fresh = true;
    board.plug("node-A1");
    board.plug("node-B");
    board.inserted();
    assert_eq!(
        board.asked(),
        "release node-A1, release node-B, read node-A1"
    );
    board.unplug("node-A1");
    board.look().unwrap();
    board.inserted();
    assert_eq!(board.asked(), "release node-A1, read node-B", "only once");
}

#[test]
fn a_release_that_hung_is_made_up_for_before_the_next_stick() {
    let mut board =
        Board::new("[ $1 = read ] && exit 0; [ -e hung ] && exit 0; touch hung; exec sleep 1000");
    board.plug("node-A");
    board.inserted();
    board.reader.config.patience = Duration::from_millis(500);
    board.unplug("node-A");
    assert_eq!(board.look().unwrap(), Some(StickEvent::Removed));
    board.reader.config.patience = Duration::from_secs(20);
    assert_eq!(board.asked(), "read node-A, release node-A");
    board.plug("node-B");
    board.inserted();
    assert_eq!(board.asked(), "release node-B, read node-B");
    board.unplug("node-B");
    board.look().unwrap();
    board.plug("node-A");
    board.inserted();
    assert_eq!(board.asked(), "release node-B, read node-A", "only once");
}

#[test]
fn a_refusal_is_told_once_with_the_helpers_words() {
    let mut board = Board::new("echo 'xinting-mount: no file system here' >&2; exit 1");
    board.plug("node-A");
    let error = board.look().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the mount helper refused: no file system here"
    );
    assert_eq!(board.reader.health(), ReaderHealth::Unreadable);
    assert_eq!(board.look().unwrap(), None);
    board.unplug("node-A");
    assert_eq!(board.look().unwrap(), Some(StickEvent::Removed));
    assert_eq!(board.reader.health(), ReaderHealth::Empty);
}

#[test]
fn a_released_stick_is_not_mounted_again_while_it_stays_in() {
    let mut board = Board::new("exit 0");
    board.plug("node-A");
    let stick = board.inserted();
    board.reader.release().unwrap();
    assert_eq!(board.look().unwrap(), None);
    assert_eq!(board.reader.health(), ReaderHealth::Released);
    assert!(board.reader.is_present(&stick.id));
    assert_eq!(board.asked(), "read node-A, release node-A");
    board.unplug("node-A");
    assert_eq!(board.look().unwrap(), Some(StickEvent::Removed));
    assert_eq!(board.reader.health(), ReaderHealth::Empty);
    assert!(matches!(board.reader.release(), Err(UsbError::Gone)));
}

#[test]
fn a_missing_helper_is_named() {
    let mut board = Board::new("exit 0");
    board.reader.config.helper = board.place.path().join("not-there");
    board.plug("node-A");
    assert!(board.look().unwrap_err().to_string().contains("not-there"));
}

#[test]
fn a_helper_that_hangs_is_given_up_and_ended() {
    let mut board = Board::new("echo $$ > pid; exec sleep 1000");
    board.reader.config.patience = Duration::from_millis(500);
    board.plug("node-A");
    let error = board.look().unwrap_err();
    assert!(matches!(error, UsbError::HelperHung { .. }), "{error}");
    assert_eq!(board.reader.health(), ReaderHealth::Unreadable);
    let pid = fs::read_to_string(board.place.path().join("pid")).unwrap();
    assert!(!Path::new(&format!("/proc/{}", pid.trim())).exists());
}

#[test]
fn a_helper_that_talks_without_end_is_understood() {
    let mut board = Board::new("yes 'too much' | head -c 1000000 >&2; exit 1");
    board.plug("node-A");
    let error = board.look().unwrap_err();
    assert_eq!(error.to_string(), "the mount helper refused: too much");
}

#[test]
fn of_several_sticks_the_first_serves_and_partitions_are_no_further_sticks() {
    let mut board = Board::new("exit 0");
    assert_eq!(board.reader.others(), 0);
    board.plug("node-B2");
    assert_eq!(board.reader.others(), 0);
    board.inserted();
    board.plug("node-B1");
    board.plug("node-A1");
    board.plug("node-A2");
    board.plug("node-C");
    assert_eq!(board.look().unwrap(), None, "who serves goes on");
    assert_eq!(board.reader.others(), 2);
    board.unplug("node-B2");
    board.unplug("node-B1");
    assert_eq!(board.look().unwrap(), Some(StickEvent::Removed));
    assert_eq!(board.reader.others(), 1);
    board.inserted();
    assert_eq!(board.asked(), "read node-B2, release node-B2, read node-A1");
}

#[test]
fn an_export_is_writable_and_nothing_else_is() {
    let mut board = Board::new("exit 0");
    board.plug("node-A");
    let stick = board.inserted();
    let write = || stick.files.write("r", &mut &b"x"[..]);
    let read_only = Some(io::ErrorKind::ReadOnlyFilesystem);
    assert_eq!(write().err().map(|error| error.kind()), read_only);
    board.reader.make_writable().unwrap();
    board.reader.make_writable().unwrap();
    assert_eq!(write().unwrap(), 1);
    board.reader.make_read_only().unwrap();
    board.reader.make_read_only().unwrap();
    assert_eq!(write().err().map(|error| error.kind()), read_only);
    assert_eq!(
        board.asked(),
        "read node-A, release node-A, write node-A, release node-A, read node-A"
    );
    board.unplug("node-A");
    board.look().unwrap();
    assert!(matches!(board.reader.make_writable(), Err(UsbError::Gone)));
}

#[test]
fn a_stick_that_cannot_be_written_to_can_still_be_read() {
    let mut board = Board::new("[ $1 != write ] || { echo write-protected >&2; exit 1; }");
    board.plug("node-A");
    let stick = board.inserted();
    fs::write(board.place.path().join("mnt/a"), b"1").unwrap();
    let error = board.reader.make_writable().unwrap_err();
    assert!(error.to_string().contains("write-protected"), "{error}");
    assert!(stick.files.open("a").is_ok());
    assert!(stick.files.write("b", &mut &b"x"[..]).is_err());
    assert_eq!(board.reader.current(), Some(stick));
    assert_eq!(
        board.asked(),
        "read node-A, release node-A, write node-A, read node-A"
    );
}

#[test]
fn a_stick_that_can_not_even_be_read_again_is_not_offered() {
    let mut board = Board::new("[ ! -e broken ] || [ $1 = release ]");
    board.plug("node-A");
    let stick = board.inserted();
    board.plug("broken");
    assert!(board.reader.make_writable().is_err());
    assert_eq!(board.reader.current(), None);
    assert_eq!(board.reader.health(), ReaderHealth::Unreadable);
    assert!(stick.files.open("a").is_err());
}

#[test]
fn an_export_whose_end_is_refused_is_ended_later() {
    let mut board = Board::new("[ ! -e busy ] || { echo in use >&2; exit 1; }");
    board.plug("node-A");
    let stick = board.inserted();
    board.reader.make_writable().unwrap();
    board.plug("busy");
    assert!(board.reader.make_read_only().is_err());
    assert!(stick.files.write("b", &mut &b"x"[..]).is_err());
    board.asked();
    board.look().unwrap();
    assert_eq!(board.asked(), "release node-A");
    board.unplug("busy");
    board.look().unwrap();
    assert_eq!(board.asked(), "release node-A, read node-A");
    board.look().unwrap();
    assert_eq!(board.asked(), "");
}

#[test]
fn a_reader_that_ends_leaves_nothing_mounted() {
    let mut board = Board::new("exit 0");
    board.plug("node-A");
    board.inserted();
    let Board { place, reader } = board;
    drop(reader);
    let asked = fs::read_to_string(place.path().join("log")).unwrap();
    assert_eq!(asked, "read node-A\nrelease node-A\n");
}
