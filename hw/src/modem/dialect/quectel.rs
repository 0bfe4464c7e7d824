//! Quectel: EC20, EC25, EG25.

use super::{CallSign, Dialect, DialectId, Volte, What, after, answer, number, split, tone_line};

/// Quectel's habits.
#[derive(Debug, Clone, Copy)]
pub struct Quectel;

impl Dialect for Quectel {
    fn id(&self) -> DialectId {
        DialectId::Quectel
    }

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

    fn prepare(&self) -> &'static [&'static str] {
        &["AT^DSCI=1", "AT+QINDCFG=\"ccinfo\",1"]
    }

    fn volte(&self) -> Option<&'static Volte> {
        Some(&VOLTE)
    }

    fn tone(&self, tone: char) -> String {
        tone_line("AT+VTS=\"", tone, "\"")
    }
}

/// The sign, unless the call is a data connection.
fn voice(fields: &[&str], id: usize, kind: usize, what: What) -> Option<CallSign> {
    if number::<u8>(fields, kind).is_some_and(|kind| kind != 0) {
        return None;
    }
    Some(CallSign {
        id: Some(number(fields, id)?),
        what,
    })
}

static VOLTE: Volte = Volte {
    query: "AT+QCFG=\"ims\"",
    is_on: |lines| Some(number::<u8>(&ims(lines)?, 1)? == 1),
    enable: &["AT+QCFG=\"ims\",1"],
    needs_reset: true,
    verify: Some(("AT+QCFG=\"ims\"", |lines| {
        Some(number::<u8>(&ims(lines)?, 2)? == 1)
    })),
};

/// The fields of `+QCFG: "ims",<switch>,<registered>`.
fn ims(lines: &[String]) -> Option<Vec<&str>> {
    answer(lines, "+QCFG").filter(|fields| {
        fields
            .first()
            .is_some_and(|name| name.eq_ignore_ascii_case("ims"))
    })
}
