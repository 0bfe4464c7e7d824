//! Power cuts, played through on paper: what the real code does to its disk is recorded call by call, and every state
//! that a cut could leave behind is laid out as a folder and opened by the real code again.
//!
//! [`recorder`] is a file system that writes everything down, [`disk`] what a disk holds, [`cut`] which of it a cut may
//! leave, [`bench`](mod@bench) lays the images out and judges them. [`install`] and [`outbox`] say what is done and
//! what must hold afterwards. `docs/power-cuts.md` says what is modelled and what is not.
//!
//! Deliberately not here: real disks and real power. The rest of the rig starts the real binaries; this part alone
//! calls the booth's library, because it must know after which call something was promised.

pub mod bench;
pub mod cut;
pub mod disk;
pub mod install;
pub mod outbox;
pub mod packs;
pub mod recorder;
