//! The real serial driver with every maker's simulated module, over a real pty: found, dialled, taken, ended, busy.
//!
//! Every wait ends on an event, never on a fixed sleep. No test opens a port that it did not make itself.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use xinting_hw::modem::sim::Profile;
use xinting_hw::modem::{
    CallOutcome, CallState, DialNumber, ModemCommand, ModemConfig, ModemEvent, ModemHandle,
    ModemHealth, ModemSim, ModemSimHandle, Pin, SimOptions, SimProblem, Timings, VolteState,
};

/// Far above what anything here takes, for a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(20);

struct Booth {
    modem: ModemHandle,
    events: Receiver<ModemEvent>,
    sim: ModemSimHandle,
    label: String,
    _place: tempfile::TempDir,
}

impl Booth {
    fn with(profile: Profile, prepare: impl FnOnce(&ModemSimHandle)) -> Self {
        Self::start(profile, None, prepare)
    }

    fn with_pin(profile: Profile, pin: &str, prepare: impl FnOnce(&ModemSimHandle)) -> Self {
        Self::start(profile, Some(Pin::new(pin).unwrap()), prepare)
    }

    fn start(profile: Profile, pin: Option<Pin>, prepare: impl FnOnce(&ModemSimHandle)) -> Self {
        let place = tempfile::tempdir().unwrap();
        let link = place.path().join("modem");
        let power = place.path().join("power");
        let options = SimOptions {
            power_file: Some(power.clone()),
            ..SimOptions::fast().with_profile(profile)
        };
        let sim = ModemSim::start_with(&link, options).unwrap();
        prepare(&sim);
        let (tell, events) = channel();
        let config = ModemConfig {
            port: Some(link.into()),
            timings: Timings::fast(),
            pin,
            power_command: Some(vec!["touch".to_owned(), power.display().to_string()]),
            ..ModemConfig::default()
        };
        let modem = ModemHandle::start(config, move |event| drop(tell.send(event))).unwrap();
        Self {
            modem,
            events,
            sim,
            label: format!("{profile:?}"),
            _place: place,
        }
    }

    fn ready(profile: Profile) -> Self {
        let booth = Self::with(profile, |_| {});
        booth.wait_ready();
        booth
    }

    fn wait_for(&self, what: &str, wanted: impl Fn(&ModemEvent) -> bool) -> ModemEvent {
        let until = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(event) if wanted(&event) => return event,
                Ok(event) => seen.push(event),
                Err(_) => panic!("{}: waited in vain for {what}; saw {seen:?}", self.label),
            }
        }
    }

    fn wait_ready(&self) {
        self.wait_for(
            "ready",
            |event| matches!(event, ModemEvent::Health(health) if health.can_call()),
        );
    }

    fn wait_call(&self, state: CallState) {
        self.wait_for(&format!("{state:?}"), |event| {
            *event == ModemEvent::Call(state.clone())
        });
    }

    /// Waits until the call is over; how it ended.
    fn wait_end(&self) -> CallOutcome {
        let end = self.wait_for("an end", |event| {
            matches!(event, ModemEvent::Call(CallState::Ended(_)))
        });
        match end {
            ModemEvent::Call(CallState::Ended(outcome)) => outcome,
            other => panic!("{other:?} is no end"),
        }
    }

    fn dial(&self) {
        self.modem
            .try_command(ModemCommand::Dial(DialNumber::new("10010").unwrap()))
            .unwrap();
    }

    fn hang_up(&self) {
        self.modem.try_command(ModemCommand::HangUp).unwrap();
    }
}

/// Does the same with every module at once: each spends its time waiting.
fn each_module(test: impl Fn(Profile) + Sync) {
    std::thread::scope(|scope| {
        for profile in Profile::all() {
            let test = &test;
            scope.spawn(move || test(profile));
        }
    });
}

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
        let until = Instant::now() + PATIENCE;
        while booth.sim.tones() != "12#" {
            assert!(
                Instant::now() < until,
                "{profile:?} heard {:?}",
                booth.sim.tones()
            );
            std::thread::yield_now();
        }
        booth.hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::HungUpHere, "{profile:?}");
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
        booth.sim.script_line("busy").unwrap();
        booth.dial();
        assert_eq!(booth.wait_end(), CallOutcome::Busy, "{profile:?}");
        // And the next line answers.
        booth.sim.script_line("answer after 100ms").unwrap();
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::HungUpHere, "{profile:?}");
    });
}

