//! Huawei data cards and modules with voice.
//!
//! "MU509 manual" is *HUAWEI MU509 HSDPA LGA Module AT Command Interface Specification* issue 04, "chan-dongle" the
//! Asterisk driver bg111/asterisk-chan-dongle, "MM" ModemManager's `src/plugins/huawei/mm-broadband-modem-huawei.c`.

use super::{
    CallSign, Dialect, DialectId, EndHint, PinTries, What, after, answer, number, split, tone_line,
    tries,
};

/// Huawei's habits.
#[derive(Debug, Clone, Copy)]
pub struct Huawei;

impl Dialect for Huawei {
    fn id(&self) -> DialectId {
        DialectId::Huawei
    }

    /// `^ORIG:<id>,<type>`, `^CONF:<id>`, `^CONN:<id>,<type>`, `^CEND:<id>,<duration>,<end_status>[,<cc_cause>]`:
    /// oFono, `drivers/huaweimodem/voicecall.c`; MU509 manual section 9.17. The duration is not looked at.
    fn read(&self, line: &str) -> Option<CallSign> {
        let (fields, what) = if let Some(rest) = after(line, "^ORIG") {
            (split(rest), What::Dialling)
        } else if let Some(rest) = after(line, "^CONF") {
            (split(rest), What::Alerting)
        } else if let Some(rest) = after(line, "^CONN") {
            (split(rest), What::LineOpen)
        } else {
            let fields = split(after(line, "^CEND")?);
            let hint = end_hint(number(&fields, 3));
            (fields, What::Ended(hint))
        };
        let id = Some(number(&fields, 0)?);
        let kind = matches!(what, What::Dialling | What::LineOpen)
            .then(|| number::<u8>(&fields, 1))
            .flatten();
        // 0 is voice and 9 an emergency call (Huawei MC509 AT Command Interface Specification, section 7.9.3).
        matches!(kind, None | Some(0 | 9)).then_some(CallSign { id, what })
    }

    /// MM sends it to have unasked lines written at all.
    fn prepare(&self) -> &'static [&'static str] {
        &["AT^CURC=1"]
    }

    /// chan-dongle, `at_command.c`, `at_enqueue_dtmf`: call number, then the tone. A booth holds one call, and the
    /// first one has number 1. A to D are not sent by the cards seen there. MU509 manual section 11.6 has
    /// `AT+VTS` instead; whether it takes `^DTMF` too is unverified.
    fn tone(&self, tone: char) -> String {
        tone_line("AT^DTMF=1,", tone, "")
    }

    /// MM, `reset`; the MU736 alone takes it and does nothing.
    fn soft_reset(&self) -> &'static str {
        "AT^RESET"
    }

    fn pin_tries(&self) -> &'static PinTries {
        &PIN_TRIES
    }
}

/// Reads causes of 3GPP 24.008 section 10.5.4.11: 16 normal clearing, 17 busy, 18 and 19 no answer. They are only there
/// when the network gave one (MU509 manual section 9.17, note). `<end_status>` does not tell who hung up: 29, "ended at the
/// client", is written for both.
const fn end_hint(cause: Option<u8>) -> Option<EndHint> {
    match cause {
        Some(16) => Some(EndHint::Remote),
        Some(17) => Some(EndHint::Busy),
        Some(18 | 19) => Some(EndHint::NoAnswer),
        _ => None,
    }
}

/// `^CPIN: <code>,<tries of that code>,<puk>,<pin>,<puk2>,<pin2>`: MM, `load_unlock_retries_finish`.
static PIN_TRIES: PinTries = PinTries {
    query: "AT^CPIN?",
    read: |lines| tries(&answer(lines, "^CPIN")?, 3),
};
