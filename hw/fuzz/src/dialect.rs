//! The whole protocol core in one dialect, under any bytes, at any times, with any commands in between; alone with the
//! bytes, or on one line with a simulated modem into whose answers the bytes fall.
//!
//! The first byte of an input chooses the circumstances (the constants below, and in its two highest bits the model
//! where the simulator has several of a family); the rest is read by [`super::stage`].

use std::time::Duration;

use xinting_hw::modem::dialect::DialectId;
use xinting_hw::modem::sim::Machine;
use xinting_hw::modem::{
    AbsentCause, Core, CoreOptions, DialNumber, DriverRequest, Fault, ModemCommand, ModemHealth,
    Pin, PowerCycleError, Timings,
};

use super::sim_machine::{self, ForPort};
use super::stage::{Cue, Cues, NUMBERS};
use super::witness::Witness;

/// A simulated modem is on the line; without it nothing answers but what the input says, once the module has named
/// itself by the first commands of a start.
pub const WITH_MODEM: u8 = 0x01;
/// A PIN is configured.
pub const WITH_PIN: u8 = 0x02;
/// The power command works.
pub const WITH_POWER: u8 = 0x04;
/// At the end the call is left alone until its own deadlines end it, instead of being ended from here.
pub const LEFT_ALONE: u8 = 0x08;
/// The line carries a few bytes at a time.
pub const SMALL_READS: u8 = 0x10;
/// Even the module's name comes from the input.
pub const UNNAMED: u8 = 0x20;

/// The PIN that is configured; the simulated card's own is another one.
pub const PIN: &str = "80808080";

/// Time that one input may let pass; more is ignored.
const MOST_TIME: Duration = Duration::from_secs(20);
/// Bytes that a flooding modem may say in one input; then the flood is over, because it costs as much as it lasts.
const MOST_SAID: usize = 32 << 10;
/// Rounds of command and answer that may happen in one moment. A start is some thirty.
const MOST_ROUNDS: usize = 256;
/// The longest call, much shorter than in life so that an input takes little time.
const CALL_CAP: Duration = Duration::from_secs(5);
/// Time after which everything must have come to rest: the longest call, hanging up against a module that answers
/// nothing, and finding back to one that was reset in every way there is.
const TO_REST: Duration = Duration::from_secs(60);
/// How long nothing more may happen after that.
const AT_REST: Duration = Duration::from_secs(1);
/// Deadlines of the core that may come in a span. With the fast timings a silent module is asked four times a second.
const MOST_DEADLINES: usize = 20_000;

/// One core and what it is connected to.
#[derive(Debug)]
pub struct Play {
    core: Core,
    modem: Option<Machine>,
    dialect: DialectId,
    now: Duration,
    plugged: bool,
    power_works: bool,
    unnamed: bool,
    /// The card's PUK was asked for by the script.
    blocked_from_outside: bool,
    read: usize,
    witness: Witness,
    said: usize,
    /// What the modem said and when, for those who write transcripts.
    heard: Vec<(Duration, Vec<u8>)>,
}

/// Plays an input in one dialect.
///
/// # Panics
/// When a promise of the protocol is broken: see [`Witness`] and [`Play::rest`].
pub fn run(dialect: DialectId, input: &[u8]) {
    let Some((circumstances, script)) = input.split_first() else {
        return;
    };
    let mut play = Play::new(dialect, *circumstances);
    for cue in Cues::new(script) {
        play.cue(cue);
    }
    play.rest(circumstances & LEFT_ALONE != 0);
}

impl Play {
    /// A core whose port has just been opened, with what the first byte of an input chooses.
    #[must_use]
    pub fn new(dialect: DialectId, circumstances: u8) -> Self {
        let has = |bit| circumstances & bit != 0;
        let mut play = Self {
            core: Core::new(CoreOptions {
                timings: Timings {
                    call_cap: CALL_CAP,
                    ..Timings::fast()
                },
                pin: has(WITH_PIN).then(|| Pin::new(PIN).ok()).flatten(),
            }),
            modem: has(WITH_MODEM)
                .then(|| sim_machine::machine(dialect, usize::from(circumstances >> 6))),
            dialect,
            now: Duration::ZERO,
            plugged: true,
            power_works: has(WITH_POWER),
            unnamed: has(UNNAMED),
            blocked_from_outside: false,
            read: if has(SMALL_READS) { 3 } else { usize::MAX },
            witness: Witness::new(has(WITH_PIN)),
            said: 0,
            heard: Vec::new(),
        };
        play.core.port_opened(play.now);
        play.settle();
        play
    }

