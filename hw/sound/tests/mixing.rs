//! The mix does what was asked at the frame it was asked for: gains, loops, crossings, bells, ducking, ends.

use std::sync::Arc;

use xinting_sound::limiter::LOOK_AHEAD;
use xinting_sound::mixer::{BEDS, SILENT_DB};
use xinting_sound::{
    Ducking, End, MixError, Mixer, MixerOptions, Part, Pcm, Profile, Slot, Stereo, db_to_gain,
    encode_flac, true_peak_dbtp,
};

const NO_DUCKING: Ducking = Ducking {
    depth_db: 0.0,
    attack_ms: 1,
    hold_ms: 0,
    release_ms: 1,
    threshold_dbfs: -45.0,
};

fn options() -> MixerOptions {
    MixerOptions {
        ducking: NO_DUCKING,
        ..MixerOptions::default()
    }
}

/// A sine whose period is exactly `period` frames.
fn sine(period: usize, frames: usize, level: f32) -> Pcm {
    let samples: Vec<f32> = (0..frames)
        .flat_map(|n| {
            let turn = (n % period) as f64 / period as f64;
            [(turn * std::f64::consts::TAU).sin() as f32 * level; 2]
        })
        .collect();
    Pcm::new(samples.into())
}

fn steady(value: f32, frames: usize) -> Pcm {
    Pcm::new(vec![value; frames * 2].into())
}

fn render(mixer: &mut Mixer, frames: usize) -> Vec<f32> {
    let mut out = vec![0.0; frames * 2];
    let got = mixer.render(&mut out);
    out.truncate(got * 2);
    out
}

fn left(sound: &[f32]) -> Vec<f32> {
    sound.iter().copied().step_by(2).collect()
}

fn largest_step(sound: &[f32]) -> f32 {
    let left = left(sound);
    left.windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max)
}

#[test]
fn one_part_at_full_gain_is_the_sound_itself_and_exactly_as_long() {
    let noise: Vec<f32> = (0..2 * 10_001)
        .map(|n| ((n * 7919 % 65_537) as f32 / 65_537.0 - 0.5) * 0.8)
        .collect();
    let mut mixer = Mixer::new(options());
    mixer
        .put(Slot::Cue, Part::new(Pcm::new(noise.clone().into())), 0)
        .unwrap();
    let out = render(&mut mixer, 20_000);
    assert!(out == noise, "the samples themselves");
    assert!(mixer.ended());
    assert_eq!(mixer.position(), 10_001);
    assert!(render(&mut mixer, 10).is_empty());
}

#[test]
fn how_much_is_asked_at_a_time_changes_nothing() {
    let make = || {
        let mut mixer = Mixer::new(MixerOptions {
            profile: Profile::Speaker,
            ..MixerOptions::default()
        });
        let bed = Part::new(sine(100, 5_000, 0.5)).looped(true).gain_db(-6.0);
        mixer.put(Slot::Bed(0), bed, 4_800).unwrap();
        let voice = Part::new(sine(60, 30_000, 0.9)).origin(10_007);
        mixer.put(Slot::Voice, voice, 0).unwrap();
        mixer
            .ring(vec![0.7; 2 * 3_001].into(), 20_011, -3.0)
            .unwrap();
        mixer.set_gain(Slot::Bed(0), -20.0, 20_000).unwrap();
        mixer.set_end(Some(End {
            at: 50_003,
            fade: 9_999,
            bell: Some((vec![0.2; 2 * 15_000].into(), -6.0)),
        }));
        mixer
    };
    let whole = render(&mut make(), 100_000);
    assert_eq!(whole.len(), 2 * 65_003);
    for step in [1, 63, 64, 65, 480, 1024, 4_097] {
        let mut mixer = make();
        let mut pieces = Vec::new();
        loop {
            let piece = render(&mut mixer, step);
            if piece.is_empty() {
                break;
            }
            pieces.extend(piece);
        }
        assert!(pieces == whole, "in steps of {step}");
    }
}

