//! `AT+CREG?` and `AT+CEREG?`: is the SIM in a network, circuit-switched or LTE?
//!
//! Defined in 27.007 sections 7.2 and 10.1.22. Either may answer ERROR on a module without that domain; registered in
//! one of them is registered.

use super::{AtCommand, fields};

/// Asks for registration in one domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationQuery {
    /// `AT+CREG?`
    Circuit,
    /// `AT+CEREG?`
    Lte,
}

/// Where the SIM stands with the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// 0: not registered and not looking.
    Idle,
    /// 1, or 6 and 9 (the same with limits that do not touch voice here).
    RegisteredHome,
    /// 2: looking.
    Searching,
    /// 3: refused.
    Denied,
    /// 5, or 7 and 10.
    RegisteredRoaming,
    /// 4, 8 (emergency calls only) and everything else.
    Unknown,
}

impl Registration {
    /// Reads one line, as an answer (`n,stat,…`) or unasked (`stat,…`).
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let raw = line.split_once(':')?.1;
        let fields = fields(line);
        let first: u8 = fields.first()?.parse().ok()?;
        // In the unasked form the second field is a quoted area code, in an answer it is the bare state.
        let second_is_quoted = raw
            .split(',')
            .nth(1)
            .is_some_and(|field| field.trim().starts_with('"'));
        let stat = match fields.get(1) {
            Some(second) if !second_is_quoted => second.parse().ok()?,
            _ => first,
        };
        Some(match stat {
            0 => Self::Idle,
            1 | 6 | 9 => Self::RegisteredHome,
            2 => Self::Searching,
            3 => Self::Denied,
            5 | 7 | 10 => Self::RegisteredRoaming,
            _ => Self::Unknown,
        })
    }

    /// True in a network, at home or abroad.
    #[must_use]
    pub const fn is_registered(self) -> bool {
        matches!(self, Self::RegisteredHome | Self::RegisteredRoaming)
    }
}

impl RegistrationQuery {
    /// The last readable line of an answer.
    #[must_use]
    pub fn parse(lines: &[String]) -> Option<Registration> {
        lines
            .iter()
            .rev()
            .find_map(|line| Registration::parse(line))
    }
}

impl AtCommand for RegistrationQuery {
    fn encode(&self) -> String {
        match self {
            Self::Circuit => "AT+CREG?",
            Self::Lte => "AT+CEREG?",
        }
        .to_owned()
    }

    fn prefix(&self) -> Option<&'static str> {
        Some(match self {
            Self::Circuit => "+CREG:",
            Self::Lte => "+CEREG:",
        })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Circuit => "+CREG",
            Self::Lte => "+CEREG",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_the_forms_seen() {
        let table = [
            ("+CREG: 0,1", Some(Registration::RegisteredHome)),
            (
                "+CREG: 2,5,\"1A2B\",\"00C3\",7",
                Some(Registration::RegisteredRoaming),
            ),
            ("+CREG: 1", Some(Registration::RegisteredHome)),
            ("+CEREG: 3", Some(Registration::Denied)),
            (
                "+CREG: 1,\"1A2B\",\"00C3\"",
                Some(Registration::RegisteredHome),
            ),
            ("+CREG:0,2", Some(Registration::Searching)),
            ("+CREG: 0,0", Some(Registration::Idle)),
            ("+CREG: 0,8", Some(Registration::Unknown)),
            ("+CREG: x,y", None),
            ("+CREG:", None),
            ("+CREG: 0,", None),
        ];
        for (line, wanted) in table {
            assert_eq!(Registration::parse(line), wanted, "{line}");
        }
    }
}
