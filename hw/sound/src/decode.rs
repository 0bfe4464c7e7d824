//! Decoding WAV, FLAC, Ogg Vorbis and MP3 from memory into 48 kHz stereo frames, a piece at a time.
//!
//! Deliberately no other container or codec, and no rate conversion: packs are rendered at 48 kHz,
//! and what is refused here is refused when a pack is checked, not in front of a child.
//! Bytes are hostile until proven otherwise: any bytes give frames or an error, never a panic.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::units::Timestamp;

use crate::{CHANNELS, SAMPLE_RATE};

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
        }
    }
}

/// Why bytes cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// None of the four formats.
    #[error("opening a sound: not a WAV, FLAC, Ogg Vorbis or MP3 file")]
    NotASound,
    /// A format that exists and is refused.
    #[error("opening a sound: {format} is refused because {why}; use FLAC or Ogg Vorbis")]
    Refused {
        /// The format's usual name.
        format: &'static str,
        /// The reason, for the author of the pack.
        why: &'static str,
    },
    /// Another sampling rate than 48 kHz.
    #[error("opening a sound: sampled at {hz} Hz; convert it to 48000 Hz")]
    SampleRate {
        /// The rate the file states.
        hz: u32,
    },
    /// Neither mono nor stereo.
    #[error("opening a sound: {channels} channels; mix it down to one or two")]
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
}

/// Undecodable packets in a row after which a file counts as damaged rather than scratched.
const BAD_PACKETS_IN_A_ROW: u32 = 32;

/// Frames decoded and thrown away before a seek target, so that a codec that leans on earlier packets
/// has them: nine MP3 frames of bit reservoir, two Vorbis blocks of the longest kind.
fn preroll(codec: Codec) -> u64 {
    match codec {
        Codec::Wav | Codec::Flac => 0,
        Codec::Vorbis => 16_384,
        Codec::Mp3 => 9 * 1152,
    }
}

