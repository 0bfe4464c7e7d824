//! Sound output: a player that never stops a practice.
//!
//! `decoder thread → ring → device callback`. The callback allocates nothing, locks nothing and logs nothing.
//! The position is what the device has consumed less its latency; with no device, or while one is lost, a silent
//! clock runs on in its place, so captions and the lotus go on and the sound comes back where they are.
//!
//! From a command to the first sample on an open device: the tracks are opened and 65 ms of them mixed (a few
//! milliseconds, more where the processor is busy), the callback comes round, and what the device holds plays out (two
//! periods, 60 ms on ALSA and 40 ms on PulseAudio). A slider of a bed is heard a ring later, three tenths of a second;
//! volume, pause and ducking are behind the ring and wait for the device only.
//!
//! Deliberately not here: packs, captions, what a practice is, and any decision about what a visitor is told.
//!
//! ```text
//! player.rs   the handle: commands in, position out
//! owner.rs    the thread that opens, watches and rebuilds the device and keeps the silent clock
//! feeder.rs   decoder thread: the practice's mix into a ring
//! mix.rs      one practice: its tracks in the mixer, the rounds of its cue, its end
//! engine.rs   what the callback does with the ring: gates, fades, counting
//! outlet.rs   the engine as a device with its own rate, channels and format hears it
//! clock.rs    position as a few atomics
//! output.rs   what a device is, and the latch its errors fall into
//! cpal_out.rs the real one; sim.rs the simulated one
//! ```

mod clock;
mod cpal_out;
mod engine;
mod feeder;
mod mix;
mod outlet;
mod output;
mod owner;
mod player;
mod sim;

pub use cpal_out::{DeviceInfo, list_devices};
pub use output::{Fault, OutputError};
pub use player::{PlayerError, PlayerHandle};
pub use sim::{ScriptError, SimOut};
pub use xinting_sound::Profile;

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
    /// [`PlayerCommand::Ceiling`] changes it later, as quiet hours do.
    pub ceiling_db: f32,
    /// What the booth is listened to with.
    pub profile: Profile,
}

impl Default for PlayerConfig {
    fn default() -> Self {
        Self {
            device: DeviceChoice::Default,
            host: None,
            ceiling_db: 0.0,
            profile: Profile::default(),
        }
    }
}

/// What a track is in a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// What paces the practice: breath, bells in a row, or everything rendered into one file. One at a time.
    Cue,
    /// The speaking voice, under which the beds step back. One at a time.
    Voice,
    /// A bed, 0 to 3: a background that loops.
    Bed(u8),
    /// A short sound that rings once at its moment, in full; at most thirty seconds of it are kept in memory.
    Bell,
}

/// One file of a practice and its place in it.
#[derive(Clone)]
pub struct Track {
    /// A WAV, FLAC, Ogg Vorbis, Ogg Opus or MP3 file.
    pub bytes: Arc<[u8]>,
    /// What it is.
    pub role: Role,
    /// True to go round without a seam until stopped.
    pub looped: bool,
    /// Gain from the pack or a slider, in dB, limited to -60 (silence) to 0.
    pub gain_db: f32,
    /// Position at which its first frame is heard. One that is put in later is joined in its middle.
    pub from_ms: u64,
}

impl Track {
    /// A file played once, from the beginning of the practice, as loud as it is.
    #[must_use]
    pub fn new(role: Role, bytes: Arc<[u8]>) -> Self {
        Self {
            bytes,
            role,
            looped: false,
            gain_db: 0.0,
            from_ms: 0,
        }
    }

    /// The same, going round.
    #[must_use]
    pub fn looped(self, looped: bool) -> Self {
        Self { looped, ..self }
    }

    /// The same at another gain, in dB.
    #[must_use]
    pub fn gain_db(self, gain_db: f32) -> Self {
        Self { gain_db, ..self }
    }

    /// The same, beginning at this position.
    #[must_use]
    pub fn from_ms(self, from_ms: u64) -> Self {
        Self { from_ms, ..self }
    }
}

