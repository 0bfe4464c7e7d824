//! Where a part of the mix gets its frames from: a decoder, or samples already in memory.
//! Deliberately no files and no threads.

use std::sync::Arc;

use crate::{CHANNELS, DecodeError, Decoder, Stereo};

/// Something that gives 48 kHz stereo frames in order and can be put to any of them.
pub trait Source: Send {
    /// Fills `out` with interleaved stereo and returns the number of frames written; zero means the end.
    ///
    /// # Errors
    /// What keeps the frames from being read; nothing more comes after that.
    fn read(&mut self, out: &mut [f32]) -> Result<usize, DecodeError>;

    /// Goes to `frame`, exactly. Beyond the end, the next read returns 0.
    ///
    /// # Errors
    /// What keeps that frame from being reached.
    fn seek(&mut self, frame: u64) -> Result<(), DecodeError>;

    /// Length in frames; `None` where it is known only at the end.
    fn total_frames(&self) -> Option<u64>;
}

impl Source for Decoder {
    fn read(&mut self, out: &mut [f32]) -> Result<usize, DecodeError> {
        Self::read(self, out)
    }

    fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        Self::seek(self, frame)
    }

    fn total_frames(&self) -> Option<u64> {
        Self::total_frames(self)
    }
}

/// A sound in memory. Reading it neither allocates nor fails, so it suits bells and short loops;
/// a minute takes 23 MB.
#[derive(Debug, Clone)]
pub struct Pcm {
    samples: Arc<[f32]>,
    next: usize,
}

impl Pcm {
    /// Shares interleaved stereo; a trailing half frame is never read.
    #[must_use]
    pub fn new(samples: Arc<[f32]>) -> Self {
        Self { samples, next: 0 }
    }
}

impl From<&Stereo> for Pcm {
    fn from(sound: &Stereo) -> Self {
        Self::new(sound.interleaved().into())
    }
}

impl Source for Pcm {
    fn read(&mut self, out: &mut [f32]) -> Result<usize, DecodeError> {
        let left = self.samples.len() / CHANNELS - self.next;
        let frames = (out.len() / CHANNELS).min(left);
        let from = self.next * CHANNELS;
        out[..frames * CHANNELS].copy_from_slice(&self.samples[from..from + frames * CHANNELS]);
        self.next += frames;
        Ok(frames)
    }

    fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        let total = self.samples.len() / CHANNELS;
        self.next = usize::try_from(frame).map_or(total, |frame| frame.min(total));
        Ok(())
    }

    fn total_frames(&self) -> Option<u64> {
        Some((self.samples.len() / CHANNELS) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_order_and_from_anywhere() {
        let mut pcm = Pcm::new([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 9.0].into());
        assert_eq!(pcm.total_frames(), Some(3));
        let mut out = [0.0; 5];
        assert_eq!(pcm.read(&mut out).ok(), Some(2));
        assert_eq!(out[..4], [0.0, 0.5, 1.0, 1.5]);
        assert_eq!(pcm.read(&mut out).ok(), Some(1));
        assert_eq!(out[..2], [2.0, 2.5]);
        assert_eq!(pcm.read(&mut out).ok(), Some(0));
        assert!(pcm.seek(1).is_ok());
        assert_eq!(pcm.read(&mut out).ok(), Some(2));
        assert!(pcm.seek(u64::MAX).is_ok());
        assert_eq!(pcm.read(&mut out).ok(), Some(0));
    }
}
