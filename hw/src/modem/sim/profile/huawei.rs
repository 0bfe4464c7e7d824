//! Huawei sticks and modules with voice: the names of an MU509, the older sticks' narrower ways where the two differ.
//!
//! Sources, by the short names used below:
//! - *MU*: HUAWEI MU509 HSDPA LGA Module AT Command Interface Specification, issue 04
//! - *CD*: asterisk-chan-datacard and its heir chan-dongle, `at_command.c`
//! - *OF*: oFono, `drivers/huaweimodem/voicecall.c`
//! - *MM*: `ModemManager`, `plugins/huawei`

use super::{Answer, CallView, CardState, Facts, Maker, News, Switches, Why, one_tone};

#[derive(Debug)]
pub(super) struct Huawei;

impl Maker for Huawei {
    fn name(&self) -> &'static str {
        "huawei"
    }

    fn model(&self) -> &'static str {
        "MU509"
    }

    // Unverified: sticks say `huawei`, modules the full name.
    fn manufacturer(&self) -> &'static str {
        "huawei"
    }

    // Unverified. Revision invented.
    fn information(&self) -> &'static [&'static str] {
        &[
            "Manufacturer: huawei",
            "Model: MU509",
            "Revision: 11.813.01.13.00",
            "IMEI: 000000000000000",
            "+GCAP: +CGSM,+DS,+ES",
        ]
    }

    // Unverified; ^SIMST and ^SRVST without a blank, as MM reads them.
    fn boot_words(&self, card: CardState) -> Vec<&'static str> {
        match card {
            CardState::Ready => vec!["^SYSSTART", "^SIMST:1", "^SRVST:2"],
            CardState::Pin | CardState::Puk => vec!["^SYSSTART", "^SIMST:0"],
            CardState::Absent => vec!["^SYSSTART", "^SIMST:255"],
        }
    }

    fn card_words(&self, inserted: bool) -> &'static [&'static str] {
        if inserted {
            &["^SIMST:1"]
        } else {
            &["^SIMST:255"]
        }
    }

    fn chatter(&self) -> &'static str {
        "^RSSI:20"
    }

    // MM switches ^CURC on to be sure; that it is on from the factory is unverified.
    fn switches(&self) -> Switches {
        Switches {
            reports: true,
            ..Switches::default()
        }
    }

    // OF: ^ORIG:<id>,<type> ^CONF:<id> ^CONN:<id>,<type> ^CEND:<id>,<seconds>,<status>[,<cause>]; without a blank in MU
    // section 9.17, and in a dialogue with an E303C (bg111/asterisk-chan-dongle, issue 296). End status 29 is an end from
    // this side, 25 one by the network (MU section 9.17); the cause is that of 24.008 section 10.5.4.11.
    fn call_words(&self, news: News, call: CallView<'_>, switches: Switches) -> Vec<String> {
        if !switches.reports {
            return Vec::new();
        }
        let id = call.id;
        match news {
            News::Dialling => vec![format!("^ORIG:{id},0")],
            News::Alerting => vec![format!("^CONF:{id}")],
            News::Taken => vec![format!("^CONN:{id},0")],
            News::Incoming => Vec::new(),
            News::Ended { seconds, why } => {
                let seconds = seconds.unwrap_or(0);
                let status = if why == Why::Here { 29 } else { 25 };
                vec![format!("^CEND:{id},{seconds},{status},{}", why.cause())]
            }
        }
    }

    // The cause in ^CEND is the only place that tells busy from any other end; the word is always the same (unverified).
    fn end_word(&self, why: Why, _switches: Switches) -> Option<&'static str> {
        (why != Why::Here).then_some("NO CARRIER")
    }

    // CD sends ^DTMF=<call>,<tone> in place of +VTS, which sticks do not take (unverified). MU section 11.6 has +VTS; the
    // stick is the harder partner.
    fn tone(&self, body: &str) -> Option<char> {
        let (call, tone) = body.strip_prefix("^DTMF=")?.split_once(',')?;
        call.parse::<u8>().ok().filter(|call| *call > 0)?;
        // Length and repetition may follow.
        one_tone(tone.split(',').next()?.trim_matches('"'))
    }

    // Unverified.
    fn loudest(&self) -> u8 {
        5
    }

    // MM resets with it.
    fn restarts(&self) -> &'static [&'static str] {
        &["^RESET", "+CFUN=1,1"]
    }

    fn own_command(&self, body: &str, switches: &mut Switches, facts: Facts) -> Option<Answer> {
        Some(match body {
            "^CURC=0" | "^CURC=1" => {
                switches.reports = body.ends_with('1');
                Answer::ok()
            }
            // MM, `plugins/huawei`: ^CPIN: <state>,<tries of what is asked for>,<PUK>,<PIN>,<PUK2>,<PIN2>.
            "^CPIN?" => {
                let (pin, puk) = (facts.pin, facts.puk);
                Answer::line(match facts.card {
                    CardState::Ready => format!("^CPIN: READY,,{puk},{pin},10,3"),
                    CardState::Pin => format!("^CPIN: SIM PIN,{pin},{puk},{pin},10,3"),
                    CardState::Puk => format!("^CPIN: SIM PUK,{puk},{puk},{pin},10,3"),
                    CardState::Absent => return Some(Answer::Error(10)),
                })
            }
            _ => return None,
        })
    }
}
