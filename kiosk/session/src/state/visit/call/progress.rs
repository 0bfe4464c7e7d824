//! What the modem says of the call, and how a call ends: over, failed, or on to the next line. Not here: how one
//! begins.

use super::{Stage, count_ended, hang_up, is_emergency};
use crate::session::Shared;
use crate::state::visit::Visit;
use crate::state::visit::call::Call;
use crate::state::visit::page::Page;
use crate::timer::{self, Timer};
use crate::{CallEvent, CallFailure, CallOutcome, Effect, Now};
use xinting_content::Library;
use xinting_content::hotline::Open;

impl Visit {
    /// What the modem says. Events about a call that is not there, or that contradict the stage it
    /// has reached, are not believed.
    pub(in super::super) fn call_event(
        &mut self,
        event: CallEvent,
        now: Now,
        shared: &mut Shared,
        out: &mut Vec<Effect>,
    ) {
        if let CallEvent::Ended(_) = event {
            shared.hanging_up = None;
        }
        let Some(call) = &mut self.call else {
            return;
        };
        match (event, call.stage) {
            (CallEvent::Ended(_), Stage::Ending) => {
                self.call_over(CallOutcome::HungUpHere, now, out);
            }
            (CallEvent::Ended(_), Stage::Waiting) => self.dial_when_ready(now, shared, out),
            (CallEvent::LineOpen, Stage::Ending) => call.reached = true,
            (_, Stage::Countdown { .. } | Stage::Waiting | Stage::Ending) => {}
            (CallEvent::Dialling, _) => {}
            (CallEvent::DialAgain, Stage::Dialling | Stage::Alerting) if !call.dialled_again => {
                call.stage = Stage::DialAgain;
                call.dialled_again = true;
                let give_up = now.monotonic.saturating_add(timer::CALL_SETUP);
                self.timers.set(Timer::CallSetup, give_up);
            }
            (CallEvent::DialAgain, _) => {}
            (CallEvent::Alerting, Stage::Dialling | Stage::DialAgain) => {
                call.stage = Stage::Alerting;
            }
            (CallEvent::Alerting, Stage::Alerting | Stage::Open { .. }) => {}
            (CallEvent::LineOpen, Stage::Dialling | Stage::DialAgain | Stage::Alerting) => {
                call.stage = Stage::Open {
                    since: now.monotonic,
                };
                call.reached = true;
                self.timers.clear(Timer::CallSetup);
                let limit = now.monotonic.saturating_add(timer::CALL_LIMIT);
                self.timers.set(Timer::CallLimit, limit);
            }
            (CallEvent::LineOpen, Stage::Open { .. }) => {}
            (
                CallEvent::Ended(CallOutcome::NoModem),
                Stage::Dialling | Stage::DialAgain | Stage::Alerting,
            ) if !call.waited_for_modem && shared.devices.can_call.failure().is_none() => {
                // It went just as the call came to it. What becomes of it is told next.
                call.waited_for_modem = true;
                call.stage = Stage::Waiting;
                self.timers.clear(Timer::CallSetup);
                let give_up = now.monotonic.saturating_add(timer::CALL_READY);
                self.timers.set(Timer::CallReady, give_up);
            }
            (
                CallEvent::Ended(outcome),
                Stage::Dialling | Stage::DialAgain | Stage::Alerting | Stage::Open { .. },
            ) => self.call_ended(outcome, now, &shared.library, out),
        }
    }

