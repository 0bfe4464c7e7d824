//! The port and the module behind it: unplugged, renamed, silent, babbling, restarted, at each moment of a call.

use xinting_hw::modem::{
    AbsentCause, CallOutcome, CallState, ModemCommand, ModemHealth, RefusedReason,
};

use super::booth::{Booth, Setup};

const ABSENT: ModemHealth = ModemHealth::Absent(AbsentCause::NoSuchPort);

fn up_to(state: &CallState, script: &[&str]) -> Booth {
    let booth = Booth::ready(script);
    booth.dial();
    booth.wait_call(state);
    booth
}

#[test]
fn port_missing_at_start() {
    let booth = Booth::new(&["unplug"]);
    booth.wait_health("absent", |health| *health == ABSENT);
    booth.dial();
    assert_eq!(
        booth.outcome(),
        CallOutcome::Refused(RefusedReason::NoModem)
    );
    booth.the_next_call_gets_through(&["plug"]);
}

#[test]
fn unplugged_while_idle() {
    let booth = Booth::ready(&[]);
    booth.script(&["unplug"]);
    booth.wait_health("absent", |health| *health == ABSENT);
    booth.the_next_call_gets_through(&["plug"]);
}

#[test]
fn unplugged_while_dialling() {
    let booth = up_to(&CallState::Dialling, &[]);
    booth.script(&["unplug"]);
    assert!(matches!(
        booth.outcome(),
        // Before or after the number went out.
        CallOutcome::ModemLost | CallOutcome::Refused(RefusedReason::NoModem)
    ));
    booth.the_next_call_gets_through(&["plug"]);
}

#[test]
fn unplugged_while_ringing() {
    let booth = up_to(&CallState::Alerting, &["ring-forever"]);
    booth.script(&["unplug"]);
    assert_eq!(booth.outcome(), CallOutcome::ModemLost);
    booth.the_next_call_gets_through(&["plug"]);
}

#[test]
fn unplugged_with_the_line_open() {
    let booth = up_to(&CallState::LineOpen, &[]);
    booth.script(&["unplug"]);
    assert_eq!(booth.outcome(), CallOutcome::ModemLost);
    booth.the_next_call_gets_through(&["plug"]);
}

#[test]
fn unplugged_while_hanging_up() {
    let booth = up_to(&CallState::LineOpen, &[]);
    booth.script(&["fail-always silence"]);
    booth.tell(ModemCommand::HangUp);
    booth.script(&["unplug"]);
    assert_eq!(booth.outcome(), CallOutcome::ModemLost);
    booth.the_next_call_gets_through(&["clear all", "plug"]);
}

