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
//! Deliberately not here: makers' dialects, which line to call, redialling.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use super::command::AtCommand;
use super::command::calls::{CallEntry, ListCalls};
use super::command::dial::Dial;
use super::command::tone::Tone;
use super::command::volume::Volume;
use super::line::{EndWord, FinalResult, LineEngine};
use super::timer::{Timer, TimerTable, Timings};
use super::urc::Urc;
use super::{
    AbsentCause, CallOutcome, CallState, DialNumber, ModemCommand, ModemEvent, ModemHealth,
    RefusedReason,
};

mod call;
mod ladder;
mod request;
mod start;

use self::call::{Call, Verdict};
use self::ladder::{Climb, Ladder};
use self::request::{Answer, Request};
use self::start::{Next, Start, Step};

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
    timers: TimerTable,
    start: Start,
    health: ModemHealth,
    /// Commands in a row that got no answer.
    silent: u8,
    /// Finals of abandoned commands that may still arrive and be taken for something else.
    owed: u8,
    call: Option<Call>,
    ladder: Option<Ladder>,
    /// A call may be up in the module although nobody here is in one. Set before ATD leaves; cleared when checked.
    needs_hang_up: bool,
    /// A dial that came while another call was being hung up; `None` inside when it was taken back.
    after_ladder: Option<Option<DialNumber>>,
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
}

