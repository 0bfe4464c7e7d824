//! u-blox: SARA, LARA, TOBY, LISA modules with voice.

use super::{CallSign, Dialect, DialectId, What, after, number, split};

/// u-blox's habits.
#[derive(Debug, Clone, Copy)]
pub struct Ublox;

impl Dialect for Ublox {
    fn id(&self) -> DialectId {
        DialectId::Ublox
    }

    fn read(&self, line: &str) -> Option<CallSign> {
        let fields = split(after(line, "+UCALLSTAT")?);
        let what = match number::<u8>(&fields, 1)? {
            0 | 7 => What::LineOpen,
            2 => What::Dialling,
            3 => What::Alerting,
            4 | 5 => What::Incoming,
            6 => What::Ended(None),
            _ => return None,
        };
        Some(CallSign {
            id: Some(number(&fields, 0)?),
            what,
        })
    }

    fn prepare(&self) -> &'static [&'static str] {
        &["AT+UCALLSTAT=1"]
    }

    fn soft_reset(&self) -> &'static str {
        "AT+CFUN=16"
    }
}
