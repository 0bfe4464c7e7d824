//! The call itself: refused, swallowed, busy, dropped, listed wrongly, hung up in vain, or one too many.

use xinting_hw::modem::{CallOutcome, CallState, ModemCommand, RefusedReason, Timings};

use super::booth::{Booth, Setup};

fn ends(script: &[&str]) -> (Booth, CallOutcome) {
    let booth = Booth::ready(script);
    booth.dial();
    let outcome = booth.outcome();
    (booth, outcome)
}

#[test]
fn cme_errors_on_dialling() {
    // 27.007 section 9.2.
    let table = [
        (3, RefusedReason::ByModem(Some(3))),
        (10, RefusedReason::NoSim),
        (11, RefusedReason::NoSim),
        (12, RefusedReason::NoSim),
        (13, RefusedReason::NoSim),
        (30, RefusedReason::NoNetwork),
        (31, RefusedReason::NoNetwork),
        (32, RefusedReason::NoNetwork),
        (100, RefusedReason::ByModem(Some(100))),
    ];
    for (code, reason) in table {
        let booth = Booth::ready(&[]);
        // Stays, so that it is the dial that meets it and not a question of the watch.
        booth.script(&[&format!("fail-always cme {code}")]);
        booth.dial();
        assert_eq!(booth.outcome(), CallOutcome::Refused(reason), "CME {code}");
        booth.the_next_call_gets_through(&["clear all"]);
    }
}

