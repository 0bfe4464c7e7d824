//! A file system in memory that writes down every change and every sync, so that SQLite, which is C, is recorded as
//! well as our own code and neither needs a seam for it.
//!
//! Mounted by FUSE (directly as root, else with `fusermount3`) in a process of its own: a program that unmaps a file of
//! its own file system waits for itself. Writes are written through, at most a page at a time. Deliberately not here:
//! permissions, times, links, more than a test needs.

mod files;
mod live;

use super::disk::{self, Disk, Node, Step};
use live::Live;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Making a folder of this name, which is never made, notes a promise.
const PROMISE: &str = ".promise";
/// What the recorder says once it is mounted.
const READY: &str = "mounted";

/// What was recorded.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The disk before, all of it safe.
    pub before: Disk,
    /// Which nodes are folders.
    pub folders: BTreeSet<Node>,
    /// What happened, in order.
    pub steps: Vec<Step>,
}

/// What the recorder's process says at its end.
#[derive(Serialize, Deserialize)]
struct Written {
    folders: BTreeSet<Node>,
    steps: Vec<Step>,
}

fn lock(live: &Mutex<Live>) -> MutexGuard<'_, Live> {
    live.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The recorder's process: mounts at `mount` a disk that holds what is in `folder`, says so, and writes down what happens
/// until `until` ends; then it unmounts and says what happened.
///
/// # Errors
/// A sentence, if the folder cannot be read, FUSE cannot be used here, or somebody still has a file open.
pub fn serve(
    folder: &Path,
    mount: &Path,
    until: &mut dyn io::Read,
    say: &mut dyn io::Write,
) -> Result<(), String> {
    let live = Arc::new(Mutex::new(Live::new(&read(folder)?)?));
    let mut config = fuser::Config::default();
    config.mount_options = vec![
        fuser::MountOption::FSName("xinting-recorder".to_owned()),
        fuser::MountOption::NoDev,
        fuser::MountOption::NoSuid,
    ];
    let session = fuser::spawn_mount(files::Files(Arc::clone(&live)), mount, &config).map_err(|error| {
        format!("the recording file system cannot be mounted ({error}): this needs /dev/fuse, and root or fusermount3")
    })?;
    let said = writeln!(say, "{READY}").and_then(|()| say.flush());
    // Whoever started this process ends its input, also by dying.
    let _ended = said.and_then(|()| until.read_to_end(&mut Vec::new()));
    session
        .umount_and_join()
        .map_err(|error| format!("the recording file system cannot be unmounted: {error}"))?;
    let live = lock(&live);
    let written = Written {
        folders: live.folders.clone(),
        steps: live.steps.clone(),
    };
    serde_json::to_writer(say, &written).map_err(|error| format!("saying what happened: {error}"))
}

fn read(folder: &Path) -> Result<disk::Tree, String> {
    disk::read(folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))
}

/// Notes, in the order of everything else, that the program promised something.
#[derive(Debug, Clone)]
pub struct Promises(PathBuf);

impl Promises {
    /// From here on it is promised.
    pub fn made(&self) {
        // The recorder answers that it is there already.
        let _noted = std::fs::create_dir(&self.0);
    }
}

/// A recording under way. Dropping it unmounts.
#[derive(Debug)]
pub struct Recorder {
    before: Disk,
    process: Child,
    said: BufReader<std::process::ChildStdout>,
    mount: tempfile::TempDir,
}

impl Recorder {
    /// Has a disk mounted that holds what is in `folder`, by the program `xinting-recorder`.
    ///
    /// # Errors
    /// A sentence for whoever runs the test, if the folder cannot be read or FUSE cannot be used here.
    pub fn start(folder: &Path) -> Result<Self, String> {
        let before = Live::new(&read(folder)?)?.disk;
        let mount = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut process = Command::new(crate::bins::bin("xinting-recorder"))
            .args([folder, mount.path()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start the recorder: {error}"))?;
        let said = process
            .stdout
            .take()
            .ok_or("the recorder's output is piped")?;
        let mut said = BufReader::new(said);
        let mut line = String::new();
        let heard = said.read_line(&mut line);
        if heard.is_err() || line.trim_end() != READY {
            return Err(complaint(&mut process));
        }
        Ok(Self {
            before,
            process,
            said,
            mount,
        })
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.mount.path()
    }

    /// For noting promises, from any thread.
    #[must_use]
    pub fn promises(&self) -> Promises {
        Promises(self.mount.path().join(PROMISE))
    }

    /// Unmounts.
    ///
    /// # Errors
    /// What the recorder complained of.
    pub fn finish(mut self) -> Result<Recording, String> {
        drop(self.process.stdin.take());
        let written: Result<Written, _> = serde_json::from_reader(&mut self.said);
        match written {
            Ok(written) => Ok(Recording {
                before: std::mem::take(&mut self.before),
                folders: written.folders,
                steps: written.steps,
            }),
            Err(_) => Err(complaint(&mut self.process)),
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _all_of_it = io::copy(&mut self.said, &mut io::sink());
        let _ended = self.process.wait();
    }
}

fn complaint(process: &mut Child) -> String {
    let mut text = String::new();
    if let Some(stderr) = &mut process.stderr {
        let _as_far_as_it_goes = stderr.read_to_string(&mut text);
    }
    let _ended = process.wait();
    if text.is_empty() {
        text = "the recorder ended without a word".to_owned();
    }
    text
}
