//! Voice over LTE: asked for, switched on where it is off, and looked at again; never believed without being asked.
//!
//! A family that must restart for it is restarted once for each module, and never while somebody wants to call.

use crate::modem::VolteState;
use crate::modem::dialect::Volte;

use super::super::request::Answer;
use super::{Start, Step};

/// What was done about voice over LTE.
#[derive(Debug)]
pub(super) struct VoiceRecord {
    pub(super) state: VolteState,
    /// Nothing more is to be done until the module starts again.
    settled: bool,
    /// The commands that switch it on have been sent since the module started.
    told: bool,
    /// The model that was restarted for it.
    restarted: Option<String>,
    model: Option<String>,
}

impl VoiceRecord {
    pub(super) const fn new() -> Self {
        Self {
            state: VolteState::Unknown,
            settled: false,
            told: false,
            restarted: None,
            model: None,
        }
    }

    /// The record of a module that has started again.
    pub(super) fn started_again(&mut self) -> Self {
        Self {
            restarted: self.restarted.take(),
            ..Self::new()
        }
    }

    /// The module has named itself.
    pub(super) fn met(&mut self, model: Option<&str>) {
        self.model = Some(model.unwrap_or_default().to_owned());
    }
}

impl Start {
    /// The card is usable, or nothing is known against it.
    pub(super) fn after_card(&mut self, quiet: bool) {
        self.step = match self.dialect.volte() {
            // Whoever waits to call is made to wait for a restart by no one, but for two lines gladly: without them a
            // module that has no other voice could not call at all.
            Some(volte) if !self.voice.settled && (quiet || !volte.needs_reset) => {
                Step::VolteQuery(volte)
            }
            Some(Volte {
                verify: Some((question, _)),
                ..
            }) if matches!(self.voice.state, VolteState::On | VolteState::Registered) => {
                Step::VolteVerify(question)
            }
            _ => Step::Circuit,
        };
    }

    pub(super) fn on_volte(&mut self, volte: &'static Volte, answer: &Answer, quiet: bool) {
        match answer.usable(volte.is_on) {
            Some(false) if !self.voice.told => {
                self.voice.told = true;
                return self.volte_enable(volte, 0, quiet);
            }
            Some(false) => self.voice.state = VolteState::Off,
            Some(true) => {
                if self.voice.state != VolteState::Registered {
                    self.voice.state = VolteState::On;
                }
            }
            None => self.voice.state = VolteState::Unknown,
        }
        self.voice.settled = true;
        self.after_card(quiet);
    }

    pub(super) fn volte_enable(&mut self, volte: &'static Volte, index: usize, quiet: bool) {
        if let Some(line) = volte.enable.get(index) {
            self.step = Step::VolteEnable(volte, line, index);
            return;
        }
        let restarted = self.voice.restarted == self.voice.model;
        if !volte.needs_reset || restarted {
            // Never believed without being asked.
            self.step = Step::VolteQuery(volte);
        } else if quiet {
            self.voice.restarted.clone_from(&self.voice.model);
            self.step = Step::VolteReset(volte);
        } else {
            // Somebody wants to call: another round is early enough.
            self.voice.told = false;
            self.step = Step::Circuit;
        }
    }

    pub(super) fn on_volte_verified(&mut self, answer: &Answer) {
        let verify = self.dialect.volte().and_then(|volte| volte.verify);
        self.voice.state = match verify.and_then(|(_, read)| answer.usable(read)) {
            Some(true) => VolteState::Registered,
            Some(false) | None => VolteState::On,
        };
        self.step = Step::Circuit;
    }
}
