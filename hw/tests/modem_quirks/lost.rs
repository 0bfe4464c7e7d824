//! Answers and words that come late, come twice, or never come; and strangers who call in while a call is hung up.

use std::collections::VecDeque;
use std::time::Duration;

use xinting_hw::modem::{
    CallOutcome, CallState, DialNumber, ModemCommand, ModemHealth, RefusedReason, Timings,
};

use crate::module::{MS, Module};

const OURS: &str = "+CLCC: 1,0,0,0,0,\"10010\",129|OK";

/// Says each of `lines` in a read of its own.
fn say_in_pieces(module: &mut Module, lines: &str) {
    for line in lines.split('|') {
        module.say(line);
    }
}

#[test]
fn an_end_word_counts_wherever_it_stands_beside_the_final_of_the_dial() {
    let fast = Timings::fast();
    for answer in ["OK|BUSY", "BUSY|OK", "BUSY"] {
        let mut module = Module::ready(&[]);
        module.put("ATD", answer);
        module.dial();
        module.run(Duration::from_secs(1));
        assert_eq!(module.outcome(), Some(CallOutcome::Busy), "{answer}");
    }
    // After the final, while the first list is still awaited; in pieces, before or after the end of that list.
    for words in ["BUSY", "BUSY|OK", "OK|BUSY"] {
        let mut module = Module::ready(&[]);
        module.put("AT+CLCC", "");
        module.dial();
        assert_eq!(module.heard.last().map(String::as_str), Some("AT+CLCC"));
        module.put("AT+CLCC", "OK");
        say_in_pieces(&mut module, words);
        module.run(fast.command + Duration::from_secs(1));
        assert_eq!(module.outcome(), Some(CallOutcome::Busy), "{words}");
    }
    // While finals of lists are missing.
    let mut module = Module::ready(&[]);
    module.put("AT+CLCC", "");
    module.dial();
    module.run(fast.command * 2 + fast.call_poll * 2);
    module.say("BUSY");
    module.put("AT+CLCC", "OK");
    module.run(fast.command + Duration::from_secs(1));
    assert_eq!(module.outcome(), Some(CallOutcome::Busy));
}

#[test]
fn a_call_that_was_taken_but_is_not_listed_ends_soon_where_others_were_listed() {
    let fast = Timings::fast();
    assert!(fast.no_sign_unknown < fast.setup);
    let mut module = Module::ready(&[]);
    module.put("AT+CLCC", "+CLCC: 1,1,4,0,0,\"\",128|OK");
    module.say("RING");
    module.put("AT+CLCC", "OK");
    module.run(Duration::from_secs(1));
    module.heard.clear();
    module.dial();
    module.run(fast.no_sign_unknown - MS);
    assert_eq!(module.outcome(), None, "it may yet be shown");
    module.run(MS * 500);
    assert_eq!(module.outcome(), Some(CallOutcome::TimedOut));
    assert!(module.times("AT+CHUP") >= 1, "{:?}", module.heard);

    // A module that has never listed any may hold an open line, which nobody cuts off but the cap for every call.
    let mut module = Module::ready(&[]);
    module.dial();
    module.run(fast.setup * 2);
    assert_eq!(module.states(), [CallState::Dialling]);
    // Nor is one cut off that is listed late.
    let mut module = Module::ready(&[]);
    module.put("AT+CLCC", "+CLCC: 1,1,4,0,0,\"\",128|OK");
    module.say("RING");
    module.put("AT+CLCC", "OK");
    module.run(Duration::from_secs(1));
    module.dial();
    module.run(fast.no_sign_unknown - MS * 50);
    module.put("AT+CLCC", OURS);
    module.run(Duration::from_secs(2));
    assert_eq!(module.states(), [CallState::Dialling, CallState::LineOpen]);
}

#[test]
fn a_waiting_stranger_is_turned_away_before_the_step_that_would_take_him() {
    let waiting = [
        "+CLCC: 1,0,0,0,0,\"10010\",129|+CLCC: 2,1,5,0,0,\"\",128|OK",
        "+CLCC: 1,0,0,1,0,\"10010\",129|+CLCC: 2,1,5,1,0,\"\",128|OK",
        OURS,
    ];
    for list in waiting {
        let mut module = Module::ready(&[]);
        module.put("AT+CLCC", list);
        module.dial();
        module.run(MS * 100);
        module.heard.clear();
        module.hang_up();
        module.run(Duration::from_secs(2));
        let at = |wanted: &str| module.heard.iter().position(|heard| heard == wanted);
        assert!(at("AT+CHLD=1").is_some(), "{:?}", module.heard);
        assert_eq!(
            at("AT+CHLD=0").map(|at| at + 1),
            at("AT+CHLD=1"),
            "{list}: {:?}",
            module.heard
        );
    }
}

