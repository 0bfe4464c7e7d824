//! The SIM card and its PIN: entered once, never with one try left, and never again after the card refused it.
//!
//! The record of that outlives a restart of the module and of its port, not of this program. A program that starts
//! again therefore asks first how many tries are left; where a module does not tell, a wrong PIN costs one try with
//! each start of the program.

use crate::modem::SimProblem;
use crate::modem::command::sim_state::SimState;
use crate::modem::line::FinalResult;
use crate::modem::pin::Pin;

use super::super::request::Answer;
use super::{Next, Start, Step};

/// Fewest tries that must be left: the last one but one is the owner's.
const FEWEST_TRIES: u8 = 2;
/// Looks at a card that took its PIN and does not say so yet.
const LOOKS_AFTER_PIN: u8 = 10;

/// What became of the configured PIN.
#[derive(Debug)]
pub(super) struct PinRecord {
    pin: Option<Pin>,
    trial: Trial,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trial {
    /// Never entered.
    Not,
    /// Entered, and the card took it or did not say; so often it was looked at since.
    Entered(u8),
    /// The card refused it, or never said that it took it.
    Refused,
    /// The card was ready after it: it may be entered again after a restart.
    Good,
}

impl PinRecord {
    pub(super) const fn new(pin: Option<Pin>) -> Self {
        Self {
            pin,
            trial: Trial::Not,
        }
    }

    pub(super) const fn pin(&self) -> Option<&Pin> {
        self.pin.as_ref()
    }
}

impl Start {
    pub(super) fn on_sim(&mut self, said: SimState, quiet: bool) -> Next {
        self.sim = said;
        match said {
            SimState::Ready | SimState::Unknown => {
                if said == SimState::Ready && matches!(self.pin.trial, Trial::Entered(_)) {
                    self.pin.trial = Trial::Good;
                }
                self.after_card(quiet);
                Next::Go
            }
            SimState::Busy => {
                self.circuit = None;
                self.lte = None;
                Next::Retry
            }
            SimState::Problem(SimProblem::NeedsPin) if self.pin.pin.is_some() => self.on_locked(),
            SimState::Problem(
                SimProblem::Absent
                | SimProblem::NeedsPin
                | SimProblem::WrongPin
                | SimProblem::NeedsPuk
                | SimProblem::Faulty,
            ) => self.without_card(),
        }
    }

    /// The card wants the PIN that is configured.
    fn on_locked(&mut self) -> Next {
        match self.pin.trial {
            Trial::Not | Trial::Good => {
                self.step = Step::PinTries;
                Next::Go
            }
            Trial::Entered(looks) if looks < LOOKS_AFTER_PIN => {
                self.pin.trial = Trial::Entered(looks + 1);
                self.sim = SimState::Busy;
                Next::Retry
            }
            Trial::Entered(_) | Trial::Refused => {
                self.pin.trial = Trial::Refused;
                self.sim = SimState::Problem(SimProblem::WrongPin);
                self.without_card()
            }
        }
    }

    pub(super) fn on_pin_tries(&mut self, answer: &Answer) -> Next {
        let tries = answer.usable(self.dialect.pin_tries().read);
        if tries.is_some_and(|tries| tries < FEWEST_TRIES) {
            return self.without_card();
        }
        // From here on it counts as entered, whatever becomes of the answer.
        self.pin.trial = Trial::Entered(0);
        self.step = Step::EnterPin;
        Next::Go
    }

    pub(super) fn on_pin_entered(&mut self, answer: &Answer) -> Next {
        // 27.007 section 9.2.1: 16 is "incorrect password"; 12 means that this was the last try.
        if matches!(
            answer.end,
            Some(FinalResult::Cme(Some(12 | 16)) | FinalResult::Error)
        ) {
            self.pin.trial = Trial::Refused;
        }
        self.step = Step::SimState;
        Next::Retry
    }

    /// Without a usable card the rest of the round makes no sense.
    fn without_card(&mut self) -> Next {
        self.operator = None;
        self.circuit = None;
        self.lte = None;
        self.round()
    }
}
