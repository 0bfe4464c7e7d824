//! What a module says without being asked (unsolicited result codes), by 27.007 and V.250 alone.
//!
//! Words of single makers are not decoded here: different makers use the same word for opposite things.

use super::command::calls::CallEntry;
use super::command::registration::Registration;
use super::line::EndWord;

/// First or last words of a module. `RDY`: Quectel EC2x and SIMCom manuals; `^SYSSTART`: Cinterion and Huawei modules;
/// `*ATREADY: 1`: A76xx, unverified; `NORMAL POWER DOWN` and `POWERED DOWN`: SIM800 manual and Quectel EC2x manual.
const RESTARTED: [&str; 5] = [
    "RDY",
    "^SYSSTART",
    "*ATREADY: 1",
    "NORMAL POWER DOWN",
    "POWERED DOWN",
];

/// Words that follow a start by up to half a minute, so a call may have begun since (SIM800 manual, section 18;
/// `SMS DONE` and `PB DONE`: SIM7600 manual).
const PERHAPS_RESTARTED: [&str; 5] = ["+CFUN: 1", "CALL READY", "SMS READY", "SMS DONE", "PB DONE"];

/// One unasked line that matters for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Urc {
    /// Somebody calls (`RING`, `+CRING`; `+CCWA` while a call is up, 27.007 section 7.12).
    Ring,
    /// A call or an attempt ended.
    End(EndWord),
    /// The SIM went away or came back (`+CPIN`): time to ask.
    SimChanged,
    /// Registration changed (`+CREG`, `+CEREG`): time to ask, and what it said.
    Registration(Registration),
    /// The module has started anew, or is about to switch off.
    Restarted,
    /// The module may have started anew: words that also come late after a start that is known of.
    PerhapsRestarted,
    /// A call was listed without being asked for.
    Call(CallEntry),
}

impl Urc {
    /// Reads a whole line; `None` for what does not matter here.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        if let Some(word) = EndWord::parse(line) {
            return Some(Self::End(word));
        }
        let upper = line.to_ascii_uppercase();
        if upper == "RING" || upper.starts_with("+CRING:") || upper.starts_with("+CCWA:") {
            return Some(Self::Ring);
        }
        if RESTARTED.contains(&upper.as_str()) {
            return Some(Self::Restarted);
        }
        if PERHAPS_RESTARTED.contains(&upper.as_str()) {
            return Some(Self::PerhapsRestarted);
        }
        if upper.starts_with("+CPIN:") {
            return Some(Self::SimChanged);
        }
        if upper.starts_with("+CLCC:") {
            return CallEntry::parse(line).map(Self::Call);
        }
        if upper.starts_with("+CREG:") || upper.starts_with("+CEREG:") {
            return Registration::parse(line).map(Self::Registration);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unasked_lines() {
        let table = [
            ("RING", Some(Urc::Ring)),
            ("+CRING: VOICE", Some(Urc::Ring)),
            ("BUSY", Some(Urc::End(EndWord::Busy))),
            ("RDY", Some(Urc::Restarted)),
            ("^sysstart", Some(Urc::Restarted)),
            ("SMS Ready", Some(Urc::PerhapsRestarted)),
            ("+CFUN: 4", None),
            ("+CCWA: \"\",128,1", Some(Urc::Ring)),
            ("+CPIN: NOT READY", Some(Urc::SimChanged)),
            (
                "+CREG: 5",
                Some(Urc::Registration(Registration::RegisteredRoaming)),
            ),
            (
                "+CREG: 1,\"1A2B\",\"01\",7",
                Some(Urc::Registration(Registration::RegisteredHome)),
            ),
            ("VOICE CALL: END", None),
            ("^DSCI: 1,0,3,0,,129", None),
            ("+CLCC: rubbish", None),
            ("", None),
        ];
        for (line, wanted) in table {
            assert_eq!(Urc::parse(line), wanted, "{line}");
        }
    }
}
