//! The simulated modem itself: bytes and time in, bytes out. No port, no thread, no clock.
//!
//! It follows 27.007 and V.250 for the commands a voice call needs and has the faults that real modules have. It
//! carries no sound, no messages, no data calls.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use super::habits::{DialStyle, Fault, LineEnds, NextCall, SimTiming};

/// Call status as `+CLCC` writes it (27.007 section 7.18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stat {
    Active = 0,
    Dialling = 2,
    Alerting = 3,
    Incoming = 4,
}

struct Call {
    id: u8,
    number: String,
    stat: Stat,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Alert,
    Take,
    End(&'static str),
}

#[derive(Debug)]
enum Later {
    Call { id: u8, step: Step },
    Say(&'static str),
}

/// A whole modem without a port. `Debug` shows no number.
pub struct Machine {
    timing: SimTiming,
    once: VecDeque<Fault>,
    always: Vec<Fault>,
    next_calls: VecDeque<NextCall>,
    dial_style: DialStyle,
    ends: LineEnds,
    signal: u8,
    now: Duration,
    radio_on_since: Option<Duration>,
    echo: bool,
    verbose_errors: bool,
    typed: Vec<u8>,
    out: Vec<u8>,
    calls: Vec<Call>,
    next_id: u8,
    /// The dial style's final is still owed for this call.
    owed_final: Option<u8>,
    later: Vec<(Duration, Later)>,
    babble_at: Duration,
    seed: u32,
    dialled: Vec<String>,
    tones: String,
    volume: u8,
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("calls_up", &self.calls.len())
            .field("faults", &self.always)
            .finish_non_exhaustive()
    }
}

impl Machine {
    /// Loudest value of `+CLVL` here.
    const LOUDEST: u8 = 7;
    /// The longest command line it takes; longer ones are forgotten.
    const LONGEST_LINE: usize = 512;
    const BABBLE_EVERY: Duration = Duration::from_millis(20);

    /// A modem that is switched on at time zero.
    #[must_use]
    pub fn new(timing: SimTiming) -> Self {
        Self {
            timing,
            once: VecDeque::new(),
            always: Vec::new(),
            next_calls: VecDeque::new(),
            dial_style: DialStyle::OkAtOnce,
            ends: LineEnds::CrLf,
            signal: 23,
            now: Duration::ZERO,
            radio_on_since: Some(Duration::ZERO),
            echo: true,
            verbose_errors: false,
            typed: Vec::new(),
            out: Vec::new(),
            calls: Vec::new(),
            next_id: 1,
            owed_final: None,
            later: Vec::new(),
            babble_at: Duration::ZERO,
            seed: 0x2545_f491,
            dialled: Vec::new(),
            tones: String::new(),
            volume: 4,
        }
    }

    /// Bytes from the line.
    pub fn feed(&mut self, now: Duration, bytes: &[u8]) {
        self.now = self.now.max(now);
        for &byte in bytes {
            if self.echo && !self.deaf() {
                self.out.push(byte);
            }
            match byte {
                b'\r' => {
                    let line = String::from_utf8_lossy(&std::mem::take(&mut self.typed))
                        .trim()
                        .to_owned();
                    self.command(&line);
                }
                b'\n' => {}
                _ if self.typed.len() < Self::LONGEST_LINE => self.typed.push(byte),
                _ => self.typed.clear(),
            }
        }
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Duration) {
        self.now = self.now.max(now);
        self.later.sort_by_key(|(at, _)| *at);
        while self.later.first().is_some_and(|(at, _)| *at <= self.now) {
            match self.later.remove(0).1 {
                Later::Call { id, step } => self.step(id, step),
                Later::Say(line) => self.say(line),
            }
        }
        if self.always.contains(&Fault::Babble) && self.babble_at <= self.now {
            self.babble_at = self.now + Self::BABBLE_EVERY;
            self.garbage(256);
        }
    }

