//! Guided practices and soundscapes.
//!
//! Sound stays in the pack; a practice names its file, and the library reads it on demand.

use crate::id::PracticeId;
use crate::text::{Audience, Text};

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
    /// The sound file within the pack, 48 kHz.
    pub sound: String,
    /// Gain applied before the limiter, in dB, -60 to 0.
    pub gain_db: f32,
    /// Captions in order of start, not overlapping. May be empty for a soundscape.
    pub captions: Vec<Caption>,
    /// What is known about it, in one honest line.
    pub evidence: Text,
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
