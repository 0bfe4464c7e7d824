//! The real serial driver against the simulated modem, over a real pty: what a booth and its modem do together.
//!
//! Every wait ends on an event, never on a fixed sleep. No test opens a port that it did not make itself.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use xinting_hw::modem::{
    AbsentCause, CallOutcome, CallState, DialNumber, DialectId, Fault, ModemCommand, ModemConfig,
    ModemEvent, ModemHandle, ModemHealth, ModemSim, ModemSimHandle, NextCall, RefusedReason,
    SimOptions, Timings,
};

/// Far above what anything here takes, for a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(20);

struct Booth {
    modem: ModemHandle,
    events: Receiver<ModemEvent>,
    sim: ModemSimHandle,
    _place: tempfile::TempDir,
}

impl Booth {
    fn new() -> Self {
        Self::with(Timings::fast(), |_| {})
    }

    fn with(timings: Timings, prepare: impl FnOnce(&ModemSimHandle)) -> Self {
        let place = tempfile::tempdir().unwrap();
        let link = place.path().join("modem");
        let sim = ModemSim::start_with(&link, SimOptions::fast()).unwrap();
        prepare(&sim);
        let (tell, events) = channel();
        let config = ModemConfig {
            port: Some(link.into()),
            timings,
            ..ModemConfig::default()
        };
        let modem = ModemHandle::start(config, move |event| drop(tell.send(event))).unwrap();
        Self {
            modem,
            events,
            sim,
            _place: place,
        }
    }

    fn ready() -> Self {
        let booth = Self::new();
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
                Err(_) => panic!("waited in vain for {what}; saw {seen:?}"),
            }
        }
    }

    fn wait_ready(&self) {
        self.wait_for(
            "ready",
            |event| matches!(event, ModemEvent::Health(health) if health.can_call()),
        );
    }

    /// The states of the call from now on until it ends.
    fn call_states(&self) -> Vec<CallState> {
        let mut states = Vec::new();
        while !matches!(states.last(), Some(CallState::Ended(_))) {
            if let ModemEvent::Call(state) =
                self.wait_for("a call state", |event| matches!(event, ModemEvent::Call(_)))
            {
                states.push(state);
            }
        }
        states
    }

    fn wait_call(&self, state: CallState) {
        self.wait_for(&format!("{state:?}"), |event| {
            *event == ModemEvent::Call(state.clone())
        });
    }

    fn tell(&self, command: ModemCommand) {
        self.modem.try_command(command).unwrap();
    }

    fn dial(&self) {
        self.tell(ModemCommand::Dial(DialNumber::new("10010").unwrap()));
    }
}

#[test]
fn it_starts_and_says_who_it_is() {
    let booth = Booth::new();
    booth.wait_for("starting", |event| {
        *event == ModemEvent::Health(ModemHealth::Starting)
    });
    booth.wait_for("a name", |event| {
        *event
            == ModemEvent::Identified {
                model: "XINTING SIM GENERIC".to_owned(),
                manufacturer: "XINTING".to_owned(),
                dialect: DialectId::Generic,
            }
    });
    let ready = booth.wait_for(
        "ready",
        |event| matches!(event, ModemEvent::Health(health) if health.can_call()),
    );
    let wanted = ModemHealth::Registered {
        roaming: false,
        operator: Some("XINTING SIM".to_owned()),
        rssi_dbm: Some(-67),
    };
    assert_eq!(ready, ModemEvent::Health(wanted));
}

#[test]
fn dial_answer_tones_and_hang_up() {
    let booth = Booth::ready();
    booth.sim.script_line("answer after 700ms").unwrap();
    booth.dial();
    booth.wait_call(CallState::Dialling);
    booth.wait_call(CallState::Alerting);
    booth.wait_call(CallState::LineOpen);
    booth.tell(ModemCommand::Volume(100));
    for tone in "12#".chars() {
        booth.tell(ModemCommand::Dtmf(tone));
    }
    let until = Instant::now() + PATIENCE;
    while booth.sim.tones() != "12#" {
        assert!(Instant::now() < until, "heard {:?}", booth.sim.tones());
        std::thread::yield_now();
    }
    booth.tell(ModemCommand::HangUp);
    booth.wait_call(CallState::Ended(CallOutcome::HungUpHere));
    assert_eq!(booth.sim.calls_up(), 0);
    assert_eq!(booth.sim.calls_made(), ["10010"]);
}

#[test]
fn every_way_a_call_can_end() {
    let booth = Booth::ready();
    let ended = |outcome| CallState::Ended(outcome);
    let table = [
        (
            NextCall::Busy,
            vec![CallState::Dialling, ended(CallOutcome::Busy)],
        ),
        (
            NextCall::NoAnswer,
            vec![
                CallState::Dialling,
                CallState::Alerting,
                ended(CallOutcome::NoAnswer),
            ],
        ),
        (
            NextCall::NoCarrier,
            vec![
                CallState::Dialling,
                CallState::Redialling,
                ended(CallOutcome::NoCarrier),
            ],
        ),
        (
            NextCall::Refuse,
            vec![
                CallState::Dialling,
                ended(CallOutcome::Refused(RefusedReason::ByModem(Some(3)))),
            ],
        ),
        // Nobody takes it and the network says nothing: our own deadline hangs up.
        (
            NextCall::RingForever,
            vec![
                CallState::Dialling,
                CallState::Alerting,
                ended(CallOutcome::NoAnswer),
            ],
        ),
    ];
    for (fate, wanted) in table {
        booth.sim.set_next_call(fate);
        if fate == NextCall::NoCarrier {
            // And once more, for the second attempt.
            booth.sim.set_next_call(fate);
        }
        booth.dial();
        assert_eq!(booth.call_states(), wanted, "{fate:?}");
        assert_eq!(booth.sim.calls_up(), 0, "{fate:?}");
    }
}