    /// When [`Machine::tick`] has something to do next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Duration> {
        let babble = self
            .always
            .contains(&Fault::Babble)
            .then_some(self.babble_at);
        self.later.iter().map(|(at, _)| *at).chain(babble).min()
    }

    /// Takes everything that wants to go out on the line.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// What becomes of the next call that has no fate yet.
    pub fn set_next_call(&mut self, next: NextCall) {
        self.next_calls.push_back(next);
    }

    /// The other side ends every call.
    pub fn remote_hang_up(&mut self) {
        for id in self.calls.iter().map(|call| call.id).collect::<Vec<_>>() {
            self.end(id, "NO CARRIER");
        }
    }

    /// Somebody calls in.
    pub fn ring(&mut self) {
        let id = self.free_id();
        self.calls.push(Call {
            id,
            number: String::new(),
            stat: Stat::Incoming,
        });
        self.say("RING");
    }

    /// `fault` strikes once.
    pub fn fail_next(&mut self, fault: Fault) {
        self.once.push_back(fault);
    }

    /// `fault` stays.
    pub fn fail_repeatedly(&mut self, fault: Fault) {
        if !self.always.contains(&fault) {
            self.always.push(fault);
        }
    }

    /// `fault` is over.
    pub fn clear(&mut self, fault: Fault) {
        self.once.retain(|other| *other != fault);
        self.always.retain(|other| *other != fault);
    }

    /// All faults are over.
    pub fn clear_all(&mut self) {
        self.once.clear();
        self.always.clear();
    }

    /// What `+CSQ` says.
    pub fn set_signal(&mut self, csq: u8) {
        self.signal = csq;
    }

    /// The radio is off until it is switched on.
    pub fn radio_off(&mut self) {
        self.radio_on_since = None;
        self.calls.clear();
    }

    /// What `ATD` answers and when.
    pub fn set_dial_style(&mut self, style: DialStyle) {
        self.dial_style = style;
    }

    /// How lines end.
    pub fn set_line_ends(&mut self, ends: LineEnds) {
        self.ends = ends;
    }

    /// The modem starts again: no call, echo on, nothing typed. Faults and fates stay.
    pub fn restart(&mut self, now: Duration) {
        self.now = self.now.max(now);
        self.calls.clear();
        self.later.clear();
        self.typed.clear();
        self.out.clear();
        self.owed_final = None;
        self.echo = true;
        self.verbose_errors = false;
        self.radio_on_since = Some(self.now);
        if !self.deaf() {
            self.say("RDY");
        }
    }

    /// Digits of every call that went out.
    #[must_use]
    pub fn calls_made(&self) -> &[String] {
        &self.dialled
    }

    /// Tones received on open lines.
    #[must_use]
    pub fn tones(&self) -> &str {
        &self.tones
    }

    /// How many calls are held.
    #[must_use]
    pub fn calls_up(&self) -> usize {
        self.calls.len()
    }

    fn deaf(&self) -> bool {
        self.always
            .iter()
            .any(|fault| matches!(fault, Fault::Silence | Fault::Babble | Fault::Mute))
    }

    /// True when the fault is there; one that strikes once is used up by this.
    fn struck(&mut self, fault: Fault) -> bool {
        if self.always.contains(&fault) {
            return true;
        }
        let found = self.once.iter().position(|other| *other == fault);
        if let Some(index) = found {
            self.once.remove(index);
        }
        found.is_some()
    }

    fn cme_fault(&mut self) -> Option<u16> {
        let code = |fault: &Fault| {
            if let Fault::CmeError(code) = fault {
                Some(*code)
            } else {
                None
            }
        };
        if let Some(code) = self.always.iter().find_map(code) {
            return Some(code);
        }
        let index = self.once.iter().position(|fault| code(fault).is_some())?;
        self.once.remove(index).as_ref().and_then(code)
    }

