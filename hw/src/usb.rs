//! USB sticks: what a stick is, what can happen to one, and the trait behind which a reader works.
//!
//! [`sim`] presents plain folders as sticks, with everything that can be wrong with one; [`mounted`] watches device
//! nodes and mounts the first stick through the privileged helper `xinting-mount`; [`mod@files`] reads either without
//! following where a stick leads.
//!
//! After a stick has been pulled out its folder lists **empty, without an error**. So nobody may conclude "there is
//! no pack on it" from an empty list before [`StickPort::is_present`] has said that the stick is still there.
//!
//! Deliberately not here: what is on a stick, copying, verifying.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub mod files;
pub mod mounted;
pub mod sim;

pub use self::files::{FolderFiles, Listed, ListedKind, MOST_LISTED, StickFiles};
pub use self::mounted::{MountedStick, MountedStickConfig, sticks_in};
pub use self::sim::{StickFault, StickWordsError, UsbSim, UsbSimPort};

/// Names one stick for as long as it stays in; another stick in the same socket gets another id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StickId(String);

impl StickId {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id as text, for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A stick that can be read now. Two are equal when they are the same insertion of the same stick.
#[derive(Clone)]
pub struct Stick {
    /// Which one.
    pub id: StickId,
    /// The name its owner gave it; empty when it has none.
    pub label: String,
    /// Its files.
    pub files: Arc<dyn StickFiles>,
    /// Where it is mounted, for logs. Read through [`Stick::files`], which follows no link.
    pub root: PathBuf,
}

impl fmt::Debug for Stick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stick")
            .field("id", &self.id)
            .field("label", &self.label)
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Stick {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.label == other.label && self.root == other.root
    }
}

impl Eq for Stick {}

/// What happened to the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StickEvent {
    /// A stick is in and readable.
    Inserted(Stick),
    /// The stick is out, whether it could be read, was released, or neither. Its files are worthless from now on.
    Removed,
}

/// Whether there is a reader at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReaderHealth {
    /// The configuration names none.
    NotConfigured,
    /// Waiting for a stick.
    Empty,
    /// A stick is in and readable.
    Ready,
    /// A stick is in, and it could not be mounted; the text of the last [`UsbError`] says why.
    Unreadable,
    /// A stick is in, released, and may be taken out.
    Released,
}

impl ReaderHealth {
    /// One plain sentence for logs and the installer's tool, without a final full stop.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::NotConfigured => "no stick reader configured",
            Self::Empty => "no stick in the reader",
            Self::Ready => "a stick is in and readable",
            Self::Unreadable => "a stick is in and cannot be read",
            Self::Released => "the stick may be taken out",
        }
    }
}

/// What can go wrong with a stick.
#[derive(Debug, thiserror::Error)]
pub enum UsbError {
    /// The helper program could not be started.
    #[error("starting the mount helper {program}")]
    HelperMissing {
        /// Path of the helper.
        program: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The helper ran and said no.
    #[error("the mount helper refused: {reason}")]
    HelperRefused {
        /// First line the helper wrote to its error output.
        reason: String,
    },
    /// The helper did not end and was ended.
    #[error("the mount helper did not end within {} s; take the stick out and try another", patience.as_secs())]
    HelperHung {
        /// How long it was waited for.
        patience: Duration,
    },
    /// The stick cannot be asked for because it is gone.
    #[error("the stick was taken out")]
    Gone,
    /// The stick was mounted, and its folder cannot be opened.
    #[error("opening the stick's folder {path}")]
    Opening {
        /// The mount point.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A folder of the simulated reader could not be prepared.
    #[error("preparing the simulated reader at {path}")]
    Simulated {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// One socket for one stick. Implementations re-read the true state on every look instead of trusting events.
pub trait StickPort: Send {
    /// Waits up to `timeout` for the next change. `Ok(None)` means that nothing changed.
    ///
    /// # Errors
    /// A stick that is in and cannot be mounted is reported once as [`UsbError`]; it is tried again only after it
    /// has been taken out.
    fn wait_event(&mut self, timeout: Duration) -> Result<Option<StickEvent>, UsbError>;

    /// The stick that can be read now, if any.
    fn current(&self) -> Option<Stick>;

    /// Asks the device, not the mount table: true while this very stick is still in. Ask after every list or read
    /// that came back shorter than expected.
    fn is_present(&self, id: &StickId) -> bool;

    /// Lets the stick go so that it may be pulled out; it is not offered again until it has been out physically.
    ///
    /// # Errors
    /// [`UsbError::HelperRefused`] when it cannot be unmounted, [`UsbError::Gone`] without a stick.
    fn release(&mut self) -> Result<(), UsbError>;

    /// Makes the stick that is in writable, for an export the admin has just asked for. Nothing may be open on it.
    /// End it with [`StickPort::make_read_only`], also after an error.
    ///
    /// # Errors
    /// [`UsbError::HelperRefused`] when it is in use, write-protected or cannot be mounted again (then it is no
    /// longer offered), [`UsbError::Gone`] without a stick.
    fn make_writable(&mut self) -> Result<(), UsbError>;

    /// Ends what [`StickPort::make_writable`] began: everything is out on the stick, and it can only be read. Without
    /// effect on a stick that is not writable.
    ///
    /// # Errors
    /// As for [`StickPort::make_writable`].
    fn make_read_only(&mut self) -> Result<(), UsbError>;

    /// Further sticks that are in and are not read. One of them serves when the first has been taken out.
    fn others(&self) -> usize;

    /// The reader's condition.
    fn health(&self) -> ReaderHealth;
}

/// The reader of a booth that has none.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoStickReader;

impl StickPort for NoStickReader {
    fn wait_event(&mut self, timeout: Duration) -> Result<Option<StickEvent>, UsbError> {
        std::thread::sleep(timeout);
        Ok(None)
    }

    fn current(&self) -> Option<Stick> {
        None
    }

    fn is_present(&self, _id: &StickId) -> bool {
        false
    }

    fn release(&mut self) -> Result<(), UsbError> {
        Err(UsbError::Gone)
    }

    fn make_writable(&mut self) -> Result<(), UsbError> {
        Err(UsbError::Gone)
    }

    fn make_read_only(&mut self) -> Result<(), UsbError> {
        Err(UsbError::Gone)
    }

    fn others(&self) -> usize {
        0
    }

    fn health(&self) -> ReaderHealth {
        ReaderHealth::NotConfigured
    }
}

#[cfg(test)]
mod tests;
