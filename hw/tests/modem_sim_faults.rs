//! Every fault of the simulated modem strikes as it says and is over when it is cleared. Raw bytes, no driver of ours,
//! simulated time.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use xinting_hw::modem::sim::script::parse_time;
use xinting_hw::modem::sim::{Fault, Machine, Profile, SimVerb};
use xinting_hw::modem::{ModemSim, SimOptions};

struct Desk {
    modem: Machine,
    now: Duration,
}

impl Desk {
    fn new() -> Self {
        let mut desk = Self {
            modem: Machine::with(&SimOptions::fast()),
            now: Duration::from_millis(100),
        };
        assert_eq!(desk.say("ATE0"), "ATE0|OK");
        desk
    }

    fn raw(&mut self, command: &str) -> Vec<u8> {
        self.modem.tick(self.now);
        self.modem.feed(self.now, format!("{command}\r").as_bytes());
        self.modem.take_output()
    }

    /// The lines of an answer, with `|` between.
    fn say(&mut self, command: &str) -> String {
        lines(&self.raw(command))
    }

    fn steer(&mut self, verb: &str) {
        let verb = SimVerb::parse(verb).unwrap();
        assert_eq!(self.modem.steer(self.now, verb), None);
    }

    /// Everything said in this time.
    fn wait(&mut self, time: &str) -> Vec<u8> {
        let until = self.now + parse_time(time).unwrap();
        let mut said = Vec::new();
        while let Some(next) = self.modem.next_deadline().filter(|next| *next <= until) {
            self.now = next.max(self.now);
            self.modem.tick(self.now);
            said.extend(self.modem.take_output());
        }
        self.now = until;
        self.modem.tick(until);
        said.extend(self.modem.take_output());
        said
    }
}

fn lines(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .split(['\r', '\n'])
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("|")
}

/// Fault, what is said while it is there, what is then answered, and the answer after `clear`.
#[test]
fn faults_that_change_one_answer_do_so_once_or_until_cleared() {
    let table = [
        ("silence", "AT", "", "OK"),
        ("mute", "AT", "", "OK"),
        ("cme 100", "AT", "ERROR", "OK"),
        ("late-final", "AT", "", "OK"),
        (
            "urc-inside",
            "AT+CSQ",
            "+CSQ: 23,99|+CTZV: +32|OK",
            "+CSQ: 23,99|OK",
        ),
        ("no-sim", "AT+CPIN?", "ERROR", "+CPIN: READY|OK"),
        (
            "cpin-no-final",
            "AT+CPIN?",
            "+CPIN: READY",
            "+CPIN: READY|OK",
        ),
        (
            "not-registered",
            "AT+CREG?",
            "+CREG: 0,2|OK",
            "+CREG: 0,1|OK",
        ),
        ("cfun-refused", "AT+CFUN=1", "ERROR", "OK"),
        ("cfun-refused", "AT+CFUN=1,1", "ERROR", "OK"),
        ("clcc-error", "AT+CLCC", "ERROR", "OK"),
        ("chup-error", "AT+CHUP", "ERROR", "OK"),
        ("dial-lost", "ATD10010;", "", "OK"),
        ("no-voice", "ATD10010;", "ERROR", "OK"),
    ];
    for (fault, command, ill, well) in table {
        let mut once = Desk::new();
        once.steer(&format!("fail {fault}"));
        assert_eq!(once.say(command), ill, "{fault}, once");
        once.wait("1s");
        assert_eq!(once.say(command), well, "{fault}, after it struck once");

        let mut always = Desk::new();
        always.steer(&format!("fail-always {fault}"));
        for round in 0..3 {
            assert_eq!(always.say(command), ill, "{fault}, round {round}");
        }
        always.steer(&format!("clear {fault}"));
        always.wait("1s");
        assert_eq!(always.say(command), well, "{fault}, cleared");
    }
}

/// Fault, the command that should hang up, what it answers, calls left.
#[test]
fn hang_ups_that_only_pretend_keep_the_call() {
    for (fault, command, answer) in [
        ("chup-keeps-call", "AT+CHUP", "OK"),
        ("ath-keeps-call", "ATH", "OK"),
        ("chld-keeps-call", "AT+CHLD=1", "OK"),
        ("chld-keeps-call", "AT+CHLD=11", "OK"),
        ("chup-error", "AT+CHUP", "ERROR"),
    ] {
        let mut desk = Desk::new();
        desk.steer(&format!("fail {fault}"));
        desk.say("ATD10010;");
        desk.wait("250ms");
        assert_eq!(desk.say(command), answer, "{fault}");
        assert_eq!(desk.modem.calls_up(), 1, "{fault}");
        assert_eq!(desk.say(command), "OK", "{fault}");
        assert_eq!(desk.modem.calls_up(), 0, "{fault}");
    }
}

