//! SIMCom: the SIM800C (GSM), the SIM7600 (LTE, Qualcomm) and the A7670 (LTE Cat 1, ASR).
//!
//! Sources, by the short names used below:
//! - *M800*: SIM800 Series AT Command Manual V1.09
//! - *M7600*: `SIM7500_SIM7600` Series AT Command Manual V2.00
//! - *A76XX*: A76XX Series AT Command Manual V1.09
//! - *MM*: `ModemManager`, `plugins/simtech/mm-modem-helpers-simtech.c`
//! - *CQ*: asterisk-chan-quectel (mpmc), `src/at_command.c`
//! - *T65*: Xinyuan-LilyGO/T-SIM7600X, issue 65, a dialogue with a SIM7600G

use super::{Answer, CallView, CardState, Maker, News, Switches, Tries, Why};

#[derive(Debug)]
pub(super) enum Simcom {
    Sim800c,
    Sim7600,
    A7670,
}

impl Simcom {
    const fn is_lte(&self) -> bool {
        matches!(self, Self::Sim7600 | Self::A7670)
    }
}

impl Maker for Simcom {
    fn name(&self) -> &'static str {
        "simcom"
    }

    fn model(&self) -> &'static str {
        match self {
            Self::Sim800c => "SIM800C",
            Self::Sim7600 => "SIM7600",
            Self::A7670 => "A7670",
        }
    }

    // M800 section 3.2.1: `SIMCOM_Ltd`; M7600 section 2.23: `SIMCOM INCORPORATED`; the A7670 says the same as the latter
    // (unverified).
    fn manufacturer(&self) -> &'static str {
        match self {
            Self::Sim800c => "SIMCOM_Ltd",
            Self::Sim7600 | Self::A7670 => "SIMCOM INCORPORATED",
        }
    }

    // M800 section 2.2.12, M7600 section 2.14: the LTE modules answer `ATI` with named lines. Revisions invented.
    fn information(&self) -> &'static [&'static str] {
        match self {
            Self::Sim800c => &["SIM800 R14.18"],
            Self::Sim7600 => &[
                "Manufacturer: SIMCOM INCORPORATED",
                "Model: SIMCOM_SIM7600CE",
                "Revision: SIM7600M22_V1.1",
                "IMEI: 000000000000000",
                "+GCAP: +CGSM",
            ],
            Self::A7670 => &[
                "Manufacturer: SIMCOM INCORPORATED",
                "Model: A7670C-LASC",
                "Revision: A7670M6_V1.11.1",
                "IMEI: 000000000000000",
                "+GCAP: +CGSM,+FCLASS,+DS",
            ],
        }
    }

    // M800 section 19 for RDY, +CFUN: 1, +CPIN, Call Ready, SMS Ready. RDY, +CPIN: READY and SMS DONE in a SIM7600's log
    // are in espressif/esp-protocols, issue 789; PB DONE after them is M7600 section 23. `*ATREADY: 1` of ASR modules:
    // unverified.
    fn boot_words(&self, card: CardState) -> Vec<&'static str> {
        let card = match card {
            CardState::Ready => "+CPIN: READY",
            CardState::Pin => "+CPIN: SIM PIN",
            CardState::Puk => "+CPIN: SIM PUK",
            CardState::Absent if self.is_lte() => "+CPIN: SIM REMOVED",
            CardState::Absent => "+CPIN: NOT INSERTED",
        };
        match self {
            Self::Sim800c => vec!["RDY", "+CFUN: 1", card, "Call Ready", "SMS Ready"],
            Self::Sim7600 => vec!["RDY", card, "SMS DONE", "PB DONE"],
            Self::A7670 => vec!["*ATREADY: 1", card, "SMS DONE", "PB DONE"],
        }
    }

    // M800 section 19 (+CPIN: NOT READY); M7600 section 23 (+CPIN: SIM REMOVED).
    fn card_words(&self, inserted: bool) -> &'static [&'static str] {
        match (inserted, self.is_lte()) {
            (true, _) => &["+CPIN: READY"],
            (false, true) => &["+CPIN: SIM REMOVED"],
            (false, false) => &["+CPIN: NOT READY"],
        }
    }

    fn chatter(&self) -> &'static str {
        if self.is_lte() {
            "+CNSMOD: 8"
        } else {
            "*PSUTTZ: 2026,1,1,0,0,0,\"+32\",0"
        }
    }

    // `+CVHU` is 1 from the factory on the LTE modules, so ATH is answered OK and ends nothing: T65, where ATH works
    // only after AT+CVHU=0 (M7600 section 4.1). A7670: unverified. `+CAVIMS` is 1 from the factory (find in the field:
    // an A7680 that was never touched answers `+CAVIMS: 1` and `+CIREG: 1,1,15`).
    fn switches(&self) -> Switches {
        let lte = self.is_lte();
        Switches {
            hang_up_mode: u8::from(lte),
            volte_wanted: lte,
            volte: lte,
            ..Switches::default()
        }
    }

    fn hook_ends_calls(&self, switches: Switches) -> bool {
        switches.hang_up_mode == 0
    }

    // MM: `VOICE CALL: BEGIN`, `VOICE CALL: END: 000041`, the seconds may be missing. T65: the END comes before the OK of
    // the hang-up. That a call which never opened ends in END without seconds: unverified. `+CLCC` unasked after
    // AT+CLCC=1, status 6 for a call that is over: M800 section 3.2.12, CQ, babca/python-gsmmodem pull request 111.
    fn call_words(&self, news: News, call: CallView<'_>, switches: Switches) -> Vec<String> {
        let mut words = Vec::new();
        if self.is_lte() {
            match news {
                News::Taken => words.push("VOICE CALL: BEGIN".to_owned()),
                News::Ended {
                    seconds: Some(seconds),
                    ..
                } => words.push(format!("VOICE CALL: END: {seconds:06}")),
                News::Ended { seconds: None, .. } => words.push("VOICE CALL: END".to_owned()),
                News::Dialling | News::Alerting | News::Incoming => {}
            }
        }
        if switches.reports {
            let stat = match news {
                News::Ended { .. } => 6,
                News::Dialling | News::Alerting | News::Taken | News::Incoming => call.stat as u8,
            };
            words.push(self.list_line(call, stat));
        }
        words
    }

    fn end_word(&self, why: Why) -> Option<&'static str> {
        match why {
            Why::Here => None,
            Why::Remote => Some("NO CARRIER"),
            Why::Busy => Some("BUSY"),
            Why::NoAnswer => Some("NO ANSWER"),
        }
    }

    // The SIM800 always writes the name from the phone book behind, empty or not: M800 section 3.2.12. The others write
    // it only where there is one.
    fn list_line(&self, call: CallView<'_>, stat: u8) -> String {
        let direction = u8::from(call.incoming);
        let name = if self.is_lte() { "" } else { ",\"\"" };
        format!(
            "+CLCC: {},{direction},{stat},0,0,\"{}\",129{name}",
            call.id, call.number
        )
    }

    // M800 section 3.2.24: 0 to 100; M7600 section 4.22: 0 to 5.
    fn loudest(&self) -> u8 {
        if self.is_lte() { 5 } else { 100 }
    }

    // M7600 section 3.10, `+CRESET`.
    fn restarts(&self) -> &'static [&'static str] {
        if self.is_lte() {
            &["+CFUN=1,1", "+CRESET"]
        } else {
            &["+CFUN=1,1"]
        }
    }

    fn own_command(
        &self,
        body: &str,
        switches: &mut Switches,
        tries: Tries,
        may_switch: bool,
    ) -> Option<Answer> {
        Some(match body {
            "+CLCC=0" => {
                switches.reports = false;
                Answer::ok()
            }
            "+CLCC=1" => {
                switches.reports = true;
                Answer::ok()
            }
            // MM: the SIM7600 answers the test command with the values of the switch.
            "+CLCC=?" if self.is_lte() => Answer::line("+CLCC: (0-1)".to_owned()),
            // The SIM800 writes PIN, PIN2, PUK, PUK2 (M800 section 3.2.28); the LTE modules PIN, PUK, PIN2, PUK2 (M7600
            // section 5.6).
            "+SPIC" if self.is_lte() => {
                Answer::line(format!("+SPIC: {},{},3,10", tries.pin, tries.puk))
            }
            "+SPIC" => Answer::line(format!("+SPIC: {},3,{},10", tries.pin, tries.puk)),
            // A76XX section 4.3, and +CIREG with its third field as an A7680 writes it.
            "+CAVIMS?" if matches!(self, Self::A7670) => {
                Answer::line(format!("+CAVIMS: {}", u8::from(switches.volte_wanted)))
            }
            "+CAVIMS=0" | "+CAVIMS=1" if matches!(self, Self::A7670) => {
                let on = body.ends_with('1');
                if on && !may_switch {
                    return Some(Answer::Error(3));
                }
                // At once, and kept (unverified).
                switches.volte_wanted = on;
                switches.volte = on;
                Answer::ok()
            }
            "+CIREG?" if matches!(self, Self::A7670) => Answer::line(if switches.ims_registered {
                "+CIREG: 1,1,15".to_owned()
            } else {
                "+CIREG: 1,0".to_owned()
            }),
            _ => return None,
        })
    }
}
