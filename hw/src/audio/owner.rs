//! The thread behind a player: it carries out commands and keeps every clock right. It decodes nothing, touches no
//! sample and waits for no device: whatever may hang is done on a thread of its own.
//!
//! `device` opens, watches and rebuilds the device; `sounding` begins feeds and runs the silent clock.

mod device;
mod sounding;

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use xinting_sound::db_to_gain;

use super::clock::{Anchor, frame_of};
use super::cpal_out::CpalOut;
use super::engine::{CLOSE_MS, FeedState};
use super::feeder::FeederTask;
use super::output::AudioOut;
use super::player::{Inbox, Shared};
use super::{
    DeviceChoice, End, PlayerCommand, PlayerConfig, PlayerEvent, SoundHealth, Track,
    VOLUME_AT_START, VOLUME_STEPS,
};
use device::{Devices, Open};

/// How often the owner looks after the device while a practice is loaded, and while none is.
const TICK: Duration = Duration::from_millis(20);
const IDLE_TICK: Duration = Duration::from_millis(200);
/// Time for the gate to close and the device to play it out.
const LAST_FADE: Duration = Duration::from_millis(150);

/// How long the owner waits for what, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// No callback for this long means that the device stands still.
    pub(super) stalled: u64,
    /// How long an open device may take to come to life: an idle server, HDMI and Bluetooth need up to two seconds.
    /// It is not lost so soon, but the practice does not wait for it either.
    pub(super) starting: u64,
    /// How long an attempt to open may take before it is given up and left to its thread.
    pub(super) opening: u64,
    /// Pause between attempts to open a device while somebody is there.
    pub(super) retry: u64,
    /// The same while nobody is: only the admin's page wants to know.
    pub(super) idle_retry: u64,
    /// With nothing loaded and nobody there for this long, the device is let go, so that the card may sleep.
    pub(super) rest_after: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            stalled: 500_000_000,
            starting: 3_000_000_000,
            opening: 4_000_000_000,
            retry: 500_000_000,
            idle_retry: 10_000_000_000,
            rest_after: 60_000_000_000,
        }
    }
}

/// Fade-in of a practice's first start, and of its return with a device; relaxation never begins with a jolt.
const START_FADE_MS: u32 = 2000;
/// Fade-in after a seek.
const SEEK_FADE_MS: u32 = 150;
/// Fade-out of a practice that is left; what is in the ring and what is still decoded carries it.
const LEAVE_MS: u32 = 500;
/// How long the decoder goes on after a practice was left: the fade, and a device's latency.
const LEAVE_NS: u64 = 1_000_000_000;
/// Fade-out of one practice before the next begins at once; no longer than a ring that has just been primed.
const REPLACE_MS: u32 = 40;
/// Decibels from one volume step to the next.
const STEP_DB: f32 = 4.0;
/// How far the sound steps back for a call.
const DUCK_DB: f32 = -24.0;

/// A loaded practice.
struct Practice {
    load: u64,
    end: End,
    /// Frame after the last of cue and voice, if they end and say so.
    leads_end: Option<u64>,
    /// False once it has turned out that nothing of it can be played.
    usable: bool,
    /// True until it was first started: that start fades in slowly.
    fresh: bool,
    /// The feed that plays it, if a device does.
    state: Option<Arc<FeedState>>,
}

impl Practice {
    /// Frame at which it ends, or begins to.
    fn length(&self) -> Option<u64> {
        self.end.at_ms.map(frame_of).or(self.leads_end)
    }
}

/// See the module.
pub(super) struct Owner {
    config: PlayerConfig,
    patience: Patience,
    shared: Arc<Shared>,
    tasks: Sender<FeederTask>,
    on_event: Box<dyn Fn(PlayerEvent) + Send>,
    devices: Devices,
    open: Option<Open>,
    practice: Option<Practice>,
    /// A practice was left and fades out: at this moment the decoder may forget it.
    forget_ns: Option<u64>,
    playing: bool,
    warm: bool,
    volume: u8,
    ducked: bool,
    last_feed: u64,
    last_load: u64,
}

