//! AirM2M (Luat) Air724 and its kin Air720, Air780.
//!
//! The Air724 is built on UNISOC's 8910. What that chip's own AT layer says can be read in amitv87/8910DM_LVGL,
//! `components/ats/cc/at_cmd_cc.c` ("8910 source" below); that AirM2M's firmware kept it is unverified. "Luat wiki" is
//! the maker's page 3.2.6 通话控制 (2020-07-07).

use super::{
    CallSign, Dialect, DialectId, Volte, What, after, answer, ims_registered, number, split,
};

/// The Air724's habits.
#[derive(Debug, Clone, Copy)]
pub struct Air724;

impl Dialect for Air724 {
    fn id(&self) -> DialectId {
        DialectId::Air724
    }

    /// `+CIEV: "CALL",1` says that a call is on its way, and `+CIEV: "SOUNDER",1` that it rings or that the network
    /// sends sound (8910 source, `_onEV_CFW_CC_PROGRESS_IND`, `_onEV_CFW_CC_ALERT_IND`). The line is opened by
    /// `CONNECT` (Luat wiki, ATD), which is no word of this maker's.
    ///
    /// `"CALL",0` is not read: it comes before the `BUSY`, `NO ANSWER` or `NO CARRIER` that tells how the call ended.
    fn read(&self, line: &str) -> Option<CallSign> {
        let fields = split(after(line, "+CIEV")?);
        let name = fields.first()?;
        let what = if name.eq_ignore_ascii_case("CALL") {
            What::Dialling
        } else if name.eq_ignore_ascii_case("SOUNDER") {
            What::Alerting
        } else {
            return None;
        };
        (number::<u8>(&fields, 1)? == 1).then_some(CallSign { id: None, what })
    }

    /// `BUSY` is only written after this (Luat wiki, ATD; openLuat's LuaTask sends it too, `cc.lua`).
    fn prepare(&self) -> &'static [&'static str] {
        &["ATX4"]
    }

    fn volte(&self) -> Option<&'static Volte> {
        Some(&VOLTE)
    }
}

/// Without it an Air724 cannot call at all: it has no 2G (Luat wiki, 通话语音). It is read back as `+SETVOLTE: <0|1>` and
/// refused with `+CME ERROR` while a call is up (8910 source, `atCmdHandleSETVOLTE`); firmware without voice does not
/// know the command. `+CIREG` is in the same command table (`at_cmd_table.gperf`, under `CFW_VOLTE_SUPPORT`).
static VOLTE: Volte = Volte {
    query: "AT+SETVOLTE?",
    is_on: |lines| match number::<u8>(&answer(lines, "+SETVOLTE")?, 0)? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    },
    enable: &["AT+SETVOLTE=1"],
    needs_reset: false,
    verify: Some(("AT+CIREG?", ims_registered)),
};
