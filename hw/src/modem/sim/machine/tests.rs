//! The simulated modem's own conversations.

use super::*;

fn talk(machine: &mut Machine, now_ms: u64, command: &str) -> String {
    let now = Duration::from_millis(now_ms);
    machine.tick(now);
    machine.feed(now, format!("{command}\r").as_bytes());
    String::from_utf8(machine.take_output())
        .unwrap()
        .replace("\r\n", "|")
}

#[test]
fn answers_like_a_modem() {
    let mut modem = Machine::new(SimTiming::fast());
    assert_eq!(talk(&mut modem, 0, "AT"), "AT\r|OK|");
    assert_eq!(talk(&mut modem, 0, "ATE0"), "ATE0\r|OK|");
    let table = [
        ("at", "|OK|"),
        ("AT+NONSENSE", "|ERROR|"),
        ("AT+CMEE=1", "|OK|"),
        ("AT+NONSENSE", "|+CME ERROR: 4|"),
        ("hello", ""),
        ("AT+CPIN?", "|+CPIN: READY||OK|"),
        ("AT+CREG?", "|+CREG: 0,1||OK|"),
        ("AT+CSQ", "|+CSQ: 23,99||OK|"),
        ("AT+CLCC", "|OK|"),
        ("AT+VTS=5", "|+CME ERROR: 4|"),
        ("ATD13800000000", "|NO CARRIER|"),
    ];
    for (command, answer) in table {
        assert_eq!(talk(&mut modem, 100, command), answer, "{command}");
    }
}

#[test]
fn a_call_goes_from_dialling_to_taken_to_hung_up() {
    let mut modem = Machine::new(SimTiming::fast());
    talk(&mut modem, 0, "ATE0");
    assert_eq!(talk(&mut modem, 100, "ATD10010;"), "|OK|");
    assert!(talk(&mut modem, 110, "AT+CLCC").contains("+CLCC: 1,0,2,0,0,\"10010\",129"));
    assert!(talk(&mut modem, 170, "AT+CLCC").contains("+CLCC: 1,0,3,"));
    assert!(talk(&mut modem, 310, "AT+CLCC").contains("+CLCC: 1,0,0,"));
    assert_eq!(talk(&mut modem, 320, "AT+VTS=5"), "|OK|");
    assert_eq!(modem.tones(), "5");
    assert_eq!(talk(&mut modem, 330, "AT+CHUP"), "|OK|");
    assert_eq!(talk(&mut modem, 340, "AT+CLCC"), "|OK|");
    assert_eq!(modem.calls_made(), ["10010"]);
}

#[test]
fn fates_and_faults_strike_as_told() {
    let mut modem = Machine::new(SimTiming::fast());
    talk(&mut modem, 0, "ATE0");
    modem.set_next_call(NextCall::Busy);
    talk(&mut modem, 100, "ATD10010;");
    assert_eq!(talk(&mut modem, 200, "AT"), "|BUSY||OK|");
    modem.fail_next(Fault::Silence);
    assert_eq!(talk(&mut modem, 200, "AT"), "");
    assert_eq!(talk(&mut modem, 200, "AT"), "|OK|");
    modem.fail_next(Fault::NoSim);
    assert_eq!(
        talk(&mut modem, 200, "AT"),
        "|OK|",
        "waits for a command it fits"
    );
    assert_eq!(talk(&mut modem, 200, "AT+CPIN?"), "|ERROR|");
    modem.fail_repeatedly(Fault::Babble);
    modem.tick(Duration::from_millis(300));
    assert!(modem.take_output().len() >= 256);
    modem.clear_all();
    assert_eq!(talk(&mut modem, 300, "AT"), "|OK|");
    modem.fail_next(Fault::LateFinal);
    assert_eq!(talk(&mut modem, 300, "AT"), "");
    modem.tick(Duration::from_millis(1_100));
    assert_eq!(modem.take_output(), b"\r\nOK\r\n");
}
