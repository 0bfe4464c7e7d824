//! Decoding WAV, FLAC, Ogg Vorbis, Ogg Opus and MP3 from memory into 48 kHz stereo frames, a piece at a time.
//!
//! Rates of 8 to 192 kHz and layouts of one to eight channels become 48 kHz stereo ([`crate::downmix`] names the
//! coefficients). Deliberately no other container or codec: what is refused here is refused when a pack is checked, not
//! in front of a child. Bytes are hostile until proven otherwise: any bytes give frames or an error, never a panic, and
//! never more memory than a few times their own size and some megabytes.

mod ogg;
mod sniff;
mod stream;

use std::sync::Arc;

use stream::Stream;

use crate::resample::{HIGHEST_RATE, LOWEST_RATE, Resampler};
use crate::{CHANNELS, SAMPLE_RATE, Stereo};

/// What a sound file is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// RIFF WAVE with integer or float samples.
    Wav,
    /// Native FLAC.
    Flac,
    /// Vorbis in Ogg.
    Vorbis,
    /// MPEG audio layer III.
    Mp3,
    /// Opus in Ogg, mono or stereo.
    Opus,
}

impl Codec {
    /// Lower-case file extension, which is also the short name shown to an author.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Vorbis => "ogg",
            Self::Mp3 => "mp3",
            Self::Opus => "opus",
        }
    }
}

/// Why bytes cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// None of the five formats.
    #[error("opening a sound: not a WAV, FLAC, Ogg Vorbis, Ogg Opus or MP3 file")]
    NotASound,
    /// A format that exists and is refused.
    #[error("opening a sound: {format} is refused because {why}; use FLAC, Ogg Vorbis or Ogg Opus")]
    Refused {
        /// The format's usual name.
        format: &'static str,
        /// The reason, for the author of the pack.
        why: &'static str,
    },
    /// A sampling rate outside 8 to 192 kHz.
    #[error(
        "opening a sound: sampled at {hz} Hz; convert it to 48000 Hz ({LOWEST_RATE} to {HIGHEST_RATE} Hz can be played)"
    )]
    SampleRate {
        /// The rate the file states.
        hz: u32,
    },
    /// More than eight channels, or channels without places.
    #[error("opening a sound: {channels} channels that cannot be folded down; mix it down to two")]
    Channels {
        /// The channel count the file states.
        channels: usize,
    },
    /// Rate or channels change half-way.
    #[error("decoding a sound: the format changes after frame {frame}")]
    Changes {
        /// Frames decoded before the change.
        frame: u64,
    },
    /// Damaged or truncated beyond reading on.
    #[error("decoding a {codec} sound: {reason}", codec = codec.name())]
    Damaged {
        /// What the file claims to be.
        codec: Codec,
        /// In the decoder's words.
        reason: String,
    },
    /// The file holds another length than it states, so that captions would not fit: cut short, or lying.
    #[error(
        "decoding a {codec} sound: it says that it is {stated} frames long and holds {found}; it may be cut short, export it again",
        codec = codec.name()
    )]
    Length {
        /// What the file claims to be.
        codec: Codec,
        /// Frames of 48 kHz by its header.
        stated: u64,
        /// Frames of 48 kHz that could be decoded.
        found: u64,
    },
    /// Longer than was asked for.
    #[error("decoding a sound: longer than {} seconds", most_frames / u64::from(SAMPLE_RATE))]
    TooLong {
        /// The limit in frames of 48 kHz.
        most_frames: u64,
    },
}

fn damaged_because(codec: Codec, reason: impl ToString) -> DecodeError {
    DecodeError::Damaged {
        codec,
        reason: reason.to_string(),
    }
}

/// Input frames taken at a time where the rate is converted.
const PIECE: usize = 512;

/// A sound being decoded. Holds the compressed bytes and one packet of samples.
pub struct Decoder {
    stream: Stream,
    /// Where the rate is not 48 kHz.
    resampler: Option<Resampler>,
    /// Frame that the next `read` returns first.
    position: u64,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder")
            .field("codec", &self.codec())
            .field("rate", &self.source_rate())
            .field("channels", &self.source_channels())
            .field("total", &self.total_frames())
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl Decoder {
    /// Reads the headers.
    ///
    /// # Errors
    /// What the bytes are instead, or which property is refused; see [`DecodeError`].
    pub fn open(bytes: Arc<[u8]>) -> Result<Self, DecodeError> {
        let stream = Stream::open(bytes)?;
        let rate = stream.rate();
        Ok(Self {
            resampler: (rate != SAMPLE_RATE).then(|| Resampler::new(rate)),
            stream,
            position: 0,
        })
    }

    /// What the bytes are.
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.stream.codec()
    }

