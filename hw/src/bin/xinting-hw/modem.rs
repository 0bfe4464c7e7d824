//! `xinting-hw modem`: probe, dial, monitor.
//!
//! It goes through the driver that the booth uses, so what works here works there. It opens the port it is given and no
//! other.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use xinting_hw::modem::guard::{GUARDED, is_guarded};
use xinting_hw::modem::{
    AbsentCause, CallOutcome, CallState, DialNumber, DialectId, ModemCommand, ModemConfig,
    ModemEvent, ModemHandle, ModemHealth, Pin, PortChoice, SimProblem, VolteState,
};

use crate::modem_exam::{Exam, Findings, USUAL_BAUD, Voice, device_file};
use crate::modem_words::{
    bars, call_json, call_mend, call_words, health_json, health_words, mend, registration_name,
    registration_words, signal_words, sim_name, sim_words, volte_name, volte_words,
};
use crate::output::{Interrupted, Trouble, interrupted, line, time};
use xinting_hw::modem::command::sim_state::SimState;

/// How often a wait looks whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(100);
/// How long a ready modem is given to say what it knows of `VoLTE`, which it is asked last.
const VOLTE_WAIT: Duration = Duration::from_secs(4);
/// How long a card is given to take the PIN, before it counts as one that wants it.
const PIN_WAIT: Duration = Duration::from_secs(6);
/// How long a call may be on its way without the line opening: longer than all of the driver's own deadlines together.
const GIVE_UP: Duration = Duration::from_secs(5 * 60);
/// How soon after a lost call the reason shows: the driver reports both at once.
const REASON_WAIT: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
#[command(after_help = "\
With --json every line is one object.
  about the module   manufacturer, model, dialect (generic, simcom, quectel, air724, huawei, ublox)
  about its health   health (absent, starting, not_responding, no_sim, searching, denied, registered); with it, where it
                     applies: cause, roaming, operator, rssi_dbm (-113 to -51) and bars (0 to 5)
  about VoLTE        volte (unknown, off, on, registered)
  about a call       state (dialling, alerting, line_open, ended); a second attempt has `again`; an ended one has outcome
                     (hung_up_here, remote_ended, busy, no_answer, no_carrier, refused, modem_lost, timed_out), a refused
                     one also reason and cme, a lost one cause (port_vanished, silent or restarted, null when not known)
  the last of probe  probe: sim, circuit and lte (registration: idle, registered_home, searching, denied,
                     registered_roaming, unknown, null when it does not say), rssi_dbm, bars, operator, volte, voice
                     (offered, refused, unknown), can_call, to_do
A number that is dialled is never written.")]
pub(crate) struct ModemArgs {
    /// Serial port of the modem: /dev/ttyUSB2, a link below /dev/serial/by-id, or usb:VVVV:PPPP[:serial][#interface].
    #[arg(long, value_name = "PORT")]
    port: PortChoice,
    /// A file with the SIM's PIN. It is entered once, if the card asks; a wrong one is not tried again.
    #[arg(long, global = true, value_name = "FILE")]
    pin_file: Option<PathBuf>,
    /// Write one JSON object a line.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Ask who the modem is and whether it could call: SIM, network, signal, VoLTE, voice.
    Probe {
        /// How long to wait for a network.
        #[arg(long = "for", value_name = "TIME", default_value = "30s", value_parser = time)]
        wait: Duration,
    },
    /// Place a test call and hang up again.
    #[command(after_help = "\
Real crisis and emergency lines (110 119 120 122 12355 12356 12320 962525) are refused, also behind an area code or a
carrier's prefix, because ringing one to try a modem out keeps somebody else waiting. Ring your operator's service number
or your own telephone instead.
Exit status 0 means that the line was open.")]
    Dial {
        /// The number, 3 to 15 digits.
        number: String,
        /// Hang up this long after the line opened.
        #[arg(long = "for", value_name = "TIME", default_value = "30s", value_parser = time)]
        open_for: Duration,
        /// Ring a number of the guard list all the same.
        #[arg(long)]
        really: bool,
    },
    /// Show every change until Ctrl-C.
    Monitor {
        /// Stop after this time.
        #[arg(long = "for", value_name = "TIME", value_parser = time)]
        stop_after: Option<Duration>,
    },
}

