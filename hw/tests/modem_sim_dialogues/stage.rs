//! Plays a dialogue with a simulated module under simulated time.

use std::time::Duration;

use xinting_hw::modem::SimOptions;
use xinting_hw::modem::sim::script::parse_time;
use xinting_hw::modem::sim::{Machine, Profile, SimVerb};

/// One module and what it has said.
struct Stage {
    modem: Machine,
    now: Duration,
    heard: Vec<String>,
}

impl Stage {
    fn new(name: &str, model: Option<&str>) -> Self {
        let profile = Profile::find(name, model).unwrap();
        let mut stage = Self {
            modem: Machine::with(&SimOptions::fast().with_profile(profile)),
            now: Duration::from_millis(100),
            heard: Vec::new(),
        };
        stage.modem.tick(stage.now);
        stage.send("ATE0");
        stage.heard.clear();
        stage
    }

    fn listen(&mut self) {
        let said = String::from_utf8(self.modem.take_output()).unwrap();
        self.heard.extend(
            said.split(['\r', '\n'])
                .filter(|line| !line.is_empty())
                .map(str::to_owned),
        );
    }

    fn send(&mut self, command: &str) {
        self.modem.feed(self.now, format!("{command}\r").as_bytes());
        self.listen();
    }

    fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(next) = self.modem.next_deadline().filter(|next| *next <= until) {
            self.now = next.max(self.now);
            self.modem.tick(self.now);
            self.listen();
        }
        self.now = until;
        self.modem.tick(until);
        self.listen();
    }

    fn expect_silence(&mut self, number: usize) {
        assert!(
            self.heard.is_empty(),
            "before line {number} it said more: {:?}",
            self.heard
        );
    }
}

/// Plays a dialogue with the module of this maker; `None`: the maker's only model.
pub(crate) fn play(name: &str, model: Option<&str>, dialogue: &str) {
    let mut stage = Stage::new(name, model);
    for (number, line) in (1..).zip(dialogue.lines()) {
        let line = line.trim();
        if let Some(wanted) = line.strip_prefix("< ") {
            assert!(
                !stage.heard.is_empty(),
                "line {number}: waited in vain for {wanted}"
            );
            assert_eq!(stage.heard.remove(0), wanted, "line {number}");
            continue;
        }
        stage.expect_silence(number);
        if let Some(command) = line.strip_prefix("> ") {
            stage.send(command);
        } else if let Some(time) = line.strip_prefix("@ ") {
            stage.wait(parse_time(time).unwrap());
        } else if let Some(verb) = line.strip_prefix("! ") {
            let verb = SimVerb::parse(verb).unwrap();
            assert_eq!(stage.modem.steer(stage.now, verb), None);
            stage.listen();
        } else {
            assert!(line.is_empty(), "line {number} is none of ours: {line}");
        }
    }
    stage.expect_silence(usize::MAX);
}
