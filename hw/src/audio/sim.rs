//! A simulated device with a clock of its own: asks for 10 ms of sound every 10 ms at the rate and channels it insists
//! on, can be unplugged, stalled, killed with millions of error callbacks or hang while it is opened, and remembers
//! what it was given. It runs the same engine through the same ring and conversion as the real one.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use xinting_sound::SAMPLE_RATE;

use super::clock::Epoch;
use super::engine::Engine;
use super::outlet::Outlet;
use super::output::{AudioOut, Fault, Line, OpenOut, OutputError};

/// One period of the simulated device.
const PERIOD_MS: u32 = 10;
/// Its latency: two periods, as a small card has.
const LATENCY_NS: u64 = 20_000_000;
/// Most seconds of sound that it remembers.
const REMEMBERED_S: usize = 120;
/// Error callbacks of a sound server that is killed, as they were counted on one.
const STORM: u32 = 3_000_000;

/// A simulated sound card. Clones are the same card.
#[derive(Debug, Clone, Default)]
pub struct SimOut(Arc<Card>);

#[derive(Debug)]
struct Card {
    rate: u32,
    channels: u16,
    unplugged: AtomicBool,
    stalled: AtomicBool,
    killed: AtomicBool,
    hanging: AtomicBool,
    grumbling: AtomicBool,
    opened: AtomicU32,
    name: Mutex<String>,
    /// Interleaved frames of the card's own kind, while recording.
    heard: Mutex<Vec<f32>>,
    recording: AtomicBool,
    /// Allocations made within callbacks; only the tests of this crate can count them.
    #[cfg(test)]
    allocations: std::sync::atomic::AtomicU64,
}

impl Default for Card {
    fn default() -> Self {
        Self {
            rate: SAMPLE_RATE,
            channels: 2,
            unplugged: AtomicBool::default(),
            stalled: AtomicBool::default(),
            killed: AtomicBool::default(),
            hanging: AtomicBool::default(),
            grumbling: AtomicBool::default(),
            opened: AtomicU32::default(),
            name: Mutex::new("simulated sound card".to_owned()),
            heard: Mutex::default(),
            recording: AtomicBool::default(),
            #[cfg(test)]
            allocations: std::sync::atomic::AtomicU64::default(),
        }
    }
}

/// A line of a flow that the simulated card does not understand.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("reading 'sim audio {line}': say unplug, plug, stall, resume, kill or hang")]
pub struct ScriptError {
    /// What stood there.
    pub line: String,
}

impl SimOut {
    /// A card that is plugged in.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A card that takes nothing but this rate and number of channels, as bare hardware does.
    #[must_use]
    pub fn insisting_on(rate: u32, channels: u16) -> Self {
        Self(Arc::new(Card {
            rate,
            channels,
            ..Card::default()
        }))
    }

    /// A slot without a card, until [`SimOut::plug`].
    #[must_use]
    pub fn unplugged() -> Self {
        let card = Self::default();
        card.unplug();
        card
    }

    /// Pulls the card: the stream reports it once and is dead; opening fails until it is plugged in.
    pub fn unplug(&self) {
        self.0.unplugged.store(true, Ordering::Relaxed);
    }

    /// Plugs the card in, or starts the sound server again.
    pub fn plug(&self) {
        self.0.killed.store(false, Ordering::Relaxed);
        self.0.unplugged.store(false, Ordering::Relaxed);
    }

    /// Plugs in another card of the same kind.
    pub fn plug_another(&self, name: &str) {
        name.clone_into(&mut self.0.name.lock().unwrap_or_else(PoisonError::into_inner));
        self.plug();
    }

    /// Kills the sound server: the stream reports three million errors as fast as it can and is dead; opening fails
    /// until [`SimOut::plug`].
    pub fn kill(&self) {
        self.0.killed.store(true, Ordering::Relaxed);
    }

