//! What the core makes of words that nobody asked for: a call comes in, a call goes on or ends, the module starts anew.

use std::time::Duration;

use super::Core;
use super::call::Call;
use super::request::Request;
use crate::modem::CallOutcome;
use crate::modem::command::calls::CallEntry;
use crate::modem::dialect::{CallSign, What};
use crate::modem::line::EndWord;
use crate::modem::timer::Timer;
use crate::modem::urc::Urc;

impl Core {
    pub(super) fn on_urc(&mut self, now: Duration, urc: Urc) {
        match urc {
            Urc::End(word) => self.on_end_word(word),
            Urc::Call(entry) => self.on_unasked_entry(now, entry),
            Urc::Restarted => self.on_restarted(),
            Urc::PerhapsRestarted => self.on_perhaps_restarted(now),
            Urc::Ring => self.on_ring(),
            Urc::SimChanged | Urc::Registration(_) => {
                if self.on_its_way.is_none() && self.start.known && self.timers.is_set(Timer::Step)
                {
                    self.start.look_again();
                    self.timers
                        .set_sooner(Timer::Step, now.saturating_add(self.timings.settle));
                }
            }
        }
    }

    /// One call was listed without being asked for: a sign of life, which says nothing about calls it does not name.
    fn on_unasked_entry(&mut self, now: Duration, entry: CallEntry) {
        let knocks = entry.is_knocking();
        let Some(call) = self.call.as_mut().filter(|call| call.is_placed()) else {
            if knocks {
                self.on_ring();
            }
            return;
        };
        let list = [entry];
        if CallEntry::find(&list, None, &call.number).is_some() {
            let verdict = call.on_list(&list, 0);
            self.on_verdict(now, verdict);
        } else {
            // Somebody knocks, or a call is over (SIMCom writes 6): ask which. Not at once: this may be the first line
            // of a list that comes late, and asking in the middle of it would make the next one come late as well.
            self.timers
                .set_sooner(Timer::Poll, now.saturating_add(self.timings.settle));
        }
    }

    /// The maker's own report of a call.
    pub(super) fn on_sign(&mut self, now: Duration, sign: CallSign) {
        if sign.what == What::Incoming {
            return self.on_ring();
        }
        if matches!(sign.what, What::Ended(_)) {
            self.spoil_list();
        }
        let Some(call) = self.call.as_mut().filter(|call| call.is_placed()) else {
            return;
        };
        let verdict = call.on_sign(sign);
        // The list decides, if it can.
        self.timers.stop(Timer::Poll);
        self.on_verdict(now, verdict);
    }

    /// Nobody calls a booth. Asked at once, the list shows who knocks: beside our own call it is told that we are busy,
    /// otherwise it is hung up.
    fn on_ring(&mut self) {
        if self.call.as_ref().is_some_and(Call::is_placed) {
            self.timers.stop(Timer::Poll);
        } else if self.ladder.is_none() {
            self.rang = true;
            // A round that is under way ends first, so that a module that rings in every answer cannot hold it up.
            if self.timers.is_set(Timer::Step) && self.start.look_at_calls() {
                self.timers.stop(Timer::Step);
            }
        }
    }

    fn on_end_word(&mut self, word: EndWord) {
        self.heard();
        if matches!(&self.on_its_way, Some(sent) if matches!(sent.request, Request::Dial(_))) {
            self.on_its_way = None;
            self.timers.stop(Timer::Command);
        }
        self.spoil_list();
        if let Some(call) = self.call.as_mut().filter(|call| call.is_placed()) {
            call.on_word(word);
            // Ask the list at once: it decides.
            self.timers.stop(Timer::Poll);
        } else {
            // Whoever called in has given up.
            self.rang = false;
        }
    }

    /// A list that is coming in was begun before this moment and may show a call that has ended since.
    fn spoil_list(&mut self) {
        if let Some(sent) = &mut self.on_its_way
            && sent.request == Request::ListCalls
            && !sent.lines.is_empty()
        {
            sent.outdated = true;
        }
    }

    /// The module has started anew: whatever was up in it is gone, and nothing that it was told holds any more.
    fn on_restarted(&mut self) {
        if self.on_its_way.take().is_some() {
            self.timers.stop(Timer::Command);
        }
        self.owed = 0;
        self.loudest = None;
        self.start.again();
        self.timers.stop(Timer::Step);
        if self.call.as_ref().is_some_and(Call::is_placed) {
            // One look at what it holds now comes before anything else.
            self.needs_hang_up = true;
            self.lose_call(CallOutcome::ModemLost);
        }
        self.report_health();
    }

    fn on_perhaps_restarted(&mut self, now: Duration) {
        if let Some(call) = self.call.as_mut().filter(|call| call.is_placed()) {
            call.on_perhaps_restarted();
            self.timers.stop(Timer::Poll);
        } else if self.ladder.is_none()
            && self.start.known
            && self.on_its_way.is_none()
            && self.owed == 0
        {
            self.start.again();
            // Not at once: these may be late answers, and a start in the middle of them would make its own late too.
            self.timers
                .set(Timer::Step, now.saturating_add(self.timings.settle));
        }
    }
}
