//! Wind in a bamboo grove, and the stems that touch.

use std::f64::consts::TAU;

use super::Recipe;
use super::filter::{Steep, Svf};
use super::noise::Noise;
use super::periodic::{Swell, periodic, place, seconds, share, stereo};
use crate::SAMPLE_RATE;

/// Wind: low in the stems, and in each gust the leaves above, passing from one side to the other.
pub(super) fn render(recipe: &Recipe) -> Vec<f32> {
    let seed = recipe.seed;
    stereo(recipe.frames(), |side, channel| {
        let length = seconds(side);
        let gust = Swell::new(seed, 80, length, length / 13.0);
        let flutter = Swell::new(seed, 81 + channel as u64, length, length * 2.4);
        let mut stems = Svf::new(380.0, 0.9);
        let mut leaves = Svf::new(2000.0, 0.7);
        let mut hollow = Svf::new(170.0, 0.707);
        let mut bright = Svf::new(900.0, 0.707);
        let mut soft = Steep::new(4600.0);
        let lag = channel as f64 * 0.8 / length;
        let noise = Noise::new(seed, 83 + channel as u64);
        periodic(side, noise, |white, position| {
            // Never quite still: a calm that is total sounds like a fault.
            let strength = 0.12 + 0.88 * gust.at(position - lag);
            stems.tune(280.0 + 320.0 * strength);
            leaves.tune(1300.0 + 1000.0 * strength);
            let low = hollow.step(stems.step(white).band).high * (0.09 + 0.22 * strength);
            let rustle = bright.step(leaves.step(white).band).high;
            let shiver = 0.6 + 0.4 * flutter.at(position);
            soft.step(low + rustle * strength.powi(2) * shiver * 0.17)
        });
        knocks(side, seed, channel, 9.0);
    })
}

/// Stem on stem, far off: two hollow modes, once in about `every_s` seconds.
pub(super) fn knocks(side: &mut [f64], seed: u64, channel: usize, every_s: f64) {
    let mut dice = Noise::new(seed, 40);
    let count = (seconds(side) / every_s) as usize;
    for _ in 0..count {
        let at = (dice.unit() * side.len() as f64) as usize;
        let hz = dice.between(330.0, 520.0);
        let level = dice.between(0.06, 0.13) * share(dice.between(0.15, 0.85), channel);
        place(side, at, SAMPLE_RATE as usize / 2, |t| {
            let attack = (t / 0.003).min(1.0);
            let end = ((0.5 - t) / 0.1).clamp(0.0, 1.0);
            let modes = (TAU * hz * t).sin() * (-t / 0.07).exp()
                + 0.4 * (TAU * hz * 2.76 * t).sin() * (-t / 0.03).exp();
            level * attack * end * modes
        });
    }
}
