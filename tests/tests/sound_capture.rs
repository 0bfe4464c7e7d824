//! What comes out of `xinting-hw audio play`, captured behind a sound server: every sample, once, in order, at the
//! level it was asked for, by both ways in.

#![allow(
    clippy::print_stdout,
    reason = "figures that were measured are shown with the test"
)]

use std::path::{Path, PathBuf};
use xinting_e2e::bins::{printed, run};
use xinting_e2e::pulse::{Recorder, Recording, Route, SoundServer, health, hw_audio, once_more};
use xinting_e2e::pulse_compare::{SAME, compare, find, level_beside, lufs};
use xinting_e2e::pulse_ruler::{noise, wav};

const SECOND: usize = 48_000;
/// The fade-in lasts two seconds; from here on every sample is its own.
const AFTER_FADE: usize = 2 * SECOND + SECOND / 10;
/// The fade-out of a stop is shorter than this.
const BEFORE_FADE: usize = SECOND / 5;

fn file(folder: &Path, samples: &[f32]) -> PathBuf {
    let path = folder.join("ruler.wav");
    std::fs::write(&path, wav(samples)).expect("the test's folder can be written");
    path
}

/// Plays a sound to its end with these further arguments and gives back what was heard.
fn played(route: Route, sound: &[f32], arguments: &[&str]) -> Recording {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = SoundServer::start();
    let recorder = Recorder::start(&server);
    let path = file(folder.path(), sound);
    let mut all = vec!["play", path.to_str().expect("a plain path")];
    all.extend_from_slice(arguments);
    let output = run(&mut hw_audio(&server, route, &all));
    assert!(output.status.success(), "{}", printed(&output));
    assert_eq!(
        health(&output),
        (0, 0),
        "xruns and losses; {}",
        server.said()
    );
    recorder.stop()
}

#[test]
fn every_sample_arrives_once_and_unaltered() {
    once_more(every_sample);
}

fn every_sample() {
    for route in Route::BOTH {
        let sound = noise(8 * SECOND, 0.4, 1);
        let heard = played(route, &sound, &[]);
        let begin = find(&heard.samples, &sound, AFTER_FADE, SAME)
            .unwrap_or_else(|| panic!("{route:?}: the sound is not in the capture"));
        // After the sound the capture goes on with silence.
        let end = (begin + sound.len() / 2 - AFTER_FADE).min(heard.frames());
        let result = compare(
            &heard.samples[..end * 2],
            &sound,
            (begin, AFTER_FADE),
            false,
            SAME,
        );
        result.must_be_whole(&format!("{route:?}"), sound.len() / 2 - AFTER_FADE);
        println!(
            "{route:?}: {} frames the same, largest difference {:e}",
            result.same, result.largest
        );
        let off = lufs(&heard.samples[begin * 2..result.end * 2]) - lufs(&sound[AFTER_FADE * 2..]);
        assert!(off.abs() <= 0.5, "{route:?}: {off} LU off");
    }
}

#[test]
fn it_begins_with_a_fade_and_never_with_a_jolt() {
    once_more(fade);
}

fn fade() {
    let sound = noise(5 * SECOND, 0.4, 2);
    let heard = played(Route::PulseAudio, &sound, &[]);
    let begin = find(&heard.samples, &sound, AFTER_FADE, SAME).expect("the sound is there");
    let zero = begin
        .checked_sub(AFTER_FADE)
        .expect("its beginning was captured");
    let level = |from: usize, to: usize| {
        let (there, here) = (from * 2..to * 2, (zero + from) * 2..(zero + to) * 2);
        level_beside(&heard.samples[here], &sound[there])
    };
    let mut last = f64::MIN;
    for tenth in 0..20 {
        let (now, alike) = level(tenth * SECOND / 10, (tenth + 1) * SECOND / 10);
        // In the first tenth the level itself moves most, and the likeness of a ramp from nothing is 0.87.
        assert!(alike > 0.75, "tenth {tenth}: {alike}");
        assert!(now > last, "tenth {tenth}: {now} dB after {last} dB");
        last = now;
    }
    let (first, _) = level(0, SECOND / 100);
    assert!(first < -30.0, "the first hundredth is at {first} dB");
    assert!(last.abs() < 0.2, "the fade ends at {last} dB");
}

#[test]
fn a_loop_goes_round_without_a_seam() {
    once_more(loop_round);
}

fn loop_round() {
    for route in Route::BOTH {
        // No whole number of buffers, so that a seam falls everywhere in one.
        let sound = noise(70_001, 0.4, 3);
        let heard = played(route, &sound, &["--loop", "--for", "12s"]);
        let begin = find(&heard.samples, &sound.repeat(3), AFTER_FADE, SAME)
            .unwrap_or_else(|| panic!("{route:?}: the sound is not in the capture"));
        let end = (begin + 9 * SECOND).min(heard.frames());
        let result = compare(
            &heard.samples[..end * 2],
            &sound,
            (begin, AFTER_FADE),
            true,
            SAME,
        );
        result.must_be_whole(&format!("{route:?}, six seams"), 9 * SECOND - BEFORE_FADE);
        println!("{route:?}: {} frames round six seams", result.same);
    }
}

#[test]
fn the_level_is_the_one_asked_for() {
    once_more(levels);
}

fn levels() {
    let sound = noise(6 * SECOND, 0.4, 4);
    for (arguments, expected) in [
        (["--gain", "-6", "--volume", "8"], -6.0),
        (["--ceiling", "-9", "--volume", "8"], -9.0),
        (["--gain", "0", "--volume", "6"], -8.0),
    ] {
        let heard = played(Route::PulseAudio, &sound, &arguments);
        let scale = 10_f32.powf(expected / 20.0);
        let wanted: Vec<f32> = sound.iter().map(|sample| sample * scale).collect();
        let begin = find(&heard.samples, &wanted, AFTER_FADE, 1e-4)
            .unwrap_or_else(|| panic!("{arguments:?}: not at {expected} dB"));
        let end = (begin + 3 * SECOND).min(heard.frames());
        let off = lufs(&heard.samples[begin * 2..end * 2])
            - lufs(&sound[AFTER_FADE * 2..(AFTER_FADE + 3 * SECOND) * 2]);
        println!("{arguments:?}: {off:.2} LU");
        assert!(
            (off - f64::from(expected)).abs() <= 0.5,
            "{arguments:?}: {off} LU"
        );
    }
}

#[test]
fn nothing_is_louder_than_the_ceiling() {
    once_more(ceiling);
}

fn ceiling() {
    // Squares as high as a file can say, and between the samples higher still: a limiter has to take them down.
    let sound: Vec<f32> = noise(5 * SECOND, 1.0, 5)
        .iter()
        .map(|sample| ((sample * 60.0).clamp(-0.999, 0.999) * 32_768.0).round() / 32_768.0)
        .collect();
    let heard = played(Route::PulseAudio, &sound, &[]);
    let stereo = xinting_sound::Stereo::from_interleaved(heard.samples);
    let peak = xinting_sound::true_peak_dbtp(&stereo).expect("the meter takes finite samples");
    println!("true peak {peak:.2} dBTP");
    assert!(peak <= -0.95, "{peak} dBTP");
    assert!(peak > -4.0, "hardly anything came: {peak} dBTP");
}
