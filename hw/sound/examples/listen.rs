//! Listening by measuring: renders every recipe into a folder as FLAC and prints one line each for `docs/sounds.md`.
//!
//! `cargo run --release -p xinting-sound --example listen -- FOLDER`

#![expect(clippy::print_stdout, reason = "the table is what it is run for")]

use std::f64::consts::{PI, TAU};
use std::path::PathBuf;
use std::time::Instant;

use xinting_sound::synth::{self, RECIPE_IDS, Recipe};
use xinting_sound::{SAMPLE_RATE, Stereo, encode_flac, measure};

/// Octave bands, centre frequencies in Hz.
const BANDS: [f64; 8] = [63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0];

/// Frames of one spectrum.
const WINDOW: usize = 4096;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder")?);
    std::fs::create_dir_all(&folder)?;
    let mut sounds: Vec<(String, Stereo, f64)> = Vec::new();
    for id in RECIPE_IDS {
        let begun = Instant::now();
        let sound = synth::render(&Recipe::new(id)?)?;
        sounds.push((id.to_owned(), sound, begun.elapsed().as_secs_f64()));
    }
    sounds.push(("bowl".to_owned(), synth::bowl()?, 0.0));
    sounds.push(("bell".to_owned(), synth::bell()?, 0.0));
    println!(
        "| sound | s | LUFS | dBTP | seam | MB | render s | 63 | 125 | 250 | 500 | 1k | 2k | 4k | 8k |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (name, sound, took) in sounds {
        let flac = encode_flac(&sound)?;
        std::fs::write(folder.join(format!("{name}.flac")), &flac)?;
        let found = measure(&sound)?;
        let bands = octaves(&sound);
        let bands: Vec<String> = bands.iter().map(|db| format!("{db:.0}")).collect();
        println!(
            "| {name} | {:.1} | {:.1} | {:.1} | {:.2} | {:.2} | {took:.1} | {} |",
            sound.frames() as f64 / f64::from(SAMPLE_RATE),
            found.integrated_lufs.unwrap_or(f64::NEG_INFINITY),
            found.true_peak_dbtp,
            seam(&sound),
            flac.len() as f64 / 1e6,
            bands.join(" | "),
        );
    }
    let breath = synth::render(&Recipe::new("breathing")?)?;
    let samples: Vec<f32> = breath.left().collect();
    println!("\nwhere the middle of a breath of 4 and 6 s lies, second by second, in Hz:");
    let seconds = samples.chunks_exact(SAMPLE_RATE as usize).map(centroid);
    let seconds: Vec<String> = seconds.map(|hz| format!("{hz:.0}")).collect();
    println!("{}", seconds.join(" "));
    Ok(())
}

/// Power-weighted mean frequency.
fn centroid(samples: &[f32]) -> f64 {
    let power = spectrum(samples);
    let whole: f64 = power.iter().sum();
    let weighted: f64 = power.iter().enumerate().map(|(n, p)| hz_of(n) * p).sum();
    weighted / whole.max(1e-300)
}

/// The step from the last frame to the first, in units of the step that one frame in a hundred exceeds: 1 or less
/// cannot be told from what is heard anywhere else in the sound.
fn seam(sound: &Stereo) -> f64 {
    let samples: Vec<f32> = sound.left().collect();
    let mut steps: Vec<f32> = samples
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .collect();
    steps.sort_by(f32::total_cmp);
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return 0.0;
    };
    let usual = steps.get(steps.len() * 99 / 100).copied().unwrap_or(0.0);
    f64::from((first - last).abs()) / f64::from(usual.max(1e-9))
}

/// Level of each octave band in dB beside the whole.
fn octaves(sound: &Stereo) -> [f64; BANDS.len()] {
    let samples: Vec<f32> = sound.left().collect();
    let power = spectrum(&samples);
    let whole: f64 = power.iter().sum();
    BANDS.map(|centre| {
        let edges = centre / 2.0_f64.sqrt()..centre * 2.0_f64.sqrt();
        let within: f64 = (0..power.len())
            .filter(|n| edges.contains(&hz_of(*n)))
            .map(|n| power[n])
            .sum();
        10.0 * (within / whole.max(1e-300) + 1e-12).log10()
    })
}

/// Power in each bin, summed over the sound.
fn spectrum(samples: &[f32]) -> Vec<f64> {
    let mut power = vec![0.0; WINDOW / 2];
    for block in samples.chunks_exact(WINDOW) {
        let mut bins: Vec<(f64, f64)> = block
            .iter()
            .enumerate()
            .map(|(n, x)| {
                let window = 0.5 - 0.5 * (TAU * n as f64 / WINDOW as f64).cos();
                (f64::from(*x) * window, 0.0)
            })
            .collect();
        fourier(&mut bins);
        for (sum, (re, im)) in power.iter_mut().zip(&bins) {
            *sum += re * re + im * im;
        }
    }
    power
}

/// The frequency of a bin.
fn hz_of(bin: usize) -> f64 {
    bin as f64 * f64::from(SAMPLE_RATE) / WINDOW as f64
}

/// Discrete Fourier transform of a power of two, by halves.
fn fourier(x: &mut [(f64, f64)]) {
    let half = x.len() / 2;
    if half == 0 {
        return;
    }
    let mut even: Vec<(f64, f64)> = x.iter().copied().step_by(2).collect();
    let mut odd: Vec<(f64, f64)> = x.iter().copied().skip(1).step_by(2).collect();
    fourier(&mut even);
    fourier(&mut odd);
    for n in 0..half {
        let (sin, cos) = (-PI * n as f64 / half as f64).sin_cos();
        let turned = (
            odd[n].0 * cos - odd[n].1 * sin,
            odd[n].0 * sin + odd[n].1 * cos,
        );
        x[n] = (even[n].0 + turned.0, even[n].1 + turned.1);
        x[n + half] = (even[n].0 - turned.0, even[n].1 - turned.1);
    }
}