impl Core {
    /// A core without a port, whose health is [`AbsentCause::NotConfigured`] until it is told more.
    #[must_use]
    pub fn new(timings: Timings) -> Self {
        Self {
            timings,
            port: Err(AbsentCause::NotConfigured),
            line: LineEngine::new(),
            on_its_way: None,
            transmit: VecDeque::new(),
            events: VecDeque::from([ModemEvent::Health(ModemHealth::Absent(
                AbsentCause::NotConfigured,
            ))]),
            timers: TimerTable::default(),
            start: Start::new(),
            health: ModemHealth::Absent(AbsentCause::NotConfigured),
            silent: 0,
            owed: 0,
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
        self.pump(now);
    }

    /// There is no port, or no longer. A call ends in [`CallOutcome::ModemLost`]. Saying so again with the same cause
    /// changes nothing.
    pub fn port_absent(&mut self, _now: Duration, cause: AbsentCause) {
        self.forget_port();
        self.port = Err(cause);
        let lost = self.call.take().map(|call| {
            if call.placed {
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
                // Pauses: that they are over is all there is to it.
                Timer::Poll | Timer::Step | Timer::HangUpCheck | Timer::RegisterWait => {}
            }
        }
        self.pump(now);
    }

    /// Something was asked for.
    pub fn command(&mut self, now: Duration, command: ModemCommand) {
        match command {
            ModemCommand::Dial(number) => self.dial(now, number),
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

    // ---- what is asked for ----

    fn dial(&mut self, now: Duration, number: DialNumber) {
        let refused = match (&self.port, &self.health) {
            (Err(_), _) => Some(RefusedReason::NoModem),
            (Ok(()), ModemHealth::NotResponding) => Some(RefusedReason::NotResponding),
            _ if self.call.is_some() || matches!(self.after_ladder, Some(Some(_))) => {
                Some(RefusedReason::AlreadyInCall)
            }
            _ => None,
        };
        if let Some(reason) = refused {
            return self.report_call(CallState::Ended(CallOutcome::Refused(reason)));
        }
        if self
            .ladder
            .as_ref()
            .is_some_and(|ladder| ladder.outcome.is_some())
        {
            if self.after_ladder.is_some() {
                // The one before was taken back and has its end coming; this one cannot stand in line behind it.
                return self.report_call(CallState::Ended(CallOutcome::Refused(
                    RefusedReason::AlreadyInCall,
                )));
            }
            self.after_ladder = Some(Some(number));
            return;
        }
        self.begin_call(now, number);
    }

    fn begin_call(&mut self, now: Duration, number: DialNumber) {
        self.tones.clear();
        self.call = Some(Call::new(number));
        self.timers.set(
            Timer::RegisterWait,
            now.saturating_add(self.timings.register_wait),
        );
        self.timers
            .set(Timer::CallCap, now.saturating_add(self.timings.call_cap));
        self.timers
            .set(Timer::Setup, now.saturating_add(self.timings.setup));
        self.report_call(CallState::Dialling);
    }

    fn hang_up(&mut self, now: Duration) {
        if let Some(waiting) = &mut self.after_ladder {
            *waiting = None;
        } else if self.call.is_some() {
            self.climb(now, CallOutcome::HungUpHere);
        }
    }

    /// Ends the call by hanging up, or takes it back when it has not gone out.
    fn climb(&mut self, now: Duration, outcome: CallOutcome) {
        let Some(call) = self.call.take() else { return };
        self.stop_call_timers();
        if !call.placed {
            return self.report_call(CallState::Ended(outcome));
        }
        if matches!(&self.on_its_way, Some(sent) if matches!(sent.request, Request::Dial(_))) {
            // Never wait for ATD: its final comes when it comes.
            self.on_its_way = None;
            self.timers.stop(Timer::Command);
            self.owe_final();
        } else if call.final_owed {
            self.owe_final();
        }
        self.timers.stop(Timer::HangUpCheck);
        self.ladder = Some(Ladder::new(Some(outcome), call.listed));
        self.pump(now);
    }

    // ---- what the line says ----

    fn on_line(&mut self, now: Duration, line: String) {
        if let Some(sent) = &mut self.on_its_way {
            if line.eq_ignore_ascii_case(&sent.echo) {
                return;
            }
            let wanted = match sent.request.command().prefix() {
                Some(prefix) => line
                    .get(..prefix.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(prefix)),
                None => {
                    sent.request == Request::Model
                        && FinalResult::parse(&line).is_none()
                        && Urc::parse(&line).is_none()
                }
            };
            if wanted {
                if sent.lines.len() < MOST_LINES {
                    sent.lines.push(line);
                }
                if sent.request == Request::SimState {
                    // One emulator never sends the final OK after +CPIN: READY.
                    self.timers
                        .set(Timer::Command, now.saturating_add(self.timings.settle));
                }
                return;
            }
        }
        if let Some(end) = FinalResult::parse(&line) {
            self.on_final(now, end);
        } else if let Some(urc) = Urc::parse(&line) {
            self.on_urc(now, urc);
        }
    }

    fn on_final(&mut self, now: Duration, end: FinalResult) {
        self.heard();
        let is_dial =
            matches!(&self.on_its_way, Some(sent) if matches!(sent.request, Request::Dial(_)));
        if is_dial || end == FinalResult::Connect || self.on_its_way.is_none() {
            if is_dial {
                self.on_its_way = None;
                self.timers.stop(Timer::Command);
            }
            match &mut self.call {
                Some(call)
                    if call.placed
                        && (is_dial || call.final_owed || end == FinalResult::Connect) =>
                {
                    let verdict = call.on_dial_final(end);
                    self.on_verdict(now, verdict);
                }
                _ => self.owed = self.owed.saturating_sub(1),
            }
            return;
        }
        if let Some(sent) = self.on_its_way.take() {
            self.timers.stop(Timer::Command);
            self.on_answer(
                now,
                &sent.request,
                &Answer {
                    lines: sent.lines,
                    end: Some(end),
                    outdated: sent.outdated,
                },
            );
        }
    }

    fn on_urc(&mut self, now: Duration, urc: Urc) {
        match urc {
            Urc::End(word) => self.on_end_word(word),
            Urc::Call(entry) => {
                // Good as a sign of life; an unasked line says nothing about calls it does not name.
                let verdict = self
                    .call
                    .as_mut()
                    .filter(|call| call.placed)
                    .and_then(|call| {
                        let list = [entry];
                        CallEntry::find(&list, None, &call.number)
                            .is_some()
                            .then(|| call.on_list(&list, 0))
                    });
                if let Some(verdict) = verdict {
                    self.on_verdict(now, verdict);
                }
            }
            Urc::Restarted => {
                if self.call.is_none() && self.ladder.is_none() {
                    self.start.again();
                    self.timers.stop(Timer::Step);
                }
            }
            Urc::Ring | Urc::SimChanged | Urc::Registration(_) => {
                // Nobody calls a booth: the watch hangs up whatever it finds.
                if self.on_its_way.is_none() && self.start.known && self.timers.is_set(Timer::Step)
                {
                    self.start.look_again();
                    self.timers
                        .set(Timer::Step, now.saturating_add(self.timings.settle));
                }
            }
        }
    }

    fn on_end_word(&mut self, word: EndWord) {
        self.heard();
        if matches!(&self.on_its_way, Some(sent) if matches!(sent.request, Request::Dial(_))) {
            self.on_its_way = None;
            self.timers.stop(Timer::Command);
        }
        if let Some(sent) = &mut self.on_its_way
            && sent.request == Request::ListCalls
            && !sent.lines.is_empty()
        {
            // This list was begun before the word and may show a call that has ended since.
            sent.outdated = true;
        }
        if let Some(call) = self.call.as_mut().filter(|call| call.placed) {
            call.on_word(word);
            // Ask the list at once: it decides.
            self.timers.stop(Timer::Poll);
        }
    }

    // ---- answers ----

    fn on_answer(&mut self, now: Duration, request: &Request, answer: &Answer) {
        let climbing = self
            .ladder
            .as_ref()
            .is_some_and(|ladder| ladder.request() == *request);
        match request {
            Request::ListCalls if climbing => {
                let owed = self.owed;
                let climb = self.ladder.as_mut().map(|ladder| {
                    if answer.is_usable() {
                        ladder.on_list(&ListCalls::parse(&answer.lines), owed)
                    } else {
                        ladder.on_list_failed(answer.end.is_some())
                    }
                });
                self.on_climb(now, climb);
            }
            _ if climbing => {
                let climb = self.ladder.as_mut().map(Ladder::on_step_done);
                self.on_climb(now, climb);
            }
            Request::ListCalls => self.on_list(now, answer),
            Request::Volume(Volume::Range) => {
                self.loudest = answer
                    .is_usable()
                    .then(|| Volume::parse(&answer.lines))
                    .flatten();
                if self.loudest.is_none() {
                    // A module without a range has no volume to set.
                    self.volume_percent = None;
                }
            }
            Request::Tone(_) | Request::Volume(Volume::Set(_)) | Request::Dial(_) => {}
            _ if *request == self.start.request() => self.on_start_answer(now, answer),
            // The ladder or the start has moved on since this was asked.
            _ => {}
        }
    }

    fn on_list(&mut self, now: Duration, answer: &Answer) {
        let list = ListCalls::parse(&answer.lines);
        let owed = self.owed;
        if answer.outdated && self.call.is_some() {
            // Ask again at once.
            return self.timers.stop(Timer::Poll);
        }
        if let Some(call) = self.call.as_mut().filter(|call| call.placed) {
            let verdict = if answer.is_usable() {
                call.on_list(&list, owed)
            } else {
                call.on_list_failed()
            };
            self.timers
                .set(Timer::Poll, now.saturating_add(self.timings.call_poll));
            return self.on_verdict(now, verdict);
        }
        if self.ladder.is_some() || self.start.step != Step::StaleCalls {
            // Asked before the hang-up began; the ladder asks for itself.
            return;
        }
        let listed = list.iter().any(CallEntry::is_up);
        if listed || self.needs_hang_up {
            self.ladder = Some(Ladder::new(None, listed));
            return;
        }
        self.on_start_answer(now, answer);
    }

    fn on_start_answer(&mut self, now: Duration, answer: &Answer) {
        let had_model = self.start.model.is_some();
        let next = self.start.on_answer(answer);
        if next == Next::Round {
            // What was still missing before a whole round will not come.
            self.owed = 0;
        }
        if let Some(model) = self.start.model.clone().filter(|_| !had_model) {
            self.events.push_back(ModemEvent::Identified { model });
        }
        let pause = match next {
            Next::Go => None,
            Next::Retry => Some(self.timings.retry),
            Next::Round => Some(
                if self.start.health().is_some_and(|health| health.can_call()) {
                    self.timings.watch
                } else {
                    self.timings.retry
                },
            ),
        };
        if let Some(pause) = pause {
            self.timers.set(Timer::Step, now.saturating_add(pause));
            self.report_health();
        }
    }

    fn on_verdict(&mut self, now: Duration, verdict: Verdict) {
        match verdict {
            Verdict::Same => {}
            Verdict::Alerting => {
                self.timers.stop(Timer::Setup);
                self.timers
                    .set(Timer::NoAnswer, now.saturating_add(self.timings.no_answer));
                self.report_call(CallState::Alerting);
            }
            Verdict::LineOpen => {
                self.timers.stop(Timer::Setup);
                self.timers.stop(Timer::NoAnswer);
                self.report_call(CallState::LineOpen);
            }
            Verdict::Ended(outcome) => {
                // A call that was listed and is no longer is gone; one that never was may yet be there.
                let gone = self.call.take().is_some_and(|call| call.listed)
                    || matches!(outcome, CallOutcome::Refused(_));
                self.stop_call_timers();
                self.tones.clear();
                self.needs_hang_up = !gone;
                self.start.look_again();
                self.timers.stop(Timer::Step);
                self.report_call(CallState::Ended(outcome));
            }
        }
    }

    fn on_climb(&mut self, now: Duration, climb: Option<Climb>) {
        match climb {
            None | Some(Climb::Go) => {}
            Some(Climb::Pause) => {
                self.timers.set(
                    Timer::HangUpCheck,
                    now.saturating_add(self.timings.hang_up_check),
                );
            }
            Some(climb @ (Climb::Clear | Climb::Exhausted)) => {
                let Some(ladder) = self.ladder.take() else {
                    return;
                };
                let clear = climb == Climb::Clear;
                self.needs_hang_up = !clear;
                if ladder.touched_radio() || !clear {
                    self.start.again();
                } else {
                    self.start.look_again();
                }
                self.tones.clear();
                self.timers.stop(Timer::Step);
                if !clear {
                    // Nothing helped; try again from the beginning, but not in a tight circle.
                    self.timers
                        .set(Timer::Step, now.saturating_add(self.timings.retry));
                }
                self.end_ladder(now, ladder.outcome, clear);
            }
        }
    }

    fn end_ladder(&mut self, now: Duration, outcome: Option<CallOutcome>, clear: bool) {
        if let Some(outcome) = outcome {
            // Unchecked is not ended: say that it is not known.
            self.report_call(CallState::Ended(if clear {
                outcome
            } else {
                CallOutcome::ModemLost
            }));
        }
        match self.after_ladder.take() {
            None => {}
            Some(None) => self.report_call(CallState::Ended(CallOutcome::HungUpHere)),
            Some(Some(number)) if clear => self.begin_call(now, number),
            Some(Some(_)) => {
                self.report_call(CallState::Ended(CallOutcome::Refused(
                    RefusedReason::NotResponding,
                )));
            }
        }
    }

    // ---- time ----

    fn on_command_timeout(&mut self, now: Duration) {
        let Some(sent) = self.on_its_way.take() else {
            return;
        };
        if let Request::Dial(_) = sent.request {
            // Two of the three ways to answer ATD are silent until the call is taken.
            if let Some(call) = &mut self.call {
                call.final_owed = true;
            }
            return;
        }
        self.owe_final();
        if sent.lines.is_empty() {
            self.silent = self.silent.saturating_add(1);
        } else {
            self.heard();
        }
        let answer = Answer {
            lines: sent.lines,
            end: None,
            outdated: sent.outdated,
        };
        self.on_answer(now, &sent.request, &answer);
        if self.silent >= SILENT_COMMANDS {
            self.on_silence(now);
        }
    }

    /// The module answers nothing any more.
    fn on_silence(&mut self, now: Duration) {
        self.report_health();
        match &self.call {
            Some(call) if call.placed && call.has_evidence() => {
                // The line may well be open: only the talk with the module is gone.
                if !self.timers.is_set(Timer::SilentCall) {
                    self.timers.set(
                        Timer::SilentCall,
                        now.saturating_add(self.timings.silent_call),
                    );
                }
            }
            Some(call) => {
                let outcome = if call.placed {
                    CallOutcome::ModemLost
                } else {
                    CallOutcome::Refused(RefusedReason::NotResponding)
                };
                self.lose_call(outcome);
            }
            None => {
                self.start_over(now);
                // Nothing can be checked now. The start hangs up whatever is there once the module talks again.
                if let Some(ladder) = self.ladder.take() {
                    self.timers.stop(Timer::HangUpCheck);
                    self.end_ladder(now, ladder.outcome, false);
                }
            }
        }
    }

    fn on_silent_call(&mut self, now: Duration) {
        if self.call.is_some() {
            self.lose_call(CallOutcome::ModemLost);
            self.start_over(now);
        }
    }

    fn on_setup_timeout(&mut self, now: Duration) {
        let Some(call) = &self.call else { return };
        if call.placed && call.accepted && !call.listed {
            // Taken by the module and never listed by it: it may be an open line, and nobody cuts that off here. The
            // cap for every call still holds.
            return;
        }
        self.climb(now, CallOutcome::TimedOut);
    }

    fn lose_call(&mut self, outcome: CallOutcome) {
        self.call = None;
        self.stop_call_timers();
        self.tones.clear();
        self.report_call(CallState::Ended(outcome));
    }

    fn start_over(&mut self, now: Duration) {
        self.start.again();
        self.timers
            .set(Timer::Step, now.saturating_add(self.timings.retry));
    }

    // ---- deciding what goes out ----

    fn pump(&mut self, now: Duration) {
        if self.port.is_err() || self.on_its_way.is_some() {
            return;
        }
        if let Some(request) = self.next_request(now) {
            self.send(now, request);
        }
    }

    fn next_request(&mut self, now: Duration) -> Option<Request> {
        if let Some(ladder) = &self.ladder {
            return (!self.timers.is_set(Timer::HangUpCheck)).then(|| ladder.request());
        }
        let may_dial = self.may_dial();
        if let Some(call) = &mut self.call {
            if call.placed {
                return self.next_in_call();
            }
            if may_dial {
                call.placed = true;
                self.needs_hang_up = true;
                self.timers.stop(Timer::RegisterWait);
                self.timers
                    .set(Timer::Setup, now.saturating_add(self.timings.setup));
                return Some(Request::Dial(Dial(call.number.clone())));
            }
        }
        if let Some(request) = self.next_volume() {
            return Some(request);
        }
        (!self.timers.is_set(Timer::Step)).then(|| self.start.request())
    }

    fn next_in_call(&mut self) -> Option<Request> {
        if let Some(tone) = self.tones.pop_front() {
            return Some(Request::Tone(tone));
        }
        if let Some(request) = self.next_volume() {
            return Some(request);
        }
        (!self.timers.is_set(Timer::Poll)).then_some(Request::ListCalls)
    }

    fn next_volume(&mut self) -> Option<Request> {
        let percent = self.volume_percent.filter(|_| self.start.known)?;
        let Some(loudest) = self.loudest else {
            return Some(Request::Volume(Volume::Range));
        };
        self.volume_percent = None;
        Some(Request::Volume(Volume::from_percent(percent, loudest)))
    }

    /// A dial goes out once stale calls are cleared and a network is there, or when waiting for one makes no sense.
    fn may_dial(&self) -> bool {
        if self.needs_hang_up || self.start.before_calls() || self.silent >= SILENT_COMMANDS {
            return false;
        }
        match self.start.health() {
            Some(ModemHealth::Searching { .. }) | None => !self.timers.is_set(Timer::RegisterWait),
            Some(_) => true,
        }
    }

    fn send(&mut self, now: Duration, request: Request) {
        let command: &dyn AtCommand = request.command();
        let echo = command.encode();
        tracing::trace!(command = command.name(), "to the modem");
        self.timers.set(
            Timer::Command,
            now.saturating_add(command.timeout(&self.timings)),
        );
        self.transmit.push_back(format!("{echo}\r").into_bytes());
        self.on_its_way = Some(OnItsWay {
            request,
            echo,
            lines: Vec::new(),
            outdated: false,
        });
    }

    // ---- keeping the books ----

    fn heard(&mut self) {
        let was_silent = self.silent >= SILENT_COMMANDS;
        self.silent = 0;
        self.timers.stop(Timer::SilentCall);
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
        self.owed = 0;
        self.tones.clear();
        self.loudest = None;
    }

    fn stop_call_timers(&mut self) {
        for timer in [
            Timer::Poll,
            Timer::Setup,
            Timer::NoAnswer,
            Timer::CallCap,
            Timer::SilentCall,
            Timer::RegisterWait,
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
        if health != self.health {
            self.health = health.clone();
            self.events.push_back(ModemEvent::Health(health));
        }
    }

    fn report_call(&mut self, state: CallState) {
        self.events.push_back(ModemEvent::Call(state));
    }
}
