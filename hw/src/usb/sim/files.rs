//! The files of a simulated stick: those of a folder, with everything that is wrong with the stick.
//!
//! Deliberately not here: which stick is in, and what the words of a fault are.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustix::fs::FileType;
use rustix::io::Errno;

use super::{Shared, StickFault};
use crate::usb::files::{
    FolderFiles, Gate, Listed, ListedKind, MOST_LISTED, StickFiles, check_path, listed_as, out,
};

/// Bytes of a sector.
const SECTOR_BYTES: u64 = 512;
/// A slow stick gives its bytes in this many portions a second, so that a copy can be given up soon.
const PORTIONS_A_SECOND: u64 = 20;
/// Deepest folder whose files have sectors.
const DEEPEST: usize = 8;

/// One insertion of one folder.
#[derive(Debug)]
pub(super) struct SimStick {
    pub(super) gate: Arc<Gate>,
    pub(super) folder: FolderFiles,
    /// Files that are open, for which the stick cannot be released.
    pub(super) reading: AtomicUsize,
}

/// What the faults count.
#[derive(Debug, Default)]
pub(super) struct Faults {
    set: Vec<(StickFault, u64)>,
}

impl Faults {
    pub(super) fn add(&mut self, fault: StickFault) {
        self.set.push((fault, 0));
    }

    pub(super) fn clear(&mut self) {
        self.set.clear();
    }

    pub(super) fn has(&self, wanted: &StickFault) -> bool {
        self.set.iter().any(|(fault, _)| fault == wanted)
    }

    /// True once for each time the fault was set.
    pub(super) fn take(&mut self, wanted: &StickFault) -> bool {
        let place = self.set.iter().position(|(fault, _)| fault == wanted);
        place.map(|place| self.set.remove(place)).is_some()
    }

    fn all(&self) -> impl Iterator<Item = &StickFault> {
        self.set.iter().map(|(fault, _)| fault)
    }

    fn bytes_per_s(&self) -> Option<u64> {
        let rates = self.all().filter_map(|fault| match fault {
            StickFault::Slow { bytes_per_s } => Some((*bytes_per_s).max(1)),
            _ => None,
        });
        rates.min()
    }

    /// Bytes of `path` up to which it can be read; it lies `first_sector` from the start of the device.
    fn readable_to(&self, path: &str, first_sector: u64) -> u64 {
        let ends = self.all().filter_map(|fault| match fault {
            StickFault::Bad { file, at } if file == path => Some(*at),
            StickFault::Dead { sector } => Some(sector.saturating_sub(first_sector) * SECTOR_BYTES),
            _ => None,
        });
        ends.min().unwrap_or(u64::MAX)
    }

    /// The byte of `path` at which the stick is pulled.
    fn yanked_at(&self, path: &str) -> Option<u64> {
        let yanks = self.all().filter_map(|fault| match fault {
            StickFault::Yank { file, at } if file == path => Some(*at),
            _ => None,
        });
        yanks.min()
    }

    fn grown_by(&self, path: &str) -> u64 {
        let grown = self.all().filter_map(|fault| match fault {
            StickFault::Grow { file, bytes } if file == path => Some(*bytes),
            _ => None,
        });
        grown.sum()
    }

    /// The file that is given in the place of `path` at this opening.
    fn opening(&mut self, path: &str) -> Option<std::path::PathBuf> {
        let mut given = None;
        for (fault, openings) in &mut self.set {
            if let StickFault::Lie {
                file,
                opening,
                other,
            } = fault
                && file == path
            {
                *openings += 1;
                if *openings >= *opening {
                    given = Some(other.clone());
                }
            }
        }
        given
    }

    /// The folder that is shown instead; `listing` when the root is being listed.
    fn shown(&mut self, listing: bool) -> Option<std::path::PathBuf> {
        let mut shown = None;
        for (fault, listings) in &mut self.set {
            if let StickFault::Relist {
                listing: first,
                folder,
            } = fault
            {
                *listings += u64::from(listing);
                if *listings >= *first {
                    shown = Some(folder.clone());
                }
            }
        }
        shown
    }

