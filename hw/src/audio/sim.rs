//! A simulated device with a clock of its own: asks for 10 ms of sound every 10 ms, can be unplugged, can stall,
//! and remembers what it was given. It runs the same engine through the same ring as the real one.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::clock::Epoch;
use super::engine::{Engine, frames};
use super::output::{AudioOut, Fault, Line, OpenOut, OutputError};

/// One period of the simulated device.
const PERIOD_MS: u32 = 10;
/// Its latency: two periods, as a small card has.
const LATENCY_NS: u64 = 20_000_000;
/// Most seconds of sound that it remembers.
const REMEMBERED_S: usize = 120;

/// A simulated sound card. Clones are the same card.
#[derive(Debug, Clone, Default)]
pub struct SimOut(Arc<Card>);

#[derive(Debug, Default)]
struct Card {
    unplugged: AtomicBool,
    stalled: AtomicBool,
    opened: AtomicU32,
    /// Interleaved stereo, while recording.
    heard: Mutex<Vec<f32>>,
    recording: AtomicBool,
}

/// A line of a flow that the simulated card does not understand.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("reading 'sim audio {line}': say unplug, plug, stall or resume")]
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

    /// Plugs the card in.
    pub fn plug(&self) {
        self.0.unplugged.store(false, Ordering::Relaxed);
    }

    /// Stops asking for sound without a word, as a wedged driver does. Opening again does not help.
    pub fn stall(&self) {
        self.0.stalled.store(true, Ordering::Relaxed);
    }

    /// Asks for sound again.
    pub fn resume(&self) {
        self.0.stalled.store(false, Ordering::Relaxed);
    }

    /// Follows what stands behind `sim audio` in a flow: `unplug`, `plug`, `stall`, `resume`.
    ///
    /// # Errors
    /// [`ScriptError`] for anything else.
    pub fn script_line(&self, line: &str) -> Result<(), ScriptError> {
        match line.trim() {
            "unplug" => self.unplug(),
            "plug" => self.plug(),
            "stall" => self.stall(),
            "resume" => self.resume(),
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

    /// What was played since [`SimOut::record`] or the last call, interleaved stereo.
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
            .spawn(move || run(&card, engine, &line, epoch, &stop))
            .map_err(|error| OutputError::Open {
                device: "the simulated sound card".to_owned(),
                reason: error.to_string(),
            })?;
        Ok(Box::new(OpenSim {
            quit,
            worker: Some(worker),
        }))
    }
}

fn run(card: &Card, mut engine: Engine, line: &Line, epoch: Epoch, quit: &AtomicBool) {
    let mut period = vec![0.0_f32; frames(PERIOD_MS) as usize * 2];
    let mut next = Instant::now();
    while !quit.load(Ordering::Relaxed) {
        if card.unplugged.load(Ordering::Relaxed) {
            line.report(Fault::Gone);
            return;
        }
        if card.stalled.load(Ordering::Relaxed) {
            next = Instant::now();
        } else {
            engine.render(&mut period, epoch.now_ns(), LATENCY_NS);
            if card.recording.load(Ordering::Relaxed) {
                let mut heard = card.heard.lock().unwrap_or_else(PoisonError::into_inner);
                if heard.len() < REMEMBERED_S * 48_000 * 2 {
                    heard.extend_from_slice(&period);
                }
            }
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

struct OpenSim {
    quit: Arc<AtomicBool>,
    worker: Option<JoinHandle<()>>,
}

impl OpenOut for OpenSim {
    fn name(&self) -> &str {
        "simulated sound card"
    }
}

impl Drop for OpenSim {
    fn drop(&mut self) {
        self.quit.store(true, Ordering::Relaxed);
        if let Some(worker) = self.worker.take() {
            let _panicked = worker.join();
        }
    }
}
