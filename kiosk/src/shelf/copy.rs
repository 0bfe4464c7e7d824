//! Copying one pack file from a stick, exactly once and never more of it than its signed head allows. Each file inside
//! is hashed as it passes, so that a spoilt or lying stick is found at the first bad file and not at the end.
//!
//! Reading, writing and syncing each have a thread, so that none waits for another, and whoever watches is asked again
//! within a fraction of a second even while a stick or the disk hangs. The copy itself is verified later, whole.

pub(super) mod sums;

pub(super) use sums::Sums;

use super::look::unread;
use super::{Offer, ShelfError};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;
use xinting_content::pack::PackError;
use xinting_hw::usb::StickFiles;

/// Bytes read at a time.
const CHUNK_BYTES: usize = 256 * 1024;
/// Chunks that may wait to be written.
const WAITING_CHUNKS: usize = 4;
/// Bytes after which what was written is brought to the disk, so that the end of the copy is no long wait.
const SYNC_EVERY_BYTES: u64 = 16 << 20;
/// How often whoever watches is asked while nothing moves.
pub(super) const ASK_EVERY: Duration = Duration::from_millis(50);

const DOING: &str = "copying a pack from the stick";

/// A file in the incoming folder that goes when this does.
#[derive(Debug)]
pub(super) struct Copy {
    path: PathBuf,
    /// Of what the stick gave.
    crc32: u32,
    moved: bool,
}

