//! `AT+CLCC`: which calls are there?
//!
//! Defined in 27.007 section 7.18. Fields may be unquoted, missing, or followed by more; a voice call may show mode
//! 1; an LTE module may list its data connection as a call without a number.

use std::fmt;

use super::{AtCommand, fields};
use crate::modem::DialNumber;

/// Asks for the list of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListCalls;

/// The state of one call as the module writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStatus {
    /// 0. Not proof that a person answered.
    Active,
    /// 1.
    Held,
    /// 2.
    Dialling,
    /// 3.
    Alerting,
    /// 4.
    Incoming,
    /// 5.
    Waiting,
    /// Anything else; SIMCom writes 6 for a call that is over.
    Over,
}

/// One line of the list.
#[derive(Clone, PartialEq, Eq)]
pub struct CallEntry {
    /// The module's number for the call, 1 to 7.
    pub id: u8,
    /// True when this side dialled.
    pub outgoing: bool,
    /// Where it stands.
    pub status: CallStatus,
    /// True when the mode is voice or not given.
    pub voice_mode: bool,
    number: String,
}

impl fmt::Debug for CallEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallEntry")
            .field("id", &self.id)
            .field("outgoing", &self.outgoing)
            .field("status", &self.status)
            .field("voice_mode", &self.voice_mode)
            .field("number", &"hidden")
            .finish()
    }
}

impl CallEntry {
    /// Reads one `+CLCC:` line; `None` when id, direction or status is not there.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let fields = fields(line);
        let field = |index: usize| fields.get(index)?.parse::<u8>().ok();
        let (id, direction, status) = (field(0)?, field(1)?, field(2)?);
        Some(Self {
            id,
            outgoing: direction == 0,
            status: match status {
                0 => CallStatus::Active,
                1 => CallStatus::Held,
                2 => CallStatus::Dialling,
                3 => CallStatus::Alerting,
                4 => CallStatus::Incoming,
                5 => CallStatus::Waiting,
                _ => CallStatus::Over,
            },
            voice_mode: field(3).is_none_or(|mode| mode == 0),
            number: fields
                .get(5)
                .map(|text| text.chars().filter(char::is_ascii_digit).collect())
                .unwrap_or_default(),
        })
    }

    /// True for a call that somebody could be hearing: not over, and not a data connection in the list. Those have no
    /// number and are active; whoever knocks or is being called is somebody, also without a number and in another mode.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.status != CallStatus::Over
            && (self.voice_mode || !self.number.is_empty() || self.status != CallStatus::Active)
    }

    /// True for a call from outside that nobody here has taken.
    #[must_use]
    pub fn is_knocking(&self) -> bool {
        !self.outgoing && matches!(self.status, CallStatus::Incoming | CallStatus::Waiting)
    }

    /// How surely this is the call to `number`.
    fn fits(&self, number: &DialNumber) -> Fit {
        if !self.outgoing || !self.is_up() {
            Fit::No
        } else if self.number.is_empty() {
            Fit::Perhaps
        } else if self.number.ends_with(number.digits()) || number.digits().ends_with(&self.number)
        {
            Fit::Yes
        } else if self.voice_mode {
            // Networks rewrite numbers; an outgoing voice call with another number can still be ours.
            Fit::Perhaps
        } else {
            Fit::No
        }
    }

    /// Our call in a list: the one with our id, else the one with our number, else the only outgoing one.
    #[must_use]
    pub fn find<'a>(list: &'a [Self], id: Option<u8>, number: &DialNumber) -> Option<&'a Self> {
        let by_id = list
            .iter()
            .find(|entry| Some(entry.id) == id && entry.fits(number) != Fit::No);
        let by_number = || list.iter().find(|entry| entry.fits(number) == Fit::Yes);
        let only = || {
            let mut maybe = list
                .iter()
                .filter(|entry| entry.fits(number) == Fit::Perhaps);
            maybe.next().filter(|_| maybe.next().is_none())
        };
        by_id.or_else(by_number).or_else(only)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    No,
    Perhaps,
    Yes,
}

impl ListCalls {
    /// Every readable line of an answer; of two about one call the later, because some makers also write such lines
    /// unasked, and one can come just before the answer.
    #[must_use]
    pub fn parse(lines: &[String]) -> Vec<CallEntry> {
        let mut list: Vec<CallEntry> = Vec::new();
        for entry in lines.iter().filter_map(|line| CallEntry::parse(line)) {
            list.retain(|other| other.id != entry.id);
            list.push(entry);
        }
        list
    }
}

