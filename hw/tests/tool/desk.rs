//! What every test of the tool needs: the real program, and a simulated modem on a pty beside it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use xinting_hw::modem::{ModemSim, ModemSimHandle, SimOptions};

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn tool() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xinting-hw"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub(crate) fn modem(port: &Path, words: &[&str]) -> Output {
    tool()
        .arg("modem")
        .arg("--port")
        .arg(port)
        .args(words)
        .output()
        .unwrap()
}

pub(crate) fn desk() -> (tempfile::TempDir, ModemSimHandle) {
    let place = tempfile::tempdir().unwrap();
    let sim = ModemSim::start_with(&place.path().join("modem"), SimOptions::fast()).unwrap();
    (place, sim)
}

pub(crate) fn objects(output: &[u8]) -> Vec<Value> {
    String::from_utf8_lossy(output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub(crate) fn states(output: &Output) -> Vec<String> {
    objects(&output.stdout)
        .iter()
        .map(|object| match object["outcome"].as_str() {
            Some(outcome) => format!("{} {outcome}", object["state"].as_str().unwrap()),
            None => object["state"].as_str().unwrap().to_owned(),
        })
        .collect()
}

pub(crate) fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    line
}

pub(crate) fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// What `doctor` says of the modem at `port`, and its exit status.
pub(crate) fn doctor(port: &Path, words: &[&str]) -> (String, Option<i32>) {
    let done = tool()
        .args(["doctor", "--only", "modem", "--port"])
        .arg(port)
        .args(words)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    (said, done.status.code())
}
