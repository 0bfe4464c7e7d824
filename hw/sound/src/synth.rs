//! Our own sounds, made of filtered noise and partials: nobody holds a licence on them.
//!
//! The same recipe gives the same samples, bit for bit, on the same build. Deliberately no voice,
//! no melody, no binaural beats, and nothing below 80 Hz, which a booth's small speaker only rattles with.

use crate::{SAMPLE_RATE, Stereo, loudness, measure};

mod bell;
mod breathing;
mod calibration;
mod filter;
mod lake;
mod muscle;
mod noise;
mod pad;

pub use calibration::{calibration_noise, tone};

/// Integrated loudness every recipe is brought to, in LUFS.
pub const TARGET_LUFS: f64 = -26.0;

/// True peak that no recipe exceeds, in dBTP.
pub const PEAK_DBTP: f32 = -3.0;

/// Names of the recipes, as a pack's source writes them.
pub const RECIPE_IDS: [&str; 3] = ["breathing", "muscle", "lake"];

/// Longest sound a recipe may ask for, in seconds (a pack file of an hour would be hundreds of megabytes).
pub const MAX_DURATION_S: u32 = 30 * 60;

/// Why a sound cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// No recipe has this name.
    #[error("rendering a sound: there is no recipe '{id}'; recipes are breathing, muscle and lake")]
    UnknownRecipe {
        /// The name asked for.
        id: String,
    },
    /// A figure of the recipe is out of range.
    #[error("rendering '{id}': {field} is {value}, but must be {range}")]
    OutOfRange {
        /// The recipe.
        id: String,
        /// The figure's name in [`Recipe`].
        field: &'static str,
        /// What was given.
        value: String,
        /// What would do.
        range: &'static str,
    },
    /// The finished sound could not be measured, so its loudness is not known.
    #[error("rendering a sound")]
    Loudness(#[from] loudness::LoudnessError),
}

/// What to render. Figures that a recipe has no use for are ignored.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// `breathing`, `muscle` or `lake`.
    pub id: String,
    /// Length in seconds, 10 to [`MAX_DURATION_S`]. `lake` loops: its end runs into its beginning.
    pub duration_s: u32,
    /// Another seed gives another noise of the same character.
    pub seed: u64,
    /// `breathing`: seconds to settle before the first breath, 0 to 60.
    pub lead_in_s: f32,
    /// `breathing`: seconds of one inhale, 2 to 10. Breath number k begins k × (inhale + exhale) after the lead-in.
    pub inhale_s: f32,
    /// `breathing`: seconds of one exhale, 2 to 15.
    pub exhale_s: f32,
    /// `muscle`: when a bell rings, in milliseconds from the start; those past the end are not heard.
    pub bells_ms: Vec<u64>,
}

impl Recipe {
    /// The recipe as it is usually wanted: 180 s of 4-6 breathing, 240 s for muscle relaxation with a bell
    /// at both ends, a 60 s lake.
    ///
    /// # Errors
    /// [`SynthError::UnknownRecipe`].
    pub fn new(id: &str) -> Result<Self, SynthError> {
        let (duration_s, bells_ms) = match id {
            "breathing" => (180, vec![]),
            "muscle" => (240, vec![1_000, 232_000]),
            "lake" => (60, vec![]),
            _ => return Err(SynthError::UnknownRecipe { id: id.to_owned() }),
        };
        Ok(Self {
            id: id.to_owned(),
            duration_s,
            seed: 1,
            lead_in_s: 0.0,
            inhale_s: 4.0,
            exhale_s: 6.0,
            bells_ms,
        })
    }

    /// True where the last frame runs into the first without a seam.
    #[must_use]
    pub fn loops(&self) -> bool {
        self.id == "lake"
    }

    fn frames(&self) -> usize {
        self.duration_s as usize * SAMPLE_RATE as usize
    }

    fn check(&self) -> Result<(), SynthError> {
        let refuse = |field, value: String, range| {
            Err(SynthError::OutOfRange {
                id: self.id.clone(),
                field,
                value,
                range,
            })
        };
        if !RECIPE_IDS.contains(&self.id.as_str()) {
            return Err(SynthError::UnknownRecipe {
                id: self.id.clone(),
            });
        }
        if !(10..=MAX_DURATION_S).contains(&self.duration_s) {
            return refuse("duration_s", self.duration_s.to_string(), "10 to 1800");
        }
        if !(0.0..=60.0).contains(&self.lead_in_s) {
            return refuse("lead_in_s", self.lead_in_s.to_string(), "0 to 60");
        }
        if !(2.0..=10.0).contains(&self.inhale_s) {
            return refuse("inhale_s", self.inhale_s.to_string(), "2 to 10");
        }
        if !(2.0..=15.0).contains(&self.exhale_s) {
            return refuse("exhale_s", self.exhale_s.to_string(), "2 to 15");
        }
        if self.bells_ms.len() > 500 {
            return refuse(
                "bells_ms",
                self.bells_ms.len().to_string(),
                "500 bells at most",
            );
        }
        Ok(())
    }
}

/// Renders a recipe at [`TARGET_LUFS`], with no true peak above [`PEAK_DBTP`].
///
/// # Errors
/// [`SynthError::UnknownRecipe`] and [`SynthError::OutOfRange`] for a recipe that cannot be followed.
pub fn render(recipe: &Recipe) -> Result<Stereo, SynthError> {
    recipe.check()?;
    let mut sound = match recipe.id.as_str() {
        "breathing" => Stereo::from_mono(&breathing::render(recipe)),
        "muscle" => Stereo::from_mono(&muscle::render(recipe)),
        _ => Stereo::from_interleaved(lake::render(recipe)),
    };
    // Gain alone, no limiter: a limiter's memory would break the seam of a loop.
    let found = measure(&sound)?;
    if let Some(lufs) = found.integrated_lufs {
        let gain_db = (TARGET_LUFS - lufs).min(f64::from(PEAK_DBTP) - found.true_peak_dbtp);
        sound.scale(crate::db_to_gain(gain_db as f32));
    }
    Ok(sound)
}
