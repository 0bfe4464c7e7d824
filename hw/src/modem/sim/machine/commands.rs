//! What the simulated modem answers to an AT line. What is the same for all makers stands here, each command with its
//! place in 27.007 or V.250; what only one maker has is in its profile.

use super::{Later, Machine};
use crate::modem::sim::card::{CardState, Verdict};
use crate::modem::sim::habits::Fault;
use crate::modem::sim::profile::{Answer, Facts};

impl Machine {
    pub(super) fn command(&mut self, line: &str) {
        if line.is_empty() || self.has(Fault::FreezeHard) {
            return;
        }
        let upper = line.to_ascii_uppercase();
        if self.has(Fault::Freeze) {
            if let Some(body) = upper.strip_prefix("AT")
                && self.maker().restarts().contains(&body)
            {
                self.clear(Fault::Freeze);
                self.restart(self.now);
            }
            return;
        }
        if self.struck(Fault::Silence) {
            return;
        }
        if self.struck(Fault::Babble) {
            self.garbage(4_096);
            return;
        }
        let kept = self.out.len();
        if self.struck(Fault::Noise) {
            self.garbage(64);
            self.say("");
            self.say("+NOISE: 1,2,\"x\"");
        }
        let Some(body) = upper.strip_prefix("AT") else {
            // V.250: what does not begin with AT is not a command and gets no answer.
            return;
        };
        if let Some(code) = self.cme_fault() {
            self.cme(code);
        } else {
            self.carry_out(body);
        }
        if self.struck(Fault::Mute) {
            self.out.truncate(kept);
        }
    }

    fn carry_out(&mut self, body: &str) {
        if let Some(rest) = body.strip_prefix('D') {
            return self.dial(rest);
        }
        if self.maker().restarts().contains(&body) {
            if body.starts_with("+CFUN") && self.struck(Fault::RefusesCfun) {
                return self.error();
            }
            // The restart sweeps the line; the OK is the last that comes before the silence.
            self.restart(self.now);
            return self.say("OK");
        }
        let done = self.basic(body)
            || self.identity(body)
            || self.registration_query(body)
            || self.call_control(body);
        if done {
            return self.finish();
        }
        if let Some(rest) = body.strip_prefix("+CFUN") {
            return self.radio_command(rest);
        }
        if let Some(rest) = body.strip_prefix("+CPIN")
            && rest.starts_with(['?', '='])
        {
            return self.pin_command(rest);
        }
        self.special(body);
    }

    /// Commands that have nothing to go wrong.
    fn basic(&mut self, body: &str) -> bool {
        match body {
            "" | "Z" | "&F" | "V1" | "Q0" | "+CSCS=\"GSM\"" | "+COPS=3,0" | "+CLIP=0"
            | "+CLIP=1" | "+CRC=0" | "+COLP=0" | "+CCWA=0" | "+CCWA=0,0,1" | "+CCWA=1" => {}
            "X0" | "X1" | "X2" | "X3" | "X4" => {
                self.switches.result_form = body.as_bytes()[1] - b'0';
            }
            "E0" => self.echo = false,
            "E1" => self.echo = true,
            "+CMEE=0" => self.error_form = 0,
            "+CMEE=1" => self.error_form = 1,
            "+CMEE=2" => self.error_form = 2,
            "+CVHU=0" => self.switches.hang_up_mode = 0,
            "+CVHU=1" => self.switches.hang_up_mode = 1,
            "+CVHU=2" => self.switches.hang_up_mode = 2,
            "+CVHU?" => self.say(&format!("+CVHU: {}", self.switches.hang_up_mode)),
            "+CREG=0" | "+CREG=1" | "+CREG=2" => {
                self.registration_reports[0] = body.as_bytes()[6] - b'0';
            }
            "+CEREG=0" | "+CEREG=1" | "+CEREG=2" => {
                self.registration_reports[1] = body.as_bytes()[7] - b'0';
            }
            _ => return self.volume(body),
        }
        true
    }

