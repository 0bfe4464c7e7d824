//! The process of the recording file system; started by the crash harness. See `crash/recorder.rs`.

use std::io::{stdin, stdout};
use std::path::Path;
use std::process::ExitCode;
use xinting_e2e::crash::recorder::serve;

#[expect(clippy::print_stderr, reason = "a program says on stderr why it fails")]
fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [folder, mount] = arguments.as_slice() else {
        eprintln!(
            "xinting-recorder: usage: xinting-recorder FOLDER MOUNTPOINT; records what is done below MOUNTPOINT until its input ends"
        );
        return ExitCode::from(2);
    };
    match serve(
        Path::new(folder),
        Path::new(mount),
        &mut stdin(),
        &mut stdout(),
    ) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
