//! The protocol core: bytes and time in, bytes and events out. No port, no thread, no clock.
//!
//! A driver calls [`Core::port_opened`], feeds what it reads to [`Core::handle_bytes`], writes what
//! [`Core::poll_transmit`] gives, calls [`Core::handle_timeout`] when [`Core::poll_timeout`] comes, and passes
//! [`Core::poll_event`] on. Time is any clock that never goes back, as the span since some fixed moment.
//!
//! At most one command is on its way at a time. What comes next is decided from the state when the last one is done,
//! in this order: hanging up, dialling, tones, the state of the call, the start and the watch. So nothing stale can
//! wait in a queue.
//!
//! A maker's own words are the dialect's ([`super::dialect`]); their order, all time, and what is true are decided here.
//!
//! A hang-up goes out at once after ATD, which V.250 section 5.6.1 lets be broken off, and after any other command as
//! soon as that is answered, at the latest after [`Timings::hang_up_wait`]: a module that is still busy keeps the line
//! in its buffer, and the ladder checks and repeats where it did not.
//!
//! It logs nothing, at no level: what went out and when would tell how long somebody called.
//!
//! Deliberately not here: which line to call, the port, what a visitor reads.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use super::command::tone::Tone;
use super::line::LineEngine;
use super::timer::{Timer, TimerTable, Timings};
use super::{
    AbsentCause, CallOutcome, CallState, DialNumber, ModemCommand, ModemEvent, ModemHealth,
    RefusedReason, VolteState,
};

mod asked;
mod call;
mod deadlines;
mod hearing;
mod ladder;
mod options;
mod planning;
mod recovery;
mod request;
mod start;
mod unasked;

use self::call::{Call, Urgency};
use self::ladder::Ladder;
pub use self::options::{CoreOptions, DriverRequest, PowerCycleError};
use self::recovery::{Recovery, Remedy};
use self::request::Request;
use self::start::Start;

/// Commands without any answer after which the module counts as not responding.
const SILENT_COMMANDS: u8 = 3;
/// Most information lines kept of one answer; `+CLCC` has at most seven.
const MOST_LINES: usize = 16;
/// Most tones waiting to go out.
const MOST_TONES: usize = 32;
/// Most finals that are remembered as missing.
const MOST_OWED: u8 = 3;

/// The protocol core for one module. `Debug` shows its condition and no number.
pub struct Core {
    timings: Timings,
    port: Result<(), AbsentCause>,
    line: LineEngine,
    on_its_way: Option<OnItsWay>,
    transmit: VecDeque<Vec<u8>>,
    events: VecDeque<ModemEvent>,
    wishes: VecDeque<DriverRequest>,
    timers: TimerTable,
    start: Start,
    health: ModemHealth,
    reported: bool,
    /// Commands in a row that got no answer.
    silent: u8,
    recovery: Recovery,
    soft_reset_due: bool,
    /// Finals of abandoned commands that may still arrive and be taken for something else.
    owed: u8,
    /// `+CLCC` has listed a call since the port was opened.
    lists_calls: bool,
    /// Somebody called in, and the list was not asked since.
    rang: bool,
    /// The last look at the calls led to hanging up somebody whom the list did not show.
    hung_up_blindly: bool,
    /// A waiting caller is to be told that this side is busy.
    reject: bool,
    volte: VolteState,
    call: Option<Call>,
    ladder: Option<Ladder>,
    /// A call may be up in the module although nobody here is in one. Set before ATD leaves; cleared when checked.
    needs_hang_up: bool,
    /// A dial that came while another call was being hung up; `None` inside when it was taken back.
    after_ladder: Option<Option<(DialNumber, Urgency)>>,
    tones: VecDeque<Tone>,
    volume_percent: Option<u8>,
    loudest: Option<u8>,
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let command = self
            .on_its_way
            .as_ref()
            .map(|sent| sent.request.command().name());
        f.debug_struct("Core")
            .field("health", &self.health)
            .field("on_its_way", &command)
            .field("busy", &self.is_busy())
            .field("timers", &self.timers)
            .finish_non_exhaustive()
    }
}

