//! `xinting-hw modem-sim`: a simulated modem for other programs to call through.

use std::collections::VecDeque;
use std::io::BufRead;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use xinting_hw::modem::sim::script::parse_time;
use xinting_hw::modem::{ModemSim, ModemSimHandle, SimOptions};

use crate::output::{Trouble, interrupted, line};

#[derive(Debug, Args)]
#[command(after_help = "\
One verb a line, in the script and on the standard input; # begins a comment:
  answer [after 2s] | busy | no-answer | ring-forever | no-carrier | refuse     what becomes of the next call
  hang-up                       the other side hangs up
  ring                          somebody calls in
  unplug | plug | reset         the port vanishes, comes back; the modem restarts
  fail FAULT | fail-always FAULT | clear FAULT | clear all
                                silence mute babble noise cme N late-final no-sim not-registered clcc-bare-ok
                                chup-keeps-call ath-keeps-call chld-keeps-call
  signal 0..31 | signal unknown | radio off
  dial-style ok|connect|late-ok | line-ends crlf|cr
  wait 3s                       pause before the next line
It runs until Ctrl-C; the end of the standard input does not stop it.")]
pub(crate) struct ModemSimArgs {
    /// Where to put the link that other programs open as their port.
    #[arg(long, value_name = "PATH")]
    link: PathBuf,
    /// Whose habits the modem has.
    #[arg(long, value_enum, default_value_t = Profile::Generic)]
    profile: Profile,
    /// A file of verbs to go through first.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// About twenty times as fast as in life.
    #[arg(long)]
    fast: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Profile {
    /// 3GPP 27.007 and V.250 to the letter.
    Generic,
}

pub(crate) fn run(args: &ModemSimArgs) -> Result<bool, Trouble> {
    let Profile::Generic = args.profile;
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
    let options = if args.fast {
        SimOptions::fast()
    } else {
        SimOptions::default()
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
