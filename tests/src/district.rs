//! The district's server as a process.

use crate::bins::{bin, printed, run};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A server with a database of its own; killed on drop.
pub struct District {
    config: PathBuf,
    address: SocketAddr,
    child: Child,
}

impl District {
    /// Starts one in `dir`.
    ///
    /// # Panics
    /// If it does not say where it listens.
    pub fn start(dir: &Path) -> Self {
        let config = dir.join("district.toml");
        std::fs::write(
            &config,
            format!(
                "listen = \"127.0.0.1:0\"\ndatabase = \"{}\"\n",
                dir.join("district.db").display()
            ),
        )
        .expect("the test's folder can be written");
        let mut child = Command::new(bin("xinting-district"))
            .args(["serve", "--config"])
            .arg(&config)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the district's server starts");
        let stdout = child.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(stdout).lines();
        let address = loop {
            let line = lines
                .next()
                .expect("it says where it listens")
                .expect("it prints text");
            if let Some(address) = line.trim().strip_prefix("listening on http://") {
                break address.parse().expect("an address");
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            config,
            address,
            child,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A one-use code for a booth of `school`.
    ///
    /// # Panics
    /// If the tool refuses.
    pub fn enrol(&self, school: &str) -> String {
        let output = run(Command::new(bin("xinting-district"))
            .args(["enrol", "--school", school, "--config"])
            .arg(&self.config));
        assert!(output.status.success(), "enrol: {}", printed(&output));
        String::from_utf8(output.stdout)
            .expect("a code is text")
            .trim()
            .to_owned()
    }

    /// What `import` says and whether it took everything.
    pub fn import(&self, dir: &Path) -> (bool, String) {
        let output = run(Command::new(bin("xinting-district"))
            .arg("import")
            .arg(dir)
            .arg("--config")
            .arg(&self.config));
        (output.status.success(), printed(&output))
    }

    /// Everything stored, as CSV.
    ///
    /// # Panics
    /// If the tool refuses.
    pub fn csv(&self) -> String {
        let output = run(Command::new(bin("xinting-district"))
            .args(["export", "--format", "csv", "--config"])
            .arg(&self.config));
        assert!(output.status.success(), "export: {}", printed(&output));
        String::from_utf8(output.stdout).expect("CSV is text")
    }
}

impl Drop for District {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
