//! The player's handle: commands in, position and health out. The thread behind it is in `owner`, decoding in
//! `feeder`, sound in `engine`.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use xinting_sound::frames_to_ms;

use super::clock::{Anchor, AnchorCell, Epoch};
use super::engine::Controls;
use super::feeder::{self, FeederNews};
use super::output::{OpenOut, OutputError};
use super::owner::{Owner, Patience};
use super::{PlayerCommand, PlayerConfig, PlayerEvent, PlayerPosition, SoundHealth};

/// Commands that may wait; a visitor's finger cannot fill this within one tick.
const WAITING_COMMANDS: usize = 64;

/// Why a command was not taken.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PlayerError {
    /// Too many commands are waiting.
    #[error("telling the player: its queue is full")]
    Full,
    /// The player has ended.
    #[error("telling the player: it has ended")]
    Gone,
    /// A thread could not be started.
    #[error("starting the player: {0}")]
    Start(String),
}

/// What the handle and the owner share: atomics, and a health page behind a lock that only the admin takes.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) epoch: Epoch,
    pub(super) controls: Arc<Controls>,
    /// Position by the owner: the silent clock, or where a new feed will begin.
    pub(super) silent: AnchorCell,
    /// Cues: the present one's number as its feed, the frame it is counted from, and as floor that of the one before.
    pub(super) cue: AnchorCell,
    /// Set once; the owner ends at its next look.
    pub(super) quit: AtomicBool,
    pub(super) playing: AtomicBool,
    pub(super) audible: AtomicBool,
    /// Highest (feed, frame) ever reported: 24 bits of feed above 40 bits of frame (265 days of sound).
    reported: AtomicU64,
    pub(super) xruns: AtomicU64,
    pub(super) health: Mutex<SoundHealth>,
}

/// Bits of a frame number in `Shared::reported`.
const FRAME_BITS: u32 = 40;

impl Shared {
    fn new() -> Self {
        Self {
            epoch: Epoch::start(),
            controls: Arc::new(Controls::default()),
            silent: AnchorCell::default(),
            cue: AnchorCell::default(),
            quit: AtomicBool::new(false),
            playing: AtomicBool::new(false),
            audible: AtomicBool::new(false),
            reported: AtomicU64::new(0),
            xruns: AtomicU64::new(0),
            health: Mutex::new(SoundHealth::default()),
        }
    }

    /// Frame heard now, never less than what was said before of the same feed.
    pub(super) fn frame(&self) -> u64 {
        let now = self.epoch.now_ns();
        let (heard, silent) = (self.controls.heard.read(), self.silent.read());
        let anchor = if heard.feed >= silent.feed {
            heard
        } else {
            silent
        };
        let frame = anchor.frame_at(now).min((1 << FRAME_BITS) - 1);
        let packed = (anchor.feed << FRAME_BITS) | frame;
        // A later feed counts as later whatever its frame; within a feed, time only goes forward.
        let most = self
            .reported
            .fetch_max(packed, Ordering::Relaxed)
            .max(packed);
        most & ((1 << FRAME_BITS) - 1)
    }
}

impl Shared {
    /// Frame that would be heard now, had the device not stopped taking sound `still_ns` ago.
    pub(super) fn frame_had_it_gone_on(&self, still_ns: u64) -> u64 {
        let frame = self.frame();
        let heard = self.controls.heard.read();
        if !self.playing.load(Ordering::Relaxed) || heard.feed < self.silent.read().feed {
            return frame;
        }
        let gone_on = Anchor {
            run: u64::MAX,
            ..heard
        };
        let most = frame.saturating_add(still_ns.saturating_mul(3) / 62_500);
        gone_on.frame_at(self.epoch.now_ns()).clamp(frame, most)
    }
}

/// What the owner receives.
pub(super) enum Inbox {
    Command(PlayerCommand),
    News(FeederNews),
    /// The answer to attempt number `attempt` to open the device.
    Opened {
        attempt: u64,
        result: Result<Box<dyn OpenOut>, OutputError>,
    },
    /// Look at [`Shared::quit`].
    Quit,
}

/// A player. Clones share it; the last one to go stops the sound and waits for the threads.
#[derive(Debug, Clone)]
pub struct PlayerHandle(Arc<Running>);

#[derive(Debug)]
struct Running {
    inbox: SyncSender<Inbox>,
    shared: Arc<Shared>,
    owner: Mutex<Option<JoinHandle<()>>>,
}

impl PlayerHandle {
    /// Starts the player's threads and looks for the device. A missing device is not an error: it is an event.
    ///
    /// `on_event` runs on the player's thread and must only hand the event on.
    ///
    /// # Errors
    /// [`PlayerError::Start`] if the system refuses a thread.
    pub fn start(
        config: PlayerConfig,
        on_event: impl Fn(PlayerEvent) + Send + 'static,
    ) -> Result<Self, PlayerError> {
        Self::start_with(config, Patience::default(), on_event)
    }

