//! A stick that is in and cannot be mounted again, and sticks that are keys: what the page is told, and when the stick
//! may go.

use super::*;
use crate::carry::CarrierParts;
use crate::shelf::ShelfError;
use crate::store::{Store, StoreActor};
use crate::trust::TrustStore;
use crate::upstream::SharedBooth;
use std::sync::atomic::AtomicUsize;
use xinting_hw::usb::{ReaderHealth, Stick, StickEvent, StickId, StickPort, UsbError, UsbSimPort};

/// A reader that loses its stick when this many of the changes between reading and writing were made: the stick is in
/// and lists empty, and only the reader's health says why.
struct Losing {
    port: UsbSimPort,
    changes_left: Arc<AtomicUsize>,
}

impl Losing {
    fn lost(&self) -> bool {
        self.changes_left.load(Ordering::Acquire) == 0
    }

    fn change(&mut self) -> Result<(), UsbError> {
        let left = self.changes_left.fetch_sub(1, Ordering::AcqRel);
        if left > 1 {
            return Ok(());
        }
        // The files that were handed out give nothing more.
        self.port.release()?;
        Err(UsbError::HelperRefused {
            reason: "mounting it again".to_owned(),
        })
    }
}

impl StickPort for Losing {
    fn wait_event(&mut self, timeout: Duration) -> Result<Option<StickEvent>, UsbError> {
        self.port.wait_event(timeout)
    }

    fn current(&self) -> Option<Stick> {
        self.port.current()
    }

    fn is_present(&self, id: &StickId) -> bool {
        self.port.is_present(id)
    }

    fn release(&mut self) -> Result<(), UsbError> {
        self.port.release()
    }

    fn make_writable(&mut self) -> Result<(), UsbError> {
        self.change()?;
        self.port.make_writable()
    }

    fn make_read_only(&mut self) -> Result<(), UsbError> {
        self.port.make_read_only()?;
        self.change()
    }

    fn others(&self) -> usize {
        self.port.others()
    }

    fn health(&self) -> ReaderHealth {
        match self.lost() {
            true => ReaderHealth::Unreadable,
            false => self.port.health(),
        }
    }
}

type Told = Arc<Mutex<Vec<PackNotice>>>;

/// A worker with a stick in that has a pack on it, what it tells, and its store.
struct Rig {
    folder: TempDir,
    worker: Worker,
    sim: UsbSim,
    told: Told,
    keys: Arc<Mutex<Vec<bool>>>,
    _store: StoreActor,
}

fn rig(pack: &str) -> Rig {
    let folder = TempDir::new().unwrap();
    let by = Publisher::new();
    let oak = Sources::new("oak", "school", 1).signed(&by);
    let (mut worker, sim) = worker(&folder, &[(pack, oak)], &by);
    let (store, kept) = Store::open(&folder.path().join("kiosk.db")).unwrap();
    let store = StoreActor::start(store, |_| {}).unwrap();
    let (trust, _) = TrustStore::open(&folder.path().join("trust"), &folder.path().join("keys"));
    worker.carrier = Some(Carrier::new(CarrierParts {
        trust,
        store: store.handle(),
        settings: kept.settings,
        config: folder.path().join("kiosk.toml"),
        code: None,
        key: Arc::new(xinting_usage::BoothKey::from_seed(&[7; 32])),
        booth: SharedBooth::new(None),
        tell: Box::new(|_| {}),
    }));
    let (told, keys) = (Told::default(), Arc::<Mutex<Vec<bool>>>::default());
    let (to, keys_to) = (Arc::clone(&told), Arc::clone(&keys));
    worker.tell = Box::new(move |event| match event {
        PacksEvent::Notice(notice) => to.lock().unwrap().push(notice),
        PacksEvent::KeyStick(is_in) => keys_to.lock().unwrap().push(is_in),
        _ => {}
    });
    Rig {
        folder,
        worker,
        sim,
        told,
        keys,
        _store: store,
    }
}

impl Rig {
    /// From here on the reader loses its stick after so many changes.
    fn loses_after(&mut self, changes: usize) -> Arc<AtomicUsize> {
        let changes_left = Arc::new(AtomicUsize::new(changes));
        self.worker.port = Some(Box::new(Losing {
            port: self.sim.port(),
            changes_left: Arc::clone(&changes_left),
        }));
        changes_left
    }