struct OnItsWay {
    request: Request,
    echo: String,
    lines: Vec<String>,
    /// Something happened since the first line of the answer that the answer cannot know.
    outdated: bool,
    /// It was given up for a hang-up; its silence says nothing about the module.
    hurried: bool,
}

impl Core {
    /// A core without a port. It reports nothing until it is told whether there is one; until then its health is
    /// [`AbsentCause::NotConfigured`].
    #[must_use]
    pub fn new(options: CoreOptions) -> Self {
        Self {
            timings: options.timings,
            port: Err(AbsentCause::NotConfigured),
            line: LineEngine::new(),
            on_its_way: None,
            transmit: VecDeque::new(),
            events: VecDeque::new(),
            wishes: VecDeque::new(),
            timers: TimerTable::default(),
            start: Start::new(options.pin),
            health: ModemHealth::Absent(AbsentCause::NotConfigured),
            reported: false,
            silent: 0,
            recovery: Recovery::new(),
            soft_reset_due: false,
            owed: 0,
            lists_calls: false,
            rang: false,
            hung_up_blindly: false,
            reject: false,
            volte: VolteState::Unknown,
            call: None,
            ladder: None,
            needs_hang_up: false,
            after_ladder: None,
            tones: VecDeque::new(),
            volume_percent: None,
            loudest: None,
        }
    }

    /// The port is open. The start begins.
    pub fn port_opened(&mut self, now: Duration) {
        self.forget_port();
        self.port = Ok(());
        self.report_health();
        self.watch_for_silence(now);
        self.pump(now);
    }

    /// There is no port, or no longer. A call ends in [`CallOutcome::ModemLost`]. Saying so again with the same cause
    /// changes nothing.
    pub fn port_absent(&mut self, cause: AbsentCause) {
        self.forget_port();
        self.port = Err(cause);
        let lost = self.call.take().map(|call| {
            if call.has_gone_out() {
                CallOutcome::ModemLost
            } else {
                CallOutcome::Refused(RefusedReason::NoModem)
            }
        });
        let climbing = self
            .ladder
            .take()
            .and_then(|ladder| ladder.outcome)
            .map(|_| CallOutcome::ModemLost);
        for outcome in lost.into_iter().chain(climbing) {
            self.report_call(CallState::Ended(outcome));
        }
        if let Some(waiting) = self.after_ladder.take() {
            self.report_call(CallState::Ended(match waiting {
                Some(_) => CallOutcome::Refused(RefusedReason::NoModem),
                None => CallOutcome::HungUpHere,
            }));
        }
        self.report_health();
    }

    /// Bytes were read.
    pub fn handle_bytes(&mut self, now: Duration, bytes: &[u8]) {
        if self.port.is_err() {
            return;
        }
        for &byte in bytes {
            if let Some(line) = self.line.push(byte) {
                self.on_line(now, line);
            }
        }
        self.pump(now);
    }

    /// The moment of [`Core::poll_timeout`] has come. Calling it early does nothing.
    pub fn handle_timeout(&mut self, now: Duration) {
        while let Some(timer) = self.timers.take_expired(now) {
            match timer {
                Timer::Command => self.on_command_timeout(now),
                Timer::Setup => self.on_setup_timeout(now),
                Timer::NoAnswer => self.climb(now, CallOutcome::NoAnswer),
                Timer::CallCap => self.climb(now, CallOutcome::TimedOut),
                Timer::SilentCall => self.on_silent_call(now),
                Timer::Recover => self.on_recover(now),
                Timer::NoSign => self.on_no_sign(now),
                // Pauses: that they are over is all there is to it.
                Timer::Poll
                | Timer::Step
                | Timer::HangUpCheck
                | Timer::RegisterWait
                | Timer::Redial => {}
            }
        }
        self.pump(now);
    }

