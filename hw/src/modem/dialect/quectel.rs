//! Quectel: EC20, EC25, EG25 and their kin.
//!
//! "chan-quectel" is the Asterisk driver mpmc/asterisk-chan-quectel, written against EC25 and kept in use.

use super::{
    CallSign, Dialect, DialectId, PinTries, Volte, What, after, answer, number, split, tone_line,
    tries,
};

/// Quectel's habits.
#[derive(Debug, Clone, Copy)]
pub struct Quectel;

impl Dialect for Quectel {
    fn id(&self) -> DialectId {
        DialectId::Quectel
    }

    /// `^DSCI: <id>,<dir>,<stat>,<type>,<number>,<num_type>[,<tone_info>]` (chan-quectel, `src/at_parse.c`,
    /// `at_parse_dsci`) has Quectel's own numbers: 1 held, 2 dialling, 3 connected, 4 incoming, 5 waiting, 6 ended,
    /// 7 alerting (Quectel's header `quec_atcmd_call.h`, `quec_dsci_call_state_e`, in its SDK for the UNISOC 8910).
    /// Others who write `^DSCI` use the numbers of `+CLCC`, where 3 is alerting.
    ///
    /// `+QIND: "ccinfo",<id>,<dir>,<state>,<mode>,<mpty>,<number>,<type>` has the numbers of `+CLCC`, and −1 for a call
    /// that is over (chan-quectel, `src/at_parse.c`, `at_parse_qind_cc`). A user's program was seen to read 3 as
    /// connected there as well; taking it for alerting errs on the safe side, since `+CLCC` is asked anyway.
    fn read(&self, line: &str) -> Option<CallSign> {
        if let Some(rest) = after(line, "^DSCI") {
            let fields = split(rest);
            let what = match (number::<u8>(&fields, 1)?, number::<u8>(&fields, 2)?) {
                (0, 2) => What::Dialling,
                (0, 7) => What::Alerting,
                (0, 3) => What::LineOpen,
                (0, 6) => What::Ended(None),
                (1, 1..=5 | 7) => What::Incoming,
                _ => return None,
            };
            return voice(&fields, 0, 3, what);
        }
        let fields = split(after(line, "+QIND")?);
        if !fields.first()?.eq_ignore_ascii_case("ccinfo") {
            return None;
        }
        let what = match (number::<u8>(&fields, 2)?, number::<i8>(&fields, 3)?) {
            (0, 2) => What::Dialling,
            (0, 3) => What::Alerting,
            (0, 0) => What::LineOpen,
            (0, -1) => What::Ended(None),
            (1, 0..=5) => What::Incoming,
            _ => return None,
        };
        voice(&fields, 1, 4, what)
    }

    /// chan-quectel, `src/at_command.c`, `at_enqueue_initialization_quectel`, uses one or the other; older EC20 know
    /// only the first (unverified), and what both say agrees. The last 0 keeps the second out of permanent memory.
    fn prepare(&self) -> &'static [&'static str] {
        &["AT^DSCI=1", "AT+QINDCFG=\"ccinfo\",1,0"]
    }

    fn volte(&self) -> Option<&'static Volte> {
        Some(&VOLTE)
    }

    /// Quoted: chan-quectel, `src/at_command.c`, `at_enqueue_dtmf`.
    fn tone(&self, tone: char) -> String {
        tone_line("AT+VTS=\"", tone, "\"")
    }

    /// Ends every call with the cause "normal clearing": chan-quectel, `src/at_command.c`, `at_enqueue_qhup`. Without a
    /// call's number it means all of them (unverified). A module that does not know it goes on to `+CHUP`.
    fn hang_up_first(&self) -> &'static [&'static str] {
        &["AT+QHUP=16"]
    }

    fn pin_tries(&self) -> &'static PinTries {
        &PIN_TRIES
    }
}

/// The sign, unless the call is a data connection (`type` or `mode` other than 0).
fn voice(fields: &[&str], id: usize, kind: usize, what: What) -> Option<CallSign> {
    if number::<u8>(fields, kind).is_some_and(|kind| kind != 0) {
        return None;
    }
    Some(CallSign {
        id: Some(number(fields, id)?),
        what,
    })
}

/// `+QCFG: "ims",<value>,<registered>`: 0 follows the operator's profile in the module (MBN), 1 is on, 2 is off, and a
/// change needs a restart (*Quectel EC2x&EG2x&EG9x&EM05 Series QCFG AT Commands Manual* V1.6, `AT+QCFG="ims"`, as
/// summed up in a public note; the manual itself was not read). The second number is the registration with IMS:
/// MengMengCode/VoCat, `internal/device/cellular_ims.go`. A module that follows its profile and is registered is on.
static VOLTE: Volte = Volte {
    query: "AT+QCFG=\"ims\"",
    is_on: |lines| {
        let fields = ims(lines)?;
        match number::<u8>(&fields, 1)? {
            0 => Some(number::<u8>(&fields, 2) == Some(1)),
            1 => Some(true),
            2 => Some(false),
            _ => None,
        }
    },
    enable: &["AT+QCFG=\"ims\",1"],
    needs_reset: true,
    verify: Some(("AT+QCFG=\"ims\"", |lines| {
        match number::<u8>(&ims(lines)?, 2)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    })),
};

/// The fields of the line about IMS.
fn ims(lines: &[String]) -> Option<Vec<&str>> {
    answer(lines, "+QCFG").filter(|fields| {
        fields
            .first()
            .is_some_and(|name| name.eq_ignore_ascii_case("ims"))
    })
}

/// `+QPINC: "SC",<pin>,<puk>` and a second line for PIN2: oFono, `drivers/atmodem/sim.c`.
static PIN_TRIES: PinTries = PinTries {
    query: "AT+QPINC?",
    read: |lines| {
        lines.iter().find_map(|line| {
            let fields = split(after(line, "+QPINC")?);
            if !fields.first()?.eq_ignore_ascii_case("SC") {
                return None;
            }
            tries(&fields, 1)
        })
    },
};
