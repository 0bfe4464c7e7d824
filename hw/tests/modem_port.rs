//! The serial driver and its port: found again under another name, never mistaken for another's, pulled, flooded, stuck,
//! and given its power anew. All on ptys, with a simulated tree of USB devices.
//!
//! Every wait ends on an event. No test opens a port that it did not make itself.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use xinting_hw::modem::serial::{LOOK_EVERY, MOST_A_SECOND, SimUsb, UsbIdentity};
use xinting_hw::modem::sim::pty::Pty;
use xinting_hw::modem::{
    AbsentCause, CallOutcome, CallState, DeviceTree, DialNumber, Fault, ModemCommand, ModemConfig,
    ModemEvent, ModemHandle, ModemHealth, ModemSim, ModemSimHandle, RefusedReason, SimOptions,
    Timings,
};

/// Far above what anything here takes, for a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(20);

struct Watch {
    modem: ModemHandle,
    events: Receiver<ModemEvent>,
}

impl Watch {
    fn start(config: ModemConfig) -> Self {
        let (tell, events) = channel();
        let modem = ModemHandle::start(config, move |event| _ = tell.send(event)).unwrap();
        Self { modem, events }
    }

    fn wait_for(&self, what: &str, wanted: impl Fn(&ModemEvent) -> bool) {
        let until = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(event) if wanted(&event) => return,
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

    fn wait_absent(&self, cause: AbsentCause) {
        let health = ModemHealth::Absent(cause);
        self.wait_for(&format!("{cause:?}"), |event| {
            *event == ModemEvent::Health(health.clone())
        });
    }

    fn wait_call(&self, state: &CallState) {
        self.wait_for(
            &format!("{state:?}"),
            |event| matches!(event, ModemEvent::Call(found) if found == state),
        );
    }

    fn dial(&self) {
        let number = DialNumber::new("10010").unwrap();
        self.modem.try_command(ModemCommand::Dial(number)).unwrap();
    }

    /// How often the thread wakes from now on during so long a time.
    fn turns_in(&self, time: Duration) -> u64 {
        let before = self.modem.turns();
        std::thread::sleep(time);
        self.modem.turns() - before
    }
}

/// Modules on a simulated USB, each behind a pty of its own.
struct Desk {
    usb: SimUsb,
    place: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let usb = SimUsb::new(place.path()).unwrap();
        Self { usb, place }
    }

    fn modem(&self, called: &str) -> ModemSimHandle {
        ModemSim::start_with(&self.place.path().join(called), SimOptions::fast()).unwrap()
    }

    fn plug(&self, name: &str, modem: &ModemSimHandle, identity: &UsbIdentity) {
        modem.plug();
        let pty = wait_for_pty(modem.port());
        self.usb.add(name, &pty, identity).unwrap();
    }

    fn pull(&self, name: &str, modem: &ModemSimHandle) {
        self.usb.remove(name).unwrap();
        modem.unplug();
    }

    fn config(&self, port: &str) -> ModemConfig {
        let choice = match port.strip_prefix("tty") {
            Some(_) => self.usb.port(port).into(),
            None => port.parse().unwrap(),
        };
        ModemConfig {
            port: Some(choice),
            timings: Timings::fast(),
            devices: self.usb.tree(),
            ..ModemConfig::default()
        }
    }
}

/// The pty behind a link, when it is there.
fn wait_for_pty(link: &Path) -> PathBuf {
    let until = Instant::now() + PATIENCE;
    loop {
        match std::fs::canonicalize(link) {
            Ok(pty) => return pty,
            Err(error) => assert!(Instant::now() < until, "{error}"),
        }
        std::thread::yield_now();
    }
}

fn identity(serial: Option<&str>, place: &str) -> UsbIdentity {
    UsbIdentity {
        vendor: 0x2c7c,
        product: 0x0125,
        serial: serial.map(str::to_owned),
        interface: Some(2),
        place: place.to_owned(),
    }
}

#[test]
fn a_module_that_comes_back_under_another_name_is_followed_and_no_other_is_taken() {
    let desk = Desk::new();
    let ours = desk.modem("ours");
    let other = desk.modem("other");
    // Whoever opens the other one would find a call and hang it up.
    other.script_line("ring").unwrap();
    desk.plug("ttyUSB2", &ours, &identity(Some("A1"), "1-1"));
    let watch = Watch::start(desk.config("ttyUSB2"));
    watch.wait_ready();

    desk.pull("ttyUSB2", &ours);
    watch.wait_absent(AbsentCause::NoSuchPort);
    desk.plug("ttyUSB2", &other, &identity(Some("B2"), "1-2"));
    watch.wait_absent(AbsentCause::OtherDevice);
    desk.plug("ttyUSB3", &ours, &identity(Some("A1"), "1-1"));
    watch.wait_ready();
    watch.dial();
    watch.wait_call(&CallState::LineOpen);
    assert_eq!(ours.calls_up(), 1);
    assert_eq!(other.calls_up(), 1, "nobody spoke to the other modem");
}