    fn start_with(
        config: PlayerConfig,
        patience: Patience,
        on_event: impl Fn(PlayerEvent) + Send + 'static,
    ) -> Result<Self, PlayerError> {
        let (inbox, commands) = std::sync::mpsc::sync_channel(WAITING_COMMANDS);
        let shared = Arc::new(Shared::new());
        let failed = |error: std::io::Error| PlayerError::Start(error.to_string());

        let (tasks, work) = std::sync::mpsc::channel();
        let news = inbox.clone();
        let profile = config.profile;
        let feeder = std::thread::Builder::new()
            .name("sound-decoder".to_owned())
            .spawn(move || {
                feeder::run(&work, profile, |told| {
                    // An owner that has gone needs no news.
                    let _gone = news.send(Inbox::News(told));
                });
            })
            .map_err(failed)?;
        let owned = Arc::clone(&shared);
        let answers = inbox.clone();
        let owner = std::thread::Builder::new()
            .name("sound-owner".to_owned())
            .spawn(move || {
                let mut owner =
                    Owner::new(config, patience, owned, tasks, answers, Box::new(on_event));
                owner.run(&commands);
                // Closing both queues ends the feeder even in the middle of telling something.
                drop(commands);
                drop(owner);
                let _panicked = feeder.join();
            })
            .map_err(failed)?;
        Ok(Self(Arc::new(Running {
            inbox,
            shared,
            owner: Mutex::new(Some(owner)),
        })))
    }

    /// Hands a command over. Never waits.
    ///
    /// # Errors
    /// [`PlayerError::Full`] or [`PlayerError::Gone`].
    pub fn send(&self, command: PlayerCommand) -> Result<(), PlayerError> {
        self.0
            .inbox
            .try_send(Inbox::Command(command))
            .map_err(|error| match error {
                TrySendError::Full(_) => PlayerError::Full,
                TrySendError::Disconnected(_) => PlayerError::Gone,
            })
    }

    /// Where playback is now.
    #[must_use]
    pub fn position(&self) -> PlayerPosition {
        let shared = &self.0.shared;
        let frame = shared.frame();
        let cue = shared.cue.read();
        let (number, from) = if frame >= cue.frame || cue.feed == 0 {
            (cue.feed, cue.frame)
        } else {
            (cue.feed - 1, cue.floor)
        };
        PlayerPosition {
            ms: frames_to_ms(frame),
            cue_from_ms: frames_to_ms(from),
            cue: u32::try_from(number).unwrap_or(u32::MAX),
            playing: shared.playing.load(Ordering::Relaxed),
            audible: shared.audible.load(Ordering::Relaxed),
        }
    }

    /// How the device is, for the admin's page. Takes a lock: not for every frame.
    #[must_use]
    pub fn health(&self) -> SoundHealth {
        let shared = &self.0.shared;
        let mut health = shared
            .health
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        health.xruns =
            shared.xruns.load(Ordering::Relaxed) + shared.controls.starved.load(Ordering::Relaxed);
        health
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let owner = self
            .owner
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(owner) = owner else { return };
        self.shared.quit.store(true, Ordering::Relaxed);
        // The last handle may be dropped by `on_event` itself, which cannot wait for its own thread.
        if owner.thread().id() == std::thread::current().id() {
            let _full = self.inbox.try_send(Inbox::Quit);
            return;
        }
        let _gone = self.inbox.send(Inbox::Quit);
        let _panicked = owner.join();
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::audio::{DeviceChoice, End, Role, SimOut, Track};

    fn until(what: &str, holds: impl Fn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !holds() {
            assert!(Instant::now() < deadline, "never: {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn a_device_rests_when_nothing_is_loaded_and_wakes_with_the_next_sound() {
        let sim = SimOut::new();
        let config = PlayerConfig {
            device: DeviceChoice::Sim(sim.clone()),
            ..PlayerConfig::default()
        };
        let patience = Patience {
            rest_after: 300_000_000,
            ..Patience::default()
        };
        let (tell, events) = std::sync::mpsc::channel();
        let player = PlayerHandle::start_with(config, patience, move |event| {
            tell.send(event).unwrap();
        })
        .unwrap();
        until("open", || player.health().device.is_some());
        until("at rest", || player.health().device.is_none());
        assert_eq!(player.health().trouble, None, "resting is no trouble");
        let tone = xinting_sound::synth::tone(440.0, -20.0, 5);
        let bytes = xinting_sound::encode_flac(&tone).unwrap();
        player
            .send(PlayerCommand::Load {
                tracks: vec![Track::new(Role::Cue, bytes.into())],
                start_ms: 0,
                end: End::default(),
            })
            .unwrap();
        player.send(PlayerCommand::Play).unwrap();
        until("sound", || {
            let position = player.position();
            position.audible && position.ms > 400
        });
        assert_eq!(sim.times_opened(), 2);
        player.send(PlayerCommand::Stop).unwrap();
        until("at rest again", || player.health().device.is_none());
        drop(player);
        let said: Vec<PlayerEvent> = events.iter().collect();
        let about_devices = said
            .iter()
            .filter(|event| matches!(event, PlayerEvent::Sound(_)))
            .count();
        assert_eq!(about_devices, 1, "rest is not news: {said:?}");
    }

    #[test]
    fn what_was_reported_of_a_feed_never_goes_back() {
        let shared = Shared::new();
        let say = |feed, frame| {
            shared.silent.publish(super::super::clock::Anchor {
                feed,
                frame,
                ..Default::default()
            });
            shared.frame()
        };
        assert_eq!(say(1, 1000), 1000);
        assert_eq!(say(1, 900), 1000, "the same feed: a wobble of the latency");
        assert_eq!(say(2, 500), 500, "a later feed: a seek");
        assert_eq!(say(2, 501), 501);
    }
}
