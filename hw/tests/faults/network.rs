//! SIM card and network: missing, locked, refused, lost, at rest and during a call.

use xinting_hw::modem::{
    CallOutcome, CallState, DialNumber, ModemCommand, ModemHealth, RefusedReason, SimProblem,
};

use super::booth::{Booth, Setup};

fn no_sim(problem: SimProblem) -> impl Fn(&ModemHealth) -> bool {
    move |health| *health == ModemHealth::NoSim(problem)
}

#[test]
fn no_sim_at_start() {
    let booth = Booth::new(&["sim pull"]);
    booth.wait_health("no card", no_sim(SimProblem::Absent));
    booth.dial();
    assert_eq!(booth.outcome(), CallOutcome::Refused(RefusedReason::NoSim));
    booth.the_next_call_gets_through(&["sim insert"]);
}

#[test]
fn sim_pulled_while_idle() {
    let booth = Booth::ready(&[]);
    booth.script(&["sim pull"]);
    booth.wait_health("no card", no_sim(SimProblem::Absent));
    booth.the_next_call_gets_through(&["sim insert"]);
}

#[test]
fn sim_pulled_during_a_call() {
    let booth = Booth::ready(&[]);
    booth.dial();
    booth.wait_call(&CallState::LineOpen);
    booth.script(&["sim pull"]);
    assert!(matches!(
        booth.outcome(),
        CallOutcome::RemoteEnded | CallOutcome::ModemLost
    ));
    booth.the_next_call_gets_through(&["sim insert"]);
}

#[test]
fn pin_configured() {
    let booth = Booth::with(Setup {
        script: &["pin 2468"],
        pin: Some("2468"),
        ..Setup::default()
    });
    booth.wait_ready();
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn pin_not_configured() {
    let booth = Booth::new(&["pin 2468"]);
    booth.wait_health("wants its PIN", no_sim(SimProblem::NeedsPin));
    booth.dial();
    assert_eq!(booth.outcome(), CallOutcome::Refused(RefusedReason::NoSim));
    booth.the_next_call_gets_through(&["pin off"]);
}

#[test]
fn wrong_pin_is_tried_once() {
    let booth = Booth::with(Setup {
        script: &["pin 2468"],
        pin: Some("1357"),
        ..Setup::default()
    });
    booth.wait_health("wrong PIN", no_sim(SimProblem::WrongPin));
    // Long enough for many rounds of the watch.
    std::thread::sleep(std::time::Duration::from_secs(2));
    booth.dial();
    assert_eq!(booth.outcome(), CallOutcome::Refused(RefusedReason::NoSim));
    assert_eq!(booth.sim.pin_entries(), 1);
    booth.the_next_call_gets_through(&["pin off"]);
}

#[test]
fn puk_is_never_touched() {
    let booth = Booth::with(Setup {
        script: &["pin 2468", "puk"],
        pin: Some("2468"),
        ..Setup::default()
    });
    booth.wait_health("wants its PUK", no_sim(SimProblem::NeedsPuk));
    booth.dial();
    assert_eq!(booth.outcome(), CallOutcome::Refused(RefusedReason::NoSim));
    assert_eq!(booth.sim.pin_entries(), 0);
}

#[test]
fn no_network_at_start() {
    let booth = Booth::new(&["network lost"]);
    booth.wait_health("searching", |health| {
        matches!(health, ModemHealth::Searching { .. })
    });
    booth.dial();
    assert_eq!(
        booth.outcome(),
        CallOutcome::Refused(RefusedReason::NoNetwork)
    );
    booth.the_next_call_gets_through(&["network back"]);
}

#[test]
fn network_refuses_the_card() {
    let booth = Booth::new(&["network denied"]);
    booth.wait_health("denied", |health| *health == ModemHealth::Denied);
    booth.dial();
    assert_eq!(
        booth.outcome(),
        CallOutcome::Refused(RefusedReason::NoNetwork)
    );
    booth.the_next_call_gets_through(&["network back"]);
}

#[test]
fn registration_lost_while_idle() {
    let booth = Booth::ready(&[]);
    booth.script(&["network lost"]);
    booth.wait_health("searching", |health| {
        matches!(health, ModemHealth::Searching { .. })
    });
    booth.script(&["network back"]);
    booth.wait_ready();
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn registration_lost_during_a_call() {
    let booth = Booth::ready(&[]);
    booth.dial();
    booth.wait_call(&CallState::LineOpen);
    booth.script(&["network lost"]);
    assert_eq!(booth.outcome(), CallOutcome::RemoteEnded);
    booth.the_next_call_gets_through(&["network back"]);
}

#[test]
fn a_dial_waits_for_a_network_that_is_about_to_come() {
    let booth = Booth::ready(&[]);
    booth.script(&["network lost for 400ms"]);
    booth.wait_health("searching", |health| {
        matches!(health, ModemHealth::Searching { .. })
    });
    booth.dial();
    booth.wait_call(&CallState::LineOpen);
}

#[test]
fn roaming_calls_all_the_same() {
    let booth = Booth::new(&["network roaming"]);
    booth.wait_health("roaming", |health| {
        matches!(health, ModemHealth::Registered { roaming: true, .. })
    });
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn signal_weak_or_unknown() {
    for signal in ["signal 1", "signal unknown"] {
        Booth::ready(&[signal]).the_next_call_gets_through(&[]);
    }
}

#[test]
fn radio_off() {
    Booth::ready(&["radio off"]).the_next_call_gets_through(&[]);
}

#[test]
fn volte_off_where_calls_need_it() {
    for profile in ["profile quectel", "profile simcom A7670", "profile air724"] {
        let booth = Booth::ready(&[profile, "volte off", "fail-always lte-only"]);
        booth.the_next_call_gets_through(&[]);
    }
}

#[test]
fn volte_that_cannot_be_switched_on() {
    let booth = Booth::ready(&[
        "profile quectel",
        "volte off",
        "fail-always volte-refused",
        "fail-always lte-only",
    ]);
    booth.dial();
    assert_eq!(booth.outcome(), CallOutcome::NoCarrier);
    booth.the_next_call_gets_through(&["clear all"]);
}

#[test]
fn emergency_without_sim_or_network_is_tried() {
    for (script, cell) in [
        ("sim pull", true),
        ("network denied", true),
        ("pin 2468", true),
        // No cell at all: it is tried, and says so.
        ("network lost", false),
    ] {
        let booth = Booth::new(&[script]);
        booth.wait_health("not able to call", |health| {
            matches!(
                health,
                ModemHealth::NoSim(_) | ModemHealth::Searching { .. } | ModemHealth::Denied
            )
        });
        // Nothing leaves the pty: the simulated cell takes an emergency call without a card (3GPP TS 22.101 10.1.1).
        let number = DialNumber::new("112").unwrap();
        booth.tell(ModemCommand::DialEmergency(number));
        if cell {
            booth.wait_call(&CallState::LineOpen);
            booth.tell(ModemCommand::HangUp);
            assert_eq!(booth.outcome(), CallOutcome::HungUpHere, "{script}");
        } else {
            assert_eq!(
                booth.outcome(),
                CallOutcome::Refused(RefusedReason::NoNetwork)
            );
        }
        booth.nothing_is_up();
    }
}