    /// Channels in the file, 1 to 8; what is read is always stereo.
    #[must_use]
    pub fn source_channels(&self) -> usize {
        self.stream.channels()
    }

    /// Sampling rate of the file in Hz, 8,000 to 192,000; what is read is always 48 kHz.
    #[must_use]
    pub fn source_rate(&self) -> u32 {
        self.stream.rate()
    }

    /// Length as the file states it, in frames of 48 kHz; `None` where it does not say (a bare MP3).
    #[must_use]
    pub fn total_frames(&self) -> Option<u64> {
        let total = self.stream.total()?;
        Some(match &self.resampler {
            Some(resampler) => resampler.length(total),
            None => total,
        })
    }

    /// Frame that the next [`Decoder::read`] begins with.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Fills `out` with interleaved stereo and returns the number of frames written.
    /// Zero means the end (or room for less than a frame).
    ///
    /// # Errors
    /// [`DecodeError::Damaged`] or [`DecodeError::Changes`]; what was returned before stays good.
    pub fn read(&mut self, out: &mut [f32]) -> Result<usize, DecodeError> {
        let frames = match self.resampler.as_mut() {
            None => self.stream.read(out)?,
            Some(resampler) => convert(&mut self.stream, resampler, out)?,
        };
        self.position += frames as u64;
        Ok(frames)
    }

    /// Goes to `frame`, exactly. Beyond the end, the next read returns 0.
    ///
    /// # Errors
    /// [`DecodeError::Damaged`] if the bytes cannot be read up to there.
    pub fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        let target = self.total_frames().map_or(frame, |total| frame.min(total));
        match self.resampler.as_mut() {
            None => self.stream.seek(target)?,
            Some(resampler) => self.stream.seek(resampler.go_to(target))?,
        }
        self.position = target;
        Ok(())
    }
}

/// Reads as much of the stream as `out` needs at 48 kHz.
fn convert(
    stream: &mut Stream,
    resampler: &mut Resampler,
    out: &mut [f32],
) -> Result<usize, DecodeError> {
    let room = out.len() / CHANNELS;
    let mut filled = 0;
    let mut piece = [0.0; PIECE * CHANNELS];
    while filled < room {
        let got = resampler.pull(&mut out[filled * CHANNELS..]);
        filled += got;
        if got > 0 || resampler.finished() {
            if got == 0 {
                break;
            }
            continue;
        }
        match stream.read(&mut piece) {
            Ok(0) => resampler.finish(),
            Ok(frames) => resampler.push(&piece[..frames * CHANNELS]),
            Err(_) if filled > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Decodes a whole sound, at most `most_frames` of it: what a pack's check does, and a fuzzer with any bytes.
///
/// Memory is bounded by `most_frames`, whatever the file states.
///
/// # Errors
/// Whatever keeps it from being played as it says: see [`DecodeError`], of which [`DecodeError::Length`] and
/// [`DecodeError::TooLong`] are found only here.
pub fn decode_all_bounded(bytes: Arc<[u8]>, most_frames: u64) -> Result<Stereo, DecodeError> {
    let mut decoder = Decoder::open(bytes)?;
    let stated = decoder.total_frames();
    if stated.is_some_and(|stated| stated > most_frames) {
        return Err(DecodeError::TooLong { most_frames });
    }
    let mut samples = Vec::new();
    let mut piece = [0.0; 2048 * CHANNELS];
    loop {
        let frames = decoder.read(&mut piece)?;
        if frames == 0 {
            break;
        }
        if decoder.position() > most_frames {
            return Err(DecodeError::TooLong { most_frames });
        }
        samples.extend_from_slice(&piece[..frames * CHANNELS]);
    }
    let found = decoder.position();
    match stated {
        Some(stated) if stated != found => Err(DecodeError::Length {
            codec: decoder.codec(),
            stated,
            found,
        }),
        _ => Ok(Stereo::from_interleaved(samples)),
    }
}
