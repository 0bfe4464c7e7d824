//! Voice calls through a serial GSM or LTE module.
//!
//! This file holds the words that the rest of the house uses: what can be asked of a modem, what it reports, and
//! what may be dialled. The protocol is in [`core`] (bytes and time in, bytes and events out, no port, no clock),
//! the thin driver in [`serial`], a whole simulated modem on a pty in [`sim`].
//!
//! Deliberately not here: which line to call, what a visitor reads on the screen, counting of outcomes. A number
//! is never printed: [`DialNumber`] hides its digits from `Debug`, and no event carries one.

use std::fmt;

pub mod command;
pub mod core;
pub mod dialect;
pub mod guard;
pub mod line;
pub mod pin;
pub mod serial;
pub mod sim;
pub mod timer;
pub mod urc;

pub use self::core::{Core, CoreOptions, DriverRequest, PowerCycleError};
pub use self::dialect::DialectId;
pub use self::pin::{Pin, PinError};
pub use self::serial::{
    CommandError, DeviceTree, ModemConfig, ModemHandle, PortChoice, PortChoiceError, StartError,
};
pub use self::sim::{Fault, ModemSim, ModemSimHandle, NextCall, SimError, SimOptions};
pub use self::timer::Timings;

/// Fewest digits a [`DialNumber`] may have (110 and its like).
pub const MIN_DIGITS: usize = 3;

/// Most digits a [`DialNumber`] may have: ITU-T E.164 allows 15 in an international number.
pub const MAX_DIGITS: usize = 15;

/// A number that may be dialled: 3 to 15 ASCII digits and nothing else.
///
/// A leading `+` is refused, because some modules refuse it and a booth calls lines of its own country.
/// `Debug` shows no digit; the digits leave only through [`DialNumber::digits`], which the protocol calls.
#[derive(Clone, PartialEq, Eq)]
pub struct DialNumber(String);

/// Why a text cannot be dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DialNumberError {
    /// A character other than 0 to 9.
    #[error("a number to dial has digits only, without spaces, dashes or a plus sign")]
    NotADigit,
    /// Fewer than [`MIN_DIGITS`] or more than [`MAX_DIGITS`].
    #[error("a number to dial has {MIN_DIGITS} to {MAX_DIGITS} digits, this one has {0}")]
    Length(usize),
}

impl DialNumber {
    /// Takes a text of 3 to 15 digits.
    ///
    /// # Errors
    /// [`DialNumberError::NotADigit`] for any other character, [`DialNumberError::Length`] for a wrong length.
    pub fn new(text: &str) -> Result<Self, DialNumberError> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DialNumberError::NotADigit);
        }
        if !(MIN_DIGITS..=MAX_DIGITS).contains(&text.len()) {
            return Err(DialNumberError::Length(text.len()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The digits, for the one place that writes them to the modem. Never log or store them.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DialNumber(hidden)")
    }
}

/// What can be asked of the modem.
#[derive(Clone, PartialEq, Eq)]
pub enum ModemCommand {
    /// Start a voice call. A second one during a call ends in [`RefusedReason::AlreadyInCall`] without touching the
    /// first; one that arrives while a call is being hung up waits for that and then goes out.
    Dial(DialNumber),
    /// As [`ModemCommand::Dial`], for a number that the caller knows to be an emergency one: it waits for neither SIM,
    /// PIN nor network. The module tells how it went.
    DialEmergency(DialNumber),
    /// End the call, or take back a dial that has not gone out yet. Without a call it does nothing.
    HangUp,
    /// Send one tone of 0 to 9, `*`, `#`, A to D. Other characters are ignored, as is a tone without an open line.
    Dtmf(char),
    /// Loudness of the earpiece, 0 to 100; mapped to the module's own scale.
    Volume(u8),
}

impl fmt::Debug for ModemCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dial(_) => f.write_str("Dial(hidden)"),
            Self::DialEmergency(_) => f.write_str("DialEmergency(hidden)"),
            Self::HangUp => f.write_str("HangUp"),
            // Tones spell numbers too.
            Self::Dtmf(_) => f.write_str("Dtmf(hidden)"),
            Self::Volume(percent) => write!(f, "Volume({percent})"),
        }
    }
}

