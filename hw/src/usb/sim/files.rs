//! The files of a simulated stick: those of a folder, with everything that is wrong with the stick.
//!
//! Deliberately not here: which stick is in, and what the words of a fault are.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustix::io::Errno;

use super::shown::{apply_to_list, is_one_of_many, real_path, sector_of};
use super::{Shared, StickFault};
use crate::usb::files::{FolderFiles, Gate, Listed, MOST_LISTED, StickFiles, check_path, out};

/// A slow stick gives its bytes in this many portions a second, so that a copy can be given up soon.
const PORTIONS_A_SECOND: u64 = 20;

/// One insertion of one folder.
#[derive(Debug)]
pub(super) struct SimStick {
    pub(super) gate: Arc<Gate>,
    pub(super) folder: FolderFiles,
    /// Files that are open, for which the stick cannot be released.
    pub(super) reading: AtomicUsize,
}

/// What is handed out as [`StickFiles`].
#[derive(Debug)]
pub(super) struct SimFiles {
    pub(super) shared: Arc<Shared>,
    pub(super) stick: Arc<SimStick>,
}

impl SimFiles {
    fn is_out(&self) -> bool {
        self.stick.gate.out.load(Ordering::Acquire)
    }

    /// Does something with the files that are shown now.
    fn shown<T>(
        &self,
        other: Option<std::path::PathBuf>,
        with: impl FnOnce(&FolderFiles) -> io::Result<T>,
    ) -> io::Result<T> {
        match other {
            Some(folder) => with(&FolderFiles::read_only(folder)?),
            None => with(&self.stick.folder),
        }
    }
}

impl StickFiles for SimFiles {
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        // A stick that was pulled out lists empty, without an error.
        if self.is_out() {
            return Ok(Vec::new());
        }
        let (other, faults) = {
            let mut board = self.shared.lock();
            let other = board.faults.shown(folder.is_empty());
            (other, board.faults.all().cloned().collect::<Vec<_>>())
        };
        let mut listed = self.shown(other, |files| files.list(folder))?;
        for fault in &faults {
            apply_to_list(fault, folder, &mut listed);
        }
        listed.truncate(MOST_LISTED);
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(listed)
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + Send>> {
        check_path(path)?;
        if self.is_out() {
            return Err(out());
        }
        let (lie, other, real, empty, grown, dead) = {
            let mut board = self.shared.lock();
            let faults = &mut board.faults;
            let real = real_path(faults, path);
            (
                faults.opening(&real),
                faults.shown(false),
                real.clone(),
                is_one_of_many(faults, path),
                faults.grown_by(&real),
                faults
                    .all()
                    .any(|fault| matches!(fault, StickFault::Dead { .. })),
            )
        };
        let first_sector = match dead {
            true => sector_of(&self.stick.folder, &real),
            false => 0,
        };
        let bytes: Box<dyn Read + Send> = match lie {
            Some(file) => Box::new(File::open(file)?),
            None if empty => Box::new(io::empty()),
            None => self.shown(other, |files| files.open(&real))?,
        };
        self.stick.reading.fetch_add(1, Ordering::AcqRel);
        Ok(Box::new(SimReader {
            shared: Arc::clone(&self.shared),
            stick: Arc::clone(&self.stick),
            bytes: Box::new(bytes.chain(io::repeat(0).take(grown))),
            path: real,
            first_sector,
            position: 0,
        }))
    }

    fn write(&self, path: &str, from: &mut dyn Read) -> io::Result<u64> {
        let mut taking = Taking {
            files: self,
            from,
            path,
            position: 0,
        };
        self.stick.folder.write(path, &mut taking)
    }
}

/// An open file.
struct SimReader {
    shared: Arc<Shared>,
    stick: Arc<SimStick>,
    bytes: Box<dyn Read + Send>,
    path: String,
    first_sector: u64,
    position: u64,
}

impl Read for SimReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let passes = pass(
            &self.shared,
            &self.stick,
            &self.path,
            self.position,
            buffer.len(),
            Some(self.first_sector),
        )?;
        let read = self.bytes.read(&mut buffer[..passes.bytes])?;
        self.position += read as u64;
        passes.wait(read);
        Ok(read)
    }
}

impl Drop for SimReader {
    fn drop(&mut self) {
        self.stick.reading.fetch_sub(1, Ordering::AcqRel);
    }
}

/// What is written to the stick, on its way.
struct Taking<'a> {
    files: &'a SimFiles,
    from: &'a mut dyn Read,
    path: &'a str,
    position: u64,
}

impl Read for Taking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let shared = &self.files.shared;
        let passes = pass(
            shared,
            &self.files.stick,
            self.path,
            self.position,
            buffer.len(),
            None,
        )?;
        let read = self.from.read(&mut buffer[..passes.bytes])?;
        if shared.lock().faults.taken(read as u64) < read as u64 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.position += read as u64;
        passes.wait(read);
        Ok(read)
    }
}

/// What may pass now.
struct Passes {
    bytes: usize,
    bytes_per_s: Option<u64>,
}

impl Passes {
    fn wait(&self, bytes: usize) {
        if let Some(rate) = self.bytes_per_s {
            let nanos = (bytes as u64).saturating_mul(1_000_000_000) / rate;
            std::thread::sleep(Duration::from_nanos(nanos));
        }
    }
}

/// How many of `wanted` bytes from `position` on go between the stick and the booth; `read_from` is the file's first
/// sector when they are read.
fn pass(
    shared: &Arc<Shared>,
    stick: &SimStick,
    path: &str,
    position: u64,
    wanted: usize,
    read_from: Option<u64>,
) -> io::Result<Passes> {
    if stick.gate.out.load(Ordering::Acquire) {
        return Err(Errno::IO.into());
    }
    if wanted == 0 {
        return Ok(Passes {
            bytes: 0,
            bytes_per_s: None,
        });
    }
    let mut board = shared.lock();
    let bytes_per_s = board.faults.bytes_per_s();
    let mut bytes = wanted as u64;
    if let Some(rate) = bytes_per_s {
        bytes = bytes.min((rate / PORTIONS_A_SECOND).max(1));
    }
    if let Some(at) = board.faults.yanked_at(path) {
        if position >= at {
            board.faults.take(&StickFault::Yank {
                file: path.to_owned(),
                at,
            });
            board.yank(stick);
            shared.changed.notify_all();
            return Err(Errno::IO.into());
        }
        bytes = bytes.min(at - position);
    }
    if let Some(first_sector) = read_from {
        let end = board.faults.readable_to(path, first_sector);
        if position >= end {
            return Err(Errno::IO.into());
        }
        bytes = bytes.min(end - position);
    }
    Ok(Passes {
        bytes: usize::try_from(bytes).unwrap_or(wanted),
        bytes_per_s,
    })
}
