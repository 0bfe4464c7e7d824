//! The one call of a visit, from the three seconds to its end, on whatever page the visitor is.
//! Not here: numbers, which only the call actor reads out of the library.

mod progress;

use super::Visit;
use super::page::Page;
use super::player::LOUDEST;
use crate::handset::Moved;
use crate::session::Shared;
use crate::timer::{self, Timer};
use crate::{CallFailure, CallOutcome, CallStage, CanCall, ConfirmWhy, Effect, Fact, Now, Screen};
use std::time::Duration;
use xinting_content::{Library, LineId};

/// Loudness of the handset until the visitor changes it.
const VOLUME: u8 = 5;

/// A call from the first of the three seconds to its end.
pub(super) struct Call {
    line: LineId,
    stage: Stage,
    /// The lines of this call that could not be reached, and the one it is at.
    tried: Vec<LineId>,
    after_failure: Option<CallFailure>,
    keypad: bool,
    volume: u8,
    /// The line was open at some time.
    reached: bool,
    /// The modem has already dialled once more by itself.
    dialled_again: bool,
    /// The modem has already been waited for because it was gone when the call came to it.
    waited_for_modem: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Countdown {
        until: Duration,
    },
    /// The call before is still being hung up, or the modem is coming back; nothing has been dialled.
    Waiting,
    Dialling,
    DialAgain,
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
            Stage::Waiting => Some(CallStage::Waiting),
            Stage::Dialling => Some(CallStage::Dialling),
            Stage::DialAgain => Some(CallStage::DialAgain),
            Stage::Alerting => Some(CallStage::Alerting),
            Stage::Open { since } => Some(CallStage::LineOpen(now.monotonic.saturating_sub(since))),
            Stage::Ending => Some(CallStage::Ending),
        }
    }

    pub(super) fn screen(&self, now: Now, handset_down: bool) -> Screen {
        let line = self.line.clone();
        match (self.stage, self.stage(now)) {
            (Stage::Countdown { until }, _) => Screen::Countdown {
                line,
                seconds: timer::seconds_left(until, now.monotonic, timer::COUNTDOWN).max(1),
                after_failure: self.after_failure,
                handset_down,
            },
            (_, stage) => Screen::Call {
                line,
                stage: stage.unwrap_or(CallStage::Dialling),
                keypad: self.keypad,
                volume: self.volume,
                minutes_left: self.minutes_left(now),
                handset_down: handset_down && self.stage != Stage::Ending,
            },
        }
    }

    /// Whole minutes left of the longest call there is, rounded up; `None` before the last ones.
    fn minutes_left(&self, now: Now) -> Option<u8> {
        let Stage::Open { since } = self.stage else {
            return None;
        };
        let until = since.saturating_add(timer::CALL_LIMIT);
        let left = until.saturating_sub(now.monotonic);
        (left <= timer::CALL_LIMIT_WARNING).then(|| {
            if left > timer::CALL_LIMIT_WARNING / 2 {
                2
            } else {
                1
            }
        })
    }

    /// The moment from which whole seconds are counted on the screen.
    pub(super) fn counts_from(&self) -> Option<Duration> {
        match self.stage {
            Stage::Countdown { until } => Some(until.saturating_sub(timer::COUNTDOWN)),
            Stage::Open { since } => Some(since),
            Stage::Waiting
            | Stage::Dialling
            | Stage::DialAgain
            | Stage::Alerting
            | Stage::Ending => None,
        }
    }
}

/// Why this line cannot be called now; `None`: it can, if need be after waiting for the modem. An emergency number is
/// tried without SIM and network as long as a modem answers.
fn obstacle(line: &LineId, shared: &Shared) -> Option<CallFailure> {
    let emergency = is_emergency(line, &shared.library);
    let tried_anyway = [CallFailure::NoSim, CallFailure::NoNetwork];
    let why = shared.devices.can_call.failure()?;
    (!(emergency && tried_anyway.contains(&why))).then_some(why)
}

fn is_emergency(line: &LineId, library: &Library) -> bool {
    library.line(line).is_some_and(|line| line.emergency)
}

/// What is told of a call that cannot be made.
fn outcome_of(why: CallFailure) -> CallOutcome {
    match why {
        CallFailure::NoModem => CallOutcome::NoModem,
        CallFailure::NoSim => CallOutcome::NoSim,
        CallFailure::NoNetwork => CallOutcome::NoNetwork,
        CallFailure::Lost => CallOutcome::Lost,
        CallFailure::Busy => CallOutcome::Busy,
        CallFailure::NoAnswer => CallOutcome::NoAnswer,
        CallFailure::Failed => CallOutcome::Failed,
    }
}

impl Visit {
    /// 求助热线: the call where there is one, else whom to call.
    pub(super) fn help(&mut self) {
        if matches!(self.page, Page::ConfirmCall { .. }) {
            self.page = self.history.pop();
        }
        if self.call.is_some() {
            self.go(Page::Call);
        } else {
            self.go(Page::Lines);
        }
    }