    /// Lets everything that opens or closes the card wait, as a sound server does that is stopped but not gone.
    /// [`SimOut::resume`] ends it.
    pub fn hang(&self) {
        self.0.hanging.store(true, Ordering::Relaxed);
        self.stall();
    }

    /// Stops asking for sound without a word, as a wedged driver does. Opening again does not help.
    pub fn stall(&self) {
        self.0.stalled.store(true, Ordering::Relaxed);
    }

    /// Reports an error beside every buffer that it takes, and goes on, as ALSA's plug-in for PulseAudio does when it
    /// starts and after an xrun. [`SimOut::resume`] ends it.
    pub fn grumble(&self) {
        self.0.grumbling.store(true, Ordering::Relaxed);
    }

    /// Asks for sound again.
    pub fn resume(&self) {
        self.0.hanging.store(false, Ordering::Relaxed);
        self.0.grumbling.store(false, Ordering::Relaxed);
        self.0.stalled.store(false, Ordering::Relaxed);
    }

    /// Follows what stands behind `sim audio` in a flow: `unplug`, `plug`, `stall`, `resume`, `kill`, `hang`.
    ///
    /// # Errors
    /// [`ScriptError`] for anything else.
    pub fn script_line(&self, line: &str) -> Result<(), ScriptError> {
        match line.trim() {
            "unplug" => self.unplug(),
            "plug" => self.plug(),
            "stall" => self.stall(),
            "resume" => self.resume(),
            "kill" => self.kill(),
            "hang" => self.hang(),
            other => {
                return Err(ScriptError {
                    line: other.to_owned(),
                });
            }
        }
        Ok(())
    }

    /// Begins to remember what is played, up to two minutes.
    pub fn record(&self) {
        self.0.recording.store(true, Ordering::Relaxed);
    }

    /// What was played since [`SimOut::record`] or the last call, interleaved, in the card's own rate and channels.
    #[must_use]
    pub fn take_recording(&self) -> Vec<f32> {
        std::mem::take(&mut self.0.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How often the card was opened.
    #[must_use]
    pub fn times_opened(&self) -> u32 {
        self.0.opened.load(Ordering::Relaxed)
    }
}

impl AudioOut for SimOut {
    fn open(
        &self,
        engine: Engine,
        line: Line,
        epoch: Epoch,
    ) -> Result<Box<dyn OpenOut>, OutputError> {
        self.0.wait_while_hanging();
        if self.0.killed.load(Ordering::Relaxed) {
            return Err(OutputError::Host {
                host: "the simulated sound server".to_owned(),
                reason: "it is not running".to_owned(),
            });
        }
        if self.0.unplugged.load(Ordering::Relaxed) {
            return Err(OutputError::Absent {
                wanted: "the simulated sound card".to_owned(),
                reason: "it is unplugged".to_owned(),
            });
        }
        self.0.opened.fetch_add(1, Ordering::Relaxed);
        let quit = Arc::new(AtomicBool::new(false));
        let (card, stop) = (Arc::clone(&self.0), Arc::clone(&quit));
        let worker = std::thread::Builder::new()
            .name("sim-sound-card".to_owned())
            .spawn(move || {
                let outlet = Outlet::new(engine, epoch, card.rate, card.channels);
                card.run(outlet, &line, &stop);
            })
            .map_err(|error| OutputError::Open {
                device: "the simulated sound card".to_owned(),
                reason: error.to_string(),
            })?;
        let name = self.0.name.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Box::new(OpenSim {
            card: Arc::clone(&self.0),
            name: name.clone(),
            quit,
            worker: Some(worker),
        }))
    }
}

impl Card {
    fn wait_while_hanging(&self) {
        while self.hanging.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(u64::from(PERIOD_MS)));
        }
    }

    fn run(&self, mut outlet: Outlet, line: &Line, quit: &AtomicBool) {
        let frames = self.rate * PERIOD_MS / 1000;
        let mut period = vec![0.0_f32; frames as usize * usize::from(self.channels)];
        let mut next = Instant::now();
        while !quit.load(Ordering::Relaxed) {
            if self.unplugged.load(Ordering::Relaxed) {
                line.report(Fault::Gone);
                return;
            }
            if self.killed.load(Ordering::Relaxed) {
                for _ in 0..STORM {
                    line.report(Fault::Invalidated);
                }
                return;
            }
            if self.grumbling.load(Ordering::Relaxed) {
                line.complain();
            }
            if self.stalled.load(Ordering::Relaxed) {
                next = Instant::now();
            } else {
                self.call_back(&mut outlet, &mut period);
            }
            next += Duration::from_millis(u64::from(PERIOD_MS));
            match next.checked_duration_since(Instant::now()) {
                Some(wait) => std::thread::sleep(wait),
                // Late by more than a buffer: a card does not catch up, it goes on.
                None if next.elapsed() > Duration::from_millis(100) => next = Instant::now(),
                None => {}
            }
        }
    }

    fn call_back(&self, outlet: &mut Outlet, period: &mut [f32]) {
        #[cfg(test)]
        let before = crate::counting::allocations();
        outlet.fill(period, LATENCY_NS);
        #[cfg(test)]
        self.allocations
            .fetch_add(crate::counting::allocations() - before, Ordering::Relaxed);
        if self.recording.load(Ordering::Relaxed) {
            let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
            let second = self.rate as usize * usize::from(self.channels);
            if heard.len() < REMEMBERED_S * second {
                heard.extend_from_slice(period);
            }
        }
    }
}

