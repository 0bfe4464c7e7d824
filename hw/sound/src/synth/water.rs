//! Rain, sea and stream. Air closed in under water sings as it closes: most of the sound of falling and running water
//! is such bubbles, and the rest is spray, which is noise.

use std::f64::consts::TAU;

use super::Recipe;
use super::filter::{Steep, Svf};
use super::noise::Noise;
use super::periodic::{Swell, periodic, place, seconds, share, stereo};
use crate::SAMPLE_RATE;

/// Bubbles of one kind.
pub(super) struct Bubbles {
    /// Stream of the noise that places them.
    stream: u64,
    /// How many a second.
    rate: f64,
    /// Hz at the start of each: lowest and highest, spread evenly on a scale of equal ratios.
    hz: (f64, f64),
    /// Seconds for each to fall to 1/e.
    decay_s: (f64, f64),
    /// By how much of its pitch a bubble rises in a second, as it nears the surface.
    rise: f64,
    /// Loudness: the least, and what the rarest of them has on top.
    level: (f64, f64),
}

/// Drops into still water, a few a second.
pub(super) const DROPS: Bubbles = Bubbles {
    stream: 30,
    rate: 2.2,
    hz: (520.0, 1250.0),
    decay_s: (0.018, 0.05),
    rise: 1.6,
    level: (0.02, 0.14),
};

/// The patter of rain on leaves: short, many, quiet.
const PATTER: Bubbles = Bubbles {
    stream: 31,
    rate: 110.0,
    hz: (1200.0, 3600.0),
    decay_s: (0.0014, 0.005),
    rise: 0.0,
    level: (0.012, 0.16),
};

/// Rain into a puddle.
const PUDDLE: Bubbles = Bubbles {
    stream: 32,
    rate: 11.0,
    hz: (420.0, 1300.0),
    decay_s: (0.010, 0.032),
    rise: 2.2,
    level: (0.012, 0.15),
};

/// A brook over stones: the low ones are the pool, the high ones the edge of the water.
const BABBLE: Bubbles = Bubbles {
    stream: 33,
    rate: 55.0,
    hz: (320.0, 1500.0),
    decay_s: (0.010, 0.045),
    rise: 1.9,
    level: (0.01, 0.16),
};

const SPLASH: Bubbles = Bubbles {
    stream: 34,
    rate: 40.0,
    hz: (1300.0, 3200.0),
    decay_s: (0.003, 0.010),
    rise: 1.2,
    level: (0.005, 0.06),
};

/// Adds bubbles, each somewhere between the sides.
pub(super) fn bubbles(side: &mut [f64], seed: u64, channel: usize, kind: &Bubbles) {
    let mut dice = Noise::new(seed, kind.stream);
    let count = (seconds(side) * kind.rate) as usize;
    for _ in 0..count {
        let at = (dice.unit() * side.len() as f64) as usize;
        let hz = kind.hz.0 * (kind.hz.1 / kind.hz.0).powf(dice.unit());
        let decay_s = dice.between(kind.decay_s.0, kind.decay_s.1);
        let level =
            (kind.level.0 + kind.level.1 * dice.unit().powi(3)) * share(dice.unit(), channel);
        let attack_s = (decay_s / 5.0).max(0.000_6);
        let frames = (decay_s * 9.0 * f64::from(SAMPLE_RATE)) as usize;
        place(side, at, frames, |t| {
            let attack = (t / attack_s).min(1.0);
            let ring = (-t / decay_s).exp() - (-9.0_f64).exp();
            let angle = TAU * hz * (t + kind.rise * t * t);
            level * attack * attack * ring.max(0.0) * angle.sin()
        });
    }
}

/// Steady soft rain outside an open window: a veil of far drops, patter on leaves, a puddle near by.
pub(super) fn rain(recipe: &Recipe) -> Vec<f32> {
    let seed = recipe.seed;
    stereo(recipe.frames(), |side, channel| {
        let length = seconds(side);
        let shower = Swell::new(seed, 50, length, length / 14.0);
        let mut veil = Svf::new(760.0, 0.5);
        let mut floor = Svf::new(220.0, 0.707);
        let mut soft = Steep::new(4600.0);
        let noise = Noise::new(seed, 51 + channel as u64);
        periodic(side, noise, |white, position| {
            let air = floor.step(veil.step(white).band).high;
            soft.step(air) * (0.075 + 0.04 * shower.at(position))
        });
        bubbles(side, seed, channel, &PATTER);
        bubbles(side, seed, channel, &PUDDLE);
    })
}

