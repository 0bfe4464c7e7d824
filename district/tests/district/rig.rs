//! A district in a folder of its own, and booths that talk to it. Nothing here
//! asserts anything about the program.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use ed25519_dalek::SigningKey;
use jiff::civil::Date;
use tempfile::TempDir;
use xinting_wire::{
    BoothId, CELL_COUNT, Cell, Cells, Domain, ENROL_PATH, EnrolRequest, EnrolResponse,
    IDEMPOTENCY_HEADER, Noise, Period, PublicKey, REPORTS_PATH, Report, SIGNATURE_HEADER, sign,
};

/// How long anything may take on a loaded machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A folder with a configuration; `serve` may be started on it again and again.
pub(crate) struct District {
    pub(crate) folder: TempDir,
}

impl District {
    pub(crate) fn new(extra: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = format!("database = \"district.db\"\nlisten = \"127.0.0.1:0\"\n{extra}");
        fs::write(folder.path().join("district.toml"), config).unwrap();
        Self { folder }
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.folder.path().join("district.toml")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xinting-district"));
        command
            .arg(arguments[0])
            .arg("--config")
            .arg(self.config())
            .args(&arguments[1..]);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a command prints, given that it succeeds.
    pub(crate) fn print(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn code(&self, school: &str, name: &str) -> String {
        self.print(&["enrol", "--school", school, "--name", name])
            .trim()
            .to_owned()
    }

    pub(crate) fn csv(&self) -> String {
        self.print(&["export", "--format", "csv"])
    }

    pub(crate) fn serve(&self) -> Served {
        Served::start(self.command(&["serve"]))
    }

    /// Serves in a process whose files may not grow beyond `blocks` of 512 bytes.
    pub(crate) fn serve_with_file_limit(&self, blocks: u32) -> Served {
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(format!(
                "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" serve --config \"$1\""
            ))
            .arg(env!("CARGO_BIN_EXE_xinting-district"))
            .arg(self.config());
        Served::start(command)
    }

    /// Every byte the district keeps.
    pub(crate) fn kept(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for entry in fs::read_dir(self.folder.path()).unwrap() {
            all.extend(fs::read(entry.unwrap().path()).unwrap());
        }
        all
    }
}

/// A running `serve`; killed when dropped.
pub(crate) struct Served {
    child: Child,
    log: fs::File,
    pub(crate) url: String,
}

impl Served {
    fn start(mut command: Command) -> Self {
        // A file and not a pipe: nobody empties it while the program runs.
        let log = tempfile::tempfile().unwrap();
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(log.try_clone().unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .trim()
            .strip_prefix("listening on ")
            .expect("no address")
            .to_owned();
        Self { child, log, url }
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop; gives its status and what it logged.
    pub(crate) fn stop(mut self, signal: rustix::process::Signal) -> (Option<i32>, String) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
        let status = self.child.wait().unwrap().code();
        self.log.rewind().unwrap();
        let mut log = String::new();
        self.log.read_to_string(&mut log).unwrap();
        (status, log)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Status and body of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .timeout_global(Some(PATIENCE))
        .build()
        .into()
}

pub(crate) fn post(url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut request = agent().post(url).content_type("application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    read(request.send(body).unwrap())
}

pub(crate) fn get(url: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = agent().get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    read(request.call().unwrap())
}

fn read(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    Answer {
        status: response.status().as_u16(),
        body: response.body_mut().read_to_string().unwrap(),
    }
}

/// A booth's own side of the interface.
#[derive(Clone)]
pub(crate) struct Booth {
    pub(crate) key: SigningKey,
    pub(crate) id: BoothId,
}

impl Booth {
    pub(crate) fn enrol(url: &str, code: &str, seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let answer = enrol(url, code, &key);
        assert_eq!(answer.status, 201, "{}", answer.body);
        let id = EnrolResponse::decode(answer.body.as_bytes()).unwrap().booth;
        Self { key, id }
    }

    pub(crate) fn report(&self, sequence: u32, date: Date, counts: &[(Cell, i64)]) -> Vec<u8> {
        let mut values = [0; CELL_COUNT];
        for (cell, count) in counts {
            values[cell.index()] = *count;
        }
        Report {
            booth: self.id.clone(),
            epoch: 77,
            sequence,
            period: Period::Day { date },
            noise: Noise::None {},
            cells: Cells::new(values).unwrap(),
        }
        .encode()
        .unwrap()
    }

    /// Signs and sends, as sequence `sequence`.
    pub(crate) fn send(&self, url: &str, sequence: u32, body: &[u8]) -> Answer {
        let signature = sign(&self.key, Domain::Report, body).to_base64();
        let key = format!("{}.77.{sequence}", self.id);
        post(
            &format!("{url}{REPORTS_PATH}"),
            &[(IDEMPOTENCY_HEADER, &key), (SIGNATURE_HEADER, &signature)],
            body,
        )
    }
}

pub(crate) fn enrol(url: &str, code: &str, key: &SigningKey) -> Answer {
    let body = EnrolRequest::new(code, PublicKey::from(key))
        .encode()
        .unwrap();
    let signature = sign(key, Domain::Enrol, &body).to_base64();
    post(
        &format!("{url}{ENROL_PATH}"),
        &[(SIGNATURE_HEADER, &signature)],
        &body,
    )
}
