//! The real serial driver with every maker's simulated module, over a real pty: found, dialled, taken, ended, busy.
//!
//! Every wait ends on an event, never on a fixed sleep. No test opens a port that it did not make itself.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

#[path = "modem_sim_driver/booth.rs"]
mod booth;

use booth::{Booth, each_module};
use xinting_hw::modem::sim::Profile;
use xinting_hw::modem::{
    CallOutcome, CallState, ModemCommand, ModemEvent, ModemHealth, SimProblem, VolteState,
};

#[test]
fn every_module_names_itself_and_is_known() {
    each_module(|profile| {
        let maker = profile.maker();
        let booth = Booth::with(profile, |_| {});
        let named = booth.wait_for("a name", |event| {
            matches!(event, ModemEvent::Identified { .. })
        });
        let ModemEvent::Identified { model, dialect, .. } = named else {
            panic!("{named:?} is no name");
        };
        assert_eq!(model, maker.model());
        assert_eq!(dialect.name(), maker.name());
        booth.wait_ready();
    });
}

#[test]
fn every_module_places_a_call_that_is_taken_and_hung_up_here() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.dial();
        booth.wait_call(CallState::Dialling);
        booth.wait_call(CallState::LineOpen);
        for tone in "12#".chars() {
            booth.modem.try_command(ModemCommand::Dtmf(tone)).unwrap();
        }
        booth.until("the tones", || booth.sim.tones() == "12#");
        booth.end_call();
        assert_eq!(booth.sim.calls_up(), 0, "{profile:?}");
        assert_eq!(booth.sim.calls_made(), ["10010"], "{profile:?}");
    });
}

#[test]
fn with_every_module_the_other_side_ends_a_call() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.sim.remote_hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::RemoteEnded, "{profile:?}");
        assert_eq!(booth.sim.calls_up(), 0, "{profile:?}");
    });
}

#[test]
fn with_every_module_busy_is_told_from_other_ends() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.script("busy");
        booth.dial();
        assert_eq!(booth.wait_end(), CallOutcome::Busy, "{profile:?}");
        // And the next line answers.
        booth.script("answer after 100ms");
        booth.call();
    });
}

#[test]
fn with_every_module_a_restart_in_a_call_ends_it_and_the_next_one_works() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.script("reset");
        let outcome = booth.wait_end();
        assert!(
            matches!(outcome, CallOutcome::ModemLost | CallOutcome::RemoteEnded),
            "{profile:?}: {outcome:?}"
        );
        // A dial waits for the module to be well again.
        booth.call();
        assert_eq!(booth.sim.calls_up(), 0, "{profile:?}");
    });
}

#[test]
fn with_every_module_a_wrong_pin_costs_one_try_and_a_restart_costs_no_other() {
    each_module(|profile| {
        let booth = Booth::with_pin(profile, "0000", |sim| {
            sim.script_line("pin 1234").unwrap();
        });
        let wrong = ModemEvent::Health(ModemHealth::NoSim(SimProblem::WrongPin));
        booth.wait_for("the PIN refused", |event| *event == wrong);
        assert_eq!(booth.sim.pin_entries(), 1, "{profile:?}");
        for _ in 0..2 {
            let restarts = booth.sim.restarts();
            booth.script("reset");
            assert_eq!(booth.sim.restarts(), restarts + 1);
            // A whole round of asking is over when the driver says again, or goes on saying, that there is no PIN.
            booth.dial();
            booth.wait_end();
        }
        assert_eq!(booth.sim.pin_entries(), 1, "{profile:?}");
    });
}

#[test]
fn with_every_module_the_right_pin_opens_the_card() {
    each_module(|profile| {
        let booth = Booth::with_pin(profile, "1234", |sim| {
            sim.script_line("pin 1234").unwrap();
        });
        booth.wait_ready();
        // A module that restarts for the sake of VoLTE asks again, and the right PIN is given again.
        assert!(
            booth.sim.pin_entries() <= 1 + booth.sim.restarts(),
            "{profile:?}"
        );
        booth.call();
    });
}

#[test]
fn where_calls_need_volte_it_is_switched_on_and_the_call_goes_through() {
    for (name, model) in [
        ("quectel", None),
        ("air724", None),
        ("simcom", Some("A7670")),
    ] {
        let profile = Profile::find(name, model).unwrap();
        let booth = Booth::with(profile, |sim| {
            sim.script_line("volte off").unwrap();
            sim.script_line("fail-always lte-only").unwrap();
        });
        booth.wait_for("VoLTE registered", |event| {
            *event == ModemEvent::Volte(VolteState::Registered)
        });
        booth.call();
    }
}

#[test]
fn a_frozen_module_of_every_maker_is_restarted_and_calls_again() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.script("fail freeze");
        booth.until("a restart", || booth.sim.restarts() > 0);
        booth.wait_ready();
        booth.call();
    });
}

#[test]
fn a_dead_module_of_every_maker_gets_its_power_cut_and_calls_again() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.script("fail freeze-hard");
        booth.until("a restart", || booth.sim.restarts() > 0);
        booth.wait_ready();
        booth.call();
    });
}

#[test]
fn with_every_module_a_first_end_before_the_line_opened_is_tried_once_more() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.script("no-carrier");
        booth.dial();
        booth.wait_call(CallState::Redialling);
        booth.wait_call(CallState::LineOpen);
        booth.end_call();
        assert_eq!(booth.sim.calls_made().len(), 2, "{profile:?}");
    });
}

