//! Calls in the simulated modem: how they come to be, move on, are listed and end.

use std::time::Duration;

use super::{Later, Machine};
use crate::modem::sim::card::CardState;
use crate::modem::sim::habits::{DialStyle, Fault, ListForm, Network, NextCall};
use crate::modem::sim::profile::{CallView, News, Refusal, Stat, Why};

pub(super) struct Call {
    pub(super) id: u8,
    number: String,
    stat: Stat,
    incoming: bool,
    opened: Option<Duration>,
}

impl Call {
    fn view(&self) -> CallView<'_> {
        CallView {
            id: self.id,
            incoming: self.incoming,
            stat: self.stat,
            number: &self.number,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Alert,
    Take,
    End(Why),
    Ring,
    EarlyNoCarrier,
}

impl Machine {
    /// The other side ends every call.
    pub fn remote_hang_up(&mut self) {
        for id in self.calls.iter().map(|call| call.id).collect::<Vec<_>>() {
            self.end(id, Why::Remote);
        }
    }

    /// Somebody calls in. During a call the new one waits (27.007 section 7.11).
    pub fn ring(&mut self) {
        if self.calls.len() >= 7 {
            return;
        }
        let waiting = !self.calls.is_empty();
        let id = self.free_id();
        self.calls.push(Call {
            id,
            number: String::new(),
            stat: if waiting {
                Stat::Waiting
            } else {
                Stat::Incoming
            },
            incoming: true,
            opened: None,
        });
        self.tell(id, News::Incoming);
        if waiting {
            self.say_unasked("+CCWA: \"\",128,1");
        } else {
            self.step(id, Step::Ring);
        }
    }

    /// True when a call could go out. A fault that strikes once is used up by asking.
    pub(super) fn registered(&mut self) -> bool {
        matches!(self.registration(), 1 | 5)
    }

    pub(super) fn registration(&mut self) -> u8 {
        if self.radio_on_since.is_some() && self.struck(Fault::NotRegistered) {
            return 2;
        }
        self.true_registration()
    }

    /// 27.007 section 7.2: 0 not searching, 1 home, 2 searching, 3 denied, 5 roaming.
    pub(super) fn true_registration(&self) -> u8 {
        let Some(since) = self.radio_on_since else {
            return 0;
        };
        if self.has(Fault::NotRegistered)
            || self.card_state() != CardState::Ready
            || self.now < self.card_busy_until
            || self.now < since + self.timing.to_registered
        {
            return 2;
        }
        match self.network {
            Network::Home => 1,
            Network::Roaming => 5,
            Network::Denied => 3,
            Network::Lost { .. } => 2,
        }
    }

    /// IMS has taken the module in.
    pub(super) fn in_ims(&self) -> bool {
        self.switches.volte && matches!(self.true_registration(), 1 | 5)
    }

    pub(super) fn dial(&mut self, rest: &str) {
        let Some(digits) = rest.strip_suffix(';') else {
            // Without the semicolon it is a data call, and there is no data service here.
            return self.say("NO CARRIER");
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.error();
        }
        if self.struck(Fault::DialLost) {
            return;
        }
        if self.struck(Fault::NoVoice) {
            return self.say("ERROR");
        }
        if !self.may_dial(digits) {
            return;
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
            incoming: false,
            opened: None,
        });
        if (self.maker().needs_volte() || self.has(Fault::LteOnly)) && !self.switches.volte {
            // An EC200U without IMS: the dial is answered OK and the call ends NO CARRIER.
            self.plan(id, self.timing.to_alerting / 4, Step::End(Why::Remote));
        } else {
            self.plan_call(id, fate);
        }
        if self.struck(Fault::DialSilent) {
            // Neither now nor later.
        } else {
            match self.style() {
                DialStyle::OkAtOnce | DialStyle::OkThenConnect => self.finish(),
                DialStyle::ConnectWhenTaken | DialStyle::OkWhenTaken => self.owed_final = Some(id),
            }
        }
        self.tell(id, News::Dialling);
    }