    fn identity(&mut self, body: &str) -> bool {
        let maker = self.maker();
        match body {
            "I" => {
                for line in maker.information() {
                    self.say(line);
                }
            }
            "+CGMM" | "+GMM" => self.say(maker.model()),
            "+CGMI" | "+GMI" => self.say(maker.manufacturer()),
            _ => return false,
        }
        true
    }

    /// Questions about the network.
    fn registration_query(&mut self, body: &str) -> bool {
        match body {
            "+CREG?" | "+CEREG?" => {
                let form = self.registration_reports[usize::from(body == "+CEREG?")];
                let stat = self.registration();
                let name = body.trim_end_matches('?');
                let cell = cell(form, stat);
                self.say(&format!("{name}: {form},{stat}{cell}"));
            }
            "+CSQ" => {
                // 27.007 section 8.5: 99 is not known.
                let level = if self.radio_on_since.is_some() {
                    self.signal
                } else {
                    99
                };
                self.say(&format!("+CSQ: {level},99"));
            }
            "+COPS?" => {
                let named = self.registered();
                self.say(if named {
                    "+COPS: 0,0,\"XINTING SIM\",7"
                } else {
                    "+COPS: 0"
                });
            }
            _ => return false,
        }
        true
    }

    /// Commands about calls that end in OK; false where they do not, or are none.
    fn call_control(&mut self, body: &str) -> bool {
        match body {
            "+CLCC" if !self.struck(Fault::ClccError) => self.list_calls(),
            "+CHUP" if !self.struck(Fault::ChupError) => self.hang_up(Fault::ChupKeepsCall),
            "H" | "H0" => {
                if self.maker().hook_ends_calls(self.switches) {
                    self.hang_up(Fault::AthKeepsCall);
                }
            }
            "A" => return self.take_incoming(),
            _ => {
                return body
                    .strip_prefix("+CHLD=")
                    .is_some_and(|what| self.hold(what));
            }
        }
        true
    }

    fn volume(&mut self, body: &str) -> bool {
        let loudest = self.maker().loudest();
        match body {
            "+CLVL=?" => self.say(&format!("+CLVL: (0-{loudest})")),
            "+CLVL?" => self.say(&format!("+CLVL: {}", self.volume)),
            _ => {
                let level = body
                    .strip_prefix("+CLVL=")
                    .and_then(|text| text.parse().ok());
                match level {
                    Some(level) if level <= loudest => self.volume = level,
                    _ => return false,
                }
            }
        }
        true
    }

    /// `+CFUN` (27.007 section 8.2).
    fn radio_command(&mut self, rest: &str) {
        if rest == "?" {
            self.say(&format!("+CFUN: {}", self.radio));
            return self.finish();
        }
        if self.struck(Fault::RefusesCfun) {
            return self.error();
        }
        match rest {
            "=1" => self.set_radio(1),
            "=0" => self.set_radio(0),
            "=4" => self.set_radio(4),
            _ => return self.error(),
        }
        self.finish();
    }

    /// `+CPIN` (27.007 section 8.3).
    fn pin_command(&mut self, rest: &str) {
        let state = if self.struck(Fault::NoSim) {
            CardState::Absent
        } else {
            self.card_state()
        };
        if state == CardState::Absent {
            return self.cme(10);
        }
        if self.now < self.card_busy_until {
            return self.cme(14);
        }
        let Some(codes) = rest.strip_prefix('=') else {
            self.say(match state {
                CardState::Pin => "+CPIN: SIM PIN",
                CardState::Puk => "+CPIN: SIM PUK",
                CardState::Ready | CardState::Absent => "+CPIN: READY",
            });
            if state == CardState::Ready && self.struck(Fault::CpinNoFinal) {
                return;
            }
            return self.finish();
        };
        let mut codes = codes.split(',').map(|code| code.trim_matches('"'));
        let verdict = match (codes.next(), codes.next()) {
            (Some(pin), None) => self.card.enter_pin(pin),
            (Some(puk), Some(pin)) => self.card.enter_puk(puk, pin),
            (None, _) => return self.error(),
        };
        match verdict {
            Verdict::Right => {
                self.finish();
                self.card_busy_until = self.now;
                self.later
                    .push((self.now + self.timing.to_registered / 2, Later::CardReady));
                self.later
                    .push((self.now + self.timing.to_registered, Later::Registered));
            }
            // 27.007 section 9.2: 16 incorrect password, 12 PUK required, 3 operation not allowed, 11 PIN required.
            Verdict::Wrong => self.cme(16),
            Verdict::Blocked => self.cme(12),
            Verdict::NotAsked => self.cme(match state {
                CardState::Puk => 12,
                CardState::Pin => 11,
                CardState::Ready | CardState::Absent => 3,
            }),
        }
    }

