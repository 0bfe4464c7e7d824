//! What the core makes of a line: echo, information, final result, or something unasked; and what each answer changes.
//! It never decides what to say next.

use std::time::Duration;

use super::call::{Call, Verdict};
use super::ladder::{Climb, Ladder};
use super::request::{Answer, Request};
use super::start::{Next, Step};
use super::{Core, MOST_LINES};
use crate::modem::command::calls::{CallEntry, ListCalls};
use crate::modem::command::volume::Volume;
use crate::modem::line::FinalResult;
use crate::modem::timer::Timer;
use crate::modem::urc::Urc;
use crate::modem::{CallOutcome, CallState, ModemEvent, RefusedReason};

impl Core {
    pub(super) fn on_line(&mut self, now: Duration, line: String) {
        if let Some(sent) = &mut self.on_its_way {
            if line.eq_ignore_ascii_case(&sent.echo) {
                return;
            }
            let wanted = match sent.request.command().prefix() {
                Some(prefix) => line
                    .get(..prefix.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(prefix)),
                None => {
                    sent.request.command().free_text()
                        && FinalResult::parse(&line).is_none()
                        && Urc::parse(&line).is_none()
                        && self.start.dialect.read(&line).is_none()
                }
            };
            if wanted {
                if sent.lines.len() < MOST_LINES {
                    sent.lines.push(line);
                }
                if sent.request == Request::SimState {
                    // One emulator never sends the final OK after +CPIN: READY.
                    self.timers
                        .set_sooner(Timer::Command, now.saturating_add(self.timings.settle));
                }
                return;
            }
        }
        if let Some(end) = FinalResult::parse(&line) {
            self.on_final(now, end);
        } else if let Some(urc) = Urc::parse(&line) {
            self.on_urc(now, urc);
        } else if let Some(sign) = self.start.dialect.read(&line) {
            self.on_sign(now, sign);
        }
    }

    pub(super) fn on_final(&mut self, now: Duration, end: FinalResult) {
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
                    if call.is_placed()
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

    pub(super) fn on_answer(&mut self, now: Duration, request: &Request, answer: &Answer) {
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

    pub(super) fn on_list(&mut self, now: Duration, answer: &Answer) {
        let list = ListCalls::parse(&answer.lines);
        let owed = self.owed;
        if answer.outdated && self.call.is_some() {
            // Ask again at once.
            return self.timers.stop(Timer::Poll);
        }
        if answer.is_usable() {
            self.lists_calls |= list.iter().any(CallEntry::is_up);
        }
        if let Some(call) = self.call.as_mut().filter(|call| call.is_placed()) {
            self.reject = answer.is_usable() && call.rejects(&list);
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
        // A caller whom the list does not show is hung up blindly, but not with every look: a module that says RING
        // with every answer must come to its other steps.
        let rang = std::mem::take(&mut self.rang) && !std::mem::take(&mut self.hung_up_blindly);
        if listed || rang || self.needs_hang_up {
            self.hung_up_blindly = rang && !listed;
            return self.begin_ladder(None, listed);
        }
        self.on_start_answer(now, answer);
    }

    pub(super) fn on_start_answer(&mut self, now: Duration, answer: &Answer) {
        let named = self.start.step == Step::Information;
        let quiet = self.call.is_none() && self.ladder.is_none();
        let next = self.start.on_answer(answer, quiet);
        if next == Next::Round {
            // What was still missing before a whole round will not come.
            self.owed = 0;
        }
        if named {
            self.events.push_back(ModemEvent::Identified {
                model: self.start.model.clone().unwrap_or_default(),
                manufacturer: self.start.manufacturer.clone().unwrap_or_default(),
                dialect: self.start.dialect.id(),
            });
        }
        let pause = match next {
            Next::Go => None,
            Next::Retry => Some(self.timings.retry),
            // Somebody called in meanwhile.
            Next::Round if self.rang => Some(self.timings.settle),
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

    pub(super) fn on_verdict(&mut self, now: Duration, verdict: Verdict) {
        match verdict {
            Verdict::Same => {}
            Verdict::Alerting => {
                self.timers.stop(Timer::Setup);
                self.timers.stop(Timer::NoSign);
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
                let Some(call) = self.call.take() else { return };
                let gone = call.has_left_the_list() || matches!(outcome, CallOutcome::Refused(_));
                self.tones.clear();
                self.reject = false;
                self.needs_hang_up = !gone;
                self.start.look_again();
                self.timers.stop(Timer::Step);
                if outcome == CallOutcome::NoCarrier && call.may_redial(now, self.timings.early_end)
                {
                    return self.redial(now, call);
                }
                self.stop_call_timers();
                self.report_call(CallState::Ended(outcome));
            }
        }
    }

    /// The attempt ended before it rang: one more, once whatever is left of it is cleared away.
    fn redial(&mut self, now: Duration, call: Call) {
        for timer in [
            Timer::Poll,
            Timer::NoAnswer,
            Timer::SilentCall,
            Timer::NoSign,
        ] {
            self.timers.stop(timer);
        }
        self.timers
            .set(Timer::Setup, now.saturating_add(self.timings.setup));
        self.timers
            .set(Timer::Redial, now.saturating_add(self.timings.redial));
        self.call = Some(call.again());
        if self.needs_hang_up {
            self.begin_ladder(None, false);
        }
        self.report_call(CallState::Redialling);
    }

    pub(super) fn on_climb(&mut self, now: Duration, climb: Option<Climb>) {
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
                } else if ladder.outcome.is_none() {
                    // Nobody waits for this one: a moment for finals that belong to nothing asked here, which would
                    // otherwise answer the next question and keep the circle going.
                    self.timers
                        .set(Timer::Step, now.saturating_add(self.timings.hang_up_check));
                }
                self.end_ladder(now, ladder.outcome, clear);
            }
        }
    }

    pub(super) fn end_ladder(&mut self, now: Duration, outcome: Option<CallOutcome>, clear: bool) {
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
            Some(Some((number, urgency))) if clear => self.begin_call(now, number, urgency),
            Some(Some(_)) => {
                self.report_call(CallState::Ended(CallOutcome::Refused(
                    RefusedReason::NotResponding,
                )));
            }
        }
    }
}
