//! What the tool calls things: every state of modem and call as words for people, as JSON for programs, and what to do
//! about it.
//!
//! No number is ever among them.

use serde_json::{Value, json};
use xinting_hw::modem::command::registration::Registration;
use xinting_hw::modem::{
    AbsentCause, CallOutcome, CallState, ModemHealth, RefusedReason, SimProblem, VolteState,
};

/// Below this a voice call breaks up; the figure modem makers' installation guides call marginal.
const WEAK_DBM: i16 = -95;

/// Signal strength from 0 to 5 bars, on a scale of ours: two bars carry a call, one does not carry it well.
pub(crate) const fn bars(rssi_dbm: i16) -> u8 {
    match rssi_dbm {
        -70.. => 5,
        -80..-70 => 4,
        -88..-80 => 3,
        WEAK_DBM..-88 => 2,
        -105..WEAK_DBM => 1,
        ..-105 => 0,
    }
}

pub(crate) fn signal_words(rssi_dbm: Option<i16>) -> String {
    let Some(dbm) = rssi_dbm else {
        return "signal unknown".to_owned();
    };
    let bars = bars(dbm);
    let word = match bars {
        0 | 1 => "weak",
        2 | 3 => "fair",
        _ => "good",
    };
    format!("signal {dbm} dBm, {bars} of 5 bars ({word})")
}

pub(crate) fn health_words(health: &ModemHealth) -> String {
    match health {
        ModemHealth::Absent(cause) => absent_words(*cause).to_owned(),
        ModemHealth::Starting => "asking".to_owned(),
        ModemHealth::NotResponding => "nothing on this port answers like a modem".to_owned(),
        ModemHealth::NoSim(problem) => sim_words(*problem).to_owned(),
        ModemHealth::Searching { rssi_dbm } => {
            format!("looking for a network, {}", signal_words(*rssi_dbm))
        }
        ModemHealth::Denied => "the network refuses this SIM card".to_owned(),
        ModemHealth::Registered {
            roaming,
            operator,
            rssi_dbm,
        } => format!(
            "ready to call: {}{}, {}",
            operator.as_deref().unwrap_or("operator not named"),
            if *roaming { " (roaming)" } else { "" },
            signal_words(*rssi_dbm)
        ),
    }
}

const fn absent_words(cause: AbsentCause) -> &'static str {
    match cause {
        AbsentCause::NotConfigured => "no port given",
        AbsentCause::NoSuchPort => "the port does not exist",
        AbsentCause::PermissionDenied => "no permission to open the port",
        AbsentCause::PortInUse => "another program holds the port",
        AbsentCause::OpenFailed => "the port cannot be opened as a serial port",
        AbsentCause::Ambiguous => "several devices fit this description",
        AbsentCause::OtherDevice => "the port now belongs to another device than before",
    }
}

pub(crate) const fn sim_words(problem: SimProblem) -> &'static str {
    match problem {
        SimProblem::Absent => "no SIM card",
        SimProblem::NeedsPin => "the SIM card wants its PIN",
        SimProblem::WrongPin => "the SIM card has refused the PIN",
        SimProblem::NeedsPuk => "the SIM card wants its PUK",
        SimProblem::Faulty => "the SIM card does not work",
    }
}

/// What to do about a modem that cannot call, or not well; `None` when there is nothing to do.
pub(crate) fn mend(health: &ModemHealth) -> Option<&'static str> {
    Some(match health {
        ModemHealth::Absent(cause) => match cause {
            AbsentCause::NotConfigured | AbsentCause::NoSuchPort => {
                "plug the modem in and name its port; `xinting-hw doctor` lists the ports that are there"
            }
            AbsentCause::PermissionDenied => {
                "add the user to the group dialout (sudo usermod -aG dialout USER) and log in again"
            }
            AbsentCause::PortInUse => {
                "stop the program that holds it; `xinting-hw doctor --port PORT` says which one it is"
            }
            AbsentCause::OpenFailed => "name a serial port; this is something else",
            AbsentCause::Ambiguous => {
                "add the serial number or the interface (usb:VVVV:PPPP:serial#interface), or unplug the other one"
            }
            AbsentCause::OtherDevice => {
                "plug the modem back in, or name it by a stable name below /dev/serial/by-id"
            }
        },
        ModemHealth::Starting | ModemHealth::NotResponding => {
            "try the modem's other ports (a module shows three or four, and only one or two take commands), and its power"
        }
        ModemHealth::NoSim(problem) => sim_mend(*problem),
        ModemHealth::Searching { .. } => {
            "check the antenna, and that the card's operator is received here"
        }
        ModemHealth::Denied => {
            "ask the operator whether the card is active and allowed to make voice calls"
        }
        ModemHealth::Registered {
            rssi_dbm: Some(dbm),
            ..
        } if *dbm < WEAK_DBM => {
            "the signal is weak: move the antenna towards a window, away from metal and from the screen"
        }
        ModemHealth::Registered { .. } => return None,
    })
}

