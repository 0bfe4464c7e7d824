//! Ctrl-C while a file is being written: the half-written file is taken away before the program ends.
//!
//! Files are written beside their place and renamed, so nobody ever sees half of one under its own
//! name; this only sees to it that the beginnings are not left behind.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What is to be taken away: files and folders of this run.
static UNDER_WAY: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// From now on an interrupt takes away what is under way and ends the program with the status that
/// shells know it by. Without a thread for it, it ends the program as it always does.
pub fn watch() {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else {
        return;
    };
    let _unwatched = std::thread::Builder::new()
        .name("interrupt".to_owned())
        .spawn(move || {
            if let Some(signal) = signals.forever().next() {
                // Held to the end: nothing new can be begun meanwhile.
                let under_way = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
                for path in under_way.iter() {
                    let _gone =
                        std::fs::remove_file(path).or_else(|_| std::fs::remove_dir_all(path));
                }
                // The default action would be the same, but not after the signal has been caught.
                signal_hook::low_level::exit(128 + signal);
            }
        });
}

/// Something that is to be taken away on an interrupt, for as long as this value lives.
#[derive(Debug)]
pub struct UnderWay(PathBuf);

impl UnderWay {
    /// Makes it, whatever it is, so that no interrupt falls between making and noting.
    ///
    /// # Errors
    /// Whatever `make` gives.
    pub fn making<T, E>(
        make: impl FnOnce() -> Result<T, E>,
        path: impl Fn(&T) -> &Path,
    ) -> Result<(T, UnderWay), E> {
        let mut under_way = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
        let made = make()?;
        let path = path(&made).to_owned();
        under_way.push(path.clone());
        Ok((made, UnderWay(path)))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut under_way = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.retain(|path| *path != self.0);
    }
}