    /// False when card or network forbid the call; the refusal is said.
    fn may_dial(&mut self, digits: &str) -> bool {
        let maker = self.maker();
        let emergency = is_emergency(digits) && maker.emergency_without_card();
        let card = if self.struck(Fault::NoSim) {
            CardState::Absent
        } else {
            self.card_state()
        };
        let code = match card {
            CardState::Absent => 10,
            CardState::Pin => 11,
            CardState::Puk => 12,
            CardState::Ready if self.registered() => return true,
            CardState::Ready => 30,
        };
        let cell = self.radio_on_since.is_some()
            && !self.has(Fault::NotRegistered)
            && !matches!(self.network, Network::Lost { .. });
        if emergency && cell {
            return true;
        }
        match maker.without_card() {
            Refusal::Code => self.cme(code),
            Refusal::NoCarrier => self.say("NO CARRIER"),
        }
        false
    }

    fn style(&self) -> DialStyle {
        self.dial_style.unwrap_or_else(|| self.maker().dial_style())
    }

    fn plan(&mut self, id: u8, after: Duration, step: Step) {
        self.later
            .push((self.now + after, Later::Call { id, step }));
    }

    fn plan_call(&mut self, id: u8, fate: NextCall) {
        let alerting = self.timing.to_alerting;
        if self.struck(Fault::EarlyNoCarrier) {
            self.plan(id, alerting / 2, Step::EarlyNoCarrier);
        }
        match fate {
            NextCall::Answer { after_ms } => {
                let after =
                    after_ms.map_or(self.timing.to_answer, |ms| Duration::from_millis(ms.into()));
                if alerting < after {
                    self.plan(id, alerting, Step::Alert);
                }
                self.plan(id, after, Step::Take);
            }
            NextCall::Busy => self.plan(id, alerting, Step::End(Why::Busy)),
            NextCall::NoCarrier => self.plan(id, alerting, Step::End(Why::Remote)),
            NextCall::NoAnswer => {
                self.plan(id, alerting, Step::Alert);
                self.plan(id, self.timing.to_no_answer, Step::End(Why::NoAnswer));
            }
            NextCall::RingForever => self.plan(id, alerting, Step::Alert),
            // Dealt with before.
            NextCall::Refuse => {}
        }
    }

    pub(super) fn step(&mut self, id: u8, step: Step) {
        let opens = self.maker().opens_at_ringback();
        let early = opens || self.has(Fault::ActiveAtRingback);
        let now = self.now;
        let Some(call) = self.calls.iter_mut().find(|call| call.id == id) else {
            return;
        };
        match step {
            Step::Alert => {
                call.stat = if early { Stat::Active } else { Stat::Alerting };
                if opens {
                    call.opened = Some(now);
                }
                self.tell(id, News::Alerting);
                if opens {
                    self.tell(id, News::Taken);
                }
            }
            Step::Take => {
                call.stat = Stat::Active;
                let told = call.opened.is_some();
                call.opened = call.opened.or(Some(now));
                self.taken(id, told);
            }
            Step::End(why) => self.end(id, why),
            Step::Ring => {
                if call.stat == Stat::Incoming {
                    self.say_unasked("RING");
                    self.plan(id, self.timing.ring_every, Step::Ring);
                }
            }
            Step::EarlyNoCarrier => self.say_unasked("NO CARRIER"),
        }
    }

    /// `told` when the module has said already that the line is open.
    fn taken(&mut self, id: u8, told: bool) {
        let style = self.style();
        let mine = self
            .calls
            .iter()
            .any(|call| call.id == id && !call.incoming);
        if self.owed_final == Some(id) {
            self.owed_final = None;
            self.say(if style == DialStyle::ConnectWhenTaken {
                "CONNECT"
            } else {
                "OK"
            });
        } else if mine && style == DialStyle::OkThenConnect {
            self.say_unasked("CONNECT");
        }
        if !told {
            self.tell(id, News::Taken);
        }
    }

    /// `ATA`: false when nobody calls.
    pub(super) fn take_incoming(&mut self) -> bool {
        let now = self.now;
        let Some(call) = self
            .calls
            .iter_mut()
            .find(|call| call.stat == Stat::Incoming)
        else {
            return false;
        };
        call.stat = Stat::Active;
        call.opened = Some(now);
        let id = call.id;
        self.tell(id, News::Taken);
        true
    }

    fn end(&mut self, id: u8, why: Why) {
        let Some(index) = self.calls.iter().position(|call| call.id == id) else {
            return;
        };
        let seconds = self.calls[index]
            .opened
            .map(|since| (self.now.saturating_sub(since)).as_secs());
        self.tell(id, News::Ended { seconds, why });
        self.calls.remove(index);
        // What was planned for this call must not happen to the next one of the same number.
        self.later
            .retain(|(_, later)| !matches!(later, Later::Call { id: other, .. } if *other == id));
        if self.owed_final == Some(id) {
            self.owed_final = None;
        }
        if let Some(word) = self.maker().end_word(why, self.switches) {
            self.say_unasked(word);
        }
    }

