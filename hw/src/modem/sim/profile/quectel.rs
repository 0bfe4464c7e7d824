//! Quectel EC25 and its like (EC20, EG25).
//!
//! Sources, by the short names used below:
//! - *QT*: Quectel's own module tests, `test_linux_qss_weak_signal_01_016` and its neighbours, as published
//! - *CQ*: asterisk-chan-quectel (mpmc), `src/at_parse.c` and `src/at_command.c`
//! - *OF*: oFono, `drivers/atmodem/sim.c`

use super::{Answer, CallView, CardState, Facts, Maker, News, Refusal, Stat, Switches, one_tone};

#[derive(Debug)]
pub(super) struct Quectel;

impl Maker for Quectel {
    fn name(&self) -> &'static str {
        "quectel"
    }

    fn model(&self) -> &'static str {
        "EC25"
    }

    // Unverified, as seen in many dialogues.
    fn manufacturer(&self) -> &'static str {
        "Quectel"
    }

    // Maker, model, revision on three lines, as an EC200U wrote it to somebody who published his notes. Revision invented.
    fn information(&self) -> &'static [&'static str] {
        &["Quectel", "EC25", "Revision: EC25EFAR06A01M4G"]
    }

    // Unverified, as seen in many logs.
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

    // Unverified. +QSIMSTAT says more where it is switched on.
    fn card_words(&self, inserted: bool) -> &'static [&'static str] {
        if inserted {
            &["+CPIN: READY", "+QUSIM: 1"]
        } else {
            &["+CPIN: NOT READY"]
        }
    }

    // CQ switches it on and reads it.
    fn chatter(&self) -> &'static str {
        "+QIND: \"csq\",23,99"
    }

    // QT: `^DSCI: 2,0,2,0,133,129` dialling, `^DSCI: 2,0,7,…` ringing at the other side; the number is not quoted. 6 is
    // over (CQ has one); 3 is connected (the maker's `quec_atcmd_call.h`). `+QIND: "ccinfo"` writes the states of +CLCC, and
    // −1 for over (CQ).
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

    // CQ writes the tone in quotes. That one without quotes is refused is unverified.
    fn tone(&self, body: &str) -> Option<char> {
        one_tone(body.strip_prefix("+VTS=\"")?.strip_suffix('"')?)
    }

    // CQ sets 1 and 5, to hear a difference: 0 to 5 (unverified).
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

    fn own_command(&self, body: &str, switches: &mut Switches, facts: Facts) -> Option<Answer> {
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
            // OF reads it; with all tries left it is `+QPINC: "SC",3,10` on a BG95 and others.
            "+QPINC?" => Answer::Lines(vec![
                format!("+QPINC: \"SC\",{},{}", facts.pin, facts.puk),
                "+QPINC: \"P2\",3,10".to_owned(),
            ]),
            "+QPINC=\"SC\"" => Answer::line(format!("+QPINC: \"SC\",{},{}", facts.pin, facts.puk)),
            // The second field tells whether VoLTE is in force: an EC20 with a general operator profile shows 1,0 for
            // ever, one that is in use 1,1. Kept, and in force after a restart (unverified).
            "+QCFG=\"IMS\"" => Answer::line(format!(
                "+QCFG: \"ims\",{},{}",
                u8::from(switches.volte_wanted),
                u8::from(switches.ims_registered)
            )),
            // CQ ends calls with a cause, and with the call's number behind it.
            "+QHUP" => Answer::HangUp,
            _ if body.starts_with("+QHUP=") => Answer::HangUp,
            "+QCFG=\"IMS\",1" | "+QCFG=\"IMS\",1,1" if !facts.may_switch => Answer::Error(3),
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
