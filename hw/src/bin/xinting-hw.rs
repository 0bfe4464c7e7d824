//! The installer's tool: tries out a booth's devices one at a time and says what is wrong with them.
//!
//! It opens only what it is told to open, and refuses to ring a crisis or emergency line by accident. It never writes
//! a number it dialled.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[path = "xinting-hw/audio.rs"]
mod audio;
#[path = "xinting-hw/doctor.rs"]
mod doctor;
#[path = "xinting-hw/doctor_ports.rs"]
mod doctor_ports;
#[path = "xinting-hw/modem.rs"]
mod modem;
#[path = "xinting-hw/modem_exam.rs"]
mod modem_exam;
#[path = "xinting-hw/modem_sim.rs"]
mod modem_sim;
#[path = "xinting-hw/modem_words.rs"]
mod modem_words;
#[path = "xinting-hw/output.rs"]
mod output;
#[path = "xinting-hw/usb.rs"]
mod usb;

/// Try out the devices of a Xinting booth.
///
/// Start with `xinting-hw doctor`: one page on what is there, what is wrong, and how to mend it.
#[derive(Debug, Parser)]
#[command(
    name = "xinting-hw",
    version,
    after_help = "\
Examples:
  xinting-hw doctor --port /dev/ttyUSB2
  xinting-hw modem --port /dev/ttyUSB2 probe
  xinting-hw modem --port /dev/ttyUSB2 dial 10010 --for 20s
  xinting-hw audio tone
  xinting-hw modem-sim --link /tmp/modem        (a modem on the desk, in another window)

Exit status: 0 all is well, 1 something is not, 2 the command was not understood."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask a modem how it is, watch it, or place a test call.
    Modem(modem::ModemArgs),
    /// Be a modem: a simulated one on a pty, steered by words on the standard input.
    ModemSim(modem_sim::ModemSimArgs),
    /// Watch USB sticks come and go.
    #[command(subcommand)]
    Usb(usb::UsbCommand),
    /// List sound devices, play a tone or a file, and find the right loudness.
    Audio(audio::AudioArgs),
    /// One page: which devices are there, what is wrong with them, how to mend it.
    Doctor(doctor::DoctorArgs),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Modem(args) => modem::run(&args),
        Command::ModemSim(args) => modem_sim::run(&args),
        Command::Usb(command) => usb::run(&command),
        Command::Audio(args) => audio::run(&args),
        Command::Doctor(args) => doctor::run(&args),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => trouble.report(),
    }
}
