//! A whole simulated modem behind a pty: anything that opens a serial port can call through it.
//!
//! [`machine`] is the modem itself (bytes and time in, bytes out), [`habits`] what can be chosen about it, [`script`]
//! the words that steer it, [`pty`] the port it sits on. This file runs the three on one thread and gives out the handle.
//!
//! Verbs, one a line, the same in a script file, on the standard input of `xinting-hw modem-sim`, and after
//! `sim modem` in a flow:
//!
//! | verb | what happens |
//! |---|---|
//! | `answer [after 2s]` | the next call is taken that long after dialling (without a time: the usual 4 s) |
//! | `busy` / `no-carrier` / `refuse` | the next call ends `BUSY`, ends `NO CARRIER`, or the dial itself is refused |
//! | `no-answer` / `ring-forever` | the next call rings until the network gives up (6 s), or without end |
//! | `hang-up` | the other side ends the call that is up |
//! | `ring` | somebody calls the booth |
//! | `unplug` / `plug` | the port vanishes / comes back, the modem freshly started and without a call |
//! | `reset` | the modem restarts by itself on the same port and forgets its call |
//! | `fail FAULT` | the fault strikes once, at the next command it fits |
//! | `fail-always FAULT` / `clear FAULT` / `clear all` | the fault stays / is over / everything is well again |
//! | `signal 0..31`, `signal unknown` | what `+CSQ` says |
//! | `radio off` | the radio is off until `AT+CFUN=1` |
//! | `dial-style ok\|connect\|late-ok` | what `ATD` answers: OK at once; CONNECT when taken; OK when taken |
//! | `line-ends crlf\|cr` | how lines end |
//! | `wait 3s` | script files and standard input only: pause before the next line |
//!
//! Faults: `silence` (hears nothing), `mute` (obeys and says nothing), `babble` (floods garbage instead of
//! answers), `noise` (garbage lines around good answers), `cme N`, `late-final`, `no-sim`, `not-registered`,
//! `clcc-bare-ok` (lists nothing although a call is up), `chup-keeps-call`, `ath-keeps-call`, `chld-keeps-call`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fd::OwnedFd;

pub mod habits;
pub mod machine;
pub mod pty;
pub mod script;

pub use self::habits::{DialStyle, Fault, LineEnds, NextCall, SimTiming};
pub use self::machine::Machine;
use self::pty::Pty;
pub use self::script::SimVerb;

/// How a simulated modem behaves as a whole.
#[derive(Debug, Clone, Default)]
pub struct SimOptions {
    /// How long everything takes.
    pub timing: SimTiming,
}

impl SimOptions {
    /// Everything about twenty times as fast as in life, for tests.
    #[must_use]
    pub fn fast() -> Self {
        Self {
            timing: SimTiming::fast(),
        }
    }
}

