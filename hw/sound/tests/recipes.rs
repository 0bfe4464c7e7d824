//! What our own sounds must measure: length, loudness, peak, spectrum, seam. Figures, since nobody listens here.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose preparation fails has failed"
)]

use xinting_sound::synth::{PEAK_DBTP, RECIPE_IDS, Recipe, SynthError, TARGET_LUFS, render};
use xinting_sound::{Stereo, encode_flac, measure};

fn short(id: &str, duration_s: u32) -> Recipe {
    Recipe {
        duration_s,
        bells_ms: vec![2_000],
        ..Recipe::new(id).unwrap()
    }
}

/// Power-weighted mean frequency between 100 and 6000 Hz, by a bank of Goertzel filters a third of a tone apart.
fn centroid(samples: &[f32]) -> f64 {
    let (mut weighted, mut total, mut hz) = (0.0, 0.0, 100.0_f64);
    while hz < 6000.0 {
        let step = std::f64::consts::TAU * hz / 48_000.0;
        let mut power = 0.0;
        // Short blocks, averaged: noise has no one phase.
        for block in samples.chunks_exact(4096) {
            let (mut one, mut two) = (0.0, 0.0);
            for sample in block {
                let next = f64::from(*sample) + 2.0 * step.cos() * one - two;
                two = one;
                one = next;
            }
            power += one * one + two * two - 2.0 * step.cos() * one * two;
        }
        // Bands are as wide as they are high, on a scale of equal ratios.
        weighted += power * hz * hz;
        total += power * hz;
        hz *= 1.06;
    }
    weighted / total
}

fn seconds(sound: &Stereo, from: f64, to: f64) -> Vec<f32> {
    let at = |s: f64| (s * 48_000.0) as usize;
    sound
        .left()
        .skip(at(from))
        .take(at(to) - at(from))
        .collect()
}

fn rms_db(samples: &[f32]) -> f64 {
    let sum: f64 = samples.iter().map(|s| f64::from(*s).powi(2)).sum();
    10.0 * (sum / samples.len() as f64 + 1e-20).log10()
}

#[test]
fn every_recipe_has_its_length_loudness_peak_and_size() {
    let mut bytes = 0;
    for id in RECIPE_IDS {
        let recipe = Recipe::new(id).unwrap();
        let sound = render(&recipe).unwrap();
        assert_eq!(sound.frames(), recipe.duration_s as usize * 48_000, "{id}");
        assert_eq!(sound.is_mono(), id != "lake", "{id}");
        let found = measure(&sound).unwrap();
        let lufs = found.integrated_lufs.unwrap();
        assert!((lufs - TARGET_LUFS).abs() < 0.2, "{id} is at {lufs} LUFS");
        assert!(
            found.true_peak_dbtp <= f64::from(PEAK_DBTP),
            "{id} peaks at {} dBTP",
            found.true_peak_dbtp
        );
        assert!(sound.interleaved().iter().all(|sample| sample.is_finite()));
        bytes += encode_flac(&sound).unwrap().len();
    }
    // What the starter pack carries; low-passed noise is what keeps it this small.
    assert!(bytes < 12_000_000, "{bytes} bytes");
}

#[test]
fn a_recipe_is_the_same_every_time_and_another_seed_is_another_sound() {
    for id in RECIPE_IDS {
        let recipe = short(id, 10);
        let first = render(&recipe).unwrap();
        assert_eq!(first, render(&recipe).unwrap(), "{id}");
        let other = render(&Recipe {
            seed: 2,
            ..recipe.clone()
        });
        assert_ne!(first, other.unwrap(), "{id}");
    }
}

#[test]
fn inhale_and_exhale_are_told_apart_by_ear() {
    let sound = render(&short("breathing", 30)).unwrap();
    for cycle in [1.0, 2.0] {
        let start = cycle * 10.0;
        let inhale = centroid(&seconds(&sound, start + 1.5, start + 3.5));
        let exhale = centroid(&seconds(&sound, start + 4.7, start + 8.0));
        assert!(
            inhale > 1.35 * exhale,
            "inhale {inhale:.0} Hz, exhale {exhale:.0} Hz"
        );
        // Loudness goes the other way in each: an inhale gathers, an exhale lets go.
        let level = |from: f64, to: f64| rms_db(&seconds(&sound, start + from, start + to));
        assert!(level(2.5, 3.5) > level(0.3, 1.0) + 6.0);
        assert!(level(4.8, 5.8) > level(8.0, 9.5) + 6.0);
    }
}

#[test]
fn breathing_rests_through_its_lead_in() {
    let recipe = Recipe {
        lead_in_s: 10.0,
        ..short("breathing", 30)
    };
    let sound = render(&recipe).unwrap();
    let rest = rms_db(&seconds(&sound, 8.0, 10.0));
    let breath = rms_db(&seconds(&sound, 12.0, 13.5));
    assert!(breath > rest + 12.0, "breath {breath}, rest {rest}");
}

