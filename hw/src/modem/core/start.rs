//! The way from an open port to a module that can call, and the watch that goes on afterwards.
//!
//! It is a ring of steps: the first round starts the module, every later round looks whether it is still well. It
//! decides what is asked next and what the answers mean for the module's health; it knows nothing of calls.

use crate::modem::command::operator::Operator;
use crate::modem::command::radio::Radio;
use crate::modem::command::registration::{Registration, RegistrationQuery};
use crate::modem::command::signal::Signal;
use crate::modem::command::sim_state::{SimState, SimStateQuery};
use crate::modem::dialect::{self, Dialect, DialectId};
use crate::modem::line::FinalResult;
use crate::modem::{ModemHealth, SimProblem};

use super::request::{Answer, Request};

/// One step of the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Attention,
    EchoOff,
    ErrorCodes,
    Model,
    RadioQuery,
    RadioOn,
    LongNames,
    /// Whatever the module still holds is hung up. The watch comes by here too.
    StaleCalls,
    SimState,
    Circuit,
    Lte,
    Signal,
    Operator,
}

/// Where the ring goes after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// The next step at once.
    Go,
    /// A pause as long as between two tries.
    Retry,
    /// The round is done: health is known.
    Round,
}

/// Which of the two questions about the network were answered without a word.
#[derive(Debug, Default)]
struct Untold {
    circuit: bool,
    lte: bool,
}

/// What is known of the module.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) step: Step,
    /// At least one round was completed since the port was opened.
    pub(super) known: bool,
    pub(super) model: Option<String>,
    pub(super) dialect: &'static dyn Dialect,
    sim: SimState,
    circuit: Option<Registration>,
    lte: Option<Registration>,
    /// The module answered both questions about its network and said nothing: some simple ones answer `+CREG?` and
    /// `+CEREG?` with a bare OK (all fake modems of python-gsmmodem do). Whether it can call only a call can show.
    untold: Untold,
    rssi_dbm: Option<i16>,
    operator: Option<String>,
}

impl Start {
    pub(super) fn new() -> Self {
        Self {
            step: Step::Attention,
            known: false,
            model: None,
            dialect: DialectId::Generic.dialect(),
            sim: SimState::Unknown,
            circuit: None,
            lte: None,
            untold: Untold::default(),
            rssi_dbm: None,
            operator: None,
        }
    }

    /// Begins the ring anew; what was known is forgotten.
    pub(super) fn again(&mut self) {
        *self = Self::new();
    }

    /// True while nothing is known yet of the module's calls.
    pub(super) const fn before_calls(&self) -> bool {
        !self.known
            && !matches!(
                self.step,
                Step::SimState | Step::Circuit | Step::Lte | Step::Signal | Step::Operator
            )
    }

    pub(super) const fn request(&self) -> Request {
        match self.step {
            Step::Attention => Request::Attention,
            Step::EchoOff => Request::EchoOff,
            Step::ErrorCodes => Request::ErrorCodes,
            Step::Model => Request::Model,
            Step::RadioQuery => Request::Radio(Radio::Query),
            Step::RadioOn => Request::Radio(Radio::On),
            Step::LongNames => Request::Operator(Operator::LongNames),
            Step::StaleCalls => Request::ListCalls,
            Step::SimState => Request::SimState,
            Step::Circuit => Request::Registration(RegistrationQuery::Circuit),
            Step::Lte => Request::Registration(RegistrationQuery::Lte),
            Step::Signal => Request::Signal,
            Step::Operator => Request::Operator(Operator::Query),
        }
    }

