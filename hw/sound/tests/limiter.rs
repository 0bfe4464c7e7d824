//! The ceiling holds whatever comes, and what is quiet passes untouched.

use proptest::prelude::*;
use xinting_sound::limiter::LOOK_AHEAD;
use xinting_sound::{Limiter, Stereo, true_peak_dbtp};

fn limited(mut samples: Vec<f32>, ceiling: f32) -> Vec<f32> {
    Limiter::new(ceiling).process_all(&mut samples);
    samples
}

/// Sines, bursts and edges at `level`, of the kinds that overshoot between samples.
fn torture(kind: usize, level: f32) -> Vec<f32> {
    (0..48_000)
        .flat_map(|n| {
            let t = n as f32;
            let sample = match kind {
                // A quarter of the sampling rate at 45 degrees: samples miss the peak by 3 dB.
                0 => (std::f32::consts::FRAC_PI_2 * t + std::f32::consts::FRAC_PI_4).sin(),
                1 => (t * 0.13).sin().signum(),
                2 => (t * 0.02).sin() * f32::from(u8::from((n / 4800) % 2 == 0)),
                3 => f32::from(u8::from(n % 6000 == 0)),
                4 => ((t * 1.9).sin() + (t * 0.31).sin() + (t * 0.047).cos()) / 2.0,
                _ => ((n * 7919 % 65_537) as f32 / 32_768.0 - 1.0) * (t / 48_000.0),
            };
            [sample * level, -sample * level * 0.7]
        })
        .collect()
}

#[test]
fn the_true_peak_stays_under_the_ceiling() {
    for kind in 0..6 {
        for level in [0.5, 1.0, 2.0, 8.0] {
            let out = Stereo::from_interleaved(limited(torture(kind, level), -1.0));
            let peak = true_peak_dbtp(&out).unwrap();
            assert!(peak <= -1.0, "kind {kind} at {level}: {peak} dBTP");
        }
    }
}

#[test]
fn loud_sounds_are_turned_down_and_not_chopped() {
    // A steady sine, 6 dB too loud: after the gain has settled it is a sine again, under the ceiling.
    let loud: Vec<f32> = (0..96_000)
        .flat_map(|n| [(n as f32 * 0.05).sin() * 2.0; 2])
        .collect();
    let out = limited(loud.clone(), -1.0);
    let settled = 2 * 48_000..2 * 90_000;
    let gain = out[settled.start + 31 * 2] / loud[settled.start + 31 * 2];
    for (a, b) in out[settled.clone()].iter().zip(&loud[settled]) {
        assert!((a - b * gain).abs() < 0.02, "{a} against {}", b * gain);
    }
}

#[test]
fn what_is_under_the_ceiling_passes_bit_for_bit_and_in_time() {
    let quiet = torture(4, 0.4);
    let mut streamed = quiet.clone();
    let mut limiter = Limiter::new(-1.0);
    for piece in streamed.chunks_mut(2 * 333) {
        limiter.process(piece);
    }
    let delay = LOOK_AHEAD * 2;
    assert!(streamed[..delay].iter().all(|sample| *sample == 0.0));
    assert_eq!(streamed[delay..], quiet[..quiet.len() - delay]);
    assert_eq!(limited(quiet.clone(), -1.0), quiet);
}

#[test]
fn it_recovers_to_transparency_after_a_peak() {
    let mut samples = vec![0.1_f32; 2 * 48_000 * 4];
    for sample in &mut samples[9600..9800] {
        *sample = 4.0;
    }
    let out = limited(samples, -1.0);
    assert_eq!(*out.last().unwrap(), 0.1);
}

proptest! {
    #[test]
    fn no_sample_leaves_the_ceiling(samples in prop::collection::vec(-8.0_f32..8.0, 0..4000), ceiling in -20.0_f32..0.0) {
        let out = limited(samples.clone(), ceiling);
        prop_assert_eq!(out.len() / 2, samples.len() / 2);
        let most = xinting_sound::db_to_gain(ceiling);
        prop_assert!(out[..samples.len() / 2 * 2].iter().all(|sample| sample.abs() <= most));
    }
}

/// A small generator of our own, so that a failure can be repeated by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }

    fn below(&mut self, most: usize) -> usize {
        (self.roll() * most as f32) as usize
    }

    fn sign(&mut self) -> f32 {
        if self.roll() < 0.5 { -1.0 } else { 1.0 }
    }
}

/// Signs that drive a windowed-sinc reconstruction as high as any samples can: at `phase` between two of them, every
/// sample pulls the same way.
fn worst_between(phase: f64) -> Vec<f32> {
    (-8..8)
        .map(|k| {
            let x = f64::from(k) - phase;
            if (std::f64::consts::PI * x).sin() / x >= 0.0 {
                1.0
            } else {
                -1.0
            }
        })
        .collect()
}

/// A second of pieces: clipped squares, sign patterns that peak between samples, noise of signs, tones near Nyquist,
/// single samples and silence, each at a level of its own, cut anywhere.
fn cruel(seed: u64) -> Vec<f32> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut mono = Vec::new();
    while mono.len() < 48_000 {
        // Just above the ceiling, far above it, and in between.
        let level = match dice.below(4) {
            0 => 0.85 + 0.15 * dice.roll(),
            1 => 8.0,
            2 => 0.5,
            _ => 8.0 * dice.roll() * dice.roll(),
        };
        let longest = [8, 60, 300, 3_000][dice.below(4)];
        let length = 1 + dice.below(longest);
        match dice.below(7) {
            0 => {
                let half = 1 + dice.below(100);
                mono.extend((0..length).map(|n| {
                    if (n / half).is_multiple_of(2) {
                        level
                    } else {
                        -level
                    }
                }));
            }
            1 => {
                let pattern = worst_between(f64::from(dice.roll()));
                for _ in 0..=length / 64 {
                    let sign = dice.sign();
                    mono.extend(pattern.iter().map(|s| s * level * sign));
                }
            }
            2 => mono.extend((0..length).map(|_| dice.sign() * level)),
            3 => {
                let step = std::f32::consts::PI * (0.3 + 0.7 * dice.roll());
                let start = dice.roll() * 6.3;
                mono.extend((0..length).map(|n| (n as f32 * step + start).sin() * level));
            }
            4 => {
                mono.push(level * dice.sign());
                mono.extend(std::iter::repeat_n(0.0, length));
            }
            5 => mono.extend(std::iter::repeat_n(level * dice.sign(), length)),
            _ => mono.extend(std::iter::repeat_n(0.0, length)),
        }
    }
    mono.iter().flat_map(|s| [*s, -*s * 0.9]).collect()
}

#[test]
fn nothing_that_can_be_thought_of_peaks_over_the_ceiling_between_samples() {
    for seed in 0..60 {
        let out = Stereo::from_interleaved(limited(cruel(seed), -1.0));
        let peak = true_peak_dbtp(&out).unwrap();
        assert!(peak <= -1.0, "seed {seed}: {peak} dBTP");
    }
}
