//! A whole simulated modem behind a pty: anything that opens a serial port can call through it.
//!
//! [`machine`] is the modem itself (bytes and time in, bytes out), [`profile`] whose habits it has, [`habits`] what
//! else can be chosen about it, [`script`] the words that steer it, [`pty`] the port it sits on. This file starts it
//! on a thread of its own and gives out the handle.
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
//! | `ring` | somebody calls the booth; during a call the new one waits |
//! | `unplug` / `plug` | the port vanishes / comes back, the modem freshly started and without a call |
//! | `rename PATH` | the port vanishes and comes back at once under the name `PATH`; the modem runs on, with its call |
//! | `reset` | the modem restarts by itself on the same port, says its boot words and forgets its call |
//! | `power-cycle` | the same by cutting its power, which also ends a freeze |
//! | `profile NAME [MODEL]` | it is this maker's module from now on, fresh from the factory: `generic`, `simcom` (`SIM7600`, `SIM800C`, `A7670`), `quectel`, `air724`, `huawei`, `ublox` |
//! | `fail FAULT` | the fault strikes once, at the next command it fits |
//! | `fail-always FAULT` / `clear FAULT` / `clear all` | the fault stays / is over / everything is well again |
//! | `signal 0..31`, `signal unknown` | what `+CSQ` says |
//! | `radio off` | the radio is off until `AT+CFUN=1` |
//! | `network lost [for 5s]` / `denied` / `roaming` / `back` | no network (a call ends), for good or for that long; the network refuses the card; roams; is at home again |
//! | `sim pull` / `sim insert` | the card goes (a call ends) / comes back |
//! | `pin 1234` / `pin off` / `puk` | the card asks for this PIN, three tries / for nothing / for its PUK (12345678) |
//! | `volte on` / `off` | the module's `VoLTE` switch as it came here |
//! | `dial-style ok\|connect\|late-ok\|ok-connect` | what `ATD` answers: OK at once; CONNECT when taken; OK when taken; OK at once and CONNECT when taken |
//! | `list-form own\|unquoted\|short\|extra\|data-mode` | how `+CLCC` is written: as the maker does; the number unquoted; without number; with `,""` behind; with mode 1 |
//! | `line-ends crlf\|cr` | how lines end |
//! | `wait 3s` | script files and standard input only: pause before the next line |
//!
//! Faults:
//!
//! | fault | what is wrong |
//! |---|---|
//! | `silence` / `mute` | hears nothing / obeys and says nothing |
//! | `freeze` / `freeze-hard` | answers nothing until told to restart, which it obeys / until its power is cycled |
//! | `babble` / `flood` | garbage instead of answers / 6 MB of lines a second beside good answers |
//! | `noise` / `urc-inside` | garbage lines around good answers / an unasked line before the final result |
//! | `wrong-baud` | bytes garbled both ways |
//! | `split-reads` / `merged` | one byte at a time with gaps / several lines at once, late |
//! | `lower-case` / `echo-on` | answers in lower case / echoes in spite of `ATE0` |
//! | `cme N` / `late-final` / `cpin-no-final` | that error for an answer / OK 12 s late / `+CPIN: READY` without OK |
//! | `no-sim` / `not-registered` / `cfun-refused` | no card / no network / `+CFUN=` is refused |
//! | `dial-lost` / `dial-silent` / `no-voice` | `ATD` is swallowed / gets no answer but the call goes up / gets ERROR |
//! | `early-no-carrier` / `active-at-ringback` | NO CARRIER early in a good call / the list says active while it rings |
//! | `clcc-bare-ok` / `clcc-error` | the list is empty although a call is up / answers ERROR |
//! | `chup-keeps-call`, `ath-keeps-call`, `chld-keeps-call` | that hang-up says OK and keeps the call |
//! | `chup-error` | `+CHUP` answers ERROR and keeps the call |
//! | `lte-only` / `volte-refused` | calls need `VoLTE` / it cannot be switched on |
//!
//! A call that fails once and works when dialled again is `no-carrier` followed by `answer`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant;

use rustix::event::{EventfdFlags, eventfd};
use rustix::fd::OwnedFd;

pub mod card;
pub mod habits;
pub mod machine;
pub mod profile;
pub mod pty;
pub mod script;
mod worker;

pub use self::habits::{DialStyle, Fault, LineEnds, ListForm, Network, NextCall, SimTiming};
pub use self::machine::Machine;
pub use self::profile::Profile;
use self::pty::Pty;
pub use self::script::SimVerb;
use self::worker::{Request, Worker};

/// How a simulated modem behaves as a whole.
#[derive(Debug, Clone, Default)]
pub struct SimOptions {
    /// How long everything takes.
    pub timing: SimTiming,
    /// Whose module it is.
    pub profile: Profile,
    /// When this file appears the power is cut for a moment and the file removed: so that a configured power command,
    /// which can only run a program, reaches the simulated modem with `touch`.
    pub power_file: Option<PathBuf>,
}

impl SimOptions {
    /// Everything about twenty times as fast as in life, for tests.
    #[must_use]
    pub fn fast() -> Self {
        Self {
            timing: SimTiming::fast(),
            ..Self::default()
        }
    }

    /// The same with another profile.
    #[must_use]
    pub fn with_profile(self, profile: Profile) -> Self {
        Self { profile, ..self }
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
            machine: Machine::with(&options),
            pty: Some(pty),
            link: link.to_owned(),
            inbox,
            wake: Arc::clone(&wake),
            started: Instant::now(),
            power_file: options.power_file,
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
    /// The path to open as a serial port: where it was at the start, before any `rename`.
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

    /// Lets `fault` strike once, at the next command it fits. A fault that is a state rather than a blow (`freeze`,
    /// `lower-case`, `flood` and their like) stays until cleared.
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

    /// Cuts the power for a moment.
    pub fn power_cycle(&self) {
        self.tell(SimVerb::PowerCycle);
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
        self.look(|machine| machine.calls_made().to_vec())
    }

    /// Tones received on open lines so far, in order. For tests.
    #[must_use]
    pub fn tones(&self) -> String {
        self.look(|machine| machine.tones().to_owned())
    }

    /// How many calls the modem holds now.
    #[must_use]
    pub fn calls_up(&self) -> usize {
        self.look(Machine::calls_up)
    }

    /// How often the modem started again since it was made, for whatever reason.
    #[must_use]
    pub fn restarts(&self) -> u32 {
        self.look(Machine::restarts)
    }

    /// PINs and PUKs that were given to the card so far, right or wrong. For the promise that a wrong one is tried once.
    #[must_use]
    pub fn pin_entries(&self) -> u32 {
        self.look(Machine::pin_entries)
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

    /// What `look` finds, or the empty value where the thread is gone.
    fn look<T: Default + Send + 'static>(
        &self,
        look: impl FnOnce(&Machine) -> T + Send + 'static,
    ) -> T {
        self.ask(|reply: SyncSender<T>| {
            Request::Look(Box::new(move |machine| drop(reply.send(look(machine)))))
        })
        .unwrap_or_default()
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