const fn sim_mend(problem: SimProblem) -> &'static str {
    match problem {
        SimProblem::Absent => {
            "put a SIM card in with the power off, contacts facing the board; where one is in, press it down and try another"
        }
        SimProblem::NeedsPin => {
            "give the PIN in a file with --pin-file (and in the booth's configuration), or switch it off in a telephone"
        }
        SimProblem::WrongPin => {
            "find out the right PIN before anybody tries again: three wrong ones lock the card"
        }
        SimProblem::NeedsPuk => {
            "ask whoever owns the card for the PUK and enter it in a telephone; nothing here touches a PUK"
        }
        SimProblem::Faulty => "try another SIM card",
    }
}

pub(crate) const fn registration_words(registration: Option<Registration>) -> &'static str {
    match registration {
        None => "it does not say",
        Some(Registration::Idle) => "not registered and not looking",
        Some(Registration::RegisteredHome) => "registered",
        Some(Registration::Searching) => "looking for a network",
        Some(Registration::Denied) => "refused",
        Some(Registration::RegisteredRoaming) => "registered, roaming",
        Some(Registration::Unknown) => "emergency calls only, or not known",
    }
}

pub(crate) const fn registration_name(registration: Option<Registration>) -> Option<&'static str> {
    Some(match registration {
        None => return None,
        Some(Registration::Idle) => "idle",
        Some(Registration::RegisteredHome) => "registered_home",
        Some(Registration::Searching) => "searching",
        Some(Registration::Denied) => "denied",
        Some(Registration::RegisteredRoaming) => "registered_roaming",
        Some(Registration::Unknown) => "unknown",
    })
}

pub(crate) const fn volte_words(volte: VolteState) -> &'static str {
    match volte {
        VolteState::Unknown => {
            "it does not say; without VoLTE it can only call where 2G or 3G is still on the air"
        }
        VolteState::Off => "off: it can only call where 2G or 3G is still on the air",
        VolteState::On => "on; whether the network has taken it is not known",
        VolteState::Registered => "on, and the network has taken it",
    }
}

pub(crate) const fn volte_name(volte: VolteState) -> &'static str {
    match volte {
        VolteState::Unknown => "unknown",
        VolteState::Off => "off",
        VolteState::On => "on",
        VolteState::Registered => "registered",
    }
}

pub(crate) fn health_json(health: &ModemHealth) -> Value {
    match health {
        ModemHealth::Absent(cause) => json!({ "health": "absent", "cause": match cause {
            AbsentCause::NotConfigured => "not_configured",
            AbsentCause::NoSuchPort => "no_such_port",
            AbsentCause::PermissionDenied => "permission_denied",
            AbsentCause::PortInUse => "port_in_use",
            AbsentCause::OpenFailed => "open_failed",
            AbsentCause::Ambiguous => "ambiguous",
            AbsentCause::OtherDevice => "other_device",
        }}),
        ModemHealth::Starting => json!({ "health": "starting" }),
        ModemHealth::NotResponding => json!({ "health": "not_responding" }),
        ModemHealth::NoSim(problem) => {
            json!({ "health": "no_sim", "cause": sim_name(*problem) })
        }
        ModemHealth::Searching { rssi_dbm } => json!({
            "health": "searching", "rssi_dbm": rssi_dbm, "bars": rssi_dbm.map(bars),
        }),
        ModemHealth::Denied => json!({ "health": "denied" }),
        ModemHealth::Registered {
            roaming,
            operator,
            rssi_dbm,
        } => json!({
            "health": "registered", "roaming": roaming, "operator": operator,
            "rssi_dbm": rssi_dbm, "bars": rssi_dbm.map(bars),
        }),
    }
}

pub(crate) const fn sim_name(problem: SimProblem) -> &'static str {
    match problem {
        SimProblem::Absent => "absent",
        SimProblem::NeedsPin => "needs_pin",
        SimProblem::WrongPin => "wrong_pin",
        SimProblem::NeedsPuk => "needs_puk",
        SimProblem::Faulty => "faulty",
    }
}

pub(crate) fn call_json(state: &CallState) -> Value {
    match state {
        CallState::Dialling => json!({ "state": "dialling" }),
        CallState::Redialling => json!({ "state": "dialling", "again": true }),
        CallState::Alerting => json!({ "state": "alerting" }),
        CallState::LineOpen => json!({ "state": "line_open" }),
        CallState::Ended(CallOutcome::Refused(reason)) => {
            let (reason, cme) = match reason {
                RefusedReason::NoModem => ("no_modem", None),
                RefusedReason::NotResponding => ("not_responding", None),
                RefusedReason::AlreadyInCall => ("already_in_call", None),
                RefusedReason::NoSim => ("no_sim", None),
                RefusedReason::NoNetwork => ("no_network", None),
                RefusedReason::ByModem(cme) => ("by_modem", *cme),
            };
            json!({ "state": "ended", "outcome": "refused", "reason": reason, "cme": cme })
        }
        CallState::Ended(outcome) => json!({ "state": "ended", "outcome": outcome_name(*outcome) }),
    }
}

