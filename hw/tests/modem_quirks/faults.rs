//! One fault at a time, in each state of a call: how the call ends, and that it ends as it was.

use std::time::Duration;

use xinting_hw::modem::{AbsentCause, CallOutcome, CallState, RefusedReason, Timings};

use crate::module::{MS, Module};

const DIALLING: &str = "+CLCC: 1,0,2,0,0,\"10010\",129|OK";
const ALERTING: &str = "+CLCC: 1,0,3,0,0,\"10010\",129|OK";
const OPEN: &str = "+CLCC: 1,0,0,0,0,\"10010\",129|OK";
const LISTS: [&str; 4] = ["OK", DIALLING, ALERTING, OPEN];

/// A call that stands where `list` says.
fn in_call(list: &'static str) -> Module {
    let mut module = Module::ready(&[]);
    module.put("AT+CLCC", list);
    module.dial();
    module.run(MS * 100);
    assert_eq!(module.outcome(), None);
    module
}

#[test]
fn unplugged_in_each_state() {
    for list in LISTS {
        let mut module = in_call(list);
        module.core.port_absent(AbsentCause::NoSuchPort);
        module.run(MS);
        assert_eq!(module.outcome(), Some(CallOutcome::ModemLost), "{list}");
        // Back again it is asked what it still holds, and that is hung up before a network is looked for.
        module.heard.clear();
        module.core.port_opened(module.now);
        module.run(MS * 5);
        let at = |wanted: &str| module.heard.iter().position(|heard| heard == wanted);
        assert!(at("AT+CHUP").is_some(), "{list}: {:?}", module.heard);
        assert!(
            at("AT+CHUP") < at("AT+CPIN?").or(Some(usize::MAX)),
            "{list}"
        );
    }
    let mut waiting = Module::new(&[
        ("AT+CREG?", "+CREG: 0,2|OK"),
        ("AT+CEREG?", "+CEREG: 0,2|OK"),
    ]);
    waiting.run(MS * 20);
    waiting.dial();
    waiting.core.port_absent(AbsentCause::NoSuchPort);
    waiting.run(MS);
    let wanted = CallOutcome::Refused(RefusedReason::NoModem);
    assert_eq!(waiting.outcome(), Some(wanted), "it had not gone out");
}

#[test]
fn restarted_in_each_state() {
    for words in ["RDY", "^SYSSTART", "rdy", "NORMAL POWER DOWN"] {
        for list in LISTS {
            let mut module = in_call(list);
            module.put("AT+CLCC", "OK");
            module.say(words);
            assert_eq!(
                module.outcome(),
                Some(CallOutcome::ModemLost),
                "{words} {list}"
            );
            module.run(Duration::from_secs(1));
            assert!(module.core.health().can_call(), "{words} {list}");
        }
    }
}

#[test]
fn words_that_follow_a_restart_end_a_call_only_with_the_list() {
    for words in ["SMS Ready", "Call Ready", "+CFUN: 1", "PB DONE"] {
        let mut alive = in_call(OPEN);
        alive.say(words);
        alive.run(MS * 200);
        assert_eq!(alive.outcome(), None, "{words}");
        let mut gone = in_call(ALERTING);
        gone.put("AT+CLCC", "OK");
        gone.say(words);
        gone.run(MS * 200);
        assert_eq!(gone.outcome(), Some(CallOutcome::ModemLost), "{words}");
    }
}

#[test]
fn every_error_code_of_27_007_refuses_for_a_reason() {
    for code in 0..=200_u16 {
        let mut module = Module::ready(&[]);
        let answer: &'static str = Box::leak(format!("+CME ERROR: {code}").into_boxed_str());
        module.put("ATD", answer);
        module.dial();
        module.run(MS * 100);
        let wanted = match code {
            5..=7 | 10..=16 | 40..=47 => RefusedReason::NoSim,
            30..=32 => RefusedReason::NoNetwork,
            _ => RefusedReason::ByModem(Some(code)),
        };
        assert_eq!(
            module.outcome(),
            Some(CallOutcome::Refused(wanted)),
            "{code}"
        );
        assert_eq!(
            module.times("ATD"),
            1,
            "{code}: a refusal is not dialled again"
        );
    }
}

#[test]
fn an_error_that_does_not_belong_to_the_dial_ends_nothing() {
    for code in [
        "+CME ERROR: 4",
        "+CME ERROR: 30",
        "ERROR",
        "+CMS ERROR: 500",
    ] {
        let mut module = in_call(OPEN);
        module.put("AT+CLCC", code);
        module.run(Duration::from_secs(5));
        assert_eq!(module.outcome(), None, "{code}");
        module.put("AT+CLCC", OPEN);
        module.run(MS * 100);
        module.put("AT+CLCC", "OK");
        module.run(MS * 200);
        assert_eq!(module.outcome(), Some(CallOutcome::RemoteEnded), "{code}");
    }
}