pub(crate) fn run(args: &ModemArgs) -> Result<bool, Trouble> {
    match &args.what {
        What::Probe { wait } => probe(args, *wait),
        What::Dial {
            number,
            open_for,
            really,
        } => dial(args, number, *open_for, *really),
        What::Monitor { stop_after } => monitor(args, *stop_after),
    }
}

/// A running driver with its events in a queue.
pub(crate) struct Line {
    modem: ModemHandle,
    events: Receiver<ModemEvent>,
    interrupted: Interrupted,
    /// A PIN is there to be entered.
    has_pin: bool,
}

impl Line {
    pub(crate) fn open(port: &PortChoice, pin_file: Option<&Path>) -> Result<Self, Trouble> {
        let config = ModemConfig {
            port: Some(port.clone()),
            pin: pin_file.map(read_pin).transpose()?,
            ..ModemConfig::default()
        };
        let has_pin = config.pin.is_some();
        let interrupted = interrupted()?;
        let (tell, events) = channel();
        let modem =
            ModemHandle::start(config, move |event| drop(tell.send(event))).map_err(|error| {
                Trouble::from_error(&error, "try again; the system is short of resources")
            })?;
        Ok(Self {
            modem,
            events,
            interrupted,
            has_pin,
        })
    }

    /// The next event; `None` when `until` has come or Ctrl-C was pressed.
    fn next(&self, until: Option<Instant>) -> Option<ModemEvent> {
        loop {
            let left = until.map_or(LOOK, |until| {
                until.saturating_duration_since(Instant::now())
            });
            if left.is_zero() || self.interrupted.is_set() {
                return None;
            }
            match self.events.recv_timeout(left.min(LOOK)) {
                Ok(event) => return Some(event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    fn tell(&self, command: ModemCommand) -> Result<(), Trouble> {
        self.modem
            .try_command(command)
            .map_err(|error| Trouble::from_error(&error, "start the command again"))
    }

    /// Watches the start until it is known how the modem is, or `wait` is over.
    pub(crate) fn meet(
        &self,
        wait: Duration,
        mut on_change: impl FnMut(&ModemEvent) -> Result<(), Trouble>,
    ) -> Result<Met, Trouble> {
        let mut met = Met::default();
        let mut until = Instant::now() + wait;
        while let Some(event) = self.next(Some(until)) {
            on_change(&event)?;
            match event {
                ModemEvent::Identified {
                    model,
                    manufacturer,
                    dialect,
                } => met.module = Some((manufacturer, model, dialect)),
                ModemEvent::Volte(volte) => met.volte = Some(volte),
                ModemEvent::Health(health) => met.health = health,
                ModemEvent::Call(_) => {}
            }
            match &met.health {
                ModemHealth::Starting | ModemHealth::Searching { .. } => {}
                ModemHealth::NoSim(SimProblem::NeedsPin) if self.has_pin => {
                    until = until.min(Instant::now() + PIN_WAIT);
                }
                ModemHealth::Registered { .. } if met.volte.is_none() && met.may_have_volte() => {
                    until = until.min(Instant::now() + VOLTE_WAIT);
                }
                _ => break,
            }
        }
        Ok(met)
    }
}

fn read_pin(path: &Path) -> Result<Pin, Trouble> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Trouble::from_error(
            &error,
            format!("check that the file {} is there and yours", path.display()),
        )
    })?;
    Pin::new(text.trim()).map_err(|error| {
        Trouble::misuse(
            error.to_string(),
            format!("write nothing but the PIN into {}", path.display()),
        )
    })
}

/// What the start of a modem has shown.
#[derive(Debug)]
pub(crate) struct Met {
    /// Manufacturer, model, dialect.
    pub(crate) module: Option<(String, String, DialectId)>,
    pub(crate) volte: Option<VolteState>,
    pub(crate) health: ModemHealth,
}

impl Default for Met {
    fn default() -> Self {
        Self {
            module: None,
            volte: None,
            health: ModemHealth::Starting,
        }
    }
}

impl Met {
    /// True when the module is of a family that this program can ask about `VoLTE`.
    fn may_have_volte(&self) -> bool {
        self.module
            .as_ref()
            .is_some_and(|(.., dialect)| dialect.dialect().volte().is_some())
    }

