//! What is known of the one call, and what each new sign changes. No bytes, no time.
//!
//! The rule: `+CLCC` is the truth **once it has listed this call**. Until then the maker's own reports, end words and
//! final results are all there is, and without them the state is unknown: some modules answer `+CLCC` with a bare OK
//! during a call, so an empty list alone never ends a call that was never listed.

use std::time::Duration;

use crate::modem::command::calls::{CallEntry, CallStatus};
use crate::modem::command::dial::Dial;
use crate::modem::dialect::{CallSign, EndHint, What};
use crate::modem::line::{EndWord, FinalResult};
use crate::modem::{CallOutcome, DialNumber};

/// The call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) number: DialNumber,
    pub(super) urgency: Urgency,
    /// When ATD left the queue; `None` before.
    pub(super) placed_at: Option<Duration>,
    /// This is the second attempt.
    pub(super) redialled: bool,
    /// The maker's reports have spoken of this call.
    pub(super) signed: bool,
    /// Times a waiting caller was told that this side is busy, since nobody waited.
    rejections: u8,
    /// The final result of ATD is still owed.
    pub(super) final_owed: bool,
    /// The module took the number.
    pub(super) accepted: bool,
    /// `+CLCC` has shown this call.
    pub(super) listed: bool,
    /// Words came that also follow a restart of the module.
    perhaps_restarted: bool,
    id: Option<u8>,
    sign_id: Option<u8>,
    reached: Reached,
    word: Option<EndWord>,
    polls_since_word: u8,
    polls_without: u8,
    /// Whole lists without this call, while it was never listed.
    lists_never: u8,
}

/// Whether a dial waits for a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    Ordinary,
    /// Goes out as soon as the module takes commands, with or without SIM and network.
    Emergency,
}

/// How far the call got; it only moves forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Dialling,
    Alerting,
    LineOpen,
}

/// What a sign means for the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing new is known.
    Same,
    /// It moved forward to ringing.
    Alerting,
    /// It moved forward to an open line.
    LineOpen,
    /// It is over.
    Ended(CallOutcome),
}

impl Call {
    /// Polls without the call that follow a `NO CARRIER` before it is believed, for a call never listed: an early one
    /// may precede a good call.
    const POLLS_AFTER_NO_CARRIER: u8 = 2;
    /// Empty lists that end a listed call when nothing else says so. The first may be the late answer to an earlier
    /// command.
    const EMPTY_LISTS: u8 = 2;
    /// Times a waiting caller is told that this side is busy; a module that does not do it is left alone.
    const REJECTIONS: u8 = 3;

    pub(super) fn new(number: DialNumber, urgency: Urgency) -> Self {
        Self {
            number,
            urgency,
            placed_at: None,
            redialled: false,
            signed: false,
            rejections: 0,
            final_owed: false,
            accepted: false,
            listed: false,
            perhaps_restarted: false,
            id: None,
            sign_id: None,
            reached: Reached::Dialling,
            word: None,
            polls_since_word: 0,
            polls_without: 0,
            lists_never: 0,
        }
    }

    /// The same call before its second attempt.
    pub(super) fn again(self) -> Self {
        Self {
            redialled: true,
            ..Self::new(self.number, self.urgency)
        }
    }

    /// True once ATD has left the queue.
    pub(super) const fn is_placed(&self) -> bool {
        self.placed_at.is_some()
    }

    /// True when the module may know of it: from this attempt or the one before.
    pub(super) const fn has_gone_out(&self) -> bool {
        self.is_placed() || self.redialled
    }

    /// True when this attempt ended so early, without ringing and without a reason of the other side's, that one more
    /// is worth it.
    pub(super) fn may_redial(&self, now: Duration, early_end: Duration) -> bool {
        let early = self
            .placed_at
            .is_some_and(|at| now.saturating_sub(at) <= early_end);
        early
            && !self.redialled
            && self.reached == Reached::Dialling
            && !self.perhaps_restarted
            && matches!(self.word, Some(EndWord::NoCarrier) | None)
    }

    /// True when the list showed the call and then no longer did.
    pub(super) const fn has_left_the_list(&self) -> bool {
        self.listed && self.polls_without > 0
    }

    /// True when nothing at all was heard of the call since ATD left.
    pub(super) const fn is_without_sign(&self) -> bool {
        !self.listed && !self.signed && !self.accepted && self.word.is_none()
    }

    /// True when the module took the number and whole lists came since, but none showed the call and no word was heard
    /// of it.
    pub(super) fn is_taken_and_never_shown(&self) -> bool {
        self.accepted
            && !self.listed
            && !self.signed
            && self.word.is_none()
            && self.reached == Reached::Dialling
            && self.lists_never >= Self::EMPTY_LISTS
    }

    /// True when our call is on hold, which nobody here asked for.
    fn is_held(&self, list: &[CallEntry]) -> bool {
        CallEntry::find(list, self.id, &self.number)
            .is_some_and(|entry| entry.status == CallStatus::Held)
    }

    /// True when the list shows a caller who waits and is to be told once more that this side is busy.
    pub(super) fn rejects(&mut self, list: &[CallEntry]) -> bool {
        if !list.iter().any(CallEntry::is_knocking) {
            self.rejections = 0;
            return false;
        }
        if self.is_held(list) || self.rejections >= Self::REJECTIONS {
            return false;
        }
        self.rejections += 1;
        true
    }

