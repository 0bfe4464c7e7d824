//! The installer's tool as it is used: the real program, a simulated modem on a pty beside it.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use xinting_hw::modem::{Fault, ModemSim, ModemSimHandle, NextCall, SimOptions};

const PATIENCE: Duration = Duration::from_secs(30);

fn tool() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xinting-hw"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn modem(port: &Path, words: &[&str]) -> Output {
    tool()
        .arg("modem")
        .arg("--port")
        .arg(port)
        .args(words)
        .output()
        .unwrap()
}

fn desk() -> (tempfile::TempDir, ModemSimHandle) {
    let place = tempfile::tempdir().unwrap();
    let sim = ModemSim::start_with(&place.path().join("modem"), SimOptions::fast()).unwrap();
    (place, sim)
}

fn objects(output: &[u8]) -> Vec<Value> {
    String::from_utf8_lossy(output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn states(output: &Output) -> Vec<String> {
    objects(&output.stdout)
        .iter()
        .map(|object| match object["outcome"].as_str() {
            Some(outcome) => format!("{} {outcome}", object["state"].as_str().unwrap()),
            None => object["state"].as_str().unwrap().to_owned(),
        })
        .collect()
}

fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    line
}

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

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

    sim.set_next_call(NextCall::Busy);
    let done = modem(sim.port(), &["--json", "dial", "10010"]);
    assert_eq!(states(&done), ["dialling", "ended busy"]);
    assert_eq!(done.status.code(), Some(1), "the line was never open");
}

#[test]
fn a_real_crisis_line_is_not_rung_by_accident() {
    let (_place, sim) = desk();
    for number in [
        "110", "119", "120", "122", "12355", "12356", "12320", "962525", "02112356",
    ] {
        let done = modem(sim.port(), &["dial", number]);
        assert_eq!(done.status.code(), Some(1), "{number}");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(said.contains("--really"), "{said}");
    }
    assert_eq!(sim.calls_made(), Vec::<String>::new());
    let done = modem(
        sim.port(),
        &["dial", "12356", "--for", "1ms", "--json", "--really"],
    );
    assert_eq!(done.status.code(), Some(0));
    assert_eq!(sim.calls_made(), ["12356"], "on the desk it may be tried");
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
    let until = Instant::now() + PATIENCE;
    while sim.calls_up() == 0 {
        assert!(Instant::now() < until, "it never dialled");
        std::thread::yield_now();
    }
    signal(&child, Signal::INT);
    child.wait().unwrap();
    assert_eq!(sim.calls_up(), 0);
}

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
fn the_simulator_follows_its_script_and_its_input_and_takes_its_link_away() {
    let place = tempfile::tempdir().unwrap();
    let link = place.path().join("modem");
    let script = place.path().join("script");
    std::fs::write(
        &script,
        "# the first call\nbusy\nwait 10ms\nanswer after 100ms # the second\n",
    )
    .unwrap();
    let mut sim = tool()
        .args(["modem-sim", "--fast", "--profile", "generic", "--link"])
        .arg(&link)
        .arg("--script")
        .arg(&script)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    assert!(first_line(&mut sim).contains("simulated modem"));
    // Verbs that are wrong are told and survived; the end of the input is survived as well.
    let mut input = sim.stdin.take().unwrap();
    input.write_all(b"dance\nno-answer\n").unwrap();
    drop(input);
    std::thread::sleep(Duration::from_millis(400));

    assert_eq!(
        states(&modem(&link, &["--json", "dial", "10010"])),
        ["dialling", "ended busy"]
    );
    let done = modem(&link, &["--json", "dial", "10010", "--for", "1ms"]);
    assert_eq!(states(&done).last().unwrap(), "ended hung_up_here");
    assert_eq!(
        states(&modem(&link, &["--json", "dial", "10010"]))
            .last()
            .unwrap(),
        "ended no_answer"
    );

    signal(&sim, Signal::TERM);
    assert!(sim.wait().unwrap().success());
    let mut said = String::new();
    sim.stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert!(said.contains("dance"), "{said}");
    assert!(
        std::fs::symlink_metadata(&link).is_err(),
        "the link is still there"
    );
}

#[test]
fn a_wrong_script_names_file_line_and_word() {
    let place = tempfile::tempdir().unwrap();
    let script = place.path().join("script");
    std::fs::write(&script, "busy\n\nfail sleepiness\n").unwrap();
    let done = tool()
        .args(["modem-sim", "--link"])
        .arg(place.path().join("modem"))
        .arg("--script")
        .arg(&script)
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(2));
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(
        said.contains("script line 3") && said.contains("sleepiness"),
        "{said}"
    );
}

#[test]
fn the_simulator_never_replaces_a_file() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("precious");
    std::fs::write(&file, b"mine").unwrap();
    let done = tool()
        .args(["modem-sim", "--link"])
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
}

#[test]
fn without_a_reader_usb_watch_says_so() {
    let done = tool().args(["usb", "watch"]).output().unwrap();
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("no stick reader configured"));
}

#[test]
fn doctor_finds_the_modem_well() {
    let (_place, sim) = desk();
    let done = tool()
        .arg("doctor")
        .arg("--port")
        .arg(sim.port())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(
        said.contains("ready to call") && said.contains("Sound") && said.contains("USB sticks"),
        "{said}"
    );
}

#[test]
fn every_subcommand_teaches() {
    for words in [
        vec![],
        vec!["modem"],
        vec!["modem-sim"],
        vec!["usb"],
        vec!["doctor"],
    ] {
        let done = tool().args(&words).arg("--help").output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{words:?}");
        assert!(done.stdout.len() > 200, "{words:?}");
    }
    assert_eq!(
        tool().arg("--version").output().unwrap().status.code(),
        Some(0)
    );
    assert_eq!(
        tool().arg("nonsense").output().unwrap().status.code(),
        Some(2)
    );
}