    fn command(&mut self, line: &str) {
        if line.is_empty() {
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
        let upper = line.to_ascii_uppercase();
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
        match body {
            "" | "E0" | "E1" | "Z" | "+CMEE=0" | "+CMEE=1" | "+COPS=3,0" | "+CVHU=0"
            | "+CVHU=1" => match body {
                "E0" => self.echo = false,
                "E1" => self.echo = true,
                "+CMEE=0" => self.verbose_errors = false,
                "+CMEE=1" => self.verbose_errors = true,
                _ => {}
            },
            "I" | "+CGMM" => self.say("XINTING SIM GENERIC"),
            "+CFUN?" => self.say(if self.radio_on_since.is_some() {
                "+CFUN: 1"
            } else {
                "+CFUN: 0"
            }),
            "+CFUN=1" => self.radio_on_since = self.radio_on_since.or(Some(self.now)),
            "+CFUN=0" | "+CFUN=4" => self.radio_off(),
            "+CPIN?" => {
                if self.struck(Fault::NoSim) {
                    return self.cme(10);
                }
                self.say("+CPIN: READY");
            }
            "+CREG?" | "+CEREG?" => {
                let stat = if self.registered() { 1 } else { 2 };
                let name = body.trim_end_matches('?');
                self.say(&format!("{name}: 0,{stat}"));
            }
            "+CSQ" => self.say(&format!("+CSQ: {},99", self.signal)),
            "+COPS?" => {
                let named = self.registered();
                self.say(if named {
                    "+COPS: 0,0,\"XINTING SIM\",7"
                } else {
                    "+COPS: 0"
                });
            }
            "+CLCC" => self.list_calls(),
            "+CHUP" => self.hang_up(Fault::ChupKeepsCall),
            "H" | "H0" => self.hang_up(Fault::AthKeepsCall),
            "+CHLD=1" => self.hang_up(Fault::ChldKeepsCall),
            "+CLVL=?" => self.say(&format!("+CLVL: (0-{})", Self::LOUDEST)),
            "+CLVL?" => self.say(&format!("+CLVL: {}", self.volume)),
            _ => {
                if !self.set_volume(body) && !self.tone(body) {
                    return self.error();
                }
            }
        }
        self.finish();
    }

    /// OK, at once or late.
    fn finish(&mut self) {
        if self.struck(Fault::LateFinal) {
            self.later
                .push((self.now + self.timing.late_by, Later::Say("OK")));
        } else {
            self.say("OK");
        }
    }

    fn registered(&mut self) -> bool {
        let Some(since) = self.radio_on_since else {
            return false;
        };
        !self.struck(Fault::NotRegistered)
            && !self.always.contains(&Fault::NoSim)
            && self.now >= since + self.timing.to_registered
    }

    fn dial(&mut self, rest: &str) {
        let Some(digits) = rest.strip_suffix(';') else {
            // Without the semicolon it is a data call, and there is no data service here.
            return self.say("NO CARRIER");
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.error();
        }
        if self.struck(Fault::NoSim) {
            return self.cme(10);
        }
        if !self.registered() {
            return self.cme(30);
        }
        let fate = self
            .next_calls
            .pop_front()
            .unwrap_or(NextCall::Answer { after_ms: None });
        if fate == NextCall::Refuse || !self.calls.is_empty() {
            return self.cme(3);
        }
        let id = self.free_id();
        self.dialled.push(digits.to_owned());
        self.calls.push(Call {
            id,
            number: digits.to_owned(),
            stat: Stat::Dialling,
        });
        let alerting = self.timing.to_alerting;
        let mut plan = |after: Duration, step| {
            self.later
                .push((self.now + after, Later::Call { id, step }))
        };
        match fate {
            NextCall::Answer { after_ms } => {
                let after =
                    after_ms.map_or(self.timing.to_answer, |ms| Duration::from_millis(ms.into()));
                if alerting < after {
                    plan(alerting, Step::Alert);
                }
                plan(after, Step::Take);
            }
            NextCall::Busy => plan(alerting, Step::End("BUSY")),
            NextCall::NoCarrier => plan(alerting, Step::End("NO CARRIER")),
            NextCall::NoAnswer => {
                plan(alerting, Step::Alert);
                plan(self.timing.to_no_answer, Step::End("NO ANSWER"));
            }
            NextCall::RingForever => plan(alerting, Step::Alert),
            // Dealt with above.
            NextCall::Refuse => {}
        }
        match self.dial_style {
            DialStyle::OkAtOnce => self.finish(),
            DialStyle::ConnectWhenTaken | DialStyle::OkWhenTaken => self.owed_final = Some(id),
        }
    }

    fn step(&mut self, id: u8, step: Step) {
        let Some(call) = self.calls.iter_mut().find(|call| call.id == id) else {
            return;
        };
        match step {
            Step::Alert => call.stat = Stat::Alerting,
            Step::Take => {
                call.stat = Stat::Active;
                if self.owed_final == Some(id) {
                    self.owed_final = None;
                    self.say(if self.dial_style == DialStyle::ConnectWhenTaken {
                        "CONNECT"
                    } else {
                        "OK"
                    });
                }
            }
            Step::End(word) => self.end(id, word),
        }
    }

    fn end(&mut self, id: u8, word: &str) {
        self.calls.retain(|call| call.id != id);
        if self.owed_final == Some(id) {
            self.owed_final = None;
        }
        if !self.deaf() {
            self.say(word);
        }
    }

    fn hang_up(&mut self, keeps: Fault) {
        if !self.calls.is_empty() && self.struck(keeps) {
            return;
        }
        self.calls.clear();
        self.owed_final = None;
    }

    fn list_calls(&mut self) {
        if !self.calls.is_empty() && self.struck(Fault::ActiveClccBareOk) {
            return;
        }
        let lines: Vec<String> = self
            .calls
            .iter()
            .map(|call| {
                let direction = u8::from(call.stat == Stat::Incoming);
                format!(
                    "+CLCC: {},{direction},{},0,0,\"{}\",129",
                    call.id, call.stat as u8, call.number
                )
            })
            .collect();
        for line in lines {
            self.say(&line);
        }
    }

    fn set_volume(&mut self, body: &str) -> bool {
        let level = body
            .strip_prefix("+CLVL=")
            .and_then(|text| text.parse().ok());
        match level {
            Some(level) if level <= Self::LOUDEST => {
                self.volume = level;
                true
            }
            _ => false,
        }
    }

    fn tone(&mut self, body: &str) -> bool {
        let Some(tone) = body.strip_prefix("+VTS=") else {
            return false;
        };
        let mut chars = tone.trim_matches('"').chars();
        let (Some(tone), None) = (chars.next(), chars.next()) else {
            return false;
        };
        let open = self.calls.iter().any(|call| call.stat == Stat::Active);
        if open && matches!(tone, '0'..='9' | '*' | '#' | 'A'..='D') {
            self.tones.push(tone);
            return true;
        }
        false
    }

    fn free_id(&mut self) -> u8 {
        let id = self.next_id;
        // 27.007 numbers calls 1 to 7.
        self.next_id = if id >= 7 { 1 } else { id + 1 };
        id
    }

    fn error(&mut self) {
        self.cme(4);
    }

    fn cme(&mut self, code: u16) {
        if self.verbose_errors {
            self.say(&format!("+CME ERROR: {code}"));
        } else {
            self.say("ERROR");
        }
    }

    fn say(&mut self, line: &str) {
        match self.ends {
            LineEnds::CrLf => self
                .out
                .extend_from_slice(format!("\r\n{line}\r\n").as_bytes()),
            LineEnds::Cr => self.out.extend_from_slice(format!("{line}\r").as_bytes()),
        }
    }

    /// Bytes without sense, the same ones in every run (Marsaglia's xorshift).
    fn garbage(&mut self, count: usize) {
        for _ in 0..count {
            self.seed ^= self.seed << 13;
            self.seed ^= self.seed >> 17;
            self.seed ^= self.seed << 5;
            self.out.push(self.seed.to_le_bytes()[0]);
        }
    }
}

#[cfg(test)]
mod tests;
