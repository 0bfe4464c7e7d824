//! The simulated reader: sticks that come and go, and everything that can be wrong with one. What a pack on it is, is
//! of no concern here.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

#[path = "usb_sim/faults.rs"]
mod faults;
#[path = "usb_sim/random.rs"]
mod random;
#[path = "usb_sim/sockets.rs"]
mod sockets;
#[path = "usb_sim/words.rs"]
mod words;

use std::fs;
use std::io::{self, Read};
use std::time::Duration;

use xinting_hw::usb::{Stick, StickEvent, StickPort, UsbSim, UsbSimPort};

/// Long enough for a thread on a busy machine.
const SOON: Duration = Duration::from_secs(10);

/// A reader, and a folder that plays a stick.
struct Desk {
    folder: tempfile::TempDir,
    sim: UsbSim,
    port: UsbSimPort,
}

impl Desk {
    /// With these files in the folder.
    fn with(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let sim = UsbSim::default();
        let port = sim.port();
        Self { folder, sim, port }
    }

    fn insert(&mut self) -> Stick {
        self.sim.insert(self.folder.path()).unwrap();
        self.inserted()
    }

    /// The stick that is told next.
    fn inserted(&mut self) -> Stick {
        loop {
            match self.port.wait_event(SOON).unwrap() {
                Some(StickEvent::Inserted(stick)) => return stick,
                Some(StickEvent::Removed) => {}
                None => panic!("no stick was told"),
            }
        }
    }

    fn says(&self, words: &str) {
        self.sim.script_line(words).unwrap();
    }
}

/// A whole file, and how reading it ended.
fn read(stick: &Stick, path: &str) -> (Vec<u8>, io::Result<()>) {
    let mut file = match stick.files.open(path) {
        Ok(file) => file,
        Err(error) => return (Vec::new(), Err(error)),
    };
    let mut bytes = Vec::new();
    let ended = file.read_to_end(&mut bytes).map(|_| ());
    (bytes, ended)
}

fn names(stick: &Stick, folder: &str) -> Vec<String> {
    let listed = stick.files.list(folder).unwrap();
    listed.into_iter().map(|entry| entry.name).collect()
}
