//! A simulated reader: a plain folder shown as a stick.
//!
//! The folder appears at `<place>/stick` through a symbolic link. Pulling it out leaves an **empty folder** at that
//! path, because that is what a mount point shows after a yank on real hardware.
//! It does not simulate half-read files: a file that was open before the pull stays readable.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::files::{FolderFiles, Gate};
use super::{ReaderHealth, Stick, StickEvent, StickId, StickPort, UsbError};

/// The hand that puts a stick in and pulls it out. Clones act on the same reader.
#[derive(Debug, Clone)]
pub struct UsbSim {
    shared: Arc<Shared>,
}

/// The reader's side, to be given to whoever wants a [`StickPort`].
#[derive(Debug)]
pub struct UsbSimPort {
    shared: Arc<Shared>,
    /// What this port has reported so far.
    reported: Option<StickId>,
}

#[derive(Debug)]
struct Shared {
    mount_point: PathBuf,
    socket: Mutex<Socket>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Socket {
    inserted: u64,
    stick: Option<Stick>,
    /// Of the files that were handed out with `stick`.
    gate: Arc<Gate>,
    released: bool,
    unreadable: bool,
    fail_next: bool,
}

impl UsbSim {
    /// Makes a reader whose stick will appear at `place/stick`; `place` is created when it is missing.
    ///
    /// # Errors
    /// [`UsbError::Simulated`] when the folder cannot be made, or `place/stick` holds something that this simulator
    /// did not put there.
    pub fn new(place: &Path) -> Result<Self, UsbError> {
        let mount_point = place.join("stick");
        fs::create_dir_all(place).map_err(|source| at(place, source))?;
        show_empty(&mount_point).map_err(|source| at(&mount_point, source))?;
        Ok(Self {
            shared: Arc::new(Shared {
                mount_point,
                socket: Mutex::default(),
                changed: Condvar::new(),
            }),
        })
    }

    /// The reader's side.
    #[must_use]
    pub fn port(&self) -> UsbSimPort {
        UsbSimPort {
            shared: Arc::clone(&self.shared),
            reported: None,
        }
    }

    /// Puts `folder` in as a stick labelled with the folder's name. A stick that is in is pulled first.
    ///
    /// # Errors
    /// [`UsbError::Simulated`] when `folder` is not a folder or cannot be shown.
    pub fn insert(&self, folder: &Path) -> Result<(), UsbError> {
        let folder = folder.canonicalize().map_err(|source| at(folder, source))?;
        if !folder.is_dir() {
            return Err(at(&folder, io::Error::from(io::ErrorKind::NotADirectory)));
        }
        let mut socket = self.shared.lock();
        let point = &self.shared.mount_point;
        show_empty(point)
            .and_then(|()| show(point, &folder))
            .map_err(|source| at(point, source))?;
        socket.close();
        let gate = Arc::default();
        let files = FolderFiles::behind(folder.clone(), Arc::clone(&gate))
            .map_err(|source| at(&folder, source))?;
        socket.gate = gate;
        socket.inserted += 1;
        socket.released = false;
        socket.unreadable = false;
        socket.stick = Some(Stick {
            id: StickId::new(format!("sim-{}", socket.inserted)),
            label: folder
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            files: Arc::new(files),
            root: point.clone(),
        });
        self.shared.changed.notify_all();
        Ok(())
    }

    /// Pulls the stick out: its folder lists empty from now on. Without a stick it does nothing.
    ///
    /// # Errors
    /// [`UsbError::Simulated`] when the folder cannot be emptied.
    pub fn pull(&self) -> Result<(), UsbError> {
        let mut socket = self.shared.lock();
        let point = &self.shared.mount_point;
        show_empty(point).map_err(|source| at(point, source))?;
        socket.close();
        socket.stick = None;
        socket.released = false;
        self.shared.changed.notify_all();
        Ok(())
    }

