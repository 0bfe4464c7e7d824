//! A module by 27.007 and V.250 alone, for whatever has no profile of its own.

use super::{Answer, CardState, Maker, Switches, Tries};

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

    fn own_command(
        &self,
        body: &str,
        _switches: &mut Switches,
        tries: Tries,
        _may_switch: bool,
    ) -> Option<Answer> {
        // 27.007 section 8.65, `+CPINR`: remaining tries for the code that is asked for, and how many there are at best.
        (body == "+CPINR" || body == "+CPINR=\"SIM PIN\"").then(|| {
            let mut lines = vec![format!("+CPINR: SIM PIN,{},3", tries.pin)];
            if body == "+CPINR" {
                lines.push(format!("+CPINR: SIM PUK,{},10", tries.puk));
            }
            Answer::Lines(lines)
        })
    }
}
