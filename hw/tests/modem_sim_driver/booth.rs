//! The driver on a pty with a simulated module at its other end, and what can be waited for.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use xinting_hw::modem::sim::Profile;
use xinting_hw::modem::{
    CallOutcome, CallState, DialNumber, ModemCommand, ModemConfig, ModemEvent, ModemHandle,
    ModemSim, ModemSimHandle, Pin, SimOptions, Timings,
};

/// Far above what anything here takes, for a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(20);

/// The driver, and the module that it talks to.
pub(crate) struct Booth {
    pub(crate) modem: ModemHandle,
    events: Receiver<ModemEvent>,
    pub(crate) sim: ModemSimHandle,
    pub(crate) label: String,
    _place: tempfile::TempDir,
}

impl Booth {
    pub(crate) fn with(profile: Profile, prepare: impl FnOnce(&ModemSimHandle)) -> Self {
        Self::start(profile, None, prepare)
    }

    pub(crate) fn with_pin(
        profile: Profile,
        pin: &str,
        prepare: impl FnOnce(&ModemSimHandle),
    ) -> Self {
        Self::start(profile, Some(Pin::new(pin).unwrap()), prepare)
    }

    pub(crate) fn start(
        profile: Profile,
        pin: Option<Pin>,
        prepare: impl FnOnce(&ModemSimHandle),
    ) -> Self {
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

    pub(crate) fn ready(profile: Profile) -> Self {
        let booth = Self::with(profile, |_| {});
        booth.wait_ready();
        booth
    }

    pub(crate) fn wait_for(&self, what: &str, wanted: impl Fn(&ModemEvent) -> bool) -> ModemEvent {
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

    pub(crate) fn wait_ready(&self) {
        self.wait_for(
            "ready",
            |event| matches!(event, ModemEvent::Health(health) if health.can_call()),
        );
    }

    pub(crate) fn wait_call(&self, state: CallState) {
        self.wait_for(&format!("{state:?}"), |event| {
            *event == ModemEvent::Call(state.clone())
        });
    }

    /// Waits until the call is over; how it ended.
    pub(crate) fn wait_end(&self) -> CallOutcome {
        let end = self.wait_for("an end", |event| {
            matches!(event, ModemEvent::Call(CallState::Ended(_)))
        });
        match end {
            ModemEvent::Call(CallState::Ended(outcome)) => outcome,
            other => panic!("{other:?} is no end"),
        }
    }

    pub(crate) fn dial(&self) {
        self.modem
            .try_command(ModemCommand::Dial(DialNumber::new("10010").unwrap()))
            .unwrap();
    }

    /// Words for the module.
    pub(crate) fn script(&self, words: &str) {
        self.sim.script_line(words).unwrap();
    }

    pub(crate) fn hang_up(&self) {
        self.modem.try_command(ModemCommand::HangUp).unwrap();
    }

    /// Hangs up, and sees that this ended the call.
    pub(crate) fn end_call(&self) {
        self.hang_up();
        assert_eq!(self.wait_end(), CallOutcome::HungUpHere, "{}", self.label);
    }

    /// A whole call: dialled, taken, hung up here.
    pub(crate) fn call(&self) {
        self.dial();
        self.wait_call(CallState::LineOpen);
        self.end_call();
    }

    /// Waits for something that can only be seen on the module.
    pub(crate) fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let until = Instant::now() + PATIENCE;
        while !holds() {
            assert!(
                Instant::now() < until,
                "{}: waited in vain for {what}",
                self.label
            );
            std::thread::yield_now();
        }
    }
}

/// Does the same with every module at once: each spends its time waiting.
pub(crate) fn each_module(test: impl Fn(Profile) + Sync) {
    std::thread::scope(|scope| {
        for profile in Profile::all() {
            let test = &test;
            scope.spawn(move || test(profile));
        }
    });
}