    /// What only this maker has, and tones.
    fn special(&mut self, body: &str) {
        if let Some(tone) = self.maker().tone(body) {
            return if self.tone(tone) {
                self.finish();
            } else {
                self.error();
            };
        }
        self.switches.ims_registered = self.in_ims();
        let facts = Facts {
            card: self.card_state(),
            pin: self.card.pin_tries(),
            puk: self.card.puk_tries(),
            may_switch: !(switches_volte_on(body) && self.struck(Fault::VolteRefused)),
            in_call: self.calls_up() > 0,
        };
        let mut switches = self.switches;
        let answer = self.maker().own_command(body, &mut switches, facts);
        self.switches = switches;
        match answer {
            Some(Answer::Lines(lines)) => {
                for line in lines {
                    self.say(&line);
                }
                self.finish();
            }
            Some(Answer::Error(code)) => self.cme(code),
            Some(Answer::HangUp) => {
                self.hang_up(Fault::ChupKeepsCall);
                self.finish();
            }
            // 27.007 section 8.71, where the maker has nothing of its own to say.
            None if body == "+CIREG?" => {
                let inside = u8::from(self.switches.ims_registered);
                self.say(&format!("+CIREG: 0,{inside}"));
                self.finish();
            }
            None => self.error(),
        }
    }

    /// OK, at once or late.
    pub(super) fn finish(&mut self) {
        if self.struck(Fault::UrcInside) {
            let chatter = self.maker().chatter();
            self.say(chatter);
        }
        if self.struck(Fault::LateFinal) {
            self.later
                .push((self.now + self.timing.late_by, Later::Say("OK")));
        } else {
            self.say("OK");
        }
    }

    /// What changed with the network, where reports are switched on (27.007 section 7.2).
    pub(super) fn report_registration(&mut self) {
        for (index, name) in ["+CREG", "+CEREG"].into_iter().enumerate() {
            let form = self.registration_reports[index];
            if form > 0 {
                let stat = self.true_registration();
                let cell = cell(form, stat);
                self.say_unasked(&format!("{name}: {stat}{cell}"));
            }
        }
    }

    pub(super) fn error(&mut self) {
        self.cme(4);
    }

    /// An error in the form that `+CMEE` asks for.
    pub(super) fn cme(&mut self, code: u16) {
        match self.error_form {
            0 => self.say("ERROR"),
            1 => self.say(&format!("+CME ERROR: {code}")),
            _ => self.say(&format!("+CME ERROR: {}", words(code))),
        }
    }
}

fn cell(form: u8, stat: u8) -> &'static str {
    if form == 2 && matches!(stat, 1 | 5) {
        ",\"1A2B\",\"01CE8B02\",7"
    } else {
        ""
    }
}

fn switches_volte_on(body: &str) -> bool {
    ["+QCFG=\"IMS\",1", "+SETVOLTE=1", "+CAVIMS=1"]
        .iter()
        .any(|command| body.starts_with(command))
}

/// The words of 27.007 section 9.2.1.
fn words(code: u16) -> String {
    match code {
        3 => "operation not allowed",
        4 => "operation not supported",
        10 => "SIM not inserted",
        11 => "SIM PIN required",
        12 => "SIM PUK required",
        13 => "SIM failure",
        14 => "SIM busy",
        15 => "SIM wrong",
        16 => "incorrect password",
        30 => "no network service",
        31 => "network timeout",
        32 => "network not allowed - emergency calls only",
        100 => "unknown",
        _ => return code.to_string(),
    }
    .to_owned()
}
