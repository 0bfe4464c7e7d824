//! `xinting-hw modem dial`: the states of a call, the guard list, and that no call outlives the program.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Child;
use std::time::Instant;

use rustix::process::Signal;
use serde_json::Value;
use xinting_hw::modem::guard::GUARDED;
use xinting_hw::modem::{Fault, ModemSimHandle, NextCall};

use crate::desk::{PATIENCE, desk, modem, objects, signal, states, tool};

#[test]
fn dial_reports_each_state_as_one_object() {
    let (_place, sim) = desk();
    // The tool asks twice a second, as in life, so ringing has to last that long to be seen.
    let next = NextCall::Answer {
        after_ms: Some(1_600),
    };
    sim.set_next_call(next);
    let done = modem(sim.port(), &["dial", "10010", "--for", "100ms", "--json"]);
    assert_eq!(
        states(&done),
        ["dialling", "alerting", "line_open", "ended hung_up_here"]
    );
    assert_eq!(done.status.code(), Some(0));
    assert_eq!(sim.calls_made(), ["10010"]);
    assert_eq!(sim.calls_up(), 0);
}

/// How the sim's verbs end a call, as the tool tells it.
#[test]
fn every_end_of_a_call_has_its_outcome() {
    let table = [
        ("busy", "ended busy"),
        ("no-answer", "ended no_answer"),
        ("refuse", "ended refused"),
    ];
    for (verb, end) in table {
        let (_place, sim) = desk();
        sim.script_line(verb).unwrap();
        let done = modem(sim.port(), &["--json", "dial", "10010"]);
        assert_eq!(states(&done).last().unwrap(), end, "{verb}");
        assert_eq!(done.status.code(), Some(1), "{verb}: the line never opened");
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(!said.contains("10010"), "the number was written: {said}");
    }
    let (_place, sim) = desk();
    sim.fail_repeatedly(Fault::NoSim);
    let done = modem(sim.port(), &["--json", "dial", "10010"]);
    let last = objects(&done.stdout).pop().unwrap();
    assert_eq!(last["outcome"], "refused");
    assert_eq!(last["reason"], "no_sim");
    assert_eq!(sim.calls_up(), 0);
}

/// Starts a call and reads its states until `wanted` has come.
fn until(sim: &ModemSimHandle, wanted: &str) -> (Child, impl Iterator<Item = Value> + use<>) {
    let mut child = tool()
        .args(["modem", "--json", "--port"])
        .arg(sim.port())
        .args(["dial", "10010"])
        .spawn()
        .unwrap();
    let mut objects = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    assert!(
        objects.any(|object| object["state"] == wanted),
        "{wanted} never came"
    );
    (child, objects)
}

#[test]
fn the_other_side_hanging_up_is_told_as_such() {
    let (_place, sim) = desk();
    let (mut child, mut objects) = until(&sim, "line_open");
    sim.remote_hang_up();
    let last = objects.next().unwrap();
    assert_eq!(
        (last["state"].as_str(), last["outcome"].as_str()),
        (Some("ended"), Some("remote_ended"))
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_modem_that_vanishes_while_it_calls_lacks_power() {
    let (_place, sim) = desk();
    sim.set_next_call(NextCall::RingForever);
    let (mut child, mut objects) = until(&sim, "dialling");
    wait_for_call(&sim);
    sim.unplug();
    let last = objects.find(|object| object["state"] == "ended").unwrap();
    assert_eq!(
        (last["outcome"].as_str(), last["cause"].as_str()),
        (Some("modem_lost"), Some("port_vanished"))
    );
    assert_eq!(child.wait().unwrap().code(), Some(1));

    sim.plug();
    sim.set_next_call(NextCall::RingForever);
    let mut child = tool()
        .args(["modem", "--port"])
        .arg(sim.port())
        .args(["dial", "10010"])
        .spawn()
        .unwrap();
    wait_for_call(&sim);
    sim.unplug();
    let mut said = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    child.wait().unwrap();
    assert!(said.contains("to do") && said.contains("2 A"), "{said}");
}

fn wait_for_call(sim: &ModemSimHandle) {
    let until = Instant::now() + PATIENCE;
    while sim.calls_up() == 0 {
        assert!(Instant::now() < until, "it never dialled");
        std::thread::yield_now();
    }
}

#[test]
fn a_real_crisis_line_is_not_rung_by_accident() {
    let (_place, sim) = desk();
    // As it is dialled in the same town, from another one, from abroad, and through a carrier.
    for prefix in ["", "021", "0571", "86", "0086", "17951"] {
        for guarded in GUARDED {
            let number = format!("{prefix}{guarded}");
            let done = modem(sim.port(), &["--json", "dial", &number]);
            assert_eq!(done.status.code(), Some(1), "{number}");
            assert!(done.stdout.is_empty(), "{number} was begun");
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(said.contains("--really"), "{said}");
        }
    }
    assert_eq!(sim.calls_made(), Vec::<String>::new());
    // Chance, not a short number behind a code.
    let done = modem(
        sim.port(),
        &["dial", "13812312356", "--for", "1ms", "--json"],
    );
    assert_eq!(done.status.code(), Some(0));
    let done = modem(
        sim.port(),
        &["dial", "12356", "--for", "1ms", "--json", "--really"],
    );
    assert_eq!(done.status.code(), Some(0));
    assert_eq!(
        sim.calls_made(),
        ["13812312356", "12356"],
        "on the desk it may be tried"
    );
}

#[test]
fn what_is_not_a_number_is_misuse() {
    for text in ["+8610010", "10 010", "12", "1234567890123456", "abc"] {
        let done = modem(Path::new("/nonexistent"), &["dial", text]);
        assert_eq!(done.status.code(), Some(2), "{text}");
    }
}

#[test]
fn ctrl_c_during_a_call_hangs_up() {
    let (_place, sim) = desk();
    let mut child = tool()
        .args(["modem", "--json", "--port"])
        .arg(sim.port())
        .args(["dial", "10010"])
        .spawn()
        .unwrap();
    wait_for_call(&sim);
    signal(&child, Signal::INT);
    child.wait().unwrap();
    assert_eq!(sim.calls_up(), 0);
}