    /// Does what one cue says.
    pub fn cue(&mut self, cue: Cue<'_>) {
        match cue {
            Cue::Say(bytes) => {
                for part in bytes.chunks(self.read) {
                    // A driver writes what there is before it reads.
                    self.write();
                    self.core.handle_bytes(self.now, part);
                }
            }
            Cue::Split => self.settle(),
            Cue::Dial(index) => {
                if let Ok(number) = DialNumber::new(NUMBERS[index]) {
                    self.witness.dialled(index);
                    self.core.command(self.now, ModemCommand::Dial(number));
                }
            }
            Cue::DialEmergency => {
                if let Ok(number) = DialNumber::new(NUMBERS[1]) {
                    self.witness.dialled(1);
                    self.core
                        .command(self.now, ModemCommand::DialEmergency(number));
                }
            }
            Cue::HangUp => self.hang_up(),
            Cue::Tone(c) => self.core.command(self.now, ModemCommand::Dtmf(c)),
            Cue::Volume(percent) => self.core.command(self.now, ModemCommand::Volume(percent)),
            Cue::Wait(time) => self.pass(time.min(MOST_TIME.saturating_sub(self.now))),
            Cue::WaitDeadline => {
                self.settle();
                if let Some(at) = self.next_deadline() {
                    self.pass(at.min(MOST_TIME).saturating_sub(self.now));
                }
            }
            Cue::Unplug => self.unplug(),
            Cue::Plug => self.plug(),
            Cue::Verb(line) => self.verb(line),
        }
        self.witness.look_at(&self.core);
    }

    fn verb(&mut self, line: &str) {
        let Some(modem) = &mut self.modem else { return };
        match sim_machine::obey(modem, self.now, line) {
            ForPort::Nothing => {}
            ForPort::Unplug => self.unplug(),
            ForPort::Plug => self.plug(),
            ForPort::Blink if self.plugged => {
                self.core.port_absent(AbsentCause::NoSuchPort);
                self.core.port_opened(self.now);
            }
            ForPort::Blink => {}
        }
        if line.trim() == "puk" {
            self.blocked_from_outside = true;
        }
        self.settle();
    }

    fn unplug(&mut self) {
        self.plugged = false;
        self.core.port_absent(AbsentCause::NoSuchPort);
        self.settle();
    }

    fn plug(&mut self) {
        if self.plugged {
            return;
        }
        self.plugged = true;
        if let Some(modem) = &mut self.modem {
            modem.restart(self.now);
        }
        self.core.port_opened(self.now);
        self.settle();
    }

    fn hang_up(&mut self) {
        self.witness.hung_up();
        self.core.command(self.now, ModemCommand::HangUp);
    }

    /// The earliest deadline of either side.
    fn next_deadline(&self) -> Option<Duration> {
        let modem = self.modem.as_ref().and_then(Machine::next_deadline);
        [self.core.poll_timeout(), modem]
            .into_iter()
            .flatten()
            .min()
    }