#[test]
fn the_other_side_hangs_up() {
    let booth = Booth::ready();
    booth.dial();
    booth.wait_call(CallState::LineOpen);
    booth.sim.remote_hang_up();
    booth.wait_call(CallState::Ended(CallOutcome::RemoteEnded));
}

#[test]
fn all_ways_to_answer_a_dial() {
    let booth = Booth::ready();
    for style in [
        "dial-style connect",
        "dial-style late-ok",
        "dial-style ok",
        "line-ends cr",
    ] {
        booth.sim.script_line(style).unwrap();
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.tell(ModemCommand::HangUp);
        booth.wait_call(CallState::Ended(CallOutcome::HungUpHere));
        assert_eq!(booth.sim.calls_up(), 0, "{style}");
    }
}

#[test]
fn a_module_that_lists_nothing_is_never_said_to_have_ended_its_call() {
    let booth = Booth::ready();
    booth.sim.script_line("dial-style connect").unwrap();
    booth.sim.fail_repeatedly(Fault::ActiveClccBareOk);
    booth.dial();
    booth.wait_call(CallState::LineOpen);
    // A dozen polls, all answered with a bare OK.
    let quiet = booth.events.recv_timeout(Timings::fast().call_poll * 12);
    assert!(quiet.is_err(), "{quiet:?}");
    booth.tell(ModemCommand::HangUp);
    booth.wait_call(CallState::Ended(CallOutcome::HungUpHere));
    assert_eq!(booth.sim.calls_up(), 0);
}

#[test]
fn hang_up_commands_that_only_pretend_are_seen_through() {
    for keeps in [
        vec![Fault::ChupKeepsCall],
        vec![Fault::ChupKeepsCall, Fault::AthKeepsCall],
        vec![
            Fault::ChupKeepsCall,
            Fault::AthKeepsCall,
            Fault::ChldKeepsCall,
        ],
    ] {
        let booth = Booth::ready();
        for fault in &keeps {
            booth.sim.fail_repeatedly(*fault);
        }
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.tell(ModemCommand::HangUp);
        booth.wait_call(CallState::Ended(CallOutcome::HungUpHere));
        assert_eq!(booth.sim.calls_up(), 0, "{keeps:?}");
    }
}

#[test]
fn unplugged_while_ringing_then_back_and_the_next_call_succeeds() {
    let booth = Booth::ready();
    booth.sim.set_next_call(NextCall::RingForever);
    booth.dial();
    booth.wait_call(CallState::Alerting);
    let pulled = Instant::now();
    booth.sim.unplug();
    booth.wait_call(CallState::Ended(CallOutcome::ModemLost));
    assert!(
        pulled.elapsed() < Duration::from_secs(1),
        "noticed after {:?}",
        pulled.elapsed()
    );
    booth.wait_for("absent", |event| {
        *event == ModemEvent::Health(ModemHealth::Absent(AbsentCause::NoSuchPort))
    });
    booth.dial();
    booth.wait_call(CallState::Ended(CallOutcome::Refused(
        RefusedReason::NoModem,
    )));
    booth.sim.plug();
    booth.wait_ready();
    booth.dial();
    booth.wait_call(CallState::LineOpen);
    booth.tell(ModemCommand::HangUp);
    booth.wait_call(CallState::Ended(CallOutcome::HungUpHere));
}

#[test]
fn a_babbling_or_silent_module_leaves_the_booth_running() {
    for fault in [Fault::Babble, Fault::Silence] {
        let booth = Booth::ready();
        booth.sim.fail_repeatedly(fault);
        booth.dial();
        booth.wait_call(CallState::Dialling);
        booth.wait_for("not responding", |event| {
            *event == ModemEvent::Health(ModemHealth::NotResponding)
        });
        // ATD went out and nothing is known of what became of it.
        booth.wait_call(CallState::Ended(CallOutcome::ModemLost));
        booth.dial();
        booth.wait_call(CallState::Ended(CallOutcome::Refused(
            RefusedReason::NotResponding,
        )));
        booth.sim.clear(fault);
        booth.wait_ready();
        booth.dial();
        booth.wait_call(CallState::LineOpen);
    }
}

#[test]
fn noise_around_good_answers_does_not_matter() {
    let booth = Booth::ready();
    booth.sim.fail_repeatedly(Fault::Noise);
    booth.dial();
    booth.wait_call(CallState::LineOpen);
    booth.tell(ModemCommand::HangUp);
    booth.wait_call(CallState::Ended(CallOutcome::HungUpHere));
    assert_eq!(booth.sim.calls_up(), 0);
}

