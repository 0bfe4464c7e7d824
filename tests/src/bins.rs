//! Where the binaries under test are.

use std::path::PathBuf;
use std::process::{Command, Output};

/// The folder `cargo build` puts binaries into, found from the test's own place in it.
pub fn target_dir() -> PathBuf {
    let test = std::env::current_exe().expect("a running test has a path");
    test.parent()
        .and_then(|deps| deps.parent())
        .map(PathBuf::from)
        .expect("tests run from target/PROFILE/deps")
}

/// A binary of this workspace.
///
/// # Panics
/// If it has not been built: these tests run what `cargo build --workspace --bins` made.
pub fn bin(name: &str) -> PathBuf {
    let path = target_dir().join(name);
    assert!(
        path.exists(),
        "{} is not built; run 'cargo build --workspace --bins' first",
        path.display()
    );
    path
}

/// The booth that leaks on purpose, built apart.
///
/// # Panics
/// If it has not been built.
pub fn control_booth() -> PathBuf {
    let path = workspace().join("target/control/xinting-kiosk");
    assert!(
        path.exists(),
        "{} is not there; scripts/test builds it with the feature control-leak and puts it there",
        path.display()
    );
    path
}

/// The root of the workspace.
pub fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(PathBuf::from)
        .expect("the tests live in a folder of the workspace")
}

/// Runs a command to its end.
///
/// # Panics
/// If it cannot be started.
pub fn run(command: &mut Command) -> Output {
    command
        .output()
        .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"))
}

/// What a command printed, for messages.
pub fn printed(output: &Output) -> String {
    format!(
        "status {}\n--- stdout\n{}\n--- stderr\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
