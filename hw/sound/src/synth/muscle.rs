//! The bed for muscle relaxation: the chord, a distant wash of air, and a bell wherever the script asks for one.

use super::filter::{Steep, Svf};
use super::noise::Noise;
use super::{Recipe, bell, pad};
use crate::{SAMPLE_RATE, ms_to_frames};

pub(super) fn render(recipe: &Recipe) -> Vec<f32> {
    let frames = recipe.frames();
    let rate = f64::from(SAMPLE_RATE);
    let mut sound = vec![0.0; frames];

    let mut noise = Noise::new(recipe.seed, 2);
    let mut floor = Svf::new(160.0, 0.707);
    let mut soft = Steep::new(900.0);
    for (n, sample) in sound.iter_mut().enumerate() {
        let seconds = n as f64 / rate;
        // Two swells of different length, so that the wash comes and goes like a far shore.
        let wash = 0.55
            + 0.25 * (std::f64::consts::TAU * seconds / 13.0).sin()
            + 0.20 * (std::f64::consts::TAU * seconds / 8.3 + 1.0).sin();
        let air = floor.step(noise.white()).high;
        *sample = soft.step(air) * wash * 0.10;
    }

    pad::add(&mut sound, 0.05);
    for at_ms in &recipe.bells_ms {
        let at = usize::try_from(ms_to_frames(*at_ms)).unwrap_or(usize::MAX);
        if at < frames {
            bell::strike(&mut sound, at, 392.0, 0.075);
        }
    }
    pad::fade(&mut sound, 2.0, 4.0);
    sound.iter().map(|sample| *sample as f32).collect()
}
