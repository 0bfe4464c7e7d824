//! A lake shore beside a bamboo grove: water lapping, small drops, wind through leaves, now and then a hollow
//! knock of stem on stem. Stereo, and periodic: the frame after the last is the first.
//!
//! The loop has no cross-fade, because nothing in it is cut: noise repeats with the period of the loop, filters
//! are run in before frame 0 until they are where the loop's end leaves them, swells have whole cycles in the
//! period, and a drop that begins near the end rings on at the start.

use std::f64::consts::TAU;

use super::Recipe;
use super::filter::{Steep, Svf};
use super::noise::Noise;
use crate::{CHANNELS, SAMPLE_RATE};

/// Frames by which filters are run in; all of them forget far faster.
const RUN_IN: usize = SAMPLE_RATE as usize * 2;

pub(super) fn render(recipe: &Recipe) -> Vec<f32> {
    let frames = recipe.frames();
    let mut out = vec![0.0; frames * CHANNELS];
    for channel in 0..CHANNELS {
        let mut side = vec![0.0; frames];
        water(&mut side, recipe.seed, channel);
        wind(&mut side, recipe.seed, channel);
        drops(&mut side, recipe.seed, channel);
        knocks(&mut side, recipe.seed, channel);
        for (frame, sample) in side.iter().enumerate() {
            out[frame * CHANNELS + channel] = *sample as f32;
        }
    }
    out
}

/// Runs `voice(noise, position in the loop 0..1)` over one period, warmed up with the end of the period before.
fn periodic(side: &mut [f64], mut noise: Noise, mut voice: impl FnMut(f64, f64) -> f64) {
    let frames = side.len();
    let white: Vec<f32> = (0..frames).map(|_| noise.white() as f32).collect();
    let at = |n: usize| (f64::from(white[n]), n as f64 / frames as f64);
    for n in frames.saturating_sub(RUN_IN)..frames {
        let (white, position) = at(n);
        voice(white, position);
    }
    for (n, sample) in side.iter_mut().enumerate() {
        let (white, position) = at(n);
        *sample += voice(white, position);
    }
}

/// A slow random swell between 0 and 1: a few sines with whole cycles in the loop, a thousand points a second.
struct Swell(Vec<f64>);

impl Swell {
    /// About `per_loop` rises in a loop of `length` seconds.
    fn new(seed: u64, stream: u64, length: f64, per_loop: f64) -> Self {
        let mut dice = Noise::new(seed, stream);
        let parts = [0.61, 0.87, 1.13, 1.42, 1.9]
            .map(|part: f64| ((part * per_loop).round().max(1.0), dice.between(0.0, TAU)));
        let points = (length * 1000.0) as usize;
        let at = |position: f64| {
            let sum: f64 = parts
                .iter()
                .map(|(cycles, phase)| (TAU * cycles * position + phase).sin())
                .sum();
            0.5 + 0.5 * (sum / 2.2).clamp(-1.0, 1.0)
        };
        Self((0..points).map(|n| at(n as f64 / points as f64)).collect())
    }

    /// The swell at a position of the loop, straight between its points; positions before 0 belong to the round before.
    fn at(&self, position: f64) -> f64 {
        let place = position.rem_euclid(1.0) * self.0.len() as f64;
        let index = place as usize;
        let from = self.0[index % self.0.len()];
        let to = self.0[(index + 1) % self.0.len()];
        from + (to - from) * (place - index as f64)
    }
}

/// Seconds of the loop, to give events a rate rather than a number.
fn seconds(side: &[f64]) -> f64 {
    side.len() as f64 / f64::from(SAMPLE_RATE)
}

/// Small waves that reach the stones one after another: soft, low, never regular, gurgling as they arrive.
fn water(side: &mut [f64], seed: u64, channel: usize) {
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

/// Adds a sound of `length` frames that starts at `at`, around the end of the loop if need be.
fn place(side: &mut [f64], at: usize, length: usize, mut sample: impl FnMut(f64) -> f64) {
    let frames = side.len();
    for n in 0..length {
        side[(at + n) % frames] += sample(n as f64 / f64::from(SAMPLE_RATE));
    }
}

/// Drops: air bubbles closing under water, each a short tone that rises as it dies.
fn drops(side: &mut [f64], seed: u64, channel: usize) {
    let mut dice = Noise::new(seed, 30);
    let count = (seconds(side) * 2.2) as usize;
    for _ in 0..count {
        let at = (dice.unit() * side.len() as f64) as usize;
        let hz = dice.between(520.0, 1250.0);
        let decay_s = dice.between(0.018, 0.05);
        let level = 0.14 * dice.unit().powi(2) + 0.02;
        let pan = dice.unit();
        let share = if channel == 0 { 1.0 - pan } else { pan }.sqrt();
        let frames = (decay_s * 9.0 * f64::from(SAMPLE_RATE)) as usize;
        place(side, at, frames.min(side.len()), |t| {
            let attack = (t / 0.004).min(1.0);
            let ring = (-t / decay_s).exp() - (-9.0_f64).exp();
            let angle = TAU * hz * (t + 1.6 * t * t);
            level * share * attack * ring.max(0.0) * angle.sin()
        });
    }
}

/// Bamboo on bamboo, far off: two or three hollow modes, a few times a minute.
fn knocks(side: &mut [f64], seed: u64, channel: usize) {
    let mut dice = Noise::new(seed, 40);
    let count = (seconds(side) / 11.0) as usize;
    for _ in 0..count {
        let at = (dice.unit() * side.len() as f64) as usize;
        let hz = dice.between(330.0, 520.0);
        let level = dice.between(0.06, 0.13);
        let pan = dice.between(0.15, 0.85);
        let share = if channel == 0 { 1.0 - pan } else { pan }.sqrt();
        let frames = SAMPLE_RATE as usize / 2;
        place(side, at, frames.min(side.len()), |t| {
            let attack = (t / 0.003).min(1.0);
            let end = ((0.5 - t) / 0.1).clamp(0.0, 1.0);
            let modes = (TAU * hz * t).sin() * (-t / 0.07).exp()
                + 0.4 * (TAU * hz * 2.76 * t).sin() * (-t / 0.03).exp();
            level * share * attack * end * modes
        });
    }
}
