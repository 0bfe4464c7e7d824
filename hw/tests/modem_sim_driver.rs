//! The real serial driver with every maker's simulated module, over a real pty: found, dialled, taken, ended, busy.
//!
//! Every wait ends on an event, never on a fixed sleep. No test opens a port that it did not make itself.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use xinting_hw::modem::sim::Profile;
use xinting_hw::modem::{
    CallOutcome, CallState, DialNumber, ModemCommand, ModemConfig, ModemEvent, ModemHandle,
    ModemSim, ModemSimHandle, SimOptions, Timings,
};

/// Far above what anything here takes, for a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(20);

struct Booth {
    modem: ModemHandle,
    events: Receiver<ModemEvent>,
    sim: ModemSimHandle,
    profile: Profile,
    _place: tempfile::TempDir,
}

impl Booth {
    fn with(profile: Profile, prepare: impl FnOnce(&ModemSimHandle)) -> Self {
        let place = tempfile::tempdir().unwrap();
        let link = place.path().join("modem");
        let sim = ModemSim::start_with(&link, SimOptions::fast().with_profile(profile)).unwrap();
        prepare(&sim);
        let (tell, events) = channel();
        let config = ModemConfig {
            port: Some(link.into()),
            timings: Timings::fast(),
            ..ModemConfig::default()
        };
        let modem = ModemHandle::start(config, move |event| drop(tell.send(event))).unwrap();
        Self {
            modem,
            events,
            sim,
            profile,
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
                Err(_) => panic!(
                    "{:?}: waited in vain for {what}; saw {seen:?}",
                    self.profile
                ),
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

#[test]
fn every_module_names_itself_and_is_known() {
    for profile in Profile::all() {
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
    }
}

#[test]
fn every_module_places_a_call_that_is_taken_and_hung_up_here() {
    for profile in Profile::all() {
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
    }
}

#[test]
fn with_every_module_the_other_side_ends_a_call() {
    for profile in Profile::all() {
        let booth = Booth::ready(profile);
        booth.dial();
        booth.wait_call(CallState::LineOpen);
        booth.sim.remote_hang_up();
        assert_eq!(booth.wait_end(), CallOutcome::RemoteEnded, "{profile:?}");
        assert_eq!(booth.sim.calls_up(), 0, "{profile:?}");
    }
}

#[test]
fn with_every_module_busy_is_told_from_other_ends() {
    for profile in Profile::all() {
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
    }
}

#[test]
fn with_every_module_a_restart_in_a_call_ends_it_and_the_next_one_works() {
    for profile in Profile::all() {
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
    }
}
