//! The one call of a visit, from the three seconds to its end, on whatever page the visitor is.
//! Not here: numbers, which only the call actor reads out of the library.

use super::Visit;
use super::page::Page;
use super::player::LOUDEST;
use crate::session::Shared;
use crate::timer::{self, Timer};
use crate::{CallEvent, CallFailure, CallOutcome, CallStage, Effect, Fact, Now, Screen};
use std::time::Duration;
use xinting_content::hotline::Open;
use xinting_content::{Library, LineId};

/// Loudness of the handset until the visitor changes it.
const VOLUME: u8 = 5;

/// A call from the first of the three seconds to its end.
pub(super) struct Call {
    line: LineId,
    stage: Stage,
    /// The lines of this call that were busy or did not answer, and the one it is at.
    tried: Vec<LineId>,
    after_failure: Option<CallFailure>,
    keypad: bool,
    volume: u8,
    /// The line was open at some time.
    reached: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Countdown {
        until: Duration,
    },
    /// The call before is still being hung up; nothing has been dialled.
    Waiting,
    Dialling,
    Alerting,
    Open {
        since: Duration,
    },
    Ending,
}

impl Call {
    /// A countdown in its three seconds.
    pub(super) fn counts_down(&self) -> bool {
        matches!(self.stage, Stage::Countdown { .. })
    }

    pub(super) fn line(&self) -> &LineId {
        &self.line
    }

    /// How far it is; `None` while nothing has been dialled yet.
    pub(super) fn stage(&self, now: Now) -> Option<CallStage> {
        match self.stage {
            Stage::Countdown { .. } => None,
            Stage::Waiting | Stage::Dialling => Some(CallStage::Dialling),
            Stage::Alerting => Some(CallStage::Alerting),
            Stage::Open { since } => Some(CallStage::LineOpen(now.monotonic.saturating_sub(since))),
            Stage::Ending => Some(CallStage::Ending),
        }
    }

    pub(super) fn screen(&self, now: Now) -> Screen {
        let line = self.line.clone();
        match (self.stage, self.stage(now)) {
            (Stage::Countdown { until }, _) => Screen::Countdown {
                line,
                seconds: timer::seconds_left(until, now.monotonic, timer::COUNTDOWN).max(1),
                after_failure: self.after_failure,
            },
            (_, stage) => Screen::Call {
                line,
                stage: stage.unwrap_or(CallStage::Dialling),
                keypad: self.keypad,
                volume: self.volume,
            },
        }
    }

    /// The moment from which whole seconds are counted on the screen.
    pub(super) fn counts_from(&self) -> Option<Duration> {
        match self.stage {
            Stage::Countdown { until } => Some(until.saturating_sub(timer::COUNTDOWN)),
            Stage::Open { since } => Some(since),
            Stage::Waiting | Stage::Dialling | Stage::Alerting | Stage::Ending => None,
        }
    }
}

impl Visit {
    /// 求助热线: the call where there is one, else whom to call.
    pub(super) fn help(&mut self) {
        if self.call.is_some() {
            self.go(Page::Call);
        } else {
            self.go(Page::Lines);
        }
    }

    /// Calls this line after the three seconds. While a call is under way it shows that one.
    pub(super) fn call_line(
        &mut self,
        line: LineId,
        now: Now,
        shared: &Shared,
        out: &mut Vec<Effect>,
    ) {
        if self.call.is_some() {
            self.go(Page::Call);
        } else if shared.library.line(&line).is_some() {
            if shared.devices.can_call {
                self.count_down(line, Vec::new(), None, now);
            } else {
                count_ended(false, Some(CallOutcome::NoLine), out);
                let why = CallFailure::NoLine;
                self.show_call_page(Page::CallFailed { line, why });
            }
        }
    }

    fn count_down(
        &mut self,
        line: LineId,
        mut tried: Vec<LineId>,
        after_failure: Option<CallFailure>,
        now: Now,
    ) {
        let until = now.monotonic.saturating_add(timer::COUNTDOWN);
        let volume = self.call.as_ref().map_or(VOLUME, |call| call.volume);
        tried.push(line.clone());
        self.clear_call_timers();
        self.timers.set(Timer::Countdown, until);
        self.call = Some(Call {
            line,
            stage: Stage::Countdown { until },
            tried,
            after_failure,
            keypad: false,
            volume,
            reached: false,
        });
        self.show_call_page(Page::Call);
    }

