//! What lies in the booth of a stick that was read, and how long.

use super::*;
use crate::shelf::maker::{Publisher, Sources};
use std::path::Path;
use tempfile::TempDir;
use xinting_hw::usb::UsbSim;

/// A worker with a stick in; nothing of it has been read.
fn worker(folder: &TempDir, files: &[(&str, Vec<u8>)], by: &Publisher) -> (Worker, UsbSim) {
    let (image, stick) = (folder.path().join("image"), folder.path().join("stick"));
    for place in [&image, &stick] {
        std::fs::create_dir(place).unwrap();
    }
    std::fs::write(image.join("starter.xpack"), Sources::starter(5).signed(by)).unwrap();
    for (name, bytes) in files {
        std::fs::write(stick.join(name), bytes).unwrap();
    }
    let packs = folder.path().join("packs");
    let (shelf, notices) = Shelf::open(
        &packs,
        Some(&image),
        xinting_content::Trust::roots(vec![by.key()]),
        false,
    );
    assert!(notices.is_empty(), "{notices:?}");
    let sim = UsbSim::default();
    sim.insert(&stick).unwrap();
    let libraries = ShownLibraries::new(shelf.library().unwrap());
    let mut worker = Worker {
        shelf,
        port: Some(Box::new(sim.port())),
        libraries,
        lang: Lang::En,
        tell: Box::new(|_| {}),
        stopping: Arc::default(),
        stick: None,
        found: None,
        state: StickView::Empty,
    };
    let change = worker
        .port
        .as_mut()
        .map(|port| port.wait_event(Duration::from_secs(5)));
    worker.changed(change.unwrap());
    assert_eq!(worker.state, StickView::Ready);
    (worker, sim)
}

fn copies(folder: &TempDir) -> usize {
    let incoming: &Path = &folder.path().join("packs/.incoming");
    std::fs::read_dir(incoming).unwrap().count()
}

#[test]
fn copies_go_when_nobody_looks_any_more_and_come_again() {
    let folder = TempDir::new().unwrap();
    let by = Publisher::new();
    let oak = Sources::new("oak", "school", 1).signed(&by);
    let (mut worker, _sim) = worker(&folder, &[("oak.xpack", oak)], &by);
    worker.look();
    assert_eq!(copies(&folder), 1);
    worker.forget();
    assert_eq!(copies(&folder), 0);
    assert_eq!(worker.state, StickView::Ready);
    // An index into what is no longer shown installs nothing.
    worker.install(0, &Stop::default());
    assert_eq!(worker.serving().len(), 1);
    worker.look();
    worker.install(0, &Stop::default());
    assert_eq!(worker.serving().len(), 2);
    assert_eq!(copies(&folder), 0);
}

#[test]
fn after_an_installation_that_failed_the_stick_is_read_again() {
    let folder = TempDir::new().unwrap();
    let by = Publisher::new();
    let oak = |version| Sources::new("oak", "school", version).signed(&by);
    let files = [("a.xpack", oak(2)), ("b.xpack", oak(1))];
    let (mut worker, _sim) = worker(&folder, &files, &by);
    worker.look();
    worker.install(0, &Stop::default());
    // The older one was good when it was read.
    assert!(worker.has_more());
    worker.install(0, &Stop::default());
    let found = worker.found.as_ref().unwrap();
    assert_eq!(found.len(), 2);
    assert!(!worker.has_more());
    assert_eq!(copies(&folder), 0);
}
