//! A module by 27.007 and V.250 alone, for whatever has no profile of its own.

use super::{Answer, CardState, Facts, Maker, Switches};

#[derive(Debug)]
pub(super) struct Generic;

impl Maker for Generic {
    fn name(&self) -> &'static str {
        "generic"
    }

    fn model(&self) -> &'static str {
        "XINTING SIM GENERIC"
    }

    fn manufacturer(&self) -> &'static str {
        "XINTING"
    }

    fn information(&self) -> &'static [&'static str] {
        &["XINTING SIM GENERIC"]
    }

    fn boot_words(&self, _card: CardState) -> Vec<&'static str> {
        vec!["RDY"]
    }

    fn own_command(&self, body: &str, _switches: &mut Switches, facts: Facts) -> Option<Answer> {
        // 27.007 section 8.65, `+CPINR`: tries left for a code, and how many there are at best.
        let pin = format!("+CPINR: SIM PIN,{},3", facts.pin);
        Some(match body {
            "+CPINR=\"SIM PIN\"" => Answer::line(pin),
            "+CPINR" => Answer::Lines(vec![pin, format!("+CPINR: SIM PUK,{},10", facts.puk)]),
            _ => return None,
        })
    }
}