    /// The three seconds are over.
    pub(super) fn countdown_over(&mut self, now: Now, shared: &mut Shared, out: &mut Vec<Effect>) {
        if !shared.devices.can_call {
            self.call_failed(CallOutcome::NoLine, CallFailure::NoLine, now, out);
        } else if let Some(until) = shared.line_taken(now) {
            self.timers.set(Timer::LineFree, until);
            self.set_stage(Stage::Waiting);
        } else {
            self.dial(now, out);
        }
    }

    /// Dials what has been counted down.
    pub(super) fn dial(&mut self, now: Now, out: &mut Vec<Effect>) {
        if let Some(call) = &mut self.call {
            call.stage = Stage::Dialling;
            out.push(Effect::Dial(call.line.clone()));
            out.push(Effect::CallVolume(call.volume));
            self.timers.clear(Timer::LineFree);
            let give_up = now.monotonic.saturating_add(timer::CALL_SETUP);
            self.timers.set(Timer::CallSetup, give_up);
        }
    }

    /// 取消 or 结束通话, whichever the stage asks for: a press that comes just as the three seconds
    /// end must still take the call back.
    pub(super) fn give_up_call(&mut self, now: Now, shared: &mut Shared, out: &mut Vec<Effect>) {
        let Some(call) = &mut self.call else {
            return;
        };
        match call.stage {
            Stage::Countdown { .. } => self.cancel_countdown(now, out),
            Stage::Waiting => self.call_over(CallOutcome::HungUpHere, now, out),
            Stage::Dialling | Stage::Alerting | Stage::Open { .. } => {
                call.stage = Stage::Ending;
                call.keypad = false;
                self.clear_call_timers();
                let until = hang_up(now, shared, out);
                self.timers.set(Timer::CallEnding, until);
            }
            Stage::Ending => {}
        }
    }

    /// Takes a countdown back and returns to the page before it.
    pub(super) fn cancel_countdown(&mut self, now: Now, out: &mut Vec<Effect>) {
        if self.call.take_if(|call| call.counts_down()).is_some() {
            self.clear_call_timers();
            count_ended(false, None, out);
            self.awake(now);
            if matches!(self.page, Page::Call) {
                self.page = self.history.pop();
            }
        }
    }