#[test]
fn a_modem_named_by_its_device_is_found_under_any_name() {
    let desk = Desk::new();
    let modem = desk.modem("modem");
    let watch = Watch::start(desk.config("usb:2c7c:0125:A1#2"));
    watch.wait_absent(AbsentCause::NoSuchPort);
    for name in ["ttyUSB2", "ttyUSB11", "ttyACM0"] {
        desk.plug(name, &modem, &identity(Some("A1"), "1-1"));
        watch.wait_ready();
        desk.pull(name, &modem);
        watch.wait_absent(AbsentCause::NoSuchPort);
    }
}

#[test]
fn two_alike_are_not_guessed_between() {
    let desk = Desk::new();
    let (first, second) = (desk.modem("first"), desk.modem("second"));
    desk.plug("ttyUSB2", &first, &identity(None, "1-1"));
    desk.plug("ttyUSB6", &second, &identity(None, "1-2"));
    let watch = Watch::start(desk.config("usb:2c7c:0125"));
    watch.wait_absent(AbsentCause::Ambiguous);
    desk.pull("ttyUSB6", &second);
    watch.wait_ready();
    // From now on it is known; the twin that is plugged in again beside it changes nothing, even when ours goes.
    desk.plug("ttyUSB6", &second, &identity(None, "1-2"));
    desk.pull("ttyUSB2", &first);
    watch.wait_absent(AbsentCause::NoSuchPort);
    second.script_line("ring").unwrap();
    std::thread::sleep(LOOK_EVERY * 2);
    assert_eq!(second.calls_up(), 1, "nobody spoke to the twin");
    desk.plug("ttyUSB9", &first, &identity(None, "1-1"));
    watch.wait_ready();
}

#[test]
fn a_pulled_port_is_noticed_at_once_and_waiting_for_it_costs_next_to_nothing() {
    let desk = Desk::new();
    let modem = desk.modem("modem");
    desk.plug("ttyUSB2", &modem, &identity(None, "1-1"));
    let watch = Watch::start(desk.config("ttyUSB2"));
    watch.wait_ready();
    let pulled = Instant::now();
    desk.pull("ttyUSB2", &modem);
    watch.wait_absent(AbsentCause::NoSuchPort);
    let noticed = pulled.elapsed();
    assert!(
        noticed < Duration::from_secs(1),
        "noticed after {noticed:?}"
    );
    // One look a second and the first one sooner: a loop that spins makes millions.
    let turns = watch.turns_in(Duration::from_secs(2));
    assert!(turns <= 8, "{turns} turns in two seconds");
    watch.dial();
    watch.wait_call(&CallState::Ended(CallOutcome::Refused(
        RefusedReason::NoModem,
    )));
}

#[test]
fn a_healthy_module_is_looked_at_now_and_then() {
    let place = tempfile::tempdir().unwrap();
    let link = place.path().join("modem");
    let _sim = ModemSim::start_with(&link, SimOptions::fast()).unwrap();
    let watch = Watch::start(ModemConfig {
        port: Some(link.into()),
        ..ModemConfig::default()
    });
    watch.wait_ready();
    // A look every ten seconds, of half a dozen commands with one or two reads each.
    let turns = watch.turns_in(Duration::from_secs(2));
    assert!(turns <= 60, "{turns} turns in two seconds");
}

/// The module's end of a line that a test plays itself.
struct Line {
    pty: Pty,
    link: PathBuf,
    _place: tempfile::TempDir,
}

impl Line {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let link = place.path().join("modem");
        let pty = Pty::open(&link).unwrap();
        Self {
            pty,
            link,
            _place: place,
        }
    }

    fn watch(&self) -> Watch {
        Watch::start(ModemConfig {
            port: Some(self.link.clone().into()),
            timings: Timings::fast(),
            devices: DeviceTree {
                sys: "/nowhere".into(),
                dev: "/nowhere".into(),
            },
            ..ModemConfig::default()
        })
    }

    fn wait(&self, flags: PollFlags, time: Duration) {
        let timeout = Timespec {
            tv_sec: i64::try_from(time.as_secs()).unwrap(),
            tv_nsec: i64::from(time.subsec_nanos()),
        };
        let master = self.pty.master();
        let _ = poll(
            &mut [PollFd::from_borrowed_fd(master, flags)],
            Some(&timeout),
        );
    }

    /// Everything that comes until so many bytes have, and what follows shortly after.
    fn read_past(&self, bytes: usize) -> Vec<u8> {
        let mut all = Vec::new();
        let mut buffer = [0_u8; 4_096];
        let mut until = Instant::now() + PATIENCE;
        let mut past = false;
        while Instant::now() < until {
            self.wait(PollFlags::IN, Duration::from_millis(100));
            let count = self.pty.read(&mut buffer);
            all.extend_from_slice(&buffer[..count]);
            if !past && all.len() > bytes {
                past = true;
                until = Instant::now() + Duration::from_secs(1);
            }
        }
        all
    }
}

