//! What is known of the one call, and what each new sign changes. No bytes, no time.
//!
//! The rule: `+CLCC` is the truth **once it has listed this call**. Until then end words and final results are all
//! there is, and without them the state is unknown: some modules answer `+CLCC` with a bare OK during a call, so an
//! empty list alone never ends a call that was never listed.

use crate::modem::command::calls::{CallEntry, CallStatus};
use crate::modem::command::dial::Dial;
use crate::modem::line::{EndWord, FinalResult};
use crate::modem::{CallOutcome, DialNumber};

/// The call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) number: DialNumber,
    /// True once ATD has left the queue.
    pub(super) placed: bool,
    /// The final result of ATD is still owed.
    pub(super) final_owed: bool,
    /// The module took the number.
    pub(super) accepted: bool,
    /// `+CLCC` has shown this call.
    pub(super) listed: bool,
    id: Option<u8>,
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

    pub(super) fn new(number: DialNumber) -> Self {
        Self {
            number,
            placed: false,
            final_owed: false,
            accepted: false,
            listed: false,
            id: None,
            reached: Reached::Dialling,
            word: None,
            polls_since_word: 0,
            polls_without: 0,
            lists_never: 0,
        }
    }

    /// True when the line is open as far as is known.
    pub(super) fn is_open(&self) -> bool {
        self.reached == Reached::LineOpen
    }

    /// True when there is any sign that the call exists.
    pub(super) const fn has_evidence(&self) -> bool {
        self.listed || self.accepted
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
        if self.word.is_none() {
            self.word = Some(word);
            self.polls_since_word = 0;
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
            let enough = if self.word.is_some() {
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
mod tests {
    use super::*;
    use crate::modem::RefusedReason;

    /// One sign, as short text: a CLCC status digit, `-` for an empty list, `?` for a list that failed, or a word.
    fn play(signs: &str) -> Vec<Verdict> {
        let mut call = Call::new(DialNumber::new("10010").unwrap());
        call.placed = true;
        signs
            .split_whitespace()
            .map(|sign| match sign {
                "-" => call.on_list(&[], 0),
                "-owed" => call.on_list(&[], 1),
                "?" => call.on_list_failed(),
                "ok" => call.on_dial_final(FinalResult::Ok),
                "late-ok" => {
                    call.final_owed = true;
                    call.on_dial_final(FinalResult::Ok)
                }
                "connect" => call.on_dial_final(FinalResult::Connect),
                "cme30" => call.on_dial_final(FinalResult::Cme(Some(30))),
                "busy" => {
                    call.on_word(EndWord::Busy);
                    Verdict::Same
                }
                "nocarrier" => {
                    call.on_word(EndWord::NoCarrier);
                    Verdict::Same
                }
                "noanswer" => {
                    call.on_word(EndWord::NoAnswer);
                    Verdict::Same
                }
                status => {
                    let line = format!("+CLCC: 1,0,{status},0,0,\"10010\",129");
                    call.on_list(&[CallEntry::parse(&line).unwrap()], 0)
                }
            })
            .collect()
    }

    #[test]
    fn the_rule_about_the_list() {
        use CallOutcome::{Busy, NoAnswer, NoCarrier, Refused, RemoteEnded};
        use Verdict::{Alerting, Ended, LineOpen, Same};
        let table = [
            (
                "ok 2 3 0 - -",
                vec![Same, Same, Alerting, LineOpen, Same, Ended(RemoteEnded)],
            ),
            // A bare OK before the call was listed is never the end, however often.
            ("ok - - - - - - - -", vec![Same; 9]),
            ("ok - - 3 0", vec![Same, Same, Same, Alerting, LineOpen]),
            ("connect - - - -", vec![LineOpen, Same, Same, Same, Same]),
            // A late OK opens the line only where no list ever shows the call.
            ("- - late-ok - -", vec![Same, Same, LineOpen, Same, Same]),
            ("- late-ok", vec![Same, Same]),
            ("2 2 late-ok 3", vec![Same, Same, Same, Alerting]),
            ("? ? ? late-ok", vec![Same; 4]),
            // One empty list may be a late answer to something else.
            (
                "ok 0 - 0 - -",
                vec![Same, LineOpen, Same, Same, Same, Ended(RemoteEnded)],
            ),
            (
                "ok 0 -owed -owed -owed",
                vec![Same, LineOpen, Same, Same, Ended(RemoteEnded)],
            ),
            // A word and an empty list agree.
            (
                "ok 0 nocarrier -",
                vec![Same, LineOpen, Same, Ended(RemoteEnded)],
            ),
            (
                "ok 3 nocarrier -",
                vec![Same, Alerting, Same, Ended(NoCarrier)],
            ),
            ("ok busy -", vec![Same, Same, Ended(Busy)]),
            (
                "ok 3 noanswer -",
                vec![Same, Alerting, Same, Ended(NoAnswer)],
            ),
            // An early NO CARRIER gives way to a list that shows the call.
            ("ok nocarrier - 2 3", vec![Same, Same, Same, Same, Alerting]),
            ("ok nocarrier - -", vec![Same, Same, Same, Ended(NoCarrier)]),
            ("ok 0 nocarrier 0 0", vec![Same, LineOpen, Same, Same, Same]),
            // Without a list the word stands after two tries.
            ("ok busy ? ?", vec![Same, Same, Same, Ended(Busy)]),
            ("ok ? ? ? ?", vec![Same; 5]),
            // SIMCom's 6 is a call that is over.
            ("ok 0 6 6", vec![Same, LineOpen, Same, Ended(RemoteEnded)]),
            ("cme30", vec![Ended(Refused(RefusedReason::NoNetwork))]),
            // It never goes back.
            ("ok 0 3 2", vec![Same, LineOpen, Same, Same]),
            ("ok 2 - -", vec![Same, Same, Same, Ended(NoCarrier)]),
        ];
        for (signs, wanted) in table {
            assert_eq!(play(signs), wanted, "{signs}");
        }
    }
}