    /// The hook switch said where the handset is. Lifting it is asking for help, but never pulls a
    /// question away; putting it down ends a call, from the three seconds on, and is nothing without one.
    pub(super) fn hook(
        &mut self,
        lies: bool,
        now: Now,
        shared: &mut Shared,
        out: &mut Vec<Effect>,
    ) {
        match shared.handset.says(lies) {
            Some(Moved::Lifted) => {
                self.awake(now);
                if !matches!(self.page, Page::ConfirmCall { .. }) {
                    self.help();
                }
            }
            Some(Moved::PutDown) if self.call.is_some() => {
                self.awake(now);
                self.give_up_call(now, shared, out);
            }
            Some(Moved::PutDown) | None => {}
        }
    }

    /// Calls this line, after one question where there is one. While a call is under way it shows
    /// that one.
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
            let why = if is_emergency(&line, &shared.library) {
                Some(ConfirmWhy::Emergency)
            } else {
                let many = shared.begun.many(now.monotonic);
                many.then_some(ConfirmWhy::Again)
            };
            match (obstacle(&line, shared), why) {
                // What cannot be done is not asked about.
                (Some(_), _) | (None, None) => self.begin_call(line, now, shared, out),
                (None, Some(why)) => self.show_call_page(Page::ConfirmCall { line, why }),
            }
        }
    }

    /// Yes, call.
    pub(super) fn confirm_call(&mut self, now: Now, shared: &Shared, out: &mut Vec<Effect>) {
        if let Page::ConfirmCall { line, .. } = &self.page {
            let line = line.clone();
            self.begin_call(line, now, shared, out);
        }
    }

    /// The three seconds begin, or it is said at once why not.
    fn begin_call(&mut self, line: LineId, now: Now, shared: &Shared, out: &mut Vec<Effect>) {
        match obstacle(&line, shared) {
            None => self.count_down(line, Vec::new(), None, now),
            Some(why) => {
                count_ended(false, Some(outcome_of(why)), out);
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
            dialled_again: false,
            waited_for_modem: false,
        });
        self.show_call_page(Page::Call);
    }

    /// The three seconds are over.
    pub(super) fn countdown_over(&mut self, now: Now, shared: &mut Shared, out: &mut Vec<Effect>) {
        self.set_stage(Stage::Waiting);
        let give_up = now.monotonic.saturating_add(timer::CALL_READY);
        self.timers.set(Timer::CallReady, give_up);
        self.dial_when_ready(now, shared, out);
    }

    /// Dials what has been counted down, as soon as the line is free and the modem is there.
    pub(super) fn dial_when_ready(&mut self, now: Now, shared: &mut Shared, out: &mut Vec<Effect>) {
        let waiting = self
            .call
            .as_ref()
            .filter(|call| call.stage == Stage::Waiting);
        let Some(line) = waiting.map(|call| call.line.clone()) else {
            return;
        };
        let taken = shared.line_taken(now);
        self.timers.put(Timer::LineFree, taken);
        match (obstacle(&line, shared), shared.devices.can_call) {
            (Some(why), _) => self.call_failed(outcome_of(why), why, now, out),
            (None, CanCall::Returning) => {}
            (None, _) if taken.is_some() => {}
            (None, _) => self.dial(now, shared, out),
        }
    }

    /// The modem came, went or changed.
    pub(super) fn phone_changed(&mut self, now: Now, shared: &mut Shared, out: &mut Vec<Effect>) {
        self.dial_when_ready(now, shared, out);
    }

    /// The modem was waited for long enough.
    pub(super) fn ready_timed_out(&mut self, now: Now, out: &mut Vec<Effect>) {
        self.call_failed(CallOutcome::NoModem, CallFailure::NoModem, now, out);
    }

    fn dial(&mut self, now: Now, shared: &mut Shared, out: &mut Vec<Effect>) {
        if let Some(call) = &mut self.call {
            // A next line is this booth's doing, and an emergency number asks anyway.
            let asked_for = call.tried.len() == 1;
            if asked_for && !is_emergency(&call.line, &shared.library) {
                shared.begun.note(now.monotonic);
            }
            call.stage = Stage::Dialling;
            out.push(Effect::Dial(call.line.clone()));
            out.push(Effect::CallVolume(call.volume));
            self.timers.clear(Timer::LineFree);
            self.timers.clear(Timer::CallReady);
            let give_up = now.monotonic.saturating_add(timer::CALL_SETUP);
            self.timers.set(Timer::CallSetup, give_up);
        }
    }

    /// 取消 or 结束通话, whichever the stage asks for: a press that comes just as the three seconds
    /// end must still take the call back. On the page that asks once more it is no.
    pub(super) fn give_up_call(&mut self, now: Now, shared: &mut Shared, out: &mut Vec<Effect>) {
        let Some(call) = &mut self.call else {
            if matches!(self.page, Page::ConfirmCall { .. }) {
                self.page = self.history.pop();
            }
            return;
        };
        match call.stage {
            Stage::Countdown { .. } => self.cancel_countdown(now, out),
            Stage::Waiting => self.call_over(CallOutcome::HungUpHere, now, out),
            Stage::Dialling | Stage::DialAgain | Stage::Alerting | Stage::Open { .. } => {
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

    /// Opens a page about the call. It takes the place of another such page, so that 返回 leads to
    /// where the visitor was before calling.
    fn show_call_page(&mut self, page: Page) {
        match self.page {
            Page::ConfirmCall { .. }
            | Page::Call
            | Page::CallFailed { .. }
            | Page::CallOver { .. } => self.page = page,
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
                | Stage::DialAgain
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
            Timer::CallReady,
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
