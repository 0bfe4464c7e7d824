//! `xinting-hw modem-sim`: a simulated modem for other programs to call through.

use std::collections::VecDeque;
use std::io::BufRead;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use clap::Args;
use xinting_hw::modem::sim::Profile;
use xinting_hw::modem::sim::script::parse_time;
use xinting_hw::modem::{ModemSim, ModemSimHandle, SimOptions};

use crate::output::{Trouble, interrupted, line};

#[derive(Debug, Args)]
#[command(after_help = "\
One verb a line, in the script and on the standard input; # begins a comment:
  answer [after 2s] | busy | no-answer | ring-forever | no-carrier | refuse     what becomes of the next call
  hang-up                       the other side hangs up
  ring                          somebody calls in; during a call the new one waits
  unplug | plug | rename PATH   the port vanishes, comes back, comes back under another name
  reset | power-cycle           the modem restarts; by cutting its power, which also ends a freeze
  profile NAME [MODEL]          it is that maker's module from now on
  fail FAULT | fail-always FAULT | clear FAULT | clear all
      the line    silence mute freeze freeze-hard babble flood noise urc-inside wrong-baud split-reads merged
                  lower-case echo-on late-final
      the module  cme N, no-sim not-registered cfun-refused cpin-no-final lte-only volte-refused
      a call      dial-lost dial-silent no-voice early-no-carrier active-at-ringback clcc-bare-ok clcc-error
                  chup-keeps-call ath-keeps-call chld-keeps-call chup-error
  signal 0..31 | signal unknown | radio off
  network lost [for 5s] | network denied | network roaming | network back
  sim pull | sim insert | pin 1234 | pin off | puk | volte on | volte off
  dial-style ok|connect|late-ok|ok-connect | list-form own|unquoted|short|extra|data-mode | line-ends crlf|cr
  wait 3s                       pause before the next line
It runs until Ctrl-C; the end of the standard input does not stop it.")]
pub(crate) struct ModemSimArgs {
    /// Where to put the link that other programs open as their port.
    #[arg(long, value_name = "PATH")]
    link: PathBuf,
    /// Whose habits the modem has.
    #[arg(long, value_name = "NAME", default_value = "generic", value_parser = Profile::NAMES)]
    profile: String,
    /// Which module of that maker: simcom has SIM7600 (the usual), SIM800C and A7670.
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// A file of verbs to go through first.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// About twenty times as fast as in life.
    #[arg(long)]
    fast: bool,
    /// When this file appears, cut the modem's power for a moment and remove the file: a power command for a simulated
    /// modem is `touch FILE`.
    #[arg(long, value_name = "FILE")]
    power_file: Option<PathBuf>,
}

pub(crate) fn run(args: &ModemSimArgs) -> Result<bool, Trouble> {
    let profile = Profile::find(&args.profile, args.model.as_deref())
        .map_err(|wrong| Trouble::misuse(wrong, "`xinting-hw modem-sim --help` lists them"))?;
    let mut waiting = VecDeque::new();
    if let Some(path) = &args.script {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Trouble::from_error(
                &error,
                format!("check that the script {} is there", path.display()),
            )
        })?;
        for (number, verb) in text.lines().enumerate() {
            check(verb).map_err(|wrong| {
                Trouble::misuse(
                    format!("{} line {}: {wrong}", path.display(), number + 1),
                    "`xinting-hw modem-sim --help` lists the verbs",
                )
            })?;
            waiting.push_back(verb.to_owned());
        }
    }
    let interrupted = interrupted()?;
    let pace = if args.fast {
        SimOptions::fast()
    } else {
        SimOptions::default()
    };
    let options = SimOptions {
        profile,
        power_file: args.power_file.clone(),
        ..pace
    };
    let sim = ModemSim::start_with(&args.link, options).map_err(|error| {
        Trouble::from_error(
            &error,
            "choose a link in a folder you may write to, where no other file is",
        )
    })?;
    line(format!("simulated modem on {}", args.link.display()))?;

    let (tell, typed) = channel();
    std::thread::spawn(move || {
        for verb in std::io::stdin().lock().lines().map_while(Result::ok) {
            if tell.send(verb).is_err() {
                return;
            }
        }
    });
    let mut pause_until = None;
    while !interrupted.is_set() {
        const LOOK: Duration = Duration::from_millis(100);
        match typed.recv_timeout(LOOK) {
            Ok(verb) => waiting.push_back(verb),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(LOOK),
        }
        while pause_until.is_none_or(|until| until <= Instant::now()) {
            pause_until = None;
            let Some(verb) = waiting.pop_front() else {
                break;
            };
            match obey(&sim, &verb) {
                Ok(pause) => pause_until = pause.map(|pause| Instant::now() + pause),
                // A slip of the finger must not end the modem.
                Err(wrong) => Trouble::new(wrong, "see `xinting-hw modem-sim --help`").tell(),
            }
        }
    }
    Ok(true)
}

/// The verb without its comment; `None` for a blank line.
fn bare(verb: &str) -> Option<&str> {
    let verb = verb.split('#').next().unwrap_or_default().trim();
    (!verb.is_empty()).then_some(verb)
}

fn pause(verb: &str) -> Option<Result<Duration, String>> {
    verb.strip_prefix("wait ")
        .map(|time| parse_time(time.trim()))
}

fn check(verb: &str) -> Result<(), String> {
    let Some(verb) = bare(verb) else {
        return Ok(());
    };
    match pause(verb) {
        Some(time) => time.map(drop),
        None => xinting_hw::modem::sim::SimVerb::parse(verb).map(drop),
    }
}

fn obey(sim: &ModemSimHandle, verb: &str) -> Result<Option<Duration>, String> {
    let Some(verb) = bare(verb) else {
        return Ok(None);
    };
    match pause(verb) {
        Some(time) => time.map(Some),
        None => sim.script_line(verb).map(|()| None),
    }
}
