//! Lays images out as real folders, one after the other, and has each judged by the real code.

use super::cut::{self, Control, Effort, Image};
use super::disk::Tree;
use super::recorder::Recording;
use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Images that may wait to be judged.
const WAITING: usize = 64;
/// Most threads that judge.
const MOST_THREADS: usize = 4;
/// Bad images that are told one by one.
const TOLD: usize = 5;

/// Says what is wrong with the folder after so many promises.
pub type Judge<'a> = dyn Fn(&Path, usize) -> Result<(), String> + Sync + 'a;

/// How the images of one recording were.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Different ones.
    pub images: usize,
    /// Those that are bad.
    pub bad: usize,
    /// The first bad ones: where they were cut, and what is wrong.
    pub told: Vec<String>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} images, {} bad", self.images, self.bad)
    }
}

/// Judges every image of a recording. Each is judged once, however many cuts lead to it; and once more if more was
/// promised by then.
///
/// # Panics
/// If images cannot be laid out: the test's disk is full.
pub fn judge(
    recording: &Recording,
    control: Control,
    effort: Effort,
    judge: &Judge<'_>,
) -> Verdict {
    let threads =
        std::thread::available_parallelism().map_or(2, |cores| cores.get().min(MOST_THREADS));
    let (hand, images) = sync_channel::<(Tree, Image)>(WAITING);
    let images = Mutex::new(images);
    let bad = Mutex::new(Vec::new());
    let mut different = HashSet::new();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| work(&images, judge, &bad));
        }
        let mut seen = HashSet::new();
        cut::every(recording, control, effort, &mut |image| {
            let tree = image.disk.tree(&recording.folders);
            let hash = hash(&tree);
            different.insert(hash);
            if seen.insert((hash, image.promises)) {
                // Every judge may have died of a panic; the scope tells of it.
                let _all_died = hand.send((tree, image));
            }
        });
        drop(hand);
    });
    let mut bad = bad.into_inner().unwrap_or_else(PoisonError::into_inner);
    let count = bad.len();
    bad.sort();
    bad.truncate(TOLD);
    Verdict {
        images: different.len(),
        bad: count,
        told: bad,
    }
}

fn hash(tree: &Tree) -> u64 {
    let mut hasher = DefaultHasher::new();
    tree.hash(&mut hasher);
    hasher.finish()
}

fn work(images: &Mutex<Receiver<(Tree, Image)>>, judge: &Judge<'_>, bad: &Mutex<Vec<String>>) {
    let folder = scratch().expect("a folder for images can be made");
    loop {
        let next = images.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((tree, image)) = next else { return };
        let place = folder.path().join("image");
        lay(&tree, &place).expect("an image can be laid out");
        if let Err(wrong) = judge(&place, image.promises) {
            let told = format!("{} ({} promised): {wrong}", image.cut, image.promises);
            bad.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(told);
        }
        fs::remove_dir_all(&place).expect("an image can be cleared away");
    }
}

/// A folder in memory where there is one: what is laid out here is thrown away at once.
fn scratch() -> io::Result<tempfile::TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

/// Makes a folder that holds exactly this.
///
/// # Errors
/// The system's.
pub fn lay(tree: &Tree, place: &Path) -> io::Result<()> {
    fs::create_dir_all(place)?;
    for (path, content) in tree {
        let path: PathBuf = place.join(path);
        match content {
            None => fs::create_dir_all(path)?,
            Some(content) => fs::write(path, content.as_slice())?,
        }
    }
    Ok(())
}