    /// Time passes, deadline by deadline.
    fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        self.settle();
        let mut deadlines = 0;
        while self.now < until {
            self.now = self.next_deadline().map_or(until, |at| at.min(until));
            deadlines += usize::from(self.core.poll_timeout().is_some_and(|at| at <= self.now));
            assert!(
                deadlines <= MOST_DEADLINES,
                "more than {MOST_DEADLINES} deadlines in {time:?}"
            );
            self.settle();
        }
    }

    /// Everything that wants to happen at this moment happens.
    fn settle(&mut self) {
        for _ in 0..MOST_ROUNDS {
            let written = self.write();
            let said = self.listen();
            self.core.handle_timeout(self.now);
            let asked = self.serve();
            while let Some(event) = self.core.poll_event() {
                self.witness.saw(&event);
            }
            if !(written || said || asked) {
                assert!(
                    self.core.poll_timeout().is_none_or(|at| at > self.now),
                    "a deadline that does not pass: {:?}",
                    self.core
                );
                return;
            }
        }
        panic!("{MOST_ROUNDS} rounds in one moment: {:?}", self.core);
    }

    /// Moves what the core writes to whoever is there; true when there was something.
    fn write(&mut self) -> bool {
        let mut moved = false;
        while let Some(bytes) = self.core.poll_transmit() {
            moved = true;
            assert!(self.plugged, "written without a port");
            self.witness.wrote(&bytes);
            match &mut self.modem {
                Some(modem) => modem.feed(self.now, &bytes),
                None if self.unnamed => {}
                None => {
                    let name = introduction(self.dialect, &bytes);
                    self.core.handle_bytes(self.now, name.as_bytes());
                }
            }
        }
        moved
    }

    /// Moves what the modem says to the core; true when there was something.
    fn listen(&mut self) -> bool {
        let Some(modem) = &mut self.modem else {
            return false;
        };
        modem.tick(self.now);
        let said = modem.take_output();
        self.said += said.len();
        if self.said > MOST_SAID {
            modem.clear(Fault::Flood);
            modem.clear(Fault::Babble);
        }
        if !self.plugged {
            return false;
        }
        for part in said.chunks(self.read) {
            self.core.handle_bytes(self.now, part);
        }
        let moved = !said.is_empty();
        if moved {
            self.heard.push((self.now, said));
        }
        moved
    }

    /// Does what the core asks of its driver; true when there was something.
    fn serve(&mut self) -> bool {
        let mut asked = false;
        while let Some(request) = self.core.poll_driver() {
            asked = true;
            match request {
                DriverRequest::PowerCycle if self.power_works => {
                    if let Some(modem) = &mut self.modem {
                        modem.power_cycle(self.now);
                    }
                    self.core.power_cycled(self.now, Ok(()));
                }
                DriverRequest::PowerCycle => self
                    .core
                    .power_cycled(self.now, Err(PowerCycleError::NotConfigured)),
                DriverRequest::Reopen => self.core.port_opened(self.now),
            }
        }
        asked
    }

    /// What the modem has said since this was last asked, and when.
    pub fn take_heard(&mut self) -> Vec<(Duration, Vec<u8>)> {
        std::mem::take(&mut self.heard)
    }

    /// The time of the play.
    #[must_use]
    pub const fn now(&self) -> Duration {
        self.now
    }

    /// Mends the modem, plugs it in, ends the call or leaves it alone, and lets everything come to rest.
    ///
    /// # Panics
    /// When a dial has not ended exactly once, the core or the modem is still in a call, or the core has not found
    /// back to a modem that is well.
    pub fn rest(&mut self, left_alone: bool) {
        self.settle();
        if let Some(modem) = &mut self.modem {
            modem.clear_all();
        }
        self.plug();
        if left_alone {
            self.come_to_rest();
        }
        self.hang_up();
        self.come_to_rest();
        self.witness.look_at(&self.core);
    }

    fn come_to_rest(&mut self) {
        let until = self.now + TO_REST;
        // Twice in a row: what wakes up after a moment, such as a look at the calls, must come to rest as well.
        let mut at_rest = 0;
        while self.now < until && at_rest < 2 {
            self.pass(AT_REST);
            at_rest = if self.is_at_rest() { at_rest + 1 } else { 0 };
        }
        self.witness.all_ended();
        // Alone, with nobody to answer, a core that was told of a stranger's call goes on trying to clear it.
        if let Some(modem) = &self.modem {
            assert!(!self.core.is_busy(), "still busy: {:?}", self.core);
            assert_eq!(modem.calls_up(), 0, "the modem still holds a call");
            assert!(self.has_found_back(), "not found back: {:?}", self.core);
            assert!(
                self.blocked_from_outside || modem.pin_tries_left() > 0,
                "the card was blocked by trying PINs"
            );
        }
    }

    fn is_at_rest(&self) -> bool {
        let modem = self.modem.as_ref();
        self.witness.has_all_ended()
            && modem.is_none_or(|modem| {
                modem.calls_up() == 0 && !self.core.is_busy() && self.has_found_back()
            })
    }

    fn has_found_back(&self) -> bool {
        !matches!(
            self.core.health(),
            ModemHealth::Absent(_) | ModemHealth::NotResponding | ModemHealth::Starting
        )
    }
}

/// What a module of this family says when it is asked who it is; empty for every other command.
fn introduction(dialect: DialectId, command: &[u8]) -> String {
    let (manufacturer, model) = match dialect {
        DialectId::Generic => ("NOBODY", "ANY MODEM"),
        DialectId::Simcom => ("SIMCOM INCORPORATED", "A7670C-LASE"),
        DialectId::Quectel => ("Quectel", "EC20F"),
        DialectId::Air724 => ("AirM2M", "Air724UG"),
        DialectId::Huawei => ("huawei", "ME909s-821"),
        DialectId::Ublox => ("u-blox", "LARA-R211"),
    };
    let named = |line: &str| format!("\r\n{line}\r\n\r\nOK\r\n");
    match command {
        b"AT\r" | b"ATE0\r" | b"AT+CMEE=1\r" => "\r\nOK\r\n".to_owned(),
        b"AT+CGMI\r" => named(manufacturer),
        b"AT+CGMM\r" => named(model),
        b"ATI\r" => named(&format!("{manufacturer}\r\n{model}")),
        _ => String::new(),
    }
}
