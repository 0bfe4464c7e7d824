//! The packs through a power cut: installing over an older version, installing for the first time, going back, taking a
//! pack that was new here out of service and putting it back.
//!
//! Afterwards exactly the old or the new version serves, and its file is whole to the last byte; the library holds;
//! nothing is complained of; what was said to be installed is; an older pack is still refused and the next one still
//! taken; and nothing is left that nobody knows.

use super::disk;
use super::packs::Publisher;
use super::recorder::{Recorder, Recording};
use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use xinting_content::{PackId, PracticeId};
use xinting_hw::usb::FolderFiles;
use xinting_kiosk::shelf::{Shelf, ShelfError, ShelfNotice};

/// The versions of the school's pack that occur: refused ever after, kept, serving, refused once the next one served,
/// arriving, and the one after.
const OLDER: u64 = 10;
const KEPT: u64 = 20;
const SERVING: u64 = 30;
const BETWEEN: u64 = 35;
const NEW: u64 = 40;
const NEXT: u64 = 50;

fn id() -> PackId {
    PackId::new("school").expect("an id")
}

/// A booth with the starter in its image, a school's pack in several versions, and a stick with each.
#[derive(Debug)]
pub struct Booth {
    folder: TempDir,
    publisher: Publisher,
    packs: BTreeMap<u64, Vec<u8>>,
}

impl Booth {
    /// Makes the packs and the sticks.
    ///
    /// # Errors
    /// Why they could not be written.
    pub fn new() -> Result<Self, String> {
        let publisher = Publisher::new();
        let versions = [OLDER, KEPT, SERVING, BETWEEN, NEW, NEXT];
        let booth = Self {
            folder: tempfile::tempdir().map_err(|error| error.to_string())?,
            packs: versions
                .map(|version| (version, publisher.school(version)))
                .into(),
            publisher,
        };
        let starter = booth.publisher.starter();
        put(&booth.folder.path().join("image/starter.xpack"), &starter)?;
        for (version, pack) in &booth.packs {
            put(&booth.stick(*version).join("school.xpack"), pack)?;
        }
        Ok(booth)
    }

    fn stick(&self, version: u64) -> PathBuf {
        self.folder.path().join(format!("stick-{version}"))
    }

    /// Opens the shelf; a complaint is a fault.
    fn open(&self, folder: &Path, pointer_may_be_lost: bool) -> Result<Shelf, String> {
        let image = self.folder.path().join("image");
        let (shelf, notices) = Shelf::open(folder, Some(&image), self.publisher.trust(), false);
        let complaint = notices.iter().find(|notice| {
            !(pointer_may_be_lost && matches!(notice, ShelfNotice::PointerLost { .. }))
        });
        match complaint {
            None => Ok(shelf),
            Some(notice) => Err(format!("it complains: {notice:?}")),
        }
    }

    /// Puts in the stick with this version and installs what is on it.
    fn install(&self, shelf: &mut Shelf, version: u64) -> Result<(), ShelfError> {
        let stick = FolderFiles::read_only(self.stick(version));
        let stick = stick.map_err(ShelfError::StickUnreadable)?;
        for found in shelf.look(&stick)? {
            if let Some(refusal) = found.refusal {
                return Err(refusal);
            }
            shelf.install(&stick, &found, &mut |_| ControlFlow::Continue(()))?;
        }
        Ok(())
    }