#[test]
fn dial_refused_without_a_reason() {
    let (booth, outcome) = ends(&["refuse"]);
    assert!(matches!(outcome, CallOutcome::Refused(_)), "{outcome:?}");
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn no_voice_service() {
    let (_, outcome) = ends(&["fail-always no-voice"]);
    assert!(
        matches!(
            outcome,
            CallOutcome::Refused(RefusedReason::ByModem(_)) | CallOutcome::NoCarrier
        ),
        "{outcome:?}"
    );
}

#[test]
fn busy() {
    let (booth, outcome) = ends(&["busy"]);
    assert_eq!(outcome, CallOutcome::Busy);
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn no_answer_from_the_network() {
    let (booth, outcome) = ends(&["no-answer"]);
    assert_eq!(outcome, CallOutcome::NoAnswer);
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn ringing_without_end() {
    let (booth, outcome) = ends(&["ring-forever"]);
    assert_eq!(outcome, CallOutcome::NoAnswer);
    booth.nothing_is_up();
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn no_carrier_once_and_then_through() {
    let booth = Booth::ready(&["no-carrier", "answer"]);
    booth.dial();
    booth.wait_call(&CallState::Redialling);
    booth.wait_call(&CallState::LineOpen);
    assert_eq!(booth.sim.calls_made().len(), 2);
}

#[test]
fn no_carrier_twice() {
    let (booth, outcome) = ends(&["no-carrier", "no-carrier"]);
    assert_eq!(outcome, CallOutcome::NoCarrier);
    assert_eq!(booth.sim.calls_made().len(), 2, "one retry and no more");
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn no_carrier_said_early_in_a_good_call() {
    let booth = Booth::ready(&["fail early-no-carrier", "answer"]);
    booth.dial();
    booth.wait_call(&CallState::LineOpen);
    assert_eq!(booth.sim.calls_made().len(), 1, "it is not dialled again");
}

#[test]
fn dial_swallowed() {
    let booth = Booth::ready(&["fail dial-lost"]);
    booth.dial();
    // A second try may get through; otherwise it ends, and not as busy or unanswered.
    booth.tell(ModemCommand::Volume(50));
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    let outcome = booth.outcome();
    assert!(std::time::Instant::now() < until);
    assert!(
        !matches!(outcome, CallOutcome::Busy | CallOutcome::NoAnswer),
        "{outcome:?}"
    );
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn dial_answered_by_nothing_while_the_call_goes_up() {
    let booth = Booth::ready(&["fail dial-silent"]);
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn three_families_of_answers_to_a_dial() {
    for style in ["ok", "connect", "late-ok", "ok-connect"] {
        Booth::ready(&[&format!("dial-style {style}")]).the_next_call_gets_through(&[]);
    }
}

#[test]
fn every_makers_module() {
    for profile in [
        "generic",
        "simcom SIM7600",
        "simcom SIM800C",
        "simcom A7670",
        "quectel",
        "air724",
        "huawei",
        "ublox",
    ] {
        let booth = Booth::ready(&[&format!("profile {profile}")]);
        booth.the_next_call_gets_through(&[]);
        booth.script(&["busy"]);
        booth.dial();
        assert_eq!(booth.outcome(), CallOutcome::Busy, "{profile}");
        booth.script(&["answer"]);
        booth.dial();
        booth.wait_call(&CallState::LineOpen);
        booth.script(&["hang-up"]);
        assert_eq!(booth.outcome(), CallOutcome::RemoteEnded, "{profile}");
    }
}

#[test]
fn list_that_stays_empty_during_a_call() {
    // The line opens by CONNECT, since the list says nothing.
    let booth = Booth::ready(&["fail-always clcc-bare-ok", "dial-style connect"]);
    booth.dial();
    booth.wait_call(&CallState::LineOpen);
    booth.tell(ModemCommand::HangUp);
    booth.outcome();
    booth.nothing_is_up();
}

#[test]
fn list_that_answers_error() {
    let booth = Booth::ready(&["fail-always clcc-error", "dial-style connect"]);
    booth.dial();
    booth.wait_call(&CallState::LineOpen);
    booth.tell(ModemCommand::HangUp);
    booth.outcome();
    booth.nothing_is_up();
}

#[test]
fn lists_written_in_every_form() {
    for form in ["unquoted", "short", "extra", "data-mode"] {
        Booth::ready(&[&format!("list-form {form}")]).the_next_call_gets_through(&[]);
    }
}

#[test]
fn active_while_it_still_rings() {
    let booth = Booth::ready(&["fail-always active-at-ringback", "busy"]);
    booth.dial();
    booth.outcome();
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn other_side_hangs_up() {
    let booth = Booth::ready(&[]);
    booth.dial();
    booth.wait_call(&CallState::LineOpen);
    booth.script(&["hang-up"]);
    assert_eq!(booth.outcome(), CallOutcome::RemoteEnded);
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn hang_up_that_is_not_obeyed() {
    let ladders: [&[&str]; 5] = [
        &["fail-always chup-keeps-call"],
        &["fail-always chup-error"],
        &["fail-always chup-keeps-call", "fail-always ath-keeps-call"],
        &[
            "fail-always chup-keeps-call",
            "fail-always ath-keeps-call",
            "fail-always chld-keeps-call",
        ],
        &["fail-always chup-error", "fail-always ath-keeps-call"],
    ];
    for ladder in ladders {
        let booth = Booth::ready(ladder);
        booth.dial();
        booth.wait_call(&CallState::LineOpen);
        booth.tell(ModemCommand::HangUp);
        assert_eq!(booth.outcome(), CallOutcome::HungUpHere, "{ladder:?}");
        booth.nothing_is_up();
        booth.the_next_call_gets_through(&["clear all"]);
    }
}

#[test]
fn no_hang_up_of_any_kind_is_obeyed() {
    let booth = Booth::ready(&[
        "fail-always chup-keeps-call",
        "fail-always ath-keeps-call",
        "fail-always chld-keeps-call",
        "fail-always cfun-refused",
    ]);
    booth.dial();
    booth.wait_call(&CallState::LineOpen);
    booth.tell(ModemCommand::HangUp);
    // It does not claim what it could not check.
    assert_eq!(booth.outcome(), CallOutcome::ModemLost);
    booth.script(&["clear all"]);
    booth.nothing_is_up();
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn hang_up_at_every_moment() {
    for moment in [
        CallState::Dialling,
        CallState::Alerting,
        CallState::LineOpen,
    ] {
        let booth = Booth::ready(&[]);
        booth.dial();
        booth.wait_call(&moment);
        booth.tell(ModemCommand::HangUp);
        assert_eq!(booth.outcome(), CallOutcome::HungUpHere, "{moment:?}");
        booth.nothing_is_up();
        booth.the_next_call_gets_through(&[]);
    }
}

#[test]
fn hang_up_right_behind_the_dial() {
    let booth = Booth::ready(&[]);
    booth.dial();
    booth.tell(ModemCommand::HangUp);
    assert_eq!(booth.outcome(), CallOutcome::HungUpHere);
    booth.nothing_is_up();
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn dialled_twice() {
    let booth = Booth::ready(&["ring-forever"]);
    booth.dial();
    booth.wait_call(&CallState::Alerting);
    booth.dial();
    assert_eq!(
        booth.outcome(),
        CallOutcome::Refused(RefusedReason::AlreadyInCall)
    );
    booth.tell(ModemCommand::HangUp);
    assert_eq!(booth.outcome(), CallOutcome::HungUpHere);
    assert_eq!(booth.sim.calls_made().len(), 1);
}

#[test]
fn somebody_calls_the_booth() {
    let booth = Booth::ready(&[]);
    booth.script(&["ring"]);
    booth.nothing_is_up();
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn somebody_calls_the_booth_during_a_call() {
    let booth = Booth::ready(&[]);
    booth.dial();
    booth.wait_call(&CallState::LineOpen);
    booth.script(&["ring"]);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while booth.sim.calls_up() != 1 {
        assert!(std::time::Instant::now() < until, "the waiting call stays");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    booth.tell(ModemCommand::HangUp);
    assert_eq!(
        booth.outcome(),
        CallOutcome::HungUpHere,
        "the visitor's own call was not touched before that"
    );
}

#[test]
fn stale_call_after_the_booth_died_in_it() {
    let booth = Booth::ready(&[]);
    booth.dial();
    booth.wait_call(&CallState::LineOpen);
    // The port goes away from under the driver and comes back at once: the module runs on, with its call.
    let link = booth.place().join("modem");
    booth.script(&[&format!("rename {}", link.display())]);
    assert_eq!(booth.outcome(), CallOutcome::ModemLost);
    booth.nothing_is_up();
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn longest_call() {
    let booth = Booth::with(Setup {
        timings: Some(Timings {
            call_cap: std::time::Duration::from_secs(1),
            ..Timings::fast()
        }),
        ..Setup::default()
    });
    booth.wait_ready();
    booth.dial();
    booth.wait_call(&CallState::LineOpen);
    assert_eq!(booth.outcome(), CallOutcome::TimedOut);
    booth.nothing_is_up();
    booth.the_next_call_gets_through(&[]);
}
