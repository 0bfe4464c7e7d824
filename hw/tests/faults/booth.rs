//! A driver and a simulated modem on one pty, and the two questions asked after every fault: how did the call end, and
//! does the next one get through.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use xinting_hw::modem::serial::PortChoice;
use xinting_hw::modem::{
    CallOutcome, CallState, DialNumber, ModemCommand, ModemConfig, ModemEvent, ModemHandle,
    ModemHealth, ModemSim, ModemSimHandle, Pin, SimOptions, Timings,
};

/// Far above what anything here takes, for a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(45);

pub(crate) struct Booth {
    modem: ModemHandle,
    events: Receiver<ModemEvent>,
    pub(crate) sim: ModemSimHandle,
    place: tempfile::TempDir,
}

/// What is set up before the driver starts.
#[derive(Default)]
pub(crate) struct Setup<'a> {
    /// What the simulated modem is told first.
    pub(crate) script: &'a [&'a str],
    /// The configured PIN.
    pub(crate) pin: Option<&'a str>,
    /// The installer has configured a power command.
    pub(crate) power: bool,
    /// Other deadlines than the fast ones.
    pub(crate) timings: Option<Timings>,
}

impl Booth {
    pub(crate) fn new(script: &[&str]) -> Self {
        Self::with(Setup {
            script,
            ..Setup::default()
        })
    }

    pub(crate) fn with(setup: Setup<'_>) -> Self {
        let place = tempfile::tempdir().unwrap();
        let link = place.path().join("modem");
        let power_file = place.path().join("power");
        let sim = ModemSim::start_with(
            &link,
            SimOptions {
                power_file: Some(power_file.clone()),
                ..SimOptions::fast()
            },
        )
        .unwrap();
        for line in setup.script {
            sim.script_line(line).unwrap();
        }
        let (tell, events) = channel();
        let touch = ["touch".to_owned(), power_file.display().to_string()];
        let config = ModemConfig {
            port: Some(PortChoice::Path(link)),
            timings: setup.timings.unwrap_or_else(Timings::fast),
            pin: setup.pin.map(|pin| Pin::new(pin).unwrap()),
            power_command: setup.power.then(|| touch.to_vec()),
            ..ModemConfig::default()
        };
        let modem = ModemHandle::start(config, move |event| drop(tell.send(event))).unwrap();
        Self {
            modem,
            events,
            sim,
            place,
        }
    }

    /// A booth whose modem is registered.
    pub(crate) fn ready(script: &[&str]) -> Self {
        let booth = Self::new(script);
        booth.wait_ready();
        booth
    }

    pub(crate) fn place(&self) -> &Path {
        self.place.path()
    }

    pub(crate) fn script(&self, lines: &[&str]) {
        for line in lines {
            self.sim.script_line(line).unwrap();
        }
    }

    pub(crate) fn tell(&self, command: ModemCommand) {
        self.modem.try_command(command).unwrap();
    }

    pub(crate) fn dial(&self) {
        self.tell(ModemCommand::Dial(DialNumber::new("10010").unwrap()));
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

    pub(crate) fn wait_ready(&self) {
        self.wait_health("ready to call", ModemHealth::can_call);
    }

    pub(crate) fn wait_health(&self, what: &str, wanted: impl Fn(&ModemHealth) -> bool) {
        self.wait_for(
            what,
            |event| matches!(event, ModemEvent::Health(health) if wanted(health)),
        );
    }

    pub(crate) fn wait_call(&self, state: &CallState) {
        self.wait_for(
            &format!("{state:?}"),
            |event| matches!(event, ModemEvent::Call(seen) if seen == state),
        );
    }

    /// How the call ends. No other end may follow: that is asked of every next call.
    pub(crate) fn outcome(&self) -> CallOutcome {
        let end = self.wait_for("the end of the call", |event| {
            matches!(event, ModemEvent::Call(CallState::Ended(_)))
        });
        match end {
            ModemEvent::Call(CallState::Ended(outcome)) => outcome,
            other => panic!("not an end: {other:?}"),
        }
    }

    /// Once `mend` is done a call gets through, is hung up here, and nothing is left up in the module.
    pub(crate) fn the_next_call_gets_through(&self, mend: &[&str]) {
        self.script(mend);
        self.script(&["answer"]);
        let until = Instant::now() + PATIENCE;
        let mut ends = Vec::new();
        'tries: loop {
            assert!(Instant::now() < until, "no call got through: {ends:?}");
            self.dial();
            loop {
                match self.wait_for("a call", |event| matches!(event, ModemEvent::Call(_))) {
                    ModemEvent::Call(CallState::LineOpen) => break 'tries,
                    ModemEvent::Call(CallState::Ended(outcome)) => {
                        // The module may still be on its way back: a visitor presses again, too.
                        ends.push(outcome);
                        std::thread::sleep(Duration::from_millis(50));
                        break;
                    }
                    _ => {}
                }
            }
        }
        self.tell(ModemCommand::HangUp);
        assert_eq!(self.outcome(), CallOutcome::HungUpHere);
        self.nothing_is_up();
    }

    pub(crate) fn nothing_is_up(&self) {
        let until = Instant::now() + PATIENCE;
        while self.sim.calls_up() != 0 {
            assert!(Instant::now() < until, "a call stays up in the module");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
