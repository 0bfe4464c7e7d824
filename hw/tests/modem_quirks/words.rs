//! What single makers say during a call, what it means here, and the second attempt after an early end.

use std::time::Duration;

use xinting_hw::modem::{
    CallOutcome, CallState, DialNumber, DialectId, ModemCommand, ModemEvent, Timings,
};

use crate::module::{MS, Module};

const SIMCOM: (&str, &str) = ("AT+CGMM", "SIMCOM_SIM7600CE|OK");
const QUECTEL: (&str, &str) = ("AT+CGMM", "EC25|OK");
const HUAWEI: (&str, &str) = ("AT+CGMI", "huawei|OK");

#[test]
fn the_dialect_is_found_by_asking() {
    let table = [
        (("AT+CGMM", "OK"), DialectId::Generic),
        (SIMCOM, DialectId::Simcom),
        (QUECTEL, DialectId::Quectel),
        (HUAWEI, DialectId::Huawei),
        (("ATI", "u-blox|SARA-R410M-02B|OK"), DialectId::Ublox),
        (("ATI", "AirM2M_Air724UG_V1|OK"), DialectId::Air724),
    ];
    for (row, wanted) in table {
        let mut module = Module::new(&[row]);
        module.run(Duration::from_secs(1));
        let found = module.events.iter().find_map(|event| match event {
            ModemEvent::Identified { dialect, .. } => Some(*dialect),
            _ => None,
        });
        assert_eq!(found, Some(wanted), "{row:?}");
    }
}

#[test]
fn a_makers_words_carry_a_call_that_the_list_never_shows() {
    let table = [
        (SIMCOM, "VOICE CALL: BEGIN", "VOICE CALL: END: 000017"),
        (HUAWEI, "^CONN:1,0", "^CEND:1,17,104,16"),
    ];
    for (row, begin, end) in table {
        let mut module = Module::ready(&[row]);
        module.dial();
        module.run(MS * 50);
        module.say(begin);
        module.run(Duration::from_secs(3));
        assert_eq!(
            module.states(),
            [CallState::Dialling, CallState::LineOpen],
            "{begin}"
        );
        module.say(end);
        module.run(Duration::from_secs(1));
        assert_eq!(module.outcome(), Some(CallOutcome::RemoteEnded), "{end}");
    }
}

#[test]
fn the_same_word_of_another_maker_says_nothing() {
    let mut module = Module::ready(&[]);
    module.dial();
    module.run(MS * 50);
    module.say("VOICE CALL: BEGIN");
    module.say("^CONN:1,0");
    module.say("^DSCI: 1,0,3,0,0,\"10010\",129");
    module.run(Duration::from_secs(1));
    assert_eq!(module.states(), [CallState::Dialling]);
}

#[test]
fn once_listed_the_list_overrules_a_makers_word() {
    let mut module = Module::ready(&[SIMCOM]);
    module.put("AT+CLCC", "+CLCC: 1,0,3,0,0,\"10010\",129|OK");
    module.dial();
    module.run(MS * 50);
    module.say("VOICE CALL: BEGIN");
    module.say("VOICE CALL: END");
    module.run(Duration::from_secs(1));
    assert_eq!(module.states(), [CallState::Dialling, CallState::Alerting]);
}

#[test]
fn an_early_no_carrier_is_dialled_once_more() {
    let mut module = Module::ready(&[]);
    module.dial();
    module.run(MS * 10);
    module.say("NO CARRIER");
    module.run(MS * 500);
    assert_eq!(
        module.states(),
        [CallState::Dialling, CallState::Redialling]
    );
    assert_eq!(module.times("ATD"), 2, "{:?}", module.heard);
    let hung_up = module.heard.iter().position(|heard| heard == "AT+CHUP");
    let again = module
        .heard
        .iter()
        .rposition(|heard| heard.starts_with("ATD"));
    assert!(
        hung_up < again,
        "what is left is cleared first: {:?}",
        module.heard
    );
    module.say("NO CARRIER");
    module.run(MS * 500);
    assert_eq!(module.outcome(), Some(CallOutcome::NoCarrier));
    assert_eq!(module.times("ATD"), 2, "twice is enough");
}

