//! What the simulated modem of each maker says, line by line: raw AT dialogues in the makers' own order, without any
//! driver of ours.
//!
//! A dialogue is text, a line each: `> command`, `< answer` (every line that comes, in order, and no other), `@ 60ms`
//! lets time pass, `! verb` steers the modem. Echo is off from the start. Time is simulated.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::time::Duration;

use xinting_hw::modem::SimOptions;
use xinting_hw::modem::sim::script::parse_time;
use xinting_hw::modem::sim::{Machine, Profile, SimVerb};

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

fn play(name: &str, model: Option<&str>, dialogue: &str) {
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

#[test]
fn each_maker_says_who_it_is() {
    let table = [
        ("generic", None, "XINTING", "XINTING SIM GENERIC"),
        ("simcom", Some("SIM800C"), "SIMCOM_Ltd", "SIM800C"),
        ("simcom", Some("SIM7600"), "SIMCOM INCORPORATED", "SIM7600"),
        ("simcom", Some("A7670"), "SIMCOM INCORPORATED", "A7670"),
        ("quectel", None, "Quectel", "EC25"),
        ("air724", None, "AirM2M", "AirM2M Air724UG"),
        ("huawei", None, "huawei", "MU509"),
        ("ublox", None, "u-blox", "SARA-U201"),
    ];
    assert_eq!(table.len(), Profile::all().count());
    for (name, model, maker, called) in table {
        play(
            name,
            model,
            &format!(
                "> AT+CGMI
                 < {maker}
                 < OK
                 > AT+CGMM
                 < {called}
                 < OK"
            ),
        );
    }
}

#[test]
fn a_sim800c_lists_calls_unasked_and_a_name_behind_each() {
    play(
        "simcom",
        Some("SIM800C"),
        r#"> AT+CLCC=1
           < OK
           > ATD10010;
           < OK
           < +CLCC: 1,0,2,0,0,"10010",129,""
           @ 70ms
           < +CLCC: 1,0,3,0,0,"10010",129,""
           > AT+MORING=1
           < OK
           @ 150ms
           < MO CONNECTED
           < +CLCC: 1,0,0,0,0,"10010",129,""
           > AT+CLCC
           < +CLCC: 1,0,0,0,0,"10010",129,""
           < OK
           > AT+VTS=5
           < OK
           > ATH
           < +CLCC: 1,0,6,0,0,"10010",129,""
           < OK
           > AT+CLCC
           < OK
           ! busy
           > ATD10010;
           < OK
           < +CLCC: 2,0,2,0,0,"10010",129,""
           @ 70ms
           < +CLCC: 2,0,6,0,0,"10010",129,""
           < BUSY
           > AT+CIREG?
           < +CIREG: 0,0
           < OK
           > AT+CAVIMS?
           < ERROR
           ! reset
           @ 100ms
           < RDY
           < +CFUN: 1
           < +CPIN: READY
           < Call Ready
           < SMS Ready"#,
    );
}

#[test]
fn a_sim7600_answers_ok_to_ath_and_keeps_the_call_until_told_otherwise() {
    play(
        "simcom",
        Some("SIM7600"),
        r#"> AT+CVHU?
           < +CVHU: 1
           < OK
           > ATD10010;
           < OK
           @ 250ms
           < VOICE CALL: BEGIN
           > ATH
           < OK
           > AT+CLCC
           < +CLCC: 1,0,0,0,0,"10010",129
           < OK
           @ 17s
           > AT+CVHU=0
           < OK
           > ATH
           < VOICE CALL: END: 000017
           < OK
           > AT+CLCC
           < OK
           > ATD10010;
           < OK
           @ 250ms
           < VOICE CALL: BEGIN
           @ 61s
           ! hang-up
           < VOICE CALL: END: 000101
           < NO CARRIER
           ! no-answer
           > ATD10010;
           < OK
           @ 700ms
           < VOICE CALL: END
           < NO ANSWER
           > AT+SPIC
           < +SPIC: 3,10,3,10
           < OK
           > AT+MORING=1
           < ERROR
           > AT+CLCC=?
           < +CLCC: (0-1)
           < OK
           > AT+CRESET
           < OK
           > AT
           @ 100ms
           < RDY
           < +CPIN: READY
           < SMS DONE
           < PB DONE"#,
    );
}

#[test]
fn an_a7670_says_begin_while_it_still_rings() {
    play(
        "simcom",
        Some("A7670"),
        r#"> AT+CAVIMS?
           < +CAVIMS: 1
           < OK
           > AT+CIREG?
           < +CIREG: 1,1,15
           < OK
           ! ring-forever
           > ATD10010;
           < OK
           @ 70ms
           < VOICE CALL: BEGIN
           > AT+CLCC
           < +CLCC: 1,0,0,0,0,"10010",129
           < OK
           > AT+CHUP
           < VOICE CALL: END: 000000
           < OK
           > AT+CAVIMS=0
           < OK
           > AT+CIREG?
           < +CIREG: 1,0
           < OK
           ! volte on
           ! fail-always volte-refused
           > AT+CAVIMS=1
           < ERROR
           ! reset
           @ 100ms
           < *ATREADY: 1
           < +CPIN: READY
           < SMS DONE
           < PB DONE"#,
    );
}

#[test]
fn a_quectel_lists_its_data_connection_and_speaks_two_numberings() {
    play(
        "quectel",
        None,
        r#"> AT+CLCC
           < +CLCC: 1,1,0,1,0,"",128
           < OK
           > AT^DSCI=1
           < OK
           > AT+QINDCFG="ccinfo",1,0
           < OK
           > ATD10010;
           < OK
           < ^DSCI: 2,0,2,0,10010,129
           < +QIND: "ccinfo",2,0,2,0,0,"10010",129
           @ 70ms
           < ^DSCI: 2,0,7,0,10010,129
           < +QIND: "ccinfo",2,0,3,0,0,"10010",129
           @ 150ms
           < ^DSCI: 2,0,3,0,10010,129
           < +QIND: "ccinfo",2,0,0,0,0,"10010",129
           > AT+CLCC
           < +CLCC: 1,1,0,1,0,"",128
           < +CLCC: 2,0,0,0,0,"10010",129
           < OK
           > AT+VTS=5
           < ERROR
           > AT+VTS="5"
           < OK
           ! hang-up
           < ^DSCI: 2,0,6,0,10010,129
           < +QIND: "ccinfo",2,0,-1,0,0,"10010",129
           < NO CARRIER
           > AT+QINDCFG="ccinfo",0,0
           < OK
           > AT^DSCI=0
           < OK
           > ATD10010;
           < OK
           > AT+QHUP=16
           < OK
           > AT+CLCC
           < +CLCC: 1,1,0,1,0,"",128
           < OK"#,
    );
}

#[test]
fn a_quectel_has_volte_only_after_a_restart_and_keeps_it() {
    play(
        "quectel",
        None,
        r#"! fail-always lte-only
           > AT+QCFG="ims"
           < +QCFG: "ims",0,0
           < OK
           > ATD10010;
           < OK
           @ 70ms
           < NO CARRIER
           > AT+QCFG="ims",1
           < OK
           > AT+QCFG="ims"
           < +QCFG: "ims",1,0
           < OK
           > AT+CFUN=1,1
           < OK
           @ 100ms
           < RDY
           < +CFUN: 1
           < +CPIN: READY
           < +QUSIM: 1
           < +QIND: SMS DONE
           < +QIND: PB DONE
           > ATE0
           < ATE0
           < OK
           > AT+QCFG="ims"
           < +QCFG: "ims",1,1
           < OK
           > ATD10010;
           < OK
           @ 250ms
           > AT+CLCC
           < +CLCC: 1,1,0,1,0,"",128
           < +CLCC: 2,0,0,0,0,"10010",129
           < OK"#,
    );
}

#[test]
fn a_quectel_without_a_card_refuses_even_an_emergency_call() {
    play(
        "quectel",
        None,
        "! sim pull
         < +CPIN: NOT READY
         > AT+CMEE=1
         < OK
         > AT+CPIN?
         < +CME ERROR: 10
         > ATD112;
         < NO CARRIER",
    );
}

#[test]
fn an_air724_calls_over_volte_only_and_says_busy_only_after_atx4() {
    play(
        "air724",
        None,
        r#"> AT+SETVOLTE?
           < +SETVOLTE: 0
           < OK
           > ATD10010;
           < OK
           < +CIEV: "CALL",1
           @ 70ms
           < +CIEV: "SOUNDER",0
           < +CIEV: "CALL",0
           < NO CARRIER
           > AT+SETVOLTE=1
           < OK
           > AT+CIREG?
           < +CIREG: 0,1
           < OK
           > ATD10010;
           < OK
           < +CIEV: "CALL",1
           @ 70ms
           < +CIEV: "SOUNDER",1
           @ 150ms
           < CONNECT
           > AT+SETVOLTE=0
           < ERROR
           > AT+VTS=5
           < OK
           > AT+CHUP
           < +CIEV: "SOUNDER",0
           < +CIEV: "CALL",0
           < OK
           ! busy
           > ATD10010;
           < OK
           < +CIEV: "CALL",1
           @ 70ms
           < +CIEV: "SOUNDER",0
           < +CIEV: "CALL",0
           < NO CARRIER
           > ATX4
           < OK
           ! busy
           > ATD10010;
           < OK
           < +CIEV: "CALL",1
           @ 70ms
           < +CIEV: "SOUNDER",0
           < +CIEV: "CALL",0
           < BUSY
           > AT+RESET
           < OK
           @ 100ms
           < RDY
           < +CPIN: READY
           < ^MODE: 17,17
           < +E_UTRAN Service
           < +CGEV: ME PDN ACT 1"#,
    );
}

#[test]
fn a_huawei_tells_why_a_call_ended_in_a_number_only() {
    play(
        "huawei",
        None,
        r#"> ATD10010;
           < OK
           < ^ORIG:1,0
           @ 70ms
           < ^CONF:1
           @ 150ms
           < ^CONN:1,0
           > AT+VTS=5
           < ERROR
           > AT^DTMF=1,5
           < OK
           @ 9s
           > AT+CHUP
           < ^CEND:1,9,29,16
           < OK
           ! busy
           > ATD10010;
           < OK
           < ^ORIG:2,0
           @ 70ms
           < ^CEND:2,0,25,17
           < NO CARRIER
           > AT^CURC=0
           < OK
           ! busy
           > ATD10010;
           < OK
           @ 70ms
           < NO CARRIER
           > AT^CPIN?
           < ^CPIN: READY,,10,3,10,3
           < OK
           > AT^RESET
           < OK
           @ 100ms
           < ^SYSSTART
           < ^SIMST:1
           < ^SRVST:2"#,
    );
}

#[test]
fn a_ublox_says_seven_and_zero_for_taken_and_nothing_at_its_start() {
    play(
        "ublox",
        None,
        r#"> AT+UCALLSTAT=1
           < OK
           > ATD10010;
           < OK
           < +UCALLSTAT: 1,2
           @ 70ms
           < +UCALLSTAT: 1,3
           @ 150ms
           < +UCALLSTAT: 1,7
           < +UCALLSTAT: 1,0
           > AT+CHUP
           < +UCALLSTAT: 1,6
           < OK
           ! no-carrier
           > ATD10010;
           < OK
           < +UCALLSTAT: 2,2
           @ 70ms
           < +UCALLSTAT: 2,6
           < NO CARRIER
           > AT+UPINCNT
           < +UPINCNT: 3,3,10,10
           < OK
           > AT+CFUN=16
           < OK
           @ 200ms
           > AT
           < AT
           < OK"#,
    );
}

#[test]
fn the_three_families_of_dialling_and_the_fourth() {
    for (style, first, taken) in [
        ("ok", "< OK", ""),
        ("connect", "", "< CONNECT"),
        ("late-ok", "", "< OK"),
        ("ok-connect", "< OK", "< CONNECT"),
    ] {
        play(
            "generic",
            None,
            &format!("! dial-style {style}\n> ATD10010;\n{first}\n@ 250ms\n{taken}"),
        );
    }
}

#[test]
fn all_forms_of_the_list() {
    for (form, line) in [
        ("own", "+CLCC: 1,0,2,0,0,\"10010\",129"),
        ("unquoted", "+CLCC: 1,0,2,0,0,10010,129"),
        ("short", "+CLCC: 1,0,2,0,0"),
        ("extra", "+CLCC: 1,0,2,0,0,\"10010\",129,\"\""),
        ("data-mode", "+CLCC: 1,0,2,1,0,\"10010\",129"),
    ] {
        play(
            "generic",
            None,
            &format!("! list-form {form}\n> ATD10010;\n< OK\n> AT+CLCC\n< {line}\n< OK"),
        );
    }
}

#[test]
fn a_wrong_pin_is_counted_and_the_count_outlives_a_restart() {
    play(
        "generic",
        None,
        r#"! pin 1234
           > AT+CMEE=1
           < OK
           > AT+CPIN?
           < +CPIN: SIM PIN
           < OK
           > AT+CREG?
           < +CREG: 0,2
           < OK
           > ATD10010;
           < +CME ERROR: 11
           > AT+CPIN="0000"
           < +CME ERROR: 16
           > AT+CPINR="SIM PIN"
           < +CPINR: SIM PIN,2,3
           < OK
           ! power-cycle
           @ 100ms
           < RDY
           > ATE0
           < ATE0
           < OK
           > AT+CMEE=2
           < OK
           > AT+CPIN="0000"
           < +CME ERROR: incorrect password
           > AT+CPIN="0000"
           < +CME ERROR: SIM PUK required
           > AT+CPIN?
           < +CPIN: SIM PUK
           < OK
           > AT+CPIN="1234"
           < +CME ERROR: SIM PUK required
           > AT+CPINR
           < +CPINR: SIM PIN,0,3
           < +CPINR: SIM PUK,10,10
           < OK
           > ATD10010;
           < +CME ERROR: SIM PUK required
           > AT+CPIN="12345678","4321"
           < OK
           @ 60ms
           < +CPIN: READY
           > AT+CREG?
           < +CREG: 0,1
           < OK"#,
    );
}

#[test]
fn every_maker_counts_pin_tries_in_its_own_words() {
    for (name, model, question, answer) in [
        ("simcom", Some("SIM800C"), "AT+SPIC", "+SPIC: 2,3,10,10"),
        ("simcom", Some("A7670"), "AT+SPIC", "+SPIC: 2,10,3,10"),
        ("quectel", None, "AT+QPINC=\"SC\"", "+QPINC: \"SC\",2,10"),
        ("huawei", None, "AT^CPIN?", "^CPIN: SIM PIN,2,10,2,10,3"),
        ("ublox", None, "AT+UPINCNT", "+UPINCNT: 2,3,10,10"),
    ] {
        play(
            name,
            model,
            &format!(
                "! pin 1234\n> AT+CPIN=\"1111\"\n< ERROR\n> {question}\n< {answer}\n< OK\n> AT+CPIN=\"1234\"\n< OK"
            ),
        );
    }
}

#[test]
fn the_network_goes_and_comes_back_and_says_so_where_asked_to() {
    play(
        "generic",
        None,
        r#"> AT+CREG=1
           < OK
           > AT+CEREG=2
           < OK
           > AT+CEREG?
           < +CEREG: 2,1,"1A2B","01CE8B02",7
           < OK
           > ATD10010;
           < OK
           @ 250ms
           ! network lost for 300ms
           < NO CARRIER
           < +CREG: 2
           < +CEREG: 2
           > AT+COPS?
           < +COPS: 0
           < OK
           @ 310ms
           < +CREG: 1
           < +CEREG: 1,"1A2B","01CE8B02",7
           ! network denied
           < +CREG: 3
           < +CEREG: 3
           > ATD10010;
           < ERROR
           ! network roaming
           < +CREG: 5
           < +CEREG: 5,"1A2B","01CE8B02",7
           ! network back
           < +CREG: 1
           < +CEREG: 1,"1A2B","01CE8B02",7"#,
    );
}

#[test]
fn a_pulled_card_ends_the_call_and_a_new_one_needs_a_moment() {
    play(
        "generic",
        None,
        r#"> AT+CMEE=1
           < OK
           > ATD10010;
           < OK
           @ 250ms
           ! sim pull
           < NO CARRIER
           < +CPIN: NOT READY
           > AT+CPIN?
           < +CME ERROR: 10
           > ATD10010;
           < +CME ERROR: 10
           > ATD110;
           < OK
           > AT+CHUP
           < OK
           ! sim insert
           > AT+CPIN?
           < +CME ERROR: 14
           @ 40ms
           < +CPIN: READY
           @ 40ms
           > AT+CPIN?
           < +CPIN: READY
           < OK
           > AT+CREG?
           < +CREG: 0,1
           < OK"#,
    );
}

#[test]
fn with_a_call_waiting_chld_1_takes_the_stranger_and_chup_ends_all() {
    play(
        "generic",
        None,
        r#"> ATD10010;
           < OK
           @ 250ms
           ! ring
           < +CCWA: "",128,1
           > AT+CLCC
           < +CLCC: 1,0,0,0,0,"10010",129
           < +CLCC: 2,1,5,0,0,"",129
           < OK
           > AT+CHLD=1
           < OK
           > AT+CLCC
           < +CLCC: 2,1,0,0,0,"",129
           < OK
           ! ring
           < +CCWA: "",128,1
           > AT+CHLD=0
           < OK
           > AT+CLCC
           < +CLCC: 2,1,0,0,0,"",129
           < OK
           > AT+CHUP
           < OK
           > AT+CLCC
           < OK
           ! ring
           < RING
           @ 260ms
           < RING
           > AT+CHUP
           < OK
           @ 600ms"#,
    );
}

#[test]
fn another_makers_module_starts_with_its_own_words() {
    play(
        "generic",
        None,
        "> ATD10010;
         < OK
         ! profile huawei
         @ 100ms
         < ^SYSSTART
         < ^SIMST:1
         < ^SRVST:2
         > ATE0
         < ATE0
         < OK
         > AT+CGMM
         < MU509
         < OK
         > AT+CLCC
         < OK",
    );
}