/// What can go wrong with the simulator itself.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// No pty could be made.
    #[error("making a pty for the simulated modem")]
    Pty(#[source] rustix::io::Errno),
    /// The link to the port could not be made.
    #[error("linking the simulated port to {path}")]
    Link {
        /// The link.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The simulator's thread could not be started.
    #[error("starting the simulated modem")]
    Thread(#[source] std::io::Error),
    /// The simulator's thread is gone.
    #[error("the simulated modem has stopped")]
    Stopped,
}

/// Starts simulated modems.
#[derive(Debug)]
pub struct ModemSim;

impl ModemSim {
    /// Starts a modem at life's pace whose port is reached through the link at `link`. A link that is there already
    /// is replaced; anything else at that path is left alone and refused.
    ///
    /// # Errors
    /// [`SimError::Pty`], [`SimError::Link`] or [`SimError::Thread`].
    pub fn start(link: &Path) -> Result<ModemSimHandle, SimError> {
        Self::start_with(link, SimOptions::default())
    }

    /// As [`ModemSim::start`], with the pace and habits given.
    ///
    /// # Errors
    /// As [`ModemSim::start`].
    pub fn start_with(link: &Path, options: SimOptions) -> Result<ModemSimHandle, SimError> {
        let pty = Pty::open(link)?;
        let wake = Arc::new(
            eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).map_err(SimError::Pty)?,
        );
        let (requests, inbox) = channel();
        let worker = Worker {
            machine: Machine::new(options.timing),
            pty: Some(pty),
            link: link.to_owned(),
            inbox,
            wake: Arc::clone(&wake),
            started: Instant::now(),
        };
        let thread = std::thread::Builder::new()
            .name("modem-sim".to_owned())
            .spawn(move || worker.run())
            .map_err(SimError::Thread)?;
        Ok(ModemSimHandle {
            requests: Some(requests),
            wake,
            thread: Some(thread),
            link: link.to_owned(),
        })
    }
}

enum Request {
    Verb(SimVerb, SyncSender<Result<(), SimError>>),
    CallsMade(SyncSender<Vec<String>>),
    Tones(SyncSender<String>),
    CallsUp(SyncSender<usize>),
}

/// Steers a running simulated modem. Dropping it takes the port away and waits for the thread.
///
/// Every method returns after the modem has taken the change in, so what follows sees it.
#[derive(Debug)]
pub struct ModemSimHandle {
    requests: Option<Sender<Request>>,
    wake: Arc<OwnedFd>,
    thread: Option<JoinHandle<()>>,
    link: PathBuf,
}

impl ModemSimHandle {
    /// The path to open as a serial port.
    #[must_use]
    pub fn port(&self) -> &Path {
        &self.link
    }

    /// What becomes of the next call. Said twice, the second is for the call after the next.
    pub fn set_next_call(&self, next: NextCall) {
        self.tell(SimVerb::Next(next));
    }

    /// The other side ends the call that is up.
    pub fn remote_hang_up(&self) {
        self.tell(SimVerb::HangUp);
    }

    /// Lets `fault` strike once, at the next command it fits.
    pub fn fail_next(&self, fault: Fault) {
        self.tell(SimVerb::Fail(fault));
    }

    /// Lets `fault` stay until cleared.
    pub fn fail_repeatedly(&self, fault: Fault) {
        self.tell(SimVerb::FailAlways(fault));
    }

    /// Ends `fault`, struck or not.
    pub fn clear(&self, fault: Fault) {
        self.tell(SimVerb::Clear(fault));
    }

    /// The port vanishes, with the call on it.
    pub fn unplug(&self) {
        self.tell(SimVerb::Unplug);
    }

    /// The port comes back.
    pub fn plug(&self) {
        self.tell(SimVerb::Plug);
    }

    /// One line of the language above, without `wait`.
    ///
    /// # Errors
    /// A sentence saying what is wrong with the line.
    pub fn script_line(&self, line: &str) -> Result<(), String> {
        let verb = SimVerb::parse(line)?;
        self.try_tell(verb).map_err(|error| error.to_string())
    }

    /// Digits of every call that went out so far, in order. For tests: a real modem keeps no such list here.
    #[must_use]
    pub fn calls_made(&self) -> Vec<String> {
        self.ask(Request::CallsMade).unwrap_or_default()
    }

    /// Tones received on open lines so far, in order. For tests.
    #[must_use]
    pub fn tones(&self) -> String {
        self.ask(Request::Tones).unwrap_or_default()
    }

    /// How many calls the modem holds now.
    #[must_use]
    pub fn calls_up(&self) -> usize {
        self.ask(Request::CallsUp).unwrap_or_default()
    }

    fn tell(&self, verb: SimVerb) {
        // A plug that fails (no pty left) shows as a port that stays away, which is what a test then reports.
        if let Err(error) = self.try_tell(verb) {
            tracing::warn!(%error, "the simulated modem could not do as told");
        }
    }

    fn try_tell(&self, verb: SimVerb) -> Result<(), SimError> {
        self.ask(|reply| Request::Verb(verb, reply))
            .unwrap_or(Err(SimError::Stopped))
    }

    fn ask<T>(&self, request: impl FnOnce(SyncSender<T>) -> Request) -> Option<T> {
        let (reply, answer) = sync_channel(1);
        self.requests.as_ref()?.send(request(reply)).ok()?;
        nudge(&self.wake);
        answer.recv().ok()
    }
}

impl Drop for ModemSimHandle {
    fn drop(&mut self) {
        self.requests = None;
        nudge(&self.wake);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::warn!("the simulated modem's thread had panicked");
        }
    }
}

