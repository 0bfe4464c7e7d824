//! Sound output: a player that never stops a practice.
//!
//! `decoder thread → ring → device callback`. The callback allocates nothing, locks nothing and logs nothing.
//! The position is what the device has consumed less its latency; with no device, or while one is lost, a silent
//! clock runs on in its place, so captions and the lotus go on and the sound comes back where they are.
//!
//! Deliberately not here: packs, captions, what a practice is, and any decision about what a visitor is told.
//!
//! ```text
//! player.rs   the handle: commands in, position out
//! owner.rs    the thread that opens, watches and rebuilds the device and keeps the silent clock
//! feeder.rs   decoder thread: bytes to limited frames in a ring
//! engine.rs   what the callback does with the ring: gates, fades, counting
//! clock.rs    position as a few atomics
//! output.rs   what a device is, and the latch its errors fall into
//! cpal_out.rs the real one; sim.rs the simulated one
//! ```

mod clock;
mod cpal_out;
mod engine;
mod feeder;
mod output;
mod owner;
mod player;
mod sim;

pub use cpal_out::{DeviceInfo, list_devices};
pub use output::{Fault, OutputError};
pub use player::{PlayerError, PlayerHandle};
pub use sim::{ScriptError, SimOut};

use std::sync::Arc;

/// Highest volume step; 0 is silence.
pub const VOLUME_STEPS: u8 = 8;

/// Volume step a player starts with.
pub const VOLUME_AT_START: u8 = 6;

/// Which device to play on.
#[derive(Debug, Clone, Default)]
pub enum DeviceChoice {
    /// Whatever the host calls its default.
    #[default]
    Default,
    /// No sound wanted: practices run on the silent clock.
    None,
    /// The device with this name or id, as `xinting-hw audio list` prints them.
    Named(String),
    /// A simulated device.
    Sim(SimOut),
}

/// How to start a player.
#[derive(Debug, Clone)]
pub struct PlayerConfig {
    /// Which device.
    pub device: DeviceChoice,
    /// Which sound system to reach it through: `alsa` or `pulseaudio`. `None` is ALSA, which a board speaks.
    pub host: Option<String>,
    /// Gain at the highest volume step, in dB, -60 to 0; set by the installer against a meter.
    pub ceiling_db: f32,
}

impl Default for PlayerConfig {
    fn default() -> Self {
        Self {
            device: DeviceChoice::Default,
            host: None,
            ceiling_db: 0.0,
        }
    }
}

/// What a player can be told. Commands are carried out in order; none waits for the device.
#[derive(Debug, Clone)]
pub enum PlayerCommand {
    /// Takes a new sound, stopped at `start_ms`. The sound before it fades out.
    Load {
        /// A WAV, FLAC, Ogg Vorbis or MP3 file.
        bytes: Arc<[u8]>,
        /// True to go round without a seam until stopped.
        looped: bool,
        /// Gain from the pack, in dB, limited to -60 to 0.
        gain_db: f32,
        /// Where to begin.
        start_ms: u64,
    },
    /// Starts or goes on. The first start of a sound fades in over two seconds.
    Play,
    /// Fades out in a moment and holds the position.
    Pause,
    /// Goes to a position and stays playing or paused as it was.
    Seek(u64),
    /// Volume, 0 (silence) to [`VOLUME_STEPS`]; higher values count as the highest.
    Volume(u8),
    /// True while something else must be heard, such as a call.
    Duck(bool),
    /// Fades out and forgets the sound.
    Stop,
}

/// Where playback is. Cheap to ask sixty times a second: no lock, no device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlayerPosition {
    /// Milliseconds of the sound heard. For a looped sound, milliseconds since its beginning over all rounds.
    /// It never goes back except by a seek, a load or a stop.
    pub ms: u64,
    /// True from `Play` until `Pause`, `Stop` or the end, with or without a device.
    pub playing: bool,
    /// True while a device makes this audible; false on the silent clock.
    pub audible: bool,
}

/// Whether there is sound, in the sense of a device that takes samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sound {
    /// A device was opened for the first time.
    Ready {
        /// Its name, for the admin.
        device: String,
    },
    /// There is no device. Practices run on the silent clock.
    Absent {
        /// Why, for the admin; never for a visitor.
        reason: String,
    },
    /// The device went away or stood still. The practice runs on; the player looks for a device each second.
    Lost {
        /// Why, for the admin.
        reason: String,
    },
    /// A device is there again and the sound continues where the practice is.
    Back {
        /// Its name, for the admin.
        device: String,
    },
}

/// What a player says. Sent from the player's own thread: hand it on, do not work in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlayerEvent {
    /// There is sound, or there is none.
    Sound(Sound),
    /// A load succeeded.
    Loaded {
        /// Length of one round; `None` where the file does not say.
        duration_ms: Option<u64>,
    },
    /// The bytes of the last load cannot be played. `Play` still runs the silent clock.
    Unplayable {
        /// Why, for the admin.
        reason: String,
    },
    /// The sound came to its end (never for a looped one).
    Ended,
}

/// What an admin may want to know. No figure here says anything about a visit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SoundHealth {
    /// Name of the open device; `None` while there is none or the player rests.
    pub device: Option<String>,
    /// Why there is no sound, if there is none.
    pub trouble: Option<String>,
    /// Times the device asked for more than was ready, since the player started.
    pub xruns: u64,
    /// Times a working device was lost, since the player started.
    pub losses: u64,
}