    /// The modem ended the call by itself.
    fn call_ended(
        &mut self,
        outcome: CallOutcome,
        now: Now,
        library: &Library,
        out: &mut Vec<Effect>,
    ) {
        let reached = self.call.as_ref().is_some_and(|call| call.reached);
        match outcome {
            CallOutcome::HungUpHere => {
                // Nobody here asked for it: it may be the end of an earlier call that took too long.
                // Whatever is on the line now must not outlive a page that says it is over.
                out.push(Effect::HangUp);
                self.call_over(outcome, now, out);
            }
            CallOutcome::RemoteEnded if reached => self.call_over(outcome, now, out),
            CallOutcome::Failed if reached => {
                // The modem has a longest call of its own.
                let call = self.call.as_ref();
                if call.is_some_and(|call| call.minutes_left(now).is_some()) {
                    self.call_over(outcome, now, out);
                } else {
                    self.call_failed(outcome, CallFailure::Failed, now, out);
                }
            }
            CallOutcome::RemoteEnded | CallOutcome::Failed => {
                self.try_next_line(outcome, CallFailure::Failed, now, library, out);
            }
            // Some modules call a line open while it still rings, and only then say these two.
            CallOutcome::Busy => self.try_next_line(outcome, CallFailure::Busy, now, library, out),
            CallOutcome::NoAnswer => {
                self.try_next_line(outcome, CallFailure::NoAnswer, now, library, out);
            }
            CallOutcome::NoModem => self.call_failed(outcome, CallFailure::NoModem, now, out),
            CallOutcome::NoSim => self.call_failed(outcome, CallFailure::NoSim, now, out),
            CallOutcome::NoNetwork => self.call_failed(outcome, CallFailure::NoNetwork, now, out),
            CallOutcome::Lost => self.call_failed(outcome, CallFailure::Lost, now, out),
        }
    }

    /// Busy, no answer, not connected: the next open line gets three seconds of its own.
    fn try_next_line(
        &mut self,
        outcome: CallOutcome,
        why: CallFailure,
        now: Now,
        library: &Library,
        out: &mut Vec<Effect>,
    ) {
        let next = self.call.as_ref().and_then(|call| {
            // Who called an ambulance is not led to another kind of help unasked.
            let emergency = is_emergency(&call.line, library);
            let mut lines = library.lines_at(now.civil).into_iter();
            let next = lines.find(|line| {
                line.open_at(now.civil) != Open::Closed && !call.tried.contains(&line.id)
            });
            next.filter(|_| !emergency).map(|line| line.id.clone())
        });
        match (next, self.call.as_mut()) {
            (Some(next), Some(call)) => {
                count_ended(call.reached, Some(outcome), out);
                let tried = std::mem::take(&mut call.tried);
                self.count_down(next, tried, Some(why), now);
            }
            (None, _) | (_, None) => self.call_failed(outcome, why, now, out),
        }
    }

    /// The call neither opened nor ended in time.
    pub(in super::super) fn setup_timed_out(
        &mut self,
        now: Now,
        shared: &mut Shared,
        out: &mut Vec<Effect>,
    ) {
        hang_up(now, shared, out);
        self.call_failed(CallOutcome::Failed, CallFailure::Failed, now, out);
    }

    /// The modem did not confirm the hang-up in time: as far as this screen can tell it is over.
    pub(in super::super) fn ending_timed_out(&mut self, now: Now, out: &mut Vec<Effect>) {
        self.call_over(CallOutcome::HungUpHere, now, out);
    }

    pub(super) fn call_over(&mut self, outcome: CallOutcome, now: Now, out: &mut Vec<Effect>) {
        if let Some(call) = self.take_call(outcome, now, out) {
            self.show_call_page(Page::CallOver { line: call.line });
        }
    }

    pub(super) fn call_failed(
        &mut self,
        outcome: CallOutcome,
        why: CallFailure,
        now: Now,
        out: &mut Vec<Effect>,
    ) {
        if let Some(call) = self.take_call(outcome, now, out) {
            self.show_call_page(Page::CallFailed {
                line: call.line,
                why,
            });
        }
    }

    fn take_call(&mut self, outcome: CallOutcome, now: Now, out: &mut Vec<Effect>) -> Option<Call> {
        let call = self.call.take()?;
        self.clear_call_timers();
        count_ended(call.reached, Some(outcome), out);
        self.awake(now);
        Some(call)
    }

    /// The visit ends: whatever call there is ends with it.
    pub(in super::super) fn abandon_call(
        &mut self,
        now: Now,
        shared: &mut Shared,
        out: &mut Vec<Effect>,
    ) {
        if let Some(call) = self.call.take() {
            let outcome = match call.stage {
                Stage::Countdown { .. } => None,
                Stage::Waiting | Stage::Ending => Some(CallOutcome::HungUpHere),
                Stage::Dialling | Stage::DialAgain | Stage::Alerting | Stage::Open { .. } => {
                    hang_up(now, shared, out);
                    Some(CallOutcome::HungUpHere)
                }
            };
            count_ended(call.reached, outcome, out);
        }
    }
}