fn nudge(wake: &OwnedFd) {
    // The only failure is a counter at its limit, and then the thread is awake anyway.
    let _ = rustix::io::write(wake, &1_u64.to_ne_bytes());
}

struct Worker {
    machine: Machine,
    pty: Option<Pty>,
    link: PathBuf,
    inbox: Receiver<Request>,
    wake: Arc<OwnedFd>,
    started: Instant,
}

impl Worker {
    /// How often a quiet port is tidied (see [`Pty::tidy`]).
    const TIDY_EVERY: Duration = Duration::from_millis(250);

    fn run(mut self) {
        let mut buffer = [0_u8; 1024];
        loop {
            let now = self.started.elapsed();
            self.machine.tick(now);
            if let Some(pty) = &self.pty {
                pty.write(&self.machine.take_output());
                pty.tidy();
            } else {
                // Nobody hears a modem without a port.
                self.machine.take_output();
            }
            self.wait(now);
            if let Some(pty) = &self.pty {
                let count = pty.read(&mut buffer);
                self.machine.feed(self.started.elapsed(), &buffer[..count]);
            }
            loop {
                match self.inbox.try_recv() {
                    Ok(request) => self.serve(request),
                    Err(std::sync::mpsc::TryRecvError::Empty) => break,
                    Err(std::sync::mpsc::TryRecvError::Disconnected) => return,
                }
            }
        }
    }

    fn wait(&self, now: Duration) {
        let pause = match self.machine.next_deadline() {
            Some(deadline) => deadline.saturating_sub(now).min(Self::TIDY_EVERY),
            None => Self::TIDY_EVERY,
        };
        let timeout = Timespec {
            tv_sec: 0,
            tv_nsec: i64::from(pause.subsec_nanos()),
        };
        let mut fds = vec![PollFd::new(&*self.wake, PollFlags::IN)];
        if let Some(pty) = &self.pty {
            fds.push(PollFd::from_borrowed_fd(pty.master(), PollFlags::IN));
        }
        // An interrupted wait is a short wait.
        let _ = poll(&mut fds, Some(&timeout));
        let mut count = [0_u8; 8];
        let _ = rustix::io::read(&*self.wake, &mut count);
    }

    fn serve(&mut self, request: Request) {
        // A caller that has stopped waiting for its answer is no concern of the modem.
        match request {
            Request::Verb(verb, reply) => drop(reply.send(self.obey(verb))),
            Request::CallsMade(reply) => drop(reply.send(self.machine.calls_made().to_vec())),
            Request::Tones(reply) => drop(reply.send(self.machine.tones().to_owned())),
            Request::CallsUp(reply) => drop(reply.send(self.machine.calls_up())),
        }
    }

    fn obey(&mut self, verb: SimVerb) -> Result<(), SimError> {
        let now = self.started.elapsed();
        match verb {
            SimVerb::Unplug => self.pty = None,
            SimVerb::Plug => {
                if self.pty.is_none() {
                    self.machine.restart(now);
                    self.pty = Some(Pty::open(&self.link)?);
                }
            }
            SimVerb::Next(next) => self.machine.set_next_call(next),
            SimVerb::HangUp => self.machine.remote_hang_up(),
            SimVerb::Ring => self.machine.ring(),
            SimVerb::Reset => self.machine.restart(now),
            SimVerb::Fail(fault) => self.machine.fail_next(fault),
            SimVerb::FailAlways(fault) => self.machine.fail_repeatedly(fault),
            SimVerb::Clear(fault) => self.machine.clear(fault),
            SimVerb::ClearAll => self.machine.clear_all(),
            SimVerb::Signal(csq) => self.machine.set_signal(csq),
            SimVerb::RadioOff => self.machine.radio_off(),
            SimVerb::DialStyle(style) => self.machine.set_dial_style(style),
            SimVerb::LineEnds(ends) => self.machine.set_line_ends(ends),
        }
        Ok(())
    }
}