    /// What the modem says. Events about a call that is not there, or that contradict the stage it
    /// has reached, are not believed.
    pub(super) fn call_event(
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
            (CallEvent::Ended(_), Stage::Waiting) => self.dial(now, out),
            (CallEvent::LineOpen, Stage::Ending) => call.reached = true,
            (_, Stage::Countdown { .. } | Stage::Waiting | Stage::Ending) => {}
            (CallEvent::Dialling, Stage::Dialling | Stage::Alerting | Stage::Open { .. }) => {}
            (CallEvent::Alerting, Stage::Dialling) => call.stage = Stage::Alerting,
            (CallEvent::Alerting, Stage::Alerting | Stage::Open { .. }) => {}
            (CallEvent::LineOpen, Stage::Dialling | Stage::Alerting) => {
                call.stage = Stage::Open {
                    since: now.monotonic,
                };
                call.reached = true;
                self.timers.clear(Timer::CallSetup);
                let limit = now.monotonic.saturating_add(timer::CALL_LIMIT);
                self.timers.set(Timer::CallLimit, limit);
            }
            (CallEvent::LineOpen, Stage::Open { .. }) => {}
            (CallEvent::Ended(outcome), Stage::Dialling | Stage::Alerting | Stage::Open { .. }) => {
                self.call_ended(outcome, now, &shared.library, out)
            }
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
            CallOutcome::RemoteEnded | CallOutcome::Failed => {
                self.call_failed(outcome, CallFailure::Failed, now, out);
            }
            // Some modules call a line open while it still rings, and only then say these two.
            CallOutcome::Busy => self.try_next_line(outcome, CallFailure::Busy, now, library, out),
            CallOutcome::NoAnswer => {
                self.try_next_line(outcome, CallFailure::NoAnswer, now, library, out);
            }
            CallOutcome::NoLine => self.call_failed(outcome, CallFailure::NoLine, now, out),
        }
    }

    /// Busy or no answer: the next open line gets three seconds of its own.
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
            let emergency = library.line(&call.line).is_some_and(|line| line.emergency);
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
    pub(super) fn setup_timed_out(&mut self, now: Now, shared: &mut Shared, out: &mut Vec<Effect>) {
        hang_up(now, shared, out);
        self.call_failed(CallOutcome::Failed, CallFailure::Failed, now, out);
    }

    /// The modem did not confirm the hang-up in time: as far as this screen can tell it is over.
    pub(super) fn ending_timed_out(&mut self, now: Now, out: &mut Vec<Effect>) {
        self.call_over(CallOutcome::HungUpHere, now, out);
    }

    fn call_over(&mut self, outcome: CallOutcome, now: Now, out: &mut Vec<Effect>) {
        if let Some(call) = self.take_call(outcome, now, out) {
            self.show_call_page(Page::CallOver { line: call.line });
        }
    }

    fn call_failed(
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
    pub(super) fn abandon_call(&mut self, now: Now, shared: &mut Shared, out: &mut Vec<Effect>) {
        if let Some(call) = self.call.take() {
            let outcome = match call.stage {
                Stage::Countdown { .. } => None,
                Stage::Waiting | Stage::Ending => Some(CallOutcome::HungUpHere),
                Stage::Dialling | Stage::Alerting | Stage::Open { .. } => {
                    hang_up(now, shared, out);
                    Some(CallOutcome::HungUpHere)
                }
            };
            count_ended(call.reached, outcome, out);
        }
    }

    /// Opens a page about the call. It takes the place of another such page, so that 返回 leads to
    /// where the visitor was before calling.
    fn show_call_page(&mut self, page: Page) {
        match self.page {
            Page::Call | Page::CallFailed { .. } | Page::CallOver { .. } => self.page = page,
            _ => self.go(page),
        }
    }

    pub(super) fn toggle_keypad(&mut self) {
        if let Some(call) = &mut self.call {
            match call.stage {
                Stage::Open { .. } => call.keypad = !call.keypad,
                Stage::Countdown { .. }
                | Stage::Waiting
                | Stage::Dialling
                | Stage::Alerting
                | Stage::Ending => {}
            }
        }
    }

    /// Sends a tone; only an open line can hear one.
    pub(super) fn keypad(&self, key: char, out: &mut Vec<Effect>) {
        let open = self
            .call
            .as_ref()
            .is_some_and(|call| matches!(call.stage, Stage::Open { .. }));
        if open && matches!(key, '0'..='9' | '*' | '#') {
            out.push(Effect::Dtmf(key));
        }
    }

    pub(super) fn set_call_volume(&mut self, volume: u8, out: &mut Vec<Effect>) {
        if let Some(call) = &mut self.call {
            call.volume = volume.min(LOUDEST);
            out.push(Effect::CallVolume(call.volume));
        }
    }

    fn set_stage(&mut self, stage: Stage) {
        if let Some(call) = &mut self.call {
            call.stage = stage;
        }
    }

    fn clear_call_timers(&mut self) {
        for timer in [
            Timer::Countdown,
            Timer::LineFree,
            Timer::CallSetup,
            Timer::CallLimit,
            Timer::CallEnding,
        ] {
            self.timers.clear(timer);
        }
    }
}

/// Asks the modem to hang up; returns until when its answer is waited for.
fn hang_up(now: Now, shared: &mut Shared, out: &mut Vec<Effect>) -> Duration {
    out.push(Effect::HangUp);
    let until = now.monotonic.saturating_add(timer::CALL_ENDING);
    shared.hanging_up = Some(until);
    until
}

fn count_ended(reached: bool, outcome: Option<CallOutcome>, out: &mut Vec<Effect>) {
    out.push(Effect::Count(Fact::CallEnded { reached, outcome }));
}