    /// Something was asked for.
    pub fn command(&mut self, now: Duration, command: ModemCommand) {
        match command {
            ModemCommand::Dial(number) => self.dial(now, number, Urgency::Ordinary),
            ModemCommand::DialEmergency(number) => self.dial(now, number, Urgency::Emergency),
            ModemCommand::HangUp => self.hang_up(now),
            ModemCommand::Dtmf(c) => {
                let open = self.call.as_ref().is_some_and(Call::is_open);
                if let Some(tone) = Tone::new(c).filter(|_| open && self.tones.len() < MOST_TONES) {
                    self.tones.push_back(tone);
                }
            }
            ModemCommand::Volume(percent) => self.volume_percent = Some(percent.min(100)),
        }
        self.pump(now);
    }

    /// The next bytes to write, a whole command each.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmit.pop_front()
    }

    /// The next thing to report.
    pub fn poll_event(&mut self) -> Option<ModemEvent> {
        self.events.pop_front()
    }

    /// The next thing that the driver itself should do.
    pub fn poll_driver(&mut self) -> Option<DriverRequest> {
        self.wishes.pop_front()
    }

    /// The power command of a [`DriverRequest::PowerCycle`] is done. Without one, or when it failed, the next remedy
    /// follows at once.
    pub fn power_cycled(&mut self, now: Duration, done: Result<(), PowerCycleError>) {
        if self.port.is_err() || !self.timers.is_set(Timer::Recover) {
            return;
        }
        match done {
            Ok(()) => self.watch_for_silence(now),
            Err(_) => self.on_recover(now),
        }
        self.pump(now);
    }

    /// When [`Core::handle_timeout`] wants to be called; `None` while there is nothing to wait for.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.timers.next()
    }

    /// The module's condition as last reported.
    #[must_use]
    pub const fn health(&self) -> &ModemHealth {
        &self.health
    }

    /// True while a call is wanted, up, or being hung up. A driver that stops should hang up and wait for this to end.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        self.call.is_some() || self.ladder.is_some()
    }

    fn heard(&mut self) {
        let was_silent = self.silent >= SILENT_COMMANDS;
        self.silent = 0;
        self.timers.stop(Timer::SilentCall);
        self.timers.stop(Timer::Recover);
        self.recovery = Recovery::new();
        self.soft_reset_due = false;
        if was_silent {
            self.report_health();
        }
    }

    fn owe_final(&mut self) {
        self.owed = (self.owed + 1).min(MOST_OWED);
    }

    fn forget_port(&mut self) {
        self.line.reset();
        self.on_its_way = None;
        self.transmit.clear();
        self.timers.clear();
        self.start.again();
        self.silent = 0;
        self.soft_reset_due = false;
        self.wishes.clear();
        self.owed = 0;
        self.tones.clear();
        self.loudest = None;
        self.lists_calls = false;
        self.rang = false;
        self.hung_up_blindly = false;
        self.reject = false;
    }

    fn stop_call_timers(&mut self) {
        for timer in [
            Timer::Poll,
            Timer::Setup,
            Timer::NoAnswer,
            Timer::CallCap,
            Timer::SilentCall,
            Timer::RegisterWait,
            Timer::NoSign,
            Timer::Redial,
        ] {
            self.timers.stop(timer);
        }
    }

    fn report_health(&mut self) {
        let health = match self.port {
            Err(cause) => ModemHealth::Absent(cause),
            Ok(()) if self.silent >= SILENT_COMMANDS => ModemHealth::NotResponding,
            Ok(()) => self.start.health().unwrap_or(ModemHealth::Starting),
        };
        if health != self.health || !self.reported {
            self.reported = true;
            self.health = health.clone();
            self.events.push_back(ModemEvent::Health(health));
        }
        let volte = match self.port {
            Ok(()) => self.start.volte(),
            Err(_) => VolteState::Unknown,
        };
        if volte != self.volte {
            self.volte = volte;
            self.events.push_back(ModemEvent::Volte(volte));
        }
    }

    fn report_call(&mut self, state: CallState) {
        self.events.push_back(ModemEvent::Call(state));
    }
}
