//! Our own sounds, made of filtered noise and partials: nobody holds a licence on them.
//!
//! The same recipe gives the same samples, bit for bit, on the same build. Deliberately no voice,
//! no melody, no binaural beats, and nothing below 80 Hz, which a booth's small speaker only rattles with.

use crate::{Stereo, loudness, measure, ms_to_frames};

mod bamboo;
mod bell;
mod breathing;
mod brown;
mod calibration;
mod filter;
mod lake;
mod noise;
mod periodic;
mod water;

pub use bell::{bell, bowl};
pub use calibration::{calibration_noise, tone};

/// Integrated loudness every recipe is brought to, in LUFS.
pub const TARGET_LUFS: f64 = -26.0;

/// True peak that no recipe exceeds, in dBTP.
pub const PEAK_DBTP: f32 = -3.0;

/// Names of the recipes, as a pack's source writes them.
pub const RECIPE_IDS: [&str; 8] = [
    "breathing",
    "bells",
    "lake",
    "rain",
    "sea",
    "bamboo",
    "stream",
    "brown",
];

/// Recipes whose last frame runs into their first.
const LOOPS: [&str; 7] = [
    "breathing",
    "lake",
    "rain",
    "sea",
    "bamboo",
    "stream",
    "brown",
];

/// Longest sound a recipe may ask for, in milliseconds (a pack file of an hour would be hundreds of megabytes).
pub const MAX_LENGTH_MS: u64 = 30 * 60 * 1_000;

/// Why a sound cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// No recipe has this name.
    #[error("rendering a sound: there is no recipe '{id}'; recipes are {}", RECIPE_IDS.join(", "))]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// One of [`RECIPE_IDS`].
    pub id: String,
    /// Length in milliseconds, 10,000 to [`MAX_LENGTH_MS`]; `breathing` is as long as its one breath instead.
    pub length_ms: u64,
    /// Another seed gives another noise of the same character.
    pub seed: u64,
    /// `breathing`: milliseconds of the inhale it begins with, 1,000 to 20,000.
    pub inhale_ms: u64,
    /// `breathing`: milliseconds of the exhale after it, 1,000 to 20,000.
    pub exhale_ms: u64,
    /// `bells`: when a bowl sounds, in milliseconds from the start; those past the end are not heard.
    pub bells_ms: Vec<u64>,
}

impl Recipe {
    /// The recipe as it is usually wanted: one breath of 4 and 6 s, two minutes with a bowl at both ends, a minute
    /// of whatever loops.
    ///
    /// # Errors
    /// [`SynthError::UnknownRecipe`].
    pub fn new(id: &str) -> Result<Self, SynthError> {
        if !RECIPE_IDS.contains(&id) {
            return Err(SynthError::UnknownRecipe { id: id.to_owned() });
        }
        let bells = id == "bells";
        Ok(Self {
            id: id.to_owned(),
            length_ms: if bells { 120_000 } else { 60_000 },
            seed: 1,
            inhale_ms: 4_000,
            exhale_ms: 6_000,
            bells_ms: if bells { vec![1_000, 112_000] } else { vec![] },
        })
    }

    /// True where the last frame runs into the first without a seam.
    #[must_use]
    pub fn loops(&self) -> bool {
        LOOPS.contains(&self.id.as_str())
    }

    /// How long it will be, in milliseconds.
    #[must_use]
    pub fn lasts_ms(&self) -> u64 {
        if self.id == "breathing" {
            self.inhale_ms.saturating_add(self.exhale_ms)
        } else {
            self.length_ms
        }
    }

    fn frames(&self) -> usize {
        usize::try_from(ms_to_frames(self.lasts_ms())).unwrap_or(usize::MAX)
    }

    fn check(&self) -> Result<(), SynthError> {
        let refuse = |field, value: u64, range| {
            Err(SynthError::OutOfRange {
                id: self.id.clone(),
                field,
                value: value.to_string(),
                range,
            })
        };
        if !RECIPE_IDS.contains(&self.id.as_str()) {
            return Err(SynthError::UnknownRecipe {
                id: self.id.clone(),
            });
        }
        if !(10_000..=MAX_LENGTH_MS).contains(&self.length_ms) {
            return refuse("length_ms", self.length_ms, "10000 to 1800000");
        }
        for (field, ms) in [("inhale_ms", self.inhale_ms), ("exhale_ms", self.exhale_ms)] {
            if !(1_000..=20_000).contains(&ms) {
                return refuse(field, ms, "1000 to 20000");
            }
        }
        if self.bells_ms.len() > 500 {
            return refuse("bells_ms", self.bells_ms.len() as u64, "500 bells at most");
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
    let sound = match recipe.id.as_str() {
        "breathing" => Stereo::from_mono(&breathing::render(recipe)),
        "bells" => Stereo::from_mono(&bell::at(recipe)?),
        "rain" => Stereo::from_interleaved(water::rain(recipe)),
        "sea" => Stereo::from_interleaved(water::sea(recipe)),
        "stream" => Stereo::from_interleaved(water::stream(recipe)),
        "bamboo" => Stereo::from_interleaved(bamboo::render(recipe)),
        "brown" => Stereo::from_interleaved(brown::render(recipe)),
        _ => Stereo::from_interleaved(lake::render(recipe)),
    };
    levelled(sound, 1)
}

/// Brings a sound to the common loudness by gain alone: a limiter's memory would break the seam of a loop.
///
/// One look is enough for what goes on evenly. What dies away falls below the gate of the measurement at another moment
/// once it is scaled, and needs a second and third.
fn levelled(mut sound: Stereo, looks: usize) -> Result<Stereo, SynthError> {
    for _ in 0..looks {
        let found = measure(&sound)?;
        let Some(lufs) = found.integrated_lufs else {
            break;
        };
        let gain_db = (TARGET_LUFS - lufs).min(f64::from(PEAK_DBTP) - found.true_peak_dbtp);
        sound.scale(crate::db_to_gain(gain_db as f32));
    }
    Ok(sound)
}
