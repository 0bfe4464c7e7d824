//! What comes out of the booth itself, played by a flow into a private sound server and captured there: whole, as loud
//! as it should be, in step with captions and breath, and quieter during a call.

#![expect(
    clippy::print_stdout,
    reason = "figures that were measured are shown with the test"
)]

use std::path::{Path, PathBuf};
use xinting_e2e::bins::{printed, run, target_dir};
use xinting_e2e::booth::Booth;
use xinting_e2e::pulse::{Recorder, Recording, Route, SoundServer, once_more};
use xinting_e2e::pulse_compare::{compare, find, level_beside, lufs};
use xinting_e2e::pulse_pack::{self, CAPTION_MS, Change};

const SECOND: usize = 48_000;
/// A frame of the screen, in seconds.
const FRAME: f64 = 1.0 / 60.0;

/// Plays `flow` in a booth on this route; gives back what was heard and what the player page showed.
fn played(name: &str, route: Route, flow: &str) -> (Recording, Vec<Change>) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let packs = pulse_pack::packs(dir.path());
    let server = SoundServer::start();
    let config = format!(
        "[audio]\nhost = \"{}\"\ndevice = \"{}\"\n\n[packs]\nimage = \"{}\"\n",
        route.host(),
        route.device(),
        packs.display()
    );
    let booth = Booth::new(dir.path(), &config);
    let shots: PathBuf = target_dir().join("../sound");
    let seen = dir.path().join("page.tsv");
    let mut command = booth.flow_command(name, flow, &shots);
    server.lead(&mut command).arg("--record").arg(&seen);
    let recorder = Recorder::start(&server);
    let output = run(&mut command);
    let heard = recorder.stop();
    heard.keep(&shots.join(format!("{name}.f32")));
    assert!(
        output.status.success(),
        "{name}: {}\n--- log\n{}\n--- server\n{}",
        printed(&output),
        String::from_utf8_lossy(&booth.log()),
        server.said()
    );
    (heard, pulse_pack::record(Path::new(&seen)))
}

/// Where a whole reference lies in a capture, by its frame 0; the capture is about so much below the reference.
fn zero(heard: &Recording, reference: &[f32], level_db: f64) -> usize {
    let gain = 10_f64.powf(level_db / 20.0) as f32;
    let wanted: Vec<f32> = reference.iter().map(|sample| sample * gain).collect();
    let peak = wanted.iter().fold(0.0_f32, |most, s| most.max(s.abs()));
    println!(
        "asked for: {level_db:.2} dB; captured: {:.2} LUFS",
        lufs(&heard.samples)
    );
    // Any second of it, after the fade-in.
    (3..8)
        .find_map(|second| {
            let at = second * SECOND;
            let here = find(&heard.samples, &wanted, at, peak / 20.0)?;
            here.checked_sub(at)
        })
        .expect("the practice is in the capture, at its level")
}

/// Level of the capture beside the reference over a piece that begins at `from` seconds of the reference.
fn level(heard: &Recording, reference: &[f32], zero: usize, from: f64, seconds: f64) -> (f64, f64) {
    let from = (from * SECOND as f64) as usize;
    let to = from + (seconds * SECOND as f64) as usize;
    level_beside(
        &heard.samples[(zero + from) * 2..(zero + to) * 2],
        &reference[from * 2..to * 2],
    )
}

/// The pack brings every sound to -26 LUFS; a visit begins at volume 5 of 8, which is three steps of 4 dB down.
const EXPECTED_LUFS: f64 = -26.0 - 12.0;

#[test]
fn captions_change_with_the_sound_that_is_captured() {
    once_more(captions);
}

