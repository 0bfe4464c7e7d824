//! What our own sounds must measure: length, loudness, peak, spectrum, seam. Figures, since nobody listens here.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose preparation fails has failed"
)]

use std::sync::LazyLock;

use xinting_sound::synth::{self, PEAK_DBTP, RECIPE_IDS, Recipe, SynthError, TARGET_LUFS, render};
use xinting_sound::{Stereo, encode_flac, measure};

fn short(id: &str, seconds: u64) -> Recipe {
    Recipe {
        length_ms: seconds * 1_000,
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

/// A recipe as it is usually wanted, rendered once for all tests.
fn usual(id: &str) -> &'static Stereo {
    static SOUNDS: LazyLock<Vec<Stereo>> = LazyLock::new(|| {
        let render = |id| render(&Recipe::new(id).unwrap()).unwrap();
        RECIPE_IDS.into_iter().map(render).collect()
    });
    let at = RECIPE_IDS.iter().position(|known| *known == id).unwrap();
    &SOUNDS[at]
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
        let sound = usual(id);
        assert_eq!(sound.frames() as u64, recipe.lasts_ms() * 48, "{id}");
        assert_eq!(
            sound.is_mono(),
            ["breathing", "bells"].contains(&id),
            "{id}"
        );
        let found = measure(sound).unwrap();
        let lufs = found.integrated_lufs.unwrap();
        assert!((lufs - TARGET_LUFS).abs() < 0.2, "{id} is at {lufs} LUFS");
        assert!(
            found.true_peak_dbtp <= f64::from(PEAK_DBTP),
            "{id} peaks at {} dBTP",
            found.true_peak_dbtp
        );
        assert!(sound.interleaved().iter().all(|sample| sample.is_finite()));
        bytes += encode_flac(sound).unwrap().len();
    }
    // What the starter pack carries; low-passed noise is what keeps it this small.
    assert!(bytes < 21_000_000, "{bytes} bytes");
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
        // Struck metal has nothing random in it.
        assert_eq!(first == other.unwrap(), id == "bells", "{id}");
    }
}

/// Every pace of the starter pack, and the extremes a pack may ask for.
const BREATHS: [(u64, u64); 7] = [
    (2_600, 3_900),
    (3_000, 4_500),
    (3_400, 5_100),
    (4_000, 6_000),
    (4_800, 7_200),
    (1_000, 1_000),
    (20_000, 20_000),
];

fn breath(inhale_ms: u64, exhale_ms: u64) -> (Stereo, f64, f64) {
    let sound = render(&Recipe {
        inhale_ms,
        exhale_ms,
        ..Recipe::new("breathing").unwrap()
    })
    .unwrap();
    (sound, inhale_ms as f64 / 1e3, exhale_ms as f64 / 1e3)
}

#[test]
fn inhale_and_exhale_are_told_apart_by_ear() {
    for (inhale_ms, exhale_ms) in BREATHS {
        let (sound, inhale, exhale) = breath(inhale_ms, exhale_ms);
        let bright = |from: f64, to: f64| centroid(&seconds(&sound, from, to));
        let (first, last) = (
            bright(0.1 * inhale, 0.4 * inhale),
            bright(0.6 * inhale, 0.9 * inhale),
        );
        assert!(last > 1.25 * first, "inhale {first:.0} to {last:.0} Hz");
        let (first, last) = (
            bright(inhale + 0.1 * exhale, inhale + 0.4 * exhale),
            bright(inhale + 0.6 * exhale, inhale + 0.9 * exhale),
        );
        assert!(first > 1.25 * last, "exhale {first:.0} to {last:.0} Hz");
        // Loudness goes the other way in each: an inhale gathers, an exhale lets go.
        let level = |from: f64, to: f64| rms_db(&seconds(&sound, from, to));
        assert!(level(0.6 * inhale, 0.8 * inhale) > level(0.05 * inhale, 0.25 * inhale) + 6.0);
        let (early, late) = (inhale + 0.1 * exhale, inhale + 0.75 * exhale);
        assert!(level(early, early + 0.2 * exhale) > level(late, late + 0.2 * exhale) + 6.0);
    }
}

#[test]
fn a_breath_is_one_breath_to_the_frame_and_begins_and_ends_in_silence() {
    for (inhale_ms, exhale_ms) in BREATHS {
        let (sound, ..) = breath(inhale_ms, exhale_ms);
        assert_eq!(sound.frames() as u64, (inhale_ms + exhale_ms) * 48);
        let ends = [0, sound.frames() - 1];
        for at in ends {
            let sample = sound.left().nth(at).unwrap();
            assert!(sample.abs() < 1e-4, "{sample} at frame {at}");
        }
    }
}