#[test]
fn with_every_module_a_bad_line_still_carries_a_call() {
    each_module(|profile| {
        for fault in [
            "split-reads",
            "merged",
            "lower-case",
            "echo-on",
            "urc-inside",
            "noise",
            "cpin-no-final",
        ] {
            let mut booth = Booth::with(profile, |sim| {
                sim.script_line(&format!("fail-always {fault}")).unwrap();
            });
            booth.label = format!("{profile:?} {fault}");
            booth.wait_ready();
            booth.script("answer after 150ms");
            booth.dial();
            let line = booth.wait_for(fault, |event| {
                matches!(
                    event,
                    ModemEvent::Call(CallState::LineOpen | CallState::Ended(_))
                )
            });
            assert_eq!(
                line,
                ModemEvent::Call(CallState::LineOpen),
                "{profile:?}: {fault}"
            );
            booth.end_call();
            assert_eq!(booth.sim.calls_up(), 0, "{profile:?}: {fault}");
        }
    });
}

#[test]
fn with_every_module_each_hang_up_that_does_nothing_is_seen_through() {
    each_module(|profile| {
        for fault in [
            "chup-keeps-call",
            "chup-error",
            "ath-keeps-call",
            "chld-keeps-call",
        ] {
            let booth = Booth::ready(profile);
            booth.script(&format!("fail-always {fault}"));
            booth.dial();
            booth.wait_call(CallState::LineOpen);
            booth.end_call();
            assert_eq!(booth.sim.calls_up(), 0, "{profile:?}: {fault}");
        }
    });
}

#[test]
fn with_every_module_a_dial_that_is_not_answered_well_ends_in_truth() {
    each_module(|profile| {
        // Swallowed: no call, and none is claimed.
        let booth = Booth::ready(profile);
        booth.script("fail-always dial-lost");
        booth.dial();
        booth.wait_end();
        assert_eq!(booth.sim.calls_up(), 0, "{profile:?}");
        assert!(booth.sim.calls_made().is_empty(), "{profile:?}");

        // Not answered, but the call goes up: it is found.
        booth.script("clear all");
        booth.script("fail dial-silent");
        booth.call();
        assert_eq!(booth.sim.calls_up(), 0, "{profile:?}");
    });
}

#[test]
fn with_every_module_a_stranger_who_calls_during_a_call_is_never_put_through() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.script("ring");
        booth.end_call();
        booth.until("no call left", || booth.sim.calls_up() == 0);
    });
}

#[test]
fn with_every_module_no_answer_is_told_where_the_module_knows() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.script("no-answer");
        booth.dial();
        let outcome = booth.wait_end();
        // One that claims an open line as soon as it rings can only say that the line was closed again.
        let early = profile.maker().opens_at_ringback();
        assert!(
            outcome == CallOutcome::NoAnswer || (early && outcome == CallOutcome::RemoteEnded),
            "{profile:?}: {outcome:?}"
        );
    });
}

#[test]
fn with_every_module_the_watch_sees_card_and_network_go_and_come_back() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        let becomes = |verb: &str, what: &str, wanted: fn(&ModemHealth) -> bool| {
            booth.script(verb);
            booth.wait_for(
                what,
                |event| matches!(event, ModemEvent::Health(health) if wanted(health)),
            );
        };
        becomes("sim pull", "no card", |health| {
            *health == ModemHealth::NoSim(SimProblem::Absent)
        });
        becomes("sim insert", "ready with the card", ModemHealth::can_call);
        becomes("network denied", "denied", |health| {
            *health == ModemHealth::Denied
        });
        becomes("network roaming", "roaming", |health| {
            matches!(health, ModemHealth::Registered { roaming: true, .. })
        });
        becomes("network lost", "searching", |health| {
            matches!(health, ModemHealth::Searching { .. })
        });
        becomes("network back", "ready again", ModemHealth::can_call);
        for (ill, what, wanted, well) in [
            (
                "network lost",
                "searching after the call",
                (|health| matches!(health, ModemHealth::Searching { .. }))
                    as fn(&ModemHealth) -> bool,
                "network back",
            ),
            (
                "sim pull",
                "no card after the call",
                |health| *health == ModemHealth::NoSim(SimProblem::Absent),
                "sim insert",
            ),
        ] {
            booth.dial();
            booth.wait_call(CallState::LineOpen);
            booth.script(ill);
            assert_eq!(
                booth.wait_end(),
                CallOutcome::RemoteEnded,
                "{profile:?}: {ill}"
            );
            booth.wait_for(
                what,
                |event| matches!(event, ModemEvent::Health(health) if wanted(health)),
            );
            becomes(well, "ready after the call", ModemHealth::can_call);
        }
    });
}

#[test]
fn a_port_at_another_speed_is_not_responding_until_it_is_well() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.script("fail wrong-baud");
        booth.wait_for("not responding", |event| {
            *event == ModemEvent::Health(ModemHealth::NotResponding)
        });
        booth.script("clear all");
        booth.wait_ready();
        booth.call();
        assert_eq!(booth.sim.calls_up(), 0, "{profile:?}");
    });
}

#[test]
fn with_every_module_a_call_asked_for_while_it_starts_goes_through() {
    each_module(|profile| {
        let booth = Booth::with(profile, |_| {});
        booth.call();
        assert_eq!(booth.sim.calls_made().len(), 1, "{profile:?}");
    });
}