#[test]
fn a_loop_has_no_seam() {
    // 48,000 is no multiple of a block, the loop none of either.
    let mut mixer = Mixer::new(options());
    let bed = Part::new(sine(109, 109 * 7, 0.5)).looped(true);
    mixer.put(Slot::Bed(2), bed, 0).unwrap();
    let out = left(&render(&mut mixer, 48_000));
    assert_eq!(out.len(), 48_000);
    for (n, sample) in out.iter().enumerate() {
        let turn = (n % 109) as f64 / 109.0;
        let expected = (turn * std::f64::consts::TAU).sin() as f32 * 0.5;
        assert_eq!(*sample, expected, "frame {n}");
    }
    assert!(!mixer.ended(), "a bed alone goes on");
}

#[test]
fn a_decoded_loop_has_no_seam_either() {
    let mono: Vec<f32> = (0..109 * 50)
        .map(|n| ((n % 109) as f64 / 109.0 * std::f64::consts::TAU).sin() as f32 * 0.5)
        .collect();
    let bytes: Arc<[u8]> = encode_flac(&Stereo::from_mono(&mono)).unwrap().into();
    let decoder = xinting_sound::Decoder::open(bytes).unwrap();
    let mut mixer = Mixer::new(options());
    mixer
        .put(Slot::Bed(0), Part::new(decoder).looped(true), 0)
        .unwrap();
    let out = left(&render(&mut mixer, 60_000));
    for (n, sample) in out.iter().enumerate() {
        assert!((sample - mono[n % mono.len()]).abs() < 1e-4, "frame {n}");
    }
}

#[test]
fn an_empty_loop_ends_instead_of_turning_for_ever() {
    let mut mixer = Mixer::new(options());
    mixer
        .put(Slot::Bed(0), Part::new(steady(0.0, 0)).looped(true), 0)
        .unwrap();
    assert_eq!(render(&mut mixer, 100), vec![0.0; 200]);
    assert!(!mixer.sounds(Slot::Bed(0)));
}

#[test]
fn crossing_parts_keep_their_power_and_do_not_click() {
    // A quarter of a turn apart, so that the two are unrelated: their powers add up.
    let shifted: Vec<f32> = (0..96_000)
        .flat_map(|n| {
            let turn = (n % 100) as f64 / 100.0 + 0.25;
            [(turn * std::f64::consts::TAU).sin() as f32 * 0.4; 2]
        })
        .collect();
    let mut mixer = Mixer::new(options());
    let first = Part::new(sine(100, 96_000, 0.4));
    mixer.put(Slot::Bed(0), first, 0).unwrap();
    let mut out = render(&mut mixer, 10_000);
    let second = Part::new(Pcm::new(shifted.into())).origin(0);
    mixer.put(Slot::Bed(0), second, 20_000).unwrap();
    out.extend(render(&mut mixer, 50_000));
    let left = left(&out);
    for (at, window) in left.chunks_exact(100).enumerate() {
        let power = window.iter().map(|s| s * s).sum::<f32>() / 100.0;
        assert!((power - 0.08).abs() < 0.002, "around {at}00: {power}");
    }
    assert!(largest_step(&out) < 0.4 * 0.07, "{}", largest_step(&out));
}

#[test]
fn changing_the_mind_often_does_not_click() {
    let mut mixer = Mixer::new(options());
    let mut out = Vec::new();
    for turn in 0..30 {
        let part = Part::new(sine(200, 96_000, 0.2)).origin(0);
        mixer.put(Slot::Cue, part, 4_800).unwrap();
        out.extend(render(&mut mixer, 1_700 + turn * 13));
    }
    // Coherent parts crossing lift each other; none may jump.
    assert!(largest_step(&out) < 0.03, "{}", largest_step(&out));
}

#[test]
fn a_gain_glides_evenly_in_decibels() {
    let mut mixer = Mixer::new(options());
    mixer
        .put(Slot::Bed(1), Part::new(steady(0.5, 96_000)), 0)
        .unwrap();
    mixer.set_gain(Slot::Bed(1), -40.0, 48_000).unwrap();
    let out = left(&render(&mut mixer, 60_000));
    for (frame, db) in [
        (0, 0.0),
        (12_000, -10.0),
        (24_000, -20.0),
        (36_000, -30.0),
        (50_000, -40.0),
    ] {
        let expected = 0.5 * db_to_gain(db);
        let error = (out[frame] / expected - 1.0).abs();
        assert!(error < 0.01, "frame {frame}: {} not {expected}", out[frame]);
    }
    mixer.set_gain(Slot::Bed(1), SILENT_DB, 4_800).unwrap();
    let out = render(&mut mixer, 10_000);
    assert_eq!(*out.last().unwrap(), 0.0, "silence is silence");
}

