//! Quectel EC25 and its like (EC20, EG25).
//!
//! Sources, by the short names used below:
//! - *EC2x*: `Quectel_EC2x&EG9x&EG2x-G&EM05` Series AT Commands Manual V2.0
//! - *QT*: Quectel's own module tests, `test_linux_qss_weak_signal_01_016` and its neighbours, as published
//! - *CQ*: asterisk-chan-quectel (mpmc), `src/at_parse.c` and `src/at_command.c`
//! - *OF*: oFono, `drivers/atmodem/sim.c`

use super::{Answer, CallView, CardState, Maker, News, Refusal, Stat, Switches, Tries, one_tone};

#[derive(Debug)]
pub(super) struct Quectel;

impl Maker for Quectel {
    fn name(&self) -> &'static str {
        "quectel"
    }

    fn model(&self) -> &'static str {
        "EC25"
    }

    // EC2x sections 2.2 and 2.3.
    fn manufacturer(&self) -> &'static str {
        "Quectel"
    }

    // EC2x section 2.1: maker, model, revision on three lines. Revision invented.
    fn information(&self) -> &'static [&'static str] {
        &["Quectel", "EC25", "Revision: EC25EFAR06A01M4G"]
    }

    // EC2x section 14 (list of unasked result codes) and appendix; the order is that of an EC25's log (unverified).
    fn boot_words(&self, card: CardState) -> Vec<&'static str> {
        match card {
            CardState::Ready => vec![
                "RDY",
                "+CFUN: 1",
                "+CPIN: READY",
                "+QUSIM: 1",
                "+QIND: SMS DONE",
                "+QIND: PB DONE",
            ],
            CardState::Pin => vec!["RDY", "+CFUN: 1", "+CPIN: SIM PIN"],
            CardState::Puk => vec!["RDY", "+CFUN: 1", "+CPIN: SIM PUK"],
            CardState::Absent => vec!["RDY", "+CFUN: 1", "+CPIN: NOT INSERTED"],
        }
    }

    // EC2x section 5.10, +QSIMSTAT, says more where it is switched on; +CPIN: NOT READY comes anyway.
    fn card_words(&self, inserted: bool) -> &'static [&'static str] {
        if inserted {
            &["+CPIN: READY", "+QUSIM: 1"]
        } else {
            &["+CPIN: NOT READY"]
        }
    }

    // EC2x section 2.25, AT+QINDCFG.
    fn chatter(&self) -> &'static str {
        "+QIND: \"csq\",23,99"
    }

    // QT: `^DSCI: 2,0,2,0,133,129` dialling, `^DSCI: 2,0,7,…` ringing at the other side; the number is not quoted. 3 is
    // connected, 6 is over (EC2x section 7.16; CQ has a 6). `+QIND: "ccinfo"` writes the states of +CLCC and −1 for over
    // (EC2x section 2.25, CQ).
    fn call_words(&self, news: News, call: CallView<'_>, switches: Switches) -> Vec<String> {
        let direction = u8::from(call.incoming);
        let mut words = Vec::new();
        if switches.reports {
            let stat = match news {
                News::Dialling => 2,
                News::Alerting => 7,
                News::Taken => 3,
                News::Incoming if call.stat == Stat::Waiting => 5,
                News::Incoming => 4,
                News::Ended { .. } => 6,
            };
            words.push(format!(
                "^DSCI: {},{direction},{stat},0,{},129",
                call.id, call.number
            ));
        }
        if switches.more_reports {
            let stat = match news {
                News::Ended { .. } => -1,
                News::Dialling | News::Alerting | News::Taken | News::Incoming => {
                    i16::from(call.stat as u8)
                }
            };
            words.push(format!(
                "+QIND: \"ccinfo\",{},{direction},{stat},0,0,\"{}\",129",
                call.id, call.number
            ));
        }
        words
    }

    // QT: the LTE data connection is listed as an active call of mode 1 without a number, for ever, and pushes the
    // voice calls to 2 and up.
    fn other_calls(&self) -> &'static [&'static str] {
        &["+CLCC: 1,1,0,1,0,\"\",128"]
    }

    fn first_call(&self) -> u8 {
        2
    }

    // EC2x section 7.13: the tones stand in quotes. That one without quotes is refused: unverified.
    fn tone(&self, body: &str) -> Option<char> {
        one_tone(body.strip_prefix("+VTS=\"")?.strip_suffix('"')?)
    }

    // EC2x section 12.1.
    fn loudest(&self) -> u8 {
        5
    }

    // forums.quectel.com, topic 14834: an EG25-G without a card answers even 112 with NO CARRIER.
    fn without_card(&self) -> Refusal {
        Refusal::NoCarrier
    }

    fn emergency_without_card(&self) -> bool {
        false
    }

    fn own_command(
        &self,
        body: &str,
        switches: &mut Switches,
        tries: Tries,
        may_switch: bool,
    ) -> Option<Answer> {
        Some(match body {
            "^DSCI=0" | "^DSCI=1" => {
                switches.reports = body.ends_with('1');
                Answer::ok()
            }
            "+QINDCFG=\"CCINFO\",0" | "+QINDCFG=\"CCINFO\",0,0" => {
                switches.more_reports = false;
                Answer::ok()
            }
            "+QINDCFG=\"CCINFO\",1" | "+QINDCFG=\"CCINFO\",1,0" | "+QINDCFG=\"CCINFO\",1,1" => {
                switches.more_reports = true;
                Answer::ok()
            }
            // OF and EC2x section 5.11.
            "+QPINC?" => Answer::Lines(vec![
                format!("+QPINC: \"SC\",{},{}", tries.pin, tries.puk),
                "+QPINC: \"P2\",3,10".to_owned(),
            ]),
            "+QPINC=\"SC\"" => Answer::line(format!("+QPINC: \"SC\",{},{}", tries.pin, tries.puk)),
            // The second field tells whether VoLTE is in force: an EC20 with a general operator profile shows 1,0 for
            // ever, one that is in use 1,1. Kept, and in force after a restart (EC2x section 4, AT+QCFG="ims").
            "+QCFG=\"IMS\"" => Answer::line(format!(
                "+QCFG: \"ims\",{},{}",
                u8::from(switches.volte_wanted),
                u8::from(switches.ims_registered)
            )),
            "+QCFG=\"IMS\",1" | "+QCFG=\"IMS\",1,1" if !may_switch => Answer::Error(3),
            "+QCFG=\"IMS\",1" => {
                switches.volte_wanted = true;
                Answer::ok()
            }
            // 0 leaves it to the operator profile, 2 is off; neither switches it on here.
            "+QCFG=\"IMS\",0" | "+QCFG=\"IMS\",2" => {
                switches.volte_wanted = false;
                Answer::ok()
            }
            _ => return None,
        })
    }
}
