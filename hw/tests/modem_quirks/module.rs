//! A module as a table of answers, in simulated time, with the core at the other end of its line.

use std::time::Duration;

use xinting_hw::modem::{
    CallOutcome, CallState, Core, CoreOptions, DialNumber, DriverRequest, ModemCommand, ModemEvent,
    Pin, Timings,
};

pub(crate) const MS: Duration = Duration::from_millis(1);

/// A module as a table: the answer to each command it knows; the first fitting row counts, `OK` where none fits.
pub(crate) struct Module {
    pub(crate) core: Core,
    pub(crate) now: Duration,
    rows: Vec<(&'static str, &'static str)>,
    /// Every command it was sent.
    pub(crate) heard: Vec<String>,
    pub(crate) events: Vec<ModemEvent>,
    /// What the core asked of its driver.
    pub(crate) wishes: Vec<DriverRequest>,
}

/// A module of nobody's make, with a card and a network.
const WELL: [(&str, &str); 6] = [
    ("AT+CPIN?", "+CPIN: READY|OK"),
    ("AT+CREG?", "+CREG: 0,1|OK"),
    ("AT+CEREG?", "+CEREG: 0,1|OK"),
    ("AT+CSQ", "+CSQ: 20,99|OK"),
    ("AT+COPS?", "+COPS: 0,0,\"TEST\",7|OK"),
    ("AT+CFUN?", "+CFUN: 1|OK"),
];

impl Module {
    /// `|` ends a line; an empty answer is none.
    pub(crate) fn new(rows: &[(&'static str, &'static str)]) -> Self {
        Self::with_pin(rows, None)
    }

    pub(crate) fn with_pin(rows: &[(&'static str, &'static str)], pin: Option<&str>) -> Self {
        let options = CoreOptions {
            timings: Timings::fast(),
            pin: pin.map(|pin| Pin::new(pin).unwrap()),
        };
        let mut module = Self {
            core: Core::new(options),
            now: Duration::ZERO,
            rows: rows.iter().chain(&WELL).copied().collect(),
            heard: Vec::new(),
            events: Vec::new(),
            wishes: Vec::new(),
        };
        module.core.port_opened(module.now);
        module
    }

    pub(crate) fn put(&mut self, command: &'static str, answer: &'static str) {
        self.rows.insert(0, (command, answer));
    }

    pub(crate) fn say(&mut self, text: &str) {
        let bytes = text.replace('|', "\r\n") + "\r\n";
        self.core.handle_bytes(self.now, bytes.as_bytes());
        self.settle();
    }

    /// Moves everything that wants to move at this moment.
    ///
    /// # Panics
    /// When the two never stop talking.
    pub(crate) fn settle(&mut self) {
        let before = self.heard.len();
        loop {
            assert!(
                self.heard.len() < before + 1_000,
                "they go in a circle: {:?}",
                &self.heard[before..before + 40]
            );
            self.core.handle_timeout(self.now);
            while let Some(event) = self.core.poll_event() {
                self.events.push(event);
            }
            while let Some(wish) = self.core.poll_driver() {
                self.wishes.push(wish);
            }
            let Some(bytes) = self.core.poll_transmit() else {
                return;
            };
            let command = String::from_utf8(bytes).unwrap().trim().to_owned();
            let answer = self
                .rows
                .iter()
                .find(|(known, _)| command.starts_with(known))
                .map_or("OK", |row| row.1);
            self.heard.push(command.clone());
            let bytes = answer.replace("{echo}", &command).replace('|', "\r\n");
            if !bytes.is_empty() {
                self.core
                    .handle_bytes(self.now, format!("{bytes}\r\n").as_bytes());
            }
        }
    }

    pub(crate) fn run(&mut self, time: Duration) {
        let until = self.now + time;
        self.settle();
        while let Some(at) = self.core.poll_timeout().filter(|at| *at <= until) {
            self.now = at.max(self.now + MS / 10);
            self.settle();
        }
        self.now = until;
    }

    pub(crate) fn dial(&mut self) {
        self.core.command(
            self.now,
            ModemCommand::Dial(DialNumber::new("10010").unwrap()),
        );
        self.settle();
    }

    pub(crate) fn hang_up(&mut self) {
        self.core.command(self.now, ModemCommand::HangUp);
        self.settle();
    }

    pub(crate) fn states(&self) -> Vec<CallState> {
        let call = |event: &ModemEvent| match event {
            ModemEvent::Call(state) => Some(state.clone()),
            _ => None,
        };
        self.events.iter().filter_map(call).collect()
    }

    /// How the one call of a test ended, when it did.
    pub(crate) fn outcome(&self) -> Option<CallOutcome> {
        let ends: Vec<_> = self
            .states()
            .into_iter()
            .filter_map(|state| match state {
                CallState::Ended(outcome) => Some(outcome),
                _ => None,
            })
            .collect();
        assert!(ends.len() <= 1, "a call ends once: {ends:?}");
        ends.first().copied()
    }

    /// How often it was sent a command that begins so.
    pub(crate) fn times(&self, command: &str) -> usize {
        self.heard
            .iter()
            .filter(|heard| heard.starts_with(command))
            .count()
    }

    /// Ready to call, with nothing heard or seen yet.
    pub(crate) fn ready(rows: &[(&'static str, &'static str)]) -> Self {
        let mut module = Self::new(rows);
        module.run(Duration::from_secs(1));
        assert!(module.core.health().can_call(), "{:?}", module.events);
        module.heard.clear();
        module.events.clear();
        module
    }
}
