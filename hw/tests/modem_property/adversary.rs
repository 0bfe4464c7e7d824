//! A module that names itself as one maker's and then answers whatever it likes, whenever it likes: every attempt ends
//! once and in time, nothing is dialled after a hang-up was asked for, and the hang-up is written.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use xinting_hw::modem::{
    CallState, Core, DriverRequest, ModemCommand, ModemEvent, PowerCycleError, Timings,
};

use crate::{MS, deadline, number};

/// Answers to `+CGMM`, one for each dialect.
const NAMES: [&str; 6] = [
    "XYZ",
    "SIMCOM_SIM7600CE",
    "EC25",
    "Air724UG",
    "ME909s-821",
    "SARA-R410M",
];

/// Lines that a module of any make could say, true or not.
const LINES: [&str; 56] = [
    "OK",
    "OK",
    "OK",
    "ERROR",
    "CONNECT",
    "NO CARRIER",
    "BUSY",
    "NO ANSWER",
    "NO DIALTONE",
    "RING",
    "+CRING: VOICE",
    "+CCWA: \"\",128,1",
    "RDY",
    "^SYSSTART",
    "SMS Ready",
    "+CFUN: 1",
    "+CFUN: 0",
    "NORMAL POWER DOWN",
    "+CME ERROR: 3",
    "+CME ERROR: 10",
    "+CME ERROR: 14",
    "+CME ERROR: 16",
    "+CME ERROR: 30",
    "+CMS ERROR: 500",
    "+CLCC: 1,0,0,0,0,\"10010\",129",
    "+CLCC: 1,0,2,0,0",
    "+CLCC: 1,0,3,0,0,\"10010\",129",
    "+CLCC: 1,0,6,0,0",
    "+CLCC: 1,0,1,0,0,\"10010\",129",
    "+CLCC: 1,1,4,0,0,\"\",128",
    "+CLCC: 2,1,5,0,0,\"\",128",
    "+CPIN: READY",
    "+CPIN: SIM PIN",
    "+CPIN: NOT INSERTED",
    "+CREG: 0,1",
    "+CREG: 2",
    "+CEREG: 0,5",
    "+CSQ: 20,99",
    "+COPS: 0,0,\"X\"",
    "VOICE CALL: BEGIN",
    "VOICE CALL: END: 000003",
    "MO RING",
    "MO CONNECTED",
    "^DSCI: 1,0,3,0,0,\"10010\",129",
    "^DSCI: 1,0,6,0,0,\"10010\",129",
    "+QIND: \"ccinfo\",1,0,0,0,0,\"10010\",129",
    "+QIND: \"ccinfo\",1,0,-1,0,0,\"10010\",129",
    "^ORIG:1,0",
    "^CONF:1",
    "^CONN:1,0",
    "^CEND:1,0,104,31",
    "+UCALLSTAT: 1,2",
    "+UCALLSTAT: 1,0",
    "+UCALLSTAT: 1,6",
    "+QCFG: \"ims\",2,0",
    "+CAVIMS: 0",
];

#[derive(Debug, Clone)]
enum Turn {
    /// So many commands are answered with these lines, all at once.
    Answer(Vec<&'static str>),
    /// Nothing comes for this many milliseconds.
    Silence(u64),
    /// This comes without being asked for.
    Say(&'static str),
}

fn any_line() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&LINES[..])
}

fn any_turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        6 => vec(any_line(), 1..4).prop_map(Turn::Answer),
        2 => (0_u64..300).prop_map(Turn::Silence),
        2 => any_line().prop_map(Turn::Say),
    ]
}

/// One conversation.
struct Talk {
    core: Core,
    now: Duration,
    name: &'static str,
    sent: Vec<String>,
    ends: usize,
    /// Between two attempts: the first has left the list, or was hung up.
    between: bool,
}

impl Talk {
    fn new(name: &'static str) -> Self {
        let mut core = Core::new(Timings::fast().into());
        core.port_opened(Duration::ZERO);
        Self {
            core,
            now: Duration::ZERO,
            name,
            sent: Vec::new(),
            ends: 0,
            between: false,
        }
    }

