//! How long it takes from a wish to its first byte at the far end of the line, and from a port's going and coming to
//! its being told.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use xinting_hw::modem::sim::SimTiming;
use xinting_hw::modem::{
    CallState, DialNumber, ModemCommand, ModemConfig, ModemEvent, ModemHandle, ModemHealth, Timings,
};

use super::bare::Bare;
use super::far_end::{FarEnd, Seen};
use super::figures::Samples;

/// Calls measured in each way.
const CALLS: usize = 200;
/// Times the port is taken away.
const REPLUGS: usize = 20;
/// How long the far end takes for an answer where one is under way.
pub(crate) const THINK: Duration = Duration::from_millis(30);
const PATIENCE: Duration = Duration::from_secs(20);

/// A driver on a far end.
struct Line {
    far: FarEnd,
    modem: ModemHandle,
    events: Receiver<(Instant, ModemEvent)>,
}

/// What was measured of calls.
pub(crate) struct Calls {
    /// From the dial to `ATD` at the far end.
    pub(crate) dial: Samples,
    /// From the hang-up to its first command at the far end.
    pub(crate) hang_up: Samples,
    /// As the first two, from the end of the answer that was under way.
    pub(crate) dial_after_answer: Samples,
    pub(crate) hang_up_after_answer: Samples,
}

impl Line {
    fn start(link: &Path, timings: Timings) -> Self {
        let far = FarEnd::start(link, SimTiming::fast());
        let (tell, events) = channel();
        let config = config(link.to_owned(), timings);
        let modem = ModemHandle::start(config, move |event| {
            drop(tell.send((Instant::now(), event)));
        })
        .expect("the driver starts");
        let line = Self { far, modem, events };
        line.wait(is_ready);
        line
    }

    fn wait(&self, wanted: impl Fn(&ModemEvent) -> bool) -> Instant {
        loop {
            let (at, event) = self
                .events
                .recv_timeout(PATIENCE)
                .expect("the event that was waited for");
            if wanted(&event) {
                return at;
            }
        }
    }

    fn ask(&self, command: ModemCommand) -> Instant {
        let at = Instant::now();
        self.modem.try_command(command).expect("the driver runs");
        at
    }

    /// Until nothing has been said on the line for a while that differs from call to call.
    fn be_quiet(&self, call: usize) {
        let quiet = Duration::from_millis(60 + (call as u64 * 37) % 90);
        while self.far.next(quiet).is_some() {}
    }
}

/// What the driver is told.
pub(crate) fn config(port: PathBuf, timings: Timings) -> ModemConfig {
    ModemConfig {
        port: Some(port.into()),
        timings,
        ..ModemConfig::default()
    }
}

pub(crate) fn is_ready(event: &ModemEvent) -> bool {
    matches!(event, ModemEvent::Health(health) if health.can_call())
}

fn number() -> DialNumber {
    DialNumber::new("955").expect("invariant: three digits")
}

fn is_dial(line: &str) -> bool {
    line.starts_with("ATD")
}

/// The first rung of hanging up, whichever it is.
fn is_hang_up(line: &str) -> bool {
    line == "ATH" || line.starts_with("AT+CHUP") || line.starts_with("AT+CHLD")
}

fn is_end(event: &ModemEvent) -> bool {
    matches!(event, ModemEvent::Call(CallState::Ended(_)))
}

/// Calls from a driver that has nothing under way.
pub(crate) fn idle_calls(link: &Path) -> Calls {
    let line = Line::start(link, Timings::default());
    let mut calls = Calls::none();
    for call in 0..CALLS {
        line.be_quiet(call);
        let asked = line.ask(ModemCommand::Dial(number()));
        calls.dial.push(line.far.command(is_dial) - asked);
        // At varying distance from the polls of the call.
        std::thread::sleep(Duration::from_millis(20 + (call as u64 * 53) % 400));
        let asked = line.ask(ModemCommand::HangUp);
        calls.hang_up.push(line.far.command(is_hang_up) - asked);
        line.wait(is_end);
    }
    calls
}