#[test]
fn bells_ring_when_they_are_asked_to_and_not_past_the_end() {
    let recipe = Recipe {
        bells_ms: vec![8_000, 999_000],
        ..short("bells", 20)
    };
    let sound = render(&recipe).unwrap();
    let level = |from, to| rms_db(&seconds(&sound, from, to));
    assert!(level(0.0, 8.0) < -120.0, "{}", level(0.0, 8.0));
    assert!(level(8.0, 8.5) > -30.0, "{}", level(8.0, 8.5));
    assert!(level(14.9, 20.0) < -100.0, "{}", level(14.9, 20.0));
    // Silence between strokes costs next to nothing to carry.
    assert!(encode_flac(&sound).unwrap().len() < 400_000);
}

#[test]
fn bowl_and_bell_are_as_loud_as_the_rest_and_two_different_things() {
    let (bowl, bell) = (synth::bowl().unwrap(), synth::bell().unwrap());
    for sound in [&bowl, &bell] {
        let found = measure(sound).unwrap();
        let lufs = found.integrated_lufs.unwrap();
        assert!((lufs - TARGET_LUFS).abs() < 0.2, "{lufs}");
        assert!(found.true_peak_dbtp <= f64::from(PEAK_DBTP));
    }
    let bright = |sound: &Stereo| centroid(&seconds(sound, 0.05, 1.5));
    assert!(
        bright(&bell) > 1.2 * bright(&bowl),
        "{} {}",
        bright(&bell),
        bright(&bowl)
    );
}

/// Recipes that loop on a bed's clock rather than a breath's.
const LOOPS: [&str; 6] = ["lake", "rain", "sea", "bamboo", "stream", "brown"];

/// Power in dB of each octave from 125 to 4000 Hz, by a bank of Goertzel filters under a raised cosine.
fn octaves(block: &[f32]) -> Vec<f64> {
    let length = block.len() as f64;
    let power = |hz: f64| {
        let step = std::f64::consts::TAU * hz / 48_000.0;
        let (mut one, mut two) = (0.0, 0.0);
        for (n, sample) in block.iter().enumerate() {
            let window = 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / length).cos();
            let next = window * f64::from(*sample) + 2.0 * step.cos() * one - two;
            two = one;
            one = next;
        }
        (one * one + two * two - 2.0 * step.cos() * one * two).max(0.0)
    };
    (0..6)
        .map(|octave| {
            let centre = 125.0 * f64::from(1 << octave);
            let sum: f64 = (-6..=6)
                .map(|n| power(centre * 2.0_f64.powf(f64::from(n) / 12.0)))
                .sum();
            10.0 * (sum + 1e-12).log10()
        })
        .collect()
}

#[test]
fn every_loop_runs_into_its_own_beginning() {
    for id in LOOPS {
        let recipe = Recipe::new(id).unwrap();
        assert!(recipe.loops() && recipe.length_ms >= 60_000, "{id}");
        let sound = usual(id);
        for channel in [
            sound.left().collect::<Vec<f32>>(),
            sound.right().collect::<Vec<f32>>(),
        ] {
            let frames = channel.len();
            // Differences across the seam are of the size they have elsewhere: of the first order for a step, of the
            // eighth for a kink that hides in something loud, since these sounds end far below 24 kHz.
            for order in [1, 2, 8] {
                let (at_seam, elsewhere) = roughness(&channel, order);
                assert!(
                    at_seam <= elsewhere,
                    "{id}: {at_seam} of order {order} at the seam, {elsewhere}"
                );
            }
            // Nor does the spectrum jump, or a click lie in it: no octave of a block across the seam stands out from
            // those of a hundred blocks within.
            let block = |from: usize| {
                let cut: Vec<f32> = (from..from + 2048).map(|n| channel[n % frames]).collect();
                octaves(&cut)
            };
            let within: Vec<Vec<f64>> = (0..100).map(|n| block(4_000 + n * 28_000)).collect();
            for from in [frames - 2000, frames - 1024, frames - 48] {
                for (octave, level) in block(from).into_iter().enumerate() {
                    let most = within
                        .iter()
                        .map(|bands| bands[octave])
                        .fold(f64::MIN, f64::max);
                    assert!(
                        level < most + 3.0,
                        "{id}: octave {octave} at the seam {level}, most {most}"
                    );
                }
            }
        }
    }
}

