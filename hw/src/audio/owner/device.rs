//! The device: opened and closed on threads of their own, watched, and built anew when it is lost.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer};

use super::super::clock::Epoch;
use super::super::engine::{Engine, Feed};
use super::super::output::{AudioOut, Latch, OpenOut, OutputError};
use super::super::player::{Inbox, Shared};
use super::super::{PlayerEvent, Sound};
use super::Owner;
use super::sounding::shortened;

/// Attempts that may hang at a time; with so many, no further one is made until a sound system lets go of one.
const MOST_HANGING: usize = 3;
/// How long a device that is being closed keeps the next attempt waiting, and the player's own end.
const CLOSING: Duration = Duration::from_secs(2);

/// An open device and what belongs to it.
pub(super) struct Open {
    device: Box<dyn OpenOut>,
    line: Arc<Latch>,
    pub(super) feeds: Producer<Feed>,
    pub(super) spent: Consumer<Feed>,
    opened_ns: u64,
    callbacks: u64,
    progress_ns: u64,
    /// True while it is starting and the silent clock stands in for it.
    pub(super) bridged: bool,
}

impl Open {
    /// Nanoseconds since it last took sound.
    pub(super) fn still(&self, now: u64) -> u64 {
        now.saturating_sub(self.progress_ns)
    }
}

/// An attempt under way, with this side of the engine it would run.
struct Attempt {
    number: u64,
    begun_ns: u64,
    line: Arc<Latch>,
    feeds: Producer<Feed>,
    spent: Consumer<Feed>,
}

/// What was last said about the device.
#[derive(PartialEq)]
enum Said {
    Nothing,
    Sound,
    Silence,
}

/// Everything about devices that is not the open one.
pub(super) struct Devices {
    output: Option<Arc<dyn AudioOut>>,
    answers: SyncSender<Inbox>,
    attempt: Option<Attempt>,
    attempts: u64,
    /// Threads of attempts that were given up.
    hanging: Vec<JoinHandle<()>>,
    opener: Option<JoinHandle<()>>,
    closer: Option<(JoinHandle<()>, Instant)>,
    next_ns: u64,
    last_used_ns: u64,
    had_one: bool,
    said: Said,
}

impl Devices {
    pub(super) fn new(output: Option<Arc<dyn AudioOut>>, answers: SyncSender<Inbox>) -> Self {
        Self {
            output,
            answers,
            attempt: None,
            attempts: 0,
            hanging: Vec::new(),
            opener: None,
            closer: None,
            next_ns: 0,
            last_used_ns: 0,
            had_one: false,
            said: Said::Nothing,
        }
    }

    /// True while an answer is awaited.
    pub(super) fn opening(&self) -> bool {
        self.attempt.is_some()
    }

    /// Look for a device at once.
    pub(super) fn hurry(&mut self) {
        self.next_ns = 0;
    }

    /// True while the last device is still being closed and may be waited for.
    fn closing(&mut self) -> bool {
        let busy = self
            .closer
            .as_ref()
            .is_some_and(|(closer, since)| !closer.is_finished() && since.elapsed() < CLOSING);
        if !busy {
            self.closer = None;
        }
        busy
    }

    /// Gives a device that is being closed the time to play out; one that hangs is left behind.
    pub(super) fn wait_for_closing(&mut self) {
        while self.closing() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn close(&mut self, device: Box<dyn OpenOut>) {
        let closer = std::thread::Builder::new()
            .name("sound-closer".to_owned())
            .spawn(move || drop(device));
        // Without a thread the closure, and the device in it, has been dropped here.
        self.closer = closer.ok().map(|closer| (closer, Instant::now()));
    }

    /// Begins an attempt on a thread of its own.
    fn begin(&mut self, shared: &Arc<Shared>, now: u64) -> Result<(), OutputError> {
        let output = self.output.clone().ok_or_else(|| OutputError::Absent {
            wanted: "a sound device".to_owned(),
            reason: "sound is switched off in the configuration".to_owned(),
        })?;
        let (engine, feeds, spent) = Engine::new(Arc::clone(&shared.controls));
        let line = Arc::new(Latch::default());
        self.attempts += 1;
        let number = self.attempts;
        let (reports, epoch, answers): (_, Epoch, _) =
            (Arc::clone(&line), shared.epoch, self.answers.clone());
        let opener = std::thread::Builder::new()
            .name("sound-opener".to_owned())
            .spawn(move || {
                let result = output.open(engine, reports, epoch);
                // An owner that has ended lets the device be closed here.
                let _gone = answers.send(Inbox::Opened {
                    attempt: number,
                    result,
                });
            })
            .map_err(|error| OutputError::Open {
                device: "the sound device".to_owned(),
                reason: error.to_string(),
            })?;
        self.opener = Some(opener);
        self.attempt = Some(Attempt {
            number,
            begun_ns: now,
            line,
            feeds,
            spent,
        });
        Ok(())
    }
}

impl Owner {
    pub(super) fn look_after_device(&mut self) {
        let now = self.now();
        if self.practice.is_some() || self.warm {
            self.devices.last_used_ns = now;
        }
        let Some(open) = self.open.as_mut() else {
            self.look_for_device(now);
            return;
        };
        while open.spent.pop().is_ok() {}
        let callbacks = self.shared.controls.callbacks.load(Ordering::Relaxed);
        let moved = callbacks != open.callbacks;
        if moved {
            open.callbacks = callbacks;
            open.progress_ns = now;
            open.line.forgive();
        }
        let complained = open.line.complained();
        let woken = moved && std::mem::take(&mut open.bridged);
        let still = open.still(now);
        let stalled = still > self.patience.stalled;
        // One that does nothing but complain is not waited for so long.
        let starting = now.saturating_sub(open.opened_ns) < self.patience.starting
            && !(complained && still > 2 * self.patience.stalled);
        if let Some(fault) = open.line.fault() {
            self.lose(fault.describe());
        } else if stalled && !starting {
            self.lose(if complained {
                "the device reported faults and took no sound for half a second"
            } else {
                "the device took no sound for half a second"
            });
        } else if stalled && !open.bridged {
            open.bridged = true;
            self.fall_silent();
        } else if woken {
            self.take_up();
        } else if now.saturating_sub(self.devices.last_used_ns) > self.patience.rest_after {
            // Nobody is there: let the card sleep. The next visit wakes it.
            self.close();
            self.devices.next_ns = u64::MAX;
        }
    }

