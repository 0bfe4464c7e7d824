//! What lies in the booth of a stick that was read, and how long.

mod stick;
mod thread;

use super::worker::Worker;
use super::*;
use crate::shelf::maker::{Publisher, Sources};
use std::path::Path;
use std::time::Duration;
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
    let mut worker = Worker::new(
        shelf,
        Some(Box::new(sim.port())),
        None,
        libraries,
        Lang::En,
        Box::new(|_| {}),
        Stop::default(),
    );
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
fn what_nobody_looks_at_any_more_is_looked_at_anew() {
    let folder = TempDir::new().unwrap();
    let by = Publisher::new();
    let oak = Sources::new("oak", "school", 1).signed(&by);
    let (mut worker, _sim) = worker(&folder, &[("oak.xpack", oak)], &by);
    worker.look();
    assert!(worker.has_more());
    worker.forget();
    assert_eq!(worker.state, StickView::Ready);
    // An index into what is no longer shown installs nothing.
    worker.install(0, None, &Stop::default());
    assert_eq!(worker.here().len(), 1);
    worker.look();
    worker.install(0, None, &Stop::default());
    assert_eq!(worker.here().len(), 2);
    assert_eq!(copies(&folder), 0);
    // Nothing is left to install: it may be taken out.
    assert_eq!(worker.state, StickView::Released);
}
