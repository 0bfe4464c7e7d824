//! The thread behind a player: it carries out commands, opens the device, watches it, builds it anew when it is lost,
//! and keeps the silent clock meanwhile. It decodes nothing and touches no sample.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rtrb::{Consumer, Producer};
use xinting_sound::{db_to_gain, frames_to_ms, ms_to_frames};

use super::clock::Anchor;
use super::cpal_out::CpalOut;
use super::engine::{Engine, Feed, FeedState, frames};
use super::feeder::{FeederNews, FeederTask, RING_FRAMES};
use super::output::{AudioOut, Latch, OpenOut, OutputError};
use super::player::{Inbox, Shared};
use super::{
    DeviceChoice, PlayerCommand, PlayerConfig, PlayerEvent, Sound, SoundHealth, VOLUME_AT_START,
    VOLUME_STEPS,
};

/// How often the owner looks after the device while a sound is loaded, and while none is.
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
    /// Pause between attempts to open a device while a sound is loaded.
    pub(super) retry: u64,
    /// The same while nothing is loaded: only the admin's page wants to know.
    pub(super) idle_retry: u64,
    /// With nothing loaded for this long, the device is let go, so that the card may sleep.
    pub(super) rest_after: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            stalled: 500_000_000,
            starting: 3_000_000_000,
            retry: 1_000_000_000,
            idle_retry: 10_000_000_000,
            rest_after: 60_000_000_000,
        }
    }
}

/// Fade-in of a sound's first start, and of its return with a device; relaxation never begins with a jolt.
const START_FADE_MS: u32 = 2000;
/// Fade-in after a seek.
const SEEK_FADE_MS: u32 = 150;
/// How far ahead of the silent clock the sound is taken up when a device is back: time to fill and to open.
const BACK_LEAD_MS: u64 = 150;
/// Decibels from one volume step to the next.
const STEP_DB: f32 = 4.0;
/// How far the sound steps back for a call.
const DUCK_DB: f32 = -24.0;

/// An open device and what belongs to it.
struct Open {
    device: Box<dyn OpenOut>,
    line: Arc<Latch>,
    feeds: Producer<Feed>,
    spent: Consumer<Feed>,
    opened_ns: u64,
    callbacks: u64,
    progress_ns: u64,
    /// True while it is starting and the silent clock stands in for it.
    bridged: bool,
}

/// A loaded sound.
struct Track {
    load: u64,
    looped: bool,
    /// Frames of one round, once known.
    total: Option<u64>,
    /// False once the bytes have turned out unplayable.
    usable: bool,
    /// True until it was first started: that start fades in slowly.
    fresh: bool,
    /// The feed that plays it, if a device does.
    state: Option<Arc<FeedState>>,
}

/// What was last said about the device.
#[derive(PartialEq)]
enum Said {
    Nothing,
    Sound,
    Silence,
}

