//! Brown noise: falls 6 dB an octave, like a waterfall far away or the inside of a train at night. Nothing in it moves.

use super::Recipe;
use super::filter::{Steep, Svf};
use super::noise::Noise;
use super::periodic::{periodic, stereo};

pub(super) fn render(recipe: &Recipe) -> Vec<f32> {
    stereo(recipe.frames(), |side, channel| {
        // A first-order low pass far below what is heard is a sum that forgets: 6 dB an octave above its corner.
        let mut sum = 0.0;
        // Below 170 Hz a small speaker only moves and does not sound: 24 dB an octave off.
        let mut floor = [Svf::new(170.0, 0.541), Svf::new(170.0, 1.307)];
        let mut soft = Steep::new(3800.0);
        let noise = Noise::new(recipe.seed, 100 + channel as u64);
        periodic(side, noise, |white, _| {
            sum = 0.995 * sum + 0.05 * white;
            let high = floor.iter_mut().fold(sum, |x, filter| filter.step(x).high);
            soft.step(high)
        });
    })
}