impl AtCommand for ListCalls {
    fn encode(&self) -> String {
        "AT+CLCC".to_owned()
    }

    fn prefix(&self) -> Option<&'static str> {
        Some("+CLCC:")
    }

    fn name(&self) -> &'static str {
        "+CLCC"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(line: &str) -> Option<CallEntry> {
        CallEntry::parse(line)
    }

    #[test]
    fn lines_in_the_forms_seen() {
        let table = [
            (
                "+CLCC: 1,0,0,0,0,\"10010\",129",
                Some((1, true, CallStatus::Active, true)),
            ),
            (
                "+CLCC: 1,0,2,0,0,10010,129",
                Some((1, true, CallStatus::Dialling, true)),
            ),
            (
                "+CLCC: 2,0,3,0,0",
                Some((2, true, CallStatus::Alerting, true)),
            ),
            ("+CLCC: 1,0,3", Some((1, true, CallStatus::Alerting, true))),
            (
                "+CLCC: 1,1,4,0,0,\"\",128,\"\"",
                Some((1, false, CallStatus::Incoming, true)),
            ),
            (
                "+CLCC: 1,0,6,0,0,\"10010\",129",
                Some((1, true, CallStatus::Over, true)),
            ),
            (
                "+CLCC: 1,0,0,1,0,\"10010\",129",
                Some((1, true, CallStatus::Active, false)),
            ),
            (
                "+clcc: 1,0,0,0,0,\"10010\",129,\"\"",
                Some((1, true, CallStatus::Active, true)),
            ),
            ("+CLCC: 1,0", None),
            ("+CLCC: a,b,c", None),
            ("+CLCC: 999,0,0", None),
        ];
        for (line, wanted) in table {
            let found = entry(line).map(|e| (e.id, e.outgoing, e.status, e.voice_mode));
            assert_eq!(found, wanted, "{line}");
        }
    }

    #[test]
    fn our_call_is_found_by_id_number_or_being_the_only_one() {
        let ours = DialNumber::new("10010").unwrap();
        let list = |lines: &[&str]| {
            ListCalls::parse(&lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>())
        };
        let find = |lines: &[&str], id| CallEntry::find(&list(lines), id, &ours).map(|e| e.id);
        assert_eq!(find(&["+CLCC: 1,0,2,0,0,\"10010\",129"], None), Some(1));
        assert_eq!(
            find(&["+CLCC: 1,0,2,0,0,\"02110010\",129"], None),
            Some(1),
            "an area code was put before it"
        );
        assert_eq!(
            find(&["+CLCC: 1,0,2,1,0,\"10010\",129"], None),
            Some(1),
            "voice shown as mode 1"
        );
        assert_eq!(
            find(&["+CLCC: 1,0,0,1,0,\"\",128"], None),
            None,
            "a data connection"
        );
        assert_eq!(
            find(&["+CLCC: 1,0,0,1,0,\"\",128", "+CLCC: 2,0,2,0,0"], None),
            Some(2)
        );
        assert_eq!(
            find(&["+CLCC: 1,1,4,0,0,\"10010\",129"], None),
            None,
            "an incoming call"
        );
        assert_eq!(
            find(&["+CLCC: 1,0,6,0,0,\"10010\",129"], None),
            None,
            "a call that is over"
        );
        assert_eq!(
            find(&["+CLCC: 1,0,0,0,0", "+CLCC: 3,0,2,0,0"], Some(3)),
            Some(3)
        );
        assert_eq!(
            find(&["+CLCC: 1,0,0,0,0", "+CLCC: 3,0,2,0,0"], None),
            None,
            "it could be either"
        );
    }

    #[test]
    fn whoever_knocks_is_up_and_a_data_connection_is_not() {
        let table = [
            ("+CLCC: 1,1,4,1,0,\"\",129", true),
            ("+CLCC: 2,1,5,1,0,\"\",129", true),
            ("+CLCC: 2,1,3,1,0,\"\",129", true),
            ("+CLCC: 1,1,0,1,0,\"\",128", false),
            ("+CLCC: 1,0,0,1,0,\"\",128", false),
            ("+CLCC: 1,1,6,0,0,\"\",128", false),
        ];
        for (line, wanted) in table {
            assert_eq!(
                entry(line).map(|entry| entry.is_up()),
                Some(wanted),
                "{line}"
            );
        }
    }

    #[test]
    fn debug_hides_the_number() {
        let text = format!(
            "{:?}",
            entry("+CLCC: 1,0,2,0,0,\"13800138000\",129").unwrap()
        );
        assert!(!text.contains("138"), "{text}");
    }
}
