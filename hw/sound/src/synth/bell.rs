//! Struck metal, softly: a bowl with few low partials that ring long, and a brighter, shorter bell for an end.

use std::f64::consts::TAU;

use super::{Recipe, SynthError, levelled};
use crate::{SAMPLE_RATE, Stereo, ms_to_frames};

/// Something struck: its lowest partial, what stands over it, and how long it rings.
struct Metal {
    /// Hz of the lowest partial.
    hz: f64,
    /// Ratio to the lowest, loudness, seconds to fall by 60 dB.
    partials: &'static [(f64, f64, f64)],
    /// Seconds of attack: a felt mallet, never a click.
    attack_s: f64,
    /// Seconds from the stroke until nothing is left to hear.
    ring_s: f64,
}

/// A small rim bowl. The ratios follow the flexural modes of a thin shell, n(n²−1)/√(n²+1) over the lowest of them.
const BOWL: Metal = Metal {
    hz: 392.0,
    partials: &[
        (1.0, 1.0, 7.0),
        (2.828, 0.42, 4.5),
        (5.424, 0.16, 2.6),
        (8.771, 0.05, 1.4),
        (12.87, 0.015, 0.8),
    ],
    attack_s: 0.012,
    ring_s: 7.0,
};

/// A small hand bell: hum, prime, minor third, fifth and nominal of a tuned bell, the hum an octave below the prime.
const BELL: Metal = Metal {
    hz: 659.25,
    partials: &[
        (0.5, 0.35, 5.0),
        (1.0, 1.0, 4.5),
        (1.2, 0.30, 3.2),
        (1.5, 0.22, 2.6),
        (2.0, 0.45, 2.4),
        (3.0, 0.10, 1.2),
        (4.0, 0.05, 0.8),
    ],
    attack_s: 0.006,
    ring_s: 5.0,
};

/// One stroke of the bowl, 7 s, as loud as every sound of a pack: the cue between two parts of a practice.
///
/// # Errors
/// [`SynthError::Loudness`] if it could not be measured.
pub fn bowl() -> Result<Stereo, SynthError> {
    once(&BOWL)
}

/// One stroke of the bell, 5 s, as loud as every sound of a pack: the end of a practice.
///
/// # Errors
/// [`SynthError::Loudness`] if it could not be measured.
pub fn bell() -> Result<Stereo, SynthError> {
    once(&BELL)
}

fn once(metal: &Metal) -> Result<Stereo, SynthError> {
    let stroke: Vec<f32> = stroke(metal).iter().map(|sample| *sample as f32).collect();
    levelled(Stereo::from_mono(&stroke), 3)
}

/// The bowl at each of the recipe's moments, and silence between.
pub(super) fn at(recipe: &Recipe) -> Result<Vec<f32>, SynthError> {
    let stroke: Vec<f32> = bowl()?.left().collect();
    let mut sound = vec![0.0; recipe.frames()];
    for at_ms in &recipe.bells_ms {
        let at = usize::try_from(ms_to_frames(*at_ms)).unwrap_or(usize::MAX);
        for (sample, struck) in sound.iter_mut().skip(at).zip(&stroke) {
            *sample += struck;
        }
    }
    // A stroke near the end is let go of rather than cut.
    let fade = (SAMPLE_RATE as usize).min(sound.len());
    for (left, sample) in sound.iter_mut().rev().take(fade).enumerate() {
        *sample *= left as f32 / fade as f32;
    }
    Ok(sound)
}

/// One stroke, from the touch of the mallet until nothing is left to hear.
fn stroke(metal: &Metal) -> Vec<f64> {
    let rate = f64::from(SAMPLE_RATE);
    let mut sound = vec![0.0; (metal.ring_s * rate) as usize];
    for (ratio, loudness, decay_s) in metal.partials {
        // Two close modes for each partial, as in metal that is never quite round: a slow, gentle beat.
        for detune in [-0.25, 0.25] {
            let step = TAU * (metal.hz * ratio + detune) / rate;
            let fall = (-6.908 / (decay_s * rate)).exp();
            let mut envelope = 0.1 * loudness;
            for (n, sample) in sound.iter_mut().enumerate() {
                let seconds = n as f64 / rate;
                let attack = (seconds / metal.attack_s).min(1.0);
                // A last half second brings the rest to nothing.
                let tail = ((metal.ring_s - seconds) / 0.5).min(1.0);
                *sample += envelope * attack * attack * tail * (step * n as f64).sin();
                envelope *= fall;
            }
        }
    }
    sound
}