    /// How many of `wanted` bytes the stick still takes.
    fn taken(&mut self, wanted: u64) -> u64 {
        let mut taken = wanted;
        for (fault, _) in &self.set {
            if let StickFault::Full { at } = fault {
                taken = taken.min(*at);
            }
        }
        for (fault, _) in &mut self.set {
            if let StickFault::Full { at } = fault {
                *at -= taken;
            }
        }
        taken
    }
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

fn apply_to_list(fault: &StickFault, folder: &str, listed: &mut Vec<Listed>) {
    let above = |path: &str| {
        path.rsplit_once('/')
            .map_or("", |(above, _)| above)
            .to_owned()
    };
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    match fault {
        StickFault::Size { file, bytes } if above(file) == folder => {
            for entry in listed.iter_mut().filter(|entry| entry.name == name(file)) {
                entry.size_bytes = *bytes;
            }
        }
        StickFault::OddNames { file } if above(file) == folder => {
            let name = name(file);
            let found = listed.iter().find(|entry| entry.name == name);
            let Some(size) = found.map(|entry| entry.size_bytes) else {
                return;
            };
            let raw = [
                long_name(&name).into_bytes(),
                [b"\xff\xfe", name.as_bytes()].concat(),
                [b"two\nlines ", name.as_bytes()].concat(),
            ];
            listed.extend(
                raw.iter()
                    .map(|raw| listed_as(raw, Some((FileType::RegularFile, size)))),
            );
        }
        StickFault::Many { names } if folder.is_empty() => {
            let many = (1..=*names).take(MOST_LISTED).map(|number| Listed {
                name: one_of_many(number),
                kind: ListedKind::File,
                size_bytes: 0,
            });
            listed.splice(0..0, many);
        }
        _ => {}
    }
}

/// 300 bytes, as FAT and exFAT allow where the letters are Chinese; the ending is the file's.
fn long_name(name: &str) -> String {
    let ending = name.rfind('.').map_or("", |dot| &name[dot..]);
    let letters = (300_usize.saturating_sub(ending.len())) / '长'.len_utf8();
    format!("{}{ending}", "长".repeat(letters))
}

fn one_of_many(number: u32) -> String {
    format!("IMG_{number:07}.JPG")
}

fn is_one_of_many(faults: &Faults, path: &str) -> bool {
    let number = path
        .strip_prefix("IMG_")
        .and_then(|rest| rest.strip_suffix(".JPG"))
        .and_then(|number| number.parse::<u32>().ok());
    number.is_some_and(|number| {
        let mut sets = faults.all().filter_map(|fault| match fault {
            StickFault::Many { names } => Some(*names),
            _ => None,
        });
        sets.any(|names| (1..=names).contains(&number))
    })
}

/// The file behind a name that the stick only shows.
fn real_path(faults: &Faults, path: &str) -> String {
    for fault in faults.all() {
        if let StickFault::OddNames { file } = fault {
            let (above, name) = match file.rsplit_once('/') {
                Some((above, name)) => (format!("{above}/"), name),
                None => (String::new(), file.as_str()),
            };
            if path == format!("{above}{}", long_name(name)) {
                return file.clone();
            }
        }
    }
    path.to_owned()
}

/// The first sector of a file: all files of the stick lie one after the other, sorted, folders after their files.
fn sector_of(files: &FolderFiles, path: &str) -> u64 {
    fn walk(files: &FolderFiles, folder: &str, deep: usize, path: &str, at: &mut u64) -> bool {
        let listed = files.list(folder).unwrap_or_default();
        let full = |name: &str| match folder {
            "" => name.to_owned(),
            folder => format!("{folder}/{name}"),
        };
        for entry in listed.iter().filter(|one| one.kind == ListedKind::File) {
            if full(&entry.name) == path {
                return true;
            }
            *at += entry.size_bytes.div_ceil(SECTOR_BYTES);
        }
        let mut folders = listed.iter().filter(|one| one.kind == ListedKind::Folder);
        deep < DEEPEST && folders.any(|one| walk(files, &full(&one.name), deep + 1, path, at))
    }
    let mut at = 0;
    walk(files, "", 0, path, &mut at);
    at
}
