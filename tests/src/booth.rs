//! A booth: its folder, and the real application playing a flow on it.

use crate::bins::{bin, printed, run, workspace};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A booth with a root folder of its own, in development mode: the clone's key is its trust, starter
/// and sample are its packs.
pub struct Booth {
    root: PathBuf,
    app: PathBuf,
    log: PathBuf,
}

impl Booth {
    /// A new booth below `dir`, with this configuration.
    ///
    /// # Panics
    /// If the folder cannot be written.
    pub fn new(dir: &Path, config: &str) -> Self {
        let root = dir.join("booth");
        let etc = root.join("etc/xinting");
        std::fs::create_dir_all(&etc).expect("the test's folder can be written");
        std::fs::write(etc.join("kiosk.toml"), config).expect("the test's folder can be written");
        Self {
            root,
            app: bin("xinting-kiosk"),
            log: dir.join("booth.log"),
        }
    }

    /// The same booth run by another build of the application.
    #[must_use]
    pub fn with_app(mut self, app: PathBuf) -> Self {
        self.app = app;
        self
    }

    /// Its root folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Everything it logged, over all runs.
    pub fn log(&self) -> Vec<u8> {
        std::fs::read(&self.log).unwrap_or_default()
    }

    /// The command that plays `flow` (a text) at the portrait size; pictures go to `shots`.
    ///
    /// # Panics
    /// If the flow cannot be written.
    pub fn flow_command(&self, name: &str, flow: &str, shots: &Path) -> Command {
        let file = shots.join(format!("{name}.flow"));
        std::fs::create_dir_all(shots).expect("the test's folder can be written");
        std::fs::write(&file, flow).expect("the test's folder can be written");
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)
            .expect("the log can be written");
        let mut command = Command::new(&self.app);
        command
            .current_dir(workspace())
            .arg("--root")
            .arg(&self.root)
            .arg("--flow")
            .arg(&file)
            .args(["--size", "1080x1920", "--shots"])
            .arg(shots)
            .env("LANG", "zh_CN.UTF-8")
            .stdin(Stdio::null())
            .stderr(log);
        command
    }

    /// Plays `flow` to its end.
    pub fn flow(&self, name: &str, flow: &str, shots: &Path) -> Output {
        run(&mut self.flow_command(name, flow, shots))
    }

    /// Plays `flow` and insists that all of it held.
    ///
    /// # Panics
    /// If a step did not hold.
    pub fn must(&self, name: &str, flow: &str, shots: &Path) {
        let output = self.flow(name, flow, shots);
        assert!(
            output.status.success(),
            "{name}: {}\n--- log\n{}",
            printed(&output),
            String::from_utf8_lossy(&self.log())
        );
    }
}

/// Builds a pack from a source folder with the clone's development key.
///
/// # Panics
/// If the tool refuses.
pub fn build_pack(source: &Path, to: &Path) {
    let output = run(Command::new(bin("xinting-pack"))
        .current_dir(workspace())
        .arg("build")
        .arg(source)
        .arg("-o")
        .arg(to));
    assert!(output.status.success(), "build: {}", printed(&output));
}