#[test]
fn what_was_no_early_no_carrier_is_not_dialled_again() {
    let fast = Timings::fast();
    let listed = "+CLCC: 1,0,3,0,0,\"10010\",129|OK";
    let open = "+CLCC: 1,0,0,0,0,\"10010\",129|OK";
    let table = [
        ("BUSY", "OK", MS * 10, CallOutcome::Busy),
        ("NO ANSWER", "OK", MS * 10, CallOutcome::NoAnswer),
        ("NO DIALTONE", "OK", MS * 10, CallOutcome::NoCarrier),
        ("NO CARRIER", listed, MS * 10, CallOutcome::NoCarrier),
        ("NO CARRIER", open, MS * 10, CallOutcome::RemoteEnded),
        (
            "NO CARRIER",
            "OK",
            fast.early_end + MS,
            CallOutcome::NoCarrier,
        ),
    ];
    for (word, list, wait, wanted) in table {
        let mut module = Module::ready(&[]);
        module.put("AT+CLCC", list);
        module.dial();
        module.run(wait.max(MS * 50));
        module.put("AT+CLCC", "OK");
        module.say(word);
        module.run(Duration::from_secs(2));
        assert_eq!(module.outcome(), Some(wanted), "{word} {list}");
        assert_eq!(module.times("ATD"), 1, "{word} {list}");
    }
}

#[test]
fn a_hang_up_between_two_attempts_cancels_the_second() {
    for wait in [1_u32, 30, 60, 90, 110] {
        let mut module = Module::ready(&[]);
        module.dial();
        module.run(MS * 10);
        module.say("NO CARRIER");
        while !module.states().contains(&CallState::Redialling) {
            module.run(MS);
        }
        module.run(MS * wait);
        let before = module.times("ATD");
        module.hang_up();
        module.run(Duration::from_secs(2));
        assert_eq!(module.outcome(), Some(CallOutcome::HungUpHere), "{wait} ms");
        assert_eq!(module.times("ATD"), before, "{wait} ms");
    }
}

#[test]
fn somebody_who_calls_in_is_hung_up_at_once_by_each_makers_words() {
    let table = [
        (("AT+CGMM", "OK"), "RING"),
        (("AT+CGMM", "OK"), "+CRING: VOICE"),
        (HUAWEI, "RING"),
    ];
    for (row, words) in table {
        let mut module = Module::ready(&[row]);
        module.put("AT+CLCC", "+CLCC: 1,1,4,0,0,\"\",128|OK");
        module.put("AT+CHUP", "OK");
        module.say(words);
        assert_eq!(module.heard[..2], ["AT+CLCC", "AT+CHUP"], "{words}");
        assert_eq!(module.times("ATA"), 0);
    }
}

#[test]
fn a_caller_whom_the_list_does_not_show_is_hung_up_as_well() {
    let mut module = Module::ready(&[]);
    module.say("RING");
    module.run(MS * 300);
    assert_eq!(module.times("AT+CHUP"), 1, "{:?}", module.heard);
    assert_eq!(module.times("AT+CFUN"), 0, "{:?}", module.heard);
}

#[test]
fn a_waiting_caller_is_told_that_we_are_busy_and_our_call_goes_on() {
    let ours = "+CLCC: 1,0,0,0,0,\"10010\",129|OK";
    let both = "+CLCC: 1,0,0,0,0,\"10010\",129|+CLCC: 2,1,5,0,0,\"\",128|OK";
    let mut module = Module::ready(&[]);
    module.put("AT+CLCC", ours);
    module.dial();
    module.run(MS * 100);
    module.put("AT+CLCC", both);
    module.say("+CCWA: \"\",128,1");
    assert_eq!(module.times("AT+CHLD=0"), 1, "{:?}", module.heard);
    module.run(Duration::from_secs(2));
    assert_eq!(
        module.times("AT+CHLD=0"),
        3,
        "a module that does not do it is left alone"
    );
    assert_eq!(module.times("AT+CHUP") + module.times("ATH"), 0);
    assert_eq!(module.states(), [CallState::Dialling, CallState::LineOpen]);
    module.put("AT+CLCC", ours);
    module.run(MS * 100);
    module.put("AT+CLCC", both);
    module.run(MS * 50);
    assert!(
        module.times("AT+CHLD=0") > 3,
        "the next caller is told anew"
    );
}

#[test]
fn our_call_on_hold_is_not_released_for_a_waiting_one() {
    let mut module = Module::ready(&[]);
    module.put(
        "AT+CLCC",
        "+CLCC: 1,0,1,0,0,\"10010\",129|+CLCC: 2,1,5,0,0,\"\",128|OK",
    );
    module.dial();
    module.run(Duration::from_secs(1));
    assert_eq!(module.times("AT+CHLD"), 0);
}

