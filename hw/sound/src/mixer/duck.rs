//! How far the beds step back under the voice: a detector with a hold and a glide in decibels.
//! No look into the future; the first syllable is heard over a bed that is just going down.

use super::BLOCK;

/// How beds make room for the voice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ducking {
    /// How much quieter the beds are under the voice, in dB, 0 to 60; 0 switches ducking off.
    pub depth_db: f32,
    /// Time of the way down, in ms.
    pub attack_ms: u32,
    /// Time the beds stay down after the last sound of the voice, in ms: longer than a breath between sentences.
    pub hold_ms: u32,
    /// Time of the way up, in ms.
    pub release_ms: u32,
    /// Peaks of the voice above this count as speech, in dBFS.
    pub threshold_dbfs: f32,
}

impl Default for Ducking {
    fn default() -> Self {
        Self {
            depth_db: 8.0,
            attack_ms: 200,
            hold_ms: 700,
            release_ms: 1500,
            threshold_dbfs: -45.0,
        }
    }
}

/// The ducking's present state.
#[derive(Debug, Clone)]
pub(super) struct Ducker {
    depth_db: f32,
    threshold: f32,
    down_step: f32,
    up_step: f32,
    hold: u32,
    held: u32,
    /// Present gain of the beds in dB, 0 or less.
    db: f32,
}

impl Ducker {
    pub(super) fn new(ducking: Ducking) -> Self {
        let depth_db = if ducking.depth_db.is_finite() {
            ducking.depth_db.clamp(0.0, 60.0)
        } else {
            0.0
        };
        let blocks = |ms: u32| (ms as f32 * 48.0 / BLOCK as f32).max(1.0);
        Self {
            depth_db,
            threshold: crate::db_to_gain(ducking.threshold_dbfs),
            down_step: depth_db / blocks(ducking.attack_ms),
            up_step: depth_db / blocks(ducking.release_ms),
            hold: blocks(ducking.hold_ms) as u32,
            held: 0,
            db: 0.0,
        }
    }

    /// Takes the voice's peak in a block and gives the beds' gain at the block's beginning and end.
    pub(super) fn step(&mut self, voice_peak: f32) -> (f32, f32) {
        let before = self.db;
        if voice_peak > self.threshold {
            self.held = self.hold;
        } else {
            self.held = self.held.saturating_sub(1);
        }
        self.db = if self.held > 0 {
            (self.db - self.down_step).max(-self.depth_db)
        } else {
            (self.db + self.up_step).min(0.0)
        };
        (crate::db_to_gain(before), crate::db_to_gain(self.db))
    }

    pub(super) fn reset(&mut self) {
        self.held = 0;
        self.db = 0.0;
    }
}