/// A sound being decoded. Holds the compressed bytes and one packet of samples.
pub struct Decoder {
    bytes: Arc<[u8]>,
    codec: Codec,
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    channels: usize,
    total: Option<u64>,
    /// Decoded stereo samples not yet handed out, from `next_sample` on.
    pending: Vec<f32>,
    next_sample: usize,
    scratch: Vec<f32>,
    /// Frame that the next `read` returns first.
    position: u64,
    /// Frames before this one are decoded but not returned; set by a seek.
    skip_until: u64,
    ended: bool,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder")
            .field("codec", &self.codec)
            .field("channels", &self.channels)
            .field("total", &self.total)
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
        let codec = sniff(&bytes)?;
        let (format, decoder, track, channels, total) =
            guarded(codec, || open_streams(codec, &bytes))?;
        Ok(Self {
            bytes,
            codec,
            format,
            decoder,
            track,
            channels,
            total,
            pending: Vec::new(),
            next_sample: 0,
            scratch: Vec::new(),
            position: 0,
            skip_until: 0,
            ended: false,
        })
    }

    /// What the bytes are.
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Channels in the file, 1 or 2; what is read is always stereo.
    #[must_use]
    pub fn source_channels(&self) -> usize {
        self.channels
    }

    /// Length as the file states it, in frames; `None` where it does not say (a bare MP3).
    #[must_use]
    pub fn total_frames(&self) -> Option<u64> {
        self.total
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
        let room = out.len() / CHANNELS * CHANNELS;
        let mut filled = 0;
        while filled < room {
            if self.next_sample == self.pending.len() {
                if self.ended {
                    break;
                }
                match self.decode_packet() {
                    Ok(true) => continue,
                    Ok(false) => break,
                    // Hand out what is whole first; the error comes with the next call.
                    Err(_) if filled > 0 => break,
                    Err(error) => return Err(error),
                }
            }
            let take = (room - filled).min(self.pending.len() - self.next_sample);
            out[filled..filled + take]
                .copy_from_slice(&self.pending[self.next_sample..self.next_sample + take]);
            self.next_sample += take;
            filled += take;
        }
        self.position += (filled / CHANNELS) as u64;
        Ok(filled / CHANNELS)
    }

    /// Goes to `frame`, exactly. Beyond the end, the next read returns 0.
    ///
    /// # Errors
    /// [`DecodeError::Damaged`] if the bytes cannot be read up to there.
    pub fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        let target = self.total.map_or(frame, |total| frame.min(total));
        let coarse = target.saturating_sub(preroll(self.codec));
        self.clear();
        let track_id = self.track;
        let codec = self.codec;
        let format = &mut self.format;
        let reached = coarse > 0
            && guarded(codec, || {
                let to = SeekTo::Timestamp {
                    ts: Timestamp::new(i64::try_from(coarse).unwrap_or(i64::MAX)),
                    track_id,
                };
                format
                    .seek(SeekMode::Accurate, to)
                    .map_err(|error| damaged(codec, &error))
            })
            .is_ok();
        if reached {
            self.decoder.reset();
        } else {
            // No index, or the target is near the start: begin again and decode up to it.
            let bytes = &self.bytes;
            let (format, decoder, track, ..) = guarded(codec, || open_streams(codec, bytes))?;
            self.format = format;
            self.decoder = decoder;
            self.track = track;
        }
        self.skip_until = target;
        self.position = target;
        Ok(())
    }

    fn clear(&mut self) {
        self.pending.clear();
        self.next_sample = 0;
        self.ended = false;
    }

    /// Decodes until there is something to hand out; false at the end of the sound.
    fn decode_packet(&mut self) -> Result<bool, DecodeError> {
        self.pending.clear();
        self.next_sample = 0;
        let mut bad_in_a_row = 0;
        loop {
            match self.step() {
                Ok(Step::Frames) => return Ok(true),
                Ok(Step::Nothing) => bad_in_a_row = 0,
                Ok(Step::Bad) if bad_in_a_row < BAD_PACKETS_IN_A_ROW => bad_in_a_row += 1,
                Ok(Step::Bad) => {
                    self.ended = true;
                    return Err(DecodeError::Damaged {
                        codec: self.codec,
                        reason: "too many unreadable packets in a row".to_owned(),
                    });
                }
                Ok(Step::End) => {
                    self.ended = true;
                    return Ok(false);
                }
                Err(error) => {
                    self.ended = true;
                    return Err(error);
                }
            }
        }
    }

    /// One packet in, its frames (if any are wanted) into `pending`.
    fn step(&mut self) -> Result<Step, DecodeError> {
        let codec = self.codec;
        let (format, decoder, scratch) = (&mut self.format, &mut self.decoder, &mut self.scratch);
        let track = self.track;
        let packet = guarded(codec, || {
            let packet = match format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return Ok(None),
                // A file cut short inside a packet ends there; what came before was good.
                Err(Symphonia::IoError(error))
                    if error.kind() == std::io::ErrorKind::UnexpectedEof =>
                {
                    return Ok(None);
                }
                Err(error) => return Err(damaged(codec, &error)),
            };
            if packet.track_id != track {
                return Ok(Some(None));
            }
            let trim = i64::try_from(packet.trim_start.get()).unwrap_or(0);
            let start = packet.pts.get().saturating_add(trim);
            match decoder.decode(&packet) {
                Ok(buffer) => {
                    let spec = buffer.spec();
                    let shape = (spec.rate(), spec.channels().count());
                    scratch.resize(buffer.samples_interleaved(), 0.0);
                    buffer.copy_to_slice_interleaved(scratch.as_mut_slice());
                    Ok(Some(Some((start, Some(shape)))))
                }
                Err(Symphonia::DecodeError(_) | Symphonia::IoError(_)) => {
                    Ok(Some(Some((start, None))))
                }
                Err(error) => Err(damaged(codec, &error)),
            }
        })?;
        let (start, shape) = match packet {
            None => return Ok(Step::End),
            Some(None) => return Ok(Step::Nothing),
            Some(Some((_, None))) => return Ok(Step::Bad),
            Some(Some((start, Some(shape)))) => (start, shape),
        };
        if self.scratch.is_empty() {
            return Ok(Step::Nothing);
        }
        if shape != (SAMPLE_RATE, self.channels) {
            return Err(DecodeError::Changes {
                frame: self.position,
            });
        }
        let frames = self.scratch.len() / self.channels;
        let skip = i64::try_from(self.skip_until)
            .unwrap_or(i64::MAX)
            .saturating_sub(start);
        let skip = usize::try_from(skip).unwrap_or(0).min(frames);
        if self.skip_until == 0 || skip < frames {
            self.skip_until = 0;
        }
        let wanted = &self.scratch[skip.min(frames) * self.channels..];
        if self.channels == 1 {
            self.pending
                .extend(wanted.iter().flat_map(|sample| [clean(*sample); 2]));
        } else {
            self.pending
                .extend(wanted.iter().map(|sample| clean(*sample)));
        }
        Ok(if self.pending.is_empty() {
            Step::Nothing
        } else {
            Step::Frames
        })
    }
}

/// What one packet came to.
enum Step {
    Frames,
    Nothing,
    Bad,
    End,
}

type Streams = (
    Box<dyn FormatReader>,
    Box<dyn AudioDecoder>,
    u32,
    usize,
    Option<u64>,
);

