//! What the core makes of a line: echo, information, final result, or something unasked; and what each answer changes.
//! It never decides what to say next.

use std::time::Duration;

use super::call::Verdict;
use super::ladder::{Climb, Ladder};
use super::request::{Answer, Request};
use super::start::{Next, Step};
use super::{Core, MOST_LINES};
use crate::modem::command::calls::{CallEntry, ListCalls};
use crate::modem::command::volume::Volume;
use crate::modem::line::{EndWord, FinalResult};
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

    pub(super) fn on_urc(&mut self, now: Duration, urc: Urc) {
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

    pub(super) fn on_end_word(&mut self, word: EndWord) {
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
            Request::Tone(_)
            | Request::Volume(Volume::Set(_))
            | Request::Dial(_)
            | Request::SoftReset(_) => {}
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

    pub(super) fn on_start_answer(&mut self, now: Duration, answer: &Answer) {
        let had_model = self.start.model.is_some();
        let next = self.start.on_answer(answer);
        if next == Next::Round {
            // What was still missing before a whole round will not come.
            self.owed = 0;
        }
        if let Some(model) = self.start.model.clone().filter(|_| !had_model) {
            self.events.push_back(ModemEvent::Identified {
                model,
                manufacturer: String::new(),
                dialect: self.start.dialect.id(),
            });
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

    pub(super) fn on_verdict(&mut self, now: Duration, verdict: Verdict) {
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