    /// The next stick put in will be one that cannot be mounted.
    pub fn fail_next_insert(&self) {
        self.shared.lock().fail_next = true;
    }
}

impl Socket {
    /// Files that were handed out give nothing more.
    fn close(&self) {
        self.gate.writable.store(false, Ordering::Release);
        self.gate.out.store(true, Ordering::Release);
    }
}

impl Shared {
    /// The socket's fields are valid after every statement, so a panic elsewhere does not spoil them.
    fn lock(&self) -> MutexGuard<'_, Socket> {
        self.socket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UsbSimPort {
    fn change(&mut self, socket: &mut Socket) -> Option<Result<StickEvent, UsbError>> {
        let now_in = socket.stick.as_ref().map(|stick| stick.id.clone());
        if now_in == self.reported {
            return None;
        }
        if self.reported.is_some() {
            // Two changes between looks are told one after the other: out first, then in.
            self.reported = None;
            return Some(Ok(StickEvent::Removed));
        }
        self.reported = now_in;
        if std::mem::take(&mut socket.fail_next) {
            socket.unreadable = true;
            return Some(Err(UsbError::HelperRefused {
                reason: "no file system that can be read".to_owned(),
            }));
        }
        socket
            .stick
            .clone()
            .map(|stick| Ok(StickEvent::Inserted(stick)))
    }
}

impl StickPort for UsbSimPort {
    fn wait_event(&mut self, timeout: Duration) -> Result<Option<StickEvent>, UsbError> {
        let deadline = Instant::now() + timeout;
        let shared = Arc::clone(&self.shared);
        let mut socket = shared.lock();
        loop {
            if let Some(change) = self.change(&mut socket) {
                return change.map(Some);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            socket = shared
                .changed
                .wait_timeout(socket, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn current(&self) -> Option<Stick> {
        let socket = self.shared.lock();
        if socket.released || socket.unreadable {
            None
        } else {
            socket.stick.clone()
        }
    }

    fn is_present(&self, id: &StickId) -> bool {
        self.shared
            .lock()
            .stick
            .as_ref()
            .is_some_and(|stick| stick.id == *id)
    }

    fn release(&mut self) -> Result<(), UsbError> {
        let mut socket = self.shared.lock();
        if socket.stick.is_none() {
            return Err(UsbError::Gone);
        }
        let point = &self.shared.mount_point;
        show_empty(point).map_err(|source| at(point, source))?;
        socket.close();
        socket.released = true;
        Ok(())
    }

    fn make_writable(&mut self) -> Result<(), UsbError> {
        let socket = self.shared.lock();
        if socket.stick.is_none() || socket.released {
            return Err(UsbError::Gone);
        }
        socket.gate.writable.store(true, Ordering::Release);
        Ok(())
    }

    fn make_read_only(&mut self) -> Result<(), UsbError> {
        self.shared
            .lock()
            .gate
            .writable
            .store(false, Ordering::Release);
        Ok(())
    }

    fn others(&self) -> usize {
        0
    }

    fn health(&self) -> ReaderHealth {
        let socket = self.shared.lock();
        match &socket.stick {
            None => ReaderHealth::Empty,
            Some(_) if socket.unreadable => ReaderHealth::Unreadable,
            Some(_) if socket.released => ReaderHealth::Released,
            Some(_) => ReaderHealth::Ready,
        }
    }
}

fn at(path: &Path, source: io::Error) -> UsbError {
    UsbError::Simulated {
        path: path.to_owned(),
        source,
    }
}

/// Leaves an empty folder at the mount point. Only a link or an empty folder is ever taken away, never files.
fn show_empty(point: &Path) -> io::Result<()> {
    match fs::symlink_metadata(point) {
        Ok(found) if found.is_symlink() => fs::remove_file(point)?,
        Ok(_) => fs::remove_dir(point)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    fs::create_dir(point)
}

fn show(point: &Path, folder: &Path) -> io::Result<()> {
    fs::remove_dir(point)?;
    std::os::unix::fs::symlink(folder, point)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    fn reader() -> (tempfile::TempDir, tempfile::TempDir, UsbSim, UsbSimPort) {
        let place = tempfile::tempdir().unwrap();
        let stick = tempfile::tempdir().unwrap();
        fs::write(stick.path().join("a.xtpack"), b"bytes").unwrap();
        let sim = UsbSim::new(place.path()).unwrap();
        let port = sim.port();
        (place, stick, sim, port)
    }

    #[test]
    fn a_stick_comes_and_goes_and_its_folder_is_empty_afterwards() {
        let (_place, folder, sim, mut port) = reader();
        assert_eq!(port.wait_event(Duration::ZERO).unwrap(), None);
        assert_eq!(port.health(), ReaderHealth::Empty);

        sim.insert(folder.path()).unwrap();
        let Some(StickEvent::Inserted(stick)) = port.wait_event(SOON).unwrap() else {
            panic!("no stick was reported")
        };
        assert_eq!(fs::read(stick.root.join("a.xtpack")).unwrap(), b"bytes");
        assert!(port.is_present(&stick.id));

        sim.pull().unwrap();
        assert_eq!(
            fs::read_dir(&stick.root).unwrap().count(),
            0,
            "a yanked stick lists empty, without an error"
        );
        assert!(!port.is_present(&stick.id));
        assert_eq!(port.wait_event(SOON).unwrap(), Some(StickEvent::Removed));
        assert_eq!(
            fs::read(folder.path().join("a.xtpack")).unwrap(),
            b"bytes",
            "the folder behind it is untouched"
        );
    }

    #[test]
    fn a_quick_swap_is_told_as_out_and_then_in() {
        let (_place, folder, sim, mut port) = reader();
        sim.insert(folder.path()).unwrap();
        let Some(StickEvent::Inserted(first)) = port.wait_event(SOON).unwrap() else {
            panic!("no stick")
        };
        sim.insert(folder.path()).unwrap();
        assert_eq!(port.wait_event(SOON).unwrap(), Some(StickEvent::Removed));
        let Some(StickEvent::Inserted(second)) = port.wait_event(SOON).unwrap() else {
            panic!("no second stick")
        };
        assert_ne!(first.id, second.id);
    }

    #[test]
    fn a_released_stick_is_not_offered_until_it_was_out() {
        let (_place, folder, sim, mut port) = reader();
        sim.insert(folder.path()).unwrap();
        assert!(matches!(
            port.wait_event(SOON).unwrap(),
            Some(StickEvent::Inserted(_))
        ));
        port.release().unwrap();
        assert_eq!(port.current(), None);
        assert_eq!(port.health(), ReaderHealth::Released);
        assert_eq!(port.wait_event(Duration::ZERO).unwrap(), None);
        sim.insert(folder.path()).unwrap();
        assert_eq!(port.wait_event(SOON).unwrap(), Some(StickEvent::Removed));
        assert!(matches!(
            port.wait_event(SOON).unwrap(),
            Some(StickEvent::Inserted(_))
        ));
    }

    #[test]
    fn an_unreadable_stick_is_an_error_told_once() {
        let (_place, folder, sim, mut port) = reader();
        sim.fail_next_insert();
        sim.insert(folder.path()).unwrap();
        assert!(port.wait_event(SOON).is_err());
        assert_eq!(port.health(), ReaderHealth::Unreadable);
        assert_eq!(port.current(), None);
        assert_eq!(port.wait_event(Duration::ZERO).unwrap(), None);
    }

    #[test]
    fn files_of_somebody_else_are_never_removed() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir_all(place.path().join("stick")).unwrap();
        fs::write(place.path().join("stick/keep"), b"mine").unwrap();
        assert!(UsbSim::new(place.path()).is_err());
        assert_eq!(fs::read(place.path().join("stick/keep")).unwrap(), b"mine");
    }
}
