//! SIMCom: the SIM800C (GSM), the SIM7600 (LTE, Qualcomm) and the A7670 (LTE Cat 1, ASR).
//!
//! Sources, by the short names used below:
//! - *M800*: SIM800 Series AT Command Manual V1.09
//! - *MM*: `ModemManager`, `plugins/simtech/mm-modem-helpers-simtech.c`
//! - *CQ*: asterisk-chan-quectel (mpmc), `src/at_command.c`
//! - *T65*: Xinyuan-LilyGO/T-SIM7600X, issue 65, a dialogue with a SIM7600G
//! - *ESP*: espressif/esp-protocols, issue 789, what a SIM7600 says when it starts

use super::{Answer, CallView, CardState, Facts, Maker, News, Switches};

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

    // Unverified, as seen in many dialogues with either.
    fn manufacturer(&self) -> &'static str {
        match self {
            Self::Sim800c => "SIMCOM_Ltd",
            Self::Sim7600 | Self::A7670 => "SIMCOM INCORPORATED",
        }
    }

    // Unverified: the LTE modules answer `ATI` with named lines. Revisions invented.
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

    // SIM800: the manual's list of unsolicited result codes (order unverified). SIM7600: ESP has RDY, +CPIN: READY,
    // SMS DONE; PB DONE after them, and `*ATREADY: 1` of the ASR modules, are unverified.
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

    // Unverified.
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

    // On the LTE modules ATH is answered OK and ends nothing until AT+CVHU=0: T65, for the SIM7600; 27.007 section 6.20
    // lets it be so. That the A7670 does the same is unverified, as is that its VoLTE is on from the factory.
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

    // MM has `VOICE CALL: BEGIN` and `VOICE CALL: END: 000041`, where the time may be missing. T65 has the END before the
    // OK of the hang-up. That the six digits are hours, minutes and seconds is from Adafruit_FONA.cpp; that a call which
    // never opened ends in END without time is unverified.
    //
    // `+CLCC` unasked after AT+CLCC=1, with state 6 for a call that is over: M800 section 3.2.16; CQ switches it on for
    // the LTE modules too; babca/python-gsmmodem, pull request 111, tried it on a SIM7600G.
    //
    // MO RING and MO CONNECTED after AT+MORING=1: M800, list of unsolicited result codes; the SIM7600 knows no such thing
    // (forum.arduino.cc, topic 1256093).
    fn call_words(&self, news: News, call: CallView<'_>, switches: Switches) -> Vec<String> {
        let mut words = Vec::new();
        if self.is_lte() {
            match news {
                News::Taken => words.push("VOICE CALL: BEGIN".to_owned()),
                News::Ended {
                    seconds: Some(seconds),
                    ..
                } => words.push(format!(
                    "VOICE CALL: END: {:02}{:02}{:02}",
                    seconds / 3_600 % 100,
                    seconds / 60 % 60,
                    seconds % 60
                )),
                News::Ended { seconds: None, .. } => words.push("VOICE CALL: END".to_owned()),
                News::Dialling | News::Alerting | News::Incoming => {}
            }
        }
        match news {
            News::Alerting if switches.more_reports => words.push("MO RING".to_owned()),
            News::Taken if switches.more_reports && !call.incoming => {
                words.push("MO CONNECTED".to_owned());
            }
            _ => {}
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

    // A field log that could not be traced has an A7672 write state 3, VOICE CALL: BEGIN and state 0 all while the other
    // side rings: unverified, and kept because it is the worst that has been told.
    fn opens_at_ringback(&self) -> bool {
        matches!(self, Self::A7670)
    }

    // The SIM800 always writes the name from the phone book behind, empty or not; the others only where there is one
    // (unverified).
    fn list_line(&self, call: CallView<'_>, stat: u8) -> String {
        let direction = u8::from(call.incoming);
        let name = if self.is_lte() { "" } else { ",\"\"" };
        format!(
            "+CLCC: {},{direction},{stat},0,0,\"{}\",129{name}",
            call.id, call.number
        )
    }

    // Unverified.
    fn loudest(&self) -> u8 {
        if self.is_lte() { 5 } else { 100 }
    }

    // `+CRESET` of the LTE modules: unverified.
    fn restarts(&self) -> &'static [&'static str] {
        if self.is_lte() {
            &["+CFUN=1,1", "+CRESET"]
        } else {
            &["+CFUN=1,1"]
        }
    }

    fn own_command(&self, body: &str, switches: &mut Switches, facts: Facts) -> Option<Answer> {
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
            "+MORING=0" | "+MORING=1" if !self.is_lte() => {
                switches.more_reports = body.ends_with('1');
                Answer::ok()
            }
            // All write the PIN's tries first; in what order the rest comes on which module is unverified.
            "+SPIC" if self.is_lte() => {
                Answer::line(format!("+SPIC: {},{},3,10", facts.pin, facts.puk))
            }
            "+SPIC" => Answer::line(format!("+SPIC: {},3,{},10", facts.pin, facts.puk)),
            // `+CAVIMS: 1` and `+CIREG: 1,1,15` are what an A7680C answered to somebody who wrote it down.
            "+CAVIMS?" if matches!(self, Self::A7670) => {
                Answer::line(format!("+CAVIMS: {}", u8::from(switches.volte_wanted)))
            }
            "+CAVIMS=0" | "+CAVIMS=1" if matches!(self, Self::A7670) => {
                let on = body.ends_with('1');
                if on && !facts.may_switch {
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
