//! The libraries that may be on the screen, with the packs their sounds are in, for the player's thread.

use super::Command;
use crate::actors::player::{Sounds, Wanted};
use crate::shelf::Shown;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use xinting_content::Library;

/// The one that serves, and the one before it, which a visit under way still shows.
#[derive(Debug, Clone)]
pub struct ShownLibraries(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    shelves: Mutex<Vec<Shown>>,
    /// Who verifies a pack of which something could not be read. Weak: nobody waits for the player to end.
    suspicions: Mutex<Weak<SyncSender<Command>>>,
}

impl ShownLibraries {
    /// One library.
    #[must_use]
    pub fn new(shown: Shown) -> Self {
        Self(Arc::new(Shared {
            shelves: Mutex::new(vec![shown]),
            suspicions: Mutex::default(),
        }))
    }

    pub(super) fn add(&self, shown: Shown) {
        let mut shelves = self.shelves();
        shelves.insert(0, shown);
        shelves.truncate(2);
    }

    pub(super) fn tell_suspicions_to(&self, commands: &Arc<SyncSender<Command>>) {
        *self.suspicions() = Arc::downgrade(commands);
    }

    fn shelves(&self) -> MutexGuard<'_, Vec<Shown>> {
        self.0
            .shelves
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn suspicions(&self) -> MutexGuard<'_, Weak<SyncSender<Command>>> {
        self.0
            .suspicions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Something of this pack could not be read as it was signed.
    fn suspect(&self, shown: &Shown, wanted: &Wanted<'_>) {
        let pack = match wanted {
            Wanted::Practice { practice, .. } => shown.sound_pack(practice),
            Wanted::Bed(bed) => shown.bed_pack(bed),
        };
        let commands = self.suspicions().upgrade();
        if let (Some(pack), Some(commands)) = (pack, commands) {
            // Where the queue is full, the next sound that cannot be read tells again.
            let _busy = commands.try_send(Command::Suspect(pack.info().id.clone()));
        }
    }
}

impl Sounds for ShownLibraries {
    fn sound(&self, library: &Arc<Library>, wanted: &Wanted) -> Result<Arc<[u8]>, String> {
        let shown = {
            let shelves = self.shelves();
            let same = shelves
                .iter()
                .find(|shown| Arc::ptr_eq(&shown.library, library));
            same.or_else(|| shelves.first()).cloned()
        };
        let Some(shown) = shown else {
            return Err(format!("the library does not hold {wanted}"));
        };
        let sound = match wanted {
            Wanted::Practice { practice, file } => shown.sound(practice, file),
            Wanted::Bed(bed) => shown.bed(bed),
        };
        match sound {
            Some(Ok(bytes)) => Ok(bytes.into()),
            Some(Err(error)) => {
                self.suspect(&shown, wanted);
                Err(crate::error::chain(&error))
            }
            None => Err(format!("the library does not hold {wanted}")),
        }
    }
}