    /// Says the maker's words for what happened to a call.
    fn tell(&mut self, id: u8, news: News) {
        let Some(call) = self.calls.iter().find(|call| call.id == id) else {
            return;
        };
        let words = self.maker().call_words(news, call.view(), self.switches);
        for word in words {
            self.say_unasked(&word);
        }
    }

    /// Ends all calls from here, unless `keeps` says that the command only pretends to.
    pub(super) fn hang_up(&mut self, keeps: Fault) {
        if !self.calls.is_empty() && self.struck(keeps) {
            return;
        }
        self.end_here(|_| true);
    }

    fn end_here(&mut self, which: impl Fn(&Call) -> bool) {
        let ids: Vec<u8> = self
            .calls
            .iter()
            .filter(|call| which(call))
            .map(|call| call.id)
            .collect();
        for id in ids {
            self.end(id, Why::Here);
        }
    }

    /// `+CHLD=` (27.007 section 7.13): false when the argument means nothing here.
    pub(super) fn hold(&mut self, what: &str) -> bool {
        match what {
            // Held and waiting calls are let go.
            "0" => self.end_here(|call| matches!(call.stat, Stat::Waiting | Stat::Incoming)),
            // Active calls end and the waiting one is TAKEN: whoever asks for this with a stranger waiting gets the
            // stranger on the line.
            "1" => {
                if !self.calls.is_empty() && self.struck(Fault::ChldKeepsCall) {
                    return true;
                }
                self.end_here(|call| call.stat != Stat::Waiting);
                let now = self.now;
                if let Some(call) = self.calls.first_mut() {
                    call.stat = Stat::Active;
                    call.opened = Some(now);
                    let id = call.id;
                    self.tell(id, News::Taken);
                }
            }
            _ => {
                let Some(id) = what.strip_prefix('1').and_then(|id| id.parse::<u8>().ok()) else {
                    return false;
                };
                if !self.calls.iter().any(|call| call.id == id) {
                    return false;
                }
                if !self.struck(Fault::ChldKeepsCall) {
                    self.end_here(|call| call.id == id);
                }
            }
        }
        true
    }

    pub(super) fn list_calls(&mut self) {
        if !self.calls.is_empty() && self.struck(Fault::ActiveClccBareOk) {
            return;
        }
        for line in self.maker().other_calls() {
            self.say(line);
        }
        let lines: Vec<String> = self
            .calls
            .iter()
            .map(|call| self.list_line(call.view()))
            .collect();
        for line in lines {
            self.say(&line);
        }
    }

    fn list_line(&self, call: CallView<'_>) -> String {
        let (id, direction, stat) = (call.id, u8::from(call.incoming), call.stat as u8);
        match self.list_form {
            ListForm::Own => self.maker().list_line(call, stat),
            ListForm::Unquoted => {
                format!("+CLCC: {id},{direction},{stat},0,0,{},129", call.number)
            }
            ListForm::Short => format!("+CLCC: {id},{direction},{stat},0,0"),
            ListForm::Extra => format!(
                "+CLCC: {id},{direction},{stat},0,0,\"{}\",129,\"\"",
                call.number
            ),
            ListForm::DataMode => {
                format!("+CLCC: {id},{direction},{stat},1,0,\"{}\",129", call.number)
            }
        }
    }

    pub(super) fn tone(&mut self, tone: char) -> bool {
        let open = self.calls.iter().any(|call| call.stat == Stat::Active);
        if open {
            self.tones.push(tone);
        }
        open
    }

    fn free_id(&mut self) -> u8 {
        // 27.007 numbers calls 1 to 7. The generic module goes round, so that an old number never means a new call;
        // others take the lowest that is free.
        let first = self.maker().first_call();
        let id = self.next_id.max(first);
        self.next_id = if id >= 7 { first } else { id + 1 };
        id
    }
}

/// Numbers a phone without a card must take as emergency calls (3GPP TS 22.101 section 10.1.1).
fn is_emergency(digits: &str) -> bool {
    matches!(
        digits,
        "112" | "911" | "000" | "08" | "110" | "999" | "118" | "119"
    )
}
