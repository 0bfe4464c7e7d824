//! All that is wrong with the sticks now, and how often each thing has been met.
//!
//! Deliberately not here: what comes of it for whoever reads or writes.

use std::path::PathBuf;

use super::StickFault;
use super::shown::SECTOR_BYTES;

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

    pub(super) fn all(&self) -> impl Iterator<Item = &StickFault> {
        self.set.iter().map(|(fault, _)| fault)
    }

    pub(super) fn bytes_per_s(&self) -> Option<u64> {
        let rates = self.all().filter_map(|fault| match fault {
            StickFault::Slow { bytes_per_s } => Some((*bytes_per_s).max(1)),
            _ => None,
        });
        rates.min()
    }

    /// Bytes of `path` up to which it can be read; it lies `first_sector` from the start of the device.
    pub(super) fn readable_to(&self, path: &str, first_sector: u64) -> u64 {
        let ends = self.all().filter_map(|fault| match fault {
            StickFault::Bad { file, at } if file == path => Some(*at),
            StickFault::Dead { sector } => Some(sector.saturating_sub(first_sector) * SECTOR_BYTES),
            _ => None,
        });
        ends.min().unwrap_or(u64::MAX)
    }

    /// The byte of `path` at which the stick is pulled.
    pub(super) fn yanked_at(&self, path: &str) -> Option<u64> {
        let yanks = self.all().filter_map(|fault| match fault {
            StickFault::Yank { file, at } if file == path => Some(*at),
            _ => None,
        });
        yanks.min()
    }

    pub(super) fn grown_by(&self, path: &str) -> u64 {
        let grown = self.all().filter_map(|fault| match fault {
            StickFault::Grow { file, bytes } if file == path => Some(*bytes),
            _ => None,
        });
        grown.sum()
    }

    /// The file that is given in the place of `path` at this opening.
    pub(super) fn opening(&mut self, path: &str) -> Option<PathBuf> {
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
    pub(super) fn shown(&mut self, listing: bool) -> Option<PathBuf> {
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
    pub(super) fn taken(&mut self, wanted: u64) -> u64 {
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
