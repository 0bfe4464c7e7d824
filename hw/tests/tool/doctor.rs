//! `xinting-hw doctor`: for each thing that can be wrong with a modem, the page names it and says how to mend it, and
//! the exit status says whether there is anything to mend.

use std::fs;

use xinting_hw::modem::ModemSimHandle;

use crate::desk::{desk, doctor, tool};
use crate::scripted::Scripted;

/// Sets a fresh desk up with these verbs, and gives it with what the doctor says.
fn with(verbs: &[&str], words: &[&str]) -> (ModemSimHandle, String, Option<i32>) {
    let (place, sim) = desk();
    for verb in verbs {
        sim.script_line(verb).unwrap();
    }
    let (said, status) = doctor(sim.port(), words);
    drop(place);
    (sim, said, status)
}

#[test]
fn a_modem_that_is_well_leaves_nothing_to_mend() {
    let (sim, said, status) = with(&[], &[]);
    assert!(said.contains("ready to call"), "{said}");
    assert!(said.contains("Nothing to mend"), "{said}");
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(sim.calls_made(), Vec::<String>::new(), "it dials nothing");
}

#[test]
fn what_is_wrong_is_named_with_the_way_to_mend_it() {
    // Verbs for the simulator, what the page must say, and what it must say to do.
    let table: [(&[&str], &str, &str); 9] = [
        (&["sim pull"], "no SIM card", "put a SIM card in"),
        (&["pin 4711"], "wants its PIN", "--pin-file"),
        (&["puk"], "wants its PUK", "whoever owns the card"),
        (&["network denied"], "refuses this SIM card", "operator"),
        (&["network lost"], "looking for a network", "antenna"),
        (&["signal 5"], "1 of 5 bars (weak)", "window"),
        (
            &["fail-always silence"],
            "nothing answers here at any speed",
            "AT port",
        ),
        (&["fail-always babble"], "no text at any speed", "AT+IPR"),
        (
            &["profile quectel", "volte off", "fail-always volte-refused"],
            "VoLTE: off",
            "operator for VoLTE",
        ),
    ];
    std::thread::scope(|scope| {
        for (verbs, text, mend) in table {
            scope.spawn(move || {
                let (_sim, said, status) = with(verbs, &["--for", "4s"]);
                assert!(said.contains(text), "{verbs:?}: {said}");
                let after = said.split("!!").nth(1).unwrap_or_default();
                assert!(
                    after.contains("do: ") && after.contains(mend),
                    "{verbs:?}: {said}"
                );
                assert_eq!(status, Some(1), "{verbs:?}: {said}");
            });
        }
    });
}

#[test]
fn a_wrong_pin_is_named_and_not_tried_again() {
    let (place, sim) = desk();
    sim.script_line("pin 4711").unwrap();
    let file = place.path().join("pin");
    fs::write(&file, "0815").unwrap();
    let (said, status) = doctor(sim.port(), &["--pin-file", file.to_str().unwrap()]);
    assert!(
        said.contains("has refused the PIN") && said.contains("three wrong ones lock"),
        "{said}"
    );
    assert_eq!(status, Some(1));
    assert_eq!(sim.pin_entries(), 1);
}

#[test]
fn a_port_that_is_not_there_or_is_none_is_not_opened() {
    let place = tempfile::tempdir().unwrap();
    let (said, status) = doctor(&place.path().join("none"), &[]);
    assert!(
        said.contains("does not exist") && said.contains("plug the modem in"),
        "{said}"
    );
    assert_eq!(status, Some(1));
    let file = place.path().join("file");
    fs::write(&file, "text").unwrap();
    let (said, status) = doctor(&file, &[]);
    assert!(said.contains("is not a serial port"), "{said}");
    assert_eq!(status, Some(1));
    assert_eq!(fs::read(&file).unwrap(), b"text");
    let done = tool()
        .args(["doctor", "--only", "modem", "--port", "usb:ffff:ffff"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&done.stdout).contains("no one device is usb:ffff:ffff"));
    assert_eq!(done.status.code(), Some(1));
}

#[test]
fn a_program_that_holds_the_port_is_named() {
    let (_place, sim) = desk();
    let (tell, told) = std::sync::mpsc::channel();
    let _held = xinting_hw::modem::ModemHandle::start(
        xinting_hw::modem::ModemConfig {
            port: Some(sim.port().into()),
            ..Default::default()
        },
        move |event| drop(tell.send(event)),
    )
    .unwrap();
    told.iter()
        .find(|event| {
            matches!(event, xinting_hw::modem::ModemEvent::Health(health) if health.can_call())
        })
        .unwrap();
    let (said, status) = doctor(sim.port(), &[]);
    let own = format!("(process {})", std::process::id());
    assert!(said.contains("held by") && said.contains(&own), "{said}");
    assert!(said.contains("sudo kill"), "{said}");
    assert_eq!(status, Some(1));
}

#[test]
fn another_speed_is_found_and_named() {
    let module = Scripted::start(9_600, |_| "OK");
    let (said, status) = doctor(module.port(), &[]);
    assert!(
        said.contains("listens at 9600 baud") && said.contains("AT+IPR=115200"),
        "{said}"
    );
    assert_eq!(status, Some(1));
}

#[test]
fn a_module_without_voice_is_found_without_dialling() {
    let module = Scripted::start(115_200, |command| {
        assert!(!command.starts_with("ATD"), "it dialled");
        match command {
            "AT+CPIN?" => "+CPIN: READY\r\n\r\nOK",
            "AT+CREG?" => "+CREG: 0,1\r\n\r\nOK",
            "AT+CEREG?" => "+CEREG: 0,1\r\n\r\nOK",
            "AT+CSQ" => "+CSQ: 23,99\r\n\r\nOK",
            "AT+CGMM" => "DATA-ONLY\r\n\r\nOK",
            "AT+CFUN?" => "+CFUN: 1\r\n\r\nOK",
            command if command.starts_with("AT+C") && command.ends_with("=?") => "ERROR",
            "AT+VTS=?" => "ERROR",
            _ => "OK",
        }
    });
    let (said, status) = doctor(module.port(), &[]);
    assert!(
        said.contains("sold for data alone") && said.contains("label"),
        "{said}"
    );
    assert_eq!(status, Some(1));
}

#[test]
fn without_a_port_nothing_is_opened_and_the_whole_page_is_there() {
    let done = tool().arg("doctor").output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    for title in ["Modem ports", "Sound", "USB sticks"] {
        assert!(said.contains(title), "{title} in {said}");
    }
    assert!(!said.contains("\nModem\n"), "{said}");
}
