//! A booth that plays while everything else happens: a second booth beside it is leafed through, drawn and given packs
//! by stick, over and over. Not one sample may be missing, and no xrun counted.
//!
//! Two minutes, or as many seconds as `XINTING_SOUND_SECONDS` says; `scripts/soak sound` lets it run for an hour.

#![allow(
    clippy::print_stdout,
    reason = "figures that were measured are shown with the test"
)]

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use xinting_e2e::bins::{printed, target_dir, workspace};
use xinting_e2e::booth::{Booth, build_pack};
use xinting_e2e::pulse::{Recorder, Route, SoundServer, health, hw_audio, once_more};
use xinting_e2e::pulse_compare::{SAME, compare, find};
use xinting_e2e::pulse_ruler::{noise, wav};

const SECOND: usize = 48_000;
const AFTER_FADE: usize = 2 * SECOND + SECOND / 10;

/// What the busy booth goes through before each pack.
const LEAFING: &str = "\
tap 轻触屏幕，歇一会儿
tap 学一学
shot leafing-learn
tap 首页
tap 测一测
shot leafing-assess
tap 首页
tap 静一静
tap 慢慢呼吸
wait 2s
shot leafing-player
tap 结束
expect 轻触屏幕，歇一会儿
";

/// How it is given the pack on the stick at `STICK`, as an admin does it at the screen.
const INSTALLING: &str = "\
clock 2026-05-25T10:00
gesture admin
type 2580
tap 确定
type 2580
tap 确定
stick insert STICK
tap 内容包
expect 示例小学（示例）
tap 安装
expect 已安装
stick pull
tap 结束
tap 轻触屏幕，歇一会儿
tap 找老师
expect 周二、周四 12:30 到 16:00（示例）
";

#[test]
fn not_a_sample_is_lost_while_pages_are_drawn_and_packs_installed() {
    once_more(under_load);
}

fn under_load() {
    let seconds = std::env::var("XINTING_SOUND_SECONDS")
        .ok()
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(120_u64);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let sound = noise(20 * SECOND + 1, 0.4, 31);
    let path = dir.path().join("ruler.wav");
    std::fs::write(&path, wav(&sound)).expect("the test's folder can be written");
    let server = SoundServer::start();
    let length = format!("{seconds}s");
    let path = path.to_str().expect("a plain path");
    // An hour of capture would be 1.4 GB: it is taken and judged in pieces of two minutes.
    let player = hw_audio(
        &server,
        Route::Alsa,
        &["play", path, "--loop", "--for", &length],
    )
    .stdout(Stdio::piped())
    .spawn()
    .expect("xinting-hw starts");
    let over = Arc::new(AtomicBool::new(false));
    let ending = Arc::clone(&over);
    let busy = std::thread::spawn(move || busy_booth(&ending));
    let mut left = seconds;
    let mut judged = 0;
    while left > 0 {
        let piece = left.min(120);
        left -= piece;
        let recorder = Recorder::start(&server);
        std::thread::sleep(Duration::from_secs(piece));
        let heard = recorder.stop();
        judged += judge(&heard.samples, &sound, left > 0);
    }
    over.store(true, Ordering::Relaxed);
    let output = player.wait_with_output().expect("it comes to its end");
    let rounds = busy.join().expect("the busy booth did what it was told");
    println!(
        "{:.0} s of sound judged, {rounds} rounds of pages and a pack beside it; {}",
        judged as f64 / SECOND as f64,
        String::from_utf8_lossy(&output.stdout).trim()
    );
    assert!(output.status.success(), "{}", printed(&output));
    assert_eq!(health(&output), (0, 0), "xruns and losses");
    assert!(rounds > 0, "nothing else happened meanwhile");
}

/// Compares what lies between the fade-in and the fade-out; gives back how many frames were the same.
fn judge(heard: &[f32], sound: &[f32], more_follows: bool) -> usize {
    let again = sound.repeat(2);
    let (here, there) = (0..20)
        .find_map(|second| {
            let there = AFTER_FADE + second * SECOND;
            find(heard, &again, there, SAME).map(|here| (here, there))
        })
        .expect("the sound is in the capture");
    let frames = heard.len() / 2;
    let end = if more_follows {
        frames
    } else {
        frames.saturating_sub(2 * SECOND)
    };
    let result = compare(&heard[..end * 2], sound, (here, there), true, SAME);
    result.must_be_whole("under load", end.saturating_sub(here));
    result.same
}

/// Leafs through a booth and installs packs in it until told to stop; gives back how often.
fn busy_booth(over: &AtomicBool) -> u32 {
    let mut rounds = 0;
    while !over.load(Ordering::Relaxed) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let stick = dir.path().join("stick");
        std::fs::create_dir(&stick).expect("a folder for the stick");
        build_pack(
            &workspace().join("tests/fixtures/school"),
            &stick.join("school.xpack"),
        );
        let flow = INSTALLING.replace("STICK", &stick.display().to_string());
        let booth = Booth::new(dir.path(), "[audio]\nhost = \"none\"\n");
        let shots = target_dir().join("../sound");
        booth.must("leafing", LEAFING, &shots);
        booth.must("installing", &flow, &shots);
        rounds += 1;
    }
    rounds
}
