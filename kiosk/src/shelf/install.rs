//! Installing a pack of a stick: copied once, the copy verified whole, checked against what was shown and against what
//! is here, put in place, made current. Up to the last rename nothing of the booth changes; whatever the end, nothing is
//! left over.

use super::copy::{self, ASK_EVERY, Copy, sums::file_at};
use super::disk::{Choice, Kept, Pointer, Ratchet};
use super::select::Chosen;
use super::{Found, Offer, Origin, Shelf, ShelfError, Shown};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use xinting_content::pack::PackError;
use xinting_content::{PackInfo, SignedBy, Trust, VerifiedPack};
use xinting_hw::usb::StickFiles;

/// Room that an installation leaves free on the booth's disk, for the store and the log.
const RESERVE_BYTES: u64 = 32 << 20;

/// What is being done to a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Copying it from the stick; can be stopped.
    Copying,
    /// Verifying the copy; can be stopped.
    Verifying,
    /// Layering it over the others and putting it in place; cannot be stopped any more.
    Placing,
}

/// How far an installation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Working {
    /// What is being done.
    pub step: Step,
    /// Bytes done of this step.
    pub done_bytes: u64,
    /// Bytes of the pack.
    pub total_bytes: u64,
    /// Which file of the pack, from 1.
    pub file_number: usize,
    /// How many files the pack has.
    pub files: usize,
}

impl Shelf {
    /// Installs a pack of a stick that [`Shelf::look`] found; `watch` is told how far it is and may stop it, until the
    /// copy is verified. It is told at least every 50 ms, even while the stick hangs. The version that served is kept.
    ///
    /// # Errors
    /// [`ShelfError`]; the booth keeps what it had and nothing of the new pack is left.
    pub fn install(
        &mut self,
        files: &dyn StickFiles,
        found: &Found,
        watch: &mut dyn FnMut(Working) -> ControlFlow<()>,
    ) -> Result<Shown, ShelfError> {
        let Some(offer) = &found.offer else {
            let reason = "its head could not be verified";
            return Err(PackError::NotAPack { reason }.into());
        };
        self.refusal(offer)?;
        let length = offer.head.expected_length();
        self.check_room(length)?;
        let mut tell = |step, done_bytes: u64| {
            watch(Working {
                step,
                done_bytes: done_bytes.min(length),
                total_bytes: length,
                file_number: file_at(offer, done_bytes),
                files: offer.head.manifest().entries.len(),
            })
        };
        let copy = copy::copy(
            files,
            &found.file,
            offer,
            &self.folder.incoming(),
            &mut |done| tell(Step::Copying, done),
        )?;
        let pack = verified(&copy, &self.trust, length, &mut |done| {
            tell(Step::Verifying, done)
        })?;
        // The stick may have given another pack than the one the admin was shown.
        if pack.manifest_sha256() != offer.head.manifest_sha256() {
            return Err(ShelfError::Changed);
        }
        let _too_late_to_stop = tell(Step::Placing, length);
        self.place(copy, pack)
    }

    fn place(&mut self, copy: Copy, pack: VerifiedPack) -> Result<Shown, ShelfError> {
        self.check(pack.info(), pack.signed_by())?;
        if self.production {
            pack.fit_for_production()?;
        }
        let info = pack.info().clone();
        let (id, version) = (&info.id, info.version);
        let new = Chosen {
            pack: Arc::new(pack),
            origin: Origin::Installed,
            path: self.folder.pack(id, version),
        };
        let (chosen, library) = self.layered_with(new)?;
        let before = self
            .chosen(id)
            .filter(|chosen| chosen.origin == Origin::Installed && !self.is_bad(chosen))
            .map(Chosen::version);
        let pointer = Pointer {
            serves: Choice::Installed(version),
            kept: before.filter(|&before| before != version),
            image: self.image.get(id).map(Chosen::version),
        };
        const DOING: &str = "putting the pack in place";
        // The ratchet first: if the power fails in between, the pack can be installed again and none below it.
        let mut ratchet = self.ratchet(id);
        if ratchet.raise(&info.publisher, version) {
            self.folder
                .write_ratchet(id, &ratchet)
                .map_err(ShelfError::disk(DOING))?;
        }
        self.folder
            .put(copy.path(), id, version, &pointer)
            .map_err(ShelfError::disk(DOING))?;
        copy.moved();
        if self.image.get(id).is_some_and(|image| self.is_bad(image)) {
            self.image.remove(id);
        }
        self.bad
            .retain(|bad| bad.id != *id || bad.origin != Origin::Installed);
        // The pack serves. An old file that stays is cleared away, or complained of, when the shelf is opened next.
        let keep: Vec<u64> = [Some(version), pointer.kept]
            .into_iter()
            .flatten()
            .collect();
        let _left = self.folder.prune(id, &keep, &[]);
        Ok(self.show(&info.id, chosen, library))
    }

    /// Why a pack with this head is not to be installed.
    pub(super) fn refusal(&self, offer: &Offer) -> Result<(), ShelfError> {
        if self.production && offer.info().sample {
            let id = offer.info().id.to_string();
            return Err(PackError::Sample { id }.into());
        }
        self.check(offer.info(), offer.signed_by)
    }