impl std::fmt::Debug for Track {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Track")
            .field("bytes", &self.bytes.len())
            .field("role", &self.role)
            .field("looped", &self.looped)
            .field("gain_db", &self.gain_db)
            .field("from_ms", &self.from_ms)
            .finish()
    }
}

/// When and how a practice ends. The default: when cue and voice have ended, without a bell; loops never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct End {
    /// Position at which everything begins to fade out, over four seconds: a timer, or the length of a practice whose
    /// cue goes round. A position that has passed means now. `None`: when cue and voice have ended by themselves.
    pub at_ms: Option<u64>,
    /// Whether a bell is struck at that moment. [`PlayerEvent::Ended`] comes when it has rung out; the position counts
    /// on until then.
    pub bell: bool,
}

/// What a player can be told. Commands are carried out in order; none waits for the device.
#[derive(Debug, Clone)]
pub enum PlayerCommand {
    /// Takes a new practice, stopped at `start_ms`. The one before it fades out.
    Load {
        /// Its tracks. Of two with the same role the later one counts, bells apart.
        tracks: Vec<Track>,
        /// Where to begin.
        start_ms: u64,
        /// How it ends.
        end: End,
    },
    /// Starts or goes on. The first start of a practice fades in over two seconds.
    Play,
    /// Fades out in a moment and holds the position.
    Pause,
    /// Goes to a position, every track to its own place there, and stays playing or paused as it was.
    Seek(u64),
    /// Volume, 0 (silence) to [`VOLUME_STEPS`]; higher values count as the highest.
    Volume(u8),
    /// True while something else must be heard, such as a call.
    Duck(bool),
    /// Adds a bed or a bell, or puts another voice or bed in the place of one; what was there crosses over.
    /// A cue is changed by [`PlayerCommand::Pace`].
    Put(Track),
    /// Lets a bed whose slider is at nothing, or the voice, fade out and go. A cue is changed by
    /// [`PlayerCommand::Pace`] and a bell rings out: for these it does nothing.
    Take(Role),
    /// Glides a bed to another gain.
    Level {
        /// Which, 0 to 3.
        bed: u8,
        /// In dB, limited to -60 (silence) to 0.
        gain_db: f32,
    },
    /// Puts another cue in the place of the present one when that has come round, so that no breath is cut:
    /// [`PlayerPosition::cue`] counts up at that moment. A cue that does not go round is changed at once.
    Pace(Track),
    /// Another end: a timer set, moved or taken away, a bell wanted or not.
    End(End),
    /// Gain at the highest volume step from now on, in dB, limited to -60 to 0: the configured ceiling, less what
    /// quiet hours take.
    Ceiling(f32),
    /// True while somebody is there: the device is opened and kept open, so that a touch is heard at once. Otherwise
    /// it is let go a minute after the last sound, so that the card may sleep.
    Warm(bool),
    /// Fades out and forgets the practice.
    Stop,
}

/// Where playback is. Cheap to ask sixty times a second: no lock, no device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlayerPosition {
    /// Milliseconds of the practice heard; loops count on over all their rounds.
    /// It never goes back except by a seek, a load or a stop.
    pub ms: u64,
    /// Position at which the cue that is heard now begins to count: a cue of one breath is
    /// `(ms - cue_from_ms) % its length` into that breath.
    pub cue_from_ms: u64,
    /// Which cue is heard: 0 is the one that was loaded, and each [`PlayerCommand::Pace`] that has been reached
    /// counts one up.
    pub cue: u32,
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
        /// Where cue and voice end or the end that was set begins; `None` where they go round or a file does not say.
        duration_ms: Option<u64>,
    },
    /// A track cannot be played, or not any further. The others go on; where there are none, the silent clock runs.
    Unplayable {
        /// Why, for the admin.
        reason: String,
    },
    /// The practice came to its end. Never where a loop leads and no end is set.
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
    /// Times sound came back after it was lost or missing, since the player started.
    pub returns: u64,
    /// Why it was lost the last time, also after it came back.
    pub last_loss: Option<String>,
}
