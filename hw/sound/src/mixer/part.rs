//! One part of the mix: its source, its gain and the way it comes, loops and goes.
//! Knows nothing of the other parts, the end or the limiter.

use super::BLOCK;
use crate::{CHANNELS, DecodeError, Source, db_to_gain, equal_power};

/// At or below this gain a part is silent; a glide in decibels needs a floor to come from.
pub const SILENT_DB: f32 = -60.0;

/// The most a part may be lifted, in dB. Sounds of a pack are only ever turned down.
const MOST_DB: f32 = 12.0;

/// A source with its circumstances, before it is put into a slot.
pub struct Part {
    source: Box<dyn Source>,
    looped: bool,
    gain_db: f32,
    origin: Option<u64>,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part")
            .field("looped", &self.looped)
            .field("gain_db", &self.gain_db)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl Part {
    /// A part played once, at 0 dB, whose first frame is heard where it is put.
    #[must_use]
    pub fn new(source: impl Source + 'static) -> Self {
        Self {
            source: Box::new(source),
            looped: false,
            gain_db: 0.0,
            origin: None,
        }
    }

    /// Begins again at its first frame right after its last.
    #[must_use]
    pub fn looped(mut self, looped: bool) -> Self {
        self.looped = looped;
        self
    }

    /// Gain in dB, [`SILENT_DB`] (silence) to 12; 0 leaves the samples unchanged.
    #[must_use]
    pub fn gain_db(mut self, gain_db: f32) -> Self {
        self.gain_db = gain_db;
        self
    }

    /// Frame of the mix at which the part's first frame is heard; without it, the moment it is put in.
    /// A part put in later than its origin is joined in its middle.
    #[must_use]
    pub fn origin(mut self, frame: u64) -> Self {
        self.origin = Some(frame);
        self
    }
}

/// What reading one block came to.
pub(super) struct Filled {
    /// Highest sample of the block, after the part's gain.
    pub(super) peak: f32,
    /// The frame of the mix after the part's last, if it ended in this block.
    pub(super) ended_at: Option<u64>,
}

/// A part in a slot.
pub(super) struct Playing {
    source: Box<dyn Source>,
    looped: bool,
    origin: u64,
    /// Frames of silence before the source begins.
    wait: u64,
    ended: bool,
    db: f32,
    target_db: f32,
    /// Change of `db` per block while it glides.
    glide: f32,
    /// Place on the equal-power curve, 0 to 1, and its change per frame.
    fade: f32,
    fade_step: f32,
}

impl Playing {
    /// Puts a part in at frame `now`, fading in over `fade_in` frames.
    pub(super) fn new(part: Part, now: u64, fade_in: u32) -> Result<Self, DecodeError> {
        let db = clamp_db(part.gain_db);
        let mut playing = Self {
            source: part.source,
            looped: part.looped,
            origin: part.origin.unwrap_or(now),
            wait: 0,
            ended: false,
            db,
            target_db: db,
            glide: 0.0,
            fade: if fade_in == 0 { 1.0 } else { 0.0 },
            fade_step: 1.0 / fade_in.max(1) as f32,
        };
        playing.seek(now)?;
        Ok(playing)
    }

    pub(super) fn is_looped(&self) -> bool {
        self.looped
    }

    /// True when nothing more will be heard of it.
    pub(super) fn is_over(&self) -> bool {
        self.ended || (self.fade_step < 0.0 && self.fade <= 0.0)
    }

    /// Its present share on the cross-fade, 0 to 1.
    pub(super) fn share(&self) -> f32 {
        self.fade
    }

    pub(super) fn leave(&mut self, frames: u32) {
        self.fade_step = -1.0 / frames.max(1) as f32;
    }

    pub(super) fn glide_to(&mut self, db: f32, frames: u32) {
        self.target_db = clamp_db(db);
        let blocks = (frames as f32 / BLOCK as f32).max(1.0);
        self.glide = (self.target_db - self.db) / blocks;
    }