#[test]
fn comes_back_by_another_name_that_the_configured_link_follows() {
    let booth = Booth::ready(&[]);
    let other = booth.place().join("other");
    booth.script(&[&format!("rename {}", other.display())]);
    booth.wait_health("absent", |health| *health == ABSENT);
    // A stable link is what udev keeps; here it is made by hand.
    std::os::unix::fs::symlink(&other, booth.place().join("modem")).unwrap();
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn silent_from_the_start() {
    let booth = Booth::new(&["fail-always silence"]);
    booth.wait_health("not responding", |health| {
        *health == ModemHealth::NotResponding
    });
    booth.dial();
    assert_eq!(
        booth.outcome(),
        CallOutcome::Refused(RefusedReason::NotResponding)
    );
    booth.the_next_call_gets_through(&["clear all"]);
}

#[test]
fn silent_while_idle() {
    let booth = Booth::ready(&[]);
    booth.script(&["fail-always silence"]);
    booth.wait_health("not responding", |health| {
        *health == ModemHealth::NotResponding
    });
    booth.the_next_call_gets_through(&["clear all"]);
}

#[test]
fn frozen_until_told_to_restart() {
    let booth = Booth::ready(&[]);
    booth.script(&["fail freeze"]);
    booth.wait_health("not responding", |health| {
        *health == ModemHealth::NotResponding
    });
    // Nothing is mended from outside: the driver's own soft reset does it.
    booth.wait_ready();
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn frozen_until_its_power_is_cycled() {
    let booth = Booth::with(Setup {
        power: true,
        ..Setup::default()
    });
    booth.wait_ready();
    booth.script(&["fail freeze-hard"]);
    booth.wait_health("not responding", |health| {
        *health == ModemHealth::NotResponding
    });
    booth.wait_ready();
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn silent_while_dialling() {
    let booth = up_to(&CallState::Dialling, &["answer after 30s"]);
    booth.script(&["fail-always silence"]);
    assert!(matches!(
        booth.outcome(),
        CallOutcome::ModemLost
            | CallOutcome::TimedOut
            | CallOutcome::Refused(RefusedReason::NotResponding)
    ));
    booth.the_next_call_gets_through(&["clear all"]);
}

#[test]
fn silent_while_ringing() {
    let booth = up_to(&CallState::Alerting, &["ring-forever"]);
    booth.script(&["fail-always silence"]);
    assert!(matches!(
        booth.outcome(),
        CallOutcome::ModemLost | CallOutcome::TimedOut
    ));
    booth.the_next_call_gets_through(&["clear all"]);
}

#[test]
fn silent_with_the_line_open() {
    let booth = up_to(&CallState::LineOpen, &[]);
    booth.script(&["fail-always silence"]);
    assert_eq!(booth.outcome(), CallOutcome::ModemLost);
    booth.the_next_call_gets_through(&["clear all"]);
}

#[test]
fn silent_when_asked_to_hang_up() {
    let booth = up_to(&CallState::LineOpen, &[]);
    booth.script(&["fail-always silence"]);
    booth.tell(ModemCommand::HangUp);
    assert_eq!(booth.outcome(), CallOutcome::ModemLost);
    booth.the_next_call_gets_through(&["clear all"]);
}

#[test]
fn obeys_and_says_nothing() {
    let booth = up_to(&CallState::LineOpen, &[]);
    booth.script(&["fail-always mute"]);
    booth.tell(ModemCommand::HangUp);
    assert!(matches!(
        booth.outcome(),
        CallOutcome::ModemLost | CallOutcome::HungUpHere
    ));
    booth.nothing_is_up();
    booth.the_next_call_gets_through(&["clear all"]);
}

#[test]
fn babble_while_ringing() {
    let booth = up_to(&CallState::Alerting, &["ring-forever"]);
    booth.script(&["fail-always babble"]);
    assert!(matches!(
        booth.outcome(),
        CallOutcome::ModemLost | CallOutcome::TimedOut | CallOutcome::NoAnswer
    ));
    booth.the_next_call_gets_through(&["clear all"]);
}

#[test]
fn flood_beside_good_answers() {
    let booth = up_to(&CallState::Dialling, &["fail-always flood"]);
    // Whether a call can be had through it depends on the machine; that it ends does not.
    booth.tell(ModemCommand::HangUp);
    booth.outcome();
    booth.the_next_call_gets_through(&["clear all"]);
}

#[test]
fn noise_around_good_answers() {
    Booth::ready(&["fail-always noise"]).the_next_call_gets_through(&[]);
}

#[test]
fn wrong_baud() {
    let booth = Booth::new(&["fail-always wrong-baud"]);
    booth.wait_health("not responding", |health| {
        *health == ModemHealth::NotResponding
    });
    booth.the_next_call_gets_through(&["clear all"]);
}

#[test]
fn restarts_by_itself_while_idle() {
    let booth = Booth::ready(&[]);
    booth.script(&["reset"]);
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn restarts_by_itself_while_dialling() {
    let booth = up_to(&CallState::Dialling, &["answer after 30s"]);
    booth.script(&["reset"]);
    assert!(
        !matches!(
            booth.outcome(),
            CallOutcome::Busy | CallOutcome::HungUpHere | CallOutcome::RemoteEnded
        ),
        "a restart is none of these"
    );
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn restarts_by_itself_while_ringing() {
    let booth = up_to(&CallState::Alerting, &["ring-forever"]);
    booth.script(&["reset"]);
    assert!(matches!(
        booth.outcome(),
        CallOutcome::ModemLost | CallOutcome::NoCarrier
    ));
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn restarts_by_itself_with_the_line_open() {
    let booth = up_to(&CallState::LineOpen, &[]);
    booth.script(&["reset"]);
    assert!(matches!(
        booth.outcome(),
        CallOutcome::ModemLost | CallOutcome::RemoteEnded
    ));
    booth.the_next_call_gets_through(&[]);
}

#[test]
fn echo_that_cannot_be_switched_off() {
    Booth::ready(&["fail-always echo-on"]).the_next_call_gets_through(&[]);
}

#[test]
fn bare_cr_line_ends() {
    Booth::ready(&["line-ends cr"]).the_next_call_gets_through(&[]);
}

#[test]
fn bytes_one_at_a_time() {
    Booth::ready(&["fail-always split-reads"]).the_next_call_gets_through(&[]);
}

#[test]
fn lines_many_at_a_time() {
    Booth::ready(&["fail-always merged"]).the_next_call_gets_through(&[]);
}

#[test]
fn answers_in_lower_case() {
    Booth::ready(&["fail-always lower-case"]).the_next_call_gets_through(&[]);
}

#[test]
fn unasked_lines_within_answers() {
    Booth::ready(&["fail-always urc-inside"]).the_next_call_gets_through(&[]);
}

#[test]
fn a_final_result_that_comes_late() {
    let booth = Booth::ready(&[]);
    booth.script(&["fail late-final"]);
    booth.the_next_call_gets_through(&[]);
}