#[test]
fn faults_of_a_call() {
    let mut desk = Desk::new();
    desk.steer("fail dial-silent");
    assert_eq!(desk.say("ATD10010;"), "");
    desk.wait("250ms");
    assert_eq!(desk.say("AT+CLCC"), "+CLCC: 1,0,0,0,0,\"10010\",129|OK");
    desk.say("AT+CHUP");

    desk.steer("fail early-no-carrier");
    assert_eq!(desk.say("ATD10010;"), "OK");
    assert_eq!(lines(&desk.wait("50ms")), "NO CARRIER");
    desk.wait("200ms");
    assert_eq!(desk.say("AT+CLCC"), "+CLCC: 2,0,0,0,0,\"10010\",129|OK");
    desk.say("AT+CHUP");

    desk.steer("fail-always active-at-ringback");
    desk.steer("ring-forever");
    desk.say("ATD10010;");
    desk.wait("70ms");
    assert_eq!(desk.say("AT+CLCC"), "+CLCC: 3,0,0,0,0,\"10010\",129|OK");
    desk.steer("fail clcc-bare-ok");
    assert_eq!(desk.say("AT+CLCC"), "OK");
    desk.say("AT+CHUP");
    desk.steer("clear all");

    desk.steer("fail-always lte-only");
    assert_eq!(desk.say("ATD10010;"), "OK");
    assert_eq!(lines(&desk.wait("100ms")), "NO CARRIER");
    desk.steer("volte on");
    assert_eq!(desk.say("ATD10010;"), "OK");
    desk.wait("250ms");
    assert_eq!(desk.modem.calls_up(), 1);
    desk.say("AT+CHUP");

    // A call that fails and works when dialled again.
    desk.steer("clear all");
    desk.steer("no-carrier");
    desk.steer("answer");
    desk.say("ATD10010;");
    assert_eq!(lines(&desk.wait("100ms")), "NO CARRIER");
    desk.say("ATD10010;");
    assert_eq!(lines(&desk.wait("300ms")), "");
    assert_eq!(desk.modem.calls_up(), 1);
}

#[test]
fn a_frozen_modem_wakes_by_a_restart_and_a_dead_one_only_by_its_power() {
    let mut desk = Desk::new();
    desk.steer("fail freeze");
    for command in ["AT", "AT+CHUP", "AT+CFUN=4", "ATI"] {
        assert_eq!(desk.say(command), "", "{command}");
    }
    assert_eq!(desk.say("AT+CFUN=1,1"), "");
    assert_eq!(lines(&desk.wait("100ms")), "RDY");
    assert_eq!(desk.say("ATE0"), "ATE0|OK");

    desk.steer("fail freeze-hard");
    assert_eq!(desk.say("AT+CFUN=1,1"), "");
    assert_eq!(lines(&desk.wait("5s")), "");
    assert_eq!(desk.say("AT"), "");
    let before = desk.modem.restarts();
    desk.steer("power-cycle");
    assert_eq!(desk.modem.restarts(), before + 1);
    assert_eq!(lines(&desk.wait("100ms")), "RDY");
    assert_eq!(desk.say("ATE0"), "ATE0|OK");
}

#[test]
fn faults_of_the_line() {
    let mut desk = Desk::new();
    desk.steer("fail lower-case");
    assert_eq!(desk.say("AT+CSQ"), "+csq: 23,99|ok");
    desk.steer("clear lower-case");

    desk.steer("fail echo-on");
    assert_eq!(desk.say("ATE0"), "ATE0|OK");
    assert_eq!(desk.say("AT"), "AT|OK");
    desk.steer("clear echo-on");
    assert_eq!(desk.say("AT"), "OK");

    desk.steer("line-ends cr");
    assert_eq!(desk.raw("AT+CSQ"), b"+CSQ: 23,99\rOK\r");
    desk.steer("line-ends crlf");

    desk.steer("fail wrong-baud");
    assert_eq!(
        desk.raw("AT"),
        b"",
        "echo is off and nothing was understood"
    );
    desk.steer("ring");
    let said = desk.wait("10ms");
    assert!(!said.is_empty() && said.iter().all(|byte| *byte >= 0x80));
    desk.steer("clear wrong-baud");
    desk.raw("AT+CHUP");
    assert_eq!(desk.say("AT"), "OK");

    desk.steer("fail noise");
    let said = desk.raw("AT+CSQ");
    assert!(said.len() > 64 && lines(&said).ends_with("+CSQ: 23,99|OK"));
    assert_eq!(desk.say("AT"), "OK");
}