    /// Takes the answer to [`Start::request`]. Stale calls are the caller's to hang up.
    pub(super) fn on_answer(&mut self, answer: &Answer) -> Next {
        match self.step {
            Step::Attention if answer.end.is_none() => return Next::Retry,
            Step::Attention => self.step = Step::EchoOff,
            Step::EchoOff => self.step = Step::ErrorCodes,
            Step::ErrorCodes => self.step = Step::Model,
            Step::Model => {
                if answer.is_usable() {
                    self.model = crate::modem::command::model::Model::parse(&answer.lines);
                    self.dialect = dialect::identify(&[], &answer.lines, &[]);
                }
                self.step = Step::RadioQuery;
            }
            Step::RadioQuery => {
                let on = answer
                    .is_usable()
                    .then(|| Radio::parse(&answer.lines))
                    .flatten();
                self.step = if on == Some(false) {
                    Step::RadioOn
                } else {
                    Step::LongNames
                };
            }
            Step::RadioOn => self.step = Step::LongNames,
            Step::LongNames => self.step = Step::StaleCalls,
            Step::StaleCalls => self.step = Step::SimState,
            Step::SimState => return self.on_sim(SimStateQuery::parse(&answer.lines, answer.end)),
            Step::Circuit => {
                self.circuit = answer
                    .is_usable()
                    .then(|| RegistrationQuery::parse(&answer.lines))
                    .flatten();
                self.untold.circuit = self.circuit.is_none() && answer.end == Some(FinalResult::Ok);
                self.step = Step::Lte;
            }
            Step::Lte => {
                self.lte = answer
                    .is_usable()
                    .then(|| RegistrationQuery::parse(&answer.lines))
                    .flatten();
                // A module without LTE refuses this one, which tells nothing either.
                self.untold.lte = self.lte.is_none() && answer.end.is_some();
                self.step = Step::Signal;
            }
            Step::Signal => {
                self.rssi_dbm = answer
                    .is_usable()
                    .then(|| Signal::parse(&answer.lines))
                    .flatten();
                if self.registered().is_some() && self.operator.is_none() {
                    self.step = Step::Operator;
                } else {
                    return self.round();
                }
            }
            Step::Operator => {
                self.operator = answer
                    .is_usable()
                    .then(|| Operator::parse(&answer.lines))
                    .flatten();
                return self.round();
            }
        }
        Next::Go
    }

    /// Goes to the beginning of the watch, unless the start is still under way.
    pub(super) fn look_again(&mut self) {
        if self.known {
            self.step = Step::StaleCalls;
        }
    }

    /// Health by what is known; `None` until something is.
    pub(super) fn health(&self) -> Option<ModemHealth> {
        if let SimState::Problem(problem) = self.sim {
            return Some(ModemHealth::NoSim(problem));
        }
        if !self.known {
            return None;
        }
        if let Some(registration) = self.registered() {
            return Some(ModemHealth::Registered {
                roaming: registration == Registration::RegisteredRoaming,
                operator: self.operator.clone(),
                rssi_dbm: self.rssi_dbm,
            });
        }
        if self.untold.circuit && self.untold.lte {
            return Some(ModemHealth::Registered {
                roaming: false,
                operator: self.operator.clone(),
                rssi_dbm: self.rssi_dbm,
            });
        }
        let denied = [self.circuit, self.lte].contains(&Some(Registration::Denied));
        Some(if denied {
            ModemHealth::Denied
        } else {
            ModemHealth::Searching {
                rssi_dbm: self.rssi_dbm,
            }
        })
    }

    fn registered(&self) -> Option<Registration> {
        [self.circuit, self.lte]
            .into_iter()
            .flatten()
            .find(|registration| registration.is_registered())
    }

    fn on_sim(&mut self, sim: SimState) -> Next {
        self.sim = sim;
        match sim {
            SimState::Ready | SimState::Unknown => {
                self.step = Step::Circuit;
                Next::Go
            }
            SimState::Busy => {
                self.circuit = None;
                self.lte = None;
                Next::Retry
            }
            SimState::Problem(
                SimProblem::Absent
                | SimProblem::NeedsPin
                | SimProblem::WrongPin
                | SimProblem::NeedsPuk
                | SimProblem::Faulty,
            ) => {
                self.operator = None;
                self.circuit = None;
                self.lte = None;
                self.round()
            }
        }
    }

    fn round(&mut self) -> Next {
        if self.registered().is_none() {
            self.operator = None;
        }
        self.known = true;
        self.step = Step::StaleCalls;
        Next::Round
    }
}
