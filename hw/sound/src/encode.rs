//! Writing FLAC, so that a pack carries our own sounds small and without loss beyond 16 bits.
//! One channel is written where the sound is mono. No tags, no pictures, nothing but the sound.

use flacenc::bitsink::ByteSink;
use flacenc::component::BitRepr;
use flacenc::error::Verify;
use flacenc::source::MemSource;

use crate::{SAMPLE_RATE, Stereo};

/// Why a sound could not be written.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// There is nothing to write.
    #[error("encoding FLAC: the sound is empty")]
    Empty,
    /// The encoder refused.
    #[error("encoding FLAC: {reason}")]
    Encoder {
        /// In the encoder's words.
        reason: String,
    },
}

/// Encodes 16-bit 48 kHz FLAC, with one channel for a mono sound. The same samples always give the same bytes.
///
/// Samples beyond full scale are clipped; run them through [`crate::Limiter`] first.
///
/// # Errors
/// [`EncodeError::Empty`] for no frames at all; [`EncodeError::Encoder`] if the encoder refuses.
pub fn encode_flac(sound: &Stereo) -> Result<Vec<u8>, EncodeError> {
    if sound.frames() == 0 {
        return Err(EncodeError::Empty);
    }
    let refused = |reason: String| EncodeError::Encoder { reason };
    let (samples, channels): (Vec<i32>, usize) = if sound.is_mono() {
        (sound.left().map(to_i16).collect(), 1)
    } else {
        (sound.interleaved().iter().copied().map(to_i16).collect(), 2)
    };

    let mut config = flacenc::config::Encoder::default();
    // Our sounds are mostly low-passed noise: a longer predictor follows the slope of the spectrum.
    config.subframe_coding.qlpc.lpc_order = 20;
    config.subframe_coding.qlpc.quant_precision = 14;
    let config = config
        .into_verified()
        .map_err(|(_, error)| refused(format!("{error:?}")))?;
    let source = MemSource::from_samples(&samples, channels, 16, SAMPLE_RATE as usize);
    let mut stream = flacenc::encode_with_fixed_block_size(&config, source, config.block_size)
        .map_err(|error| refused(format!("{error:?}")))?;
    // The encoder counts the short last block as the smallest, which the format excludes (RFC 9639, 8.2); strict
    // readers then take the stream for one of varying blocks and find no frame in it.
    stream
        .stream_info_mut()
        .set_block_sizes(config.block_size, config.block_size)
        .map_err(|error| refused(format!("{error:?}")))?;
    let mut sink = ByteSink::new();
    stream
        .write(&mut sink)
        .map_err(|error| refused(format!("{error:?}")))?;
    Ok(sink.as_slice().to_vec())
}

/// Nearest 16-bit value; not a number becomes silence.
fn to_i16(sample: f32) -> i32 {
    (sample * 32_767.0).round().clamp(-32_768.0, 32_767.0) as i32
}