impl Owner {
    pub(super) fn new(
        config: PlayerConfig,
        patience: Patience,
        shared: Arc<Shared>,
        tasks: Sender<FeederTask>,
        answers: SyncSender<Inbox>,
        on_event: Box<dyn Fn(PlayerEvent) + Send>,
    ) -> Self {
        let output: Option<Arc<dyn AudioOut>> = match &config.device {
            DeviceChoice::None => None,
            DeviceChoice::Default => Some(Arc::new(CpalOut::new(config.host.clone(), None))),
            DeviceChoice::Named(name) => Some(Arc::new(CpalOut::new(
                config.host.clone(),
                Some(name.clone()),
            ))),
            DeviceChoice::Sim(sim) => Some(Arc::new(sim.clone())),
        };
        let owner = Self {
            config,
            patience,
            shared,
            tasks,
            on_event,
            devices: Devices::new(output, answers),
            open: None,
            practice: None,
            forget_ns: None,
            playing: false,
            warm: false,
            volume: VOLUME_AT_START,
            ducked: false,
            last_feed: 0,
            last_load: 0,
        };
        owner.set_gain();
        owner
    }

    /// Runs until told to quit.
    pub(super) fn run(&mut self, inbox: &Receiver<Inbox>) {
        while !self.shared.quit.load(Ordering::Relaxed) {
            self.look_after_device();
            self.look_for_the_end();
            self.forget_what_was_left();
            let tick = if self.practice.is_some() || self.devices.opening() {
                TICK
            } else {
                IDLE_TICK
            };
            match inbox.recv_timeout(tick) {
                Ok(Inbox::Command(command)) => self.obey(command),
                Ok(Inbox::News(news)) => self.hear(news),
                Ok(Inbox::Opened { attempt, result }) => self.opened(attempt, result),
                Ok(Inbox::Quit) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        if self.playing && self.on_device() {
            // Even the last moment does not click: let the gate close before the device does.
            self.shared.controls.set_closing(CLOSE_MS);
            self.set_playing(false);
            std::thread::sleep(LAST_FADE);
        }
        self.close();
        self.devices.wait_for_closing();
    }

    fn now(&self) -> u64 {
        self.shared.epoch.now_ns()
    }

    fn emit(&self, event: PlayerEvent) {
        (self.on_event)(event);
    }

    fn ask(&self, task: FeederTask) {
        // The feeder lives as long as this thread; a failed send means it panicked, and silence is what is left.
        let _gone = self.tasks.send(task);
    }

    fn obey(&mut self, command: PlayerCommand) {
        match command {
            PlayerCommand::Load {
                tracks,
                start_ms,
                end,
            } => self.load(tracks, start_ms, end),
            PlayerCommand::Play => self.play(),
            PlayerCommand::Pause => {
                self.shared.controls.set_closing(CLOSE_MS);
                self.set_playing(false);
            }
            PlayerCommand::Seek(ms) => self.seek(ms),
            PlayerCommand::Volume(step) => {
                self.volume = step.min(VOLUME_STEPS);
                self.set_gain();
            }
            PlayerCommand::Duck(on) => {
                self.ducked = on;
                self.set_gain();
            }
            PlayerCommand::Ceiling(db) => {
                self.config.ceiling_db = db;
                self.set_gain();
            }
            PlayerCommand::Put(track) => self.change(FeederTask::Put(track)),
            PlayerCommand::Take(role) => self.change(FeederTask::Take(role)),
            PlayerCommand::Level { bed, gain_db } => self.change(FeederTask::Level(bed, gain_db)),
            PlayerCommand::Pace(track) => {
                let heard = self.shared.frame();
                self.change(FeederTask::Pace { track, heard });
            }
            PlayerCommand::End(end) => self.set_end(end),
            PlayerCommand::Warm(warm) => {
                self.warm = warm;
                if warm && self.open.is_none() {
                    self.devices.hurry();
                }
            }
            PlayerCommand::Stop => self.stop(),
        }
    }

    fn load(&mut self, tracks: Vec<Track>, start_ms: u64, end: End) {
        self.last_load += 1;
        self.shared.controls.set_closing(REPLACE_MS);
        self.set_playing(false);
        self.forget_ns = None;
        let cue = tracks.iter().rfind(|track| track.role == super::Role::Cue);
        let cue_from = cue.map_or(0, |cue| frame_of(cue.from_ms));
        self.shared.cue.publish(Anchor {
            floor: cue_from,
            frame: cue_from,
            ..Anchor::default()
        });
        self.practice = Some(Practice {
            load: self.last_load,
            end,
            leads_end: None,
            usable: true,
            fresh: true,
            state: None,
        });
        self.ask(FeederTask::Load {
            load: self.last_load,
            tracks,
            end,
        });
        let start = frame_of(start_ms);
        self.begin(start, start, START_FADE_MS);
        if self.open.is_none() {
            self.devices.hurry();
        }
    }

    fn play(&mut self) {
        let Some(practice) = &self.practice else {
            return;
        };
        let at_end = match &practice.state {
            Some(state) => state.drained.load(Ordering::Acquire),
            None => practice
                .length()
                .is_some_and(|length| self.shared.frame() >= length),
        };
        if at_end {
            self.begin(0, 0, START_FADE_MS);
        }
        if let Some(practice) = &mut self.practice {
            practice.fresh = false;
        }
        self.set_playing(true);
    }

    fn set_playing(&mut self, playing: bool) {
        if playing == self.playing {
            return;
        }
        self.playing = playing;
        self.shared.playing.store(playing, Ordering::Relaxed);
        if self.on_device() {
            self.shared.controls.open.store(playing, Ordering::Relaxed);
        } else if self.practice.is_some() {
            self.run_silent_clock(self.shared.frame());
        }
    }

    fn seek(&mut self, ms: u64) {
        let Some(practice) = &self.practice else {
            return;
        };
        let mut frame = frame_of(ms);
        if let Some(length) = practice.length() {
            frame = frame.min(length);
        }
        let fade = if practice.fresh {
            START_FADE_MS
        } else {
            SEEK_FADE_MS
        };
        self.shared.controls.set_closing(CLOSE_MS);
        self.begin(frame, frame, fade);
    }

    /// Hands a change of the mix on, if there is one.
    fn change(&self, task: FeederTask) {
        if self.practice.is_some() {
            self.ask(task);
        }
    }

    fn set_end(&mut self, end: End) {
        let Some(practice) = self.practice.as_mut() else {
            return;
        };
        practice.end = end;
        self.change(FeederTask::End(end));
        if !self.on_device() {
            self.run_silent_clock(self.shared.frame());
        }
    }

    fn stop(&mut self) {
        self.shared.controls.set_closing(LEAVE_MS);
        self.set_playing(false);
        if self.practice.take().is_some() {
            self.forget_ns = Some(self.now().saturating_add(LEAVE_NS));
        }
        let feed = self.next_feed();
        self.shared.cue.publish(Anchor::default());
        self.shared.silent.publish(Anchor {
            feed,
            at_ns: self.now(),
            ..Anchor::default()
        });
    }

    fn forget_what_was_left(&mut self) {
        if self.forget_ns.is_some_and(|at| self.now() >= at) {
            self.forget_ns = None;
            self.ask(FeederTask::Drop);
        }
    }

    fn set_gain(&self) {
        let gain = if self.volume == 0 {
            0.0
        } else {
            let steps = f32::from(VOLUME_STEPS - self.volume);
            let duck = if self.ducked { DUCK_DB } else { 0.0 };
            let ceiling = self.config.ceiling_db;
            let ceiling = if ceiling.is_nan() { -60.0 } else { ceiling };
            db_to_gain(ceiling.clamp(-60.0, 0.0) - STEP_DB * steps + duck)
        };
        self.shared.controls.set_gain(gain);
    }

    fn health(&self) -> std::sync::MutexGuard<'_, SoundHealth> {
        self.shared
            .health
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
