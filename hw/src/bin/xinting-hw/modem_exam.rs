//! Questions to a module that the driver does not report on, asked on its port while no driver has it: both domains of
//! registration, whether there is voice at all, and at which speed it listens.
//!
//! It only asks. It changes no setting, dials nothing, and opens only the port it is given.

use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serialport::{SerialPort, TTYPort};
use xinting_hw::modem::command::AtCommand;
use xinting_hw::modem::command::registration::{Registration, RegistrationQuery};
use xinting_hw::modem::command::signal::Signal;
use xinting_hw::modem::command::sim_state::{SimState, SimStateQuery};
use xinting_hw::modem::line::{FinalResult, LineEngine};
use xinting_hw::modem::{DeviceTree, PortChoice};

/// The speed the booth's driver uses (8N1).
pub(crate) const USUAL_BAUD: u32 = 115_200;
/// Other speeds that modules are delivered with or were set to.
const OTHER_BAUDS: [u32; 7] = [9_600, 921_600, 460_800, 230_400, 57_600, 38_400, 19_200];
/// For the answer to a question.
const PATIENCE: Duration = Duration::from_secs(2);
/// For more after a line; some modules never send the final result of `+CPIN?`.
const SETTLE: Duration = Duration::from_millis(400);
/// For an answer to `AT` at a speed that may be wrong.
const SHORT: Duration = Duration::from_millis(350);
/// Most lines of one answer that are kept.
const MOST_LINES: usize = 32;
/// Bytes of one answer that are listened to; more is a flood.
const MOST_BYTES: usize = 16_384;
/// From this many bytes that are no text an answer counts as noise.
const NOISE: usize = 3;

/// A port while it is being asked.
pub(crate) struct Exam(TTYPort);

/// What came back.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    lines: Vec<String>,
    end: Option<FinalResult>,
    /// Bytes that are no text.
    odd: usize,
}

impl Reply {
    fn is_noise(&self) -> bool {
        self.end.is_none() && self.odd >= NOISE
    }
}

/// What a module said of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Findings {
    pub(crate) sim: SimState,
    /// Registration for calls over 2G and 3G; `None` when it does not say.
    pub(crate) circuit: Option<Registration>,
    /// Registration on LTE; `None` when it does not say.
    pub(crate) lte: Option<Registration>,
    pub(crate) rssi_dbm: Option<i16>,
    pub(crate) voice: Voice,
}

/// Whether the module can make voice calls, by what it says of the commands they need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// It knows at least one of them.
    Offered,
    /// It refuses every one.
    Refused,
    /// It was not heard.
    Unknown,
}

/// At which speed something that answers was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speed {
    /// It answers at the usual speed.
    Usual,
    /// It answers at this one.
    Other(u32),
    /// Bytes come, and at no speed do they make sense.
    Noise,
    /// Nothing comes at any speed.
    Silent,
}

impl Exam {
    /// Opens a port, 8N1 and for this program alone; `None` when that cannot be done.
    pub(crate) fn open(path: &Path, baud: u32) -> Option<Self> {
        let builder = serialport::new(path.to_string_lossy(), baud)
            .data_bits(serialport::DataBits::Eight)
            .parity(serialport::Parity::None)
            .stop_bits(serialport::StopBits::One)
            .flow_control(serialport::FlowControl::None)
            .timeout(Duration::from_millis(50));
        let mut port = TTYPort::open(&builder).ok()?;
        // Some modules stay silent without it; a pty has no such line and refuses.
        let _ = port.write_data_terminal_ready(true);
        Some(Self(port))
    }

