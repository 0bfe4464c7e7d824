//! A sound server that is killed in the middle of a sound and started again: the sound comes back by itself, soon, and
//! where it would have been had nothing happened.

#![allow(
    clippy::print_stdout,
    reason = "figures that were measured are shown with the test"
)]

use std::process::Stdio;
use std::time::Duration;
use xinting_e2e::bins::printed;
use xinting_e2e::pulse::{Recorder, Recording, Route, SoundServer, health, hw_audio, once_more};
use xinting_e2e::pulse_compare::{SAME, compare, find, first_sound};
use xinting_e2e::pulse_ruler::{noise, wav};

const SECOND: usize = 48_000;

#[test]
fn sound_returns_where_it_belongs_through_pulseaudio() {
    once_more(|| recovery(Route::PulseAudio));
}

#[test]
fn sound_returns_where_it_belongs_through_alsa() {
    once_more(|| recovery(Route::Alsa));
}

fn recovery(route: Route) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sound = noise(40 * SECOND, 0.4, 6);
    let path = folder.path().join("ruler.wav");
    std::fs::write(&path, wav(&sound)).expect("the test's folder can be written");
    let mut server = SoundServer::start();
    let before = Recorder::start(&server);
    let path = path.to_str().expect("a plain path");
    let player = hw_audio(&server, route, &["play", path, "--for", "18s"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("xinting-hw starts");
    before.wait_for_sound(Duration::from_secs(15));
    std::thread::sleep(Duration::from_secs(4));
    server.kill();
    let before = before.stop();
    std::thread::sleep(Duration::from_secs(2));
    let ready = server.restart();
    let after = Recorder::start(&server);
    let output = player.wait_with_output().expect("it comes to its end");
    let after = after.stop();

    let old = place(&before.samples, &sound).expect("it sounded before");
    let first = first_sound(&after.samples)
        .unwrap_or_else(|| panic!("{route:?}: no sound came back: {}", printed(&output)));
    let new = place(&after.samples, &sound).expect("what came back is the same sound");
    let back = after.time_of(first).as_secs_f64() - ready.as_secs_f64();
    let passed = time(&after, new.0) - time(&before, old.0);
    let moved = (new.1 as f64 - old.1 as f64) / SECOND as f64;
    println!(
        "{route:?}: sound {back:.3} s after the server was there again, {:+.1} ms from its place",
        (moved - passed) * 1000.0
    );
    assert!(back <= 2.0, "{route:?}: back only after {back:.3} s");
    // It is heard when the clock gets there; what is left is how finely the captures are timed on a busy machine.
    assert!(
        (moved - passed).abs() < 0.05,
        "{route:?}: the sound went on by {moved:.3} s in {passed:.3} s"
    );
    let (xruns, losses) = health(&output);
    assert_eq!(losses, 1, "{xruns} xruns; {}", printed(&output));
    // It is whole again, to the fade-out of the stop.
    let whole = new.0 + 3 * SECOND;
    let heard = &after.samples[..whole.min(after.frames()) * 2];
    compare(heard, &sound, new, false, SAME)
        .must_be_whole(&format!("{route:?}, after its return"), 3 * SECOND);
}

/// The first place at which the capture is the sound itself, at full level: frame of the capture, frame of the sound.
fn place(capture: &[f32], sound: &[f32]) -> Option<(usize, usize)> {
    (0..sound.len() / 2 - SECOND)
        .step_by(SECOND / 2)
        .find_map(|there| find(capture, sound, there, SAME).map(|here| (here, there)))
}

fn time(heard: &Recording, frame: usize) -> f64 {
    heard.time_of(frame).as_secs_f64()
}