#[test]
fn silent_in_each_state() {
    let fast = Timings::fast();
    for list in LISTS {
        let mut module = in_call(list);
        module.put("AT", "");
        module.run(fast.command * 4 + fast.silent_call + fast.no_sign);
        assert_eq!(module.outcome(), Some(CallOutcome::ModemLost), "{list}");
    }
}

#[test]
fn a_short_silence_ends_nothing() {
    let fast = Timings::fast();
    let mut module = in_call(OPEN);
    module.put("AT", "");
    module.run(fast.command * 3 + fast.silent_call / 2);
    module.put("AT", "OK");
    module.put("AT+CLCC", OPEN);
    module.run(Duration::from_secs(1));
    assert_eq!(module.outcome(), None);
}

#[test]
fn a_flood_and_the_garbage_of_a_wrong_speed_are_silence() {
    let fast = Timings::fast();
    for noise in [
        &b"xxxxxxxxxxxxxxxx"[..],
        &[0xfe, 0x1c, 0x00, 0xe0, b'\r', 0x9c, b'\n', 0x7f],
    ] {
        for list in LISTS {
            let mut module = in_call(list);
            module.put("AT", "");
            let until = module.now + fast.command * 4 + fast.silent_call + fast.no_sign;
            while module.now < until {
                for _ in 0..40 {
                    module.core.handle_bytes(module.now, noise);
                }
                module.run(MS * 20);
            }
            assert_eq!(module.outcome(), Some(CallOutcome::ModemLost), "{list}");
        }
    }
}

#[test]
fn a_lost_network_does_not_end_a_call_that_is_listed() {
    let mut module = in_call(OPEN);
    module.put("AT+CREG?", "+CREG: 0,2|OK");
    module.put("AT+CEREG?", "+CEREG: 0,2|OK");
    for words in ["+CREG: 2", "+CEREG: 0", "+CREG: 3", "+CPIN: NOT READY"] {
        module.say(words);
        module.run(Duration::from_secs(1));
    }
    assert_eq!(module.states(), [CallState::Dialling, CallState::LineOpen]);
}

#[test]
fn a_dial_that_the_module_never_took_ends_soon_and_is_hung_up() {
    let fast = Timings::fast();
    // A module that has shown a call before, or whose reports are known, would show this one.
    let mut known = Module::ready(&[("AT+CGMM", "SIMCOM_SIM800C|OK"), ("ATD", "")]);
    known.dial();
    known.run(fast.no_sign + MS * 500);
    assert_eq!(known.outcome(), Some(CallOutcome::TimedOut));
    assert!(known.times("AT+CHUP") >= 1);

    // One that never showed any may be ringing all the same: it has longer, and still not as long as a call that rings.
    let mut unknown = Module::ready(&[("ATD", "")]);
    unknown.dial();
    unknown.run(fast.no_sign_unknown - MS);
    assert_eq!(unknown.outcome(), None);
    unknown.run(MS * 500);
    assert_eq!(unknown.outcome(), Some(CallOutcome::TimedOut));
    assert!(fast.no_sign_unknown < fast.setup);
}

#[test]
fn a_module_that_says_nothing_until_the_call_is_taken_is_not_cut_off() {
    let fast = Timings::fast();
    for (list, last) in [("OK", "CONNECT"), (DIALLING, "OK")] {
        let mut module = Module::ready(&[("ATD", ""), ("AT+CGMM", "OK")]);
        module.put("AT+CLCC", list);
        module.dial();
        module.run(fast.no_sign + MS * 100);
        assert_eq!(module.outcome(), None, "{last}");
        module.say(last);
        module.put("AT+CLCC", OPEN);
        module.run(Duration::from_secs(2));
        assert_eq!(
            module.states(),
            [CallState::Dialling, CallState::LineOpen],
            "{last}"
        );
    }
}

#[test]
fn a_hang_up_waits_for_a_slow_command_only_so_long() {
    let fast = Timings::fast();
    for slow in ["AT+CLCC", "AT+CLVL"] {
        let mut module = in_call(OPEN);
        module.put(slow, "");
        if slow == "AT+CLVL" {
            let louder = xinting_hw::modem::ModemCommand::Volume(80);
            module.core.command(module.now, louder);
        }
        module.run(fast.call_poll + MS);
        let begun = module.now;
        module.hang_up();
        while module.times("AT+CHUP") == 0 {
            module.run(MS);
        }
        assert!(module.now - begun <= fast.hang_up_wait + MS, "{slow}");
        module.put("AT+CLCC", "OK");
        module.run(Duration::from_secs(2));
        assert_eq!(module.outcome(), Some(CallOutcome::HungUpHere), "{slow}");
    }
}
