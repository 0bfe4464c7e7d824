//! The installer's tool as it is used: the real program, a simulated modem on a pty beside it.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::io::{Read, Write};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;

#[path = "tool/calls.rs"]
mod calls;
#[path = "tool/desk.rs"]
mod desk;
#[path = "tool/doctor.rs"]
mod doctor;
#[path = "tool/no_accident.rs"]
mod no_accident;
#[path = "tool/probe.rs"]
mod probe;
#[path = "tool/scripted.rs"]
mod scripted;

use desk::{first_line, modem, signal, states, tool};

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
    let done = tool()
        .args(["usb", "watch", "--helper", "/no/such/program"])
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("no stick reader configured"));
}

#[test]
fn usb_watch_shows_a_stick_and_what_is_wrong_with_it() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("a.xtpack"), [7; 5000]).unwrap();
    std::fs::create_dir(place.path().join("packs")).unwrap();
    let watch = |more: &[&str]| {
        let done = tool()
            .args(["usb", "watch", "--for", "1s", "--folder"])
            .arg(place.path())
            .args(more)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (done.status.code(), text(&done.stdout), text(&done.stderr))
    };
    let (code, said, complaint) = watch(&["--write-test", "--release"]);
    assert_eq!((code, complaint.as_str()), (Some(0), ""));
    for part in [
        "2 entries",
        "5000  a.xtpack",
        "packs/",
        "5000 bytes read",
        "written to xinting-write-test.txt",
        "may be taken out",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let (code, said, complaint) = watch(&["--json", "--fault", "yank a.xtpack 700"]);
    assert_eq!(code, Some(1), "{complaint}");
    let events: Vec<serde_json::Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let events: Vec<_> = events.iter().map(|event| &event["event"]).collect();
    assert_eq!(events, ["watching", "inserted", "read", "removed"]);
    assert!(complaint.contains("a.xtpack cannot be read to its end"));
    let (code, _, complaint) = watch(&["--fault", "explode"]);
    assert_eq!(code, Some(2));
    assert!(complaint.contains("explode"), "{complaint}");
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
