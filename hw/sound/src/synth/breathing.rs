//! One breath: the air of an inhale gathers and brightens, the air of an exhale darkens and falls away, so that each is
//! known with the eyes closed. It begins and ends in silence, so that it loops under any clock without a seam.

use std::f64::consts::TAU;

use super::Recipe;
use super::filter::{Steep, Svf};
use super::noise::Noise;
use crate::SAMPLE_RATE;

/// Where the air of an inhale and of an exhale is centred, in Hz: first and last.
const INHALE_HZ: (f64, f64) = (520.0, 1750.0);
const EXHALE_HZ: (f64, f64) = (1150.0, 330.0);

/// A soft tone below the air, in Hz: a fifth up with the inhale, a fifth down with the exhale. What is left to hear
/// in a noisy room, where air alone would drown.
const TONE_HZ: (f64, f64) = (293.66, 440.0);

/// Level of that tone beside the air.
const TONE: f64 = 0.085;

pub(super) fn render(recipe: &Recipe) -> Vec<f32> {
    let frames = recipe.frames();
    let rate = f64::from(SAMPLE_RATE);
    let inhale = recipe.inhale_ms as f64 / 1_000.0;
    let exhale = recipe.exhale_ms as f64 / 1_000.0;
    let mut noise = Noise::new(recipe.seed, 1);
    let mut throat = Svf::new(1000.0, 1.3);
    let mut floor = Svf::new(180.0, 0.707);
    let mut soft = Steep::new(3600.0);
    let mut angle = 0.0_f64;
    let mut sound = Vec::with_capacity(frames);
    for n in 0..frames {
        let seconds = n as f64 / rate;
        let (air_hz, tone_hz, level) = if seconds < inhale {
            let x = seconds / inhale;
            (glide(INHALE_HZ, x), glide(TONE_HZ, x), swell(x) * 0.8)
        } else {
            let x = ((seconds - inhale) / exhale).min(1.0);
            let down = (TONE_HZ.1, TONE_HZ.0);
            (glide(EXHALE_HZ, x), glide(down, x), fall(x))
        };
        throat.tune(air_hz);
        // The filter keeps its bandwidth in octaves, so its output grows with its pitch; this evens it out.
        let even = (1000.0 / air_hz).sqrt();
        let air = soft.step(floor.step(throat.step(noise.white()).band).high) * even;
        angle = (angle + TAU * tone_hz / rate) % TAU;
        let tone = angle.sin() + 0.25 * (2.0 * angle).sin();
        sound.push((level * (air + TONE * tone)) as f32);
    }
    sound
}

/// From the first of `hz` to the second, along a scale of equal ratios.
fn glide(hz: (f64, f64), x: f64) -> f64 {
    hz.0 * (hz.1 / hz.0).powf(x)
}

/// An inhale gathers, is fullest at three quarters, and closes softly.
fn swell(x: f64) -> f64 {
    smooth(x / 0.75) * smooth((1.0 - x) / 0.2)
}

/// An exhale opens within a sixth of its time and lets go for the rest.
fn fall(x: f64) -> f64 {
    smooth(x / 0.16) * (1.0 - x).powf(1.3)
}

/// From 0 to 1 without a corner at either end.
fn smooth(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breath_envelopes_begin_and_end_in_silence() {
        for curve in [swell, fall] {
            assert_eq!(curve(0.0), 0.0);
            assert!(curve(1.0).abs() < 1e-12);
            assert!((0..=100).all(|n| (0.0..=1.0).contains(&curve(f64::from(n) / 100.0))));
        }
        assert!(swell(0.78) > 0.95, "an inhale is fullest late");
        assert!(fall(0.16) > 0.75, "an exhale is fullest early");
    }

    #[test]
    fn a_glide_goes_from_the_first_to_the_second_without_turning() {
        for hz in [INHALE_HZ, EXHALE_HZ, TONE_HZ] {
            assert!((glide(hz, 0.0) - hz.0).abs() < 1e-9);
            assert!((glide(hz, 1.0) - hz.1).abs() < 1e-9);
            assert!((glide(hz, 0.5).powi(2) - hz.0 * hz.1).abs() < 1e-6);
        }
    }
}
