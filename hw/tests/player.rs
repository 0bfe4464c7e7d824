//! The player over the simulated card: the same threads, ring and callback as with a real one, in real time.

#![expect(
    clippy::unwrap_used,
    reason = "a test whose preparation fails has failed"
)]

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use xinting_hw::audio::{
    DeviceChoice, End, PlayerCommand as Cmd, PlayerConfig, PlayerEvent, PlayerHandle, Role,
    ScriptError, SimOut, Sound, Track,
};
use xinting_sound::{Stereo, encode_flac};

/// Ten seconds whose every sample says where it stands: a ramp from -0.4 to 0.4.
static RAMP: LazyLock<Arc<[u8]>> = LazyLock::new(|| {
    let samples: Vec<f32> = (0..RAMP_FRAMES)
        .map(|n| 0.8 * n as f32 / RAMP_FRAMES as f32 - 0.4)
        .collect();
    encode_flac(&Stereo::from_mono(&samples)).unwrap().into()
});
const RAMP_FRAMES: usize = 480_000;

/// The millisecond of the ramp that a sample belongs to.
fn ramp_ms(sample: f32) -> f64 {
    f64::from(sample + 0.4) / 0.8 * RAMP_FRAMES as f64 / 48.0
}

struct Rig {
    player: PlayerHandle,
    events: Receiver<PlayerEvent>,
}

impl Rig {
    fn new(device: DeviceChoice) -> Self {
        let (tell, events) = channel();
        let config = PlayerConfig {
            device,
            ..PlayerConfig::default()
        };
        let player = PlayerHandle::start(config, move |event| {
            let _closed = tell.send(event);
        })
        .unwrap();
        let rig = Self { player, events };
        rig.send(Cmd::Volume(8));
        rig
    }

    fn send(&self, command: Cmd) {
        self.player.send(command).unwrap();
    }

    fn load(&self, bytes: &Arc<[u8]>, looped: bool, start_ms: u64) {
        self.send(Cmd::Load {
            tracks: vec![Track::new(Role::Cue, Arc::clone(bytes)).looped(looped)],
            start_ms,
            end: End::default(),
        });
    }

    /// Waits for an event that fits; any others before it are passed over.
    fn wait_for(&self, what: &str, fits: impl Fn(&PlayerEvent) -> bool) -> PlayerEvent {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(event) if fits(&event) => return event,
                Ok(_) => {}
                Err(_) => panic!("no {what} came"),
            }
        }
    }

    fn wait_until(&self, what: &str, holds: impl Fn(&PlayerHandle) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !holds(&self.player) {
            assert!(Instant::now() < deadline, "never: {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn ms(&self) -> u64 {
        self.player.position().ms
    }

    /// Polls for `time` as a screen does, and returns the position before and after.
    fn watch(&self, time: Duration) -> (u64, u64) {
        let (begin, first) = (Instant::now(), self.ms());
        let mut last = first;
        while begin.elapsed() < time {
            let now = self.ms();
            assert!(now >= last, "time went back from {last} to {now}");
            last = now;
            std::thread::sleep(Duration::from_millis(4));
        }
        (first, last)
    }
}

fn is_loaded(event: &PlayerEvent) -> bool {
    matches!(event, PlayerEvent::Loaded { .. })
}

fn left(recording: &[f32]) -> Vec<f32> {
    recording.iter().step_by(2).copied().collect()
}

fn largest_step(samples: &[f32]) -> f32 {
    samples
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max)
}

