//! Sound as numbers: samples in, samples out.
//!
//! Everything here is 48 kHz, 32-bit float, two channels interleaved (left, right), full scale ±1.
//! Deliberately no devices, no files, no clocks and no threads: the player that owns those is in
//! `xinting-hw`, and the tool that renders and measures our own sounds is `xinting-author`.

pub mod decode;
pub mod downmix;
pub mod encode;
pub mod fade;
pub mod limiter;
pub mod loudness;
pub mod mixer;
pub mod profile;
pub mod resample;
pub mod source;
mod stereo;
pub mod synth;

pub use decode::{Codec, DecodeError, Decoder, decode_all_bounded};
pub use encode::{EncodeError, encode_flac};
pub use fade::{db_to_gain, equal_power, gain_to_db};
pub use limiter::Limiter;
pub use loudness::{Loudness, LoudnessError, integrated_lufs, measure, true_peak_dbtp};
pub use mixer::{Ducking, End, MixError, Mixer, MixerOptions, Part, Slot};
pub use profile::Profile;
pub use source::{Pcm, Source};
pub use stereo::Stereo;

/// Frames per second of every sound in this crate.
pub const SAMPLE_RATE: u32 = 48_000;

/// Channels of every decoded sound: left, then right.
pub const CHANNELS: usize = 2;

/// Frames played in `ms` milliseconds at 48 kHz; exact, since 48 frames are one millisecond.
#[must_use]
pub const fn ms_to_frames(ms: u64) -> u64 {
    ms.saturating_mul(48)
}

/// Whole milliseconds in `frames`, rounded down.
#[must_use]
pub const fn frames_to_ms(frames: u64) -> u64 {
    frames / 48
}
