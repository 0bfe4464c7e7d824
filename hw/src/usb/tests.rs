//! What holds of every reader: the simulated one and the real one, behind the same trait.

use super::mounted::tests::Board;
use super::*;
use std::io;
use std::path::Path;

/// A reader and whoever puts a stick in and pulls it out.
trait Hand {
    fn plug(&mut self);
    fn pull(&mut self);
    fn port(&mut self) -> &mut dyn StickPort;

    fn event(&mut self) -> Option<StickEvent> {
        self.port().wait_event(Duration::ZERO).unwrap()
    }

    fn inserted(&mut self) -> Stick {
        match self.event() {
            Some(StickEvent::Inserted(stick)) => stick,
            other => panic!("no stick but {other:?}"),
        }
    }
}

struct Simulated {
    folder: tempfile::TempDir,
    sim: UsbSim,
    port: UsbSimPort,
}

impl Hand for Simulated {
    fn plug(&mut self) {
        self.sim.insert(self.folder.path()).unwrap();
    }

    fn pull(&mut self) {
        self.sim.pull();
    }

    fn port(&mut self) -> &mut dyn StickPort {
        &mut self.port
    }
}

impl Hand for Board {
    fn plug(&mut self) {
        Board::plug(self, "node-A1");
    }

    fn pull(&mut self) {
        self.unplug("node-A1");
    }

    fn port(&mut self) -> &mut dyn StickPort {
        &mut self.reader
    }
}

/// Both readers, with a stick at hand that holds one file.
fn each(test: impl Fn(&mut dyn Hand)) {
    let fill = |folder: &Path| std::fs::write(folder.join("a"), b"1").unwrap();
    let sim = UsbSim::new();
    let mut simulated = Simulated {
        folder: tempfile::tempdir().unwrap(),
        port: sim.port(),
        sim,
    };
    fill(simulated.folder.path());
    test(&mut simulated);
    let mut board = Board::new("exit 0");
    fill(&board.place.path().join("mnt"));
    test(&mut board);
}

fn write(stick: &Stick) -> Option<io::ErrorKind> {
    let written = stick.files.write("out/r", &mut &b"report"[..]);
    written.err().map(|error| error.kind())
}

fn is_dead(stick: &Stick) {
    assert_eq!(stick.files.list("").unwrap(), [], "without an error");
    assert!(stick.files.open("a").is_err());
    assert!(write(stick).is_some());
}

#[test]
fn without_a_stick() {
    each(|hand| {
        assert_eq!(hand.event(), None);
        let port = hand.port();
        assert_eq!(port.health(), ReaderHealth::Empty);
        assert_eq!((port.current(), port.others()), (None, 0));
        assert!(matches!(port.release(), Err(UsbError::Gone)));
        assert!(matches!(port.make_writable(), Err(UsbError::Gone)));
        assert!(port.make_read_only().is_ok());
        assert!(!port.is_present(&StickId::new("")));
    });
}

#[test]
fn in_read_exported_to_released_and_out() {
    each(|hand| {
        hand.plug();
        let stick = hand.inserted();
        assert_eq!(hand.event(), None, "told once");
        let port = hand.port();
        assert_eq!(port.health(), ReaderHealth::Ready);
        assert_eq!(port.current().as_ref(), Some(&stick));
        assert!(port.is_present(&stick.id));
        assert!(stick.files.open("a").is_ok());
        assert_eq!(write(&stick), Some(io::ErrorKind::ReadOnlyFilesystem));

        port.make_writable().unwrap();
        assert_eq!(write(&stick), None);
        port.make_read_only().unwrap();
        assert_eq!(write(&stick), Some(io::ErrorKind::ReadOnlyFilesystem));
        assert_eq!(stick.files.list("out").unwrap().len(), 1);

        port.release().unwrap();
        assert_eq!(port.health(), ReaderHealth::Released);
        assert_eq!(port.current(), None);
        assert!(port.is_present(&stick.id), "it is still in");
        assert!(matches!(port.make_writable(), Err(UsbError::Gone)));
        is_dead(&stick);
        assert_eq!(hand.event(), None, "it is not offered again");

        hand.pull();
        assert!(!hand.port().is_present(&stick.id));
        assert_eq!(hand.event(), Some(StickEvent::Removed));
        assert_eq!(hand.event(), None);
        assert_eq!(hand.port().health(), ReaderHealth::Empty);
    });
}

#[test]
fn pulled_out_and_put_in_again() {
    each(|hand| {
        hand.plug();
        let first = hand.inserted();
        hand.port().make_writable().unwrap();
        hand.pull();
        assert!(!hand.port().is_present(&first.id));
        assert_eq!(hand.event(), Some(StickEvent::Removed));
        is_dead(&first);
        hand.plug();
        let second = hand.inserted();
        assert_ne!(first.id, second.id);
        assert!(second.files.open("a").is_ok());
        assert_eq!(write(&second), Some(io::ErrorKind::ReadOnlyFilesystem));
        is_dead(&first);
    });
}