#[test]
fn a_sound_plays_from_its_start_to_its_end() {
    let sim = SimOut::new();
    let rig = Rig::new(DeviceChoice::Sim(sim.clone()));
    rig.wait_for("Ready", |event| {
        matches!(event, PlayerEvent::Sound(Sound::Ready { .. }))
    });
    rig.load(&RAMP, false, 6_000);
    let loaded = rig.wait_for("Loaded", is_loaded);
    assert_eq!(
        loaded,
        PlayerEvent::Loaded {
            duration_ms: Some(10_000)
        }
    );
    assert_eq!(rig.ms(), 6_000);
    assert!(!rig.player.position().playing);
    sim.record();
    rig.send(Cmd::Play);
    rig.wait_until("playing", |player| player.position().playing);
    let begun = Instant::now();
    rig.wait_until("under way", |player| player.position().ms > 6_100);
    let (first, last) = rig.watch(Duration::from_secs(2));
    assert!((1_700..2_300).contains(&(last - first)), "{first} {last}");
    assert!(rig.player.position().audible);
    rig.wait_for("Ended", |event| *event == PlayerEvent::Ended);
    let took = begun.elapsed();
    assert!(took > Duration::from_millis(3_700), "{took:?}");
    assert_eq!(rig.ms(), 10_000);
    assert!(!rig.player.position().playing);
    assert_eq!(rig.player.health().xruns, 0);

    let heard = left(&sim.take_recording());
    let begin = heard.iter().position(|s| *s != 0.0).unwrap();
    // The fade-in takes two seconds: after a quarter of it the gain is sin(π/8).
    let quarter = heard[begin + 24_000] / (0.8 * 0.65 - 0.4);
    assert!((quarter - 0.3827).abs() < 0.02, "{quarter}");
    // From then on every sample is where it belongs, to the resolution of 16 bits.
    for at in [100_000, 130_000, 160_000, 190_000] {
        let expected = 6_000.0 + at as f64 / 48.0;
        let got = ramp_ms(heard[begin + at]);
        assert!((got - expected).abs() < 1.5, "{got} for {expected}");
    }
    assert!(largest_step(&heard) < 0.01, "a click");
}

#[test]
fn pause_holds_seek_jumps_and_play_goes_on() {
    let sim = SimOut::new();
    let rig = Rig::new(DeviceChoice::Sim(sim.clone()));
    rig.load(&RAMP, false, 0);
    rig.wait_for("Loaded", is_loaded);
    rig.send(Cmd::Play);
    rig.wait_until("a second", |player| player.position().ms > 1_000);
    rig.send(Cmd::Pause);
    rig.wait_until("paused", |player| !player.position().playing);
    // The fade of the pause and the card's latency play out; then it stands.
    std::thread::sleep(Duration::from_millis(250));
    let (first, last) = rig.watch(Duration::from_millis(300));
    assert_eq!(first, last);
    assert!((1_000..1_600).contains(&first), "{first}");

    rig.send(Cmd::Seek(5_000));
    rig.wait_until("the seek", |player| player.position().ms == 5_000);
    sim.record();
    rig.send(Cmd::Play);
    rig.wait_until("going on", |player| player.position().ms > 5_500);
    rig.send(Cmd::Seek(2_000));
    rig.wait_until("back", |player| player.position().ms < 5_000);
    let now = rig.ms();
    assert!((2_000..2_300).contains(&now), "{now}");
    rig.wait_until("going on", |player| player.position().ms > 2_600);
    rig.send(Cmd::Seek(99_999_999));
    rig.wait_for("Ended", |event| *event == PlayerEvent::Ended);
    assert_eq!(rig.ms(), 10_000);
    // At the end, Play begins again.
    rig.send(Cmd::Play);
    rig.wait_until("again", |player| {
        let position = player.position();
        position.playing && (1..3_000).contains(&position.ms)
    });
    rig.send(Cmd::Stop);
    rig.wait_until("stopped", |player| player.position().ms == 0);
    assert!(!rig.player.position().playing);
    assert!(largest_step(&left(&sim.take_recording())) < 0.01, "a click");
}

#[test]
fn without_a_device_the_practice_runs_by_the_wall_clock() {
    for device in [
        DeviceChoice::None,
        DeviceChoice::Sim(SimOut::unplugged()),
        DeviceChoice::Named("no such card".to_owned()),
    ] {
        let rig = Rig::new(device);
        rig.wait_for("Absent", |event| {
            matches!(event, PlayerEvent::Sound(Sound::Absent { reason }) if !reason.is_empty())
        });
        rig.load(&RAMP, false, 9_000);
        rig.wait_for("Loaded", is_loaded);
        rig.send(Cmd::Play);
        rig.wait_until("playing", |player| player.position().playing);
        let begun = Instant::now();
        rig.wait_until("under way", |player| player.position().ms >= 9_400);
        assert!(begun.elapsed() > Duration::from_millis(350));
        rig.send(Cmd::Pause);
        rig.wait_until("paused", |player| !player.position().playing);
        let (first, last) = rig.watch(Duration::from_millis(100));
        assert_eq!(first, last);
        rig.send(Cmd::Play);
        rig.wait_for("Ended", |event| *event == PlayerEvent::Ended);
        let position = rig.player.position();
        assert_eq!((position.ms, position.audible), (10_000, false));
        assert!(rig.player.health().trouble.is_some());
    }
}

