//! A lake shore beside a bamboo grove: water lapping, small drops, wind through leaves, now and then a hollow
//! knock of stem on stem.

use super::filter::{Steep, Svf};
use super::noise::Noise;
use super::periodic::{Swell, periodic, seconds, stereo};
use super::water::bubbles;
use super::{Recipe, bamboo, water};

pub(super) fn render(recipe: &Recipe) -> Vec<f32> {
    stereo(recipe.frames(), |side, channel| {
        lapping(side, recipe.seed, channel);
        wind(side, recipe.seed, channel);
        bubbles(side, recipe.seed, channel, &water::DROPS);
        bamboo::knocks(side, recipe.seed, channel, 11.0);
    })
}

/// Small waves that reach the stones one after another: soft, low, never regular, gurgling as they arrive.
fn lapping(side: &mut [f64], seed: u64, channel: usize) {
    let length = seconds(side);
    let lap = Swell::new(seed, 10, length, length / 3.6);
    let hush = Swell::new(seed, 11, length, length / 11.0);
    // Each side gurgles in its own way.
    let gurgle = Swell::new(seed, 14 + channel as u64, length, length * 6.5);
    let mut body = Svf::new(380.0, 0.8);
    let mut floor = Svf::new(140.0, 0.707);
    let mut soft = Steep::new(1300.0);
    // The far side hears each wave a little later.
    let lag = channel as f64 * 0.22 / length;
    periodic(
        side,
        Noise::new(seed, 12 + channel as u64),
        |white, position| {
            let wave = lap.at(position - lag).powi(2);
            let rest = 0.20 + 0.10 * hush.at(position);
            body.tune(260.0 + 300.0 * wave);
            let low = floor.step(body.step(white).band).high;
            let texture = 0.55 + 0.45 * gurgle.at(position);
            soft.step(low) * (rest + wave * texture) * 0.9
        },
    );
}

/// Wind in the grove: a breath of leaves above, gusts that pass from one side to the other.
fn wind(side: &mut [f64], seed: u64, channel: usize) {
    let length = seconds(side);
    let gust = Swell::new(seed, 20, length, length / 9.0);
    let flutter = Swell::new(seed, 21, length, length / 0.7);
    let mut leaves = Svf::new(1900.0, 0.6);
    let mut floor = Svf::new(700.0, 0.707);
    let mut soft = Steep::new(4200.0);
    let lag = channel as f64 * 0.9 / length;
    periodic(
        side,
        Noise::new(seed, 22 + channel as u64),
        |white, position| {
            let strength = gust.at(position - lag).powi(2);
            leaves.tune(1300.0 + 900.0 * strength);
            let rustle = floor.step(leaves.step(white).band).high;
            let level = strength * (0.75 + 0.25 * flutter.at(position));
            soft.step(rustle) * level * 0.16
        },
    );
}