    fn notices(&self) -> Vec<PackNotice> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    fn make_key(&mut self) -> Vec<PackNotice> {
        self.worker.make_key_stick(None);
        self.notices()
    }
}

#[test]
fn a_stick_that_cannot_be_mounted_again_is_neither_empty_nor_out() {
    // Lost on the way to writing, and on the way back to reading.
    for changes in [1, 2] {
        let mut rig = rig("oak.xpack");
        rig.loses_after(changes);
        rig.worker.look();
        assert!(rig.worker.has_more());
        let about = About {
            packs: Vec::new(),
            health: Vec::new(),
        };
        rig.worker.export(about, None, &Stop::default());
        assert_eq!(rig.worker.state, StickView::Unreadable, "{changes}");
        let notices = rig.notices();
        let [PackNotice::Refused { reason, .. }] = &notices[..] else {
            panic!("{notices:?}")
        };
        assert!(reason.contains("cannot be read any more"), "{reason}");
        // And whoever wants something of it all the same reads no "pulled out".
        rig.worker.look();
        assert!(rig.worker.found.is_none());
        rig.worker.install(0, None, &Stop::default());
        let notices = rig.notices();
        let [PackNotice::Refused { reason, .. }] = &notices[..] else {
            panic!("{notices:?}")
        };
        assert!(!reason.contains("pulled out"), "{reason}");
        assert_eq!(rig.worker.state, StickView::Unreadable);
        // Out and in again it is a stick like any other.
        rig.sim.pull();
        let port = rig.sim.port();
        rig.worker.port = Some(Box::new(port));
        rig.worker.changed(Ok(Some(StickEvent::Removed)));
        assert_eq!(rig.worker.state, StickView::Empty);
    }
}

#[test]
fn a_list_is_not_believed_of_a_stick_that_was_lost_meanwhile() {
    let mut rig = rig("oak.xpack");
    let left = rig.loses_after(9);
    rig.sim.port().release().unwrap();
    left.store(0, Ordering::Release);
    rig.worker.look();
    assert_eq!(rig.worker.state, StickView::Unreadable);
    assert!(rig.worker.found.is_none());
}

#[test]
fn a_stick_that_stays_in_is_a_key_from_its_making_on() {
    let mut rig = rig("oak.xpack");
    rig.worker.look();
    assert_eq!(rig.make_key(), [PackNotice::KeyStickMade]);
    // More is on it, so it stays in, and opens.
    assert_eq!(rig.worker.state, StickView::Ready);
    assert_eq!(*rig.keys.lock().unwrap(), [true]);
    rig.worker.forget_key_sticks(None);
    assert_eq!(rig.notices(), [PackNotice::KeySticksForgotten]);
    assert_eq!(*rig.keys.lock().unwrap(), [true, false]);
}

#[test]
fn a_making_that_failed_does_not_let_the_stick_go() {
    // Nothing else is on it, so a making that succeeds ends with a stick that may be taken out.
    let mut rig = rig("holiday.jpg");
    rig.sim.fault(xinting_hw::usb::StickFault::Full { at: 3 });
    let notices = rig.make_key();
    assert!(
        matches!(&notices[..], [PackNotice::Refused { .. }]),
        "{notices:?}"
    );
    assert_eq!(rig.worker.state, StickView::Ready);
    assert!(rig.keys.lock().unwrap().is_empty());
    rig.sim.well();
    assert_eq!(rig.make_key(), [PackNotice::KeyStickMade]);
    assert_eq!(rig.worker.state, StickView::Released);
    assert!(rig.folder.path().join("stick/xinting-admin.key").exists());
}

#[test]
fn a_name_on_the_stick_turns_no_sentence_around() {
    let mut rig = rig("\u{202e}kao.xpack");
    rig.worker.look();
    rig.worker.install(0, None, &Stop::default());
    rig.worker
        .refuse("\u{202e}b\u{2066}.xkeys".to_owned(), &ShelfError::Changed);
    let notices = rig.notices();
    let [_, PackNotice::Refused { file, .. }] = &notices[..] else {
        panic!("{notices:?}")
    };
    assert_eq!(file, "b.xkeys");
    assert!(!format!("{notices:?}").contains("202e"), "{notices:?}");
}