#[test]
fn bells_ring_at_their_frame_and_again_after_a_seek() {
    let bell: Arc<[f32]> = vec![0.25; 2 * 1_000].into();
    let mut mixer = Mixer::new(options());
    mixer.ring(Arc::clone(&bell), 5_003, 0.0).unwrap();
    let expected = |n: usize| {
        if (5_003..6_003).contains(&n) {
            0.25
        } else {
            0.0
        }
    };
    let out = left(&render(&mut mixer, 8_000));
    assert!(out.iter().enumerate().all(|(n, s)| *s == expected(n)));
    // Into its middle, and behind it.
    mixer.seek(5_500);
    let out = left(&render(&mut mixer, 1_000));
    assert!(
        out.iter()
            .enumerate()
            .all(|(n, s)| *s == expected(n + 5_500))
    );
    // One whose time has passed rings now.
    mixer.clear_bells();
    mixer.ring(bell, 0, 0.0).unwrap();
    let out = left(&render(&mut mixer, 2_000));
    let first = out.iter().position(|s| *s > 0.0).unwrap();
    assert!(first <= 64 + LOOK_AHEAD, "{first}");
    for _ in 0..63 {
        mixer.ring([0.0; 2].into(), 0, 0.0).unwrap();
    }
    let full = mixer.ring([0.0; 2].into(), 0, 0.0);
    assert!(matches!(full, Err(MixError::TooManyBells)));
}

#[test]
fn beds_step_back_under_the_voice_and_come_back() {
    let mut mixer = Mixer::new(MixerOptions {
        ducking: Ducking {
            depth_db: 12.0,
            attack_ms: 100,
            hold_ms: 500,
            release_ms: 1_000,
            threshold_dbfs: -45.0,
        },
        ..MixerOptions::default()
    });
    let bed = Part::new(steady(0.2, 48_000)).looped(true);
    mixer.put(Slot::Bed(0), bed, 0).unwrap();
    // The voice is on the frames of the second second, as a sound that averages out to nothing.
    let voice = Part::new(sine(48, 48_000, 0.1)).origin(48_000);
    mixer.put(Slot::Voice, voice, 0).unwrap();
    mixer
        .put(Slot::Cue, Part::new(steady(0.0, 480_000)), 0)
        .unwrap();
    let out = left(&render(&mut mixer, 240_000));
    let bed_at = |frame: usize| out[frame..frame + 48].iter().sum::<f32>() / 48.0 / 0.2;
    let ducked = db_to_gain(-12.0);
    for (ms, least, most) in [
        (900, 1.0, 1.0),
        (1_050, 0.35, 0.7),
        (1_200, ducked, ducked),
        (1_990, ducked, ducked),
        (2_400, ducked, ducked),
        (3_000, 0.3, 0.95),
        (3_700, 1.0, 1.0),
    ] {
        let gain = bed_at(ms * 48);
        assert!(
            (least - 0.005..=most + 0.005).contains(&gain),
            "{ms} ms: {gain}"
        );
    }
}

#[test]
fn a_sleep_timer_fades_out_and_the_end_bell_rings_unfaded() {
    let mut mixer = Mixer::new(options());
    let bed = Part::new(steady(0.4, 1_000)).looped(true);
    mixer.put(Slot::Bed(0), bed, 0).unwrap();
    mixer.set_end(Some(End {
        at: 20_000,
        fade: 10_000,
        bell: Some((vec![0.1; 2 * 12_000].into(), 0.0)),
    }));
    let out = left(&render(&mut mixer, 100_000));
    assert_eq!(out.len(), 32_000, "until the bell has rung out");
    assert!(mixer.ended());
    assert_eq!(out[19_999], 0.4);
    assert!((out[25_000] - 0.1 - 0.4 * std::f32::consts::FRAC_1_SQRT_2).abs() < 1e-3);
    assert!(out[30_000..].iter().all(|s| (*s - 0.1).abs() < 1e-6));
    // Moving the end away brings the sound back.
    mixer.seek(0);
    mixer.set_end(None);
    assert_eq!(left(&render(&mut mixer, 100_000)).len(), 100_000);
    mixer.fade_out(4_800);
    let out = left(&render(&mut mixer, 100_000));
    assert!((4_800..=4_800 + 64 + LOOK_AHEAD).contains(&out.len()));
    assert!(*out.last().unwrap() < 0.001);
}