    fn ask(&mut self, command: &str, patience: Duration) -> Reply {
        let mut reply = Reply::default();
        // What is left of an earlier answer must not be taken for this one.
        let _ = self.0.clear(serialport::ClearBuffer::Input);
        if self.0.write_all(format!("{command}\r").as_bytes()).is_err() {
            return reply;
        }
        let mut engine = LineEngine::new();
        let mut until = Instant::now() + patience;
        let (mut buffer, mut taken) = ([0_u8; 256], 0);
        while Instant::now() < until && taken < MOST_BYTES {
            let count = match self.0.read(&mut buffer) {
                Ok(0) => return reply,
                Ok(count) => count,
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted
                    ) =>
                {
                    continue;
                }
                Err(_) => return reply,
            };
            taken += count;
            for &byte in &buffer[..count] {
                reply.odd += usize::from(!matches!(byte, b'\r' | b'\n' | b' '..=b'~'));
                let Some(line) = engine.push(byte) else {
                    continue;
                };
                if let Some(end) = FinalResult::parse(&line) {
                    reply.end = Some(end);
                    return reply;
                }
                if !line.eq_ignore_ascii_case(command) && reply.lines.len() < MOST_LINES {
                    reply.lines.push(line);
                    until = until.min(Instant::now() + SETTLE);
                }
            }
        }
        reply
    }

    fn ask_as(&mut self, command: &impl AtCommand) -> Reply {
        let mut reply = self.ask(&command.encode(), PATIENCE);
        if let Some(prefix) = command.prefix() {
            reply.lines.retain(|line| {
                line.get(..prefix.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
            });
        }
        reply
    }

    /// Asks everything. The module must have been started by the driver before (echo off, radio on).
    pub(crate) fn examine(&mut self) -> Findings {
        let sim = self.ask_as(&SimStateQuery);
        let circuit = self.ask_as(&RegistrationQuery::Circuit);
        let lte = self.ask_as(&RegistrationQuery::Lte);
        let signal = self.ask_as(&Signal);
        let mut found = Findings {
            sim: SimStateQuery::parse(&sim.lines, sim.end),
            circuit: RegistrationQuery::parse(&circuit.lines),
            lte: RegistrationQuery::parse(&lte.lines),
            rssi_dbm: Signal::parse(&signal.lines),
            voice: self.voice(),
        };
        let tells = found.circuit.is_some() || found.lte.is_some() || found.rssi_dbm.is_some();
        if found.voice == Voice::Refused && !tells {
            // A module that refuses everything says nothing by it.
            found.voice = Voice::Unknown;
        }
        found
    }

    /// Asks for the commands of a voice call without using them: loudness (27.007 section 8.23), tones (annex C.2.11)
    /// and hanging up (section 6.5). A module sold for data alone knows none of them. Which ones of a maker's data-only
    /// modules refuse all three is unverified, so whoever reads the answer is told to look at the label.
    fn voice(&mut self) -> Voice {
        let mut heard = false;
        for command in ["AT+CLVL=?", "AT+VTS=?", "AT+CHUP=?"] {
            match self.ask(command, PATIENCE).end {
                Some(FinalResult::Ok) => return Voice::Offered,
                Some(_) => heard = true,
                None => {}
            }
        }
        if heard {
            Voice::Refused
        } else {
            Voice::Unknown
        }
    }

    /// True when something answers `AT` at the speed the port was opened with.
    pub(crate) fn answers(&mut self) -> bool {
        (0..2).any(|_| self.ask("AT", SHORT).end.is_some())
    }

    /// Looks for the speed at which something answers, the usual one first. Only the computer's side is changed.
    pub(crate) fn find_speed(&mut self) -> Speed {
        let mut noise = false;
        for baud in [USUAL_BAUD].into_iter().chain(OTHER_BAUDS) {
            if self.0.set_baud_rate(baud).is_err() {
                continue;
            }
            // The first one may be eaten by a module that is still adjusting to the speed.
            for _ in 0..2 {
                let reply = self.ask("AT", SHORT);
                if reply.end.is_some() {
                    return if baud == USUAL_BAUD {
                        Speed::Usual
                    } else {
                        Speed::Other(baud)
                    };
                }
                noise |= reply.is_noise();
            }
        }
        if noise { Speed::Noise } else { Speed::Silent }
    }
}

/// The device file that a choice means now; `None` when none or more than one fits.
pub(crate) fn device_file(choice: &PortChoice) -> Option<PathBuf> {
    let (vendor, product, serial, interface) = match choice {
        PortChoice::Path(path) => return Some(path.clone()),
        PortChoice::Usb {
            vendor,
            product,
            serial,
            interface,
        } => (vendor, product, serial, interface),
    };
    let mut fitting = DeviceTree::default()
        .usb_ports()
        .into_iter()
        .filter(|port| {
            let found = &port.identity;
            (found.vendor, found.product) == (*vendor, *product)
                && (serial.is_none() || found.serial == *serial)
                && (interface.is_none() || found.interface == *interface)
        });
    fitting
        .next()
        .filter(|_| fitting.next().is_none())
        .map(|port| port.path)
}