/// The largest difference of an order across the seam of a loop, and the largest within it.
fn roughness(channel: &[f32], order: usize) -> (f64, f64) {
    let frames = channel.len();
    let around = |from: usize| {
        let mut row: Vec<f64> = (from..=from + order)
            .map(|n| f64::from(channel[n % frames]))
            .collect();
        for _ in 0..order {
            row = row.windows(2).map(|pair| pair[1] - pair[0]).collect();
        }
        row[0].abs()
    };
    let at_seam = (frames - order..frames).map(around).fold(0.0, f64::max);
    // Every seventeenth frame is enough to know the size.
    let within = (0..frames - order - 1).step_by(17).map(around);
    (at_seam, within.fold(0.0, f64::max))
}

#[test]
fn a_loop_that_is_cut_is_found() {
    // What the test above holds a loop to, no cut keeps: a noise that ends somewhere else steps or kinks.
    let sound = usual("brown");
    let channel: Vec<f32> = sound.left().collect();
    for short in [1, 2_400, 48_001, 999_999] {
        let (at_seam, elsewhere) = roughness(&channel[..channel.len() - short], 8);
        assert!(at_seam > 2.0 * elsewhere, "{short}: {at_seam} {elsewhere}");
    }
}

#[test]
fn what_is_heard_lies_where_a_small_speaker_speaks_and_no_tone_sticks_out() {
    for id in RECIPE_IDS {
        let sound = render(&short(id, 10)).unwrap();
        let samples: Vec<f32> = sound.left().collect();
        // Power in steps of a third of a tone from 40 Hz to 16 kHz.
        let mut bands: Vec<(f64, f64)> = Vec::new();
        let mut hz = 40.0_f64;
        while hz < 16_000.0 {
            let step = std::f64::consts::TAU * hz / 48_000.0;
            let mut power = 0.0;
            for block in samples.chunks_exact(4096) {
                let (mut one, mut two) = (0.0, 0.0);
                for (n, sample) in block.iter().enumerate() {
                    let window = 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / 4096.0).cos();
                    let next = window * f64::from(*sample) + 2.0 * step.cos() * one - two;
                    two = one;
                    one = next;
                }
                power += one * one + two * two - 2.0 * step.cos() * one * two;
            }
            bands.push((hz, power * hz));
            hz *= 1.04;
        }
        let sum = |low: f64, high: f64| -> f64 {
            bands
                .iter()
                .filter(|(hz, _)| (low..high).contains(hz))
                .map(|(_, p)| p)
                .sum()
        };
        let share = sum(150.0, 6_000.0) / sum(0.0, 20_000.0);
        assert!(
            share > 0.9,
            "{id}: only {share:.2} of it between 150 Hz and 6 kHz"
        );
        assert!(sum(0.0, 80.0) < 0.01 * sum(0.0, 20_000.0), "{id} rumbles");
        // Where the ear is keenest, nothing stands 12 dB over its neighbours a third of an octave either side; struck
        // metal is tones, and low ones.
        for at in 6..bands.len() - 6 {
            let (hz, power) = bands[at];
            if (2_000.0..5_000.0).contains(&hz) && id != "bells" {
                let around = (bands[at - 6].1 + bands[at + 6].1) / 2.0;
                assert!(power < 16.0 * around, "{id}: a harsh peak at {hz:.0} Hz");
            }
        }
        if id == "bells" {
            assert!(
                sum(2_000.0, 5_000.0) < 0.05 * sum(0.0, 20_000.0),
                "bells shrill"
            );
        }
    }
}

#[test]
fn recipes_out_of_range_are_refused_by_name() {
    assert!(matches!(
        Recipe::new("whale"),
        Err(SynthError::UnknownRecipe { .. })
    ));
    let good = Recipe::new("breathing").unwrap();
    let bad = |change: fn(&mut Recipe)| {
        let mut recipe = good.clone();
        change(&mut recipe);
        recipe
    };
    for (recipe, field) in [
        (bad(|r| r.length_ms = 9_999), "length_ms"),
        (bad(|r| r.length_ms = 1_800_001), "length_ms"),
        (bad(|r| r.inhale_ms = 999), "inhale_ms"),
        (bad(|r| r.inhale_ms = u64::MAX), "inhale_ms"),
        (bad(|r| r.exhale_ms = 20_001), "exhale_ms"),
        (bad(|r| r.bells_ms = vec![0; 501]), "bells_ms"),
    ] {
        let text = render(&recipe).unwrap_err().to_string();
        assert!(text.contains(field) && text.contains("breathing"), "{text}");
    }
}