/// Calls asked for while the module is busy with the answer to something else, which takes it [`THINK`].
pub(crate) fn busy_calls(link: &Path) -> Calls {
    let timings = Timings {
        watch: Duration::from_millis(150),
        call_poll: Duration::from_millis(100),
        hang_up_check: Duration::from_millis(25),
        ..Timings::default()
    };
    let line = Line::start(link, timings);
    line.far.think(THINK);
    let mut calls = Calls::none();
    for _ in 0..CALLS {
        line.far.command(|line| line.starts_with("AT+CSQ"));
        let asked = line.ask(ModemCommand::Dial(number()));
        let (raw, after) = line.next_of(asked, is_dial);
        calls.dial.push(raw);
        calls.dial_after_answer.push(after);
        line.far.command(|line| line.starts_with("AT+CLCC"));
        let asked = line.ask(ModemCommand::HangUp);
        let (raw, after) = line.next_of(asked, is_hang_up);
        calls.hang_up.push(raw);
        calls.hang_up_after_answer.push(after);
        line.wait(is_end);
    }
    calls
}

impl Line {
    /// From `asked`, and from the last answer before it came, to the command that fits.
    fn next_of(&self, asked: Instant, fits: impl Fn(&str) -> bool) -> (Duration, Duration) {
        let mut answered = asked;
        loop {
            match self
                .far
                .next(PATIENCE)
                .expect("the command that was asked for")
            {
                Seen::Answered(at) => answered = at.max(asked),
                Seen::Command(at, line) if fits(&line) => return (at - asked, at - answered),
                Seen::Command(..) | Seen::Port(_) => {}
            }
        }
    }
}

impl Calls {
    fn none() -> Self {
        Self {
            dial: Samples::default(),
            hang_up: Samples::default(),
            dial_after_answer: Samples::default(),
            hang_up_after_answer: Samples::default(),
        }
    }
}

/// The reference for both: a bare thread that writes a dial when woken.
pub(crate) fn bare_writes(link: &Path) -> Samples {
    let far = FarEnd::start(link, SimTiming::fast());
    let bare = Bare::start(link, b"ATD955;\r");
    let mut samples = Samples::default();
    for call in 0..CALLS {
        while far
            .next(Duration::from_millis(60 + (call as u64 * 37) % 90))
            .is_some()
        {}
        let asked = Instant::now();
        bare.write();
        samples.push(far.command(is_dial) - asked);
    }
    drop(far);
    bare.join();
    samples
}

/// From a port's going to its being reported, and from its coming back to a modem that can call.
pub(crate) fn replugs(link: &Path) -> (Samples, Samples) {
    let line = Line::start(link, Timings::default());
    let (mut gone, mut back) = (Samples::default(), Samples::default());
    for round in 0..REPLUGS {
        line.be_quiet(round);
        let unplugged = line.far.unplug();
        let told = line.wait(|event| matches!(event, ModemEvent::Health(ModemHealth::Absent(_))));
        gone.push(told.saturating_duration_since(unplugged));
        std::thread::sleep(Duration::from_millis(300 + (round as u64 * 370) % 1_000));
        let plugged = line.far.plug();
        back.push(line.wait(is_ready).saturating_duration_since(plugged));
    }
    (gone, back)
}

/// The reference for a port's going: a bare thread in `poll`.
pub(crate) fn bare_unplugs(link: &Path) -> Samples {
    let mut samples = Samples::default();
    for _ in 0..REPLUGS {
        let far = FarEnd::start(link, SimTiming::fast());
        let bare = Bare::start(link, b"AT\r");
        std::thread::sleep(Duration::from_millis(50));
        let unplugged = far.unplug();
        let told = bare.gone.recv_timeout(PATIENCE).expect("the port's end");
        samples.push(told.saturating_duration_since(unplugged));
        bare.join();
    }
    samples
}