#[test]
fn beds_fade_after_cue_and_voice_have_ended() {
    let mut mixer = Mixer::new(MixerOptions {
        tail: 4_800,
        ..options()
    });
    mixer
        .put(Slot::Cue, Part::new(steady(0.1, 10_000)), 0)
        .unwrap();
    mixer
        .put(Slot::Voice, Part::new(steady(0.1, 7_000)), 0)
        .unwrap();
    let bed = Part::new(steady(0.2, 999)).looped(true);
    mixer.put(Slot::Bed(0), bed, 0).unwrap();
    let out = left(&render(&mut mixer, 100_000));
    assert_eq!(out.len(), 14_800);
    assert!((out[9_999] - 0.3).abs() < 1e-6);
    assert!(*out.last().unwrap() < 0.001);
    // A looping cue is no end.
    mixer.seek(0);
    let cue = Part::new(steady(0.1, 480)).looped(true);
    mixer.put(Slot::Cue, cue, 0).unwrap();
    assert_eq!(left(&render(&mut mixer, 100_000)).len(), 100_000);
}

#[test]
fn a_seek_gives_what_playing_there_gives() {
    let make = || {
        let mut mixer = Mixer::new(options());
        let bed = Part::new(sine(109, 109 * 77, 0.3)).looped(true);
        mixer.put(Slot::Bed(0), bed, 0).unwrap();
        mixer
            .put(Slot::Cue, Part::new(sine(210, 90_000, 0.3)), 0)
            .unwrap();
        let voice = Part::new(sine(50, 20_000, 0.2)).origin(30_000);
        mixer.put(Slot::Voice, voice, 0).unwrap();
        mixer
    };
    let whole = render(&mut make(), 100_000);
    let mut mixer = make();
    for frame in [1, 64, 29_999, 30_000, 35_555, 49_999, 60_000, 3, 89_999] {
        mixer.seek(frame);
        assert_eq!(mixer.position(), frame);
        let frame = frame as usize;
        let out = render(&mut mixer, 10_000);
        let expected = &whole[frame * 2..(frame * 2 + 20_000).min(whole.len())];
        let expected = &expected[..out.len().min(expected.len())];
        assert!(out[..expected.len()] == *expected, "from {frame}");
    }
}

#[test]
fn nothing_is_louder_than_the_ceiling_whatever_the_gains() {
    for (profile, ceiling) in [
        (Profile::Speaker, -1.0),
        (Profile::Headphones, -1.0),
        (Profile::Headphones, 6.0),
        (Profile::Speaker, -9.0),
    ] {
        let mut mixer = Mixer::new(MixerOptions {
            profile,
            ceiling_dbtp: ceiling,
            ..options()
        });
        for bed in 0..BEDS as u8 {
            let square: Vec<f32> = (0..48_000)
                .flat_map(|n| {
                    [if (n / (17 + usize::from(bed))).is_multiple_of(2) {
                        8.0
                    } else {
                        -8.0
                    }; 2]
                })
                .collect();
            let part = Part::new(Pcm::new(square.into())).gain_db(99.0);
            mixer.put(Slot::Bed(bed), part, 0).unwrap();
        }
        let wild = vec![f32::NAN, f32::INFINITY, 1e38, -1e38];
        mixer.ring(wild.into(), 100, f32::NAN).unwrap();
        let out = render(&mut mixer, 48_000);
        assert!(out.iter().all(|sample| sample.is_finite()));
        let peak = true_peak_dbtp(&Stereo::from_interleaved(out)).unwrap();
        assert!(peak <= f64::from(ceiling.min(-1.0)), "{peak} dBTP");
    }
}

#[test]
fn a_bed_that_is_none_is_refused() {
    let mut mixer = Mixer::new(options());
    let refused = mixer.put(Slot::Bed(4), Part::new(steady(0.0, 1)), 0);
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("no bed 4"), "{text}");
    assert!(mixer.set_gain(Slot::Bed(9), 0.0, 0).is_err());
    assert!(mixer.take(Slot::Bed(200), 0).is_err());
}
