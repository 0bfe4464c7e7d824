//! The real, unmodified helper mounts real file systems from loop devices, as root, in a mount namespace of its own.
//!
//! What the helper asks of the system is arranged around it, so that it needs no back door: a private `/run`, and a
//! private `/sys/dev/block` that shows the loop devices below a USB port. Nothing outside this process sees any of it,
//! and the loop devices go with it, however it ends. FAT32 and exFAT are mounted where the kernel offers them.
//!
//! Without root it starts itself again through `sudo -n`; where that is refused it fails.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is its own test harness"
)]

#[path = "real/bench.rs"]
mod bench;
#[path = "real/booth.rs"]
mod booth;
#[path = "real/reading.rs"]
mod reading;
#[path = "real/refusals.rs"]
mod refusals;
#[path = "real/rule.rs"]
mod rule;
#[path = "real/writing.rs"]
mod writing;

use std::ffi::OsStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, ExitCode};

use bench::Bench;

/// One case: what holds, and how it is tried.
type Case = (&'static str, fn(&Bench) -> Outcome);

/// How a case ended that did not fail.
enum Outcome {
    Held,
    /// Held, and this was seen.
    Seen(String),
    /// Could not be tried on this machine, for this reason.
    NotHere(String),
}

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    if !rustix::process::geteuid().is_root() {
        return through_sudo(&words);
    }
    let chosen = |name: &str| {
        let mut parts = words
            .iter()
            .filter(|word| !word.starts_with('-'))
            .peekable();
        parts.peek().is_none() || parts.any(|part| name.contains(part.as_str()))
    };
    let cases: Vec<Case> = [
        refusals::CASES,
        reading::CASES,
        writing::CASES,
        booth::CASES,
        rule::CASES,
    ]
    .concat();
    let cases: Vec<_> = cases.into_iter().filter(|(name, _)| chosen(name)).collect();
    if words.iter().any(|word| word == "--list") {
        for (name, _) in &cases {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    let bench = Bench::new();
    let (mut held, mut failed, mut not_here) = (0, 0, 0);
    for (name, case) in &cases {
        match catch_unwind(AssertUnwindSafe(|| case(&bench))) {
            Ok(Outcome::Held) => {
                held += 1;
                println!("{name} ... ok");
            }
            Ok(Outcome::Seen(more)) => {
                held += 1;
                println!("{name} ... ok ({more})");
            }
            Ok(Outcome::NotHere(why)) => {
                not_here += 1;
                println!("{why}");
            }
            Err(_) => {
                failed += 1;
                println!("{name} ... FAILED");
            }
        }
        bench.clear();
    }
    println!(
        "mount helper: {held} cases with real file systems held, {failed} failed, {not_here} not possible here; the program was run {} times, beside the booth's reader",
        bench.runs()
    );
    ExitCode::from(u8::from(failed > 0))
}

fn through_sudo(words: &[String]) -> ExitCode {
    let sudo = |program: &OsStr, words: &[String]| {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "--"]).arg(program).args(words).status()
    };
    let given = sudo(OsStr::new("true"), &[]);
    if !given.is_ok_and(|status| status.success()) {
        eprintln!(
            "mounting for real needs root, and `sudo -n` does not give it: run the tests as root, or allow sudo without a password"
        );
        return ExitCode::FAILURE;
    }
    let again = std::env::current_exe().and_then(|program| sudo(program.as_os_str(), words));
    ExitCode::from(u8::from(!again.is_ok_and(|status| status.success())))
}