fn open_streams(codec: Codec, bytes: &Arc<[u8]>) -> Result<Streams, DecodeError> {
    let fail = |error: Symphonia| damaged(codec, &error);
    let source =
        MediaSourceStream::new(Box::new(Cursor::new(Arc::clone(bytes))), Default::default());
    let mut hint = Hint::new();
    hint.with_extension(codec.name());
    let format = symphonia::default::get_probe()
        .probe(
            &hint,
            source,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .map_err(fail)?;
    let missing = |reason: &str| DecodeError::Damaged {
        codec,
        reason: reason.to_owned(),
    };
    let track = format
        .default_track(TrackType::Audio)
        .ok_or_else(|| missing("no sound in it"))?;
    let Some(CodecParameters::Audio(parameters)) = &track.codec_params else {
        return Err(missing("no description of the sound in it"));
    };
    let decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(fail)?;
    // The decoder may know more than the container did.
    let known = decoder.codec_params();
    let hz = known
        .sample_rate
        .or(parameters.sample_rate)
        .ok_or_else(|| missing("no sampling rate in it"))?;
    let channels = known
        .channels
        .as_ref()
        .or(parameters.channels.as_ref())
        .map(symphonia::core::audio::Channels::count)
        .ok_or_else(|| missing("no channel count in it"))?;
    if hz != SAMPLE_RATE {
        return Err(DecodeError::SampleRate { hz });
    }
    if !(1..=CHANNELS).contains(&channels) {
        return Err(DecodeError::Channels { channels });
    }
    let (id, total) = (track.id, track.num_frames);
    Ok((format, decoder, id, channels, total))
}

/// Names the format by its first bytes, so that nothing is guessed by scanning the middle of a file.
fn sniff(bytes: &[u8]) -> Result<Codec, DecodeError> {
    let starts = |prefix: &[u8]| bytes.starts_with(prefix);
    let at = |offset: usize, word: &[u8]| {
        bytes
            .get(offset..offset + word.len())
            .is_some_and(|found| found == word)
    };
    let aac = DecodeError::Refused {
        format: "AAC",
        why: "its length cannot be known to the frame, and captions would drift",
    };
    if starts(b"RIFF") && at(8, b"WAVE") {
        return Ok(Codec::Wav);
    }
    if starts(b"fLaC") {
        return Ok(Codec::Flac);
    }
    if starts(b"OggS") {
        // The first page carries the codec's own header right after its segment table.
        let head = &bytes[..bytes.len().min(512)];
        let holds = |word: &[u8]| head.windows(word.len()).any(|window| window == word);
        if holds(b"\x01vorbis") {
            return Ok(Codec::Vorbis);
        }
        if holds(b"OpusHead") {
            return Err(DecodeError::Refused {
                format: "Opus",
                why: "this player has no decoder for it",
            });
        }
        return Err(DecodeError::NotASound);
    }
    if at(4, b"ftyp") || starts(b"ADIF") {
        return Err(aac);
    }
    // Behind an ID3 tag (its length is four 7-bit bytes) stands the sound itself.
    if starts(b"ID3") && bytes.len() > 10 {
        let length = bytes[6..10]
            .iter()
            .fold(0_usize, |sum, byte| sum << 7 | usize::from(byte & 0x7f));
        return match bytes.get(10 + length..) {
            Some(rest) if is_adts(rest) => Err(aac),
            _ => Ok(Codec::Mp3),
        };
    }
    if is_adts(bytes) {
        return Err(aac);
    }
    if is_mp3_frame(bytes) {
        return Ok(Codec::Mp3);
    }
    Err(DecodeError::NotASound)
}

/// ADTS: twelve sync bits, layer 00.
fn is_adts(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, second, ..] if second & 0xf6 == 0xf0)
}

/// MPEG audio: eleven sync bits, a version that exists, layer III.
fn is_mp3_frame(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, second, ..] if second & 0xe6 == 0xe2 && second & 0x18 != 0x08)
}

fn damaged(codec: Codec, error: &Symphonia) -> DecodeError {
    DecodeError::Damaged {
        codec,
        reason: error.to_string(),
    }
}

/// A wild float in a WAV must not reach the filters behind: not a number becomes silence.
fn clean(sample: f32) -> f32 {
    if sample.is_finite() {
        sample.clamp(-8.0, 8.0)
    } else {
        0.0
    }
}

/// Runs foreign parsing code on foreign bytes. A panic in there is a damaged file, not a dead player.
/// Not idle caution: symphonia-format-riff 0.6.1 multiplies a WAV header's figures unchecked, which a development build
/// stops at (2 of 196,000 altered files).
fn guarded<T>(
    codec: Codec,
    work: impl FnOnce() -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    // Nothing that the closure touches is used again after a panic: every error ends the decoding.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(DecodeError::Damaged {
            codec,
            reason: "the decoder gave up".to_owned(),
        })
    })
}
