//! u-blox cellular modules with voice (LISA, SARA-U2, TOBY, LARA).
//!
//! Sources, by the short names used below:
//! - *MM*: `ModemManager`, `plugins/ublox/mm-call-ublox.c` and `mm-modem-helpers-ublox.c`
//! - *LARA*: the notes and captures of a telephone built on a LARA-R6, public source

use super::{Answer, CallView, CardState, Facts, Maker, News, Stat, Switches};

#[derive(Debug)]
pub(super) struct Ublox;

impl Maker for Ublox {
    fn name(&self) -> &'static str {
        "ublox"
    }

    fn model(&self) -> &'static str {
        "SARA-U201"
    }

    // Unverified.
    fn manufacturer(&self) -> &'static str {
        "u-blox"
    }

    // Unverified.
    fn information(&self) -> &'static [&'static str] {
        &["SARA-U201-03S-00"]
    }

    // It says nothing after a restart (unverified): whoever waits for a word waits in vain.
    fn boot_words(&self, _card: CardState) -> Vec<&'static str> {
        Vec::new()
    }

    // +UUSIMSTAT only comes where AT+USIMSTAT was set (unverified).
    fn card_words(&self, _inserted: bool) -> &'static [&'static str] {
        &[]
    }

    fn chatter(&self) -> &'static str {
        "+UMWI: 0,1"
    }

    // MM: +UCALLSTAT: <call>,<stat>, 2 dialling, 3 ringing there, 4 ringing here, 5 waiting, 6 over, 7 connected, 0 active.
    // LARA heard a whole incoming call announced by state 4 without one RING; that 0 follows 7 is unverified.
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

    // Unverified.
    fn loudest(&self) -> u8 {
        100
    }

    // MM resets with 16; 15 and 1,1 are unverified.
    fn restarts(&self) -> &'static [&'static str] {
        &["+CFUN=16", "+CFUN=15", "+CFUN=1,1"]
    }

    fn own_command(&self, body: &str, switches: &mut Switches, facts: Facts) -> Option<Answer> {
        Some(match body {
            "+UCALLSTAT=0" | "+UCALLSTAT=1" => {
                switches.reports = body.ends_with('1');
                Answer::ok()
            }
            // MM: PIN, PIN2, PUK, PUK2.
            "+UPINCNT" => Answer::line(format!("+UPINCNT: {},3,{},10", facts.pin, facts.puk)),
            _ => return None,
        })
    }
}