#[test]
fn bytes_come_one_at_a_time_or_many_lines_at_once() {
    let mut desk = Desk::new();
    desk.steer("fail split-reads");
    let mut parts = vec![desk.raw("AT+CSQ")];
    while let Some(next) = desk.modem.next_deadline() {
        assert!(next > desk.now, "between two bytes there is a gap");
        desk.now = next;
        desk.modem.tick(next);
        parts.push(desk.modem.take_output());
        if parts.len() > 200 {
            break;
        }
    }
    assert!(parts.iter().all(|part| part.len() <= 1));
    assert_eq!(lines(&parts.concat()), "+CSQ: 23,99|OK");
    desk.steer("clear split-reads");

    desk.steer("fail merged");
    assert_eq!(desk.raw("AT"), b"");
    assert_eq!(desk.raw("AT+CSQ"), b"");
    desk.steer("ring");
    assert_eq!(desk.modem.take_output(), b"");
    let said = desk.wait("10ms");
    assert_eq!(lines(&said), "OK|+CSQ: 23,99|OK|RING");
    desk.steer("clear merged");
    assert_eq!(desk.say("AT+CHUP"), "OK");
}

#[test]
fn a_flood_pours_megabytes_and_still_answers() {
    let mut desk = Desk::new();
    desk.steer("fail-always flood");
    assert!(desk.wait("1s").len() > 4_000_000);
    assert!(lines(&desk.raw("AT+CSQ")).ends_with("+CSQ: 23,99|OK"));
    desk.steer("clear flood");
    assert_eq!(desk.wait("1s"), b"");
    // Nobody reads: what waits to go out does not grow without end.
    desk.steer("fail-always flood");
    for _ in 0..500 {
        desk.now += Duration::from_millis(20);
        desk.modem.tick(desk.now);
    }
    assert!(desk.modem.take_output().len() <= 256 * 1024);
    desk.steer("clear flood");

    desk.steer("fail-always babble");
    assert_eq!(desk.wait("1s").len(), 50 * 256);
    desk.steer("clear babble");
    assert_eq!(desk.say("AT"), "OK");
}

#[test]
fn every_fault_has_a_word_and_every_word_a_place_in_the_help() {
    let help = include_str!("../src/modem/sim.rs");
    for (word, fault) in Fault::WORDS {
        assert_eq!(
            SimVerb::parse(&format!("fail-always {word}")),
            Ok(SimVerb::FailAlways(fault))
        );
        assert!(
            help.contains(&format!("`{word}`")),
            "{word} is not in the table"
        );
    }
}

/// The port itself: it can vanish and come back under another name with the call still up, and a power command of two
/// words reaches the modem.
#[test]
fn the_port_moves_and_the_power_is_cut() {
    let place = tempfile::tempdir().unwrap();
    let first = place.path().join("ttyUSB2");
    let second = place.path().join("ttyUSB5");
    let power = place.path().join("power");
    let options = SimOptions {
        power_file: Some(power.clone()),
        ..SimOptions::fast().with_profile(Profile::find("quectel", None).unwrap())
    };
    let sim = ModemSim::start_with(&first, options).unwrap();
    assert!(first.exists());
    sim.script_line(&format!("rename {}", second.display()))
        .unwrap();
    assert!(second.exists());
    assert_eq!(std::fs::read_link(&first).ok(), None::<PathBuf>);
    assert_eq!(sim.restarts(), 0);

    std::fs::write(&power, "").unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while sim.restarts() == 0 {
        assert!(Instant::now() < until, "the power was not cut");
        std::thread::yield_now();
    }
    assert!(!power.exists());
    assert!(sim.script_line("rename").is_err());
    assert!(
        sim.script_line(&format!("rename {}", place.path().display()))
            .is_err(),
        "a folder is not replaced"
    );
}
