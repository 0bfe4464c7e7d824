//! A simulated reader with two sockets: plain folders shown as sticks, with everything that can be wrong with one.
//!
//! [`UsbSim`] is the hand that puts sticks in and pulls them out, [`UsbSimPort`] the reader's side. What can be wrong
//! is a [`StickFault`]. Nothing is copied or mounted: a file that is written to the stick is in the folder.
//! The simulator has no clock and no chance of its own; the same acts give the same stick.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

mod fault;
mod faults;
mod files;
mod shown;

pub use self::fault::{StickFault, StickWordsError};

use self::fault::split;
use self::faults::Faults;
use self::files::{SimFiles, SimStick};
use super::files::{FolderFiles, Gate};
use super::{ReaderHealth, Stick, StickEvent, StickId, StickPort, UsbError};

/// Sockets of the reader.
const SOCKETS: usize = 2;

/// The hand that puts sticks in and pulls them out. Clones act on the same reader.
#[derive(Debug, Clone, Default)]
pub struct UsbSim {
    shared: Arc<Shared>,
}

/// The reader's side, to be given to whoever wants a [`StickPort`].
#[derive(Debug)]
pub struct UsbSimPort {
    shared: Arc<Shared>,
    /// The insertion that this port has reported last.
    reported: Option<u64>,
}

#[derive(Debug, Default)]
struct Shared {
    board: Mutex<Board>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Board {
    insertions: u64,
    sockets: [Option<Inserted>; SOCKETS],
    /// The socket whose stick is read.
    serving: usize,
    faults: Faults,
}

#[derive(Debug)]
struct Inserted {
    insertion: u64,
    stick: Stick,
    inside: Arc<SimStick>,
    released: bool,
    unreadable: bool,
}

impl UsbSim {
    /// A reader without a stick.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The reader's side.
    #[must_use]
    pub fn port(&self) -> UsbSimPort {
        UsbSimPort {
            shared: Arc::clone(&self.shared),
            reported: None,
        }
    }

    /// Puts `folder` into the first socket as a stick labelled with the folder's name. A stick that is in is pulled
    /// first.
    ///
    /// # Errors
    /// [`UsbError::Simulated`] when `folder` is not a folder that can be opened.
    pub fn insert(&self, folder: &Path) -> Result<(), UsbError> {
        self.put(0, folder, None)
    }

    /// Puts `folder` into the second socket.
    ///
    /// # Errors
    /// As for [`UsbSim::insert`].
    pub fn insert_second(&self, folder: &Path) -> Result<(), UsbError> {
        self.put(1, folder, None)
    }

    /// Pulls the stick out of the first socket: its folder lists empty from now on. Without a stick it does nothing.
    pub fn pull(&self) {
        self.take(0);
    }

    /// Pulls the stick out of the second socket.
    pub fn pull_second(&self) {
        self.take(1);
    }

    /// Pulls the stick that is read and puts it in again, at once; with `same_id` it gets the id it had.
    ///
    /// # Errors
    /// [`UsbError::Gone`] without a stick, and as for [`UsbSim::insert`].
    pub fn replug(&self, same_id: bool) -> Result<(), UsbError> {
        let (socket, folder, id) = {
            let board = self.shared.lock();
            let inserted = board.read().ok_or(UsbError::Gone)?;
            let stick = &inserted.stick;
            (board.serving, stick.root.clone(), stick.id.clone())
        };
        self.put(socket, &folder, same_id.then_some(id))
    }

    /// Something is wrong with the sticks from now on.
    pub fn fault(&self, fault: StickFault) {
        self.shared.lock().faults.add(fault);
    }

    /// Nothing is wrong with the sticks any more.
    pub fn well(&self) {
        self.shared.lock().faults.clear();
    }

    /// The next stick put in will be one that cannot be mounted.
    pub fn fail_next_insert(&self) {
        self.fault(StickFault::Unmountable);
    }

    /// Does what a line of a script says: a [`StickFault`] in words, `well`, `pull`, `insert DIR`, `second DIR`,
    /// `second pull`, `replug` or `replug same`.
    ///
    /// # Errors
    /// One sentence for the script's author.
    pub fn script_line(&self, line: &str) -> Result<(), String> {
        let told = |error: &dyn std::error::Error| match error.source() {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        };
        match split(line) {
            ("well", "") => self.well(),
            ("pull", "") => self.pull(),
            ("insert", folder) => self.insert(folder.as_ref()).map_err(|e| told(&e))?,
            ("second", "pull") => self.pull_second(),
            ("second", folder) => self.insert_second(folder.as_ref()).map_err(|e| told(&e))?,
            ("replug", "") => self.replug(false).map_err(|e| told(&e))?,
            ("replug", "same") => self.replug(true).map_err(|e| told(&e))?,
            _ => self.fault(
                line.parse()
                    .map_err(|error| told(&error as &StickWordsError))?,
            ),
        }
        Ok(())
    }

    fn put(&self, socket: usize, folder: &Path, id: Option<StickId>) -> Result<(), UsbError> {
        let folder = folder.canonicalize().map_err(|source| at(folder, source))?;
        let gate = Arc::<Gate>::default();
        let files = FolderFiles::behind(folder.clone(), Arc::clone(&gate))
            .map_err(|source| at(&folder, source))?;
        self.take(socket);
        let inside = Arc::new(SimStick {
            gate,
            folder: files,
            reading: AtomicUsize::new(0),
        });
        let label = folder.file_name().unwrap_or_default().to_string_lossy();
        let mut board = self.shared.lock();
        board.insertions += 1;
        let insertion = board.insertions;
        board.sockets[socket] = Some(Inserted {
            insertion,
            stick: Stick {
                id: id.unwrap_or_else(|| StickId::new(format!("sim-{insertion}"))),
                label: label.into_owned(),
                files: Arc::new(SimFiles {
                    shared: Arc::clone(&self.shared),
                    stick: Arc::clone(&inside),
                }),
                root: folder,
            },
            inside,
            released: false,
            unreadable: board.faults.take(&StickFault::Unmountable),
        });
        board.choose();
        self.shared.changed.notify_all();
        Ok(())
    }