fn captions() {
    let ruler = pulse_pack::ruler();
    let expected_db = EXPECTED_LUFS - lufs(&ruler);
    for route in Route::BOTH {
        let (heard, changes) = played(
            &format!("captions-{}", route.host()),
            route,
            "tap 轻触屏幕，歇一会儿\ntap 静一静\ntap 往下看\ntap 往下看\ntap 尺子\nwait 24s\ntap 结束\n",
        );
        let zero = zero(&heard, &ruler, expected_db);
        // Whole, at one level, from the end of the fade-in on.
        let (db, alike) = level(&heard, &ruler, zero, 3.0, 18.0);
        assert!(alike > 0.999_99, "{route:?}: {alike}");
        let gain = 10_f64.powf(db / 20.0) as f32;
        let wanted: Vec<f32> = ruler.iter().map(|sample| sample * gain).collect();
        let end = zero + 21 * SECOND;
        let begin = (zero + 3 * SECOND, 3 * SECOND);
        compare(&heard.samples[..end * 2], &wanted, begin, false, 2e-5)
            .must_be_whole(&format!("{route:?}"), 18 * SECOND);
        let loud = lufs(&heard.samples[begin.0 * 2..end * 2]);
        let off = loud - EXPECTED_LUFS;
        println!("{route:?}: {loud:.2} LUFS, {off:+.2} LU from what was asked");
        assert!(off.abs() <= 0.5, "{route:?}: {off} LU off");

        let heard_at = |time: f64| {
            let time = std::time::Duration::from_secs_f64(time);
            (heard.frame_at(time) - zero as f64) / SECOND as f64
        };
        let mut late = Vec::new();
        for change in &changes {
            let Ok(second) = change.caption.parse::<u32>() else {
                continue;
            };
            if second == 0 {
                // The page is there before the sound.
                continue;
            }
            let (before, after) = (heard_at(change.before), heard_at(change.after));
            let due = f64::from(second);
            println!(
                "{route:?}: caption of {due} s seen between {:+.1} and {:+.1} ms of its sound",
                (before - due) * 1e3,
                (after - due) * 1e3
            );
            late.push((before - due, after - due));
        }
        let expected = 21 / (CAPTION_MS as usize / 1000);
        assert!(late.len() >= expected, "{route:?}: only {}", late.len());
        in_step(&format!("{route:?} captions"), &late, FRAME);
    }
}

/// Each change was seen between two looks. Not before its sound by more than a frame of the screen; and, since the page
/// is only drawn again every frame, not still missing when its sound was two frames old.
fn in_step(what: &str, seen: &[(f64, f64)], most: f64) {
    let mut middles: Vec<f64> = seen.iter().map(|(a, b)| (a + b) / 2.0).collect();
    middles.sort_by(f64::total_cmp);
    println!(
        "{what}: {} changes, median {:+.1} ms, from {:+.1} to {:+.1} ms",
        middles.len(),
        middles[middles.len() / 2] * 1e3,
        middles[0] * 1e3,
        middles[middles.len() - 1] * 1e3
    );
    for (before, after) in seen {
        assert!(*after >= -FRAME, "{what}: {:.1} ms early", -after * 1e3);
        assert!(
            *before <= FRAME + most,
            "{what}: {:.1} ms late",
            before * 1e3
        );
    }
    let median = middles[middles.len() / 2];
    assert!(median.abs() <= most, "{what}: {:.1} ms off", median * 1e3);
}

#[test]
fn the_breath_on_the_page_is_the_breath_that_is_captured() {
    once_more(breath);
}

