//! One compressed sound, at its own rate, as stereo frames: packets in, frames out, seeks to the frame.
//! Deliberately no rate conversion, which is behind this.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::RegisterableAudioDecoder;
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::units::Timestamp;
use symphonia_adapter_libopus::OpusDecoder;

use super::{Codec, DecodeError, damaged_because, ogg, sniff};
use crate::CHANNELS;
use crate::downmix::Downmix;
use crate::resample::{HIGHEST_RATE, LOWEST_RATE};

/// Undecodable packets in a row after which a file counts as damaged rather than scratched.
const BAD_PACKETS_IN_A_ROW: u32 = 32;

/// Frames decoded and thrown away before a seek target, so that a codec that leans on earlier packets
/// has them: nine MP3 frames of bit reservoir, two Vorbis blocks of the longest kind, and for Opus a second,
/// where 80 ms would do for the ear (RFC 7845, section 4.6) but not for the same samples again.
fn preroll(codec: Codec) -> u64 {
    match codec {
        Codec::Wav | Codec::Flac => 0,
        Codec::Vorbis => 16_384,
        Codec::Mp3 => 9 * 1152,
        Codec::Opus => 48_000,
    }
}

/// Format reader and decoder with what they said about the sound.
struct Streams {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    rate: u32,
    downmix: Downmix,
    /// Timestamp of the first frame that belongs to the sound.
    base: u64,
    total: Option<u64>,
}

/// A sound at its own rate. Holds the compressed bytes and one packet of samples.
pub(super) struct Stream {
    bytes: Arc<[u8]>,
    codec: Codec,
    streams: Streams,
    /// Decoded stereo samples not yet handed out, from `next_sample` on.
    pending: Vec<f32>,
    next_sample: usize,
    scratch: Vec<f32>,
    /// Frame that the next `read` returns first.
    position: u64,
    /// Timestamps before this one are decoded but not returned; set by a seek.
    skip_until: u64,
    ended: bool,
}

impl Stream {
    pub(super) fn open(bytes: Arc<[u8]>) -> Result<Self, DecodeError> {
        let codec = sniff::sniff(&bytes)?;
        let streams = guarded(codec, || open_streams(codec, &bytes))?;
        let skip_until = streams.base;
        Ok(Self {
            bytes,
            codec,
            streams,
            pending: Vec::new(),
            next_sample: 0,
            scratch: Vec::new(),
            position: 0,
            skip_until,
            ended: false,
        })
    }

    pub(super) fn codec(&self) -> Codec {
        self.codec
    }

    pub(super) fn channels(&self) -> usize {
        self.streams.downmix.channels()
    }

    pub(super) fn rate(&self) -> u32 {
        self.streams.rate
    }

    pub(super) fn total(&self) -> Option<u64> {
        self.streams.total
    }

