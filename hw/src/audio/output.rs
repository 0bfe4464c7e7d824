//! What the player needs of a device: open it, let it ask for samples, hear about its faults. Nothing of cpal.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use super::clock::Epoch;
use super::engine::Engine;

/// Why a device cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The sound system itself is not there.
    #[error("reaching the sound system '{host}': {reason}")]
    Host {
        /// `alsa` or `pulseaudio`.
        host: String,
        /// In its own words.
        reason: String,
    },
    /// No device, or not the one named.
    #[error("finding {wanted}: {reason}")]
    Absent {
        /// What was looked for.
        wanted: String,
        /// What was found instead.
        reason: String,
    },
    /// The device is there and takes no sound that can be made here.
    #[error("opening '{device}': it takes no rate and format known here")]
    Unsupported {
        /// Its name.
        device: String,
    },
    /// The device is there and will not open.
    #[error("opening '{device}': {reason}")]
    Open {
        /// Its name.
        device: String,
        /// In its own words.
        reason: String,
    },
}

/// A device that can be opened again and again, each time on a thread of its own: a sound server that hangs keeps that
/// thread and nobody else.
pub(super) trait AudioOut: Send + Sync {
    /// Opens the device and lets it call `engine` from now on, with times counted from `epoch`.
    fn open(
        &self,
        engine: Engine,
        line: Line,
        epoch: Epoch,
    ) -> Result<Box<dyn OpenOut>, OutputError>;
}

/// An open device; dropping it closes it, which may take as long as opening it.
pub(super) trait OpenOut: Send {
    /// Its name, for the admin.
    fn name(&self) -> &str;
}

/// The line on which a device reports, shared with its callbacks.
pub(super) type Line = std::sync::Arc<Latch>;

/// Why an open device stopped being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Unplugged, or taken away by the system.
    Gone,
    /// The sound server ended, or the stream must be built anew.
    Invalidated,
}

impl Fault {
    /// For the admin.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Gone => "the device was taken away",
            Self::Invalidated => "the sound system ended the stream",
        }
    }
}

/// Where error callbacks leave their news. The first fault stays; three million more cost an atomic each.
#[derive(Debug, Default)]
pub(super) struct Latch {
    fault: AtomicU8,
    complained: AtomicBool,
    xruns: AtomicU64,
}

impl Latch {
    pub(super) fn report(&self, fault: Fault) {
        let code = match fault {
            Fault::Gone => 1,
            Fault::Invalidated => 2,
        };
        let _first_wins =
            self.fault
                .compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
    }

    pub(super) fn fault(&self) -> Option<Fault> {
        match self.fault.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(Fault::Gone),
            _ => Some(Fault::Invalidated),
        }
    }

    /// An error that a stream may survive: it counts as soon as no sound is taken any more.
    pub(super) fn complain(&self) {
        self.complained.store(true, Ordering::Relaxed);
    }

    pub(super) fn complained(&self) -> bool {
        self.complained.load(Ordering::Relaxed)
    }

    /// The stream went on: what it complained about is over.
    pub(super) fn forgive(&self) {
        self.complained.store(false, Ordering::Relaxed);
    }

    pub(super) fn count_xrun(&self) {
        self.xruns.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn xruns(&self) -> u64 {
        self.xruns.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_fault_stays() {
        let latch = Latch::default();
        assert_eq!(latch.fault(), None);
        latch.count_xrun();
        latch.complain();
        assert_eq!(
            latch.fault(),
            None,
            "neither an xrun nor a complaint is a loss"
        );
        assert!(latch.complained());
        latch.forgive();
        assert!(!latch.complained());
        latch.report(Fault::Gone);
        for _ in 0..3_000_000 {
            latch.report(Fault::Invalidated);
        }
        assert_eq!(latch.fault(), Some(Fault::Gone));
        assert_eq!(latch.xruns(), 1);
    }
}
