//! Bells: short sounds in memory that ring once, at their frame. Nothing fades them and nothing ducks them.

use std::sync::Arc;

use super::BLOCK;
use super::part::SILENT_DB;
use crate::{CHANNELS, db_to_gain};

/// Bells that may be set at a time.
pub(super) const BELLS: usize = 64;

/// One bell on the timeline.
#[derive(Debug, Clone)]
pub(super) struct Bell {
    samples: Arc<[f32]>,
    at: u64,
    gain: f32,
}

impl Bell {
    pub(super) fn new(samples: Arc<[f32]>, at: u64, gain_db: f32) -> Self {
        let gain = if gain_db > SILENT_DB {
            db_to_gain(gain_db.min(12.0))
        } else {
            0.0
        };
        Self { samples, at, gain }
    }

    /// Frame after its last.
    pub(super) fn end(&self) -> u64 {
        let frames = (self.samples.len() / CHANNELS) as u64;
        self.at.saturating_add(frames)
    }

    /// Adds what of it falls into the block that begins at `now`.
    pub(super) fn add_to(&self, mix: &mut [f32; BLOCK * CHANNELS], now: u64) {
        let block_end = now + BLOCK as u64;
        if self.at >= block_end || self.end() <= now {
            return;
        }
        let into_block = self.at.saturating_sub(now) as usize * CHANNELS;
        let into_bell = now.saturating_sub(self.at) as usize * CHANNELS;
        let whole = self.samples.len() / CHANNELS * CHANNELS;
        for (sum, sample) in mix[into_block..]
            .iter_mut()
            .zip(&self.samples[into_bell..whole])
        {
            *sum += sample * self.gain;
        }
    }
}

/// All bells of a mix.
#[derive(Debug)]
pub(super) struct Bells {
    seats: [Option<Bell>; BELLS],
}

impl Default for Bells {
    fn default() -> Self {
        Self {
            seats: [const { None }; BELLS],
        }
    }
}

impl Bells {
    /// False when every seat is taken.
    pub(super) fn set(&mut self, samples: Arc<[f32]>, at: u64, gain_db: f32) -> bool {
        let Some(seat) = self.seats.iter_mut().find(|seat| seat.is_none()) else {
            return false;
        };
        *seat = Some(Bell::new(samples, at, gain_db));
        true
    }

    pub(super) fn clear(&mut self) {
        self.seats = [const { None }; BELLS];
    }

    /// Frame after the last one's last, 0 without bells.
    pub(super) fn last_end(&self) -> u64 {
        self.seats
            .iter()
            .flatten()
            .map(Bell::end)
            .max()
            .unwrap_or(0)
    }

    pub(super) fn add_to(&self, mix: &mut [f32; BLOCK * CHANNELS], now: u64) {
        for bell in self.seats.iter().flatten() {
            bell.add_to(mix, now);
        }
    }
}
