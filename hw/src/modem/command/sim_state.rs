//! `AT+CPIN?`: can the SIM be used?
//!
//! Defined in 27.007 section 8.3. One emulator sends `+CPIN: READY` and never a final OK. Entering a PIN is
//! [`super::pin_entry`]; a PUK is never touched.

use super::{AtCommand, fields};
use crate::modem::SimProblem;
use crate::modem::line::FinalResult;

/// Asks for the state of the SIM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimStateQuery;

/// What is known of the SIM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimState {
    /// Usable.
    Ready,
    /// Not yet: the card is busy (CME 14), ask again.
    Busy,
    /// Not usable.
    Problem(SimProblem),
    /// The module does not say.
    Unknown,
}

impl SimStateQuery {
    /// Reads an answer; `end` is `None` when the final result never came.
    #[must_use]
    pub fn parse(lines: &[String], end: Option<FinalResult>) -> SimState {
        if let Some(said) = lines
            .iter()
            .rev()
            .find_map(|line| fields(line).into_iter().next())
        {
            return match said.to_ascii_uppercase().as_str() {
                "READY" => SimState::Ready,
                // The second PIN guards a list of numbers, not calls.
                "SIM PIN2" | "SIM PUK2" => SimState::Ready,
                "SIM PIN" => SimState::Problem(SimProblem::NeedsPin),
                "SIM PUK" => SimState::Problem(SimProblem::NeedsPuk),
                "NOT INSERTED" => SimState::Problem(SimProblem::Absent),
                "NOT READY" => SimState::Busy,
                _ => SimState::Problem(SimProblem::Faulty),
            };
        }
        match end {
            Some(FinalResult::Cme(Some(10))) => SimState::Problem(SimProblem::Absent),
            Some(FinalResult::Cme(Some(11))) => SimState::Problem(SimProblem::NeedsPin),
            Some(FinalResult::Cme(Some(12))) => SimState::Problem(SimProblem::NeedsPuk),
            Some(FinalResult::Cme(Some(14))) => SimState::Busy,
            // 17 and 18 are about the second PIN.
            Some(FinalResult::Cme(Some(17 | 18))) => SimState::Ready,
            Some(FinalResult::Cme(Some(5..=7 | 13 | 15 | 40..=47))) => {
                SimState::Problem(SimProblem::Faulty)
            }
            // A plain ERROR is what modules without +CMEE say when there is no card.
            Some(FinalResult::Error) => SimState::Problem(SimProblem::Absent),
            _ => SimState::Unknown,
        }
    }
}

impl AtCommand for SimStateQuery {
    fn encode(&self) -> String {
        "AT+CPIN?".to_owned()
    }

    fn prefix(&self) -> Option<&'static str> {
        Some("+CPIN:")
    }

    fn name(&self) -> &'static str {
        "+CPIN"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_in_the_forms_seen() {
        let ok = Some(FinalResult::Ok);
        let table = [
            ("+CPIN: READY", ok, SimState::Ready),
            ("+CPIN:READY", None, SimState::Ready),
            ("+cpin: ready", ok, SimState::Ready),
            (
                "+CPIN: SIM PIN",
                ok,
                SimState::Problem(SimProblem::NeedsPin),
            ),
            (
                "+CPIN: SIM PUK",
                ok,
                SimState::Problem(SimProblem::NeedsPuk),
            ),
            (
                "+CPIN: PH-NET PIN",
                ok,
                SimState::Problem(SimProblem::Faulty),
            ),
            (
                "",
                Some(FinalResult::Cme(Some(10))),
                SimState::Problem(SimProblem::Absent),
            ),
            ("", Some(FinalResult::Cme(Some(14))), SimState::Busy),
            (
                "",
                Some(FinalResult::Error),
                SimState::Problem(SimProblem::Absent),
            ),
            ("", Some(FinalResult::Cme(Some(4))), SimState::Unknown),
            ("", ok, SimState::Unknown),
        ];
        for (line, end, wanted) in table {
            let lines: Vec<String> = if line.is_empty() {
                Vec::new()
            } else {
                vec![line.to_owned()]
            };
            assert_eq!(SimStateQuery::parse(&lines, end), wanted, "{line} {end:?}");
        }
    }
}
