//! A whole sound in memory. Not for playing (the decoder streams), only for rendering and measuring.

use crate::CHANNELS;

/// A finished sound at 48 kHz, both channels interleaved.
///
/// Invariant: the number of samples is even, and where [`Stereo::is_mono`] is true both channels
/// are equal, so that an encoder may write one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Stereo {
    samples: Vec<f32>,
    mono: bool,
}

impl Stereo {
    /// Takes interleaved samples (left, right, left, …). A trailing half frame is dropped.
    #[must_use]
    pub fn from_interleaved(mut samples: Vec<f32>) -> Self {
        samples.truncate(samples.len() / CHANNELS * CHANNELS);
        Self {
            samples,
            mono: false,
        }
    }

    /// Doubles one channel into two and remembers that one is enough to store.
    #[must_use]
    pub fn from_mono(channel: &[f32]) -> Self {
        let samples = channel
            .iter()
            .flat_map(|sample| [*sample, *sample])
            .collect();
        Self {
            samples,
            mono: true,
        }
    }

    /// Samples as left, right, left, right; full scale is ±1.
    #[must_use]
    pub fn interleaved(&self) -> &[f32] {
        &self.samples
    }

    /// Number of frames (one sample for each channel); 48,000 of them are a second.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.samples.len() / CHANNELS
    }

    /// True where both channels are the same by construction.
    #[must_use]
    pub fn is_mono(&self) -> bool {
        self.mono
    }

    /// The left samples alone.
    pub fn left(&self) -> impl Iterator<Item = f32> + '_ {
        self.samples.chunks_exact(CHANNELS).map(|frame| frame[0])
    }

    /// The right samples alone.
    pub fn right(&self) -> impl Iterator<Item = f32> + '_ {
        self.samples.chunks_exact(CHANNELS).map(|frame| frame[1])
    }

    /// Multiplies every sample by `gain` (linear, not decibels).
    pub fn scale(&mut self, gain: f32) {
        for sample in &mut self.samples {
            *sample *= gain;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_channel_becomes_two_equal_ones() {
        let sound = Stereo::from_mono(&[0.1, -0.2, 0.3]);
        assert!(sound.is_mono());
        assert_eq!(sound.frames(), 3);
        assert_eq!(sound.interleaved(), [0.1, 0.1, -0.2, -0.2, 0.3, 0.3]);
        assert!(sound.left().eq(sound.right()));
    }

    #[test]
    fn half_a_frame_is_dropped() {
        let sound = Stereo::from_interleaved(vec![0.5, 0.25, 0.125]);
        assert_eq!(sound.frames(), 1);
        assert!(!sound.is_mono());
    }
}