#[test]
fn a_card_pulled_out_and_put_back_loses_no_time() {
    let sim = SimOut::new();
    let rig = Rig::new(DeviceChoice::Sim(sim.clone()));
    rig.load(&RAMP, false, 0);
    rig.wait_for("Loaded", is_loaded);
    rig.send(Cmd::Play);
    rig.wait_until("under way", |player| player.position().ms > 500);
    let begun = Instant::now();
    let at_begin = rig.ms();

    sim.script_line("unplug").unwrap();
    rig.wait_for("Lost", |event| {
        matches!(event, PlayerEvent::Sound(Sound::Lost { .. }))
    });
    let (first, last) = rig.watch(Duration::from_millis(1_500));
    assert!(
        last - first >= 1_400,
        "the silent clock runs: {first} {last}"
    );
    assert!(rig.player.position().playing && !rig.player.position().audible);

    sim.record();
    sim.script_line("plug").unwrap();
    let plugged = Instant::now();
    rig.wait_for("Back", |event| {
        matches!(event, PlayerEvent::Sound(Sound::Back { .. }))
    });
    assert!(plugged.elapsed() < Duration::from_secs(2));
    rig.watch(Duration::from_millis(2_700));
    let (position, wall) = (rig.ms() - at_begin, begun.elapsed().as_millis() as u64);
    assert!(
        position.abs_diff(wall) < 250,
        "the practice is at {position} ms after {wall} ms"
    );
    assert_eq!(rig.player.health().losses, 1);

    // What came out at the end is what belongs there.
    let heard = left(&sim.take_recording());
    let now = rig.ms() as f64;
    let got = ramp_ms(*heard.last().unwrap());
    assert!((got - now).abs() < 120.0, "heard {got} at {now}");
    assert!(largest_step(&heard) < 0.01, "a click");
}

#[test]
fn a_card_that_stands_still_does_not_hold_up_the_practice() {
    let sim = SimOut::new();
    let rig = Rig::new(DeviceChoice::Sim(sim.clone()));
    rig.load(&RAMP, true, 0);
    rig.wait_for("Loaded", is_loaded);
    rig.send(Cmd::Play);
    rig.wait_until("under way", |player| player.position().ms > 300);
    sim.script_line("stall").unwrap();
    let stalled = Instant::now();
    rig.wait_until("the silent clock", |player| !player.position().audible);
    let took = stalled.elapsed();
    assert!(
        (Duration::from_millis(450)..Duration::from_millis(1_500)).contains(&took),
        "{took:?}"
    );
    // A device this young is given three seconds before it counts as lost; the practice does not wait for it.
    rig.wait_for("Lost", |event| {
        matches!(event, PlayerEvent::Sound(Sound::Lost { .. }))
    });
    assert!(stalled.elapsed() < Duration::from_secs(5));
    let (first, last) = rig.watch(Duration::from_millis(500));
    assert!(last > first + 400);
    sim.script_line("resume").unwrap();
    rig.wait_for("Back", |event| {
        matches!(event, PlayerEvent::Sound(Sound::Back { .. }))
    });
    assert!(sim.times_opened() >= 2);
    assert!(rig.player.position().playing);
}

#[test]
fn a_card_that_wakes_slowly_is_waited_for_and_not_lost() {
    let sim = SimOut::new();
    sim.stall();
    let rig = Rig::new(DeviceChoice::Sim(sim.clone()));
    rig.load(&RAMP, false, 0);
    rig.wait_for("Loaded", is_loaded);
    rig.send(Cmd::Play);
    rig.wait_until("the silent clock", |player| player.position().ms > 400);
    assert!(!rig.player.position().audible);
    sim.record();
    sim.resume();
    rig.wait_until("sound", |player| player.position().audible);
    rig.watch(Duration::from_millis(2_700));
    assert_eq!(
        (rig.player.health().losses, sim.times_opened()),
        (0, 1),
        "it was only slow"
    );
    let got = ramp_ms(*left(&sim.take_recording()).last().unwrap());
    let now = rig.ms() as f64;
    assert!((got - now).abs() < 120.0, "heard {got} at {now}");
}

