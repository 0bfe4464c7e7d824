//! u-blox: SARA, LARA, TOBY, LISA modules with voice.
//!
//! "MM" is ModemManager's `src/plugins/ublox/mm-broadband-modem-ublox.c`.

use super::{CallSign, Dialect, DialectId, PinTries, What, after, answer, number, split, tries};

/// u-blox's habits.
#[derive(Debug, Clone, Copy)]
pub struct Ublox;

impl Dialect for Ublox {
    fn id(&self) -> DialectId {
        DialectId::Ublox
    }

    /// `+UCALLSTAT: <id>,<stat>`: 0 active, 1 held, 2 dialling, 3 alerting, 4 incoming, 5 waiting, 6 disconnected,
    /// 7 connected (MM, `ucallstat_received`). The direction of a call that is over is not told, only its number.
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

    /// MM, `common_voice_enable_disable_unsolicited_events`.
    fn prepare(&self) -> &'static [&'static str] {
        &["AT+UCALLSTAT=1"]
    }

    /// MM, `modem_reset`.
    fn soft_reset(&self) -> &'static str {
        "AT+CFUN=16"
    }

    fn pin_tries(&self) -> &'static PinTries {
        &PIN_TRIES
    }
}

/// `+UPINCNT: <pin>,<pin2>,<puk>,<puk2>`: `ModemManager`, `mm_ublox_parse_upincnt_response`.
static PIN_TRIES: PinTries = PinTries {
    query: "AT+UPINCNT",
    read: |lines| tries(&answer(lines, "+UPINCNT")?, 0),
};