    /// The maker's report of a call. Once the list has shown the call it only says when to ask again.
    pub(super) fn on_sign(&mut self, sign: CallSign) -> Verdict {
        let known = self.id.or(self.sign_id);
        if sign
            .id
            .is_some_and(|id| known.is_some_and(|known| known != id))
        {
            return Verdict::Same;
        }
        let to = match sign.what {
            What::Incoming => return Verdict::Same,
            What::Ended(hint) => {
                self.on_word(match hint {
                    Some(EndHint::Busy) => EndWord::Busy,
                    Some(EndHint::NoAnswer) => EndWord::NoAnswer,
                    Some(EndHint::Remote) | None => EndWord::NoCarrier,
                });
                return Verdict::Same;
            }
            What::Dialling => Reached::Dialling,
            What::Alerting => Reached::Alerting,
            What::LineOpen => Reached::LineOpen,
        };
        self.signed = true;
        self.sign_id = self.sign_id.or(sign.id);
        if self.listed {
            return Verdict::Same;
        }
        // A later report of life: the end that came before was another's, or early.
        self.word = None;
        self.polls_since_word = 0;
        self.advance(to)
    }

    /// Words came that also follow a restart. The list tells.
    pub(super) const fn on_perhaps_restarted(&mut self) {
        self.perhaps_restarted = true;
    }

    /// True when the line is open as far as is known.
    pub(super) fn is_open(&self) -> bool {
        self.reached == Reached::LineOpen
    }

    /// True when there is any sign that the call exists.
    pub(super) const fn has_evidence(&self) -> bool {
        self.listed || self.accepted || self.signed
    }

    /// A whole list arrived. `owed` is how many finals of earlier commands are still missing, each of which could be
    /// mistaken for an empty list.
    pub(super) fn on_list(&mut self, list: &[CallEntry], owed: u8) -> Verdict {
        let Some(entry) = CallEntry::find(list, self.id, &self.number) else {
            return self.on_not_listed(owed);
        };
        self.listed = true;
        self.id = Some(entry.id);
        self.polls_without = 0;
        // The list is the truth: an earlier word was about something else.
        self.word = None;
        self.polls_since_word = 0;
        self.perhaps_restarted = false;
        match entry.status {
            CallStatus::Active | CallStatus::Held => self.advance(Reached::LineOpen),
            CallStatus::Alerting => self.advance(Reached::Alerting),
            _ => Verdict::Same,
        }
    }

    /// The list could not be had. It says nothing, but a word that came before stands.
    pub(super) fn on_list_failed(&mut self) -> Verdict {
        if self.word.is_none() {
            return Verdict::Same;
        }
        self.polls_since_word = self.polls_since_word.saturating_add(1);
        if self.polls_since_word >= Self::POLLS_AFTER_NO_CARRIER {
            return Verdict::Ended(self.outcome());
        }
        Verdict::Same
    }

    /// An end word arrived, as a final result or unasked. The list decides, if it can.
    pub(super) fn on_word(&mut self, word: EndWord) {
        self.final_owed = false;
        match self.word {
            None => {
                self.word = Some(word);
                self.polls_since_word = 0;
            }
            // Some makers say first that it ended and then how.
            Some(EndWord::NoCarrier) => self.word = Some(word),
            Some(EndWord::Busy | EndWord::NoAnswer | EndWord::NoDialtone) => {}
        }
    }

    /// The final result of ATD arrived.
    pub(super) fn on_dial_final(&mut self, end: FinalResult) -> Verdict {
        let late = std::mem::take(&mut self.final_owed);
        match Dial::refusal(end) {
            Some(_) if self.listed => Verdict::Same,
            Some(reason) => Verdict::Ended(CallOutcome::Refused(reason)),
            None => {
                self.accepted = true;
                // Where no list ever shows the call, an OK that came late is the word of the modules that say nothing
                // until the line is open.
                let opened_late = late && !self.listed && self.lists_never >= Self::EMPTY_LISTS;
                if end == FinalResult::Connect || opened_late {
                    self.advance(Reached::LineOpen)
                } else {
                    Verdict::Same
                }
            }
        }
    }

    fn on_not_listed(&mut self, owed: u8) -> Verdict {
        if self.listed {
            self.polls_without = self.polls_without.saturating_add(1);
            let enough = if self.word.is_some() || self.perhaps_restarted {
                1
            } else {
                Self::EMPTY_LISTS
            };
            if self.polls_without >= enough + owed {
                return Verdict::Ended(self.outcome());
            }
            return Verdict::Same;
        }
        self.lists_never = self.lists_never.saturating_add(1);
        let Some(word) = self.word else {
            return Verdict::Same;
        };
        self.polls_since_word = self.polls_since_word.saturating_add(1);
        let enough = if word == EndWord::NoCarrier {
            Self::POLLS_AFTER_NO_CARRIER
        } else {
            1
        };
        if self.polls_since_word >= enough {
            Verdict::Ended(self.outcome())
        } else {
            Verdict::Same
        }
    }

    fn advance(&mut self, to: Reached) -> Verdict {
        if to <= self.reached {
            return Verdict::Same;
        }
        self.reached = to;
        match to {
            Reached::Dialling => Verdict::Same,
            Reached::Alerting => Verdict::Alerting,
            Reached::LineOpen => Verdict::LineOpen,
        }
    }

    fn outcome(&self) -> CallOutcome {
        if self.perhaps_restarted && self.word.is_none() {
            return CallOutcome::ModemLost;
        }
        if self.is_open() {
            return CallOutcome::RemoteEnded;
        }
        match self.word {
            Some(EndWord::Busy) => CallOutcome::Busy,
            Some(EndWord::NoAnswer) => CallOutcome::NoAnswer,
            Some(EndWord::NoCarrier | EndWord::NoDialtone) | None => CallOutcome::NoCarrier,
        }
    }
}

#[cfg(test)]
mod tests;
