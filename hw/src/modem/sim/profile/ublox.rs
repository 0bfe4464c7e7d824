//! u-blox cellular modules with voice (LISA, SARA-U2, TOBY, LARA).
//!
//! Sources, by the short names used below:
//! - *UBX*: u-blox Cellular Modules Data and Voice Modules AT Commands Manual, UBX-13002752 R51
//! - *MM*: `ModemManager`, `plugins/ublox/mm-call-ublox.c` and `mm-modem-helpers-ublox.c`

use super::{Answer, CallView, CardState, Maker, News, Stat, Switches, Tries};

#[derive(Debug)]
pub(super) struct Ublox;

impl Maker for Ublox {
    fn name(&self) -> &'static str {
        "ublox"
    }

    fn model(&self) -> &'static str {
        "SARA-U201"
    }

    // UBX sections 4.1 and 4.3.
    fn manufacturer(&self) -> &'static str {
        "u-blox"
    }

    // UBX section 4.9: the type number and more, one line.
    fn information(&self) -> &'static [&'static str] {
        &["SARA-U201-03S-00"]
    }

    // It says nothing after a restart unless a greeting was set with +CSGT (UBX section 4.13): whoever waits for a word
    // waits in vain.
    fn boot_words(&self, _card: CardState) -> Vec<&'static str> {
        Vec::new()
    }

    // +UUSIMSTAT only comes where AT+USIMSTAT was set (UBX section 9.17).
    fn card_words(&self, _inserted: bool) -> &'static [&'static str] {
        &[]
    }

    fn chatter(&self) -> &'static str {
        "+UMWI: 0,1"
    }

    // UBX section 6.25 and MM: +UCALLSTAT: <call>,<stat>, 2 dialling, 3 ringing there, 4 ringing here, 5 waiting,
    // 6 over, 7 taken, and 0 active right after it.
    fn call_words(&self, news: News, call: CallView<'_>, switches: Switches) -> Vec<String> {
        if !switches.reports {
            return Vec::new();
        }
        let stats: &[u8] = match news {
            News::Dialling => &[2],
            News::Alerting => &[3],
            News::Taken => &[7, 0],
            News::Incoming if call.stat == Stat::Waiting => &[5],
            News::Incoming => &[4],
            News::Ended { .. } => &[6],
        };
        stats
            .iter()
            .map(|stat| format!("+UCALLSTAT: {},{stat}", call.id))
            .collect()
    }

    // UBX section 16.19: 0 to 100 (unverified for every module).
    fn loudest(&self) -> u8 {
        100
    }

    // UBX section 5.3: 16 is a silent restart, with the card; 15 one without it.
    fn restarts(&self) -> &'static [&'static str] {
        &["+CFUN=16", "+CFUN=15", "+CFUN=1,1"]
    }

    fn own_command(
        &self,
        body: &str,
        switches: &mut Switches,
        tries: Tries,
        _may_switch: bool,
    ) -> Option<Answer> {
        Some(match body {
            "+UCALLSTAT=0" | "+UCALLSTAT=1" => {
                switches.reports = body.ends_with('1');
                Answer::ok()
            }
            // MM: PIN, PIN2, PUK, PUK2.
            "+UPINCNT" => Answer::line(format!("+UPINCNT: {},3,{},10", tries.pin, tries.puk)),
            _ => return None,
        })
    }
}
