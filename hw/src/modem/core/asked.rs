//! What is asked of the core: a call, its end; and how a hang-up begins. What becomes of a hang-up is the ladder's.

use std::time::Duration;

use super::Core;
use super::call::{Call, Urgency};
use super::ladder::Ladder;
use super::request::Request;
use crate::modem::timer::Timer;
use crate::modem::{CallOutcome, CallState, DialNumber, ModemHealth, RefusedReason};

impl Core {
    pub(super) fn dial(&mut self, now: Duration, number: DialNumber, urgency: Urgency) {
        let refused = match (&self.port, &self.health) {
            (Err(_), _) => Some(RefusedReason::NoModem),
            // First, because it says whose end this is: the call that is up has not ended.
            _ if self.call.is_some() || matches!(self.after_ladder, Some(Some(_))) => {
                Some(RefusedReason::AlreadyInCall)
            }
            (Ok(()), ModemHealth::NotResponding) => Some(RefusedReason::NotResponding),
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
            self.after_ladder = Some(Some((number, urgency)));
            return;
        }
        self.begin_call(now, number, urgency);
    }

    pub(super) fn begin_call(&mut self, now: Duration, number: DialNumber, urgency: Urgency) {
        self.tones.clear();
        self.call = Some(Call::new(number, urgency));
        if urgency == Urgency::Ordinary {
            self.timers.set(
                Timer::RegisterWait,
                now.saturating_add(self.timings.register_wait),
            );
        }
        self.timers
            .set(Timer::CallCap, now.saturating_add(self.timings.call_cap));
        self.timers
            .set(Timer::Setup, now.saturating_add(self.timings.setup));
        self.report_call(CallState::Dialling);
    }

    pub(super) fn hang_up(&mut self, now: Duration) {
        if let Some(waiting) = &mut self.after_ladder {
            *waiting = None;
        } else if self.call.is_some() {
            self.climb(now, CallOutcome::HungUpHere);
        }
    }

    /// Ends the call by hanging up, or takes it back when it has not gone out.
    pub(super) fn climb(&mut self, now: Duration, outcome: CallOutcome) {
        let Some(call) = self.call.take() else { return };
        self.stop_call_timers();
        if !call.is_placed() {
            // Between two attempts the first is still being cleared away: that is checked before it is said.
            let clearing = self
                .ladder
                .as_mut()
                .filter(|_| call.redialled)
                .map(|ladder| ladder.outcome = Some(outcome));
            if clearing.is_none() {
                // Unchecked is not ended: say that it is not known.
                let unchecked = call.redialled && self.needs_hang_up;
                self.report_call(CallState::Ended(if unchecked {
                    CallOutcome::ModemLost
                } else {
                    outcome
                }));
            }
            return;
        }
        if matches!(&self.on_its_way, Some(sent) if matches!(sent.request, Request::Dial(_))) {
            self.on_its_way = None;
            self.timers.stop(Timer::Command);
            if self.transmit.pop_back().is_some() {
                // Nobody has written it yet: both wishes came in one breath, and nothing needs to go out at all.
                self.needs_hang_up = false;
                return self.report_call(CallState::Ended(outcome));
            }
            // Never wait for ATD: its final comes when it comes.
            self.owe_final();
        } else if call.final_owed {
            self.owe_final();
        }
        self.hurry(now);
        self.timers.stop(Timer::HangUpCheck);
        self.begin_ladder(Some(outcome), call.listed);
        self.pump(now);
    }

    pub(super) fn begin_ladder(&mut self, outcome: Option<CallOutcome>, listed: bool) {
        self.reject = false;
        let makers = self.start.dialect.hang_up_first();
        self.ladder = Some(Ladder::new(outcome, listed, makers));
    }

    /// The command on its way must not keep a hang-up waiting.
    pub(super) fn hurry(&mut self, now: Duration) {
        if let Some(sent) = &mut self.on_its_way {
            sent.hurried = true;
            self.timers.set_sooner(
                Timer::Command,
                now.saturating_add(self.timings.hang_up_wait),
            );
        }
    }
}