#[test]
fn a_stranger_without_a_number_in_another_mode_is_hung_up() {
    let mut module = Module::ready(&[]);
    module.put("AT+CLCC", "+CLCC: 2,1,5,1,0,\"\",129|OK");
    module.run(Timings::fast().watch * 2);
    assert!(module.times("AT+CHUP") >= 1, "{:?}", module.heard);
}

#[test]
fn a_list_that_comes_late_does_not_make_every_later_one_late() {
    let fast = Timings::fast();
    let list = "+CLCC: 1,1,0,1,0,\"\",128|+CLCC: 2,0,0,0,0,\"10010\",129|OK";
    let mut module = Module::ready(&[("AT+CGMM", "EC25|OK")]);
    module.put("AT+CLCC", list);
    module.dial();
    module.run(MS * 100);
    module.put("AT+CLCC", "");
    module.run(fast.command + fast.call_poll + MS * 5);
    let mut answered = module.times("AT+CLCC") - 2;
    let before = module.times("AT+CLCC");
    let until = module.now + Duration::from_secs(1);
    while module.now < until {
        if answered < module.times("AT+CLCC") {
            answered += 1;
            say_in_pieces(&mut module, list);
        }
        module.run(MS);
    }
    let asked = module.times("AT+CLCC") - before;
    assert!(asked <= 50, "asked {asked} times in a second");
    assert_eq!(module.states(), [CallState::Dialling, CallState::LineOpen]);
}

/// A module that answers line by line, a line in a millisecond, with a final of its own put before its first answer to
/// `AT+CHUP`; a stranger's call stays up in it. Returns how many commands it was sent in a second.
fn cleared_with_a_stray_final(stray: &str) -> usize {
    let mut module = Module::ready(&[]);
    module.put("AT", "");
    module.say("RING");
    let (mut answered, mut hung_up) = (0, false);
    let mut lines: VecDeque<&str> = VecDeque::new();
    let until = module.now + Duration::from_secs(1);
    while module.now < until {
        while let Some(command) = module.heard.get(answered) {
            answered += 1;
            match command.as_str() {
                "AT+CLCC" => lines.extend(["+CLCC: 1,1,4,0,0,\"\",128", "OK"]),
                "AT+CHUP" if !std::mem::replace(&mut hung_up, true) => lines.extend([stray, "OK"]),
                _ => lines.push_back("OK"),
            }
        }
        if let Some(line) = lines.pop_front() {
            module.say(line);
        }
        module.run(MS);
    }
    assert!(hung_up);
    assert_eq!(module.times("ATA"), 0);
    module.heard.len()
}

#[test]
fn a_final_that_belongs_to_nothing_does_not_keep_a_strangers_call_going_round_without_a_pause() {
    for stray in ["OK", "ERROR"] {
        let asked = cleared_with_a_stray_final(stray);
        assert!(asked <= 250, "{stray}: {asked} commands in a second");
    }
}

#[test]
fn a_second_dial_during_a_call_with_a_silent_module_is_one_too_many() {
    let fast = Timings::fast();
    let mut module = Module::ready(&[]);
    module.put("AT+CLCC", OURS);
    module.dial();
    module.run(MS * 100);
    module.put("AT", "");
    module.run(fast.command * 4);
    assert_eq!(module.core.health(), &ModemHealth::NotResponding);
    let number = DialNumber::new("10086").unwrap();
    module.core.command(module.now, ModemCommand::Dial(number));
    module.settle();
    assert_eq!(
        module.states().last(),
        Some(&CallState::Ended(CallOutcome::Refused(
            RefusedReason::AlreadyInCall
        )))
    );
    assert!(module.core.is_busy(), "the first goes on");
    module.run(fast.silent_call * 2);
    assert_eq!(
        module.states().last(),
        Some(&CallState::Ended(CallOutcome::ModemLost))
    );
}
