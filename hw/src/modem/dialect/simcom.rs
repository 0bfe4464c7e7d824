//! SIMCom: SIM800C (2G), SIM7600 (LTE, Qualcomm), A7670 and A7672 (LTE, ASR).

use super::{
    CallSign, Dialect, DialectId, Volte, What, after, answer, ims_registered, number, split,
};

/// SIMCom's habits.
#[derive(Debug, Clone, Copy)]
pub struct Simcom;

impl Dialect for Simcom {
    fn id(&self) -> DialectId {
        DialectId::Simcom
    }

    fn read(&self, line: &str) -> Option<CallSign> {
        if let Some(rest) = after(line, "VOICE CALL") {
            let word = rest.split([':', ' ']).next().unwrap_or_default();
            let what = if word.eq_ignore_ascii_case("BEGIN") {
                What::LineOpen
            } else if word.eq_ignore_ascii_case("END") {
                What::Ended(None)
            } else {
                return None;
            };
            return Some(CallSign { id: None, what });
        }
        let fields = split(after(line, "+CLCC")?);
        let outgoing = number::<u8>(&fields, 1)? == 0;
        let what = match number::<u8>(&fields, 2)? {
            6 if outgoing => What::Ended(None),
            0..=5 if !outgoing => What::Incoming,
            0 => What::LineOpen,
            2 => What::Dialling,
            3 => What::Alerting,
            _ => return None,
        };
        Some(CallSign {
            id: Some(number(&fields, 0)?),
            what,
        })
    }

    fn prepare(&self) -> &'static [&'static str] {
        &["AT+CLCC=1"]
    }

    fn volte(&self) -> Option<&'static Volte> {
        Some(&VOLTE)
    }
}

static VOLTE: Volte = Volte {
    query: "AT+CAVIMS?",
    is_on: |lines| Some(number::<u8>(&answer(lines, "+CAVIMS")?, 0)? == 1),
    enable: &["AT+CAVIMS=1"],
    needs_reset: false,
    verify: Some(("AT+CIREG?", ims_registered)),
};