impl Copy {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the disk gives back what was written to it, whatever that was.
    pub(super) fn is_as_written(&self) -> io::Result<bool> {
        let mut file = File::open(&self.path)?;
        let mut hasher = crc32fast::Hasher::new();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            match file.read(&mut chunk) {
                Ok(0) => return Ok(hasher.finalize() == self.crc32),
                Ok(count) => hasher.update(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// It is somewhere else now, and stays there.
    pub(super) fn moved(mut self) {
        self.moved = true;
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        if !self.moved {
            // If it cannot be deleted now, it is when the shelf is opened next.
            let _left = fs::remove_file(&self.path);
        }
    }
}

/// Asked with the bytes done; says whether to go on.
pub(super) type Watch<'a> = &'a mut dyn FnMut(u64) -> ControlFlow<()>;

/// Copies one file into `incoming`, whole and synced, or leaves nothing there.
pub(super) fn copy(
    files: &dyn StickFiles,
    file: &str,
    offer: &Offer,
    incoming: &Path,
    watch: Watch<'_>,
) -> Result<Copy, ShelfError> {
    static COPIES: AtomicU64 = AtomicU64::new(0);
    let length = offer.head.expected_length();
    let source = files
        .open(file)
        .map_err(|error| unread(files, file, error))?;
    fs::create_dir_all(incoming).map_err(ShelfError::disk(DOING))?;
    let number = COPIES.fetch_add(1, Ordering::Relaxed);
    let place = incoming.join(format!("{}-{number}", std::process::id()));
    let made = OpenOptions::new().write(true).create_new(true).open(&place);
    let out = Arc::new(made.map_err(ShelfError::disk(DOING))?);
    // From here on whatever goes wrong takes the copy with it.
    let mut copy = Copy {
        path: place,
        crc32: 0,
        moved: false,
    };
    reserve(&out, length).map_err(ShelfError::disk(DOING))?;
    let mut to = Disk::new(out).map_err(ShelfError::disk(DOING))?;
    let chunks = reading(source, length).map_err(ShelfError::disk(DOING))?;
    let poured = pour(&chunks, &mut to, length, Sums::new(offer), watch);
    copy.crc32 = poured.map_err(|stop| match stop {
        Stop::Asked => ShelfError::Stopped,
        Stop::Early(found) => match super::look::is_there(files, file) {
            true => PackError::Truncated {
                found,
                expected: Some(length),
            }
            .into(),
            false => ShelfError::StickGone,
        },
        Stop::Reading(error) => unread(files, file, error),
        Stop::Bad(error) => error,
        Stop::Writing(error) => ShelfError::disk(DOING)(error),
    })?;
    Ok(copy)
}

/// Asks the disk for the room now, so that it cannot run out on the way; a file system that has no such promise is
/// taken as it is.
fn reserve(file: &File, length: u64) -> io::Result<()> {
    use rustix::io::Errno;
    match rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, length) {
        Err(errno @ (Errno::NOSPC | Errno::DQUOT)) => Err(errno.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Reads on a thread of its own; an empty chunk is the end. One byte more than expected is asked for, and no further.
fn reading(source: Box<dyn Read + Send>, length: u64) -> io::Result<Receiver<io::Result<Vec<u8>>>> {
    let (sender, chunks) = sync_channel(WAITING_CHUNKS);
    thread::Builder::new()
        .name("stick-reader".to_owned())
        .spawn(move || {
            let mut source = source.take(length + 1);
            let mut buffer = vec![0; CHUNK_BYTES];
            loop {
                let read = match source.read(&mut buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    read => read.map(|count| buffer[..count].to_vec()),
                };
                if read.as_ref().map_or(true, Vec::is_empty) {
                    // A stick with an open file cannot be released, and the end of the copy may be followed by that.
                    drop(source);
                    let _given_up = sender.send(read);
                    return;
                }
                // Whoever listened may have given up long ago, while the stick hung.
                if sender.send(read).is_err() {
                    return;
                }
            }
        })?;
    Ok(chunks)
}

#[derive(Debug)]
pub(super) enum Stop {
    Asked,
    /// It ended after so many bytes.
    Early(u64),
    Reading(io::Error),
    Bad(ShelfError),
    Writing(io::Error),
}

/// Where a copy goes.
pub(super) trait Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Begins to bring to the disk what was written, once what was begun before has ended: `None` while it has not.
    fn sync(&mut self, last: bool) -> Option<io::Result<()>>;

    /// Waits a little for what was begun; `None` while it has not ended.
    fn settled(&mut self) -> Option<io::Result<()>>;
}

/// Moves bytes until the end, which must come after exactly `length` of them.
pub(super) fn pour(
    chunks: &Receiver<io::Result<Vec<u8>>>,
    to: &mut dyn Sink,
    length: u64,
    mut sums: Sums<'_>,
    watch: Watch<'_>,
) -> Result<u32, Stop> {
    let mut copied = 0;
    let mut synced = 0;
    loop {
        if watch(copied).is_break() {
            return Err(Stop::Asked);
        }
        let chunk = match chunks.recv_timeout(ASK_EVERY) {
            Ok(chunk) => chunk.map_err(Stop::Reading)?,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Stop::Reading(io::ErrorKind::BrokenPipe.into()));
            }
        };
        if chunk.is_empty() && copied < length {
            return Err(Stop::Early(copied));
        }
        if chunk.is_empty() {
            break;
        }
        copied += chunk.len() as u64;
        if copied > length {
            // It was as long as its head says when it was looked at.
            return Err(Stop::Bad(ShelfError::Changed));
        }
        sums.take(&chunk).map_err(Stop::Bad)?;
        to.write(&chunk).map_err(Stop::Writing)?;
        if copied - synced >= SYNC_EVERY_BYTES {
            synced = copied;
            brought(to, false, copied, watch)?;
        }
    }
    brought(to, true, copied, watch)?;
    loop {
        if watch(copied).is_break() {
            return Err(Stop::Asked);
        }
        if let Some(settled) = to.settled() {
            return settled.map(|()| sums.crc32()).map_err(Stop::Writing);
        }
    }
}

fn brought(to: &mut dyn Sink, last: bool, copied: u64, watch: Watch<'_>) -> Result<(), Stop> {
    loop {
        if let Some(begun) = to.sync(last) {
            return begun.map_err(Stop::Writing);
        }
        if watch(copied).is_break() {
            return Err(Stop::Asked);
        }
    }
}

/// The booth's disk. Syncing has a thread, because it may take seconds on a slow card.
struct Disk {
    file: Arc<File>,
    requests: SyncSender<bool>,
    done: Receiver<io::Result<()>>,
    under_way: bool,
}

impl Disk {
    fn new(file: Arc<File>) -> io::Result<Self> {
        let (requests, asked) = sync_channel::<bool>(1);
        let (answer, done) = sync_channel(1);
        let same = Arc::clone(&file);
        thread::Builder::new()
            .name("pack-syncer".to_owned())
            .spawn(move || {
                for last in asked {
                    let synced = if last {
                        same.sync_all()
                    } else {
                        same.sync_data()
                    };
                    if answer.send(synced).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self {
            file,
            requests,
            done,
            under_way: false,
        })
    }
}

impl Sink for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        (&*self.file).write_all(bytes)
    }

    fn sync(&mut self, last: bool) -> Option<io::Result<()>> {
        if self.under_way
            && let Err(error) = self.settled()?
        {
            return Some(Err(error));
        }
        self.under_way = true;
        let handed = self.requests.send(last);
        Some(handed.map_err(|_| io::ErrorKind::BrokenPipe.into()))
    }

    fn settled(&mut self) -> Option<io::Result<()>> {
        let answer = match self.done.recv_timeout(ASK_EVERY) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => return None,
            Err(RecvTimeoutError::Disconnected) => Err(io::ErrorKind::BrokenPipe.into()),
        };
        self.under_way = false;
        Some(answer)
    }
}