#[test]
fn a_call_that_outlived_its_program_is_hung_up_at_the_next_start() {
    let booth = Booth::ready();
    booth.dial();
    booth.wait_call(CallState::LineOpen);
    // The module forgets to say anything and the program gives the call up for lost.
    booth.sim.fail_repeatedly(Fault::Silence);
    booth.wait_call(CallState::Ended(CallOutcome::ModemLost));
    assert_eq!(booth.sim.calls_up(), 1);
    booth.sim.clear(Fault::Silence);
    booth.wait_ready();
    assert_eq!(booth.sim.calls_up(), 0);
}

#[test]
fn a_driver_that_stops_hangs_up_first() {
    let booth = Booth::ready();
    booth.dial();
    booth.wait_call(CallState::LineOpen);
    drop(booth.modem);
    assert_eq!(booth.sim.calls_up(), 0);
}

#[test]
fn without_a_sim_or_a_network_it_says_so() {
    let booth = Booth::with(Timings::fast(), |sim| sim.fail_repeatedly(Fault::NoSim));
    booth.wait_for("no SIM", |event| {
        matches!(event, ModemEvent::Health(ModemHealth::NoSim(_)))
    });
    booth.dial();
    booth.wait_call(CallState::Ended(CallOutcome::Refused(RefusedReason::NoSim)));
    booth.sim.fail_repeatedly(Fault::NotRegistered);
    booth.sim.clear(Fault::NoSim);
    booth.wait_for("searching", |event| {
        matches!(event, ModemEvent::Health(ModemHealth::Searching { .. }))
    });
    booth.dial();
    booth.wait_call(CallState::Ended(CallOutcome::Refused(
        RefusedReason::NoNetwork,
    )));
    booth.sim.clear(Fault::NotRegistered);
    booth.wait_ready();
}

#[test]
fn a_radio_that_is_off_is_switched_on() {
    let booth = Booth::with(Timings::fast(), |sim| sim.script_line("radio off").unwrap());
    booth.wait_ready();
}

#[test]
fn somebody_who_calls_the_booth_is_sent_away() {
    let booth = Booth::ready();
    booth.sim.script_line("ring").unwrap();
    let until = Instant::now() + PATIENCE;
    while booth.sim.calls_up() > 0 {
        assert!(Instant::now() < until, "the incoming call is still there");
        std::thread::yield_now();
    }
    booth.dial();
    booth.wait_call(CallState::LineOpen);
}

#[test]
fn a_dial_during_a_hang_up_waits_and_then_goes_out() {
    let booth = Booth::ready();
    booth.dial();
    booth.wait_call(CallState::LineOpen);
    booth.tell(ModemCommand::HangUp);
    booth.dial();
    booth.wait_call(CallState::Ended(CallOutcome::HungUpHere));
    booth.wait_call(CallState::Dialling);
    booth.wait_call(CallState::LineOpen);
    booth.dial();
    booth.wait_call(CallState::Ended(CallOutcome::Refused(
        RefusedReason::AlreadyInCall,
    )));
    assert_eq!(
        booth.sim.calls_up(),
        1,
        "the call that is up was not touched"
    );
}

#[test]
fn a_port_that_is_not_there_or_not_a_port() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let table: [(Option<PathBuf>, AbsentCause); 3] = [
        (None, AbsentCause::NotConfigured),
        (Some(place.path().join("none")), AbsentCause::NoSuchPort),
        (Some(file), AbsentCause::OpenFailed),
    ];
    for (port, cause) in table {
        let (tell, events) = channel();
        let config = ModemConfig {
            port: port.map(Into::into),
            timings: Timings::fast(),
            ..ModemConfig::default()
        };
        let modem = ModemHandle::start(config, move |event| drop(tell.send(event))).unwrap();
        let wanted = ModemEvent::Health(ModemHealth::Absent(cause));
        let until = Instant::now() + PATIENCE;
        while events.recv_timeout(PATIENCE).unwrap() != wanted {
            assert!(Instant::now() < until);
        }
        modem
            .try_command(ModemCommand::Dial(DialNumber::new("10010").unwrap()))
            .unwrap();
        let refused = ModemEvent::Call(CallState::Ended(CallOutcome::Refused(
            RefusedReason::NoModem,
        )));
        while events.recv_timeout(PATIENCE).unwrap() != refused {
            assert!(Instant::now() < until);
        }
    }
}

#[test]
fn a_port_held_by_another_program_is_named_as_such() {
    let booth = Booth::ready();
    let (tell, events) = channel();
    let config = ModemConfig {
        port: Some(booth.sim.port().into()),
        timings: Timings::fast(),
        ..ModemConfig::default()
    };
    let _second = ModemHandle::start(config, move |event| drop(tell.send(event))).unwrap();
    loop {
        if let ModemEvent::Health(ModemHealth::Absent(AbsentCause::PortInUse)) =
            events.recv_timeout(PATIENCE).unwrap()
        {
            break;
        }
    }
}