/// See the module.
pub(super) struct Owner {
    config: PlayerConfig,
    patience: Patience,
    output: Option<Box<dyn AudioOut>>,
    shared: Arc<Shared>,
    tasks: Sender<FeederTask>,
    on_event: Box<dyn Fn(PlayerEvent) + Send>,
    open: Option<Open>,
    next_open_ns: u64,
    last_used_ns: u64,
    had_device: bool,
    said: Said,
    track: Option<Track>,
    playing: bool,
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
        on_event: Box<dyn Fn(PlayerEvent) + Send>,
    ) -> Self {
        let output: Option<Box<dyn AudioOut>> = match &config.device {
            DeviceChoice::None => None,
            DeviceChoice::Default => Some(Box::new(CpalOut::new(config.host.clone(), None))),
            DeviceChoice::Named(name) => Some(Box::new(CpalOut::new(
                config.host.clone(),
                Some(name.clone()),
            ))),
            DeviceChoice::Sim(sim) => Some(Box::new(sim.clone())),
        };
        let mut owner = Self {
            config,
            patience,
            output,
            shared,
            tasks,
            on_event,
            open: None,
            next_open_ns: 0,
            last_used_ns: 0,
            had_device: false,
            said: Said::Nothing,
            track: None,
            playing: false,
            volume: VOLUME_AT_START,
            ducked: false,
            last_feed: 0,
            last_load: 0,
        };
        owner.set_gain();
        owner
    }

    /// Runs until told to quit or until nobody can tell it anything any more.
    pub(super) fn run(&mut self, inbox: &Receiver<Inbox>) {
        loop {
            self.look_after_device();
            self.look_for_the_end();
            let tick = if self.track.is_some() {
                TICK
            } else {
                IDLE_TICK
            };
            match inbox.recv_timeout(tick) {
                Ok(Inbox::Command(command)) => self.obey(command),
                Ok(Inbox::News(news)) => self.hear(news),
                Ok(Inbox::Quit) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        if self.playing && self.on_device() {
            // Even the last moment does not click: let the gate close before the device does.
            self.set_playing(false);
            std::thread::sleep(LAST_FADE);
        }
    }

    fn now(&self) -> u64 {
        self.shared.epoch.now_ns()
    }

    fn emit(&self, event: PlayerEvent) {
        (self.on_event)(event);
    }

    // ---- commands -------------------------------------------------------------------------------------------

    fn obey(&mut self, command: PlayerCommand) {
        match command {
            PlayerCommand::Load {
                bytes,
                looped,
                gain_db,
                start_ms,
            } => self.load(bytes, looped, gain_db, start_ms),
            PlayerCommand::Play => self.play(),
            PlayerCommand::Pause => self.set_playing(false),
            PlayerCommand::Seek(ms) => self.seek(ms),
            PlayerCommand::Volume(step) => {
                self.volume = step.min(VOLUME_STEPS);
                self.set_gain();
            }
            PlayerCommand::Duck(on) => {
                self.ducked = on;
                self.set_gain();
            }
            PlayerCommand::Stop => self.stop(),
        }
    }

    fn load(&mut self, bytes: Arc<[u8]>, looped: bool, gain_db: f32, start_ms: u64) {
        self.last_load += 1;
        self.set_playing(false);
        self.track = Some(Track {
            load: self.last_load,
            looped,
            total: None,
            usable: true,
            fresh: true,
            state: None,
        });
        // The feeder lives as long as this thread; a failed send means it panicked, and silence is what is left.
        let _gone = self.tasks.send(FeederTask::Load {
            load: self.last_load,
            bytes,
            looped,
            gain_db,
        });
        let start = ms_to_frames(start_ms);
        self.begin(start, start, START_FADE_MS);
        if self.open.is_none() {
            self.next_open_ns = 0;
        }
    }

    fn play(&mut self) {
        let Some(track) = &self.track else { return };
        let at_end = !track.looped
            && track
                .total
                .is_some_and(|total| self.shared.frame() >= total);
        if at_end {
            self.begin(0, 0, START_FADE_MS);
        }
        if let Some(track) = &mut self.track {
            track.fresh = false;
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
        } else if self.track.is_some() {
            self.run_silent_clock(self.shared.frame());
        }
    }

    fn seek(&mut self, ms: u64) {
        let Some(track) = &self.track else { return };
        let mut frame = ms_to_frames(ms);
        if let (false, Some(total)) = (track.looped, track.total) {
            frame = frame.min(total);
        }
        let fade = if track.fresh {
            START_FADE_MS
        } else {
            SEEK_FADE_MS
        };
        self.begin(frame, frame, fade);
    }

    fn stop(&mut self) {
        self.set_playing(false);
        self.track = None;
        // What is in the ring suffices for the fade.
        let _gone = self.tasks.send(FeederTask::Drop);
        let feed = self.next_feed();
        self.shared.silent.publish(Anchor {
            feed,
            at_ns: self.now(),
            ..Anchor::default()
        });
    }

    fn set_gain(&mut self) {
        let gain = if self.volume == 0 {
            0.0
        } else {
            let steps = f32::from(VOLUME_STEPS - self.volume);
            let duck = if self.ducked { DUCK_DB } else { 0.0 };
            db_to_gain(self.config.ceiling_db.clamp(-60.0, 0.0) - STEP_DB * steps + duck)
        };
        self.shared.controls.set_gain(gain);
    }

    // ---- feeds and the silent clock -------------------------------------------------------------------------

    fn next_feed(&mut self) -> u64 {
        self.last_feed += 1;
        self.last_feed
    }

    /// True where the sound that is loaded comes out of a device.
    fn on_device(&self) -> bool {
        self.open.is_some()
            && self
                .track
                .as_ref()
                .is_some_and(|track| track.state.is_some())
    }

    /// Begins at `start`, on the device if there is one. Positions from `floor` on may be reported until it sounds.
    fn begin(&mut self, start: u64, floor: u64, fade_ms: u32) {
        let feed = self.next_feed();
        let now = self.now();
        let Some(track) = self.track.as_mut() else {
            return;
        };
        track.state = None;
        let Some(open) = self
            .open
            .as_mut()
            .filter(|open| track.usable && !open.bridged)
        else {
            self.run_silent_clock(floor);
            return;
        };
        while open.spent.pop().is_ok() {}
        let (ring, consumer) = rtrb::RingBuffer::new(RING_FRAMES * 2);
        let state = Arc::new(FeedState::default());
        let taken_up = open.feeds.push(Feed {
            id: feed,
            start,
            floor,
            fade_in: frames(fade_ms),
            ring: consumer,
            state: Arc::clone(&state),
        });
        if taken_up.is_err() {
            // The callback takes nothing any more; the watch will find out within half a second.
            self.run_silent_clock(floor);
            return;
        }
        track.state = Some(Arc::clone(&state));
        let _gone = self.tasks.send(FeederTask::Feed {
            from: start,
            ring,
            state,
        });
        // Until the device speaks for this feed: stand at the target of a seek, or run on to where sound returns.
        self.shared.silent.publish(Anchor {
            feed,
            floor,
            frame: floor,
            at_ns: now,
            run: if self.playing { start - floor } else { 0 },
        });
        self.shared
            .controls
            .open
            .store(self.playing, Ordering::Relaxed);
    }

    /// Lets the silent clock speak from `frame` on: running or standing, as the practice is.
    fn run_silent_clock(&mut self, frame: u64) {
        let feed = self.next_feed();
        let now = self.now();
        let left = match &self.track {
            Some(track) if !track.looped => track.total.map(|total| total.saturating_sub(frame)),
            _ => None,
        };
        self.shared.silent.publish(Anchor {
            feed,
            floor: frame,
            frame,
            at_ns: now,
            run: if self.playing {
                left.unwrap_or(u64::MAX)
            } else {
                0
            },
        });
    }

    fn hear(&mut self, news: FeederNews) {
        let on_device = self.on_device();
        let Some(track) = self.track.as_mut() else {
            return;
        };
        match news {
            FeederNews::Loaded { load, total } if load == track.load => {
                track.total = total;
                if !on_device {
                    self.run_silent_clock(self.shared.frame());
                }
                self.emit(PlayerEvent::Loaded {
                    duration_ms: total.map(frames_to_ms),
                });
            }
            FeederNews::Broken { load, reason } if load == track.load => {
                track.usable = false;
                track.state = None;
                let frame = self.shared.frame();
                self.shared.controls.open.store(false, Ordering::Relaxed);
                self.run_silent_clock(frame);
                tracing::warn!(%reason, "a sound of the pack cannot be played");
                self.emit(PlayerEvent::Unplayable { reason });
            }
            // News about a sound that was replaced meanwhile.
            FeederNews::Loaded { .. } | FeederNews::Broken { .. } => {}
        }
    }

    fn look_for_the_end(&mut self) {
        let Some(track) = self.track.as_ref().filter(|_| self.playing) else {
            return;
        };
        let frame = self.shared.frame();
        let over = match &track.state {
            Some(state) => {
                state.drained.load(Ordering::Acquire) && frame >= state.end.load(Ordering::Relaxed)
            }
            None => !track.looped && track.total.is_some_and(|total| frame >= total),
        };
        if over {
            if let Some(track) = self.track.as_mut() {
                // A file that did not tell its length has now shown it.
                track.total = track.total.or(Some(frame));
            }
            self.set_playing(false);
            self.emit(PlayerEvent::Ended);
        }
    }

    // ---- the device -----------------------------------------------------------------------------------------

    fn look_after_device(&mut self) {
        let now = self.now();
        if self.track.is_some() {
            self.last_used_ns = now;
        }
        let Some(open) = self.open.as_mut() else {
            if now >= self.next_open_ns {
                self.try_to_open();
            }
            return;
        };
        while open.spent.pop().is_ok() {}
        let callbacks = self.shared.controls.callbacks.load(Ordering::Relaxed);
        let moved = callbacks != open.callbacks;
        if moved {
            open.callbacks = callbacks;
            open.progress_ns = now;
        }
        let woken = moved && std::mem::take(&mut open.bridged);
        let stalled = now.saturating_sub(open.progress_ns) > self.patience.stalled;
        let starting = now.saturating_sub(open.opened_ns) < self.patience.starting;
        if let Some(fault) = open.line.fault() {
            self.lose(fault.describe());
        } else if stalled && !starting {
            self.lose("the device took no sound for half a second");
        } else if stalled && !open.bridged {
            open.bridged = true;
            self.fall_silent();
        } else if woken {
            self.take_up();
        } else if now.saturating_sub(self.last_used_ns) > self.patience.rest_after {
            // Nothing is loaded: let the card sleep. The next load wakes it.
            self.close();
            self.next_open_ns = u64::MAX;
        }
    }

    fn try_to_open(&mut self) {
        let attempt = match self.output.as_mut() {
            None => Err(OutputError::Absent {
                wanted: "a sound device".to_owned(),
                reason: "sound is switched off in the configuration".to_owned(),
            }),
            Some(output) => {
                let (engine, feeds, spent) = Engine::new(Arc::clone(&self.shared.controls));
                let line = Arc::new(Latch::default());
                output
                    .open(engine, Arc::clone(&line), self.shared.epoch)
                    .map(|device| (device, line, feeds, spent))
            }
        };
        let now = self.now();
        match attempt {
            Ok((device, line, feeds, spent)) => {
                let name = device.name().to_owned();
                self.open = Some(Open {
                    device,
                    line,
                    feeds,
                    spent,
                    opened_ns: now,
                    callbacks: self.shared.controls.callbacks.load(Ordering::Relaxed),
                    progress_ns: now,
                    bridged: false,
                });
                self.came(name);
            }
            Err(error) => {
                self.next_open_ns = if self.output.is_none() {
                    u64::MAX
                } else if self.track.is_some() {
                    now.saturating_add(self.patience.retry)
                } else {
                    now.saturating_add(self.patience.idle_retry)
                };
                self.missed(&error.to_string());
            }
        }
    }

    /// A device is open.
    fn came(&mut self, device: String) {
        {
            let mut health = self.health();
            health.device = Some(device.clone());
            health.trouble = None;
        }
        self.take_up();
        if self.said != Said::Sound {
            self.said = Said::Sound;
            tracing::info!(device, "sound device open");
            self.emit(PlayerEvent::Sound(if self.had_device {
                Sound::Back { device }
            } else {
                Sound::Ready { device }
            }));
        }
        self.had_device = true;
    }

    /// Lets the device sound what is loaded, from where the practice is.
    fn take_up(&mut self) {
        self.shared.audible.store(true, Ordering::Relaxed);
        let Some(track) = &self.track else { return };
        let floor = self.shared.frame();
        let lead = if self.playing {
            ms_to_frames(BACK_LEAD_MS)
        } else {
            0
        };
        let start = match (track.looped, track.total) {
            (false, Some(total)) => floor.saturating_add(lead).min(total.max(floor)),
            _ => floor.saturating_add(lead),
        };
        self.begin(start, floor, START_FADE_MS);
    }

    /// Hands the position from the device to the silent clock.
    fn fall_silent(&mut self) {
        let frame = self.shared.frame();
        self.shared.audible.store(false, Ordering::Relaxed);
        self.shared.controls.open.store(false, Ordering::Relaxed);
        if let Some(track) = self.track.as_mut() {
            track.state = None;
            self.run_silent_clock(frame);
        }
    }

    /// No device could be opened.
    fn missed(&mut self, reason: &str) {
        self.health().trouble = Some(reason.to_owned());
        if self.said != Said::Silence {
            self.said = Said::Silence;
            tracing::warn!(reason, "no sound device");
            self.emit(PlayerEvent::Sound(Sound::Absent {
                reason: reason.to_owned(),
            }));
        }
    }

    /// The open device is no device any more.
    fn lose(&mut self, reason: &str) {
        self.close();
        self.next_open_ns = self.now().saturating_add(self.patience.retry);
        {
            let mut health = self.health();
            health.losses += 1;
            health.trouble = Some(reason.to_owned());
        }
        self.said = Said::Silence;
        tracing::warn!(reason, "sound device lost");
        self.emit(PlayerEvent::Sound(Sound::Lost {
            reason: reason.to_owned(),
        }));
    }

    /// Closes the device and hands the position to the silent clock.
    fn close(&mut self) {
        self.fall_silent();
        if let Some(open) = self.open.take() {
            self.shared
                .xruns
                .fetch_add(open.line.xruns(), Ordering::Relaxed);
            drop(open.device);
        }
        self.health().device = None;
    }

    fn health(&self) -> std::sync::MutexGuard<'_, SoundHealth> {
        self.shared
            .health
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