#[test]
fn a_flood_is_read_slowly_and_told_and_commands_are_still_heard() {
    let line = Line::new();
    let watch = line.watch();
    let flood = b"+FLOOD: 0123456789012345678901234567890123456789\r\n".repeat(40);
    let began = Instant::now();
    let mut sent = 0_usize;
    let mut told = false;
    let mut turns = 0;
    while began.elapsed() < Duration::from_secs(4) {
        line.wait(PollFlags::OUT, Duration::from_millis(20));
        let count = rustix::io::write(line.pty.master(), &flood).unwrap_or(0);
        sent += count;
        told |= watch
            .events
            .try_iter()
            .any(|event| event == ModemEvent::Health(ModemHealth::NotResponding));
        turns = watch.modem.turns();
    }
    assert!(told, "nobody was told");
    // What was read, and what the kernel's buffers hold.
    let seconds = usize::try_from(began.elapsed().as_secs()).unwrap() + 2;
    let most = (seconds * MOST_A_SECOND) + 512 * 1_024;
    assert!(sent <= most, "{sent} bytes in {seconds} s");
    assert!(sent > MOST_A_SECOND, "a flood of {sent} bytes is none");
    assert!(turns < 4_000, "{turns} turns");
    watch.dial();
    watch.wait_call(&CallState::Ended(CallOutcome::Refused(
        RefusedReason::NotResponding,
    )));
    // Reading is held back just now, and the end is noticed all the same.
    let pulled = Instant::now();
    drop(line);
    watch.wait_absent(AbsentCause::NoSuchPort);
    let noticed = pulled.elapsed();
    assert!(
        noticed < Duration::from_secs(1),
        "noticed after {noticed:?}"
    );
}

#[test]
fn a_line_that_takes_nothing_is_let_go_and_no_command_is_cut_in_two() {
    let line = Line::new();
    // Fill the line, as a module that stopped reading would find it.
    let far = rustix::fs::open(
        &line.link,
        rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::NONBLOCK,
        rustix::fs::Mode::empty(),
    )
    .unwrap();
    let mut filler = 0;
    for size in [1_024, 64, 1] {
        while let Ok(count) = rustix::io::write(&far, &vec![b'#'; size]) {
            filler += count;
        }
    }
    let watch = line.watch();
    watch.wait_for("not responding", |event| {
        *event == ModemEvent::Health(ModemHealth::NotResponding)
    });
    watch.dial();
    watch.wait_call(&CallState::Ended(CallOutcome::Refused(
        RefusedReason::NotResponding,
    )));
    let turns = watch.turns_in(Duration::from_secs(1));
    assert!(turns <= 120, "{turns} turns in a second");
    // Now it reads again. What comes after the filler is whole commands.
    let heard = line.read_past(filler);
    let (stale, fresh) = heard.split_at(filler.min(heard.len()));
    assert!(stale.iter().all(|byte| *byte == b'#'));
    let fresh = String::from_utf8(fresh.to_vec()).unwrap();
    assert!(!fresh.is_empty(), "it went on asking");
    for command in fresh.split_terminator('\r') {
        let command = command.trim_matches(['\u{8}', '\n']);
        assert!(command.starts_with("AT"), "{command:?}");
        assert_eq!(command.matches("AT").count(), 1, "{command:?}");
    }
}

#[test]
fn a_module_that_fell_silent_gets_its_power_anew() {
    let place = tempfile::tempdir().unwrap();
    let link = place.path().join("modem");
    let switch = place.path().join("power");
    let options = SimOptions {
        power_file: Some(switch.clone()),
        ..SimOptions::fast()
    };
    let sim = ModemSim::start_with(&link, options).unwrap();
    let config = |power: Vec<String>| ModemConfig {
        port: Some(link.clone().into()),
        timings: Timings::fast(),
        power_command: Some(power),
        ..ModemConfig::default()
    };
    let watch = Watch::start(config(vec![
        "touch".to_owned(),
        switch.to_string_lossy().into_owned(),
    ]));
    watch.wait_ready();
    let restarts = sim.restarts();
    // A module that hears nothing any more, not even a reset.
    sim.fail_repeatedly(Fault::Silence);
    watch.wait_for("not responding", |event| {
        *event == ModemEvent::Health(ModemHealth::NotResponding)
    });
    let until = Instant::now() + PATIENCE;
    while sim.restarts() == restarts {
        assert!(Instant::now() < until, "the power command did not run");
        std::thread::sleep(Duration::from_millis(10));
    }
    sim.clear(Fault::Silence);
    watch.wait_ready();
}

#[test]
fn without_a_power_command_that_works_the_port_is_opened_anew() {
    for power in [None, Some(vec!["false".to_owned()])] {
        let line = Line::new();
        let mut config = ModemConfig {
            port: Some(line.link.clone().into()),
            timings: Timings::fast(),
            ..ModemConfig::default()
        };
        config.power_command = power;
        let watch = Watch::start(config);
        watch.wait_for("not responding", |event| {
            *event == ModemEvent::Health(ModemHealth::NotResponding)
        });
        // The port that is opened anew is asked from the beginning.
        watch.wait_for("starting anew", |event| {
            *event == ModemEvent::Health(ModemHealth::Starting)
        });
    }
}
