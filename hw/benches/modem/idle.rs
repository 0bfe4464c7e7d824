//! What the watch of an idle modem costs, in a process of its own, beside a bare thread that says the same commands at
//! the same times and waits for the same answers.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use xinting_hw::modem::sim::{Machine, SimTiming};
use xinting_hw::modem::{Core, CoreOptions, ModemHandle, Timings};

use super::bare::converse;
use super::far_end::FarEnd;
use super::latency::{config, is_ready};

/// How long the watch is watched.
pub(crate) const TIME: Duration = Duration::from_secs(60);
/// How long the driver has to become quiet first.
const SETTLE: Duration = Duration::from_secs(3);

/// Processor time of the driver and of the bare thread in [`TIME`], and how many commands either said.
pub(crate) fn measure(place: &Path) -> (Duration, Duration, usize) {
    let ours = place.join("driver");
    let theirs = place.join("bare");
    // Two lines, so that neither waits for the other; both at life's pace.
    let _far = (
        FarEnd::start(&ours, SimTiming::default()),
        FarEnd::start(&theirs, SimTiming::default()),
    );
    // The first second of the bare line is for its echo to be switched off, as the driver's is.
    let driver = start("watch", &ours);
    let bare = start("bare", &theirs);
    let (driver, bare) = (result(driver), result(bare));
    (driver, bare, rounds().len())
}

fn start(what: &str, port: &Path) -> Child {
    let me = std::env::current_exe().expect("this program's own path");
    Command::new(me)
        .args([what.as_ref(), port.as_os_str()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("another process")
}

fn result(child: Child) -> Duration {
    let output = child.wait_with_output().expect("the process ends");
    let text = String::from_utf8_lossy(&output.stdout);
    let nanos = text.trim().parse().expect("nanoseconds of processor time");
    Duration::from_nanos(nanos)
}

/// In the driver's process: processor nanoseconds of [`TIME`].
pub(crate) fn watch(port: &Path) -> u128 {
    let (tell, events) = std::sync::mpsc::channel();
    let config = config(port.to_owned(), Timings::default());
    let _modem =
        ModemHandle::start(config, move |event| drop(tell.send(event))).expect("the driver starts");
    while !is_ready(&events.recv().expect("the driver runs")) {}
    std::thread::sleep(SETTLE);
    let before = processor_time();
    std::thread::sleep(TIME);
    (processor_time() - before).as_nanos()
}

/// In the bare thread's process: processor nanoseconds of [`TIME`].
pub(crate) fn bare(port: &Path) -> u128 {
    converse(port, &[(Duration::ZERO, b"ATE0\r".to_vec())], SETTLE);
    let rounds = rounds();
    let before = processor_time();
    let started = Instant::now();
    converse(port, &rounds, TIME);
    assert!(
        started.elapsed() < TIME + SETTLE,
        "the bare thread fell behind"
    );
    (processor_time() - before).as_nanos()
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// What the protocol says in [`TIME`] of idling, and when: taken from the protocol itself, in simulated time.
fn rounds() -> Vec<(Duration, Vec<u8>)> {
    let mut pair = Pair::new();
    // Past the start, in the middle of a pause.
    pair.run(Duration::from_secs(15));
    let from = pair.now;
    pair.said.clear();
    pair.run(TIME);
    pair.said
        .into_iter()
        .map(|(at, command)| (at - from, command))
        .collect()
}

/// What a module says in an hour of idling, for the line engine.
pub(crate) fn idle_hour() -> Vec<u8> {
    let mut pair = Pair::new();
    pair.run(Duration::from_secs(3_600));
    pair.heard
}

/// Core and modem without a line, in simulated time.
struct Pair {
    core: Core,
    modem: Machine,
    now: Duration,
    said: Vec<(Duration, Vec<u8>)>,
    heard: Vec<u8>,
}

impl Pair {
    fn new() -> Self {
        let mut core = Core::new(CoreOptions::default());
        core.port_opened(Duration::ZERO);
        Self {
            core,
            modem: Machine::new(SimTiming::default()),
            now: Duration::ZERO,
            said: Vec::new(),
            heard: Vec::new(),
        }
    }

    fn run(&mut self, time: Duration) {
        let until = self.now + time;
        while self.now < until {
            while let Some(command) = self.core.poll_transmit() {
                self.modem.feed(self.now, &command);
                self.said.push((self.now, command));
            }
            self.modem.tick(self.now);
            let answer = self.modem.take_output();
            if !answer.is_empty() {
                self.core.handle_bytes(self.now, &answer);
                self.heard.extend(answer);
                continue;
            }
            while self.core.poll_event().is_some() {}
            let next = [self.core.poll_timeout(), self.modem.next_deadline()];
            let next = next.into_iter().flatten().min().unwrap_or(until);
            self.now = next.clamp(self.now, until);
            self.core.handle_timeout(self.now);
        }
    }
}
