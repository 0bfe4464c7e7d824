//! Habits of real modules and emulators, one conversation each: what the module answers to what, and what the core
//! makes of it. Time is simulated.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::time::Duration;

use xinting_hw::modem::{CallOutcome, CallState, ModemHealth, Timings};

#[path = "modem_quirks/bring_up.rs"]
mod bring_up;
#[path = "modem_quirks/faults.rs"]
mod faults;
#[path = "modem_quirks/lost.rs"]
mod lost;
#[path = "modem_quirks/module.rs"]
mod module;
#[path = "modem_quirks/words.rs"]
mod words;

use module::{MS, Module};

#[test]
fn modules_that_can_call_are_found_able_to() {
    let table: [(&str, &[(&str, &str)]); 10] = [
        ("by the book", &[]),
        (
            "no +CMEE, no +CREG, LTE only",
            &[("AT+CMEE", "ERROR"), ("AT+CREG?", "ERROR")],
        ),
        ("no LTE", &[("AT+CEREG?", "+CME ERROR: 4")]),
        (
            "errors to everything of no use",
            &[
                ("AT+CGMM", "ERROR"),
                ("AT+COPS=", "ERROR"),
                ("AT+CFUN?", "ERROR"),
            ],
        ),
        (
            "+CPIN: READY without a final OK",
            &[("AT+CPIN?", "+CPIN: READY")],
        ),
        (
            "lower case",
            &[
                ("AT+CPIN?", "+cpin: ready|ok"),
                ("AT+CREG?", "+creg: 0,5|ok"),
            ],
        ),
        (
            "keeps echoing",
            &[
                ("AT+CSQ", "{echo}|+CSQ: 20,99|OK"),
                ("AT+CLCC", "{echo}|OK"),
            ],
        ),
        (
            "URCs in the middle",
            &[("AT+CREG?", "+CREG: 0,1|+ZUSIMR: 2|+CGEV: NW DETACH|OK")],
        ),
        ("garbage in +CSQ", &[("AT+CSQ", "+CSQ: \u{7f}\u{3},x|OK")]),
        (
            "a data connection in the list",
            &[("AT+CLCC", "+CLCC: 1,0,0,1,0,\"\",128|OK")],
        ),
    ];
    for (name, rows) in table {
        let mut module = Module::new(rows);
        module.run(Duration::from_secs(3));
        assert!(
            module.core.health().can_call(),
            "{name}: {:?}",
            module.core.health()
        );
        let hung_up = module.heard.iter().any(|command| command == "AT+CHUP");
        assert!(
            !hung_up,
            "{name}: there was nothing to hang up: {:?}",
            module.heard
        );
    }
}

#[test]
fn a_module_that_answers_error_to_at_is_alive() {
    let mut module = Module::new(&[("AT", "ERROR")]);
    module.run(Duration::from_secs(1));
    assert!(
        matches!(module.core.health(), ModemHealth::NoSim(_)),
        "{:?}",
        module.core.health()
    );
    assert!(module.heard.iter().any(|command| command == "AT+CPIN?"));
}

#[test]
fn a_call_found_at_the_start_is_hung_up_before_anything_else_is_asked() {
    let mut module = Module::new(&[("AT+CLCC", "+CLCC: 1,0,0,0,0,\"10010\",129|OK")]);
    module.run(MS * 1);
    let at = |wanted: &str| module.heard.iter().position(|command| command == wanted);
    assert!(
        at("AT+CHUP").unwrap() < at("AT+CPIN?").unwrap_or(usize::MAX),
        "{:?}",
        module.heard
    );
}

#[test]
fn atd_is_written_as_a_voice_call_and_only_once() {
    let mut module = Module::new(&[]);
    module.run(Duration::from_secs(1));
    module.dial();
    module.run(Duration::from_secs(1));
    let dials: Vec<_> = module
        .heard
        .iter()
        .filter(|command| command.starts_with("ATD"))
        .collect();
    assert_eq!(dials, ["ATD10010;"]);
}

#[test]
fn a_late_final_in_the_middle_of_an_open_call_does_not_end_it() {
    let mut module = Module::new(&[]);
    module.run(Duration::from_secs(1));
    module.put("AT+CLCC", "+CLCC: 1,0,0,0,0,\"10010\",129|OK");
    module.dial();
    module.run(MS * 100);
    assert_eq!(module.states(), [CallState::Dialling, CallState::LineOpen]);
    // One list is not answered in time; its bare OK arrives as the answer to the next, and so once more.
    for _ in 0..2 {
        module.put("AT+CLCC", "");
        module.run(Timings::fast().command + MS);
        module.say("OK");
        module.put("AT+CLCC", "+CLCC: 1,0,0,0,0,\"10010\",129|OK");
        module.run(MS * 100);
    }
    assert_eq!(module.states(), [CallState::Dialling, CallState::LineOpen]);
}

#[test]
fn an_early_no_carrier_gives_way_to_a_list_that_shows_the_call() {
    let mut module = Module::new(&[]);
    module.run(Duration::from_secs(1));
    module.dial();
    module.put("AT+CLCC", "+CLCC: 1,0,3,0,0,\"10010\",129|OK");
    module.say("NO CARRIER");
    module.run(MS * 200);
    assert_eq!(module.states(), [CallState::Dialling, CallState::Alerting]);
}

#[test]
fn a_module_without_a_list_is_believed_by_its_words_and_hung_up_gently() {
    let mut module = Module::new(&[("AT+CLCC", "ERROR")]);
    module.run(Duration::from_secs(1));
    module.dial();
    module.run(Duration::from_secs(2));
    assert_eq!(
        module.states(),
        [CallState::Dialling],
        "nothing is known, so nothing is claimed"
    );
    module.say("BUSY");
    module.run(Duration::from_secs(2));
    assert_eq!(
        module.states().last(),
        Some(&CallState::Ended(CallOutcome::Busy))
    );

    module.dial();
    module.hang_up();
    module.run(Duration::from_secs(2));
    assert_eq!(
        module.states().last(),
        Some(&CallState::Ended(CallOutcome::HungUpHere))
    );
    assert!(
        !module.heard.iter().any(|command| command == "AT+CFUN=4"),
        "the radio was cut off: {:?}",
        module.heard
    );
}

#[test]
fn a_hang_up_does_not_wait_for_the_final_of_atd() {
    let mut module = Module::new(&[("ATD", "")]);
    module.run(Duration::from_secs(1));
    module.dial();
    module.hang_up();
    assert_eq!(
        module.heard.last().map(String::as_str),
        Some("AT+CLCC"),
        "{:?}",
        module.heard
    );
    assert!(module.heard.iter().any(|command| command == "AT+CHUP"));
}

#[test]
fn a_dial_taken_back_before_it_went_out_never_goes_out() {
    let mut module = Module::new(&[
        ("AT+CREG?", "+CREG: 0,2|OK"),
        ("AT+CEREG?", "+CEREG: 0,2|OK"),
    ]);
    module.run(MS * 20);
    module.dial();
    module.hang_up();
    module.run(Duration::from_secs(5));
    assert_eq!(
        module.states(),
        [
            CallState::Dialling,
            CallState::Ended(CallOutcome::HungUpHere)
        ]
    );
    assert!(
        !module
            .heard
            .iter()
            .any(|command| command.starts_with("ATD"))
    );
}
