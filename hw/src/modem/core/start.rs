//! The way from an open port to a module that can call, and the watch that goes on afterwards.
//!
//! It is a ring of steps: the first round starts the module, every later round looks whether it is still well. It
//! decides what is asked next and what the answers mean for the module's health; it knows nothing of calls. The SIM's
//! PIN and voice over LTE, each with its own rule of how often, are in [`card`] and [`voice`].

use crate::modem::command::makers::{Ask, Tell};
use crate::modem::command::manufacturer::Manufacturer;
use crate::modem::command::model::Model;
use crate::modem::command::operator::Operator;
use crate::modem::command::pin_entry::PinEntry;
use crate::modem::command::radio::Radio;
use crate::modem::command::registration::{Registration, RegistrationQuery};
use crate::modem::command::signal::Signal;
use crate::modem::command::sim_state::{SimState, SimStateQuery};
use crate::modem::command::soft_reset::SoftReset;
use crate::modem::dialect::{self, Dialect, DialectId, Volte};
use crate::modem::line::FinalResult;
use crate::modem::pin::Pin;
use crate::modem::{ModemHealth, VolteState};

use super::request::{Answer, Request};

mod card;
mod voice;

use self::card::PinRecord;
use self::voice::VoiceRecord;

/// One step of the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Attention,
    EchoOff,
    ErrorCodes,
    Manufacturer,
    Model,
    Information,
    /// The reports of calls and registration are switched on, one command after the other.
    Prepare(&'static str, usize),
    RadioQuery,
    RadioOn,
    LongNames,
    /// Whatever the module still holds is hung up. The watch comes by here too.
    StaleCalls,
    SimState,
    PinTries,
    EnterPin,
    VolteQuery(&'static Volte),
    VolteEnable(&'static Volte, &'static str, usize),
    VolteReset(&'static Volte),
    VolteVerify(&'static str),
    Circuit,
    Lte,
    Signal,
    Operator,
}

impl PartialEq for Volte {
    /// Two are the same when they are one: each family has its own.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Volte {}

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

/// Reports of registration, in both domains (27.007 sections 7.2 and 10.1.22): a loss is heard of before the next look.
const REPORTS: [&str; 2] = ["AT+CREG=1", "AT+CEREG=1"];

/// Tries of switching the radio on before the start goes on without it.
const RADIO_TRIES: u8 = 3;

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
    /// At least one round was completed since the module started.
    pub(super) known: bool,
    /// The module's calls were looked at since it started.
    cleared: bool,
    pub(super) model: Option<String>,
    pub(super) manufacturer: Option<String>,
    /// The last one known stays until the module has named itself again.
    pub(super) dialect: &'static dyn Dialect,
    names: [Vec<String>; 2],
    radio_tries: u8,
    sim: SimState,
    circuit: Option<Registration>,
    lte: Option<Registration>,
    /// The module answered both questions about its network and said nothing: some simple ones answer `+CREG?` and
    /// `+CEREG?` with a bare OK (all fake modems of python-gsmmodem do). Whether it can call only a call can show.
    untold: Untold,
    rssi_dbm: Option<i16>,
    operator: Option<String>,
    pin: PinRecord,
    voice: VoiceRecord,
}

impl Start {
    pub(super) fn new(pin: Option<Pin>) -> Self {
        Self {
            step: Step::Attention,
            known: false,
            cleared: false,
            model: None,
            manufacturer: None,
            dialect: DialectId::Generic.dialect(),
            names: [Vec::new(), Vec::new()],
            radio_tries: 0,
            sim: SimState::Unknown,
            circuit: None,
            lte: None,
            untold: Untold::default(),
            rssi_dbm: None,
            operator: None,
            pin: PinRecord::new(pin),
            voice: VoiceRecord::new(),
        }
    }

    /// Begins the ring anew. What was known of the module is forgotten, but for what must not be tried too often.
    pub(super) fn again(&mut self) {
        let mut fresh = Self::new(None);
        fresh.dialect = self.dialect;
        fresh.pin = std::mem::replace(&mut self.pin, PinRecord::new(None));
        fresh.voice = self.voice.started_again();
        *self = fresh;
    }

    /// True while nothing is known yet of the module's calls.
    pub(super) const fn before_calls(&self) -> bool {
        !self.cleared
    }

    /// Voice over LTE, by what is known.
    pub(super) const fn volte(&self) -> VolteState {
        self.voice.state
    }

    pub(super) fn request(&self) -> Request {
        match self.step {
            Step::Attention => Request::Attention,
            Step::EchoOff => Request::EchoOff,
            Step::ErrorCodes => Request::ErrorCodes,
            Step::Manufacturer => Request::Manufacturer,
            Step::Model => Request::Model,
            Step::Information => Request::Information,
            Step::RadioQuery => Request::Radio(Radio::Query),
            Step::RadioOn => Request::Radio(Radio::On),
            Step::LongNames => Request::Operator(Operator::LongNames),
            Step::StaleCalls => Request::ListCalls,
            Step::SimState => Request::SimState,
            Step::PinTries => Request::Ask(Ask(self.dialect.pin_tries().query)),
            Step::EnterPin => match self.pin.pin() {
                Some(pin) => Request::PinEntry(PinEntry(pin.clone())),
                None => Request::SimState,
            },
            Step::Prepare(line, _) | Step::VolteEnable(_, line, _) => Request::Tell(Tell(line)),
            Step::VolteQuery(volte) => Request::Ask(Ask(volte.query)),
            Step::VolteReset(_) => Request::SoftReset(SoftReset(self.dialect.soft_reset())),
            Step::VolteVerify(line) => Request::Ask(Ask(line)),
            Step::Circuit => Request::Registration(RegistrationQuery::Circuit),
            Step::Lte => Request::Registration(RegistrationQuery::Lte),
            Step::Signal => Request::Signal,
            Step::Operator => Request::Operator(Operator::Query),
        }
    }

    /// Takes the answer to [`Start::request`]. `quiet` is true while nobody wants to call, so that the module may be
    /// restarted. Stale calls are the caller's to hang up.
    pub(super) fn on_answer(&mut self, answer: &Answer, quiet: bool) -> Next {
        match self.step {
            Step::Attention if answer.end.is_none() => return Next::Retry,
            Step::Attention => self.step = Step::EchoOff,
            Step::EchoOff => self.step = Step::ErrorCodes,
            Step::ErrorCodes => self.step = Step::Manufacturer,
            Step::Manufacturer => {
                if answer.is_usable() {
                    self.manufacturer = Manufacturer::parse(&answer.lines);
                    self.names[0].clone_from(&answer.lines);
                }
                self.step = Step::Model;
            }
            Step::Model => {
                if answer.is_usable() {
                    self.model = Model::parse(&answer.lines);
                    self.names[1].clone_from(&answer.lines);
                }
                self.step = Step::Information;
            }
            Step::Information => {
                let [manufacturer, model] = &self.names;
                self.dialect = dialect::identify(manufacturer, model, &answer.lines);
                self.voice.met(self.model.as_deref());
                self.prepare(0);
            }
            Step::Prepare(_, index) => self.prepare(index + 1),
            Step::RadioQuery => {
                let on = answer.usable(Radio::parse);
                if on == Some(false) && self.radio_tries < RADIO_TRIES {
                    self.radio_tries += 1;
                    self.step = Step::RadioOn;
                } else {
                    self.step = Step::LongNames;
                }
            }
            Step::RadioOn => {
                // What it answers does not matter; what it says afterwards does.
                self.step = Step::RadioQuery;
                if answer.end != Some(FinalResult::Ok) {
                    return Next::Retry;
                }
            }
            Step::LongNames => self.step = Step::StaleCalls,
            Step::StaleCalls => {
                self.cleared = true;
                self.step = Step::SimState;
            }
            Step::SimState => {
                return self.on_sim(SimStateQuery::parse(&answer.lines, answer.end), quiet);
            }
            Step::PinTries => return self.on_pin_tries(answer),
            Step::EnterPin => return self.on_pin_entered(answer),
            Step::VolteQuery(volte) => self.on_volte(volte, answer, quiet),
            Step::VolteEnable(volte, _, index) => self.volte_enable(volte, index + 1, quiet),
            Step::VolteReset(_) => {
                self.again();
                return Next::Retry;
            }
            Step::VolteVerify(_) => self.on_volte_verified(answer),
            Step::Circuit => {
                self.circuit = answer.usable(RegistrationQuery::parse);
                self.untold.circuit = self.circuit.is_none() && answer.end == Some(FinalResult::Ok);
                self.step = Step::Lte;
            }
            Step::Lte => {
                self.lte = answer.usable(RegistrationQuery::parse);
                // A module without LTE refuses this one, which tells nothing either.
                self.untold.lte = self.lte.is_none() && answer.end.is_some();
                self.step = Step::Signal;
            }
            Step::Signal => {
                self.rssi_dbm = answer.usable(Signal::parse);
                if self.registered().is_some() && self.operator.is_none() {
                    self.step = Step::Operator;
                } else {
                    return self.round();
                }
            }
            Step::Operator => {
                self.operator = answer.usable(Operator::parse);
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

    /// Asks for the module's calls next, unless the start has yet to come to them; true when it will.
    pub(super) fn look_at_calls(&mut self) -> bool {
        if self.cleared {
            self.step = Step::StaleCalls;
        }
        self.cleared
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

    fn prepare(&mut self, index: usize) {
        let mut commands = self.dialect.prepare().iter().chain(&REPORTS);
        self.step = match commands.nth(index) {
            Some(line) => Step::Prepare(line, index),
            None => Step::RadioQuery,
        };
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