    /// Fills `out` with interleaved stereo and returns the frames written, zero at the end.
    pub(super) fn read(&mut self, out: &mut [f32]) -> Result<usize, DecodeError> {
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

    /// Goes to `frame`, exactly.
    pub(super) fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        let target = self.streams.total.map_or(frame, |total| frame.min(total));
        let stamp = target.saturating_add(self.streams.base);
        let coarse = stamp.saturating_sub(preroll(self.codec));
        self.pending.clear();
        self.next_sample = 0;
        self.ended = false;
        let track_id = self.streams.track;
        let codec = self.codec;
        let format = &mut self.streams.format;
        let reached = coarse > 0
            && guarded(codec, || {
                let to = SeekTo::Timestamp {
                    ts: Timestamp::new(i64::try_from(coarse).unwrap_or(i64::MAX)),
                    track_id,
                };
                format
                    .seek(SeekMode::Accurate, to)
                    .map_err(|error| damaged_because(codec, error))
            })
            .is_ok();
        if reached {
            self.streams.decoder.reset();
        } else {
            // No index, or the target is near the start: begin again and decode up to it.
            let bytes = &self.bytes;
            self.streams = guarded(codec, || open_streams(codec, bytes))?;
        }
        self.skip_until = stamp;
        self.position = target;
        Ok(())
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
                    return Err(damaged_because(
                        self.codec,
                        "too many unreadable packets in a row",
                    ));
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
        let (codec, scratch) = (self.codec, &mut self.scratch);
        let streams = &mut self.streams;
        let packet = guarded(codec, || next_packet(codec, streams, scratch))?;
        let (start, shape) = match packet {
            Packet::End => return Ok(Step::End),
            Packet::Foreign => return Ok(Step::Nothing),
            Packet::Bad => return Ok(Step::Bad),
            Packet::Decoded { start, shape } => (start, shape),
        };
        if self.scratch.is_empty() {
            return Ok(Step::Nothing);
        }
        let channels = self.streams.downmix.channels();
        if shape != (self.streams.rate, channels) {
            return Err(DecodeError::Changes {
                frame: self.position,
            });
        }
        let frames = self.scratch.len() / channels;
        let skip = i64::try_from(self.skip_until)
            .unwrap_or(i64::MAX)
            .saturating_sub(start);
        let skip = usize::try_from(skip).unwrap_or(0).min(frames);
        if self.skip_until == 0 || skip < frames {
            self.skip_until = 0;
        }
        let wanted = &self.scratch[skip * channels..];
        self.streams.downmix.append(wanted, &mut self.pending);
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

/// What the demuxer and the decoder gave.
enum Packet {
    /// Samples are in the scratch buffer; the first one's timestamp, and rate and channels.
    Decoded {
        start: i64,
        shape: (u32, usize),
    },
    Foreign,
    Bad,
    End,
}

fn next_packet(
    codec: Codec,
    streams: &mut Streams,
    scratch: &mut Vec<f32>,
) -> Result<Packet, DecodeError> {
    let packet = match streams.format.next_packet() {
        Ok(Some(packet)) => packet,
        Ok(None) => return Ok(Packet::End),
        // A file cut short inside a packet ends there; what came before was good.
        Err(Symphonia::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            return Ok(Packet::End);
        }
        Err(error) => return Err(damaged_because(codec, error)),
    };
    if packet.track_id != streams.track {
        return Ok(Packet::Foreign);
    }
    let trim = i64::try_from(packet.trim_start.get()).unwrap_or(0);
    let start = packet.pts.get().saturating_add(trim);
    match streams.decoder.decode(&packet) {
        Ok(buffer) => {
            let spec = buffer.spec();
            let shape = (spec.rate(), spec.channels().count());
            scratch.resize(buffer.samples_interleaved(), 0.0);
            buffer.copy_to_slice_interleaved(scratch.as_mut_slice());
            Ok(Packet::Decoded { start, shape })
        }
        Err(Symphonia::DecodeError(_) | Symphonia::IoError(_)) => Ok(Packet::Bad),
        Err(error) => Err(damaged_because(codec, error)),
    }
}

fn open_streams(codec: Codec, bytes: &Arc<[u8]>) -> Result<Streams, DecodeError> {
    let missing = |reason: &str| damaged_because(codec, reason);
    let opus = match codec {
        Codec::Opus => {
            ogg::check_one_stream(bytes)?;
            Some(ogg::opus_head(bytes)?)
        }
        Codec::Vorbis => {
            ogg::check_one_stream(bytes)?;
            ogg::check_vorbis_setup(bytes)?;
            None
        }
        Codec::Wav | Codec::Flac | Codec::Mp3 => None,
    };
    let cursor = Cursor::new(Arc::clone(bytes));
    let source: Box<dyn MediaSource> = if codec == Codec::Mp3 && !sniff::states_length(bytes) {
        // Where it can seek, the demuxer guesses the length from the bit rate and cuts the sound off there.
        Box::new(ReadOnlySource::new(cursor))
    } else {
        Box::new(cursor)
    };
    let mut hint = Hint::new();
    hint.with_extension(codec.name());
    let format = symphonia::default::get_probe()
        .probe(
            &hint,
            MediaSourceStream::new(source, Default::default()),
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .map_err(|error| damaged_because(codec, error))?;
    let track = format
        .default_track(TrackType::Audio)
        .ok_or_else(|| missing("no sound in it"))?;
    let Some(CodecParameters::Audio(parameters)) = &track.codec_params else {
        return Err(missing("no description of the sound in it"));
    };
    // Before the decoder reserves room for them.
    if let Some(channels) = &parameters.channels {
        layout(channels)?;
    }
    let decoder =
        make_decoder(parameters, opus.is_some()).map_err(|error| damaged_because(codec, error))?;
    // The decoder may know more than the container did.
    let known = decoder.codec_params();
    let rate = known
        .sample_rate
        .or(parameters.sample_rate)
        .ok_or_else(|| missing("no sampling rate in it"))?;
    if !(LOWEST_RATE..=HIGHEST_RATE).contains(&rate) {
        return Err(DecodeError::SampleRate { hz: rate });
    }
    let channels = known
        .channels
        .as_ref()
        .or(parameters.channels.as_ref())
        .ok_or_else(|| missing("no channel count in it"))?;
    let downmix = layout(channels)?.with_gain(opus.map_or(1.0, |head| head.gain));
    // Opus counts its warming up, and a sound cut out of a longer one may begin late.
    let begins = track.start_ts.get().max(0).unsigned_abs();
    let base = begins.saturating_add(opus.map_or(0, |head| u64::from(head.pre_skip)));
    let total = track.num_frames.map(|frames| frames.saturating_sub(base));
    let track = track.id;
    Ok(Streams {
        format,
        decoder,
        track,
        rate,
        downmix,
        base,
        total,
    })
}

fn layout(channels: &symphonia::core::audio::Channels) -> Result<Downmix, DecodeError> {
    Downmix::for_channels(channels).ok_or_else(|| DecodeError::Channels {
        channels: channels.count(),
    })
}

fn make_decoder(
    parameters: &AudioCodecParameters,
    opus: bool,
) -> Result<Box<dyn AudioDecoder>, Symphonia> {
    let options = AudioDecoderOptions::default();
    if !opus {
        return symphonia::default::get_codecs().make_audio_decoder(parameters, &options);
    }
    // The adapter would take the warming up off the first packet only, whatever its length, and again after every
    // reopening; without the header it leaves that to this file's timestamps.
    let mut parameters = parameters.clone();
    parameters.extra_data = None;
    OpusDecoder::try_registry_new(&parameters, &options)
}

/// Runs foreign parsing code on foreign bytes. A panic in there is a damaged file, not a dead player.
/// Not idle caution: symphonia-format-riff 0.6.1 multiplies a WAV header's figures unchecked, which a development build
/// stops at (2 of 196,000 altered files).
fn guarded<T>(
    codec: Codec,
    work: impl FnOnce() -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    // Nothing that the closure touches is used again after a panic: every error ends the decoding.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(damaged_because(codec, "the decoder gave up")))
}