#[test]
fn a_loop_has_no_seam_and_counts_on() {
    // A second of whole cycles: its end fits its beginning, so any step beyond the sine's own is ours.
    let sine: Vec<f32> = (0..48_000)
        .map(|n| 0.4 * (n as f32 / 48_000.0 * 200.0 * std::f32::consts::TAU).sin())
        .collect();
    let bytes: Arc<[u8]> = encode_flac(&Stereo::from_mono(&sine)).unwrap().into();
    let sim = SimOut::new();
    let rig = Rig::new(DeviceChoice::Sim(sim.clone()));
    rig.load(&bytes, true, 0);
    rig.wait_for("Loaded", is_loaded);
    sim.record();
    rig.send(Cmd::Play);
    rig.wait_until("four rounds", |player| player.position().ms > 4_200);
    let heard = left(&sim.take_recording());
    let own_step = 0.4 * (200.0 / 48_000.0 * std::f32::consts::TAU) * 1.02;
    assert!(largest_step(&heard) < own_step, "{}", largest_step(&heard));
    assert_eq!(rig.player.health().xruns, 0);
    rig.send(Cmd::Seek(61_500));
    rig.wait_until("the 61st round", |player| player.position().ms > 61_600);
}

#[test]
fn volume_and_ducking_turn_down_and_never_up() {
    let level: Arc<[u8]> = encode_flac(&Stereo::from_mono(&vec![0.4; 480_000]))
        .unwrap()
        .into();
    let sim = SimOut::new();
    let rig = Rig::new(DeviceChoice::Sim(sim.clone()));
    rig.load(&level, true, 0);
    rig.wait_for("Loaded", is_loaded);
    rig.send(Cmd::Play);
    rig.wait_until("past the fade", |player| player.position().ms > 2_300);
    sim.record();
    let after = |command: Cmd| {
        rig.send(command);
        std::thread::sleep(Duration::from_millis(500));
        left(&sim.take_recording()).last().copied().unwrap()
    };
    for (command, gain) in [
        (Cmd::Volume(200), 1.0),
        (Cmd::Volume(7), 0.631),
        (Cmd::Duck(true), 0.631 * 0.0631),
        (Cmd::Duck(false), 0.631),
        (Cmd::Volume(0), 0.0),
        (Cmd::Volume(8), 1.0),
    ] {
        let text = format!("{command:?}");
        let got = after(command) / 0.4;
        assert!((got - gain).abs() < 0.01, "{text}: {got}");
    }
}

#[test]
fn a_pack_that_shouts_is_held_under_the_ceiling() {
    // A WAV as loud as a file can be, with a gain that would make it louder still.
    let mut wav =
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data"
            .to_vec();
    let data: Vec<u8> = (0..48_000 * 5_u32)
        .flat_map(|n| {
            if n * 7 / 48 % 2 == 0 {
                i16::MAX
            } else {
                i16::MIN
            }
            .to_le_bytes()
        })
        .collect();
    wav.extend((data.len() as u32).to_le_bytes());
    wav.extend(&data);
    let length = (wav.len() as u32 - 8).to_le_bytes();
    wav[4..8].copy_from_slice(&length);

    let sim = SimOut::new();
    let rig = Rig::new(DeviceChoice::Sim(sim.clone()));
    sim.record();
    rig.send(Cmd::Load {
        tracks: vec![Track::new(Role::Cue, wav.into()).gain_db(40.0)],
        start_ms: 0,
        end: End::default(),
    });
    rig.wait_for("Loaded", is_loaded);
    rig.send(Cmd::Play);
    rig.wait_for("Ended", |event| *event == PlayerEvent::Ended);
    let heard = Stereo::from_interleaved(sim.take_recording());
    let peak = xinting_sound::true_peak_dbtp(&heard).unwrap();
    assert!((-4.0..=-1.0).contains(&peak), "{peak} dBTP");
}