struct OpenSim {
    card: Arc<Card>,
    name: String,
    quit: Arc<AtomicBool>,
    worker: Option<JoinHandle<()>>,
}

impl OpenOut for OpenSim {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for OpenSim {
    fn drop(&mut self) {
        self.card.wait_while_hanging();
        self.quit.store(true, Ordering::Relaxed);
        if let Some(worker) = self.worker.take() {
            let _panicked = worker.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{
        DeviceChoice, End, PlayerCommand, PlayerConfig, PlayerHandle, Profile, Role, Track,
    };

    #[test]
    fn no_callback_touches_the_heap_whatever_is_played_and_changed() {
        for sim in [SimOut::new(), SimOut::insisting_on(44_100, 6)] {
            let config = PlayerConfig {
                device: DeviceChoice::Sim(sim.clone()),
                profile: Profile::Speaker,
                ..PlayerConfig::default()
            };
            let player = PlayerHandle::start(config, |_| {}).unwrap();
            let tone = xinting_sound::synth::tone(440.0, -20.0, 2);
            let bytes: Arc<[u8]> = xinting_sound::encode_flac(&tone).unwrap().into();
            let track = |role| Track::new(role, Arc::clone(&bytes)).looped(true);
            let send = |command| player.send(command).unwrap();
            for start_ms in [0, 500] {
                send(PlayerCommand::Load {
                    tracks: vec![track(Role::Cue), track(Role::Bed(0)), track(Role::Bell)],
                    start_ms,
                    end: End::default(),
                });
                send(PlayerCommand::Play);
                std::thread::sleep(Duration::from_millis(200));
                send(PlayerCommand::Put(track(Role::Bed(3))));
                send(PlayerCommand::Pace(track(Role::Cue)));
                send(PlayerCommand::Volume(3));
                send(PlayerCommand::Seek(1_000));
                std::thread::sleep(Duration::from_millis(200));
                send(PlayerCommand::Pause);
                std::thread::sleep(Duration::from_millis(120));
                send(PlayerCommand::Play);
                send(PlayerCommand::Stop);
            }
            std::thread::sleep(Duration::from_millis(200));
            drop(player);
            assert!(sim.times_opened() > 0);
            assert_eq!(sim.0.allocations.load(Ordering::Relaxed), 0);
        }
    }
}