    /// A packs' folder into which these versions were installed, one after the other.
    fn with(&self, versions: &[u64]) -> Result<TempDir, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut shelf = self.open(folder.path(), false)?;
        for version in versions {
            self.install(&mut shelf, *version)
                .map_err(|error| format!("{error:?}"))?;
        }
        Ok(folder)
    }

    /// An installation over older versions.
    ///
    /// # Errors
    /// Why it could not be recorded.
    pub fn over_older(&self) -> Result<Recording, String> {
        self.record(&[KEPT, SERVING], |shelf| self.install(shelf, NEW))
    }

    /// The first installation of a pack.
    ///
    /// # Errors
    /// Why it could not be recorded.
    pub fn first(&self) -> Result<Recording, String> {
        self.record(&[], |shelf| self.install(shelf, NEW))
    }

    /// Going back to the version before.
    ///
    /// # Errors
    /// Why it could not be recorded.
    pub fn back(&self) -> Result<Recording, String> {
        self.record(&[SERVING, NEW], |shelf| shelf.roll_back(&id()).map(|_| ()))
    }

    /// Taking out of service what was installed for the first time.
    ///
    /// # Errors
    /// Why it could not be recorded.
    pub fn out(&self) -> Result<Recording, String> {
        self.record(&[NEW], |shelf| shelf.roll_back(&id()).map(|_| ()))
    }

    /// Putting it back.
    ///
    /// # Errors
    /// Why it could not be recorded.
    pub fn in_again(&self) -> Result<Recording, String> {
        let before = self.with(&[NEW])?;
        let mut shelf = self.open(before.path(), false)?;
        shelf
            .roll_back(&id())
            .map_err(|error| format!("{error:?}"))?;
        drop(shelf);
        self.record_in(&before, |shelf| shelf.roll_back(&id()).map(|_| ()))
    }

    fn record(
        &self,
        before: &[u64],
        act: impl Fn(&mut Shelf) -> Result<(), ShelfError>,
    ) -> Result<Recording, String> {
        self.record_in(&self.with(before)?, act)
    }

    fn record_in(
        &self,
        before: &TempDir,
        act: impl Fn(&mut Shelf) -> Result<(), ShelfError>,
    ) -> Result<Recording, String> {
        let recorder = Recorder::start(before.path())?;
        let mut shelf = self.open(recorder.path(), false)?;
        act(&mut shelf).map_err(|error| format!("{error:?}"))?;
        recorder.promises().made();
        drop(shelf);
        recorder.finish()
    }

    /// Judges what a cut of [`Booth::over_older`] left.
    ///
    /// # Errors
    /// What is wrong.
    pub fn judge_over_older(&self, folder: &Path, promises: usize) -> Result<(), String> {
        self.judge(
            folder,
            promises,
            &[(Some(SERVING), Some(KEPT)), (Some(NEW), Some(SERVING))],
        )
    }

    /// Judges what a cut of [`Booth::first`] left.
    ///
    /// # Errors
    /// What is wrong.
    pub fn judge_first(&self, folder: &Path, promises: usize) -> Result<(), String> {
        self.judge(folder, promises, &[(None, None), (Some(NEW), None)])
    }

    /// Judges what a cut of [`Booth::back`] left.
    ///
    /// # Errors
    /// What is wrong.
    pub fn judge_back(&self, folder: &Path, promises: usize) -> Result<(), String> {
        self.judge(
            folder,
            promises,
            // One may go forward again.
            &[(Some(NEW), Some(SERVING)), (Some(SERVING), Some(NEW))],
        )
    }

    /// Judges what a cut of [`Booth::out`] left.
    ///
    /// # Errors
    /// What is wrong.
    pub fn judge_out(&self, folder: &Path, promises: usize) -> Result<(), String> {
        self.judge(folder, promises, &[(Some(NEW), None), (None, Some(NEW))])
    }

    /// Judges what a cut of [`Booth::in_again`] left.
    ///
    /// # Errors
    /// What is wrong.
    pub fn judge_in_again(&self, folder: &Path, promises: usize) -> Result<(), String> {
        self.judge(folder, promises, &[(None, Some(NEW)), (Some(NEW), None)])
    }

    /// What may serve, and be kept beside it or out of service: before, and after what was promised.
    fn judge(
        &self,
        folder: &Path,
        promises: usize,
        allowed: &[(Option<u64>, Option<u64>)],
    ) -> Result<(), String> {
        // Cut between a pack's first file and its first pointer it looks like a pointer that was lost, which is mended
        // and told.
        let first = promises == 0 && allowed[0] == (None, None);
        let mut shelf = self.open(folder, first)?;
        let found = self.serving(&shelf, folder)?;
        if !allowed[promises..].contains(&found) {
            return Err(format!(
                "{found:?} serves and is kept, not one of {allowed:?}"
            ));
        }
        self.known(folder, found)?;

        // An older pack stays refused; the next one is taken, and what served is kept beside it.
        if found != (None, None) && self.install(&mut shelf, OLDER).is_ok() {
            return Err(format!("an older pack was taken while {found:?} serves"));
        }
        // What served once stays the mark, also after going back.
        let new_served = found.0 == Some(NEW) || [allowed[0].0, allowed[0].1].contains(&Some(NEW));
        if new_served && self.install(&mut shelf, BETWEEN).is_ok() {
            return Err(format!(
                "a pack older than one that served was taken while {found:?} serves"
            ));
        }
        let next = match found {
            (Some(NEW), _) | (None, Some(NEW)) => NEXT,
            _ => NEW,
        };
        self.install(&mut shelf, next)
            .map_err(|error| format!("version {next} is not taken afterwards: {error:?}"))?;
        drop(shelf);
        let mut shelf = self.open(folder, false)?;
        let after = (Some(next), found.0);
        let now = self.serving(&shelf, folder)?;
        if now != after {
            return Err(format!(
                "after installing {next}, {now:?} serves and is kept"
            ));
        }
        self.known(folder, after)?;
        // Back to what served, or to doing without it.
        shelf
            .roll_back(&id())
            .map_err(|error| format!("there is no going back afterwards: {error:?}"))?;
        drop(shelf);
        let shelf = self.open(folder, false)?;
        let back = self.serving(&shelf, folder)?;
        if back != (found.0, Some(next)) {
            return Err(format!(
                "after going back from {next}, {back:?} serves and is kept"
            ));
        }
        self.known(folder, back)
    }

    /// The version of the school's pack that serves, and the one kept beside it or out of service, each read to its last
    /// byte.
    fn serving(&self, shelf: &Shelf, folder: &Path) -> Result<(Option<u64>, Option<u64>), String> {
        let shown = shelf
            .library()
            .map_err(|error| format!("there is no library: {error:?}"))?;
        let serving = shelf.serving();
        let Some(school) = serving.iter().find(|serving| serving.id == id()) else {
            let out = shelf.out_of_service();
            let out = out.iter().find(|pack| pack.id == id());
            let out = out.map(|pack| pack.version);
            self.whole(folder, [out])?;
            return Ok((None, out));
        };
        let pond = PracticeId::new("pond").expect("an id");
        match shown.sound(&pond, "sounds/pond.flac") {
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(format!("its sound cannot be read: {error}")),
            None => return Err("its soundscape is not in the library".to_owned()),
        }
        let previous = school.previous.as_ref().map(|previous| previous.version);
        self.whole(folder, [Some(school.version), previous])?;
        Ok((Some(school.version), previous))
    }

    /// Each of these versions is what was installed, to its last byte.
    fn whole(
        &self,
        folder: &Path,
        versions: impl IntoIterator<Item = Option<u64>>,
    ) -> Result<(), String> {
        for version in versions.into_iter().flatten() {
            let file = folder.join(format!("school/{version}.xpack"));
            let bytes = fs::read(&file).map_err(|error| format!("version {version}: {error}"))?;
            if self.packs.get(&version) != Some(&bytes) {
                return Err(format!("version {version} is not what was installed"));
            }
        }
        Ok(())
    }

    /// Only what belongs there lies in the packs' folder.
    fn known(&self, folder: &Path, found: (Option<u64>, Option<u64>)) -> Result<(), String> {
        let tree = disk::read(folder).map_err(|error| error.to_string())?;
        let files = tree.iter().filter(|(_, content)| content.is_some());
        for (path, _) in files {
            let name = path.to_string_lossy();
            let versions = [found.0, found.1].into_iter().flatten();
            let packs: Vec<String> = versions.map(|v| format!("school/{v}.xpack")).collect();
            let small = name == "school/current" || name == "school/ratchet";
            if !small && !packs.iter().any(|pack| *pack == name) {
                return Err(format!("{name} is left behind while {found:?} serves"));
            }
        }
        Ok(())
    }
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let above = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(above)
        .and_then(|()| fs::write(path, bytes))
        .map_err(|error| format!("writing {}: {error}", path.display()))
}