/// A brook over stones.
pub(super) fn stream(recipe: &Recipe) -> Vec<f32> {
    let seed = recipe.seed;
    stereo(recipe.frames(), |side, channel| {
        let length = seconds(side);
        let flow = Swell::new(seed, 60, length, length / 5.0);
        let curl = Swell::new(seed, 61 + channel as u64, length, length * 4.0);
        let mut run = Svf::new(600.0, 0.6);
        let mut floor = Svf::new(180.0, 0.707);
        let mut soft = Steep::new(2600.0);
        let noise = Noise::new(seed, 63 + channel as u64);
        periodic(side, noise, |white, position| {
            run.tune(420.0 + 380.0 * flow.at(position));
            let water = floor.step(run.step(white).band).high;
            soft.step(water) * (0.10 + 0.06 * curl.at(position))
        });
        bubbles(side, seed, channel, &BABBLE);
        bubbles(side, seed, channel, &SPLASH);
    })
}

/// One wave of the sea.
struct Wave {
    /// When its crest breaks, as a position in the loop.
    at: f64,
    /// How much of a wave it is, about 1.
    height: f64,
    /// Seconds in which it gathers, and in which it runs up the sand and back.
    gather_s: f64,
    drain_s: f64,
}

impl Wave {
    /// How much of it is there `position` into the loop, 0 to its height.
    fn level(&self, position: f64, length: f64) -> f64 {
        // Seconds from the crest, the nearer way round, with three quarters of the loop for what comes after.
        let since = ((position - self.at + 0.25).rem_euclid(1.0) - 0.25) * length;
        let shape = if since < 0.0 {
            let x = (1.0 + since / self.gather_s).max(0.0);
            x * x * (3.0 - 2.0 * x)
        } else {
            (-since / self.drain_s).exp()
        };
        self.height * shape
    }
}

/// Waves on a beach, one about every nine seconds: they gather low, break bright, and hiss back over the sand.
pub(super) fn sea(recipe: &Recipe) -> Vec<f32> {
    let seed = recipe.seed;
    stereo(recipe.frames(), |side, channel| {
        let length = seconds(side);
        let mut dice = Noise::new(seed, 70);
        let count = (length / 8.6).round().max(1.0);
        let waves: Vec<Wave> = (0..count as usize)
            .map(|n| Wave {
                at: (n as f64 + 0.5 + dice.between(-0.16, 0.16)) / count,
                height: dice.between(0.65, 1.0),
                gather_s: dice.between(2.8, 3.8),
                drain_s: dice.between(1.7, 2.6),
            })
            .collect();
        let swell = Swell::shaped(length, |position| {
            waves
                .iter()
                .map(|wave| wave.level(position, length))
                .fold(0.0, f64::max)
        });
        let far = Swell::new(seed, 71, length, length / 6.0);
        let mut body = Svf::new(300.0, 0.6);
        let mut foam = Svf::new(1500.0, 0.6);
        let mut floor = Svf::new(150.0, 0.707);
        let mut soft = Steep::new(4200.0);
        // A wave runs along the beach: the right side hears it a little later, and the foam after the body.
        let lag = channel as f64 * 0.35 / length;
        let noise = Noise::new(seed, 72 + channel as u64);
        periodic(side, noise, |white, position| {
            let wave = swell.at(position - lag);
            let wash = swell.at(position - lag - 0.5 / length);
            body.tune(240.0 + 260.0 * wave);
            foam.tune(1000.0 + 1100.0 * wash);
            let low = body.step(white).band * (0.10 + 0.06 * far.at(position) + 0.55 * wave);
            let high = foam.step(white).band * 0.24 * wash * wash;
            soft.step(floor.step(low + high).high)
        });
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_gathers_breaks_once_and_drains_around_the_end_of_the_loop() {
        for at in [0.02, 0.5, 0.98] {
            let wave = Wave {
                at,
                height: 0.8,
                gather_s: 3.0,
                drain_s: 2.0,
            };
            let level = |position: f64| wave.level(position.rem_euclid(1.0), 60.0);
            assert!((level(at) - 0.8).abs() < 1e-9);
            assert!(level(at - 2.0 / 60.0) < level(at - 1.0 / 60.0));
            assert!(level(at + 2.0 / 60.0) > level(at + 4.0 / 60.0));
            assert!(level(at - 3.1 / 60.0) < 1e-9);
            assert!((level(0.0) - level(1.0)).abs() < 1e-12);
        }
    }
}