    fn say(&mut self, line: &str) {
        self.core
            .handle_bytes(self.now, format!("\r\n{line}\r\n").as_bytes());
    }

    /// Lets everything out that the core has to say.
    fn collect(&mut self) -> usize {
        let before = self.sent.len();
        while let Some(bytes) = self.core.poll_transmit() {
            self.sent
                .push(String::from_utf8_lossy(&bytes).trim().to_owned());
        }
        while let Some(event) = self.core.poll_event() {
            if let ModemEvent::Call(state) = event {
                self.ends += usize::from(matches!(state, CallState::Ended(_)));
                self.between = state == CallState::Redialling;
            }
        }
        while let Some(wish) = self.core.poll_driver() {
            match wish {
                DriverRequest::PowerCycle => self
                    .core
                    .power_cycled(self.now, Err(PowerCycleError::NotConfigured)),
                DriverRequest::Reopen => self.core.port_opened(self.now),
            }
        }
        self.sent.len() - before
    }

    /// Begins like an honest module, up to the network, so that a dial goes out.
    fn start(&mut self) {
        while !self.core.health().can_call() {
            if self.collect() == 0 {
                self.wait(MS * 10);
                continue;
            }
            let information = match self.sent.last().map(String::as_str) {
                Some("AT+CGMM") => self.name,
                Some("AT+CPIN?") => "+CPIN: READY",
                Some("AT+CREG?") => "+CREG: 0,1",
                Some("AT+CEREG?") => "+CEREG: 0,1",
                _ => "",
            };
            self.say(information);
            self.say("OK");
        }
    }

    /// Plays one turn; a module that names itself keeps its name.
    fn turn(&mut self, turn: &Turn) {
        match turn {
            Turn::Answer(lines) => {
                if self.collect() == 0 {
                    // Nothing was asked: time goes on to the next question.
                    self.wait(Timings::fast().call_poll);
                    self.collect();
                }
                if self.sent.last().is_some_and(|sent| sent == "AT+CGMM") {
                    self.say(self.name);
                    self.say("OK");
                } else {
                    for line in lines {
                        self.say(line);
                    }
                }
            }
            Turn::Silence(ms) => self.wait(MS * u32::try_from(*ms).unwrap()),
            Turn::Say(line) => self.say(line),
        }
        self.collect();
    }

    fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(at) = self.core.poll_timeout().filter(|at| *at <= until) {
            self.now = at.max(self.now);
            self.core.handle_timeout(self.now);
            self.collect();
        }
        self.now = until;
    }
}

fn last(sent: &[String], of: &[&str]) -> Option<usize> {
    sent.iter()
        .rposition(|line| of.iter().any(|begin| line.starts_with(begin)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_module_that_lies_about_everything_still_has_every_call_ended_and_hung_up(
        name in proptest::sample::select(&NAMES[..]),
        before in vec(any_turn(), 0..6),
        during in vec(any_turn(), 0..40),
        after in vec(any_turn(), 0..60),
    ) {
        let mut talk = Talk::new(name);
        talk.start();
        for turn in &before {
            talk.turn(turn);
        }
        talk.core.command(talk.now, ModemCommand::Dial(number()));
        for turn in &during {
            talk.turn(turn);
        }
        let over = talk.ends == 1 || talk.between;
        talk.core.command(talk.now, ModemCommand::HangUp);
        talk.collect();
        let asked_at = talk.sent.len();
        for turn in &after {
            talk.turn(turn);
        }
        talk.wait(deadline(&Timings::fast()));
        prop_assert_eq!(talk.ends, 1, "{:?}", talk.sent);
        let dialled = last(&talk.sent, &["ATD"]);
        prop_assert!(dialled.is_none_or(|at| at < asked_at), "dialled after the hang-up: {:?}", talk.sent);
        if !over && let Some(dialled) = dialled {
            let hung_up = last(&talk.sent, &["AT+CHUP", "AT+QHUP", "ATH"]);
            prop_assert!(hung_up > Some(dialled), "never hung up: {:?}", talk.sent);
        }
    }
}
