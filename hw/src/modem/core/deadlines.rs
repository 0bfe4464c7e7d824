//! What it means that a deadline has come: a command without an answer, a silent module, a call that gets nowhere.

use std::time::Duration;

use super::call::Call;
use super::request::{Answer, Request};
use super::{Core, DriverRequest, Remedy, SILENT_COMMANDS};
use crate::modem::dialect::DialectId;
use crate::modem::timer::Timer;
use crate::modem::{CallOutcome, CallState, RefusedReason};

impl Core {
    pub(super) fn on_command_timeout(&mut self, now: Duration) {
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
        if sent.hurried {
            // It was not given its time.
        } else if sent.lines.is_empty() {
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
        // A hang-up is written at least once, also to a module that was silent before it.
        if self.silent >= SILENT_COMMANDS && !sent.hurried {
            self.on_silence(now);
        }
    }

    /// The module answers nothing any more.
    pub(super) fn on_silence(&mut self, now: Duration) {
        self.report_health();
        if !self.timers.is_set(Timer::Recover) {
            self.watch_for_silence(now);
        }
        match &self.call {
            Some(call) if call.is_placed() && call.has_evidence() => {
                // The line may well be open: only the talk with the module is gone.
                if !self.timers.is_set(Timer::SilentCall) {
                    self.timers.set(
                        Timer::SilentCall,
                        now.saturating_add(self.timings.silent_call),
                    );
                }
            }
            Some(call) => {
                let outcome = if call.has_gone_out() {
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

    pub(super) fn on_silent_call(&mut self, now: Duration) {
        if self.call.is_some() {
            self.lose_call(CallOutcome::ModemLost);
            self.start_over(now);
        }
    }

    /// Begins to count the time in which a silent module may come back by itself.
    pub(super) fn watch_for_silence(&mut self, now: Duration) {
        let pause = self.recovery.pause(&self.timings);
        self.timers.set(Timer::Recover, now.saturating_add(pause));
    }

    /// The module has been silent for long enough to do something about it.
    pub(super) fn on_recover(&mut self, now: Duration) {
        if self.call.as_ref().is_some_and(Call::is_placed) || self.ladder.is_some() {
            // The line may be open although the talk is gone; a call has its own deadline for silence.
            return self.watch_for_silence(now);
        }
        match self.recovery.take() {
            Remedy::SoftReset => {
                self.soft_reset_due = true;
                self.watch_for_silence(now);
            }
            Remedy::PowerCycle => {
                self.wishes.push_back(DriverRequest::PowerCycle);
                self.timers
                    .set(Timer::Recover, now.saturating_add(self.timings.power_cycle));
            }
            Remedy::Reopen => {
                self.wishes.push_back(DriverRequest::Reopen);
                self.watch_for_silence(now);
            }
        }
    }

    pub(super) fn on_setup_timeout(&mut self, now: Duration) {
        let Some(call) = &self.call else { return };
        if call.is_placed() && call.accepted && !call.listed && !call.signed && !self.shows_calls()
        {
            // Taken by a module that has never shown a call: it may be an open line, and nobody cuts that off here.
            // The cap for every call still holds.
            return;
        }
        self.climb(now, CallOutcome::TimedOut);
    }

    /// True when a call that exists would be seen: this module has listed one, or it is one whose reports are known.
    pub(super) fn shows_calls(&self) -> bool {
        self.lists_calls || self.start.dialect.id() != DialectId::Generic
    }

    /// Nothing at all was heard of the call since ATD left, or nothing since it was taken by a module that has listed a
    /// call before and does not list this one: the word of its end was lost. It is not believed to have ended: it is hung
    /// up, and then said to have come to nothing in its time.
    pub(super) fn on_no_sign(&mut self, now: Duration) {
        let Some(call) = &self.call else { return };
        let Some(at) = call.placed_at else { return };
        let last = at.saturating_add(self.timings.no_sign_unknown);
        let hopeless = if call.is_without_sign() {
            self.shows_calls() || now >= last
        } else {
            // A maker's name is not enough here: the call may be one that this module lists only once it rings.
            call.is_taken_and_never_shown() && self.lists_calls && now >= last
        };
        if hopeless {
            self.climb(now, CallOutcome::TimedOut);
        } else if now < last {
            self.timers.set(Timer::NoSign, last);
        }
    }

    pub(super) fn lose_call(&mut self, outcome: CallOutcome) {
        self.call = None;
        self.stop_call_timers();
        self.tones.clear();
        self.report_call(CallState::Ended(outcome));
    }

    pub(super) fn start_over(&mut self, now: Duration) {
        self.start.again();
        self.timers
            .set(Timer::Step, now.saturating_add(self.timings.retry));
    }
}
