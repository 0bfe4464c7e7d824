//! `xinting-hw modem probe` and `monitor`: what a module is, how it is, and what to do about it.

use std::io::{BufRead, BufReader};

use serde_json::Value;
use xinting_hw::modem::Fault;

use crate::desk::{desk, modem, objects, tool};

#[test]
fn probe_says_what_is_wrong_and_what_to_do() {
    let (place, sim) = desk();
    let done = modem(sim.port(), &["probe"]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(
        said.contains("XINTING SIM GENERIC") && said.contains("ready to call"),
        "{said}"
    );
    assert_eq!(done.status.code(), Some(0));

    sim.fail_repeatedly(Fault::NoSim);
    let done = modem(sim.port(), &["probe"]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(
        said.contains("no SIM card") && said.contains("to do"),
        "{said}"
    );
    assert_eq!(done.status.code(), Some(1));

    let done = modem(&place.path().join("none"), &["probe", "--json"]);
    let last = objects(&done.stdout).pop().unwrap();
    assert_eq!(
        (last["health"].as_str(), last["cause"].as_str()),
        (Some("absent"), Some("no_such_port"))
    );
    assert_eq!(done.status.code(), Some(1));
}

#[test]
fn probe_gives_each_maker_its_dialect_and_everything_it_found() {
    let (_place, sim) = desk();
    for dialect in ["generic", "simcom", "quectel", "air724", "huawei", "ublox"] {
        sim.script_line(&format!("profile {dialect}")).unwrap();
        let done = modem(sim.port(), &["probe", "--json"]);
        let said = objects(&done.stdout);
        let module = said
            .iter()
            .find(|object| !object["dialect"].is_null())
            .unwrap();
        assert_eq!(module["dialect"], dialect);
        assert_ne!(module["model"], "");
        let last = &said.last().unwrap()["probe"];
        assert_eq!(last["sim"], "ready", "{dialect}: {last}");
        assert_eq!(last["circuit"], "registered_home", "{dialect}: {last}");
        assert_eq!(last["can_call"], true, "{dialect}: {last}");
        assert_eq!(last["rssi_dbm"], -67, "{dialect}: {last}");
        assert_eq!(last["bars"], 5, "{dialect}: {last}");
        assert!(last["operator"].is_string(), "{dialect}: {last}");
        assert_eq!(last["voice"], "offered", "{dialect}: {last}");
        for key in ["lte", "volte", "to_do"] {
            assert!(last.get(key).is_some(), "{dialect}: {key} in {last}");
        }
        assert_eq!(done.status.code(), Some(0), "{dialect}");
    }
}

#[test]
fn a_pin_is_entered_once_and_a_wrong_one_never_again() {
    let (place, sim) = desk();
    let file = place.path().join("pin");
    let with_pin = |digits: &str| {
        std::fs::write(&file, digits).unwrap();
        let done = modem(
            sim.port(),
            &["--json", "--pin-file", file.to_str().unwrap(), "probe"],
        );
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(!said.contains(digits.trim()), "the PIN was written: {said}");
        said
    };
    sim.script_line("pin 4711").unwrap();
    let done = modem(sim.port(), &["probe", "--json"]);
    assert!(String::from_utf8_lossy(&done.stdout).contains("\"needs_pin\""));
    assert_eq!(sim.pin_entries(), 0);

    assert!(with_pin("0815\n").contains("\"wrong_pin\""));
    assert_eq!(sim.pin_entries(), 1, "one try and no more");

    assert!(with_pin("4711\n").contains("\"registered\""));

    std::fs::write(&file, "not a pin").unwrap();
    let done = modem(sim.port(), &["--pin-file", file.to_str().unwrap(), "probe"]);
    assert_eq!(done.status.code(), Some(2));
}

#[test]
fn monitor_shows_every_change_as_it_comes() {
    let (_place, sim) = desk();
    let mut child = tool()
        .args(["modem", "--json", "--port"])
        .arg(sim.port())
        .args(["monitor", "--for", "60s"])
        .spawn()
        .unwrap();
    let mut objects = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let mut wait = |health: &str| objects.any(|object| object["health"] == health);
    assert!(wait("registered"));
    sim.unplug();
    assert!(wait("absent"));
    sim.plug();
    assert!(wait("registered"), "it comes back without a restart");
    child.kill().unwrap();
    child.wait().unwrap();
}