#[test]
fn any_commands_in_any_order_leave_a_player_that_plays() {
    let sim = SimOut::new();
    let rig = Rig::new(DeviceChoice::Sim(sim.clone()));
    // A small generator of our own: the order is the same every time, and found again from the seed.
    let mut seed = 0x5eed_u64;
    let mut dice = |sides: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % sides
    };
    for _ in 0..400 {
        match dice(12) {
            0 => rig.load(&RAMP, dice(2) == 0, dice(12_000)),
            1 => rig.load(&b"RIFFxxxxWAVEnonsense".as_slice().into(), false, 0),
            2 | 3 => rig.send(Cmd::Play),
            4 => rig.send(Cmd::Pause),
            5 => rig.send(Cmd::Seek(dice(15_000))),
            6 => rig.send(Cmd::Seek(u64::MAX)),
            7 => rig.send(Cmd::Volume(dice(256) as u8)),
            8 => rig.send(Cmd::Duck(dice(2) == 0)),
            9 => rig.send(Cmd::Stop),
            10 => sim
                .script_line(["unplug", "plug", "stall", "resume"][dice(4) as usize])
                .unwrap(),
            _ => std::thread::sleep(Duration::from_millis(dice(40))),
        }
        let _any = rig.player.position();
        std::thread::sleep(Duration::from_millis(2));
    }
    sim.plug();
    sim.resume();
    rig.send(Cmd::Volume(8));
    rig.send(Cmd::Duck(false));
    rig.load(&RAMP, false, 0);
    rig.send(Cmd::Play);
    rig.wait_until("sound again", |player| {
        let position = player.position();
        position.audible && position.playing && (2_500..9_000).contains(&position.ms)
    });
}

#[test]
fn bytes_that_are_no_sound_leave_the_practice_running() {
    let rig = Rig::new(DeviceChoice::Sim(SimOut::new()));
    rig.load(&b"not a sound".as_slice().into(), false, 0);
    let event = rig.wait_for("Unplayable", |event| {
        matches!(event, PlayerEvent::Unplayable { .. })
    });
    assert!(format!("{event:?}").contains("not a WAV"), "{event:?}");
    rig.send(Cmd::Play);
    rig.wait_until("the silent clock", |player| player.position().ms > 200);
    // The next sound plays as if nothing had been.
    rig.load(&RAMP, false, 0);
    rig.wait_for("Loaded", is_loaded);
    assert_eq!(rig.ms(), 0);
    rig.send(Cmd::Play);
    rig.wait_until("the sound", |player| player.position().ms > 200);
    assert!(rig.player.position().audible);
}

#[test]
fn commands_with_nothing_loaded_do_nothing() {
    let rig = Rig::new(DeviceChoice::Sim(SimOut::new()));
    for command in [
        Cmd::Play,
        Cmd::Pause,
        Cmd::Seek(1_000),
        Cmd::Duck(true),
        Cmd::Stop,
        Cmd::Stop,
        Cmd::Play,
    ] {
        rig.send(command);
    }
    std::thread::sleep(Duration::from_millis(100));
    let position = rig.player.position();
    assert_eq!((position.ms, position.playing), (0, false));
}

#[test]
fn dropping_the_last_handle_ends_the_player() {
    let rig = Rig::new(DeviceChoice::Sim(SimOut::new()));
    rig.load(&RAMP, true, 0);
    rig.send(Cmd::Play);
    let other = rig.player.clone();
    let events = rig.events;
    drop(rig.player);
    assert!(other.send(Cmd::Pause).is_ok(), "a clone still holds it");
    let begun = Instant::now();
    drop(other);
    assert!(begun.elapsed() < Duration::from_secs(2));
    // The player's end of the channel is gone with its thread.
    while events.recv().is_ok() {}
}

#[test]
fn the_simulated_card_knows_its_words() {
    let sim = SimOut::new();
    for word in [
        "unplug", "plug", "stall", " resume ", "kill", "hang", "resume",
    ] {
        assert_eq!(sim.script_line(word), Ok(()));
    }
    assert_eq!(
        sim.script_line("explode"),
        Err(ScriptError {
            line: "explode".to_owned()
        })
    );
}