    /// Puts the source to where it is at frame `now` of the mix.
    pub(super) fn seek(&mut self, now: u64) -> Result<(), DecodeError> {
        self.ended = false;
        self.wait = 0;
        let frame = if now >= self.origin {
            let since = now - self.origin;
            match self.source.total_frames() {
                Some(total) if self.looped && total > 0 => since % total,
                // A loop whose length nobody knows begins where it is put.
                None if self.looped => 0,
                _ => since,
            }
        } else {
            self.wait = self.origin - now;
            0
        };
        self.source.seek(frame)
    }

    /// Adds its next block to `mix`; `extra` is another gain at the block's beginning and end.
    pub(super) fn add_to(
        &mut self,
        mix: &mut [f32; BLOCK * CHANNELS],
        now: u64,
        extra: (f32, f32),
    ) -> Result<Filled, DecodeError> {
        let mut block = [0.0; BLOCK * CHANNELS];
        let (frames, fault) = match self.fill(&mut block) {
            Ok(frames) => (frames, None),
            Err((frames, error)) => (frames, Some(error)),
        };
        let ended_at = (self.ended).then(|| now + frames as u64);
        let begin = level(self.db) * extra.0;
        self.db = if (self.target_db - self.db).abs() <= self.glide.abs() {
            self.target_db
        } else {
            self.db + self.glide
        };
        if self.db == self.target_db {
            self.glide = 0.0;
        }
        let end = level(self.db) * extra.1;
        let peak = self.weigh(&block, mix, begin, end);
        match fault {
            Some(error) => Err(error),
            None => Ok(Filled { peak, ended_at }),
        }
    }

    fn weigh(
        &mut self,
        block: &[f32; BLOCK * CHANNELS],
        mix: &mut [f32; BLOCK * CHANNELS],
        begin: f32,
        end: f32,
    ) -> f32 {
        let mut peak = 0.0_f32;
        let settled = self.fade >= 1.0 && self.fade_step > 0.0;
        let slope = (end - begin) / BLOCK as f32;
        let frames = block.chunks_exact(CHANNELS);
        for (index, (from, to)) in frames.zip(mix.chunks_exact_mut(CHANNELS)).enumerate() {
            // Without a slope the gain is exact, so that 0 dB leaves the samples themselves.
            let mut gain = begin + slope * index as f32;
            if !settled {
                gain *= equal_power(self.fade);
                self.fade = (self.fade + self.fade_step).clamp(0.0, 1.0);
            }
            for (sample, sum) in from.iter().zip(to) {
                let weighed = sample * gain;
                peak = peak.max(weighed.abs());
                *sum += weighed;
            }
        }
        peak
    }

    /// Reads a block through the seam of a loop; frames that were there, and what stopped it.
    fn fill(&mut self, block: &mut [f32; BLOCK * CHANNELS]) -> Result<usize, (usize, DecodeError)> {
        if self.ended {
            return Ok(0);
        }
        let quiet = self.wait.min(BLOCK as u64);
        self.wait -= quiet;
        let mut filled = quiet as usize;
        let mut empty_rounds = 0;
        while filled < BLOCK {
            let got = self.source.read(&mut block[filled * CHANNELS..]);
            let got = got.map_err(|error| {
                self.ended = true;
                (filled, error)
            })?;
            filled += got;
            if got > 0 {
                empty_rounds = 0;
                continue;
            }
            // A loop without frames would turn for ever.
            if !self.looped || empty_rounds > 0 {
                self.ended = true;
                break;
            }
            empty_rounds += 1;
            self.source.seek(0).map_err(|error| {
                self.ended = true;
                (filled, error)
            })?;
        }
        Ok(filled)
    }
}

fn clamp_db(db: f32) -> f32 {
    if db.is_nan() {
        SILENT_DB
    } else {
        db.clamp(SILENT_DB, MOST_DB)
    }
}

fn level(db: f32) -> f32 {
    if db <= SILENT_DB { 0.0 } else { db_to_gain(db) }
}