    fn look_for_device(&mut self, now: u64) {
        if let Some(attempt) = &self.devices.attempt {
            if now.saturating_sub(attempt.begun_ns) > self.patience.opening {
                self.devices.attempt = None;
                self.devices.hanging.extend(self.devices.opener.take());
                self.again_later();
                self.missed("opening the sound device: the sound system does not answer");
            }
            return;
        }
        if now < self.devices.next_ns || self.devices.closing() {
            return;
        }
        self.devices.hanging.retain(|opener| !opener.is_finished());
        if self.devices.hanging.len() >= MOST_HANGING {
            self.again_later();
            return;
        }
        if let Err(error) = self.devices.begin(&Arc::clone(&self.shared), now) {
            self.again_later();
            self.missed(&error.to_string());
        }
    }

    fn again_later(&mut self) {
        let wait = if self.practice.is_some() || self.warm {
            self.patience.retry
        } else {
            self.patience.idle_retry
        };
        self.devices.next_ns = match self.devices.output {
            Some(_) => self.now().saturating_add(wait),
            None => u64::MAX,
        };
    }

    /// The answer to an attempt.
    pub(super) fn opened(&mut self, number: u64, result: Result<Box<dyn OpenOut>, OutputError>) {
        let current = self
            .devices
            .attempt
            .take_if(|attempt| attempt.number == number);
        let Some(attempt) = current else {
            // Given up long ago; what came of it after all is not wanted any more.
            if let Ok(device) = result {
                self.devices.close(device);
            }
            return;
        };
        self.devices.opener = None;
        match result {
            Ok(device) => {
                let name = device.name().to_owned();
                let now = self.now();
                self.open = Some(Open {
                    device,
                    line: attempt.line,
                    feeds: attempt.feeds,
                    spent: attempt.spent,
                    opened_ns: now,
                    callbacks: self.shared.controls.callbacks.load(Ordering::Relaxed),
                    progress_ns: now,
                    bridged: false,
                });
                self.came(name);
            }
            Err(error) => {
                self.again_later();
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
        if self.devices.said != Said::Sound {
            self.devices.said = Said::Sound;
            tracing::info!(device, "sound device open");
            self.emit(PlayerEvent::Sound(if self.devices.had_one {
                self.health().returns += 1;
                Sound::Back { device }
            } else {
                Sound::Ready { device }
            }));
        }
        self.devices.had_one = true;
    }

    /// No device could be opened.
    fn missed(&mut self, reason: &str) {
        let reason = shortened(reason);
        self.health().trouble = Some(reason.clone());
        if self.devices.said != Said::Silence {
            self.devices.said = Said::Silence;
            tracing::warn!(reason, "no sound device");
            self.emit(PlayerEvent::Sound(Sound::Absent { reason }));
        }
    }

    /// The open device is no device any more.
    fn lose(&mut self, reason: &str) {
        self.close();
        self.again_later();
        {
            let mut health = self.health();
            health.losses += 1;
            health.last_loss = Some(reason.to_owned());
            health.trouble = Some(reason.to_owned());
        }
        self.devices.said = Said::Silence;
        tracing::warn!(reason, "sound device lost");
        self.emit(PlayerEvent::Sound(Sound::Lost {
            reason: reason.to_owned(),
        }));
    }

    /// Closes the device and hands the position to the silent clock.
    pub(super) fn close(&mut self) {
        self.fall_silent();
        if let Some(open) = self.open.take() {
            self.shared
                .xruns
                .fetch_add(open.line.xruns(), Ordering::Relaxed);
            self.devices.close(open.device);
        }
        self.health().device = None;
    }
}