    /// Whose packs may take this id, and below which version none is taken.
    fn check(&self, info: &PackInfo, signed_by: SignedBy) -> Result<(), ShelfError> {
        let serving = self.chosen(&info.id);
        let ratchet = self.ratchet(&info.id);
        let owner = serving.map(|chosen| chosen.pack.info().publisher.as_str());
        let known = match owner {
            Some(owner) => owner == info.publisher,
            // Nothing serves, for instance because its key was revoked: the id is still its publisher's.
            None => {
                let mut publishers = ratchet.publishers().peekable();
                publishers.peek().is_none() || publishers.any(|known| known == info.publisher)
            }
        };
        if !known && signed_by != SignedBy::Root {
            let publisher = owner.or_else(|| ratchet.publishers().next());
            let publisher = publisher.unwrap_or_default().to_owned();
            return Err(ShelfError::OtherPublisher { publisher });
        }
        let found = info.version;
        let same = |chosen: &&Chosen| chosen.pack.info().publisher == info.publisher;
        // Also of another publisher: its file has that very name. What is bad, or may not be used any more and serves only
        // because nothing else does, is there to be installed again.
        let sound = serving
            .filter(|chosen| !self.is_bad(chosen) && chosen.pack.permitted_by(&self.trust).is_ok());
        if sound.map(Chosen::version) == Some(found) {
            return Err(ShelfError::Already { version: found });
        }
        let serves = serving.filter(same).map(Chosen::version);
        let image = self.image.get(&info.id).filter(same).map(Chosen::version);
        let floor = serves.max(image).max(ratchet.of(&info.publisher));
        match floor.max(self.named_without_ratchet(&info.id)) {
            Some(installed) if found < installed => {
                Err(PackError::Older { found, installed }.into())
            }
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn ratchet(&self, id: &xinting_content::PackId) -> Ratchet {
        self.folder.ratchet(id).known().unwrap_or_default()
    }

    /// Where the ratchet is lost and nothing here could mend it, what the pointer names still counts.
    fn named_without_ratchet(&self, id: &xinting_content::PackId) -> Option<u64> {
        if matches!(self.folder.ratchet(id), Kept::Known(_)) {
            return None;
        }
        let pointer = self.folder.current(id).known()?;
        match pointer.serves {
            Choice::Installed(version) => Some(version).max(pointer.kept),
            Choice::Image | Choice::Nothing => pointer.kept,
        }
    }

    fn check_room(&self, length: u64) -> Result<(), ShelfError> {
        let needed_bytes = length.saturating_add(RESERVE_BYTES);
        match self.free_bytes() {
            Some(free_bytes) if free_bytes < needed_bytes => Err(ShelfError::NoRoom {
                needed_bytes,
                free_bytes,
            }),
            Some(_) | None => Ok(()),
        }
    }
}

/// Verifies a copy completely, on a thread of its own so that it can be stopped.
fn verified(
    copy: &Copy,
    trust: &Trust,
    length: u64,
    watch: copy::Watch<'_>,
) -> Result<VerifiedPack, ShelfError> {
    const DOING: &str = "verifying the copy of a pack";
    let file = File::open(copy.path()).map_err(ShelfError::disk(DOING))?;
    let progress = Arc::new(Progress::default());
    let source = Counted {
        file,
        progress: Arc::clone(&progress),
    };
    let (answer, done) = sync_channel(1);
    let trust = trust.clone();
    std::thread::Builder::new()
        .name("pack-verifier".to_owned())
        .spawn(move || {
            let _given_up = answer.send(VerifiedPack::open(source, &trust, None));
        })
        .map_err(ShelfError::disk(DOING))?;
    loop {
        let read = progress.read_bytes.load(Ordering::Relaxed);
        if watch(read.min(length)).is_break() {
            progress.stop.store(true, Ordering::Relaxed);
            return Err(ShelfError::Stopped);
        }
        return match done.recv_timeout(ASK_EVERY) {
            Ok(Ok(pack)) => Ok(pack),
            Ok(Err(error @ (PackError::Altered { .. } | PackError::Truncated { .. }))) => {
                match copy.is_as_written() {
                    Ok(true) => Err(error.into()),
                    // The disk gives something else than the stick did.
                    Ok(false) => Err(ShelfError::DiskSpoils),
                    Err(source) => Err(ShelfError::disk(DOING)(source)),
                }
            }
            Ok(Err(PackError::Io(source))) => Err(ShelfError::disk(DOING)(source)),
            Ok(Err(error)) => Err(error.into()),
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => {
                Err(ShelfError::disk(DOING)(io::ErrorKind::BrokenPipe.into()))
            }
        };
    }
}

#[derive(Default)]
struct Progress {
    read_bytes: AtomicU64,
    stop: AtomicBool,
}

/// A file that says how much of it was read, and stops when it is told to.
struct Counted {
    file: File,
    progress: Arc<Progress>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.progress.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("stopped"));
        }
        let read = self.file.read(buffer)?;
        let progress = &self.progress.read_bytes;
        progress.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