#[test]
fn with_every_module_a_restart_in_a_call_ends_it_and_the_next_one_works() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.sim.script_line("reset").unwrap();
        let outcome = booth.wait_end();
        assert!(
            matches!(outcome, CallOutcome::ModemLost | CallOutcome::RemoteEnded),
            "{profile:?}: {outcome:?}"
        );
        // A dial waits for the module to be well again.
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::HungUpHere, "{profile:?}");
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
            booth.sim.script_line("reset").unwrap();
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
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::HungUpHere, "{profile:?}");
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
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::HungUpHere, "{profile:?}");
    }
}

#[test]
fn a_frozen_module_of_every_maker_is_restarted_and_calls_again() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.sim.script_line("fail freeze").unwrap();
        let until = Instant::now() + PATIENCE;
        while booth.sim.restarts() == 0 {
            assert!(Instant::now() < until, "{profile:?} was never restarted");
            std::thread::yield_now();
        }
        booth.wait_ready();
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::HungUpHere, "{profile:?}");
    });
}

#[test]
fn a_dead_module_of_every_maker_gets_its_power_cut_and_calls_again() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.sim.script_line("fail freeze-hard").unwrap();
        let until = Instant::now() + PATIENCE;
        while booth.sim.restarts() == 0 {
            assert!(Instant::now() < until, "{profile:?} never lost its power");
            std::thread::yield_now();
        }
        booth.wait_ready();
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::HungUpHere, "{profile:?}");
    });
}

#[test]
fn with_every_module_a_first_end_before_the_line_opened_is_tried_once_more() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.sim.script_line("no-carrier").unwrap();
        booth.dial();
        booth.wait_call(CallState::Redialling);
        booth.wait_call(CallState::LineOpen);
        booth.hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::HungUpHere, "{profile:?}");
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
            booth.sim.script_line("answer after 150ms").unwrap();
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
            booth.hang_up();
            assert_eq!(
                booth.wait_end(),
                CallOutcome::HungUpHere,
                "{profile:?}: {fault}"
            );
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
            booth
                .sim
                .script_line(&format!("fail-always {fault}"))
                .unwrap();
            booth.dial();
            booth.wait_call(CallState::LineOpen);
            booth.hang_up();
            assert_eq!(
                booth.wait_end(),
                CallOutcome::HungUpHere,
                "{profile:?}: {fault}"
            );
            assert_eq!(booth.sim.calls_up(), 0, "{profile:?}: {fault}");
        }
    });
}

#[test]
fn with_every_module_a_dial_that_is_not_answered_well_ends_in_truth() {
    each_module(|profile| {
        // Swallowed: no call, and none is claimed.
        let booth = Booth::ready(profile);
        booth.sim.script_line("fail-always dial-lost").unwrap();
        booth.dial();
        booth.wait_end();
        assert_eq!(booth.sim.calls_up(), 0, "{profile:?}");
        assert!(booth.sim.calls_made().is_empty(), "{profile:?}");

        // Not answered, but the call goes up: it is found.
        booth.sim.script_line("clear all").unwrap();
        booth.sim.script_line("fail dial-silent").unwrap();
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::HungUpHere, "{profile:?}");
        assert_eq!(booth.sim.calls_up(), 0, "{profile:?}");
    });
}

#[test]
fn with_every_module_a_stranger_who_calls_during_a_call_is_never_put_through() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.sim.script_line("ring").unwrap();
        booth.hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::HungUpHere, "{profile:?}");
        let until = Instant::now() + PATIENCE;
        while booth.sim.calls_up() > 0 {
            assert!(Instant::now() < until, "{profile:?} still holds a call");
            std::thread::yield_now();
        }
    });
}

#[test]
fn with_every_module_no_answer_is_told_where_the_module_knows() {
    each_module(|profile| {
        let booth = Booth::ready(profile);
        booth.sim.script_line("no-answer").unwrap();
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
            booth.sim.script_line(verb).unwrap();
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
            booth.sim.script_line(ill).unwrap();
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
        booth.sim.script_line("fail wrong-baud").unwrap();
        booth.wait_for("not responding", |event| {
            *event == ModemEvent::Health(ModemHealth::NotResponding)
        });
        booth.sim.script_line("clear all").unwrap();
        booth.wait_ready();
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::HungUpHere, "{profile:?}");
        assert_eq!(booth.sim.calls_up(), 0, "{profile:?}");
    });
}

#[test]
fn with_every_module_a_call_asked_for_while_it_starts_goes_through() {
    each_module(|profile| {
        let booth = Booth::with(profile, |_| {});
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::HungUpHere, "{profile:?}");
        assert_eq!(booth.sim.calls_made().len(), 1, "{profile:?}");
    });
}
