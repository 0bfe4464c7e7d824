//! Huawei data cards and modules with voice.

use super::{CallSign, Dialect, DialectId, EndHint, What, after, number, split, tone_line};

/// Huawei's habits.
#[derive(Debug, Clone, Copy)]
pub struct Huawei;

impl Dialect for Huawei {
    fn id(&self) -> DialectId {
        DialectId::Huawei
    }

    fn read(&self, line: &str) -> Option<CallSign> {
        let (fields, what) = if let Some(rest) = after(line, "^ORIG") {
            (split(rest), What::Dialling)
        } else if let Some(rest) = after(line, "^CONF") {
            (split(rest), What::Alerting)
        } else if let Some(rest) = after(line, "^CONN") {
            (split(rest), What::LineOpen)
        } else {
            let fields = split(after(line, "^CEND")?);
            let hint = match number::<u8>(&fields, 3) {
                Some(16) => Some(EndHint::Remote),
                Some(17) => Some(EndHint::Busy),
                Some(18 | 19) => Some(EndHint::NoAnswer),
                _ => None,
            };
            (fields, What::Ended(hint))
        };
        Some(CallSign {
            id: Some(number(&fields, 0)?),
            what,
        })
    }

    fn prepare(&self) -> &'static [&'static str] {
        &["AT^CURC=1"]
    }

    fn tone(&self, tone: char) -> String {
        tone_line("AT^DTMF=1,", tone, "")
    }

    fn soft_reset(&self) -> &'static str {
        "AT^RESET"
    }
}
