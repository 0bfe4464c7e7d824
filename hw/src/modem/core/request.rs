//! Every command the protocol sends, as one closed enum, so that an answer is read by what was asked.

use crate::modem::command::AtCommand;
use crate::modem::command::attention::Attention;
use crate::modem::command::calls::ListCalls;
use crate::modem::command::dial::Dial;
use crate::modem::command::echo::EchoOff;
use crate::modem::command::error_codes::ErrorCodes;
use crate::modem::command::hang_up::HangUp;
use crate::modem::command::hang_up_mode::HangUpMode;
use crate::modem::command::hold::Hold;
use crate::modem::command::hook::Hook;
use crate::modem::command::information::Information;
use crate::modem::command::makers::{Ask, Tell};
use crate::modem::command::manufacturer::Manufacturer;
use crate::modem::command::model::Model;
use crate::modem::command::operator::Operator;
use crate::modem::command::pin_entry::PinEntry;
use crate::modem::command::radio::Radio;
use crate::modem::command::registration::RegistrationQuery;
use crate::modem::command::signal::Signal;
use crate::modem::command::sim_state::SimStateQuery;
use crate::modem::command::soft_reset::SoftReset;
use crate::modem::command::tone::SendTone;
use crate::modem::command::volume::Volume;

/// One command on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request {
    Attention,
    EchoOff,
    ErrorCodes,
    Manufacturer,
    Model,
    Information,
    Tell(Tell),
    Ask(Ask),
    PinEntry(PinEntry),
    Radio(Radio),
    SimState,
    Registration(RegistrationQuery),
    Signal,
    Operator(Operator),
    ListCalls,
    Dial(Dial),
    HangUp,
    HangUpMode,
    Hook,
    Hold(Hold),
    Tone(SendTone),
    Volume(Volume),
    SoftReset(SoftReset),
}

impl Request {
    pub(super) fn command(&self) -> &dyn AtCommand {
        match self {
            Self::Attention => &Attention,
            Self::EchoOff => &EchoOff,
            Self::ErrorCodes => &ErrorCodes,
            Self::Manufacturer => &Manufacturer,
            Self::Model => &Model,
            Self::Information => &Information,
            Self::Tell(command) => command,
            Self::Ask(command) => command,
            Self::PinEntry(command) => command,
            Self::Radio(command) => command,
            Self::SimState => &SimStateQuery,
            Self::Registration(command) => command,
            Self::Signal => &Signal,
            Self::Operator(command) => command,
            Self::ListCalls => &ListCalls,
            Self::Dial(command) => command,
            Self::HangUp => &HangUp,
            Self::HangUpMode => &HangUpMode,
            Self::Hook => &Hook,
            Self::Hold(command) => command,
            Self::Tone(command) => command,
            Self::Volume(command) => command,
            Self::SoftReset(command) => command,
        }
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) lines: Vec<String>,
    /// `None` when the final result never came.
    pub(super) end: Option<crate::modem::line::FinalResult>,
    /// An end word came in the middle: a list of calls may show one that is over.
    pub(super) outdated: bool,
}

impl Answer {
    /// True when the answer can be trusted to be whole: it ended well, or it has lines although the end is missing.
    pub(super) fn is_usable(&self) -> bool {
        match self.end {
            Some(end) => end == crate::modem::line::FinalResult::Ok,
            None => !self.lines.is_empty(),
        }
    }

    /// What `read` makes of it, when it can be trusted to be whole.
    pub(super) fn usable<T>(&self, read: impl FnOnce(&[String]) -> Option<T>) -> Option<T> {
        self.is_usable().then(|| read(&self.lines)).flatten()
    }
}