    fn take(&self, socket: usize) {
        let mut board = self.shared.lock();
        board.take(socket);
        self.shared.changed.notify_all();
    }
}

impl Shared {
    /// The board's fields are valid after every statement, so a panic elsewhere does not spoil them.
    fn lock(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Board {
    fn read(&self) -> Option<&Inserted> {
        self.sockets[self.serving].as_ref()
    }

    /// The stick that was read stays the one; after it, the first that is in.
    fn choose(&mut self) {
        if self.read().is_none() {
            self.serving = self.sockets.iter().position(Option::is_some).unwrap_or(0);
        }
    }

    fn take(&mut self, socket: usize) {
        if let Some(inserted) = self.sockets[socket].take() {
            inserted.close();
        }
        self.choose();
    }

    /// Pulls the stick of these files out, wherever it is.
    fn yank(&mut self, inside: &SimStick) {
        for socket in 0..SOCKETS {
            let there = self.sockets[socket].as_ref();
            if there.is_some_and(|inserted| std::ptr::eq(&raw const *inserted.inside, inside)) {
                self.take(socket);
            }
        }
    }

    /// The stick that is read, as long as it may be.
    fn usable(&self) -> Option<&Inserted> {
        self.read()
            .filter(|inserted| !inserted.released && !inserted.unreadable)
    }

    /// What the helper says about a stick that is to be unmounted.
    fn unmountable(&self, inserted: &Inserted) -> Result<(), UsbError> {
        let open = inserted.inside.reading.load(Ordering::Acquire) > 0;
        if open || self.faults.has(&StickFault::Busy) {
            return Err(refused("a program is still using the stick"));
        }
        Ok(())
    }
}

impl Inserted {
    /// Files that were handed out give nothing more.
    fn close(&self) {
        self.inside.gate.writable.store(false, Ordering::Release);
        self.inside.gate.out.store(true, Ordering::Release);
    }
}

impl UsbSimPort {
    fn change(&mut self, board: &Board) -> Option<Result<StickEvent, UsbError>> {
        let read = board.read();
        let now_in = read.map(|inserted| inserted.insertion);
        if now_in == self.reported {
            return None;
        }
        if self.reported.is_some() {
            // Two changes between looks are told one after the other: out first, then in.
            self.reported = None;
            return Some(Ok(StickEvent::Removed));
        }
        self.reported = now_in;
        read.map(|inserted| match inserted.unreadable {
            true => Err(refused("no file system that can be read")),
            false => Ok(StickEvent::Inserted(inserted.stick.clone())),
        })
    }
}

impl StickPort for UsbSimPort {
    fn wait_event(&mut self, timeout: Duration) -> Result<Option<StickEvent>, UsbError> {
        let deadline = Instant::now() + timeout;
        let shared = Arc::clone(&self.shared);
        let mut board = shared.lock();
        loop {
            if let Some(change) = self.change(&board) {
                return change.map(Some);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            board = shared
                .changed
                .wait_timeout(board, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn current(&self) -> Option<Stick> {
        let board = self.shared.lock();
        board.usable().map(|inserted| inserted.stick.clone())
    }

    fn is_present(&self, id: &StickId) -> bool {
        let board = self.shared.lock();
        board
            .read()
            .is_some_and(|inserted| inserted.stick.id == *id)
    }

    fn release(&mut self) -> Result<(), UsbError> {
        let mut board = self.shared.lock();
        let inserted = board.read().ok_or(UsbError::Gone)?;
        board.unmountable(inserted)?;
        inserted.close();
        let serving = board.serving;
        if let Some(inserted) = &mut board.sockets[serving] {
            inserted.released = true;
        }
        Ok(())
    }

    fn make_writable(&mut self) -> Result<(), UsbError> {
        let board = self.shared.lock();
        let inserted = board.usable().ok_or(UsbError::Gone)?;
        board.unmountable(inserted)?;
        if board.faults.has(&StickFault::Protected) {
            return Err(refused("the stick is write-protected"));
        }
        inserted.inside.gate.writable.store(true, Ordering::Release);
        Ok(())
    }

    fn make_read_only(&mut self) -> Result<(), UsbError> {
        let board = self.shared.lock();
        match board.usable() {
            // Not even a stick that the system holds on to takes another file of ours.
            Some(inserted) if inserted.inside.gate.writable.swap(false, Ordering::AcqRel) => {
                board.unmountable(inserted)
            }
            _ => Ok(()),
        }
    }

    fn others(&self) -> usize {
        let board = self.shared.lock();
        let others = board.sockets.iter().flatten().count();
        others.saturating_sub(1)
    }

    fn health(&self) -> ReaderHealth {
        let board = self.shared.lock();
        match board.read() {
            None => ReaderHealth::Empty,
            Some(inserted) if inserted.unreadable => ReaderHealth::Unreadable,
            Some(inserted) if inserted.released => ReaderHealth::Released,
            Some(_) => ReaderHealth::Ready,
        }
    }
}

fn refused(reason: &str) -> UsbError {
    UsbError::HelperRefused {
        reason: reason.to_owned(),
    }
}

fn at(path: &Path, source: io::Error) -> UsbError {
    UsbError::Simulated {
        path: path.to_owned(),
        source,
    }
}