#[test]
fn bells_ring_when_they_are_asked_to() {
    let without = Recipe {
        bells_ms: vec![],
        ..short("muscle", 20)
    };
    let with = Recipe {
        bells_ms: vec![8_000, 999_000],
        ..without.clone()
    };
    let (with, without) = (render(&with).unwrap(), render(&without).unwrap());
    let lift = |from, to| rms_db(&seconds(&with, from, to)) - rms_db(&seconds(&without, from, to));
    assert!(
        lift(8.0, 8.5) > lift(7.0, 7.9) + 4.0,
        "{} {}",
        lift(8.0, 8.5),
        lift(7.0, 7.9)
    );
}

#[test]
fn the_lake_runs_into_its_own_beginning() {
    let sound = render(&Recipe::new("lake").unwrap()).unwrap();
    for channel in [
        sound.left().collect::<Vec<f32>>(),
        sound.right().collect::<Vec<f32>>(),
    ] {
        let frames = channel.len();
        let around = |index: usize| channel[index % frames];
        // First and second differences across the seam are of the size they have anywhere.
        let step = |n: usize| (around(n + 1) - around(n)).abs();
        let bend = |n: usize| (around(n + 2) - 2.0 * around(n + 1) + around(n)).abs();
        let usual = |of: &dyn Fn(usize) -> f32| {
            let mut all: Vec<f32> = (0..frames - 3).step_by(7).map(of).collect();
            all.sort_by(f32::total_cmp);
            all[all.len() * 99 / 100]
        };
        let (usual_step, usual_bend) = (usual(&step), usual(&bend));
        for n in frames - 4..frames + 2 {
            assert!(step(n) <= usual_step, "step {} of {usual_step}", step(n));
            assert!(bend(n) <= usual_bend, "bend {} of {usual_bend}", bend(n));
        }
        // Nor does the level jump: 100 ms either side are as alike as neighbours elsewhere.
        let level = |from: usize| {
            let block: Vec<f32> = (from..from + 4800).map(around).collect();
            rms_db(&block)
        };
        let jump = (level(frames - 4800) - level(frames)).abs();
        assert!(jump < 6.0, "{jump} dB across the seam");
    }
}

#[test]
fn nothing_rumbles_and_nothing_hisses() {
    for id in RECIPE_IDS {
        let sound = render(&short(id, 20)).unwrap();
        let samples: Vec<f32> = sound.left().collect();
        // One-pole splits are rough, and enough to see whether there is anything there.
        let split = |hz: f64| {
            let k = 1.0 - (-std::f64::consts::TAU * hz / 48_000.0).exp();
            let (mut a, mut b, mut c) = (0.0, 0.0, 0.0);
            let low: Vec<f32> = samples
                .iter()
                .map(|sample| {
                    a += k * (f64::from(*sample) - a);
                    b += k * (a - b);
                    c += k * (b - c);
                    c as f32
                })
                .collect();
            low
        };
        let whole = rms_db(&samples);
        let rumble = rms_db(&split(30.0));
        assert!(rumble < whole - 25.0, "{id}: {rumble} of {whole}");
        let hiss: Vec<f32> = samples
            .iter()
            .zip(split(9000.0))
            .map(|(sample, low)| sample - low)
            .collect();
        assert!(
            rms_db(&hiss) < whole - 6.0,
            "{id} hisses: {}",
            rms_db(&hiss) - whole
        );
    }
}

#[test]
fn recipes_out_of_range_are_refused_by_name() {
    assert!(matches!(
        Recipe::new("whale"),
        Err(SynthError::UnknownRecipe { .. })
    ));
    let good = Recipe::new("breathing").unwrap();
    for (recipe, field) in [
        (
            Recipe {
                duration_s: 9,
                ..good.clone()
            },
            "duration_s",
        ),
        (
            Recipe {
                duration_s: 1801,
                ..good.clone()
            },
            "duration_s",
        ),
        (
            Recipe {
                lead_in_s: -1.0,
                ..good.clone()
            },
            "lead_in_s",
        ),
        (
            Recipe {
                inhale_s: 1.9,
                ..good.clone()
            },
            "inhale_s",
        ),
        (
            Recipe {
                inhale_s: f32::NAN,
                ..good.clone()
            },
            "inhale_s",
        ),
        (
            Recipe {
                exhale_s: 15.1,
                ..good.clone()
            },
            "exhale_s",
        ),
        (
            Recipe {
                bells_ms: vec![0; 501],
                ..good.clone()
            },
            "bells_ms",
        ),
    ] {
        let text = render(&recipe).unwrap_err().to_string();
        assert!(text.contains(field) && text.contains("breathing"), "{text}");
    }
}
