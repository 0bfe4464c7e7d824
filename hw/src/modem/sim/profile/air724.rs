//! Air724UG of AirM2M (合宙), an LTE Cat 1 module on the RDA 8910 chip, without 2G and so without voice but over `VoLTE`.
//!
//! Sources, by the short names used below:
//! - *LD*: luatdoc.papapoi.com, pages 434 and 442 (通话语音, 通话控制), by the maker's own people
//! - *RDA*: the chip maker's AT sources as published in amitv87/8910DM_LVGL, `components/ats/cc/at_cmd_cc.c`

use super::{Answer, CallView, CardState, DialStyle, Facts, Maker, News, Switches, Why};

#[derive(Debug)]
pub(super) struct Air724;

impl Maker for Air724 {
    fn name(&self) -> &'static str {
        "air724"
    }

    fn model(&self) -> &'static str {
        "AirM2M Air724UG"
    }

    // Unverified, as are the words of `ATI`.
    fn manufacturer(&self) -> &'static str {
        "AirM2M"
    }

    fn information(&self) -> &'static [&'static str] {
        &["AirM2M_Air724UG_V1217_LTE_AT"]
    }

    // Unverified: from logs in the maker's forum.
    fn boot_words(&self, card: CardState) -> Vec<&'static str> {
        match card {
            CardState::Ready => vec![
                "RDY",
                "+CPIN: READY",
                "^MODE: 17,17",
                "+E_UTRAN Service",
                "+CGEV: ME PDN ACT 1",
            ],
            CardState::Pin => vec!["RDY", "+CPIN: SIM PIN"],
            CardState::Puk => vec!["RDY", "+CPIN: SIM PUK"],
            CardState::Absent => vec!["RDY", "+CPIN: NOT INSERTED"],
        }
    }

    fn chatter(&self) -> &'static str {
        "+NITZ: 2026/01/01,00:00:00+32,0"
    }

    // LD: OK for the dial, and CONNECT when the other side takes it (对方接听电话).
    fn dial_style(&self) -> DialStyle {
        DialStyle::OkThenConnect
    }

    // RDA: `+CIEV: "CALL",1` while there is a call and 0 when there is none, `+CIEV: "SOUNDER",1` while it rings; the rest
    // is the words of V.250. That the maker kept it so is unverified.
    fn call_words(&self, news: News, _call: CallView<'_>, _switches: Switches) -> Vec<String> {
        match news {
            News::Dialling => vec!["+CIEV: \"CALL\",1".to_owned()],
            News::Alerting => vec!["+CIEV: \"SOUNDER\",1".to_owned()],
            News::Ended { .. } => vec![
                "+CIEV: \"SOUNDER\",0".to_owned(),
                "+CIEV: \"CALL\",0".to_owned(),
            ],
            News::Taken | News::Incoming => Vec::new(),
        }
    }

    // LD: BUSY only after ATX3 or ATX4; that it is NO CARRIER before, and that this is how it starts, is unverified.
    fn end_word(&self, why: Why, switches: Switches) -> Option<&'static str> {
        match why {
            Why::Here => None,
            Why::Busy if switches.result_form >= 3 => Some("BUSY"),
            Why::Busy | Why::Remote => Some("NO CARRIER"),
            Why::NoAnswer => Some("NO ANSWER"),
        }
    }

    // LD: 对于只支持 4G 的 CAT1 模块, AT+SETVOLTE=1 comes before any voice call.
    fn needs_volte(&self) -> bool {
        true
    }

    // Unverified.
    fn restarts(&self) -> &'static [&'static str] {
        &["+RESET", "+CFUN=1,1"]
    }

    fn own_command(&self, body: &str, switches: &mut Switches, facts: Facts) -> Option<Answer> {
        Some(match body {
            // RDA refuses it during a call.
            "+SETVOLTE=0" | "+SETVOLTE=1" if facts.in_call => Answer::Error(3),
            // LD gives OK and no restart. That it is kept: unverified.
            "+SETVOLTE=0" | "+SETVOLTE=1" => {
                let on = body.ends_with('1');
                if on && !facts.may_switch {
                    return Some(Answer::Error(3));
                }
                switches.volte_wanted = on;
                switches.volte = on;
                Answer::ok()
            }
            // RDA, `atCmdHandleSETVOLTE`.
            "+SETVOLTE?" => Answer::line(format!("+SETVOLTE: {}", u8::from(switches.volte_wanted))),
            _ => return None,
        })
    }
}
