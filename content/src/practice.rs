//! Guided practices and soundscapes, and the beds of sound that may lie under them.
//!
//! Sound stays in the pack; a practice names its files, and whoever plays them reads them on demand.

use crate::id::{BedId, PracticeId};
use crate::text::{Audience, Lang, Text};

/// One practice.
#[derive(Debug, Clone, PartialEq)]
pub struct Practice {
    /// Its id.
    pub id: PracticeId,
    /// Who sees it.
    pub audiences: Vec<Audience>,
    /// What is done.
    pub kind: PracticeKind,
    /// The title.
    pub title: Text,
    /// One line under the title.
    pub summary: Text,
    /// The picture: `lotus`, `stone` or `lake`.
    pub symbol: String,
    /// How long it lasts, in milliseconds. A soundscape: how long it plays unless told otherwise.
    pub duration_ms: u64,
    /// The sound file of the cues within the pack. Breathing: the cue of the pace it begins with, one
    /// breath long, to be looped from the end of the lead-in on. Soundscape: it loops.
    pub sound: String,
    /// Gain applied to `sound` before the limiter, in dB, -60 to 0.
    pub gain_db: f32,
    /// The bed under it and the further gain of that bed, in dB, -60 to 0.
    pub bed: Option<(BedId, f32)>,
    /// A spoken voice, where somebody recorded one.
    pub voice: Voice,
    /// Breathing: the paces there are to choose from, fastest first, that of `kind` among them. Empty
    /// for other kinds.
    pub paces: Vec<Pace>,
    /// Whether a bell at the end is usual for it.
    pub end_bell: bool,
    /// What to do when it does not feel good.
    pub ease: Text,
    /// Captions in order of start, not overlapping. May be empty for a soundscape.
    pub captions: Vec<Caption>,
    /// What is known about it, in one honest line.
    pub evidence: Text,
}

impl Practice {
    /// Where in `paces` the pace of `kind` stands; `None` for what is not breathing.
    pub fn first_pace(&self) -> Option<usize> {
        let PracticeKind::Breathing {
            inhale_ms,
            exhale_ms,
            ..
        } = self.kind
        else {
            return None;
        };
        self.paces
            .iter()
            .position(|pace| (pace.inhale_ms, pace.exhale_ms) == (inhale_ms, exhale_ms))
    }
}

/// One sound file of a pack with the gain measured for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// The file within the pack.
    pub sound: String,
    /// Gain applied before the limiter, in dB, -60 to 0.
    pub gain_db: f32,
}

/// A recorded voice, a language each; a pack may have one, both or none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Voice {
    /// In Chinese.
    pub zh: Option<Track>,
    /// In English.
    pub en: Option<Track>,
}

impl Voice {
    /// The recording in this language. A voice in the other language is not offered instead: the
    /// captions beside it would say the same thing in other words.
    pub fn get(&self, lang: Lang) -> Option<&Track> {
        match lang {
            Lang::ZhCn => self.zh.as_ref(),
            Lang::En => self.en.as_ref(),
        }
    }
}

/// One pace of breathing and its cue.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// Breathing in, in milliseconds, 1,000 to 20,000.
    pub inhale_ms: u64,
    /// Breathing out, in milliseconds, 1,000 to 20,000.
    pub exhale_ms: u64,
    /// The sound file: exactly one breath, beginning with the inhale, that loops without a seam.
    pub sound: String,
    /// Gain applied before the limiter, in dB, -60 to 0.
    pub gain_db: f32,
}

impl Pace {
    /// One whole breath, in milliseconds.
    pub fn breath_ms(&self) -> u64 {
        self.inhale_ms + self.exhale_ms
    }
}

/// A sound to lie under a practice or to be mixed with others. It loops without a seam.
#[derive(Debug, Clone, PartialEq)]
pub struct Bed {
    /// Its id.
    pub id: BedId,
    /// What it is called.
    pub title: Text,
    /// The sound file within the pack.
    pub sound: String,
    /// Gain applied before the limiter, in dB, -60 to 0: brings it to the loudness of all sounds.
    pub gain_db: f32,
    /// The picture: one of the symbols of practices, or `rain`, `wind`, `moon`, `hill`.
    pub symbol: String,
}

/// What is done in a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PracticeKind {
    /// Paced breathing: the lotus opens for `inhale_ms`, closes for `exhale_ms`, over and over,
    /// beginning `lead_in_ms` after the start.
    Breathing {
        /// Before the first inhale.
        lead_in_ms: u64,
        /// Breathing in.
        inhale_ms: u64,
        /// Breathing out.
        exhale_ms: u64,
    },
    /// Guided by captions and bells.
    Guided,
    /// A sound to sit with; its file loops.
    Soundscape,
}

/// One caption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caption {
    /// First shown, from the start of the practice.
    pub start_ms: u64,
    /// Last shown.
    pub end_ms: u64,
    /// The large line.
    pub line: Text,
    /// The smaller line below it.
    pub below: Option<Text>,
}
