//! What every loop is made with: noise, swells and events that repeat with the period of the loop, so that the frame
//! after the last is the first.
//!
//! There is no cross-fade, because nothing is cut: noise repeats with the period of the loop, filters are run in
//! before frame 0 until they are where the loop's end leaves them, swells have whole cycles in the period, and what
//! begins near the end rings on at the start.

use std::f64::consts::TAU;

use super::noise::Noise;
use crate::{CHANNELS, SAMPLE_RATE};

/// Frames by which filters are run in; all of them forget far faster.
const RUN_IN: usize = SAMPLE_RATE as usize * 2;

/// Both sides of a loop, interleaved; `paint(side, channel)` adds to one of them.
pub(super) fn stereo(frames: usize, mut paint: impl FnMut(&mut [f64], usize)) -> Vec<f32> {
    let mut out = vec![0.0; frames * CHANNELS];
    for channel in 0..CHANNELS {
        let mut side = vec![0.0; frames];
        paint(&mut side, channel);
        for (frame, sample) in side.iter().enumerate() {
            out[frame * CHANNELS + channel] = *sample as f32;
        }
    }
    out
}

/// Adds `voice(noise, position in the loop 0..1)` over one period, warmed up with the end of the period before.
pub(super) fn periodic(side: &mut [f64], mut noise: Noise, mut voice: impl FnMut(f64, f64) -> f64) {
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
pub(super) struct Swell(Vec<f64>);

impl Swell {
    /// About `per_loop` rises in a loop of `length` seconds.
    pub(super) fn new(seed: u64, stream: u64, length: f64, per_loop: f64) -> Self {
        let mut dice = Noise::new(seed, stream);
        let parts = [0.61, 0.87, 1.13, 1.42, 1.9]
            .map(|part: f64| ((part * per_loop).round().max(1.0), dice.between(0.0, TAU)));
        Self::shaped(length, |position| {
            let sum: f64 = parts
                .iter()
                .map(|(cycles, phase)| (TAU * cycles * position + phase).sin())
                .sum();
            0.5 + 0.5 * (sum / 2.2).clamp(-1.0, 1.0)
        })
    }

    /// A swell of a given shape, a function of the position in the loop that is at 1 where it was at 0.
    pub(super) fn shaped(length: f64, shape: impl Fn(f64) -> f64) -> Self {
        let points = (length * 1000.0) as usize;
        Self(
            (0..points)
                .map(|n| shape(n as f64 / points as f64))
                .collect(),
        )
    }

    /// The swell at a position of the loop, straight between its points; positions before 0 belong to the round before.
    pub(super) fn at(&self, position: f64) -> f64 {
        let place = position.rem_euclid(1.0) * self.0.len() as f64;
        let index = place as usize;
        let from = self.0[index % self.0.len()];
        let to = self.0[(index + 1) % self.0.len()];
        from + (to - from) * (place - index as f64)
    }
}

/// Seconds of the loop, to give events a rate rather than a number.
pub(super) fn seconds(side: &[f64]) -> f64 {
    side.len() as f64 / f64::from(SAMPLE_RATE)
}

/// Adds a sound of `length` frames that starts at `at`, around the end of the loop if need be.
pub(super) fn place(
    side: &mut [f64],
    at: usize,
    length: usize,
    mut sample: impl FnMut(f64) -> f64,
) {
    let frames = side.len();
    for n in 0..length.min(frames) {
        side[(at + n) % frames] += sample(n as f64 / f64::from(SAMPLE_RATE));
    }
}

/// The share of a sound that `channel` carries when it stands at `pan`: 0 left, 1 right, equal power between.
pub(super) fn share(pan: f64, channel: usize) -> f64 {
    if channel == 0 { 1.0 - pan } else { pan }.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swell_ends_where_it_begins_and_stays_within_its_bounds() {
        for per_loop in [1.0, 7.3, 400.0] {
            let swell = Swell::new(3, 5, 20.0, per_loop);
            assert!((swell.at(0.0) - swell.at(1.0)).abs() < 1e-12);
            assert!((swell.at(-0.25) - swell.at(0.75)).abs() < 1e-12);
            for n in 0..1_000 {
                let level = swell.at(f64::from(n) / 1_000.0);
                assert!((0.0..=1.0).contains(&level), "{level}");
            }
        }
    }

    #[test]
    fn what_begins_near_the_end_rings_on_at_the_start() {
        let mut side = vec![0.0; 10];
        place(&mut side, 8, 4, |_| 1.0);
        assert_eq!(side, [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
        place(&mut side, 0, 99, |_| 1.0);
        assert_eq!(side.iter().sum::<f64>(), 14.0, "no sound meets itself");
    }

    #[test]
    fn a_filter_is_at_frame_0_where_the_end_of_the_loop_leaves_it() {
        // A leaky sum of the noise: over one period, run in, it must come back to itself.
        let frames = SAMPLE_RATE as usize * 3;
        let run = |rounds: usize| {
            let mut sum = 0.0;
            let mut out = vec![0.0; frames];
            for _ in 0..rounds {
                out.fill(0.0);
                periodic(&mut out, Noise::new(1, 1), |white, _| {
                    sum = 0.999 * sum + white;
                    sum
                });
            }
            out
        };
        let (once, twice) = (run(1), run(2));
        for (a, b) in once.iter().zip(&twice) {
            assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
    }
}
