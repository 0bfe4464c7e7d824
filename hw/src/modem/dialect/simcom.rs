//! SIMCom: SIM800C (2G), SIM7600 (LTE, Qualcomm), A7670 and A7672 (LTE, ASR).
//!
//! "SIM800 manual" is *SIM800 Series AT Command Manual* V1.09, "SIM7600 manual" is *SIM7500_SIM7600 Series AT Command
//! Manual* V1.07. No manual of the A76 series could be read.

use super::{
    CallSign, Dialect, DialectId, PinTries, Volte, What, after, answer, ims_registered, number,
    split, tries,
};

/// SIMCom's habits.
#[derive(Debug, Clone, Copy)]
pub struct Simcom;

impl Dialect for Simcom {
    fn id(&self) -> DialectId {
        DialectId::Simcom
    }

    /// `VOICE CALL: BEGIN` and `VOICE CALL: END[: <hhmmss>]` come from the 3G and LTE modules (adafruit/Adafruit_FONA,
    /// `Adafruit_FONA.cpp`, class `Adafruit_FONA_3G`); that an A7672 may
    /// write `BEGIN` as soon as it rings is unverified, and nothing is claimed that it would make untrue.
    ///
    /// `MO RING` and `MO CONNECTED` come from the SIM800 after `AT+MORING=1` (SIM800 manual, list of unsolicited
    /// result codes, pages 351 and 352).
    ///
    /// `+CLCC` comes without being asked after `AT+CLCC=1`, and its state 6 is a call that is over (SIM800 manual
    /// section 3.2.16; mpmc/asterisk-chan-quectel, `src/at_command.c`, `at_enqueue_initialization_simcom`, does the
    /// same for SIM7600 and A7670).
    fn read(&self, line: &str) -> Option<CallSign> {
        let line = line.trim();
        let told = |what| Some(CallSign { id: None, what });
        if line.eq_ignore_ascii_case("MO RING") {
            return told(What::Alerting);
        }
        if line.eq_ignore_ascii_case("MO CONNECTED") {
            return told(What::LineOpen);
        }
        if let Some(rest) = after(line, "VOICE CALL") {
            let word = rest.split([':', ' ']).next().unwrap_or_default();
            return if word.eq_ignore_ascii_case("BEGIN") {
                told(What::LineOpen)
            } else if word.eq_ignore_ascii_case("END") {
                told(What::Ended(None))
            } else {
                None
            };
        }
        listed(&split(after(line, "+CLCC")?))
    }

    /// SIM800 manual section 3.2.16 and page 352. The LTE modules may refuse the second.
    fn prepare(&self) -> &'static [&'static str] {
        &["AT+CLCC=1", "AT+MORING=1"]
    }

    fn volte(&self) -> Option<&'static Volte> {
        Some(&VOLTE)
    }

    fn pin_tries(&self) -> &'static PinTries {
        &PIN_TRIES
    }
}

/// `<id>,<dir>,<stat>,<mode>,<mpty>[,<number>,…]`. A data connection in the list has another mode and no number; a
/// voice call over LTE may show another mode too, but has its number.
fn listed(fields: &[&str]) -> Option<CallSign> {
    let id = Some(number(fields, 0)?);
    let outgoing = number::<u8>(fields, 1)? == 0;
    let what = match (number::<u8>(fields, 2)?, outgoing) {
        (0, true) => What::LineOpen,
        (2, true) => What::Dialling,
        (3, true) => What::Alerting,
        (6, true) => What::Ended(None),
        (0..=5, false) => What::Incoming,
        _ => return None,
    };
    let voice = number::<u8>(fields, 3).is_none_or(|mode| mode == 0)
        || fields.get(5).is_some_and(|number| !number.is_empty());
    voice.then_some(CallSign { id, what })
}

/// The A7670 and A7672 know `+CAVIMS` (27.007, "availability for voice calls with IMS"); that writing 1 is enough and
/// that no restart is needed is unverified. SIM800C and SIM7600 answer ERROR to the question and are left alone.
static VOLTE: Volte = Volte {
    query: "AT+CAVIMS?",
    is_on: |lines| match number::<u8>(&answer(lines, "+CAVIMS")?, 0)? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    },
    enable: &["AT+CAVIMS=1"],
    needs_reset: false,
    verify: Some(("AT+CIREG?", ims_registered)),
};

/// `+SPIC: <pin>,…`; what follows the PIN differs between the series (SIM7600 manual V1.03, list of commands: "Times
/// remain to input SIM PIN/PUK"; oFono, `drivers/atmodem/sim.c`).
static PIN_TRIES: PinTries = PinTries {
    query: "AT+SPIC",
    read: |lines| tries(&answer(lines, "+SPIC")?, 0),
};