const fn outcome_name(outcome: CallOutcome) -> &'static str {
    match outcome {
        CallOutcome::HungUpHere => "hung_up_here",
        CallOutcome::RemoteEnded => "remote_ended",
        CallOutcome::Busy => "busy",
        CallOutcome::NoAnswer => "no_answer",
        CallOutcome::NoCarrier => "no_carrier",
        CallOutcome::Refused(_) => "refused",
        CallOutcome::ModemLost => "modem_lost",
        CallOutcome::TimedOut => "timed_out",
    }
}

pub(crate) fn call_words(state: &CallState) -> String {
    match state {
        CallState::Dialling => "dialling".to_owned(),
        CallState::Redialling => "the network dropped it at once; dialling once more".to_owned(),
        CallState::Alerting => "it rings at the other side".to_owned(),
        CallState::LineOpen => {
            "the line is open (whether a person answered only your ear can tell)".to_owned()
        }
        CallState::Ended(outcome) => format!("ended: {}", outcome_words(*outcome)),
    }
}

fn outcome_words(outcome: CallOutcome) -> String {
    match outcome {
        CallOutcome::HungUpHere => "hung up here, and the modem confirms it",
        CallOutcome::RemoteEnded => "the other side hung up",
        CallOutcome::Busy => "busy",
        CallOutcome::NoAnswer => "nobody answered",
        CallOutcome::NoCarrier => "the network dropped the call",
        CallOutcome::Refused(reason) => return refused_words(reason),
        CallOutcome::ModemLost => "the modem was lost; what became of the call is not known",
        CallOutcome::TimedOut => "no sign of progress within the time allowed",
    }
    .to_owned()
}

fn refused_words(reason: RefusedReason) -> String {
    match reason {
        RefusedReason::NoModem => "there is no modem on this port".to_owned(),
        RefusedReason::NotResponding => "the modem does not answer".to_owned(),
        RefusedReason::AlreadyInCall => "another call is up".to_owned(),
        RefusedReason::NoSim => "the modem says that its SIM card is missing or locked".to_owned(),
        RefusedReason::NoNetwork => "the modem says that it has no network".to_owned(),
        RefusedReason::ByModem(Some(code)) => format!("the modem refused (+CME ERROR: {code})"),
        RefusedReason::ByModem(None) => "the modem refused".to_owned(),
    }
}

/// What to do about a call that did not go well; `None` where the call itself worked. `vanished` when the port went
/// away with it.
pub(crate) const fn call_mend(outcome: CallOutcome, vanished: bool) -> Option<&'static str> {
    match outcome {
        CallOutcome::HungUpHere | CallOutcome::RemoteEnded | CallOutcome::Busy => None,
        CallOutcome::ModemLost if vanished => Some(
            "a modem that vanishes or restarts while it calls lacks power: a call draws bursts of 2 A; give it a supply \
             of its own, a short thick cable, and a capacitor of 1000 µF beside the module",
        ),
        CallOutcome::ModemLost => {
            Some("look at the modem's power and cable; a call draws bursts of 2 A")
        }
        CallOutcome::NoAnswer | CallOutcome::TimedOut => {
            Some("try a number that answers for certain, such as your own telephone")
        }
        CallOutcome::NoCarrier => Some(
            "check credit, signal and VoLTE with `probe`; where 2G and 3G are gone a module without VoLTE cannot call",
        ),
        CallOutcome::Refused(reason) => Some(match reason {
            RefusedReason::NoModem | RefusedReason::NotResponding => {
                "`xinting-hw doctor --port PORT` says what is wrong with it"
            }
            RefusedReason::AlreadyInCall => "wait until the other call is over",
            RefusedReason::NoSim => "look at the SIM card with `probe`",
            RefusedReason::NoNetwork => {
                "check the antenna, and that the card's operator is received here"
            }
            RefusedReason::ByModem(_) => {
                "it may be sold without voice: read its full name off the label and compare it with the maker's list"
            }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_go_up_with_the_signal_and_one_is_weak() {
        let table = [
            (-113, 0, "weak"),
            (-106, 0, "weak"),
            (-105, 1, "weak"),
            (-96, 1, "weak"),
            (WEAK_DBM, 2, "fair"),
            (-88, 3, "fair"),
            (-80, 4, "good"),
            (-70, 5, "good"),
            (-51, 5, "good"),
        ];
        for (dbm, wanted, word) in table {
            assert_eq!(bars(dbm), wanted, "{dbm}");
            assert!(signal_words(Some(dbm)).ends_with(&format!("({word})")));
            let health = ModemHealth::Registered {
                roaming: false,
                operator: None,
                rssi_dbm: Some(dbm),
            };
            assert_eq!(mend(&health).is_some(), word == "weak", "{dbm}");
        }
    }
}
