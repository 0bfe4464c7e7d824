//! When a mix ends and how: at a frame somebody set (a sleep timer, a practice's length), or after its leading parts.

use std::sync::Arc;

use super::BLOCK;
use super::bells::Bell;
use crate::{CHANNELS, equal_power};

/// An end that is set.
#[derive(Debug, Clone)]
pub struct End {
    /// Frame at which the fade-out begins, and the bell rings.
    pub at: u64,
    /// Frames of the fade-out, equal-power; 0 stops within a frame.
    pub fade: u32,
    /// End bell (interleaved stereo) and its gain in dB. It is not faded, and the mix goes on until it has rung out.
    pub bell: Option<(Arc<[f32]>, f32)>,
}

/// The end as the mixer follows it.
#[derive(Debug)]
pub(super) struct Ending {
    tail: u32,
    /// Set from outside.
    set: Option<Fade>,
    /// Came by itself, after the leading parts.
    natural: Option<Fade>,
}

#[derive(Debug)]
struct Fade {
    at: u64,
    frames: u32,
    bell: Option<Bell>,
    /// Frame after the last of the whole mix.
    over: u64,
}

impl Ending {
    pub(super) fn new(tail: u32) -> Self {
        Self {
            tail,
            set: None,
            natural: None,
        }
    }

    pub(super) fn set(&mut self, end: Option<End>, now: u64) {
        self.set = end.map(|end| {
            let at = end.at.max(now);
            let bell = end.bell.map(|(samples, db)| Bell::new(samples, at, db));
            let faded = at.saturating_add(u64::from(end.fade));
            Fade {
                at,
                frames: end.fade,
                over: bell.as_ref().map_or(faded, |bell| bell.end().max(faded)),
                bell,
            }
        });
        self.natural = None;
    }

    /// Cue and voice may sound again: after a seek, or with a new one.
    pub(super) fn forget_leads(&mut self) {
        self.natural = None;
    }

    /// Cue and voice have ended at `frame`. Beds fade out from there, bells ring out.
    pub(super) fn leads_ended(&mut self, frame: u64, beds: bool, bells_end: u64) {
        if self.set.is_some() || self.natural.is_some() {
            return;
        }
        let frames = if beds { self.tail } else { 0 };
        self.natural = Some(Fade {
            at: frame,
            frames,
            bell: None,
            over: frame.saturating_add(u64::from(frames)).max(bells_end),
        });
    }

    fn fading(&self) -> Option<&Fade> {
        self.set.as_ref().or(self.natural.as_ref())
    }

    /// Frame after the last of the mix, once it is known.
    pub(super) fn over_at(&self) -> Option<u64> {
        self.fading().map(|fade| fade.over)
    }

    /// Turns the parts down along the fade-out; bells are added after this.
    pub(super) fn fade(&self, mix: &mut [f32; BLOCK * CHANNELS], now: u64) {
        let Some(fade) = self.fading() else {
            return;
        };
        if now + BLOCK as u64 <= fade.at {
            return;
        }
        for (index, frame) in mix.chunks_exact_mut(CHANNELS).enumerate() {
            let Some(into) = (now + index as u64).checked_sub(fade.at) else {
                continue;
            };
            let gain = if into >= u64::from(fade.frames) {
                0.0
            } else {
                equal_power(1.0 - into as f32 / fade.frames as f32)
            };
            for sample in frame {
                *sample *= gain;
            }
        }
    }

    pub(super) fn add_bell(&self, mix: &mut [f32; BLOCK * CHANNELS], now: u64) {
        if let Some(bell) = self.fading().and_then(|fade| fade.bell.as_ref()) {
            bell.add_to(mix, now);
        }
    }
}
