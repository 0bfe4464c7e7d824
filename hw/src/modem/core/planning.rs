//! What goes out next: hanging up before dialling, dialling before the state of the call, all of them before the watch.

use std::time::Duration;

use super::request::Request;
use super::{Core, OnItsWay, SILENT_COMMANDS};
use crate::modem::ModemHealth;
use crate::modem::command::AtCommand;
use crate::modem::command::dial::Dial;
use crate::modem::command::hold::Hold;
use crate::modem::command::soft_reset::SoftReset;
use crate::modem::command::tone::SendTone;
use crate::modem::command::volume::Volume;
use crate::modem::timer::Timer;

impl Core {
    pub(super) fn pump(&mut self, now: Duration) {
        if self.port.is_err() || self.on_its_way.is_some() {
            return;
        }
        if let Some(request) = self.next_request(now) {
            self.send(now, request);
        }
    }

    pub(super) fn next_request(&mut self, now: Duration) -> Option<Request> {
        if std::mem::take(&mut self.soft_reset_due) {
            return Some(Request::SoftReset(SoftReset(
                self.start.dialect.soft_reset(),
            )));
        }
        if let Some(ladder) = &self.ladder {
            return (!self.timers.is_set(Timer::HangUpCheck)).then(|| ladder.request());
        }
        let may_dial = self.may_dial();
        if let Some(call) = &mut self.call {
            if call.is_placed() {
                return self.next_in_call();
            }
            if may_dial {
                call.placed_at = Some(now);
                self.needs_hang_up = true;
                self.timers.stop(Timer::RegisterWait);
                self.timers
                    .set(Timer::Setup, now.saturating_add(self.timings.setup));
                self.timers
                    .set(Timer::NoSign, now.saturating_add(self.timings.no_sign));
                return Some(Request::Dial(Dial(call.number.clone())));
            }
        }
        if let Some(request) = self.next_volume() {
            return Some(request);
        }
        (!self.timers.is_set(Timer::Step)).then(|| self.start.request())
    }

    pub(super) fn next_in_call(&mut self) -> Option<Request> {
        if std::mem::take(&mut self.reject) {
            return Some(Request::Hold(Hold::RejectWaiting));
        }
        if let Some(tone) = self.tones.pop_front() {
            return Some(Request::Tone(SendTone::new(tone, self.start.dialect)));
        }
        if let Some(request) = self.next_volume() {
            return Some(request);
        }
        (!self.timers.is_set(Timer::Poll)).then_some(Request::ListCalls)
    }

    pub(super) fn next_volume(&mut self) -> Option<Request> {
        let percent = self.volume_percent.filter(|_| self.start.known)?;
        let Some(loudest) = self.loudest else {
            return Some(Request::Volume(Volume::Range));
        };
        self.volume_percent = None;
        Some(Request::Volume(Volume::from_percent(percent, loudest)))
    }

    /// A dial goes out once stale calls and callers are cleared and a network is there, or when waiting for one makes no sense.
    pub(super) fn may_dial(&self) -> bool {
        if self.needs_hang_up
            || self.rang
            || self.start.before_calls()
            || self.silent >= SILENT_COMMANDS
            || self.timers.is_set(Timer::Redial)
        {
            return false;
        }
        match self.start.health() {
            Some(ModemHealth::Searching { .. }) | None => !self.timers.is_set(Timer::RegisterWait),
            Some(_) => true,
        }
    }

    pub(super) fn send(&mut self, now: Duration, request: Request) {
        let command: &dyn AtCommand = request.command();
        let echo = command.encode();
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
            hurried: false,
        });
    }
}
