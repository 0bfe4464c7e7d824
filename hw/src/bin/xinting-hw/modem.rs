//! `xinting-hw modem`: probe, dial, monitor.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use xinting_hw::modem::guard::{GUARDED, is_guarded};
use xinting_hw::modem::{
    AbsentCause, CallOutcome, CallState, DialNumber, ModemCommand, ModemConfig, ModemEvent,
    ModemHandle, ModemHealth, RefusedReason, SimProblem,
};

use crate::output::{Interrupted, Trouble, interrupted, line, time};

/// How often a wait looks whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(100);

#[derive(Debug, Args)]
#[command(after_help = "\
With --json every line is one object. Lines about a call have `state` (dialling, alerting, line_open, ended); an ended
one has `outcome` (hung_up_here, remote_ended, busy, no_answer, no_carrier, refused, modem_lost, timed_out), a refused
one also `reason`. Lines about the modem have `health`.")]
pub(crate) struct ModemArgs {
    /// Serial port of the modem, such as /dev/ttyUSB2 or a link below /dev/serial/by-id.
    #[arg(long, value_name = "PORT")]
    port: PathBuf,
    /// Write one JSON object a line.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Ask who the modem is and whether it could call: SIM, network, signal.
    Probe {
        /// How long to wait for a network.
        #[arg(long = "for", value_name = "TIME", default_value = "30s", value_parser = time)]
        wait: Duration,
    },
    /// Place a test call and hang up again.
    #[command(after_help = "\
Real crisis and emergency lines (110 119 120 122 12355 12356 12320 962525) are refused, because ringing one to try a
modem out keeps somebody else waiting. Ring your operator's service number or your own telephone instead.
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
struct Line {
    modem: ModemHandle,
    events: Receiver<ModemEvent>,
    interrupted: Interrupted,
}

impl Line {
    fn open(args: &ModemArgs) -> Result<Self, Trouble> {
        let interrupted = interrupted()?;
        let (tell, events) = channel();
        let config = ModemConfig {
            port: Some(args.port.clone().into()),
            ..ModemConfig::default()
        };
        let modem =
            ModemHandle::start(config, move |event| drop(tell.send(event))).map_err(|error| {
                Trouble::from_error(&error, "try again; the system is short of resources")
            })?;
        Ok(Self {
            modem,
            events,
            interrupted,
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
}

fn probe(args: &ModemArgs, wait: Duration) -> Result<bool, Trouble> {
    let line_to_modem = Line::open(args)?;
    let until = Instant::now() + wait;
    let mut last = None;
    while let Some(event) = line_to_modem.next(Some(until)) {
        match event {
            ModemEvent::Identified { model, .. } => {
                line(if args.json {
                    json!({ "model": model }).to_string()
                } else {
                    format!("model    {model}")
                })?;
            }
            ModemEvent::Health(health) => {
                let settled = !matches!(
                    health,
                    ModemHealth::Starting | ModemHealth::Searching { .. }
                );
                show_health(args, &health)?;
                last = Some(health);
                if settled {
                    break;
                }
            }
            ModemEvent::Call(_) | ModemEvent::Volte(_) => {}
        }
    }
    let health = last.unwrap_or(ModemHealth::Starting);
    if let Some(advice) = advice(&health, args).filter(|_| !args.json) {
        line(format!("to do    {advice}"))?;
    }
    Ok(health.can_call())
}

fn monitor(args: &ModemArgs, stop_after: Option<Duration>) -> Result<bool, Trouble> {
    let line_to_modem = Line::open(args)?;
    let until = stop_after.map(|time| Instant::now() + time);
    while let Some(event) = line_to_modem.next(until) {
        match event {
            ModemEvent::Identified { model, .. } => {
                line(if args.json {
                    json!({ "model": model }).to_string()
                } else {
                    format!("model    {model}")
                })?;
            }
            ModemEvent::Health(health) => show_health(args, &health)?,
            ModemEvent::Call(state) => show_call(args, &state, Duration::ZERO)?,
            ModemEvent::Volte(_) => {}
        }
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
    let line_to_modem = Line::open(args)?;
    let begun = Instant::now();
    line_to_modem.tell(ModemCommand::Dial(number))?;
    let mut hang_up_at = None;
    let mut opened = false;
    let mut hanging_up = false;
    loop {
        match line_to_modem.next(hang_up_at) {
            Some(ModemEvent::Call(state)) => {
                show_call(args, &state, begun.elapsed())?;
                match state {
                    CallState::LineOpen => {
                        opened = true;
                        hang_up_at = Some(Instant::now() + open_for);
                    }
                    CallState::Ended(_) => return Ok(opened),
                    CallState::Dialling | CallState::Redialling | CallState::Alerting => {}
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
                line_to_modem.tell(ModemCommand::HangUp)?;
                hanging_up = true;
                hang_up_at = Some(Instant::now() + Duration::from_secs(60));
                if line_to_modem.interrupted.is_set() {
                    // Dropping the driver hangs up and waits.
                    return Ok(opened);
                }
            }
        }
    }
}

fn show_health(args: &ModemArgs, health: &ModemHealth) -> Result<(), Trouble> {
    if args.json {
        return line(health_json(health));
    }
    line(format!("modem    {}", health_words(health)))
}

fn show_call(args: &ModemArgs, state: &CallState, after: Duration) -> Result<(), Trouble> {
    if args.json {
        return line(call_json(state));
    }
    line(format!(
        "{:6.1} s  {}",
        after.as_secs_f32(),
        call_words(state)
    ))
}

pub(crate) fn health_words(health: &ModemHealth) -> String {
    let signal = |rssi_dbm: &Option<i16>| {
        rssi_dbm.map_or_else(
            || "signal unknown".to_owned(),
            |dbm| format!("signal {dbm} dBm ({})", strength(dbm)),
        )
    };
    match health {
        ModemHealth::Absent(AbsentCause::NotConfigured) => "no port given".to_owned(),
        ModemHealth::Absent(AbsentCause::NoSuchPort) => "the port does not exist".to_owned(),
        ModemHealth::Absent(AbsentCause::PermissionDenied) => {
            "no permission to open the port".to_owned()
        }
        ModemHealth::Absent(AbsentCause::PortInUse) => "another program holds the port".to_owned(),
        ModemHealth::Absent(AbsentCause::OpenFailed) => {
            "the port cannot be opened as a serial port".to_owned()
        }
        ModemHealth::Absent(AbsentCause::Ambiguous) => {
            "several ports fit what was named".to_owned()
        }
        ModemHealth::Absent(AbsentCause::OtherDevice) => {
            "the port now belongs to another device".to_owned()
        }
        ModemHealth::Starting => "asking".to_owned(),
        ModemHealth::NotResponding => "nothing on this port answers like a modem".to_owned(),
        ModemHealth::NoSim(SimProblem::Absent) => "no SIM card".to_owned(),
        ModemHealth::NoSim(SimProblem::NeedsPin) => "the SIM card wants its PIN".to_owned(),
        ModemHealth::NoSim(SimProblem::WrongPin) => {
            "the SIM card has refused the configured PIN".to_owned()
        }
        ModemHealth::NoSim(SimProblem::NeedsPuk) => "the SIM card wants its PUK".to_owned(),
        ModemHealth::NoSim(SimProblem::Faulty) => "the SIM card does not work".to_owned(),
        ModemHealth::Searching { rssi_dbm } => {
            format!("looking for a network, {}", signal(rssi_dbm))
        }
        ModemHealth::Denied => "the network refuses this SIM card".to_owned(),
        ModemHealth::Registered {
            roaming,
            operator,
            rssi_dbm,
        } => format!(
            "ready to call: {}{}, {}",
            operator.as_deref().unwrap_or("operator not named"),
            if *roaming { " (roaming)" } else { "" },
            signal(rssi_dbm)
        ),
    }
}

/// What to do about a modem that cannot call; `None` when there is nothing to do.
pub(crate) fn mend(health: &ModemHealth) -> Option<&'static str> {
    Some(match health {
        ModemHealth::Absent(AbsentCause::NotConfigured | AbsentCause::NoSuchPort) => {
            "plug the modem in and name its port; `xinting-hw doctor` lists the ports that are there"
        }
        ModemHealth::Absent(AbsentCause::PermissionDenied) => {
            "add the user to the group dialout (sudo usermod -aG dialout USER) and log in again"
        }
        ModemHealth::Absent(AbsentCause::PortInUse) => {
            "stop the program that holds it; ModemManager is a frequent one (sudo systemctl disable --now ModemManager)"
        }
        ModemHealth::Absent(AbsentCause::OpenFailed) => {
            "name a serial port; this is something else"
        }
        ModemHealth::Absent(AbsentCause::Ambiguous) => {
            "add the interface (usb:VVVV:PPPP#2) or the serial number, or name a link below /dev/serial/by-path"
        }
        ModemHealth::Absent(AbsentCause::OtherDevice) => {
            "plug the modem back in, or start again to take the device that has the name now"
        }
        ModemHealth::Starting | ModemHealth::NotResponding => {
            "try the modem's other ports (a module shows three or four, and only one or two take commands), and its power"
        }
        ModemHealth::NoSim(SimProblem::Absent) => {
            "put a SIM card in with the power off, contacts facing the board"
        }
        ModemHealth::NoSim(SimProblem::NeedsPin) => {
            "switch the PIN off in a telephone, then put the card back"
        }
        ModemHealth::NoSim(SimProblem::WrongPin) => {
            "set the right PIN in the configuration before the card locks, or switch the PIN off in a telephone"
        }
        ModemHealth::NoSim(SimProblem::NeedsPuk) => {
            "ask whoever owns the card; nothing here touches a PUK"
        }
        ModemHealth::NoSim(SimProblem::Faulty) => "try another SIM card",
        ModemHealth::Searching { .. } => {
            "check the antenna, and that the card's operator is received here"
        }
        ModemHealth::Denied => {
            "ask the operator whether the card is active and allowed to make voice calls"
        }
        ModemHealth::Registered {
            rssi_dbm: Some(dbm),
            ..
        } if *dbm < WEAK_DBM => "the signal is weak: move the antenna towards a window",
        ModemHealth::Registered { .. } => return None,
    })
}

fn advice(health: &ModemHealth, args: &ModemArgs) -> Option<String> {
    let advice = mend(health)?;
    Some(advice.replace(
        "name its port",
        &format!("name its port (this was {})", args.port.display()),
    ))
}

/// Below this a voice call breaks up; the figure modem makers' installation guides call marginal.
const WEAK_DBM: i16 = -95;

fn strength(dbm: i16) -> &'static str {
    match dbm {
        ..WEAK_DBM => "weak",
        WEAK_DBM..-80 => "fair",
        _ => "good",
    }
}

fn health_json(health: &ModemHealth) -> Value {
    match health {
        ModemHealth::Absent(cause) => json!({ "health": "absent", "cause": match cause {
            AbsentCause::NotConfigured => "not_configured",
            AbsentCause::NoSuchPort => "no_such_port",
            AbsentCause::PermissionDenied => "permission_denied",
            AbsentCause::PortInUse => "port_in_use",
            AbsentCause::OpenFailed => "open_failed",
            AbsentCause::Ambiguous => "ambiguous",
            AbsentCause::OtherDevice => "other_device",
        }}),
        ModemHealth::Starting => json!({ "health": "starting" }),
        ModemHealth::NotResponding => json!({ "health": "not_responding" }),
        ModemHealth::NoSim(problem) => json!({ "health": "no_sim", "cause": match problem {
            SimProblem::Absent => "absent",
            SimProblem::NeedsPin => "needs_pin",
            SimProblem::WrongPin => "wrong_pin",
            SimProblem::NeedsPuk => "needs_puk",
            SimProblem::Faulty => "faulty",
        }}),
        ModemHealth::Searching { rssi_dbm } => {
            json!({ "health": "searching", "rssi_dbm": rssi_dbm })
        }
        ModemHealth::Denied => json!({ "health": "denied" }),
        ModemHealth::Registered {
            roaming,
            operator,
            rssi_dbm,
        } => json!({
            "health": "registered", "roaming": roaming, "operator": operator, "rssi_dbm": rssi_dbm,
        }),
    }
}

fn call_json(state: &CallState) -> Value {
    match state {
        CallState::Dialling => json!({ "state": "dialling" }),
        CallState::Redialling => json!({ "state": "redialling" }),
        CallState::Alerting => json!({ "state": "alerting" }),
        CallState::LineOpen => json!({ "state": "line_open" }),
        CallState::Ended(CallOutcome::Refused(reason)) => {
            let (reason, cme) = match reason {
                RefusedReason::NoModem => ("no_modem", None),
                RefusedReason::NotResponding => ("not_responding", None),
                RefusedReason::AlreadyInCall => ("already_in_call", None),
                RefusedReason::NoSim => ("no_sim", None),
                RefusedReason::NoNetwork => ("no_network", None),
                RefusedReason::ByModem(cme) => ("by_modem", *cme),
            };
            json!({ "state": "ended", "outcome": "refused", "reason": reason, "cme": cme })
        }
        CallState::Ended(outcome) => json!({ "state": "ended", "outcome": outcome_name(*outcome) }),
    }
}

const fn outcome_name(outcome: CallOutcome) -> &'static str {
    match outcome {
        CallOutcome::HungUpHere => "hung_up_here",
        CallOutcome::RemoteEnded => "remote_ended",
        CallOutcome::Busy => "busy",
        CallOutcome::NoAnswer => "no_answer",
        CallOutcome::NoCarrier => "no_carrier",
        CallOutcome::Refused(_) => "refused",
        CallOutcome::ModemLost => "modem_lost",
        CallOutcome::TimedOut => "timed_out",
    }
}

fn call_words(state: &CallState) -> String {
    match state {
        CallState::Dialling => "dialling".to_owned(),
        CallState::Redialling => "the network dropped it at once; dialling once more".to_owned(),
        CallState::Alerting => "it rings at the other side".to_owned(),
        CallState::LineOpen => {
            "the line is open (whether a person answered only your ear can tell)".to_owned()
        }
        CallState::Ended(outcome) => format!("ended: {}", outcome_words(*outcome)),
    }
}

fn outcome_words(outcome: CallOutcome) -> String {
    match outcome {
        CallOutcome::HungUpHere => "hung up here, and the modem confirms it".to_owned(),
        CallOutcome::RemoteEnded => "the other side hung up".to_owned(),
        CallOutcome::Busy => "busy".to_owned(),
        CallOutcome::NoAnswer => "nobody answered".to_owned(),
        CallOutcome::NoCarrier => "the network dropped the call".to_owned(),
        CallOutcome::Refused(RefusedReason::NoModem) => "there is no modem on this port".to_owned(),
        CallOutcome::Refused(RefusedReason::NotResponding) => {
            "the modem does not answer".to_owned()
        }
        CallOutcome::Refused(RefusedReason::AlreadyInCall) => "another call is up".to_owned(),
        CallOutcome::Refused(RefusedReason::NoSim) => {
            "the modem says that its SIM card is missing or locked".to_owned()
        }
        CallOutcome::Refused(RefusedReason::NoNetwork) => {
            "the modem says that it has no network".to_owned()
        }
        CallOutcome::Refused(RefusedReason::ByModem(Some(code))) => {
            format!("the modem refused (+CME ERROR: {code})")
        }
        CallOutcome::Refused(RefusedReason::ByModem(None)) => "the modem refused".to_owned(),
        CallOutcome::ModemLost => {
            "the modem was lost; what became of the call is not known".to_owned()
        }
        CallOutcome::TimedOut => "no sign of progress within the time allowed".to_owned(),
    }
}