/// What the modem reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModemEvent {
    /// The modem's own condition changed.
    Health(ModemHealth),
    /// The one call moved on. Every accepted [`ModemCommand::Dial`] yields exactly one [`CallState::Ended`].
    Call(CallState),
    /// The module named itself (`ATI`, `+CGMI`, `+CGMM`), once after every start.
    Identified {
        /// Model name as the module writes it, at most 40 characters; empty when it gives none.
        model: String,
        /// Manufacturer as the module writes it, at most 40 characters; empty when it gives none.
        manufacturer: String,
        /// The family whose habits are followed from here on.
        dialect: DialectId,
    },
    /// What is known of voice over LTE changed.
    Volte(VolteState),
}

/// Voice over LTE, as far as the module tells. Where 2G and 3G are gone there is no call without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VolteState {
    /// The module does not say, or this program knows no way to ask it.
    Unknown,
    /// Switched off, although it was asked to switch it on where that is known how.
    Off,
    /// Switched on; whether the network has taken it is not known.
    On,
    /// Switched on, and the network has taken it.
    Registered,
}

/// The modem's condition, in the order a start goes through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModemHealth {
    /// There is no port to talk to.
    Absent(AbsentCause),
    /// The port is open and the module is being asked who it is.
    Starting,
    /// The port is open and nothing sensible comes back. It is asked again every second.
    NotResponding,
    /// The module answers and has no usable SIM.
    NoSim(SimProblem),
    /// SIM ready, no network yet.
    Searching {
        /// Received signal strength in dBm, −113 to −51; `None` when the module does not know.
        rssi_dbm: Option<i16>,
    },
    /// The network has refused this SIM (27.007 registration state 3).
    Denied,
    /// Ready to call.
    Registered {
        /// True on another operator's network.
        roaming: bool,
        /// Operator as the module writes it; `None` when it does not say.
        operator: Option<String>,
        /// Received signal strength in dBm, −113 to −51; `None` when the module does not know.
        rssi_dbm: Option<i16>,
    },
}

impl ModemHealth {
    /// True when a call can be expected to go out.
    #[must_use]
    pub const fn can_call(&self) -> bool {
        matches!(self, Self::Registered { .. })
    }
}

/// Why there is no port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbsentCause {
    /// The configuration names no port: this booth has no modem.
    NotConfigured,
    /// The configured port does not exist now: unplugged, or another name.
    NoSuchPort,
    /// The port exists and this user may not open it (group `dialout` is missing).
    PermissionDenied,
    /// Another program holds the port.
    PortInUse,
    /// The port exists and opening it failed in another way.
    OpenFailed,
    /// Several devices fit what the configuration names, and nothing tells them apart.
    Ambiguous,
    /// The configured name now belongs to another device than the modem that was known by it.
    OtherDevice,
}

/// Why the SIM cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimProblem {
    /// No card in the holder.
    Absent,
    /// The card wants its PIN, and none is configured, or so few tries are left that a program must not use one.
    NeedsPin,
    /// The card has refused the configured PIN. It is not tried again.
    WrongPin,
    /// The card wants its PUK: only its owner can mend that.
    NeedsPuk,
    /// The module reports a fault or something this program does not know.
    Faulty,
}

/// Where the one call stands. It only moves forward, but for one [`CallState::Redialling`] before it rang.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallState {
    /// The request was taken and is on its way.
    Dialling,
    /// The network dropped the attempt within seconds, before it rang, and it is being made once more.
    Redialling,
    /// The module says that the other side rings.
    Alerting,
    /// The module says that the line is open. It is **not** known that a person answered: some modules say so at
    /// ringback, and machines answer too.
    LineOpen,
    /// Over, and how.
    Ended(CallOutcome),
}

/// How a call ended. Only what is known is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOutcome {
    /// Asked for here, and checked with the module.
    HungUpHere,
    /// The open line was closed by the other side or the network.
    RemoteEnded,
    /// The other side is busy.
    Busy,
    /// It rang and nobody took it.
    NoAnswer,
    /// The network dropped the call before the line opened.
    NoCarrier,
    /// It never started.
    Refused(RefusedReason),
    /// The port vanished or the module fell silent; what became of the call is not known. When the module returns,
    /// whatever it still holds is hung up.
    ModemLost,
    /// A deadline passed without any sign of progress, or the longest allowed call was reached.
    TimedOut,
}

/// Why a call never started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedReason {
    /// There is no port.
    NoModem,
    /// The module does not answer.
    NotResponding,
    /// Another call is up.
    AlreadyInCall,
    /// The module says that its SIM is missing or locked.
    NoSim,
    /// The module says that it has no network.
    NoNetwork,
    /// The module said no; the number is its `+CME ERROR` code where it gave one (27.007 section 9.2).
    ByModem(Option<u16>),
}