    /// True for a modem that answers, whatever it says.
    pub(crate) const fn answers(&self) -> bool {
        self.module.is_some()
            && !matches!(
                self.health,
                ModemHealth::Absent(_) | ModemHealth::NotResponding
            )
    }
}

fn probe(args: &ModemArgs, wait: Duration) -> Result<bool, Trouble> {
    let modem = Line::open(&args.port, args.pin_file.as_deref())?;
    let met = modem.meet(wait, |event| show(args, event, None))?;
    let stopped = modem.interrupted.is_set();
    drop(modem);
    if met.answers()
        && !stopped
        && let Some(findings) = device_file(&args.port)
            .and_then(|path| Exam::open(&path, USUAL_BAUD))
            .map(|mut exam| exam.examine())
    {
        show_findings(args, &met, findings)?;
    }
    if let Some(advice) = mend(&met.health).filter(|_| !args.json) {
        let named = format!("name its port (this was {})", args.port);
        line(format!(
            "to do    {}",
            advice.replace("name its port", &named)
        ))?;
    }
    Ok(met.health.can_call())
}

fn show_findings(args: &ModemArgs, met: &Met, found: Findings) -> Result<(), Trouble> {
    let operator = match &met.health {
        ModemHealth::Registered { operator, .. } => operator.clone(),
        _ => None,
    };
    let volte = met.volte.unwrap_or(VolteState::Unknown);
    if args.json {
        return line(json!({ "probe": {
            "sim": match found.sim {
                SimState::Ready => "ready",
                SimState::Busy => "busy",
                SimState::Unknown => "unknown",
                SimState::Problem(problem) => sim_name(problem),
            },
            "circuit": registration_name(found.circuit),
            "lte": registration_name(found.lte),
            "rssi_dbm": found.rssi_dbm,
            "bars": found.rssi_dbm.map(bars),
            "operator": operator,
            "volte": volte_name(volte),
            "voice": match found.voice {
                Voice::Offered => "offered",
                Voice::Refused => "refused",
                Voice::Unknown => "unknown",
            },
            "can_call": met.health.can_call(),
            "to_do": mend(&met.health),
        }}));
    }
    line(format!(
        "SIM      {}",
        match found.sim {
            SimState::Ready => "ready",
            SimState::Busy => "busy",
            SimState::Unknown => "it does not say",
            SimState::Problem(problem) => sim_words(problem),
        }
    ))?;
    line(format!(
        "network  2G/3G: {}; LTE: {}",
        registration_words(found.circuit),
        registration_words(found.lte)
    ))?;
    line(format!(
        "operator {}",
        operator.as_deref().unwrap_or("not named")
    ))?;
    line(format!("radio    {}", signal_words(found.rssi_dbm)))?;
    if met.volte.is_none() {
        // Otherwise it was shown when it became known.
        line(format!("VoLTE    {}", volte_words(volte)))?;
    }
    line(format!(
        "voice    {}",
        match found.voice {
            Voice::Offered => "it knows the commands of a voice call",
            Voice::Refused =>
                "it refuses every command of a voice call: it may be sold for data alone",
            Voice::Unknown => "it did not say",
        }
    ))
}

fn monitor(args: &ModemArgs, stop_after: Option<Duration>) -> Result<bool, Trouble> {
    let modem = Line::open(&args.port, args.pin_file.as_deref())?;
    let until = stop_after.map(|time| Instant::now() + time);
    let begun = Instant::now();
    while let Some(event) = modem.next(until) {
        show(args, &event, Some(begun))?;
    }
    Ok(true)
}

fn dial(args: &ModemArgs, number: &str, open_for: Duration, really: bool) -> Result<bool, Trouble> {
    let number = DialNumber::new(number).map_err(|error| {
        Trouble::misuse(
            error.to_string(),
            "write the number as digits, such as 10010",
        )
    })?;
    if is_guarded(&number) && !really {
        return Err(Trouble::new(
            "this is a real crisis or emergency line, and a test call keeps somebody else waiting",
            format!(
                "ring your operator's service number or your own telephone, or add --really (guarded: {})",
                GUARDED.join(" ")
            ),
        ));
    }
    let modem = Line::open(&args.port, args.pin_file.as_deref())?;
    let begun = Instant::now();
    modem.tell(ModemCommand::Dial(number))?;
    let mut hang_up_at = Some(begun + GIVE_UP);
    let mut opened = false;
    let mut hanging_up = false;
    loop {
        match modem.next(hang_up_at) {
            Some(ModemEvent::Call(CallState::Ended(outcome))) => {
                ended(args, &modem, outcome, begun)?;
                return Ok(opened);
            }
            Some(ModemEvent::Call(state)) => {
                show_call(args, &state, Some(begun))?;
                if state == CallState::LineOpen {
                    opened = true;
                    hang_up_at = Some(Instant::now() + open_for);
                }
            }
            Some(ModemEvent::Health(_) | ModemEvent::Identified { .. } | ModemEvent::Volte(_)) => {}
            None if hanging_up => {
                return Err(Trouble::new(
                    "the modem did not confirm that the call is over",
                    "look at the modem; when in doubt, take its power away for ten seconds",
                ));
            }
            None => {
                // Time is up or Ctrl-C was pressed; either way the call must end before this program does.
                modem.tell(ModemCommand::HangUp)?;
                hanging_up = true;
                hang_up_at = Some(Instant::now() + Duration::from_secs(60));
                if modem.interrupted.is_set() {
                    // Dropping the driver hangs up and waits.
                    return Ok(opened);
                }
            }
        }
    }
}

/// Shows how a call ended and, where it did not go well, what to do.
fn ended(
    args: &ModemArgs,
    modem: &Line,
    outcome: CallOutcome,
    begun: Instant,
) -> Result<(), Trouble> {
    let state = CallState::Ended(outcome);
    let lost = (outcome == CallOutcome::ModemLost).then(|| why_lost(modem));
    if args.json {
        let mut object = call_json(&state);
        if let (Some(cause), Value::Object(fields)) = (lost, &mut object) {
            fields.insert("cause".to_owned(), json!(cause));
        }
        return line(object);
    }
    show_call(args, &state, Some(begun))?;
    let vanished = matches!(lost.flatten(), Some("port_vanished" | "restarted"));
    match call_mend(outcome, vanished) {
        Some(advice) => line(format!("to do    {advice}")),
        None => Ok(()),
    }
}

/// Why a modem was lost in a call, from what it does right after.
fn why_lost(modem: &Line) -> Option<&'static str> {
    let until = Instant::now() + REASON_WAIT;
    while let Some(event) = modem.next(Some(until)) {
        match event {
            ModemEvent::Health(ModemHealth::Absent(AbsentCause::NoSuchPort)) => {
                return Some("port_vanished");
            }
            ModemEvent::Health(ModemHealth::NotResponding) => return Some("silent"),
            ModemEvent::Health(ModemHealth::Starting) => return Some("restarted"),
            _ => {}
        }
    }
    None
}

fn show(args: &ModemArgs, event: &ModemEvent, begun: Option<Instant>) -> Result<(), Trouble> {
    match event {
        ModemEvent::Identified {
            model,
            manufacturer,
            dialect,
        } => line(if args.json {
            json!({ "manufacturer": manufacturer, "model": model, "dialect": dialect.name() })
                .to_string()
        } else {
            format!("made by  {manufacturer}\nmodel    {model} (dialect {dialect})")
        }),
        ModemEvent::Volte(volte) => line(if args.json {
            json!({ "volte": volte_name(*volte) }).to_string()
        } else {
            format!("VoLTE    {}", volte_words(*volte))
        }),
        ModemEvent::Health(health) => line(if args.json {
            health_json(health).to_string()
        } else {
            format!("modem    {}", health_words(health))
        }),
        ModemEvent::Call(state) => show_call(args, state, begun),
    }
}

fn show_call(args: &ModemArgs, state: &CallState, begun: Option<Instant>) -> Result<(), Trouble> {
    if args.json {
        return line(call_json(state));
    }
    let after = begun.map_or(0.0, |begun| begun.elapsed().as_secs_f32());
    line(format!("{after:6.1} s  {}", call_words(state)))
}