fn breath() {
    let breath = pulse_pack::breath();
    let (heard, changes) = played(
        "breath",
        Route::PulseAudio,
        "tap 轻触屏幕，歇一会儿\ntap 静一静\ntap 往下看\ntap 往下看\ntap 往下看\ntap 会呼吸的尺子\nwait 26s\ntap 结束\n",
    );
    let rounds = breath.repeat(4);
    let zero = zero(&heard, &rounds, EXPECTED_LUFS - lufs(&breath));
    let round = (breath.len() / 2) as f64 / SECOND as f64;
    let inhale = pulse_pack::BREATH_MS.0 as f64 / 1e3;
    let mut seen = Vec::new();
    for change in &changes {
        let due = match change.breath.as_str() {
            "inhale" => 0.0,
            "exhale" => inhale,
            _ => continue,
        };
        let phase = |time: f64| {
            let time = std::time::Duration::from_secs_f64(time);
            let heard = (heard.frame_at(time) - zero as f64) / SECOND as f64 - due;
            // Nearest turn of the breath: -half a round to half a round.
            heard - (heard / round).round() * round
        };
        seen.push((phase(change.before), phase(change.after)));
    }
    // Captions change too, in between; only turns of the breath count.
    let turns: Vec<(f64, f64)> = seen
        .into_iter()
        .filter(|(before, _)| before.abs() < 0.3)
        .collect();
    assert!(turns.len() >= 5, "only {} turns of the breath", turns.len());
    in_step("breath", &turns, FRAME);
}

#[test]
fn a_call_makes_the_practice_quieter_and_gives_it_back() {
    once_more(call);
}

fn call() {
    let ruler = pulse_pack::ruler();
    let (heard, _) = played(
        "ducking",
        Route::PulseAudio,
        "clock 2026-05-25T10:00
tap 轻触屏幕，歇一会儿
tap 静一静
tap 往下看
tap 往下看
tap 尺子
wait 6s
sim modem answer after 1s
tap 求助热线
tap 心理援助热线 12356
expect 线路已接通
tap 返回
tap 返回
tap 播放
wait 5s
sim modem hang-up
expect 通话结束了
tap 返回
expect 播放
tap 播放
wait 5s
tap 结束
",
    );
    let expected = EXPECTED_LUFS - lufs(&ruler);
    let levels = levels_of(&heard, &ruler, expected);
    println!("levels, a quarter of a second each: {levels:.1?}");
    let full = |db: &f64| (db - expected).abs() <= 0.5;
    let ducked = |db: &f64| (db - expected + 24.0).abs() <= 0.5;
    let first = levels.iter().position(full).expect("it plays in full");
    let under = levels[first..]
        .iter()
        .position(ducked)
        .expect("it is quieter during the call")
        + first;
    assert!(
        levels[under..].iter().filter(|db| ducked(db)).count() >= 12,
        "not quiet for long: {levels:.1?}"
    );
    assert!(
        levels[under..].iter().any(full),
        "it does not come back: {levels:.1?}"
    );
}

/// Level beside the ruler of each quarter of a second in which anything sounded and the ruler was recognised.
fn levels_of(heard: &Recording, ruler: &[f32], expected_db: f64) -> Vec<f64> {
    const PIECE: usize = SECOND / 4;
    let mut levels = Vec::new();
    let mut there = zero(heard, ruler, expected_db);
    let mut lag = there as i64;
    while there + PIECE <= heard.frames() {
        let piece = &heard.samples[there * 2..(there + PIECE) * 2];
        if piece.iter().any(|sample| *sample != 0.0) {
            // A pause moves the ruler along in the capture: find its place again where it was lost.
            if alike_at(piece, ruler, there as i64 - lag).is_none_or(|(_, alike)| alike < 0.9) {
                let found = (0..(ruler.len() / 2 - PIECE) as i64).find(|at| {
                    let from = *at as usize * 2;
                    level_beside(
                        &piece[PIECE..PIECE + 128],
                        &ruler[from + PIECE..from + PIECE + 128],
                    )
                    .1 > 0.95
                });
                if let Some(at) = found {
                    lag = there as i64 - at;
                }
            }
            if let Some((db, alike)) = alike_at(piece, ruler, there as i64 - lag)
                && alike > 0.95
            {
                levels.push(db);
            }
        }
        there += PIECE;
    }
    levels
}

fn alike_at(piece: &[f32], ruler: &[f32], at: i64) -> Option<(f64, f64)> {
    let from = usize::try_from(at).ok()? * 2;
    let wanted = ruler.get(from..from + piece.len())?;
    Some(level_beside(piece, wanted))
}