#[test]
fn tones_are_written_as_the_maker_wants_them() {
    for (row, wanted) in [
        (("AT+CGMM", "OK"), "AT+VTS=5"),
        (QUECTEL, "AT+VTS=\"5\""),
        (HUAWEI, "AT^DTMF=1,5"),
    ] {
        let mut module = Module::ready(&[row]);
        module.put("AT+CLCC", "+CLCC: 1,0,0,0,0,\"10010\",129|OK");
        module.dial();
        module.run(MS * 100);
        module.core.command(module.now, ModemCommand::Dtmf('5'));
        module.settle();
        assert_eq!(module.times(wanted), 1, "{:?}", module.heard);
    }
}

#[test]
fn hanging_up_begins_with_what_the_maker_wants() {
    let mut module = Module::ready(&[QUECTEL]);
    module.put("AT+CLCC", "+CLCC: 1,0,0,0,0,\"10010\",129|OK");
    module.dial();
    module.run(MS * 100);
    module.put("AT+QHUP", "ERROR");
    module.hang_up();
    module.run(MS * 200);
    let at = |wanted: &str| {
        module
            .heard
            .iter()
            .position(|heard| heard.starts_with(wanted))
    };
    assert!(
        at("AT+QHUP").is_some() && at("AT+QHUP") < at("AT+CHUP"),
        "{:?}",
        module.heard
    );
}

#[test]
fn an_emergency_number_waits_for_neither_card_nor_network() {
    let table: [&[(&str, &str)]; 4] = [
        &[("AT+CPIN?", "+CME ERROR: 10")],
        &[("AT+CPIN?", "+CPIN: SIM PIN|OK")],
        &[("AT+CPIN?", "+CME ERROR: 14")],
        &[
            ("AT+CREG?", "+CREG: 0,2|OK"),
            ("AT+CEREG?", "+CEREG: 0,2|OK"),
        ],
    ];
    for rows in table {
        let mut module = Module::new(rows);
        module.run(MS * 20);
        let number = DialNumber::new("120").unwrap();
        module
            .core
            .command(module.now, ModemCommand::DialEmergency(number));
        module.settle();
        assert_eq!(module.times("ATD120;"), 1, "{rows:?}: {:?}", module.heard);
    }
}

#[test]
fn a_module_that_rings_in_every_answer_still_starts_and_calls() {
    for command in ["AT+CREG?", "AT+CLCC", "AT+CPIN?", "AT+CHUP", "AT"] {
        let answer: &'static str = match command {
            "AT+CREG?" => "RING|+CREG: 0,1|OK",
            "AT+CPIN?" => "RING|+CPIN: READY|OK",
            _ => "RING|OK",
        };
        let mut module = Module::new(&[("AT+CPIN?", "+CPIN: READY|OK")]);
        module.put(command, answer);
        if command == "AT" {
            module.put("AT+CPIN?", "RING|+CPIN: READY|OK");
            module.put("AT+CREG?", "RING|+CREG: 0,1|OK");
        }
        module.run(Duration::from_secs(2));
        assert!(module.core.health().can_call(), "{command}");
        module.dial();
        module.run(Duration::from_secs(1));
        assert_eq!(module.times("ATD"), 1, "{command}: {:?}", module.heard);
    }
}

#[test]
fn a_listed_call_whose_end_no_list_confirms_is_hung_up_before_the_second_attempt() {
    let mut module = Module::ready(&[]);
    module.put("AT+CLCC", "+CLCC: 1,0,2,0,0,\"10010\",129|OK");
    module.dial();
    module.run(MS * 50);
    module.put("AT+CLCC", "+CME ERROR: 3");
    module.say("NO CARRIER");
    module.run(MS * 40);
    assert!(module.states().contains(&CallState::Redialling));
    let hung_up = module.heard.iter().position(|heard| heard == "AT+CHUP");
    assert!(
        hung_up.is_some() && module.times("ATD") == 1,
        "{:?}",
        module.heard
    );
}

#[test]
fn a_hang_up_is_written_also_to_a_module_that_was_silent_before_it() {
    let fast = Timings::fast();
    let mut module = Module::ready(&[]);
    module.put("AT+CLCC", "+CLCC: 1,0,0,0,0,\"10010\",129|OK");
    module.dial();
    module.run(MS * 50);
    module.put("AT", "");
    module.run(fast.command * 4);
    assert_eq!(module.outcome(), None);
    module.hang_up();
    module.run(fast.hang_up_wait + MS);
    assert_eq!(module.times("AT+CHUP"), 1, "{:?}", module.heard);
    module.run(fast.command * 2);
    assert_eq!(
        module.outcome(),
        Some(CallOutcome::ModemLost),
        "it cannot be checked"
    );
}
